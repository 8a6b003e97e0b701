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
    /// Below it, none but port 0 is free: ports are never given back.
    lowest: u32,
}

/// Controllers by their index.
#[derive(Debug, Default)]
struct Set(BTreeMap<u32, Ports>);

impl Set {
    fn of(domain: &Domain) -> Result<Self> {
        let mut set = Self::default();
        let serial = |controller: &&Controller| controller.is(ControllerType::VirtioSerial);
        for controller in domain.devices.controllers.iter().filter(serial) {
            let ports = Ports::new(controller.ports.unwrap_or(PORTS));
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
        if !ports.take(port) {
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
    fn new(count: u32) -> Self {
        Self { count, taken: BTreeSet::new(), lowest: 1 }
    }

    fn take(&mut self, port: u32) -> bool {
        let free = self.taken.insert(port);
        while self.taken.contains(&self.lowest) {
            self.lowest += 1;
        }
        free
    }

    fn free_from(&self, first: u32) -> Option<u32> {
        let port = if first == 0 && !self.taken.contains(&0) { 0 } else { self.lowest };
        Some(port).filter(|port| *port < self.count)
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
    set.0.insert(index, Ports::new(PORTS));
    Some(index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ParseOptions;

    fn domain(devices: &str) -> Domain {
        let xml = format!(
            "<domain type='qemu'><name>g</name><memory>1</memory><os><type arch='x86_64'>hvm</type></os>\
             <devices>{devices}</devices></domain>"
        );
        Domain::parse(&xml, ParseOptions::default()).unwrap()
    }

    fn channel(address: &str) -> String {
        format!("<channel type='pty'><target type='virtio'/>{address}</channel>")
    }

    fn at(controller: &str, port: &str) -> String {
        channel(&format!("<address type='virtio-serial' controller='{controller}' bus='0' port='{port}'/>"))
    }

    fn ports(domain: &Domain) -> Vec<(u32, u32)> {
        let port = |info: &DeviceInfo| match info.address {
            Some(Address::VirtioSerial { controller, port, .. }) => Some((controller, port?)),
            _ => None,
        };
        domain.devices.channels.iter().filter_map(|channel| port(&channel.info)).collect()
    }

    const CONTROLLER: &str = "<controller type='virtio-serial' index='0' ports='3'/>";

    #[test]
    fn channels_take_free_ports_from_1_and_then_another_controller() {
        let mut it = domain(&[CONTROLLER, &at("0", "1"), &channel(""), &channel("")].concat());
        assign(&mut it).unwrap();
        assert_eq!(ports(&it), [(0, 1), (0, 2), (1, 1)]);
        assert_eq!(it.devices.controllers.len(), 2);
        let once = it.clone();
        assign(&mut it).unwrap();
        assert_eq!(it, once);
    }

    #[test]
    fn a_console_takes_port_0_and_does_not_say_so() {
        let console = "<console type='pty'><target type='virtio'/></console>";
        let mut it = domain(&[CONTROLLER, console, console, &channel("")].concat());
        assign(&mut it).unwrap();
        assert!(it.devices.consoles.iter().all(|console| console.info.address.is_none()));
        assert_eq!(ports(&it), [(0, 2)]);
    }

    #[test]
    fn ports_that_cannot_be_had_are_refused() {
        for (devices, message) in [
            ([at("0", "1"), at("0", "1")], "virtio serial port 1 on controller 0 is already occupied"),
            ([at("0", "3"), channel("")], "virtio serial controller 0 does not have port 3"),
            ([at("7", "1"), channel("")], "virtio serial controller 7 is missing"),
            ([at("7", "0"), channel("")], "virtio-serial controller 7 not available"),
        ] {
            let error = assign(&mut domain(&[CONTROLLER, &devices.concat()].concat())).unwrap_err();
            assert!(error.message().ends_with(message), "{error} / {message}");
        }
    }

    #[test]
    fn many_channels_fill_one_great_controller() {
        let controller = "<controller type='virtio-serial' index='0' ports='2147483647'/>";
        let mut it = domain(&[controller, &channel("").repeat(20_000)].concat());
        assign(&mut it).unwrap();
        assert_eq!(ports(&it).last(), Some(&(0, 20_000)));
    }
}
