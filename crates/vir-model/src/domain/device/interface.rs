//! `<interface>`.

use super::actual::Actual;
use super::hostdev::{HostdevPart, PciDriverName};
use super::info::{DeviceInfo, VirtioOptions};
pub use super::netparts::*;
use super::private::InterfacePrivate;
use vir_base::{Result, Uuid, bail, err};
use vir_xml::{Content, Element, OnOff, Value, YesNo, element, missing, value_of, xml_enum};

xml_enum! {
    /// What an interface is connected to.
    pub enum InterfaceType {
        User = "user", Ethernet = "ethernet", Vhostuser = "vhostuser", Server = "server", Client = "client",
        Mcast = "mcast", Network = "network", Bridge = "bridge", Internal = "internal", Direct = "direct",
        Hostdev = "hostdev", Udp = "udp", Vdpa = "vdpa", Null = "null", Vds = "vds",
    }
    /// Whether the cable is in.
    pub enum LinkState { Default = "default", Up = "up", Down = "down", }
    /// Who made a MAC address up.
    pub enum MacType { Generated = "generated", Static = "static", }
    /// How a device of the host is shared.
    pub enum MacvlanMode { Vepa = "vepa", Private = "private", Bridge = "bridge", Passthrough = "passthrough", }
    /// Who serves a virtio interface.
    pub enum NetDriverName { Qemu = "qemu", Vhost = "vhost", }
    /// How a virtio interface sends.
    pub enum TxMode { Iothread = "iothread", Timer = "timer", }
    /// Who serves a `user` or `vhostuser` interface.
    pub enum BackendType { Passt = "passt", }
    unsaid ["default"]
    /// Who keeps a bridge's table of MAC addresses.
    pub enum MacTableManager { Kernel = "kernel", Libvirt = "libvirt", }
    /// Which end of a `vhostuser` socket waits.
    pub enum VhostuserMode { Client = "client", Server = "server", }
}

