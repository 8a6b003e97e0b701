//! The defaults that hold for every hypervisor. Those of one hypervisor, and addresses, are passes of
//! their own which that hypervisor's driver runs after these.

use super::device::chardev::*;
use super::device::disk::{DiskDevice, DiskType};
use super::device::interface::{Mac, MacElement};
use super::device::small::RngModel;
use super::memory::Kib;
use super::os::{Boot, BootDevice, OsType};
use super::{Domain, GenId, LifecycleAction, Placement};
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
}

impl Default for Rules {
    fn default() -> Self {
        Self { mac_prefix: [0x52, 0x54, 0x00], mirror_console: true }
    }
}

/// Sets what the document leaves open.
///
/// # Errors
/// What contradicts itself.
pub fn apply(domain: &mut Domain, rules: Rules, random: &mut dyn Random) -> Result<()> {
    identity(domain, random);
    sizes(domain)?;
    lifecycle(domain);
    boot(domain);
    disks(domain)?;
    interfaces(domain, rules, random);
    if rules.mirror_console {
        consoles(domain);
    }
    ports(domain);
    for rng in &mut domain.devices.rngs {
        rng.model.get_or_insert(RngModel::Virtio);
    }
    Ok(())
}

fn identity(domain: &mut Domain, random: &mut dyn Random) {
    if domain.uuid == Uuid::default() {
        domain.uuid = random.uuid();
    }
    if let Some(GenId(id @ None)) = &mut domain.genid {
        *id = Some(random.uuid());
    }
}

fn sizes(domain: &mut Domain) -> Result<()> {
    let total = domain.memory.kib;
    let current = domain.current_memory.map_or(total, |m| m.0);
    // more than there is, and none at all, mean all of it
    domain.current_memory = Some(Kib(if current == 0 || current > total { total } else { current }));
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
    let mut names: Vec<String> = vec![];
    for disk in &mut domain.devices.disks {
        disk.kind.get_or_insert(DiskType::File);
        let device = *disk.device.get_or_insert(DiskDevice::Disk);
        if disk.target.is_none() {
            return Err(err!(Domain, NoTarget, "disk"));
        }
        if device == DiskDevice::Cdrom {
            disk.readonly = true;
        }
        let name = disk.dst().to_owned();
        if names.contains(&name) {
            return Err(err!(
                Domain,
                XmlError,
                "target '{name}' duplicated for disk sources '{0}' and '{0}'",
                disk.path().unwrap_or("(null)")
            ));
        }
        names.push(name);
    }
    Ok(())
}

fn interfaces(domain: &mut Domain, rules: Rules, random: &mut dyn Random) {
    for interface in &mut domain.devices.interfaces {
        if interface.mac.is_none() {
            let [a, b, c] = rules.mac_prefix;
            let [d, e, f] = random.mac_tail();
            interface.mac = Some(MacElement { address: Mac([a, b, c, d, e, f]) });
        }
        // a name of the kind that we make ourselves is no wish
        let made = interface.target_dev().is_some_and(|dev| dev.starts_with("vnet"));
        if made && domain.id.is_none() {
            interface.target = None;
        }
    }
}

/// The first console is the first serial port: each stands for the other where only one is named.
fn consoles(domain: &mut Domain) {
    let devices = &mut domain.devices;
    if domain.os.kind.as_ref().and_then(|kind| kind.value) != Some(OsType::Hvm) {
        return;
    }
    match (devices.serials.first(), devices.consoles.first_mut()) {
        (None, Some(console)) => {
            let target = console.target.get_or_insert_with(ConsoleTarget::default);
            let kind = *target.kind.get_or_insert(ConsoleTargetType::Serial);
            if kind == ConsoleTargetType::Serial {
                let source = CharSource { tty: None, ..console.source.clone() };
                devices.serials.push(Serial { source, ..Serial::default() });
            }
        }
        (Some(serial), None) => {
            let source = serial.source.clone();
            devices.consoles.push(Console {
                source,
                target: Some(ConsoleTarget { kind: Some(ConsoleTargetType::Serial), port: Some(0) }),
                info: Default::default(),
            });
        }
        (Some(serial), Some(console)) => {
            let target = console.target.get_or_insert_with(ConsoleTarget::default);
            let kind = *target.kind.get_or_insert(ConsoleTargetType::Serial);
            if kind == ConsoleTargetType::Serial {
                console.source = CharSource { tty: console.source.tty.take(), ..serial.source.clone() };
            }
        }
        (None, None) => {}
    }
    for console in &mut devices.consoles {
        let target = console.target.get_or_insert_with(ConsoleTarget::default);
        target.kind.get_or_insert(ConsoleTargetType::Serial);
    }
}

/// Ports are numbered in their order where the document does not say.
fn ports(domain: &mut Domain) {
    fn free(used: impl Iterator<Item = Option<u32>>) -> u32 {
        used.flatten().map(|port| port + 1).max().unwrap_or(0)
    }
    let devices = &mut domain.devices;
    for i in 0..devices.serials.len() {
        let next = free(devices.serials.iter().map(|s| s.target.as_ref().and_then(|t| t.port)));
        devices.serials[i].target.get_or_insert_with(Default::default).port.get_or_insert(next);
    }
    for i in 0..devices.parallels.len() {
        let next = free(devices.parallels.iter().map(|s| s.target.as_ref().and_then(|t| t.port)));
        devices.parallels[i].target.get_or_insert_with(Default::default).port.get_or_insert(next);
    }
    for i in 0..devices.consoles.len() {
        let next = free(devices.consoles.iter().map(|s| s.target.as_ref().and_then(|t| t.port)));
        devices.consoles[i].target.get_or_insert_with(Default::default).port.get_or_insert(next);
    }
    for rows in [&mut devices.channels] {
        for channel in rows {
            channel.target.get_or_insert_with(Default::default);
        }
    }
}
