//! Controllers, network interfaces, balloon, random numbers, watchdogs, and the order of booting.

use super::{Line, Object};
use crate::prepare::Board;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::{Disk, DiskDevice};
use vir_model::domain::device::interface::{Interface, InterfaceType};
use vir_model::domain::device::small::{
    BalloonModel, PanicModel, Rng, RngBackendModel, Watchdog, WatchdogAction, WatchdogModel,
};
use vir_model::domain::os::BootDevice;
use vir_xml::OnOff;

/// The turn of each device at boot: its own, or from the list of kinds to boot from.
pub(super) struct BootOrders {
    disks: Vec<(String, u32)>,
    interfaces: Vec<(String, u32)>,
}

impl BootOrders {
    pub(super) fn of(def: &Domain) -> Self {
        let mut it = Self { disks: Vec::new(), interfaces: Vec::new() };
        for disk in &def.devices.disks {
            if let Some(boot) = &disk.info.boot {
                it.disks.push((disk.dst().to_owned(), boot.order));
            }
        }
        for interface in &def.devices.interfaces {
            if let Some(boot) = &interface.info.boot {
                it.interfaces.push((interface.info.alias().to_owned(), boot.order));
            }
        }
        if !it.disks.is_empty() || !it.interfaces.is_empty() {
            return it;
        }
        for (turn, boot) in (1..).zip(&def.os.boot) {
            let first = |device: DiskDevice| def.devices.disks.iter().find(|d| d.device() == device);
            let disk = match boot.dev {
                Some(BootDevice::Hd) => first(DiskDevice::Disk).or_else(|| first(DiskDevice::Lun)),
                Some(BootDevice::Cdrom) => first(DiskDevice::Cdrom),
                Some(BootDevice::Fd) => first(DiskDevice::Floppy),
                Some(BootDevice::Network) => {
                    let first = def.devices.interfaces.first();
                    it.interfaces.extend(first.map(|net| (net.info.alias().to_owned(), turn)));
                    None
                }
                None => None,
            };
            if let Some(disk) = disk {
                it.disks.push((disk.dst().to_owned(), turn));
            }
        }
        it
    }

    pub(super) fn disk(&self, disk: &Disk) -> Option<u32> {
        self.disks.iter().find(|(name, _)| name == disk.dst()).map(|(_, turn)| *turn)
    }

    fn interface(&self, interface: &Interface) -> Option<u32> {
        self.interfaces.iter().find(|(alias, _)| alias == interface.info.alias()).map(|(_, turn)| *turn)
    }
}

pub(super) fn controllers(line: &mut Line<'_>) -> Result<()> {
    // buses first: others sit on them
    let order = [
        ControllerType::Pci,
        ControllerType::Usb,
        ControllerType::Scsi,
        ControllerType::Ide,
        ControllerType::Sata,
        ControllerType::VirtioSerial,
    ];
    for kind in order {
        let mut of_kind: Vec<&Controller> =
            line.inputs.def.devices.controllers.iter().filter(|c| c.is(kind)).collect();
        of_kind.sort_by_key(|c| c.index());
        for controller in of_kind {
            one_controller(line, controller)?;
        }
    }
    Ok(())
}

