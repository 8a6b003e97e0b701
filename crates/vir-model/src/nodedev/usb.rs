//! USB devices and their interfaces.

use super::pci::Named;
use super::words::{Number, need};
use crate::words::{Checked, said};
use vir_base::Result;
use vir_xml::table::Table;
use vir_xml::{Content, Element, Writer, element};

element! {
    /// A USB device.
    pub struct UsbDevice "capability" {
        /// Its bus.
        leaf bus "bus": Option<Checked<Number<true>>>,
        /// Its number there.
        leaf device "device": Option<Checked<Number<true>>>,
        /// Its product.
        child product "product": Option<UsbNamed>,
        /// Who made it.
        child vendor "vendor": Option<UsbNamed>,
    }
    /// An interface of a USB device.
    pub struct UsbInterface "capability" {
        /// Its number.
        leaf number "number": Option<Checked<Number<true>>>,
        /// Its class.
        leaf class "class": Option<Checked<Number<true>>>,
        /// Its subclass.
        leaf subclass "subclass": Option<Checked<Number<true>>>,
        /// Its protocol.
        leaf protocol "protocol": Option<Checked<Number<true>>>,
        /// What it is.
        leaf description "description": Option<String>,
    }
}

/// A number and its name, printed as the peer does it for USB alone: without a name there is a space before the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsbNamed(pub Named);

impl Content for UsbNamed {
    fn read(element: &Element) -> Result<Self> {
        Named::read(element).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        self.0.write(w);
        if self.0.name.is_none() {
            w.gap();
        }
    }

    fn table() -> Option<&'static Table> {
        Named::table()
    }
}

impl UsbDevice {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        need(&self.bus, "USB bus number", device)?;
        need(&self.device, "USB device number", device)?;
        for (named, what) in [(&mut self.vendor, "USB vendor ID"), (&mut self.product, "USB product ID")] {
            let mut inner = named.take().map(|named| named.0);
            Named::check(&mut inner, what, device)?;
            *named = inner.map(UsbNamed);
        }
        Ok(())
    }
}

impl UsbInterface {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        need(&self.number, "USB interface number", device)?;
        need(&self.class, "USB interface class", device)?;
        need(&self.subclass, "USB interface subclass", device)?;
        need(&self.protocol, "USB interface protocol", device)?;
        said(&mut self.description);
        Ok(())
    }
}
