//! What this hypervisor's machines have without being asked, and what is chosen where a document
//! leaves a choice.

use super::Chipset;
use super::alias::disk_index;
use crate::caps::{Caps, CapsCache};
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::VirtType;
use vir_model::domain::cpu::{Cpu, CpuCheck, CpuFallback, CpuMatch, CpuMode, CpuModel};
use vir_model::domain::device::chardev::{
    CharType, SerialModel, SerialModelName, SerialTargetType, SocketMode,
};
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::{Disk, DiskBus, DiskDevice};
use vir_model::domain::device::display::{
    Audio, AudioType, Input, InputBus, InputType, Video, VideoModel, VideoType,
};
use vir_model::domain::device::interface::{InterfaceModel, InterfaceType};
use vir_model::domain::device::small::{Balloon, BalloonModel, Watchdog, WatchdogAction, WatchdogModel};
use vir_model::domain::features::is_off;

/// The architecture and emulator of a definition, as it stands or as it will be chosen.
///
/// # Errors
/// There is no emulator for that architecture.
pub fn choose_emulator(def: &mut Domain) -> Result<std::path::PathBuf> {
    let host = std::env::consts::ARCH;
    if let Some(kind) = def.os.kind.as_mut() {
        kind.arch.get_or_insert_with(|| host.to_owned());
    }
    match &def.devices.emulator {
        Some(path) => Ok(path.into()),
        None => {
            let path = CapsCache::binary_for(def.os.arch())?;
            def.devices.emulator = Some(path.to_string_lossy().into_owned());
            Ok(path)
        }
    }
}

/// What other defaults depend on: machine and processor.
pub(super) fn early(def: &mut Domain, caps: &Caps) {
    if let Some(kind) = def.os.kind.as_mut() {
        kind.arch.get_or_insert_with(|| caps.arch.clone());
        let machine = match &kind.machine {
            Some(name) => caps.canonical_machine(name).to_owned(),
            None => caps.default_machine().map(|m| m.name.clone()).unwrap_or_default(),
        };
        kind.machine = Some(machine);
    }
    processor(def, caps);
}

fn processor(def: &mut Domain, caps: &Caps) {
    let emulated = def.virt_type() == VirtType::Qemu;
    let default = caps.machine(def.os.machine()).and_then(|m| m.default_cpu_type.clone());
    let default =
        default.and_then(|kind| caps.cpus.iter().find(|c| c.typename == kind).map(|c| c.name.clone()));
    let cpu = def.cpu.get_or_insert_with(Cpu::default);
    let mode = *cpu.mode.get_or_insert(CpuMode::Custom);
    if mode == CpuMode::Custom {
        if cpu.model.is_none() {
            let Some(name) = default else {
                if *cpu == (Cpu { mode: Some(CpuMode::Custom), ..Cpu::default() }) {
                    def.cpu = None;
                }
                return;
            };
            cpu.model =
                Some(CpuModel { name: Some(name), fallback: Some(CpuFallback::Forbid), vendor_id: None });
            cpu.check.get_or_insert(CpuCheck::None);
        }
        cpu.matching.get_or_insert(CpuMatch::Exact);
        if let Some(model) = &mut cpu.model {
            model.fallback.get_or_insert(CpuFallback::Allow);
        }
    }
    cpu.check.get_or_insert(match mode {
        CpuMode::HostPassthrough | CpuMode::Maximum => CpuCheck::None,
        CpuMode::Custom if emulated => CpuCheck::None,
        CpuMode::HostModel | CpuMode::Custom => CpuCheck::Partial,
    });
    if mode == CpuMode::HostPassthrough {
        cpu.migratable.get_or_insert(vir_xml::OnOff::On);
    }
}

/// Adds a controller behind the last of its kind, unless there is one of that number.
pub(super) fn add_controller(def: &mut Domain, kind: ControllerType, index: u32, model: Option<&str>) {
    let all = &mut def.devices.controllers;
    if all.iter().any(|c| c.is(kind) && c.index() == index) {
        return;
    }
    let place = all.iter().rposition(|c| c.is(kind)).map_or(all.len(), |last| last + 1);
    all.insert(place, Controller::new(kind, index, model));
}

