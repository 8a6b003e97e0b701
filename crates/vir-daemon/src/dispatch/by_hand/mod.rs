//! Entries that are not a driver's method: the connection itself, authentication, registrations.

mod auth;
mod connection;
mod events;

use super::{Request, Session};
use vir_base::Result;

/// An entry written by hand.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(super) serve: fn(&mut Request<'_>) -> Result<()>,
    /// A client may call it before it has authenticated.
    pub(super) before_auth: bool,
    /// Whether a call with these encoded arguments may wait: for a driver, or for a person.
    pub(super) may_wait: fn(&Session, &[u8]) -> bool,
}

impl Entry {
    const fn at_once(serve: fn(&mut Request<'_>) -> Result<()>) -> Self {
        Self { serve, before_auth: false, may_wait: |_, _| false }
    }
}

macro_rules! entries {
    ($($module:ident { $($name:ident $(: $how:ident)?),* })*) => {
        /// The entries under the names that the tables use.
        #[allow(non_upper_case_globals)]
        mod names {
            use super::Entry;
            $($(pub(crate) const $name: Entry = entries!(@ $($how)?, super::$module::$name);)*)*
        }
    };
    (@ , $f:path) => { Entry::at_once($f) };
    (@ auth, $f:path) => { Entry { before_auth: true, ..Entry::at_once($f) } };
    (@ auth_waits, $f:path) => { Entry { before_auth: true, may_wait: |_, _| true, ..Entry::at_once($f) } };
    (@ opens, $f:path) => { Entry { may_wait: super::connection::open_may_wait, ..Entry::at_once($f) } };
}

entries! {
    connection {
        connect_open: opens, connect_close, connect_get_lib_version, connect_get_uri, connect_supports_feature,
        connect_set_identity, connect_register_close_callback, connect_unregister_close_callback
    }
    auth {
        auth_list: auth, auth_sasl_init: auth, auth_sasl_start: auth_waits, auth_sasl_step: auth_waits,
        auth_polkit: auth_waits
    }
    events {
        connect_domain_event_register, connect_domain_event_deregister,
        connect_domain_event_register_any, connect_domain_event_deregister_any,
        connect_domain_event_callback_register_any, connect_domain_event_callback_deregister_any,
        connect_network_event_register_any, connect_network_event_deregister_any,
        connect_storage_pool_event_register_any, connect_storage_pool_event_deregister_any,
        connect_node_device_event_register_any, connect_node_device_event_deregister_any,
        connect_secret_event_register_any, connect_secret_event_deregister_any,
        connect_domain_monitor_event_register, connect_domain_monitor_event_deregister
    }
}

pub(crate) use names::*;
