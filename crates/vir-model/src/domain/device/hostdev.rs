//! `<hostdev>`: devices of the host that the guest gets whole.

use super::address::{PciAddress, any_base};
use super::disk::Sgio;
use super::info::DeviceInfo;
use super::interface::{IpAddress, IpRoute, Teaming};
use super::private::{OrigStates, StoragePrivate, kept, write_private};
use super::source::{SourceHost, StartupPolicy};
use super::storage::{Auth, Initiator};
use vir_base::{Result, bail, err};
use vir_xml::{
    Attr, Content, Element, OnOff, Part, Value, Writer, YesNo, attr, element, missing, value_of, xml_enum,
};

xml_enum! {
    /// How the guest gets it.
    pub enum HostdevMode { Subsystem = "subsystem", Capabilities = "capabilities", }
    /// What is given, by subsystem.
    pub enum HostdevType {
        Usb = "usb", Pci = "pci", Scsi = "scsi", ScsiHost = "scsi_host", Mdev = "mdev",
    }
    /// What is given to a container.
    pub enum HostdevCaps { Storage = "storage", Misc = "misc", Net = "net", }
    /// The host's driver that gives it.
    pub enum PciDriverName { Kvm = "kvm", Vfio = "vfio", Xen = "xen", }
    /// Whether a guest can reset a USB device.
    pub enum UsbGuestReset { Off = "off", Uninitialized = "uninitialized", On = "on", }
    /// Which virtio device a SCSI host is.
    pub enum VhostModel {
        Virtio = "virtio", VirtioTransitional = "virtio-transitional",
        VirtioNonTransitional = "virtio-non-transitional",
    }
    unsaid ["default"]
    /// What a mediated device is.
    pub enum MdevModel { VfioPci = "vfio-pci", VfioCcw = "vfio-ccw", VfioAp = "vfio-ap", }
}

element! {
    /// The host's driver that gives a PCI device.
    pub struct PciDriver "driver" {
        /// Driver's kind: `vfio`, `kvm`, `xen`. Since 1.0.5.
        attr name "name": Option<PciDriverName>,
        /// Module of the kernel. Since 10.0.0. Drivers: qemu.
        attr model "model": Option<String>,
    }
    /// A USB device by what it is.
    pub struct UsbId "vendor" {
        /// Number of four hexadecimal digits.
        attr id "id": vir_xml::Hex<4>,
    }
}

/// What is given.
#[derive(Clone, Debug, PartialEq)]
pub enum HostdevSource {
    /// A USB device, by what it is, where it is, or both.
    Usb(UsbSource),
    /// A PCI device.
    Pci(PciSource),
    /// A SCSI unit of an adapter.
    Scsi {
        /// Adapter: `scsi_host0`.
        adapter: String,
        /// Bus.
        bus: u32,
        /// Target.
        target: u32,
        /// Unit.
        unit: u64,
        /// What the daemon notes of it.
        private: Option<Box<StoragePrivate>>,
    },
    /// A SCSI unit on an iSCSI server.
    Iscsi(Box<IscsiSource>),
    /// A SCSI host of the kernel.
    Vhost {
        /// `naa.` and 16 hexadecimal digits.
        wwpn: String,
    },
    /// A mediated device, by its UUID.
    Mdev(vir_base::Uuid),
    /// A block device of a container.
    Block(String),
    /// A character device of a container.
    Char(String),
    /// A network device of a container.
    Net(String),
}

/// A USB device of the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsbSource {
    /// What happens if it is missing at start.
    pub startup_policy: Option<StartupPolicy>,
    /// It was missing.
    pub missing: bool,
    /// Its place was found out, not asked for.
    pub auto_address: bool,
    /// Whether the guest can reset it.
    pub guest_reset: Option<UsbGuestReset>,
    /// What it is: vendor and product.
    pub id: Option<(u32, u32)>,
    /// Where it is: bus and device.
    pub place: Option<(u32, u32)>,
}

/// A PCI device of the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PciSource {
    /// Whether writes to its configuration are filtered.
    pub write_filtering: Option<YesNo>,
    /// Where it is.
    pub address: PciAddress,
    /// What is undone at the end; noted by the daemon.
    pub origstates: Option<OrigStates>,
}

