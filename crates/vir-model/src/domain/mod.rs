//! Domains: a guest's definition, and what is known of it while it runs.

pub mod abi;
pub mod clock;
pub mod cpu;
pub mod cputune;
pub mod defaults;
pub mod device;
pub mod features;
pub mod hyperv;
pub mod iothreads;
pub mod limits;
pub mod memory;
pub mod namespaces;
pub mod normal;
pub mod numa;
pub mod os;
pub mod pass;
pub mod security;
pub mod sysinfo;
pub mod tables;
pub mod validate;

use clock::{Clock, PowerManagement};
use cpu::Cpu;
use cputune::CpuTune;
use device::Devices;
use features::Features;
use iothreads::{DefaultIothread, Iothread, IothreadIds};
use limits::{BlkioTune, IdMap, MemTune, Perf, Resource};
use memory::{Kib, MaxMemory, Memory, MemoryBacking};
use namespaces::Foreign;
use numa::NumaTune;
use os::Os;
use security::{KeyWrap, LaunchSecurity, Seclabel};
use sysinfo::Sysinfo;
use vir_base::{Bitmap, Error, ErrorCode, ErrorDomain, Result, Uuid, err};
use vir_xml::suggest::nearest;
use vir_xml::{Content, Element, Format, Value, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// What runs it.
    pub enum VirtType {
        None = "none", Qemu = "qemu", Kqemu = "kqemu", Kvm = "kvm", Xen = "xen", Lxc = "lxc", Uml = "uml",
        Openvz = "openvz", Test = "test", Vmware = "vmware", Hyperv = "hyperv", Vbox = "vbox", Phyp = "phyp",
        Parallels = "parallels", Bhyve = "bhyve", Vz = "vz", Hvf = "hvf",
    }
    /// What happens when the guest stops, restarts or crashes.
    pub enum LifecycleAction {
        Destroy = "destroy", Restart = "restart", RenameRestart = "rename-restart", Preserve = "preserve",
        CoredumpDestroy = "coredump-destroy", CoredumpRestart = "coredump-restart",
    }
    /// What happens when a lock is lost.
    pub enum LockFailure { Poweroff = "poweroff", Restart = "restart", Pause = "pause", Ignore = "ignore", }
    unsaid ["default"]
    /// How processors are placed on the host's.
    pub enum Placement { Static = "static", Auto = "auto", }
}

element! {
    /// Single processors.
    pub struct Vcpus "vcpus" {
        /// Each by its number.
        list vcpus "vcpu": Vec<VcpuState>,
    }
    /// A processor.
    pub struct VcpuState "vcpu" => settle {
        /// Its number, from 0.
        attr id "id": u32,
        /// Whether it is there.
        attr enabled "enabled": Option<YesNo>,
        /// Whether it can be plugged and unplugged.
        attr hotpluggable "hotpluggable": Option<YesNo>,
        /// When it is plugged, from 1.
        count order "order": Option<u32>,
    }
    /// Groups of limits that disks share.
    pub struct ThrottleGroups "throttlegroups" {
        /// The groups.
        list groups "throttlegroup": Vec<device::iotune::ThrottleGroup>,
    }
}

/// How many processors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vcpu {
    /// How they are placed on the host's.
    pub placement: Option<Placement>,
    /// Processors of the host that they run on.
    pub cpuset: Option<Bitmap>,
    /// How many are there now; all if nothing is said.
    pub current: Option<u32>,
    /// How many there can be.
    pub maximum: Option<u32>,
}

impl Content for Vcpu {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Vcpu::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let text = element.text();
        let Ok(maximum) = text.trim().parse::<u32>() else {
            return Err(err!(Domain, XmlError, "maximum vcpus count must be an integer")
                .with_hint(element.position.to_string()));
        };
        let placement = vir_xml::attr(element, "placement")?;
        let mut cpuset: Option<Bitmap> = None;
        if placement != Some(Placement::Auto) {
            cpuset = vir_xml::attr(element, "cpuset")?;
            if cpuset.as_ref().is_some_and(Bitmap::is_empty) {
                let text = element.attr("cpuset").unwrap_or_default();
                return Err(err!(Domain, ConfigUnsupported, "Invalid value of 'cpuset': {text}"));
            }
        }
        Ok(Self { placement, cpuset, current: vir_xml::attr(element, "current")?, maximum: Some(maximum) })
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("placement", self.placement.map(Placement::as_str));
        w.attr_opt("cpuset", self.cpuset.as_ref().map(ToString::to_string).as_deref());
        w.attr_opt("current", self.current.map(|n| n.to_string()).as_deref());
        if let Some(maximum) = self.maximum {
            w.content(&maximum.to_string());
        }
    }
}

