//! `<clock>` and `<pm>`.

use vir_xml::{YesNo, element, xml_enum};

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
    pub struct Clock "clock" {
        attr offset "offset": Option<ClockOffset>,
        attr adjustment "adjustment": Option<String>,
        attr basis "basis": Option<ClockBasis>,
        attr timezone "timezone": Option<String>,
        attr start "start": Option<i64>,
        list timers "timer": Vec<Timer>,
    }

    /// A timer.
    pub struct Timer "timer" {
        attr name "name": Option<TimerName>,
        attr track "track": Option<TimerTrack>,
        attr tickpolicy "tickpolicy": Option<TickPolicy>,
        attr present "present": Option<YesNo>,
        attr frequency "frequency": Option<u64>,
        attr mode "mode": Option<TimerMode>,
        child catchup "catchup": Option<Catchup>,
    }

    /// How ticks are made up for, in nanoseconds and milliseconds.
    pub struct Catchup "catchup" {
        attr threshold "threshold": Option<u64>,
        attr slew "slew": Option<u64>,
        attr limit "limit": Option<u64>,
    }

    /// Which sleep states the firmware offers.
    pub struct PowerManagement "pm" {
        child mem "suspend-to-mem": Option<Enabled>,
        child disk "suspend-to-disk": Option<Enabled>,
    }

    /// Yes or no.
    pub struct Enabled "" { attr enabled "enabled": Option<YesNo>, }
}
