//! What a definition says about resources: limits of memory and input/output, and where threads run.
//!
//! Kept beside the document, in the form that calls have it in, and put back when it is printed.

use crate::cpumask::{self, CpuMask};
use std::collections::{BTreeMap, HashMap};
use vir_base::Bitmap;
use vir_model::domain::Domain;
use vir_model::domain::cputune::{EmulatorPin, IothreadPin, VcpuPin};
use vir_model::domain::iothreads::Iothread;
use vir_model::domain::limits::{Perf, PerfEvent, PerfEventElement};
use vir_model::domain::memory::Kib;
use vir_model::domain::numa::{NumaMemory, NumaMode, NumaPlacement};
use vir_xml::YesNo;

/// A limit that does not limit (`VIR_DOMAIN_MEMORY_PARAM_UNLIMITED`), in KiB.
pub(crate) const UNLIMITED: u64 = 9_007_199_254_740_991;

/// Performance counters in the order in which they are listed.
pub(crate) const PERF_EVENTS: [&str; 22] = [
    "cmt",
    "mbmt",
    "mbml",
    "cpu_cycles",
    "instructions",
    "cache_references",
    "cache_misses",
    "branch_instructions",
    "branch_misses",
    "bus_cycles",
    "stalled_cycles_frontend",
    "stalled_cycles_backend",
    "ref_cpu_cycles",
    "cpu_clock",
    "task_clock",
    "page_faults",
    "context_switches",
    "cpu_migrations",
    "page_faults_min",
    "page_faults_maj",
    "alignment_faults",
    "emulation_faults",
];

/// The resources of a domain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tuning {
    /// Share of block input/output, 0 for the default.
    pub blkio_weight: u32,
    /// Most memory, KiB.
    pub hard_limit: u64,
    /// Memory to be left with when it gets scarce, KiB.
    pub soft_limit: u64,
    /// Most memory and swap together, KiB.
    pub swap_hard_limit: u64,
    /// I/O threads in their order, and where those run that are pinned.
    pub iothreads: Vec<(u32, Option<CpuMask>)>,
    /// Performance counters that are switched on or off, by their places in [`PERF_EVENTS`].
    pub perf: BTreeMap<usize, bool>,
    /// Where each virtual processor runs, of those that do not run everywhere.
    pub vcpu_pins: BTreeMap<u32, CpuMask>,
    /// Where all other threads run.
    pub emulator_pin: Option<CpuMask>,
    /// How memory is taken from NUMA nodes (`virDomainNumatuneMemMode`), and which.
    pub numa: Option<(i32, CpuMask)>,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            blkio_weight: 0,
            hard_limit: UNLIMITED,
            soft_limit: UNLIMITED,
            swap_hard_limit: UNLIMITED,
            iothreads: vec![],
            perf: BTreeMap::new(),
            vcpu_pins: BTreeMap::new(),
            emulator_pin: None,
            numa: None,
        }
    }
}

impl Tuning {
    /// Takes what calls can change out of a document that was read.
    pub fn take_from(domain: &mut Domain) -> Self {
        let mut it = Self::default();
        if let Some(tune) = &mut domain.blkiotune {
            it.blkio_weight = tune.weight.take().unwrap_or(0);
        }
        if let Some(tune) = &mut domain.memtune {
            let limit = |limit: &mut Option<Kib>| limit.take().map_or(UNLIMITED, |limit| limit.0);
            it.hard_limit = limit(&mut tune.hard_limit);
            it.soft_limit = limit(&mut tune.soft_limit);
            it.swap_hard_limit = limit(&mut tune.swap_hard_limit);
        }
        it.iothreads = domain.iothreads.iter().map(|thread| (thread.id, None)).collect();
        if let Some(tune) = &mut domain.cputune {
            for pin in std::mem::take(&mut tune.vcpupins) {
                it.vcpu_pins.insert(pin.vcpu, mask(pin.cpuset));
            }
            it.emulator_pin = tune.emulatorpin.take().map(|pin| mask(pin.cpuset));
            for pin in std::mem::take(&mut tune.iothreadpins) {
                if let Some((_, place)) = it.iothreads.iter_mut().find(|(id, _)| *id == pin.iothread) {
                    *place = Some(mask(pin.cpuset));
                }
            }
        }
        if let Some(numa) = &mut domain.numatune
            && numa.memory.as_ref().is_some_and(|memory| memory.nodeset.is_some())
            && let Some(memory) = numa.memory.take()
        {
            let mode = NumaMode::ALL.iter().position(|mode| Some(*mode) == memory.mode).unwrap_or(0);
            it.numa = Some((i32::try_from(mode).unwrap_or(0), mask(memory.nodeset)));
        }
        for event in domain.perf.take().into_iter().flat_map(|perf| perf.events) {
            if let (Some(name), Some(on)) = (event.name, event.enabled) {
                it.perf.insert(name as usize, on == YesNo::Yes);
            }
        }
        it
    }

