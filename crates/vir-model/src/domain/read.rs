//! Reading a domain's document, or an element that holds one.

use super::device::display::{Input, InputBus};
use super::device::{Devices, LoneDevice};
use super::iothreads::{DefaultIothread, Iothread, IothreadIds};
use super::memory::Kib;
use super::namespaces::Foreign;
use super::security::Seclabel;
use super::{Domain, GenId, ParseOptions, USER_ALIAS, VirtType};
use super::{clock, cpu, device, features, hyperv, normal, os, security, validate};
use std::borrow::Cow;
use std::collections::HashSet;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, err};
use vir_xml::suggest::nearest;
use vir_xml::{Content, Element, Node, Value};

impl Domain {
    /// Reads a document. Defaults are set by [`super::defaults::complete`], not here.
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
        let mut it = Self::read_status(root, options)?;
        it.forget_status();
        Ok(it)
    }

    /// Reads an element of the document in which a daemon keeps a running domain: what it notes of devices counts.
    ///
    /// # Errors
    /// As for [`Domain::parse`].
    pub fn read_status(root: &Element, options: ParseOptions) -> Result<Self> {
        let root = &*if options.live { Cow::Borrowed(root) } else { without_mirrors(root) };
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
            let several = matches!(&*child.name, "sysinfo" | "seclabel");
            // the first of two counts, as in the peer
            if !several && seen.contains(&&*child.name) {
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

    /// Reads the document of a device by itself, as it is attached to a domain or taken away. Names and numbers
    /// that only a running domain's devices have are kept where `options` say so.
    ///
    /// # Errors
    /// Text that is no XML, values that are none, and what is missing.
    pub fn parse_device(xml: &str, options: ParseOptions) -> Result<LoneDevice> {
        let root = vir_xml::parse_as(ErrorDomain::Domain, xml, Some("(device_definition)"))?;
        let row = |row: &vir_xml::table::Row| row.is_child() && row.name == root.name;
        let known = Devices::table().is_some_and(|table| table.rows.iter().any(row));
        let unknown = || err!(Domain, ConfigUnsupported, "unknown device type '{}'", root.name);
        if !known || matches!(&*root.name, "emulator" | "redirfilter") {
            return Err(unknown());
        }
        let all = Element {
            name: "devices".into(),
            nodes: vec![Node::Element(root.clone())],
            ..Element::default()
        };
        device::precheck(&all)?;
        let mut alone = Self { devices: Content::read(&all)?, ..Self::default() };
        if !options.live {
            alone.forget_live();
        }
        normal::devices(&mut alone.devices);
        LoneDevice::first_of(alone.devices).ok_or_else(unknown)
    }

    fn read_child(&mut self, root: &Element, child: &Element) -> Result<()> {
        let text = || child.text();
        let leaf = || Some(child.text().into_owned()).filter(|text| !text.is_empty());
        match &*child.name {
            "name" => self.name = text().into_owned(),
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
        let mut taken = HashSet::new();
        if let Some(text) = root.child("iothreads").map(Element::text).filter(|text| !text.is_empty()) {
            count = match text.trim().parse() {
                Ok(count) if count <= MOST_IOTHREADS => count,
                _ => return Err(err!(Domain, XmlError, "invalid iothreads count '{text}'")),
            };
        }
        if let Some(default) = root.child("defaultiothread") {
            let default: DefaultIothread = Content::read(default)?;
            self.default_iothread = Some(default).filter(|it| *it != DefaultIothread::default());
        }
        if let Some(ids) = root.child("iothreadids") {
            let ids: IothreadIds = Content::read(ids)?;
            for thread in ids.iothreads {
                if !taken.insert(thread.id) {
                    return Err(err!(Domain, XmlError, "duplicate iothread id '{}' found", thread.id));
                }
                self.iothreads.push(thread);
            }
        }
        let free: Vec<u32> =
            (1..).filter(|id| !taken.contains(id)).take(count.saturating_sub(taken.len())).collect();
        let made_up = |id| Iothread { id, made_up: true.into(), ..Iothread::default() };
        self.iothreads.extend(free.into_iter().map(made_up));
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

    /// Takes away what only a daemon's own document says.
    pub fn forget_status(&mut self) {
        let devices = &mut self.devices;
        devices.disks.iter_mut().for_each(device::disk::Disk::forget_status);
        devices.interfaces.iter_mut().for_each(device::interface::Interface::forget_status);
        devices.graphics.iter_mut().for_each(device::graphics::Graphics::forget_status);
        devices.hostdevs.iter_mut().filter_map(|it| it.source.as_mut()).for_each(|it| it.forget_status());
        devices.tpms.iter_mut().for_each(|tpm| tpm.private = None);
        devices.for_each_source_mut(&mut device::chardev::CharSource::forget_status);
        if let Some(clock) = &mut self.clock {
            clock.adjustment0 = None;
        }
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
            && self.vcpus.as_ref().is_none_or(|each| each.vcpus.is_empty())
        {
            return Err(err!(
                Domain,
                ConfigUnsupported,
                "maximum vCPU count must not be less than current vCPU count"
            ));
        }
        let usb = |input: &Input| input.bus == Some(InputBus::Usb);
        if self.devices.inputs.iter().any(usb) && validate::no_usb(self) {
            return Err(err!(Domain, ConfigUnsupported, "Can't add USB input device. USB bus is disabled"));
        }
        security::check_labels(&self.seclabels)
    }
}

/// More I/O threads than any host can run: a number of a document does not decide how much is set up.
const MOST_IOTHREADS: usize = 65_536;

/// The document without its disks' copies, which are of running domains only: elsewhere they are not even checked.
fn without_mirrors<'a, 'x>(root: &'a Element<'x>) -> Cow<'a, Element<'x>> {
    let has = |disk: &Element| disk.name == "disk" && disk.child("mirror").is_some();
    if !root.child("devices").is_some_and(|devices| devices.children().any(has)) {
        return Cow::Borrowed(root);
    }
    fn below<'a, 'x>(
        element: &'a mut Element<'x>,
        name: &'static str,
    ) -> impl Iterator<Item = &'a mut Element<'x>> {
        element.nodes.iter_mut().filter_map(move |node| match node {
            Node::Element(child) if child.name == name => Some(child),
            _ => None,
        })
    }
    let mut root = root.clone();
    for disk in below(&mut root, "devices").flat_map(|devices| below(devices, "disk")) {
        disk.nodes.retain(|node| !matches!(node, Node::Element(child) if child.name == "mirror"));
    }
    Cow::Owned(root)
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
