//! Configuration files and JSON.

use crate::{Area, Case, Outcome};
use vir_base::conf::{Conf, Format};
use vir_base::{Error, Result, err};
use vir_model::json::{self, Value};

/// `virconf`.
pub struct Configuration;

impl Area for Configuration {
    fn name(&self) -> &'static str {
        "virconf"
    }

    fn run(&self, case: &Case) -> Outcome {
        match (case.file("input_conf"), case.file("expected_conf")) {
            (Ok(text), Ok(expected)) => match Conf::parse(&case.name, text.as_bytes(), Format::Plain) {
                Ok(conf) => Outcome::of_texts(&expected, &conf.to_string()),
                Err(error) => Outcome::Failed(error.message().to_owned()),
            },
            (Err(error), _) | (_, Err(error)) => Outcome::Failed(error),
        }
    }
}

/// `virjson`.
pub struct Json;

/// The object of a document.
fn object(value: &mut Value) -> Result<&mut json::Object> {
    value.as_object_mut().ok_or_else(|| err!(None, InternalError, "no object"))
}

fn absent(what: &str) -> Error {
    err!(None, InternalError, "{what} is not there")
}

impl Json {
    /// What comes of a case, and what should.
    fn result(case: &Case, doc: &str) -> Result<(String, String)> {
        let expected = case.text("expected").unwrap_or(doc);
        let expected = case.file("expected_json").unwrap_or_else(|_| expected.to_owned());
        let printed = match case.kind() {
            "add-remove" => {
                let mut value = json::parse(doc)?;
                let object = object(&mut value)?;
                object.shift_remove("name").filter(|name| name == "sample").ok_or_else(|| absent("name"))?;
                object.insert("newname".into(), "foo".into());
                value.to_string()
            }
            "lookup" => {
                let mut value = json::parse(doc)?;
                let object = object(&mut value)?;
                let found = [
                    object.get("a").is_some_and(Value::is_object),
                    object.get("b").is_some_and(Value::is_number),
                    object.get("c").is_some_and(Value::is_string),
                    object.get("d").is_some_and(Value::is_array),
                ];
                if found.contains(&false) {
                    return Err(absent("a member"));
                }
                return Ok((doc.to_owned(), format!("{doc}\n")));
            }
            "deflatten" => format!("{:#}\n", json::deflatten(&json::parse(doc)?)?),
            _ => json::parse(doc)?.to_string(),
        };
        Ok((expected, printed))
    }

    /// A document as a string inside another.
    fn escape() -> Outcome {
        let inner = Value::from_iter([("string", "a \"quoted\" text\n")]).to_string();
        let outer = Value::from_iter([("inner", inner.as_str())]).to_string();
        match json::parse(&outer) {
            Ok(value) if value["inner"] == inner.as_str() => Outcome::Passed,
            _ => Outcome::Failed("the inner document changed".into()),
        }
    }
}

impl Area for Json {
    fn name(&self) -> &'static str {
        "virjson"
    }

    fn run(&self, case: &Case) -> Outcome {
        if case.kind() == "escape" {
            return Self::escape();
        }
        let doc = match (case.text("doc"), case.file("input_json")) {
            (Some(doc), _) => doc.to_owned(),
            // a backslash before a newline joins lines
            (None, Ok(text)) => text.replace("\\\n", ""),
            (None, Err(error)) => return Outcome::Failed(error),
        };
        match (case.expect(), Self::result(case, &doc)) {
            ("fail", Err(_)) => Outcome::Passed,
            ("fail", Ok(_)) => Outcome::Failed("it was accepted".into()),
            (_, Err(error)) => Outcome::Failed(error.message().to_owned()),
            (_, Ok((expected, printed))) => {
                Outcome::of_texts(&format!("{}\n", expected.trim_end()), &printed)
            }
        }
    }
}
