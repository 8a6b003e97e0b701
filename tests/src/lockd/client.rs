//! The lock protocol from a client's side.

use std::os::fd::OwnedFd;
use std::path::Path;
use vir_base::{Error, Result, Uuid};
use vir_proto::procedures::lock::*;
use vir_proto::wire::*;
use vir_proto::xdr::Xdr;
use vir_rpc::client::{Client, Target};

/// Asks for a lease that others may share.
pub const SHARED: u32 = 1;

/// How a call ended: its failure in a form to compare, code, domain and text.
pub type Answer = std::result::Result<(), String>;

/// A connection to a lock daemon.
pub struct LockClient(Client);

impl std::fmt::Debug for LockClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LockClient")
    }
}

impl LockClient {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub fn connect(socket: &Path) -> Result<Self> {
        Client::connect_unix(socket).map(Self)
    }

    /// Goes on with a connection.
    ///
    /// # Errors
    /// It is none.
    pub fn from_fd(fd: OwnedFd) -> Result<Self> {
        Client::from_fd(fd).map(Self)
    }

    fn call<T: Xdr>(&self, procedure: i32, args: &T) -> Answer {
        let target = Target { program: PROGRAM, version: VERSION, procedure };
        self.0.call_value(target, args).map_err(|error| describe(&error))
    }

    /// Says for which process it acts.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn register(&self, id: u32, pid: u32, name: &str) -> Answer {
        let owner = LockOwner { uuid: Uuid([7; 16]), name: name.into(), id, pid };
        self.call(LOCK_REGISTER, &LockRegisterArgs { owner, flags: 0 })
    }

    /// Gives up its rights.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn restrict(&self) -> Answer {
        self.call(LOCK_RESTRICT, &LockRestrictArgs { flags: 0 })
    }

    /// Makes a lockspace that must not be there.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn new_space(&self, path: &str) -> Answer {
        self.call(LOCK_NEW, &LockNewArgs { path: path.into(), flags: 0 })
    }

    /// Makes a lockspace, if it is not there.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn space(&self, path: &str) -> Answer {
        self.call(LOCK_CREATE_LOCKSPACE, &LockCreateLockspaceArgs { path: path.into() })
    }

    /// Makes a resource's file.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn create(&self, path: &str, name: &str) -> Answer {
        self.call(
            LOCK_CREATE_RESOURCE,
            &LockCreateResourceArgs { path: path.into(), name: name.into(), flags: 0 },
        )
    }

    /// Removes a resource's file.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn delete(&self, path: &str, name: &str) -> Answer {
        self.call(
            LOCK_DELETE_RESOURCE,
            &LockDeleteResourceArgs { path: path.into(), name: name.into(), flags: 0 },
        )
    }

    /// Acquires a lease; `path` is the lockspace's.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn acquire(&self, path: &str, name: &str, flags: u32) -> Answer {
        self.call(
            LOCK_ACQUIRE_RESOURCE,
            &LockAcquireResourceArgs { path: path.into(), name: name.into(), flags },
        )
    }

    /// Releases a lease.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn release(&self, path: &str, name: &str) -> Answer {
        self.call(
            LOCK_RELEASE_RESOURCE,
            &LockReleaseResourceArgs { path: path.into(), name: name.into(), flags: 0 },
        )
    }
}

fn describe(error: &Error) -> String {
    format!("{} {} {}", error.code() as i32, error.domain() as i32, error.message())
}
