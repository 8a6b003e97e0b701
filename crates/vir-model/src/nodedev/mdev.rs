//! Mediated devices, and the kinds that a device can be the parent of.

use super::words::Sub;
use crate::words::{Checked, said};
use vir_base::{Result, Uuid, bail, err};
use vir_xml::table::Table;
use vir_xml::{Content, Element, Writer, element};

element! {
    /// The kinds of mediated devices that can be made of a device. Since 3.4.0.
    pub struct MdevTypes "capability" {
        /// The kinds.
        list types "type": Vec<MdevType>,
    }
    /// A kind of mediated device.
    pub struct MdevType "type" => settle {
        /// What the host's driver calls it.
        attr id "id": Option<String>,
        /// Its name, for people.
        leaf name "name": Option<String>,
        /// How guests get it, "vfio-pci".
        leaf api "deviceAPI": Option<String>,
        /// How many more can be made.
        leaf available "availableInstances": Option<Checked<u32>>,
    }
    /// A mediated device in one of its configurations. Since 3.4.0.
    pub struct Config "capability" => settle {
        /// Its kind.
        child kind "type": Option<ConfigType>,
        /// Its UUID. Since 6.5.0.
        leaf uuid "uuid": Option<Checked<Uuid>>,
        /// The address of its parent; documents that are read do not say it. Since 7.3.0.
        leaf parent "parent_addr": Option<String>,
        /// The group of devices that it can only be given away with.
        child group "iommuGroup": Option<GroupNumber>,
        /// What its driver is told, in this order. Since 6.5.0.
        list attributes "attr": Vec<Attribute>,
    }
    /// The kind of a mediated device.
    pub struct ConfigType "type" {
        /// What the host's driver calls it.
        attr id "id": Option<String>,
    }
    /// The number of a group of devices.
    pub struct GroupNumber "iommuGroup" {
        /// The number.
        attr number "number": Option<Checked<u32>>,
    }
    /// Something that a mediated device's driver is told.
    pub struct Attribute "attr" {
        /// Its name.
        attr name "name": Option<String>,
        /// Its value.
        attr value "value": Option<String>,
    }
}

/// A mediated device: as it is configured, and as it runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mdev {
    /// As it is configured.
    pub defined: Config,
    /// As it runs, if it does.
    pub active: Option<Config>,
}

impl Content for Mdev {
    fn read(element: &Element) -> Result<Self> {
        Ok(Self { defined: Config::read(element)?, active: None })
    }

    fn write(&self, w: &mut Writer) {
        match &self.active {
            _ if w.format().inactive => self.defined.write(w),
            Some(active) => active.write(w),
            None => Config { kind: None, attributes: vec![], ..self.defined.clone() }.write(w),
        }
    }

    fn table() -> Option<&'static Table> {
        Config::table()
    }
}

impl Sub for MdevTypes {
    const TYPE: &'static str = "mdev_types";

    fn is_said(&self) -> bool {
        !self.types.is_empty()
    }
}

impl MdevType {
    fn settle(&mut self, _: &Element) -> Result<()> {
        [&mut self.id, &mut self.name, &mut self.api].into_iter().for_each(said);
        let Some(id) = &self.id else {
            bail!(Nodedev, XmlError, "missing 'id' attribute for mediated device's <type> element");
        };
        if self.api.is_none() {
            bail!(Nodedev, XmlError, "missing device API for mediated device type '{id}'");
        }
        if self.available.as_ref().and_then(Checked::good).is_none() {
            bail!(Nodedev, XmlError, "missing number of available instances for mediated device type '{id}'");
        }
        Ok(())
    }
}

impl Config {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.parent = None;
        // one that is incomplete is left out, and not refused
        self.attributes.retain_mut(|attribute| {
            [&mut attribute.name, &mut attribute.value].into_iter().for_each(said);
            attribute.name.is_some() && attribute.value.is_some()
        });
        Ok(())
    }
}

impl Mdev {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        let it = &mut self.defined;
        it.kind.take_if(|kind| kind.id.as_deref().is_none_or(str::is_empty));
        if it.kind.is_none() {
            bail!(Nodedev, ConfigUnsupported, "missing type id attribute for '{device}'");
        }
        it.uuid.take_if(|uuid| *uuid == Checked::Bad(String::new()));
        if let Some(uuid) = &it.uuid {
            uuid.check(|text| err!(Nodedev, InternalError, "Invalid uuid '{text}' for new mdev device"))?;
        }
        let group = it.group.get_or_insert_default();
        match &group.number {
            None => group.number = Some(0.into()),
            Some(Checked::Bad(text)) if text.is_empty() => group.number = Some(0.into()),
            Some(Checked::Bad(_)) => {
                bail!(Nodedev, InternalError, "invalid iommuGroup number attribute for '{device}'")
            }
            Some(Checked::Good(_)) => {}
        }
        Ok(())
    }

    /// It runs as it is configured.
    pub fn activate(&mut self) {
        self.active = Some(self.defined.clone());
    }
}
