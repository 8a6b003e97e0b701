//! Documents: the peer's of several ages, and ours.

use super::FORMAT;
use super::attached::{self, Line};
use super::read::{Held, read, registration};
use super::write;
use crate::program::Registration;
use crate::record::{AUTOCREATE, FileId, LeaseRecord, OwnerRecord, SHARED};
use crate::table::{Handle, Lease, Table};
use proptest::prelude::*;
use serde_json::{Value, json};
use vir_base::Uuid;
use vir_daemon::reexec::checker::check;
use vir_daemon::reexec::document::Document;
use vir_daemon::reexec::{Faults, Format, Object};

/// As a release of 2012 wrote it: one server without a name, no numbers of clients.
fn of_2012() -> Value {
    json!({
        "server": {
            "min_workers": 1, "max_workers": 20, "priority_workers": 0, "max_clients": 20,
            "keepaliveInterval": 4_294_967_295u32, "keepaliveCount": 0, "keepaliveRequired": false,
            "services": [{
                "auth": 0, "readonly": false, "nrequests_client_max": 1,
                "socks": [{ "fd": 6, "errfd": -1, "pid": 0, "isClient": false }],
            }],
            "clients": [{
                "auth": 0, "readonly": false, "nrequests_max": 1,
                "sock": { "fd": 9, "errfd": -1, "pid": 0, "isClient": true },
                "privateData": {
                    "restricted": true, "ownerPid": 1722, "ownerId": 6, "ownerName": "f18x86_64",
                    "ownerUUID": "97586ba9-df27-9459-c806-f016c8bbd224",
                },
            }],
        },
        "defaultLockspace": { "resources": [
            {
                "name": "/images/f16.raw", "path": "/images/f16.raw", "fd": 14, "lockHeld": true,
                "flags": 0, "owners": [1784],
            },
            {
                "name": "/images/shared.img", "path": "/images/shared.img", "fd": 12, "lockHeld": true,
                "flags": 1, "owners": [1722, 1784, 1784],
            },
        ] },
        "lockspaces": [],
        "magic": "30199",
    })
}

/// As 11.3.0 writes it.
fn of_today() -> Value {
    json!({
        "daemon": { "servers": { "virtlockd": {
            "min_workers": 0, "max_workers": 0, "priority_workers": 0, "max_clients": 20,
            "max_anonymous_clients": 20, "keepaliveInterval": 4_294_967_295u32, "keepaliveCount": 0,
            "next_client_id": 3,
            "services": [],
            "clients": [{
                "id": 2, "auth": 0, "auth_pending": false, "readonly": false, "nrequests_max": 1,
                "conn_time": 1_795_370_536,
                "sock": { "fd": 9, "errfd": -1, "pid": 0, "isClient": true, "unlinkUNIX": false },
                "privateData": {
                    "restricted": true, "ownerPid": 19492, "ownerId": 1, "ownerName": "vm",
                    "ownerUUID": "00010203-0405-0607-0809-0a0b0c0d0e0f",
                },
            }],
        } } },
        "defaultLockspace": { "resources": [] },
        "lockspaces": [{ "directory": "/run/ls", "resources": [
            {
                "name": "q1", "path": "/run/ls/q1", "fd": 10, "lockHeld": true, "flags": 2,
                "owners": [19492],
            },
            {
                "name": "q2", "path": "/run/ls/q2", "fd": 11, "lockHeld": true, "flags": 3,
                "owners": [19492],
            },
        ] }],
        "magic": "19491",
    })
}

fn checked(document: &Value) -> vir_base::Result<Document> {
    check(document.to_string().as_bytes(), "virtlockd", &FORMAT)
}

fn held(document: &Document) -> Held {
    let mut faults = Faults::default();
    let held = read(&document.own, &mut faults);
    assert!(faults.is_empty());
    held
}

#[test]
fn documents_of_the_peer() {
    let document = checked(&of_2012()).unwrap();
    let server = document.server("virtlockd").unwrap();
    assert_eq!((server.next_client_id, server.clients[0].id), (2, 1));
    let client = registration(&server.clients[0].private, &mut Faults::default()).unwrap();
    assert_eq!((client.restricted, client.pid, client.id, &*client.name), (true, 1722, 6, "f18x86_64"));
    let held_2012 = held(&document);
    let owners: Vec<Vec<(i32, u32)>> = held_2012
        .leases
        .iter()
        .map(|lease| lease.owners.iter().map(|owner| (owner.pid, owner.count)).collect())
        .collect();
    assert_eq!(owners, [vec![(1784, 1)], vec![(1722, 1), (1784, 2)]]);
    assert_eq!((held_2012.leases[1].fd, held_2012.leases[1].flags, held_2012.next_id), (12, SHARED, 3));

    let document = checked(&of_today()).unwrap();
    let held_today = held(&document);
    assert_eq!(held_today.spaces, ["/run/ls"]);
    assert_eq!(held_today.leases[1].flags, SHARED | AUTOCREATE);
    // and for the peer it is written as the peer wrote it
    let mut own = Object::default();
    let spaces = held_today.spaces.iter().map(String::as_str);
    write::leases(&mut own, spaces, held_today.leases.into_iter());
    assert_eq!(own, document.own);
}

