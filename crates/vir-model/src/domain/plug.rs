//! Which device of a domain a document of a device means: the rules by which it is found to be taken away or
//! changed. What is not said is not compared, except where a rule says otherwise.

use super::device::chardev::{Channel, ChannelTargetType, CharSource, CharType, Console, Parallel, Serial};
use super::device::disk::Disk;
use super::device::display::{Input, InputType, Sound};
use super::device::filesystem::Filesystem;
use super::device::hostdev::{Hostdev, HostdevSource};
use super::device::info::{Address, DeviceInfo, PciAddress};
use super::device::interface::Interface;
use super::device::memdev::{MemoryDevice, Shmem};
use super::device::redirect::Redirdev;
use super::device::small::{Lease, Rng, Vsock, Watchdog};
use super::device::{Device, Devices, LoneDevice};
use vir_base::{Result, bail};

/// Where the device that `wanted` means stands among those of its family; `None` if it is not there.
///
/// # Errors
/// `VIR_ERR_OPERATION_FAILED`: several interfaces are meant. `VIR_ERR_DEVICE_MISSING`: no interface is.
pub fn find(devices: &Devices, wanted: &LoneDevice) -> Result<Option<usize>> {
    Ok(match wanted {
        LoneDevice::Disk(disk) => disk_by_name(&devices.disks, disk.dst(), false),
        LoneDevice::Interface(net) => Some(interface(&devices.interfaces, net)?),
        LoneDevice::Lease(lease) => devices.leases.iter().position(|known| same_lease(lease, known)),
        LoneDevice::Controller(controller) => devices
            .controllers
            .iter()
            .position(|known| known.kind == controller.kind && known.index == controller.index),
        LoneDevice::Sound(sound) => devices.sounds.iter().position(|known| same_sound(sound, known)),
        LoneDevice::Hostdev(hostdev) => {
            devices.hostdevs.iter().position(|known| same_hostdev(hostdev, known))
        }
        LoneDevice::Serial(serial) => devices.serials.iter().position(|known| same_serial(serial, known)),
        LoneDevice::Parallel(port) => devices.parallels.iter().position(|known| same_parallel(port, known)),
        LoneDevice::Console(console) => {
            devices.consoles.iter().position(|known| same_console(console, known))
        }
        LoneDevice::Channel(channel) => {
            devices.channels.iter().position(|known| same_channel(channel, known))
        }
        LoneDevice::Input(input) => devices.inputs.iter().position(|known| same_input(input, known)),
        LoneDevice::Filesystem(fs) => devices.filesystems.iter().position(|known| same_filesystem(fs, known)),
        LoneDevice::Watchdog(dog) => devices.watchdogs.iter().position(|known| same_watchdog(dog, known)),
        LoneDevice::Rng(rng) => devices.rngs.iter().position(|known| same_rng(rng, known)),
        LoneDevice::Redirdev(dev) => devices.redirdevs.iter().position(|known| same_redirdev(dev, known)),
        LoneDevice::Shmem(shmem) => devices.shmems.iter().position(|known| same_shmem(shmem, known)),
        LoneDevice::Memory(memory) => memory_device(&devices.memories, memory),
        LoneDevice::Vsock(vsock) => devices.vsock.iter().position(|known| same_vsock(vsock, known)),
        LoneDevice::Graphics(graphics) => {
            devices.graphics.iter().position(|known| known.kind == graphics.kind)
        }
        other => Some(0).filter(|_| other.count(devices) > 0),
    })
}

/// A disk by its target, or by its source where the name begins with a slash; one source that several disks have
/// means none of them, unless the first will do.
pub fn disk_by_name(disks: &[Disk], name: &str, first_will_do: bool) -> Option<usize> {
    if !name.starts_with('/') {
        return disks.iter().position(|disk| disk.dst() == name);
    }
    let mut found = (0..disks.len()).filter(|at| disks[*at].path() == Some(name));
    let first = found.next()?;
    (first_will_do || found.next().is_none()).then_some(first)
}

/// The device of an alias; consoles that stand for serial ports are not meant, the ports are.
pub fn by_alias<'a>(devices: &'a Devices, alias: &str) -> Option<Device<'a>> {
    devices
        .each()
        .into_iter()
        .find(|device| device.info().and_then(|info| info.alias.as_deref()) == Some(alias))
}

/// A place on the PCI bus, as it is compared.
fn pci_place(pci: &PciAddress) -> (u32, u32, u32, u32) {
    (pci.domain, pci.bus, pci.slot, pci.function)
}

