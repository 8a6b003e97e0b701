//! Files that nobody has written for long go, those of guests that are no more among them.
//!
//! A log and what was set aside of it go together, by the youngest of them. What goes is decided from a
//! list of files; looking and removing are apart from that.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How far below the root is looked.
const DEPTH: usize = 1;
/// A day, in seconds.
const DAY: u64 = 24 * 60 * 60;

/// A file that might be a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path.
    pub path: PathBuf,
    /// When it was last written, in seconds since 1970.
    pub modified: i64,
}

/// What is to be done away with.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// What was not written since, in seconds since 1970.
    pub not_since: i64,
    /// What was set aside more often than this.
    pub backups: usize,
}

/// The last moment of which nobody will ask, `days` before `now` (seconds since 1970).
pub fn not_since(now: i64, days: u64) -> i64 {
    now.saturating_sub_unsigned(days.saturating_mul(DAY))
}

/// Which of `found` go. Logs in `open`, and what was set aside of them, are spared however old.
pub fn too_old<'a>(found: &[Found], open: impl Iterator<Item = &'a Path>, rules: Rules) -> Vec<PathBuf> {
    struct Chain {
        modified: i64,
        members: Vec<PathBuf>,
    }
    let mut gone = Vec::new();
    let mut chains: BTreeMap<PathBuf, Chain> = BTreeMap::new();
    for path in open {
        if let Some((stem, _)) = chain_of(path) {
            chains.insert(stem, Chain { modified: i64::MAX, members: vec![] });
        }
    }
    for Found { path, modified } in found {
        let Some((stem, age)) = chain_of(path) else { continue };
        if age.is_some_and(|age| age > rules.backups) {
            gone.push(path.clone());
            continue;
        }
        let chain = chains.entry(stem).or_insert(Chain { modified: *modified, members: vec![] });
        chain.modified = chain.modified.max(*modified);
        chain.members.push(path.clone());
    }
    let old = chains.into_values().filter(|chain| chain.modified <= rules.not_since);
    gone.extend(old.flat_map(|chain| chain.members));
    gone
}

/// What logs are told apart by, and how often it was set aside: `X.log` and `X.log.7` are of one chain.
fn chain_of(path: &Path) -> Option<(PathBuf, Option<usize>)> {
    const LOG: &[u8] = b".log";
    let bytes = path.as_os_str().as_bytes();
    let stem = |bytes: &[u8]| PathBuf::from(std::ffi::OsString::from_vec(bytes.to_vec()));
    if let Some(name) = bytes.strip_suffix(LOG) {
        return Some((stem(name), None));
    }
    let dot = bytes.iter().rposition(|byte| *byte == b'.')?;
    let digits = std::str::from_utf8(&bytes[dot + 1..]).ok()?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((stem(bytes[..dot].strip_suffix(LOG)?), Some(digits.parse().ok()?)))
}

/// The files below `root` that might be logs. What cannot be looked at is said and passed over.
pub fn look(root: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    look_into(root, DEPTH, &mut found);
    found
}

fn look_into(dir: &Path, depth: usize, found: &mut Vec<Found>) {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return,
        Err(error) => return log::warn!("Unable to open dir {}: {error}", dir.display()),
    };
    for entry in entries.flatten() {
        let path = entry.path();
        // of what a link points to: an administrator may have put the directory elsewhere
        match fs::metadata(&path) {
            Ok(stat) if stat.is_dir() && depth > 0 => look_into(&path, depth - 1, found),
            Ok(stat) if stat.is_file() => found.push(Found { path, modified: stat.mtime() }),
            Ok(_) => {}
            Err(error) => log::warn!("Unable to stat {}: {error}", path.display()),
        }
    }
}

/// Removes them.
pub fn remove(paths: &[PathBuf]) {
    for path in paths {
        log::debug!("removing {}, which nobody has written for long", path.display());
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                log::warn!("Unable to delete {}: {error}", path.display());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(found: &[(&str, i64)], open: &[&str]) -> Vec<String> {
        let found: Vec<Found> =
            found.iter().map(|(path, modified)| Found { path: path.into(), modified: *modified }).collect();
        let rules = Rules { not_since: 100, backups: 3 };
        let mut gone: Vec<String> = too_old(&found, open.iter().map(Path::new), rules)
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        gone.sort();
        gone
    }

    #[test]
    fn a_log_goes_with_all_that_was_set_aside_of_it() {
        assert_eq!(gone(&[("/l/a.log", 100), ("/l/a.log.0", 50)], &[]), ["/l/a.log", "/l/a.log.0"]);
        assert!(gone(&[("/l/a.log", 101), ("/l/a.log.0", 50)], &[]).is_empty(), "one was written since");
        assert_eq!(gone(&[("/l/a.log.1", 50)], &[]), ["/l/a.log.1"], "the newest is gone already");
    }

    #[test]
    fn open_logs_stay() {
        assert!(gone(&[("/l/a.log", 1), ("/l/a.log.2", 1)], &["/l/a.log"]).is_empty());
    }

    #[test]
    fn only_logs_go_and_those_that_are_too_many() {
        let found =
            [("/l/a.txt", 1), ("/l/a.log.x", 1), ("/l/a.log.", 1), ("/l/b.log.4", 200), ("/l/b.log.3", 200)];
        assert_eq!(gone(&found, &[]), ["/l/b.log.4"]);
    }

    #[test]
    fn a_day_has_so_many_seconds() {
        assert_eq!(not_since(1_000_000, 2), 1_000_000 - 172_800);
        assert_eq!(not_since(5, u64::MAX), i64::MIN);
    }

    #[test]
    fn what_is_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("qemu/deep")).unwrap();
        for name in ["a.log", "qemu/b.log", "qemu/deep/c.log"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        let mut found: Vec<PathBuf> = look(dir.path()).into_iter().map(|found| found.path).collect();
        found.sort();
        assert_eq!(found, [dir.path().join("a.log"), dir.path().join("qemu/b.log")]);
        remove(&found);
        assert!(look(dir.path()).is_empty());
    }
}
