//! The driver as a program sees it before a connection is open.

use super::core::Core;
use super::hypervisor::QemuDriver;
use super::{ErrorDomain, reconnect};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use vir_api::constants::VIR_CONNECT_RO;
use vir_api::{Connection, DriverFactory, OpenRequest};
use vir_base::error::check_flags;
use vir_base::paths::Paths;
use vir_base::{Result, bail, err};
use vir_host::identity::UuidSource;

/// Serves `qemu:///system` or `qemu:///session`, whichever the daemon is for.
pub struct QemuFactory {
    paths: Paths,
    uuid: UuidSource,
    driver: OnceLock<Arc<QemuDriver>>,
}

impl QemuFactory {
    /// Over an instance's directories.
    pub fn new(paths: Paths, uuid: UuidSource) -> Self {
        Self { paths, uuid, driver: OnceLock::new() }
    }
}

/// The path of a URI: what follows its host, without a query.
fn path_of(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let rest = rest.split(['?', '#']).next()?;
    let path = match rest.strip_prefix("//") {
        Some(host_and_path) => &host_and_path[host_and_path.find('/').unwrap_or(host_and_path.len())..],
        None => rest,
    };
    Some((scheme, path))
}

impl DriverFactory for QemuFactory {
    fn name(&self) -> &'static str {
        "QEMU"
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["qemu"]
    }

    fn opens_at_once(&self, _: &str) -> bool {
        self.driver.get().is_some()
    }

    fn open(&self, request: &OpenRequest<'_>) -> Result<Connection> {
        check_flags(ErrorDomain::Qemu, request.flags, VIR_CONNECT_RO, "qemuConnectOpen")?;
        let Some((_, path)) = path_of(&request.uri) else {
            bail!(Qemu, InternalError, "unexpected QEMU URI path '{}', try qemu:///system", request.uri);
        };
        let own = if self.paths.system { "/system" } else { "/session" };
        if path.is_empty() {
            bail!(Qemu, InternalError, "no QEMU URI path given, try qemu://{own}");
        }
        // root has always been let in by that name
        let root = self.paths.system && path == "/session";
        if path != own && !root {
            bail!(Qemu, InternalError, "unexpected QEMU URI path '{path}', try qemu://{own}");
        }
        let Some(driver) = self.driver.get() else {
            bail!(Qemu, InternalError, "qemu state driver is not active");
        };
        Ok(Connection {
            uri: request.uri.clone(),
            hypervisor: driver.clone(),
            network: None,
            storage: None,
            node_device: None,
            interface: None,
            secret: None,
            nwfilter: None,
            events: Arc::clone(&driver.core.bus),
            traits: driver.clone(),
        })
    }

    fn start(&self) -> Result<()> {
        let core = Core::start(self.paths.clone(), self.uuid.clone())?;
        core.dirs.prepare(core.owner.as_ref())?;
        reconnect::load_definitions(&core);
        let reconnecting = reconnect::find_running(&core);
        let driver = Arc::new(QemuDriver { core: Arc::clone(&core), node: vir_node::Node::default() });
        if self.driver.set(driver).is_err() {
            return Err(err!(Qemu, InternalError, "qemu state driver was started before"));
        }
        // guests that are to start wait for those that run; clients wait for neither
        std::thread::Builder::new()
            .name("qemu-autostart".into())
            .spawn(move || {
                for thread in reconnecting {
                    let _ = thread.join();
                }
                if first_start_since_boot(&core.dirs.base.state) {
                    reconnect::autostart(&core);
                }
            })
            .map_err(|e| vir_base::Error::io(ErrorDomain::Qemu, &e, "cannot start a thread"))?;
        Ok(())
    }

    fn is_busy(&self) -> bool {
        let guests = self.driver.get().map(|d| d.core.guests.all()).unwrap_or_default();
        guests.iter().any(|guest| guest.view().active())
    }
}

/// Guests that are to start with the host start once, not each time that the daemon does.
fn first_start_since_boot(state: &Path) -> bool {
    let mark = state.join("autostarted");
    if mark.exists() {
        return false;
    }
    // the directory goes with the host's going down; without the mark they are started once more
    let _ = std::fs::write(&mark, "");
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_uris() {
        assert_eq!(path_of("qemu:///system"), Some(("qemu", "/system")));
        assert_eq!(path_of("qemu://host/session?socket=/x"), Some(("qemu", "/session")));
        assert_eq!(path_of("qemu:/system"), Some(("qemu", "/system")));
        assert_eq!(path_of("qemu://"), Some(("qemu", "")));
        assert_eq!(path_of("qemu"), None);
    }
}
