//! Leases handed over to another program, and taken over from one.
//!
//! To one of ours they go as they are: the locks belong to the open files, and a keeper holds them
//! meanwhile. The peer wants locks that belong to its process, and nobody else to have a file of them
//! open.

use super::attached::{self, Line};
use super::read::{self, Held, LEASED};
use super::write;
use crate::convert::{Passed, pass};
use crate::daemon::{Shared, State};
use crate::guard::{Guard, Left};
use crate::kernel::{HostFiles, file_id};
use crate::leases::Leases;
use crate::program::{Client, Registration};
use crate::record::{FileId, LeaseRecord, SHARED};
use crate::table::{Handle, Lease};
use rustix::fd::{AsFd, OwnedFd};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, OnceLock};
use vir_base::sys::LockOwner;
use vir_base::{Result, err};
use vir_daemon::reexec::document::Document;
use vir_daemon::reexec::{Attached, Descriptors, Faults, Object, Origin, Successor, Survivor, Value};
use vir_rpc::server::{ClientHandle, LoopHandle};

/// The leases, as what must survive.
pub struct Surviving {
    pub(crate) shared: Arc<Shared>,
    /// The loop, once there is one.
    pub(crate) event_loop: Arc<OnceLock<LoopHandle>>,
    /// Whose processes may ask for leases.
    pub(crate) user: u32,
}

impl Survivor for Surviving {
    fn save(&self, successor: Successor, own: &mut Object<'static>, attached: &mut Attached) -> Result<()> {
        let state = self.shared.lock();
        let table = &state.leases.table;
        if successor == Successor::Peer {
            write::leases(own, table.spaces(), table.records());
            return Ok(());
        }
        own.insert("weak", state.weak.iter().copied().collect::<Value<'_>>());
        attached.text = attached::write(table, &mut attached.fds).into();
        if let Some(journal) = state.leases.journal() {
            own.insert("journal", journal);
        }
        if let Some(keeper) = state.guard.as_ref().and_then(Guard::keeper) {
            own.insert("keeper", keeper);
        }
        Ok(())
    }

    fn save_client(&self, client: &ClientHandle, _: Successor) -> Value<'static> {
        let registration = client.data::<Client>().map(Client::registration).unwrap_or_default();
        write::registration(&registration).into()
    }

    fn prepare(&self) {
        let mut state = self.shared.lock();
        let State { leases, guard, .. } = &mut *state;
        if let Some(guard) = guard {
            guard.begin_to_step_aside(leases);
        }
    }

    fn let_go(&self, successor: Successor) -> Result<()> {
        let mut state = self.shared.lock();
        let State { leases, guard, .. } = &mut *state;
        let Some(guard) = guard else { return Ok(()) };
        match successor {
            Successor::Ours => guard.step_aside(leases),
            Successor::Peer => guard.withdraw(leases).and_then(|()| give_to_process(leases)),
        }
    }

    fn take_back(&self, successor: Successor) {
        let mut state = self.shared.lock();
        let State { leases, guard, .. } = &mut *state;
        if successor == Successor::Peer {
            take_from_process(leases);
        }
        if let Some(guard) = guard {
            guard.come_back(leases);
        }
    }

    fn resume(
        &self,
        document: &Document,
        descriptors: &mut Descriptors,
        origin: Origin,
        faults: &mut Faults,
    ) {
        if origin == Origin::Ours && !document.attached.is_empty() {
            let mut state = self.shared.lock();
            let journal = document.own.get("journal").and_then(Value::as_u64);
            let keeper = document.own.get("keeper").and_then(Value::as_i64);
            let keeper = keeper.and_then(|pid| i32::try_from(pid).ok()).filter(|pid| *pid > 0);
            state.left = journal.map(|journal| Left { journal, keeper });
            let weak = document.own.get("weak").and_then(Value::as_array);
            state.weak = weak.into_iter().flatten().filter_map(Value::as_u64).collect();
            return resume_attached(&document.attached, descriptors, &mut state, faults);
        }
        // what is wrong with the document has been noted by the one who checked it
        let Held { spaces, mut leases, next_id } = read::read(&document.own, &mut Faults::default());
        let mut state = self.shared.lock();
        for space in &spaces {
            state.leases.table.add_space(space);
        }
        name_owners(&mut leases, document);
        let paths: HashSet<Arc<str>> = leases.iter().map(|lease| Arc::clone(&lease.path)).collect();
        let mut locked = Locked::new(origin);
        for mut record in leases {
            let number = record.fd;
            let found = descriptors.take(number, LEASED).ok_or(None);
            let locked = found.and_then(|fd| match is_of_another(&record, &fd, &paths) {
                true => Err(Some(fd)),
                false => locked.take(&mut record, fd, faults).map_err(Some),
            });
            match locked {
                Ok(fd) => restore(&mut state.leases, record, fd, faults),
                Err(other) => {
                    other.into_iter().for_each(|fd| descriptors.put(number, fd));
                    state.missing.push(record);
                }
            }
        }
        state.leases.table.continue_from(next_id);
        state.weak = locked.weak_leases(&state.leases);
    }