impl VcpuState {
    fn settle(&mut self, element: &Element) -> Result<()> {
        device::small::required(self.enabled.is_some(), "enabled", element)
    }
}

/// A domain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Domain {
    /// What runs it.
    pub kind: Option<VirtType>,
    /// Number of the running instance.
    pub id: Option<i32>,
    /// Name.
    pub name: String,
    /// UUID; all zeroes before defaults are set.
    pub uuid: Uuid,
    /// Generation id: changes when the guest goes back in time.
    pub genid: Option<GenId>,
    /// A short description for people.
    pub title: Option<String>,
    /// A long one.
    pub description: Option<String>,
    /// What programs keep with the domain, as they gave it.
    pub metadata: Option<Element>,
    /// How far memory can grow.
    pub max_memory: Option<MaxMemory>,
    /// Memory at boot.
    pub memory: Memory,
    /// What the guest is to use of it, in KiB.
    pub current_memory: Option<Kib>,
    /// Shares of block input and output.
    pub blkiotune: Option<BlkioTune>,
    /// Limits of memory.
    pub memtune: Option<MemTune>,
    /// How the host gives memory.
    pub memory_backing: Option<MemoryBacking>,
    /// Processors.
    pub vcpu: Vcpu,
    /// Single processors.
    pub vcpus: Option<Vcpus>,
    /// I/O threads.
    pub iothreads: Vec<Iothread>,
    /// The thread that serves what no other does.
    pub default_iothread: Option<DefaultIothread>,
    /// Groups of limits that disks share.
    pub throttlegroups: Option<ThrottleGroups>,
    /// How much of the host's processors it gets, and which.
    pub cputune: Option<CpuTune>,
    /// How memory is taken from the host's nodes.
    pub numatune: Option<NumaTune>,
    /// Where its processes stand.
    pub resource: Option<Resource>,
    /// What its firmware says of its machine.
    pub sysinfo: Vec<Sysinfo>,
    /// Program that finds what to boot, of Xen.
    pub bootloader: Option<String>,
    /// What it is given.
    pub bootloader_args: Option<String>,
    /// What is booted.
    pub os: Os,
    /// Whose numbers its users are on the host.
    pub idmap: Option<IdMap>,
    /// What the machine has.
    pub features: Option<Features>,
    /// The processor.
    pub cpu: Option<Cpu>,
    /// The clock.
    pub clock: Option<Clock>,
    /// When the guest powers off.
    pub on_poweroff: Option<LifecycleAction>,
    /// When it restarts.
    pub on_reboot: Option<LifecycleAction>,
    /// When it crashes.
    pub on_crash: Option<LifecycleAction>,
    /// When a lock is lost.
    pub on_lockfailure: Option<LockFailure>,
    /// Sleep states.
    pub pm: Option<PowerManagement>,
    /// Performance counters.
    pub perf: Option<Perf>,
    /// Devices.
    pub devices: Devices,
    /// How security drivers label it.
    pub seclabels: Vec<Seclabel>,
    /// Whether its keys are wrapped.
    pub keywrap: Option<KeyWrap>,
    /// How its memory is kept from the host.
    pub launch_security: Option<LaunchSecurity>,
    /// Elements of one hypervisor's own.
    pub foreign: Option<Foreign>,
}

/// A generation id; a new one is made where the document has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GenId(pub Option<Uuid>);

/// What is read of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParseOptions {
    /// The document describes a running domain: its id counts.
    pub live: bool,
}

/// Aliases that begin so are the user's own; all others are the hypervisor's.
pub const USER_ALIAS: &str = "ua-";

impl Domain {
    /// Reads a document. Defaults are set by [`defaults::apply`], not here.
    ///
    /// # Errors
    /// Text that is no XML, values that are none, what is missing, and what is not served.
    pub fn parse(xml: &str, options: ParseOptions) -> Result<Self> {
        let root = vir_xml::parse_as(ErrorDomain::Domain, xml, None)?;
        Self::read(&root, options)
    }

