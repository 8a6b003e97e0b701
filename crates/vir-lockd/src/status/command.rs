//! `virtlockd --status [--json] [--root DIR]`.

use super::ask::Status;
use super::print;
use rustix::process::geteuid;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vir_base::paths::Paths;
use vir_base::{Result, bail, err};

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    json: bool,
    root: Option<PathBuf>,
}

/// Prints what is held. `arguments` are those behind the program's name.
pub fn run(arguments: &[String]) -> ExitCode {
    match request(arguments).and_then(|request| print(&request)) {
        Ok(text) => {
            print!("{text}");
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

fn print(request: &Request) -> Result<String> {
    let status = Status::ask(&paths(request.root.as_deref())?)?;
    Ok(if request.json { print::json(&status) } else { print::table(&status) })
}

/// The directories of the instance that the options mean: the same that a daemon with them has.
pub(crate) fn paths(root: Option<&Path>) -> Result<Paths> {
    match root {
        None => Paths::of_this_user(),
        Some(root) => {
            let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
            Ok(Paths { system: geteuid().is_root(), ..Paths::system_under(root) })
        }
    }
}

fn request(arguments: &[String]) -> Result<Request> {
    let mut request = Request::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--status" => {}
            "--json" => request.json = true,
            "--root" => {
                let root = words.next().ok_or_else(|| err!(None, InvalidArg, "--root needs a directory"))?;
                request.root = Some(root.into());
            }
            other => match other.strip_prefix("--root=") {
                Some(root) => request.root = Some(root.into()),
                None => bail!(None, InvalidArg, "'{other}' does not go with --status"),
            },
        }
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_go_with_it() {
        let of = |words: &[&str]| request(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["--status"]).unwrap(), Request::default());
        let root = Some(PathBuf::from("/r"));
        assert_eq!(of(&["--json", "--root=/r", "--status"]).unwrap(), Request { json: true, root });
        assert!(of(&["--status", "--root"]).is_err() && of(&["--status", "-v"]).is_err());
    }
}