element! {
    /// A network interface.
    pub struct Interface "interface" => settle {
        /// What it is connected to; `user` if nothing is said.
        attr kind "type": Option<InterfaceType>,
        /// Whether the host's driver is detached at start, of type `hostdev`. Since 0.9.11. Drivers: qemu.
        attr managed "managed": Option<YesNo>,
        /// Whether the host trusts the guest's filters of reception. Since 1.2.10. Drivers: qemu.
        attr trust_guest_rx_filters "trustGuestRxFilters": Option<YesNo>,
        /// Its address; made up if nothing is said. Since 0.1.3.
        child mac "mac": Option<MacElement>,
        /// The host's driver, of type `hostdev`. Since 0.8.8. Drivers: qemu, ch.
        maybe hostdev_driver "driver": Option<NetDriver>,
        part hostdev "": HostdevPart,
        /// The far side on the host.
        maybe source "source": Option<InterfaceSource>,
        /// VLANs that it is in. Since 0.10.0. Drivers: qemu, xen, lxc.
        child vlan "vlan": Option<Vlan>,
        /// How a switch knows it. Since 0.8.2. Drivers: qemu, xen, lxc.
        maybe virtualport "virtualport": Option<VirtualPort>,
        /// Limits of its traffic. Since 0.9.4. Drivers: qemu, xen, lxc.
        child bandwidth "bandwidth": Option<Bandwidth>,
        /// Whether it sees others on the bridge. Since 6.1.0. Drivers: qemu, lxc.
        maybe port "port": Option<PortOptions>,
        /// What its network made of it, while the domain runs. Drivers: qemu, xen, lxc.
        private actual "actual": Option<Box<Actual>>,
        /// The guest's addresses. Since 1.2.12. Drivers: qemu, xen, lxc, ch, openvz.
        list ips "ip": Vec<IpAddress>,
        /// The guest's routes. Since 1.2.12. Drivers: lxc.
        list routes "route": Vec<IpRoute>,
        /// Ports of the host that lead to the guest. Since 9.0.0. Drivers: qemu.
        list port_forwards "portForward": Vec<PortForward>,
        /// Program that is run at start. Since 0.2.1. Drivers: qemu, xen, lxc.
        maybe script "script": Option<Script>,
        /// Program that is run at the end. Since 6.4.0. Drivers: qemu.
        maybe downscript "downscript": Option<Script>,
        /// The domain that serves it. Since 1.2.13. Drivers: xen.
        maybe backenddomain "backenddomain": Option<super::disk::BackendDomain>,
        /// The host's device. Since 0.1.3. Drivers: qemu, xen, lxc, bhyve, ch, vz, openvz.
        maybe target "target": Option<InterfaceTarget>,
        /// The container's device. Since 1.2.7. Drivers: xen, lxc, openvz.
        maybe guest "guest": Option<GuestDevice>,
        /// Which device the guest sees. Since 0.5.0. Drivers: qemu, xen, bhyve, vz, vmware, esx, vbox.
        child model "model": Option<InterfaceModel>,
        /// How it is served. Since 0.8.8. Drivers: qemu, ch.
        maybe driver "driver": Option<NetDriver>,
        /// Who serves it. Since 1.2.9. Drivers: qemu.
        maybe backend "backend": Option<NetBackend>,
        /// Filter of its traffic. Since 0.8.0. Drivers: qemu, xen, lxc, ch.
        child filterref "filterref": Option<FilterRef>,
        /// Buffers. Since 0.8.8. Drivers: qemu.
        maybe tune "tune": Option<Tune>,
        /// Another interface that takes over. Since 6.1.0. Drivers: qemu.
        maybe teaming "teaming": Option<Teaming>,
        /// Whether the cable is in. Since 0.9.5. Drivers: qemu, vz.
        maybe link "link": Option<Link>,
        /// Largest packet. Since 3.1.0. Drivers: qemu, lxc, ch.
        maybe mtu "mtu": Option<Mtu>,
        /// How many packets make one interrupt. Since 3.3.0. Drivers: qemu.
        maybe coalesce "coalesce": Option<Coalesce>,
        part info "": DeviceInfo,
        /// What the daemon notes of it. Drivers: qemu.
        private private "privateData": Option<InterfacePrivate>,
    }

    /// An interface's address.
    pub struct MacElement "mac" => settle {
        /// The address.
        attr address "address": Option<Mac>,
        /// Who made it up. Since 3.3.0. Drivers: esx.
        attr kind "type": Option<MacType>,
        /// Whether it is checked, of VMware. Since 4.1.0. Drivers: esx.
        attr check "check": Option<YesNo>,
        /// The one that the guest has chosen, while it runs. Since 11.2.0. Drivers: qemu.
        live current_address "currentAddress": Option<Mac>,
    }

    /// The far side on the host; which attributes count depends on the interface's type.
    pub struct InterfaceSource "source" {
        /// Virtual network. Since 0.3.0. Drivers: qemu, xen, lxc, bhyve, ch, vz, vbox.
        attr network "network": Option<String>,
        /// Group of settings in it. Since 0.9.4. Drivers: qemu, xen, lxc, ch.
        attr portgroup "portgroup": Option<String>,
        /// Port that the network gave, a UUID, while the domain runs. Since 5.1.0. Drivers: qemu.
        live portid "portid": Option<String>,
        /// Bridge. Since 0.1.3. Drivers: qemu, xen, lxc, bhyve, ch, vz, openvz, vmware, esx, hyperv, vbox.
        attr bridge "bridge": Option<String>,
        /// Who keeps its table of MAC addresses. Since 1.2.11. Drivers: qemu.
        attr mac_table_manager "macTableManager": Option<MacTableManager>,
        /// `unix`, of type `vhostuser`. Since 1.2.7. Drivers: qemu.
        attr kind "type": Option<String>,
        /// Path of the socket. Since 1.2.7. Drivers: qemu.
        attr path "path": Option<String>,
        /// Address of the socket. Since 0.1.6. Drivers: qemu.
        attr address "address": Option<String>,
        /// Port of the socket. Since 0.1.6. Drivers: qemu.
        attr port "port": Option<i32>,
        /// Name of an internal network. Drivers: vbox.
        attr name "name": Option<String>,
        /// Device of the host. Since 0.7.7. Drivers: qemu, lxc.
        attr dev "dev": Option<String>,
        /// How the device is shared, or which end of the socket waits. Since 0.7.7. Drivers: qemu, lxc.
        attr mode "mode": Option<String>,
        /// Switch of VMware. Since 8.7.0. Drivers: esx.
        attr switchid "switchid": Option<Uuid>,
        /// Port in it. Since 5.1.0. Drivers: qemu.
        attr vds_port "portid": Option<i64>,
        /// Group of ports in it. Since 8.7.0. Drivers: esx.
        attr portgroupid "portgroupid": Option<String>,
        /// Connection of the port. Since 8.7.0. Drivers: esx.
        attr connectionid "connectionid": Option<i64>,
        /// Near end, of type `udp`. Since 1.2.20. Drivers: qemu.
        child local "local": Option<LocalSocket>,
        /// How a lost connection is dealt with, of type `vhostuser`. Since 4.1.0. Drivers: qemu.
        maybe reconnect "reconnect": Option<super::source::SourceReconnect>,
        /// The host's addresses. Since 2.1.0. Drivers: lxc.
        list ips "ip": Vec<IpAddress>,
        /// The host's routes. Since 2.1.0. Drivers: lxc.
        list routes "route": Vec<IpRoute>,
    }
    /// The near end of a socket.
    pub struct LocalSocket "local" {
        /// Address.
        attr address "address": String,
        /// Port.
        attr port "port": i32,
    }

    /// The host's device.
    pub struct InterfaceTarget "target" {
        /// Its name; made up at start if nothing is said.
        attr dev "dev": Option<String>,
        /// Whether we make it, of type `ethernet`. Since 5.7.0. Drivers: qemu.
        attr managed "managed": Option<YesNo>,
    }
    /// A container's device. Since 1.2.7. Drivers: xen, lxc, openvz.
    pub struct GuestDevice "guest" {
        /// Its name.
        attr dev "dev": Option<String>,
        /// Its name while the container runs.
        attr actual "actual": Option<String>,
    }

    /// Which device the guest sees.
    pub struct InterfaceModel "model" => settle {
        /// `virtio`, `e1000`, `rtl8139`, …
        attr kind "type": Option<String>,
    }

    /// How an interface is served.
    pub struct NetDriver "driver" {
        /// Who serves it: `vhost` (default where it can) or `qemu`. Since 0.8.8. Drivers: qemu.
        attr name "name": Option<String>,
        /// Module of the kernel, of type `hostdev`. Since 10.0.0. Drivers: qemu.
        attr model "model": Option<String>,
        /// How it sends. Since 0.8.8. Drivers: qemu.
        attr txmode "txmode": Option<TxMode>,
        /// Whether requests are taken by a thread of their own. Since 0.9.3. Drivers: qemu.
        attr ioeventfd "ioeventfd": Option<OnOff>,
        /// Whether fewer interrupts are sent. Since 0.9.5. Drivers: qemu.
        attr event_idx "event_idx": Option<OnOff>,
        /// Number of queues. Since 1.0.6. Drivers: qemu, ch.
        count queues "queues": Option<u32>,
        /// Length of queues of reception. Since 2.3.0. Drivers: qemu, ch.
        count rx_queue_size "rx_queue_size": Option<u32>,
        /// Length of queues of sending. Since 3.7.0. Drivers: qemu, ch.
        count tx_queue_size "tx_queue_size": Option<u32>,
        /// Whether packets are spread over queues. Since 8.3.0. Drivers: qemu.
        attr rss "rss": Option<OnOff>,
        /// Whether the guest is told of the hash that spreads them. Since 8.3.0. Drivers: qemu.
        attr rss_hash_report "rss_hash_report": Option<OnOff>,
        part virtio "": VirtioOptions,
        /// What the host does for the guest. Since 1.2.9. Drivers: qemu.
        maybe host "host": Option<HostOffloads>,
        /// What the guest does for itself. Since 1.2.9. Drivers: qemu.
        maybe guest "guest": Option<GuestOffloads>,
    }
    /// What the host does for the guest.
    pub struct HostOffloads "host" {
        /// Checksums.
        attr csum "csum": Option<OnOff>,
        /// Segmentation.
        attr gso "gso": Option<OnOff>,
        /// Segmentation of TCP over IPv4.
        attr tso4 "tso4": Option<OnOff>,
        /// Segmentation of TCP over IPv6.
        attr tso6 "tso6": Option<OnOff>,
        /// Notification of congestion.
        attr ecn "ecn": Option<OnOff>,
        /// Fragmentation of UDP.
        attr ufo "ufo": Option<OnOff>,
        /// Packets over several buffers. Since 1.2.13.
        attr mrg_rxbuf "mrg_rxbuf": Option<OnOff>,
    }
    /// What the guest does for itself.
    pub struct GuestOffloads "guest" {
        /// Checksums.
        attr csum "csum": Option<OnOff>,
        /// Segmentation of TCP over IPv4.
        attr tso4 "tso4": Option<OnOff>,
        /// Segmentation of TCP over IPv6.
        attr tso6 "tso6": Option<OnOff>,
        /// Notification of congestion.
        attr ecn "ecn": Option<OnOff>,
        /// Fragmentation of UDP.
        attr ufo "ufo": Option<OnOff>,
    }
    /// Who serves an interface.
    pub struct NetBackend "backend" {
        /// `passt`, or none for the hypervisor itself. Since 9.0.0.
        attr kind "type": Option<BackendType>,
        /// Device that makes taps. Since 1.2.9.
        attr tap "tap": Option<String>,
        /// Device of vhost. Since 1.2.9.
        attr vhost "vhost": Option<String>,
        /// Where the server logs. Since 9.0.0.
        attr log_file "logFile": Option<String>,
    }
    /// Whether the cable is in.
    pub struct Link "link" => settle {
        /// `up` (default) or `down`.
        attr state "state": Option<LinkState>,
    }
    /// Largest packet.
    pub struct Mtu "mtu" {
        /// Bytes.
        count size "size": Option<u32>,
    }
}

