//! The administrator's scripts, run when something happens to a daemon, a guest or a network.
//!
//! `HOOKS/DRIVER` and then those in `HOOKS/DRIVER.d`, in the order of their names, each with the
//! object, the operation, its stage and one more word as arguments. What operations there are is
//! the callers' business.

use crate::command::{Command, is_executable};
use crate::{Error, ErrorCode, ErrorDomain, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longer than that no script may take.
const TIME: Duration = Duration::from_secs(300);

/// The scripts of one driver (`daemon`, `qemu`, `network`, …).
#[derive(Clone, Debug)]
pub struct Hooks {
    script: PathBuf,
}

/// What a script is told.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// The guest's or network's name; `-` for the daemon.
    pub object: &'a str,
    /// `start`, `stopped`, `reload`, …
    pub operation: &'a str,
    /// `begin`, `end` or `-`.
    pub stage: &'a str,
    /// One more word; `-` for none.
    pub extra: &'a str,
    /// Its standard input: the guest's or network's document.
    pub input: &'a str,
}

impl Hooks {
    /// The scripts for `driver` in the directory `hooks`.
    pub fn new(hooks: &Path, driver: &str) -> Self {
        Self { script: hooks.join(driver) }
    }

    /// Whether there is any. Documents need not be written for nobody.
    pub fn any(&self) -> bool {
        !self.scripts().is_empty()
    }

    /// Runs the scripts. Each gets the output of the one before as its input, if there was any;
    /// the last such output is returned. Where there is no script nothing happens.
    ///
    /// # Errors
    /// `HookScriptFailed` with what the first script that failed had to say; the others have run.
    pub fn call(&self, event: &Event<'_>) -> Result<Option<String>> {
        let mut output: Option<String> = None;
        let mut failure = None;
        for script in self.scripts() {
            match run(&script, event, output.as_deref().unwrap_or(event.input)) {
                Ok(said) if said.is_empty() => {}
                Ok(said) => output = Some(said),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(output),
        }
    }

    fn scripts(&self) -> Vec<PathBuf> {
        let mut more = self.script.clone().into_os_string();
        more.push(".d");
        let entries = std::fs::read_dir(more).into_iter().flatten().flatten();
        let mut scripts: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        scripts.sort();
        scripts.insert(0, self.script.clone());
        scripts.retain(|script| {
            let runs = is_executable(script);
            if !runs && script.is_file() {
                ::log::warn!("Non-executable hook script {}", script.display());
            }
            runs
        });
        scripts
    }
}

fn run(script: &Path, event: &Event<'_>, input: &str) -> Result<String> {
    let mut command = Command::new(script.to_string_lossy());
    command.args([event.object, event.operation, event.stage, event.extra]);
    command.env_common().input(input);
    let result = command.run(TIME);
    let output = result
        .map_err(|error| Error::new(ErrorDomain::Hook, ErrorCode::HookScriptFailed, error.message()))?;
    Ok(output.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    fn script(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }

    const EVENT: Event<'_> =
        Event { object: "guest", operation: "start", stage: "begin", extra: "-", input: "<domain/>" };

    #[test]
    fn scripts_hand_on_what_they_say() {
        let dir = tempfile::tempdir().unwrap();
        let hooks = Hooks::new(dir.path(), "qemu");
        assert!(!hooks.any());
        assert_eq!(hooks.call(&EVENT).unwrap(), None);

        script(&dir.path().join("qemu"), "echo \"$@ $(cat)\"");
        script(&dir.path().join("qemu.d/20"), "echo \"second of $(cat)\"");
        script(&dir.path().join("qemu.d/10"), "cat >/dev/null");
        fs::write(dir.path().join("qemu.d/15"), "no script").unwrap();
        assert!(hooks.any());
        let said = hooks.call(&EVENT).unwrap().unwrap();
        assert_eq!(said, "second of guest start begin - <domain/>\n");
    }

    #[test]
    fn a_failure_has_its_words_and_stops_nobody_else() {
        let dir = tempfile::tempdir().unwrap();
        let hooks = Hooks::new(dir.path(), "qemu");
        let mark = dir.path().join("mark");
        script(&dir.path().join("qemu"), "echo not today >&2; exit 3");
        script(&dir.path().join("qemu.d/10"), &format!("touch {}", mark.display()));
        let error = hooks.call(&EVENT).unwrap_err();
        assert_eq!(error.code(), ErrorCode::HookScriptFailed);
        assert!(error.message().starts_with("Hook script execution failed: internal error: Child process ("));
        assert!(error.message().ends_with("unexpected exit status 3: not today\n"), "{error}");
        assert!(mark.exists());
    }
}
