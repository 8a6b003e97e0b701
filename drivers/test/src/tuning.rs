//! What a definition says about resources: limits of memory and input/output, and where threads run.
//!
//! Kept beside the document and written into it, since the document's reader does not know these
//! elements yet.

use crate::cpumask::{self, CpuMask};
use std::collections::BTreeMap;
use std::fmt::Write;

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

/// Names of `virDomainNumatuneMemMode`.
const NUMA_MODES: [&str; 4] = ["strict", "preferred", "interleave", "restrictive"];

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
    /// Writes the elements into a document, around its `<vcpu>` and before its `<devices>`.
    pub fn write_into(&self, mut xml: String) -> String {
        if !self.perf.is_empty()
            && let Some(at) = xml.rfind("\n  <devices").map(|at| at + 1)
        {
            xml.insert_str(at, &self.perf());
        }
        let (before, after) = (self.before_vcpu(), self.after_vcpu());
        if before.is_empty() && after.is_empty() {
            return xml;
        }
        // nothing that follows the element can look like it; free text before it may
        let Some(start) = xml.rfind("\n  <vcpu").map(|at| at + 1) else { return xml };
        let end = xml[start..].find('\n').map_or(xml.len(), |length| start + length + 1);
        [&xml[..start], &before, &xml[start..end], &after, &xml[end..]].concat()
    }

    fn before_vcpu(&self) -> String {
        let mut xml = String::new();
        if self.blkio_weight != 0 {
            let _ =
                writeln!(xml, "  <blkiotune>\n    <weight>{}</weight>\n  </blkiotune>", self.blkio_weight);
        }
        let limits = [
            ("hard_limit", self.hard_limit),
            ("soft_limit", self.soft_limit),
            ("swap_hard_limit", self.swap_hard_limit),
        ];
        if limits.iter().any(|(_, limit)| *limit < UNLIMITED) {
            xml.push_str("  <memtune>\n");
            for (name, limit) in limits.into_iter().filter(|(_, limit)| *limit < UNLIMITED) {
                let _ = writeln!(xml, "    <{name} unit='KiB'>{limit}</{name}>");
            }
            xml.push_str("  </memtune>\n");
        }
        xml
    }

    fn perf(&self) -> String {
        let mut xml = "  <perf>\n".to_owned();
        for (name, on) in PERF_EVENTS.iter().zip(0..).filter_map(|(name, i)| Some((name, self.perf.get(&i)?)))
        {
            let _ = writeln!(xml, "    <event name='{name}' enabled='{}'/>", if *on { "yes" } else { "no" });
        }
        xml.push_str("  </perf>\n");
        xml
    }

    fn after_vcpu(&self) -> String {
        let mut xml = String::new();
        if !self.iothreads.is_empty() {
            let _ = writeln!(xml, "  <iothreads>{}</iothreads>\n  <iothreadids>", self.iothreads.len());
            for (id, _) in &self.iothreads {
                let _ = writeln!(xml, "    <iothread id='{id}'/>");
            }
            xml.push_str("  </iothreadids>\n");
        }
        let threads = || self.iothreads.iter().filter_map(|(id, pin)| Some((id, pin.as_ref()?)));
        if !self.vcpu_pins.is_empty() || self.emulator_pin.is_some() || threads().next().is_some() {
            xml.push_str("  <cputune>\n");
            for (vcpu, mask) in &self.vcpu_pins {
                let _ = writeln!(xml, "    <vcpupin vcpu='{vcpu}' cpuset='{}'/>", cpumask::format(mask));
            }
            if let Some(mask) = &self.emulator_pin {
                let _ = writeln!(xml, "    <emulatorpin cpuset='{}'/>", cpumask::format(mask));
            }
            for (id, mask) in threads() {
                let _ =
                    writeln!(xml, "    <iothreadpin iothread='{id}' cpuset='{}'/>", cpumask::format(mask));
            }
            xml.push_str("  </cputune>\n");
        }
        if let Some((mode, nodes)) = &self.numa {
            let mode = usize::try_from(*mode).ok().and_then(|mode| NUMA_MODES.get(mode)).unwrap_or(&"strict");
            let nodes = cpumask::format(nodes);
            let _ =
                writeln!(xml, "  <numatune>\n    <memory mode='{mode}' nodeset='{nodes}'/>\n  </numatune>");
        }
        xml
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_stand_around_vcpu() {
        let tuning =
            Tuning { hard_limit: 1024, emulator_pin: Some(CpuMask::from([0, 1, 3])), ..Tuning::default() };
        let xml = "<domain>\n  <metadata>\n  <vcpu/>\n  </metadata>\n  <vcpu>1</vcpu>\n  <os/>\n</domain>\n";
        assert_eq!(
            tuning.write_into(xml.to_owned()),
            "<domain>\n  <metadata>\n  <vcpu/>\n  </metadata>\n  <memtune>\n    <hard_limit \
             unit='KiB'>1024</hard_limit>\n  </memtune>\n  <vcpu>1</vcpu>\n  <cputune>\n    <emulatorpin \
             cpuset='0-1,3'/>\n  </cputune>\n  <os/>\n</domain>\n"
        );
        assert_eq!(Tuning::default().write_into(xml.to_owned()), xml);
    }
}
