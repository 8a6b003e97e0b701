//! Leases and registrations as they stand in the document.

use crate::program::Registration;
use crate::record::LeaseRecord;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vir_daemon::reexec::Object;

/// Adds the lockspaces and what is held in each.
pub fn leases<'a>(
    own: &mut Object,
    spaces: impl Iterator<Item = &'a str>,
    records: impl Iterator<Item = LeaseRecord>,
) {
    let mut by_space: BTreeMap<String, Vec<Value>> =
        spaces.map(|space| (space.to_owned(), Vec::new())).collect();
    let mut default = Vec::new();
    for record in records {
        let value = resource(&record);
        match record.space.is_empty() {
            true => default.push(value),
            false => by_space.entry(record.space).or_default().push(value),
        }
    }
    let spaces: Vec<Value> = by_space
        .into_iter()
        .map(|(directory, resources)| json!({ "directory": directory, "resources": resources }))
        .collect();
    own.insert("defaultLockspace".into(), json!({ "resources": default }));
    own.insert("lockspaces".into(), spaces.into());
}

fn resource(record: &LeaseRecord) -> Value {
    // the peer counts by repeating
    let owners: Vec<u32> = record
        .owners
        .iter()
        .flat_map(|owner| std::iter::repeat_n(owner.pid as u32, owner.count.max(1) as usize))
        .collect();
    json!({
        "name": record.name,
        "path": record.path,
        "fd": record.fd,
        "lockHeld": true,
        "flags": record.flags,
        "owners": owners,
    })
}

/// For whom a client acts. One that has not registered has no name and a UUID of zeros: the peer could
/// not read a document without them.
pub fn registration(registration: &Registration) -> Value {
    json!({
        "restricted": registration.restricted,
        "ownerPid": registration.pid as u32,
        "ownerId": registration.id,
        "ownerName": registration.name,
        "ownerUUID": registration.uuid.to_string(),
    })
}
