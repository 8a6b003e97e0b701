//! Typed parameters as text.

use vir_base::TypedValue;

/// A value as the commands show it.
pub(crate) fn value_text(value: &TypedValue) -> String {
    match value {
        TypedValue::Int(value) => value.to_string(),
        TypedValue::Uint(value) => value.to_string(),
        TypedValue::Llong(value) => value.to_string(),
        TypedValue::Ullong(value) => value.to_string(),
        TypedValue::Double(value) => format!("{value:.6}"),
        TypedValue::Boolean(true) => "yes".to_owned(),
        TypedValue::Boolean(false) => "no".to_owned(),
        TypedValue::String(value) => value.clone(),
    }
}

/// A value as raw listings show it: truth as 1 and 0, fractions as short as they can be.
pub(crate) fn plain_text(value: &TypedValue) -> String {
    match value {
        TypedValue::Double(value) => shortest(*value),
        TypedValue::Boolean(value) => i32::from(*value).to_string(),
        value => value_text(value),
    }
}

/// Six significant digits, as `%g` has it for numbers that need no exponent.
fn shortest(value: f64) -> String {
    let magnitude = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    if !(-4..6).contains(&magnitude) {
        return format!("{value:e}");
    }
    let text = format!("{value:.*}", (5 - magnitude).max(0) as usize);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_texts() {
        assert_eq!(value_text(&TypedValue::Double(0.5)), "0.500000");
        assert_eq!(plain_text(&TypedValue::Double(0.5)), "0.5");
        assert_eq!(plain_text(&TypedValue::Double(120.0)), "120");
        assert_eq!(value_text(&TypedValue::Boolean(true)), "yes");
        assert_eq!(plain_text(&TypedValue::Boolean(true)), "1");
    }
}