/// Whatever is missing or of another type is told, and nothing else gets lost.
#[test]
fn every_member_counts() {
    fn each(value: &Value, path: &mut Vec<String>, visit: &mut impl FnMut(&[String])) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(array) => {
                array.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
            }
            _ => return,
        };
        for (name, child) in children {
            path.push(name);
            visit(path);
            each(child, path, visit);
            path.pop();
        }
    }
    let optional =
        ["auth_pending", "conn_time", "id", "max_anonymous_clients", "next_client_id", "unlinkUNIX"];
    let whole = of_today();
    let mut paths = vec![];
    each(&whole, &mut vec![], &mut |path| paths.push(path.to_vec()));
    assert!(paths.len() > 50);
    for path in paths {
        let (name, parent) = path.split_last().unwrap();
        let pointer: String = parent.iter().map(|part| format!("/{}", part.replace('/', "~1"))).collect();
        for wrong in [None, Some(json!({ "unexpected": 1 }))] {
            let mut document = whole.clone();
            match (document.pointer_mut(&pointer).unwrap(), &wrong) {
                (Value::Object(object), None) => drop(object.shift_remove(name)),
                (Value::Object(object), Some(wrong)) => object[name] = wrong.clone(),
                // a list may be shorter
                (Value::Array(_), None) => continue,
                (Value::Array(array), Some(wrong)) => array[name.parse::<usize>().unwrap()] = wrong.clone(),
                _ => unreachable!("a child has a parent"),
            }
            let fine = name == "unlinkUNIX" || wrong.is_none() && optional.contains(&name.as_str());
            assert_eq!(checked(&document).is_ok(), fine, "{path:?} {wrong:?}");
            // the other lease is not touched by what is wrong with one
            let text = document.to_string();
            let held = read(&Object::parse(text.as_bytes()).unwrap(), &mut Faults::default());
            if path[0] == "lockspaces" && path.get(3).is_some_and(|at| at == "0") {
                assert!(held.leases.iter().any(|lease| &*lease.path == "/run/ls/q2"), "{path:?}");
            }
        }
    }
}

fn owner() -> impl Strategy<Value = OwnerRecord> {
    let numbers = (1..i32::MAX, any::<Option<u64>>(), 1..u32::MAX, 1u32..5, 0..i64::MAX);
    (numbers, ".{0,20}", any::<bool>()).prop_map(|((pid, start, owner_id, count, since), name, zero)| {
        let uuid = if zero { Uuid::default() } else { Uuid::random() };
        OwnerRecord { pid, start, owner_id, name: name.into(), uuid, count, since }
    })
}

fn lease() -> impl Strategy<Value = LeaseRecord> {
    let numbers = (3..i32::MAX, any::<u64>(), any::<u64>(), 0u32..4);
    (
        numbers,
        prop_oneof![Just(String::new()), "/[a-c]{1,3}"],
        ".{1,30}",
        prop::collection::vec(owner(), 1..4),
    )
        .prop_map(|((fd, dev, ino, flags), space, name, mut owners)| {
            owners.dedup_by_key(|owner| owner.pid);
            let path = format!("{space}/{name}");
            let (space, name, path) = (space.into(), name.into(), path.into());
            LeaseRecord { id: 0, fd, space, name, path, file: FileId { dev, ino }, flags, owners }
        })
}

/// A descriptor that is only a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Number(i32);

impl Handle for Number {
    fn number(&self) -> i32 {
        self.0
    }

    fn descriptor(&self) -> Option<rustix::fd::BorrowedFd<'_>> {
        None
    }
}

fn table(leases: &[LeaseRecord]) -> Table<Number> {
    let mut table = Table::default();
    for lease in leases {
        assert!(table.restore(lease, Number(lease.fd)).is_ok(), "{lease:?}");
    }
    table
}

/// The table again, from what was attached.
fn read_attached(text: &[u8]) -> (Table<Number>, bool) {
    let (mut table, mut whole) = (Table::default(), false);
    for line in attached::read(text) {
        match line.unwrap() {
            Line::Leases(count) => table.reserve(count),
            Line::Descriptors(_) => {}
            Line::Space(directory) => drop(table.add_space(&directory)),
            Line::Lease(id, Lease { space, name, path, file, flags, owners, handle }) => {
                let handle = Number(handle);
                assert!(table.put_back(id, Lease { space, name, path, file, flags, owners, handle }).is_ok());
            }
            Line::Next(next_id) => {
                table.continue_from(next_id);
                whole = true;
            }
        }
    }
    (table, whole)
}

