//! I/O threads.

use crate::cpumask;
use crate::driver::Driver;
use crate::guest::{Guest, IoThread};
use crate::params::{Kind, check, uint, ullong};
use vir_api::constants as c;
use vir_api::types::{DomainGetIoThreadInfoRet, DomainIothreadInfo};
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain, Result, TypedParam, bail};

const IMPACT: u32 = c::VIR_DOMAIN_AFFECT_LIVE | c::VIR_DOMAIN_AFFECT_CONFIG;

/// Nanoseconds of busy polling that a new thread has at most.
const POLL_MAX_NS: u64 = 32_768;

pub(crate) fn info(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<DomainGetIoThreadInfoRet> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainGetIOThreadInfo")?;
    driver.with(|state| {
        let (definition, _) = state.domains.find(dom)?.one(flags)?;
        let info = definition.tuning.iothreads.iter().map(|(id, pin)| {
            let mask = definition.iothread_mask(pin.as_ref());
            let bytes = mask.last().map_or(0, |last| last / 8 + 1);
            let cpumap = cpumask::to_data(&mask, usize::try_from(bytes).unwrap_or(0));
            DomainIothreadInfo { iothread_id: *id, cpumap }
        });
        let info: Vec<_> = info.collect();
        let ret = u32::try_from(info.len()).unwrap_or(u32::MAX);
        Ok(DomainGetIoThreadInfoRet { info, ret })
    })
}

pub(crate) fn add(driver: &Driver, dom: &DomainRef, id: u32, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainAddIOThread")?;
    check_id(id)?;
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        let (definition, _) = guest.one_mut(flags)?;
        if definition.tuning.iothreads.iter().any(|(known, _)| *known == id) {
            bail!(Domain, InvalidArg, "an IOThread is already using iothread_id '{id}'");
        }
        definition.tuning.iothreads.push((id, None));
        guest.iothreads.push(IoThread { id, poll_max_ns: POLL_MAX_NS, poll_grow: 0, poll_shrink: 0 });
        Ok(())
    })
}

pub(crate) fn remove(driver: &Driver, dom: &DomainRef, id: u32, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainDelIOThread")?;
    check_id(id)?;
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        let (definition, _) = guest.one_mut(flags)?;
        let threads = &mut definition.tuning.iothreads;
        let Some(at) = threads.iter().position(|(known, _)| *known == id) else {
            bail!(Domain, InvalidArg, "cannot find IOThread '{id}' in iothreadids list");
        };
        threads.remove(at);
        if let Some(at) = guest.iothreads.iter().position(|thread| thread.id == id) {
            guest.iothreads.remove(at);
        }
        Ok(())
    })
}

pub(crate) fn pin(driver: &Driver, dom: &DomainRef, id: u32, cpumap: &[u8], flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainPinIOThread")?;
    driver.with(|state| {
        let (definition, _) = state.domains.find_mut(dom)?.one_mut(flags)?;
        let mask = cpumask::from_data(cpumap);
        if mask.is_empty() {
            bail!(Test, InvalidArg, "Empty iothread cpumap list for pinning");
        }
        match definition.tuning.iothreads.iter_mut().find(|(known, _)| *known == id) {
            Some((_, pin)) => *pin = Some(mask),
            None => bail!(Test, InvalidArg, "iothreadid {id} not found"),
        }
        Ok(())
    })
}

pub(crate) fn set(
    driver: &Driver,
    dom: &DomainRef,
    id: u32,
    params: &[TypedParam],
    flags: u32,
) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, c::VIR_DOMAIN_AFFECT_LIVE, "testDomainSetIOThreadParams")?;
    check_id(id)?;
    driver.with(|state| {
        let guest: &mut Guest = state.domains.find_mut(dom)?;
        let (definition, _) = guest.one(flags)?;
        if !definition.tuning.iothreads.iter().any(|(known, _)| *known == id) {
            bail!(Test, InvalidArg, "cannot find IOThread '{id}' in iothreadids");
        }
        let known = [
            (c::VIR_DOMAIN_IOTHREAD_POLL_MAX_NS, Kind::Ullong),
            (c::VIR_DOMAIN_IOTHREAD_POLL_GROW, Kind::Uint),
            (c::VIR_DOMAIN_IOTHREAD_POLL_SHRINK, Kind::Uint),
        ];
        check(params, &known)?;
        if let Some(thread) = guest.iothreads.iter_mut().find(|thread| thread.id == id) {
            let [(max, _), (grow, _), (shrink, _)] = known;
            thread.poll_max_ns = ullong(params, max).unwrap_or(thread.poll_max_ns);
            thread.poll_grow = uint(params, grow).unwrap_or(thread.poll_grow);
            thread.poll_shrink = uint(params, shrink).unwrap_or(thread.poll_shrink);
        }
        Ok(())
    })
}

fn check_id(id: u32) -> Result<()> {
    match id {
        0 => bail!(Test, InvalidArg, "invalid value of 0 for iothread_id"),
        _ => Ok(()),
    }
}
