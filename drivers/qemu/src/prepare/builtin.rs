//! What a machine has without being asked: controllers, and the devices that libvirt gives every guest.

use super::{Board, Family, Terms};
use crate::caps::{Caps, Flag};
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::audio::{Audio, AudioType, SdlDriver};
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::display::{GraphicsType, Input, InputBus, InputType};
use vir_model::domain::device::small::{
    Balloon, BalloonModel, Iommu, IommuDriver, IommuModel, Panic, PanicModel, Watchdog, WatchdogAction,
    WatchdogModel,
};
use vir_model::domain::features::is_off;
use vir_xml::{OnOff, Value};

/// Most processors that a PC has without help in telling their interrupts apart.
pub const MAX_WITHOUT_EIM: u32 = 255;

/// What a machine has.
#[derive(Clone, Copy, Debug, Default)]
struct BuiltIn {
    /// The model of its first PCI controller.
    pci_root: Option<&'static str>,
    /// It has a USB controller, of this model or of the machine's own.
    usb: Option<Option<&'static str>>,
    /// It has a SATA controller.
    sata: bool,
    balloon: bool,
    /// Keyboard and mouse on USB, where there is a display.
    usb_input: bool,
    panic: bool,
    /// The watchdog of its chip set.
    itco: bool,
    /// An IOMMU where there are very many processors.
    iommu: bool,
}

impl BuiltIn {
    fn of(def: &Domain, caps: &Caps) -> Self {
        let (root, express) = (Some("pci-root"), Some("pcie-root"));
        match (Family::of(def.os.arch()), Board::of(def)) {
            (_, Board::Isapc) => Self { balloon: true, ..Self::default() },
            (_, Board::Q35) => Self {
                pci_root: express,
                usb: newest_usb(caps).map(Some),
                sata: true,
                balloon: true,
                itco: true,
                iommu: def.max_vcpus() > MAX_WITHOUT_EIM,
                ..Self::default()
            },
            (Family::X86, board) => Self {
                pci_root: root.filter(|_| board == Board::I440fx),
                usb: Some(None),
                balloon: true,
                ..Self::default()
            },
            (Family::Arm, board) => {
                let versatile = board == Board::Versatilepb;
                let usb = versatile || def.os.machine().starts_with("realview");
                Self {
                    pci_root: if board == Board::ArmVirt { express } else { root.filter(|_| versatile) },
                    usb: usb.then_some(Some("pci-ohci")),
                    ..Self::default()
                }
            }
            (Family::Ppc, board) if def.os.arch().starts_with("ppc64") => Self {
                pci_root: root,
                usb: Some(None),
                usb_input: true,
                balloon: true,
                panic: board == Board::Pseries,
                ..Self::default()
            },
            (Family::RiscV, board) => Self {
                pci_root: express.filter(|_| board == Board::RiscVVirt),
                balloon: true,
                ..Self::default()
            },
            (Family::S390, _) => Self {
                pci_root: root.filter(|_| caps.flag(Flag::DeviceZpci)),
                balloon: true,
                panic: true,
                ..Self::default()
            },
            (Family::Mips, board) => Self {
                pci_root: root.filter(|_| board == Board::Malta),
                usb: Some(None),
                balloon: true,
                ..Self::default()
            },
            (Family::LoongArch, _) => Self { pci_root: express, ..Self::default() },
            (Family::Ppc, _) => Self::workstation(),
            (Family::Other, _) if matches!(def.os.arch(), "alpha" | "sh4" | "sh4eb" | "sparc64") => {
                Self::workstation()
            }
            (Family::Other, _) => Self::default(),
        }
    }

    fn workstation() -> Self {
        Self { pci_root: Some("pci-root"), usb: Some(None), balloon: true, ..Self::default() }
    }
}

/// The best USB controller that the emulator has for a PC with PCI Express.
fn newest_usb(caps: &Caps) -> Option<&'static str> {
    let known = [
        (Flag::DeviceQemuXhci, "qemu-xhci"),
        (Flag::NecUsbXhci, "nec-xhci"),
        (Flag::Ich9UsbEhci1, "ich9-ehci1"),
    ];
    known.into_iter().find(|(flag, _)| caps.flag(*flag)).map(|(_, model)| model)
}

/// Adds what is not there.
pub(super) fn add(def: &mut Domain, terms: &Terms<'_>) -> Result<()> {
    let has = BuiltIn::of(def, terms.caps);
    let without_ps2 = def.features.as_ref().is_some_and(|features| is_off(&features.ps2));
    if terms.caps.flag(Flag::DeviceI8042) && Board::of(def).has_i8042() && !without_ps2 {
        add_input(def, InputType::Mouse, InputBus::Ps2);
        add_input(def, InputType::Keyboard, InputBus::Ps2);
    }
    if let Some(model) = has.usb {
        add_usb(def, model);
    }
    if has.sata {
        add_controller(def, ControllerType::Sata, 0, None);
    }
    if let Some(model) = has.pci_root {
        require_root(def, model)?;
    }
    if has.balloon && def.devices.balloon.is_none() {
        def.devices.balloon = Some(Balloon { model: Some(BalloonModel::Virtio), ..Balloon::default() });
    }
    if has.usb_input && !def.devices.graphics.is_empty() {
        add_input(def, InputType::Keyboard, InputBus::Usb);
        // a tablet is a better mouse
        let tablet =
            |input: &Input| input.kind == Some(InputType::Tablet) && input.bus == Some(InputBus::Usb);
        if !def.devices.inputs.iter().any(tablet) {
            add_input(def, InputType::Mouse, InputBus::Usb);
        }
    }
    if has.panic {
        let own = super::devices::panic_model(def);
        let is_own = |panic: &Panic| {
            panic.model.is_none_or(|model| model == PanicModel::Default || Some(model) == own)
        };
        if !def.devices.panics.iter().any(is_own) {
            def.devices.panics.push(Panic::default());
        }
    }
    if has.itco {
        add_itco(def);
    }
    let translates = [Flag::DeviceIntelIommu, Flag::IntelIommuIntremap, Flag::IntelIommuEim];
    if has.iommu && def.devices.iommu.is_none() && translates.into_iter().all(|flag| terms.caps.flag(flag)) {
        let on = Some(OnOff::On);
        // one needs the other
        let driver = Some(IommuDriver { intremap: on, eim: on, ..IommuDriver::default() });
        def.devices.iommu = Some(Iommu { model: Some(IommuModel::Intel), driver, ..Iommu::default() });
    }
    if def.devices.audios.is_empty()
        && let Some(audio) = default_audio(def, terms)?
    {
        def.devices.audios.push(audio);
    }
    Ok(())
}

