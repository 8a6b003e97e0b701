//! Published captures of hosts, for tests; they lie beside the working copy, or are not there.

use std::fs;
use std::path::{Path, PathBuf};

/// The directory of one kind of captures.
pub(crate) fn area(name: &str) -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus").join(name);
    dir.is_dir().then_some(dir)
}

pub(crate) fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Copies a tree of files.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// Makes the symbolic links that captures list apart.
pub(crate) fn link(links: &serde_json::Value, below: &Path) {
    for (link, target) in links.as_object().into_iter().flatten() {
        let link = below.join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target.as_str().unwrap(), link).unwrap();
    }
}
