//! `<filterbinding>`: the filter that a guest's interface has, and the values of its variables.

use crate::domain::device::netparts::{FilterRef, Mac};
use crate::words::{Checked, root};
use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_xml::{Content, Format, element};

element! {
    /// The filter that an interface has. Since 4.5.0. Drivers: nwfilter.
    pub struct Binding "filterbinding" {
        /// The guest.
        child owner "owner": Option<Owner>,
        /// The interface.
        child portdev "portdev": Option<Device>,
        /// The host's device that it is on.
        child linkdev "linkdev": Option<Device>,
        /// The guest's MAC address.
        child mac "mac": Option<BindingMac>,
        /// The filter.
        child filterref "filterref": Option<FilterRef>,
    }
    /// The guest.
    pub struct Owner "owner" {
        /// Its name.
        leaf name "name": Option<String>,
        /// Its UUID.
        leaf uuid "uuid": Option<Checked<Uuid>>,
    }
    /// A network device of the host.
    pub struct Device "portdev" {
        /// Its name.
        attr name "name": Option<String>,
    }
    /// A MAC address.
    pub struct BindingMac "mac" {
        /// The address.
        attr address "address": Option<Checked<Mac>>,
    }
}

impl Binding {
    /// Reads a document.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::Nwfilter, xml, None)?;
        let it = Self::read(root(&tree, Self::NAME)?)?;
        it.check()?;
        Ok(it)
    }

    /// The document.
    pub fn to_document(&self) -> String {
        self.to_xml(Format::default())
    }

    fn check(&self) -> Result<()> {
        let said = |text: Option<&String>| text.is_some_and(|text| !text.is_empty());
        let missing = |what: &str| err!(Nwfilter, InternalError, "filter binding has no {what}");
        let name = |device: &Option<Device>| said(device.as_ref().and_then(|device| device.name.as_ref()));
        if !name(&self.portdev) {
            return Err(missing("port dev name"));
        }
        if self.linkdev.is_some() && !name(&self.linkdev) {
            return Err(missing("link dev name"));
        }
        let owner = self.owner.as_ref();
        if !said(owner.and_then(|owner| owner.name.as_ref())) {
            return Err(missing("owner name"));
        }
        match owner.and_then(|owner| owner.uuid.as_ref()) {
            None => return Err(missing("owner UUID")),
            Some(Checked::Bad(text)) if text.is_empty() => return Err(missing("owner UUID")),
            Some(uuid) => {
                uuid.check(|text| err!(Nwfilter, InternalError, "Unable to parse UUID '{text}'"))?
            }
        };
        match self.mac.as_ref().and_then(|mac| mac.address.as_ref()) {
            None => return Err(missing("MAC address")),
            Some(mac) => mac.check(|text| err!(Nwfilter, InternalError, "Unable to parse MAC '{text}'"))?,
        };
        if !said(self.filterref.as_ref().and_then(|filter| filter.filter.as_ref())) {
            bail!(Nwfilter, InternalError, "filter binding has no filter reference");
        }
        Ok(())
    }
}