/// Adds a controller behind the last of its kind, unless there is one of that number.
pub(super) fn add_controller(def: &mut Domain, kind: ControllerType, index: u32, model: Option<&str>) {
    vir_model::domain::pass::controllers::ensure(&mut def.devices, kind, index, model);
}

/// A controller for USB 2 comes with its companions for USB 1.
fn add_usb(def: &mut Domain, model: Option<&str>) {
    if def.devices.controllers.iter().any(|c| c.is(ControllerType::Usb) && c.index() == 0) {
        return;
    }
    def.devices.insert_controller(Controller::new(ControllerType::Usb, 0, model));
    if model != Some("ich9-ehci1") {
        return;
    }
    for (model, startport) in [("ich9-uhci1", 0), ("ich9-uhci2", 2), ("ich9-uhci3", 4)] {
        let mut companion = Controller::new(ControllerType::Usb, 0, Some(model));
        companion.info.master = Some(vir_model::domain::device::info::UsbMaster { startport });
        def.devices.insert_controller(companion);
    }
}

fn require_root(def: &mut Domain, model: &str) -> Result<()> {
    let root = def.devices.controllers.iter().find(|c| c.is(ControllerType::Pci) && c.index() == 0);
    match root.map(|root| root.model.as_deref().unwrap_or_default()) {
        None => def.devices.insert_controller(Controller::new(ControllerType::Pci, 0, Some(model))),
        Some(found) if found != model => bail!(
            Qemu,
            XmlError,
            "The PCI controller with index='0' must be model='{model}' for this machine type, but model='{found}' was found instead"
        ),
        Some(_) => {}
    }
    Ok(())
}

fn add_input(def: &mut Domain, kind: InputType, bus: InputBus) {
    let is = |input: &Input| input.kind == Some(kind) && input.bus == Some(bus);
    if !def.devices.inputs.iter().any(is) {
        def.devices.inputs.push(Input { kind: Some(kind), bus: Some(bus), ..Input::default() });
    }
}

/// The chip set's own watchdog does what the first one does.
fn add_itco(def: &mut Domain) {
    let watchdogs = &mut def.devices.watchdogs;
    if !watchdogs.iter().any(|watchdog| watchdog.model == Some(WatchdogModel::Itco)) {
        let action = watchdogs.first().and_then(|first| first.action).unwrap_or(WatchdogAction::Reset);
        let model = Some(WatchdogModel::Itco);
        watchdogs.push(Watchdog { model, action: Some(action), ..Watchdog::default() });
    }
}

/// What QEMU calls a driver of sound by this name.
fn qemu_audio(name: &str) -> Option<AudioType> {
    match name {
        "pa" => Some(AudioType::Pulseaudio),
        "wav" => Some(AudioType::File),
        "pulseaudio" | "file" => None,
        other => AudioType::parse(other),
    }
}

/// Where sound goes if nothing is said: with the picture, or nowhere, unless the administrator lets it out.
fn default_audio(def: &Domain, terms: &Terms<'_>) -> Result<Option<Audio>> {
    // what takes it, and whether the host's own may
    let mut found = None;
    for graphics in &def.devices.graphics {
        match graphics.kind() {
            GraphicsType::Vnc => found = Some((AudioType::None, terms.host.vnc_audio)),
            GraphicsType::Spice => found = Some((AudioType::Spice, false)),
            GraphicsType::Sdl => found = Some((found.map_or(AudioType::None, |(kind, _)| kind), true)),
            _ => {}
        }
    }
    if def.devices.graphics.is_empty() {
        found = Some((AudioType::None, terms.host.hidden_audio));
    }
    let Some((mut kind, by_host)) = found else { return Ok(None) };
    if by_host {
        let Some(name) = &terms.host.audio_driver else { return Ok(None) };
        kind = match qemu_audio(name) {
            Some(kind) => kind,
            None => bail!(Qemu, ConfigUnsupported, "unknown QEMU_AUDIO_DRV setting {name}"),
        };
    }
    let mut audio = Audio { id: 1, kind: Some(kind), ..Audio::default() };
    if kind == AudioType::Sdl
        && let Some(name) = &terms.host.sdl_driver
    {
        audio.driver = match SdlDriver::parse(name) {
            None => bail!(Qemu, ConfigUnsupported, "unknown SDL_AUDIODRIVER setting {name}"),
            driver => driver,
        };
    }
    Ok(Some(audio))
}
