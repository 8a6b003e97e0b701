//! Controllers: the models that the emulator has, and what the machine has built in.

use super::{Check, iothreads, pci, refuse};
use crate::caps::Flag;
use crate::prepare::Board;
use crate::prepare::board::{has_esp, has_ide};
use vir_base::{Result, bail};
use vir_model::domain::device::controller::{Controller, ControllerType};

/// SCSI models: what the emulator must have, and what is said where it has not.
const SCSI: &[(&str, Flag, &str)] = &[
    ("lsilogic", Flag::ScsiLsi, "the LSI 53C895A SCSI controller"),
    ("virtio-scsi", Flag::VirtioScsi, "virtio scsi controller"),
    ("virtio-transitional", Flag::VirtioScsi, "virtio scsi controller"),
    ("virtio-non-transitional", Flag::VirtioScsi, "virtio scsi controller"),
    ("lsisas1068", Flag::ScsiMptsas1068, "the LSI SAS1068 (MPT Fusion) controller"),
    ("lsisas1078", Flag::ScsiMegasas, "the LSI SAS1078 (MegaRAID) controller"),
    ("vmpvscsi", Flag::ScsiPvscsi, "the pvscsi (VMware paravirtual SCSI) controller"),
    ("ncr53c90", Flag::ScsiNcr53c90, "the NCR53C90 (ESP) controller"),
    ("dc390", Flag::ScsiDc390, "the DC390 (ESP) controller"),
    ("am53c974", Flag::ScsiAm53c974, "the AM53C974 (ESP) controller"),
];

/// Checks one.
pub fn check(it: &Check<'_>, controller: &Controller) -> Result<()> {
    if controller.is(ControllerType::Scsi) {
        model(it, controller.model.as_deref())?;
    }
    let virtio = controller.is(ControllerType::Scsi)
        && controller.model.as_deref().is_some_and(|model| model.starts_with("virtio-"));
    if !virtio {
        only_virtio(controller)?;
    }
    match controller.kind {
        Some(ControllerType::Ide) => ide(it, controller),
        Some(ControllerType::Sata) => {
            // the first of a Q35 comes with it
            let built_in = controller.index() == 0 && it.board == Board::Q35;
            refuse([(!built_in && !it.has(Flag::Ich9Ahci), "SATA is not supported with this QEMU binary")])
        }
        Some(ControllerType::Scsi) if virtio => iothreads::of_controller(it, controller),
        Some(ControllerType::Scsi) => {
            let esp = controller.model.as_deref() == Some("ncr53c90");
            refuse([
                (esp && controller.index() != 0, "ncr53c90 can only be used as first SCSI controller"),
                (esp && !has_esp(it.def), "ncr53c90 SCSI controller is not a built-in for this machine"),
            ])
        }
        Some(ControllerType::Pci) => pci::check(it, controller),
        _ => Ok(()),
    }
}

fn model(it: &Check<'_>, model: Option<&str>) -> Result<()> {
    let model = match model {
        None => bail!(Qemu, InternalError, "Unexpected SCSI controller model -1"),
        Some("auto") => bail!(Qemu, InternalError, "Unexpected SCSI controller model 0"),
        Some("buslogic") => bail!(Qemu, ConfigUnsupported, "Unsupported controller model: buslogic"),
        Some(model) => model,
    };
    match SCSI.iter().find(|(name, ..)| *name == model) {
        Some((_, flag, what)) => it.needs(*flag, format!("This QEMU doesn't support {what}")),
        None => Ok(()),
    }
}

/// What only virtio SCSI has.
fn only_virtio(controller: &Controller) -> Result<()> {
    let Some(driver) = &controller.driver else { return Ok(()) };
    let said = |value: Option<u32>| value.is_some_and(|value| value > 0);
    refuse([
        (said(driver.queues), "'queues' is only supported by virtio-scsi controller"),
        (said(driver.cmd_per_lun), "'cmd_per_lun' is only supported by virtio-scsi controller"),
        (said(driver.max_sectors), "'max_sectors' is only supported by virtio-scsi controller"),
        (driver.ioeventfd.is_some(), "'ioeventfd' is only supported by virtio-scsi controller"),
        (said(driver.iothread), "'iothread' is only supported for virtio-scsi controller"),
    ])
}

/// There are as many as the machine has built in.
fn ide(it: &Check<'_>, controller: &Controller) -> Result<()> {
    match (has_ide(it.def), controller.index()) {
        (true, 0) => Ok(()),
        (true, _) => {
            bail!(Qemu, ConfigUnsupported, "Only a single IDE controller is supported for this machine type")
        }
        (false, _) => bail!(
            Qemu,
            ConfigUnsupported,
            "IDE controllers are unsupported for this QEMU binary or machine type"
        ),
    }
}
