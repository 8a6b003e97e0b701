//! Domains that no hypervisor completes.

use crate::{Area, Case, Outcome};
use vir_base::Uuid;
use vir_model::domain::abi;
use vir_model::domain::defaults::{self, Random, Rules};
use vir_model::domain::{Domain, ParseOptions};
use vir_xml::Format;

/// `genericxml2xml`.
pub struct Generic;

/// Bytes 0, 1, 2, … as the expected documents were made with.
pub struct Counting;

impl Random for Counting {
    fn uuid(&mut self) -> Uuid {
        let mut bytes: [u8; 16] = std::array::from_fn(|i| i as u8);
        // version and variant
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Uuid(bytes)
    }

    fn mac_tail(&mut self) -> [u8; 3] {
        [0, 1, 2]
    }
}

fn round(xml: &str, live: bool) -> vir_base::Result<String> {
    let mut domain = Domain::parse(xml, ParseOptions { live })?;
    // the data was made with capabilities that offer this one first
    if let Some(kind) = &mut domain.os.kind {
        kind.arch.get_or_insert_with(|| "x86_64".into());
    }
    defaults::apply(&mut domain, Rules::default(), &mut Counting)?;
    abi::check(&domain, &domain, abi::Options::default())?;
    Ok(domain.to_xml(Format { secure: true, inactive: !live, ..Format::default() }))
}

impl Area for Generic {
    fn name(&self) -> &'static str {
        "genericxml2xml"
    }

    fn run(&self, case: &Case) -> Outcome {
        let input = match case.file("input_xml") {
            Ok(input) => input,
            Err(error) => return Outcome::Failed(error),
        };
        let printed = round(&input, case.holds("live"));
        match (case.expect(), printed) {
            ("parse-error", Err(_)) => Outcome::Passed,
            ("parse-error", Ok(_)) => Outcome::Failed("it was accepted".into()),
            (_, Err(error)) => Outcome::Failed(error.message().to_owned()),
            (_, Ok(printed)) => match case.file("expected_xml") {
                Ok(expected) => Outcome::of_texts(&expected, &printed),
                Err(error) => Outcome::Failed(error),
            },
        }
    }
}
