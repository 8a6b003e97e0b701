//! The defaults that hold for every hypervisor. Those of one hypervisor, and addresses, are passes of
//! their own which that hypervisor's driver runs after these.

use super::device::Devices;
use super::device::chardev::*;
use super::device::disk::DiskDevice;
use super::device::display::{Video, VideoModel, VideoType};
use super::device::interface::{Mac, MacElement};
use super::device::small::RngModel;
use super::memory::Kib;
use super::os::{Boot, BootDevice, OsType};
use super::{Domain, GenId, LifecycleAction, Placement, validate};
use crate::domain::clock::{Clock, ClockOffset};
use vir_base::{Result, Uuid, err};
use vir_xml::YesNo;

/// Where random choices come from, so that tests can fix them.
pub trait Random {
    /// A new UUID.
    fn uuid(&mut self) -> Uuid;
    /// The last three bytes of a new MAC address.
    fn mac_tail(&mut self) -> [u8; 3];
}

/// From the kernel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kernel;

impl Random for Kernel {
    fn uuid(&mut self) -> Uuid {
        Uuid::random()
    }

    fn mac_tail(&mut self) -> [u8; 3] {
        let Uuid(bytes) = Uuid::random();
        [bytes[0], bytes[1], bytes[2]]
    }
}

/// What differs between hypervisors here.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// First three bytes of MAC addresses that are made up.
    pub mac_prefix: [u8; 3],
    /// A console that is a serial port is listed as both.
    pub mirror_console: bool,
    /// The definition is new: newer defaults may be chosen (`VIR_DOMAIN_DEF_PARSE_ABI_UPDATE`).
    pub abi_update: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { mac_prefix: [0x52, 0x54, 0x00], mirror_console: true, abi_update: false }
    }
}

/// Sets what the document leaves open.
///
/// # Errors
/// What contradicts itself.
pub fn apply(domain: &mut Domain, rules: Rules, random: &mut dyn Random) -> Result<()> {
    identity(domain, random);
    sizes(domain, rules)?;
    lifecycle(domain);
    boot(domain);
    disks(domain)?;
    interfaces(domain, rules, random);
    if rules.mirror_console {
        consoles(domain);
    }
    ports(domain);
    sources(domain);
    videos(domain)?;
    for rng in &mut domain.devices.rngs {
        rng.model.get_or_insert(RngModel::Virtio);
    }
    validate::check(domain)
}

fn identity(domain: &mut Domain, random: &mut dyn Random) {
    if domain.uuid == Uuid::default() {
        domain.uuid = random.uuid();
    }
    if let Some(GenId(id @ None)) = &mut domain.genid {
        *id = Some(random.uuid());
    }
}

fn sizes(domain: &mut Domain, rules: Rules) -> Result<()> {
    let plugged: u64 = domain.devices.memories.iter().map(|memory| memory.size_kib()).sum();
    let numa = domain.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref()).map_or(0, |numa| numa.memory());
    // where the document does not say, or may be changed, the guest's nodes make up its memory
    if numa > 0 && (domain.memory.kib == 0 || rules.abi_update) {
        domain.memory.kib = numa.saturating_add(plugged);
    } else if plugged > domain.memory.kib {
        return Err(err!(Domain, XmlError, "Total size of memory devices exceeds the total memory size"));
    }
    if domain.memory.kib == plugged {
        return Err(err!(
            Domain,
            XmlError,
            "Memory size must be specified via <memory> or in the <numa> configuration"
        ));
    }
    let total = domain.memory.kib;
    let current = domain.current_memory.map_or(total, |m| m.0);
    // more than there is, and none at all, mean all of it
    domain.current_memory = Some(Kib(if current == 0 || current > total { total } else { current }));
    domain.max_memory.take_if(|max| max.kib == 0 && max.slots.is_none());
    if domain.max_memory.as_ref().is_some_and(|max| max.kib == 0 || max.slots.is_none()) {
        return Err(err!(
            Domain,
            XmlError,
            "both maximum memory size and memory slot count must be specified"
        ));
    }
    if let Some(max) = &domain.max_memory
        && max.kib < total
    {
        return Err(err!(
            Domain,
            XmlError,
            "maximum memory size must be equal or greater than the actual memory size"
        ));
    }
    domain.vcpu.maximum.get_or_insert(1);
    domain.vcpu.placement.get_or_insert(Placement::Static);
    if domain.vcpu.current == domain.vcpu.maximum {
        domain.vcpu.current = None;
    }
    if let Some(topology) = domain.cpu.as_ref().and_then(|cpu| cpu.topology.as_ref())
        && topology.count() != u64::from(domain.max_vcpus())
    {
        return Err(err!(Domain, ConfigUnsupported, "CPU topology doesn't match maximum vcpu count"));
    }
    Ok(())
}

