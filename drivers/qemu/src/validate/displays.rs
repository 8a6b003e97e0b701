//! What a person sees, hears and moves.

use super::{Check, features, memory, refuse};
use crate::caps::Flag;
use vir_base::{Result, bail};
use vir_model::domain::device::audio::{Audio, AudioType};
use vir_model::domain::device::display::{
    CodecType, Input, InputBus, InputModel, InputType, Sound, SoundModel, Video, VideoBackend, VideoModel,
    VideoType,
};
use vir_model::domain::device::graphics::{Graphics, GraphicsType, ListenType};
use vir_model::domain::device::info::Address;
use vir_xml::{OnOff, YesNo};

/// The least that a card's framebuffer has, in KiB.
const VIDEO_MEMORY_MIN: u32 = 1024;
/// The most that QXL's memory can be, in KiB.
const QXL_MEMORY_MAX: u32 = u32::MAX / 1024;

/// A graphics card.
pub fn video(it: &Check<'_>, video: &Video) -> Result<()> {
    let Some(model) = &video.model else { return Ok(()) };
    let kind = match model.kind {
        None | Some(VideoType::None) => return Ok(()),
        Some(kind) => kind,
    };
    let flag = match kind {
        VideoType::Vga => Some(Flag::DeviceVga),
        VideoType::Cirrus => Some(Flag::DeviceCirrusVga),
        VideoType::Vmvga => Some(Flag::DeviceVmwareSvga),
        VideoType::Qxl => Some(Flag::DeviceQxl),
        VideoType::Virtio => Some(Flag::DeviceVirtioGpu),
        VideoType::Bochs => Some(Flag::DeviceBochsDisplay),
        VideoType::Ramfb => Some(Flag::DeviceRamfb),
        _ => None,
    };
    let (qxl, virtio) = (kind == VideoType::Qxl, kind == VideoType::Virtio);
    let single = !qxl && !virtio;
    refuse([
        (
            !flag.is_some_and(|flag| it.has(flag)),
            format!("domain configuration does not support video model '{kind}'"),
        ),
        (
            single && model.primary != Some(YesNo::Yes),
            format!("video type '{kind}' is only valid as primary video device"),
        ),
        (
            single && model.heads.is_some_and(|heads| heads != 1),
            format!("video type '{kind}' doesn't support multiple 'heads'"),
        ),
    ])?;
    let flat = model.acceleration.as_ref().is_some_and(|it| it.accel2d == Some(YesNo::Yes));
    refuse([(flat, "qemu does not support the accel2d setting")])?;
    if qxl {
        qxl_memory(model)?;
    }
    let resolution = matches!(kind, VideoType::Vga | VideoType::Qxl | VideoType::Virtio | VideoType::Bochs);
    if model.resolution.is_some() && !resolution {
        bail!(Qemu, XmlError, "model resolution is not supported");
    }
    let little = model.vram.is_some_and(|vram| vram > 0 && vram < VIDEO_MEMORY_MIN);
    refuse([(
        matches!(kind, VideoType::Vga | VideoType::Vmvga) && little,
        "value for 'vram' must be at least 1 MiB (1024 KiB)",
    )])?;
    acceleration(it, video, model, virtio)?;
    let blob = model.blob.filter(|_| virtio);
    refuse([
        (
            blob.is_some() && !it.has(Flag::VirtioGpuBlob),
            "this QEMU does not support 'blob' for virtio-gpu devices",
        ),
        (
            blob == Some(OnOff::On) && memory::source(it) != Some("memfd"),
            "'blob' support for virtio-gpu devices requires a memfd memory backend",
        ),
        (
            kind == VideoType::Ramfb && video.info.address.is_some(),
            "'address' is not supported for 'ramfb' video devices",
        ),
    ])
}