    fn salvage(&self, descriptors: &mut Descriptors, faults: &mut Faults) {
        let mut state = self.shared.lock();
        for number in descriptors.numbers() {
            let Some(mut record) = unnamed_lease(number, &mut state) else { continue };
            let Some(fd) = descriptors.take(number, LEASED) else { continue };
            let owner = held_by(number);
            let origin = if owner == Some(LockOwner::Description) { Origin::Ours } else { Origin::Peer };
            let mut locked = Locked::new(origin);
            match locked.take(&mut record, fd, faults) {
                Ok(fd) => {
                    if record.owners.iter().any(|owner| owner.pid == 0) {
                        let path = &record.path;
                        faults.add(err!(Locking, InternalError, "whose the lease on {path} is: it is kept"));
                    }
                    restore(&mut state.leases, record, fd, faults);
                    let weak = locked.weak_leases(&state.leases);
                    state.weak.extend(weak);
                }
                Err(fd) => descriptors.put(number, fd),
            }
        }
        for record in state.missing.drain(..) {
            faults.add(err!(Locking, InternalError, "the lease on {}: its file is not here", record.path));
        }
    }

    fn resume_client(&self, client: &ClientHandle, private: &Value<'_>) {
        let Some(peer) = client.identity().unix else { return };
        let registration = read::registration(private, &mut Faults::default());
        // one of whom nothing is known may be a guest's, which has nothing more to ask for
        let registration =
            registration.unwrap_or_else(|| Registration { restricted: true, ..Registration::default() });
        client.init_data(|| Client::restored(peer, self.user, registration));
        if let Some(event_loop) = self.event_loop.get() {
            self.shared.confirm(client, event_loop);
        }
    }
}

/// Takes up what was attached. Every line counts for itself: what is wrong with one, or with its
/// descriptor, concerns no other.
fn resume_attached(text: &[u8], descriptors: &mut Descriptors, state: &mut State, faults: &mut Faults) {
    let (table, mut whole) = (&mut state.leases.table, false);
    let mut files: Vec<Option<OwnedFd>> = vec![];
    for line in attached::read(text) {
        match line {
            // an estimate that cannot be true is none
            Ok(Line::Leases(count)) => table.reserve(count.min(text.len())),
            Ok(Line::Descriptors(numbers)) => {
                for fd in descriptors.inherit_many(numbers) {
                    let at = fd.as_raw_fd() as usize;
                    files.resize_with(files.len().max(at + 1), || None);
                    files[at] = Some(fd);
                }
            }
            Ok(Line::Space(directory)) => drop(table.add_space(&directory)),
            Ok(Line::Lease(id, lease)) => {
                let Lease { space, name, path, file, flags, owners, handle: number } = lease;
                // That it leads to the file of the lease is not looked at: it is as this process has left it,
                // and the one question would take longer than all the rest.
                let file_of = usize::try_from(number).ok().and_then(|at| files.get_mut(at)?.take());
                let Some(fd) = file_of else {
                    faults.add(err!(Locking, InternalError, "descriptor {number} of the lease on {name}"));
                    continue;
                };
                let lease = Lease { space, name, path, file, flags, owners, handle: fd };
                if let Err(fd) = table.put_back(id, lease) {
                    faults.add(err!(Locking, InternalError, "lease {id} is there twice, or of no lockspace"));
                    descriptors.put(number, fd);
                }
            }
            Ok(Line::Next(next_id)) => {
                table.continue_from(next_id);
                whole = true;
            }
            Err(number) => faults.add(err!(Locking, InternalError, "line {number} of the leases")),
        }
    }
    for fd in files.into_iter().flatten() {
        faults.add(err!(Locking, InternalError, "a lease of which only the descriptor is known"));
        descriptors.put(fd.as_raw_fd(), fd);
    }
    if !whole {
        faults.add(err!(Locking, InternalError, "the leases are not whole"));
    }
}

