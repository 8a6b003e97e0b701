//! All that a capabilities document says about the host, as plain values.
//!
//! What the host itself shows is found here; what a driver adds (migration, labels) is left empty
//! for it to fill in.

use crate::Host;
use crate::caches::CacheBank;
use crate::cpuid::HostCpu;
use crate::identity::UuidSource;
use crate::numa::{Cell, Interconnect};
use crate::power::SuspendTarget;
use crate::resctrl::ResourceControl;
use vir_base::{Result, Uuid};

/// The host's part of a capabilities document.
#[derive(Clone, Debug, PartialEq)]
pub struct HostCapabilities {
    /// UUID.
    pub uuid: Uuid,
    /// Architecture.
    pub arch: String,
    /// Features of the architecture (`pae`, …), for drivers that list them.
    pub features: Vec<String>,
    /// Processor, where it could be looked at.
    pub cpu: Option<HostCpu>,
    /// Sizes of pages, in KiB.
    pub page_sizes: Vec<u32>,
    /// Ways to suspend it.
    pub suspend: Vec<SuspendTarget>,
    /// Whether devices can be handed to guests safely.
    pub iommu: bool,
    /// Migration of guests, if there is any.
    pub migration: Option<Migration>,
    /// Prefix of the names of network devices that the driver makes.
    pub net_prefix: Option<String>,
    /// NUMA nodes.
    pub cells: Vec<Cell>,
    /// Caches.
    pub caches: Vec<CacheBank>,
    /// How fast their memory is from elsewhere.
    pub interconnects: Vec<Interconnect>,
    /// What of caches and memory bandwidth can be divided and measured.
    pub resource_control: ResourceControl,
    /// Security models.
    pub security: Vec<SecurityModel>,
}

/// How guests can leave the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migration {
    /// While they run.
    pub live: bool,
    /// Schemes of URIs to send them to.
    pub transports: Vec<String>,
}

/// A way to keep guests apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityModel {
    /// Name.
    pub model: String,
    /// Domain of interpretation.
    pub doi: String,
    /// Kinds of guests, and the label that they start from.
    pub base_labels: Vec<(String, String)>,
}

impl Host {
    /// Whether there are groups of an IOMMU.
    pub fn has_iommu(&self) -> bool {
        std::fs::read_dir(self.path("sys/kernel/iommu_groups"))
            .is_ok_and(|mut groups| groups.next().is_some())
    }

    /// All that the host shows. Parts that cannot be read are left out with a warning: guests can
    /// run without.
    pub fn capabilities(&self, uuid: &UuidSource) -> Result<HostCapabilities> {
        let caches = or_warn("CPU caches", self.cache_banks());
        Ok(HostCapabilities {
            uuid: self.uuid(uuid)?,
            arch: self.arch(),
            features: Vec::new(),
            cpu: self.host_cpu(),
            page_sizes: or_warn("page sizes", self.pages(None)).iter().map(|p| p.size).collect(),
            suspend: self.suspend_targets(),
            iommu: self.has_iommu(),
            migration: None,
            net_prefix: None,
            cells: or_warn("the NUMA topology", self.cells()),
            interconnects: or_warn("memory speeds", self.interconnects()),
            resource_control: or_warn("resource control", self.resource_control(&caches)),
            caches,
            security: Vec::new(),
        })
    }
}

fn or_warn<T: Default>(what: &str, found: Result<T>) -> T {
    found.unwrap_or_else(|error| {
        log::warn!("cannot find out about {what}: {error}");
        T::default()
    })
}

#[cfg(test)]
#[path = "capabilities_tests.rs"]
mod tests;
