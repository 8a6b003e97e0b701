//! Virtual networks: a list, look-ups, and being on or off.

use crate::driver::{Driver, State};
use crate::list::limit;
use std::net::IpAddr;
use vir_api::constants as c;
use vir_api::event::{Event, NetworkEvent};
use vir_api::types::DomainIpAddr;
use vir_api::{Caller, NetworkDriver};
use vir_base::error::check_flags;
use vir_base::refs::NetworkRef;
use vir_base::{Error, ErrorDomain, Result, Uuid, bail, err};

/// A network.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// Name.
    pub name: String,
    /// UUID.
    pub uuid: Uuid,
    /// The host's bridge.
    pub bridge: Option<String>,
    /// The first address for guests, and the length of the prefix.
    pub first_address: Option<(IpAddr, u32)>,
    /// Its document, where it is known whole.
    pub xml: Option<&'static str>,
    /// It is on.
    pub active: bool,
    /// Marked for start with the host.
    pub autostart: bool,
}

impl Network {
    fn reference(&self) -> NetworkRef {
        NetworkRef { name: self.name.clone(), uuid: self.uuid }
    }
}

/// The network of that name.
pub(crate) fn by_name<'a>(networks: &'a mut [Network], name: &str) -> Result<&'a mut Network> {
    networks
        .iter_mut()
        .find(|network| network.name == name)
        .ok_or_else(|| err!(Test, NoNetwork, "no network with matching name '{name}'"))
}

fn by_uuid<'a>(networks: &'a [Network], uuid: &Uuid) -> Result<&'a Network> {
    networks
        .iter()
        .find(|network| network.uuid == *uuid)
        .ok_or_else(|| err!(Test, NoNetwork, "no network with matching uuid '{uuid}'"))
}

/// The `offset`th address after the first that guests of the network get.
pub(crate) fn guest_address(networks: &mut [Network], name: &str, offset: i64) -> Result<DomainIpAddr> {
    let Some((first, prefix)) = by_name(networks, name)?.first_address else {
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
            Ok(networks.map(|network| network.name.clone()).take(limit(max)).collect())
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
                true,
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
        self.with(|state| by_uuid(&state.networks, &net.uuid).map(|_| 1))
    }

    fn network_get_xml_desc(&self, _: &Caller, net: &NetworkRef, flags: u32) -> Result<String> {
        check_flags(ErrorDomain::Test, flags, c::VIR_NETWORK_XML_INACTIVE, "testNetworkGetXMLDesc")?;
        let xml = self.with(|state| Ok(by_name(&mut state.networks, &net.name)?.xml))?;
        xml.map(str::to_owned).ok_or_else(|| Error::no_support(ErrorDomain::Network, "virNetworkGetXMLDesc"))
    }

    fn network_get_bridge_name(&self, _: &Caller, net: &NetworkRef) -> Result<String> {
        self.with(|state| {
            let bridge = by_name(&mut state.networks, &net.name)?.bridge.clone();
            bridge.ok_or_else(|| {
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
            let reference = network.reference();
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
            state.networks.retain(|network| network.name != net.name);
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
