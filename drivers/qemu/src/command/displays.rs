//! What a person sees, hears and moves.

use super::{Line, Object};
use vir_base::{Result, bail};
use vir_model::domain::device::display::{
    AudioType, GraphicsType, Input, InputBus, InputType, ListenType, VideoType,
};
use vir_model::domain::device::info::Address;

pub(super) fn inputs(line: &mut Line<'_>) -> Result<()> {
    for each in &line.inputs.def.devices.inputs {
        input(line, each)?;
    }
    Ok(())
}

pub(super) fn input(line: &mut Line<'_>, input: &Input) -> Result<()> {
    let driver = match (input.bus, input.kind.unwrap_or(InputType::Mouse)) {
        // the machine has these itself
        (Some(InputBus::Ps2 | InputBus::None) | None, _) => return Ok(()),
        (Some(InputBus::Usb), InputType::Mouse) => "usb-mouse",
        (Some(InputBus::Usb), InputType::Tablet) => "usb-tablet",
        (Some(InputBus::Usb), InputType::Keyboard) => "usb-kbd",
        (Some(InputBus::Virtio), InputType::Mouse) => "virtio-mouse-pci",
        (Some(InputBus::Virtio), InputType::Tablet) => "virtio-tablet-pci",
        (Some(InputBus::Virtio), InputType::Keyboard) => "virtio-keyboard-pci",
        (Some(other), _) => bail!(Qemu, ConfigUnsupported, "unsupported input bus {}", other.as_str()),
    };
    let object = Object::of("driver", driver).with("id", input.info.alias());
    line.json("device", object.placed(line.inputs.def, &input.info));
    Ok(())
}

pub(super) fn audios(line: &mut Line<'_>) -> Result<()> {
    for audio in &line.inputs.def.devices.audios {
        let driver = match audio.kind.unwrap_or(AudioType::None) {
            AudioType::None => "none",
            other => bail!(Qemu, ConfigUnsupported, "audio type '{}' is not supported", other.as_str()),
        };
        line.json("audiodev", Object::of("id", &format!("audio{}", audio.id)).with("driver", driver));
    }
    Ok(())
}

/// The sound back end that displays send sound to.
fn audiodev(line: &Line<'_>) -> Option<String> {
    line.inputs.def.devices.audios.first().map(|a| format!("audio{}", a.id))
}

/// The name in QEMU of what encrypts VNC.
const VNC_TLS: &str = "vnc-tls-creds0";

pub(super) fn graphics(line: &mut Line<'_>) -> Result<()> {
    for graphics in &line.inputs.def.devices.graphics {
        if graphics.kind != Some(GraphicsType::Vnc) {
            let kind = graphics.kind.map_or("", |k| k.as_str());
            bail!(Qemu, ConfigUnsupported, "unsupported graphics type '{kind}'");
        }
        if graphics.passwd.is_some() {
            bail!(Qemu, ConfigUnsupported, "VNC passwords are not supported");
        }
        let config = line.inputs.config;
        let listen = graphics.listens.first();
        let socket = graphics.socket().map(str::to_owned);
        let mut text = match (socket, listen.and_then(|l| l.kind)) {
            (Some(path), _) => format!("vnc=unix:{}", super::escape(&path)),
            (None, Some(ListenType::Socket)) => {
                format!("vnc=unix:{}", line.inputs.dirs.lib.join("vnc.sock").display())
            }
            (None, Some(ListenType::None)) => "none".to_owned(),
            (None, _) => {
                let address = listen.and_then(|l| l.address.as_deref()).unwrap_or("127.0.0.1");
                let Some(port) = graphics.port.filter(|p| *p >= 5900) else {
                    bail!(Qemu, InternalError, "vnc port must be in range [5900,65535]");
                };
                let display = port - 5900;
                match address.contains(':') {
                    true => format!("[{address}]:{display}"),
                    false => format!("{address}:{display}"),
                }
            }
        };
        if let Some(policy) = graphics.share_policy {
            text += &format!(",share={}", policy.as_str());
        }
        if config.keys.vnc_password.is_some() {
            text += ",password=on";
        }
        if let Some(tls) = config.vnc_tls() {
            line.json(
                "object",
                Object::of("qom-type", "tls-creds-x509")
                    .with("id", VNC_TLS)
                    .with("dir", tls.directory)
                    .with("endpoint", "server")
                    .with("verify-peer", tls.verify),
            );
            text += &format!(",tls-creds={VNC_TLS}");
        }
        if config.keys.vnc_sasl {
            text += ",sasl=on";
        }
        if let Some(audio) = audiodev(line) {
            text += &format!(",audiodev={audio}");
        }
        line.option("vnc", text);
        if let Some(keymap) = &graphics.keymap {
            line.option("k", keymap.as_str());
        }
    }
    Ok(())
}

