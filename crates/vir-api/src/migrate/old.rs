//! The first two protocols.

use super::{FEATURE_XML_MIGRATABLE, ONLY_SOURCE, PAUSED, Side, Wishes, unsupported};
use crate::constants::*;
use vir_base::refs::DomainRef;
use vir_base::{Result, err};

/// Flags of one that is paused.
fn flags(source: Side<'_>, dom: &DomainRef, wishes: &Wishes) -> u32 {
    let info = source.conn.hypervisor.domain_get_info(source.caller, dom);
    let paused = info.is_ok_and(|ret| i32::from(ret.state) == PAUSED);
    wishes.flags | if paused { VIR_MIGRATE_PAUSED } else { 0 }
}

pub(super) fn first(
    source: Side<'_>,
    dom: &DomainRef,
    target: Side<'_>,
    wishes: &Wishes,
) -> Result<DomainRef> {
    let flags = flags(source, dom, wishes);
    let target_flags = u64::from(flags & !ONLY_SOURCE);
    let (from, to) = (&source.conn.hypervisor, &target.conn.hypervisor);
    let (name, bandwidth) = (wishes.name()?, wishes.bandwidth()?);
    let ret = to.domain_migrate_prepare(target.caller, wishes.uri()?, target_flags, name, bandwidth)?;
    let unset = || err!(Domain, InternalError, "domainMigratePrepare did not set uri");
    let uri = ret.uri_out.as_deref().or(wishes.uri()?).ok_or_else(unset)?;
    from.domain_migrate_perform(source.caller, dom, &ret.cookie, uri, flags.into(), name, bandwidth)?;
    let name = name.unwrap_or(&dom.name);
    to.domain_migrate_finish(target.caller, name, &ret.cookie, uri, target_flags)
}

pub(super) fn second(
    source: Side<'_>,
    dom: &DomainRef,
    target: Side<'_>,
    wishes: &Wishes,
) -> Result<DomainRef> {
    let (from, to) = (&source.conn.hypervisor, &target.conn.hypervisor);
    let document = match source.has(FEATURE_XML_MIGRATABLE) {
        true => VIR_DOMAIN_XML_MIGRATABLE,
        false => VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_UPDATE_CPU,
    };
    let xml = from.domain_get_xml_desc(source.caller, dom, document)?;
    let flags = flags(source, dom, wishes);
    let target_flags = u64::from(flags & !ONLY_SOURCE);
    let (name, bandwidth) = (wishes.name()?, wishes.bandwidth()?);
    let ret =
        to.domain_migrate_prepare2(target.caller, wishes.uri()?, target_flags, name, bandwidth, &xml)?;
    let uri = ret.uri_out.as_deref().or(wishes.uri()?);
    let performed = match uri {
        None => Err(err!(Domain, InternalError, "domainMigratePrepare2 did not set uri")),
        Some(uri) => {
            from.domain_migrate_perform(source.caller, dom, &ret.cookie, uri, flags.into(), name, bandwidth)
        }
    };
    // the target has prepared and must be told how it went
    let (name, uri) = (name.unwrap_or(&dom.name), uri.unwrap_or_default());
    let cancelled = i32::from(performed.is_err());
    let finished = to.domain_migrate_finish2(target.caller, name, &ret.cookie, uri, target_flags, cancelled);
    match (performed, finished) {
        (_, Ok(dom)) => Ok(dom),
        (Err(error), _) | (Ok(()), Err(error)) => Err(error),
    }
}

/// The one step of both on the source alone.
pub(super) fn alone(source: Side<'_>, dom: &DomainRef, daemon: Option<&str>, wishes: &Wishes) -> Result<()> {
    if !wishes.only(&[VIR_MIGRATE_PARAM_DEST_NAME, VIR_MIGRATE_PARAM_BANDWIDTH, VIR_MIGRATE_PARAM_URI]) {
        return Err(unsupported("Some parameters are not supported by migration protocol 2"));
    }
    if daemon.is_some() && wishes.uri()?.is_some() {
        return Err(err!(Domain, InternalError, "Unable to override peer2peer migration URI"));
    }
    let uri = daemon.or(wishes.uri()?).unwrap_or_default();
    let (flags, name, bandwidth) = (wishes.flags.into(), wishes.name()?, wishes.bandwidth()?);
    source.conn.hypervisor.domain_migrate_perform(source.caller, dom, &[], uri, flags, name, bandwidth)
}
