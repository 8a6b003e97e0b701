//! The distribution's package tools: asked, and made to download and install.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::outcome::Outcome;
use crate::{paths, process};

/// What apt knows about a package.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// The version on this host.
    pub(crate) installed: Option<String>,
    /// The version that a plain installation would take.
    pub(crate) candidate: Option<String>,
}

/// Asks apt about `package`, with lists brought up to date if it has never heard of it.
pub(crate) fn policy(package: &str) -> Outcome<Policy> {
    let ask = || process::output(apt("apt-cache").args(["policy", package]));
    let known = parse_policy(&ask()?);
    if known.candidate.is_some() || !paths::is_root() {
        return Ok(known);
    }
    update()?;
    Ok(parse_policy(&ask()?))
}

fn parse_policy(text: &str) -> Policy {
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.trim_start().strip_prefix(key))?;
        let version = line.trim();
        (version != "(none)").then(|| version.to_owned())
    };
    Policy { installed: value("Installed:"), candidate: value("Candidate:") }
}

/// Whether apt's sources have a release with this code name.
pub(super) fn has_suite(codename: &str) -> Outcome<bool> {
    let known = process::output(apt("apt-cache").arg("policy"))?;
    Ok(known.lines().any(|line| line.split(',').any(|field| field == format!("n={codename}"))))
}

/// The package that a metapackage stands for: the first that it depends on.
pub(crate) fn real_package(metapackage: &str) -> Outcome<String> {
    if policy(metapackage)?.candidate.is_none() {
        return Err(format!("apt knows no package {metapackage} (apt-get update may help)"));
    }
    let text = process::output(apt("apt-cache").args(["depends", metapackage]))?;
    text.lines()
        .find_map(|line| line.trim_start().strip_prefix("Depends: "))
        .map(|name| name.trim().to_owned())
        .ok_or_else(|| format!("apt says that {metapackage} depends on nothing"))
}

/// Downloads a package's archive into `directory`.
pub(crate) fn download(package: &str, directory: &Path) -> Outcome {
    let attempt = || {
        let mut command = apt("apt-get");
        if paths::is_root() {
            // apt's own user may not write here.
            command.args(["-o", "APT::Sandbox::User=root"]);
        }
        process::output(command.args(["-q", "download", package]).current_dir(directory))
    };
    match attempt() {
        Ok(_) => Ok(()),
        // Lists that are not up to date name archives that are gone.
        Err(_) if paths::is_root() => {
            update()?;
            attempt().map(drop)
        }
        Err(error) => Err(error),
    }
}

/// Installs packages, from `suite` where one is named, and nothing that they only recommend.
pub(crate) fn install(packages: &[&str], suite: Option<&str>) -> Outcome {
    if packages.is_empty() {
        return Ok(());
    }
    update()?;
    let mut command = apt("apt-get");
    command.args(["-q", "-y", "--no-install-recommends", "install"]);
    if let Some(suite) = suite {
        command.args(["-t", suite]);
    }
    process::run(command.args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Brings the lists of packages up to date, once in a run.
fn update() -> Outcome {
    static DONE: AtomicBool = AtomicBool::new(false);
    if DONE.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    refresh()
}

/// Brings the lists of packages up to date.
pub(super) fn refresh() -> Outcome {
    process::run(apt("apt-get").args(["-qq", "update"]))
}

fn apt(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C");
    command
}

#[cfg(test)]
mod tests {
    use super::{Policy, parse_policy};

    #[test]
    fn versions_are_read_from_policy() {
        let text = "qemu-utils:\n  Installed: 1:10.0.2+ds-2~bpo12+1\n  Candidate: 1:7.2\n  Version table:\n";
        let known =
            Policy { installed: Some("1:10.0.2+ds-2~bpo12+1".into()), candidate: Some("1:7.2".into()) };
        assert_eq!(parse_policy(text), known);
        assert_eq!(parse_policy("x:\n  Installed: (none)\n  Candidate: (none)\n"), Policy::default());
        assert_eq!(parse_policy(""), Policy::default());
    }
}
