//! `<cputune>`: how much of the host's processors a domain gets, and which.

use vir_base::{Bitmap, Error, Result, bail, err};
use vir_xml::{Content, Element, Value, Writer, attr, element, missing, xml_enum};

xml_enum! {
    /// How the host's kernel takes turns.
    pub enum SchedPolicy { Batch = "batch", Idle = "idle", Fifo = "fifo", Rr = "rr", }
    /// What a part of a cache holds.
    pub enum CacheType { Both = "both", Code = "code", Data = "data", }
}

element! {
    /// How much of the host's processors a domain gets, and which.
    pub struct CpuTune "cputune" => settle {
        /// Share against other domains. Since 0.9.0.
        leaf shares "shares": Option<Number<0>>,
        /// Microseconds over which the time of each processor is counted. Since 0.9.4. Drivers: qemu, lxc, ch, vz.
        amount period "period": Option<Number<1>>,
        /// Microseconds that each may use in it; negative for all. Since 0.9.4. Drivers: qemu, lxc, ch, vz.
        amount quota "quota": Option<Signed<2>>,
        /// As `period`, of the domain as a whole. Since 1.3.3. Drivers: qemu.
        amount global_period "global_period": Option<Number<3>>,
        /// As `quota`, of the domain as a whole. Since 1.3.3. Drivers: qemu.
        amount global_quota "global_quota": Option<Signed<4>>,
        /// As `period`, of all threads that are no processors. Since 0.10.0. Drivers: qemu, ch.
        amount emulator_period "emulator_period": Option<Number<5>>,
        /// As `quota`, of these. Since 0.10.0. Drivers: qemu, ch.
        amount emulator_quota "emulator_quota": Option<Signed<6>>,
        /// As `period`, of I/O threads. Since 2.1.0. Drivers: qemu, ch.
        amount iothread_period "iothread_period": Option<Number<7>>,
        /// As `quota`, of these. Since 2.1.0. Drivers: qemu, ch.
        amount iothread_quota "iothread_quota": Option<Signed<8>>,
        /// Where each processor runs. Since 0.9.0. Drivers: qemu, xen, ch.
        list vcpupins "vcpupin": Vec<VcpuPin>,
        /// Where all threads run that are no processors. Since 0.10.0. Drivers: qemu, ch.
        child emulatorpin "emulatorpin": Option<EmulatorPin>,
        /// Where I/O threads run. Since 1.2.9. Drivers: qemu.
        list iothreadpins "iothreadpin": Vec<IothreadPin>,
        /// How the host takes turns with threads that are no processors. Since 5.3.0. Drivers: qemu, ch.
        child emulatorsched "emulatorsched": Option<EmulatorSched>,
        /// How it does with processors. Since 1.2.13. Drivers: qemu.
        list vcpuscheds "vcpusched": Vec<VcpuSched>,
        /// How it does with I/O threads. Since 1.2.13. Drivers: qemu.
        list iothreadscheds "iothreadsched": Vec<IothreadSched>,
        /// Parts of the host's caches. Since 4.1.0. Drivers: qemu.
        list cachetunes "cachetune": Vec<CacheTune>,
        /// Parts of its memory bandwidth. Since 4.7.0. Drivers: qemu.
        list memorytunes "memorytune": Vec<MemoryTune>,
    }

    /// Where a processor runs.
    pub struct VcpuPin "vcpupin" => settle {
        /// Its number.
        attr vcpu "vcpu": u32,
        /// Processors of the host.
        attr cpuset "cpuset": Option<Bitmap>,
    }
    /// Where all threads run that are no processors.
    pub struct EmulatorPin "emulatorpin" => settle {
        /// Processors of the host.
        attr cpuset "cpuset": Option<Bitmap>,
    }
    /// Where an I/O thread runs.
    pub struct IothreadPin "iothreadpin" => settle {
        /// Its number.
        attr iothread "iothread": u32,
        /// Processors of the host.
        attr cpuset "cpuset": Option<Bitmap>,
    }

    /// How the host takes turns with threads that are no processors.
    pub struct EmulatorSched "emulatorsched" => settle {
        /// Policy.
        attr scheduler "scheduler": Option<SchedPolicy>,
        /// Priority, of `fifo` and `rr`.
        attr priority "priority": Option<i32>,
    }
    /// How it takes turns with processors.
    pub struct VcpuSched "vcpusched" => settle {
        /// Their numbers.
        attr vcpus "vcpus": Option<Bitmap>,
        /// Policy.
        attr scheduler "scheduler": Option<SchedPolicy>,
        /// Priority, of `fifo` and `rr`.
        attr priority "priority": Option<i32>,
    }
    /// How it takes turns with I/O threads.
    pub struct IothreadSched "iothreadsched" => settle {
        /// Their numbers.
        attr iothreads "iothreads": Option<Bitmap>,
        /// Policy.
        attr scheduler "scheduler": Option<SchedPolicy>,
        /// Priority, of `fifo` and `rr`.
        attr priority "priority": Option<i32>,
    }

    /// A part of the host's caches for some processors.
    pub struct CacheTune "cachetune" => settle {
        /// Their numbers.
        attr vcpus "vcpus": Option<Bitmap>,
        /// Name of the group, while the domain runs.
        live id "id": Option<String>,
        /// Parts of caches.
        list caches "cache": Vec<CachePart>,
        /// What is measured. Since 4.10.0.
        list monitors "monitor": Vec<CacheMonitor>,
    }
    /// What of a cache's use is measured.
    pub struct CacheMonitor "monitor" => settle {
        /// Level of the cache: 3.
        attr level "level": u32,
        /// Numbers of the processors.
        attr vcpus "vcpus": Option<Bitmap>,
    }
    /// A part of the host's memory bandwidth for some processors.
    pub struct MemoryTune "memorytune" => settle {
        /// Their numbers.
        attr vcpus "vcpus": Option<Bitmap>,
        /// Name of the group, while the domain runs.
        live id "id": Option<String>,
        /// Parts of nodes' bandwidth.
        list nodes "node": Vec<BandwidthPart>,
        /// What is measured. Since 4.10.0.
        list monitors "monitor": Vec<MemoryMonitor>,
    }
    /// What of memory's use is measured.
    pub struct MemoryMonitor "monitor" {
        /// Numbers of the processors.
        attr vcpus "vcpus": Option<Bitmap>,
    }
    /// A part of a node's bandwidth.
    pub struct BandwidthPart "node" {
        /// The node.
        attr id "id": u32,
        /// Percent.
        attr bandwidth "bandwidth": u32,
    }
}