pub(super) fn videos(line: &mut Line<'_>) -> Result<()> {
    let def = line.inputs.def;
    for (index, video) in def.devices.videos.iter().enumerate() {
        let model = video.model.clone().unwrap_or_default();
        let kind = model.kind.unwrap_or(VideoType::Vga);
        let bytes = |kib: Option<u32>| u64::from(kib.unwrap_or(0)) * 1024;
        let primary = index == 0;
        let driver = match kind {
            VideoType::None => continue,
            VideoType::Vga if primary => "VGA",
            VideoType::Vga => "secondary-vga",
            VideoType::Cirrus => "cirrus-vga",
            VideoType::Vmvga => "vmware-svga",
            VideoType::Qxl if primary => "qxl-vga",
            VideoType::Qxl => "qxl",
            VideoType::Virtio if primary => "virtio-vga",
            VideoType::Virtio => "virtio-gpu-pci",
            VideoType::Bochs => "bochs-display",
            VideoType::Ramfb => "ramfb",
            other => bail!(Qemu, ConfigUnsupported, "invalid model for video type '{}'", other.as_str()),
        };
        if !line.inputs.caps.has(driver) {
            bail!(
                Qemu,
                ConfigUnsupported,
                "domain configuration does not support video model '{}'",
                kind.as_str()
            );
        }
        let mut object = Object::of("driver", driver).with("id", video.info.alias());
        match kind {
            VideoType::Virtio => object = object.with("max_outputs", model.heads.unwrap_or(1)),
            VideoType::Qxl => {
                object = object
                    .with("max_outputs", model.heads.unwrap_or(1))
                    .with("ram_size", bytes(model.ram))
                    .with("vram_size", bytes(model.vram))
                    .with("vram64_size_mb", 0)
                    .with("vgamem_mb", model.vgamem.unwrap_or(16 * 1024) / 1024);
            }
            VideoType::Vga | VideoType::Vmvga if model.vram.is_some() => {
                object = object.with("vgamem_mb", model.vram.unwrap_or(16 * 1024) / 1024);
            }
            VideoType::Bochs if model.vram.is_some() => object = object.with("vgamem", bytes(model.vram)),
            _ => {}
        }
        line.json("device", object.placed(def, &video.info));
    }
    Ok(())
}

pub(super) fn sounds(line: &mut Line<'_>) -> Result<()> {
    let def = line.inputs.def;
    let audio = audiodev(line).unwrap_or_else(|| "audio1".to_owned());
    for sound in &def.devices.sounds {
        let driver = match sound.model.map_or("", |model| model.as_str()) {
            "ich6" => "intel-hda",
            "ich9" => "ich9-intel-hda",
            "es1370" => "ES1370",
            "ac97" => "AC97",
            "usb" => "usb-audio",
            "sb16" => "sb16",
            other => bail!(Qemu, ConfigUnsupported, "sound card model '{other}' is not supported by qemu"),
        };
        let alias = sound.info.alias();
        let hda = matches!(driver, "intel-hda" | "ich9-intel-hda");
        let mut object = Object::of("driver", driver).with("id", alias);
        if !hda {
            object = object.with("audiodev", audio.as_str());
        }
        let pci = matches!(sound.info.address, Some(Address::Pci(_)));
        line.json("device", if pci { object.placed(def, &sound.info) } else { object });
        if hda {
            line.json(
                "device",
                Object::of("driver", "hda-duplex")
                    .with("id", format!("{alias}-codec0"))
                    .with("bus", format!("{alias}.0"))
                    .with("cad", 0)
                    .with("audiodev", audio.as_str()),
            );
        }
    }
    Ok(())
}
