//! Moments of a domain: snapshots and checkpoints. Only what is told of them is kept; no disk is touched.

pub(crate) mod checkpoints;
pub(crate) mod revert;
pub(crate) mod snapshots;
pub(crate) mod tree;

use crate::definition::Definition;
use std::time::{SystemTime, UNIX_EPOCH};
use vir_base::{Error, ErrorDomain, Result};
use vir_model::domain::Domain;
use vir_model::moment::Moment;
use vir_xml::Element;

/// A flag with its name in the API.
type Flag = (u32, &'static str);

/// Refuses two flags at once, as the API does for all drivers.
fn exclusive(domain: ErrorDomain, function: &str, flags: u32, one: Flag, other: Flag) -> Result<()> {
    if flags & one.0 == 0 || flags & other.0 == 0 {
        return Ok(());
    }
    let text = format!("Flags '{}' and '{}' are mutually exclusive", one.1, other.1);
    Err(Error::bad_argument(domain, function, "flags", text))
}

/// Refuses a flag without the other.
fn requires(domain: ErrorDomain, function: &str, flags: u32, one: Flag, other: Flag) -> Result<()> {
    if flags & one.0 == 0 || flags & other.0 != 0 {
        return Ok(());
    }
    let text = format!("Flag '{}' is required by flag '{}'", other.1, one.1);
    Err(Error::bad_argument(domain, function, "flags", text))
}

/// A domain that stands in another document.
fn read_domain(element: &Element) -> Result<Domain> {
    Ok(Definition::from_tree(element)?.0.into_document())
}

/// What a new moment has from the clock: when it was made and, if nobody gave it one, its name.
fn stamp(moment: &mut Moment) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    moment.created = i64::try_from(now).ok();
    moment.name.get_or_insert_with(|| now.to_string());
}