/// What each number is called in errors; the const parameter of [`Number`] is an index of it.
const NAMES: [&str; 9] = [
    "shares",
    "period",
    "quota",
    "global period",
    "global quota",
    "emulator period",
    "emulator quota",
    "iothread period",
    "iothread quota",
];

fn unreadable(which: usize) -> Error {
    err!(Domain, XmlError, "can't parse cputune {} value", NAMES[which])
}

/// A number of microseconds or shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Number<const WHICH: usize>(pub u64);

/// A number of microseconds that may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signed<const WHICH: usize>(pub i64);

macro_rules! numbers {
    ($($name:ident)*) => {
        $(impl<const WHICH: usize> Value for $name<WHICH> {
            fn parse(text: &str) -> Option<Self> {
                text.trim().parse().ok().map(Self)
            }

            fn print(&self) -> std::borrow::Cow<'_, str> {
                std::borrow::Cow::Owned(self.0.to_string())
            }

            fn invalid(_: &str, _: &str, _: &str) -> Error {
                unreadable(WHICH)
            }
        })*
    };
}
numbers!(Number Signed);

/// A part of a cache; its size is shown in the largest unit that has no rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CachePart {
    /// Number of the cache.
    pub id: u32,
    /// Its level.
    pub level: u32,
    /// What it holds.
    pub kind: Option<CacheType>,
    /// Bytes.
    pub size: u64,
}

