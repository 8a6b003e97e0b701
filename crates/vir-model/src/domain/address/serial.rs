//! Ports of virtio serial controllers.

use crate::domain::Domain;
use crate::domain::device::chardev::{ChannelTargetType, ConsoleTargetType};
use crate::domain::device::controller::{Controller, ControllerType};
use crate::domain::device::info::{Address, DeviceInfo};
use crate::domain::pass::controllers::ensure;
use std::collections::{BTreeMap, BTreeSet};
use vir_base::{Result, bail};

/// Ports of a controller of which nothing is said.
const PORTS: u32 = 31;

/// A controller's ports.
#[derive(Debug, Default)]
struct Ports {
    count: u32,
    taken: BTreeSet<u32>,
}

/// Controllers by their index.
#[derive(Debug, Default)]
struct Set(BTreeMap<u32, Ports>);

impl Set {
    fn of(domain: &Domain) -> Result<Self> {
        let mut set = Self::default();
        let serial = |controller: &&Controller| controller.is(ControllerType::VirtioSerial);
        for controller in domain.devices.controllers.iter().filter(serial) {
            let ports = Ports { count: controller.ports.unwrap_or(PORTS), taken: BTreeSet::new() };
            set.0.insert(controller.index(), ports);
        }
        let mut result = Ok(());
        domain.devices.for_each_info(&mut |info| {
            if result.is_ok() && is_complete(info) {
                result = set.take(info);
            }
        });
        result.map(|()| set)
    }

    fn take(&mut self, info: &DeviceInfo) -> Result<()> {
        let Some(Address::VirtioSerial { controller, port, .. }) = info.address else { return Ok(()) };
        let port = port.unwrap_or(0);
        let Some(ports) = self.0.get_mut(&controller) else {
            bail!(Domain, XmlError, "virtio serial controller {controller} is missing");
        };
        if port >= ports.count {
            bail!(Domain, XmlError, "virtio serial controller {controller} does not have port {port}");
        }
        if !ports.taken.insert(port) {
            bail!(
                Domain,
                XmlError,
                "virtio serial port {port} on controller {controller} is already occupied"
            );
        }
        Ok(())
    }
}

/// Port 0 stands for one yet to be chosen: only a console has it.
fn is_complete(info: &DeviceInfo) -> bool {
    matches!(info.address, Some(Address::VirtioSerial { port: Some(port), .. }) if port != 0)
}

impl Ports {
    fn free_from(&self, first: u32) -> Option<u32> {
        (first..self.count).find(|port| !self.taken.contains(port))
    }
}

/// Gives consoles and channels a port each, and adds controllers as they are needed. A console takes the port, and
/// does not say so.
///
/// # Errors
/// A port that is not there, or that two devices want.
pub fn assign(domain: &mut Domain) -> Result<()> {
    let mut set = Set::of(domain)?;
    for i in 0..domain.devices.consoles.len() {
        let console = &domain.devices.consoles[i];
        let virtio = console.target.as_ref().is_some_and(|t| t.kind == Some(ConsoleTargetType::Virtio));
        if virtio && !is_complete(&console.info) {
            let mut info = console.info.clone();
            place(domain, &mut set, &mut info, true)?;
        }
    }
    for i in 0..domain.devices.channels.len() {
        let channel = &domain.devices.channels[i];
        let virtio = channel.target.as_ref().is_some_and(|t| t.kind == Some(ChannelTargetType::Virtio));
        if virtio && !is_complete(&channel.info) {
            let mut info = channel.info.clone();
            place(domain, &mut set, &mut info, false)?;
            domain.devices.channels[i].info = info;
        }
    }
    Ok(())
}

fn place(domain: &mut Domain, set: &mut Set, info: &mut DeviceInfo, console: bool) -> Result<()> {
    // port 0 is for consoles
    let first = u32::from(!console);
    let (controller, port) = match info.address {
        Some(Address::VirtioSerial { controller, .. }) => {
            let Some(ports) = set.0.get(&controller) else {
                bail!(Domain, InternalError, "virtio-serial controller {controller} not available");
            };
            match ports.free_from(1) {
                Some(port) => (controller, port),
                None => bail!(
                    Domain,
                    XmlError,
                    "Unable to find a free port on virtio-serial controller {controller}"
                ),
            }
        }
        _ => {
            if set.0.is_empty() {
                bail!(Domain, InternalError, "no virtio-serial controllers are available");
            }
            let found = set.0.iter().find_map(|(index, ports)| Some((*index, ports.free_from(first)?)));
            match found.or_else(|| add(domain, set).map(|index| (index, first))) {
                Some(place) => place,
                None => bail!(Domain, XmlError, "Unable to find a free virtio-serial port"),
            }
        }
    };
    info.address = Some(Address::VirtioSerial { controller, bus: 0, port: Some(port) });
    set.take(info)
}

/// One more controller.
fn add(domain: &mut Domain, set: &mut Set) -> Option<u32> {
    let index = (0..).find(|index| !set.0.contains_key(index))?;
    ensure(&mut domain.devices, ControllerType::VirtioSerial, index, None);
    set.0.insert(index, Ports { count: PORTS, ..Ports::default() });
    Some(index)
}
