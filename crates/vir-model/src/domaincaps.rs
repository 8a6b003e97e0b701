//! `<domainCapabilities>`: what a hypervisor can give a guest of one kind.

use crate::capabilities::{FeatureName, MaxPhysAddr};
use crate::domain::memory::Kib;
use vir_base::Result;
use vir_xml::{Attr, Content, Element, Part, Writer, YesNo, describe, element};

element! {
    /// The document. Since 1.2.7. Drivers: qemu, xen, bhyve, test.
    pub struct DomainCapabilities "domainCapabilities" {
        /// The program that runs guests.
        leaf path "path": Option<String>,
        /// The type of domain.
        leaf domain "domain": Option<String>,
        /// The machine.
        leaf machine "machine": Option<String>,
        /// The architecture.
        leaf arch "arch": Option<String>,
        /// How many processors at most.
        child vcpu "vcpu": Option<VcpuMax>,
        /// Whether there are I/O threads. Since 1.3.0.
        child iothreads "iothreads": Option<Supported>,
        /// What can be booted.
        child os "os": Option<OsCaps>,
        /// Which processors there can be. Since 2.0.0. Drivers: qemu, xen.
        child cpu "cpu": Option<CpuCaps>,
        /// What memory can be made of. Since 8.0.0. Drivers: qemu.
        child memory_backing "memoryBacking": Option<Choices>,
        /// Which devices there can be.
        child devices "devices": Option<DeviceCaps>,
        /// What else there is. Since 2.0.0.
        child features "features": Option<FeatureCaps>,
    }

    /// How many processors at most.
    pub struct VcpuMax "vcpu" {
        /// The number.
        attr max "max": u32,
    }
    /// Whether something is there.
    pub struct Supported "" {
        /// Whether.
        attr supported "supported": Option<YesNo>,
    }
    /// Whether something is there, and its choices.
    pub struct Choices "" {
        /// Whether it is there.
        attr supported "supported": Option<YesNo>,
        /// A choice.
        list enums "enum": Vec<Enum>,
    }
    /// A choice by its name.
    pub struct Enum "enum" {
        /// What is chosen.
        attr name "name": String,
        /// One of the values.
        leaves values "value": Vec<String>,
    }

    /// What can be booted.
    pub struct OsCaps "os" {
        /// Whether it can be chosen at all.
        attr supported "supported": Option<YesNo>,
        /// A choice. Since 5.3.0.
        list enums "enum": Vec<Enum>,
        /// Firmware images.
        child loader "loader": Option<LoaderCaps>,
    }
    /// Firmware images.
    pub struct LoaderCaps "loader" {
        /// Whether there are any.
        attr supported "supported": Option<YesNo>,
        /// Path of an image.
        leaves values "value": Vec<String>,
        /// A choice.
        list enums "enum": Vec<Enum>,
    }

    /// Processors.
    pub struct CpuCaps "cpu" {
        /// A way to choose one.
        list modes "mode": Vec<CpuMode>,
    }
    /// A way to choose one.
    pub struct CpuMode "mode" {
        /// Its name.
        attr name "name": String,
        /// Whether it can be used.
        attr supported "supported": Option<YesNo>,
        /// A choice. Since 4.3.0.
        list enums "enum": Vec<Enum>,
        part models "": Models,
        /// Who made the host's.
        leaf vendor "vendor": Option<String>,
        /// Bits of a physical address. Since 9.3.0.
        child maxphysaddr "maxphysaddr": Option<MaxPhysAddr>,
        /// A feature of the host's model.
        list features "feature": Vec<CpuFeature>,
    }
    /// A model.
    pub struct CpuModel "model" {
        /// Whether this host can run it: `yes`, `no` or `unknown`.
        attr usable "usable": Option<String>,
        /// Who made it. Since 8.9.0.
        attr vendor "vendor": Option<String>,
        /// Whether it is going out of use. Since 7.1.0.
        attr deprecated "deprecated": Option<YesNo>,
        /// The name that it is another for. Since 10.10.0.
        attr canonical "canonical": Option<String>,
        /// Whether a lesser one will do.
        attr fallback "fallback": Option<String>,
        text name "": Option<String>,
    }
    /// A feature of the host's model.
    pub struct CpuFeature "feature" {
        /// What is wanted of it.
        attr policy "policy": Option<String>,
        /// Its name.
        attr name "name": String,
    }

    /// Features that keep a model from being usable on this host. Since 10.2.0.
    pub struct Blockers "blockers" {
        /// The model.
        attr model "model": String,
        /// A feature that the host lacks.
        list features "feature": Vec<FeatureName>,
    }

    /// Encrypted memory of AMD.
    pub struct Sev "sev" {
        /// Whether it is there.
        attr supported "supported": Option<YesNo>,
        /// Position of the bit that marks encrypted pages.
        leaf cbitpos "cbitpos": Option<u32>,
        /// Bits of addresses that are lost to encryption.
        leaf reduced_phys_bits "reducedPhysBits": Option<u32>,
        /// How many guests there can be at once.
        leaf max_guests "maxGuests": Option<u32>,
        /// How many of them with encrypted registers.
        leaf max_es_guests "maxESGuests": Option<u32>,
        /// Number of the host's first processor.
        leaf cpu0_id "cpu0Id": Option<String>,
    }
    /// Enclaves of Intel.
    pub struct Sgx "sgx" {
        /// Whether it is there.
        attr supported "supported": Option<YesNo>,
        /// Whether the guest can choose who signs launch tokens.
        leaf flc "flc": Option<YesNo>,
        /// Whether there is the first version.
        leaf sgx1 "sgx1": Option<YesNo>,
        /// Whether there is the second one.
        leaf sgx2 "sgx2": Option<YesNo>,
        /// Memory for enclaves.
        child section_size "section_size": Option<Kib>,
        /// That of each of the host's nodes.
        child sections "sections": Option<Sections>,
    }
    /// Memory for enclaves of each of the host's nodes.
    pub struct Sections "sections" {
        /// That of a node.
        list sections "section": Vec<Section>,
    }
    /// Memory for enclaves of a node.
    pub struct Section "section" {
        /// The node.
        attr node "node": u32,
        /// How much.
        attr size "size": u64,
        /// The unit of that.
        attr unit "unit": Option<String>,
    }

    /// Devices.
    pub struct DeviceCaps "devices" {
        /// Disks.
        child disk "disk": Option<Choices>,
        /// Displays. Since 1.3.5.
        child graphics "graphics": Option<Choices>,
        /// Graphics cards. Since 1.3.5.
        child video "video": Option<Choices>,
        /// Devices of the host.
        child hostdev "hostdev": Option<Choices>,
        /// Sources of random numbers. Since 5.7.0.
        child rng "rng": Option<Choices>,
        /// Directories of the host. Since 6.10.0.
        child filesystem "filesystem": Option<Choices>,
        /// Trusted platform modules. Since 6.0.0.
        child tpm "tpm": Option<Choices>,
        /// Devices of viewers. Since 8.9.0.
        child redirdev "redirdev": Option<Choices>,
        /// Channels between host and guest. Since 8.9.0.
        child channel "channel": Option<Choices>,
        /// Cryptographic devices. Since 9.0.0.
        child crypto "crypto": Option<Choices>,
        /// Network interfaces. Since 10.6.0.
        child interface "interface": Option<Choices>,
        /// Panic notifiers. Since 11.0.0.
        child panic "panic": Option<Choices>,
    }

    /// Features.
    pub struct FeatureCaps "features" {
        /// Versions of Arm's interrupt controller. Since 1.3.4.
        child gic "gic": Option<Choices>,
        /// Description of memory for crash dumps. Since 4.8.0.
        child vmcoreinfo "vmcoreinfo": Option<Supported>,
        /// Generation ids. Since 4.4.0.
        child genid "genid": Option<Supported>,
        /// Whether images below others are taken from the document. Since 5.10.0.
        child backing_store_input "backingStoreInput": Option<Supported>,
        /// Backups and checkpoints. Since 6.0.0.
        child backup "backup": Option<Supported>,
        /// Whether memory can be given back after the guest has stopped. Since 9.6.0.
        child async_teardown "async-teardown": Option<Supported>,
        /// Protected guests of s390. Since 7.6.0.
        child s390_pv "s390-pv": Option<Supported>,
        /// Whether the keyboard and mouse of old can be left out. Since 10.7.0.
        child ps2 "ps2": Option<Supported>,
        /// Encrypted memory of AMD. Since 4.5.0.
        child sev "sev": Option<Sev>,
        /// Enclaves of Intel. Since 8.10.0.
        child sgx "sgx": Option<Sgx>,
        /// What of Hyper-V the guest can be shown. Since 9.0.0.
        child hyperv "hyperv": Option<Choices>,
        /// Ways to keep a guest's memory from the host. Since 10.5.0.
        child launch_security "launchSecurity": Option<Choices>,
    }
}

