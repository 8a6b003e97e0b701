//! `<qemu-migration>`: what the daemons of two hosts tell each other about a guest that moves. Each phase of the move
//! carries one from the daemon that ends it to the one that goes on; what it holds depends on the phase.

use crate::domain::cpu::Cpu;
use crate::domain::device::graphics::GraphicsType;
use crate::domain::device::netparts::PortType;
use crate::domain::namespaces::{self, Foreign};
use crate::domain::{Domain, ParseOptions, tables};
use crate::status::AllowReboot;
use crate::words::root;
use vir_base::{ErrorDomain, Result, Uuid, bail};
use vir_xml::{Content, Element, Format, Value, Writer, element, xml_enum};

xml_enum! {
    /// What a cookie can hold. What a daemon names in `<feature>` the other one must understand.
    pub enum Feature {
        Graphics = "graphics", Lockstate = "lockstate", Persistent = "persistent", Network = "network", Nbd = "nbd",
        Statistics = "statistics", MemoryHotplug = "memory-hotplug", CpuHotplug = "cpu-hotplug", Cpu = "cpu",
        AllowReboot = "allowReboot", Capabilities = "capabilities", BlockDirtyBitmaps = "block-dirty-bitmaps",
    }
    /// What QEMU can do in moving a guest, in the order in which it is printed.
    pub enum Capability {
        Xbzrle = "xbzrle", AutoConverge = "auto-converge", RdmaPinAll = "rdma-pin-all", Events = "events",
        PostcopyRam = "postcopy-ram", Compress = "compress", PauseBeforeSwitchover = "pause-before-switchover",
        LateBlockActivate = "late-block-activate", Multifd = "multifd", DirtyBitmaps = "dirty-bitmaps",
        ReturnPath = "return-path", ZeroCopySend = "zero-copy-send", PostcopyPreempt = "postcopy-preempt",
        SwitchoverAck = "switchover-ack", MappedRam = "mapped-ram",
    }
}