impl Content for CachePart {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::CachePart::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let number = |name: &str| match attr::<u32>(element, name)? {
            Some(value) => Ok(value),
            None => Err(missing(name, "cache")),
        };
        let (id, level) = (number("id")?, number("level")?);
        let Some(kind) = attr(element, "type")? else { return Err(missing("type", "cache")) };
        let Some(text) = element.attr("size") else {
            bail!(Xml, XmlError, "missing element or attribute './@size'")
        };
        let Ok(size) = text.trim().parse() else {
            bail!(Xml, XmlError, "Invalid value '{text}' for element or attribute './@size'")
        };
        let size = super::memory::scale(size, element.attr("unit"), 1024)?;
        Ok(Self { id, level, kind: Some(kind), size })
    }

    fn write(&self, w: &mut Writer) {
        let (size, unit) = pretty(self.size);
        w.attr("id", &self.id.to_string());
        w.attr("level", &self.level.to_string());
        w.attr_opt("type", self.kind.map(CacheType::as_str));
        w.attr("size", &size.to_string());
        w.attr("unit", unit);
    }
}

/// A number of bytes in the largest unit that has no rest.
pub fn pretty(bytes: u64) -> (u64, &'static str) {
    let mut size = bytes;
    let mut units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].into_iter();
    let mut unit = units.next().unwrap_or("B");
    while size > 0 && size.is_multiple_of(1024) {
        let Some(next) = units.next() else { break };
        (size, unit) = (size / 1024, next);
    }
    (size, unit)
}

/// A set of processors that must be there and not be empty.
fn cpuset(set: Option<&Bitmap>, what: &str, element: &Element) -> Result<()> {
    match set {
        None => bail!(Domain, InternalError, "missing cpuset for {what}"),
        Some(set) if set.is_empty() => {
            let text = element.attr("cpuset").unwrap_or_default();
            bail!(Domain, ConfigUnsupported, "Invalid value of 'cpuset': {text}")
        }
        Some(_) => Ok(()),
    }
}

impl VcpuPin {
    fn settle(&mut self, element: &Element) -> Result<()> {
        cpuset(self.cpuset.as_ref(), "vcpupin", element)
    }
}

impl EmulatorPin {
    fn settle(&mut self, element: &Element) -> Result<()> {
        cpuset(self.cpuset.as_ref(), "emulatorpin", element)
    }
}

impl IothreadPin {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.iothread == 0 {
            bail!(
                Xml,
                XmlError,
                "Invalid value for attribute 'iothread' in element 'iothreadpin': Zero is not permitted"
            );
        }
        cpuset(self.cpuset.as_ref(), "iothreadpin", element)
    }
}

/// A policy, and the priority that some need and others have not.
fn policy(policy: Option<SchedPolicy>, priority: &mut Option<i32>, element: &Element) -> Result<()> {
    match policy {
        None => Err(missing("scheduler", &element.name)),
        Some(SchedPolicy::Fifo | SchedPolicy::Rr) if priority.is_none() => {
            Err(missing("priority", &element.name))
        }
        Some(SchedPolicy::Fifo | SchedPolicy::Rr) => Ok(()),
        Some(_) => {
            *priority = None;
            Ok(())
        }
    }
}

fn threads(set: Option<&Bitmap>, name: &str, element: &Element) -> Result<()> {
    match set {
        None => bail!(Domain, XmlError, "Missing attribute '{name}' in element '{}'", element.name),
        Some(set) if set.is_empty() => {
            let text = element.attr(name).unwrap_or_default();
            bail!(Domain, ConfigUnsupported, "'{name}' scheduler bitmap '{text}' is empty")
        }
        Some(_) => Ok(()),
    }
}

impl EmulatorSched {
    fn settle(&mut self, element: &Element) -> Result<()> {
        policy(self.scheduler, &mut self.priority, element)
    }
}

impl VcpuSched {
    fn settle(&mut self, element: &Element) -> Result<()> {
        threads(self.vcpus.as_ref(), "vcpus", element)?;
        policy(self.scheduler, &mut self.priority, element)
    }
}

