//! What a handle answers by itself: references, names, UUIDs, numbers, its connection.

use crate::boundary::entry;
use crate::convert::At;
use crate::handle::{
    Connect, Domain, DomainCheckpoint, DomainSnapshot, Interface, Kind, NWFilter, NWFilterBinding, Network,
    NetworkPort, NodeDevice, Object, Secret, StoragePool, StorageVol, connect, free, object,
};
use std::ffi::{c_char, c_int, c_uint};
use std::sync::atomic::Ordering;
use vir_base::error::ErrorDomain;
use vir_base::{Result, Uuid};

macro_rules! answers {
    ($($name:ident($kind:ident $(, $arg:ident: $ty:ty)*) -> $ret:ty = |$o:ident| $body:expr;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(handle: *mut $kind $(, $arg: $ty)*) -> $ret {
            entry(|| {
                // SAFETY: the program's handle.
                let $o = unsafe { object(handle, stringify!($name)) }?;
                $body
            })
        })*
    };
}

macro_rules! counted {
    ($($kind:ident $add:ident $give_back:ident;)*) => {
        answers! {
            $($add($kind) -> c_int = |o| {
                o.head.acquire();
                Ok(0)
            };
            $give_back($kind) -> c_int = |o| {
                // SAFETY: the program gives one of its references back.
                unsafe { free(o) };
                crate::error::concerns(std::ptr::null_mut());
                Ok(0)
            };)*
        }
    };
}

counted! {
    Domain virDomainRef virDomainFree;
    Network virNetworkRef virNetworkFree;
    NetworkPort virNetworkPortRef virNetworkPortFree;
    NWFilter virNWFilterRef virNWFilterFree;
    NWFilterBinding virNWFilterBindingRef virNWFilterBindingFree;
    Interface virInterfaceRef virInterfaceFree;
    StoragePool virStoragePoolRef virStoragePoolFree;
    StorageVol virStorageVolRef virStorageVolFree;
    NodeDevice virNodeDeviceRef virNodeDeviceFree;
    Secret virSecretRef virSecretFree;
    DomainSnapshot virDomainSnapshotRef virDomainSnapshotFree;
    DomainCheckpoint virDomainCheckpointRef virDomainCheckpointFree;
}

macro_rules! read {
    ($($name:ident $kind:ident $at:literal;)*) => {
        answers! { $($name($kind) -> *const c_char = |o| Ok(o.text($at));)* }
    };
}

read! {
    virDomainGetName Domain 0;
    virNetworkGetName Network 0;
    virNWFilterGetName NWFilter 0;
    virNWFilterBindingGetPortDev NWFilterBinding 0;
    virNWFilterBindingGetFilterName NWFilterBinding 1;
    virInterfaceGetName Interface 0;
    virInterfaceGetMACString Interface 1;
    virStoragePoolGetName StoragePool 0;
    virStorageVolGetName StorageVol 0;
    virStorageVolGetKey StorageVol 1;
    virNodeDeviceGetName NodeDevice 0;
    virSecretGetUsageID Secret 0;
    virDomainSnapshotGetName DomainSnapshot 0;
    virDomainCheckpointGetName DomainCheckpoint 0;
}

macro_rules! of_connection {
    ($($name:ident $kind:ident;)*) => {
        answers! { $($name($kind) -> *mut Connect = |o| Ok(o.connection_pointer());)* }
    };
}

of_connection! {
    virDomainGetConnect Domain;
    virNetworkGetConnect Network;
    virInterfaceGetConnect Interface;
    virStoragePoolGetConnect StoragePool;
    virStorageVolGetConnect StorageVol;
    virSecretGetConnect Secret;
    virDomainSnapshotGetConnect DomainSnapshot;
    virDomainCheckpointGetConnect DomainCheckpoint;
}

answers! {
    virDomainGetID(Domain) -> c_uint = |o| Ok(o.id.load(Ordering::Acquire).cast_unsigned());
    virSecretGetUsageType(Secret) -> c_int = |o| Ok(o.reference().usage_type);
    // an object of an object: a domain of its own, as the connection knows it
    virDomainSnapshotGetDomain(DomainSnapshot) -> *mut Domain = |o| Ok(Object::make(o.connection(), o.reference().dom.clone()));
    virDomainCheckpointGetDomain(DomainCheckpoint) -> *mut Domain = |o| Ok(Object::make(o.connection(), o.reference().dom.clone()));
    virNetworkPortGetNetwork(NetworkPort) -> *mut Network = |o| Ok(Object::make(o.connection(), o.reference().net.clone()));
}

/// # Safety
/// NULL or room for the UUID.
unsafe fn put_uuid(at: At, uuid: &Uuid, out: *mut u8) -> Result<c_int> {
    // SAFETY: the caller's contract.
    *unsafe { at.place(out.cast::<[u8; 16]>(), "uuid") }? = uuid.0;
    Ok(0)
}

/// # Safety
/// NULL or room for the text: 37 bytes.
unsafe fn put_uuid_text(at: At, uuid: &Uuid, out: *mut c_char) -> Result<c_int> {
    // SAFETY: the caller's contract.
    let out = unsafe { at.place(out.cast::<[u8; 37]>(), "buf") }?;
    let text = uuid.to_string();
    *out = [0; 37];
    out[..36].copy_from_slice(&text.as_bytes()[..36]);
    Ok(0)
}

