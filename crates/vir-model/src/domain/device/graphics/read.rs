//! Reading `<graphics>`: each kind has attributes and children of its own, and two ways to say where it listens.

use super::{Connected, Gl, Graphics, GraphicsType, Listen, ListenType, SpiceChannel, SpiceMode};
use vir_base::{Error, Result, err};
use vir_xml::{Attr, Content, Element, YesNo, attr, missing, value_of};

impl Graphics {
    pub(super) fn read_element(element: &Element) -> Result<Self> {
        let kind = attr(element, "type")?;
        let mut it = Self { kind, ..Self::default() };
        required(element, "type", kind.is_some())?;
        for attribute in &element.attrs {
            it.read_attr(element, attribute)?;
        }
        for child in element.children() {
            it.read_child(child)?;
        }
        if it.passwd.is_none() {
            (it.username, it.passwd_valid_to, it.connected) = (None, None, None);
        }
        if it.listens_somewhere() {
            it.read_ports(element)?;
            it.read_listens(element)?;
        }
        Ok(it)
    }

    fn read_attr(&mut self, element: &Element, attribute: &Attr) -> Result<()> {
        let (name, text) = (&*attribute.name, &*attribute.value);
        let kind = self.kind();
        let vnc = kind == GraphicsType::Vnc;
        let known: &[&str] = match kind {
            GraphicsType::Vnc => &[
                "port",
                "websocket",
                "websocketGenerated",
                "keymap",
                "sharePolicy",
                "powerControl",
                "username",
                "passwd",
                "passwdValidTo",
                "connected",
            ],
            GraphicsType::Spice => &[
                "port",
                "tlsPort",
                "keymap",
                "defaultMode",
                "username",
                "passwd",
                "passwdValidTo",
                "connected",
            ],
            GraphicsType::Rdp => {
                &["port", "replaceUser", "multiUser", "username", "passwd", "passwdValidTo", "connected"]
            }
            GraphicsType::Sdl => &["display", "xauth", "fullscreen"],
            GraphicsType::Desktop => &["display", "fullscreen"],
            GraphicsType::EglHeadless => &[],
            GraphicsType::Dbus => &["p2p", "address"],
        };
        if !known.contains(&name) {
            return Ok(());
        }
        match name {
            "port" if kind != GraphicsType::Spice => {
                let port = vir_xml::Value::parse(text);
                self.port = Some(port.ok_or_else(|| {
                    err!(Domain, InternalError, "cannot parse {kind} port {text}")
                        .with_hint(element.position.to_string())
                })?);
            }
            "port" => self.port = Some(value_of(text, name, element)?),
            "tlsPort" => self.tls_port = Some(value_of(text, name, element)?),
            "websocket" => self.websocket = Some(value_of(text, name, element)?).filter(|port| *port != 0),
            "websocketGenerated" => self.websocket_generated = text == "yes",
            "keymap" => self.keymap = Some(text.to_owned()),
            "sharePolicy" if text != "default" => self.share_policy = Some(value_of(text, name, element)?),
            "powerControl" => self.power_control = Some(value_of(text, name, element)?),
            "defaultMode" => {
                self.default_mode =
                    Some(value_of(text, name, element)?).filter(|mode| *mode != SpiceMode::Any);
            }
            "username" => self.username = Some(text.to_owned()),
            "passwd" => self.passwd = Some(text.to_owned()),
            "passwdValidTo" => self.passwd_valid_to = Some(valid_to(text)?),
            "connected" => self.connected = Some(connected(text, vnc)?),
            "display" => self.display = Some(text.to_owned()),
            "xauth" => self.xauth = Some(text.to_owned()),
            "fullscreen" => self.fullscreen = value_of::<YesNo>(text, name, element)?.is_yes(),
            "replaceUser" => self.replace_user = text == "yes",
            "multiUser" => self.multi_user = text == "yes",
            "p2p" => self.p2p = value_of::<YesNo>(text, name, element)?.is_yes(),
            "address" => self.address = Some(text.to_owned()),
            _ => {}
        }
        Ok(())
    }

