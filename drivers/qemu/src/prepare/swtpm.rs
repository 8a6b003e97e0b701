//! The emulator of trusted platform modules, as far as it is installed.

use serde_json::Value;
use std::sync::OnceLock;
use std::time::Duration;
use vir_base::command::{Command, find_program};
use vir_model::domain::device::secure::TpmVersion;

/// It tells in no time what it can do.
const PATIENCE: Duration = Duration::from_secs(10);

/// What of it is there; found out when it is first asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Swtpm(OnceLock<Option<Vec<TpmVersion>>>);

impl Swtpm {
    /// One that emulates these versions, and is not looked for.
    pub fn of(versions: Vec<TpmVersion>) -> Self {
        Self(OnceLock::from(Some(versions)))
    }

    /// Whether it is installed.
    pub fn is_there(&self) -> bool {
        self.find().is_some()
    }

    /// The versions that it emulates; none if it is not installed.
    pub fn versions(&self) -> &[TpmVersion] {
        self.find().as_deref().unwrap_or_default()
    }

    fn find(&self) -> &Option<Vec<TpmVersion>> {
        self.0.get_or_init(|| {
            let programs = ["swtpm", "swtpm_setup", "swtpm_ioctl"];
            programs.iter().all(|program| find_program(program).is_ok()).then(ask)
        })
    }
}

/// Asks the program that makes its state which versions that can be of.
fn ask() -> Vec<TpmVersion> {
    let Ok(program) = find_program("swtpm_setup") else { return vec![] };
    let mut command = Command::new(program.to_string_lossy());
    command.arg("--print-capabilities");
    match command.output(PATIENCE) {
        Ok(output) => told(&output.text()),
        Err(_) => vec![],
    }
}

/// The versions in its answer.
fn told(answer: &str) -> Vec<TpmVersion> {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    let has = |name: &str| answer["features"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let versions = [("tpm-1.2", TpmVersion::V1_2), ("tpm-2.0", TpmVersion::V2_0)];
    versions.into_iter().filter(|(name, _)| has(name)).map(|(_, version)| version).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_answer_names_versions_among_other_things() {
        let answer =
            r#"{"type": "swtpm_setup", "features": ["tpm-2.0", "cmdarg-keyfile-fd"], "version": "0.7.3"}"#;
        assert_eq!(told(answer), [TpmVersion::V2_0]);
        assert_eq!(told("no such option"), []);
        assert_eq!(Swtpm::of(told(answer)).versions(), [TpmVersion::V2_0]);
    }
}
