//! Definitions: one file for each guest, on disk before anyone is told that it is defined.

use super::{STORED, warning};
use crate::process::dirs::{Dirs, stem_of_xml};
use std::path::PathBuf;
use vir_base::{Result, atomic, file};
use vir_model::domain::Domain;

/// No definition is longer.
const MAX: u64 = 16 * 1024 * 1024;

/// Writes a definition; it is on disk when this returns.
pub fn save(dirs: &Dirs, def: &Domain) -> Result<()> {
    file::make_dirs(&dirs.base.config, 0o700)?;
    let text = warning(&format!("virsh edit {}", def.name)) + &def.to_xml(STORED);
    atomic::replace(dirs.config(&def.name), text.as_bytes(), atomic::PRIVATE)
}

/// Removes a definition and its autostart link.
pub fn remove(dirs: &Dirs, name: &str) -> Result<()> {
    atomic::remove(dirs.autostart(name))?;
    atomic::remove(dirs.autostart_once(name))?;
    atomic::remove(dirs.config(name))
}

/// Makes a guest start by itself, or not.
pub fn set_autostart(dirs: &Dirs, name: &str, on: bool) -> Result<()> {
    set_link(dirs, name, dirs.autostart(name), on)
}

/// Makes a guest start by itself the next time, or not.
pub fn set_autostart_once(dirs: &Dirs, name: &str, on: bool) -> Result<()> {
    set_link(dirs, name, dirs.autostart_once(name), on)
}

fn set_link(dirs: &Dirs, name: &str, link: PathBuf, on: bool) -> Result<()> {
    match on {
        true => {
            file::make_dirs(&dirs.base.autostart, 0o700)?;
            atomic::symlink(dirs.config(name), link)
        }
        false => atomic::remove(link),
    }
}

/// Whether a guest starts by itself the next time.
pub fn autostart_once(dirs: &Dirs, name: &str) -> bool {
    std::fs::symlink_metadata(dirs.autostart_once(name)).is_ok()
}

/// Whether a guest starts by itself.
pub fn autostart(dirs: &Dirs, name: &str) -> bool {
    std::fs::symlink_metadata(dirs.autostart(name)).is_ok()
}

/// The stored definitions: name by file, and text.
pub fn all(dirs: &Dirs) -> Vec<(String, String)> {
    let names = names_in(&dirs.base.config);
    names
        .into_iter()
        .filter_map(|name| Some((name.clone(), file::read_text(dirs.config(&name), MAX).ok()?)))
        .collect()
}

/// The names of the XML files of a directory.
pub(super) fn names_in(directory: &PathBuf) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|e| !e.path().is_dir())
        .filter_map(|e| stem_of_xml(&e.path()).map(str::to_owned))
        .collect();
    names.sort();
    names
}
