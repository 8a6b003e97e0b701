//! The clock: timers that QEMU has, and what they can do.

use super::{Check, refuse};
use crate::caps::Flag;
use crate::prepare::Board;
use vir_base::{Result, bail};
use vir_model::domain::VirtType;
use vir_model::domain::clock::{ClockOffset, TickPolicy, Timer, TimerName, TimerTrack};
use vir_xml::YesNo;

/// The end of the year 9999, which is as far as QEMU's dates go.
const LAST_SECOND: u64 = 253_402_300_799;

/// Timers, then where the clock starts.
pub fn check(it: &Check<'_>) -> Result<()> {
    let Some(clock) = &it.def.clock else { return Ok(()) };
    clock.timers.iter().try_for_each(|timer| self::timer(it, timer))?;
    let late = clock.offset == Some(ClockOffset::Absolute) && clock.start.is_some_and(|at| at > LAST_SECOND);
    refuse([(late, format!("The maximum 'start' value for <clock offset='absolute'> is {LAST_SECOND}"))])
}

fn timer(it: &Check<'_>, timer: &Timer) -> Result<()> {
    let Some(name) = timer.name else { return Ok(()) };
    let present = timer.present == Some(YesNo::Yes);
    match name {
        TimerName::Platform => bail!(Qemu, ConfigUnsupported, "unsupported timer type (name) '{name}'"),
        TimerName::Tsc | TimerName::Kvmclock | TimerName::Hypervclock if present && !it.x86() => {
            nowhere(it, name)
        }
        TimerName::Tsc | TimerName::Kvmclock | TimerName::Hypervclock => Ok(()),
        TimerName::Rtc => match (timer.track, timer.tickpolicy) {
            (Some(track @ TimerTrack::Boot), _) => {
                bail!(Qemu, ConfigUnsupported, "unsupported rtc timer track '{track}'")
            }
            (_, Some(policy @ (TickPolicy::Merge | TickPolicy::Discard))) => {
                bail!(Qemu, ConfigUnsupported, "unsupported rtc timer tickpolicy '{policy}'")
            }
            _ => Ok(()),
        },
        TimerName::Pit => match timer.tickpolicy {
            Some(policy @ TickPolicy::Merge) => {
                bail!(Qemu, ConfigUnsupported, "unsupported pit tickpolicy '{policy}'")
            }
            Some(policy @ TickPolicy::Catchup) => {
                it.needs(Flag::KvmPitTickPolicy, format!("unsupported pit tickpolicy '{policy}'"))
            }
            _ => Ok(()),
        },
        TimerName::Hpet => {
            refuse([(present && !it.x86(), "hpet timer is not supported by this architecture")])
        }
        TimerName::Armvtimer => virtual_timer(it, timer, name),
    }
}

/// ARM's virtual timer, of KVM's guests.
fn virtual_timer(it: &Check<'_>, timer: &Timer, name: TimerName) -> Result<()> {
    if it.def.virt_type() != VirtType::Kvm || it.board != Board::ArmVirt {
        return nowhere(it, name);
    }
    if timer.present == Some(YesNo::No) {
        bail!(Qemu, ConfigUnsupported, "The '{name}' timer can't be disabled");
    }
    it.needs(
        Flag::CpuKvmNoAdjvtime,
        format!("Configuring the '{name}' timer is not supported with this QEMU binary"),
    )?;
    match timer.tickpolicy {
        Some(policy @ (TickPolicy::Catchup | TickPolicy::Merge)) => {
            bail!(Qemu, ConfigUnsupported, "The '{name}' timer does not support tickpolicy '{policy}'")
        }
        _ => Ok(()),
    }
}

fn nowhere(it: &Check<'_>, name: TimerName) -> Result<()> {
    bail!(
        Qemu,
        ConfigUnsupported,
        "Configuring the '{name}' timer is not supported for virtType={} arch={} machine={} guests",
        it.def.virt_type(),
        it.arch(),
        it.machine()
    )
}
