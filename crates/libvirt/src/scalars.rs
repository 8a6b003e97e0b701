//! Functions that fill a structure of the C headers.

use crate::boundary::entry;
use crate::convert::{At, room};
use crate::handle::{Connect, Domain, Secret, StoragePool, StorageVol, connect, object};
use std::ffi::{c_char, c_int, c_uint, c_ulong, c_ulonglong, c_ushort};
use vir_base::error::{Error, ErrorDomain};

/// `virDomainInfo`: kibibytes and nanoseconds.
#[repr(C)]
pub struct DomainInfo {
    state: u8,
    max_mem: c_ulong,
    memory: c_ulong,
    vcpus: c_ushort,
    cpu_time: c_ulonglong,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainGetInfo(domain: *mut Domain, info: *mut DomainInfo) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virDomainGetInfo" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let domain = object(domain, at.function)?;
        let (conn, info) = (domain.connection(), at.place(info, "info")?);
        let ret = conn.parts.hypervisor.domain_get_info(&conn.caller(at.function), domain.reference())?;
        *info = DomainInfo {
            state: ret.state,
            max_mem: ret.max_mem,
            memory: ret.memory,
            vcpus: ret.nr_virt_cpu,
            cpu_time: ret.cpu_time,
        };
        Ok(0)
    })
}

/// `virStoragePoolInfo`: bytes.
#[repr(C)]
pub struct PoolInfo {
    state: c_int,
    capacity: c_ulonglong,
    allocation: c_ulonglong,
    available: c_ulonglong,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStoragePoolGetInfo(pool: *mut StoragePool, info: *mut PoolInfo) -> c_int {
    let at = At { domain: ErrorDomain::Storage, function: "virStoragePoolGetInfo" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let pool = object(pool, at.function)?;
        let (conn, info) = (pool.connection(), at.place(info, "info")?);
        let none = || Error::no_support(at.domain, at.function);
        let driver = conn.parts.storage.as_ref().ok_or_else(none)?;
        let ret = driver.storage_pool_get_info(&conn.caller(at.function), pool.reference())?;
        *info = PoolInfo {
            state: ret.state.into(),
            capacity: ret.capacity,
            allocation: ret.allocation,
            available: ret.available,
        };
        Ok(0)
    })
}

/// `virStorageVolInfo`: bytes.
#[repr(C)]
pub struct VolInfo {
    kind: c_int,
    capacity: c_ulonglong,
    allocation: c_ulonglong,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStorageVolGetInfo(vol: *mut StorageVol, info: *mut VolInfo) -> c_int {
    let at = At { domain: ErrorDomain::Storage, function: "virStorageVolGetInfo" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let vol = object(vol, at.function)?;
        let (conn, info) = (vol.connection(), at.place(info, "info")?);
        let none = || Error::no_support(at.domain, at.function);
        let driver = conn.parts.storage.as_ref().ok_or_else(none)?;
        let ret = driver.storage_vol_get_info(&conn.caller(at.function), vol.reference())?;
        *info = VolInfo { kind: ret.kind.into(), capacity: ret.capacity, allocation: ret.allocation };
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStorageVolGetInfoFlags(
    vol: *mut StorageVol,
    info: *mut VolInfo,
    flags: c_uint,
) -> c_int {
    let at = At { domain: ErrorDomain::Storage, function: "virStorageVolGetInfoFlags" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let vol = object(vol, at.function)?;
        let (conn, info) = (vol.connection(), at.place(info, "info")?);
        let none = || Error::no_support(at.domain, at.function);
        let driver = conn.parts.storage.as_ref().ok_or_else(none)?;
        let ret = driver.storage_vol_get_info_flags(&conn.caller(at.function), vol.reference(), flags)?;
        *info = VolInfo { kind: ret.kind.into(), capacity: ret.capacity, allocation: ret.allocation };
        Ok(0)
    })
}

/// The value is the program's to free; it has no zero byte behind it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virSecretGetValue(
    secret: *mut Secret,
    value_size: *mut usize,
    flags: c_uint,
) -> *mut u8 {
    let at = At { domain: ErrorDomain::Secret, function: "virSecretGetValue" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let secret = object(secret, at.function)?;
        let conn = secret.connection();
        conn.writable(at)?;
        let size = at.place(value_size, "value_size")?;
        let none = || Error::no_support(at.domain, at.function);
        let driver = conn.parts.secret.as_ref().ok_or_else(none)?;
        let found = driver.secret_get_value(&conn.caller(at.function), secret.reference(), flags)?;
        let copy: *mut u8 = room(found.len());
        std::ptr::copy_nonoverlapping(found.as_ptr(), copy, found.len());
        *size = found.len();
        Ok(copy)
    })
}

/// `virNodeInfo`: kibibytes and megahertz.
#[repr(C)]
pub struct NodeInfo {
    model: [c_char; 32],
    memory: c_ulong,
    cpus: c_uint,
    mhz: c_uint,
    nodes: c_uint,
    sockets: c_uint,
    cores: c_uint,
    threads: c_uint,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virNodeGetInfo(conn: *mut Connect, info: *mut NodeInfo) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virNodeGetInfo" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        let info = at.place(info, "info")?;
        let ret = conn.parts.hypervisor.node_get_info(&conn.caller(at.function))?;
        let mut model = [0; 32];
        for (to, from) in model[..31].iter_mut().zip(ret.model.bytes()) {
            *to = from.cast_signed();
        }
        let unsigned = i32::cast_unsigned;
        *info = NodeInfo {
            model,
            memory: ret.memory,
            cpus: unsigned(ret.cpus),
            mhz: unsigned(ret.mhz),
            nodes: unsigned(ret.nodes),
            sockets: unsigned(ret.sockets),
            cores: unsigned(ret.cores),
            threads: unsigned(ret.threads),
        };
        Ok(0)
    })
}

/// The connection keeps the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectGetType(conn: *mut Connect) -> *const c_char {
    let at = At { domain: ErrorDomain::Domain, function: "virConnectGetType" };
    // SAFETY: the program's handle.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        Ok(conn.keep_kind(conn.parts.hypervisor.connect_get_type(&conn.caller(at.function))?))
    })
}
