//! What kind of machine a machine type is: its architecture and the name decide what it has built in.

use vir_model::domain::Domain;

/// Families of architectures, which have more in common than a word size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Family {
    X86,
    Arm,
    Ppc,
    S390,
    RiscV,
    LoongArch,
    Mips,
    Other,
}

impl Family {
    /// Of an architecture by libvirt's name.
    pub fn of(arch: &str) -> Self {
        match arch {
            "x86_64" | "i686" => Self::X86,
            "aarch64" | "armv6l" | "armv7l" | "armv7b" => Self::Arm,
            "ppc" | "ppcle" | "ppcemb" | "ppc64" | "ppc64le" => Self::Ppc,
            "s390" | "s390x" => Self::S390,
            "riscv32" | "riscv64" => Self::RiscV,
            "loongarch64" => Self::LoongArch,
            "mips" | "mipsel" | "mips64" | "mips64el" => Self::Mips,
            _ => Self::Other,
        }
    }
}

/// What a machine type is built as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    /// A PC with one conventional PCI bus: `pc`, `pc-i440fx-…`.
    I440fx,
    /// A PC with PCI Express: `q35`, `pc-q35-…`.
    Q35,
    /// A PC without PCI.
    Isapc,
    /// A PC as Xen has it: `xenfv`, `xenfv-…`.
    Xenfv,
    /// Arm's generic machine: `virt`, `virt-…`.
    ArmVirt,
    /// ARM's Versatile board.
    Versatilepb,
    /// RISC-V's generic machine.
    RiscVVirt,
    /// LoongArch's generic machine.
    LoongArchVirt,
    /// POWER with a hypervisor: `pseries`, `pseries-…`.
    Pseries,
    /// A mainframe with channels: `s390-ccw…`.
    S390Ccw,
    /// MIPS' Malta board.
    Malta,
    /// Any other.
    Other,
}

impl Board {
    /// Of a definition.
    pub fn of(def: &Domain) -> Self {
        Self::named(def.os.arch(), def.os.machine())
    }

    /// Of an architecture and a machine type.
    pub fn named(arch: &str, machine: &str) -> Self {
        let is = |name: &str| {
            machine.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let old_pc = ["pc-0.", "pc-1.", "pc-i440fx-", "rhel"];
        match Family::of(arch) {
            Family::X86 if machine == "q35" || machine.starts_with("pc-q35-") => Self::Q35,
            Family::X86 if machine == "pc" || old_pc.iter().any(|old| machine.starts_with(old)) => {
                Self::I440fx
            }
            Family::X86 if machine == "isapc" => Self::Isapc,
            Family::X86 if is("xenfv") => Self::Xenfv,
            Family::Arm if arch != "armv7b" && is("virt") => Self::ArmVirt,
            Family::Arm if machine == "versatilepb" => Self::Versatilepb,
            Family::RiscV if is("virt") => Self::RiscVVirt,
            Family::LoongArch if is("virt") => Self::LoongArchVirt,
            Family::Ppc if arch.starts_with("ppc64") && is("pseries") => Self::Pseries,
            Family::S390 if machine.starts_with("s390-ccw") => Self::S390Ccw,
            Family::Mips if machine == "malta" => Self::Malta,
            _ => Self::Other,
        }
    }

    /// A generic machine made for guests, with PCI Express: `virt` of any architecture.
    pub fn is_virt(self) -> bool {
        matches!(self, Self::ArmVirt | Self::RiscVVirt | Self::LoongArchVirt)
    }

    /// It has the old controller of keyboards and mice.
    pub fn has_i8042(self) -> bool {
        matches!(self, Self::I440fx | Self::Q35 | Self::Isapc | Self::Xenfv)
    }
}

/// The machine has an IDE controller built in.
pub fn has_ide(def: &Domain) -> bool {
    Board::of(def) == Board::I440fx || matches!(def.os.machine(), "malta" | "sun4u" | "g3beige")
}

/// The machine has a SCSI controller of old workstations built in.
pub fn has_esp(def: &Domain) -> bool {
    match def.os.arch() {
        "sparc" => true,
        "mips64" | "mips64el" => matches!(def.os.machine(), "magnum" | "pica61"),
        "m68k" => def.os.machine() == "q800",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_machine_is() {
        for (arch, machine, board) in [
            ("x86_64", "pc", Board::I440fx),
            ("i686", "pc-i440fx-9.0", Board::I440fx),
            ("x86_64", "rhel6.5.0", Board::I440fx),
            ("x86_64", "pc-q35-2.4", Board::Q35),
            ("x86_64", "microvm", Board::Other),
            ("x86_64", "virt", Board::Other),
            ("aarch64", "virt-9.0", Board::ArmVirt),
            ("aarch64", "virtual", Board::Other),
            ("riscv64", "virt", Board::RiscVVirt),
            ("ppc64le", "pseries-2.11", Board::Pseries),
            ("ppc", "pseries", Board::Other),
            ("s390x", "s390-ccw-virtio-9.1", Board::S390Ccw),
            ("mips64el", "malta", Board::Malta),
        ] {
            assert_eq!(Board::named(arch, machine), board, "{arch} {machine}");
        }
    }
}
