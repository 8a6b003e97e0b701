//! `<serial>`, `<parallel>`, `<console>` and `<channel>`: character devices and where they lead.

use super::info::DeviceInfo;
use super::source::SourceReconnect;
use super::storage::SourceLabel;
use vir_base::{Result, bail, err};
use vir_xml::{
    Attr, Content, Element, OnOff, Part, Value, Writer, YesNo, element, missing, value_of, xml_enum,
};

xml_enum! {
    /// Where a character device leads on the host.
    pub enum CharType {
        Null = "null", Vc = "vc", Pty = "pty", Dev = "dev", File = "file", Pipe = "pipe", Stdio = "stdio",
        Udp = "udp", Tcp = "tcp", Unix = "unix", Spicevmc = "spicevmc", Spiceport = "spiceport", Nmdm = "nmdm",
        QemuVdagent = "qemu-vdagent", Dbus = "dbus",
    }
    /// Who waits for whom.
    pub enum SocketMode { Connect = "connect", Bind = "bind", }
    /// What is spoken on a TCP connection.
    pub enum CharProtocol { Raw = "raw", Telnet = "telnet", Telnets = "telnets", Tls = "tls", }
    /// What the guest sees of a serial port.
    pub enum SerialTargetType {
        IsaSerial = "isa-serial", UsbSerial = "usb-serial", PciSerial = "pci-serial", SpaprVioSerial = "spapr-vio-serial",
        SystemSerial = "system-serial", SclpSerial = "sclp-serial", IsaDebug = "isa-debug",
    }
    /// The device behind a serial port.
    pub enum SerialModelName {
        IsaSerial = "isa-serial", UsbSerial = "usb-serial", PciSerial = "pci-serial", SpaprVty = "spapr-vty",
        Pl011 = "pl011", Sclpconsole = "sclpconsole", Sclplmconsole = "sclplmconsole", Uart16550a = "16550a",
        IsaDebugcon = "isa-debugcon",
    }
    /// What the guest sees of a console.
    pub enum ConsoleTargetType {
        Serial = "serial", Xen = "xen", Uml = "uml", Virtio = "virtio", Lxc = "lxc", Openvz = "openvz",
        Sclp = "sclp", SclpLm = "sclplm",
    }
    /// What the guest sees of a channel.
    pub enum ChannelTargetType { Guestfwd = "guestfwd", Virtio = "virtio", Xen = "xen", }
    /// Whether something in the guest has a channel open.
    pub enum ChannelState { Connected = "connected", Disconnected = "disconnected", }
    /// Who draws the pointer.
    pub enum AgentMouseMode { Server = "server", Client = "client", }
}

