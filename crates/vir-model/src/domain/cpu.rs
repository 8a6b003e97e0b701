//! `<cpu>`: the guest's processor.

use super::device::small::required;
use vir_base::{Result, bail, err};
use vir_xml::{Element, OnOff, Value, element, xml_enum};

xml_enum! {
    /// How the model is chosen.
    pub enum CpuMode { Custom = "custom", HostModel = "host-model", HostPassthrough = "host-passthrough", Maximum = "maximum", }
    /// How close the guest's processor must be.
    pub enum CpuMatch { Minimum = "minimum", Exact = "exact", Strict = "strict", }
    /// What is checked before start.
    pub enum CpuCheck { None = "none", Partial = "partial", Full = "full", }
    unsaid ["default"]
    /// Whose caches the guest's processor has.
    pub enum CacheMode { Emulate = "emulate", Passthrough = "passthrough", Disable = "disable", }
    /// Whose addresses the guest's processor has.
    pub enum PhysAddrMode { Emulate = "emulate", Passthrough = "passthrough", }
    /// What happens when the host lacks the model.
    pub enum CpuFallback { Allow = "allow", Forbid = "forbid", }
    /// What is wanted of a feature.
    pub enum FeaturePolicy { Force = "force", Require = "require", Optional = "optional", Disable = "disable", Forbid = "forbid", }
}

element! {
    /// The guest's processor.
    pub struct Cpu "cpu" => settle {
        /// How the model is chosen; `custom` if nothing is said. Since 0.9.10.
        attr mode "mode": Option<CpuMode>,
        /// How close the guest's must be; `exact` if nothing is said. Since 0.7.5. Drivers: qemu.
        attr matching "match": Option<CpuMatch>,
        /// What is checked before start. Since 3.2.0. Drivers: qemu.
        attr check "check": Option<CpuCheck>,
        /// Whether features that hinder migration are left out. Since 6.5.0. Drivers: qemu.
        attr migratable "migratable": Option<OnOff>,
        /// Whether features that are going out of use are left out. Since 11.0.0. Drivers: qemu.
        attr deprecated_features "deprecated_features": Option<OnOff>,
        /// Its model. Since 0.7.5. Drivers: qemu.
        child model "model": Option<CpuModel>,
        /// Vendor that the host's must be of. Since 0.8.3. Drivers: qemu.
        leaf vendor "vendor": Option<String>,
        /// How its threads are laid out. Since 0.7.5. Drivers: qemu, bhyve, vmware, esx.
        child topology "topology": Option<Topology>,
        /// Whose caches it has. Since 3.3.0. Drivers: qemu.
        child cache "cache": Option<CpuCache>,
        /// How long physical addresses are. Since 8.7.0. Drivers: qemu.
        child maxphysaddr "maxphysaddr": Option<MaxPhysAddr>,
        /// Features that are wanted or not. Since 0.7.5. Drivers: qemu, xen.
        list features "feature": Vec<CpuFeature>,
        /// The guest's nodes. Since 0.9.8. Drivers: qemu, xen.
        child numa "numa": Option<super::numa::Numa>,
    }
    /// Whose caches the guest's processor has.
    pub struct CpuCache "cache" => settle {
        /// Level, 1 to 3; all if nothing is said.
        attr level "level": Option<i32>,
        /// Whose.
        attr mode "mode": Option<CacheMode>,
    }
    /// How long physical addresses are.
    pub struct MaxPhysAddr "maxphysaddr" => settle {
        /// Whose.
        attr mode "mode": Option<PhysAddrMode>,
        /// Bits.
        attr bits "bits": Option<i32>,
        /// Most bits, of `passthrough`. Since 9.3.0.
        attr limit "limit": Option<u32>,
    }

    /// Its model.
    pub struct CpuModel "model" {
        /// Whether a lesser one will do; `allow` if nothing is said. Since 0.9.10.
        attr fallback "fallback": Option<CpuFallback>,
        /// Vendor that the guest sees, of twelve characters. Since 0.10.0.
        attr vendor_id "vendor_id": Option<String>,
        /// Its name.
        text name "model": Option<String>,
    }

    /// How its threads are laid out.
    pub struct Topology "topology" => settle {
        /// Sockets.
        attr sockets "sockets": u32,
        /// Dies in each; 1 if nothing is said. Since 6.1.0.
        attr dies "dies": Option<u32>,
        /// Clusters in each; 1 if nothing is said. Since 10.1.0.
        attr clusters "clusters": Option<u32>,
        /// Cores in each.
        attr cores "cores": u32,
        /// Threads of each.
        attr threads "threads": u32,
    }

    /// One feature.
    pub struct CpuFeature "feature" {
        /// What is wanted; `require` if nothing is said.
        attr policy "policy": Option<FeaturePolicy>,
        /// Its name.
        attr name "name": String,
    }
}

