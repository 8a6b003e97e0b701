//! What the tests share: a connection, and a log of what happens on it.

#![allow(dead_code)] // not every test uses all of it

use std::sync::{Arc, Mutex};
use vir_api::event::{DomainEvent, Event, Filter};
use vir_api::{Caller, Connection, DriverFactory, HypervisorDriver, OpenRequest};
use vir_base::refs::DomainRef;
use vir_base::{Error, Result};
use vir_driver_test::TestFactory;

pub fn open(factory: &TestFactory, uri: &str) -> Result<Connection> {
    factory.open(&OpenRequest { uri: uri.to_owned(), flags: 0, identity: Arc::default(), credentials: None })
}

/// A connection to `test:///default` of its own.
pub fn default() -> Connection {
    open(&TestFactory::default(), "test:///default").unwrap()
}

pub fn caller() -> Caller {
    Caller::default()
}

pub fn hypervisor(connection: &Connection) -> &dyn HypervisorDriver {
    &*connection.hypervisor
}

pub fn domain(connection: &Connection, name: &str) -> DomainRef {
    connection.hypervisor.domain_lookup_by_name(&caller(), name).unwrap()
}

pub fn refused<T>(result: Result<T>) -> Error {
    match result {
        Ok(_) => panic!("was not refused"),
        Err(error) => error,
    }
}

/// Lifecycle events as "NAME EVENT DETAIL", in order.
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn new(connection: &Connection) -> Self {
        let log = Arc::new(Mutex::new(vec![]));
        let seen = log.clone();
        let sink = move |event: &Event| {
            if let Event::Domain(dom, DomainEvent::Lifecycle { event, detail }) = event {
                seen.lock().unwrap().push(format!("{} {event} {detail}", dom.name));
            }
        };
        connection
            .events
            .subscribe(Filter::Domain { id: 0, only: None }, Arc::new(sink))
            .expect("room for one");
        Self(log)
    }

    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}
