//! Virtual networks: definitions and changes to them, a list, look-ups, and being on or off.

use crate::driver::{Driver, State};
use crate::list::limit;
use std::net::IpAddr;
use vir_api::constants as c;
use vir_api::event::{Event, NetworkEvent};
use vir_api::types::DomainIpAddr;
use vir_api::{Caller, NetworkDriver};
use vir_base::error::check_flags;
use vir_base::refs::NetworkRef;
use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_model::network as model;
use vir_model::network::update::{Command, Section};
use vir_xml::Format;

/// A network.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// What it is.
    pub def: model::Network,
    /// What it was to be after the next start, when it was defined anew while on.
    next: Option<model::Network>,
    /// It is on.
    pub active: bool,
    /// It stays when it goes off.
    persistent: bool,
    /// Marked for start with the host.
    pub autostart: bool,
}

impl Network {
    /// A network of this definition, which gets a UUID if it has none.
    pub fn new(mut def: model::Network, active: bool, persistent: bool) -> Self {
        def.uuid.get_or_insert_with(|| Uuid::random().into());
        Self { def, next: None, active, persistent, autostart: false }
    }

    /// Name.
    pub fn name(&self) -> &str {
        self.def.name()
    }

    fn uuid(&self) -> Uuid {
        self.def.uuid().unwrap_or(Uuid([0; 16]))
    }

    fn reference(&self) -> NetworkRef {
        NetworkRef { name: self.name().to_owned(), uuid: self.uuid() }
    }

    /// The first address for guests, and the length of the prefix.
    fn first_address(&self) -> Option<(IpAddr, u32)> {
        let ip = self.def.ips.first()?;
        let range = ip.dhcp.as_ref().and_then(|dhcp| dhcp.ranges.first()).and_then(|range| range.start);
        Some((range.or(ip.address())?, ip.prefix_length()?))
    }

    /// Changes a part of what it is, and of what it is to be, as asked.
    fn update(&mut self, flags: u32, change: impl Fn(&mut model::Network) -> Result<()>) -> Result<()> {
        let (live, config) = (c::VIR_NETWORK_UPDATE_AFFECT_LIVE, c::VIR_NETWORK_UPDATE_AFFECT_CONFIG);
        let flags = match flags & (live | config) {
            0 if self.active => live,
            0 => config,
            flags => flags,
        };
        if flags & live != 0 && !self.active {
            bail!(Network, OperationInvalid, "network is not running");
        }
        if flags & config != 0 && !self.persistent {
            bail!(Network, OperationInvalid, "cannot change persistent config of a transient network");
        }
        let changed = |def: &model::Network| {
            let mut def = def.clone();
            change(&mut def)?;
            // what came of it must be a network still
            model::Network::parse(&def.to_document(Format::default()), false)
        };
        let now = (flags & live != 0).then(|| changed(&self.def)).transpose()?;
        let next = self.next.as_ref().unwrap_or(&self.def);
        let next = (flags & config != 0).then(|| changed(next)).transpose()?;
        if let Some(next) = next {
            match self.active {
                true => self.next = Some(next),
                false => self.def = next,
            }
        }
        if let Some(now) = now {
            if self.persistent && self.next.is_none() {
                self.next = Some(self.def.clone());
            }
            self.def = now;
        }
        Ok(())
    }
}

/// The network of that name.
pub(crate) fn by_name<'a>(networks: &'a mut [Network], name: &str) -> Result<&'a mut Network> {
    networks
        .iter_mut()
        .find(|network| network.name() == name)
        .ok_or_else(|| err!(Test, NoNetwork, "no network with matching name '{name}'"))
}

fn by_uuid<'a>(networks: &'a [Network], uuid: &Uuid) -> Result<&'a Network> {
    networks
        .iter()
        .find(|network| network.uuid() == *uuid)
        .ok_or_else(|| err!(Test, NoNetwork, "no network with matching uuid '{uuid}'"))
}

/// The `offset`th address after the first that guests of the network get.
pub(crate) fn guest_address(networks: &mut [Network], name: &str, offset: i64) -> Result<DomainIpAddr> {
    let Some((first, prefix)) = by_name(networks, name)?.first_address() else {
        bail!(Test, InternalError, "network '{name}' does not have an IP address");
    };
    Ok(match first {
        IpAddr::V4(first) => {
            // the address wraps around, so the low half of the offset is all that counts
            let [a, b, c, d, ..] = offset.to_le_bytes();
            let address = u32::from(first).wrapping_add(u32::from_le_bytes([a, b, c, d]));
            DomainIpAddr { kind: 0, addr: std::net::Ipv4Addr::from(address).to_string(), prefix }
        }
        IpAddr::V6(first) => {
            let mut octets = first.octets();
            octets[15] = octets[15].wrapping_add(offset.to_le_bytes()[0]);
            DomainIpAddr { kind: 1, addr: std::net::Ipv6Addr::from(octets).to_string(), prefix }
        }
    })
}