/// Whether two addresses are the same place.
pub fn same_place(a: &Address, b: &Address) -> bool {
    match (a, b) {
        (Address::Pci(a), Address::Pci(b)) => pci_place(a) == pci_place(b),
        (a, b) => a == b,
    }
}

/// What is said of a place is so.
fn place_fits(wanted: &DeviceInfo, known: &DeviceInfo) -> bool {
    match (&wanted.address, &known.address) {
        (None, _) => true,
        (Some(wanted), Some(known)) => same_place(wanted, known),
        (Some(_), None) => false,
    }
}

fn alias_fits(wanted: &DeviceInfo, known: &DeviceInfo) -> bool {
    wanted.alias.is_none() || wanted.alias == known.alias
}

/// An interface is meant by its MAC address, its place and its alias, as far as they are said.
fn interface(interfaces: &[Interface], wanted: &Interface) -> Result<usize> {
    let mac = wanted.mac.as_ref().and_then(|mac| mac.address);
    let pci = wanted.info.pci();
    let ccw = match &wanted.info.address {
        Some(Address::Ccw(Some(ccw))) => Some(ccw),
        _ => None,
    };
    let fits = |known: &&Interface| {
        let known_pci = match &known.info.address {
            Some(Address::Pci(pci)) => *pci,
            _ => PciAddress::default(),
        };
        mac.is_none_or(|mac| known.mac() == mac)
            && pci.is_none_or(|pci| pci_place(pci) == pci_place(&known_pci))
            && ccw
                .is_none_or(|ccw| matches!(&known.info.address, Some(Address::Ccw(Some(own))) if own == ccw))
            && (wanted.info.alias.is_none()
                || known.info.alias.is_none()
                || wanted.info.alias == known.info.alias)
    };
    let mut found = interfaces.iter().enumerate().filter(|(_, known)| fits(known)).map(|(at, _)| at);
    match (found.next(), found.next(), mac) {
        (Some(at), None, _) => Ok(at),
        (Some(_), Some(_), Some(mac)) => {
            bail!(Domain, OperationFailed, "multiple devices matching MAC address {mac} found")
        }
        (Some(_), Some(_), None) => bail!(Domain, OperationFailed, "multiple matching devices found"),
        (None, ..) => {
            let null = || "(<null>)".to_owned();
            let place = match (ccw, pci) {
                (Some(ccw), _) => format!("{:x}.{:x}.{:04x}", ccw.cssid, ccw.ssid, ccw.devno),
                (None, Some(pci)) => {
                    format!("{:04x}:{:02x}:{:02x}.{}", pci.domain, pci.bus, pci.slot, pci.function)
                }
                (None, None) => null(),
            };
            let mac = mac.map_or_else(null, |mac| mac.to_string());
            let alias = wanted.info.alias.clone().unwrap_or_else(null);
            bail!(
                Domain,
                DeviceMissing,
                "no device found at address '{place}' matching MAC address '{mac}' and alias '{alias}'"
            )
        }
    }
}

/// A lease is meant by its key, and its lock space if it is in one.
fn same_lease(wanted: &Lease, known: &Lease) -> bool {
    wanted.key == known.key && wanted.lockspace == known.lockspace
}

fn same_sound(wanted: &Sound, known: &Sound) -> bool {
    wanted.model == known.model
        && wanted.codecs == known.codecs
        && wanted.multichannel == known.multichannel
        && wanted.streams == known.streams
        && place_fits(&wanted.info, &known.info)
}

/// A USB device is meant by where it is, or else by what it is.
fn same_hostdev(wanted: &Hostdev, known: &Hostdev) -> bool {
    if wanted.mode != known.mode || wanted.kind != known.kind {
        return false;
    }
    match (&wanted.source, &known.source) {
        (Some(HostdevSource::Usb(wanted)), Some(HostdevSource::Usb(known))) => match wanted.place {
            Some(place) => known.place == Some(place),
            None => wanted.id == known.id,
        },
        (Some(HostdevSource::Pci(wanted)), Some(HostdevSource::Pci(known))) => {
            pci_place(&wanted.address) == pci_place(&known.address)
        }
        (Some(HostdevSource::Iscsi(wanted)), Some(HostdevSource::Iscsi(known))) => {
            wanted.name == known.name && wanted.host == known.host
        }
        (wanted, known) => wanted == known,
    }
}

