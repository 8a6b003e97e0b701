//! What the table promises, without files.

use super::*;
use rustix::fd::BorrowedFd;

/// A descriptor that is only a number.
#[derive(Debug, PartialEq, Eq)]
struct Number(i32);

impl Handle for Number {
    fn number(&self) -> i32 {
        self.0
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

fn who(pid: i32) -> Arc<Who> {
    Arc::new(Who { pid, id: 1, name: format!("guest{pid}").into(), ..Who::default() })
}

fn file(ino: u64) -> FileId {
    FileId { dev: 1, ino }
}

/// Acquires as a caller with files does; the lease's number.
fn acquire(table: &mut Table<Number>, name: &str, ino: u64, flags: u32, pid: i32) -> Result<u64, Refusal> {
    let change = match table.ask("", name, flags)? {
        Ask::Join(id) => table.join(id, &who(pid), 5).unwrap(),
        Ask::Lock(path) => {
            assert_eq!(&*path, name);
            match table.admit(("", name, flags), (file(ino), Number(7)), &who(pid), 5) {
                Ok(Admitted::New(change) | Admitted::Joined(change, _)) => change,
                Err((refusal, _)) => return Err(refusal),
            }
        }
    };
    match change {
        Change::Put(record) => Ok(record.id),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_exclusive_lease_has_one_holder_whoever_asks() {
    let mut table = Table::default();
    let id = acquire(&mut table, "/disk", 1, 0, 10).unwrap();
    for (flags, pid) in [(0, 10), (0, 11), (SHARED, 10), (SHARED, 11)] {
        assert_eq!(acquire(&mut table, "/disk", 1, flags, pid), Err(Refusal::Busy));
    }
    assert_eq!(table.release(id, 11).err(), Some(Refusal::NotOwner));
    let released = table.release(id, 10).unwrap();
    assert_eq!(released.change, Change::Gone(id));
    assert_eq!(released.ended.unwrap().handle, Number(7));
    assert_eq!(table.release(id, 10).err(), Some(Refusal::NotHeld));
    assert!(table.is_empty() && !table.holds(10));
    assert!(acquire(&mut table, "/disk", 1, 0, 11).unwrap() > id);
}

#[test]
fn shared_leases_are_counted_for_each_holder() {
    let mut table = Table::default();
    let id = acquire(&mut table, "/disk", 1, SHARED, 10).unwrap();
    assert_eq!(acquire(&mut table, "/disk", 1, SHARED, 10), Ok(id));
    assert_eq!(acquire(&mut table, "/disk", 1, SHARED | AUTOCREATE, 11), Ok(id));
    let record = table.record(id).unwrap();
    assert_eq!(record.flags, SHARED, "the first one's flags count");
    assert_eq!((record.owner(10).unwrap().count, record.owner(11).unwrap().count), (2, 1));

    assert!(table.release(id, 11).unwrap().ended.is_none());
    assert!(table.release(id, 10).unwrap().ended.is_none());
    assert_eq!(table.record(id).unwrap().owner(10).unwrap().count, 1);
    assert!(table.release(id, 10).unwrap().ended.is_some());

    let id = acquire(&mut table, "/disk", 1, SHARED, 10).unwrap();
    acquire(&mut table, "/disk", 1, SHARED, 10).unwrap();
    let all = table.release_all(10);
    assert!(all.len() == 1 && all[0].ended.as_ref().is_some_and(|ended| ended.id == id));
    assert!(table.is_empty());
}

#[test]
fn a_file_is_one_lease_under_all_its_names() {
    let mut table = Table::default();
    acquire(&mut table, "/disk", 1, 0, 10).unwrap();
    assert_eq!(acquire(&mut table, "/link", 1, 0, 11), Err(Refusal::Busy));
    let shared = acquire(&mut table, "/iso", 2, SHARED, 10).unwrap();
    assert_eq!(acquire(&mut table, "/copy", 2, SHARED, 11), Ok(shared));
    assert_eq!(table.find_file(file(2)), Some(shared));
    // the name is taken even when its file has been replaced
    assert_eq!(acquire(&mut table, "/disk", 3, 0, 11), Err(Refusal::Busy));
}

#[test]
fn lockspaces_have_names_of_their_own() {
    let mut table: Table<Number> = Table::default();
    assert_eq!(table.ask("/space", "a", 0), Err(Refusal::NoSpace));
    assert_eq!(table.add_space("/space"), Some(Change::Space("/space".into())));
    assert_eq!(table.add_space("/space"), None);
    assert_eq!(table.add_space(""), None);
    assert_eq!(table.ask("/space", "a", 0), Ok(Ask::Lock("/space/a".into())));
    assert_eq!(table.spaces().collect::<Vec<_>>(), ["/space"]);
}

#[test]
fn what_is_written_down_makes_the_same_table_again() {
    let mut table = Table::default();
    table.add_space("/space");
    acquire(&mut table, "/disk", 1, 0, 10).unwrap();
    let id = acquire(&mut table, "/iso", 2, SHARED, 10).unwrap();
    acquire(&mut table, "/iso", 2, SHARED, 11).unwrap();
    let records: Vec<_> = table.records().collect();

    let mut again = Table::default();
    for record in &records {
        assert!(again.restore(record, Number(record.fd)).is_ok());
        assert_eq!(again.restore(record, Number(9)), Err(Number(9)), "once");
    }
    assert_eq!(again.records().collect::<Vec<_>>(), records);
    assert_eq!(again.holders().collect::<BTreeSet<_>>(), [10, 11].into());
    assert!(acquire(&mut again, "/new", 3, 0, 12).unwrap() > id);
    let nobody = LeaseRecord { owners: vec![], id: 99, name: "x".into(), ..records[0].clone() };
    assert!(again.restore(&nobody, Number(1)).is_err());
}

#[test]
fn two_leases_on_one_file_can_be_taken_over_and_end_one_after_the_other() {
    let mut table = Table::default();
    acquire(&mut table, "/disk", 1, 0, 10).unwrap();
    let first = table.record(1).unwrap();
    let second = LeaseRecord { id: 2, name: "/link".into(), path: "/link".into(), ..first };
    assert!(table.restore(&second, Number(8)).is_ok());
    assert!(table.release(1, 10).unwrap().ended.is_some());
    assert_eq!(table.find_file(file(1)), Some(2));
    assert_eq!(acquire(&mut table, "/other", 1, 0, 11), Err(Refusal::Busy));
    assert!(table.release(2, 10).unwrap().ended.is_some());
    assert_eq!((table.find_file(file(1)), table.twins), (None, 0));
    assert!(acquire(&mut table, "/other", 1, 0, 11).is_ok());
}

#[test]
fn a_hundred_thousand_leases_of_one_process_go_at_once() {
    let mut table = Table::default();
    for ino in 0..100_000 {
        acquire(&mut table, &format!("/disk{ino}"), ino, 0, 10).unwrap();
    }
    for id in 1..1000 {
        table.release(id, 10).unwrap();
    }
    assert_eq!((table.len(), table.release_all(10).len()), (99_001, 99_001));
    assert!(table.is_empty() && table.files.is_empty() && table.holdings.is_empty());
}
