//! The storage pool that a command is about: looked up as users name pools.

use crate::args::Args;
use crate::failure::{Context, Outcome, fail};
use crate::output::Level;
use crate::session::Link;
use crate::shell::Shell;
use std::ops::Deref;
use std::sync::Arc;
use vir_api::StorageDriver;
use vir_api::constants::*;
use vir_base::Uuid;
use vir_base::refs::StoragePoolRef;

/// Calls a method about a pool: `call!(pool.storage_pool_destroy())`.
macro_rules! call {
    ($pool:ident.$method:ident($($arg:expr),* $(,)?)) => {
        $pool.driver.$method(&$pool.link.caller, &$pool.this, $($arg),*)
    };
}
pub(crate) use call;

/// A storage pool, and the driver that knows it.
pub(crate) struct Pool {
    pub(crate) link: Arc<Link>,
    pub(crate) driver: Arc<dyn StorageDriver>,
    pub(crate) this: StoragePoolRef,
    /// The user's words for it.
    pub(crate) asked: String,
}

impl Deref for Pool {
    type Target = StoragePoolRef;

    fn deref(&self) -> &StoragePoolRef {
        &self.this
    }
}

impl Pool {
    /// The pool that the option "pool" names.
    pub(crate) fn find(shell: &mut Shell, args: &Args) -> Outcome<Self> {
        Self::find_by(shell, args, true, true)
    }

    /// As [`Pool::find`], by UUID, by name, or by both.
    pub(crate) fn find_by(shell: &mut Shell, args: &Args, by_uuid: bool, by_name: bool) -> Outcome<Self> {
        let asked = args.required("pool")?.to_owned();
        let command = args.command.name;
        shell.out.trace(Level::Info, &format!("{command}: found option <pool>: {asked}"));
        let link = shell.session.link()?;
        let failed = || format!("failed to get pool '{asked}'");
        let driver = link.storage().cloned().context(failed)?;
        let uuid = by_uuid.then(|| asked.parse::<Uuid>().ok()).flatten().filter(|_| asked.len() == 36);
        let mut found = uuid.map(|uuid| driver.storage_pool_lookup_by_uuid(&link.caller, &uuid));
        if by_name && !matches!(found, Some(Ok(_))) {
            found = Some(driver.storage_pool_lookup_by_name(&link.caller, &asked));
        }
        match found {
            Some(this) => Ok(Self { this: this.context(failed)?, link, driver, asked }),
            None => fail!("failed to get pool '{asked}'"),
        }
    }
}

/// A pool's state (`virStoragePoolState`).
pub(crate) fn state_text(state: i32) -> &'static str {
    match state {
        VIR_STORAGE_POOL_INACTIVE => "inactive",
        VIR_STORAGE_POOL_BUILDING => "building",
        VIR_STORAGE_POOL_RUNNING => "running",
        VIR_STORAGE_POOL_DEGRADED => "degraded",
        VIR_STORAGE_POOL_INACCESSIBLE => "inaccessible",
        _ => "unknown",
    }
}
