//! Features of the machine that are there by default, or need others.

use super::{Board, emulated};
use crate::caps::{Caps, Flag};
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::features::{Features, Gic, GicVersion, IoApic, IoApicDriver};
use vir_xml::OnOff;

/// Settles them.
pub(super) fn settle(def: &mut Domain, caps: &Caps) -> Result<()> {
    interrupts(def, caps);
    split_ioapic(def);
    check_tseg(def, caps)
}

/// Arm's generic machine has an interrupt controller; which version, is a matter of the host.
fn interrupts(def: &mut Domain, caps: &Caps) {
    let unsaid = match def.features.as_ref().and_then(|features| features.gic.as_ref()) {
        None => Board::of(def) == Board::ArmVirt,
        Some(gic) => gic.version.is_none(),
    };
    if !unsaid {
        return;
    }
    let emulated = emulated(def);
    let offers = |version| {
        let usable = |gic: &&crate::caps::document::Gic| if emulated { gic.emulated.0 } else { gic.kernel.0 };
        caps.gics.iter().filter(usable).any(|gic| gic.version == version)
    };
    // emulated, version 3 has no message signalled interrupts
    let version = if !emulated && offers(3) { GicVersion::V3 } else { GicVersion::V2 };
    def.features.get_or_insert_with(Features::default).gic = Some(Gic { version: Some(version) });
}

/// An IOMMU that remaps interrupts wants the I/O interrupt controller in QEMU.
fn split_ioapic(def: &mut Domain) {
    let Some(iommu) = &def.devices.iommu else { return };
    let remaps = iommu.driver.as_ref().is_some_and(|driver| driver.intremap == Some(OnOff::On));
    if (remaps || super::devices::needs_eim(def))
        && def.features.as_ref().and_then(|features| features.ioapic.as_ref()).is_none()
    {
        let ioapic = IoApic { driver: Some(IoApicDriver::Qemu) };
        def.features.get_or_insert_with(Features::default).ioapic = Some(ioapic);
    }
}

fn check_tseg(def: &Domain, caps: &Caps) -> Result<()> {
    let smm = def.features.as_ref().and_then(|features| features.smm.as_ref());
    let Some(size) = smm.filter(|smm| smm.state != Some(OnOff::Off)).and_then(|smm| smm.tseg.as_ref()) else {
        return Ok(());
    };
    if Board::of(def) != Board::Q35 {
        bail!(Qemu, ConfigUnsupported, "SMM TSEG is only supported with q35 machine type");
    }
    if !caps.flag(Flag::MchExtendedTsegMbytes) {
        bail!(Qemu, ConfigUnsupported, "Setting TSEG size is not supported with this QEMU binary");
    }
    if size.0 % (1 << 20) != 0 {
        bail!(Qemu, ConfigUnsupported, "SMM TSEG size must be divisible by 1 MiB");
    }
    Ok(())
}
