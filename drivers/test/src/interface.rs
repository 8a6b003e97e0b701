//! Network interfaces of the host: definitions, a list, look-ups, being up or down, and transactions.

use crate::driver::Driver;
use crate::list::limit;
use crate::network::group;
use vir_api::constants as c;
use vir_api::{Caller, InterfaceDriver};
use vir_base::error::check_flags;
use vir_base::refs::InterfaceRef;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, bail, err};
use vir_model::interface as model;

/// An interface.
#[derive(Clone, Debug)]
pub(crate) struct Interface {
    /// What it is.
    pub def: model::Interface,
    /// It is up.
    pub active: bool,
}

/// The interfaces, and what they were when a transaction began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interfaces {
    /// Now.
    pub now: Vec<Interface>,
    before: Option<Vec<Interface>>,
}

impl Interface {
    fn name(&self) -> &str {
        self.def.name.as_deref().unwrap_or_default()
    }

    /// MAC address as text; empty if it has none.
    fn mac(&self) -> &str {
        self.def.mac.as_ref().and_then(|mac| mac.address.as_deref()).unwrap_or_default()
    }

    fn reference(&self) -> InterfaceRef {
        InterfaceRef { name: self.name().to_owned(), mac: self.mac().to_owned() }
    }
}

impl From<Vec<Interface>> for Interfaces {
    fn from(now: Vec<Interface>) -> Self {
        Self { now, before: None }
    }
}

impl Interfaces {
    fn find(&mut self, name: &str) -> Result<&mut Interface> {
        self.now
            .iter_mut()
            .find(|interface| interface.name() == name)
            .ok_or_else(|| err!(Test, NoInterface, "no interface with matching name '{name}'"))
    }
}

impl Driver {
    fn interface_names(&self, active: bool, max: i32) -> Result<Vec<String>> {
        self.with(|state| {
            let interfaces = state.interfaces.now.iter().filter(|interface| interface.active == active);
            Ok(interfaces.map(|interface| interface.name().to_owned()).take(limit(max)).collect())
        })
    }

    fn interface_count(&self, active: bool) -> Result<i32> {
        Ok(i32::try_from(self.interface_names(active, i32::MAX)?.len()).unwrap_or(i32::MAX))
    }

    fn switch(&self, name: &str, up: bool) -> Result<()> {
        self.with(|state| {
            let interface = state.interfaces.find(name)?;
            if interface.active == up {
                return Err(Error::bare(ErrorDomain::Test, ErrorCode::OperationInvalid));
            }
            interface.active = up;
            Ok(())
        })
    }
}

impl InterfaceDriver for Driver {
    fn connect_num_of_interfaces(&self, _: &Caller) -> Result<i32> {
        self.interface_count(true)
    }

    fn connect_list_interfaces(&self, _: &Caller, max: i32) -> Result<Vec<String>> {
        self.interface_names(true, max)
    }

    fn connect_num_of_defined_interfaces(&self, _: &Caller) -> Result<i32> {
        self.interface_count(false)
    }

    fn connect_list_defined_interfaces(&self, _: &Caller, max: i32) -> Result<Vec<String>> {
        self.interface_names(false, max)
    }

    fn connect_list_all_interfaces(&self, _: &Caller, flags: u32) -> Result<Vec<InterfaceRef>> {
        let (up, down) = (c::VIR_CONNECT_LIST_INTERFACES_ACTIVE, c::VIR_CONNECT_LIST_INTERFACES_INACTIVE);
        check_flags(ErrorDomain::Test, flags, up | down, "testConnectListAllInterfaces")?;
        self.with(|state| {
            let interfaces =
                state.interfaces.now.iter().filter(|interface| group(flags, up, down, interface.active));
            Ok(interfaces.map(Interface::reference).collect())
        })
    }

    fn interface_lookup_by_name(&self, _: &Caller, name: &str) -> Result<InterfaceRef> {
        self.with(|state| Ok(state.interfaces.find(name)?.reference()))
    }

    fn interface_lookup_by_mac_string(&self, _: &Caller, mac: &str) -> Result<InterfaceRef> {
        self.with(|state| {
            let mut found = state.interfaces.now.iter().filter(|known| known.mac().eq_ignore_ascii_case(mac));
            match (found.next(), found.next()) {
                (None, _) => bail!(Test, NoInterface, "no interface with matching mac '{mac}'"),
                (Some(only), None) => Ok(only.reference()),
                _ => Err(Error::bare(ErrorDomain::Test, ErrorCode::MultipleInterfaces)),
            }
        })
    }

    fn interface_get_xml_desc(&self, _: &Caller, iface: &InterfaceRef, flags: u32) -> Result<String> {
        check_flags(ErrorDomain::Test, flags, 0, "testInterfaceGetXMLDesc")?;
        self.with(|state| Ok(state.interfaces.find(&iface.name)?.def.to_document()))
    }

    fn interface_define_xml(&self, _: &Caller, xml: &str, flags: u32) -> Result<InterfaceRef> {
        let known = c::VIR_INTERFACE_DEFINE_VALIDATE;
        check_flags(ErrorDomain::Test, flags, known, "testInterfaceDefineXML")?;
        if flags & known != 0 {
            vir_schema::require("interface", ErrorDomain::Interface, xml)?;
        }
        let new = Interface { def: model::Interface::parse(xml)?, active: false };
        let reference = new.reference();
        self.with(|state| {
            match state.interfaces.find(&reference.name) {
                Ok(old) => old.def = new.def,
                Err(_) => state.interfaces.now.push(new),
            }
            Ok(reference)
        })
    }

    fn interface_is_active(&self, _: &Caller, iface: &InterfaceRef) -> Result<i32> {
        self.with(|state| Ok(state.interfaces.find(&iface.name)?.active.into()))
    }

    fn interface_create(&self, _: &Caller, iface: &InterfaceRef, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testInterfaceCreate")?;
        self.switch(&iface.name, true)
    }

    fn interface_destroy(&self, _: &Caller, iface: &InterfaceRef, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testInterfaceDestroy")?;
        self.switch(&iface.name, false)
    }

    fn interface_undefine(&self, _: &Caller, iface: &InterfaceRef) -> Result<()> {
        self.with(|state| {
            state.interfaces.find(&iface.name)?;
            state.interfaces.now.retain(|known| known.name() != iface.name);
            Ok(())
        })
    }

    fn interface_change_begin(&self, _: &Caller, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testInterfaceChangeBegin")?;
        self.with(|state| {
            if state.interfaces.before.is_some() {
                bail!(Test, OperationInvalid, "there is another transaction running.");
            }
            // which of them are up is not part of a transaction: all are down after a roll-back
            let down = |interface: &Interface| Interface { active: false, ..interface.clone() };
            state.interfaces.before = Some(state.interfaces.now.iter().map(down).collect());
            Ok(())
        })
    }

    fn interface_change_commit(&self, _: &Caller, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testInterfaceChangeCommit")?;
        self.with(|state| match state.interfaces.before.take() {
            Some(_) => Ok(()),
            None => bail!(Test, OperationInvalid, "no transaction running, nothing to be committed."),
        })
    }

    fn interface_change_rollback(&self, _: &Caller, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testInterfaceChangeRollback")?;
        self.with(|state| match state.interfaces.before.take() {
            Some(before) => {
                state.interfaces.now = before;
                Ok(())
            }
            None => bail!(Test, OperationInvalid, "no transaction running, nothing to rollback."),
        })
    }
}
