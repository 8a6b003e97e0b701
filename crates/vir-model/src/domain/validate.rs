//! What a finished definition must not say, whatever runs it. Checked after defaults are set; each
//! hypervisor's driver adds checks of its own.

use super::Domain;
use super::device::chardev::{ChannelTargetType, CharSource, CharType, ConsoleTargetType};
use super::device::controller::{Controller, ControllerType};
use super::device::disk::Disk;
use super::device::display::InputBus;
use super::device::info::Address;
use vir_base::{Result, bail};

/// Checks a definition.
///
/// # Errors
/// The first contradiction.
pub fn check(domain: &Domain) -> Result<()> {
    let devices = &domain.devices;
    disks(domain)?;
    controllers(domain)?;
    boot(domain)?;
    displays(domain)?;
    let second_serial = devices.consoles.iter().skip(1).any(|console| {
        console.target.as_ref().is_some_and(|target| target.kind == Some(ConsoleTargetType::Serial))
    });
    if second_serial {
        bail!(Domain, ConfigUnsupported, "Only the first console can be a serial port");
    }
    for serial in &devices.serials {
        source(&serial.source, false)?;
    }
    for parallel in &devices.parallels {
        source(&parallel.source, false)?;
    }
    for console in &devices.consoles {
        source(&console.source, false)?;
    }
    for channel in &devices.channels {
        let kind = channel.target.as_ref().and_then(|target| target.kind);
        let path_is_made = matches!(kind, Some(ChannelTargetType::Virtio | ChannelTargetType::Xen));
        source(&channel.source, path_is_made)?;
    }
    Ok(())
}

fn disks(domain: &Domain) -> Result<()> {
    let disks = &domain.devices.disks;
    for (i, disk) in disks.iter().enumerate() {
        if let Some(other) = disks[..i].iter().find(|other| other.dst() == disk.dst()) {
            let source = |disk: &Disk| disk.path().unwrap_or("(null)").to_owned();
            bail!(
                Domain,
                XmlError,
                "target '{}' duplicated for disk sources '{}' and '{}'",
                disk.dst(),
                source(other),
                source(disk)
            );
        }
        let Some(Address::Drive { controller, bus, target, unit }) = &disk.info.address else { continue };
        let same = |other: &&Disk| other.bus() == disk.bus() && other.info.address == disk.info.address;
        if let Some(other) = disks[..i].iter().find(same) {
            bail!(
                Domain,
                ConfigUnsupported,
                "Found duplicate drive address for disk with target name '{}' controller='{controller}' \
                 bus='{bus}' target='{target}' unit='{unit}'",
                other.dst()
            );
        }
    }
    Ok(())
}

fn controllers(domain: &Domain) -> Result<()> {
    let controllers = &domain.devices.controllers;
    for (i, controller) in controllers.iter().enumerate() {
        // several USB controllers may share one: companions do
        let same = |other: &Controller| other.kind == controller.kind && other.index() == controller.index();
        if let Some(kind) = controller.kind
            && kind != ControllerType::Usb
            && controllers[..i].iter().any(same)
        {
            bail!(Domain, XmlError, "Multiple '{kind}' controllers with index '{}'", controller.index());
        }
    }
    let no_usb = |c: &Controller| c.is(ControllerType::Usb) && c.model.as_deref() == Some("none");
    let usb_input = domain.devices.inputs.iter().any(|input| input.bus == Some(InputBus::Usb));
    if usb_input && controllers.iter().any(no_usb) {
        bail!(Domain, ConfigUnsupported, "Can't add USB input device. USB bus is disabled");
    }
    Ok(())
}

fn boot(domain: &Domain) -> Result<()> {
    if let Some(timeout) = domain.os.bootmenu.as_ref().and_then(|menu| menu.timeout)
        && timeout > 65535
    {
        bail!(Domain, ConfigUnsupported, "invalid value for boot menu timeout, must be in range [0,65535]");
    }
    if domain.os.firmware.is_none() && domain.os.loader.as_ref().is_some_and(|loader| loader.path.is_none()) {
        bail!(Domain, XmlDetail, "no loader path specified and firmware auto selection disabled");
    }
    Ok(())
}

fn displays(domain: &Domain) -> Result<()> {
    let off = domain.features.as_ref().is_some_and(|features| super::features::is_off(&features.ps2));
    if off && domain.devices.inputs.iter().any(|input| input.bus == Some(InputBus::Ps2)) {
        bail!(Domain, ConfigUnsupported, "ps2 bus inputs require the ps2 feature not to be disabled");
    }
    Ok(())
}

/// The host's end of a character device; the path of a socket may be missing if one is made.
fn source(source: &CharSource, path_is_made: bool) -> Result<()> {
    let kind = source.kind();
    match source.sources.len() {
        0 | 1 => {}
        2 if kind == CharType::Udp => {}
        _ if kind == CharType::Udp => {
            bail!(Domain, XmlError, "only two source elements are allowed for character device")
        }
        _ => bail!(Domain, XmlError, "only one source element is allowed for character device"),
    }
    let end = source.sources.first();
    match kind {
        CharType::File | CharType::Dev | CharType::Pipe if source.path().is_none() => {
            bail!(Domain, InternalError, "Missing source path attribute for char device")
        }
        CharType::Unix if source.path().is_none() && !path_is_made => {
            bail!(Domain, InternalError, "Missing source path attribute for char device")
        }
        CharType::Tcp if end.is_none_or(|end| end.host.is_none()) => {
            bail!(Domain, InternalError, "Missing source host attribute for char device")
        }
        CharType::Tcp if end.is_none_or(|end| end.service.is_none()) => {
            bail!(Domain, InternalError, "Missing source service attribute for char device")
        }
        // the end that is connected to, which comes last
        CharType::Udp if source.sources.last().is_none_or(|end| end.service.is_none() || is_bind(end)) => {
            bail!(Domain, InternalError, "Missing source service attribute for char device")
        }
        CharType::Spiceport => channel_name(end.and_then(|end| end.channel.as_deref())),
        _ => Ok(()),
    }
}

fn is_bind(end: &super::device::chardev::CharSourceElement) -> bool {
    end.mode == Some(super::device::chardev::SocketMode::Bind)
}

fn channel_name(name: Option<&str>) -> Result<()> {
    let Some(name) = name else {
        bail!(Domain, ConfigUnsupported, "Missing source channel attribute for char device")
    };
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        bail!(Domain, InvalidArg, "Invalid character in source channel for char device");
    }
    Ok(())
}
