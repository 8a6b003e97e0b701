//! `<audio>`: where a guest's sound goes on the host.

use super::small::required;
use vir_base::{Result, bail};
use vir_xml::{Element, Value, YesNo, element, xml_enum};

xml_enum! {
    /// Where sound goes.
    pub enum AudioType {
        None = "none", Alsa = "alsa", Coreaudio = "coreaudio", Jack = "jack", Oss = "oss",
        Pulseaudio = "pulseaudio", Sdl = "sdl", Spice = "spice", File = "file", Dbus = "dbus", Pipewire = "pipewire",
    }
    /// What SDL uses.
    pub enum SdlDriver { Esd = "esd", Alsa = "alsa", Arts = "arts", Pulseaudio = "pulseaudio", }
    /// What a sample is.
    pub enum SampleFormat { U8 = "u8", S8 = "s8", U16 = "u16", S16 = "s16", U32 = "u32", S32 = "s32", F32 = "f32", }
}

element! {
    /// Which sound goes where, by the number of an `<audio>`.
    pub struct AudioRef "audio" => settle {
        /// The number, from 1.
        attr id "id": Option<u32>,
    }

    /// Where a guest's sound goes.
    pub struct Audio "audio" => settle {
        /// Number by which devices name it, from 1.
        attr id "id": u32,
        /// What takes it.
        attr kind "type": Option<AudioType>,
        /// Microseconds between looks at it. Since 7.2.0. Drivers: qemu.
        count timer_period "timerPeriod": Option<u32>,
        /// Whether memory is mapped, of `oss`. Since 7.2.0. Drivers: qemu.
        attr try_mmap "tryMMap": Option<YesNo>,
        /// Whether no other program may use it, of `oss`. Since 7.2.0. Drivers: qemu.
        attr exclusive "exclusive": Option<YesNo>,
        /// Policy of delays, of `oss`. Since 7.2.0. Drivers: qemu.
        attr dsp_policy "dspPolicy": Option<i32>,
        /// Name of the server, of `pulseaudio`. Since 7.2.0. Drivers: qemu.
        attr server_name "serverName": Option<String>,
        /// What SDL uses. Since 7.2.0. Drivers: qemu.
        attr driver "driver": Option<SdlDriver>,
        /// Path, of `file`. Since 7.2.0. Drivers: qemu.
        attr path "path": Option<String>,
        /// Directory of the server's socket, of `pipewire`. Since 9.10.0. Drivers: qemu.
        attr runtime_dir "runtimeDir": Option<String>,
        /// What the guest hears.
        maybe input "input": Option<AudioEnd>,
        /// What it plays.
        maybe output "output": Option<AudioEnd>,
    }

    /// What the guest hears or plays.
    pub struct AudioEnd "input" => settle {
        /// Whether the hypervisor mixes. Since 7.2.0. Drivers: qemu.
        attr mixing_engine "mixingEngine": Option<YesNo>,
        /// Whether what the guest asks for is passed over. Since 7.2.0. Drivers: qemu.
        attr fixed_settings "fixedSettings": Option<YesNo>,
        /// Number of voices. Since 7.2.0. Drivers: qemu.
        count voices "voices": Option<u32>,
        /// Length of the buffer in microseconds. Since 7.2.0. Drivers: qemu.
        count buffer_length "bufferLength": Option<u32>,
        /// Name of the server, of `jack`. Since 7.2.0. Drivers: qemu.
        attr server_name "serverName": Option<String>,
        /// Name of the client, of `jack`. Since 7.2.0. Drivers: qemu.
        attr client_name "clientName": Option<String>,
        /// Ports that are connected, of `jack`. Since 7.2.0. Drivers: qemu.
        attr connect_ports "connectPorts": Option<String>,
        /// Whether the client's name must be this one, of `jack`. Since 7.2.0. Drivers: qemu.
        attr exact_name "exactName": Option<YesNo>,
        /// Device, of `alsa` and `oss`.
        attr dev "dev": Option<String>,
        /// Number of buffers, of `coreaudio`, `oss` and `sdl`. Since 7.2.0. Drivers: qemu.
        count buffer_count "bufferCount": Option<u32>,
        /// Whether it is asked instead of waited for, of `oss`. Since 7.2.0. Drivers: qemu.
        attr try_poll "tryPoll": Option<YesNo>,
        /// Name of the sink or source, of `pulseaudio` and `pipewire`. Since 7.2.0. Drivers: qemu.
        attr name "name": Option<String>,
        /// Name of the stream. Since 7.2.0. Drivers: qemu.
        attr stream_name "streamName": Option<String>,
        /// Microseconds of delay that are wished. Since 7.2.0. Drivers: qemu.
        count latency "latency": Option<u32>,
        /// What a sample is, if it is fixed. Since 7.2.0. Drivers: qemu.
        child settings "settings": Option<AudioSettings>,
    }
    /// What a sample is.
    pub struct AudioSettings "settings" {
        /// Samples a second.
        count frequency "frequency": Option<u32>,
        /// Number of channels.
        count channels "channels": Option<u32>,
        /// Format.
        attr format "format": Option<SampleFormat>,
    }
}

