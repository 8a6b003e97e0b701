//! Processors: how many, which of them are there, where they run, and the nodes that they are of.

use crate::domain::cpu::CpuMode;
use crate::domain::numa::{NumaMemory, NumaPlacement};
use crate::domain::{Domain, Placement, VcpuState, Vcpus};
use std::collections::HashSet;
use vir_base::{Bitmap, Result, bail};
use vir_xml::YesNo;

/// Settles what a document says of processors, as soon as it was read.
///
/// # Errors
/// Numbers that do not fit together.
pub fn settle_read(domain: &mut Domain) -> Result<()> {
    domain.vcpu.maximum.get_or_insert(1);
    domain.vcpu.placement.get_or_insert(Placement::Static);
    let max = domain.max_vcpus();
    if let Some(tune) = &mut domain.cputune {
        tune.spread(max)?;
        overlaps(tune, max)?;
        let ids: HashSet<usize> = domain.iothreads.iter().map(|thread| thread.id as usize).collect();
        let known = |id: usize| ids.contains(&id);
        let pinned = tune.iothreadpins.iter().map(|pin| pin.iothread as usize);
        let timed =
            tune.iothreadscheds.iter().flat_map(|sched| sched.iothreads.iter().flat_map(Bitmap::iter));
        if let Some(id) = pinned.chain(timed).find(|id| !known(*id)) {
            bail!(Domain, ConfigUnsupported, "Cannot find 'iothread' : {id}");
        }
    }
    // the first processor stands in the reckoning even of a guest without nodes
    if max == 0 {
        bail!(Domain, InternalError, "CPU IDs in <numa> exceed the <vcpu> count");
    }
    if let Some(numa) = domain.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref()) {
        let cpus = || numa.cells.iter().filter_map(|cell| cell.cpus.as_ref());
        if cpus().map(Bitmap::count).sum::<usize>() > max as usize {
            bail!(Domain, InternalError, "Number of CPUs in <numa> exceeds the <vcpu> count");
        }
        if cpus().filter_map(Bitmap::last).max().is_some_and(|last| last >= max as usize) {
            bail!(Domain, InternalError, "CPU IDs in <numa> exceed the <vcpu> count");
        }
    }
    nodes(domain)?;
    individual(domain, max)
}

/// Groups of processors with parts of caches and bandwidth do not overlap.
fn overlaps(tune: &mut crate::domain::cputune::CpuTune, max: u32) -> Result<()> {
    let clip = |set: &mut Option<Bitmap>| {
        if let Some(set) = set {
            *set = set.iter().filter(|n| *n < max as usize).collect();
        }
    };
    let full = |set: &Option<Bitmap>| set.as_ref().is_some_and(|set| !set.is_empty());
    for cache in &mut tune.cachetunes {
        clip(&mut cache.vcpus);
        cache.monitors.iter_mut().for_each(|monitor| clip(&mut monitor.vcpus));
        // the peer keeps such a one, and cannot read what it prints of it
        cache.monitors.retain(|monitor| full(&monitor.vcpus));
    }
    for memory in &mut tune.memorytunes {
        clip(&mut memory.vcpus);
        memory.monitors.iter_mut().for_each(|monitor| clip(&mut monitor.vcpus));
        memory.monitors.retain(|monitor| full(&monitor.vcpus));
    }
    let says = |there: &Option<Bitmap>, nothing: bool| full(there) && !nothing;
    tune.cachetunes.retain(|tune| says(&tune.vcpus, tune.caches.is_empty() && tune.monitors.is_empty()));
    tune.memorytunes.retain(|tune| says(&tune.vcpus, tune.nodes.is_empty() && tune.monitors.is_empty()));
    let mut groups: Vec<Bitmap> = vec![];
    for cache in &tune.cachetunes {
        let set = cache.vcpus.clone().unwrap_or_default();
        if groups.contains(&set) {
            bail!(Domain, XmlError, "Identical vcpus in cachetunes found");
        }
        if groups.iter().any(|other| other.overlaps(&set)) {
            bail!(Domain, XmlError, "Overlapping vcpus in resctrls");
        }
        for (i, part) in cache.caches.iter().enumerate() {
            let same = |other: &&crate::domain::cputune::CachePart| {
                let whole = |kind| kind == Some(crate::domain::cputune::CacheType::Both);
                (other.level, other.id) == (part.level, part.id)
                    && (other.kind == part.kind || whole(other.kind) || whole(part.kind))
            };
            if cache.caches[..i].iter().any(|other| same(&other)) {
                bail!(
                    Resctrl,
                    XmlError,
                    "Colliding cache allocations for cache level '{}' id '{}', type '{}'",
                    part.level,
                    part.id,
                    part.kind.map_or("", |kind| kind.as_str())
                );
            }
        }
        groups.push(set);
    }
    for memory in &tune.memorytunes {
        let set = memory.vcpus.clone().unwrap_or_default();
        if !groups.contains(&set) {
            if groups.iter().any(|other| other.overlaps(&set)) {
                bail!(Domain, XmlError, "Overlapping vcpus in resctrls");
            }
            groups.push(set);
        }
        for (i, node) in memory.nodes.iter().enumerate() {
            if memory.nodes[..i].iter().any(|other| other.id == node.id) {
                bail!(Resctrl, XmlError, "Memory Bandwidth already defined for node {}", node.id);
            }
        }
    }
    Ok(())
}

