//! The test driver: a hypervisor that is not there, for trying and testing clients without a guest.
//!
//! `test:///default` has a running domain, a network, a pool, an interface and some devices, shared by
//! all connections of a program as long as one is open. `test:///FILE` takes its objects from a file,
//! and each connection has its own. All state is in memory; what a call changes, later calls show, and
//! events tell. Answers are fixed, or follow from the clock: no process is started, nothing on the host
//! is touched but the files that saving and dumping are told to write.
//!
//! Nothing here waits, and nothing here knows the wire.

mod agent;
mod capabilities;
mod cpumask;
mod defaults;
mod define;
mod definition;
mod devices;
mod domains;
mod driver;
mod factory;
mod guest;
mod host;
mod hypervisor;
mod info;
mod interface;
mod iothread;
mod keycodes;
mod lifecycle;
mod list;
mod memory;
mod metadata;
mod moments;
mod namespaces;
mod network;
mod node_device;
mod node_file;
mod parameters;
mod params;
mod pool;
mod save;
mod stats;
mod storage;
mod tuning;
mod vcpu;

pub use factory::TestFactory;