/// Models, each with what keeps it from being usable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Models(pub Vec<(CpuModel, Option<Blockers>)>);

impl Part for Models {
    fn table() -> Option<&'static vir_xml::table::Table> {
        ModelsTable::table()
    }

    fn take_attr(&mut self, _: &Element, _: &Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        match (&*child.name, self.0.last_mut()) {
            ("model", _) => self.0.push((CpuModel::read(child)?, None)),
            ("blockers", Some((_, blockers))) => *blockers = Some(Blockers::read(child)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        for (model, blockers) in &self.0 {
            w.element("model", |w| model.write(w));
            if let Some(blockers) = blockers {
                w.element("blockers", |w| blockers.write(w));
            }
        }
    }
}

describe! {
    /// Models, each with what keeps it from being usable.
    struct ModelsTable "" {
        /// A model.
        list "model": Vec<CpuModel>,
        /// What keeps the model before it from being usable.
        list "blockers": Vec<Blockers>,
    }
}

impl FromIterator<CpuModel> for Models {
    fn from_iter<I: IntoIterator<Item = CpuModel>>(models: I) -> Self {
        Self(models.into_iter().map(|model| (model, None)).collect())
    }
}

impl Sev {
    /// Not there.
    pub fn none() -> Self {
        Self { supported: Some(YesNo::No), ..Self::default() }
    }
}

impl Sgx {
    /// Not there.
    pub fn none() -> Self {
        Self { supported: Some(YesNo::No), ..Self::default() }
    }
}

impl Supported {
    /// There or not.
    pub fn is(yes: bool) -> Self {
        Self { supported: Some(yes.into()) }
    }
}

impl Choices {
    /// Not there.
    pub fn none() -> Self {
        Self { supported: Some(YesNo::No), enums: vec![] }
    }

    /// There, with these choices.
    pub fn of(enums: &[(&str, &[&str])]) -> Self {
        Self {
            supported: Some(YesNo::Yes),
            enums: enums.iter().map(|(name, values)| Enum::of(name, values)).collect(),
        }
    }
}

impl Enum {
    /// A choice of `values`.
    pub fn of(name: &str, values: &[&str]) -> Self {
        Self { name: name.to_owned(), values: values.iter().map(|v| (*v).to_owned()).collect() }
    }
}
