//! A domain's definition as this driver uses it: the document, and what belongs to it besides.
//!
//! All contact with the domain's document is here and in [`crate::devices`].

use crate::cpumask::{self, CpuMask};
use crate::factory::Initial;
use crate::tuning::Tuning;
use crate::{devices, namespaces};
use vir_api::constants as c;
use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_model::domain::device::disk::{DiskDevice, DiskType};
use vir_model::domain::device::interface::{InterfaceTarget, InterfaceType};
use vir_model::domain::device::small::BalloonStats;
use vir_model::domain::memory::Kib;
use vir_model::domain::pass::disks::order;
use vir_model::domain::{Domain, LifecycleAction, ParseOptions, defaults, validate};
use vir_xml::{Element, Format};

/// Elements of this driver's own stand under this URI.
const NAMESPACE: &str = "http://libvirt.org/schemas/domain/test/1.0";

/// Names for interfaces are made up to this number.
const MAX_INTERFACES: u32 = 1024;

/// The actions by their numbers (`virDomainLifecycleAction`).
const ACTIONS: [LifecycleAction; 6] = [
    LifecycleAction::Destroy,
    LifecycleAction::Restart,
    LifecycleAction::RenameRestart,
    LifecycleAction::Preserve,
    LifecycleAction::CoredumpDestroy,
    LifecycleAction::CoredumpRestart,
];

/// A definition.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    /// Resources.
    pub tuning: Tuning,
    domain: Domain,
}

/// What calls need of a disk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Disk {
    /// `vda`.
    pub target: String,
    /// Path of its file or device.
    pub source: Option<String>,
    /// A drive without a medium.
    pub empty: bool,
    /// A hard disk, not a drive.
    pub is_disk: bool,
}

/// What calls need of a network interface.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Net {
    /// The host's device.
    pub target: Option<String>,
    /// MAC address as text.
    pub mac: String,
    /// The virtual network that it is in.
    pub network: Option<String>,
}

impl Definition {
    /// Reads a document and sets what it leaves open.
    ///
    /// # Errors
    /// What is wrong in the document.
    pub fn parse(xml: &str) -> Result<Self> {
        Ok(Self::from_tree(&vir_xml::parse_as(ErrorDomain::Domain, xml, None)?)?.0)
    }

    /// As [`Definition::parse`], with the state that a description of a machine gives the domain.
    ///
    /// # Errors
    /// As for [`Definition::parse`].
    pub fn from_tree(root: &Element) -> Result<(Self, Initial)> {
        let prefixes = namespaces::prefixes(root, NAMESPACE);
        let initial = initial(root, &prefixes)?;
        let mut domain = match prefixes.is_empty() {
            true => Domain::read(root, ParseOptions::default())?,
            false => Domain::read(&namespaces::without(root, &prefixes), ParseOptions::default())?,
        };
        order(&mut domain.devices.disks);
        if let Some(kind) = &mut domain.os.kind {
            kind.arch.get_or_insert_with(|| "i686".to_owned());
        }
        defaults::apply(&mut domain, defaults::Rules::default(), &mut defaults::Kernel)?;
        devices::complete(&mut domain);
        validate::check(&domain)?;
        Ok((Self { tuning: Tuning::take_from(&mut domain), domain }, initial))
    }

    /// The definition of a document that was read already.
    ///
    /// # Errors
    /// As for [`Definition::parse`].
    pub fn from_document(domain: &Domain) -> Result<Self> {
        Self::parse(&domain.to_xml(Format {
            inactive: true,
            secure: true,
            migratable: true,
            ..Format::default()
        }))
    }

    /// The document as it is kept elsewhere.
    pub fn into_document(self) -> Domain {
        let mut domain = self.domain;
        self.tuning.put_into(&mut domain);
        domain
    }

    /// What a domain of this definition has after its next start.
    ///
    /// # Errors
    /// The definition does not read as it prints, which is a bug of the model.
    pub fn copy(&self) -> Result<Self> {
        Self::from_document(&self.clone().into_document())
    }

    /// What the next start uses of a domain that starts with this: its devices in the order in which
    /// they would be read again.
    pub fn for_next_start(&self) -> Self {
        let mut copy = self.clone();
        order(&mut copy.domain.devices.disks);
        copy
    }

    /// The document, of the instance `id` if it runs; `flags` are `virDomainXMLFlags`.
    pub fn to_xml(&self, id: Option<i32>, flags: u32) -> String {
        let format = Format {
            inactive: id.is_none() || flags & c::VIR_DOMAIN_XML_INACTIVE != 0,
            secure: flags & c::VIR_DOMAIN_XML_SECURE != 0,
            migratable: flags & c::VIR_DOMAIN_XML_MIGRATABLE != 0,
            ..Format::default()
        };
        // of a domain that does not run, and that nobody tunes, the document is all there is
        if id.is_none() && self.domain.iothreads.is_empty() && self.tuning == Tuning::default() {
            return self.domain.to_xml(format);
        }
        let mut domain = self.domain.clone();
        self.tuning.put_into(&mut domain);
        if id.is_some() {
            domain.id = id;
        }
        domain.to_xml(format)
    }

