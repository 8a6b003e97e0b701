//! `<video>`, `<input>` and `<sound>`: what a person sees, hears and moves; displays and the host's
//! side of sound are beside it.

use super::info::{Address, DeviceInfo, VirtioOptions};
use vir_base::{Result, bail, err};
use vir_xml::{Element, OnOff, Value, YesNo, element, xml_enum};

pub use super::audio::{Audio, AudioType};
pub use super::graphics::{Graphics, GraphicsType, Listen, ListenType, SharePolicy};

xml_enum! {
    /// An input device.
    pub enum InputType {
        Mouse = "mouse", Tablet = "tablet", Keyboard = "keyboard", Passthrough = "passthrough", Evdev = "evdev",
    }
    /// How the guest reaches it.
    pub enum InputBus { Ps2 = "ps2", Usb = "usb", Xen = "xen", Parallels = "parallels", Virtio = "virtio", None = "none", }
    /// Which virtio device.
    pub enum InputModel {
        Virtio = "virtio", VirtioTransitional = "virtio-transitional",
        VirtioNonTransitional = "virtio-non-transitional",
    }
    /// What of the host's device the guest takes.
    pub enum Grab { All = "all", }
    /// What gives it back.
    pub enum GrabToggle {
        CtrlCtrl = "ctrl-ctrl", AltAlt = "alt-alt", ShiftShift = "shift-shift", MetaMeta = "meta-meta",
        Scrolllock = "scrolllock", CtrlScrolllock = "ctrl-scrolllock",
    }
    /// A graphics card.
    pub enum VideoType {
        Default = "default", Vga = "vga", Cirrus = "cirrus", Vmvga = "vmvga", Xen = "xen", Vbox = "vbox", Qxl = "qxl",
        Parallels = "parallels", Virtio = "virtio", Gop = "gop", None = "none", Bochs = "bochs", Ramfb = "ramfb",
    }
    /// Who draws.
    pub enum VideoBackend { Qemu = "qemu", Vhostuser = "vhostuser", }
    /// How bhyve's framebuffer is found; by its ports if nothing is said.
    pub enum VgaConf { On = "on", Off = "off", }
    unsaid ["io"]
    /// A sound card.
    pub enum SoundModel {
        Sb16 = "sb16", Es1370 = "es1370", Pcspk = "pcspk", Ac97 = "ac97", Ich6 = "ich6", Ich9 = "ich9", Usb = "usb",
        Ich7 = "ich7", Virtio = "virtio",
    }
    /// What turns numbers to sound.
    pub enum CodecType { Duplex = "duplex", Micro = "micro", Output = "output", }
}

element! {
    /// An input device.
    pub struct Input "input" => settle {
        /// What it is.
        attr kind "type": Option<InputType>,
        /// How the guest reaches it.
        attr bus "bus": Option<InputBus>,
        /// Which virtio device, of bus `virtio`. Since 5.2.0. Drivers: qemu.
        attr model "model": Option<InputModel>,
        /// What virtio devices have in common. Since 3.5.0. Drivers: qemu.
        maybe driver "driver": Option<VirtioOptions>,
        /// The host's device. Since 1.3.0. Drivers: qemu.
        maybe source "source": Option<InputSource>,
        part info "": DeviceInfo,
    }
    /// The host's device.
    pub struct InputSource "source" {
        /// Its path, of type `evdev`. Since 7.4.0.
        attr dev "dev": Option<String>,
        /// Its path, of type `passthrough`. Since 1.3.0.
        attr evdev "evdev": Option<String>,
        /// `all`: every device of the host goes along. Since 7.4.0.
        attr grab "grab": Option<Grab>,
        /// Keys that give it to the guest and back. Since 7.6.0.
        attr grab_toggle "grabToggle": Option<GrabToggle>,
        /// Whether held keys repeat. Since 7.4.0.
        attr repeat "repeat": Option<OnOff>,
    }

    /// A graphics card.
    pub struct Video "video" => settle {
        /// How it is served. Since 3.5.0. Drivers: qemu, bhyve.
        maybe driver "driver": Option<VideoDriver>,
        /// Which one.
        child model "model": Option<VideoModel>,
        part info "": DeviceInfo,
    }
    /// How a graphics card is served.
    pub struct VideoDriver "driver" {
        part virtio "": VirtioOptions,
        /// How bhyve's framebuffer is found. Since 3.5.0. Drivers: bhyve.
        attr vgaconf "vgaconf": Option<VgaConf>,
        /// Who draws: `qemu` or `vhostuser`. Since 5.8.0. Drivers: qemu.
        attr name "name": Option<VideoBackend>,
    }
    /// Which graphics card.
    pub struct VideoModel "model" => settle {
        /// What the guest sees; the hypervisor's default if nothing is said.
        attr kind "type": Option<VideoType>,
        /// Memory of the first kind, in KiB, of `qxl`. Since 1.0.2. Drivers: qemu.
        count ram "ram": Option<u32>,
        /// Memory, in KiB. Drivers: qemu, xen, vz, vmware, esx, vbox.
        count vram "vram": Option<u32>,
        /// Memory beyond 4 GiB, in KiB, of `qxl`. Since 1.3.3. Drivers: qemu.
        count vram64 "vram64": Option<u32>,
        /// Framebuffer, in KiB, of `qxl`. Since 1.2.11. Drivers: qemu.
        count vgamem "vgamem": Option<u32>,
        /// Number of screens; 1 if nothing is said. Drivers: qemu, vz, vmware, esx, vbox.
        count heads "heads": Option<u32>,
        /// Whether it is the one that is there from the start. Since 1.0.2. Drivers: qemu.
        attr primary "primary": Option<YesNo>,
        /// Whether the host's memory is used as it is, of `virtio`. Since 9.2.0. Drivers: qemu.
        attr blob "blob": Option<OnOff>,
        /// What the host's card does. Since 0.7.1. Drivers: qemu, vz, vbox.
        child acceleration "acceleration": Option<Acceleration>,
        /// Size of the picture. Since 5.9.0. Drivers: qemu, bhyve.
        child resolution "resolution": Option<Resolution>,
    }
    /// What the host's card does.
    pub struct Acceleration "acceleration" => settle {
        /// Bodies.
        attr accel3d "accel3d": Option<YesNo>,
        /// Surfaces. Since 0.7.1. Drivers: vbox.
        attr accel2d "accel2d": Option<YesNo>,
        /// Device of the host. Since 5.8.0. Drivers: qemu.
        attr rendernode "rendernode": Option<String>,
    }
    /// Size of the picture.
    pub struct Resolution "resolution" {
        /// Pixels across.
        attr x "x": u32,
        /// Pixels down.
        attr y "y": u32,
    }

    /// A sound card.
    pub struct Sound "sound" => settle {
        /// Which one.
        attr model "model": Option<SoundModel>,
        /// Whether it has more than two channels, of `usb`. Since 9.4.0. Drivers: qemu.
        attr multichannel "multichannel": Option<YesNo>,
        /// Number of streams, of `virtio`. Since 10.4.0. Drivers: qemu.
        count streams "streams": Option<u32>,
        /// What turns numbers to sound, of `ich6` and `ich9`. Since 0.9.13. Drivers: qemu.
        list codecs "codec": Vec<Codec>,
        /// Where its sound goes. Since 6.7.0. Drivers: qemu, bhyve.
        maybe audio "audio": Option<super::audio::AudioRef>,
        part info "": DeviceInfo,
        /// What virtio devices have in common. Since 10.4.0. Drivers: qemu.
        maybe driver "driver": Option<VirtioOptions>,
    }
    /// What turns numbers to sound.
    pub struct Codec "codec" {
        /// `duplex`, `micro` or `output`.
        attr kind "type": Option<CodecType>,
    }
}

