//! Checks on lists of typed parameters.

use vir_base::{Result, TypedParam, TypedValue, bail};

/// The types that parameters of this driver have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named as in the API
pub(crate) enum Kind {
    Int,
    Uint,
    Ullong,
    Boolean,
    String,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Ullong => "ullong",
            Self::Boolean => "boolean",
            Self::String => "string",
        }
    }
}

fn type_name(value: &TypedValue) -> &'static str {
    match value {
        TypedValue::Int(_) => "int",
        TypedValue::Uint(_) => "uint",
        TypedValue::Llong(_) => "llong",
        TypedValue::Ullong(_) => "ullong",
        TypedValue::Double(_) => "double",
        TypedValue::Boolean(_) => "boolean",
        TypedValue::String(_) => "string",
    }
}

/// Whether each parameter is known, of the right type, and given once.
///
/// # Errors
/// Name the first bad one, in the order of the names.
pub(crate) fn check(params: &[TypedParam], known: &[(&str, Kind)]) -> Result<()> {
    let mut sorted: Vec<&TypedParam> = params.iter().collect();
    sorted.sort_by(|a, b| a.field.cmp(&b.field));
    let mut last = None;
    for param in sorted {
        let field = param.field.as_str();
        let Some((_, kind)) = known.iter().find(|(name, _)| *name == field) else {
            bail!(None, ArgumentUnsupported, "parameter '{field}' not supported");
        };
        if last == Some(field) {
            bail!(None, InvalidArg, "parameter '{field}' occurs multiple times");
        }
        let (got, want) = (type_name(&param.value), kind.name());
        if got != want {
            bail!(None, InvalidArg, "invalid type '{got}' for parameter '{field}', expected '{want}'");
        }
        last = Some(field);
    }
    Ok(())
}

/// The unsigned number of that name.
pub(crate) fn uint(params: &[TypedParam], field: &str) -> Option<u32> {
    match vir_base::typed::get(params, field) {
        Some(TypedValue::Uint(value)) => Some(*value),
        _ => None,
    }
}

/// The wide unsigned number of that name.
pub(crate) fn ullong(params: &[TypedParam], field: &str) -> Option<u64> {
    match vir_base::typed::get(params, field) {
        Some(TypedValue::Ullong(value)) => Some(*value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong() {
        let known = &[("weight", Kind::Uint)][..];
        let message = |params: &[TypedParam]| check(params, known).unwrap_err().message().to_owned();
        assert!(check(&[TypedParam::new("weight", 1u32)], known).is_ok());
        assert_eq!(
            message(&[TypedParam::new("x", 1u32)]),
            "argument unsupported: parameter 'x' not supported"
        );
        assert_eq!(
            message(&[TypedParam::new("weight", 1i32)]),
            "invalid argument: invalid type 'int' for parameter 'weight', expected 'uint'"
        );
        assert_eq!(
            message(&[TypedParam::new("weight", 1u32), TypedParam::new("weight", 1u32)]),
            "invalid argument: parameter 'weight' occurs multiple times"
        );
    }
}
