//! Virtual processors: how many, and where they run.

use crate::cpumask;
use crate::driver::Driver;
use crate::info::now_micros;
use vir_api::constants as c;
use vir_api::types::{DomainGetEmulatorPinInfoRet, DomainGetVcpuPinInfoRet, DomainGetVcpusRet, VcpuInfo};
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain, Result, bail};

const IMPACT: u32 = c::VIR_DOMAIN_AFFECT_LIVE | c::VIR_DOMAIN_AFFECT_CONFIG;

/// The most that a domain can have.
pub(crate) const MAX_VCPUS: i32 = 32;

pub(crate) fn count(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<i32> {
    let supported = IMPACT | c::VIR_DOMAIN_VCPU_MAXIMUM;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainGetVcpusFlags")?;
    driver.with(|state| {
        let (definition, _) = state.domains.find(dom)?.one(flags)?;
        let count = match flags & c::VIR_DOMAIN_VCPU_MAXIMUM {
            0 => definition.vcpus_online(),
            _ => definition.vcpus_max(),
        };
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    })
}

pub(crate) fn set_count(driver: &Driver, dom: &DomainRef, count: u32, flags: u32) -> Result<()> {
    let supported = IMPACT | c::VIR_DOMAIN_VCPU_MAXIMUM;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainSetVcpusFlags")?;
    if i64::from(count) > i64::from(MAX_VCPUS) {
        bail!(
            Test,
            InvalidArg,
            "requested cpu amount exceeds maximum supported amount ({count} > {MAX_VCPUS})"
        );
    }
    let change_maximum = flags & c::VIR_DOMAIN_VCPU_MAXIMUM != 0;
    driver.with(|state| {
        let (live, config) = state.domains.find_mut(dom)?.both_mut(flags)?;
        let bounded = [live.as_deref(), config.as_deref().filter(|_| !change_maximum)];
        for definition in bounded.into_iter().flatten() {
            let max = definition.vcpus_max();
            if max < count {
                bail!(Test, InvalidArg, "requested cpu amount exceeds maximum ({count} > {max})");
            }
        }
        if let Some(live) = live {
            live.set_vcpus_online(count);
        }
        match config {
            Some(config) if change_maximum => config.set_vcpus_max(count),
            Some(config) => config.set_vcpus_online(count),
            None => {}
        }
        Ok(())
    })
}

pub(crate) fn list(driver: &Driver, dom: &DomainRef, max: i32, maplen: i32) -> Result<DomainGetVcpusRet> {
    let host = driver.host.max_cpus();
    let maplen = usize::try_from(maplen).unwrap_or(0);
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        if !guest.is_active() {
            bail!(Test, OperationInvalid, "cannot list vcpus for an inactive domain");
        }
        let count = u32::try_from(max).unwrap_or(0).min(guest.current.vcpus_online());
        let mut ret = DomainGetVcpusRet::default();
        for number in 0..count {
            let mask = guest.current.vcpu_mask(number).unwrap_or_else(|| cpumask::first(host));
            ret.info.push(VcpuInfo {
                number,
                state: c::VIR_VCPU_RUNNING,
                cpu_time: now_micros() / 10,
                cpu: cpumask::last(&mask),
            });
            ret.cpumaps.extend(cpumask::to_data(&mask, maplen));
        }
        Ok(ret)
    })
}

pub(crate) fn pin(driver: &Driver, dom: &DomainRef, vcpu: u32, cpumap: &[u8], flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainPinVcpuFlags")?;
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        if !guest.is_active() {
            bail!(Test, OperationInvalid, "cannot pin vcpus on an inactive domain");
        }
        if vcpu >= guest.current.vcpus_online() {
            bail!(Test, InvalidArg, "requested vcpu '{vcpu}' is not present in the domain");
        }
        guest.current.tuning.vcpu_pins.insert(vcpu, cpumask::from_data(cpumap));
        Ok(())
    })
}

pub(crate) fn pin_info(
    driver: &Driver,
    dom: &DomainRef,
    count: i32,
    maplen: i32,
    flags: u32,
) -> Result<DomainGetVcpuPinInfoRet> {
    let host = driver.host.max_cpus();
    let maplen = usize::try_from(maplen).unwrap_or(0);
    driver.with(|state| {
        let (definition, _) = state.domains.find(dom)?.one(flags)?;
        let count = u32::try_from(count).unwrap_or(0).min(definition.vcpus_max());
        let mut ret =
            DomainGetVcpuPinInfoRet { num: i32::try_from(count).unwrap_or(0), ..Default::default() };
        for number in 0..count {
            let mask = definition.vcpu_mask(number).unwrap_or_else(|| cpumask::first(host));
            ret.cpumaps.extend(cpumask::to_data(&mask, maplen));
        }
        Ok(ret)
    })
}

pub(crate) fn pin_emulator(driver: &Driver, dom: &DomainRef, cpumap: &[u8], flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainPinEmulator")?;
    driver.with(|state| {
        let (definition, _) = state.domains.find_mut(dom)?.one_mut(flags)?;
        let mask = cpumask::from_data(cpumap);
        if mask.is_empty() {
            bail!(Test, InvalidArg, "Empty cpu list for pinning");
        }
        definition.tuning.emulator_pin = Some(mask);
        Ok(())
    })
}

pub(crate) fn emulator_pin_info(
    driver: &Driver,
    dom: &DomainRef,
    maplen: i32,
    flags: u32,
) -> Result<DomainGetEmulatorPinInfoRet> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainGetEmulatorPinInfo")?;
    let host = driver.host.max_cpus();
    let maplen = usize::try_from(maplen).unwrap_or(0);
    driver.with(|state| {
        let (definition, _) = state.domains.find(dom)?.one(flags)?;
        let mask = definition.emulator_mask().unwrap_or_else(|| cpumask::first(host));
        Ok(DomainGetEmulatorPinInfoRet { cpumaps: cpumask::to_data(&mask, maplen), ret: 1 })
    })
}
