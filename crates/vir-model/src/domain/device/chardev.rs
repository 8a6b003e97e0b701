//! `<serial>`, `<parallel>`, `<console>` and `<channel>`: character devices and where they lead.

use super::info::DeviceInfo;
use vir_base::Result;
use vir_xml::{
    Attr, Content, Element, Part, Value, Writer, YesNo, element, unsupported_element, value_of, xml_enum,
};

xml_enum! {
    /// Where a character device leads on the host.
    pub enum CharType {
        Null = "null", Vc = "vc", Pty = "pty", Dev = "dev", File = "file", Pipe = "pipe", Stdio = "stdio",
        Udp = "udp", Tcp = "tcp", Unix = "unix", Spicevmc = "spicevmc", Spiceport = "spiceport",
    } beyond ["nmdm", "qemu-vdagent", "dbus"]
    /// Who waits for whom.
    pub enum SocketMode { Connect = "connect", Bind = "bind", }
    /// What is spoken on a TCP connection.
    pub enum CharProtocol { Raw = "raw", Telnet = "telnet", Telnets = "telnets", Tls = "tls", }
    /// What the guest sees of a serial port.
    pub enum SerialTargetType {
        IsaSerial = "isa-serial", UsbSerial = "usb-serial", PciSerial = "pci-serial", SpaprVioSerial = "spapr-vio-serial",
        SystemSerial = "system-serial", SclpSerial = "sclp-serial", IsaDebug = "isa-debug",
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
}

element! {
    /// One end of the source.
    pub struct CharSourceElement "source" {
        attr mode "mode": Option<SocketMode>,
        attr path "path": Option<String>,
        attr append "append": Option<vir_xml::OnOff>,
        attr host "host": Option<String>,
        attr service "service": Option<String>,
        attr channel "channel": Option<String>,
    }
    /// What is spoken.
    pub struct ProtocolElement "protocol" { attr kind "type": Option<CharProtocol>, }
    /// A copy of all output.
    pub struct CharLog "log" { attr file "file": String, attr append "append": Option<vir_xml::OnOff>, }
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
            self.sources.clear();
            self.tty = None;
        }
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
}

impl Part for CharSource {
    fn take_attr(&mut self, element: &Element, attr: &Attr) -> Result<bool> {
        match attr.name.as_str() {
            "type" => {
                self.kind = Some(value_of(&attr.value, "type", element)?);
            }
            "tty" => self.tty = Some(attr.value.clone()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        match child.name.as_str() {
            "source" => self.sources.push(Content::read(child)?),
            "protocol" => self.protocol = Some(Content::read(child)?),
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
            if !hidden && !nowhere && *source != CharSourceElement::default() {
                w.start("source");
                source.write(w);
                w.end();
            }
        }
        if let Some(protocol) = &self.protocol {
            w.start("protocol");
            protocol.write(w);
            w.end();
        }
        if let Some(log) = &self.log {
            w.start("log");
            log.write(w);
            w.end();
        }
    }
}

element! {
    /// A serial port.
    pub struct Serial "serial" {
        part source "": CharSource,
        child target "target": Option<SerialTarget>,
        part info "": DeviceInfo,
    }
    /// The port as the guest sees it.
    pub struct SerialTarget "target" {
        attr kind "type": Option<SerialTargetType>,
        attr port "port": Option<u32>,
        child model "model": Option<SerialModel>,
    }
    /// The device behind it.
    pub struct SerialModel "model" { attr name "name": String, }

    /// A parallel port.
    pub struct Parallel "parallel" {
        part source "": CharSource,
        child target "target": Option<ParallelTarget>,
        part info "": DeviceInfo,
    }
    /// The port as the guest sees it.
    pub struct ParallelTarget "target" { attr port "port": Option<u32>, }

    /// A console: the first is the first serial port under another name.
    pub struct Console "console" {
        part source "": CharSource,
        child target "target": Option<ConsoleTarget>,
        part info "": DeviceInfo,
    }
    /// The console as the guest sees it.
    pub struct ConsoleTarget "target" {
        attr kind "type": Option<ConsoleTargetType>,
        attr port "port": Option<u32>,
    }

    /// A private channel between host and guest.
    pub struct Channel "channel" {
        part source "": CharSource,
        child target "target": Option<ChannelTarget>,
        part info "": DeviceInfo,
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
    fn read(element: &Element) -> Result<Self> {
        let mut it = Self::default();
        for attr in &element.attrs {
            let value = Some(attr.value.clone());
            match attr.name.as_str() {
                "type" => {
                    it.kind = Some(value_of(&attr.value, "type", element)?);
                }
                "name" => it.name = value,
                "state" => it.state = ChannelState::parse(&attr.value),
                "address" => it.address = value,
                "port" => it.port = value,
                _ => {
                    return Err(vir_xml::unsupported_attribute(
                        element,
                        attr,
                        &["type", "name", "address", "port"],
                    ));
                }
            }
        }
        match element.children().next() {
            Some(child) => Err(unsupported_element(element, child, &[])),
            None => Ok(it),
        }
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
