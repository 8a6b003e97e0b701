//! Disks and drives.

use super::words::{Nested, Sub, need, strangers};
use crate::words::{Checked, said};
use vir_base::{Result, bail};
use vir_xml::{Content, Element, Writer, element};

element! {
    /// A disk or drive.
    pub struct Storage "capability" {
        /// Its node.
        leaf block "block": Option<String>,
        /// What it is attached by, "scsi".
        leaf bus "bus": Option<String>,
        /// What it is, "disk", "cdrom".
        leaf drive "drive_type": Option<String>,
        /// Its model.
        leaf model "model": Option<String>,
        /// Who made it.
        leaf vendor "vendor": Option<String>,
        /// Its serial number.
        leaf serial "serial": Option<String>,
        /// If its medium can be taken out: the medium.
        part removable "capability": Nested<Removable>,
        /// Bytes, if its medium is fixed.
        leaf size "size": Option<Checked<u64>>,
        /// Bytes of a block; documents that are read do not say it. Since 0.7.3.
        leaf block_size "logical_block_size": Option<Checked<u64>>,
        /// Blocks; documents that are read do not say it. Since 0.7.3.
        leaf blocks "num_blocks": Option<Checked<u64>>,
        /// Whether it can be attached while the host runs.
        part hotpluggable "capability": Nested<Hotpluggable>,
    }
    /// A medium that can be taken out.
    pub struct Removable "capability" {
        /// Whether there is one: 1 or 0.
        leaf available "media_available": Option<String>,
        /// Bytes.
        leaf size "media_size": Option<Checked<u64>>,
        /// Its label. Since 0.7.5.
        leaf label "media_label": Option<String>,
        /// Bytes of a block; documents that are read do not say it. Since 0.7.3.
        leaf block_size "logical_block_size": Option<Checked<u64>>,
        /// Blocks; documents that are read do not say it. Since 0.7.3.
        leaf blocks "num_blocks": Option<Checked<u64>>,
    }
}

/// What can be attached while the host runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hotpluggable;

impl Content for Hotpluggable {
    fn table() -> Option<&'static vir_xml::table::Table> {
        super::tables::Hotpluggable::table()
    }

    fn read(_: &Element) -> Result<Self> {
        Ok(Self)
    }

    fn write(&self, _: &mut Writer) {}
}

impl Sub for Hotpluggable {
    const TYPE: &'static str = "hotpluggable";
}

impl Sub for Removable {
    const TYPE: &'static str = "removable";
}

impl Storage {
    pub(super) fn check(&mut self, device: &str, element: &Element) -> Result<()> {
        let Self { block, bus, drive, model, vendor, serial, .. } = self;
        [&mut *block, bus, drive, model, vendor, serial].into_iter().for_each(said);
        if block.is_none() {
            bail!(Nodedev, InternalError, "no block device path supplied for '{device}'");
        }
        let known = [Hotpluggable::TYPE, Removable::TYPE];
        strangers(element, &known, "storage capability type", "storage", device)?;
        (self.block_size, self.blocks) = (None, None);
        match &mut self.removable.0 {
            Some(medium) => {
                let available = medium.available.as_deref() == Some("1");
                medium.available = Some(String::from(if available { "1" } else { "0" }));
                said(&mut medium.label);
                need(&medium.size, "removable media size", device)?;
                (medium.block_size, medium.blocks, self.size) = (None, None, None);
                Ok(())
            }
            None => need(&self.size, "size", device),
        }
    }

    /// Says how large its blocks are, in bytes, and how many there are.
    pub fn set_blocks(&mut self, size: u64, count: u64) {
        let said = (Some(size.into()), Some(count.into()));
        match &mut self.removable.0 {
            Some(medium) => (medium.block_size, medium.blocks) = said,
            None => (self.block_size, self.blocks) = said,
        }
    }

    /// Bytes of its medium.
    pub fn bytes(&self) -> u64 {
        let size = self.removable.0.as_ref().map_or(&self.size, |medium| &medium.size);
        size.as_ref().and_then(Checked::good).copied().unwrap_or(0)
    }
}
