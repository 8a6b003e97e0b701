//! The description that QEMU gives of its own commands (`query-qmp-schema`), and paths into it.
//!
//! A path begins with a command: `blockdev-add/arg-type/+file/aio/^io_uring`. Of a command, the next step is
//! `arg-type` or `ret-type`; of an object, a member's name, or `+` and the name of a variant; of a choice, `^` and a
//! value; and `$` with the name of a feature ends it anywhere. Lists are passed through.

use serde_json::Value;
use std::collections::HashMap;

/// How many types can be in each other; real ones are a handful.
const DEPTH: usize = 32;

/// The description.
pub struct Schema<'a> {
    types: HashMap<&'a str, &'a Value>,
}

impl<'a> Schema<'a> {
    /// Of what QEMU answered.
    pub fn of(answer: &'a Value) -> Self {
        let entries = answer.as_array().into_iter().flatten();
        Self { types: entries.filter_map(|entry| Some((entry["name"].as_str()?, entry))).collect() }
    }

    /// There is such a command.
    pub fn has_command(&self, name: &str) -> bool {
        self.types.get(name).is_some_and(|entry| entry["meta-type"] == "command")
    }

    /// The path leads somewhere.
    pub fn has(&self, path: &str) -> bool {
        let steps: Vec<&str> = path.split('/').collect();
        steps.split_first().is_some_and(|(name, rest)| self.leads(name, rest, 0))
    }

    fn leads(&self, name: &str, steps: &[&str], depth: usize) -> bool {
        let Some(entry) = self.types.get(name).filter(|_| depth < DEPTH) else { return false };
        let Some((step, rest)) = steps.split_first() else { return true };
        let on = |next: &Value, steps: &[&str]| {
            next.as_str().is_some_and(|next| self.leads(next, steps, depth + 1))
        };
        match entry["meta-type"].as_str().unwrap_or_default() {
            "array" => on(&entry["element-type"], steps),
            "alternate" => {
                let members = entry["members"].as_array().into_iter().flatten();
                members.into_iter().any(|member| on(&member["type"], steps))
            }
            "enum" => rest.is_empty() && step.strip_prefix('^').is_some_and(|value| chosen(entry, value)),
            kind @ ("object" | "command" | "event") => match step.strip_prefix('$') {
                Some(feature) => rest.is_empty() && has_feature(entry, feature),
                None if kind != "object" => on(&entry[*step], rest),
                None => member(entry, step).is_some_and(|found| on(&found["type"], rest)),
            },
            _ => false,
        }
    }
}

fn has_feature(entry: &Value, feature: &str) -> bool {
    entry["features"].as_array().is_some_and(|features| features.iter().any(|one| one == feature))
}

/// A choice has the value; its values were mere names once.
fn chosen(entry: &Value, value: &str) -> bool {
    let members = entry["members"].as_array();
    let values = entry["values"].as_array();
    members.is_some_and(|members| members.iter().any(|one| one["name"] == value))
        || values.is_some_and(|values| values.iter().any(|one| one == value))
}

/// The member, or with `+` the variant, of an object.
fn member<'a>(entry: &'a Value, step: &str) -> Option<&'a Value> {
    let (list, key, name) = match step.strip_prefix('+') {
        Some(variant) => ("variants", "case", variant),
        None => ("members", "name", step),
    };
    entry[list].as_array()?.iter().find(|one| one[key] == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_through_commands_objects_lists_and_choices() {
        let answer = json!([
            {"name": "add", "meta-type": "command", "arg-type": "1", "ret-type": "2", "features": ["fast"]},
            {"name": "1", "meta-type": "object", "members": [{"name": "kind", "type": "3"}],
             "variants": [{"case": "file", "type": "4"}]},
            {"name": "2", "meta-type": "array", "element-type": "4"},
            {"name": "3", "meta-type": "enum", "values": ["old"], "members": [{"name": "file"}]},
            {"name": "4", "meta-type": "object", "members": [{"name": "self", "type": "2"}], "features": ["x"]},
        ]);
        let schema = Schema::of(&answer);
        for path in [
            "add",
            "add/$fast",
            "add/arg-type/kind/^file",
            "add/arg-type/kind/^old",
            "add/arg-type/+file/self/self/$x",
            "add/ret-type/self",
        ] {
            assert!(schema.has(path), "{path}");
        }
        for path in
            ["remove", "add/$slow", "add/arg-type/kind/^new", "add/arg-type/file", "add/arg-type/+kind"]
        {
            assert!(!schema.has(path), "{path}");
        }
        assert!(schema.has_command("add") && !schema.has_command("1"));
        assert!(!schema.has(&format!("add/ret-type{}", "/self".repeat(100))), "too deep");
    }
}
