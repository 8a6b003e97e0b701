//! The host itself as a device.

use super::words::need;
use crate::words::{Checked, said};
use vir_base::{Result, Uuid, bail};
use vir_xml::element;

element! {
    /// The host itself.
    pub struct System "capability" {
        /// Its product name.
        leaf product "product": Option<String>,
        /// Its hardware.
        block hardware "hardware": Option<Hardware>,
        /// Its firmware.
        block firmware "firmware": Option<Firmware>,
    }
    /// The host's hardware.
    pub struct Hardware "hardware" {
        /// Who made it.
        leaf vendor "vendor": Option<String>,
        /// Its version.
        leaf version "version": Option<String>,
        /// Its serial number.
        leaf serial "serial": Option<String>,
        /// Its UUID.
        leaf uuid "uuid": Option<Checked<Uuid>>,
    }
    /// The host's firmware.
    pub struct Firmware "firmware" {
        /// Who made it.
        leaf vendor "vendor": Option<String>,
        /// Its version.
        leaf version "version": Option<String>,
        /// When it was released.
        leaf release_date "release_date": Option<String>,
    }
}

impl System {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        let hardware = self.hardware.get_or_insert_default();
        let firmware = self.firmware.get_or_insert_default();
        let texts = [
            &mut self.product,
            &mut hardware.vendor,
            &mut hardware.version,
            &mut hardware.serial,
            &mut firmware.vendor,
            &mut firmware.version,
            &mut firmware.release_date,
        ];
        texts.into_iter().for_each(said);
        match &hardware.uuid {
            Some(Checked::Bad(text)) if !text.is_empty() => {
                bail!(Nodedev, InternalError, "malformed uuid element for '{device}'")
            }
            uuid => need(uuid, "system UUID", device),
        }
    }
}
