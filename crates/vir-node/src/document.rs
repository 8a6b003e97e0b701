//! The host's part of a capabilities document, from what was found out about the host.

use vir_host::HostCapabilities;
use vir_host::caches::{CacheBank, CacheKind};
use vir_host::cpuid::HostCpu;
use vir_host::numa::Cell;
use vir_host::power::SuspendTarget;
use vir_model::capabilities as doc;

/// The `<host>` element.
pub fn host(caps: &HostCapabilities) -> doc::Host {
    doc::Host {
        uuid: Some(caps.uuid),
        cpu: Some(cpu(caps)),
        power_management: Some(doc::PowerManagement {
            mem: caps.suspend.contains(&SuspendTarget::Memory),
            disk: caps.suspend.contains(&SuspendTarget::Disk),
            hybrid: caps.suspend.contains(&SuspendTarget::Hybrid),
        }),
        iommu: Some(doc::Supported { support: Some(caps.iommu.into()) }),
        migration: caps.migration.as_ref().map(|migration| doc::MigrationFeatures {
            live: migration.live,
            transports: match &migration.transports[..] {
                [] => None,
                names => Some(doc::Transports { names: names.to_vec() }),
            },
        }),
        netprefix: caps.net_prefix.clone(),
        topology: Some(topology(&caps.cells)),
        cache: match &caps.caches[..] {
            [] => None,
            banks => Some(doc::Cache { banks: banks.iter().map(bank).collect() }),
        },
        secmodels: caps
            .security
            .iter()
            .map(|model| doc::SecurityModel {
                model: Some(model.model.clone()),
                doi: Some(model.doi.clone()),
                base_labels: model
                    .base_labels
                    .iter()
                    .map(|(kind, label)| doc::BaseLabel {
                        kind: Some(kind.clone()),
                        label: Some(label.clone()),
                    })
                    .collect(),
            })
            .collect(),
    }
}

fn cpu(caps: &HostCapabilities) -> doc::HostCpu {
    let mut cpu = doc::HostCpu { arch: Some(caps.arch.clone()), ..doc::HostCpu::default() };
    if let Some(found) = &caps.cpu {
        describe(&mut cpu, found);
    }
    let pages = |size: &u32| doc::PageSize { unit: Some("KiB".into()), size: *size, count: None };
    cpu.pages = caps.page_sizes.iter().map(pages).collect();
    cpu
}

fn describe(cpu: &mut doc::HostCpu, found: &HostCpu) {
    cpu.vendor = found.vendor.map(str::to_owned);
    cpu.microcode = (found.microcode > 0).then_some(doc::Microcode { version: found.microcode });
    let (family, model, stepping) = found.signature;
    cpu.signature = Some(doc::Signature { family, model, stepping });
    cpu.counter = found.tsc.as_ref().map(|tsc| doc::Counter {
        name: "tsc".into(),
        frequency: tsc.frequency,
        scaling: Some(tsc.scaling.into()),
    });
    let [sockets, dies, clusters, cores, threads] = found.topology;
    cpu.topology = Some(doc::CpuTopology { sockets, dies, clusters, cores, threads });
    cpu.maxphysaddr = found
        .physical_bits
        .map(|bits| doc::MaxPhysAddr { mode: Some(doc::MaxPhysMode::Emulate), bits: Some(bits) });
    cpu.features = found.features.iter().map(|name| doc::FeatureName { name: (*name).to_owned() }).collect();
}

fn topology(cells: &[Cell]) -> doc::Topology {
    let cells: Vec<doc::Cell> = cells.iter().map(cell).collect();
    doc::Topology { cells: Some(doc::Cells { num: cells.len() as u32, cells }) }
}

fn cell(cell: &Cell) -> doc::Cell {
    let unit = || Some("KiB".to_owned());
    let cpus: Vec<doc::CellCpu> = cell
        .cpus
        .iter()
        .map(|cpu| doc::CellCpu {
            id: cpu.id,
            socket_id: Some(cpu.socket),
            die_id: Some(cpu.die),
            cluster_id: Some(cpu.cluster),
            core_id: Some(cpu.core),
            siblings: Some(cpu.siblings.to_string()),
        })
        .collect();
    doc::Cell {
        id: cell.id,
        memory: Some(doc::CellMemory { unit: unit(), kib: Some(cell.memory) }),
        pages: cell
            .pages
            .iter()
            .map(|p| doc::PageSize { unit: unit(), size: p.size, count: Some(p.total) })
            .collect(),
        distances: match &cell.distances[..] {
            [] => None,
            all => Some(doc::Distances {
                siblings: all.iter().map(|(id, value)| doc::Distance { id: *id, value: *value }).collect(),
            }),
        },
        cpus: Some(doc::CellCpus { num: cpus.len() as u32, cpus }),
    }
}

/// Sizes are printed in the largest unit that leaves them whole.
fn bank(bank: &CacheBank) -> doc::CacheBank {
    let (size, unit) = match bank.size {
        size if size >= 1 << 20 && size % (1 << 20) == 0 => (size >> 20, "MiB"),
        size if size >= 1 << 10 && size % (1 << 10) == 0 => (size >> 10, "KiB"),
        size => (size, "B"),
    };
    doc::CacheBank {
        id: bank.id,
        level: bank.level,
        kind: Some(match bank.kind {
            CacheKind::Both => doc::CacheType::Both,
            CacheKind::Code => doc::CacheType::Code,
            CacheKind::Data => doc::CacheType::Data,
        }),
        size,
        unit: Some(unit.to_owned()),
        cpus: bank.cpus.to_string(),
    }
}
