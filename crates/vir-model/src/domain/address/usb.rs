//! USB ports: of controllers, and of the hubs that hang on them.

use crate::domain::Domain;
use crate::domain::device::Devices;
use crate::domain::device::chardev::SerialTargetType;
use crate::domain::device::controller::{Controller, ControllerType};
use crate::domain::device::disk::DiskBus;
use crate::domain::device::display::{InputBus, SoundModel};
use crate::domain::device::filesystem::FsDriverType;
use crate::domain::device::hostdev::HostdevSource;
use crate::domain::device::info::{Address, DeviceInfo};
use crate::domain::device::redirect::RedirdevBus;
use crate::domain::device::small::Hub;
use std::collections::BTreeMap;
use vir_base::{Result, bail};

/// Ports of a hub.
const HUB_PORTS: usize = 8;

/// Hubs in a row that lead to a device, with the controller.
const DEPTH: usize = 4;

/// A controller or a hub.
#[derive(Debug, Default)]
struct Ports(Vec<Port>);

/// What hangs on a port.
#[derive(Debug, Default)]
enum Port {
    #[default]
    Free,
    Device,
    Hub(Ports),
}

impl Ports {
    fn new(count: usize) -> Self {
        Self((0..count).map(|_| Port::Free).collect())
    }

    /// The way to a free port: one here, or on the first hub that has one.
    fn free(&self, depth: usize) -> Option<Vec<u32>> {
        if let Some(at) = self.0.iter().position(|port| matches!(port, Port::Free)) {
            return Some(vec![at as u32 + 1]);
        }
        if depth + 1 >= DEPTH {
            return None;
        }
        (1..).zip(&self.0).find_map(|(number, port)| match port {
            Port::Hub(hub) => {
                let mut way = vec![number];
                way.extend(hub.free(depth + 1)?);
                Some(way)
            }
            _ => None,
        })
    }
}

/// How many ports a controller has for devices.
fn ports_of(controller: &Controller) -> usize {
    let own = controller.ports.map(|ports| ports as usize);
    match controller.model.as_deref() {
        None | Some("piix3-uhci" | "piix4-uhci" | "vt82c686b-uhci") => 2,
        Some("ehci" | "ich9-ehci1") => 6,
        Some("pci-ohci") => 3,
        Some("nec-xhci" | "qemu-xhci") => own.unwrap_or(4),
        Some("qusb1" | "qusb2") => own.unwrap_or(8),
        // companions bring none of their own
        _ => 0,
    }
}

/// All controllers by their index.
#[derive(Debug, Default)]
struct Buses(BTreeMap<u32, Ports>);

fn numbers(port: &str) -> Vec<u32> {
    port.split('.').filter_map(|number| number.parse().ok()).take_while(|number| *number > 0).collect()
}

impl Buses {
    fn of(devices: &Devices) -> Result<Self> {
        let mut buses = Self::default();
        for controller in devices.controllers.iter().filter(|c| c.is(ControllerType::Usb)) {
            let count = ports_of(controller);
            if count > 0 && buses.0.insert(controller.index(), Ports::new(count)).is_some() {
                bail!(Domain, XmlError, "Duplicate USB controllers with index {}", controller.index());
            }
        }
        for hub in devices.hubs.iter().filter(|hub| is_complete(&hub.info)) {
            buses.add_hub(&hub.info)?;
        }
        Ok(buses)
    }

    /// The port that an address means.
    fn port(&mut self, bus: u32, text: &str) -> Result<&mut Port> {
        let Some(mut ports) = self.0.get_mut(&bus) else {
            bail!(Domain, XmlError, "Missing USB bus {bus}");
        };
        let way = numbers(text);
        let Some((last, hubs)) = way.split_last() else {
            bail!(Domain, XmlError, "Missing USB bus {bus}");
        };
        for number in hubs {
            ports = match ports.0.get_mut(*number as usize - 1) {
                None => {
                    bail!(
                        Domain,
                        XmlError,
                        "port {number} out of range in USB address bus: {bus} port: {text}"
                    )
                }
                Some(Port::Hub(hub)) => hub,
                Some(_) => bail!(
                    Domain,
                    XmlError,
                    "there is no hub at port {number} in USB address bus: {bus} port: {text}"
                ),
            };
        }
        match ports.0.get_mut(*last as usize - 1) {
            Some(port) => Ok(port),
            None => bail!(Domain, XmlError, "requested USB port {text} not present on USB bus {bus}"),
        }
    }

