//! `<graphics>`: displays that people look at from elsewhere.

pub use super::audio::AudioRef;
use vir_base::{Error, Result, err};
use vir_xml::{Attr, Content, Element, Writer, YesNo, attr, element, missing, value_of, xml_enum};

xml_enum! {
    /// How a display is shown.
    pub enum GraphicsType {
        Sdl = "sdl", Vnc = "vnc", Rdp = "rdp", Desktop = "desktop", Spice = "spice", EglHeadless = "egl-headless",
        Dbus = "dbus",
    }
    /// Where a display listens.
    pub enum ListenType { None = "none", Address = "address", Network = "network", Socket = "socket", }
    /// Who may share a VNC display.
    pub enum SharePolicy {
        AllowExclusive = "allow-exclusive", ForceShared = "force-shared", Ignore = "ignore",
    }
    unsaid ["default"]
    /// What becomes of connected viewers when the password changes.
    pub enum Connected { Fail = "fail", Disconnect = "disconnect", Keep = "keep", }
    /// A kind of traffic, in the order in which they are printed.
    pub enum SpiceChannelName {
        Main = "main", Display = "display", Inputs = "inputs", Cursor = "cursor", Playback = "playback",
        Record = "record", Smartcard = "smartcard", Usbredir = "usbredir",
    }
    /// Whether traffic is encrypted.
    pub enum SpiceMode { Any = "any", Secure = "secure", Insecure = "insecure", }
    /// How pictures are made smaller.
    pub enum ImageCompression {
        AutoGlz = "auto_glz", AutoLz = "auto_lz", Quic = "quic", Glz = "glz", Lz = "lz", Off = "off",
    }
    /// When something is made smaller on slow lines.
    pub enum WanCompression { Auto = "auto", Never = "never", Always = "always", }
    /// How moving pictures are found.
    pub enum StreamingMode { Filter = "filter", All = "all", Off = "off", }
    /// Who draws the pointer.
    pub enum MouseMode { Server = "server", Client = "client", }
}

element! {
    /// Where a display listens.
    pub struct Listen "listen" {
        attr kind "type": Option<ListenType>,
        attr address "address": Option<String>,
        attr network "network": Option<String>,
        attr socket "socket": Option<String>,
        /// Chosen by the hypervisor's configuration; only a running guest's state file says so.
        attr from_config "fromConfig": Option<u32>,
    }

    /// What SPICE does with one kind of traffic.
    pub struct SpiceChannel "channel" {
        attr name "name": Option<SpiceChannelName>,
        attr mode "mode": Option<SpiceMode>,
    }
    /// How pictures are made smaller.
    pub struct SpiceImage "image" { attr compression "compression": Option<ImageCompression>, }
    /// When something is made smaller on slow lines.
    pub struct SpiceWan "" { attr compression "compression": Option<WanCompression>, }
    /// Whether sound is made smaller.
    pub struct SpicePlayback "playback" { attr compression "compression": Option<vir_xml::OnOff>, }
    /// How moving pictures are found.
    pub struct SpiceStreaming "streaming" { attr mode "mode": Option<StreamingMode>, }
    /// Who draws the pointer.
    pub struct SpiceMouse "mouse" { attr mode "mode": Option<MouseMode>, }
    /// Whether text can be taken over.
    pub struct SpiceClipboard "clipboard" { attr copypaste "copypaste": Option<YesNo>, }
    /// Whether files can be sent.
    pub struct SpiceFiles "filetransfer" { attr enable "enable": Option<YesNo>, }
    /// Whether the host's graphics card draws.
    pub struct Gl "gl" {
        attr enable "enable": Option<YesNo>,
        attr rendernode "rendernode": Option<String>,
    }
}

