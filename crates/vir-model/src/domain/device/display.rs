//! `<video>`, `<input>`, `<sound>` and `<audio>`: what a person sees, hears and moves;
//! displays are beside it.

use super::info::DeviceInfo;
use vir_xml::{YesNo, element, xml_enum};

pub use super::graphics::{Graphics, GraphicsType, Listen, ListenType, SharePolicy};

xml_enum! {
    /// An input device.
    pub enum InputType { Mouse = "mouse", Tablet = "tablet", Keyboard = "keyboard", }
    beyond ["passthrough", "evdev"]
    /// How the guest reaches it.
    pub enum InputBus { Ps2 = "ps2", Usb = "usb", Xen = "xen", Parallels = "parallels", None = "none", Virtio = "virtio", }
    /// A graphics card.
    pub enum VideoType {
        Vga = "vga", Cirrus = "cirrus", Vmvga = "vmvga", Xen = "xen", Vbox = "vbox", Qxl = "qxl",
        Parallels = "parallels", Virtio = "virtio", Gop = "gop", None = "none", Bochs = "bochs", Ramfb = "ramfb",
    }
    /// Where sound goes.
    pub enum AudioType {
        None = "none", Alsa = "alsa", Coreaudio = "coreaudio", Jack = "jack", Oss = "oss",
        Pulseaudio = "pulseaudio", Sdl = "sdl", Spice = "spice", File = "file", Dbus = "dbus", Pipewire = "pipewire",
    }
}

element! {
    /// An input device.
    pub struct Input "input" {
        attr kind "type": Option<InputType>,
        attr bus "bus": Option<InputBus>,
        attr model "model": Option<String>,
        part info "": DeviceInfo,
    }

    /// A graphics card.
    pub struct Video "video" {
        child model "model": Option<VideoModel>,
        part info "": DeviceInfo,
    }
    /// Which one.
    pub struct VideoModel "model" {
        attr kind "type": Option<VideoType>,
        attr ram "ram": Option<u32>,
        attr vram "vram": Option<u32>,
        attr vgamem "vgamem": Option<u32>,
        attr heads "heads": Option<u32>,
        attr primary "primary": Option<YesNo>,
    }

    /// A sound card.
    pub struct Sound "sound" {
        attr model "model": String,
        part info "": DeviceInfo,
    }

    /// Where sound goes.
    pub struct Audio "audio" {
        attr id "id": u32,
        attr kind "type": Option<AudioType>,
    }
}