    fn add_hub(&mut self, info: &DeviceInfo) -> Result<()> {
        let Some(Address::Usb { bus, port: Some(port) }) = &info.address else {
            bail!(Domain, XmlError, "Wrong address type for USB hub");
        };
        let place = self.port(*bus, port)?;
        if matches!(place, Port::Hub(_)) {
            bail!(Domain, XmlError, "Duplicate USB hub on bus {bus} port {port}");
        }
        *place = Port::Hub(Ports::new(HUB_PORTS));
        Ok(())
    }

    fn take(&mut self, info: &DeviceInfo) -> Result<()> {
        let Some(Address::Usb { bus, port: Some(port) }) = &info.address else { return Ok(()) };
        if numbers(port).is_empty() {
            return Ok(());
        }
        match self.port(*bus, port)? {
            place @ Port::Free => *place = Port::Device,
            _ => bail!(Domain, XmlError, "Duplicate USB address bus {bus} port {port}"),
        }
        Ok(())
    }

    fn place(&mut self, info: &mut DeviceInfo) -> Result<()> {
        let found = match &info.address {
            Some(Address::Usb { bus, .. }) => {
                let Some(ports) = self.0.get(bus) else {
                    bail!(
                        Domain,
                        XmlError,
                        "USB bus {bus} requested but no controller with that index is present"
                    );
                };
                ports.free(0).map(|way| (*bus, way))
            }
            _ => self.0.iter().find_map(|(bus, ports)| Some((*bus, ports.free(0)?))),
        };
        let Some((bus, way)) = found else { bail!(Domain, InternalError, "No free USB ports") };
        let port: Vec<String> = way.iter().map(u32::to_string).collect();
        info.address = Some(Address::Usb { bus, port: Some(port.join(".")) });
        self.take(info)
    }
}

fn is_complete(info: &DeviceInfo) -> bool {
    matches!(&info.address, Some(Address::Usb { port: Some(port), .. }) if !numbers(port).is_empty())
}

/// A port is to be chosen.
fn is_open(info: &DeviceInfo) -> bool {
    matches!(info.address, None | Some(Address::Usb { .. })) && !is_complete(info)
}

/// Calls `f` with the common part of every USB device that is no hub, in the order in which they get their ports.
fn each_device(devices: &mut Devices, f: &mut dyn FnMut(&mut DeviceInfo)) {
    let it = devices;
    it.disks.iter_mut().filter(|d| d.bus() == Some(DiskBus::Usb)).for_each(|d| f(&mut d.info));
    it.interfaces.iter_mut().filter(|d| d.model() == Some("usb-net")).for_each(|d| f(&mut d.info));
    it.sounds.iter_mut().filter(|d| d.model == Some(SoundModel::Usb)).for_each(|d| f(&mut d.info));
    let usb = |source: &Option<HostdevSource>| matches!(source, Some(HostdevSource::Usb(_)));
    it.hostdevs.iter_mut().filter(|d| usb(&d.source)).for_each(|d| f(&mut d.info));
    it.controllers.iter_mut().filter(|d| d.is(ControllerType::Ccid)).for_each(|d| f(&mut d.info));
    let serial = |kind: Option<SerialTargetType>| kind == Some(SerialTargetType::UsbSerial);
    let serials = it.serials.iter_mut().filter(|d| serial(d.target.as_ref().and_then(|t| t.kind)));
    serials.for_each(|d| f(&mut d.info));
    it.inputs.iter_mut().filter(|d| d.bus == Some(InputBus::Usb)).for_each(|d| f(&mut d.info));
    let mtp = |driver: Option<FsDriverType>| driver == Some(FsDriverType::Mtp);
    let filesystems = it.filesystems.iter_mut();
    filesystems.filter(|d| mtp(d.driver.as_ref().and_then(|d| d.kind))).for_each(|d| f(&mut d.info));
    it.redirdevs.iter_mut().filter(|d| d.bus == Some(RedirdevBus::Usb)).for_each(|d| f(&mut d.info));
}

