//! Memory: sizes, the balloon, statistics and a look into the guest.

use crate::driver::Driver;
use vir_api::constants as c;
use vir_api::types::DomainMemoryStat;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain, Result, bail};

const IMPACT: u32 = c::VIR_DOMAIN_AFFECT_LIVE | c::VIR_DOMAIN_AFFECT_CONFIG;

pub(crate) fn maximum(driver: &Driver, dom: &DomainRef) -> Result<u64> {
    driver.with(|state| Ok(state.domains.find(dom)?.current.memory()))
}

pub(crate) fn set(driver: &Driver, dom: &DomainRef, memory: u64, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT | c::VIR_DOMAIN_MEM_MAXIMUM, "testDomainSetMemoryFlags")?;
    driver.with(|state| {
        let (definition, live) = state.domains.find_mut(dom)?.one_mut(flags)?;
        if flags & c::VIR_DOMAIN_MEM_MAXIMUM != 0 {
            if live {
                bail!(Test, OperationInvalid, "cannot resize the maximum memory on an active domain");
            }
            if definition.max_memory().is_some_and(|max| max < memory) {
                bail!(
                    Test,
                    OperationInvalid,
                    "cannot set initial memory size greater than the maximum memory size"
                );
            }
            definition.set_memory(memory);
            let current = definition.current_memory().min(memory);
            definition.set_current_memory(current);
        } else {
            if memory > definition.memory() {
                bail!(Test, InvalidArg, "cannot set memory higher than max memory");
            }
            definition.set_current_memory(memory);
        }
        Ok(())
    })
}

pub(crate) fn set_stats_period(driver: &Driver, dom: &DomainRef, period: i32, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainSetMemoryStatsPeriod")?;
    driver.with(|state| {
        let (definition, _) = state.domains.find_mut(dom)?.one_mut(flags)?;
        if !definition.has_balloon() {
            bail!(
                Test,
                InternalError,
                "No memory balloon device configured, can not set the collection period"
            );
        }
        definition.set_balloon_period(period);
        Ok(())
    })
}

pub(crate) fn stats(driver: &Driver, dom: &DomainRef, max: u32, flags: u32) -> Result<Vec<DomainMemoryStat>> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainMemoryStats")?;
    let memory = driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        Ok(guest.current.has_balloon().then(|| guest.current.current_memory()))
    })?;
    let Some(memory) = memory else { return Ok(vec![]) };
    let values = [
        (c::VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, memory),
        (c::VIR_DOMAIN_MEMORY_STAT_SWAP_IN, 0),
        (c::VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, 0),
        (c::VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, 0),
        (c::VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, 0),
        (c::VIR_DOMAIN_MEMORY_STAT_UNUSED, memory / 2),
        (c::VIR_DOMAIN_MEMORY_STAT_AVAILABLE, memory),
        (c::VIR_DOMAIN_MEMORY_STAT_USABLE, memory / 2),
        (c::VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE, 627_319_920),
        (c::VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, memory / 8),
        (c::VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC, 0),
        (c::VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL, 0),
        (c::VIR_DOMAIN_MEMORY_STAT_RSS, memory / 2),
    ];
    let room = usize::try_from(max).unwrap_or(usize::MAX);
    Ok(values.into_iter().take(room).map(|(tag, val)| DomainMemoryStat { tag, val }).collect())
}

/// The guest's memory counts up, byte by byte, from the low byte of the address.
pub(crate) fn peek(driver: &Driver, dom: &DomainRef, start: u64, size: u32, flags: u32) -> Result<Vec<u8>> {
    let kinds = c::VIR_MEMORY_VIRTUAL | c::VIR_MEMORY_PHYSICAL;
    check_flags(ErrorDomain::Test, flags, kinds, "testDomainMemoryPeek")?;
    if flags != c::VIR_MEMORY_VIRTUAL && flags != c::VIR_MEMORY_PHYSICAL {
        bail!(Test, InvalidArg, "flags parameter must be VIR_MEMORY_VIRTUAL or VIR_MEMORY_PHYSICAL");
    }
    driver.with(|state| state.domains.find(dom)?.check_active())?;
    let first = start.to_le_bytes()[0];
    Ok((0..size).map(|i| first.wrapping_add(i.to_le_bytes()[0])).collect())
}
