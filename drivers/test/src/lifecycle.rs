//! Starting, stopping, pausing and resuming domains.

use crate::definition::Definition;
use crate::domains::Adding;
use crate::driver::{Driver, State};
use vir_api::constants as c;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain, Result, bail};

pub(crate) fn create_xml(driver: &Driver, xml: &str, flags: u32) -> Result<DomainRef> {
    check_flags(ErrorDomain::Test, flags, c::VIR_DOMAIN_START_VALIDATE, "testDomainCreateXML")?;
    if flags & c::VIR_DOMAIN_START_VALIDATE != 0 {
        vir_schema::require("domain", ErrorDomain::Domain, xml)?;
    }
    let definition = Definition::parse(xml)?;
    driver.with(|state| {
        run(state, definition, c::VIR_DOMAIN_RUNNING_BOOTED, c::VIR_DOMAIN_EVENT_STARTED_BOOTED)
    })
}

/// Starts what arrived with its definition, from a client or from an image.
pub(crate) fn run(
    state: &mut State,
    mut definition: Definition,
    reason: i32,
    detail: i32,
) -> Result<DomainRef> {
    definition.name_interfaces()?;
    let uuid = definition.uuid();
    state.domains.add(definition, Adding::Live)?;
    let dom = start(state, &DomainRef { uuid, ..Default::default() }, reason)?;
    state.lifecycle(dom.clone(), c::VIR_DOMAIN_EVENT_STARTED, detail);
    Ok(dom)
}

fn start(state: &mut State, dom: &DomainRef, reason: i32) -> Result<DomainRef> {
    state.domains.find(dom)?;
    let id = state.take_id();
    let guest = state.domains.find_mut(dom)?;
    guest.start(id, reason);
    Ok(guest.reference())
}

pub(crate) fn create(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<DomainRef> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainCreateWithFlags")?;
    driver.with(|state| {
        if state.domains.find(dom)?.state != c::VIR_DOMAIN_SHUTOFF {
            bail!(Test, InternalError, "Domain '{}' is already running", dom.name);
        }
        let dom = start(state, dom, c::VIR_DOMAIN_RUNNING_BOOTED)?;
        state.lifecycle(dom.clone(), c::VIR_DOMAIN_EVENT_STARTED, c::VIR_DOMAIN_EVENT_STARTED_BOOTED);
        Ok(dom)
    })
}

pub(crate) fn boot(driver: &Driver, dom: &DomainRef) -> Result<()> {
    create(driver, dom, 0).map(drop)
}

/// The domain has stopped: says so, and forgets it if it has no configuration.
pub(crate) fn stopped(state: &mut State, dom: &DomainRef, reason: i32, detail: i32) -> Result<()> {
    let guest = state.domains.find_mut(dom)?;
    guest.stop(reason);
    let (dom, persistent) = (guest.reference(), guest.persistent);
    if !persistent {
        state.domains.remove(&dom.uuid);
    }
    state.lifecycle(dom, c::VIR_DOMAIN_EVENT_STOPPED, detail);
    Ok(())
}

pub(crate) fn destroy(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, c::VIR_DOMAIN_DESTROY_GRACEFUL, "testDomainDestroyFlags")?;
    driver.with(|state| {
        state.domains.find(dom)?.check_active()?;
        stopped(state, dom, c::VIR_DOMAIN_SHUTOFF_DESTROYED, c::VIR_DOMAIN_EVENT_STOPPED_DESTROYED)
    })
}

pub(crate) fn shutdown(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainShutdownFlags")?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        if guest.state == c::VIR_DOMAIN_SHUTOFF {
            bail!(Test, InternalError, "domain '{}' not running", dom.name);
        }
        let action = guest.current.lifecycle_action(c::VIR_DOMAIN_LIFECYCLE_POWEROFF);
        act(state, dom, action)
    })
}

pub(crate) fn reboot(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<()> {
    let supported = c::VIR_DOMAIN_REBOOT_ACPI_POWER_BTN
        | c::VIR_DOMAIN_REBOOT_GUEST_AGENT
        | c::VIR_DOMAIN_REBOOT_INITCTL
        | c::VIR_DOMAIN_REBOOT_SIGNAL
        | c::VIR_DOMAIN_REBOOT_PARAVIRT;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainReboot")?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        let action = guest.current.lifecycle_action(c::VIR_DOMAIN_LIFECYCLE_REBOOT);
        act(state, dom, action)
    })
}

/// Does what the definition says is to be done when the guest ends by itself.
fn act(state: &mut State, dom: &DomainRef, action: i32) -> Result<()> {
    if action == c::VIR_DOMAIN_LIFECYCLE_ACTION_RESTART
        || action == c::VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME
    {
        state.domains.find_mut(dom)?.set_state(c::VIR_DOMAIN_RUNNING, c::VIR_DOMAIN_RUNNING_BOOTED);
        return Ok(());
    }
    stopped(state, dom, c::VIR_DOMAIN_SHUTOFF_SHUTDOWN, c::VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN)
}

pub(crate) fn reset(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainReset")?;
    driver.with(|state| state.domains.find(dom)?.check_active())
}

pub(crate) fn suspend(driver: &Driver, dom: &DomainRef) -> Result<()> {
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        if guest.state == c::VIR_DOMAIN_SHUTOFF || guest.state == c::VIR_DOMAIN_PAUSED {
            bail!(Test, InternalError, "domain '{}' not running", dom.name);
        }
        guest.set_state(c::VIR_DOMAIN_PAUSED, c::VIR_DOMAIN_PAUSED_USER);
        let dom = guest.reference();
        state.lifecycle(dom, c::VIR_DOMAIN_EVENT_SUSPENDED, c::VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
        Ok(())
    })
}

pub(crate) fn resume(driver: &Driver, dom: &DomainRef) -> Result<()> {
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        if guest.state != c::VIR_DOMAIN_PAUSED {
            bail!(Test, InternalError, "domain '{}' not paused", dom.name);
        }
        guest.set_state(c::VIR_DOMAIN_RUNNING, c::VIR_DOMAIN_RUNNING_UNPAUSED);
        let dom = guest.reference();
        state.lifecycle(dom, c::VIR_DOMAIN_EVENT_RESUMED, c::VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
        Ok(())
    })
}
