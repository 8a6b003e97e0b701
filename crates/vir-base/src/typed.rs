//! Typed parameters: the name/value lists by which the API stays extensible.

use crate::{Result, bail};

/// Longest name of a typed parameter, in bytes (`VIR_TYPED_PARAM_FIELD_LENGTH` less the NUL).
pub const TYPED_PARAM_NAME_MAX: usize = 79;

/// The value of a typed parameter. The discriminants are the wire's and the C API's.
#[derive(Clone, Debug, PartialEq)]
#[repr(i32)]
#[allow(missing_docs)] // the names are the types
pub enum TypedValue {
    Int(i32) = 1,
    Uint(u32) = 2,
    Llong(i64) = 3,
    Ullong(u64) = 4,
    Double(f64) = 5,
    Boolean(bool) = 6,
    String(String) = 7,
}

impl TypedValue {
    /// The number that stands for the type (`virTypedParameterType`).
    pub fn kind(&self) -> i32 {
        match self {
            Self::Int(_) => 1,
            Self::Uint(_) => 2,
            Self::Llong(_) => 3,
            Self::Ullong(_) => 4,
            Self::Double(_) => 5,
            Self::Boolean(_) => 6,
            Self::String(_) => 7,
        }
    }
}

macro_rules! from {
    ($($ty:ty => $variant:ident),*) => {
        $(impl From<$ty> for TypedValue { fn from(v: $ty) -> Self { Self::$variant(v) } })*
    };
}
from!(i32 => Int, u32 => Uint, i64 => Llong, u64 => Ullong, f64 => Double, bool => Boolean, String => String);

impl From<&str> for TypedValue {
    fn from(v: &str) -> Self {
        Self::String(v.to_owned())
    }
}

/// A name and a value (`virTypedParameter`).
#[derive(Clone, Debug, PartialEq)]
pub struct TypedParam {
    /// Name, at most [`TYPED_PARAM_NAME_MAX`] bytes.
    pub field: String,
    /// Value.
    pub value: TypedValue,
}

impl TypedParam {
    /// `TypedParam::new("vcpu.current", 2u32)`.
    pub fn new(field: impl Into<String>, value: impl Into<TypedValue>) -> Self {
        Self { field: field.into(), value: value.into() }
    }
}

/// A list of typed parameters.
pub type TypedParams = Vec<TypedParam>;

/// Appends `field` = `value` to `params`.
pub fn push(params: &mut TypedParams, field: impl Into<String>, value: impl Into<TypedValue>) {
    params.push(TypedParam::new(field, value));
}

/// The value of the first parameter of that name.
pub fn get<'a>(params: &'a [TypedParam], field: &str) -> Option<&'a TypedValue> {
    params.iter().find(|p| p.field == field).map(|p| &p.value)
}

/// The names of the types, by [`TypedValue::kind`].
const KINDS: [&str; 8] = ["unknown", "int", "uint", "llong", "ullong", "double", "boolean", "string"];

/// A parameter that a function takes, for [`validate`].
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    /// Its name.
    pub name: &'static str,
    /// Its type, as [`TypedValue::kind`].
    pub kind: i32,
    /// Whether it may come more than once.
    pub multiple: bool,
}

/// Checks that all parameters are among those accepted, of the right type, and no more often than
/// they may be.
///
/// # Errors
/// What is wrong with the first of them, in the order of their names.
pub fn validate(params: &[TypedParam], accepted: &[Accepted]) -> Result<()> {
    let mut sorted: Vec<_> = params.iter().collect();
    sorted.sort_by(|a, b| a.field.cmp(&b.field));
    let mut last = None;
    for TypedParam { field, value } in sorted {
        let Some(wanted) = accepted.iter().find(|a| a.name == field) else {
            bail!(None, ArgumentUnsupported, "parameter '{field}' not supported");
        };
        if last == Some(field) && !wanted.multiple {
            bail!(None, InvalidArg, "parameter '{field}' occurs multiple times");
        }
        if wanted.kind != value.kind() {
            let [given, expected] = [value.kind(), wanted.kind].map(|kind| KINDS[kind as usize]);
            bail!(None, InvalidArg, "invalid type '{given}' for parameter '{field}', expected '{expected}'");
        }
        last = Some(field);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_accepted_passes() {
        let accepted = [
            Accepted { name: "a", kind: 2, multiple: false },
            Accepted { name: "b", kind: 7, multiple: true },
        ];
        let param = |name: &str, value: TypedValue| TypedParam::new(name, value);
        let (a, b) = (param("a", 1u32.into()), param("b", "x".into()));
        validate(&[b.clone(), a.clone(), b.clone()], &accepted).unwrap();
        for (params, message) in [
            (vec![a.clone(), a.clone()], "invalid argument: parameter 'a' occurs multiple times"),
            (
                vec![param("b", 1i64.into())],
                "invalid argument: invalid type 'llong' for parameter 'b', expected 'string'",
            ),
            (vec![b, param("c", true.into())], "argument unsupported: parameter 'c' not supported"),
        ] {
            assert_eq!(validate(&params, &accepted).unwrap_err().message(), message);
        }
    }
}