/// The peer writes down owners by number only; its clients know their names.
fn name_owners(leases: &mut [LeaseRecord], document: &Document) {
    let clients = document.servers.iter().flat_map(|(_, server)| &server.clients);
    let known: HashMap<i32, Registration> = clients
        .filter_map(|client| read::registration(&client.private, &mut Faults::default()))
        .filter(|registration| registration.id != 0)
        .map(|registration| (registration.pid, registration))
        .collect();
    for owner in leases.iter_mut().flat_map(|lease| &mut lease.owners).filter(|owner| owner.owner_id == 0) {
        if let Some(Registration { id, name, uuid, .. }) = known.get(&owner.pid) {
            (owner.owner_id, owner.name, owner.uuid) = (*id, name.clone(), *uuid);
        }
    }
}

/// Lists a lease that is locked. One that cannot be listed is kept nonetheless: as long as this process
/// lives nobody else gets the disk.
fn restore(leases: &mut Leases<HostFiles>, mut record: LeaseRecord, fd: OwnedFd, faults: &mut Faults) {
    record.fd = fd.as_raw_fd();
    while leases.table.handle(record.id).is_some() {
        record.id += 1;
    }
    if let Err(fd) = leases.table.restore(&record, fd) {
        let path = &record.path;
        faults.add(err!(Locking, InternalError, "the lease on {path} is there twice, and listed once"));
        std::mem::forget(fd);
    }
}

/// Files as they come to be locked for this program.
struct Locked {
    origin: Origin,
    /// A descriptor for each file that has been locked: a second lease on it, which the peer gives by
    /// another name of the file, shares its lock.
    by_file: HashMap<FileId, OwnedFd>,
    /// Those that others share, though they should not.
    weak: HashSet<FileId>,
}

impl Locked {
    fn new(origin: Origin) -> Self {
        Self { origin, by_file: HashMap::new(), weak: HashSet::new() }
    }

    /// The leases that are to be locked exclusively as soon as that can be.
    fn weak_leases(&self, leases: &Leases<HostFiles>) -> Vec<u64> {
        let is_weak = |lease: &Lease<OwnedFd>| lease.flags & SHARED == 0 && self.weak.contains(&lease.file);
        leases.table.all().filter(|(_, lease)| is_weak(lease)).map(|(id, _)| id).collect()
    }

    /// Makes sure that the file is locked as we lock files. `Err` gives back a file that is not.
    fn take(
        &mut self,
        record: &mut LeaseRecord,
        fd: OwnedFd,
        faults: &mut Faults,
    ) -> std::result::Result<OwnedFd, OwnedFd> {
        let path = record.path.clone();
        let Ok(file) = file_id(&fd) else { return Err(fd) };
        if record.file != UNKNOWN && record.file != file {
            let number = fd.as_raw_fd();
            faults.add(err!(
                Locking,
                InternalError,
                "descriptor {number} is not the file of the lease on {path}"
            ));
            return Err(fd);
        }
        record.file = file;
        if self.origin == Origin::Ours {
            return Ok(fd);
        }
        if let Some(first) = self.by_file.get(&file) {
            // whatever this one carried went with the first one's
            return first.as_fd().try_clone_to_owned().map_err(|_| fd);
        }
        match pass(&fd, LockOwner::Table, LockOwner::Description, record.flags & SHARED != 0) {
            Ok(Passed::Whole) => {}
            Ok(Passed::Weaker) => {
                log::warn!(
                    "{path}: another program shares it, though it is leased exclusively: until that has gone \
                     it keeps out writers only"
                );
                self.weak.insert(file);
            }
            Ok(Passed::Lost) => {
                faults.add(err!(Locking, InternalError, "the lease on {path} is held by another program"));
            }
            Err(error) => {
                faults.add(err!(Locking, InternalError, "the lease on {path} cannot be locked: {error}"));
            }
        }
        if let Ok(copy) = fd.as_fd().try_clone_to_owned() {
            self.by_file.insert(file, copy);
        }
        Ok(fd)
    }
}