/// How memory is taken from the host's nodes goes with how processors are placed.
fn nodes(domain: &mut Domain) -> Result<()> {
    let fixed = domain.vcpu.placement == Some(Placement::Static);
    let cells = domain.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref()).map_or(0, |numa| numa.cells.len());
    if !fixed && domain.numatune.as_ref().is_none_or(|tune| tune.memory.is_none()) {
        let auto = NumaMemory { placement: Some(NumaPlacement::Auto), ..NumaMemory::default() };
        domain.numatune.get_or_insert_default().memory = Some(auto);
    }
    let Some(tune) = &mut domain.numatune else { return Ok(()) };
    tune.memory.take_if(|memory| *memory == NumaMemory::default());
    if let Some(memory) = &mut tune.memory {
        memory.settle_placement(fixed)?;
    }
    let auto = tune.memory.as_ref().is_some_and(|memory| memory.placement == Some(NumaPlacement::Auto));
    if !tune.memnodes.is_empty() {
        if auto {
            bail!(
                Domain,
                ConfigUnsupported,
                "Per-node binding is not compatible with automatic NUMA placement."
            );
        }
        if cells == 0 {
            bail!(Domain, XmlError, "Element 'memnode' is invalid without any guest NUMA cells");
        }
        for (i, node) in tune.memnodes.iter().enumerate() {
            if node.cellid as usize >= cells {
                bail!(
                    Domain,
                    XmlError,
                    "Argument 'cellid' in memnode element must correspond to existing guest's NUMA cell"
                );
            }
            if tune.memnodes[..i].iter().any(|other| other.cellid == node.cellid) {
                bail!(Domain, XmlError, "Multiple memnode elements with cellid {}", node.cellid);
            }
        }
        tune.memnodes.sort_by_key(|node| node.cellid);
    }
    let pinned = domain.cputune.as_ref().is_some_and(|tune| {
        !tune.vcpupins.is_empty() || tune.emulatorpin.is_some() || !tune.iothreadpins.is_empty()
    });
    if auto && domain.vcpu.cpuset.is_none() && !pinned {
        domain.vcpu.placement = Some(Placement::Auto);
    }
    Ok(())
}

/// Where single processors are named, every one of them is.
fn individual(domain: &mut Domain, max: u32) -> Result<()> {
    let Some(named) = domain.vcpus.take().filter(|vcpus| !vcpus.vcpus.is_empty()) else {
        return Ok(());
    };
    if let Some(beyond) = named.vcpus.iter().find(|vcpu| vcpu.id >= max) {
        bail!(Domain, XmlError, "vcpu id '{}' is out of range of maximum vcpu count", beyond.id);
    }
    let state = |id: u32| {
        let last = named.vcpus.iter().rfind(|vcpu| vcpu.id == id).cloned();
        last.unwrap_or_else(|| VcpuState { id, enabled: Some(YesNo::No), ..VcpuState::default() })
    };
    // as many as any domain can have
    let all: Vec<VcpuState> = (0..max.min(16_384)).map(state).collect();
    let online = all.iter().filter(|vcpu| vcpu.enabled == Some(YesNo::Yes)).count();
    domain.vcpu.current = u32::try_from(online).ok();
    domain.vcpus = Some(Vcpus { vcpus: all });
    Ok(())
}

/// Settles the rest.
///
/// # Errors
/// A processor that is absent for ever, and a check of none.
pub fn settle(domain: &mut Domain) -> Result<()> {
    if domain.vcpu.current == domain.vcpu.maximum {
        domain.vcpu.current = None;
    }
    for vcpu in domain.vcpus.iter_mut().flat_map(|vcpus| &mut vcpus.vcpus) {
        let online = vcpu.enabled == Some(YesNo::Yes);
        let plug = *vcpu.hotpluggable.get_or_insert(YesNo::from(!online));
        if plug == YesNo::No && !online {
            bail!(Domain, ConfigUnsupported, "vcpu '{}' is both offline and not hotpluggable", vcpu.id);
        }
    }
    if let Some(cpu) = &domain.cpu
        && cpu.mode.is_none_or(|mode| mode == CpuMode::Custom)
        && cpu.model.as_ref().is_none_or(|model| model.name.is_none())
        && cpu.check.is_some()
    {
        bail!(Domain, ConfigUnsupported, "check attribute specified for CPU with no model");
    }
    Ok(())
}