element! {
    /// One end of the source; which attributes count depends on the type.
    pub struct CharSourceElement "source" {
        /// Who waits, of sockets: `connect` (default) or `bind`.
        attr mode "mode": Option<SocketMode>,
        /// Path of a device, file, pipe or socket.
        attr path "path": Option<String>,
        /// Whether a file is added to. Since 1.3.1. Drivers: qemu.
        attr append "append": Option<OnOff>,
        /// Host, of `tcp` and `udp`. Since 0.4.3.
        attr host "host": Option<String>,
        /// Port or its name. Since 0.4.3.
        attr service "service": Option<String>,
        /// Whether the connection is encrypted, of `tcp`. Since 2.4.0. Drivers: qemu.
        attr tls "tls": Option<YesNo>,
        /// 1 if the hypervisor's configuration said so, of `tcp`. Since 2.4.0. Drivers: qemu.
        status tls_from_config "tlsFromConfig": Option<u8>,
        /// Name, of `spiceport` and `dbus`. Since 1.2.2. Drivers: qemu.
        attr channel "channel": Option<String>,
        /// Near device of a pair, of `nmdm`. Since 1.2.4. Drivers: bhyve.
        attr master "master": Option<String>,
        /// Far device of a pair. Since 1.2.4. Drivers: bhyve.
        attr slave "slave": Option<String>,
        /// Labels of security drivers. Since 1.1.2. Drivers: qemu.
        list seclabels "seclabel": Vec<SourceLabel>,
        /// How a lost connection is dealt with. Since 3.7.0. Drivers: qemu.
        maybe reconnect "reconnect": Option<SourceReconnect>,
        /// What can be taken over, of `qemu-vdagent`. Since 8.4.0. Drivers: qemu.
        maybe clipboard "clipboard": Option<AgentClipboard>,
        /// Who draws the pointer. Since 8.4.0. Drivers: qemu.
        maybe mouse "mouse": Option<AgentMouse>,
    }
    /// What can be taken over.
    pub struct AgentClipboard "clipboard" {
        /// Whether text can.
        attr copypaste "copypaste": YesNoRequired,
    }
    /// Who draws the pointer.
    pub struct AgentMouse "mouse" {
        /// `server` or `client`.
        attr mode "mode": Option<AgentMouseMode>,
    }
    /// What is spoken.
    pub struct ProtocolElement "protocol" {
        /// `raw` (default), `telnet`, `telnets`, `tls`.
        attr kind "type": Option<CharProtocol>,
    }
    /// A copy of all output. Since 1.3.3. Drivers: qemu, xen.
    pub struct CharLog "log" {
        /// Path of the file.
        attr file "file": Option<String>,
        /// Whether it is added to. Since 1.3.3.
        attr append "append": Option<OnOff>,
    }
}

/// `yes` or `no`, one of which must be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YesNoRequired(pub YesNo);

impl Default for YesNoRequired {
    fn default() -> Self {
        Self(YesNo::No)
    }
}

impl Value for YesNoRequired {
    fn parse(text: &str) -> Option<Self> {
        YesNo::parse(text).map(Self)
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(self.0.as_str())
    }

    fn names() -> &'static [&'static str] {
        YesNo::names()
    }
}

/// Where a character device leads: its type, and the elements that say more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CharSource {
    /// The kind; a pseudo terminal if nothing is said.
    pub kind: Option<CharType>,
    /// The terminal of a running guest's first console.
    pub tty: Option<String>,
    /// The ends; UDP has two.
    pub sources: Vec<CharSourceElement>,
    /// What is spoken on TCP.
    pub protocol: Option<ProtocolElement>,
    /// A copy of all output.
    pub log: Option<CharLog>,
}

impl CharSource {
    /// A source of that kind and nothing more.
    pub fn new(kind: CharType) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// Reads the source that an element's `type` and children say.
    ///
    /// # Errors
    /// Values that are none, and too many of one element.
    pub fn read(element: &Element) -> Result<Self> {
        let mut it = Self::default();
        if let Some(text) = element.attr("type") {
            it.kind = Some(value_of(text, "type", element)?);
        }
        for child in element.children() {
            it.take_child(element, child)?;
        }
        it.settle()?;
        Ok(it)
    }

    /// The kind.
    pub fn kind(&self) -> CharType {
        self.kind.unwrap_or(CharType::Pty)
    }

    /// The path of its file, socket or terminal.
    pub fn path(&self) -> Option<&str> {
        self.sources.first().and_then(|source| source.path.as_deref())
    }

    /// Forgets the pseudo terminal of a guest that ran.
    pub fn forget_live(&mut self) {
        if self.kind() == CharType::Pty {
            self.sources.iter_mut().for_each(|source| source.path = None);
            self.tty = None;
        }
        for source in &mut self.sources {
            source.seclabels.retain(SourceLabel::is_lasting);
        }
        self.sources.retain(|source| *source != CharSourceElement::default());
    }

    /// Drops what only a daemon's own document says.
    pub fn forget_status(&mut self) {
        self.sources.iter_mut().filter_map(|source| source.tls_from_config.as_mut()).for_each(|it| *it = 0);
    }