/// Devices: those that the machine has, and what is left open about those that are named.
pub(super) fn devices(def: &mut Domain, caps: &Caps) -> Result<()> {
    refuse_chosen_firmware(def)?;
    sort_disks(def);
    let chipset = Chipset::of(def);
    for disk in &mut def.devices.disks {
        complete_disk(disk)?;
    }
    number_controllers(def, caps);
    let without_ps2 = def.features.as_ref().is_some_and(|f| is_off(&f.ps2));
    if chipset != Chipset::Other && !without_ps2 {
        add_input(def, InputType::Mouse);
        add_input(def, InputType::Keyboard);
    }
    match chipset {
        Chipset::Q35 => {
            let usb = ["qemu-xhci", "nec-usb-xhci"].into_iter().find(|kind| caps.has(kind));
            if let Some(usb) = usb {
                add_controller(
                    def,
                    ControllerType::Usb,
                    0,
                    Some(if usb == "qemu-xhci" { usb } else { "nec-xhci" }),
                );
            }
            add_controller(def, ControllerType::Sata, 0, None);
            require_root(def, "pcie-root")?;
            let has_itco = def.devices.watchdogs.iter().any(|w| w.model == Some(WatchdogModel::Itco));
            if !has_itco {
                let action =
                    def.devices.watchdogs.first().and_then(|w| w.action).unwrap_or(WatchdogAction::Reset);
                let model = Some(WatchdogModel::Itco);
                def.devices.watchdogs.push(Watchdog { model, action: Some(action), ..Watchdog::default() });
            }
        }
        Chipset::I440fx => {
            add_controller(def, ControllerType::Usb, 0, Some("piix3-uhci"));
            require_root(def, "pci-root")?;
        }
        Chipset::Other => {}
    }
    if chipset != Chipset::Other && def.devices.balloon.is_none() {
        def.devices.balloon = Some(Balloon { model: Some(BalloonModel::Virtio), ..Balloon::default() });
    }
    displays(def, caps);
    interfaces(def, caps);
    Ok(())
}

/// What hangs on devices that other passes have added since.
pub(super) fn late(def: &mut Domain, caps: &Caps) {
    number_controllers(def, caps);
    characters(def);
}

/// Firmware is not chosen here yet: a guest that asks for that must not get another one.
fn refuse_chosen_firmware(def: &Domain) -> Result<()> {
    if let Some(firmware) = def.os.firmware {
        bail!(
            Domain,
            ConfigUnsupported,
            "firmware auto selection ('{}') is not supported",
            firmware.as_str()
        );
    }
    match &def.os.nvram {
        Some(nvram) if nvram.path.is_none() => {
            bail!(Domain, ConfigUnsupported, "an NVRAM store without a path is not supported")
        }
        _ => Ok(()),
    }
}

/// Disks of a bus stand together, by their names; buses in the order in which they first occur.
fn sort_disks(def: &mut Domain) {
    let mut sorted: Vec<Disk> = Vec::with_capacity(def.devices.disks.len());
    let bus = |d: &Disk| d.bus().or_else(|| bus_of_name(d.dst()));
    for disk in std::mem::take(&mut def.devices.disks) {
        let (own, number) = (bus(&disk), disk_index(disk.dst()));
        let mut place = sorted.len();
        for (at, other) in sorted.iter().enumerate().rev().filter(|(_, o)| bus(o) == own) {
            if disk_index(other.dst()) < number {
                place = at + 1;
                break;
            }
            place = at;
        }
        sorted.insert(place, disk);
    }
    def.devices.disks = sorted;
}

/// The kind of bus that a disk's name stands for.
fn bus_of_name(name: &str) -> Option<DiskBus> {
    [
        ("hd", DiskBus::Ide),
        ("sd", DiskBus::Scsi),
        ("vd", DiskBus::Virtio),
        ("xvd", DiskBus::Xen),
        ("fd", DiskBus::Fdc),
    ]
    .into_iter()
    .find_map(|(prefix, bus)| name.starts_with(prefix).then_some(bus))
}

fn complete_disk(disk: &mut Disk) -> Result<()> {
    let floppy = disk.device() == DiskDevice::Floppy;
    if let Some(target) = &mut disk.target
        && target.bus.is_none()
    {
        target.bus =
            if floppy { Some(DiskBus::Fdc) } else { bus_of_name(target.dev.as_deref().unwrap_or_default()) };
        if target.bus.is_none() {
            let name = target.dev.as_deref().unwrap_or_default();
            bail!(Domain, InternalError, "Unknown disk name '{name}' and no address specified");
        }
    }
    match disk.bus() {
        Some(
            DiskBus::Virtio | DiskBus::Ide | DiskBus::Sata | DiskBus::Scsi | DiskBus::Usb | DiskBus::Fdc,
        )
        | None => {}
        Some(other) => {
            bail!(Domain, ConfigUnsupported, "unsupported disk bus '{}' with device setup", other.as_str())
        }
    }
    let target = disk.dst().to_owned();
    let driver = disk.driver.get_or_insert_default();
    driver.name.get_or_insert_with(|| "qemu".to_owned());
    if driver.name.as_deref() != Some("qemu") {
        bail!(
            Domain,
            ConfigUnsupported,
            "unsupported driver name '{}' for disk '{}'",
            driver.name.as_deref().unwrap_or_default(),
            target
        );
    }
    driver.format.get_or_insert_with(|| "raw".to_owned());
    Ok(())
}

