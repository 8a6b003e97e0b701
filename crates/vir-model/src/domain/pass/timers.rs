//! Timers: what each kind of them can be told.

use crate::domain::Domain;
use crate::domain::clock::{Catchup, TickPolicy, TimerName};
use vir_base::{Result, bail};

/// Checks them.
///
/// # Errors
/// What a timer cannot be told.
pub fn check(domain: &Domain) -> Result<()> {
    for timer in domain.clock.iter().flat_map(|clock| &clock.timers) {
        let Some(name) = timer.name else { continue };
        let unsupported = |what: &str| -> Result<()> {
            bail!(Domain, ConfigUnsupported, "timer {name} doesn't support setting of timer {what}")
        };
        if matches!(name, TimerName::Kvmclock | TimerName::Hypervclock) && timer.tickpolicy.is_some() {
            return unsupported("tickpolicy");
        }
        let caught_up = timer.catchup.as_ref().is_some_and(|catchup| *catchup != Catchup::default());
        if timer.tickpolicy != Some(TickPolicy::Catchup) && caught_up {
            bail!(
                Domain,
                XmlError,
                "setting of timer catchup policies is only supported with tickpolicy='catchup'"
            );
        }
        if name != TimerName::Tsc {
            if timer.frequency.is_some() {
                return unsupported("frequency");
            }
            if timer.mode.is_some() {
                return unsupported("mode");
            }
        }
        if !matches!(name, TimerName::Platform | TimerName::Rtc) && timer.track.is_some() {
            return unsupported("track");
        }
    }
    Ok(())
}