    /// Name.
    pub fn name(&self) -> &str {
        &self.domain.name
    }

    /// Changes the name.
    pub fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.domain.name);
    }

    /// UUID.
    pub fn uuid(&self) -> Uuid {
        self.domain.uuid
    }

    /// Short description.
    pub fn title(&self) -> Option<&str> {
        self.domain.title.as_deref()
    }

    /// Sets or, for none or nothing, removes the short description.
    pub fn set_title(&mut self, title: Option<&str>) {
        self.domain.title = title.filter(|title| !title.is_empty()).map(str::to_owned);
    }

    /// Long description.
    pub fn description(&self) -> Option<&str> {
        self.domain.description.as_deref()
    }

    /// Sets or, for none or nothing, removes the long description.
    pub fn set_description(&mut self, description: Option<&str>) {
        self.domain.description = description.filter(|text| !text.is_empty()).map(str::to_owned);
    }

    /// The element that a program keeps under its URI.
    pub fn metadata(&self, uri: &str) -> Option<String> {
        namespaces::extract(self.domain.metadata.as_ref()?, uri)
    }

    /// Replaces or, for none, removes the element under a URI; `key` becomes its prefix.
    ///
    /// # Errors
    /// Text that is not one element, a prefix that is none.
    pub fn set_metadata(&mut self, uri: &str, key: &str, xml: Option<&str>) -> Result<()> {
        let new = xml.map(|xml| namespaces::inject(xml, uri, key)).transpose()?;
        let mut metadata = self
            .domain
            .metadata
            .take()
            .unwrap_or_else(|| Element { name: "metadata".into(), ..Element::default() });
        namespaces::replace(&mut metadata, uri, new);
        self.domain.metadata = Some(metadata).filter(|metadata| metadata.children().next().is_some());
        Ok(())
    }

    /// Memory in KiB.
    pub fn memory(&self) -> u64 {
        self.domain.memory.kib
    }

    /// Changes the memory.
    pub fn set_memory(&mut self, kib: u64) {
        self.domain.memory.kib = kib;
    }

    /// How far the memory can grow by devices, in KiB.
    pub fn max_memory(&self) -> Option<u64> {
        self.domain.max_memory.as_ref().map(|max| max.kib)
    }

    /// What the guest is to use of its memory, in KiB.
    pub fn current_memory(&self) -> u64 {
        self.domain.current_kib()
    }

    /// Changes what the guest is to use.
    pub fn set_current_memory(&mut self, kib: u64) {
        self.domain.current_memory = Some(Kib(kib));
    }

    /// Most virtual processors.
    pub fn vcpus_max(&self) -> u32 {
        self.domain.max_vcpus()
    }

    /// Virtual processors that are on: the first ones.
    pub fn vcpus_online(&self) -> u32 {
        self.domain.vcpus()
    }

    /// Changes the most; those beyond are gone, those in addition are off.
    pub fn set_vcpus_max(&mut self, count: u32) {
        let online = self.vcpus_online().min(count);
        self.domain.vcpu.maximum = Some(count);
        self.set_vcpus_online(online);
        self.tuning.vcpu_pins.retain(|vcpu, _| *vcpu < count);
    }

    /// Changes how many are on.
    pub fn set_vcpus_online(&mut self, count: u32) {
        self.domain.vcpu.current = (count != self.vcpus_max()).then_some(count);
    }

    /// Where a virtual processor runs, if it does not run everywhere.
    pub fn vcpu_mask(&self, vcpu: u32) -> Option<CpuMask> {
        self.tuning.vcpu_pins.get(&vcpu).cloned().or_else(|| self.common_mask())
    }

    /// Where all other threads run, if they do not run everywhere.
    pub fn emulator_mask(&self) -> Option<CpuMask> {
        self.tuning.emulator_pin.clone().or_else(|| self.common_mask())
    }

    fn common_mask(&self) -> Option<CpuMask> {
        self.domain.vcpu.cpuset.as_ref().map(cpumask::from_bitmap)
    }

    /// Whether the guest's memory can be taken back.
    pub fn has_balloon(&self) -> bool {
        self.domain.devices.balloon.as_ref().is_some_and(|balloon| balloon.is_there())
    }

    /// How often the guest tells of its memory, in seconds; 0 for never.
    pub fn set_balloon_period(&mut self, period: i32) {
        if let Some(balloon) = &mut self.domain.devices.balloon {
            balloon.stats = (period > 0).then_some(BalloonStats { period: Some(period) });
        }
    }

    /// What is to be done at an event (`virDomainLifecycle`).
    pub fn lifecycle_action(&self, event: i32) -> i32 {
        let action = match event {
            c::VIR_DOMAIN_LIFECYCLE_POWEROFF => self.domain.on_poweroff,
            c::VIR_DOMAIN_LIFECYCLE_REBOOT => self.domain.on_reboot,
            _ => self.domain.on_crash,
        };
        let number = ACTIONS.iter().position(|known| Some(*known) == action);
        number.and_then(|number| i32::try_from(number).ok()).unwrap_or(c::VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY)
    }

    /// Changes what is to be done.
    pub fn set_lifecycle_action(&mut self, event: i32, action: i32) {
        let action = usize::try_from(action).ok().and_then(|action| ACTIONS.get(action)).copied();
        match event {
            c::VIR_DOMAIN_LIFECYCLE_POWEROFF => self.domain.on_poweroff = action,
            c::VIR_DOMAIN_LIFECYCLE_REBOOT => self.domain.on_reboot = action,
            _ => self.domain.on_crash = action,
        }
    }

    /// Gives the interfaces names on the host: `testnet0`, …
    ///
    /// # Errors
    /// There are too many.
    pub fn name_interfaces(&mut self) -> Result<()> {
        let interfaces = &mut self.domain.devices.interfaces;
        for i in 0..interfaces.len() {
            if interfaces[i].target_dev().is_some() {
                continue;
            }
            let free = (0..MAX_INTERFACES)
                .map(|n| format!("testnet{n}"))
                .find(|name| interfaces.iter().all(|known| known.target_dev() != Some(name)));
            let Some(name) = free else {
                bail!(Test, InternalError, "Exceeded max iface limit {MAX_INTERFACES}");
            };
            interfaces[i].target = Some(InterfaceTarget { dev: Some(name), managed: None });
        }
        Ok(())
    }

    /// What support wants to know of it, in the words of `virDomainGetMessages`.
    pub fn taints(&self) -> Vec<&'static str> {
        let devices = &self.domain.devices;
        let host_cdrom = devices.disks.iter().any(|disk| {
            disk.device() == DiskDevice::Cdrom && disk.kind == Some(DiskType::Block) && disk.path().is_some()
        });
        let taints = [
            (host_cdrom, "use of host cdrom passthrough"),
            (self.domain.os.dtb.is_some(), "custom device tree blob used"),
        ];
        taints.into_iter().filter_map(|(holds, taint)| holds.then_some(taint)).collect()
    }

    /// Where an I/O thread runs: where it is pinned, or on the processors of the domain.
    pub fn iothread_mask(&self, pin: Option<&CpuMask>) -> CpuMask {
        pin.cloned().or_else(|| self.common_mask()).unwrap_or_else(|| cpumask::first(self.vcpus_online()))
    }

    /// Its disks.
    pub fn disks(&self) -> Vec<Disk> {
        let disks = self.domain.devices.disks.iter().map(|disk| Disk {
            target: disk.dst().to_owned(),
            source: disk.path().map(str::to_owned),
            empty: disk.path().is_none(),
            is_disk: disk.device() == DiskDevice::Disk,
        });
        disks.collect()
    }

    /// Its network interfaces.
    pub fn nets(&self) -> Vec<Net> {
        let nets = self.domain.devices.interfaces.iter().map(|interface| {
            let source = interface.source.as_ref().filter(|_| interface.kind() == InterfaceType::Network);
            Net {
                target: interface.target_dev().map(str::to_owned),
                mac: interface.mac().to_string(),
                network: source.and_then(|source| source.network.clone()),
            }
        });
        nets.collect()
    }
}

