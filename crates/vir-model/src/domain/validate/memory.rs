//! Memory: pages, nodes of the guest, and what is plugged.

use crate::domain::Domain;
use crate::domain::device::info::Address;
use crate::domain::device::memdev::{MemoryDevice, MemoryModel};
use crate::domain::memory::MemoryAccess;
use crate::domain::numa::NumaMode;
use vir_base::{Result, bail};
use vir_xml::YesNo;

/// Checks what is plugged.
///
/// # Errors
/// What contradicts itself.
pub fn check(domain: &Domain, memory: &MemoryDevice) -> Result<()> {
    let Some(model) = memory.model else { return Ok(()) };
    let target = memory.target.clone().unwrap_or_default();
    let path = memory.source.as_ref().and_then(|source| source.path.as_ref());
    let nodes = domain.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref()).map_or(0, |numa| numa.cells.len());
    let base = target.address.as_ref().and_then(|address| address.base).map_or(0, |base| base.0);
    if let Some(node) = target.node {
        if nodes == 0 {
            bail!(Domain, XmlDetail, "can't add memory backend as guest has no NUMA nodes configured");
        }
        if node as usize >= nodes {
            bail!(
                Domain,
                XmlDetail,
                "can't add memory backend for guest node '{node}' as the guest has only '{nodes}' NUMA nodes \
                 configured"
            );
        }
    }
    let power = domain.os.arch().starts_with("ppc64");
    match model {
        MemoryModel::Nvdimm => {
            if path.is_none() {
                bail!(Domain, XmlDetail, "path is required for model 'nvdimm'");
            }
            if memory.discard == Some(YesNo::Yes) {
                bail!(Domain, ConfigUnsupported, "discard is not supported for nvdimms");
            }
            if power && target.label.is_none() {
                bail!(Domain, ConfigUnsupported, "label size is required for NVDIMM device");
            }
            if !power && memory.uuid.is_some() {
                bail!(Domain, ConfigUnsupported, "UUID is not supported for NVDIMM device");
            }
        }
        MemoryModel::VirtioPmem => {
            if path.is_none() {
                bail!(Domain, XmlDetail, "path is required for model '{model}'");
            }
            if memory.discard == Some(YesNo::Yes) {
                bail!(Domain, ConfigUnsupported, "discard is not supported for model '{model}'");
            }
            if memory.access != Some(MemoryAccess::Shared) {
                bail!(Domain, ConfigUnsupported, "shared access mode required for virtio-pmem device");
            }
            if target.node.is_some() {
                bail!(Domain, ConfigUnsupported, "virtio-pmem does not support NUMA nodes");
            }
            if !base.is_multiple_of(4096) {
                bail!(Domain, ConfigUnsupported, "memory address must be aligned to 4096 bytes");
            }
        }
        MemoryModel::VirtioMem => {
            let (size, block) = (memory.size_kib(), target.block.map_or(0, |block| block.0));
            let requested = target.requested.map_or(0, |requested| requested.0);
            if requested > size {
                bail!(Domain, XmlDetail, "requested size must be smaller than or equal to @size ({size}KiB)");
            }
            if !block.is_power_of_two() {
                bail!(Domain, XmlDetail, "block size must be a power of two");
            }
            if block < 2048 {
                bail!(Domain, XmlDetail, "block size too small, must be at least 2048KiB");
            }
            if !requested.is_multiple_of(block) {
                bail!(Domain, XmlDetail, "requested size must be an integer multiple of block size");
            }
            if !base.is_multiple_of(block.saturating_mul(1024)) {
                bail!(Domain, XmlDetail, "memory device address must be aligned to blocksize");
            }
        }
        MemoryModel::Dimm => {}
        MemoryModel::SgxEpc if memory.info.address.is_some() => {
            bail!(Domain, ConfigUnsupported, "memory device address is not supported for model '{model}'")
        }
        MemoryModel::SgxEpc => {}
    }
    overlap(domain, memory)
}

/// Where it begins, if that is said; 0 if not.
fn start(memory: &MemoryDevice) -> u64 {
    match (memory.model, &memory.info.address) {
        (Some(MemoryModel::Dimm | MemoryModel::Nvdimm), Some(Address::Dimm { base, .. })) => {
            base.unwrap_or(0)
        }
        (Some(MemoryModel::VirtioMem | MemoryModel::VirtioPmem), _) => {
            let address = memory.target.as_ref().and_then(|target| target.address.as_ref());
            address.and_then(|address| address.base).map_or(0, |base| base.0)
        }
        _ => 0,
    }
}

/// How many bytes of addresses it takes; an NVDIMM's label takes none.
fn mapped(memory: &MemoryDevice) -> u64 {
    let mut kib = memory.size_kib();
    if memory.model == Some(MemoryModel::Nvdimm) {
        let source = memory.source.as_ref().and_then(|source| source.alignsize);
        let align = source.map_or(4, |align| align.0).max(1);
        let label = memory.target.as_ref().and_then(|target| target.label.as_ref());
        let label = label.and_then(|label| label.size).map_or(0, |size| size.0);
        kib = kib.saturating_sub(label.div_ceil(align).saturating_mul(align));
    }
    kib.saturating_mul(1024)
}

