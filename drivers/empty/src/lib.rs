//! A host without virtual networks and storage pools: its lists are empty, and nothing is found.
//!
//! Stands where the drivers for them would, so that clients that look before they make a guest see
//! an empty host rather than a failure. Whatever would make something is not supported.

use vir_api::{Caller, NetworkDriver, StorageDriver};
use vir_base::refs::{NetworkRef, StoragePoolRef, StorageVolRef};
use vir_base::{Result, Uuid, bail};

/// No networks, no pools.
#[derive(Clone, Copy, Debug, Default)]
pub struct Empty;

impl NetworkDriver for Empty {
    fn connect_num_of_networks(&self, _: &Caller) -> Result<i32> {
        Ok(0)
    }

    fn connect_list_networks(&self, _: &Caller, _: i32) -> Result<Vec<String>> {
        Ok(vec![])
    }

    fn connect_num_of_defined_networks(&self, _: &Caller) -> Result<i32> {
        Ok(0)
    }

    fn connect_list_defined_networks(&self, _: &Caller, _: i32) -> Result<Vec<String>> {
        Ok(vec![])
    }

    fn connect_list_all_networks(&self, _: &Caller, _: u32) -> Result<Vec<NetworkRef>> {
        Ok(vec![])
    }

    fn network_lookup_by_name(&self, _: &Caller, name: &str) -> Result<NetworkRef> {
        bail!(Network, NoNetwork, "no network with matching name '{name}'")
    }

    fn network_lookup_by_uuid(&self, _: &Caller, uuid: &Uuid) -> Result<NetworkRef> {
        bail!(Network, NoNetwork, "no network with matching uuid '{uuid}'")
    }
}

impl StorageDriver for Empty {
    fn connect_num_of_storage_pools(&self, _: &Caller) -> Result<i32> {
        Ok(0)
    }

    fn connect_list_storage_pools(&self, _: &Caller, _: i32) -> Result<Vec<String>> {
        Ok(vec![])
    }

    fn connect_num_of_defined_storage_pools(&self, _: &Caller) -> Result<i32> {
        Ok(0)
    }

    fn connect_list_defined_storage_pools(&self, _: &Caller, _: i32) -> Result<Vec<String>> {
        Ok(vec![])
    }

    fn connect_list_all_storage_pools(&self, _: &Caller, _: u32) -> Result<Vec<StoragePoolRef>> {
        Ok(vec![])
    }

    fn storage_pool_lookup_by_name(&self, _: &Caller, name: &str) -> Result<StoragePoolRef> {
        bail!(Storage, NoStoragePool, "no storage pool with matching name '{name}'")
    }

    fn storage_pool_lookup_by_uuid(&self, _: &Caller, uuid: &Uuid) -> Result<StoragePoolRef> {
        bail!(Storage, NoStoragePool, "no storage pool with matching uuid '{uuid}'")
    }

    fn storage_pool_lookup_by_target_path(&self, _: &Caller, path: &str) -> Result<StoragePoolRef> {
        bail!(Storage, NoStoragePool, "no storage pool with matching target path '{path}'")
    }

    fn storage_vol_lookup_by_key(&self, _: &Caller, key: &str) -> Result<StorageVolRef> {
        bail!(Storage, NoStorageVol, "no storage vol with matching key {key}")
    }

    fn storage_vol_lookup_by_path(&self, _: &Caller, path: &str) -> Result<StorageVolRef> {
        bail!(Storage, NoStorageVol, "no storage vol with matching path '{path}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_there_and_nothing_can_be_made() {
        let caller = Caller::default();
        assert_eq!(Empty.connect_list_all_networks(&caller, 0).unwrap(), vec![]);
        assert_eq!(Empty.connect_num_of_storage_pools(&caller).unwrap(), 0);
        let error = Empty.network_lookup_by_name(&caller, "x").unwrap_err();
        assert_eq!(error.message(), "Network not found: no network with matching name 'x'");
        let error = Empty.network_define_xml(&caller, "<network/>").unwrap_err();
        assert_eq!(error.code(), vir_base::ErrorCode::NoSupport);
    }
}
