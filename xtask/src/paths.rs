//! Where things are: the workspace, its target directory, programs on this host.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    ferrovirt_tests::paths::target()
}

/// The path of `program`, looked for in `PATH` and where administrators' programs are.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    ferrovirt_tests::paths::program(name)
}

/// Whether this process may install packages.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Cargo, as the one that runs this chore.
pub(crate) fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}