/// A unit on an iSCSI server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IscsiSource {
    /// The unit.
    pub name: String,
    /// The server.
    pub host: SourceHost,
    /// How we prove who we are.
    pub auth: Option<Auth>,
    /// Who we are to it.
    pub initiator: Option<Initiator>,
    /// What the daemon notes of it.
    pub private: Option<Box<StoragePrivate>>,
}

/// A device of the host.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub struct Hostdev {
    pub mode: Option<HostdevMode>,
    pub kind: Option<HostdevType>,
    pub caps: Option<HostdevCaps>,
    /// Whether the host's driver is detached at start and attached again at the end.
    pub managed: bool,
    pub sgio: Option<Sgio>,
    pub rawio: Option<YesNo>,
    pub vhost_model: Option<VhostModel>,
    pub mdev_model: Option<MdevModel>,
    pub display: Option<OnOff>,
    pub ramfb: Option<OnOff>,
    pub driver: Option<PciDriver>,
    pub source: Option<HostdevSource>,
    pub ips: Vec<IpAddress>,
    pub routes: Vec<IpRoute>,
    pub teaming: Option<Teaming>,
    pub readonly: bool,
    pub shareable: bool,
    pub info: DeviceInfo,
}

impl HostdevSource {
    /// Reads the `<source>` of a device of that kind; `outer` is the device.
    ///
    /// # Errors
    /// What is missing, and values that are none.
    pub fn read(kind: HostdevType, outer: &Element) -> Result<Self> {
        let Some(source) = outer.child("source") else {
            bail!(Domain, XmlError, "Missing <source> element in hostdev device")
        };
        match kind {
            HostdevType::Usb => UsbSource::read(source).map(Self::Usb),
            HostdevType::Pci => {
                let address = source.child("address").map(PciAddress::read).transpose()?;
                Ok(Self::Pci(PciSource {
                    write_filtering: attr(source, "writeFiltering")?,
                    address: address.unwrap_or_default(),
                    origstates: kept(source, "origstates"),
                }))
            }
            HostdevType::Scsi => scsi(source),
            HostdevType::ScsiHost => vhost(source),
            HostdevType::Mdev => {
                let Some(address) = source.child("address") else {
                    bail!(Domain, ConfigUnsupported, "Missing <address> element")
                };
                let Some(uuid) = address.attr("uuid") else {
                    bail!(Domain, ConfigUnsupported, "Missing 'uuid' attribute for element <address>")
                };
                match uuid.parse() {
                    Ok(uuid) => Ok(Self::Mdev(uuid)),
                    Err(_) => {
                        bail!(Domain, InternalError, "Cannot parse uuid attribute of element <address>")
                    }
                }
            }
        }
    }

    /// Writes `<source>`; with `typed`, addresses say of which kind they are.
    pub fn write(&self, w: &mut Writer, typed: bool) {
        match self {
            Self::Usb(usb) => w.maybe("source", |w| usb.write(w, typed)),
            Self::Pci(pci) => w.element("source", |w| {
                w.attr_opt("writeFiltering", pci.write_filtering.map(YesNo::as_str));
                w.start("address");
                if typed {
                    w.attr("type", "pci");
                }
                pci.address.write_attrs(w);
                w.end();
                if let Some(states) = pci.origstates.as_ref().filter(|_| w.format().status) {
                    w.maybe("origstates", |w| states.write(w));
                }
            }),
            Self::Scsi { adapter, bus, target, unit, private } => w.element("source", |w| {
                w.start("adapter");
                w.attr("name", adapter);
                w.end();
                w.start("address");
                if typed {
                    w.attr("type", "scsi");
                }
                w.attr("bus", &bus.to_string());
                w.attr("target", &target.to_string());
                w.attr("unit", &unit.to_string());
                w.end();
                write_private(private.as_deref(), w);
            }),
            Self::Iscsi(iscsi) => w.element("source", |w| {
                w.attr("protocol", "iscsi");
                w.attr("name", &iscsi.name);
                w.element("host", |w| iscsi.host.write(w));
                write_private(iscsi.private.as_deref(), w);
                if let Some(auth) = &iscsi.auth {
                    w.element("auth", |w| auth.write(w));
                }
                if let Some(initiator) = &iscsi.initiator {
                    w.maybe("initiator", |w| initiator.write(w));
                }
            }),
            Self::Vhost { wwpn } => w.element("source", |w| {
                w.attr("protocol", "vhost");
                w.attr("wwpn", wwpn);
            }),
            Self::Mdev(uuid) => w.element("source", |w| {
                w.element("address", |w| w.attr("uuid", &uuid.to_string()));
            }),
            Self::Block(path) => w.element("source", |w| w.leaf("block", path)),
            Self::Char(path) => w.element("source", |w| w.leaf("char", path)),
            Self::Net(name) => w.element("source", |w| w.leaf("interface", name)),
        }
    }
}

