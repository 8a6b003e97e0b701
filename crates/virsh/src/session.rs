//! The connection to the hypervisor: opened when first needed, opened again when it was lost.

use crate::failure::{Context, Failure, Outcome, fail};
use crate::open;
use crate::output::{Level, Output};
use std::sync::Arc;
use vir_api::{
    Caller, Connection, HypervisorDriver, InterfaceDriver, NetworkDriver, NodeDeviceDriver, NwfilterDriver,
    SecretDriver, StorageDriver,
};
use vir_base::{Error, ErrorCode, ErrorDomain};

/// Seconds between keepalive messages, and how many may stay unanswered, unless the user says otherwise.
const KEEPALIVE: (i32, i32) = (5, 6);

/// An open connection, and in whose name it is used.
pub struct Link {
    /// The hypervisor.
    pub hv: Arc<dyn HypervisorDriver>,
    /// All parts of the connection.
    pub parts: Connection,
    /// Goes with each call.
    pub caller: Caller,
    /// What is special about a connection to a daemon; `None` in this process.
    pub remote: Option<Box<dyn open::Remote>>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({})", self.parts.uri)
    }
}

macro_rules! part {
    ($($(#[$doc:meta])* $name:ident: $driver:ident, $field:ident, $function:literal;)*) => {
        $($(#[$doc])*
        pub fn $name(&self) -> Result<&Arc<dyn $driver>, Error> {
            self.parts.$field.as_ref().ok_or_else(|| Error::no_support(ErrorDomain::None, $function))
        })*
    };
}

impl Link {
    part! {
        /// Virtual networks.
        network: NetworkDriver, network, "virConnectListAllNetworks";
        /// Storage pools and volumes.
        storage: StorageDriver, storage, "virConnectListAllStoragePools";
        /// Host devices.
        node_device: NodeDeviceDriver, node_device, "virConnectListAllNodeDevices";
        /// Host network interfaces.
        interface: InterfaceDriver, interface, "virConnectListAllInterfaces";
        /// Secrets.
        secret: SecretDriver, secret, "virConnectListAllSecrets";
        /// Network filters.
        nwfilter: NwfilterDriver, nwfilter, "virConnectListAllNWFilters";
    }
}

/// Which hypervisor, how, and the connection to it while there is one.
#[derive(Debug, Default)]
pub struct Session {
    /// URI as the user gave it, else as the first connection named it.
    pub uri: Option<String>,
    /// Ask for read-only connections.
    pub readonly: bool,
    /// `--keepalive-interval`, in seconds.
    pub keepalive_interval: Option<i32>,
    /// `--keepalive-count`.
    pub keepalive_count: Option<i32>,
    link: Option<Arc<Link>>,
    lost: bool,
}

impl Session {
    /// Makes sure that there is a usable connection.
    pub fn ensure(&mut self, out: &mut Output) -> Outcome {
        if self.link.is_none() || self.lost {
            self.reconnect(out, None, false, false)?;
        }
        match self.link.as_ref().is_some_and(|link| link.remote.as_ref().is_none_or(|r| r.is_alive())) {
            true => Ok(()),
            false => fail!("no valid connection"),
        }
    }

    /// Connects as the user asked: to `uri`, or anew to where this session was.
    pub fn connect(&mut self, out: &mut Output, uri: Option<&str>, readonly: bool) -> Outcome {
        self.reconnect(out, uri, readonly, true)
    }

    fn reconnect(&mut self, out: &mut Output, uri: Option<&str>, readonly: bool, asked: bool) -> Outcome {
        // the same place is opened as it was before; another one as the user says
        let readonly = readonly || (uri.is_none() && self.readonly);
        let before = self.link.take();
        let place = uri.or(self.uri.as_deref()).unwrap_or_default().to_owned();
        let lost = self.lost;
        let link = self.open(out, &place, readonly).context(|| match lost {
            true => "Failed to reconnect to the hypervisor",
            false => "failed to connect to the hypervisor",
        })?;
        match uri {
            Some(uri) => self.uri = Some(uri.to_owned()),
            None => drop(self.uri.get_or_insert_with(|| link.parts.uri.clone())),
        }
        self.readonly = readonly;
        self.link = Some(Arc::new(link));
        if before.is_some() && !asked {
            out.error("Reconnected to the hypervisor");
        }
        self.lost = false;
        Ok(())
    }

    fn open(&self, out: &mut Output, place: &str, readonly: bool) -> Outcome<Link> {
        let link = open::open(place, readonly)?;
        let interval = self.keepalive_interval.unwrap_or(KEEPALIVE.0);
        let count = self.keepalive_count.unwrap_or(KEEPALIVE.1);
        let forced = self.keepalive_interval.is_some() || self.keepalive_count.is_some();
        // in this process there is nobody to ask whether they are there
        let works = || link.remote.as_ref().is_some_and(|remote| remote.keepalive(interval, count as u32));
        if interval > 0 && !works() {
            if forced {
                out.error("Cannot setup keepalive on connection as requested, disconnecting");
                return Err(Error::no_support(ErrorDomain::None, "virConnectSetKeepAlive").into());
            }
            out.trace(Level::Info, "Failed to setup keepalive on connection");
        }
        Ok(link)
    }

    /// The open connection.
    pub fn link(&self) -> Outcome<Arc<Link>> {
        self.link.clone().ok_or_else(|| Failure::new("no valid connection"))
    }

    /// Notices failures that mean that the connection is gone.
    pub fn note(&mut self, failure: &Failure) {
        let Some(cause) = failure.cause() else { return };
        self.lost |= match cause.code() {
            ErrorCode::SystemError => cause.domain() == ErrorDomain::Remote,
            code => matches!(code, ErrorCode::Rpc | ErrorCode::NoConnect | ErrorCode::InvalidConn),
        };
    }
}
