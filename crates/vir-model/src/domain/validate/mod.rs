//! What a finished definition must not say, whatever runs it. Checked after defaults are set, devices
//! first; each hypervisor's driver adds checks of its own.

pub mod chars;
pub mod controllers;
pub mod devices;
pub mod disks;
pub mod hostdevs;
pub mod limits;
pub mod memory;
pub mod nets;
pub mod security;

use super::Domain;
use super::defaults::{Hypervisor, Rules};
use super::device::Device;
use super::device::controller::{Controller, ControllerType};
use super::device::info::{Address, VirtioOptions};
use super::features::IoApicDriver;
use super::os::{Firmware, FirmwareFeatureName, LoaderType};
use vir_base::{Result, bail};
use vir_xml::{OnOff, YesNo};

/// Checks a definition as every hypervisor would.
///
/// # Errors
/// The first contradiction.
pub fn check(domain: &Domain) -> Result<()> {
    check_for(domain, &Rules::default())
}

/// Checks a definition, with what one hypervisor refuses: of the whole first, then of each device.
///
/// # Errors
/// The first contradiction, and the first thing that the hypervisor refuses.
pub fn check_for(domain: &Domain, hypervisor: &dyn Hypervisor) -> Result<()> {
    controllers::distinct(domain)?;
    chars::one_console_is_serial(domain)?;
    hypervisor.check(domain)?;
    for device in domain.devices.each() {
        one(domain, device)?;
        hypervisor.check_device(domain, device)?;
    }
    whole(domain)
}

/// What holds for a device.
fn one(domain: &Domain, device: Device<'_>) -> Result<()> {
    devices::place(device)?;
    if let Device::Redirdev(_) = device {
        devices::usb_is_there(domain)?;
    }
    if let Some(source) = device.char_source() {
        chars::source(source, chars::path_is_made(device))?;
    }
    security::labels(domain, device)?;
    match device {
        Device::Disk(disk) => disks::check(domain, disk),
        Device::Interface(net) => nets::check(net),
        Device::Hostdev(hostdev) => hostdevs::check(hostdev),
        Device::Controller(controller) => controllers::check(controller),
        Device::Memory(memory) => memory::check(domain, memory),
        other => devices::check(domain, other),
    }
}

/// What holds for the domain as a whole.
fn whole(domain: &Domain) -> Result<()> {
    limits::resource(domain)?;
    disks::duplicates(domain)?;
    hostdevs::duplicates(domain)?;
    topology(domain)?;
    aliases(domain)?;
    iommu(domain)?;
    lifecycle(domain)?;
    memory::pages(domain)?;
    firmware(domain)?;
    limits::cputune(domain)?;
    boot(domain)?;
    devices::primary(domain)?;
    limits::blkio(domain)?;
    limits::idmap(domain)?;
    memory::nodes(domain)?;
    limits::iothreads(domain)?;
    security::launch(domain)?;
    limits::throttle_groups(domain)
}

/// What only virtio devices can be told.
pub(super) fn no_virtio(options: Option<&VirtioOptions>) -> Result<()> {
    let Some(options) = options else { return Ok(()) };
    for (there, what) in [
        (options.iommu.is_some(), "iommu driver option"),
        (options.ats.is_some(), "ats driver option"),
        (options.packed.is_some(), "packed driver option"),
        (options.page_per_vq.is_some(), "page_per_vq option"),
    ] {
        if there {
            bail!(Domain, ConfigUnsupported, "{what} is only supported for virtio devices");
        }
    }
    Ok(())
}

fn topology(domain: &Domain) -> Result<()> {
    if let Some(topology) = domain.cpu.as_ref().and_then(|cpu| cpu.topology.as_ref())
        && topology.count() > u64::from(u32::MAX)
    {
        bail!(Domain, ConfigUnsupported, "cpu topology results in more than {} cpus", u32::MAX);
    }
    Ok(())
}

/// Names that users gave are given once; the first console is the first serial port.
fn aliases(domain: &Domain) -> Result<()> {
    let mut seen: Vec<String> = vec![];
    let mut twice = None;
    let shared = domain.devices.serials.first().and_then(|serial| serial.info.alias.clone());
    let console = domain.devices.consoles.first().is_some_and(|console| console.info.alias == shared);
    let mut spare = usize::from(console && shared.is_some());
    domain.devices.for_each_info(&mut |info| {
        let Some(alias) = info.alias.as_ref().filter(|alias| alias.starts_with(super::USER_ALIAS)) else {
            return;
        };
        if !seen.contains(alias) {
            seen.push(alias.clone());
        } else if spare > 0 && Some(alias) == shared.as_ref() {
            spare -= 1;
        } else {
            twice.get_or_insert_with(|| alias.clone());
        }
    });
    match twice {
        Some(alias) => bail!(Domain, ConfigUnsupported, "non unique alias detected: {alias}"),
        None => Ok(()),
    }
}

