//! Leases and registrations out of a document in the peer's form, as far as they can be read.

use super::attached;
use crate::program::Registration;
use crate::record::{AUTOCREATE, FileId, LeaseRecord, OwnerRecord, SHARED};
use vir_base::sys::FdKind;
use vir_base::{Uuid, err};
use vir_daemon::reexec::{Faults, Fields, Format, Named, Object, Value};

/// What the descriptor of a lease may lead to.
pub const LEASED: &[FdKind] = &[FdKind::File, FdKind::BlockDevice];

/// The lock daemon's part of a document.
#[derive(Clone, Copy, Debug)]
pub struct LockFormat;

impl Format for LockFormat {
    fn check(&self, own: &Object<'_>, attached: &[u8], named: &mut Vec<Named>, faults: &mut Faults) {
        if !attached.is_empty() {
            return attached::check(attached, named, faults);
        }
        for lease in read(own, faults).leases {
            named.push(Named::new(lease.fd, LEASED, format!("the lease on {}", lease.path)));
        }
    }

    fn check_client(&self, private: &Value<'_>, faults: &mut Faults) {
        registration(private, faults);
    }

    fn confine(&self) -> std::result::Result<(), String> {
        crate::keeper::confine_checker()
    }

    fn version(&self) -> u32 {
        super::VERSION
    }
}

/// What a document says is held.
#[derive(Debug, Default)]
pub struct Held {
    /// Lockspaces' directories.
    pub spaces: Vec<String>,
    /// The leases, numbered as they come. They have no file yet, nor owners' names.
    pub leases: Vec<LeaseRecord>,
    /// The number of the next lease.
    pub next_id: u64,
}

/// Reads what is held.
pub fn read(own: &Object<'_>, faults: &mut Faults) -> Held {
    let mut held = Held::default();
    match own.get("defaultLockspace") {
        Some(Value::Object(space)) => resources(space, "", &mut held, faults),
        _ => faults.add(err!(Rpc, InternalError, "Missing defaultLockspace data from JSON file")),
    }
    match own.get("lockspaces") {
        Some(Value::Array(spaces)) => {
            for space in spaces {
                let directory = space.get("directory").and_then(Value::as_str);
                match (space, directory) {
                    (Value::Object(space), Some(directory)) if !directory.is_empty() => {
                        held.spaces.push(directory.to_owned());
                        resources(space, directory, &mut held, faults);
                    }
                    _ => faults.add(err!(
                        Rpc,
                        InternalError,
                        "a lockspace without a directory in JSON document"
                    )),
                }
            }
        }
        Some(_) => faults.add(err!(Rpc, InternalError, "Malformed lockspaces array")),
        None => faults.add(err!(Rpc, InternalError, "Missing lockspaces data from JSON file")),
    }
    held.next_id = 1;
    for lease in &mut held.leases {
        lease.id = held.next_id;
        held.next_id += 1;
    }
    held
}

fn resources(space: &Object<'_>, directory: &str, held: &mut Held, faults: &mut Faults) {
    match space.get("resources") {
        Some(Value::Array(resources)) => {
            held.leases.extend(resources.iter().filter_map(|value| resource(value, directory, faults)));
        }
        Some(_) => faults.add(err!(Rpc, InternalError, "Malformed resources array")),
        None => faults.add(err!(Rpc, InternalError, "Missing resources value in JSON document")),
    }
}

fn missing<T>(what: &str, faults: &mut Faults) -> Option<T> {
    faults.add(err!(Rpc, InternalError, "Missing resource {what} in JSON document"));
    None
}

/// A lease; what it is held by counts more than how it is written down, so that without a name its path
/// will do.
fn resource(value: &Value<'_>, space: &str, faults: &mut Faults) -> Option<LeaseRecord> {
    let number = |name: &str| value.get(name).and_then(Value::as_i64);
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let name = text("name").or_else(|| missing("name", faults));
    let path = text("path").or_else(|| missing("path", faults));
    let fd = number("fd").and_then(|fd| i32::try_from(fd).ok()).or_else(|| missing("fd", faults))?;
    if value.get("lockHeld").and_then(Value::as_bool).is_none() {
        missing::<()>("lockHeld", faults);
    }
    let flags = number("flags").and_then(|flags| u32::try_from(flags).ok());
    let flags = flags.or_else(|| missing("flags", faults)).unwrap_or(0) & (SHARED | AUTOCREATE);
    let (name, path) = match (name, path) {
        (Some(name), Some(path)) => (name, path),
        (Some(name), None) if space.is_empty() => (name.clone(), name),
        (Some(name), None) => (name.clone(), format!("{space}/{name}")),
        (None, Some(path)) if space.is_empty() => (path.clone(), path),
        (None, Some(path)) => (path.rsplit('/').next().unwrap_or_default().to_owned(), path),
        (None, None) => return None,
    };
    let mut record = LeaseRecord {
        id: 0,
        fd,
        space: space.into(),
        name: name.into(),
        path: path.into(),
        file: FileId { dev: 0, ino: 0 },
        flags,
        owners: match value.get("owners") {
            Some(Value::Array(owners)) => peers_owners(owners, faults),
            Some(_) => {
                faults.add(err!(Rpc, InternalError, "Malformed owners array"));
                Vec::new()
            }
            None => missing("owners", faults).unwrap_or_default(),
        },
    };
    if record.owners.is_empty() {
        // somebody holds it, whoever that is
        record.owners.push(nobody(0));
    }
    Some(record)
}

/// An owner of whom only the number is known, or not even that.
pub fn nobody(pid: i32) -> OwnerRecord {
    let (name, uuid) = ("".into(), Uuid::default());
    OwnerRecord { pid, start: None, owner_id: 0, name, uuid, count: 1, since: 0 }
}

fn peers_owners(values: &[Value<'_>], faults: &mut Faults) -> Vec<OwnerRecord> {
    let mut owners: Vec<OwnerRecord> = Vec::new();
    for value in values {
        let Some(pid) = value.as_u64() else {
            faults.add(err!(Rpc, InternalError, "Malformed owner value in JSON document"));
            continue;
        };
        let pid = pid as u32 as i32;
        match owners.iter_mut().find(|owner| owner.pid == pid) {
            Some(owner) => owner.count += 1,
            None => owners.push(nobody(pid)),
        }
    }
    owners
}

/// For whom a client acts, if all of it can be read.
pub fn registration(private: &Value<'_>, faults: &mut Faults) -> Option<Registration> {
    let Value::Object(object) = private else {
        faults.add(err!(Rpc, InternalError, "Missing privateData field in JSON state document"));
        return None;
    };
    let mut fields = Fields::new(object, faults);
    let restricted = fields.bool("restricted")?;
    let pid = fields.u32("ownerPid")? as i32;
    let id = fields.u32("ownerId")?;
    let name = fields.string("ownerName")?.to_owned();
    match fields.string("ownerUUID")?.parse() {
        Ok(uuid) => Some(Registration { restricted, pid, id, name: name.into(), uuid }),
        Err(_) => {
            fields.faults.add(err!(Rpc, InternalError, "Missing ownerUUID data in JSON document"));
            None
        }
    }
}