    /// As [`Domain::parse`], with the elements of one hypervisor's namespace, which are printed under
    /// `prefix`.
    ///
    /// # Errors
    /// As for [`Domain::parse`].
    pub fn parse_with(xml: &str, options: ParseOptions, uri: &str, prefix: &str) -> Result<Self> {
        let root = vir_xml::parse_as(ErrorDomain::Domain, xml, None)?;
        let mut it = Self::read(&root, options)?;
        it.foreign = Foreign::of(&root, uri, prefix);
        Ok(it)
    }

    /// Reads an element.
    ///
    /// # Errors
    /// As for [`Domain::parse`].
    pub fn read(root: &Element, options: ParseOptions) -> Result<Self> {
        if root.name != "domain" {
            return Err(err!(Xml, XmlError, "expecting root element of 'domain', not '{}'", root.name));
        }
        if root.child("name").is_none_or(|name| name.text().is_empty()) {
            return Err(Error::bare(ErrorDomain::Domain, ErrorCode::NoName));
        }
        let mut it = Self { kind: Some(read_type(root)?), ..Self::default() };
        if options.live
            && let Some(id) = vir_xml::attr::<i32>(root, "id")?
        {
            it.id = Some(id).filter(|id| *id >= 0);
        }
        if root.children().filter(|child| child.name == "genid").count() > 1 {
            return Err(err!(Domain, XmlError, "element 'genid' can only appear once"));
        }
        for name in ["resource", "numatune"] {
            if root.children().filter(|child| child.name == name).count() > 1 {
                let what = if name == "resource" { "resource element" } else { name };
                return Err(err!(Domain, XmlError, "only one {what} is supported"));
            }
        }
        for (name, precheck) in PRECHECKS {
            if let Some(child) = root.child(name) {
                precheck(child)?;
            }
        }
        let mut seen: Vec<&str> = vec![];
        for child in root.children() {
            let several = matches!(child.name.as_str(), "sysinfo" | "seclabel");
            // the first of two counts, as in the peer
            if !several && seen.contains(&child.name.as_str()) {
                continue;
            }
            seen.push(&child.name);
            it.read_child(root, child)?;
        }
        it.read_iothreads(root)?;
        it.check()?;
        if !options.live {
            it.forget_live();
        }
        normal::settle(&mut it)?;
        Ok(it)
    }

    fn read_child(&mut self, root: &Element, child: &Element) -> Result<()> {
        let text = || child.text();
        let leaf = || Some(child.text()).filter(|text| !text.is_empty());
        match child.name.as_str() {
            "name" => self.name = text(),
            "uuid" if !text().is_empty() => {
                self.uuid = text().parse().map_err(|_| {
                    err!(Domain, InternalError, "malformed uuid element")
                        .with_hint(child.position.to_string())
                })?;
            }
            "genid" => {
                let text = text();
                let id = match text.trim() {
                    "" => None,
                    id => Some(id.parse().map_err(|_| {
                        err!(Domain, InternalError, "malformed genid element")
                            .with_hint(child.position.to_string())
                    })?),
                };
                self.genid = Some(GenId(id));
            }
            "title" => self.title = leaf(),
            "description" => self.description = leaf(),
            "metadata" => self.metadata = Some(normal::metadata(root, child)),
            "maxMemory" => self.max_memory = Some(Content::read(child)?),
            "memory" => self.memory = Content::read(child)?,
            "currentMemory" => self.current_memory = Some(Content::read(child)?),
            "blkiotune" => self.blkiotune = Some(Content::read(child)?),
            "memtune" => self.memtune = Some(Content::read(child)?),
            "memoryBacking" => self.memory_backing = Some(Content::read(child)?),
            "vcpu" => self.vcpu = Content::read(child)?,
            "vcpus" => self.vcpus = Some(Content::read(child)?),
            "throttlegroups" => self.throttlegroups = Some(Content::read(child)?),
            "cputune" => self.cputune = Some(Content::read(child)?),
            "numatune" => self.numatune = Some(Content::read(child)?),
            "resource" => self.resource = Some(Content::read(child)?),
            "sysinfo" => self.sysinfo.push(Content::read(child)?),
            "bootloader" => self.bootloader = leaf(),
            "bootloader_args" => self.bootloader_args = leaf(),
            "os" => {
                os::check_type(child)?;
                self.os = Content::read(child)?;
            }
            "idmap" => self.idmap = Some(Content::read(child)?),
            "features" => self.features = Some(Content::read(child)?),
            "cpu" => self.cpu = Some(Content::read(child)?),
            "clock" => self.clock = Some(Content::read(child)?),
            "on_poweroff" => self.on_poweroff = action(child)?,
            "on_reboot" => self.on_reboot = action(child)?,
            "on_crash" => self.on_crash = action(child)?,
            "on_lockfailure" => {
                self.on_lockfailure = if child.text() == "default" { None } else { action(child)? };
            }
            "pm" => self.pm = Some(Content::read(child)?),
            "perf" => self.perf = Some(Content::read(child)?),
            "devices" => self.devices = Content::read(child)?,
            "seclabel" => self.seclabels.push(Content::read(child)?),
            "keywrap" => self.keywrap = Some(Content::read(child)?),
            "launchSecurity" => self.launch_security = Some(Content::read(child)?),
            _ => {}
        }
        Ok(())
    }

