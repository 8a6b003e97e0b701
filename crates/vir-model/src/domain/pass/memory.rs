//! Memory: how much there is in all, how much the guest is to use, and how far it can grow.

use crate::domain::Domain;
use crate::domain::memory::Kib;
use vir_base::{Result, bail};

/// Settles the amounts; with `abi_update`, the guest's nodes count for more than `<memory>`.
///
/// # Errors
/// No memory, or amounts that contradict each other.
pub fn settle(domain: &mut Domain, abi_update: bool) -> Result<()> {
    let plugged: u64 = domain.devices.memories.iter().map(|memory| memory.size_kib()).sum();
    let numa = domain.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref()).map_or(0, |numa| numa.memory());
    // where the document does not say, or may be changed, the guest's nodes make up its memory
    if numa > 0 && (domain.memory.kib == 0 || abi_update) {
        domain.memory.kib = numa.saturating_add(plugged);
    } else if plugged > domain.memory.kib {
        bail!(Domain, XmlError, "Total size of memory devices exceeds the total memory size");
    }
    let total = domain.memory.kib;
    if total == plugged {
        bail!(Domain, XmlError, "Memory size must be specified via <memory> or in the <numa> configuration");
    }
    // more than there is, and none at all, mean all of it
    let current = domain.current_memory.map_or(total, |m| m.0);
    domain.current_memory = Some(Kib(if current == 0 || current > total { total } else { current }));
    domain.max_memory.take_if(|max| max.kib == 0 && max.slots.is_none());
    if let Some(max) = &domain.max_memory {
        if max.kib == 0 {
            bail!(
                Domain,
                XmlError,
                "maximum memory size must be specified when specifying number of memory slots"
            );
        }
        if max.kib < total {
            bail!(
                Domain,
                XmlError,
                "maximum memory size must be equal or greater than the actual memory size"
            );
        }
    }
    pages(domain);
    Ok(())
}

/// Without nodes of the guest's own, pages for node 0 are for all.
fn pages(domain: &mut Domain) {
    if domain.cpu.as_ref().is_some_and(|cpu| cpu.numa.is_some()) {
        return;
    }
    let pages = domain.memory_backing.iter_mut().filter_map(|backing| backing.hugepages.as_mut());
    for page in pages.flat_map(|pages| &mut pages.pages) {
        page.nodeset.take_if(|nodes| nodes.iter().all(|node| node == 0));
    }
}
