//! Documents that hold nothing but what the model knows.

use crate::{Area, Case, Outcome};
use vir_base::Result;
use vir_model::capabilities::Capabilities;
use vir_model::domain::{Domain, ParseOptions};
use vir_xml::table::{self, Table};
use vir_xml::{Content, Element};

/// An area whose cases are read, and hold nothing that is not known.
pub struct Schema {
    name: &'static str,
    table: fn() -> Option<&'static Table>,
    read: fn(&str) -> Result<()>,
}

/// `capabilityschema`.
pub const CAPABILITIES: Schema = Schema {
    name: "capabilityschema",
    table: Capabilities::table,
    read: |xml| Capabilities::read(&vir_xml::parse(xml, None)?).map(drop),
};

/// `domainschema`.
pub const DOMAIN: Schema = Schema {
    name: "domainschema",
    table: Domain::table,
    read: |xml| Domain::parse(xml, ParseOptions::default()).map(drop),
};

impl Area for Schema {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&self, case: &Case) -> Outcome {
        let xml = match case.file("input_xml") {
            Ok(xml) => xml,
            Err(error) => return Outcome::Failed(error),
        };
        let tree: Result<Element> = vir_xml::parse(&xml, None);
        let valid = tree.and_then(|tree| {
            (self.read)(&xml)?;
            Ok((self.table)().map(|table| table::unknown(&tree, table)).unwrap_or_default())
        });
        match (case.expect(), valid) {
            ("ok", Err(error)) => Outcome::Failed(error.message().to_owned()),
            ("ok", Ok(unknown)) if unknown.is_empty() => Outcome::Passed,
            ("ok", Ok(unknown)) => Outcome::Failed(unknown[0].to_string()),
            (_, Ok(unknown)) if unknown.is_empty() => Outcome::Failed("it was accepted".into()),
            _ => Outcome::Passed,
        }
    }
}

/// `domainconf`.
pub struct Lookup;

impl Area for Lookup {
    fn name(&self) -> &'static str {
        "domainconf"
    }

    fn run(&self, case: &Case) -> Outcome {
        let domain = case.file("input_xml").and_then(|xml| {
            Domain::parse(&xml, ParseOptions::default()).map_err(|error| error.message().to_owned())
        });
        match (domain, case.text("target")) {
            (Ok(domain), Some(target)) => {
                match domain.devices.filesystem_at(target).is_some() == case.holds("found") {
                    true => Outcome::Passed,
                    false => Outcome::Failed("found or not, unlike expected".into()),
                }
            }
            (Err(error), _) => Outcome::Failed(error),
            (_, None) => Outcome::NotRun("cases without a target are not known".into()),
        }
    }
}
