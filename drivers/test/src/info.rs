//! What a domain is and does: information, state, documents, clock, messages.

use crate::driver::Driver;
use crate::guest::Guest;
use std::time::{SystemTime, UNIX_EPOCH};
use vir_api::constants as c;
use vir_api::types::{
    DomainGetControlInfoRet, DomainGetInfoRet, DomainGetSecurityLabelRet, DomainGetStateRet,
    DomainGetTimeRet, NodeGetSecurityModelRet,
};
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain, Result, TypedParam, bail};

/// Microseconds since the epoch: what all counters of this driver are made from.
pub(crate) fn now_micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

pub(crate) fn info(driver: &Driver, dom: &DomainRef) -> Result<DomainGetInfoRet> {
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        Ok(DomainGetInfoRet {
            state: u8::try_from(guest.state).unwrap_or(0),
            max_mem: guest.current.memory(),
            memory: guest.current.current_memory(),
            nr_virt_cpu: u16::try_from(guest.current.vcpus_online()).unwrap_or(u16::MAX),
            cpu_time: now_micros().saturating_mul(1000),
        })
    })
}

pub(crate) fn state(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<DomainGetStateRet> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainGetState")?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        Ok(DomainGetStateRet { state: guest.state, reason: guest.reason })
    })
}

pub(crate) fn xml(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<String> {
    let common = c::VIR_DOMAIN_XML_SECURE | c::VIR_DOMAIN_XML_INACTIVE | c::VIR_DOMAIN_XML_MIGRATABLE;
    check_flags(ErrorDomain::Test, flags, common, "testDomainGetXMLDesc")?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        Ok(match &guest.next {
            Some(next) if flags & c::VIR_DOMAIN_XML_INACTIVE != 0 => next.to_xml(None, flags),
            _ => guest.current.to_xml(guest.is_active().then_some(guest.id), flags),
        })
    })
}

/// The state of the control channel follows the guest's clock, so that a test can have any of them.
pub(crate) fn control(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<DomainGetControlInfoRet> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainGetControlInfo")?;
    let seconds = driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        Ok(guest.clock.0)
    })?;
    // before the epoch counts as an endless occupation, with the time that is left out of its unsigned type
    let (state, details, since) = match seconds {
        1..10_000 => (c::VIR_DOMAIN_CONTROL_JOB, 0, 0),
        10_000..30_000 => (c::VIR_DOMAIN_CONTROL_OCCUPIED, 0, 10_000),
        30_000..60_000 => (c::VIR_DOMAIN_CONTROL_ERROR, seconds % 4, 30_000),
        _ => return Ok(DomainGetControlInfoRet::default()),
    };
    Ok(DomainGetControlInfoRet {
        state: state.cast_unsigned(),
        details: u32::try_from(details).unwrap_or(0),
        state_time: (seconds - since).cast_unsigned(),
    })
}

pub(crate) fn time(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<DomainGetTimeRet> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainGetTime")?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        if guest.state != c::VIR_DOMAIN_RUNNING {
            bail!(Test, OperationInvalid, "domain is not running");
        }
        Ok(DomainGetTimeRet { seconds: guest.clock.0, nseconds: guest.clock.1 })
    })
}

pub(crate) fn set_time(
    driver: &Driver,
    dom: &DomainRef,
    seconds: i64,
    nseconds: u32,
    flags: u32,
) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, c::VIR_DOMAIN_TIME_SYNC, "testDomainSetTime")?;
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        guest.check_active()?;
        guest.clock = (seconds, nseconds);
        Ok(())
    })
}

pub(crate) fn os_type(_: &Driver, _: &DomainRef) -> Result<String> {
    Ok("linux".to_owned())
}

pub(crate) fn is_updated(_: &Driver, _: &DomainRef) -> Result<i32> {
    Ok(0)
}

pub(crate) fn hostname(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<String> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainGetHostname")?;
    driver.with(|state| {
        state.domains.find(dom)?.check_active()?;
        Ok(format!("{}host", dom.name))
    })
}

pub(crate) fn messages(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<String>> {
    let tainting = c::VIR_DOMAIN_MESSAGE_TAINTING.cast_unsigned();
    let supported = tainting
        | c::VIR_DOMAIN_MESSAGE_DEPRECATION.cast_unsigned()
        | c::VIR_DOMAIN_MESSAGE_IOERRORS.cast_unsigned();
    check_flags(ErrorDomain::Test, flags, supported, "testDomainGetMessages")?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        let wanted = flags == 0 || flags & tainting != 0;
        let taints = guest.taints.iter().filter(|_| wanted);
        Ok(taints.map(|taint| format!("tainted: {taint}")).collect())
    })
}

pub(crate) fn launch_security(_: &Driver, _: &DomainRef, flags: u32) -> Result<Vec<TypedParam>> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainGetLaunchSecurityInfo")?;
    Ok(vec![])
}

pub(crate) fn security_label(driver: &Driver, dom: &DomainRef) -> Result<DomainGetSecurityLabelRet> {
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        Ok(match guest.is_active() {
            true => DomainGetSecurityLabelRet { label: c_string("libvirt-test"), enforcing: 1 },
            false => DomainGetSecurityLabelRet { label: c_string(""), enforcing: 0 },
        })
    })
}

pub(crate) fn security_model(_: &Driver) -> Result<NodeGetSecurityModelRet> {
    Ok(NodeGetSecurityModelRet { model: c_string("testSecurity"), doi: c_string("") })
}

/// Labels travel as character arrays that end in NUL.
fn c_string(text: &str) -> Vec<u8> {
    [text.as_bytes(), &[0]].concat()
}

/// Runs `check` on a domain that must exist and run: what calls do that have no effect here.
pub(crate) fn on_active(
    driver: &Driver,
    dom: &DomainRef,
    check: impl FnOnce(&Guest) -> Result<()>,
) -> Result<()> {
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        check(guest)
    })
}