fn lifecycle(domain: &mut Domain) {
    domain.on_poweroff.get_or_insert(LifecycleAction::Destroy);
    domain.on_reboot.get_or_insert(LifecycleAction::Restart);
    domain.on_crash.get_or_insert(LifecycleAction::Destroy);
    let clock = domain.clock.get_or_insert_with(Clock::default);
    clock.offset.get_or_insert(ClockOffset::Utc);
}

/// A guest that names nothing to boot from boots from its disk.
fn boot(domain: &mut Domain) {
    let mut ordered = false;
    domain.devices.for_each_info(&mut |info| ordered |= info.boot.is_some());
    if domain.os.os_type() == Some(OsType::Hvm) && domain.os.boot.is_empty() && !ordered {
        domain.os.boot.push(Boot { dev: Some(BootDevice::Hd) });
    }
}

fn disks(domain: &mut Domain) -> Result<()> {
    for disk in &mut domain.devices.disks {
        let device = *disk.device.get_or_insert(DiskDevice::Disk);
        if disk.dst().is_empty() {
            return Err(err!(Domain, NoTarget, "{}", disk.path().unwrap_or("disk")));
        }
        if device == DiskDevice::Cdrom {
            disk.readonly = true;
        }
    }
    Ok(())
}

fn interfaces(domain: &mut Domain, rules: Rules, random: &mut dyn Random) {
    for interface in &mut domain.devices.interfaces {
        let mac = interface.mac.get_or_insert_with(MacElement::default);
        if mac.address.is_none() {
            let [a, b, c] = rules.mac_prefix;
            let [d, e, f] = random.mac_tail();
            mac.address = Some(Mac([a, b, c, d, e, f]));
        }
    }
}

/// The first console is the first serial port: each stands for the other where only one is named.
fn consoles(domain: &mut Domain) {
    let hvm = domain.os.os_type() == Some(OsType::Hvm);
    let Devices { consoles, serials, .. } = &mut domain.devices;
    let kind = |console: &Console| console.target.as_ref().and_then(|target| target.kind);
    let first_is_serial = |consoles: &[Console]| {
        consoles.first().is_some_and(|first| matches!(kind(first), None | Some(ConsoleTargetType::Serial)))
    };
    if hvm && first_is_serial(consoles) && serials.is_empty() {
        let Console { source, info, .. } = consoles[0].clone();
        let target = Some(SerialTarget { port: Some(0), ..SerialTarget::default() });
        serials.push(Serial { source: CharSource { tty: None, ..source }, target, info });
    }
    if hvm && !first_is_serial(consoles) && serials.first().is_some_and(has_console) {
        let target = Some(ConsoleTarget { kind: Some(ConsoleTargetType::Serial), port: None });
        consoles.insert(0, Console { target, ..Console::default() });
    }
    if hvm
        && first_is_serial(consoles)
        && let (Some(console), Some(serial)) = (consoles.first_mut(), serials.first())
    {
        console.source = CharSource { tty: console.source.tty.take(), ..serial.source.clone() };
        console.info = serial.info.clone();
    }
    for (i, console) in consoles.iter_mut().enumerate() {
        let target = console.target.get_or_insert_with(ConsoleTarget::default);
        target.kind.get_or_insert(ConsoleTargetType::Serial);
        target.port = u32::try_from(i).ok();
    }
}