fn number_controllers(def: &mut Domain, caps: &Caps) {
    for place in 0..def.devices.controllers.len() {
        let kind = def.devices.controllers[place].kind;
        if def.devices.controllers[place].index.is_none() {
            let taken =
                |n: &u32| def.devices.controllers.iter().any(|c| c.kind == kind && c.index == Some(*n));
            let free = (0..).find(|n| !taken(n)).unwrap_or(0);
            def.devices.controllers[place].index = Some(free);
        }
        let controller = &mut def.devices.controllers[place];
        if controller.model.is_none() {
            controller.model = match kind {
                Some(ControllerType::Usb) if caps.has("piix3-usb-uhci") => Some("piix3-uhci".to_owned()),
                Some(ControllerType::Scsi) if caps.has("lsi53c895a") => Some("lsilogic".to_owned()),
                Some(ControllerType::Scsi) => Some("virtio-scsi".to_owned()),
                _ => None,
            };
        }
    }
}

fn require_root(def: &mut Domain, model: &str) -> Result<()> {
    add_controller(def, ControllerType::Pci, 0, Some(model));
    let root = def.devices.controllers.iter().find(|c| c.is(ControllerType::Pci) && c.index() == 0);
    match root.and_then(|r| r.model.as_deref()).filter(|m| *m != model) {
        Some(found) => bail!(
            Domain,
            XmlError,
            "The PCI controller with index='0' must be model='{model}' for this machine type, but model='{found}' was found instead"
        ),
        None => Ok(()),
    }
}

fn add_input(def: &mut Domain, kind: InputType) {
    for input in &mut def.devices.inputs {
        input.bus.get_or_insert(match input.kind {
            Some(InputType::Tablet) => InputBus::Usb,
            _ => InputBus::Ps2,
        });
    }
    let is = |i: &Input| i.kind == Some(kind) && i.bus == Some(InputBus::Ps2);
    if !def.devices.inputs.iter().any(is) {
        def.devices.inputs.push(Input { kind: Some(kind), bus: Some(InputBus::Ps2), ..Input::default() });
    }
}

fn displays(def: &mut Domain, caps: &Caps) {
    if !def.devices.graphics.is_empty() && def.devices.videos.is_empty() {
        def.devices.videos.push(Video::default());
    }
    let default = if caps.has("cirrus-vga") { VideoType::Cirrus } else { VideoType::Vga };
    for (index, video) in def.devices.videos.iter_mut().enumerate() {
        let model = video.model.get_or_insert_with(VideoModel::default);
        let kind = *model.kind.get_or_insert(default);
        if kind == VideoType::None {
            continue;
        }
        let vram = match kind {
            VideoType::Vga | VideoType::Cirrus | VideoType::Vmvga | VideoType::Bochs => Some(16 * 1024),
            VideoType::Qxl => Some(64 * 1024),
            _ => None,
        };
        model.vram = model.vram.or(vram);
        if kind == VideoType::Qxl {
            model.ram.get_or_insert(64 * 1024);
            model.vgamem.get_or_insert(16 * 1024);
        }
        model.heads.get_or_insert(1);
        if index == 0 {
            model.primary.get_or_insert(vir_xml::YesNo::Yes);
        }
    }
    if def.devices.audios.is_empty() {
        def.devices.audios.push(Audio { id: 1, kind: Some(AudioType::None), ..Audio::default() });
    }
}

fn interfaces(def: &mut Domain, caps: &Caps) {
    let model = ["rtl8139", "e1000"].into_iter().find(|m| caps.has(m)).unwrap_or("virtio");
    for interface in &mut def.devices.interfaces {
        interface.kind.get_or_insert(InterfaceType::User);
        interface.model.get_or_insert_with(|| InterfaceModel { kind: Some(model.to_owned()) });
    }
}

fn characters(def: &mut Domain) {
    let x86 = Chipset::of(def) != Chipset::Other;
    for serial in &mut def.devices.serials {
        let target = serial.target.get_or_insert_default();
        if target.kind.is_none() && x86 {
            target.kind = Some(SerialTargetType::IsaSerial);
        }
        let name = match target.kind {
            Some(SerialTargetType::IsaSerial) => SerialModelName::IsaSerial,
            Some(SerialTargetType::UsbSerial) => SerialModelName::UsbSerial,
            Some(SerialTargetType::PciSerial) => SerialModelName::PciSerial,
            Some(SerialTargetType::IsaDebug) => SerialModelName::IsaDebugcon,
            _ => continue,
        };
        target.model.get_or_insert(SerialModel { name: Some(name) });
    }
    let stored = def.id.is_none();
    for channel in &mut def.devices.channels {
        if !stored || channel.source.kind() != CharType::Unix {
            continue;
        }
        // a path of the kind that we make ourselves is no wish
        let ours = channel.source.path().is_some_and(|p| p.contains("/qemu/") && p.contains("/channel/"));
        if ours {
            channel.source.sources.clear();
        }
        if channel.source.path().is_none()
            && let Some(source) = channel.source.sources.first_mut()
        {
            source.mode = Some(SocketMode::Bind);
        }
    }
}
