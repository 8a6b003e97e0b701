//! VirtualBox's own files.

use crate::{Area, Case, Outcome};
use vir_model::vbox::Machine;

/// `vboxsnapshot`.
pub struct Machines;

impl Area for Machines {
    fn name(&self) -> &'static str {
        "vboxsnapshot"
    }

    fn run(&self, case: &Case) -> Outcome {
        let (input, expected) = match (case.file("input_vbox"), case.file("expected_vbox")) {
            (Ok(input), Ok(expected)) => (input, expected),
            (Err(error), _) | (_, Err(error)) => return Outcome::Failed(error),
        };
        // only lines without quotes about the time's value would differ, and there are none
        match Machine::parse(input.as_bytes(), "").and_then(|machine| machine.to_file()) {
            Ok(printed) => Outcome::of_texts(&expected, &String::from_utf8_lossy(&printed)),
            Err(error) => Outcome::Failed(error.message().to_owned()),
        }
    }
}
