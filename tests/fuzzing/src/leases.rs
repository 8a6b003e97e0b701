//! The lock program over files that exist only here: a client can name any path.

use std::cell::RefCell;
use std::collections::BTreeMap;
use vir_base::{Result, bail};
use vir_lockd::kernel::{Kernel, LockFailure};
use vir_lockd::leases::{Leases, NoRecorder};
use vir_lockd::program::{Client, perform, understand};
use vir_lockd::record::{AUTOCREATE, FileId};
use vir_lockd::table::{Handle, Table};
use vir_proto::frame::{Header, MessageType, Status};
use vir_proto::procedures::lock::{PROGRAM, VERSION};
use vir_rpc::auth::UnixIdentity;
use vir_rpc::server::Call;

/// Files by their paths; each fourth cannot be had.
#[derive(Default)]
struct Files(RefCell<BTreeMap<String, u64>>);

struct File(i32);

impl Handle for File {
    fn number(&self) -> i32 {
        self.0
    }

    fn descriptor(&self) -> Option<std::os::fd::BorrowedFd<'_>> {
        None
    }
}

impl Files {
    fn make(&self, path: &str) -> u64 {
        let mut files = self.0.borrow_mut();
        let next = files.len() as u64 % 7;
        *files.entry(path.to_owned()).or_insert(next)
    }
}

impl Kernel for Files {
    type File = File;

    fn lock(&self, path: &str, flags: u32) -> std::result::Result<(File, FileId), LockFailure> {
        let known = self.identify(path);
        if known.is_none() && flags & AUTOCREATE == 0 {
            return Err(LockFailure::Busy);
        }
        // several paths are one file
        Ok((File(9), FileId { dev: 1, ino: self.make(path) }))
    }

    fn identify(&self, path: &str) -> Option<FileId> {
        self.0.borrow().get(path).map(|ino| FileId { dev: 1, ino: *ino })
    }

    fn unlock(&self, _: File, _: FileId, path: &str, flags: u32) {
        if flags & AUTOCREATE != 0 {
            self.0.borrow_mut().remove(path);
        }
    }

    fn create(&self, path: &str) -> Result<()> {
        self.make(path);
        Ok(())
    }

    fn delete(&self, path: &str) -> Result<()> {
        self.0.borrow_mut().remove(path);
        Ok(())
    }

    fn make_space(&self, dir: &str) -> Result<()> {
        if dir.len() % 4 == 3 {
            bail!(Lockspace, InternalError, "not this one");
        }
        Ok(())
    }
}

/// Calls, one after the other: a byte for the client, one for the procedure, two for the length of the
/// arguments, the arguments. What is held can be written down and read at any time.
pub fn lock_program(mut data: &[u8]) {
    let clients = [10, 11, 12].map(|pid| Client::new(UnixIdentity { pid, uid: 0, gid: 0 }, 0));
    let mut leases = Leases::new(Files::default(), Box::new(NoRecorder));
    while let Some(([client, procedure, high, low], rest)) = data.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (args, rest) = rest.split_at(length);
        data = rest;
        let procedure = i32::from(*procedure % 10);
        let header = Header {
            program: PROGRAM,
            version: VERSION,
            procedure,
            kind: MessageType::CALL,
            serial: 1,
            status: Status::OK,
        };
        let call = Call { header, args, fds: vec![], on_loop: true, socket: None };
        let client = &clients[usize::from(*client) % clients.len()];
        if let Ok(request) = understand(client, &call, |_| None) {
            let _ = perform(request, &mut leases);
        }
    }
    let mut again = Table::default();
    for record in leases.table.records() {
        assert!(again.restore(&record, File(record.fd)).is_ok(), "{record:?} cannot be taken up again");
    }
    assert!(again.records().eq(leases.table.records()));
    for pid in leases.table.holders().collect::<Vec<_>>() {
        leases.release_all(pid);
    }
    assert!(leases.table.is_empty(), "leases that nobody holds");
}

/// A guest's life: registered, a lockspace, leases, an end.
pub fn seeds() -> Vec<Vec<u8>> {
    use vir_proto::procedures::lock::*;
    use vir_proto::wire::*;
    use vir_proto::xdr::{Xdr, to_bytes};
    fn call(seed: &mut Vec<u8>, client: u8, procedure: i32, args: &impl Xdr) {
        let args = to_bytes(args).unwrap_or_default();
        seed.extend([client, procedure as u8]);
        seed.extend((args.len() as u16).to_be_bytes());
        seed.extend(args);
    }
    let [path, name] = ["/s", "disk"].map(str::to_owned);
    let owner = LockOwner { name: "vm".into(), id: 1, pid: 10, ..LockOwner::default() };
    let mut seed = vec![];
    for client in [0, 1] {
        call(&mut seed, client, LOCK_REGISTER, &LockRegisterArgs { owner: owner.clone(), flags: 0 });
    }
    call(&mut seed, 0, LOCK_CREATE_LOCKSPACE, &LockCreateLockspaceArgs { path: path.clone() });
    call(&mut seed, 0, LOCK_NEW, &LockNewArgs { path: path.clone(), flags: 0 });
    let create = LockCreateResourceArgs { path: path.clone(), name: name.clone(), flags: 0 };
    call(&mut seed, 0, LOCK_CREATE_RESOURCE, &create);
    for (client, flags) in [(0, 1), (0, 3), (1, 1), (1, 0)] {
        let acquire = LockAcquireResourceArgs { path: path.clone(), name: name.clone(), flags };
        call(&mut seed, client, LOCK_ACQUIRE_RESOURCE, &acquire);
    }
    call(&mut seed, 1, LOCK_RESTRICT, &LockRestrictArgs { flags: 0 });
    let release = LockReleaseResourceArgs { path: path.clone(), name: name.clone(), flags: 0 };
    call(&mut seed, 0, LOCK_RELEASE_RESOURCE, &release);
    call(&mut seed, 0, LOCK_DELETE_RESOURCE, &LockDeleteResourceArgs { path, name, flags: 0 });
    vec![seed]
}
