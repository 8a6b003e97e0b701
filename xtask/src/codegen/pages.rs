//! `docs/xml/`: a reference page for each kind of document. The documents' own crate writes them, since a chore knows
//! no documents.

use super::Output;
use crate::{paths, process};
use std::path::Path;
use std::process::Command;

/// Where the pages are, below the workspace's root.
const PAGES: &str = "docs/xml";

/// Has the pages written aside, and takes them. Of pages that nothing makes any more it tells.
pub(super) fn emit(root: &Path, out: &mut Output) -> Result<(), String> {
    let aside = paths::target().join("pages");
    let failed = |error: std::io::Error| format!("{}: {error}", aside.display());
    if aside.exists() {
        std::fs::remove_dir_all(&aside).map_err(failed)?;
    }
    std::fs::create_dir_all(&aside).map_err(failed)?;
    let mut cargo = Command::new(paths::cargo());
    cargo.current_dir(root).args(["run", "--quiet", "--package", "vir-schema", "--example", "pages", "--"]);
    process::run(cargo.arg(&aside))?;
    for entry in std::fs::read_dir(&aside).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let text = std::fs::read_to_string(entry.path()).map_err(failed)?;
        out.text(&format!("{PAGES}/{}", entry.file_name().to_string_lossy()), text);
    }
    for entry in std::fs::read_dir(root.join(PAGES)).into_iter().flatten().flatten() {
        let path = format!("{PAGES}/{}", entry.file_name().to_string_lossy());
        if !out.text.contains_key(&path) {
            return Err(format!("{path} is of no document: remove it"));
        }
    }
    Ok(())
}