pub(super) fn one_controller(line: &mut Line<'_>, controller: &Controller) -> Result<()> {
    let def = line.inputs.def;
    let alias = controller.info.alias();
    let board = Board::of(def);
    let model = controller.model.as_deref().unwrap_or_default();
    let first = controller.index() == 0;
    let object = match controller.kind {
        Some(ControllerType::Pci) => match model {
            "pci-root" | "pcie-root" => return Ok(()),
            "pcie-root-port" => {
                let target = controller.target.clone().unwrap_or_default();
                let name = controller
                    .model_name
                    .as_ref()
                    .and_then(|m| m.name)
                    .map_or("pcie-root-port", |name| name.as_str());
                Object::of("driver", name)
                    .with_opt("port", target.port.map(|p| p.0))
                    .with_opt("chassis", target.chassis.map(|n| n.0))
                    .with("id", alias)
                    .with_opt("hotplug", target.hotplug.map(|h| h == OnOff::On))
            }
            "pcie-to-pci-bridge" => Object::of("driver", "pcie-pci-bridge").with("id", alias),
            "pci-bridge" => {
                let chassis = controller.target.as_ref().and_then(|t| t.chassis_nr).map(|n| n.0);
                Object::of("driver", "pci-bridge").with_opt("chassis_nr", chassis).with("id", alias)
            }
            other => bail!(Qemu, ConfigUnsupported, "PCI controller model '{other}' is not supported"),
        },
        Some(ControllerType::Usb) => {
            let driver = match model {
                "piix3-uhci" => "piix3-usb-uhci",
                "piix4-uhci" => "piix4-usb-uhci",
                "ehci" => "usb-ehci",
                "ich9-ehci1" => "ich9-usb-ehci1",
                "ich9-uhci1" => "ich9-usb-uhci1",
                "ich9-uhci2" => "ich9-usb-uhci2",
                "ich9-uhci3" => "ich9-usb-uhci3",
                "vt82c686b-uhci" => "vt82c686b-usb-uhci",
                "pci-ohci" => "pci-ohci",
                "nec-xhci" => "nec-usb-xhci",
                "qemu-xhci" => "qemu-xhci",
                "none" => return Ok(()),
                other => bail!(Qemu, ConfigUnsupported, "USB controller model '{other}' is not supported"),
            };
            let master = controller.info.master.as_ref().map(|m| m.startport);
            let object = Object::of("driver", driver)
                .with_opt("p2", controller.ports)
                .with_opt("p3", controller.ports);
            match master {
                Some(port) => object.with("masterbus", "usb.0").with("firstport", port),
                None => object.with("id", alias),
            }
        }
        Some(ControllerType::Scsi) => {
            let driver = match model {
                "virtio-scsi" | "" => "virtio-scsi-pci",
                "lsilogic" => "lsi",
                "lsisas1068" => "mptsas1068",
                "lsisas1078" => "megasas",
                other => bail!(Qemu, ConfigUnsupported, "SCSI controller model '{other}' is not supported"),
            };
            Object::of("driver", driver).with("id", alias)
        }
        // the machine has the first one itself
        Some(ControllerType::Ide) if first && board == Board::I440fx => return Ok(()),
        Some(ControllerType::Sata) if first && board == Board::Q35 => return Ok(()),
        Some(ControllerType::Sata) => Object::of("driver", "ahci").with("id", alias),
        Some(ControllerType::VirtioSerial) => Object::of("driver", "virtio-serial-pci")
            .with("id", alias)
            .with_opt("max_ports", controller.ports)
            .with_opt("vectors", controller.vectors),
        Some(ControllerType::Ide) => {
            bail!(Qemu, ConfigUnsupported, "Only a single IDE controller is supported for this machine type")
        }
        _ => return Ok(()),
    };
    line.json("device", object.placed(def, &controller.info));
    Ok(())
}

pub(super) fn interfaces(line: &mut Line<'_>, boot: &BootOrders) -> Result<()> {
    for each in &line.inputs.def.devices.interfaces {
        interface(line, each, boot)?;
    }
    Ok(())
}

pub(super) fn interface(line: &mut Line<'_>, interface: &Interface, boot: &BootOrders) -> Result<()> {
    let def = line.inputs.def;
    let host = format!("host{}", interface.info.alias());
    let netdev = match interface.kind() {
        InterfaceType::User => Object::of("type", "user"),
        InterfaceType::Bridge | InterfaceType::Ethernet => {
            let Some(device) = interface.target_dev() else {
                bail!(Qemu, InternalError, "interface {} has no device on the host", interface.mac());
            };
            Object::of("type", "tap").with("ifname", device).with("script", "no").with("downscript", "no")
        }
        other => bail!(Qemu, ConfigUnsupported, "interface type '{}' is not supported", other.as_str()),
    };
    line.json("netdev", netdev.with("id", host.as_str()));
    let driver = match interface.model().unwrap_or("rtl8139") {
        "virtio" => "virtio-net-pci",
        "virtio-transitional" => "virtio-net-pci-transitional",
        "virtio-non-transitional" => "virtio-net-pci-non-transitional",
        other => other,
    };
    let mtu = interface.mtu.as_ref().map(|m| m.size).filter(|_| driver.starts_with("virtio"));
    let object = Object::of("driver", driver)
        .with_opt("host_mtu", mtu)
        .with("netdev", host)
        .with("id", interface.info.alias())
        .with("mac", interface.mac().to_string())
        .with_opt("bootindex", boot.interface(interface));
    line.json("device", object.placed(def, &interface.info));
    Ok(())
}

/// Whether an interface has a device of its own on the host.
pub(crate) fn needs_tap(interface: &Interface) -> bool {
    matches!(interface.kind(), InterfaceType::Bridge)
}