impl UsbSource {
    fn read(source: &Element) -> Result<Self> {
        let mut it = Self {
            startup_policy: attr(source, "startupPolicy")?,
            auto_address: attr::<YesNo>(source, "autoAddress")?.is_some_and(YesNo::is_yes),
            missing: attr::<YesNo>(source, "missing")?.is_some_and(YesNo::is_yes),
            guest_reset: attr(source, "guestReset")?,
            ..Self::default()
        };
        let id = |name: &str| -> Result<Option<u32>> {
            let Some(child) = source.child(name) else { return Ok(None) };
            match any_base(child, "id")? {
                Some(id) => Ok(Some(id)),
                None => Err(missing("id", name)),
            }
        };
        let (vendor, product) = (id("vendor")?, id("product")?);
        if let Some(vendor) = vendor {
            if vendor == 0 {
                bail!(Domain, XmlError, "vendor cannot be 0.");
            }
            let Some(product) = product else { bail!(Domain, XmlError, "missing product") };
            it.id = Some((vendor, product));
        } else if product.is_some() {
            bail!(Domain, XmlError, "missing vendor");
        }
        if let Some(address) = source.child("address") {
            let number = |name: &str| match attr::<u32>(address, name)? {
                Some(value) => Ok(value),
                None => Err(missing(name, "address")),
            };
            it.place = Some((number("bus")?, number("device")?)).filter(|place| *place != (0, 0));
        }
        if it.id.is_none() && source.child("address").is_none() {
            bail!(Domain, XmlError, "usb address needs to be specified");
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer, typed: bool) {
        w.attr_opt("startupPolicy", self.startup_policy.map(StartupPolicy::as_str));
        if self.auto_address && w.format().migratable {
            w.attr("autoAddress", "yes");
        }
        if self.missing && !w.format().inactive {
            w.attr("missing", "yes");
        }
        w.attr_opt("guestReset", self.guest_reset.map(UsbGuestReset::as_str));
        if let Some((vendor, product)) = self.id {
            w.element("vendor", |w| w.attr("id", &format!("0x{vendor:04x}")));
            w.element("product", |w| w.attr("id", &format!("0x{product:04x}")));
        }
        if let Some((bus, device)) = self.place {
            w.element("address", |w| {
                if typed {
                    w.attr("type", "usb");
                }
                w.attr("bus", &bus.to_string());
                w.attr("device", &device.to_string());
            });
        }
    }
}

fn scsi(source: &Element) -> Result<HostdevSource> {
    match source.attr("protocol") {
        Some("iscsi") => return iscsi(source),
        None | Some("adapter") => {}
        Some(text) => return Err(vir_xml::invalid_value("protocol", "source", text)),
    }
    let Some(address) = source.child("address") else {
        bail!(Domain, XmlError, "'address' must be specified for scsi hostdev source")
    };
    let number = |name: &str| match any_base(address, name)? {
        Some(value) => Ok(value),
        None => Err(missing(name, "address")),
    };
    let (bus, target, unit) = (number("bus")?, number("target")?, u64::from(number("unit")?));
    let adapter = source.child("adapter").and_then(|adapter| adapter.attr("name"));
    match adapter.filter(|name| !name.is_empty()) {
        Some(adapter) => {
            let (adapter, private) = (adapter.to_owned(), kept(source, "privateData"));
            Ok(HostdevSource::Scsi { adapter, bus, target, unit, private })
        }
        None => bail!(Domain, XmlError, "'adapter' name must be specified for scsi hostdev source"),
    }
}

fn iscsi(source: &Element) -> Result<HostdevSource> {
    let Some(name) = source.attr("name") else {
        bail!(Domain, XmlError, "missing iSCSI hostdev source path name")
    };
    let hosts: Vec<&Element> = source.children().filter(|child| child.name == "host").collect();
    let host: SourceHost = match hosts[..] {
        [] => bail!(Domain, XmlError, "missing the host address for the iSCSI hostdev"),
        [host] => Content::read(host)?,
        _ => bail!(Domain, XmlError, "only one source host address may be specified for the iSCSI hostdev"),
    };
    let auth: Option<Auth> = source.child("auth").map(Content::read).transpose()?;
    if let Some(secret) = auth.as_ref().and_then(|auth| auth.secret.as_ref()) {
        match secret.kind.as_deref() {
            Some("iscsi") => {}
            Some(kind @ ("none" | "volume" | "ceph" | "tls" | "vtpm")) => {
                bail!(Domain, InternalError, "hostdev invalid secret type '{kind}'")
            }
            kind => bail!(Domain, ConfigUnsupported, "invalid secret type {}", kind.unwrap_or("(null)")),
        }
    }
    let initiator = source.child("initiator").map(Content::read).transpose()?;
    let mut host = host;
    if host.transport.is_none() {
        host.port.get_or_insert(3260);
    }
    let (name, private) = (name.to_owned(), kept(source, "privateData"));
    Ok(HostdevSource::Iscsi(Box::new(IscsiSource { name, host, auth, initiator, private })))
}

fn vhost(source: &Element) -> Result<HostdevSource> {
    match source.attr("protocol") {
        None => return Err(missing("protocol", "source")),
        Some("vhost") => {}
        Some(text) => return Err(vir_xml::invalid_value("protocol", "source", text)),
    }
    let Some(wwpn) = source.attr("wwpn") else {
        bail!(Domain, XmlError, "missing vhost-scsi hostdev source wwpn")
    };
    let digits = wwpn.strip_prefix("naa.");
    if digits.is_none_or(|d| d.len() != 16 || !d.chars().all(|c| c.is_ascii_hexdigit())) {
        bail!(Domain, XmlError, "malformed 'wwpn' value");
    }
    Ok(HostdevSource::Vhost { wwpn: wwpn.to_owned() })
}

impl Content for Hostdev {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::Hostdev::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let mode = attr(element, "mode")?.unwrap_or(HostdevMode::Subsystem);
        let mut it = Self { mode: Some(mode), ..Self::default() };
        match mode {
            HostdevMode::Subsystem => it.read_subsystem(element)?,
            HostdevMode::Capabilities => it.read_capabilities(element)?,
        }
        for child in element.children() {
            it.info.take_child(element, child)?;
        }
        it.teaming = element.child("teaming").map(Content::read).transpose()?;
        if matches!(it.source, Some(HostdevSource::Scsi { .. } | HostdevSource::Iscsi(_))) {
            it.readonly = element.child("readonly").is_some();
            it.shareable = element.child("shareable").is_some();
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr("mode", self.mode.unwrap_or(HostdevMode::Subsystem).as_str());
        w.attr_opt("type", self.kind.map(HostdevType::as_str).or(self.caps.map(HostdevCaps::as_str)));
        if self.mode != Some(HostdevMode::Capabilities) {
            w.attr("managed", YesNo::from(self.managed).as_str());
        }
        w.attr_opt("sgio", self.sgio.map(Sgio::as_str));
        w.attr_opt("rawio", self.rawio.map(YesNo::as_str));
        w.attr_opt("model", self.vhost_model.map(VhostModel::as_str));
        w.attr_opt("model", self.mdev_model.map(MdevModel::as_str));
        w.attr_opt("display", self.display.map(OnOff::as_str));
        w.attr_opt("ramfb", self.ramfb.map(OnOff::as_str));
        if let Some(driver) = &self.driver {
            w.maybe("driver", |w| driver.write(w));
        }
        if let Some(source) = &self.source {
            source.write(w, false);
        }
        for ip in &self.ips {
            w.element("ip", |w| ip.write(w));
        }
        for route in &self.routes {
            w.element("route", |w| route.write(w));
        }
        if let Some(teaming) = &self.teaming {
            w.maybe("teaming", |w| teaming.write(w));
        }
        if self.readonly {
            w.empty("readonly");
        }
        if self.shareable {
            w.empty("shareable");
        }
        self.info.write_children(w);
    }
}

impl Hostdev {
    fn read_subsystem(&mut self, element: &Element) -> Result<()> {
        let Some(kind) = attr::<HostdevType>(element, "type")? else {
            return Err(missing("type", "hostdev"));
        };
        self.kind = Some(kind);
        self.managed = attr::<YesNo>(element, "managed")?.is_some_and(YesNo::is_yes);
        let sgio = attr::<Sgio>(element, "sgio")?;
        if sgio.is_some() && kind != HostdevType::Scsi {
            bail!(Domain, XmlError, "sgio is only supported for scsi host device");
        }
        let rawio = attr::<YesNo>(element, "rawio")?;
        if rawio.is_some() && kind != HostdevType::Scsi {
            bail!(Domain, XmlError, "rawio is only supported for scsi host device");
        }
        (self.sgio, self.rawio) = (sgio, rawio);
        let display = attr(element, "display")?;
        let ramfb = attr(element, "ramfb")?;
        if kind != HostdevType::Mdev && kind != HostdevType::ScsiHost && element.attr("model").is_some() {
            bail!(
                Domain,
                ConfigUnsupported,
                "'model' attribute in <hostdev> is only supported when type='mdev' or type='scsi_host'"
            );
        }
        match kind {
            HostdevType::ScsiHost => self.vhost_model = attr_or_none(element, "model")?,
            HostdevType::Mdev => {
                let Some(model) = attr::<MdevModel>(element, "model")? else {
                    return Err(missing("model", "hostdev"));
                };
                (self.mdev_model, self.display, self.ramfb) = (Some(model), display, ramfb);
            }
            HostdevType::Pci => (self.display, self.ramfb) = (display, ramfb),
            _ => {}
        }
        self.source = Some(HostdevSource::read(kind, element)?);
        if kind == HostdevType::Pci {
            self.driver = element.child("driver").map(Content::read).transpose()?;
        }
        Ok(())
    }

