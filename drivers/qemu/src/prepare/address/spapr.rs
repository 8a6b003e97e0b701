//! Devices of a pseries guest's own bus, each at a number of its own.

use super::super::Board;
use std::collections::BTreeMap;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::chardev::SerialTargetType;
use vir_model::domain::device::controller::ControllerType;
use vir_model::domain::device::info::{Address, DeviceInfo};
use vir_model::domain::device::secure::TpmModel;

/// Where QEMU looks for the first device of each kind.
const NET: u64 = 0x1000;
const SCSI: u64 = 0x2000;
const NVRAM: u64 = 0x3000;
const TPM: u64 = 0x4000;
const SERIAL: u64 = 0x3000_0000;

/// How far apart they are.
const STEP: u64 = 0x1000;

/// Places them.
pub(super) fn assign(def: &mut Domain) -> Result<()> {
    let pseries = Board::of(def) == Board::Pseries;
    let it = &mut def.devices;
    let reg = |info: &DeviceInfo| match info.address {
        Some(Address::SpaprVio { reg }) => reg,
        _ => None,
    };
    // not consoles: the first is a serial port under another name
    let said = (it.interfaces.iter().filter_map(|d| reg(&d.info)))
        .chain(it.controllers.iter().filter_map(|d| reg(&d.info)))
        .chain(it.serials.iter().filter_map(|d| reg(&d.info)))
        .chain(it.nvram.iter().filter_map(|d| reg(&d.info)))
        .chain(it.tpms.iter().filter_map(|d| reg(&d.info)));
    let mut bus = Bus::default();
    said.for_each(|reg| *bus.taken.entry(reg).or_default() += 1);
    for interface in &mut it.interfaces {
        let own = interface.model() == Some("spapr-vlan");
        bus.place(&mut interface.info, own, NET)?;
    }
    for controller in &mut it.controllers {
        let own = controller.is(ControllerType::Scsi) && controller.model.as_deref() == Some("ibmvscsi");
        bus.place(&mut controller.info, own, SCSI)?;
    }
    for serial in &mut it.serials {
        let kind = serial.target.as_ref().and_then(|target| target.kind);
        bus.place(&mut serial.info, kind == Some(SerialTargetType::SpaprVioSerial), SERIAL)?;
    }
    if let Some(nvram) = &mut it.nvram {
        bus.place(&mut nvram.info, pseries, NVRAM)?;
    }
    for tpm in &mut it.tpms {
        let own = pseries && tpm.model != Some(TpmModel::SpaprTpmProxy);
        bus.place(&mut tpm.info, own, TPM)?;
    }
    Ok(())
}

/// Numbers that are taken.
#[derive(Debug, Default)]
struct Bus {
    /// How many devices say each.
    taken: BTreeMap<u64, usize>,
    /// For each kind's first number, that at which the search goes on: numbers are never given back.
    next: BTreeMap<u64, u64>,
}

impl Bus {
    /// Places a device: at its own number, or at the first that is free.
    fn place(&mut self, info: &mut DeviceInfo, own: bool, first: u64) -> Result<()> {
        if own && !matches!(info.address, Some(Address::SpaprVio { .. })) {
            info.address = Some(Address::SpaprVio { reg: None });
        }
        let Some(Address::SpaprVio { reg }) = &mut info.address else { return Ok(()) };
        match reg {
            Some(said) if self.taken.get(said).is_some_and(|devices| *devices > 1) => {
                bail!(Qemu, XmlError, "spapr-vio address {said:#x} already in use")
            }
            Some(_) => {}
            None => {
                let next = self.next.entry(first).or_insert(first);
                while self.taken.contains_key(next) {
                    *next += STEP;
                }
                self.taken.insert(*next, 1);
                *reg = Some(*next);
            }
        }
        Ok(())
    }
}
