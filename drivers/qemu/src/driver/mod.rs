//! The driver's functions. Each file has one subject; [`QemuDriver`] only says where each function
//! of the API is.

mod blocks;
mod capabilities;
mod console;
mod core;
mod define;
mod domstats;
mod factory;
mod files;
mod hotplug;
mod hypervisor;
mod info;
mod jobs;
mod keys;
mod leases;
mod lists;
mod memory;
mod monitor_command;
mod net;
mod node;
mod nvram;
mod ports;
mod power;
mod react;
mod reconnect;
mod save;
mod start;
mod stop;
mod vcpus;
mod xml;

pub use self::core::Core;
pub use factory::QemuFactory;
pub use hypervisor::QemuDriver;

use crate::guest::View;
use crate::model::Domain;
use std::sync::Arc;
use vir_api::constants::*;
use vir_base::error::ErrorDomain;
use vir_base::{Result, bail};

/// Which of the running and the stored definition `flags` mean: (running, stored).
///
/// # Errors
/// The one that is named is not there.
fn affects(view: &View, flags: u32) -> Result<(bool, bool)> {
    let live = flags & VIR_DOMAIN_AFFECT_LIVE != 0;
    let config = flags & VIR_DOMAIN_AFFECT_CONFIG != 0;
    let (live, config) = match (live, config) {
        (false, false) => (view.active(), !view.active()),
        both => both,
    };
    if live && !view.active() {
        bail!(Domain, OperationInvalid, "domain is not running");
    }
    if config && view.config.is_none() {
        bail!(Domain, OperationInvalid, "transient domains do not have any persistent config");
    }
    Ok((live, config))
}

/// The one definition that `flags` mean.
fn one_def(view: &View, flags: u32) -> Result<&Arc<Domain>> {
    let both = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG;
    if flags & both == both {
        bail!(
            Domain,
            InvalidArg,
            "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive"
        );
    }
    match affects(view, flags)? {
        (true, _) => Ok(&view.running()?.def),
        (false, _) => view.persistent(),
    }
}
