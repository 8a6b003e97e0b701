//! `<domainCapabilities>`: what a hypervisor can give a guest of one kind.

use crate::capabilities::{FeatureName, MaxPhysAddr};
use crate::domain::memory::Kib;
use vir_base::Result;
use vir_xml::{Attr, Content, Element, Part, Writer, YesNo, describe, element};

element! {
    /// The document.
    pub struct DomainCapabilities "domainCapabilities" {
        leaf path "path": Option<String>,
        leaf domain "domain": Option<String>,
        leaf machine "machine": Option<String>,
        leaf arch "arch": Option<String>,
        child vcpu "vcpu": Option<VcpuMax>,
        child iothreads "iothreads": Option<Supported>,
        child os "os": Option<OsCaps>,
        child cpu "cpu": Option<CpuCaps>,
        child memory_backing "memoryBacking": Option<Choices>,
        child devices "devices": Option<DeviceCaps>,
        child features "features": Option<FeatureCaps>,
    }

    /// How many processors at most.
    pub struct VcpuMax "vcpu" { attr max "max": u32, }
    /// Whether something is there.
    pub struct Supported "" { attr supported "supported": Option<YesNo>, }
    /// Whether something is there, and its choices.
    pub struct Choices "" {
        attr supported "supported": Option<YesNo>,
        list enums "enum": Vec<Enum>,
    }
    /// A choice by its name.
    pub struct Enum "enum" {
        attr name "name": String,
        leaves values "value": Vec<String>,
    }

    /// What can be booted.
    pub struct OsCaps "os" {
        attr supported "supported": Option<YesNo>,
        list enums "enum": Vec<Enum>,
        child loader "loader": Option<LoaderCaps>,
    }
    /// Firmware images.
    pub struct LoaderCaps "loader" {
        attr supported "supported": Option<YesNo>,
        leaves values "value": Vec<String>,
        list enums "enum": Vec<Enum>,
    }

    /// Processors.
    pub struct CpuCaps "cpu" { list modes "mode": Vec<CpuMode>, }
    /// A way to choose one.
    pub struct CpuMode "mode" {
        attr name "name": String,
        attr supported "supported": Option<YesNo>,
        list enums "enum": Vec<Enum>,
        part models "": Models,
        leaf vendor "vendor": Option<String>,
        child maxphysaddr "maxphysaddr": Option<MaxPhysAddr>,
        list features "feature": Vec<CpuFeature>,
    }
    /// A model.
    pub struct CpuModel "model" {
        attr usable "usable": Option<String>,
        attr vendor "vendor": Option<String>,
        attr deprecated "deprecated": Option<YesNo>,
        attr canonical "canonical": Option<String>,
        attr fallback "fallback": Option<String>,
        text name "": Option<String>,
    }
    /// A feature of the host's model.
    pub struct CpuFeature "feature" {
        attr policy "policy": Option<String>,
        attr name "name": String,
    }

    /// Features that keep a model from being usable on this host.
    pub struct Blockers "blockers" {
        attr model "model": String,
        list features "feature": Vec<FeatureName>,
    }

    /// Encrypted memory of AMD.
    pub struct Sev "sev" {
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
        list sections "section": Vec<Section>,
    }
    /// Memory for enclaves of a node.
    pub struct Section "section" {
        attr node "node": u32,
        attr size "size": u64,
        attr unit "unit": Option<String>,
    }

    /// Devices.
    pub struct DeviceCaps "devices" {
        child disk "disk": Option<Choices>,
        child graphics "graphics": Option<Choices>,
        child video "video": Option<Choices>,
        child hostdev "hostdev": Option<Choices>,
        child rng "rng": Option<Choices>,
        child filesystem "filesystem": Option<Choices>,
        child tpm "tpm": Option<Choices>,
        child redirdev "redirdev": Option<Choices>,
        child channel "channel": Option<Choices>,
        child crypto "crypto": Option<Choices>,
        child interface "interface": Option<Choices>,
        child panic "panic": Option<Choices>,
    }

    /// Features.
    pub struct FeatureCaps "features" {
        child gic "gic": Option<Choices>,
        child vmcoreinfo "vmcoreinfo": Option<Supported>,
        child genid "genid": Option<Supported>,
        child backing_store_input "backingStoreInput": Option<Supported>,
        child backup "backup": Option<Supported>,
        child async_teardown "async-teardown": Option<Supported>,
        child s390_pv "s390-pv": Option<Supported>,
        child ps2 "ps2": Option<Supported>,
        child sev "sev": Option<Sev>,
        child sgx "sgx": Option<Sgx>,
        child hyperv "hyperv": Option<Choices>,
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
        match (child.name.as_str(), self.0.last_mut()) {
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
