//! Memory: large pages, what is plugged, and what other processes see of it.

use super::{Check, refuse};
use crate::caps::Flag;
use vir_base::{Result, bail};
use vir_model::domain::device::info::Address;
use vir_model::domain::device::memdev::{MemoryDevice, MemoryModel, Shmem, ShmemModel};
use vir_model::domain::memory::MemoryAccess;
use vir_model::domain::numa::NumaCell;

/// The size of the host's pages in KiB.
const PAGE: u64 = 4;

fn cells<'a>(it: &Check<'a>) -> &'a [NumaCell] {
    let numa = it.def.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref());
    numa.map_or(&[], |numa| &numa.cells)
}

/// Who sees the guest's memory, as the document says.
fn access<'a>(it: &Check<'a>) -> Option<&'a str> {
    it.def.memory_backing.as_ref()?.access.as_ref()?.mode.as_deref()
}

/// The guest's memory is made of this, as the document says.
pub fn source<'a>(it: &Check<'a>) -> Option<&'a str> {
    it.def.memory_backing.as_ref()?.source.as_ref()?.kind.as_deref()
}

/// Large pages.
pub fn pages(it: &Check<'_>) -> Result<()> {
    let Some(backing) = &it.def.memory_backing else { return Ok(()) };
    let Some(pages) = &backing.hugepages else { return Ok(()) };
    let allocation = backing.allocation.as_ref();
    let on_demand = allocation.is_some_and(|it| it.mode.as_deref() == Some("ondemand"));
    let threads = allocation.is_some_and(|it| it.threads.is_some());
    let source = source(it);
    refuse([
        (on_demand, "hugepages are not allowed with memory allocation ondemand"),
        (
            threads && !it.has(Flag::MemoryBackendPreallocThreads),
            "preallocation threads are unsupported with this QEMU",
        ),
        (source == Some("anonymous"), "hugepages are not allowed with anonymous memory source"),
        (
            source == Some("memfd") && !it.has(Flag::ObjectMemoryMemfdHugetlb),
            "hugepages is not supported with memfd memory source",
        ),
    ])?;
    let machines = &it.caps.on(it.def.virt_type()).machines;
    let machine = machines.iter().find(|known| known.name == it.machine());
    let replaceable = machine.is_some_and(|machine| machine.default_ram_id.is_some());
    let large = pages.pages.first().is_none_or(|page| page.size != PAGE);
    match access(it) {
        Some(mode @ "shared") if !replaceable && large && cells(it).is_empty() => bail!(
            Qemu,
            ConfigUnsupported,
            "memory access mode '{mode}' not supported without guest numa node"
        ),
        _ => Ok(()),
    }
}

/// Nodes of the guest.
pub fn nodes(it: &Check<'_>) -> Result<()> {
    let numa = it.def.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref());
    let told = numa.is_some_and(|numa| {
        !numa.interconnects.is_empty() || numa.cells.iter().any(|cell| !cell.caches.is_empty())
    });
    refuse([(told && !it.has(Flag::NumaHmat), "HMAT is not supported with this QEMU")])
}

/// All of the guest's memory can be seen by the process that serves `who`.
pub fn shared(it: &Check<'_>, who: &str) -> Result<()> {
    let all = access(it) == Some("shared");
    let cells = cells(it);
    let open = |cell: &NumaCell| cell.access.map_or(all, |access| access == MemoryAccess::Shared);
    let seen = if cells.is_empty() { all } else { cells.iter().all(open) };
    refuse([(!seen, format!("'{who}' requires shared memory"))])
}

/// What is plugged fits in what can be.
pub fn hotplug(it: &Check<'_>) -> Result<()> {
    let memories = &it.def.devices.memories;
    let Some(max) = &it.def.max_memory else {
        return refuse([(
            !memories.is_empty(),
            "cannot use/hotplug a memory device when domain 'maxMemory' is not defined",
        )]);
    };
    refuse([(
        !it.ppc64() && !it.s390() && cells(it).is_empty(),
        "At least one numa node has to be configured when enabling memory hotplug",
    )])?;
    let slots = max.slots.unwrap_or(0);
    memories.iter().try_for_each(|memory| slot(it, memory, slots))?;
    let needed = memories.iter().filter(|memory| takes_slot(memory)).count();
    let sizes = memories.iter().map(MemoryDevice::size_kib);
    let plugged = sizes.fold(0u64, u64::saturating_add);
    let free = max.kib.saturating_sub(it.def.memory.kib.saturating_sub(plugged));
    refuse([
        (
            needed > slots as usize,
            format!(
                "count of memory devices requiring memory slots '{needed}' exceeds slots count '{slots}'"
            ),
        ),
        (plugged > free, "memory device total size exceeds hotplug space".into()),
    ])
}

fn takes_slot(memory: &MemoryDevice) -> bool {
    matches!(memory.model, Some(MemoryModel::Dimm | MemoryModel::Nvdimm))
}