impl IothreadSched {
    fn settle(&mut self, element: &Element) -> Result<()> {
        threads(self.iothreads.as_ref(), "iothreads", element)?;
        policy(self.scheduler, &mut self.priority, element)
    }
}

impl CacheMonitor {
    fn settle(&mut self, _: &Element) -> Result<()> {
        match self.level {
            3 => Ok(()),
            level => bail!(Domain, XmlError, "Invalid monitor cache level '{level}'"),
        }
    }
}

impl CacheTune {
    fn settle(&mut self, _: &Element) -> Result<()> {
        match self.vcpus {
            None => bail!(Domain, XmlError, "Missing cachetune attribute 'vcpus'"),
            Some(_) => Ok(()),
        }
    }
}

impl MemoryTune {
    fn settle(&mut self, _: &Element) -> Result<()> {
        match self.vcpus {
            None => bail!(Domain, XmlError, "Missing memorytune attribute 'vcpus'"),
            Some(_) => Ok(()),
        }
    }
}

impl CpuTune {
    fn settle(&mut self, element: &Element) -> Result<()> {
        for name in ["emulatorpin", "emulatorsched"] {
            if element.children().filter(|child| child.name == name).count() > 1 {
                bail!(Domain, XmlError, "only one {name} is supported");
            }
        }
        Ok(())
    }

    /// Gives each thread an entry of its own, in the order of their numbers; what names no processor
    /// of the domain goes.
    ///
    /// # Errors
    /// A thread that is named twice.
    pub fn spread(&mut self, vcpus: u32) -> Result<()> {
        let mut pins: Vec<VcpuPin> = vec![];
        for pin in std::mem::take(&mut self.vcpupins).into_iter().filter(|pin| pin.vcpu < vcpus) {
            if pins.iter().any(|other| other.vcpu == pin.vcpu) {
                bail!(Domain, InternalError, "duplicate vcpupin for vcpu '{}'", pin.vcpu);
            }
            pins.push(pin);
        }
        pins.sort_by_key(|pin| pin.vcpu);
        self.vcpupins = pins;
        let mut pins: Vec<IothreadPin> = vec![];
        for pin in std::mem::take(&mut self.iothreadpins) {
            if pins.iter().any(|other| other.iothread == pin.iothread) {
                bail!(Domain, InternalError, "duplicate iothreadpin for same iothread '{}'", pin.iothread);
            }
            pins.push(pin);
        }
        self.iothreadpins = pins;
        let mut each: Vec<(usize, VcpuSched)> = vec![];
        for sched in std::mem::take(&mut self.vcpuscheds) {
            for n in sched.vcpus.iter().flat_map(Bitmap::iter).filter(|n| *n < vcpus as usize) {
                if each.iter().any(|(other, _)| *other == n) {
                    bail!(Domain, XmlDetail, "'vcpusched' attributes 'vcpus' must not overlap");
                }
                each.push((n, VcpuSched { vcpus: Some([n].into_iter().collect()), ..sched.clone() }));
            }
        }
        each.sort_by_key(|(n, _)| *n);
        self.vcpuscheds = each.into_iter().map(|(_, sched)| sched).collect();
        let mut each: Vec<(usize, IothreadSched)> = vec![];
        for sched in std::mem::take(&mut self.iothreadscheds) {
            for n in sched.iothreads.iter().flat_map(Bitmap::iter) {
                if each.iter().any(|(other, _)| *other == n) {
                    bail!(Domain, XmlDetail, "'iothreadsched' attributes 'iothreads' must not overlap");
                }
                each.push((n, IothreadSched { iothreads: Some([n].into_iter().collect()), ..sched.clone() }));
            }
        }
        each.sort_by_key(|(n, _)| *n);
        self.iothreadscheds = each.into_iter().map(|(_, sched)| sched).collect();
        self.cachetunes.retain(|tune| !tune.caches.is_empty() || !tune.monitors.is_empty());
        self.memorytunes.retain(|tune| !tune.nodes.is_empty() || !tune.monitors.is_empty());
        Ok(())
    }
}
