//! From a document to a definition that QEMU can run: defaults that depend on the machine, and where
//! each device sits. Pure, but for the capabilities that it is given.

pub mod alias;
pub mod defaults;
pub mod pci;
pub mod served;
pub mod slots;

use crate::caps::Caps;
use vir_base::Result;
use vir_model::domain::Domain;
use vir_model::domain::defaults::{Kernel, Rules, apply};

/// Sets all that a document leaves open. Done twice, the second time changes nothing.
///
/// # Errors
/// What contradicts itself, and what this machine cannot have.
pub fn complete(def: &mut Domain, caps: &Caps) -> Result<()> {
    served::check(def)?;
    defaults::early(def, caps);
    defaults::devices(def, caps)?;
    apply(def, Rules::default(), &mut Kernel)?;
    defaults::late(def, caps);
    slots::assign(def, caps)?;
    pci::assign(def, caps)
}

/// The chip set that a machine type imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chipset {
    /// `pc-i440fx-…`: one conventional PCI bus.
    I440fx,
    /// `pc-q35-…`: PCI Express.
    Q35,
    /// Another machine, whose devices QEMU places itself.
    Other,
}

impl Chipset {
    /// Of a definition with a canonical machine name.
    pub fn of(def: &Domain) -> Self {
        let machine = def.os.machine();
        if !matches!(def.os.arch(), "x86_64" | "i686") {
            return Self::Other;
        }
        if machine == "q35" || machine.starts_with("pc-q35-") {
            Self::Q35
        } else if machine == "pc"
            || machine.starts_with("pc-i440fx-")
            || machine.starts_with("pc-0.")
            || machine.starts_with("pc-1.")
        {
            Self::I440fx
        } else {
            Self::Other
        }
    }
}