fn changed(state: &mut State, network: NetworkRef, event: i32) {
    state.tell(Event::Network(network, NetworkEvent::Lifecycle { event, detail: 0 }));
}

impl Driver {
    fn names(&self, active: bool, max: i32) -> Result<Vec<String>> {
        self.with(|state| {
            let networks = state.networks.iter().filter(|network| network.active == active);
            Ok(networks.map(|network| network.name().to_owned()).take(limit(max)).collect())
        })
    }

    /// Takes a definition in, to be started or kept.
    fn assign(&self, xml: &str, live: bool) -> Result<NetworkRef> {
        let new = Network::new(model::Network::parse(xml, false)?, live, !live);
        let event = if live { c::VIR_NETWORK_EVENT_STARTED } else { c::VIR_NETWORK_EVENT_DEFINED };
        self.with(|state| {
            let reference = new.reference();
            let NetworkRef { name, uuid } = &reference;
            let named = state.networks.iter().find(|network| network.name() == name).map(Network::uuid);
            let old = state.networks.iter().position(|network| network.uuid() == *uuid);
            match (old.map(|at| &mut state.networks[at]), named) {
                (Some(old), _) if old.name() != name => bail!(
                    Network,
                    OperationFailed,
                    "network '{}' is already defined with uuid {uuid}",
                    old.name()
                ),
                (Some(old), _) if live && old.active => {
                    bail!(Network, OperationInvalid, "network is already active as '{name}'")
                }
                (Some(old), _) if live => {
                    if old.persistent && old.next.is_none() {
                        old.next = Some(old.def.clone());
                    }
                    (old.def, old.active) = (new.def, true);
                }
                (Some(old), _) => {
                    match old.active {
                        true => old.next = Some(new.def),
                        false => (old.def, old.next) = (new.def, None),
                    }
                    old.persistent = true;
                }
                (None, Some(uuid)) => {
                    bail!(Network, OperationFailed, "network '{name}' already exists with uuid {uuid}")
                }
                (None, None) => state.networks.push(new),
            }
            changed(state, reference.clone(), event);
            Ok(reference)
        })
    }

    fn count(&self, active: bool) -> Result<i32> {
        Ok(i32::try_from(self.names(active, i32::MAX)?.len()).unwrap_or(i32::MAX))
    }
}

impl NetworkDriver for Driver {
    fn connect_num_of_networks(&self, _: &Caller) -> Result<i32> {
        self.count(true)
    }

    fn connect_list_networks(&self, _: &Caller, max: i32) -> Result<Vec<String>> {
        self.names(true, max)
    }

    fn connect_num_of_defined_networks(&self, _: &Caller) -> Result<i32> {
        self.count(false)
    }

    fn connect_list_defined_networks(&self, _: &Caller, max: i32) -> Result<Vec<String>> {
        self.names(false, max)
    }

    fn connect_list_all_networks(&self, _: &Caller, flags: u32) -> Result<Vec<NetworkRef>> {
        check_flags(ErrorDomain::Test, flags, 0x3f, "testConnectListAllNetworks")?;
        let passes = |network: &Network| {
            group(
                flags,
                c::VIR_CONNECT_LIST_NETWORKS_ACTIVE,
                c::VIR_CONNECT_LIST_NETWORKS_INACTIVE,
                network.active,
            ) && group(
                flags,
                c::VIR_CONNECT_LIST_NETWORKS_PERSISTENT,
                c::VIR_CONNECT_LIST_NETWORKS_TRANSIENT,
                network.persistent,
            ) && group(
                flags,
                c::VIR_CONNECT_LIST_NETWORKS_AUTOSTART,
                c::VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART,
                network.autostart,
            )
        };
        self.with(|state| {
            Ok(state.networks.iter().filter(|network| passes(network)).map(Network::reference).collect())
        })
    }

    fn network_lookup_by_name(&self, _: &Caller, name: &str) -> Result<NetworkRef> {
        self.with(|state| Ok(by_name(&mut state.networks, name)?.reference()))
    }

    fn network_lookup_by_uuid(&self, _: &Caller, uuid: &Uuid) -> Result<NetworkRef> {
        self.with(|state| Ok(by_uuid(&state.networks, uuid)?.reference()))
    }

    fn network_is_active(&self, _: &Caller, net: &NetworkRef) -> Result<i32> {
        self.with(|state| Ok(by_uuid(&state.networks, &net.uuid)?.active.into()))
    }

    fn network_is_persistent(&self, _: &Caller, net: &NetworkRef) -> Result<i32> {
        self.with(|state| Ok(by_uuid(&state.networks, &net.uuid)?.persistent.into()))
    }

    fn network_get_xml_desc(&self, _: &Caller, net: &NetworkRef, flags: u32) -> Result<String> {
        check_flags(ErrorDomain::Test, flags, c::VIR_NETWORK_XML_INACTIVE, "testNetworkGetXMLDesc")?;
        let inactive = flags & c::VIR_NETWORK_XML_INACTIVE != 0;
        self.with(|state| {
            let network = by_name(&mut state.networks, &net.name)?;
            Ok(network.def.to_document(Format { inactive, ..Format::default() }))
        })
    }

