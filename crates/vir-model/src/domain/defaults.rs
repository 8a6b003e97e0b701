//! The defaults that hold for every hypervisor. Those of one hypervisor, and addresses, are passes of
//! their own which that hypervisor's driver runs after these.

use super::device::chardev::*;
use super::device::interface::{Mac, MacElement};
use super::device::{Device, Devices};
use super::os::OsType;
use super::sysinfo::Sysinfo;
use super::{Domain, GenId, LifecycleAction, pass, validate};
use crate::domain::clock::{Clock, ClockOffset};
use vir_base::{Result, Uuid, err};

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

/// What a hypervisor adds to the passes that are common to all. Each is run as often as it takes: done twice, the
/// second time changes nothing.
pub trait Hypervisor {
    /// What differs in the common passes.
    fn rules(&self) -> Rules {
        Rules::default()
    }

    /// The machine and its processor, and the devices that it has without being asked.
    ///
    /// # Errors
    /// What this hypervisor cannot do, and what contradicts itself.
    fn machine(&self, _domain: &mut Domain) -> Result<()> {
        Ok(())
    }

    /// What is left open about each device, before the common passes settle the rest.
    ///
    /// # Errors
    /// As for [`Hypervisor::machine`].
    fn devices(&self, _domain: &mut Domain) -> Result<()> {
        Ok(())
    }

    /// Where each device sits, and the controllers that these places are on.
    ///
    /// # Errors
    /// There is no place for a device, or two want the same.
    fn place(&self, _domain: &mut Domain) -> Result<()> {
        Ok(())
    }

    /// What this hypervisor refuses of a whole definition.
    ///
    /// # Errors
    /// As for [`Hypervisor::machine`].
    fn check(&self, _domain: &Domain) -> Result<()> {
        Ok(())
    }

    /// What this hypervisor refuses of one device.
    ///
    /// # Errors
    /// As for [`Hypervisor::machine`].
    fn check_device(&self, _domain: &Domain, _device: Device<'_>) -> Result<()> {
        Ok(())
    }
}

/// No hypervisor's own passes.
impl Hypervisor for Rules {
    fn rules(&self) -> Rules {
        *self
    }
}

/// Sets what the document leaves open, and checks the whole.
///
/// # Errors
/// What contradicts itself.
pub fn apply(domain: &mut Domain, rules: Rules, random: &mut dyn Random) -> Result<()> {
    complete(domain, &rules, random)
}

/// Sets what the document leaves open as a hypervisor has it, and checks the whole.
///
/// # Errors
/// What contradicts itself, and what the hypervisor refuses.
pub fn complete(domain: &mut Domain, hypervisor: &dyn Hypervisor, random: &mut dyn Random) -> Result<()> {
    settle(domain, hypervisor, random)?;
    validate::check_for(domain, hypervisor)
}

/// As [`complete`], for a definition that was accepted once: it must not vanish because less is accepted now.
///
/// # Errors
/// What cannot be completed.
pub fn settle(domain: &mut Domain, hypervisor: &dyn Hypervisor, random: &mut dyn Random) -> Result<()> {
    let rules = hypervisor.rules();
    // libvirt 8.6 to 9.1 sent guests on their way with features of a choice that was made, and not the choice
    if !rules.abi_update && domain.os.firmware.is_none() {
        domain.os.firmware_features = None;
    }
    identity(domain, random)?;
    pass::disks::name(domain);
    interfaces(domain, rules, random);
    hypervisor.machine(domain)?;
    serial_places(domain)?;
    hypervisor.devices(domain)?;
    pass::disks::settle(domain)?;
    ports(domain);
    pass::devices::settle(domain, random)?;
    pass::processors::settle(domain)?;
    pass::memory::settle(domain, rules.abi_update)?;
    lifecycle(domain);
    pass::boot::settle(domain)?;
    pass::timers::check(domain)?;
    consoles(domain, rules.mirror_console);
    pass::controllers::add_implicit(domain);
    pass::videos::add_implicit(domain);
    // what has come in since is as open as what came with the document
    hypervisor.devices(domain)?;
    pass::videos::settle(domain);
    hypervisor.place(domain)?;
    if rules.mirror_console {
        consoles(domain, true);
    }
    Ok(())
}