/// What tables would refuse in other words than the peer's.
pub(super) fn precheck(element: &Element) -> Result<()> {
    let bad = |name: &str, known: &[&str]| element.attr(name).filter(|text| !known.contains(text));
    let error = |what: &str, text: &str| {
        Err(err!(Domain, ConfigUnsupported, "unknown {what} '{text}'")
            .with_hint(element.position.to_string()))
    };
    match &*element.name {
        "input" => {
            if element.attr("type").is_none() {
                bail!(Domain, InternalError, "missing input device type");
            }
            if let Some(text) = bad("type", InputType::names()) {
                return error("input device type", text);
            }
            if let Some(text) = bad("model", InputModel::names()) {
                return error("input model", text);
            }
            if let Some(text) = bad("bus", InputBus::names()) {
                return error("input bus type", text);
            }
        }
        "sound" => {
            for codec in element.children().filter(|child| child.name == "codec") {
                let text = codec.attr("type").unwrap_or("(null)");
                if CodecType::parse(text).is_none() {
                    return error("codec type", text);
                }
            }
        }
        "hub" if element.attr("type").is_none() => {
            bail!(Domain, InternalError, "missing hub device type");
        }
        "panic" => {
            let known = super::small::PanicModel::names();
            if let Some(text) = bad("model", known).filter(|text| *text != "default") {
                return error("panic model", text);
            }
        }
        _ => {}
    }
    Ok(())
}

/// A USB device has a place on a USB bus or none.
pub(super) fn usb_place(info: &DeviceInfo) -> Result<()> {
    match &info.address {
        None | Some(Address::Usb { .. }) => Ok(()),
        Some(_) => bail!(Domain, XmlError, "Invalid address for a USB device"),
    }
}

impl Input {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.bus.take_if(|bus| *bus == InputBus::None);
        if self.bus == Some(InputBus::Usb) {
            usb_place(&self.info)?;
        }
        let Some(it) = self.source.take() else { return Ok(()) };
        self.source = match self.kind {
            Some(InputType::Passthrough) => {
                if it.evdev.is_none() {
                    bail!(Domain, XmlError, "Missing evdev path for input device");
                }
                Some(InputSource { evdev: it.evdev, ..InputSource::default() })
            }
            Some(InputType::Evdev) => {
                if it.dev.is_none() {
                    bail!(Domain, XmlError, "Missing evdev path for input device");
                }
                Some(InputSource { evdev: None, ..it })
            }
            _ => None,
        };
        Ok(())
    }
}

impl Video {
    fn settle(&mut self, _: &Element) -> Result<()> {
        Ok(())
    }

    /// Which graphics card it is, if the document or the defaults say.
    pub fn kind(&self) -> Option<VideoType> {
        self.model.as_ref().and_then(|model| model.kind)
    }
}

impl VideoModel {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if element.attr("heads").is_none() {
            self.heads = Some(1);
        }
        self.primary.take_if(|primary| *primary == YesNo::No);
        Ok(())
    }
}

impl Acceleration {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if self.accel2d.is_none() && self.accel3d.is_none() && self.rendernode.is_none() {
            bail!(Domain, ConfigUnsupported, "missing values for acceleration");
        }
        Ok(())
    }
}

impl Sound {
    fn settle(&mut self, element: &Element) -> Result<()> {
        super::small::required(self.model.is_some(), "model", element)?;
        if !matches!(self.model, Some(SoundModel::Ich6 | SoundModel::Ich9)) {
            self.codecs.clear();
        }
        if self.model != Some(SoundModel::Usb) {
            self.multichannel = None;
        }
        if self.model != Some(SoundModel::Virtio) {
            self.streams = None;
        }
        Ok(())
    }
}
