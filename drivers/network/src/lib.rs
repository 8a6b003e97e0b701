//! The network driver. So far it has no networks: it lists none and finds none, so that programs that
//! look first work; whatever would make one is not supported.

use vir_api::{Caller, NetworkDriver};
use vir_base::error::check_flags;
use vir_base::refs::NetworkRef;
use vir_base::{ErrorDomain, Result, Uuid, bail};

/// All filters of `virConnectListAllNetworks`.
const LIST_FLAGS: u32 = 0x3f;

/// The networks of this host.
#[derive(Clone, Copy, Debug, Default)]
pub struct Networks;

impl NetworkDriver for Networks {
    fn connect_num_of_networks(&self, _: &Caller) -> Result<i32> {
        Ok(0)
    }

    fn connect_num_of_defined_networks(&self, _: &Caller) -> Result<i32> {
        Ok(0)
    }

    fn connect_list_networks(&self, _: &Caller, _: i32) -> Result<Vec<String>> {
        Ok(vec![])
    }

    fn connect_list_defined_networks(&self, _: &Caller, _: i32) -> Result<Vec<String>> {
        Ok(vec![])
    }

    fn connect_list_all_networks(&self, _: &Caller, flags: u32) -> Result<Vec<NetworkRef>> {
        check_flags(ErrorDomain::Network, flags, LIST_FLAGS, "networkConnectListAllNetworks")?;
        Ok(vec![])
    }

    fn network_lookup_by_name(&self, _: &Caller, name: &str) -> Result<NetworkRef> {
        bail!(Network, NoNetwork, "no network with matching name '{name}'")
    }

    fn network_lookup_by_uuid(&self, _: &Caller, uuid: &Uuid) -> Result<NetworkRef> {
        bail!(Network, NoNetwork, "no network with matching uuid '{uuid}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_none_and_none_can_be_made() {
        let caller = Caller::default();
        assert_eq!(Networks.connect_list_all_networks(&caller, 0).unwrap(), []);
        assert!(Networks.connect_list_all_networks(&caller, 1 << 20).is_err());
        let error = Networks.network_lookup_by_name(&caller, "default").unwrap_err();
        assert_eq!(error.message(), "Network not found: no network with matching name 'default'");
        let error = Networks.network_create_xml(&caller, "<network/>").unwrap_err();
        assert_eq!(error.code(), vir_base::ErrorCode::NoSupport);
    }
}
