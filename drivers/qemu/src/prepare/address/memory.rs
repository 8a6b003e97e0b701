//! Slots of memory modules.

use std::collections::BTreeSet;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::info::Address;
use vir_model::domain::device::memdev::MemoryModel;

/// Gives each module a slot.
pub(super) fn assign(def: &mut Domain) -> Result<()> {
    let Some(max) = &def.max_memory else { return Ok(()) };
    let slots = max.slots.unwrap_or(0);
    let slot_of = |address: &Option<Address>| match address {
        Some(Address::Dimm { slot, .. }) => Some(*slot),
        _ => None,
    };
    let taken: BTreeSet<u32> =
        def.devices.memories.iter().filter_map(|memory| slot_of(&memory.info.address)).collect();
    let mut free = (0..slots).filter(|slot| !taken.contains(slot));
    for memory in &mut def.devices.memories {
        let module = matches!(memory.model, Some(MemoryModel::Dimm | MemoryModel::Nvdimm));
        if !module || slot_of(&memory.info.address).is_some() {
            continue;
        }
        let Some(slot) = free.next() else {
            bail!(Qemu, InternalError, "failed to find an empty memory slot");
        };
        memory.info.address = Some(Address::Dimm { slot, base: None });
    }
    Ok(())
}
