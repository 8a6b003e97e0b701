//! Which drivers there are, and which of them together serve a connection.

use std::sync::Arc;
use vir_api::{Connection, DriverFactory, OpenRequest};
use vir_base::Result;
use vir_daemon::{Instance, Service};
use vir_driver_network::Networks;
use vir_driver_qemu::driver::QemuFactory;
use vir_driver_storage::StoragePools;
use vir_driver_test::TestFactory;
use vir_host::identity::UuidSource;

/// All drivers, for this instance. What takes time waits for their start.
pub fn service(instance: &Instance) -> Service {
    let default_uri = if instance.privileged { "qemu:///system" } else { "qemu:///session" };
    let uuid = match instance.host_uuid {
        Some(uuid) => UuidSource::Given(uuid.to_string()),
        None => UuidSource::Smbios,
    };
    let qemu = QemuFactory::new(instance.paths.clone(), uuid);
    Service {
        drivers: vec![Arc::new(Together(qemu)), Arc::new(TestFactory::default())],
        default_uri: Some(default_uri.to_owned()),
        encryption: Some(crate::tls::encryption),
        polkit: Some(Arc::new(crate::polkit::Polkit)),
        ..Service::default()
    }
}

/// A hypervisor with the networks and the storage of its host.
struct Together<T>(T);

impl<T: DriverFactory> DriverFactory for Together<T> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn schemes(&self) -> &'static [&'static str] {
        self.0.schemes()
    }

    fn opens_at_once(&self, uri: &str) -> bool {
        self.0.opens_at_once(uri)
    }

    fn open(&self, request: &OpenRequest<'_>) -> Result<Connection> {
        let network = Some(Arc::new(Networks) as _);
        let storage = Some(Arc::new(StoragePools) as _);
        Ok(Connection { network, storage, ..self.0.open(request)? })
    }

    fn start(&self) -> Result<()> {
        self.0.start()
    }

    fn is_busy(&self) -> bool {
        self.0.is_busy()
    }

    fn reload(&self) -> Result<()> {
        self.0.reload()
    }

    fn stop(&self) {
        self.0.stop();
    }
}
