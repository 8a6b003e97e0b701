//! The host's processor: who made it, what it can do.
//!
//! Features are listed one by one, by the names that domain documents use. Which named CPU model
//! comes closest is not decided here yet: that takes a table of models, and until there is one of
//! our own, drivers ask the hypervisor.

use crate::features::{FEATURES, Register, Source};
use crate::{Host, kvm};

/// What the processor tells about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostCpu {
    /// Maker (`Intel`, `AMD`, `Hygon`), as documents name it.
    pub vendor: Option<&'static str>,
    /// Family, model and stepping.
    pub signature: (u32, u32, u32),
    /// Version of its microcode; 0 if not known.
    pub microcode: u32,
    /// Its time stamp counter, where it runs evenly and KVM can tell its pace.
    pub tsc: Option<Tsc>,
    /// Sockets, dies, clusters, cores and threads, each in one of the former.
    pub topology: [u32; 5],
    /// Width of a physical address, in bits.
    pub physical_bits: Option<u32>,
    /// What it can do, in the order of the registers that say so.
    pub features: Vec<&'static str>,
}

/// A time stamp counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tsc {
    /// In Hz.
    pub frequency: u64,
    /// Whether guests can have another frequency.
    pub scaling: bool,
}

/// Where features are read from: the processor itself, or a captured one.
pub trait Registers {
    /// What `cpuid` answers, as eax, ebx, ecx, edx; all 0 for a leaf that it does not have.
    fn cpuid(&self, leaf: u32, subleaf: u32) -> [u32; 4];
    /// A model-specific register, if it has it.
    fn msr(&self, index: u32) -> Option<u64>;
}

/// The names of all features that are there.
pub fn features(registers: &dyn Registers) -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut last = None;
    for (source, bits) in FEATURES {
        let value = match *source {
            Source::Cpuid(leaf, subleaf, register) => {
                let values = match last {
                    Some((key, values)) if key == (leaf, subleaf) => values,
                    _ => registers.cpuid(leaf, subleaf),
                };
                last = Some(((leaf, subleaf), values));
                u64::from(values[register as usize])
            }
            // the register exists only if the processor says so
            Source::Msr(_) if !names.contains(&"arch-capabilities") => 0,
            Source::Msr(index) => registers.msr(index).unwrap_or(0),
        };
        names.extend(bits.iter().filter(|(bit, _)| value >> bit & 1 == 1).map(|(_, name)| *name));
    }
    names
}

/// Family, model and stepping.
fn signature(registers: &dyn Registers) -> (u32, u32, u32) {
    let eax = registers.cpuid(1, 0)[Register::Eax as usize];
    let (family, model) = (eax >> 8 & 0xf, eax >> 4 & 0xf);
    let extended_family = if family == 0xf { eax >> 20 & 0xff } else { 0 };
    let extended_model = if matches!(family, 6 | 0xf) { eax >> 16 & 0xf } else { 0 };
    (family + extended_family, extended_model << 4 | model, eax & 0xf)
}

fn vendor(registers: &dyn Registers) -> Option<&'static str> {
    let [_, ebx, ecx, edx] = registers.cpuid(0, 0);
    match [ebx, edx, ecx].map(u32::to_le_bytes).concat().as_slice() {
        b"GenuineIntel" => Some("Intel"),
        b"AuthenticAMD" => Some("AMD"),
        b"HygonGenuine" => Some("Hygon"),
        _ => None,
    }
}

impl Host {
    /// The processor that this program runs on; `None` where there is no way to ask it.
    pub fn host_cpu(&self) -> Option<HostCpu> {
        if !self.is_x86() {
            return None;
        }
        let registers = own_registers()?;
        let features = features(&*registers);
        let info = self.node_info().ok()?;
        Some(HostCpu {
            vendor: vendor(&*registers),
            signature: signature(&*registers),
            microcode: self.microcode(),
            tsc: if features.contains(&"invtsc") { kvm::tsc() } else { None },
            topology: [info.sockets, 1, 1, info.cores, info.threads],
            physical_bits: self.physical_address_bits(),
            features,
        })
    }
}

#[cfg(target_arch = "x86_64")]
fn own_registers() -> Option<Box<dyn Registers>> {
    struct Own;
    impl Registers for Own {
        fn cpuid(&self, leaf: u32, subleaf: u32) -> [u32; 4] {
            use std::arch::x86_64::{__cpuid, __cpuid_count};
            // the highest leaf of each range is in eax of its first
            if leaf > __cpuid(leaf & 0xffff_0000).eax {
                return [0; 4];
            }
            let result = __cpuid_count(leaf, subleaf);
            [result.eax, result.ebx, result.ecx, result.edx]
        }

        fn msr(&self, index: u32) -> Option<u64> {
            kvm::msr(index)
        }
    }
    Some(Box::new(Own))
}

#[cfg(not(target_arch = "x86_64"))]
fn own_registers() -> Option<Box<dyn Registers>> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Captured(&'static [(u32, [u32; 4])]);

    impl Registers for Captured {
        fn cpuid(&self, leaf: u32, _: u32) -> [u32; 4] {
            self.0.iter().find(|(l, _)| *l == leaf).map_or([0; 4], |(_, values)| *values)
        }

        fn msr(&self, _: u32) -> Option<u64> {
            Some(u64::MAX)
        }
    }

    #[test]
    fn registers_become_names() {
        let cpu = Captured(&[
            (0, [0xd, 0x756e_6547, 0x6c65_746e, 0x4965_6e69]),
            (1, [0x000c_06f2, 0, 1 << 21, 1 << 8 | 1]),
            (0x8000_0007, [0, 0, 0, 1 << 8]),
        ]);
        assert_eq!(vendor(&cpu), Some("Intel"));
        assert_eq!(signature(&cpu), (6, 207, 2));
        assert_eq!(features(&cpu), ["x2apic", "fpu", "cx8", "invtsc"]);
        // an AMD of family 15 + 10
        let cpu = Captured(&[(1, [0x00a2_0f10, 0, 0, 0])]);
        assert_eq!((vendor(&cpu), signature(&cpu)), (None, (25, 33, 0)));
    }

    #[test]
    fn no_name_stands_for_two_bits() {
        let mut names: Vec<_> = FEATURES.iter().flat_map(|(_, bits)| bits.iter().map(|b| b.1)).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn this_processor_can_be_asked() {
        let cpu = Host::real().host_cpu().unwrap();
        assert!(cpu.features.contains(&"sse2") && cpu.features.contains(&"lm"), "{cpu:?}");
    }
}
