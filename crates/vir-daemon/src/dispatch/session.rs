//! What the daemon keeps for a client: its connection to a driver and its event registrations.

use super::event_wire;
use super::request::AccessHook;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vir_api::caller::Identity;
use vir_api::event::{Event, EventBus, Filter, SubscriptionId};
use vir_api::{Caller, Connection, DriverFactory, OpenRequest};
use vir_base::{Result, bail, err};
use vir_rpc::auth::PolkitHook;
use vir_rpc::server::ClientHandle;

/// The drivers of a daemon and what is decided for all of them.
pub struct Drivers {
    /// In the order in which they are asked.
    pub factories: Vec<Arc<dyn DriverFactory>>,
    /// What a client gets that names no URI.
    pub default_uri: Option<String>,
    /// Decides about permissions; none allows everything.
    pub access: Option<Arc<dyn AccessHook>>,
    /// Asks the host's policy about clients of sockets that want it.
    pub polkit: Option<Arc<dyn PolkitHook>>,
}

impl Drivers {
    /// The driver of a URI's scheme.
    fn factory(&self, uri: &str) -> Option<&Arc<dyn DriverFactory>> {
        let scheme = uri.split_once(':')?.0.split('+').next()?;
        self.factories.iter().find(|f| f.schemes().contains(&scheme))
    }

    fn open(&self, request: &OpenRequest<'_>) -> Result<Connection> {
        match self.factory(&request.uri) {
            Some(factory) => factory.open(request),
            None => Err(err!(None, NoConnect, "{}", request.uri)),
        }
    }
}

/// How a client's event registration is told of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Messages without a callback number: one registration for each event.
    Legacy,
    /// Messages with the registration's number.
    Callback,
}

struct Registration {
    number: i32,
    filter: Filter,
    style: Style,
    subscription: SubscriptionId,
    bus: Arc<EventBus>,
}

#[derive(Default)]
struct State {
    connection: Option<Arc<Connection>>,
    read_only: bool,
    registrations: Vec<Registration>,
    next_registration: i32,
}

/// A client's state. Everything in it can be told in values (the URI, flags, filters and numbers),
/// so that a new program can take it over.
pub struct Session {
    client: u64,
    socket_read_only: bool,
    identity: Arc<Identity>,
    drivers: Arc<Drivers>,
    state: Mutex<State>,
}