fn qxl_memory(model: &VideoModel) -> Result<()> {
    for (size, name) in [(model.vram, "vram"), (model.ram, "ram")] {
        if size.is_some_and(|size| size > QXL_MEMORY_MAX) {
            bail!(Qemu, Overflow, "value for '{name}' must be less than '{QXL_MEMORY_MAX}'");
        }
    }
    let Some(frame) = model.vgamem.filter(|size| *size > 0) else { return Ok(()) };
    refuse([
        (frame < VIDEO_MEMORY_MIN, "value for 'vgamem' must be at least 1 MiB (1024 KiB)"),
        (!frame.is_power_of_two(), "value for 'vgamem' must be power of two"),
    ])
}

fn acceleration(it: &Check<'_>, video: &Video, model: &VideoModel, virtio: bool) -> Result<()> {
    let backend = video.driver.as_ref().and_then(|driver| driver.name);
    if backend == Some(VideoBackend::Vhostuser) {
        return refuse([(
            virtio && !it.has(Flag::DeviceVhostUserGpu),
            "this QEMU does not support 'vhost-user' video device",
        )]);
    }
    let solid = model.acceleration.as_ref().is_some_and(|it| it.accel3d == Some(YesNo::Yes));
    let flags = [Flag::VirtioGpuVirgl, Flag::VirtioGpuGlPci, Flag::VirtioVgaGl];
    refuse([
        (solid && !virtio, "3d acceleration is supported only with 'virtio' video device"),
        (
            solid && !flags.iter().any(|flag| it.has(*flag)),
            "3d acceleration is not supported by this QEMU binary",
        ),
    ])
}

/// A display.
pub fn graphics(it: &Check<'_>, graphics: &Graphics) -> Result<()> {
    use GraphicsType::{Dbus, Desktop, EglHeadless, Rdp, Sdl, Spice, Vnc};
    let kind = graphics.kind();
    let served = match kind {
        Sdl => it.has(Flag::Sdl),
        Vnc => it.has(Flag::Vnc),
        Spice => it.has(Flag::Spice),
        EglHeadless => it.has(Flag::EglHeadless),
        Dbus => it.has(Flag::DisplayDbus),
        Rdp => it.has(Flag::DisplayDbus) && it.host.rdp,
        Desktop => false,
    };
    let headless = it.shown_by(EglHeadless);
    let gl = graphics.gl.as_ref().filter(|_| kind == Spice);
    let gl = gl.filter(|gl| gl.enable == Some(YesNo::Yes));
    refuse([
        (!served, format!("{kind} graphics are not supported with this QEMU")),
        (
            headless && !matches!(kind, EglHeadless | Vnc | Spice),
            "graphics type 'egl-headless' is only supported with one of: 'vnc', 'spice' graphics types"
                .into(),
        ),
        (headless && gl.is_some(), "multiple OpenGL displays are not supported by QEMU".into()),
    ])?;
    match kind {
        Spice => {
            let listen = graphics.listen().and_then(|listen| listen.kind);
            let listens = matches!(listen, None | Some(ListenType::Address | ListenType::Network));
            let secure = graphics.tls_port.is_some_and(|port| port > 0);
            refuse([
                (
                    listens && secure && !it.host.spice_tls,
                    "spice TLS port set in XML configuration, but TLS is disabled in qemu.conf",
                ),
                (gl.is_some() && !it.has(Flag::SpiceGl), "This QEMU doesn't support spice OpenGL"),
                (
                    gl.is_some_and(|gl| gl.rendernode.is_some()) && !it.has(Flag::SpiceRendernode),
                    "This QEMU doesn't support spice OpenGL rendernode",
                ),
            ])
        }
        EglHeadless => {
            let node = graphics.gl.as_ref().is_some_and(|gl| gl.rendernode.is_some());
            refuse([(
                node && !it.has(Flag::EglHeadlessRendernode),
                "This QEMU doesn't support OpenGL rendernode with egl-headless graphics type",
            )])
        }
        Vnc => {
            let length = graphics.passwd.as_ref().map_or(0, String::len);
            refuse([
                (
                    graphics.power_control.is_some() && !it.has(Flag::VncPowerControl),
                    "VNC power control is not available".to_owned(),
                ),
                (length > 8, format!("VNC password is {length} characters long, only 8 permitted")),
            ])
        }
        Dbus => {
            let id = graphics.audio.as_ref().and_then(|audio| audio.id);
            let heard = it.def.devices.audios.iter().find(|audio| Some(audio.id) == id);
            refuse([(
                heard.is_some_and(|audio| audio.kind != Some(AudioType::Dbus)),
                "The associated audio is not of 'dbus' kind.",
            )])
        }
        Rdp => refuse([
            (graphics.replace_user, "RDP doesn't support 'replaceUser'"),
            (graphics.multi_user, "RDP doesn't support 'multiUser'"),
            (graphics.passwd_valid_to.is_some(), "RDP password expiration isn't supported"),
        ]),
        Sdl | Desktop => Ok(()),
    }
}

