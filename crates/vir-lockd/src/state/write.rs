//! Leases and registrations as they stand in the document.

use crate::program::Registration;
use crate::record::LeaseRecord;
use std::collections::BTreeMap;
use vir_daemon::reexec::{Object, Value};

/// Adds the lockspaces and what is held in each.
pub fn leases<'a>(
    own: &mut Object<'static>,
    spaces: impl Iterator<Item = &'a str>,
    records: impl Iterator<Item = LeaseRecord>,
) {
    let mut by_space: BTreeMap<String, Vec<Object<'static>>> =
        spaces.map(|space| (space.to_owned(), Vec::new())).collect();
    let mut default = Vec::new();
    for record in records {
        let value = resource(&record);
        match record.space.is_empty() {
            true => default.push(value),
            false => by_space.entry(record.space.to_string()).or_default().push(value),
        }
    }
    let space = |(directory, resources): (String, Vec<_>)| {
        Object::of([("directory", directory.into()), ("resources", resources.into())])
    };
    own.insert("defaultLockspace", Object::of([("resources", default.into())]));
    own.insert("lockspaces", by_space.into_iter().map(space).collect::<Value<'_>>());
}

fn resource(record: &LeaseRecord) -> Object<'static> {
    // the peer counts by repeating
    let owners = record.owners.iter();
    let owners = owners.flat_map(|owner| std::iter::repeat_n(owner.pid as u32, owner.count.max(1) as usize));
    Object::of([
        ("name", record.name.to_string().into()),
        ("path", record.path.to_string().into()),
        ("fd", record.fd.into()),
        ("lockHeld", true.into()),
        ("flags", record.flags.into()),
        ("owners", owners.collect()),
    ])
}

/// For whom a client acts. One that has not registered has no name and a UUID of zeros: the peer could
/// not read a document without them.
pub fn registration(registration: &Registration) -> Object<'static> {
    Object::of([
        ("restricted", registration.restricted.into()),
        ("ownerPid", (registration.pid as u32).into()),
        ("ownerId", registration.id.into()),
        ("ownerName", registration.name.to_string().into()),
        ("ownerUUID", registration.uuid.to_string().into()),
    ])
}
