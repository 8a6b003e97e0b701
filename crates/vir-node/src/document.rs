//! The host's facts as the `<host>` of a capabilities document.

use vir_host::caches::{CacheBank, CacheKind};
use vir_host::cpuid::HostCpu;
use vir_host::numa::{Associativity, Cell, Interconnect, Measure, MemoryCache, WritePolicy};
use vir_host::power::SuspendTarget;
use vir_host::resctrl::{CacheControl, Monitor, ResourceControl};
use vir_host::{HostCapabilities, capabilities::SecurityModel, cpu::CpuPlace};
use vir_model::capabilities as xml;

/// The `<host>` element.
pub fn host(found: &HostCapabilities) -> xml::Host {
    let migration = found.migration.as_ref().map(|migration| xml::MigrationFeatures {
        live: migration.live,
        transports: (!migration.transports.is_empty())
            .then(|| xml::Transports { names: migration.transports.clone() }),
    });
    xml::Host {
        uuid: found.uuid.is_valid().then_some(found.uuid),
        cpu: Some(cpu(found)),
        power_management: Some(xml::PowerManagement {
            mem: found.suspend.contains(&SuspendTarget::Memory),
            disk: found.suspend.contains(&SuspendTarget::Disk),
            hybrid: found.suspend.contains(&SuspendTarget::Hybrid),
        }),
        iommu: Some(xml::Supported { support: Some(found.iommu.into()) }),
        migration,
        netprefix: found.net_prefix.clone(),
        topology: topology(&found.cells, &found.interconnects),
        cache: cache(&found.caches, &found.resource_control),
        memory_bandwidth: memory_bandwidth(&found.resource_control),
        secmodels: found.security.iter().map(security).collect(),
    }
}

/// Without a named model, features have no place in the document: they are relative to one.
fn cpu(found: &HostCapabilities) -> xml::HostCpu {
    let pages = found.page_sizes.iter().map(|size| pages(*size, None)).collect();
    let arch = Some(found.arch.clone());
    let Some(cpu) = &found.cpu else {
        return xml::HostCpu { arch, pages, ..Default::default() };
    };
    let HostCpu { vendor, signature: (family, model, stepping), microcode, tsc, topology, .. } = cpu;
    let [sockets, dies, clusters, cores, threads] = *topology;
    xml::HostCpu {
        arch,
        vendor: vendor.map(str::to_owned),
        microcode: (*microcode != 0).then_some(xml::Microcode { version: *microcode }),
        signature: Some(xml::Signature { family: *family, model: *model, stepping: *stepping }),
        counter: tsc.map(|tsc| xml::Counter {
            name: "tsc".to_owned(),
            frequency: tsc.frequency,
            scaling: Some(tsc.scaling.into()),
        }),
        topology: Some(xml::CpuTopology {
            sockets,
            dies: Some(dies),
            clusters: Some(clusters),
            cores,
            threads,
        }),
        maxphysaddr: cpu.physical_bits.map(|bits| xml::MaxPhysAddr {
            mode: Some(xml::MaxPhysMode::Emulate),
            bits: Some(bits),
            limit: None,
        }),
        pages,
        ..Default::default()
    }
}

fn pages(size: u32, count: Option<u64>) -> xml::PageSize {
    xml::PageSize { unit: Some("KiB".to_owned()), size, count }
}

fn topology(cells: &[Cell], interconnects: &[Interconnect]) -> Option<xml::Topology> {
    let of = |measure: Measure| -> Vec<_> {
        interconnects.iter().filter(|i| i.measure == measure).map(interconnect).collect()
    };
    let interconnects = (!interconnects.is_empty())
        .then(|| xml::Interconnects { latencies: of(Measure::Latency), bandwidths: of(Measure::Bandwidth) });
    let cells = xml::Cells { num: cells.len() as u32, cells: cells.iter().map(cell).collect() };
    (cells.num > 0).then_some(xml::Topology { cells: Some(cells), interconnects })
}

fn interconnect(found: &Interconnect) -> xml::Interconnect {
    xml::Interconnect {
        initiator: found.initiator,
        target: found.target,
        cache: None,
        access: Some(if found.write { xml::Access::Write } else { xml::Access::Read }),
        value: found.value,
        unit: (found.measure == Measure::Bandwidth).then(|| "KiB".to_owned()),
    }
}

fn cell(found: &Cell) -> xml::Cell {
    let distances = found.distances.iter().map(|(id, value)| xml::Distance { id: *id, value: *value });
    xml::Cell {
        id: found.id,
        memory: (found.memory > 0)
            .then(|| xml::CellMemory { unit: Some("KiB".to_owned()), kib: Some(found.memory) }),
        pages: found.pages.iter().map(|p| pages(p.size, Some(p.total))).collect(),
        distances: (!found.distances.is_empty()).then(|| xml::Distances { siblings: distances.collect() }),
        caches: found.caches.iter().map(memory_cache).collect(),
        cpus: Some(xml::CellCpus {
            num: found.cpus.len() as u32,
            cpus: found.cpus.iter().map(place).collect(),
        }),
    }
}