    /// Sets the path.
    pub fn set_path(&mut self, path: Option<String>) {
        match (self.sources.first_mut(), path) {
            (Some(source), path) => source.path = path,
            (None, Some(path)) => {
                self.sources.push(CharSourceElement { path: Some(path), ..Default::default() })
            }
            (None, None) => {}
        }
    }

    /// Drops what says nothing for this kind, and puts the ends in order.
    ///
    /// # Errors
    /// Too many ends.
    pub fn settle(&mut self) -> Result<()> {
        let kind = self.kind();
        if self.sources.len() > 1 && kind != CharType::Udp {
            bail!(Domain, XmlError, "only one source element is allowed for character device");
        }
        if self.sources.len() > 2 {
            bail!(Domain, XmlError, "only two source elements are allowed for character device");
        }
        for source in &mut self.sources {
            let it = std::mem::take(source);
            let labels = CharSourceElement { seclabels: it.seclabels, ..Default::default() };
            *source = match kind {
                CharType::File => CharSourceElement { path: it.path, append: it.append, ..labels },
                CharType::Pty | CharType::Dev | CharType::Pipe => {
                    CharSourceElement { path: it.path, ..labels }
                }
                CharType::Unix => CharSourceElement {
                    mode: it.mode.or(Some(SocketMode::Connect)),
                    path: it.path,
                    reconnect: it.reconnect,
                    ..labels
                },
                CharType::Udp => CharSourceElement {
                    mode: it.mode.or(Some(SocketMode::Connect)),
                    host: it.host,
                    service: it.service,
                    ..Default::default()
                },
                CharType::Tcp => CharSourceElement {
                    mode: it.mode.or(Some(SocketMode::Connect)),
                    host: it.host,
                    service: it.service,
                    tls: it.tls,
                    tls_from_config: Some(u8::from(it.tls_from_config.is_some_and(|n| n != 0))),
                    reconnect: it.reconnect,
                    ..Default::default()
                },
                CharType::Spiceport | CharType::Dbus => {
                    CharSourceElement { channel: it.channel, ..Default::default() }
                }
                CharType::Nmdm => {
                    CharSourceElement { master: it.master, slave: it.slave, ..Default::default() }
                }
                CharType::QemuVdagent => {
                    CharSourceElement { clipboard: it.clipboard, mouse: it.mouse, ..Default::default() }
                }
                CharType::Null | CharType::Vc | CharType::Stdio | CharType::Spicevmc => {
                    CharSourceElement::default()
                }
            };
            if let Some(reconnect) = &mut source.reconnect {
                reconnect.delay = None;
                reconnect.check()?;
            }
        }
        match kind {
            CharType::Tcp => {
                let protocol = self.protocol.get_or_insert_default();
                protocol.kind.get_or_insert(CharProtocol::Raw);
            }
            _ => self.protocol = None,
        }
        if kind == CharType::Udp {
            self.sources.retain(|end| end.host.is_some() || end.service.is_some());
            // the first of two that say the same counts
            self.sources.dedup_by_key(|end| end.mode);
            self.sources.sort_by_key(|end| end.mode != Some(SocketMode::Bind));
        }
        self.sources.retain(|source| *source != CharSourceElement::default());
        self.log.take_if(|log| log.file.is_none());
        Ok(())
    }
}