/// Gives USB devices their ports, and adds hubs where there are too few. A definition that is not new keeps what it
/// has as long as any device is without a port: its guest has found them on its own.
///
/// # Errors
/// Devices on a bus that there is not, or at the same port.
pub fn assign(domain: &mut Domain, new: bool) -> Result<()> {
    let devices = &mut domain.devices;
    let (mut count, mut complete) = (0, true);
    each_device(devices, &mut |info| {
        count += 1;
        complete &= is_complete(info);
    });
    count += devices.hubs.len();
    complete &= devices.hubs.iter().all(|hub| is_complete(&hub.info));
    if !new && !complete {
        return Ok(());
    }
    let usb = || devices.controllers.iter().filter(|c| c.is(ControllerType::Usb));
    let ports = usb().map(ports_of).sum::<usize>() + devices.hubs.len() * HUB_PORTS;
    if count > 0 && !usb().any(|c| c.model.as_deref() != Some("none")) {
        bail!(
            Qemu,
            ConfigUnsupported,
            "USB is disabled for this domain, but USB devices are present in the domain XML"
        );
    }
    if count > ports {
        // each hub takes a port and brings eight
        for _ in 0..(count - ports + 1).div_ceil(HUB_PORTS - 1) {
            devices.hubs.push(Hub::default());
        }
    }
    let mut buses = Buses::of(devices)?;
    let mut result = Ok(());
    each_device(devices, &mut |info| {
        if result.is_ok() {
            result = buses.take(info);
        }
    });
    result?;
    for hub in devices.hubs.iter_mut().filter(|hub| !is_complete(&hub.info)) {
        buses.place(&mut hub.info)?;
        let place = DeviceInfo { address: hub.info.address.clone(), ..DeviceInfo::default() };
        buses.add_hub(&place)?;
    }
    let mut result = Ok(());
    each_device(devices, &mut |info| {
        if result.is_ok() && is_open(info) {
            result = buses.place(info);
        }
    });
    result
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

    fn tablet(address: &str) -> String {
        format!("<input type='tablet' bus='usb'>{address}</input>")
    }

    fn at(bus: &str, port: &str) -> String {
        tablet(&format!("<address type='usb' bus='{bus}' port='{port}'/>"))
    }

    fn ports(domain: &mut Domain) -> Vec<String> {
        let mut found = Vec::new();
        each_device(&mut domain.devices, &mut |info| {
            if let Some(Address::Usb { bus, port: Some(port) }) = &info.address {
                found.push(format!("{bus}:{port}"));
            }
        });
        found
    }

    const UHCI: &str = "<controller type='usb' index='0' model='piix3-uhci'/>";

    #[test]
    fn free_ports_are_taken_in_turn() {
        let xhci = "<controller type='usb' index='1' model='qemu-xhci' ports='15'/>";
        let mut it = domain(&[UHCI, xhci, &at("0", "1"), &tablet(""), &tablet(""), &tablet("")].concat());
        assign(&mut it, true).unwrap();
        assert_eq!(ports(&mut it), ["0:1", "0:2", "1:1", "1:2"]);
        let once = it.clone();
        assign(&mut it, true).unwrap();
        assert_eq!(it, once);
    }

    #[test]
    fn a_hub_comes_in_where_ports_are_too_few() {
        let mut it = domain(&[UHCI, &tablet("").repeat(3)].concat());
        assign(&mut it, true).unwrap();
        assert_eq!(ports(&mut it), ["0:2", "0:1.1", "0:1.2"]);
        assert_eq!(it.devices.hubs.len(), 1);
    }

    #[test]
    fn a_definition_that_is_not_new_keeps_what_it_has() {
        let mut it = domain(&[UHCI, &tablet("").repeat(3)].concat());
        assign(&mut it, false).unwrap();
        assert!(ports(&mut it).is_empty() && it.devices.hubs.is_empty());
    }

    #[test]
    fn ports_that_cannot_be_had_are_refused() {
        let disk = || "<disk><target dev='sda' bus='usb'/></disk>".to_owned();
        let off = "<controller type='usb' index='0' model='none'/>";
        for (controllers, devices, message) in [
            (UHCI, [at("0", "1"), at("0", "1")], "Duplicate USB address bus 0 port 1"),
            (UHCI, [at("0", "3"), tablet("")], "requested USB port 3 not present on USB bus 0"),
            (UHCI, [at("4", "1"), tablet("")], "Missing USB bus 4"),
            (UHCI, [at("0", "1.1"), tablet("")], "there is no hub at port 1 in USB address bus: 0 port: 1.1"),
            (off, [disk(), String::new()], "USB is disabled for this domain, but USB devices are present"),
        ] {
            let error = assign(&mut domain(&[controllers, &devices.concat()].concat()), true).unwrap_err();
            assert!(error.message().contains(message), "{error} / {message}");
        }
    }

    #[test]
    fn there_is_an_end_to_hubs() {
        let error = assign(&mut domain(&[UHCI, &tablet("").repeat(20_000)].concat()), true).unwrap_err();
        assert!(error.message().ends_with("No free USB ports"), "{error}");
    }
}
