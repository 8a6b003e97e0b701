//! Names with dots (`server.0.host`) as what they stand for: options within options, and lists.

use super::Options;
use serde_json::Value;
use vir_base::{Result, bail};

/// Dots that a name may have: more than any driver's options nest, few enough for any stack.
const MAX_DOTS: usize = 64;

/// Nests options by the dots in their names.
pub(super) fn unflatten(options: Options) -> Result<Options> {
    let nested = nest(options)?;
    Ok(nested.into_iter().map(|(name, value)| (name, lists(value))).collect())
}

fn nest(options: Options) -> Result<Options> {
    let mut all = Options::new();
    for (name, value) in options {
        let dots = name.bytes().filter(|byte| *byte == b'.').count();
        if dots > MAX_DOTS {
            bail!(None, InvalidArg, "invalid nested value key '{name}'");
        }
        let mut inner = &mut all;
        let mut rest = name.as_str();
        while let Some((outer, deeper)) = rest.split_once('.') {
            let entry = inner.entry(outer).or_insert_with(|| Value::Object(Options::new()));
            inner = match entry {
                Value::Object(options) => options,
                _ => bail!(
                    None,
                    InvalidArg,
                    "mixing nested objects and values is forbidden in JSON deflattening"
                ),
            };
            rest = deeper;
        }
        if inner.contains_key(rest) {
            bail!(None, InvalidArg, "can't deflatten colliding key '{rest}'");
        }
        let value = match value {
            Value::Object(options) => Value::Object(nest(options)?),
            value => value,
        };
        inner.insert(rest.to_owned(), value);
    }
    Ok(all)
}

/// Options that are named 0, 1, 2, … are a list.
fn lists(value: Value) -> Value {
    let Value::Object(options) = value else { return value };
    let options: Options = options.into_iter().map(|(name, value)| (name, lists(value))).collect();
    let mut places: Vec<Option<&Value>> = vec![None; options.len()];
    for (name, value) in &options {
        match name.parse().ok().and_then(|number: usize| places.get_mut(number)) {
            Some(place @ None) => *place = Some(value),
            _ => return Value::Object(options),
        }
    }
    Value::Array(places.into_iter().flatten().cloned().collect())
}