/// A display.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub struct Graphics {
    pub kind: Option<GraphicsType>,
    /// TCP port; none for one that is chosen at start.
    pub port: Option<i32>,
    pub tls_port: Option<i32>,
    /// The ports are chosen at start.
    pub autoport: bool,
    pub websocket: Option<i32>,
    pub keymap: Option<String>,
    pub share_policy: Option<SharePolicy>,
    pub power_control: Option<YesNo>,
    pub default_mode: Option<SpiceMode>,
    pub username: Option<String>,
    pub passwd: Option<String>,
    /// UTC, as `2010-11-28T14:29:01`.
    pub passwd_valid_to: Option<String>,
    pub connected: Option<Connected>,
    /// Never empty for VNC and SPICE.
    pub listens: Vec<Listen>,
    pub channels: Vec<SpiceChannel>,
    pub image: Option<SpiceImage>,
    pub jpeg: Option<SpiceWan>,
    pub zlib: Option<SpiceWan>,
    pub playback: Option<SpicePlayback>,
    pub streaming: Option<SpiceStreaming>,
    pub mouse: Option<SpiceMouse>,
    pub clipboard: Option<SpiceClipboard>,
    pub filetransfer: Option<SpiceFiles>,
    pub gl: Option<Gl>,
    pub audio: Option<AudioRef>,
    /// The host's display, of SDL and `desktop`.
    pub display: Option<String>,
    /// File that lets us use it.
    pub xauth: Option<String>,
    /// Whether it fills the screen.
    pub fullscreen: bool,
    /// A later viewer puts an earlier one out, of RDP.
    pub replace_user: bool,
    /// Several viewers look at once.
    pub multi_user: bool,
    /// Viewers connect without a bus, of D-Bus.
    pub p2p: bool,
    /// Address of the bus.
    pub address: Option<String>,
}

impl Listen {
    /// The hypervisor's configuration chose it, not the document.
    pub fn is_from_config(&self) -> bool {
        self.from_config.is_some_and(|n| n != 0)
    }
}

impl Graphics {
    /// The kind.
    pub fn kind(&self) -> GraphicsType {
        self.kind.unwrap_or(GraphicsType::Vnc)
    }

    /// Whether viewers connect to it over the network or a socket.
    pub fn listens_somewhere(&self) -> bool {
        matches!(self.kind(), GraphicsType::Vnc | GraphicsType::Spice | GraphicsType::Rdp)
    }

    /// The first place where it listens.
    pub fn listen(&self) -> Option<&Listen> {
        self.listens.first()
    }

    /// The socket that a VNC server listens on, if it does on one.
    pub fn socket(&self) -> Option<&str> {
        self.listens.first().filter(|l| l.kind == Some(ListenType::Socket)).and_then(|l| l.socket.as_deref())
    }

    /// Takes what only a running guest's document can say: ports that were chosen for it.
    pub fn forget_live(&mut self) {
        if self.autoport {
            self.port = None;
            self.tls_port = None;
        }
        for listen in &mut self.listens {
            listen.from_config = None;
            if listen.kind == Some(ListenType::Network) {
                listen.address = None;
            }
        }
    }