    /// I/O threads by their number, by their ids, or both.
    fn read_iothreads(&mut self, root: &Element) -> Result<()> {
        let mut count = 0usize;
        if let Some(text) = root.child("iothreads").map(Element::text).filter(|text| !text.is_empty()) {
            count = match text.trim().parse() {
                Ok(count) => count,
                Err(_) => return Err(err!(Domain, XmlError, "invalid iothreads count '{text}'")),
            };
        }
        if let Some(default) = root.child("defaultiothread") {
            let default: DefaultIothread = Content::read(default)?;
            self.default_iothread = Some(default).filter(|it| *it != DefaultIothread::default());
        }
        if let Some(ids) = root.child("iothreadids") {
            let ids: IothreadIds = Content::read(ids)?;
            for thread in ids.iothreads {
                if self.iothreads.iter().any(|other| other.id == thread.id) {
                    return Err(err!(Domain, XmlError, "duplicate iothread id '{}' found", thread.id));
                }
                self.iothreads.push(thread);
            }
        }
        // as many as any host can have
        for id in (1..=16_384).take_while(|_| count < 16_384) {
            if self.iothreads.len() >= count {
                break;
            }
            if !self.iothreads.iter().any(|other| other.id == id) {
                self.iothreads.push(Iothread { id, made_up: true.into(), ..Iothread::default() });
            }
        }
        Ok(())
    }