element! {
    /// What one daemon tells the other. Since 0.9.2. Drivers: qemu.
    pub struct Cookie "qemu-migration" => settle {
        /// The guest's name on the host that it comes from.
        leaf name "name": Option<String>,
        /// The guest's UUID.
        leaf uuid "uuid": Option<Uuid>,
        /// Name of the host that tells.
        leaf hostname "hostname": Option<String>,
        /// UUID of that host.
        leaf hostuuid "hostuuid": Option<Uuid>,
        /// What must be understood. Since 0.9.2.
        list features "feature": Vec<FeatureName>,
        /// Where the guest's display is. Since 0.9.2.
        child graphics "graphics": Option<GraphicsPlace>,
        /// What a lock manager needs to take the leases. Since 0.9.2.
        child lockstate "lockstate": Option<Lockstate>,
        /// The definition that is stored for the guest. Since 0.9.12.
        child persistent "domain": Option<Persistent>,
        /// Ports of switches. Since 0.10.2.
        maybe network "network": Option<Network>,
        /// How disks' content is moved. Since 1.0.2.
        child nbd "nbd": Option<Nbd>,
        /// How the move went. Since 1.2.9.
        child statistics "statistics": Option<Statistics>,
        /// The processor that the guest sees. Since 3.1.0.
        maybe cpu "cpu": Option<Cpu>,
        /// Whether the guest may boot anew in the same process; older daemons said so, and nobody asks any more. Since
        /// 3.1.0.
        child allow_reboot "allowReboot": Option<AllowReboot>,
        /// What QEMU can do in moving a guest. Since 3.1.0.
        block capabilities "capabilities": Option<Capabilities>,
        /// Maps of changes that move with the disks. Since 6.5.0.
        maybe bitmaps "blockDirtyBitmaps": Option<DirtyBitmaps>,
    }
    /// Something that must be understood.
    pub struct FeatureName "feature" {
        /// Its name.
        attr name "name": Option<Feature>,
    }
    /// Where a display is.
    pub struct GraphicsPlace "graphics" {
        /// How it is shown.
        attr kind "type": Option<GraphicsType>,
        /// Its port.
        attr port "port": i32,
        /// The address that it listens on.
        attr listen "listen": String,
        /// Its port for encrypted traffic, of SPICE; -1 for none.
        attr tls_port "tlsPort": Option<i32>,
        /// What its certificate says.
        child cert "cert": Option<Certificate>,
    }
    /// What a certificate says.
    pub struct Certificate "cert" {
        /// Which part of it: `subject`.
        attr info "info": Option<String>,
        /// What that part says.
        attr value "value": Option<String>,
    }
    /// What a lock manager needs.
    pub struct Lockstate "lockstate" {
        /// The lock manager.
        attr driver "driver": String,
        /// What it needs.
        leaf leases "leases": Option<String>,
    }
    /// Ports of switches.
    pub struct Network "network" => settle {
        /// Each interface's, in the order of the guest's interfaces.
        list interfaces "interface": Vec<InterfacePort>,
    }
    /// The port of an interface.
    pub struct InterfacePort "interface" {
        /// Which interface, from 0.
        attr index "index": Option<u32>,
        /// The kind of switch.
        attr kind "vporttype": Option<PortType>,
        /// What the switch is to know.
        leaf portdata "portdata": Option<String>,
    }
    /// How disks' content is moved.
    pub struct Nbd "nbd" {
        /// Port that the other host takes it at.
        count port "port": Option<i32>,
        /// The disks.
        list disks "disk": Vec<NbdDisk>,
    }
    /// A disk. Since 1.2.12.
    pub struct NbdDisk "disk" {
        /// Its target.
        attr target "target": String,
        /// Its size in bytes.
        attr capacity "capacity": u64,
    }
    /// How a move went. Times are in milliseconds, amounts in bytes.
    pub struct Statistics "statistics" => settle {
        /// When it began, since 1970.
        leaf started "started": u64,
        /// When the guest was stopped, since 1970.
        leaf stopped "stopped": u64,
        /// When this was told, since 1970.
        leaf sent "sent": u64,
        /// How far the other host's clock is off.
        leaf delta "delta": Option<i64>,
        /// How long it took.
        leaf elapsed "time_elapsed": u64,
        /// For how long the guest stood still.
        leaf downtime "downtime": Option<u64>,
        /// How long it took to begin.
        leaf setup "setup_time": Option<u64>,
        /// All memory.
        leaf memory_total "memory_total": u64,
        /// Memory that was moved.
        leaf memory_processed "memory_processed": u64,
        /// Memory that was not moved yet.
        leaf memory_remaining "memory_remaining": u64,
        /// How fast, each second.
        leaf memory_bps "memory_bps": u64,
        /// Pages that hold one value only.
        leaf memory_constant "memory_constant": Option<u64>,
        /// Pages that were moved as they are.
        leaf memory_normal "memory_normal": Option<u64>,
        /// The same in bytes.
        leaf memory_normal_bytes "memory_normal_bytes": Option<u64>,
        /// Pages that the guest changed each second.
        leaf memory_dirty_rate "memory_dirty_rate": u64,
        /// How often memory was gone through.
        leaf memory_iteration "memory_iteration": u64,
        /// Pages that the guest waited for on its new host. Since 1.3.3.
        leaf memory_postcopy_requests "memory_postcopy_requests": u64,
        /// The size of a page. Since 3.9.0.
        leaf memory_page_size "memory_page_size": u64,
        /// All content of disks.
        leaf disk_total "disk_total": u64,
        /// Content that was moved.
        leaf disk_processed "disk_processed": u64,
        /// Content that was not moved yet.
        leaf disk_remaining "disk_remaining": u64,
        /// How fast, each second.
        leaf disk_bps "disk_bps": u64,
        /// The size of the cache of pages that were sent before.
        leaf compression_cache "compression_cache": Option<u64>,
        /// Bytes that were sent as differences.
        leaf compression_bytes "compression_bytes": Option<u64>,
        /// Pages that were.
        leaf compression_pages "compression_pages": Option<u64>,
        /// Pages that were not in the cache.
        leaf compression_misses "compression_cache_misses": Option<u64>,
        /// Differences that were larger than their page.
        leaf compression_overflow "compression_overflow": Option<u64>,
        /// By how much the guest was slowed down, in percent. Since 2.0.0.
        leaf throttle "auto_converge_throttle": i32,
    }
    /// What QEMU can do in moving a guest.
    pub struct Capabilities "capabilities" => settle {
        /// Each by its name.
        list caps "cap": Vec<CapabilityState>,
    }
    /// Something that QEMU can do in moving a guest.
    pub struct CapabilityState "cap" {
        /// Its name.
        attr name "name": Option<String>,
        /// `yes`: it is used without being asked for. Since 4.10.0.
        attr automatic "auto": Option<String>,
    }
    /// Maps of changes that move with the disks.
    pub struct DirtyBitmaps "blockDirtyBitmaps" => settle {
        /// The disks that have any.
        list disks "disk": Vec<BitmapDisk>,
    }
    /// The maps of a disk.
    pub struct BitmapDisk "disk" {
        /// Its target.
        attr target "target": Option<String>,
        /// The maps.
        list bitmaps "bitmap": Vec<DirtyBitmap>,
    }
    /// A map of changes.
    pub struct DirtyBitmap "bitmap" {
        /// Its name on this host.
        attr name "name": Option<String>,
        /// Its name on the way.
        attr alias "alias": Option<String>,
    }
}

/// The definition that is stored for a guest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Persistent(pub Box<Domain>);