impl Topology {
    /// How many processors it makes.
    pub fn count(&self) -> u64 {
        [self.sockets, self.dies.unwrap_or(1), self.clusters.unwrap_or(1), self.cores, self.threads]
            .iter()
            .map(|n| u64::from(*n))
            .product()
    }
}

/// What tables would refuse in other words than the peer's.
pub(super) fn precheck(cpu: &Element) -> Result<()> {
    if let Some(text) = cpu.attr("mode").filter(|text| CpuMode::parse(text).is_none()) {
        bail!(Cpu, ConfigUnsupported, "Invalid mode attribute '{text}'");
    }
    let mode = cpu.attr("mode").and_then(CpuMode::parse).unwrap_or(CpuMode::Custom);
    let own = matches!(mode, CpuMode::HostPassthrough | CpuMode::Maximum);
    if cpu.attr("migratable").is_some() && !own {
        bail!(
            Cpu,
            ConfigUnsupported,
            "Attribute migratable is only allowed for 'host-passthrough' / 'maximum' CPU mode"
        );
    }
    let model = cpu.child("model");
    if let Some(model) = model.filter(|_| !own) {
        if model.attr("fallback").is_some_and(|text| !text.is_empty() && CpuFallback::parse(text).is_none()) {
            bail!(Cpu, ConfigUnsupported, "Invalid fallback attribute");
        }
        if let Some(id) = model.attr("vendor_id").filter(|id| !id.is_empty()) {
            if id.len() != 12 {
                bail!(Cpu, XmlError, "vendor_id must be exactly 12 characters long");
            }
            if id.contains(',') {
                bail!(Cpu, XmlError, "vendor id is invalid");
            }
        }
    }
    let named = model.is_some_and(|model| !model.text().is_empty());
    if cpu.child("vendor").is_some_and(|vendor| !vendor.text().is_empty()) && !named {
        bail!(Cpu, XmlError, "CPU vendor specified without CPU model");
    }
    let features: Vec<&Element> = cpu.children().filter(|child| child.name == "feature").collect();
    if !features.is_empty() && !named && mode == CpuMode::Custom {
        bail!(Cpu, XmlError, "Non-empty feature list specified without CPU model");
    }
    for (i, feature) in features.iter().enumerate() {
        if feature.attr("policy").is_some_and(|text| FeaturePolicy::parse(text).is_none()) {
            bail!(Cpu, ConfigUnsupported, "Invalid CPU feature policy");
        }
        let Some(name) = feature.attr("name").filter(|name| !name.is_empty()) else {
            bail!(Cpu, XmlError, "Invalid CPU feature name")
        };
        if features[..i].iter().any(|other| other.attr("name") == Some(name)) {
            bail!(Cpu, XmlError, "CPU feature '{name}' specified more than once");
        }
    }
    if cpu.children().filter(|child| child.name == "cache").count() > 1 {
        bail!(Cpu, XmlError, "at most one CPU cache element may be specified");
    }
    Ok(())
}

impl Cpu {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.vendor.take_if(|vendor| vendor.is_empty());
        Ok(())
    }
}

impl Topology {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let rows = [
            ("sockets", Some(self.sockets)),
            ("dies", self.dies),
            ("clusters", self.clusters),
            ("cores", Some(self.cores)),
            ("threads", Some(self.threads)),
        ];
        match rows.iter().find(|(_, count)| *count == Some(0)) {
            Some((name, _)) => Err(err!(
                Xml,
                XmlError,
                "Invalid value for attribute '{name}' in element 'topology': Zero is not permitted"
            )),
            None => Ok(()),
        }
    }
}

impl CpuCache {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.level.is_some_and(|level| !(1..=3).contains(&level)) {
            bail!(Cpu, XmlError, "invalid CPU cache level, must be in range [1,3]");
        }
        required(self.mode.is_some(), "mode", element)
    }
}

impl MaxPhysAddr {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.mode.is_some(), "mode", element)?;
        if self.limit.is_some() && self.mode != Some(PhysAddrMode::Passthrough) {
            bail!(
                Cpu,
                ConfigUnsupported,
                "attribute 'limit' is only supported for maxphysaddr mode 'passthrough'"
            );
        }
        Ok(())
    }
}