    /// Which ports were asked for, and whether others are chosen.
    fn read_ports(&mut self, element: &Element) -> Result<()> {
        match self.kind() {
            GraphicsType::Vnc => {
                self.autoport = matches!(self.port, None | Some(-1));
                match element.attr("autoport") {
                    Some("yes") => self.autoport = true,
                    Some("no") => self.autoport = false,
                    _ => {}
                }
                self.port = self.port.filter(|port| *port != 0 && !(self.autoport && *port == -1));
            }
            GraphicsType::Spice => {
                self.autoport = attr::<YesNo>(element, "autoport")?.is_some_and(YesNo::is_yes)
                    || (self.port, self.tls_port) == (Some(-1), Some(-1));
                self.port = self.port.filter(|port| *port != 0);
                self.tls_port = self.tls_port.filter(|port| *port != 0);
            }
            GraphicsType::Rdp => {
                self.autoport =
                    matches!(self.port, None | Some(-1)) || element.attr("autoport") == Some("yes");
                self.port = self.port.filter(|port| *port != 0);
            }
            _ => {}
        }
        Ok(())
    }

    fn read_child(&mut self, child: &Element) -> Result<()> {
        let known: &[&str] = match self.kind() {
            GraphicsType::Vnc => &["listen", "audio"],
            GraphicsType::Spice => &[
                "listen",
                "channel",
                "image",
                "jpeg",
                "zlib",
                "playback",
                "streaming",
                "mouse",
                "clipboard",
                "filetransfer",
                "gl",
            ],
            GraphicsType::Rdp => &["listen"],
            GraphicsType::Sdl | GraphicsType::EglHeadless => &["gl"],
            GraphicsType::Dbus => &["gl", "audio"],
            GraphicsType::Desktop => &[],
        };
        if !known.contains(&&*child.name) {
            return Ok(());
        }
        match &*child.name {
            "listen" => self.listens.push(Content::read(child)?),
            "channel" => {
                let channel: SpiceChannel = Content::read(child)?;
                required(child, "name", channel.name.is_some())?;
                required(child, "mode", channel.mode.is_some())?;
                self.channels.retain(|other| other.name != channel.name);
                if channel.mode != Some(SpiceMode::Any) {
                    self.channels.push(channel);
                    self.channels.sort_by_key(|channel| channel.name);
                }
            }
            "image" => self.image = Some(Content::read(child)?),
            "jpeg" => self.jpeg = Some(Content::read(child)?),
            "zlib" => self.zlib = Some(Content::read(child)?),
            "playback" => self.playback = Some(Content::read(child)?),
            "streaming" => self.streaming = Some(Content::read(child)?),
            "mouse" => self.mouse = Some(Content::read(child)?),
            "clipboard" => self.clipboard = Some(Content::read(child)?),
            "filetransfer" => self.filetransfer = Some(Content::read(child)?),
            "gl" => {
                let mut gl: Gl = Content::read(child)?;
                match self.kind() {
                    GraphicsType::EglHeadless => gl.enable = None,
                    kind => {
                        required(child, "enable", gl.enable.is_some())?;
                        gl.rendernode = gl.rendernode.filter(|_| kind != GraphicsType::Sdl);
                    }
                }
                self.gl = Some(gl);
            }
            _ => self.audio = Some(Content::read(child)?),
        }
        Ok(())
    }