/// Two ends on the host are the same; what only a running guest's has counts too.
pub fn same_source(a: &CharSource, b: &CharSource) -> bool {
    if a.kind() != b.kind() {
        return false;
    }
    let end = |source: &CharSource, at: usize| source.sources.get(at).cloned().unwrap_or_default();
    let (x, y) = (end(a, 0), end(b, 0));
    match a.kind() {
        CharType::File => x.path == y.path && x.append == y.append,
        CharType::Pty | CharType::Dev | CharType::Pipe => x.path == y.path,
        CharType::Nmdm => x.master == y.master && x.slave == y.slave,
        CharType::Udp => {
            let (p, q) = (end(a, 1), end(b, 1));
            (x.host, x.service, x.mode, p.host, p.service) == (y.host, y.service, y.mode, q.host, q.service)
        }
        CharType::Tcp => {
            let protocol = |source: &CharSource| source.protocol.clone();
            (x.mode, x.host, x.service, x.reconnect) == (y.mode, y.host, y.service, y.reconnect)
                && protocol(a) == protocol(b)
        }
        CharType::Unix => (x.mode, x.path, x.reconnect) == (y.mode, y.path, y.reconnect),
        CharType::Spiceport | CharType::Dbus => x.channel == y.channel,
        CharType::QemuVdagent => x.clipboard == y.clipboard && x.mouse == y.mouse,
        _ => true,
    }
}

fn same_serial(wanted: &Serial, known: &Serial) -> bool {
    let kind = |serial: &Serial| serial.target.as_ref().and_then(|target| target.kind);
    let port = |serial: &Serial| serial.target.as_ref().and_then(|target| target.port);
    same_source(&wanted.source, &known.source) && kind(wanted) == kind(known) && port(wanted) == port(known)
}

fn same_parallel(wanted: &Parallel, known: &Parallel) -> bool {
    let port = |parallel: &Parallel| parallel.target.as_ref().and_then(|target| target.port);
    same_source(&wanted.source, &known.source) && port(wanted) == port(known)
}

fn same_console(wanted: &Console, known: &Console) -> bool {
    let port = |console: &Console| console.target.as_ref().and_then(|target| target.port);
    same_source(&wanted.source, &known.source) && port(wanted) == port(known)
}

fn same_channel(wanted: &Channel, known: &Channel) -> bool {
    let (a, b) = (wanted.target.clone().unwrap_or_default(), known.target.clone().unwrap_or_default());
    if a.kind != b.kind || !same_source(&wanted.source, &known.source) {
        return false;
    }
    match a.kind {
        Some(ChannelTargetType::Guestfwd) => (a.address, a.port) == (b.address, b.port),
        _ => a.name == b.name,
    }
}

fn same_input(wanted: &Input, known: &Input) -> bool {
    let evdev = |input: &Input| input.source.as_ref().and_then(|source| source.evdev.clone());
    wanted.kind == known.kind
        && wanted.bus == known.bus
        && (wanted.kind != Some(InputType::Passthrough) || evdev(wanted) == evdev(known))
        && place_fits(&wanted.info, &known.info)
}

fn same_filesystem(wanted: &Filesystem, known: &Filesystem) -> bool {
    (wanted.dst().is_empty() || wanted.dst() == known.dst())
        && place_fits(&wanted.info, &known.info)
        && alias_fits(&wanted.info, &known.info)
}

fn same_watchdog(wanted: &Watchdog, known: &Watchdog) -> bool {
    wanted.model == known.model
        && wanted.action == known.action
        && place_fits(&wanted.info, &known.info)
        && alias_fits(&wanted.info, &known.info)
}

