//! `<clock>` and `<pm>`.

use super::device::small::required;
use vir_base::{Result, bail};
use vir_xml::{Element, Value, YesNo, element, xml_enum};

xml_enum! {
    /// What the guest's clock shows.
    pub enum ClockOffset { Utc = "utc", Localtime = "localtime", Variable = "variable", Timezone = "timezone", Absolute = "absolute", }
    /// What a variable clock counts from.
    pub enum ClockBasis { Utc = "utc", Localtime = "localtime", }
    /// A timer.
    pub enum TimerName {
        Platform = "platform", Pit = "pit", Rtc = "rtc", Hpet = "hpet", Tsc = "tsc", Kvmclock = "kvmclock",
        Hypervclock = "hypervclock", Armvtimer = "armvtimer",
    }
    /// What a timer follows.
    pub enum TimerTrack { Boot = "boot", Guest = "guest", Wall = "wall", Realtime = "realtime", }
    /// What becomes of ticks the guest missed.
    pub enum TickPolicy { Delay = "delay", Catchup = "catchup", Merge = "merge", Discard = "discard", }
    /// How the time stamp counter is read.
    pub enum TimerMode { Auto = "auto", Native = "native", Emulate = "emulate", Paravirt = "paravirt", Smpsafe = "smpsafe", }
}

element! {
    /// The guest's clock.
    pub struct Clock "clock" => settle {
        /// What it shows; `utc` if nothing is said.
        attr offset "offset": Option<ClockOffset>,
        /// `reset`, or seconds that a variable clock is off. Since 0.7.7. Drivers: qemu, xen.
        attr adjustment "adjustment": Option<String>,
        /// What a variable clock counts from. Since 0.9.11. Drivers: qemu, xen.
        attr basis "basis": Option<ClockBasis>,
        /// Seconds that it was off when the domain started. Drivers: qemu.
        status adjustment0 "adjustment0": Option<i64>,
        /// Time zone. Since 0.7.7. Drivers: qemu.
        attr timezone "timezone": Option<String>,
        /// Seconds since 1970 at start, of an absolute clock. Since 8.4.0. Drivers: qemu.
        attr start "start": Option<u64>,
        /// Its timers. Since 0.8.0. Drivers: qemu, xen, lxc.
        list timers "timer": Vec<Timer>,
    }

    /// A timer.
    pub struct Timer "timer" => settle {
        /// Which one.
        attr name "name": Option<TimerName>,
        /// Whether the guest has it.
        attr present "present": Option<YesNo>,
        /// What becomes of ticks the guest missed. Drivers: qemu.
        attr tickpolicy "tickpolicy": Option<TickPolicy>,
        /// What it follows. Drivers: qemu.
        attr track "track": Option<TimerTrack>,
        /// Its frequency in Hz, of `tsc`. Drivers: qemu, xen.
        count frequency "frequency": Option<u64>,
        /// How it is read, of `tsc`. Drivers: qemu, xen.
        attr mode "mode": Option<TimerMode>,
        /// How missed ticks are made up for. Drivers: qemu.
        maybe catchup "catchup": Option<Catchup>,
    }

    /// How ticks are made up for.
    pub struct Catchup "catchup" {
        /// Nanoseconds from which on they are.
        count threshold "threshold": Option<u64>,
        /// How fast.
        count slew "slew": Option<u64>,
        /// Nanoseconds beyond which they are lost.
        count limit "limit": Option<u64>,
    }

    /// Which sleep states the firmware offers. Since 0.10.2. Drivers: qemu.
    pub struct PowerManagement "pm" {
        /// Sleep with memory kept.
        maybe mem "suspend-to-mem": Option<Enabled>,
        /// Sleep with memory on disk.
        maybe disk "suspend-to-disk": Option<Enabled>,
    }

    /// Yes or no.
    pub struct Enabled "" {
        /// Whether.
        attr enabled "enabled": Option<YesNo>,
    }
}

/// What tables would refuse in other words than the peer's.
pub(super) fn precheck(clock: &Element) -> Result<()> {
    let bad = |name: &str, known: &[&str]| {
        clock.attr(name).filter(|text| !text.is_empty() && !known.contains(text)).map(str::to_owned)
    };
    if let Some(text) = bad("offset", ClockOffset::names()) {
        bail!(Domain, ConfigUnsupported, "unknown clock offset '{text}'");
    }
    if let Some(text) = bad("basis", ClockBasis::names()).filter(|_| clock.attr("offset") == Some("variable"))
    {
        bail!(Domain, ConfigUnsupported, "unknown clock basis '{text}'");
    }
    Ok(())
}

impl Clock {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let it = std::mem::take(self);
        let offset = it.offset.unwrap_or(ClockOffset::Utc);
        let common = Self { offset: Some(offset), timers: it.timers, ..Self::default() };
        let seconds = |text: &str| text.trim().parse::<i64>().ok();
        *self = match offset {
            ClockOffset::Utc | ClockOffset::Localtime => match it.adjustment.as_deref() {
                None | Some("") => common,
                Some("reset") => Self { adjustment: it.adjustment, ..common },
                Some(text) => {
                    let Some(number) = seconds(text) else {
                        bail!(Domain, XmlError, "unknown clock adjustment '{text}'")
                    };
                    let local = offset == ClockOffset::Localtime;
                    let basis = if local { ClockBasis::Localtime } else { ClockBasis::Utc };
                    Self {
                        offset: Some(ClockOffset::Variable),
                        adjustment: Some(number.to_string()),
                        basis: Some(basis),
                        ..common
                    }
                }
            },
            ClockOffset::Variable => {
                let adjustment0 = it.adjustment0.filter(|seconds| *seconds != 0);
                let number = it.adjustment.as_deref().and_then(seconds).unwrap_or(0);
                let basis = Some(it.basis.unwrap_or(ClockBasis::Utc));
                Self { adjustment: Some(number.to_string()), basis, adjustment0, ..common }
            }
            ClockOffset::Timezone => {
                if it.timezone.as_ref().is_none_or(String::is_empty) {
                    bail!(
                        Domain,
                        InternalError,
                        "missing 'timezone' attribute for clock with offset='timezone'"
                    );
                }
                Self { timezone: it.timezone, ..common }
            }
            ClockOffset::Absolute => {
                if it.start.is_none() {
                    bail!(
                        Domain,
                        InternalError,
                        "missing 'start' attribute for clock with offset='absolute'"
                    );
                }
                Self { start: it.start, ..common }
            }
        };
        Ok(())
    }
}

impl Timer {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.name.is_some(), "name", element)
    }
}
