//! Pools and volumes that programs define, make and take away.

mod common;

use common::{caller, default, refused};
use vir_api::constants as c;

const POOL: &str = "<pool type='dir'><name>jars</name><uuid>6f1f0c2e-4a7b-4f77-9a52-2d1c0b9ef011</uuid>\
                    <target><path>/srv//jars/</path></target></pool>";
const GIB: u64 = 1 << 30;

#[test]
fn a_defined_pool_is_dumped_started_and_stays() {
    let connection = default();
    let storage = connection.storage.as_deref().unwrap();
    let pool = storage.storage_pool_define_xml(&caller(), POOL, 0).unwrap();
    assert_eq!(
        storage.storage_pool_get_xml_desc(&caller(), &pool, 0).unwrap(),
        "<pool type='dir'>\n  <name>jars</name>\n  <uuid>6f1f0c2e-4a7b-4f77-9a52-2d1c0b9ef011</uuid>\n  \
         <capacity unit='bytes'>107374182400</capacity>\n  <allocation unit='bytes'>0</allocation>\n  \
         <available unit='bytes'>107374182400</available>\n  <source>\n  </source>\n  <target>\n    \
         <path>/srv/jars</path>\n  </target>\n</pool>\n"
    );
    assert_eq!(storage.connect_list_defined_storage_pools(&caller(), 9).unwrap(), ["jars"]);
    storage.storage_pool_set_autostart(&caller(), &pool, 1).unwrap();
    let flags = c::VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART | c::VIR_CONNECT_LIST_STORAGE_POOLS_DIR;
    assert_eq!(
        storage.connect_list_all_storage_pools(&caller(), flags).unwrap(),
        std::slice::from_ref(&pool)
    );
    storage.storage_pool_create(&caller(), &pool, 0).unwrap();
    assert_eq!(
        refused(storage.storage_pool_undefine(&caller(), &pool)).message(),
        "Requested operation is not valid: storage pool 'jars' is active"
    );
    storage.storage_pool_destroy(&caller(), &pool).unwrap();
    storage.storage_pool_undefine(&caller(), &pool).unwrap();
    refused(storage.storage_pool_lookup_by_name(&caller(), "jars"));
}

#[test]
fn a_pool_without_configuration_goes_when_it_stops() {
    let connection = default();
    let storage = connection.storage.as_deref().unwrap();
    let pool = storage.storage_pool_create_xml(&caller(), POOL, 0).unwrap();
    assert_eq!(storage.storage_pool_is_persistent(&caller(), &pool).unwrap(), 0);
    assert_eq!(
        refused(storage.storage_pool_set_autostart(&caller(), &pool, 1)).message(),
        "invalid argument: pool has no config file"
    );
    assert_eq!(
        refused(storage.storage_pool_create_xml(&caller(), POOL, 0)).message(),
        "Requested operation is not valid: pool is already active as 'jars'"
    );
    storage.storage_pool_destroy(&caller(), &pool).unwrap();
    refused(storage.storage_pool_lookup_by_uuid(&caller(), &pool.uuid));
}

#[test]
fn pools_share_no_name_and_no_storage() {
    let connection = default();
    let storage = connection.storage.as_deref().unwrap();
    storage.storage_pool_define_xml(&caller(), POOL, 0).unwrap();
    let words = |from: &str, to: &str| {
        let error = refused(storage.storage_pool_define_xml(&caller(), &POOL.replace(from, to), 0));
        error.message().to_owned()
    };
    assert_eq!(
        words("ef011", "ef012"),
        "operation failed: pool 'jars' already exists with uuid 6f1f0c2e-4a7b-4f77-9a52-2d1c0b9ef011"
    );
    assert_eq!(
        words("<name>jars</name>", "<name>pots</name>"),
        "operation failed: Storage source conflict with pool: 'jars'"
    );
    let validate = c::VIR_STORAGE_POOL_DEFINE_VALIDATE;
    let typo = POOL.replace("target>", "traget>");
    let error = refused(storage.storage_pool_define_xml(&caller(), &typo, validate));
    assert_eq!(error.code(), vir_base::ErrorCode::XmlInvalidSchema);
}

#[test]
fn volumes_are_made_cloned_found_and_deleted() {
    let connection = default();
    let storage = connection.storage.as_deref().unwrap();
    let pool = storage.storage_pool_lookup_by_name(&caller(), "default-pool").unwrap();
    let xml = |name: &str, gib: u64| {
        format!("<volume><name>{name}</name><capacity unit='GiB'>{gib}</capacity></volume>")
    };
    let plum = storage.storage_vol_create_xml(&caller(), &pool, &xml("plum", 60), 0).unwrap();
    assert_eq!((plum.pool.as_str(), plum.key.as_str()), ("default-pool", "/default-pool/plum"));
    let full = refused(storage.storage_vol_create_xml(&caller(), &pool, &xml("pear", 60), 0));
    assert_eq!(full.message(), "internal error: Not enough free space in pool for volume 'pear'");
    let twice = refused(storage.storage_vol_create_xml(&caller(), &pool, &xml("plum", 1), 0));
    assert_eq!(twice.message(), "operation failed: storage vol already exists");
    let clone = storage.storage_vol_create_xml_from(&caller(), &pool, &xml("copy", 1), &plum, 0).unwrap();
    let info = storage.storage_pool_get_info(&caller(), &pool).unwrap();
    assert_eq!((info.allocation, info.available), (61 * GIB, 39 * GIB));
    assert_eq!(storage.storage_vol_lookup_by_path(&caller(), "/default-pool/copy").unwrap(), clone);
    assert_eq!(storage.storage_vol_lookup_by_key(&caller(), &clone.key).unwrap(), clone);
    assert_eq!(storage.storage_vol_lookup_by_name(&caller(), &pool, "copy").unwrap(), clone);
    assert_eq!(storage.storage_pool_lookup_by_volume(&caller(), &clone).unwrap(), pool);
    let info = storage.storage_vol_get_info(&caller(), &clone).unwrap();
    assert_eq!((info.kind, info.capacity, info.allocation), (0, GIB, GIB));
    assert_eq!(
        storage.storage_vol_get_xml_desc(&caller(), &clone, 0).unwrap(),
        "<volume type='file'>\n  <name>copy</name>\n  <key>/default-pool/copy</key>\n  \
         <capacity unit='bytes'>1073741824</capacity>\n  <allocation unit='bytes'>1073741824</allocation>\n  \
         <target>\n    <path>/default-pool/copy</path>\n    <format type='raw'/>\n  </target>\n</volume>\n"
    );
    storage.storage_vol_delete(&caller(), &plum, 0).unwrap();
    assert_eq!(storage.storage_pool_list_volumes(&caller(), &pool, 9).unwrap(), ["copy"]);
    let gone = refused(storage.storage_vol_get_path(&caller(), &plum));
    assert_eq!(gone.message(), "Storage volume not found: no storage vol with matching name 'plum'");
    storage.storage_pool_destroy(&caller(), &pool).unwrap();
    refused(storage.storage_vol_lookup_by_key(&caller(), &clone.key));
}

#[test]
fn servers_have_a_share() {
    let connection = default();
    let storage = connection.storage.as_deref().unwrap();
    let find = |spec| storage.connect_find_storage_pool_sources(&caller(), "netfs", spec, 0);
    let found = find(Some("<source><host name='shed'/></source>")).unwrap();
    assert!(
        found.contains("    <host name='shed'/>\n    <dir path='/testshare'/>\n    <format type='nfs'/>\n")
    );
    assert_eq!(
        refused(find(None)).message(),
        "invalid argument: hostname must be specified for netfs sources"
    );
}