impl Part for CharSource {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::CharSource::table()
    }

    fn take_attr(&mut self, element: &Element, attr: &Attr) -> Result<bool> {
        match &*attr.name {
            "type" => {
                self.kind = Some(CharType::parse(&attr.value).ok_or_else(|| {
                    err!(
                        Domain,
                        ConfigUnsupported,
                        "unknown type presented to host for character device: {}",
                        attr.value
                    )
                    .with_hint(element.position.to_string())
                })?);
            }
            "tty" => self.tty = Some(attr.value.to_string()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        match &*child.name {
            "source" => self.sources.push(Content::read(child)?),
            "protocol" if self.protocol.is_some() => {
                bail!(Domain, XmlError, "only one protocol element is allowed for character device")
            }
            "protocol" => self.protocol = Some(Content::read(child)?),
            "log" if self.log.is_some() => {
                bail!(Domain, XmlError, "only one log element is allowed for character device")
            }
            "log" => self.log = Some(Content::read(child)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn write_attrs(&self, w: &mut Writer) {
        w.attr("type", self.kind().as_str());
        if !w.format().inactive {
            w.attr_opt("tty", self.tty.as_deref());
        }
    }

    fn write_children(&self, w: &mut Writer) {
        // the path of a pseudo terminal is known only while the guest runs
        let hidden = self.kind() == CharType::Pty && w.format().inactive;
        for source in &self.sources {
            let nowhere = self.kind() == CharType::Unix && source.path.is_none();
            if !hidden && !nowhere {
                w.maybe("source", |w| source.write(w));
            }
        }
        if let Some(protocol) = &self.protocol {
            w.element("protocol", |w| protocol.write(w));
        }
        if let Some(log) = &self.log {
            w.element("log", |w| log.write(w));
        }
    }
}

element! {
    /// A serial port.
    pub struct Serial "serial" => settle {
        part source "": CharSource,
        /// The port as the guest sees it.
        child target "target": Option<SerialTarget>,
        part info "": DeviceInfo,
    }
    /// The port as the guest sees it.
    pub struct SerialTarget "target" => settle {
        /// Kind of port; the machine's own if nothing is said. Since 1.0.2.
        attr kind "type": Option<SerialTargetType>,
        /// Its number.
        attr port "port": Option<u32>,
        /// The device behind it. Since 3.10.0. Drivers: qemu.
        child model "model": Option<SerialModel>,
    }
    /// The device behind it.
    pub struct SerialModel "model" {
        /// Its name.
        attr name "name": Option<SerialModelName>,
    }

    /// A parallel port.
    pub struct Parallel "parallel" => settle {
        part source "": CharSource,
        /// The port as the guest sees it.
        child target "target": Option<ParallelTarget>,
        part info "": DeviceInfo,
    }
    /// The port as the guest sees it.
    pub struct ParallelTarget "target" => settle {
        /// Its number.
        attr port "port": Option<u32>,
    }

    /// A console: the first is the first serial port under another name.
    pub struct Console "console" => settle {
        part source "": CharSource,
        /// The console as the guest sees it.
        child target "target": Option<ConsoleTarget>,
        part info "": DeviceInfo,
    }
    /// The console as the guest sees it.
    pub struct ConsoleTarget "target" => settle {
        /// Kind of console; `serial` if nothing is said. Since 0.8.3.
        attr kind "type": Option<ConsoleTargetType>,
        /// Its number.
        attr port "port": Option<u32>,
    }

    /// A private channel between host and guest.
    pub struct Channel "channel" => settle {
        part source "": CharSource,
        /// The channel as the guest sees it.
        child target "target": Option<ChannelTarget>,
        part info "": DeviceInfo,
    }
}

/// Checks an element's attribute before its table is read, for the peer's words.
fn known<T: Value>(element: &Element, name: &str, what: &str) -> Result<()> {
    match element.attr(name) {
        Some(text) if text != "none" && T::parse(text).is_none() => Err(err!(
            Domain,
            ConfigUnsupported,
            "unknown target {what} '{text}' specified for character device"
        )
        .with_hint(element.position.to_string())),
        _ => Ok(()),
    }
}

/// What tables would refuse in other words than the peer's.
pub(super) fn precheck(element: &Element) -> Result<()> {
    let Some(target) = element.child("target") else { return Ok(()) };
    match &*element.name {
        "serial" => {
            known::<SerialTargetType>(target, "type", "type")?;
            if let Some(model) = target.child("model") {
                known::<SerialModelName>(model, "name", "model")?;
            }
        }
        "console" => known::<ConsoleTargetType>(target, "type", "type")?,
        "parallel" => {}
        _ => return Ok(()),
    }
    match target.attr("port") {
        Some(text) if u32::parse(text).is_none() => {
            bail!(Domain, XmlError, "Invalid port number: {text}")
        }
        _ => Ok(()),
    }
}

impl SerialTarget {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.model.take_if(|model| model.name.is_none());
        Ok(())
    }
}

impl ParallelTarget {
    fn settle(&mut self, _: &Element) -> Result<()> {
        Ok(())
    }
}

impl ConsoleTarget {
    fn settle(&mut self, _: &Element) -> Result<()> {
        Ok(())
    }
}

fn spicevmc_is_virtio(source: &CharSource) -> Result<()> {
    match source.kind() {
        CharType::Spicevmc => {
            bail!(Domain, ConfigUnsupported, "spicevmc device type only supports virtio")
        }
        _ => Ok(()),
    }
}

impl Serial {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.source.settle()?;
        spicevmc_is_virtio(&self.source)?;
        let usb = self.target.as_ref().is_some_and(|t| t.kind == Some(SerialTargetType::UsbSerial));
        let other = |address: &super::info::Address| !matches!(address, super::info::Address::Usb { .. });
        if usb && self.info.address.as_ref().is_some_and(other) {
            bail!(Domain, ConfigUnsupported, "usb-serial requires address of usb type");
        }
        Ok(())
    }
}

impl Parallel {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.source.settle()?;
        spicevmc_is_virtio(&self.source)
    }
}

impl Console {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.source.settle()?;
        spicevmc_is_virtio(&self.source)
    }
}

