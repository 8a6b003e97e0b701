//! The functions that register callbacks and take them away.

use super::{Data, Function};
use crate::boundary::entry;
use crate::convert::At;
use crate::event_loop::FreeFunction;
use crate::handle::{
    Connect, Domain, Kind, Network, NodeDevice, Object, Secret, StoragePool, connect, object,
};
use std::ffi::{c_int, c_void};
use vir_api::event::Filter;
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, err};

/// `virDomainEventID` and its kin: how many there are.
const DOMAIN_EVENTS: c_int = 28;
const TWO_EVENTS: c_int = 2;

impl At {
    /// A number that must be one of `count`.
    fn number_below(self, number: c_int, count: c_int, name: &str) -> Result<()> {
        if number < 0 {
            return Err(self.negative(name));
        }
        if number >= count {
            let text = if self.domain == ErrorDomain::Domain {
                format!("{name} must be less than {count}")
            } else {
                format!("{name} in {} must be less than {count}", self.function)
            };
            return Err(Error::bad_argument(self.domain, self.function, name, text));
        }
        Ok(())
    }

    /// The object that events are wanted of, if it is one.
    ///
    /// # Safety
    /// NULL or a handle.
    unsafe fn only<'a, R: Kind>(
        self,
        conn: *mut Connect,
        pointer: *mut Object<R>,
        argument: &str,
        what: &str,
    ) -> Result<Option<&'a R>> {
        if pointer.is_null() {
            return Ok(None);
        }
        // SAFETY: the caller's contract.
        let object = unsafe { object(pointer, self.function) }?;
        if object.connection_pointer() != conn {
            let name = object.reference().texts().first().map_or(String::new(), |name| (*name).to_owned());
            let text = if self.domain == ErrorDomain::Domain {
                format!("{what} '{name}' must match connection")
            } else {
                format!("{what} '{name}' in {} must match connection", self.function)
            };
            return Err(Error::bad_argument(self.domain, self.function, argument, text));
        }
        Ok(Some(object.reference()))
    }
}

/// Takes the callback of that number away.
///
/// # Errors
/// There is none.
pub fn forget(conn: &Connect, id: c_int, of: fn(&Filter) -> bool) -> Result<c_int> {
    match conn.callbacks.remove(|number, filter, _, _| number == id && of(filter)) {
        true => Ok(0),
        false if conn.remote.is_some() => {
            Err(err!(None, InvalidArg, "event callback id {id} not registered"))
        }
        false => Err(err!(None, InvalidArg, "could not find event callback {id} for deletion")),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectDomainEventRegister(
    conn: *mut Connect,
    cb: Option<Function>,
    opaque: *mut c_void,
    freecb: Option<FreeFunction>,
) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virConnectDomainEventRegister" };
    // SAFETY: the program's connection.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        let cb = cb.ok_or_else(|| at.null("cb"))?;
        let data = Data { pointer: opaque, free: freecb };
        conn.callbacks.add(conn, Filter::Domain { id: 0, only: None }, cb, data, true)?;
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectDomainEventDeregister(conn: *mut Connect, cb: Option<Function>) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virConnectDomainEventDeregister" };
    // SAFETY: the program's connection.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        let cb = cb.ok_or_else(|| at.null("cb"))?;
        match conn
            .callbacks
            .remove(|_, _, by_function, function| by_function && std::ptr::fn_addr_eq(function, cb))
        {
            true => Ok(0),
            false => Err(err!(None, InvalidArg, "event callback function {:p} not registered", cb)),
        }
    })
}

macro_rules! events {
    ($($register:ident $deregister:ident $kind:ident($argument:literal $what:literal) $domain:ident $count:ident
       |$id:ident, $only:ident| $filter:expr, $pattern:pat, |$conn:ident| $served:expr;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $register(
            conn: *mut Connect,
            only: *mut $kind,
            eventID: c_int,
            cb: Option<Function>,
            opaque: *mut c_void,
            freecb: Option<FreeFunction>,
        ) -> c_int {
            let at = At { domain: ErrorDomain::$domain, function: stringify!($register) };
            // SAFETY: the program's handles.
            entry(|| unsafe {
                let $conn = connect(conn, at.domain, at.function)?;
                let $only = at.only(conn, only, $argument, $what)?;
                let cb = cb.ok_or_else(|| at.null("cb"))?;
                at.number_below(eventID, $count, "eventID")?;
                if !$served {
                    return Err(Error::no_support(at.domain, at.function));
                }
                let $id = eventID;
                $conn.callbacks.add($conn, $filter, cb, Data { pointer: opaque, free: freecb }, false)
            })
        }

        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $deregister(conn: *mut Connect, callbackID: c_int) -> c_int {
            let at = At { domain: ErrorDomain::$domain, function: stringify!($deregister) };
            // SAFETY: the program's connection.
            entry(|| unsafe {
                let $conn = connect(conn, at.domain, at.function)?;
                if callbackID < 0 {
                    return Err(at.negative("callbackID"));
                }
                if !$served {
                    return Err(Error::no_support(at.domain, at.function));
                }
                forget($conn, callbackID, |filter| matches!(filter, $pattern))
            })
        })*
    };
}

events! {
    virConnectDomainEventRegisterAny virConnectDomainEventDeregisterAny
        Domain("dom" "domain") Domain DOMAIN_EVENTS
        |id, only| Filter::Domain { id, only: only.map(|dom| dom.uuid) },
        Filter::Domain { .. }, |conn| true;
    virConnectNetworkEventRegisterAny virConnectNetworkEventDeregisterAny
        Network("net" "network") Network TWO_EVENTS
        |id, only| Filter::Network { id, only: only.map(|net| net.uuid) },
        Filter::Network { .. }, |conn| conn.parts.network.is_some();
    virConnectStoragePoolEventRegisterAny virConnectStoragePoolEventDeregisterAny
        StoragePool("pool" "storage pool") Storage TWO_EVENTS
        |id, only| Filter::StoragePool { id, only: only.map(|pool| pool.uuid) },
        Filter::StoragePool { .. }, |conn| conn.parts.storage.is_some();
    virConnectNodeDeviceEventRegisterAny virConnectNodeDeviceEventDeregisterAny
        NodeDevice("dev" "node device") Nodedev TWO_EVENTS
        |id, only| Filter::NodeDevice { id, only: only.map(|dev| dev.name.clone()) },
        Filter::NodeDevice { .. }, |conn| conn.parts.node_device.is_some();
    virConnectSecretEventRegisterAny virConnectSecretEventDeregisterAny
        Secret("secret" "secret") Secret TWO_EVENTS
        |id, only| Filter::Secret { id, only: only.map(|secret| secret.uuid) },
        Filter::Secret { .. }, |conn| conn.parts.secret.is_some();
}
