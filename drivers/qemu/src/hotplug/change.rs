//! What of a disk can be changed while its guest runs: its medium, and little more.

use std::fmt::Debug;
use vir_base::{Result, bail};
use vir_model::domain::device::disk::Disk;
use vir_model::domain::device::iotune::IoTune;
use vir_model::domain::plug;

/// A field's name in messages, and its value where it is said.
type Field = (&'static str, fn(&Disk) -> Option<String>);

fn said(value: impl Debug) -> Option<String> {
    Some(format!("{value:?}"))
}

/// A limit that is set.
fn limit(disk: &Disk, of: fn(&IoTune) -> u64) -> Option<String> {
    disk.iotune.as_ref().map(of).filter(|limit| *limit > 0).and_then(said)
}

/// Fields that stay as they are; what the new document does not say is no wish.
const FIELDS: &[Field] = &[
    ("tray", |d| said(d.target.as_ref()?.tray?)),
    ("removable", |d| said(d.target.as_ref()?.removable?)),
    ("geometry cylinders", |d| said(d.geometry.as_ref()?.cyls)),
    ("geometry heads", |d| said(d.geometry.as_ref()?.heads)),
    ("geometry sectors", |d| said(d.geometry.as_ref()?.secs)),
    ("BIOS-translation-modus", |d| said(d.geometry.as_ref()?.trans?)),
    ("blkdeviotune total_bytes_sec", |d| limit(d, |t| t.total_bytes_sec)),
    ("blkdeviotune read_bytes_sec", |d| limit(d, |t| t.read_bytes_sec)),
    ("blkdeviotune write_bytes_sec", |d| limit(d, |t| t.write_bytes_sec)),
    ("blkdeviotune total_iops_sec", |d| limit(d, |t| t.total_iops_sec)),
    ("blkdeviotune read_iops_sec", |d| limit(d, |t| t.read_iops_sec)),
    ("blkdeviotune write_iops_sec", |d| limit(d, |t| t.write_iops_sec)),
    ("blkdeviotune total_bytes_sec_max", |d| limit(d, |t| t.total_bytes_sec_max)),
    ("blkdeviotune read_bytes_sec_max", |d| limit(d, |t| t.read_bytes_sec_max)),
    ("blkdeviotune write_bytes_sec_max", |d| limit(d, |t| t.write_bytes_sec_max)),
    ("blkdeviotune total_iops_sec_max", |d| limit(d, |t| t.total_iops_sec_max)),
    ("blkdeviotune read_iops_sec_max", |d| limit(d, |t| t.read_iops_sec_max)),
    ("blkdeviotune write_iops_sec_max", |d| limit(d, |t| t.write_iops_sec_max)),
    ("blkdeviotune size_iops_sec", |d| limit(d, |t| t.size_iops_sec)),
    ("blkdeviotune group name", |d| d.iotune.as_ref()?.group_name.clone()),
    ("serial", |d| d.serial.clone()),
    ("wwn", |d| d.wwn.clone()),
    ("vendor", |d| d.vendor.clone()),
    ("product", |d| d.product.clone()),
    ("cache", |d| said(d.driver.as_ref()?.cache?)),
    ("error_policy", |d| said(d.driver.as_ref()?.error_policy?)),
    ("rerror_policy", |d| said(d.driver.as_ref()?.rerror_policy?)),
    ("io", |d| said(d.driver.as_ref()?.io?)),
    ("ioeventfd", |d| said(d.driver.as_ref()?.ioeventfd?)),
    ("event_idx", |d| said(d.driver.as_ref()?.event_idx?)),
    ("copy_on_read", |d| said(d.driver.as_ref()?.copy_on_read?)),
    ("discard_no_unref", |d| said(d.driver.as_ref()?.discard_no_unref?)),
    ("transient", |d| d.transient.as_ref().and_then(|_| said(true))),
    ("boot order", |d| said(d.info.boot.as_ref()?.order)),
    ("rawio", |d| said(d.rawio?)),
    ("sgio", |d| said(d.sgio?)),
    ("discard", |d| said(d.driver.as_ref()?.discard?)),
    ("iothread", |d| said(d.driver.as_ref()?.iothread?)),
    ("backenddomain", |d| d.backenddomain.as_ref()?.name.clone()),
    ("readonly", |d| d.readonly.then_some(true).and_then(said)),
    ("shared", |d| d.shareable.then_some(true).and_then(said)),
];

/// Fields that must be the same, said or not.
const EXACT: &[Field] = &[
    ("device", |d| said(d.device())),
    ("bus", |d| said(d.bus())),
    ("target", |d| said(d.dst())),
    ("blockio logical_block_size", |d| said(d.blockio.as_ref()?.logical_block_size?)),
    ("blockio physical_block_size", |d| said(d.blockio.as_ref()?.physical_block_size?)),
    ("blockio discard_granularity", |d| said(d.blockio.as_ref()?.discard_granularity?)),
];

/// Checks that a document changes nothing of a disk but its medium.
///
/// # Errors
/// `VIR_ERR_OPERATION_UNSUPPORTED`: the first field that it changes.
pub fn is_possible(new: &Disk, old: &Disk) -> Result<()> {
    let exact = EXACT.iter().find(|(_, of)| of(new) != of(old));
    let place = match (&new.info.address, &old.info.address) {
        (Some(new), Some(old)) => plug::same_place(new, old),
        (new, _) => new.is_none(),
    };
    let changed = || FIELDS.iter().find(|(_, of)| of(new).is_some() && of(new) != of(old));
    let field = match exact.or_else(changed) {
        Some((field, _)) => field,
        None if !place => "address",
        None => return Ok(()),
    };
    bail!(Qemu, OperationUnsupported, "cannot modify field '{field}' of the disk")
}