/// A name that is made up is made up once: what the firmware says is the domain's own.
fn identity(domain: &mut Domain, random: &mut dyn Random) -> Result<()> {
    let said = domain.sysinfo.iter().find_map(|sysinfo| match sysinfo {
        Sysinfo::Smbios(smbios) => smbios.uuid(),
        Sysinfo::Fwcfg(_) => None,
    });
    if domain.uuid == Uuid::default() {
        domain.uuid = said.unwrap_or_else(|| random.uuid());
    } else if said.is_some_and(|said| said != domain.uuid) {
        return Err(err!(Domain, XmlDetail, "UUID mismatch between <uuid> and <sysinfo>"));
    }
    if let Some(GenId(id @ None)) = &mut domain.genid {
        *id = Some(random.uuid());
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

fn interfaces(domain: &mut Domain, rules: Rules, random: &mut dyn Random) {
    for interface in &mut domain.devices.interfaces {
        let mac = interface.mac.get_or_insert_with(MacElement::default);
        if mac.address.is_none() {
            let [a, b, c] = rules.mac_prefix;
            let [d, e, f] = random.mac_tail();
            mac.address = Some(Mac([a, b, c, d, e, f]));
        }
        if let Some(port) = &mut interface.virtualport {
            port.identify(|| random.uuid());
        }
    }
}

/// The first console is the first serial port: each stands for the other where only one is named.
fn consoles(domain: &mut Domain, mirror: bool) {
    let hvm = mirror && domain.os.os_type() == Some(OsType::Hvm);
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
    // a console that is a serial port shows that one's number
    if let (Some(serial), Some(Console { target: Some(target), .. })) =
        (serials.first(), consoles.first_mut())
        && hvm
        && target.kind == Some(ConsoleTargetType::Serial)
    {
        target.port = serial.target.as_ref().and_then(|target| target.port);
    }
}

/// Whether a serial port is one that a guest has its console on.
fn has_console(serial: &Serial) -> bool {
    let kind = serial.target.as_ref().and_then(|target| target.kind);
    use SerialTargetType::{IsaSerial, SclpSerial, SpaprVioSerial, SystemSerial};
    matches!(kind, None | Some(IsaSerial | SpaprVioSerial | SystemSerial | SclpSerial))
}

/// The four ports of a PC.
fn serial_places(domain: &mut Domain) -> Result<()> {
    let x86 = matches!(domain.os.arch(), "x86_64" | "i686");
    let mut used: Vec<u32> = vec![];
    let kind = |serial: &Serial| serial.target.as_ref().and_then(|target| target.kind);
    let debug = |serial: &Serial| kind(serial) == Some(SerialTargetType::IsaDebug);
    if !x86 && domain.devices.serials.iter().any(debug) {
        return Err(err!(Domain, ConfigUnsupported, "isa-debug serial type only valid on x86 architecture"));
    }
    let isa = |serial: &&mut Serial| kind(serial) == Some(SerialTargetType::IsaSerial);
    let serials: Vec<&mut Serial> = domain.devices.serials.iter_mut().filter(isa).collect();
    let too_many = serials.len() > 4;
    let ports = serials.iter().filter_map(|serial| serial.target.as_ref().and_then(|target| target.port));
    for port in ports {
        if port >= 4 || too_many {
            return Err(err!(Domain, InternalError, "Maximum supported number of ISA serial ports is '4'"));
        }
        if used.contains(&port) {
            return Err(err!(Domain, InternalError, "target port '{port}' already allocated"));
        }
        used.push(port);
    }
    if too_many {
        return Err(err!(Domain, InternalError, "Maximum supported number of ISA serial ports is '4'"));
    }
    for serial in serials {
        let target = serial.target.get_or_insert_default();
        if target.port.is_none()
            && let Some(free) = (0..4).find(|port| !used.contains(port))
        {
            target.port = Some(free);
            used.push(free);
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
    let Devices { serials, parallels, channels, .. } = &mut domain.devices;
    fill(serials.iter_mut().map(|s| &mut s.target.get_or_insert_default().port).collect());
    fill(parallels.iter_mut().map(|p| &mut p.target.get_or_insert_default().port).collect());
    for channel in channels {
        channel.target.get_or_insert_default();
    }
}