fn place(found: &CpuPlace) -> xml::CellCpu {
    xml::CellCpu {
        id: found.id,
        socket_id: Some(found.socket),
        die_id: Some(found.die),
        cluster_id: Some(found.cluster),
        core_id: Some(found.core),
        siblings: Some(found.siblings.to_string()),
    }
}

fn memory_cache(found: &MemoryCache) -> xml::MemoryCache {
    let amount = |value: u64, unit: &str| Some(xml::Amount { value, unit: Some(unit.to_owned()) });
    xml::MemoryCache {
        level: found.level,
        associativity: Some(match found.associativity {
            Associativity::None => xml::Associativity::None,
            Associativity::Direct => xml::Associativity::Direct,
            Associativity::Full => xml::Associativity::Full,
        }),
        policy: Some(match found.policy {
            WritePolicy::None => xml::WritePolicy::None,
            WritePolicy::WriteBack => xml::WritePolicy::WriteBack,
            WritePolicy::WriteThrough => xml::WritePolicy::WriteThrough,
        }),
        size: amount(found.size, "KiB"),
        line: amount(found.line.into(), "B"),
    }
}

fn cache(banks: &[CacheBank], resources: &ResourceControl) -> Option<xml::Cache> {
    let monitor = resources.cache_monitor.as_ref().map(monitor);
    let bank = |bank: &CacheBank| {
        let unit = unit_of(bank.size);
        xml::CacheBank {
            id: bank.id,
            level: bank.level,
            kind: Some(kind(bank.kind)),
            size: bank.size >> (10 * unit),
            unit: Some(UNITS[unit].to_owned()),
            cpus: bank.cpus.to_string(),
            controls: resources.controls_of(bank).map(control).collect(),
        }
    };
    let banks: Vec<_> = banks.iter().map(bank).collect();
    (!banks.is_empty() || monitor.is_some()).then_some(xml::Cache { banks, monitor })
}

fn kind(found: CacheKind) -> xml::CacheType {
    match found {
        CacheKind::Both => xml::CacheType::Both,
        CacheKind::Code => xml::CacheType::Code,
        CacheKind::Data => xml::CacheType::Data,
    }
}

/// Step and smallest share are printed in the same unit, the smaller of theirs.
fn control(found: &CacheControl) -> xml::CacheControl {
    let unit = match found.min {
        0 => unit_of(found.granularity),
        min => unit_of(found.granularity).min(unit_of(min)),
    };
    xml::CacheControl {
        granularity: found.granularity >> (10 * unit),
        min: (found.min > 0).then_some(found.min >> (10 * unit)),
        unit: Some(UNITS[unit].to_owned()),
        kind: Some(kind(found.scope)),
        max_allocations: found.max_allocations,
    }
}

fn monitor(found: &Monitor) -> xml::Monitor {
    xml::Monitor {
        level: found.level,
        reuse_threshold: found.reuse_threshold,
        max_monitors: found.max_monitors,
        features: found.features.iter().map(|name| xml::FeatureName { name: name.clone() }).collect(),
    }
}

fn memory_bandwidth(found: &ResourceControl) -> Option<xml::MemoryBandwidth> {
    let monitor = found.bandwidth_monitor.as_ref().map(monitor);
    let nodes: Vec<_> = found
        .bandwidth
        .iter()
        .map(|node| xml::BandwidthNode {
            id: node.id,
            cpus: node.cpus.to_string(),
            control: Some(xml::BandwidthControl {
                granularity: node.granularity,
                min: node.min,
                max_allocations: node.max_allocations,
            }),
        })
        .collect();
    (!nodes.is_empty() || monitor.is_some()).then_some(xml::MemoryBandwidth { nodes, monitor })
}

fn security(found: &SecurityModel) -> xml::SecurityModel {
    let labels = found.base_labels.iter();
    xml::SecurityModel {
        model: Some(found.model.clone()),
        doi: Some(found.doi.clone()),
        base_labels: labels
            .map(|(kind, label)| xml::BaseLabel { kind: Some(kind.clone()), label: Some(label.clone()) })
            .collect(),
    }
}

const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];

/// The largest unit in which a size is a whole number.
fn unit_of(size: u64) -> usize {
    let tens = size.trailing_zeros() as usize / 10;
    if size == 0 { 0 } else { tens.min(UNITS.len() - 1) }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