/// What `<test:runstate>`, `<test:transient>`, `<test:hasmanagedsave>` and `<test:domainsnapshot>` say.
fn initial(root: &Element, prefixes: &[String]) -> Result<Initial> {
    let all = |name: &'static str| {
        root.children().filter(move |child| {
            child
                .name
                .split_once(':')
                .is_some_and(|(prefix, local)| local == name && prefixes.iter().any(|known| known == prefix))
        })
    };
    let own = |name| all(name).next();
    let mut initial = Initial {
        transient: own("transient").is_some(),
        managed_save: own("hasmanagedsave").is_some(),
        snapshots: all("domainsnapshot").map(Element::to_tree).collect(),
        ..Initial::default()
    };
    if let Some(text) = own("runstate").map(Element::text).filter(|text| !text.is_empty()) {
        let invalid = || err!(Test, XmlError, "invalid runstate");
        let number: u32 = text.trim().parse().map_err(|_| invalid())?;
        initial.state = match i32::try_from(number) {
            Ok(state) if state < c::VIR_DOMAIN_LAST => state,
            _ => bail!(Test, XmlError, "runstate '{number}' out of range'"),
        };
    }
    if initial.transient && initial.state == c::VIR_DOMAIN_SHUTOFF {
        bail!(Test, XmlError, "transient domain cannot have runstate 'shutoff'");
    }
    if initial.managed_save && initial.state != c::VIR_DOMAIN_SHUTOFF {
        bail!(Test, XmlError, "domain with managedsave data can only have runstate 'shutoff'");
    }
    Ok(initial)
}
