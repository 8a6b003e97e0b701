//! `virtlockd --release-all [--root DIR]`: gives up what a daemon that has ended left in its keeper.

use crate::keeper::Former;
use crate::status::paths;
use std::path::PathBuf;
use std::process::ExitCode;
use vir_base::pidfile;
use vir_base::{Error, ErrorDomain, Result, bail, err};

/// Has all leases released, whoever lives. `arguments` are those behind the program's name.
pub fn run(arguments: &[String]) -> ExitCode {
    match root(arguments).and_then(release) {
        Ok(count) => {
            println!("{count} {} released", if count == 1 { "lease" } else { "leases" });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(hint) = error.hint() {
                eprintln!("{hint}");
            }
            ExitCode::FAILURE
        }
    }
}

fn release(root: Option<PathBuf>) -> Result<u64> {
    let paths = paths(root.as_deref())?;
    let failed =
        |error: std::io::Error| Error::io(ErrorDomain::Locking, &error, "the keeper of the leases fails");
    if let Some(pid) = pidfile::holder(paths.pid_file("virtlockd")).map_err(failed)? {
        return Err(err!(Locking, OperationInvalid, "the lock daemon runs (process {pid})")
            .with_hint("it releases leases itself, as guests end; stop it first to release all of them"));
    }
    match Former::find(&paths.state).map_err(failed)? {
        Some(former) => former.release_all().map_err(failed),
        None => Ok(0),
    }
}

fn root(arguments: &[String]) -> Result<Option<PathBuf>> {
    let mut root = None;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match (word.as_str(), word.strip_prefix("--root=")) {
            ("--release-all", _) => {}
            ("--root", _) => {
                root = Some(words.next().ok_or_else(|| err!(None, InvalidArg, "--root needs a directory"))?)
            }
            (_, Some(_)) => root = Some(word),
            _ => bail!(None, InvalidArg, "'{word}' does not go with --release-all"),
        }
    }
    Ok(root.map(|root| root.strip_prefix("--root=").unwrap_or(root).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_released_where_nothing_is() {
        let dir = tempfile::tempdir().unwrap();
        let words = |extra: &[&str]| -> Vec<String> {
            ["--release-all"].iter().chain(extra).map(|word| (*word).to_owned()).collect()
        };
        assert_eq!(root(&words(&["--root", "/r"])).unwrap(), Some("/r".into()));
        assert_eq!(root(&words(&["--root=/r"])).unwrap(), Some("/r".into()));
        assert!(root(&words(&["--root"])).is_err() && root(&words(&["--json"])).is_err());
        assert_eq!(release(Some(dir.path().to_owned())).unwrap(), 0);
    }
}
