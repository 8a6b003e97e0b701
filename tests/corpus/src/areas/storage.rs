//! Storage pools and volumes, and which kinds of pools there are.

use super::network::outcome;
use crate::{Area, Case, Outcome};
use vir_base::{ErrorDomain, Result};
use vir_model::storage::{Capacity, Pool, PoolCapabilities, PoolType, Volume};

/// `storagepoolxml2xml`.
pub struct Pools;

impl Area for Pools {
    fn name(&self) -> &'static str {
        "storagepoolxml2xml"
    }

    fn run(&self, case: &Case) -> Outcome {
        match case.file("input_xml") {
            Ok(xml) => outcome(case, Pool::parse(&xml).map(|pool| pool.to_document())),
            Err(error) => Outcome::Failed(error),
        }
    }
}

/// `storagevolxml2xml`.
pub struct Volumes;

impl Volumes {
    fn round(case: &Case, pool: &str, xml: &str) -> Result<String> {
        let flags = case.param("parse_flags").as_array().map_or(&[][..], Vec::as_slice);
        let capacity = match flags.iter().find_map(|flag| flag.as_str()) {
            Some("VIR_VOL_XML_PARSE_NO_CAPACITY") => Capacity::Optional,
            Some("VIR_VOL_XML_PARSE_OPT_CAPACITY") => Capacity::OrBacking,
            _ => Capacity::Needed,
        };
        Ok(Volume::parse(xml, Pool::parse(pool)?.kind, capacity)?.to_document())
    }
}

impl Area for Volumes {
    fn name(&self) -> &'static str {
        "storagevolxml2xml"
    }

    fn run(&self, case: &Case) -> Outcome {
        match (case.file("pool_xml"), case.file("input_xml")) {
            (Ok(pool), Ok(xml)) => outcome(case, Self::round(case, &pool, &xml)),
            (Err(error), _) | (_, Err(error)) => Outcome::Failed(error),
        }
    }
}

/// `storagepoolcaps`: a case that is not called `full` has one kind of pool.
pub struct Capabilities;

impl Area for Capabilities {
    fn name(&self) -> &'static str {
        "storagepoolcaps"
    }

    fn run(&self, case: &Case) -> Outcome {
        let served = |kind: PoolType| case.name == "full" || case.name == kind.as_str();
        outcome(case, Ok(PoolCapabilities::new(served).to_document()))
    }
}

/// `storageschema`: documents that are of the right form, whether or not they make sense.
pub struct Schema;

impl Area for Schema {
    fn name(&self) -> &'static str {
        "storageschema"
    }

    fn run(&self, case: &Case) -> Outcome {
        let (xml, schema) = match (case.file("input_xml"), case.text("schema")) {
            (Ok(xml), Some(schema)) => (xml, schema),
            (Ok(_), None) => return Outcome::NotRun("it names no schema".into()),
            (Err(error), _) => return Outcome::Failed(error),
        };
        match vir_schema::require(schema, ErrorDomain::Storage, &xml) {
            Ok(()) => Outcome::Passed,
            Err(error) => Outcome::Failed(error.message().to_owned()),
        }
    }
}