impl MacElement {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if let Some(mac) = self.address
            && mac.0[0] & 1 == 1
        {
            bail!(Domain, XmlError, "expected unicast mac address, found multicast '{mac}'");
        }
        self.address.take_if(|mac| mac.0 == [0; 6]);
        Ok(())
    }
}

impl InterfaceModel {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if let Some(kind) = &mut self.kind {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            if !kind.chars().all(plain) {
                bail!(Domain, InvalidArg, "Model name contains invalid characters");
            }
            // known models are known in any case
            let known = MODELS.iter().find(|known| known.eq_ignore_ascii_case(kind));
            if let Some(known) = known {
                *kind = (*known).to_owned();
            }
        }
        Ok(())
    }

    /// Whether the peer knows it by name.
    pub fn is_known(&self) -> bool {
        self.kind.as_deref().is_none_or(|kind| MODELS.contains(&kind))
    }
}

/// The models that the peer knows by name.
const MODELS: &[&str] = &[
    "netfront",
    "rtl8139",
    "virtio",
    "e1000",
    "e1000e",
    "igb",
    "virtio-transitional",
    "virtio-non-transitional",
    "usb-net",
    "spapr-vlan",
    "lan9118",
    "scm91c111",
    "vlance",
    "vmxnet",
    "vmxnet2",
    "vmxnet3",
    "Am79C970A",
    "Am79C973",
    "82540EM",
    "82545EM",
    "82543GC",
];

