//! The journal against a model, damage, and the file system.

use super::*;
use crate::record::{FileId, OwnerRecord};
use proptest::prelude::*;

fn owner() -> impl Strategy<Value = OwnerRecord> {
    let numbers = (any::<i32>(), any::<Option<u64>>(), any::<u32>(), any::<u32>(), any::<i64>());
    (numbers, ".{0,12}", any::<[u8; 16]>()).prop_map(|((pid, start, owner_id, count, since), name, uuid)| {
        OwnerRecord { pid, start, owner_id, name: name.into(), uuid: vir_base::Uuid(uuid), count, since }
    })
}

fn lease() -> impl Strategy<Value = LeaseRecord> {
    let texts = (".{0,12}", ".{0,12}", ".{0,12}");
    let numbers = (0..20u64, any::<i32>(), any::<u64>(), any::<u64>(), any::<u32>());
    (texts, numbers, prop::collection::vec(owner(), 1..3)).prop_map(
        |((space, name, path), (id, fd, dev, ino, flags), owners)| LeaseRecord {
            id,
            fd,
            space: space.into(),
            name: name.into(),
            path: path.into(),
            file: FileId { dev, ino },
            flags,
            owners,
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => lease().prop_map(Change::Put),
        3 => (0..20u64).prop_map(Change::Gone),
        1 => "/[a-c]".prop_map(Change::Space),
    ]
}

const NO_SPACES: &[&str] = &[];

fn create<const N: usize>(dir: &Path, leases: [LeaseRecord; N]) -> Result<Journal> {
    Journal::create(dir, NO_SPACES, leases, 1)
}

fn bytes_of(dir: &Path) -> Vec<u8> {
    std::fs::read(dir.join(NAME)).unwrap()
}

proptest! {
    #[test]
    fn what_was_written_is_read(changes in prop::collection::vec(change(), 0..60)) {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = create(dir.path(), []).unwrap();
        let mut model = read::read(&[], "");
        for change in changes {
            journal.append(&change).unwrap();
            model.apply(change);
        }
        prop_assert_eq!(&load(dir.path()).unwrap(), &model);
        let again = Journal::create(dir.path(), &model.spaces, model.leases.values(), model.next_id).unwrap();
        prop_assert_eq!(&load(dir.path()).unwrap(), &model);
        let written = bytes_of(dir.path()).iter().rposition(|byte| *byte != 0).unwrap() + 1;
        prop_assert_eq!(again.length(), written as u64);
        // by another program, in this very place
        prop_assert!(Journal::go_on(dir.path(), again.length() + 1).is_none());
        let mut on = Journal::go_on(dir.path(), again.length()).unwrap();
        on.append(&Change::Gone(7)).unwrap();
        model.apply(Change::Gone(7));
        prop_assert_eq!(&load(dir.path()).unwrap(), &model);
    }

    #[test]
    fn a_torn_journal_says_all_but_its_last_line(changes in prop::collection::vec(change(), 1..20), cut in any::<prop::sample::Index>()) {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = create(dir.path(), []).unwrap();
        for change in &changes {
            journal.append(change).unwrap();
        }
        let bytes = bytes_of(dir.path());
        let cut = cut.index(bytes.len());
        let whole = read::read(&bytes[..bytes[..cut].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1)], &boot_id());
        let torn = read::read(&bytes[..cut], &boot_id());
        prop_assert_eq!(&torn.leases, &whole.leases);
        prop_assert!(torn.faults.len() <= whole.faults.len() + 1);
    }

    #[test]
    fn one_damaged_byte_costs_one_line(lease in lease(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let leases: Vec<_> = (1..6).map(|id| LeaseRecord { id, ..lease.clone() }).collect();
        let dir = tempfile::tempdir().unwrap();
        Journal::create(dir.path(), NO_SPACES, &leases, 6).unwrap();
        let mut bytes = bytes_of(dir.path());
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        let contents = read::read(&bytes, &boot_id());
        // the end of a line belongs to two
        prop_assert!(contents.leases.len() >= 3, "{:?}", contents.faults);
        prop_assert!(!contents.faults.is_empty());
        for (id, read) in &contents.leases {
            prop_assert_eq!(Some(read), leases.get(*id as usize - 1));
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let contents = read::read(&bytes, "");
        prop_assert!(contents.faults.iter().all(|fault| fault.offset < bytes.len()));
    }
}

fn some_lease(id: u64) -> LeaseRecord {
    LeaseRecord {
        id,
        fd: 7,
        space: "".into(),
        name: "/disk".into(),
        path: "/disk".into(),
        file: FileId { dev: 1, ino: 2 },
        flags: 0,
        owners: vec![OwnerRecord {
            pid: 1,
            start: Some(1),
            owner_id: 1,
            name: "guest".into(),
            uuid: vir_base::Uuid([1; 16]),
            count: 1,
            since: 0,
        }],
    }
}

#[test]
fn another_start_of_the_machine_or_another_version_is_empty() {
    let mut text = line::encode(&Entry::Head(Head { version: 1, boot: "then".into(), next_id: 9 }));
    text.push_str(&line::encode(&Entry::Change(Change::Put(some_lease(3)))));
    assert_eq!(read::read(text.as_bytes(), "then").leases.len(), 1);
    assert_eq!(read::read(text.as_bytes(), "then").next_id, 9);
    let other = read::read(text.as_bytes(), "now");
    assert_eq!((other.leases.len(), other.faults.len(), other.next_id), (0, 0, 1));
    let text = line::encode(&Entry::Head(Head { version: 2, boot: "then".into(), next_id: 9 }));
    assert_eq!(read::read(text.as_bytes(), "then").faults.len(), 1);
}

#[test]
fn it_says_when_it_is_long_enough() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = create(dir.path(), []).unwrap();
    let (mut renewed, mut longest) = (0, 0);
    for _ in 0..3000 {
        journal.append(&Change::Put(some_lease(1))).unwrap();
        longest = longest.max(journal.length());
        if journal.is_due() {
            journal = create(dir.path(), [some_lease(1)]).unwrap();
            renewed += 1;
        }
    }
    assert!(renewed > 0 && longest < 2 * SLACK, "{renewed} {longest}");
    assert_eq!(load(dir.path()).unwrap().leases.len(), 1);
    // what was created anew goes on where it is now
    append_to(dir.path(), &Change::Gone(1)).unwrap();
    assert!(load(dir.path()).unwrap().leases.is_empty());
}

#[test]
fn a_torn_line_tears_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = create(dir.path(), []).unwrap();
    journal.append(&Change::Put(some_lease(1))).unwrap();
    let file = OpenOptions::new().write(true).open(journal.path()).unwrap();
    file.set_len(journal.length() - 3).unwrap();
    append_to(dir.path(), &Change::Put(some_lease(2))).unwrap();
    append_to(dir.path(), &Change::Put(some_lease(3))).unwrap();
    let contents = load(dir.path()).unwrap();
    assert_eq!(contents.leases.keys().copied().collect::<Vec<_>>(), [2, 3]);
    assert_eq!(contents.faults.len(), 1);
    // a journal that has gone is not begun anew by one that only adds to it
    std::fs::remove_file(journal.path()).unwrap();
    assert!(append_to(dir.path(), &Change::Gone(1)).is_err());
}

#[test]
fn only_the_user_reads_it_and_half_a_file_never_takes_its_place() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("virtlockd.journal.new"), "left by a crash").unwrap();
    let journal = create(dir.path(), []).unwrap();
    let mode = std::fs::metadata(journal.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    assert!(Journal::create(&dir.path().join("none"), NO_SPACES, &[] as &[LeaseRecord], 1).is_err());
}