impl AudioRef {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.id.is_some(), "id", element)?;
        not_zero(self.id, "id", element)
    }
}

fn not_zero(value: Option<u32>, name: &str, element: &Element) -> Result<()> {
    if value == Some(0) {
        bail!(
            Xml,
            XmlError,
            "Invalid value for attribute '{name}' in element '{}': Zero is not permitted",
            element.name
        );
    }
    Ok(())
}

impl Audio {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.kind.is_some(), "type", element)?;
        not_zero(Some(self.id), "id", element)?;
        let kind = self.kind.unwrap_or(AudioType::None);
        if kind == AudioType::Oss {
            if let Some(policy) = self.dsp_policy
                && policy < 0
            {
                bail!(Domain, XmlError, "cannot parse 'dspPolicy' value '{policy}'");
            }
        } else {
            (self.try_mmap, self.exclusive, self.dsp_policy) = (None, None, None);
        }
        if kind != AudioType::Pulseaudio {
            self.server_name = None;
        }
        if kind != AudioType::Sdl {
            self.driver = None;
        }
        if kind != AudioType::File {
            self.path = None;
        }
        if kind != AudioType::Pipewire {
            self.runtime_dir = None;
        }
        for end in [&mut self.input, &mut self.output].into_iter().flatten() {
            end.keep(kind);
        }
        Ok(())
    }
}

impl AudioEnd {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let fixed = self.fixed_settings == Some(YesNo::Yes);
        if fixed && self.mixing_engine != Some(YesNo::Yes) {
            bail!(Domain, ConfigUnsupported, "fixed audio settings requires mixing engine");
        }
        if self.settings.is_some() && !fixed {
            bail!(Domain, ConfigUnsupported, "audio settings specified without fixed settings flag");
        }
        if fixed {
            self.settings.get_or_insert_default();
        }
        Ok(())
    }

    /// Drops what says nothing for this kind.
    fn keep(&mut self, kind: AudioType) {
        let it = std::mem::take(self);
        let common = Self {
            mixing_engine: it.mixing_engine,
            fixed_settings: it.fixed_settings,
            voices: it.voices,
            buffer_length: it.buffer_length,
            settings: it.settings,
            ..Self::default()
        };
        *self = match kind {
            AudioType::Alsa => Self { dev: it.dev, ..common },
            AudioType::Coreaudio | AudioType::Sdl => Self { buffer_count: it.buffer_count, ..common },
            AudioType::Jack => Self {
                server_name: it.server_name,
                client_name: it.client_name,
                connect_ports: it.connect_ports,
                exact_name: it.exact_name,
                ..common
            },
            AudioType::Oss => {
                Self { dev: it.dev, buffer_count: it.buffer_count, try_poll: it.try_poll, ..common }
            }
            AudioType::Pulseaudio | AudioType::Pipewire => {
                Self { name: it.name, stream_name: it.stream_name, latency: it.latency, ..common }
            }
            AudioType::None | AudioType::Spice | AudioType::File | AudioType::Dbus => common,
        };
    }
}

/// The kind of a name.
pub fn kind_of(text: &str) -> Option<AudioType> {
    AudioType::parse(text)
}