impl Session {
    /// The session of a client, made at its first call.
    pub(crate) fn of<'a>(client: &'a ClientHandle, drivers: &Arc<Drivers>) -> Result<&'a Arc<Self>> {
        client
            .init_data(|| Arc::new(Self::new(client, drivers)))
            .ok_or_else(|| err!(Rpc, InternalError, "the client belongs to another program"))
    }

    fn new(client: &ClientHandle, drivers: &Arc<Drivers>) -> Self {
        let known = client.identity();
        let identity = Identity {
            uid: known.unix.map(|u| u.uid),
            gid: known.unix.map(|u| u.gid),
            pid: known.unix.and_then(|u| u32::try_from(u.pid).ok()),
            start_time: None,
            sasl_user: known.sasl_user,
            x509_dname: known.x509_name,
            selinux: None,
        };
        Self {
            client: client.id(),
            socket_read_only: client.is_readonly(),
            identity: Arc::new(identity),
            drivers: drivers.clone(),
            state: Mutex::default(),
        }
    }

    pub(super) fn caller(&self, api: &'static str) -> Caller {
        let read_only = self.lock().read_only;
        Caller { identity: self.identity.clone(), read_only, client: self.client, api }
    }

    pub(super) fn access(&self) -> Option<&dyn AccessHook> {
        self.drivers.access.as_deref()
    }

    pub(super) fn polkit(&self) -> Option<&dyn PolkitHook> {
        self.drivers.polkit.as_deref()
    }

    /// The open connection.
    pub(super) fn connection(&self) -> Result<Arc<Connection>> {
        self.lock()
            .connection
            .clone()
            .ok_or_else(|| err!(Rpc, InternalError, "hypervisor connection not open"))
    }

    /// The URI that a client means.
    fn uri<'a>(&'a self, uri: Option<&'a str>) -> Option<&'a str> {
        uri.filter(|uri| !uri.is_empty()).or(self.drivers.default_uri.as_deref())
    }

    /// Whether [`Session::open`] answers without a wait.
    pub(super) fn opens_at_once(&self, uri: Option<&str>) -> bool {
        let uri = self.uri(uri);
        uri.is_none_or(|uri| self.drivers.factory(uri).is_none_or(|factory| factory.opens_at_once(uri)))
    }

    /// `virConnectOpen`, with the flags the client sent.
    pub(super) fn open(&self, uri: Option<&str>, flags: u32) -> Result<()> {
        if self.lock().connection.is_some() {
            bail!(Rpc, InternalError, "connection already open");
        }
        let read_only = self.socket_read_only || flags & vir_api::constants::VIR_CONNECT_RO != 0;
        let uri = match self.uri(uri) {
            Some(uri) => uri.to_owned(),
            None => {
                return Err(vir_base::Error::bare(
                    vir_base::ErrorDomain::None,
                    vir_base::ErrorCode::NoConnect,
                ));
            }
        };
        let flags = if read_only { vir_api::constants::VIR_CONNECT_RO } else { 0 };
        let connection = self.drivers.open(&OpenRequest {
            uri,
            flags,
            identity: self.identity.clone(),
            credentials: None,
        })?;
        let mut state = self.lock();
        if state.connection.is_some() {
            bail!(Rpc, InternalError, "connection already open");
        }
        state.connection = Some(Arc::new(connection));
        state.read_only = read_only;
        Ok(())
    }

    /// `virConnectClose`: forgets the connection and what was registered on it.
    pub(super) fn close(&self) {
        let (connection, registrations) = {
            let mut state = self.lock();
            (state.connection.take(), std::mem::take(&mut state.registrations))
        };
        for registration in registrations {
            registration.bus.unsubscribe(registration.subscription);
        }
        if let Some(connection) = connection {
            connection.traits.client_gone(self.client);
        }
    }

    /// The client is gone. What it registered goes at once: it holds the client's handle, and so, in
    /// the end, this session.
    pub(crate) fn end(client: &ClientHandle) {
        if let Some(session) = client.data::<Arc<Self>>() {
            session.close();
        }
    }

    /// Whether [`Session::end`] has nothing left to do, since the client has closed its connection or never
    /// opened one.
    pub(crate) fn ends_at_once(client: &ClientHandle) -> bool {
        client.data::<Arc<Self>>().is_none_or(|session| {
            let state = session.lock();
            state.connection.is_none() && state.registrations.is_empty()
        })
    }

    /// Sends events that pass `filter` to the client; gives the registration's number.
    pub(super) fn register(&self, client: &ClientHandle, filter: Filter, style: Style) -> Result<i32> {
        let connection = self.connection()?;
        let number = {
            let mut state = self.lock();
            if style == Style::Legacy
                && state.registrations.iter().any(|r| r.style == style && r.filter == filter)
            {
                bail!(Rpc, InternalError, "domain event {} already registered", event_number(&filter));
            }
            state.next_registration += 1;
            state.next_registration - 1
        };
        let handle = client.clone();
        let pattern = event_wire::NamePattern::of(&filter)?;
        let sink = move |event: &Event| {
            if pattern.matches(event)
                && let Some((program, procedure, payload)) = event_wire::encode(event, number, style)
            {
                // a client that is gone or far behind is the loop's business
                let _ = handle.send_event(program, 1, procedure, &payload);
            }
        };
        let bus = connection.events.clone();
        let subscription = bus.subscribe(filter.clone(), Arc::new(sink))?;
        self.lock().registrations.push(Registration { number, filter, style, subscription, bus });
        Ok(number)
    }

    /// Ends the registration for which `which` holds; false if there is none.
    fn deregister(&self, which: impl Fn(&Registration) -> bool) -> bool {
        let registration = {
            let mut state = self.lock();
            let Some(at) = state.registrations.iter().position(which) else { return false };
            state.registrations.remove(at)
        };
        registration.bus.unsubscribe(registration.subscription);
        true
    }

    pub(super) fn deregister_number(&self, number: i32, style: Style) -> bool {
        self.deregister(|r| r.number == number && r.style == style)
    }

    pub(super) fn deregister_event(&self, filter: &Filter) -> bool {
        self.deregister(|r| r.style == Style::Legacy && r.filter == *filter)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // no code that can panic runs with the lock held
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
    }
}

fn event_number(filter: &Filter) -> i32 {
    match filter {
        Filter::Domain { id, .. }
        | Filter::Network { id, .. }
        | Filter::StoragePool { id, .. }
        | Filter::NodeDevice { id, .. }
        | Filter::Secret { id, .. } => *id,
        Filter::QemuMonitor { .. } => 0,
    }
}