    fn network_define_xml(&self, caller: &Caller, xml: &str) -> Result<NetworkRef> {
        self.network_define_xml_flags(caller, xml, 0)
    }

    fn network_define_xml_flags(&self, _: &Caller, xml: &str, flags: u32) -> Result<NetworkRef> {
        let known = c::VIR_NETWORK_DEFINE_VALIDATE;
        check_flags(ErrorDomain::Test, flags, known, "testNetworkDefineXMLFlags")?;
        if flags & known != 0 {
            vir_schema::require("network", ErrorDomain::Network, xml)?;
        }
        self.assign(xml, false)
    }

    fn network_create_xml(&self, caller: &Caller, xml: &str) -> Result<NetworkRef> {
        self.network_create_xml_flags(caller, xml, 0)
    }

    fn network_create_xml_flags(&self, _: &Caller, xml: &str, flags: u32) -> Result<NetworkRef> {
        let known = c::VIR_NETWORK_CREATE_VALIDATE;
        check_flags(ErrorDomain::Test, flags, known, "testNetworkCreateXMLFlags")?;
        if flags & known != 0 {
            vir_schema::require("network", ErrorDomain::Network, xml)?;
        }
        self.assign(xml, true)
    }

    fn network_update(
        &self,
        _: &Caller,
        net: &NetworkRef,
        command: u32,
        section: u32,
        parent_index: i32,
        xml: &str,
        flags: u32,
    ) -> Result<()> {
        let known = c::VIR_NETWORK_UPDATE_AFFECT_LIVE | c::VIR_NETWORK_UPDATE_AFFECT_CONFIG;
        check_flags(ErrorDomain::Test, flags, known, "testNetworkUpdate")?;
        let (command, section) = (Command::of(command), Section::of(section));
        self.with(|state| {
            let mut found = state.networks.iter_mut().filter(|network| network.uuid() == net.uuid);
            match found.next() {
                Some(network) => network.update(flags, |def| def.update(command, section, parent_index, xml)),
                None => bail!(Test, NoNetwork, "no network with matching uuid '{}'", net.uuid),
            }
        })
    }

    fn network_get_bridge_name(&self, _: &Caller, net: &NetworkRef) -> Result<String> {
        self.with(|state| {
            let bridge = by_name(&mut state.networks, &net.name)?.def.bridge.as_ref();
            bridge.and_then(|bridge| bridge.name.clone()).ok_or_else(|| {
                err!(Test, InternalError, "network '{}' does not have a bridge name.", net.name)
            })
        })
    }

    fn network_get_autostart(&self, _: &Caller, net: &NetworkRef) -> Result<i32> {
        self.with(|state| Ok(by_name(&mut state.networks, &net.name)?.autostart.into()))
    }

    fn network_set_autostart(&self, _: &Caller, net: &NetworkRef, autostart: i32) -> Result<()> {
        self.with(|state| {
            by_name(&mut state.networks, &net.name)?.autostart = autostart != 0;
            Ok(())
        })
    }

    fn network_create(&self, _: &Caller, net: &NetworkRef) -> Result<()> {
        self.with(|state| {
            let network = by_name(&mut state.networks, &net.name)?;
            if network.active {
                bail!(Test, OperationInvalid, "Network '{}' is already running", net.name);
            }
            network.active = true;
            let reference = network.reference();
            changed(state, reference, c::VIR_NETWORK_EVENT_STARTED);
            Ok(())
        })
    }

    fn network_destroy(&self, _: &Caller, net: &NetworkRef) -> Result<()> {
        self.with(|state| {
            let network = by_name(&mut state.networks, &net.name)?;
            network.active = false;
            let (reference, persistent) = (network.reference(), network.persistent);
            if !persistent {
                state.networks.retain(|network| network.name() != net.name);
            }
            changed(state, reference, c::VIR_NETWORK_EVENT_STOPPED);
            Ok(())
        })
    }

    fn network_undefine(&self, _: &Caller, net: &NetworkRef) -> Result<()> {
        self.with(|state| {
            let network = by_name(&mut state.networks, &net.name)?;
            if network.active {
                bail!(Test, OperationInvalid, "Network '{}' is still running", net.name);
            }
            let reference = network.reference();
            state.networks.retain(|network| network.name() != net.name);
            changed(state, reference, c::VIR_NETWORK_EVENT_UNDEFINED);
            Ok(())
        })
    }
}

/// A pair of list flags: with neither or both, all pass.
pub(crate) fn group(flags: u32, yes: u32, no: u32, holds: bool) -> bool {
    match (flags & yes != 0, flags & no != 0) {
        (true, false) => holds,
        (false, true) => !holds,
        _ => true,
    }
}