/// Each file once, however many leases are on it.
fn each_file(
    leases: &Leases<HostFiles>,
    mut visit: impl FnMut(&LeaseRecord, &OwnedFd) -> Result<()>,
) -> Result<()> {
    let mut seen = HashSet::new();
    for record in leases.table.records().filter(|record| seen.insert(record.file)) {
        if let Some(fd) = leases.table.handle(record.id) {
            visit(&record, fd)?;
        }
    }
    Ok(())
}

/// The locks become this process's, as the peer has them.
fn give_to_process(leases: &Leases<HostFiles>) -> Result<()> {
    each_file(leases, |record, fd| {
        match pass(fd, LockOwner::Description, LockOwner::Table, record.is_shared()) {
            Ok(Passed::Whole | Passed::Weaker) => Ok(()),
            Ok(Passed::Lost) => {
                Err(err!(Locking, InternalError, "the lock on {} was lost before this", record.path))
            }
            Err(error) => Err(err!(Locking, InternalError, "the lock on {}: {error}", record.path)),
        }
    })
}

/// The reverse, also where it has been done in part.
fn take_from_process(leases: &Leases<HostFiles>) {
    let _ = each_file(leases, |record, fd| {
        if held_by(fd.number()) == Some(LockOwner::Table) {
            match pass(fd, LockOwner::Table, LockOwner::Description, record.is_shared()) {
                Ok(Passed::Whole) => {}
                other => log::error!("the lease on {} comes back as {other:?}", record.path),
            }
        }
        Ok(())
    });
}

/// What kind of lock this process has on the first byte of that file, if any.
fn held_by(number: RawFd) -> Option<LockOwner> {
    lock_line(number).map(|(owner, _)| owner)
}

/// The same, and whether it is shared: the kernel lists a descriptor's locks.
fn lock_line(number: RawFd) -> Option<(LockOwner, bool)> {
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).ok()?;
    info.lines().filter_map(|line| line.strip_prefix("lock:")).find_map(|line| {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, owner, _, kind, _, _, "0", "0"] = words[..] else { return None };
        let owner = if owner == "POSIX" { LockOwner::Table } else { LockOwner::Description };
        Some((owner, kind == "READ"))
    })
}

/// What a document of the peer says of files.
const UNKNOWN: FileId = FileId { dev: 0, ino: 0 };

/// Whether a lease's descriptor leads to a file on which another lease is.
fn is_of_another(record: &LeaseRecord, fd: &OwnedFd, paths: &HashSet<Arc<str>>) -> bool {
    if record.file != UNKNOWN {
        // that is looked at by whoever takes it
        return false;
    }
    let leads_to = path_of(fd.as_raw_fd());
    leads_to.is_some_and(|path| *path != *record.path && paths.contains(&*path))
}

/// The file that a descriptor leads to.
fn path_of(number: RawFd) -> Option<String> {
    let path = fs::read_link(format!("/proc/self/fd/{number}")).ok()?;
    Some(path.to_str()?.trim_end_matches(" (deleted)").to_owned())
}

/// A lease whose descriptor no document names: a file whose first byte this process has locked. If a
/// document says who has a lease on that file, it is theirs.
fn unnamed_lease(number: RawFd, state: &mut State) -> Option<LeaseRecord> {
    let (_, shared) = lock_line(number)?;
    let path = path_of(number)?;
    if let Some(at) = state.missing.iter().position(|missing| *missing.path == path) {
        return Some(state.missing.swap_remove(at));
    }
    let (space, name) = match path.rsplit_once('/') {
        Some((directory, name)) if state.leases.table.has_space(directory) && !directory.is_empty() => {
            (directory.into(), name.into())
        }
        _ => ("".into(), path.as_str().into()),
    };
    Some(LeaseRecord {
        id: state.leases.table.next_id(),
        fd: number,
        space,
        name,
        path: path.into(),
        file: FileId { dev: 0, ino: 0 },
        flags: if shared { SHARED } else { 0 },
        owners: vec![read::nobody(0)],
    })
}
