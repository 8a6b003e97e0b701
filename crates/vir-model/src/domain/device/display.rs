//! `<graphics>`, `<video>`, `<input>`, `<sound>` and `<audio>`: what a person sees, hears and moves.

use super::info::DeviceInfo;
use vir_base::Result;
use vir_xml::{
    Content, Element, Value, Writer, YesNo, element, invalid_value, missing, unsupported_attribute,
    unsupported_element, xml_enum,
};

xml_enum! {
    /// How a display is shown.
    pub enum GraphicsType { Vnc = "vnc", Spice = "spice", EglHeadless = "egl-headless", }
    /// Where a display listens.
    pub enum ListenType { None = "none", Address = "address", Network = "network", Socket = "socket", }
    /// An input device.
    pub enum InputType { Mouse = "mouse", Tablet = "tablet", Keyboard = "keyboard", }
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
    /// Who may share a VNC display.
    pub enum SharePolicy {
        AllowExclusive = "allow-exclusive", ForceShared = "force-shared", Ignore = "ignore",
    }
}

/// A display.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub struct Graphics {
    pub kind: Option<GraphicsType>,
    /// TCP port; -1 or none for one that is chosen at start.
    pub port: Option<i32>,
    pub tls_port: Option<i32>,
    /// The port is chosen at start.
    pub autoport: bool,
    pub websocket: Option<i32>,
    pub socket: Option<String>,
    pub keymap: Option<String>,
    pub share_policy: Option<SharePolicy>,
    pub passwd: Option<String>,
    pub passwd_valid_to: Option<String>,
    pub listens: Vec<Listen>,
}

element! {
    /// Where a display listens.
    pub struct Listen "listen" {
        attr kind "type": Option<ListenType>,
        attr address "address": Option<String>,
        attr network "network": Option<String>,
        attr socket "socket": Option<String>,
    }

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

impl Content for Graphics {
    fn read(element: &Element) -> Result<Self> {
        let mut it = Self::default();
        let kind = element.attr("type").ok_or_else(|| missing("type", "graphics"))?;
        it.kind = match GraphicsType::parse(kind) {
            Some(kind) => Some(kind),
            None if matches!(kind, "sdl" | "rdp" | "desktop" | "dbus") => {
                return Err(vir_base::err!(
                    Domain,
                    ConfigUnsupported,
                    "graphics type '{kind}' is not supported"
                ));
            }
            None => return Err(invalid_value("type", "graphics", kind)),
        };
        let number = |name: &str, text: &str| {
            i32::parse(text).ok_or_else(|| vir_base::err!(Domain, XmlError, "cannot parse vnc {name} {text}"))
        };
        let mut listen_attr = None;
        for attr in &element.attrs {
            let text = attr.value.as_str();
            match attr.name.as_str() {
                "type" => {}
                "port" => it.port = Some(number("port", text)?),
                "tlsPort" => it.tls_port = Some(number("tlsPort", text)?),
                "websocket" => it.websocket = Some(number("WebSocket port", text)?),
                "autoport" => it.autoport = text == "yes",
                "socket" => it.socket = Some(text.to_owned()),
                "keymap" => it.keymap = Some(text.to_owned()),
                "sharePolicy" => {
                    let policy = SharePolicy::parse(text);
                    it.share_policy =
                        Some(policy.ok_or_else(|| invalid_value("sharePolicy", "graphics", text))?);
                }
                "passwd" => it.passwd = Some(text.to_owned()),
                "passwdValidTo" => it.passwd_valid_to = Some(text.to_owned()),
                "listen" => listen_attr = Some(text.to_owned()),
                _ => {
                    return Err(unsupported_attribute(
                        element,
                        attr,
                        &["port", "autoport", "websocket", "listen", "keymap", "passwd"],
                    ));
                }
            }
        }
        for child in element.children() {
            match child.name.as_str() {
                "listen" => it.listens.push(Content::read(child)?),
                _ => return Err(unsupported_element(element, child, &["listen"])),
            }
        }
        if it.port == Some(-1) {
            it.autoport = true;
        }
        if it.port.is_none() && it.socket.is_none() {
            it.autoport = true;
        }
        if let (Some(address), []) = (listen_attr, &it.listens[..]) {
            let kind = Some(ListenType::Address);
            it.listens.push(Listen { kind, address: Some(address), ..Listen::default() });
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        let format = w.format();
        let Some(kind) = self.kind else { return };
        w.attr("type", kind.as_str());
        if kind == GraphicsType::EglHeadless {
            return;
        }
        if let Some(socket) = &self.socket {
            w.attr("socket", socket);
        } else {
            // the port that was chosen is only true while the guest runs
            let shown = |port: Option<i32>| if self.autoport && format.inactive { None } else { port };
            match (kind, shown(self.port)) {
                (GraphicsType::Vnc, port) => w.attr("port", &port.unwrap_or(-1).to_string()),
                (_, Some(port)) if port > 0 => w.attr("port", &port.to_string()),
                _ => {}
            }
            if let Some(port) = shown(self.tls_port).filter(|port| *port > 0) {
                w.attr("tlsPort", &port.to_string());
            }
            if kind == GraphicsType::Vnc || self.autoport {
                w.attr("autoport", YesNo::from(self.autoport).as_str());
            }
            if let Some(websocket) = self.websocket {
                w.attr("websocket", &websocket.to_string());
            }
        }
        if self.socket.is_none()
            && let Some(listen) = self.listens.first()
        {
            w.attr_opt("listen", listen.address.as_deref());
        }
        w.attr_opt("keymap", self.keymap.as_deref());
        w.attr_opt("sharePolicy", self.share_policy.map(SharePolicy::as_str));
        if format.secure {
            w.attr_opt("passwd", self.passwd.as_deref());
        }
        w.attr_opt("passwdValidTo", self.passwd_valid_to.as_deref());
        for listen in &self.listens {
            w.start("listen");
            listen.write(w);
            w.end();
        }
    }
}
