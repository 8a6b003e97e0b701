//! Which drivers there are.

use vir_daemon::{Instance, Service};

/// All drivers, for this instance. What takes time waits for their start.
pub fn service(instance: &Instance) -> Service {
    let default_uri = if instance.privileged { "qemu:///system" } else { "qemu:///session" };
    Service { default_uri: Some(default_uri.to_owned()), ..Service::default() }
}