fn with_ids(mut leases: Vec<LeaseRecord>) -> Vec<LeaseRecord> {
    leases.iter_mut().zip(1..).for_each(|(lease, id)| lease.id = id);
    let mut names = std::collections::HashSet::new();
    leases.retain(|lease| names.insert((lease.space.clone(), lease.name.clone())));
    leases
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_written_for_the_peer_is_read(leases in prop::collection::vec(lease(), 0..20)) {
        let mut leases = with_ids(leases);
        leases.sort_by(|a, b| a.space.cmp(&b.space));
        let mut spaces: Vec<String> = leases.iter().map(|lease| lease.space.to_string()).collect();
        spaces.retain(|space| !space.is_empty());
        spaces.dedup();
        let mut own = Object::default();
        write::leases(&mut own, spaces.iter().map(String::as_str), leases.iter().cloned());
        let text = serde_json::to_vec(&own).unwrap();
        let own = Object::parse(&text).unwrap();
        let mut faults = Faults::default();
        let held = read(&own, &mut faults);
        prop_assert!(faults.is_empty());
        prop_assert_eq!(&held.spaces, &spaces);
        let counts = |leases: &[LeaseRecord]| leases.iter().map(|lease| {
            (lease.path.clone(), lease.fd, lease.owners.iter().map(|owner| owner.count).sum::<u32>())
        }).collect::<Vec<_>>();
        prop_assert_eq!(counts(&held.leases), counts(&leases));
    }

    #[test]
    fn what_is_attached_makes_the_same_table_again(leases in prop::collection::vec(lease(), 0..20)) {
        let mut before = table(&with_ids(leases));
        before.continue_from(77);
        let mut fds = vec![];
        let text = attached::write(&before, &mut fds);
        let (again, whole) = read_attached(text.as_bytes());
        prop_assert!(whole && again.next_id() == before.next_id());
        prop_assert!(again.records().eq(before.records()));
        prop_assert!(again.spaces().eq(before.spaces()));
        let (mut named, mut faults) = (vec![], Faults::default());
        FORMAT.check(&Object::default(), text.as_bytes(), &mut named, &mut faults);
        prop_assert!(faults.is_empty());
        let mut found: Vec<_> = named.iter().map(|named| named.fd).collect();
        found.sort_unstable();
        prop_assert_eq!(found, fds);
        // cut off anywhere it is not whole
        let cut = text.len() / 2;
        FORMAT.check(&Object::default(), &text.as_bytes()[..cut.max(1)], &mut named, &mut faults);
        prop_assert!(!faults.is_empty());
    }

    #[test]
    fn any_bytes_may_be_attached(text in prop::collection::vec(any::<u8>(), 1..200)) {
        let (mut named, mut faults) = (vec![], Faults::default());
        FORMAT.check(&Object::default(), &text, &mut named, &mut faults);
        prop_assert!(!faults.is_empty());
    }
}

#[test]
fn who_has_not_registered_can_be_read_by_the_peer() {
    let value: vir_daemon::reexec::Value<'_> = write::registration(&Registration::default()).into();
    let text = |name: &str| value.get(name).and_then(vir_daemon::reexec::Value::as_str);
    assert_eq!(text("ownerName"), Some(""));
    assert_eq!(text("ownerUUID"), Some("00000000-0000-0000-0000-000000000000"));
    let mut faults = Faults::default();
    FORMAT.check_client(&value, &mut faults);
    assert!(faults.is_empty());
    assert_eq!(registration(&value, &mut faults), Some(Registration::default()));
}

/// Far more than the peer could read.
#[test]
fn a_hundred_thousand_leases() {
    let owners = vec![OwnerRecord { since: 1, ..super::read::nobody(42) }];
    let leases = (1..=100_000u64).map(|id| LeaseRecord {
        id,
        fd: id as i32 + 10,
        space: "".into(),
        name: format!("/images/{id}").into(),
        path: format!("/images/{id}").into(),
        file: FileId { dev: 1, ino: id },
        flags: 0,
        owners: owners.clone(),
    });
    let leases: Vec<_> = leases.collect();
    let mut own = Object::default();
    write::leases(&mut own, std::iter::empty(), leases.iter().cloned());
    let text = serde_json::to_vec(&own).unwrap();
    let own = Object::parse(&text).unwrap();
    assert_eq!(read(&own, &mut Faults::default()).leases.len(), leases.len());

    let text = attached::write(&table(&leases), &mut vec![]);
    let (again, whole) = read_attached(text.as_bytes());
    assert!(whole && again.records().eq(leases));
}
