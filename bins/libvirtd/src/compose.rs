//! Which drivers there are.

use std::sync::Arc;
use vir_daemon::{Instance, Service};
use vir_driver_test::TestFactory;

/// All drivers, for this instance. What takes time waits for their start.
pub fn service(instance: &Instance) -> Service {
    let default_uri = if instance.privileged { "qemu:///system" } else { "qemu:///session" };
    Service {
        drivers: vec![Arc::new(TestFactory::default())],
        default_uri: Some(default_uri.to_owned()),
        ..Service::default()
    }
}