    fn read_capabilities(&mut self, element: &Element) -> Result<()> {
        let Some(kind) = attr::<HostdevCaps>(element, "type")? else {
            return Err(missing("type", "hostdev"));
        };
        self.caps = Some(kind);
        let Some(source) = element.child("source") else {
            bail!(Domain, XmlError, "Missing <source> element in hostdev device")
        };
        let of = |name: &str| {
            source.child(name).map(|child| child.text().into_owned()).filter(|text| !text.is_empty())
        };
        let (name, what) = match kind {
            HostdevCaps::Storage => ("block", "Missing <block> element in hostdev storage device"),
            HostdevCaps::Misc => ("char", "Missing <char> element in hostdev character device"),
            HostdevCaps::Net => ("interface", "Missing <interface> element in hostdev net device"),
        };
        let text = of(name).ok_or_else(|| err!(Domain, XmlError, "{what}"))?;
        self.source = Some(match kind {
            HostdevCaps::Storage => HostdevSource::Block(text),
            HostdevCaps::Misc => HostdevSource::Char(text),
            HostdevCaps::Net => HostdevSource::Net(text),
        });
        if kind == HostdevCaps::Net {
            (self.ips, self.routes) = super::interface::ip_info(element, "Domain hostdev device")?;
        }
        Ok(())
    }