fn overlap(domain: &Domain, memory: &MemoryDevice) -> Result<()> {
    let slot = |memory: &MemoryDevice| match (memory.model, &memory.info.address) {
        (Some(MemoryModel::Dimm | MemoryModel::Nvdimm), Some(Address::Dimm { slot, .. })) => Some(*slot),
        _ => None,
    };
    let (begin, own) = (start(memory), slot(memory));
    if begin == 0 && own.is_none() {
        return Ok(());
    }
    let end = begin.saturating_add(mapped(memory));
    for other in domain.devices.memories.iter().filter(|other| !std::ptr::eq(*other, memory)) {
        if let (Some(own), Some(theirs)) = (own, slot(other))
            && own == theirs
        {
            bail!(
                Domain,
                ConfigUnsupported,
                "memory device slot '{own}' is already being used by another memory device"
            );
        }
        let their_begin = start(other);
        if begin == 0 || their_begin == 0 {
            continue;
        }
        let their_end = their_begin.saturating_add(mapped(other));
        if begin <= their_begin && end > their_begin || their_begin <= begin && their_end > begin {
            bail!(
                Domain,
                ConfigUnsupported,
                "memory device address [0x{begin:x}:0x{end:x}] overlaps with other memory device \
                 (0x{their_begin:x})"
            );
        }
    }
    Ok(())
}

/// Large pages: each node has them of one size.
///
/// # Errors
/// Two sizes, or a node that there is not.
pub fn pages(domain: &Domain) -> Result<()> {
    let nodes = domain.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref()).map_or(0, |numa| numa.cells.len());
    let pages = domain.memory_backing.as_ref().and_then(|backing| backing.hugepages.as_ref());
    let pages = pages.map_or(&[][..], |pages| &pages.pages);
    for (i, page) in pages.iter().enumerate() {
        for other in &pages[..i] {
            match (&page.nodeset, &other.nodeset) {
                (Some(own), Some(theirs)) if own.overlaps(theirs) => bail!(
                    Domain,
                    XmlDetail,
                    "nodeset attribute of hugepages of sizes {} and {} intersect",
                    page.size,
                    other.size
                ),
                (None, None) => bail!(
                    Domain,
                    XmlDetail,
                    "two master hugepages detected: {} and {}",
                    page.size,
                    other.size
                ),
                _ => {}
            }
        }
        let beyond = page.nodeset.iter().flat_map(|set| set.iter()).find(|node| *node >= nodes.max(1));
        let beyond = beyond.or_else(|| {
            let set = page.nodeset.as_ref().filter(|_| nodes == 0)?;
            set.iter().next()
        });
        if let Some(node) = beyond {
            bail!(Domain, XmlDetail, "hugepages: node {node} not found");
        }
    }
    Ok(())
}

/// The guest's nodes.
///
/// # Errors
/// Modes, caches and lines between nodes that do not fit together.
pub fn nodes(domain: &Domain) -> Result<()> {
    let memory = domain.numatune.as_ref().and_then(|tune| tune.memory.as_ref());
    let whole = memory.and_then(|memory| memory.mode).unwrap_or(NumaMode::Strict);
    for node in domain.numatune.iter().flat_map(|tune| &tune.memnodes) {
        let own = node.mode.unwrap_or(NumaMode::Strict);
        if whole == NumaMode::Restrictive && own != NumaMode::Restrictive {
            bail!(
                Domain,
                XmlError,
                "'restrictive' mode is required in memnode element when mode is 'restrictive' in memory \
                 element"
            );
        }
        if own == NumaMode::Restrictive && whole != NumaMode::Restrictive {
            bail!(
                Domain,
                XmlError,
                "'restrictive' mode is required in memory element when mode is 'restrictive' in memnode \
                 element"
            );
        }
    }
    let Some(numa) = domain.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref()) else { return Ok(()) };
    for cell in &numa.cells {
        for (i, cache) in cell.caches.iter().enumerate() {
            if cache.level > 3 {
                bail!(Domain, XmlError, "Ain't nobody heard of that much cache level");
            }
            if cell.caches[..i].iter().any(|other| other.level == cache.level) {
                bail!(Domain, XmlError, "Cache level '{}' already defined", cache.level);
            }
        }
    }
    for (i, link) in numa.interconnects.iter().enumerate() {
        let cell = |id: u32| numa.cells.get(id as usize);
        let Some(initiator) = cell(link.initiator) else {
            bail!(Domain, XmlError, "'initiator' refers to a non-existent NUMA node")
        };
        let Some(target) = cell(link.target) else {
            bail!(Domain, XmlError, "'target' refers to a non-existent NUMA node")
        };
        if initiator.cpus.is_none() {
            bail!(Domain, XmlError, "NUMA nodes without CPUs can't be initiator");
        }
        if link.cache > 0 && !target.caches.iter().any(|cache| cache.level == link.cache) {
            bail!(Domain, XmlError, "'cache' refers to a non-existent NUMA node cache");
        }
        for other in &numa.interconnects[..i] {
            let key =
                |l: &crate::domain::numa::Interconnect| (l.bandwidth, l.initiator, l.target, l.cache, l.kind);
            if key(link) == key(other) {
                bail!(Domain, XmlError, "Duplicate info for NUMA latencies");
            }
            if link.initiator != link.target
                && (link.initiator, link.target) == (other.target, other.initiator)
            {
                bail!(Domain, XmlError, "Link already defined");
            }
        }
    }
    Ok(())
}
