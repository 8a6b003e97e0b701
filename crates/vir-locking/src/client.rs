//! The lock daemon's client.

use crate::config::LockdConfig;
use crate::plan::{Needs, Resource};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vir_base::paths::Paths;
use vir_base::{Result, Uuid};
use vir_proto::procedures::lock;
use vir_proto::wire::{
    LockAcquireResourceArgs, LockCreateLockspaceArgs, LockOwner, LockRegisterArgs, LockReleaseResourceArgs,
    LockRestrictArgs,
};
use vir_proto::xdr::Xdr;
use vir_rpc::client::{Client, Target, connect_or_start};

/// The daemon waits for nothing, so this is a daemon that is stuck: nobody is to be stuck with it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Others may hold the lease, too.
const SHARED: u32 = 1;
/// The file is made.
const AUTOCREATE: u32 = 2;

/// Whom leases belong to: a guest's process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The guest.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// The number of the running instance, from 1 on.
    pub id: u32,
    /// Its process.
    pub pid: i32,
}

/// The lock manager that keeps leases in `virtlockd`.
#[derive(Clone, Debug)]
pub struct Lockd {
    config: LockdConfig,
    socket: PathBuf,
    session: bool,
}

impl Lockd {
    /// The one of an instance, configured by a file; makes the lockspaces that the file names.
    ///
    /// # Errors
    /// The file is wrong, or lockspaces cannot be made.
    pub fn start(paths: &Paths, config: &Path) -> Result<Self> {
        let it = Self {
            config: LockdConfig::load(config)?,
            socket: paths.state.join("virtlockd-sock"),
            session: !paths.system,
        };
        for path in it.config.lockspaces() {
            let client = it.connect()?;
            call(&client, lock::LOCK_CREATE_LOCKSPACE, &LockCreateLockspaceArgs { path: path.to_owned() })?;
        }
        Ok(it)
    }

    /// What a guest is to hold while it runs.
    ///
    /// # Errors
    /// What cannot have its lease.
    pub fn plan(&self, needs: &Needs) -> Result<Vec<Resource>> {
        needs.resources(&self.config)
    }

    /// The socket that a guest's process is to connect to by itself.
    ///
    /// # Errors
    /// A user's own daemon cannot be started.
    pub fn socket(&self) -> Result<&Path> {
        if self.session {
            // starts it where it does not run
            drop(self.connect()?);
        }
        Ok(&self.socket)
    }

    /// Says whose process made a connection, over a duplicate of it, and that nothing more is to be
    /// asked over it.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn register(&self, connection: OwnedFd, owner: &Owner) -> Result<()> {
        let client = Client::from_fd(connection)?;
        register(&client, owner)?;
        call(&client, lock::LOCK_RESTRICT, &LockRestrictArgs { flags: 0 })
    }

    /// Takes leases for a process: all, or none.
    ///
    /// # Errors
    /// Another has one of them, or whatever else the daemon says.
    pub fn acquire(&self, owner: &Owner, resources: &[Resource]) -> Result<()> {
        if resources.is_empty() {
            return Ok(());
        }
        let client = self.connect()?;
        register(&client, owner)?;
        for (taken, resource) in resources.iter().enumerate() {
            let args = LockAcquireResourceArgs {
                path: resource.lockspace.clone(),
                name: resource.name.clone(),
                flags: if resource.shared { SHARED } else { 0 }
                    | if resource.create { AUTOCREATE } else { 0 },
            };
            if let Err(error) = call(&client, lock::LOCK_ACQUIRE_RESOURCE, &args) {
                give_back(&client, owner, &resources[..taken]);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Gives leases of a process back. What cannot be given back is logged; it goes with the process.
    pub fn release(&self, owner: &Owner, resources: &[Resource]) {
        if resources.is_empty() {
            return;
        }
        match self.connect().and_then(|client| register(&client, owner).map(|()| client)) {
            Ok(client) => give_back(&client, owner, resources),
            Err(error) => log::warn!("Unable to release lease on {}: {error}", owner.name),
        }
    }

    fn connect(&self) -> Result<Client> {
        match self.session {
            true => connect_or_start(&self.socket, "virtlockd"),
            false => Client::connect_unix(&self.socket),
        }
    }
}

fn call<A: Xdr>(client: &Client, procedure: i32, args: &A) -> Result<()> {
    let target = Target { program: lock::PROGRAM, version: lock::VERSION, procedure };
    client.call_value_until(target, args, Some(Instant::now() + PATIENCE))
}

fn register(client: &Client, owner: &Owner) -> Result<()> {
    let args = LockRegisterArgs {
        owner: LockOwner {
            uuid: owner.uuid,
            name: owner.name.clone(),
            id: owner.id,
            pid: u32::try_from(owner.pid).unwrap_or(0),
        },
        flags: 0,
    };
    call(client, lock::LOCK_REGISTER, &args)
}

fn give_back(client: &Client, owner: &Owner, resources: &[Resource]) {
    for resource in resources.iter().rev() {
        let args = LockReleaseResourceArgs {
            path: resource.lockspace.clone(),
            name: resource.name.clone(),
            flags: 0,
        };
        if let Err(error) = call(client, lock::LOCK_RELEASE_RESOURCE, &args) {
            log::warn!("Unable to release lease on {}: {error}", owner.name);
        }
    }
}