/// Where a piece is plugged.
fn slot(it: &Check<'_>, memory: &MemoryDevice, slots: u32) -> Result<()> {
    let Some(model) = memory.model else { return Ok(()) };
    let address = memory.info.address.as_ref();
    match (model, address) {
        (MemoryModel::Dimm | MemoryModel::Nvdimm, Some(Address::Dimm { slot, .. })) => {
            refuse([(*slot >= slots, format!("memory device slot '{slot}' exceeds slots count '{slots}'"))])?
        }
        (MemoryModel::Dimm | MemoryModel::Nvdimm, Some(_)) => {
            bail!(Qemu, ConfigUnsupported, "only 'dimm' addresses are supported for the pc-dimm device")
        }
        (MemoryModel::VirtioPmem, address) => {
            return refuse([(
                !matches!(address, None | Some(Address::Pci(_))),
                "only 'pci' addresses are supported for the virtio-pmem device",
            )]);
        }
        (MemoryModel::VirtioMem, address) => refuse([(
            !matches!(address, None | Some(Address::Pci(_) | Address::Ccw(_))),
            format!("only 'pci' and 'ccw' addresses are supported for the {model} device"),
        )])?,
        (MemoryModel::SgxEpc, _) => return Ok(()),
        _ => {}
    }
    let node = memory.target.as_ref().and_then(|target| target.node);
    refuse([(
        !cells(it).is_empty() && node.is_none(),
        "target NUMA node needs to be specified for memory device",
    )])
}

/// A piece that is plugged.
pub fn device(it: &Check<'_>, memory: &MemoryDevice) -> Result<()> {
    let target = memory.target.clone().unwrap_or_default();
    match memory.model {
        Some(MemoryModel::Dimm) => {
            it.needs(Flag::DevicePcDimm, "memory hotplug isn't supported by this QEMU binary")
        }
        Some(MemoryModel::Nvdimm) => refuse([
            (!it.has(Flag::DeviceNvdimm), "nvdimm isn't supported by this QEMU binary"),
            (
                target.readonly && !it.has(Flag::DeviceNvdimmUnarmed),
                "nvdimm readonly property is not available with this QEMU binary",
            ),
        ]),
        Some(MemoryModel::VirtioPmem) => {
            it.needs(Flag::DeviceVirtioPmemPci, "virtio-pmem isn't supported by this QEMU binary")
        }
        Some(MemoryModel::VirtioMem) => virtio_mem(it, memory),
        Some(MemoryModel::SgxEpc) => enclave(it, memory),
        None => Ok(()),
    }
}

/// Memory of which the guest has now more, now less.
fn virtio_mem(it: &Check<'_>, memory: &MemoryDevice) -> Result<()> {
    use vir_xml::YesNo;
    let target = memory.target.clone().unwrap_or_default();
    let (pci, ccw) = match memory.info.address {
        Some(Address::Pci(_)) => (true, false),
        Some(Address::Ccw(_)) => (false, true),
        _ => (false, false),
    };
    let own = memory.source.as_ref().and_then(|source| source.pagesize).map(|size| size.0);
    let pages = it.def.memory_backing.as_ref().and_then(|backing| backing.hugepages.as_ref());
    let boot = pages.map(|pages| pages.pages.first().map_or(0, |page| page.size));
    let other_pages = own.is_some_and(|own| own != 0 && boot.is_some_and(|boot| boot != own));
    refuse([
        (
            pci && !it.has(Flag::DeviceVirtioMemPci) || ccw && !it.has(Flag::DeviceVirtioMemCcw),
            "virtio-mem isn't supported by this QEMU binary",
        ),
        (ccw && other_pages, "virtio-mem-ccw can't use different page size than the boot memory"),
        (ccw && target.node.is_some_and(|node| node != 0), "NUMA nodes are not supported for virtio-mem-ccw"),
        (
            target.dynamic_memslots == Some(YesNo::Yes) && !it.has(Flag::DeviceVirtioMemPciDynamicMemslots),
            "virtio-mem does not support dynamicMemslots",
        ),
    ])
}

/// Memory of enclaves, of which each node of the host has so much.
fn enclave(it: &Check<'_>, memory: &MemoryDevice) -> Result<()> {
    let sections = &it.caps.enclaves;
    refuse([
        (!it.has(Flag::SgxEpc), "sgx epc isn't supported by this QEMU binary"),
        (sections.is_empty(), "this QEMU version didn't provide SGX EPC NUMA info"),
    ])?;
    let nodes = memory.source.as_ref().and_then(|source| source.nodemask.as_ref());
    let nodes: Vec<usize> = nodes.map_or(vec![0], |nodes| nodes.iter().collect());
    let asked = memory.size_kib();
    for node in nodes {
        let size = sections.get(node).copied().unwrap_or(0);
        refuse([(
            asked > size,
            format!("sgx epc size {size} on host node {node} is less than requested size {asked}"),
        )])?;
    }
    Ok(())
}

/// Memory that guests share.
pub fn shmem(it: &Check<'_>, shmem: &Shmem) -> Result<()> {
    let size = shmem.size.map_or(0, |size| size.0);
    if size > 0 && (size < 1 << 20 || !size.is_power_of_two()) {
        bail!(Qemu, XmlError, "shmem size must be a power of 2 and at least 1 MiB (1024 KiB)");
    }
    let model = shmem.model.as_ref().and_then(|model| model.kind).unwrap_or(ShmemModel::Ivshmem);
    let flag = match model {
        ShmemModel::Ivshmem => {
            bail!(Qemu, ConfigUnsupported, "ivshmem device is no longer supported")
        }
        ShmemModel::IvshmemPlain => Flag::DeviceIvshmemPlain,
        ShmemModel::IvshmemDoorbell => Flag::DeviceIvshmemDoorbell,
    };
    it.needs(flag, format!("shmem model '{model}' is not supported by this QEMU binary"))
}