impl Channel {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.source.settle()?;
        let kind = self.target.as_ref().and_then(|target| target.kind);
        if self.target.is_none() {
            bail!(Domain, XmlError, "target type must be specified for channel device");
        }
        match kind {
            Some(ChannelTargetType::Virtio) => Ok(()),
            _ => spicevmc_is_virtio(&self.source),
        }
    }
}

/// The channel as the guest sees it.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub struct ChannelTarget {
    pub kind: Option<ChannelTargetType>,
    pub name: Option<String>,
    pub state: Option<ChannelState>,
    pub address: Option<String>,
    pub port: Option<String>,
}

impl Content for ChannelTarget {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::ChannelTarget::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let text = |name: &str| element.attr(name).map(str::to_owned);
        let Some(kind) = element.attr("type") else {
            bail!(Domain, XmlError, "target type must be specified for channel device")
        };
        let Some(kind) = ChannelTargetType::parse(kind) else {
            bail!(Domain, ConfigUnsupported, "unknown target type '{kind}' specified for character device")
        };
        let mut it = Self { kind: Some(kind), ..Self::default() };
        match kind {
            ChannelTargetType::Guestfwd => {
                let Some(address) = text("address") else {
                    bail!(Domain, XmlError, "guestfwd channel does not define a target address")
                };
                match address.parse::<std::net::IpAddr>() {
                    Ok(std::net::IpAddr::V4(ip)) => it.address = Some(ip.to_string()),
                    Ok(_) => {
                        bail!(Domain, ConfigUnsupported, "guestfwd channel only supports IPv4 addresses")
                    }
                    Err(_) => bail!(
                        None,
                        SystemError,
                        "Cannot parse socket address '{address}': Name or service not known"
                    ),
                }
                let Some(port) = vir_xml::attr::<u32>(element, "port")? else {
                    return Err(missing("port", "target"));
                };
                it.port = Some(port.to_string());
            }
            ChannelTargetType::Virtio => {
                it.name = text("name");
                it.state = element.attr("state").and_then(ChannelState::parse);
            }
            ChannelTargetType::Xen => it.name = text("name"),
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("type", self.kind.map(ChannelTargetType::as_str));
        w.attr_opt("address", self.address.as_deref());
        w.attr_opt("port", self.port.as_deref());
        w.attr_opt("name", self.name.as_deref());
        if !w.format().inactive {
            w.attr_opt("state", self.state.map(ChannelState::as_str));
        }
    }
}

/// Whether a choice was made at all.
pub fn is_yes(value: Option<YesNo>) -> bool {
    value == Some(YesNo::Yes)
}
