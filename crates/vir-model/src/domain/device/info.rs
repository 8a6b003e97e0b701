//! What every device has: alias, boot order, address.

pub use super::address::{Address, AddressType, CcwAddress, PciAddress, Zpci};
use vir_base::{Result, bail};
use vir_xml::{Attr, Content, Element, OnOff, Part, Writer, YesNo, element};

element! {
    /// Its turn at boot. Since 0.8.8. Drivers: qemu, xen, bhyve.
    pub struct BootOrder "boot" => settle {
        /// Its turn, from 1; each once in a domain.
        attr order "order": u32,
        /// Up to eight characters that choose what an s390 guest boots of it. Since 3.5.0. Drivers: qemu.
        attr loadparm "loadparm": Option<String>,
    }
    /// Its index in the guest's ACPI tables. Since 7.3.0. Drivers: qemu.
    pub struct AcpiIndex "acpi" {
        /// From 1 to 16383; the guest names interfaces by it.
        attr index "index": u32,
    }
    /// A USB 1 companion's place. Since 0.9.5. Drivers: qemu.
    pub struct UsbMaster "master" {
        /// The companion's first port on its master.
        attr startport "startport": u32,
    }
    /// Code that the device brings along. Since 0.9.7. Drivers: qemu.
    pub struct Rom "rom" {
        /// Whether the guest finds any. Since 4.3.0.
        attr enabled "enabled": Option<YesNo>,
        /// Whether it is in the guest's memory map. Since 0.9.7.
        attr bar "bar": Option<OnOff>,
        /// File that holds it, instead of the device's own. Since 0.9.10.
        attr file "file": Option<String>,
    }
    /// What virtio devices have in common.
    pub struct VirtioOptions "driver" {
        /// Whether an IOMMU stands between it and the guest's memory. Since 3.5.0. Drivers: qemu, ch.
        attr iommu "iommu": Option<OnOff>,
        /// Whether it keeps a cache of address translations. Since 3.5.0. Drivers: qemu, ch.
        attr ats "ats": Option<OnOff>,
        /// Whether its queues are packed. Since 6.3.0. Drivers: qemu.
        attr packed "packed": Option<OnOff>,
        /// Whether each queue is told of on a page of its own. Since 7.9.0. Drivers: qemu.
        attr page_per_vq "page_per_vq": Option<OnOff>,
    }
}

impl BootOrder {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if self.order == 0 {
            bail!(
                Xml,
                XmlError,
                "Invalid value for attribute 'order' in element 'boot': Zero is not permitted"
            );
        }
        if let Some(text) = &mut self.loadparm {
            text.make_ascii_uppercase();
            if text.is_empty() || text.len() > 8 {
                bail!(Domain, InternalError, "loadparm value '{text}' must be between 1 and 8 characters");
            }
            if !text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ' ')) {
                bail!(
                    Domain,
                    InternalError,
                    "invalid loadparm value '{text}', expecting chars in set of [a-zA-Z0-9.] and blank spaces"
                );
            }
        }
        Ok(())
    }
}

/// What virtio devices have in common, as attributes among others.
impl Part for VirtioOptions {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::VirtioOptions::table()
    }

    fn take_attr(&mut self, element: &Element, attr: &Attr) -> Result<bool> {
        let slot = match &*attr.name {
            "iommu" => &mut self.iommu,
            "ats" => &mut self.ats,
            "packed" => &mut self.packed,
            "page_per_vq" => &mut self.page_per_vq,
            _ => return Ok(false),
        };
        *slot = Some(vir_xml::value_of(&attr.value, &attr.name, element)?);
        Ok(true)
    }

    fn take_child(&mut self, _: &Element, _: &Element) -> Result<bool> {
        Ok(false)
    }

    fn write_attrs(&self, w: &mut Writer) {
        Content::write(self, w);
    }

    fn write_children(&self, _: &mut Writer) {}
}

/// What every device has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceInfo {
    /// Name in the hypervisor; those of the user's own begin with `ua-`.
    pub alias: Option<String>,
    /// Turn at boot, of those that can be booted.
    pub boot: Option<BootOrder>,
    /// A USB companion's place on its master.
    pub master: Option<UsbMaster>,
    /// Code that it brings along, of those that may.
    pub rom: Option<Rom>,
    /// ACPI index.
    pub acpi: Option<AcpiIndex>,
    /// Where it sits.
    pub address: Option<Address>,
}

impl DeviceInfo {
    /// The alias, or nothing.
    pub fn alias(&self) -> &str {
        self.alias.as_deref().unwrap_or_default()
    }
}

impl Part for DeviceInfo {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::DeviceInfo::table()
    }

    fn take_attr(&mut self, _: &Element, _: &Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        match &*child.name {
            "alias" if self.alias.is_none() => {
                self.alias = child.attr("name").filter(|name| !name.is_empty()).map(str::to_owned);
            }
            "boot" if self.boot.is_none() => self.boot = Some(Content::read(child)?),
            "master" if self.master.is_none() => self.master = Some(Content::read(child)?),
            "rom" if self.rom.is_none() => {
                let rom: Rom = Content::read(child)?;
                if rom.enabled == Some(YesNo::No) && (rom.bar.is_some() || rom.file.is_some()) {
                    bail!(Domain, ConfigUnsupported, "ROM tuning is not supported when ROM is disabled");
                }
                self.rom = Some(rom);
            }
            "acpi" if self.acpi.is_none() => {
                self.acpi = Some(Content::read(child)?).filter(|acpi: &AcpiIndex| acpi.index > 0)
            }
            "address" if self.address.is_none() => self.address = Address::read(child)?,
            "alias" | "boot" | "master" | "rom" | "acpi" | "address" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if let Some(boot) = &self.boot {
            w.element("boot", |w| boot.write(w));
        }
        if let Some(alias) = &self.alias
            && (!w.format().inactive || alias.starts_with("ua-"))
        {
            w.element("alias", |w| w.attr("name", alias));
        }
        if let Some(master) = &self.master {
            w.element("master", |w| master.write(w));
        }
        if let Some(rom) = &self.rom {
            w.maybe("rom", |w| rom.write(w));
        }
        if let Some(acpi) = &self.acpi {
            w.element("acpi", |w| acpi.write(w));
        }
        if let Some(address) = &self.address {
            address.write(w);
        }
    }
}
