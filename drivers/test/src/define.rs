//! Configurations that come, go and change their name.

use crate::definition::Definition;
use crate::domains::Adding;
use crate::driver::Driver;
use vir_api::constants as c;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain, Result, bail};

pub(crate) fn define(driver: &Driver, xml: &str, flags: u32) -> Result<DomainRef> {
    check_flags(ErrorDomain::Test, flags, c::VIR_DOMAIN_DEFINE_VALIDATE, "testDomainDefineXMLFlags")?;
    if flags & c::VIR_DOMAIN_DEFINE_VALIDATE != 0 {
        vir_schema::require("domain", ErrorDomain::Domain, xml)?;
    }
    let mut definition = Definition::parse(xml)?;
    if definition.name().contains('\n') {
        bail!(Xml, XmlDetail, "invalid char in name: \n");
    }
    definition.name_interfaces()?;
    driver.with(|state| {
        let (guest, replaced) = state.domains.add(definition, Adding::Config)?;
        guest.persistent = true;
        let dom = guest.reference();
        let detail = match replaced {
            true => c::VIR_DOMAIN_EVENT_DEFINED_UPDATED,
            false => c::VIR_DOMAIN_EVENT_DEFINED_ADDED,
        };
        state.lifecycle(dom.clone(), c::VIR_DOMAIN_EVENT_DEFINED, detail);
        Ok(dom)
    })
}

pub(crate) fn undefine(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<()> {
    let supported = c::VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | c::VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainUndefineFlags")?;
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        if guest.managed_save && flags & c::VIR_DOMAIN_UNDEFINE_MANAGED_SAVE == 0 {
            bail!(Test, OperationInvalid, "Refusing to undefine while domain managed save image exists");
        }
        let snapshots = guest.snapshots.len();
        if !guest.is_active() && snapshots > 0 && flags & c::VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA == 0 {
            bail!(Test, OperationInvalid, "cannot delete inactive domain with {snapshots} snapshots");
        }
        guest.managed_save = false;
        let (dom, active) = (guest.reference(), guest.is_active());
        guest.persistent = false;
        if !active {
            state.domains.remove(&dom.uuid);
        }
        state.lifecycle(dom, c::VIR_DOMAIN_EVENT_UNDEFINED, c::VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
        Ok(())
    })
}

pub(crate) fn rename(driver: &Driver, dom: &DomainRef, new_name: Option<&str>, flags: u32) -> Result<i32> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainRename")?;
    let new_name = new_name.unwrap_or_default();
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        if guest.is_active() {
            bail!(Test, OperationInvalid, "cannot rename active domain");
        }
        if !guest.persistent {
            bail!(Test, OperationInvalid, "cannot rename a transient domain");
        }
        if guest.state != c::VIR_DOMAIN_SHUTOFF {
            bail!(Test, OperationInvalid, "domain has to be shutoff before renaming");
        }
        if guest.name() == new_name {
            bail!(Domain, OperationInvalid, "Can't rename domain to itself");
        }
        if state.domains.by_name(new_name).is_some() {
            bail!(Domain, OperationInvalid, "domain with name '{new_name}' already exists");
        }
        if new_name.contains('/') {
            bail!(Test, XmlError, "name {new_name} cannot contain '/'");
        }
        let guest = state.domains.find_mut(dom)?;
        let old = guest.reference();
        guest.current.set_name(new_name);
        let new = guest.reference();
        state.lifecycle(old, c::VIR_DOMAIN_EVENT_UNDEFINED, c::VIR_DOMAIN_EVENT_UNDEFINED_RENAMED);
        state.lifecycle(new, c::VIR_DOMAIN_EVENT_DEFINED, c::VIR_DOMAIN_EVENT_DEFINED_RENAMED);
        Ok(0)
    })
}

/// Names of `virDomainLifecycle` and of `virDomainLifecycleAction`.
const LIFECYCLES: [&str; 3] = ["poweroff", "reboot", "crash"];
const ACTIONS: [&str; 6] =
    ["destroy", "restart", "rename-restart", "preserve", "coredump-destroy", "coredump-restart"];

pub(crate) fn set_lifecycle_action(
    driver: &Driver,
    dom: &DomainRef,
    kind: u32,
    action: u32,
    flags: u32,
) -> Result<()> {
    let impact = c::VIR_DOMAIN_AFFECT_LIVE | c::VIR_DOMAIN_AFFECT_CONFIG;
    check_flags(ErrorDomain::Test, flags, impact, "testDomainSetLifecycleAction")?;
    let name = |names: &[&'static str], number: u32| {
        usize::try_from(number).ok().and_then(|number| names.get(number).copied())
    };
    let (Some(kind_name), Some(action_name)) = (name(&LIFECYCLES, kind), name(&ACTIONS, action)) else {
        bail!(Domain, InvalidArg, "unknown lifecycle event or action");
    };
    // only a crash leaves something to dump
    if kind != c::VIR_DOMAIN_LIFECYCLE_CRASH.cast_unsigned()
        && action >= c::VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY.cast_unsigned()
    {
        bail!(
            Domain,
            ConfigUnsupported,
            "Lifecycle event '{kind_name}' doesn't support '{action_name}' action"
        );
    }
    driver.with(|state| {
        let (live, config) = state.domains.find_mut(dom)?.both_mut(flags)?;
        for definition in [live, config].into_iter().flatten() {
            definition.set_lifecycle_action(kind.cast_signed(), action.cast_signed());
        }
        Ok(())
    })
}
