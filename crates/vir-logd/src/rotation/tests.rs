use super::*;
use proptest::prelude::*;
use std::fs;

/// What is in the files, the oldest first.
fn content(path: &Path, backups: usize) -> Vec<Vec<u8>> {
    let aside = (0..backups).rev().map(|age| backup(path, age));
    aside.chain([path.to_owned()]).filter_map(|path| fs::read(path).ok()).collect()
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![4 => any::<u8>(), 1 => Just(b'\n')], 0..300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What is in the files is the end of all that was written, no byte twice or out of place, and only
    /// the oldest are missing, when there are as many files as there may be.
    #[test]
    fn nothing_is_lost_or_twice_and_limits_are_kept(
        chunks in prop::collection::vec((bytes(), any::<bool>()), 0..40),
        size in 0_u64..400,
        backups in 0_usize..5,
        before in 0_usize..600,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("g.log");
        let limits = Limits { size, backups };
        let mut all: Vec<u8> = (0..before).map(|n| n as u8).collect();
        fs::write(&path, &all).unwrap();
        let mut writer = Writer::open(&path, limits, false).unwrap();
        for (chunk, again) in &chunks {
            if *again {
                writer = Writer::open(&path, limits, false).unwrap();
            }
            writer.append(chunk).unwrap();
            all.extend(chunk);
            let Position { inode, offset } = writer.position();
            let stat = rustix::fs::stat(&path).unwrap();
            prop_assert_eq!((inode, offset), (stat.st_ino, stat.st_size as u64));
        }
        let files = content(&path, backups + 3);
        prop_assert!(files.len() <= backups + 1);
        let kept = files.concat();
        prop_assert!(all.ends_with(&kept));
        if kept.len() < all.len() {
            prop_assert_eq!(files.len(), backups + 1);
        }
        // what was too large before we came stays as it was
        let foreign = kept.len() == all.len();
        for file in files.iter().skip(usize::from(foreign)) {
            prop_assert!(size == 0 || file.len() as u64 <= size);
        }
    }

    /// A reader who asks again and again from where it was reads everything once, as long as its file is
    /// still there.
    #[test]
    fn a_reader_follows_through_files_that_are_set_aside(
        chunks in prop::collection::vec(bytes(), 1..20),
        max in 1_usize..500,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("g.log");
        let mut writer = Writer::open(&path, Limits { size: 500, backups: 32 }, false).unwrap();
        for chunk in &chunks {
            let at = writer.position();
            writer.append(chunk).unwrap();
            let read = reader::read(&path, 32, at, max).unwrap();
            prop_assert_eq!(&read[..], &chunk[..chunk.len().min(max)]);
        }
    }
}

#[test]
fn a_reader_that_was_left_behind_goes_on_with_the_oldest() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("g.log");
    let at = Position { inode: 1, offset: 7 };
    let error = reader::read(&path, 3, at, 10).unwrap_err();
    assert_eq!(error.message(), "Unable to seek to inode 1 offset 7: Bad file descriptor");
    fs::write(&path, "new").unwrap();
    fs::write(backup(&path, 1), "old").unwrap();
    assert_eq!(reader::read(&path, 3, at, 10).unwrap(), b"oldnew");
    assert_eq!(reader::read(&path, 1, at, 10).unwrap(), b"new", "more files are not looked at");
    let beyond = Position { inode: 1, offset: u64::MAX };
    assert_eq!(reader::read(&path, 3, beyond, 10).unwrap(), b"oldnew");
    let inode = rustix::fs::stat(&path).unwrap().st_ino;
    let error = reader::read(&path, 3, Position { inode, offset: u64::MAX }, 10).unwrap_err();
    assert!(error.message().ends_with(": Invalid argument"), "{error}");
}

#[test]
fn more_files_than_are_kept_are_refused() {
    let path = Path::new("/nonexistent");
    let limits = Limits { size: 0, backups: 33 };
    let wanted = "unsupported configuration: Max backup 33 must be less than or equal to 32";
    assert_eq!(Writer::open(path, limits, false).unwrap_err().message(), wanted);
    assert_eq!(reader::read(path, 33, Position::default(), 1).unwrap_err().message(), wanted);
    let error = Writer::open(Path::new("/nonexistent/x"), Limits { size: 0, backups: 0 }, false).unwrap_err();
    assert_eq!(error.message(), "Unable to open file: /nonexistent/x: No such file or directory");
}

#[test]
fn files_are_private_and_not_inherited() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("g.log");
    Writer::open(&path, Limits { size: 0, backups: 0 }, false).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
