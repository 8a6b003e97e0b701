//! Title, description and the `<metadata>` element.

use crate::driver::Driver;
use vir_api::constants as c;
use vir_api::event::DomainEvent;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain, Result, bail, err};

const IMPACT: u32 = c::VIR_DOMAIN_AFFECT_LIVE | c::VIR_DOMAIN_AFFECT_CONFIG;

pub(crate) fn get(
    driver: &Driver,
    dom: &DomainRef,
    kind: i32,
    uri: Option<&str>,
    flags: u32,
) -> Result<String> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainGetMetadata")?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        check_kind(kind)?;
        let (definition, _) = guest.one(flags)?;
        let found = match kind {
            c::VIR_DOMAIN_METADATA_DESCRIPTION => definition.description().map(str::to_owned),
            c::VIR_DOMAIN_METADATA_TITLE => definition.title().map(str::to_owned),
            _ => definition.metadata(uri.unwrap_or_default()),
        };
        found.ok_or_else(|| err!(Domain, NoDomainMetadata, "Requested metadata element is not present"))
    })
}

pub(crate) fn set(
    driver: &Driver,
    dom: &DomainRef,
    kind: i32,
    metadata: Option<&str>,
    key: Option<&str>,
    uri: Option<&str>,
    flags: u32,
) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, IMPACT, "testDomainSetMetadata")?;
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        let (live, config) = guest.both_mut(flags)?;
        for definition in [live, config].into_iter().flatten() {
            check_kind(kind)?;
            match kind {
                c::VIR_DOMAIN_METADATA_DESCRIPTION => definition.set_description(metadata),
                c::VIR_DOMAIN_METADATA_TITLE => definition.set_title(metadata),
                _ => definition.set_metadata(uri.unwrap_or_default(), key.unwrap_or_default(), metadata)?,
            }
        }
        let dom = guest.reference();
        state.happened(dom, DomainEvent::MetadataChange { kind, nsuri: uri.map(str::to_owned) });
        Ok(())
    })
}

fn check_kind(kind: i32) -> Result<()> {
    if !(0..c::VIR_DOMAIN_METADATA_LAST).contains(&kind) {
        bail!(Domain, InvalidArg, "unknown metadata type '{kind}'");
    }
    Ok(())
}