    fn read_attr(&mut self, element: &Element, attribute: &Attr) -> Result<()> {
        let (name, text) = (attribute.name.as_str(), attribute.value.as_str());
        let kind = self.kind();
        let vnc = kind == GraphicsType::Vnc;
        let known: &[&str] = match kind {
            GraphicsType::Vnc => &[
                "port",
                "websocket",
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
        if !known.contains(&child.name.as_str()) {
            return Ok(());
        }
        match child.name.as_str() {
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
                socket: Some(socket.to_owned()),
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

    fn write_ports(&self, w: &mut Writer) {
        let inactive = w.format().inactive;
        let Some(listen) = self.listens.first() else { return };
        let vnc = self.kind() == GraphicsType::Vnc;
        match listen.kind {
            Some(ListenType::Socket) if vnc => w.attr_opt("socket", listen.socket.as_deref()),
            Some(ListenType::Address | ListenType::Network) => {
                let shown = |port: Option<i32>| if vnc && self.autoport && inactive { None } else { port };
                match shown(self.port) {
                    Some(port) => w.attr("port", &port.to_string()),
                    None if vnc && self.autoport => w.attr("port", "-1"),
                    None => {}
                }
                w.attr_opt("tlsPort", self.tls_port.map(|port| port.to_string()).as_deref());
                w.attr("autoport", YesNo::from(self.autoport).as_str());
                w.attr_opt("websocket", self.websocket.map(|port| port.to_string()).as_deref());
                let moving = w.format().migratable;
                let known = match listen.kind {
                    Some(ListenType::Address) => !(moving && listen.is_from_config()),
                    _ => !(inactive || moving),
                };
                if known {
                    w.attr_opt("listen", listen.address.as_deref());
                }
            }
            Some(ListenType::None) if !vnc && w.format().migratable => w.attr("autoport", "no"),
            _ => {}
        }
    }

    fn write_rdp(&self, w: &mut Writer) {
        match self.port {
            Some(port) => w.attr("port", &port.to_string()),
            None if self.autoport => w.attr("port", "0"),
            None => {}
        }
        if self.autoport {
            w.attr("autoport", "yes");
        }
        if self.replace_user {
            w.attr("replaceUser", "yes");
        }
        if self.multi_user {
            w.attr("multiUser", "yes");
        }
        let Some(listen) = self.listens.first() else { return };
        let hidden = w.format().inactive || w.format().migratable;
        if listen.kind != Some(ListenType::Network) || !hidden {
            w.attr_opt("listen", listen.address.as_deref());
        }
    }

    fn write_listens(&self, w: &mut Writer) {
        let format = w.format();
        let vnc = self.kind() == GraphicsType::Vnc;
        for listen in &self.listens {
            // older programs know these two by attributes alone
            let old = match listen.kind {
                Some(ListenType::Socket) => vnc && listen.socket.is_some(),
                Some(ListenType::None) => !vnc,
                _ => false,
            };
            if format.migratable && (old || listen.is_from_config()) {
                continue;
            }
            let mut listen = listen.clone();
            listen.from_config = listen.from_config.filter(|_| format.status);
            if format.inactive && listen.kind == Some(ListenType::Network) {
                listen.address = None;
            }
            w.start(Listen::NAME);
            listen.write(w);
            w.end();
        }
    }
}

impl Content for Graphics {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::Graphics::table()
    }

    fn read(element: &Element) -> Result<Self> {
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

    fn write(&self, w: &mut Writer) {
        w.attr("type", self.kind().as_str());
        match self.kind() {
            GraphicsType::Vnc | GraphicsType::Spice => self.write_ports(w),
            GraphicsType::Rdp => self.write_rdp(w),
            _ => {}
        }
        w.attr_opt("display", self.display.as_deref());
        w.attr_opt("xauth", self.xauth.as_deref());
        if self.fullscreen {
            w.attr("fullscreen", "yes");
        }
        if self.p2p {
            w.attr("p2p", "yes");
        }
        w.attr_opt("address", self.address.as_deref());
        w.attr_opt("keymap", self.keymap.as_deref());
        w.attr_opt("sharePolicy", self.share_policy.map(SharePolicy::as_str));
        w.attr_opt("powerControl", self.power_control.map(YesNo::as_str));
        w.attr_opt("defaultMode", self.default_mode.map(SpiceMode::as_str));
        w.attr_opt("username", self.username.as_deref());
        if w.format().secure {
            w.attr_opt("passwd", self.passwd.as_deref());
        }
        w.attr_opt("passwdValidTo", self.passwd_valid_to.as_deref());
        w.attr_opt("connected", self.connected.map(Connected::as_str));
        self.write_listens(w);
        for channel in &self.channels {
            part(w, "channel", Some(channel));
        }
        part(w, "image", self.image.as_ref());
        part(w, "jpeg", self.jpeg.as_ref());
        part(w, "zlib", self.zlib.as_ref());
        part(w, "playback", self.playback.as_ref());
        part(w, "streaming", self.streaming.as_ref());
        part(w, "mouse", self.mouse.as_ref());
        part(w, "clipboard", self.clipboard.as_ref());
        part(w, "filetransfer", self.filetransfer.as_ref());
        if let Some(gl) = &self.gl {
            w.maybe("gl", |w| gl.write(w));
        }
        part(w, "audio", self.audio.as_ref());
    }
}

fn part<T: Content>(w: &mut Writer, name: &'static str, content: Option<&T>) {
    if let Some(content) = content {
        w.start(name);
        content.write(w);
        w.end();
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
