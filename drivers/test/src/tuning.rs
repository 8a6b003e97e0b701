//! What a definition says about resources: limits of memory and input/output, and where threads run.
//!
//! Kept beside the document and written into it, since the document's reader does not know these
//! elements yet.

use crate::cpumask::{self, CpuMask};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A limit that does not limit (`VIR_DOMAIN_MEMORY_PARAM_UNLIMITED`), in KiB.
pub(crate) const UNLIMITED: u64 = 9_007_199_254_740_991;

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
            vcpu_pins: BTreeMap::new(),
            emulator_pin: None,
            numa: None,
        }
    }
}

impl Tuning {
    /// Writes the elements into a document, around its `<vcpu>`.
    pub fn write_into(&self, xml: String) -> String {
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

    fn after_vcpu(&self) -> String {
        let mut xml = String::new();
        if !self.vcpu_pins.is_empty() || self.emulator_pin.is_some() {
            xml.push_str("  <cputune>\n");
            for (vcpu, mask) in &self.vcpu_pins {
                let _ = writeln!(xml, "    <vcpupin vcpu='{vcpu}' cpuset='{}'/>", cpumask::format(mask));
            }
            if let Some(mask) = &self.emulator_pin {
                let _ = writeln!(xml, "    <emulatorpin cpuset='{}'/>", cpumask::format(mask));
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