    /// Puts it all back into a document that is to be printed.
    pub fn put_into(&self, domain: &mut Domain) {
        if self.blkio_weight != 0 {
            domain.blkiotune.get_or_insert_default().weight = Some(self.blkio_weight);
        }
        let limit = |limit: u64| (limit < UNLIMITED).then_some(Kib(limit));
        let memtune = domain.memtune.get_or_insert_default();
        memtune.hard_limit = limit(self.hard_limit);
        memtune.soft_limit = limit(self.soft_limit);
        memtune.swap_hard_limit = limit(self.swap_hard_limit);
        let known = std::mem::take(&mut domain.iothreads).into_iter();
        let mut known: HashMap<u32, Iothread> = known.map(|thread| (thread.id, thread)).collect();
        for (id, _) in &self.iothreads {
            let thread = known.remove(id);
            domain.iothreads.push(thread.unwrap_or_else(|| Iothread { id: *id, ..Iothread::default() }));
        }
        let cputune = domain.cputune.get_or_insert_default();
        let pins = self.vcpu_pins.iter();
        cputune.vcpupins = pins.map(|(vcpu, mask)| VcpuPin { vcpu: *vcpu, cpuset: set(mask) }).collect();
        cputune.emulatorpin = self.emulator_pin.as_ref().map(|mask| EmulatorPin { cpuset: set(mask) });
        let pins = self.iothreads.iter().filter_map(|(id, pin)| Some((*id, pin.as_ref()?)));
        cputune.iothreadpins =
            pins.map(|(iothread, mask)| IothreadPin { iothread, cpuset: set(mask) }).collect();
        if let Some((mode, nodes)) = &self.numa {
            let mode = usize::try_from(*mode).ok().and_then(|mode| NumaMode::ALL.get(mode)).copied();
            domain.numatune.get_or_insert_default().memory =
                Some(NumaMemory { mode, nodeset: set(nodes), placement: Some(NumaPlacement::Static) });
        }
        if !self.perf.is_empty() {
            let events = self.perf.iter().map(|(at, on)| PerfEventElement {
                name: PerfEvent::ALL.get(*at).copied(),
                enabled: Some(YesNo::from(*on)),
            });
            domain.perf = Some(Perf { events: events.collect() });
        }
    }
}

fn mask(set: Option<Bitmap>) -> CpuMask {
    set.as_ref().map(cpumask::from_bitmap).unwrap_or_default()
}

fn set(mask: &CpuMask) -> Option<Bitmap> {
    Some(cpumask::to_bitmap(mask))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::domain::ParseOptions;
    use vir_xml::Format;

    #[test]
    fn what_is_taken_is_put_back() {
        let xml = "<domain type='test'><name>a</name><memory>1024</memory><memtune><hard_limit>9</hard_limit>\
                   </memtune><vcpu>4</vcpu><iothreads>2</iothreads><cputune><emulatorpin cpuset='0-1,3'/>\
                   </cputune><os><type>hvm</type></os></domain>";
        let mut domain = Domain::parse(xml, ParseOptions::default()).unwrap();
        let before = domain.to_xml(Format::default());
        let tuning = Tuning::take_from(&mut domain);
        assert_eq!(tuning.hard_limit, 9);
        assert_eq!(tuning.emulator_pin, Some(CpuMask::from([0, 1, 3])));
        tuning.put_into(&mut domain);
        assert_eq!(domain.to_xml(Format::default()), before);
    }
}