    /// Takes away what is true only while a guest runs, whatever the document says of it.
    fn forget_live(&mut self) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let devices = &mut self.devices;
        devices.for_each_info_mut(&mut |info| {
            let own = |alias: &String| alias.starts_with(USER_ALIAS) && alias.chars().all(plain);
            info.alias = info.alias.take().filter(own);
        });
        devices.graphics.iter_mut().for_each(device::graphics::Graphics::forget_live);
        devices.for_each_source_mut(&mut device::chardev::CharSource::forget_live);
        for target in devices.channels.iter_mut().filter_map(|channel| channel.target.as_mut()) {
            target.state = None;
        }
        for disk in &mut devices.disks {
            disk.mirror.0 = None;
            if let Some(source) = &mut disk.source {
                source.index = None;
                source.seclabels.retain(device::storage::SourceLabel::is_lasting);
            }
            disk.forget_indexes();
        }
        devices.interfaces.iter_mut().for_each(device::interface::Interface::forget_live);
        devices.hostdevs.iter_mut().for_each(device::hostdev::Hostdev::forget_live);
        for target in devices.memories.iter_mut().filter_map(|memory| memory.target.as_mut()) {
            target.current.0 = target.current.0.map(|_| Kib(0));
        }
        if let Some(tune) = &mut self.cputune {
            tune.cachetunes.iter_mut().for_each(|tune| tune.id = None);
            tune.memorytunes.iter_mut().for_each(|tune| tune.id = None);
        }
        self.seclabels.iter_mut().for_each(Seclabel::forget_live);
    }

    /// What must be there is.
    fn check(&self) -> Result<()> {
        if self.name.contains('/') {
            return Err(err!(Domain, XmlError, "name {} cannot contain '/'", self.name));
        }
        if self.title.as_ref().is_some_and(|title| title.contains('\n')) {
            return Err(err!(Domain, XmlError, "Domain title can't contain newlines"));
        }
        if self.os.os_type().is_none() && self.bootloader.is_none() {
            return Err(err!(Domain, XmlError, "an os <type> must be specified"));
        }
        if let (Some(max), Some(current)) = (self.vcpu.maximum, self.vcpu.current)
            && current > max
        {
            return Err(err!(
                Domain,
                XmlError,
                "maxvcpus must not be less than current vcpus ({max} < {current})"
            ));
        }
        if self.vcpu.maximum == Some(0) {
            return Err(err!(Domain, XmlError, "invalid domain element name: 'vcpu', value: '0'"));
        }
        security::check_labels(&self.seclabels)
    }

    /// What it is made of.
    pub fn table() -> Option<&'static vir_xml::table::Table> {
        tables::Domain::table()
    }

    /// The document.
    pub fn to_xml(&self, format: Format) -> String {
        let mut w = Writer::new(format);
        self.write_into(&mut w);
        w.finish()
    }

    /// Writes the element, which may stand inside another document.
    pub fn write_into(&self, w: &mut Writer) {
        let asked = w.format();
        // what has no id does not run
        w.set_format(Format { inactive: asked.inactive || self.id.is_none(), ..asked });
        w.start("domain");
        w.attr_opt("type", self.kind.map(VirtType::as_str));
        if let (Some(id), false) = (self.id, asked.inactive) {
            w.attr("id", &id.to_string());
        }
        if let Some(foreign) = &self.foreign {
            w.attr(&format!("xmlns:{}", foreign.prefix), &foreign.uri);
        }
        self.write_identity(w);
        self.write_resources(w);
        self.write_machine(w);
        self.write_devices(w);
        for label in self.seclabels.iter().filter(|label| label.is_shown(asked.migratable)) {
            part(w, "seclabel", Some(label));
        }
        part(w, "keywrap", self.keywrap.as_ref());
        part(w, "launchSecurity", self.launch_security.as_ref());
        if let Some(foreign) = &self.foreign {
            foreign.elements.iter().for_each(|element| w.foreign(element));
        }
        w.end();
        w.set_format(asked);
    }

    fn write_identity(&self, w: &mut Writer) {
        w.leaf("name", &self.name);
        w.leaf("uuid", &self.uuid.to_string());
        if let Some(GenId(Some(genid))) = self.genid {
            w.leaf("genid", &genid.to_string());
        }
        for (name, text) in [("title", &self.title), ("description", &self.description)] {
            if let Some(text) = text {
                w.leaf(name, text);
            }
        }
        if let Some(metadata) = self.metadata.as_ref().filter(|m| m.children().next().is_some()) {
            w.tree(metadata);
        }
    }

    fn write_resources(&self, w: &mut Writer) {
        part(w, "maxMemory", self.max_memory.as_ref());
        part(w, "memory", Some(&self.memory));
        part(w, "currentMemory", self.current_memory.as_ref());
        maybe(w, "blkiotune", self.blkiotune.as_ref());
        maybe(w, "memtune", self.memtune.as_ref());
        maybe(w, "memoryBacking", self.memory_backing.as_ref());
        part(w, "vcpu", Some(&self.vcpu));
        maybe(w, "vcpus", self.vcpus.as_ref());
        if !self.iothreads.is_empty() {
            w.leaf("iothreads", &self.iothreads.len().to_string());
            if self.iothreads.iter().any(|thread| !thread.made_up.is_yes() || !thread.is_plain()) {
                let ids = IothreadIds { iothreads: self.iothreads.clone() };
                maybe(w, "iothreadids", Some(&ids));
            }
        }
        maybe(w, "defaultiothread", self.default_iothread.as_ref());
        maybe(w, "throttlegroups", self.throttlegroups.as_ref());
        maybe(w, "cputune", self.cputune.as_ref());
        maybe(w, "numatune", self.numatune.as_ref());
        maybe(w, "resource", self.resource.as_ref());
        for sysinfo in &self.sysinfo {
            part(w, "sysinfo", Some(sysinfo));
        }
    }

    fn write_machine(&self, w: &mut Writer) {
        if let Some(bootloader) = &self.bootloader {
            w.leaf("bootloader", bootloader);
            if let Some(args) = &self.bootloader_args {
                w.leaf("bootloader_args", args);
            }
        }
        w.element("os", |w| self.os.write_for(w, self.bootloader.is_some(), self.virt_type()));
        if let Some(map) = &self.idmap {
            limits::write_idmap(map, w);
        }
        maybe(w, "features", self.features.as_ref());
        maybe(w, "cpu", self.cpu.as_ref());
        part(w, "clock", self.clock.as_ref());
        for (name, action) in
            [("on_poweroff", self.on_poweroff), ("on_reboot", self.on_reboot), ("on_crash", self.on_crash)]
        {
            if let Some(action) = action {
                w.leaf(name, action.as_str());
            }
        }
        if let Some(action) = self.on_lockfailure {
            w.leaf("on_lockfailure", action.as_str());
        }
        maybe(w, "pm", self.pm.as_ref());
        maybe(w, "perf", self.perf.as_ref());
    }

    fn write_devices(&self, w: &mut Writer) {
        use device::display::{Input, InputBus, InputType};
        w.start("devices");
        // older programs know the keyboard without being told
        let known = |input: &Input| {
            input.kind == Some(InputType::Keyboard)
                && matches!(input.bus, Some(InputBus::Ps2 | InputBus::Xen))
        };
        if w.format().migratable && self.devices.inputs.iter().any(known) {
            let mut copy = self.devices.clone();
            copy.inputs.retain(|input| !known(input));
            copy.write(w);
        } else {
            self.devices.write(w);
        }
        w.end_full();
    }

    /// How many processors it has at most.
    pub fn max_vcpus(&self) -> u32 {
        self.vcpu.maximum.unwrap_or(1)
    }

    /// How many it has now.
    pub fn vcpus(&self) -> u32 {
        self.vcpu.current.unwrap_or(self.max_vcpus())
    }

    /// What it is to use of its memory, in KiB.
    pub fn current_kib(&self) -> u64 {
        self.current_memory.map_or(self.memory.kib, |m| m.0)
    }

    /// What runs it.
    pub fn virt_type(&self) -> VirtType {
        self.kind.unwrap_or(VirtType::None)
    }
}