impl Link {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if element.attr("state") == Some("default") {
            bail!(Domain, ConfigUnsupported, "unknown interface link state 'default'");
        }
        Ok(())
    }
}

impl Interface {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let kind = *self.kind.get_or_insert(InterfaceType::User);
        let passt = self.backend.as_ref().is_some_and(|b| b.kind == Some(BackendType::Passt));
        self.settle_source(kind, passt, element)?;
        if kind == InterfaceType::Hostdev {
            if self.hostdev.0.is_none() {
                bail!(Domain, ConfigUnsupported, "unknown host device source address type '(null)'");
            }
            if let Some(driver) = self.hostdev_driver.take() {
                if let Some(name) = driver.name.as_deref().filter(|name| PciDriverName::parse(name).is_none())
                {
                    return Err(vir_xml::invalid_value("name", "driver", name));
                }
                self.hostdev_driver =
                    Some(NetDriver { name: driver.name, model: driver.model, ..Default::default() });
            }
        } else {
            self.managed = None;
            self.driver = self.hostdev_driver.take();
            let virtio = self.is_virtio();
            self.driver.take_if(|_| !virtio);
            if let Some(driver) = &mut self.driver {
                driver.model = None;
                driver.queues.take_if(|queues| *queues == 1);
                if let Some(name) = &driver.name
                    && NetDriverName::parse(name).is_none()
                {
                    return Err(vir_xml::invalid_value("name", "driver", name));
                }
            }
        }
        self.managed.take_if(|managed| *managed == YesNo::No);
        let ported = matches!(
            kind,
            InterfaceType::Network | InterfaceType::Bridge | InterfaceType::Direct | InterfaceType::Hostdev
        );
        if self.virtualport.is_some() && !ported {
            bail!(
                Domain,
                ConfigUnsupported,
                "<virtualport> element unsupported for <interface type='{kind}'>"
            );
        }
        if let Some(port) = &mut self.virtualport {
            let open = kind == InterfaceType::Network;
            port.check(if open { PortRule::Open } else { PortRule::Complete })?;
        }
        if !matches!(kind, InterfaceType::Network | InterfaceType::Bridge | InterfaceType::Ethernet) {
            self.filterref = None;
        }
        if let Some(bandwidth) = &self.bandwidth {
            bandwidth.check(kind == InterfaceType::Network)?;
        }
        self.bandwidth.take_if(|bandwidth| *bandwidth == Bandwidth::default());
        let virtio = self.is_virtio() && kind != InterfaceType::Hostdev;
        if let Some(backend) = &mut self.backend {
            backend.vhost = backend.vhost.take().filter(|_| virtio);
        }
        if element.child("model").is_some_and(|model| model.attr("type").is_none()) {
            self.model = None;
        }
        Ok(())
    }

    fn settle_source(&mut self, kind: InterfaceType, passt: bool, element: &Element) -> Result<()> {
        use InterfaceType::*;
        let outer = element.child("source");
        let there = self.source.is_some() || self.hostdev.0.is_some();
        let needed =
            matches!(kind, Network | Vds | Internal | Bridge | Direct | Vdpa | Client | Server | Mcast | Udp);
        if needed && !there {
            let error = err!(Domain, XmlError, "interface type='{kind}' requires a 'source' element");
            return Err(error.with_hint(element.position.to_string()));
        }
        let Some(it) = self.source.take() else { return Ok(()) };
        let common = InterfaceSource { ips: it.ips, routes: it.routes, ..Default::default() };
        let required = |text: Option<String>, name: &str| match text {
            Some(text) if !text.is_empty() => Ok(Some(text)),
            _ => Err(missing(name, "source")),
        };
        let mode_in = |names: &[&str]| match it.mode.as_deref() {
            Some(mode) if !names.contains(&mode) => Err(vir_xml::invalid_value("mode", "source", mode)),
            mode => Ok(mode.map(str::to_owned)),
        };
        let mut source = match kind {
            Network => InterfaceSource {
                network: required(it.network, "network")?,
                portgroup: it.portgroup,
                portid: match it.portid {
                    Some(text) => match text.parse::<Uuid>() {
                        Ok(uuid) => Some(uuid.to_string()),
                        Err(_) => return Err(Uuid::invalid("portid", "source", &text)),
                    },
                    None => None,
                },
                bridge: it.bridge,
                mac_table_manager: it.mac_table_manager,
                ..common
            },
            Bridge => InterfaceSource { bridge: required(it.bridge, "bridge")?, ..common },
            Internal => InterfaceSource { name: required(it.name, "name")?, ..common },
            Direct => {
                let mode = mode_in(MacvlanMode::names())?;
                InterfaceSource {
                    dev: required(it.dev, "dev")?,
                    mode: Some(mode.unwrap_or_else(|| "vepa".to_owned())),
                    ..common
                }
            }
            Vdpa => InterfaceSource { dev: required(it.dev, "dev")?, ..common },
            Vhostuser => {
                if let Some(text) = it.kind.as_deref().filter(|text| *text != "unix") {
                    bail!(
                        Domain,
                        ConfigUnsupported,
                        "Type='{text}' unsupported for <interface type='vhostuser'>"
                    );
                }
                let mode = mode_in(&["client", "server"])?;
                let mut reconnect = it.reconnect;
                if let Some(reconnect) = &mut reconnect {
                    reconnect.check()?;
                }
                match passt {
                    true => InterfaceSource { reconnect, ..common },
                    false => InterfaceSource {
                        kind: Some("unix".to_owned()),
                        path: it.path,
                        mode: Some(mode.unwrap_or_else(|| "client".to_owned())),
                        reconnect,
                        ..common
                    },
                }
            }
            Client | Server | Mcast | Udp => {
                let address = match kind {
                    Server => it.address,
                    _ => required(it.address, "address")?,
                };
                if it.port.is_none() {
                    return Err(missing("port", "source"));
                }
                if kind == Udp && it.local.is_none() {
                    bail!(Domain, XmlError, "'<local>' element missing for 'udp' socket interface");
                }
                InterfaceSource { address, port: it.port, local: it.local.filter(|_| kind == Udp), ..common }
            }
            Vds => {
                if it.switchid.is_none() {
                    return Err(missing("switchid", "source"));
                }
                let port = it.portid.as_deref();
                let vds_port = port.map(|text| value_of(text, "portid", element)).transpose()?;
                InterfaceSource {
                    switchid: it.switchid,
                    vds_port: Some(vds_port.unwrap_or(0)),
                    portgroupid: it.portgroupid,
                    connectionid: Some(it.connectionid.unwrap_or(0)),
                    ..common
                }
            }
            User | Ethernet | Null | Hostdev => common,
        };
        if passt {
            source.dev = outer.and_then(|source| source.attr("dev")).map(str::to_owned);
        }
        self.source = Some(source).filter(|source| *source != InterfaceSource::default());
        Ok(())
    }

    /// Drops what only a daemon's own document says.
    pub fn forget_status(&mut self) {
        (self.actual, self.private) = (None, None);
        if let Some(source) = &mut self.hostdev.0 {
            source.forget_status();
        }
    }

    /// Whether the guest sees a virtio device.
    pub fn is_virtio(&self) -> bool {
        matches!(self.model(), Some("virtio" | "virtio-transitional" | "virtio-non-transitional"))
    }

    /// Its address; all zeroes before defaults are set.
    pub fn mac(&self) -> Mac {
        self.mac.as_ref().and_then(|mac| mac.address).unwrap_or_default()
    }

    /// The host's device, while the guest runs.
    pub fn target_dev(&self) -> Option<&str> {
        self.target.as_ref().and_then(|target| target.dev.as_deref())
    }

    /// `virtio`, `e1000`, …
    pub fn model(&self) -> Option<&str> {
        self.model.as_ref().and_then(|model| model.kind.as_deref())
    }

    /// Whether it is connected by a bridge, a network or not at all.
    pub fn kind(&self) -> InterfaceType {
        self.kind.unwrap_or(InterfaceType::User)
    }

    /// Takes what only a running domain's document says.
    pub fn forget_live(&mut self) {
        if let Some(mac) = &mut self.mac {
            mac.current_address = None;
        }
        if let Some(source) = &mut self.source {
            source.portid = None;
            if self.kind == Some(InterfaceType::Network) {
                (source.bridge, source.mac_table_manager) = (None, None);
            }
        }
        // a name of the kind that we make ourselves is no wish
        if let Some(target) = &mut self.target
            && target.managed != Some(YesNo::No)
            && target.dev.as_deref().is_some_and(is_generated)
        {
            target.dev = None;
        }
    }
}

/// Whether a device's name is of the kind that we make up.
pub fn is_generated(name: &str) -> bool {
    ["vnet", "macvtap", "macvlan"].iter().any(|prefix| name.starts_with(prefix))
}

/// The addresses and routes inside an element.
///
/// # Errors
/// What is no address; `what` is what errors call the element.
pub(crate) fn ip_info(element: &Element, what: &str) -> Result<(Vec<IpAddress>, Vec<IpRoute>)> {
    let _ = what;
    let (mut ips, mut routes) = (vec![], vec![]);
    for child in element.children() {
        match &*child.name {
            "ip" => ips.push(IpAddress::read(child)?),
            "route" => routes.push(IpRoute::read(child)?),
            _ => {}
        }
    }
    Ok((ips, routes))
}