macro_rules! uuids {
    ($($kind:ident $reference:ident $bytes:ident $text:ident $lookup:ident $driver:ident $method:ident;)*) => {
        answers! {
            $($bytes($kind, uuid: *mut u8) -> c_int = |o| {
                let at = At { domain: vir_base::refs::$reference::ARGUMENTS, function: stringify!($bytes) };
                // SAFETY: the program's room.
                unsafe { put_uuid(at, &o.reference().uuid, uuid) }
            };
            $text($kind, buf: *mut c_char) -> c_int = |o| {
                let at = At { domain: vir_base::refs::$reference::ARGUMENTS, function: stringify!($text) };
                // SAFETY: the program's room.
                unsafe { put_uuid_text(at, &o.reference().uuid, buf) }
            };)*
        }
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $lookup(conn: *mut Connect, uuidstr: *const c_char) -> *mut $kind {
            entry(|| {
                let at = At { domain: vir_base::refs::$reference::ARGUMENTS, function: stringify!($lookup) };
                // SAFETY: the program's connection and text.
                let (conn, text) = unsafe { (connect(conn, at.domain, at.function)?, at.text(uuidstr, "uuidstr")?) };
                let uuid: Uuid = text.parse().map_err(|_| {
                    vir_base::Error::bad_argument(at.domain, at.function, "uuidstr", format!("uuidstr in {} must be a valid UUID", at.function))
                })?;
                let found = uuids!(@call $driver conn at).$method(&conn.caller(at.function), &uuid)?;
                Ok(Object::make(conn, found))
            })
        })*
    };
    (@call hypervisor $conn:ident $at:ident) => { $conn.parts.hypervisor };
    (@call $driver:ident $conn:ident $at:ident) => {
        $conn.parts.$driver.as_ref().ok_or_else(|| vir_base::Error::no_support($at.domain, $at.function))?
    };
}

uuids! {
    Domain DomainRef virDomainGetUUID virDomainGetUUIDString virDomainLookupByUUIDString hypervisor domain_lookup_by_uuid;
    Network NetworkRef virNetworkGetUUID virNetworkGetUUIDString virNetworkLookupByUUIDString network network_lookup_by_uuid;
    NWFilter NwfilterRef virNWFilterGetUUID virNWFilterGetUUIDString virNWFilterLookupByUUIDString nwfilter nw_filter_lookup_by_uuid;
    StoragePool StoragePoolRef virStoragePoolGetUUID virStoragePoolGetUUIDString virStoragePoolLookupByUUIDString storage storage_pool_lookup_by_uuid;
    Secret SecretRef virSecretGetUUID virSecretGetUUIDString virSecretLookupByUUIDString secret secret_lookup_by_uuid;
}

answers! {
    virNetworkPortGetUUID(NetworkPort, uuid: *mut u8) -> c_int = |o| {
        let at = At { domain: ErrorDomain::Network, function: "virNetworkPortGetUUID" };
        // SAFETY: the program's room.
        unsafe { put_uuid(at, &o.reference().uuid, uuid) }
    };
    virNetworkPortGetUUIDString(NetworkPort, buf: *mut c_char) -> c_int = |o| {
        let at = At { domain: ErrorDomain::Network, function: "virNetworkPortGetUUIDString" };
        // SAFETY: the program's room.
        unsafe { put_uuid_text(at, &o.reference().uuid, buf) }
    };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virNetworkPortLookupByUUIDString(
    net: *mut Network,
    uuidstr: *const c_char,
) -> *mut NetworkPort {
    let at = At { domain: ErrorDomain::Network, function: "virNetworkPortLookupByUUIDString" };
    // SAFETY: the program's handle and text.
    entry(|| unsafe {
        let net = object(net, at.function)?;
        let conn = net.connection();
        let text = at.text(uuidstr, "uuidstr")?;
        let uuid: Uuid = text.parse().map_err(|_| at.wrong("uuidstr", "be a valid UUID"))?;
        let none = || vir_base::Error::no_support(at.domain, "virNetworkPortLookupByUUID");
        let driver = conn.parts.network.as_ref().ok_or_else(none)?;
        let caller = conn.caller("virNetworkPortLookupByUUID");
        Ok(Object::make(conn, driver.network_port_lookup_by_uuid(&caller, net.reference(), &uuid)?))
    })
}

/// Another name, from when there was one hypervisor.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainCreateLinux(
    conn: *mut Connect,
    xmlDesc: *const c_char,
    flags: c_uint,
) -> *mut Domain {
    let at = At { domain: ErrorDomain::Domain, function: "virDomainCreateXML" };
    // SAFETY: the program's handle and text.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        conn.writable(at)?;
        let xml = at.text(xmlDesc, "xmlDesc")?;
        let caller = conn.caller(at.function);
        Ok(Object::make(conn, conn.parts.hypervisor.domain_create_xml(&caller, xml, flags)?))
    })
}

/// A started or stopped domain's number, after a call that changes it.
pub fn refresh_id(dom: &Domain) {
    let conn = dom.connection();
    let found = conn
        .parts
        .hypervisor
        .domain_lookup_by_uuid(&conn.caller("virDomainLookupByUUID"), &dom.reference().uuid);
    dom.id.store(found.map_or(-1, |found| found.id), Ordering::Release);
}