/// Where sound goes.
pub fn audio(it: &Check<'_>, audio: &Audio) -> Result<()> {
    refuse([
        (
            audio.kind == Some(AudioType::Spice) && !it.shown_by(GraphicsType::Spice),
            "Spice audio is not supported without spice graphics",
        ),
        (
            audio.kind == Some(AudioType::Dbus) && !it.has(Flag::DisplayDbus),
            "D-Bus audio is not supported with this QEMU",
        ),
    ])
}

/// A sound card.
pub fn sound(it: &Check<'_>, sound: &Sound) -> Result<()> {
    match sound.model {
        Some(SoundModel::Usb) => {
            it.needs(Flag::ObjectUsbAudio, "usb-audio controller is not supported by this QEMU binary")?
        }
        Some(SoundModel::Ich9) => it.needs(
            Flag::DeviceIch9IntelHda,
            "The ich9-intel-hda audio controller is not supported in this QEMU binary",
        )?,
        Some(SoundModel::Virtio) => {
            it.needs(Flag::DeviceVirtioSound, "virtio-sound controller is not supported in this QEMU binary")?
        }
        Some(model @ SoundModel::Ich7) => {
            bail!(Qemu, InternalError, "sound card model '{model}' is not supported by qemu")
        }
        _ => {}
    }
    for codec in sound.codecs.iter().filter_map(|codec| codec.kind) {
        let flag = match codec {
            CodecType::Duplex => Flag::HdaDuplex,
            CodecType::Micro => Flag::HdaMicro,
            CodecType::Output => Flag::HdaOutput,
        };
        it.needs(flag, format!("hda-{codec} not supported in this QEMU binary"))?;
    }
    Ok(())
}

/// A keyboard, mouse or tablet.
pub fn input(it: &Check<'_>, input: &Input) -> Result<()> {
    let Some(kind) = input.kind else { return Ok(()) };
    refuse([
        (
            input.bus == Some(InputBus::Ps2) && !features::has_ps2(it),
            "ps2 is not supported by this QEMU binary",
        ),
        (
            input.bus == Some(InputBus::Usb) && kind == InputType::Keyboard && !it.has(Flag::DeviceUsbKbd),
            "usb keyboard is not supported by this QEMU binary",
        ),
    ])?;
    if input.bus != Some(InputBus::Virtio) {
        return Ok(());
    }
    if input.model.is_some_and(|model| model != InputModel::Virtio) {
        bail!(
            Qemu,
            ConfigUnsupported,
            "virtio (non-)transitional models are not supported for input type={kind}"
        );
    }
    let (name, flag, on_channels) = match kind {
        InputType::Mouse => ("virtio-mouse", Flag::VirtioMouse, Some(Flag::DeviceVirtioMouseCcw)),
        InputType::Tablet => ("virtio-tablet", Flag::VirtioTablet, Some(Flag::DeviceVirtioTabletCcw)),
        InputType::Keyboard => ("virtio-keyboard", Flag::VirtioKeyboard, Some(Flag::DeviceVirtioKeyboardCcw)),
        InputType::Passthrough => ("virtio-input-host", Flag::VirtioInputHost, None),
        InputType::Evdev => ("input-linux", Flag::InputLinux, None),
    };
    let channels = matches!(input.info.address, Some(Address::Ccw(_)));
    refuse([(
        !it.has(flag) || channels && !on_channels.is_some_and(|flag| it.has(flag)),
        format!("{name} is not supported by this QEMU binary"),
    )])
}