fn iommu(domain: &Domain) -> Result<()> {
    let Some(driver) = domain.devices.iommu.as_ref().and_then(|iommu| iommu.driver.as_ref()) else {
        return Ok(());
    };
    let ioapic = domain.features.as_ref().and_then(|features| features.ioapic.as_ref());
    let split = ioapic.is_some_and(|ioapic| ioapic.driver == Some(IoApicDriver::Qemu));
    if driver.intremap == Some(OnOff::On) && !split {
        bail!(
            Domain,
            ConfigUnsupported,
            "IOMMU interrupt remapping requires split I/O APIC (ioapic driver='qemu')"
        );
    }
    if driver.eim == Some(OnOff::On) && driver.intremap != Some(OnOff::On) {
        bail!(Domain, ConfigUnsupported, "IOMMU eim requires interrupt remapping to be enabled");
    }
    Ok(())
}

/// Dumps are made of crashes only.
fn lifecycle(domain: &Domain) -> Result<()> {
    use super::LifecycleAction::{CoredumpDestroy, CoredumpRestart};
    for (action, event) in [(domain.on_poweroff, "poweroff"), (domain.on_reboot, "reboot")] {
        if let Some(action @ (CoredumpDestroy | CoredumpRestart)) = action {
            bail!(Domain, ConfigUnsupported, "Lifecycle event '{event}' doesn't support '{action}' action");
        }
    }
    Ok(())
}

/// Refuses firmware that is asked for in two ways, or in half of one.
///
/// # Errors
/// What contradicts itself.
pub fn firmware(domain: &Domain) -> Result<()> {
    let os = &domain.os;
    let loader = os.loader.as_ref();
    let there = loader.is_some() || os.nvram.is_some();
    if let Some(firmware) = os.firmware {
        let named = |name: FirmwareFeatureName| {
            let features = os.firmware_features.iter().flat_map(|features| &features.features);
            features.filter(|feature| feature.name == Some(name)).find_map(|feature| feature.enabled)
        };
        if named(FirmwareFeatureName::EnrolledKeys) == Some(YesNo::Yes)
            && named(FirmwareFeatureName::SecureBoot) == Some(YesNo::No)
        {
            bail!(
                Domain,
                XmlDetail,
                "firmware feature 'enrolled-keys' cannot be enabled when firmware feature 'secure-boot' is \
                 disabled"
            );
        }
        if os.nvram.is_some() && firmware != Firmware::Efi {
            bail!(Domain, XmlDetail, "firmware type '{firmware}' does not support nvram");
        }
    } else {
        if os.firmware_features.is_some() {
            bail!(
                Domain,
                XmlDetail,
                "cannot use feature-based firmware autoselection when firmware autoselection is disabled"
            );
        }
        if there && loader.is_none_or(|loader| loader.path.is_none()) {
            bail!(Domain, XmlDetail, "no loader path specified and firmware auto selection disabled");
        }
    }
    match loader.and_then(|loader| loader.stateless) {
        Some(YesNo::Yes) => {
            if os.nvram.as_ref().is_some_and(|nvram| nvram.template.is_some()) {
                bail!(Domain, XmlDetail, "NVRAM template is not permitted when loader is stateless");
            }
            if os.nvram.is_some() {
                bail!(Domain, XmlDetail, "NVRAM is not permitted when loader is stateless");
            }
        }
        Some(YesNo::No) => match os.firmware {
            None if loader.and_then(|loader| loader.kind) != Some(LoaderType::Pflash) => {
                bail!(Domain, XmlDetail, "Only pflash loader type permits NVRAM")
            }
            Some(firmware) if firmware != Firmware::Efi => {
                bail!(Domain, XmlDetail, "Only EFI firmware permits NVRAM")
            }
            _ => {}
        },
        None => {}
    }
    if os.shim.is_some() && os.kernel.is_none() && there {
        bail!(Domain, ConfigUnsupported, "shim only allowed with kernel option");
    }
    Ok(())
}

fn boot(domain: &Domain) -> Result<()> {
    if let Some(timeout) = domain.os.bootmenu.as_ref().and_then(|menu| menu.timeout)
        && timeout > 65535
    {
        bail!(Domain, ConfigUnsupported, "invalid value for boot menu timeout, must be in range [0,65535]");
    }
    if let Some(timeout) = domain.os.bios.as_ref().and_then(|bios| bios.reboot_timeout)
        && !(-1..=65535).contains(&timeout)
    {
        bail!(Domain, ConfigUnsupported, "invalid value for rebootTimeout, must be in range [-1,65535]");
    }
    Ok(())
}

/// A USB bus that is switched off.
pub(in crate::domain) fn no_usb(domain: &Domain) -> bool {
    let none = |c: &Controller| c.is(ControllerType::Usb) && c.model.as_deref() == Some("none");
    domain.devices.controllers.iter().any(none)
}

/// The kind of an address, for messages.
pub(super) fn kind_of(address: &Address) -> &'static str {
    address.kind().as_str()
}