impl Content for Persistent {
    fn table() -> Option<&'static vir_xml::table::Table> {
        tables::Domain::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let mut domain = Domain::read(element, ParseOptions::default())?;
        domain.foreign = Foreign::of(element, namespaces::QEMU, "qemu");
        Ok(Self(Box::new(domain)))
    }

    fn write(&self, w: &mut Writer) {
        let asked = w.format();
        w.set_format(Format { inactive: true, secure: true, migratable: true, status: false });
        self.0.write_inside(w);
        w.set_format(asked);
    }
}

impl Cookie {
    /// Reads a document.
    ///
    /// # Errors
    /// Text that is no XML, and what is missing in it.
    pub fn parse(xml: &str) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::Qemu, xml, None)?;
        let element = root(&tree, Self::NAME)?;
        for (name, value) in [("name", false), ("uuid", true), ("hostname", false), ("hostuuid", true)] {
            match element.child(name).map(Element::text).filter(|text| !text.is_empty()) {
                None => bail!(Qemu, InternalError, "missing {name} element in migration data"),
                Some(text) if value && text.parse::<Uuid>().is_err() => {
                    bail!(Qemu, InternalError, "malformed {name} element in migration data")
                }
                Some(_) => {}
            }
        }
        for feature in element.children().filter(|child| child.name == "feature") {
            match feature.attr("name") {
                None => bail!(Qemu, InternalError, "missing feature name"),
                Some(name) if Feature::parse(name).is_none() => {
                    bail!(Qemu, InternalError, "Unknown migration cookie feature {name}")
                }
                Some(_) => {}
            }
        }
        if element.children().filter(|child| child.name == "domain").count() > 1 {
            bail!(Qemu, InternalError, "Too many domain elements in migration cookie");
        }
        Self::read(element)
    }

    /// The document.
    pub fn to_document(&self) -> String {
        self.to_xml(Format { secure: true, ..Format::default() })
    }

    fn settle(&mut self, _: &Element) -> Result<()> {
        if let Some(graphics) = &mut self.graphics {
            match graphics.kind {
                None => bail!(Qemu, InternalError, "missing type attribute in migration data"),
                Some(GraphicsType::Spice) if graphics.tls_port.is_none() => {
                    bail!(Qemu, InternalError, "missing tlsPort attribute in migration data")
                }
                Some(GraphicsType::Spice) => {}
                Some(_) => graphics.tls_port = None,
            }
            graphics.cert.take_if(|cert| cert.info.as_deref() != Some("subject") || cert.value.is_none());
        }
        self.capabilities.get_or_insert_default();
        self.allow_reboot = None;
        Ok(())
    }
}

impl Network {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if element.children().any(|child| child.name == "interface" && child.attr("vporttype").is_none()) {
            bail!(Qemu, InternalError, "missing vporttype attribute in migration data");
        }
        for (place, port) in self.interfaces.iter_mut().enumerate() {
            port.index = port.index.or(u32::try_from(place).ok());
        }
        self.interfaces.retain(|port| port.kind.is_some());
        Ok(())
    }
}

impl Statistics {
    fn settle(&mut self, _: &Element) -> Result<()> {
        // one of them stands for its group
        let group = |first: Option<u64>, others: &mut [&mut Option<u64>]| {
            others.iter_mut().for_each(|other| **other = first.map(|_| other.unwrap_or(0)));
        };
        group(self.memory_constant, &mut [&mut self.memory_normal, &mut self.memory_normal_bytes]);
        group(
            self.compression_cache,
            &mut [
                &mut self.compression_bytes,
                &mut self.compression_pages,
                &mut self.compression_misses,
                &mut self.compression_overflow,
            ],
        );
        Ok(())
    }
}

impl Capabilities {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let known = |cap: &CapabilityState| cap.name.as_deref().and_then(Capability::parse);
        if self.caps.iter().any(|cap| cap.name.is_none()) {
            bail!(Qemu, InternalError, "missing migration capability name");
        }
        self.caps.retain(|cap| known(cap).is_some());
        self.caps.sort_by_key(known);
        self.caps.dedup_by(|later, earlier| later.name == earlier.name);
        for cap in &mut self.caps {
            let automatic = cap.automatic.as_deref() == Some("yes");
            cap.automatic = Some(if automatic { "yes" } else { "no" }.to_owned());
        }
        Ok(())
    }
}

impl DirtyBitmaps {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let whole = |bitmap: &DirtyBitmap| bitmap.name.is_some() && bitmap.alias.is_some();
        if self.disks.iter().any(|disk| disk.target.is_none() || !disk.bitmaps.iter().all(whole)) {
            bail!(Qemu, InternalError, "malformed <blockDirtyBitmaps> in migration cookie");
        }
        self.disks.retain(|disk| !disk.bitmaps.is_empty());
        Ok(())
    }
}