pub(super) fn watchdog(line: &mut Line<'_>, watchdog: &Watchdog) -> Result<()> {
    match watchdog.model {
        Some(WatchdogModel::Itco) => line.option("global", "ICH9-LPC.noreboot=off"),
        Some(model @ (WatchdogModel::I6300esb | WatchdogModel::Ib700)) => {
            let object = Object::of("driver", model.as_str()).with("id", watchdog.info.alias());
            line.json("device", object.placed(line.inputs.def, &watchdog.info));
        }
        _ => bail!(Qemu, ConfigUnsupported, "watchdog model is not supported for this virtual machine"),
    }
    Ok(())
}

/// QEMU's word for what a watchdog does.
pub(crate) fn watchdog_action(watchdog: &Watchdog) -> &'static str {
    match watchdog.action.unwrap_or(WatchdogAction::Reset) {
        // the driver writes the dump itself once the guest stands still
        WatchdogAction::Dump => "pause",
        other => other.as_str(),
    }
}

pub(super) fn watchdogs(line: &mut Line<'_>) -> Result<()> {
    let def = line.inputs.def;
    for each in &def.devices.watchdogs {
        watchdog(line, each)?;
    }
    if let Some(first) = def.devices.watchdogs.first() {
        line.option("watchdog-action", watchdog_action(first));
    }
    Ok(())
}

pub(super) fn balloon(line: &mut Line<'_>) -> Result<()> {
    let def = line.inputs.def;
    let Some(balloon) = def.devices.balloon.as_ref().filter(|b| b.is_there()) else { return Ok(()) };
    let driver = match balloon.model {
        Some(BalloonModel::VirtioTransitional) => "virtio-balloon-pci-transitional",
        Some(BalloonModel::VirtioNonTransitional) => "virtio-balloon-pci-non-transitional",
        Some(BalloonModel::Virtio) => "virtio-balloon-pci",
        _ => bail!(
            Qemu,
            ConfigUnsupported,
            "Memory balloon device type is not supported by this version of qemu"
        ),
    };
    let object = Object::of("driver", driver)
        .with("id", balloon.info.alias())
        .with_opt("deflate-on-oom", balloon.autodeflate.map(|a| a == OnOff::On))
        .with_opt("free-page-reporting", balloon.free_page_reporting.map(|a| a == OnOff::On));
    line.json("device", object.placed(def, &balloon.info));
    Ok(())
}

pub(super) fn rngs(line: &mut Line<'_>) -> Result<()> {
    for each in &line.inputs.def.devices.rngs {
        rng(line, each)?;
    }
    Ok(())
}

pub(super) fn rng(line: &mut Line<'_>, rng: &Rng) -> Result<()> {
    let def = line.inputs.def;
    let alias = rng.info.alias();
    let backend = rng.backend.clone().unwrap_or_default();
    let id = format!("obj{alias}");
    let object = match backend.model.unwrap_or(RngBackendModel::Random) {
        RngBackendModel::Random => {
            let path = backend.path.filter(|p| !p.is_empty()).unwrap_or_else(|| "/dev/urandom".to_owned());
            Object::of("qom-type", "rng-random").with("id", id.as_str()).with("filename", path)
        }
        RngBackendModel::Builtin => Object::of("qom-type", "rng-builtin").with("id", id.as_str()),
        RngBackendModel::Egd => {
            bail!(Qemu, ConfigUnsupported, "this QEMU doesn't support the rng-egd backend")
        }
    };
    line.json("object", object);
    let mut device = Object::of("driver", "virtio-rng-pci").with("rng", id).with("id", alias);
    if let Some(rate) = &rng.rate {
        device = device.with("max-bytes", rate.bytes).with("period", rate.period.unwrap_or(1000));
    }
    line.json("device", device.placed(def, &rng.info));
    Ok(())
}

pub(super) fn panics(line: &mut Line<'_>) -> Result<()> {
    let def = line.inputs.def;
    for panic in &def.devices.panics {
        match panic.model {
            Some(PanicModel::Isa | PanicModel::Default) | None => {
                line.json("device", Object::of("driver", "pvpanic"));
            }
            Some(PanicModel::Pvpanic) => {
                let object = Object::of("driver", "pvpanic-pci");
                line.json("device", object.placed(def, &panic.info));
            }
            Some(other) => {
                bail!(
                    Qemu,
                    ConfigUnsupported,
                    "the QEMU binary does not support the {} panic device",
                    other.as_str()
                )
            }
        }
    }
    Ok(())
}
