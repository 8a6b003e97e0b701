//! Domains: a guest's definition, and what is known of it while it runs.

pub mod clock;
pub mod cpu;
pub mod defaults;
pub mod device;
pub mod features;
pub mod memory;
pub mod normal;
pub mod os;
pub mod validate;

use clock::{Clock, PowerManagement};
use cpu::Cpu;
use device::Devices;
use features::Features;
use memory::{Kib, MaxMemory, Memory};
use os::Os;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, Uuid, err};
use vir_xml::suggest::nearest;
use vir_xml::{Content, Element, Format, Value, Writer, element, xml_enum};

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
    /// How processors are placed on the host's.
    pub enum Placement { Static = "static", Auto = "auto", }
}

element! {
    /// How many processors.
    pub struct Vcpu "vcpu" {
        attr placement "placement": Option<Placement>,
        attr cpuset "cpuset": Option<String>,
        attr current "current": Option<u32>,
        text maximum "vcpu": Option<u32>,
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
    /// Processors.
    pub vcpu: Vcpu,
    /// What is booted.
    pub os: Os,
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
    /// Sleep states.
    pub pm: Option<PowerManagement>,
    /// Devices.
    pub devices: Devices,
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

/// Every element that may stand in a domain; those that are not served are refused by name.
const CHILDREN: &[&str] = &[
    "name",
    "uuid",
    "genid",
    "title",
    "description",
    "metadata",
    "maxMemory",
    "memory",
    "currentMemory",
    "vcpu",
    "os",
    "features",
    "cpu",
    "clock",
    "on_poweroff",
    "on_reboot",
    "on_crash",
    "pm",
    "devices",
];

impl Domain {
    /// Reads a document. Defaults are set by [`defaults::apply`], not here.
    ///
    /// # Errors
    /// Text that is no XML, values that are none, what is missing, and what is not served.
    pub fn parse(xml: &str, options: ParseOptions) -> Result<Self> {
        let root = vir_xml::parse_as(ErrorDomain::Domain, xml, None)?;
        Self::read(&root, options)
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
        for attr in &root.attrs {
            match attr.name.as_str() {
                "type" => {}
                "id" if options.live => it.id = attr.value.parse().ok().filter(|id| *id >= 0),
                "id" => {}
                name if name.starts_with("xmlns") => {}
                _ => return Err(vir_xml::unsupported_attribute(root, attr, &["type", "id"])),
            }
        }
        let mut seen: Vec<&str> = vec![];
        for child in root.children() {
            // the first of two counts, as in the peer
            if seen.contains(&child.name.as_str()) && CHILDREN.contains(&child.name.as_str()) {
                continue;
            }
            seen.push(&child.name);
            it.read_child(root, child)?;
        }
        it.check(&seen)?;
        if !options.live {
            it.forget_live();
        }
        normal::settle(&mut it)?;
        Ok(it)
    }

    fn read_child(&mut self, root: &Element, child: &Element) -> Result<()> {
        let text = || child.text();
        let action = |child: &Element| {
            let text = child.text();
            LifecycleAction::parse(&text).map(Some).ok_or_else(|| {
                err!(Domain, InternalError, "unknown lifecycle action {text}")
                    .with_hint(child.position.to_string())
            })
        };
        match child.name.as_str() {
            "name" => self.name = text(),
            "uuid" => {
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
                        err!(Domain, XmlError, "malformed genid element")
                            .with_hint(child.position.to_string())
                    })?),
                };
                self.genid = Some(GenId(id));
            }
            "title" => self.title = Some(text()).filter(|t| !t.is_empty()),
            "description" => self.description = Some(text()).filter(|t| !t.is_empty()),
            "metadata" => self.metadata = Some(normal::metadata(root, child)),
            "maxMemory" => self.max_memory = Some(Content::read(child)?),
            "memory" => self.memory = Content::read(child)?,
            "currentMemory" => self.current_memory = Some(Content::read(child)?),
            "vcpu" => self.vcpu = Content::read(child)?,
            "os" => {
                os::check_type(child)?;
                self.os = Content::read(child)?;
            }
            "features" => self.features = Some(Content::read(child)?),
            "cpu" => self.cpu = Some(Content::read(child)?),
            "clock" => self.clock = Some(Content::read(child)?),
            "on_poweroff" => self.on_poweroff = action(child)?,
            "on_reboot" => self.on_reboot = action(child)?,
            "on_crash" => self.on_crash = action(child)?,
            "pm" => self.pm = Some(Content::read(child)?),
            "devices" => self.devices = Content::read(child)?,
            _ => return Err(vir_xml::unsupported_element(root, child, CHILDREN)),
        }
        Ok(())
    }

    /// Takes away what is true only while a guest runs, whatever the document says of it.
    fn forget_live(&mut self) {
        let devices = &mut self.devices;
        devices.for_each_info_mut(&mut |info| {
            info.alias = info.alias.take().filter(|alias| alias.starts_with(USER_ALIAS));
        });
        devices.graphics.iter_mut().for_each(device::graphics::Graphics::forget_live);
        devices.for_each_source_mut(&mut device::chardev::CharSource::forget_live);
        for target in devices.channels.iter_mut().filter_map(|channel| channel.target.as_mut()) {
            target.state = None;
        }
    }

    /// What must be there is.
    fn check(&self, seen: &[&str]) -> Result<()> {
        if self.name.contains('/') {
            return Err(err!(Domain, XmlError, "name {} cannot contain '/'", self.name));
        }
        if self.title.as_ref().is_some_and(|title| title.contains('\n')) {
            return Err(err!(Domain, XmlError, "Domain title can't contain newlines"));
        }
        if self.os.os_type().is_none() {
            return Err(err!(Domain, XmlError, "an os <type> must be specified"));
        }
        if !seen.contains(&"memory") && self.max_memory.is_none() || self.memory.kib == 0 {
            return Err(err!(
                Domain,
                XmlError,
                "Memory size must be specified via <memory> or in the <numa> configuration"
            ));
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
        Ok(())
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
        part(w, "maxMemory", self.max_memory.as_ref());
        part(w, "memory", Some(&self.memory));
        part(w, "currentMemory", self.current_memory.as_ref());
        part(w, "vcpu", Some(&self.vcpu));
        part(w, "os", Some(&self.os));
        part(w, "features", self.features.as_ref());
        part(w, "cpu", self.cpu.as_ref());
        part(w, "clock", self.clock.as_ref());
        for (name, action) in
            [("on_poweroff", self.on_poweroff), ("on_reboot", self.on_reboot), ("on_crash", self.on_crash)]
        {
            if let Some(action) = action {
                w.leaf(name, action.as_str());
            }
        }
        part(w, "pm", self.pm.as_ref());
        w.start("devices");
        self.devices.write(w);
        w.end_full();
        w.end();
        w.set_format(asked);
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
