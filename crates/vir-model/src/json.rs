//! JSON as QEMU and its images speak it: strict, members in their order.
//!
//! Reading and printing are serde_json's; here are the peer's words for what is wrong, and the other way to write
//! objects in objects: members whose names have dots.

use vir_base::{Error, Result, bail, err};

pub use serde_json::{Map, Value};

/// An object.
pub type Object = Map<String, Value>;

/// Reads a document. Comments, commas too many and anything behind it are refused.
///
/// # Errors
/// As the peer says them; the place is the hint.
pub fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        err!(None, InternalError, "failed to parse JSON: {}", words(&error)).with_hint(place)
    })
}

/// What the peer's library calls it.
fn words(error: &serde_json::Error) -> &'static str {
    let text = error.to_string();
    let said = [
        ("EOF while parsing", "continue"),
        ("recursion limit", "nesting too deep"),
        ("key must be a string", "quoted object property name expected"),
        ("expected `:`", "object property name separator ':' expected"),
        ("expected `,` or `}`", "object value separator ',' expected"),
        ("expected `,` or `]`", "array value separator ',' expected"),
        ("invalid number", "number expected"),
        ("number out of range", "number expected"),
        ("invalid escape", "invalid string sequence"),
        ("control character", "invalid string sequence"),
        ("lone leading surrogate", "invalid utf-8 string"),
    ];
    said.iter().find(|(ours, _)| text.starts_with(ours)).map_or("unexpected character", |(_, peers)| peers)
}

/// Makes objects in objects of members whose names have dots, then lists of objects whose names count from 0.
///
/// # Errors
/// It is no object; two members are the same one, or one is a value and an object.
pub fn deflatten(value: &Value) -> Result<Value> {
    let Value::Object(object) = value else {
        bail!(None, InternalError, "only objects can be deflattened");
    };
    let mut value = Value::Object(nested(object)?);
    to_lists(&mut value);
    Ok(value)
}

fn nested(object: &Object) -> Result<Object> {
    let mut all = Object::new();
    for (key, value) in object {
        insert(&mut all, key, value)?;
    }
    Ok(all)
}

fn insert(object: &mut Object, key: &str, value: &Value) -> Result<()> {
    let mut object = object;
    let mut rest = key;
    while let Some((first, tail)) = rest.split_once('.') {
        object = match object.entry(first).or_insert_with(|| Value::Object(Object::new())) {
            Value::Object(inner) => inner,
            _ => return Err(mixed()),
        };
        rest = tail;
    }
    if object.contains_key(rest) {
        bail!(None, InvalidArg, "can't deflatten colliding key '{rest}'");
    }
    let value = match value {
        Value::Object(inner) => Value::Object(nested(inner)?),
        other => other.clone(),
    };
    object.insert(rest.to_owned(), value);
    Ok(())
}

fn mixed() -> Error {
    err!(None, InvalidArg, "mixing nested objects and values is forbidden in JSON deflattening")
}

/// Objects whose members are named by all numbers from 0 on become lists.
fn to_lists(value: &mut Value) {
    let Value::Object(object) = value else { return };
    object.values_mut().for_each(to_lists);
    let mut places = vec![None; object.len()];
    for (key, value) in object.iter() {
        match key.parse::<usize>().ok().and_then(|place| places.get_mut(place)) {
            Some(place) if place.is_none() => *place = Some(value.clone()),
            _ => return,
        }
    }
    *value = places.into_iter().flatten().collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_order_stay() {
        let text = r#"{"z":9223372036854775808,"a":[-1,true,null],"b":"\"\t/\u001f"}"#;
        assert_eq!(parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn errors_are_the_peer_s() {
        let said = |text: &str| parse(text).unwrap_err().message().to_owned();
        for (text, expected) in [
            ("", "continue"),
            ("[] []", "unexpected character"),
            ("{1:1}", "quoted object property name expected"),
            (r#"{"a" 1}"#, "object property name separator ':' expected"),
            (r#"{"a":1 "b":2}"#, "object value separator ',' expected"),
            ("[1 2]", "array value separator ',' expected"),
        ] {
            assert_eq!(said(text), format!("internal error: failed to parse JSON: {expected}"), "{text}");
        }
        assert!(said(&"[".repeat(1 << 20)).ends_with("nesting too deep"));
    }

    #[test]
    fn dots_nest_and_numbers_list() {
        let value = parse(r#"{"file.driver":"nbd","file":{"server.1.port":2,"server.0.port":1}}"#).unwrap();
        let error = deflatten(&value).unwrap_err();
        assert_eq!(error.message(), "invalid argument: can't deflatten colliding key 'file'");
        let value = parse(r#"{"file.driver":"nbd","file.server.1.port":2,"file.server.0.port":1}"#).unwrap();
        let nested = r#"{"file":{"driver":"nbd","server":[{"port":1},{"port":2}]}}"#;
        assert_eq!(deflatten(&value).unwrap().to_string(), nested);
        let value = parse(r#"{"a":1,"a.b":2}"#).unwrap();
        assert_eq!(
            deflatten(&value).unwrap_err().message(),
            "invalid argument: mixing nested objects and values is forbidden in JSON deflattening"
        );
    }
}