    /// Takes what only a running domain's document says.
    pub fn forget_live(&mut self) {
        if let Some(HostdevSource::Usb(usb)) = &mut self.source {
            usb.missing = false;
        }
    }
}

fn attr_or_none<T: Value>(element: &Element, name: &str) -> Result<Option<T>> {
    match element.attr(name) {
        Some(text) if T::unsaid().contains(&text) => Ok(None),
        Some(text) => value_of(text, name, element).map(Some),
        None => Ok(None),
    }
}

/// The part that an interface of type `hostdev` has of a host device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HostdevPart(pub Option<HostdevSource>);

impl Part for HostdevPart {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::HostdevPart::table()
    }

    fn take_attr(&mut self, _: &Element, _: &Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, outer: &Element, child: &Element) -> Result<bool> {
        if child.name != "source" || outer.attr("type") != Some("hostdev") {
            return Ok(false);
        }
        let address = child.child("address").and_then(|address| address.attr("type"));
        let kind = match address {
            None if child.child("vendor").is_some() => Some("usb"),
            kind => kind,
        };
        let Some(kind) = kind.and_then(HostdevType::parse) else {
            bail!(
                Domain,
                ConfigUnsupported,
                "unknown host device source address type '{}'",
                kind.unwrap_or("(null)")
            );
        };
        self.0 = Some(HostdevSource::read(kind, outer)?);
        Ok(true)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if let Some(source) = &self.0 {
            source.write(w, true);
        }
    }
}
