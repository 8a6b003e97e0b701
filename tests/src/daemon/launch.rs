//! How a daemon's process is started: ours, or the C daemon that tests compare with.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::layout::{Layout, NOBODY};
use crate::paths;

/// Which daemon runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Ours, from this directory of built programs.
    Ours(PathBuf),
    /// The C daemon of this host, in private mounts.
    Peer,
}

/// Whom the daemon serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The host: `qemu:///system`.
    System,
    /// One account without privileges: `qemu:///session`.
    Session,
}

/// Where the daemon of the host finds its directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Ours where it is told, the C daemon in private mounts.
    Usual,
    /// Both in private mounts, so that one takes up what the other one left.
    Mounted,
    /// Both in private mounts, listening on a network of their own.
    Network,
}

impl Kind {
    /// The program to start. An account without privileges cannot always reach where it was
    /// built, so it gets a copy in its directory.
    pub(super) fn program(&self, layout: &Layout) -> Result<PathBuf, String> {
        let Kind::Ours(directory) = self else {
            return paths::program("libvirtd").ok_or_else(|| "there is no libvirtd on this host".into());
        };
        let built = directory.join("libvirtd");
        if !layout.is_given_away() {
            return Ok(built);
        }
        let copy = layout.root().join("libvirtd");
        copy_program(&built, &copy)?;
        Ok(copy)
    }
}

/// Copies a program by another process: a file that this one writes may be open in a child that another
/// thread has just made, and could not be executed then.
pub(crate) fn copy_program(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |why: String| format!("copying {}: {why}", from.display());
    match Command::new("cp").arg(from).arg(to).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(status.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// The command that starts `program` as the daemon of `layout`. It gets a process group of its
/// own, so that a Ctrl-C on the terminal does not reach it before it is asked to end.
pub(super) fn command(
    kind: &Kind,
    mode: Mode,
    place: Place,
    program: &Path,
    layout: &Layout,
) -> Result<Command, String> {
    let mut command = match (kind, mode) {
        (Kind::Ours(_), Mode::System) if place == Place::Usual => {
            let mut command = Command::new(program);
            command.arg("--root").arg(layout.root());
            command
        }
        (_, Mode::System) => in_private_mounts(program, layout),
        (_, Mode::Session) => session(program, layout),
    };
    if place == Place::Network {
        command.arg("--listen");
    }
    let log = File::options()
        .create(true)
        .append(true)
        .open(layout.log())
        .map_err(|error| format!("opening {}: {error}", layout.log().display()))?;
    let errors = log.try_clone().map_err(|error| format!("opening {}: {error}", layout.log().display()))?;
    command.stdin(Stdio::null()).stdout(log).stderr(errors).current_dir("/").process_group(0);
    Ok(command)
}

fn session(program: &Path, layout: &Layout) -> Command {
    let root = layout.root();
    let mut command = Command::new(program);
    command.env("HOME", root);
    for (variable, directory) in [
        ("XDG_RUNTIME_DIR", "run"),
        ("XDG_CONFIG_HOME", "etc"),
        ("XDG_CACHE_HOME", "var/cache"),
        ("XDG_DATA_HOME", "var/lib"),
        ("XDG_STATE_HOME", "var/log"),
    ] {
        command.env(variable, root.join(directory));
    }
    if layout.is_given_away() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// The C daemon knows only fixed directories: it sees ours there.
fn in_private_mounts(program: &Path, layout: &Layout) -> Command {
    const SCRIPT: &str = "set -e\ndate +%s.%N >\"$1/way\"\n\
        mount -t tmpfs tmpfs /run; mkdir /run/libvirt /run/lock; mount --bind \"$1/run/libvirt\" /run/libvirt\n\
        for directory in etc var/lib var/log var/cache; do\n\
            mount --bind \"$1/$directory/libvirt\" \"/$directory/libvirt\"\n\
        done\n\
        ip link set lo up\n\
        date +%s.%N >>\"$1/way\"\n\
        shift\n\
        exec \"$@\"\n";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--net", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]);
    command.arg(layout.root()).arg(program);
    command
}