/// Writes one part, if it is there.
fn part<T: Content>(w: &mut Writer, name: &'static str, content: Option<&T>) {
    if let Some(content) = content {
        w.start(name);
        content.write(w);
        w.end();
    }
}

/// Writes one part, if it is there and says anything.
fn maybe<T: Content>(w: &mut Writer, name: &'static str, content: Option<&T>) {
    if let Some(content) = content {
        w.maybe(name, |w| content.write(w));
    }
}

/// A check of an element that comes before it is read.
type Precheck = fn(&Element) -> Result<()>;

/// Checks of single elements that come before they are read.
const PRECHECKS: [(&str, Precheck); 5] = [
    ("cpu", cpu::precheck),
    ("features", features::precheck),
    ("features", hyperv::precheck),
    ("clock", clock::precheck),
    ("devices", device::precheck),
];

/// What is to happen, in the peer's words for what is nothing.
fn action<T: Value>(element: &Element) -> Result<Option<T>> {
    let text = element.text();
    if text.is_empty() {
        return Ok(None);
    }
    T::parse(&text).map(Some).ok_or_else(|| {
        err!(Domain, ConfigUnsupported, "unknown {} action: {text}", element.name)
            .with_hint(element.position.to_string())
    })
}

fn read_type(root: &Element) -> Result<VirtType> {
    let place = || root.position.to_string();
    let Some(text) = root.attr("type") else {
        return Err(err!(Domain, InternalError, "missing domain type attribute").with_hint(place()));
    };
    VirtType::parse(text).ok_or_else(|| {
        let error = err!(Domain, ConfigUnsupported, "invalid domain type {text}");
        match nearest(text, VirtType::names()) {
            Some(name) => error.with_hint(format!("{}: did you mean '{name}'?", place())),
            None => error.with_hint(place()),
        }
    })
}