/// Whether a serial port is one that a guest has its console on.
fn has_console(serial: &Serial) -> bool {
    let kind = serial.target.as_ref().and_then(|target| target.kind);
    use SerialTargetType::{IsaSerial, SclpSerial, SpaprVioSerial, SystemSerial};
    matches!(kind, None | Some(IsaSerial | SpaprVioSerial | SystemSerial | SclpSerial))
}

/// A socket that says nothing of who waits is one to connect to; TCP carries plain bytes.
fn sources(domain: &mut Domain) {
    domain.devices.for_each_source_mut(&mut |source| {
        let kind = source.kind();
        let socket = matches!(kind, CharType::Tcp | CharType::Udp | CharType::Unix);
        for end in source.sources.iter_mut().filter(|_| socket) {
            end.mode.get_or_insert(SocketMode::Connect);
        }
        match kind {
            CharType::Tcp => {
                let protocol = source.protocol.get_or_insert_with(ProtocolElement::default);
                protocol.kind.get_or_insert(CharProtocol::Raw);
            }
            _ => source.protocol = None,
        }
        if kind == CharType::Udp {
            source.sources.sort_by_key(|end| end.mode != Some(SocketMode::Bind));
        }
    });
}

/// The primary graphics card is the first; each has one screen, and its memory in powers of two.
fn videos(domain: &mut Domain) -> Result<()> {
    let primary = |video: &Video| video.model.as_ref().is_some_and(|model| model.primary == Some(YesNo::Yes));
    if domain.devices.videos.iter().filter(|video| primary(video)).count() > 1 {
        return Err(err!(Domain, ConfigUnsupported, "Only one primary video device is supported"));
    }
    domain.devices.videos.sort_by_key(|video| !primary(video));
    for (i, video) in domain.devices.videos.iter_mut().enumerate() {
        let Some(model) = &mut video.model else { continue };
        if model.kind == Some(VideoType::None) {
            *model = VideoModel { kind: model.kind, ..VideoModel::default() };
            continue;
        }
        model.primary = (i == 0).then_some(YesNo::Yes);
        model.heads.get_or_insert(1);
        for memory in [&mut model.ram, &mut model.vram] {
            *memory = memory.filter(|kib| *kib > 0).map(|kib| kib.checked_next_power_of_two().unwrap_or(kib));
        }
    }
    Ok(())
}

/// Ports are numbered in their order where the document does not say.
fn ports(domain: &mut Domain) {
    fn fill(ports: Vec<&mut Option<u32>>) {
        let mut next = ports.iter().filter_map(|port| **port).max().map_or(0, |port| port.saturating_add(1));
        for port in ports {
            port.get_or_insert_with(|| {
                next = next.saturating_add(1);
                next - 1
            });
        }
    }
    let hvm = domain.os.os_type() == Some(OsType::Hvm);
    let Devices { serials, parallels, consoles, channels, .. } = &mut domain.devices;
    fill(serials.iter_mut().map(|s| &mut s.target.get_or_insert_default().port).collect());
    fill(parallels.iter_mut().map(|p| &mut p.target.get_or_insert_default().port).collect());
    // a console that is a serial port shows that one's number
    if let (Some(serial), Some(Console { target: Some(target), .. })) =
        (serials.first(), consoles.first_mut())
        && hvm
        && target.kind == Some(ConsoleTargetType::Serial)
    {
        target.port = serial.target.as_ref().and_then(|target| target.port);
    }
    for channel in channels {
        channel.target.get_or_insert_default();
    }
}
