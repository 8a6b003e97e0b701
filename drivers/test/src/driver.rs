//! What a test connection is made of: the host it pretends to run on, its objects, its events.
//!
//! All state is in memory under one lock, held only for the time of a look or a change; files are
//! read and written, and events posted, without it.

use crate::domains::Domains;
use crate::host::Host;
use crate::interface::Interfaces;
use crate::network::Network;
use crate::node_device::Device;
use crate::pool::Pool;
use std::sync::{Arc, Mutex, PoisonError};
use vir_api::event::{DomainEvent, Event, EventBus};
use vir_base::Result;
use vir_base::refs::DomainRef;

/// The state behind one or more connections.
pub(crate) struct Driver {
    /// The machine.
    pub host: Host,
    /// Who wants to know what happens.
    pub events: Arc<EventBus>,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug)]
pub(crate) struct State {
    /// The domains.
    pub domains: Domains,
    /// Virtual networks.
    pub networks: Vec<Network>,
    /// Storage pools.
    pub pools: Vec<Pool>,
    /// Network interfaces of the host.
    pub interfaces: Interfaces,
    /// Devices of the host.
    pub devices: Vec<Device>,
    next_id: i32,
    happened: Vec<Event>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            domains: Domains::default(),
            networks: vec![],
            pools: vec![],
            interfaces: Interfaces::default(),
            devices: vec![],
            next_id: 1,
            happened: vec![],
        }
    }
}

impl State {
    /// The number of the next domain to start; never used twice.
    pub fn take_id(&mut self) -> i32 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        id
    }

    /// To be posted once the lock is free.
    pub fn tell(&mut self, event: Event) {
        self.happened.push(event);
    }

    /// As [`State::tell`], of a domain.
    pub fn happened(&mut self, dom: DomainRef, event: DomainEvent) {
        self.tell(Event::Domain(dom, event));
    }

    /// As [`State::happened`], for `virDomainEventType` and its detail.
    pub fn lifecycle(&mut self, dom: DomainRef, event: i32, detail: i32) {
        self.happened(dom, DomainEvent::Lifecycle { event, detail });
    }
}

impl Driver {
    /// A driver that starts with this state.
    pub fn new(host: Host, state: State) -> Self {
        Self { host, events: Arc::default(), state: Mutex::new(state) }
    }

    /// Looks at the state or changes it, then posts what happened.
    pub fn with<T>(&self, work: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let (result, happened) = {
            // every change is made whole or not at all, so a panic elsewhere leaves nothing half done
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let result = work(&mut state);
            (result, std::mem::take(&mut state.happened))
        };
        for event in &happened {
            self.events.post(event);
        }
        result
    }
}