fn same_rng(wanted: &Rng, known: &Rng) -> bool {
    let rate = |rng: &Rng| rng.rate.as_ref().map(|rate| (rate.bytes, rate.period)).unwrap_or_default();
    let (a, b) = (wanted.backend.clone().unwrap_or_default(), known.backend.clone().unwrap_or_default());
    let sources = match (&a.source, &b.source) {
        (Some(a), Some(b)) => same_source(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    wanted.model == known.model
        && rate(wanted) == rate(known)
        && a.model == b.model
        && a.path == b.path
        && sources
        && place_fits(&wanted.info, &known.info)
}

fn same_redirdev(wanted: &Redirdev, known: &Redirdev) -> bool {
    wanted.bus == known.bus
        && same_source(&wanted.source, &known.source)
        && place_fits(&wanted.info, &known.info)
        && alias_fits(&wanted.info, &known.info)
}

fn same_shmem(wanted: &Shmem, known: &Shmem) -> bool {
    wanted.name == known.name
        && wanted.size == known.size
        && wanted.model == known.model
        && wanted.role == known.role
        && wanted.server == known.server
        && wanted.msi == known.msi
        && place_fits(&wanted.info, &known.info)
}

/// Plugged memory is meant by its place and alias if they are said, and always by what it is.
fn memory_device(memories: &[MemoryDevice], wanted: &MemoryDevice) -> Option<usize> {
    let target = |memory: &MemoryDevice| {
        let target = memory.target.clone().unwrap_or_default();
        (target.size, target.node, target.block, target.requested, target.address)
    };
    let source = |memory: &MemoryDevice| {
        let source = memory.source.clone().unwrap_or_default();
        (source.path, source.nodemask, source.pagesize)
    };
    let fits = |known: &MemoryDevice| {
        alias_fits(&wanted.info, &known.info)
            && wanted.model == known.model
            && target(wanted) == target(known)
            && source(wanted) == source(known)
    };
    let exact = |known: &MemoryDevice| place_fits(&wanted.info, &known.info) && fits(known);
    memories.iter().position(exact)
}

fn same_vsock(wanted: &Vsock, known: &Vsock) -> bool {
    let auto = |vsock: &Vsock| vsock.cid.as_ref().and_then(|cid| cid.auto);
    wanted.model == known.model && auto(wanted) == auto(known) && place_fits(&wanted.info, &known.info)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Domain, ParseOptions};

    fn device(xml: &str) -> LoneDevice {
        Domain::parse_device(xml, ParseOptions::default()).unwrap()
    }

    fn devices(all: &[&str]) -> Devices {
        let mut devices = Devices::default();
        all.iter().for_each(|xml| device(xml).push_to(&mut devices));
        devices
    }

    fn message(result: Result<Option<usize>>) -> String {
        result.unwrap_err().data().str2.clone().unwrap_or_default()
    }

    #[test]
    fn a_disk_is_meant_by_its_target_or_a_source_that_is_its_alone() {
        let all = devices(&[
            "<disk><source file='/a'/><target dev='vda'/></disk>",
            "<disk><source file='/b'/><target dev='vdb'/></disk>",
            "<disk><source file='/b'/><target dev='vdc'/></disk>",
        ]);
        let at = |name: &str, first| disk_by_name(&all.disks, name, first);
        assert_eq!((at("vdb", false), at("/a", false), at("vdz", false)), (Some(1), Some(0), None));
        assert_eq!((at("/b", false), at("/b", true)), (None, Some(1)));
    }

    #[test]
    fn an_interface_is_meant_by_what_is_said_of_it() {
        let net = |mac: &str, slot: u32| {
            format!(
                "<interface type='user'><mac address='{mac}'/><address type='pci' bus='0' slot='{slot}'/></interface>"
            )
        };
        let one = net("52:54:00:00:00:01", 3);
        let all = devices(&[&one, &net("52:54:00:00:00:02", 4), &net("52:54:00:00:00:02", 5)]);
        let find = |xml: &str| find(&all, &device(xml));
        let by_mac = |mac: &str| format!("<interface type='user'><mac address='{mac}'/></interface>");
        assert_eq!(find(&by_mac("52:54:00:00:00:01")).unwrap(), Some(0));
        assert_eq!(find(&net("52:54:00:00:00:02", 5)).unwrap(), Some(2));
        assert_eq!(
            message(find(&by_mac("52:54:00:00:00:02"))),
            "multiple devices matching MAC address 52:54:00:00:00:02 found"
        );
        assert_eq!(message(find("<interface type='user'/>")), "multiple matching devices found");
        assert_eq!(
            message(find(&by_mac("52:54:00:00:00:09"))),
            "no device found at address '(<null>)' matching MAC address '52:54:00:00:00:09' and alias '(<null>)'"
        );
    }

    #[test]
    fn a_document_that_is_no_device_is_refused() {
        for name in ["emulator", "memory2", "redirfilter"] {
            let error = Domain::parse_device(&format!("<{name}/>"), ParseOptions::default()).unwrap_err();
            assert_eq!(error.data().str2.as_deref(), Some(format!("unknown device type '{name}'").as_str()));
        }
    }

    #[test]
    fn of_what_there_is_one_at_most_it_takes_the_place() {
        let mut all = devices(&["<vsock model='virtio'><cid auto='yes'/></vsock>"]);
        let vsock = device("<vsock model='virtio'><cid auto='yes'/></vsock>");
        assert_eq!(find(&all, &vsock).unwrap(), Some(0));
        assert_eq!(
            find(&all, &device("<vsock model='virtio'><cid auto='no' address='4'/></vsock>")).unwrap(),
            None
        );
        assert_eq!(vsock.take_peer(&mut all, 0), Some(vsock.clone()));
        assert_eq!(all, Devices::default());
    }
}