    /// The first `<listen>` and the attributes `listen` and `socket` say the same; either may be there.
    fn read_listens(&mut self, element: &Element) -> Result<()> {
        let set = |name: &str| element.attr(name).filter(|text| !text.is_empty()).map(str::to_owned);
        let old_socket = element.attr("socket").filter(|_| self.kind() == GraphicsType::Vnc);
        for (i, listen) in self.listens.iter_mut().enumerate() {
            let kind = listen.kind.ok_or_else(|| missing("type", "listen"))?;
            let first = i == 0;
            match kind {
                ListenType::Address => {
                    same(first, element, "listen", "address", listen.address.as_deref())?;
                    listen.address = listen.address.take().or_else(|| first.then(|| set("listen")).flatten());
                }
                ListenType::Socket => {
                    same(first, element, "socket", "socket", listen.socket.as_deref())?;
                    listen.socket = listen.socket.take().or_else(|| first.then(|| set("socket")).flatten());
                }
                ListenType::None => listen.address = None,
                ListenType::Network => {}
            }
            for text in [&mut listen.address, &mut listen.network, &mut listen.socket] {
                *text = text.take().filter(|text| !text.is_empty());
            }
            if listen.network.is_some() && kind != ListenType::Network {
                return Err(err!(
                    Domain,
                    XmlError,
                    "'network' attribute is valid only for listen type 'network'"
                ));
            }
            if listen.socket.is_some() && kind != ListenType::Socket {
                return Err(err!(
                    Domain,
                    XmlError,
                    "'socket' attribute is valid only for listen type 'socket'"
                ));
            }
            if listen.network.is_none() && kind == ListenType::Network {
                return Err(err!(
                    Domain,
                    XmlError,
                    "'network' attribute is required for listen type 'network'"
                ));
            }
        }
        let from_attributes = match old_socket {
            Some(socket) => Listen {
                kind: Some(ListenType::Socket),
                socket: Some(socket.to_owned()).filter(|socket| !socket.is_empty()),
                ..Listen::default()
            },
            None => Listen { kind: Some(ListenType::Address), address: set("listen"), ..Listen::default() },
        };
        match self.listens.first_mut() {
            None => self.listens.push(from_attributes),
            Some(first)
                if old_socket.is_some()
                    && matches!(first.kind, Some(ListenType::Address | ListenType::Network)) =>
            {
                *first = from_attributes;
            }
            Some(_) => {}
        }
        // SPICE without a port listens nowhere
        if self.kind() == GraphicsType::Spice
            && !self.autoport
            && self.port.is_none()
            && self.tls_port.is_none()
            && let Some(first) = self.listens.first_mut()
            && first.kind == Some(ListenType::Address)
        {
            *first = Listen { kind: Some(ListenType::None), ..Listen::default() };
        }
        Ok(())
    }
}

fn required(element: &Element, name: &str, there: bool) -> Result<()> {
    match there {
        true => Ok(()),
        false => Err(missing(name, &element.name).with_hint(element.position.to_string())),
    }
}

/// The display's attribute must agree with the first `<listen>`.
fn same(first: bool, graphics: &Element, old: &str, new: &str, value: Option<&str>) -> Result<()> {
    match (graphics.attr(old).filter(|_| first), value) {
        (Some(a), Some(b)) if a != b => Err(err!(
            Domain,
            ConfigUnsupported,
            "graphics '{old}' attribute '{a}' must match '{new}' attribute of first listen element (found '{b}')"
        )),
        _ => Ok(()),
    }
}

fn connected(text: &str, vnc: bool) -> Result<Connected> {
    match vir_xml::Value::parse(text) {
        Some(value) if vnc && value != Connected::Keep => {
            Err(err!(Domain, ConfigUnsupported, "VNC supports connected='keep' only"))
        }
        Some(value) => Ok(value),
        None => Err(err!(Domain, ConfigUnsupported, "unknown connected value {text}")),
    }
}

/// A time as `YYYY-MM-DDTHH:MM:SS`, with all digits.
fn valid_to(text: &str) -> Result<String> {
    parse_time(text).ok_or_else(|| -> Error {
        err!(
            Domain,
            InternalError,
            "cannot parse password validity time '{text}', expect YYYY-MM-DDTHH:MM:SS"
        )
    })
}

fn parse_time(text: &str) -> Option<String> {
    let (date, time) = text.split_once('T')?;
    let numbers = |text: &str, at: char| -> Option<[u32; 3]> {
        let mut parts = text.split(at).map(|part| part.parse::<u32>().ok());
        let three = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(three)
    };
    let ([year, month, day], [hour, minute, second]) = (numbers(date, '-')?, numbers(time, ':')?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let sound =
        (1..=9999).contains(&year) && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    sound.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}
