//! `<cpu>`: the guest's processor.

use vir_xml::{OnOff, YesNo, element, xml_enum};

xml_enum! {
    /// How the model is chosen.
    pub enum CpuMode { Custom = "custom", HostModel = "host-model", HostPassthrough = "host-passthrough", Maximum = "maximum", }
    /// How close the guest's processor must be.
    pub enum CpuMatch { Minimum = "minimum", Exact = "exact", Strict = "strict", }
    /// What is checked before start.
    pub enum CpuCheck { Default = "default", None = "none", Partial = "partial", Full = "full", }
    /// What happens when the host lacks the model.
    pub enum CpuFallback { Allow = "allow", Forbid = "forbid", }
    /// What is wanted of a feature.
    pub enum FeaturePolicy { Force = "force", Require = "require", Optional = "optional", Disable = "disable", Forbid = "forbid", }
}

element! {
    /// The guest's processor.
    pub struct Cpu "cpu" {
        attr mode "mode": Option<CpuMode>,
        attr matching "match": Option<CpuMatch>,
        attr check "check": Option<CpuCheck>,
        attr migratable "migratable": Option<OnOff>,
        child model "model": Option<CpuModel>,
        leaf vendor "vendor": Option<String>,
        child topology "topology": Option<Topology>,
        list features "feature": Vec<CpuFeature>,
    }

    /// Its model.
    pub struct CpuModel "model" {
        attr fallback "fallback": Option<CpuFallback>,
        attr vendor_id "vendor_id": Option<String>,
        text name "model": Option<String>,
    }

    /// How its threads are laid out.
    pub struct Topology "topology" {
        attr sockets "sockets": u32,
        attr dies "dies": Option<u32>,
        attr clusters "clusters": Option<u32>,
        attr cores "cores": u32,
        attr threads "threads": u32,
    }

    /// One feature.
    pub struct CpuFeature "feature" {
        attr policy "policy": Option<FeaturePolicy>,
        attr name "name": String,
        attr migratable "migratable": Option<YesNo>,
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
