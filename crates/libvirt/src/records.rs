//! Lists of structures that programs free: statistics, file systems, interfaces, threads, leases.

use crate::boundary::entry;
use crate::check::AFFECT;
use crate::convert::{At, IntoC as _, c_text, free_text, number, room};
use crate::handle::{Connect, Domain, Network, Object, connect, free, object};
use crate::typed::{self, Parameter};
use std::ffi::{c_char, c_int, c_longlong, c_uint};
use vir_api::types::{DomainFsinfo, DomainInterface, DomainIothreadInfo, NetworkDhcpLease};
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, err};

/// A list of pointers to values, with a NULL behind them, all in C's memory; how many there are.
fn list<T>(values: impl ExactSizeIterator<Item = T>, out: &mut *mut *mut T) -> Result<c_int> {
    let count = values.len();
    let list: *mut *mut T = room(count + 1);
    for (at, value) in values.enumerate() {
        let place: *mut T = room(1);
        // SAFETY: room for one value, and for as many pointers.
        unsafe {
            place.write(value);
            list.add(at).write(place);
        }
    }
    *out = list;
    number(count)
}

/// `virDomainStatsRecord`
#[repr(C)]
pub struct Record {
    dom: *mut Domain,
    params: *mut Parameter,
    count: c_int,
}

/// # Safety
/// A place for the list.
unsafe fn stats(
    at: At,
    conn: &Connect,
    doms: &[vir_base::refs::DomainRef],
    stats: c_uint,
    out: *mut *mut *mut Record,
    flags: c_uint,
) -> Result<c_int> {
    // SAFETY: the caller's contract.
    let out = unsafe { at.place(out, "retStats") }?;
    let caller = conn.caller(at.function);
    let found = conn.parts.hypervisor.connect_get_all_domain_stats(&caller, doms, stats, flags)?;
    let records = found.iter().map(|record| Record {
        dom: Object::make(conn, record.dom.clone()),
        params: typed::list(&record.params),
        count: number(record.params.len()).unwrap_or(0),
    });
    list(records, out)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectGetAllDomainStats(
    conn: *mut Connect,
    wanted: c_uint,
    retStats: *mut *mut *mut Record,
    flags: c_uint,
) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virConnectGetAllDomainStats" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        stats(at, conn, &[], wanted, retStats, flags)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainListGetStats(
    doms: *mut *mut Domain,
    wanted: c_uint,
    retStats: *mut *mut *mut Record,
    flags: c_uint,
) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virDomainListGetStats" };
    // SAFETY: the program's list of handles with a NULL at its end, and its place.
    entry(|| unsafe {
        at.not_null(doms, "doms")?;
        at.not_null(retStats, "retStats")?;
        if (*doms).is_null() {
            let text = format!("doms array in {} must contain at least one domain", at.function);
            return Err(err!(Domain, InvalidArg, "{text}"));
        }
        let conn = object(*doms, at.function)?.connection();
        let mut refs = vec![];
        let mut next = doms;
        while !(*next).is_null() {
            let dom = object(*next, at.function)?;
            if !std::ptr::eq(dom.connection(), conn) {
                let text =
                    format!("domains in 'doms' array must belong to a single connection in {}", at.function);
                return Err(err!(Domain, InvalidArg, "{text}"));
            }
            refs.push(dom.reference().clone());
            next = next.add(1);
        }
        stats(at, conn, &refs, wanted, retStats, flags)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainStatsRecordListFree(records: *mut *mut Record) {
    if records.is_null() {
        return;
    }
    // SAFETY: a list that this library made, with a NULL at its end.
    unsafe {
        let mut next = records;
        while let Some(record) = (*next).as_mut() {
            typed::virTypedParamsFree(record.params, record.count);
            if let Some(dom) = record.dom.as_ref() {
                free(dom);
            }
            libc::free((*next).cast());
            next = next.add(1);
        }
        libc::free(records.cast());
    }
}

/// `virDomainFSInfo`
#[repr(C)]
pub struct FsInfo {
    mountpoint: *mut c_char,
    name: *mut c_char,
    fstype: *mut c_char,
    aliases_count: usize,
    aliases: *mut *mut c_char,
}

impl FsInfo {
    fn of(found: &DomainFsinfo) -> Self {
        let aliases: *mut *mut c_char = room(found.dev_aliases.len() + 1);
        for (at, alias) in found.dev_aliases.iter().enumerate() {
            // SAFETY: room for one more than these.
            unsafe { aliases.add(at).write(c_text(alias)) };
        }
        Self {
            mountpoint: c_text(&found.mountpoint),
            name: c_text(&found.name),
            fstype: c_text(&found.fstype),
            aliases_count: found.dev_aliases.len(),
            aliases,
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainGetFSInfo(
    dom: *mut Domain,
    info: *mut *mut *mut FsInfo,
    flags: c_uint,
) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virDomainGetFSInfo" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let dom = object(dom, at.function)?;
        let conn = dom.connection();
        conn.writable(at)?;
        let info = at.place(info, "info")?;
        *info = std::ptr::null_mut();
        let found =
            conn.parts.hypervisor.domain_get_fs_info(&conn.caller(at.function), dom.reference(), flags)?;
        list(found.info.iter().map(FsInfo::of), info)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainFSInfoFree(info: *mut FsInfo) {
    // SAFETY: NULL or made by this library.
    unsafe {
        let Some(this) = info.as_ref() else { return };
        [this.mountpoint, this.name, this.fstype].into_iter().for_each(free_text);
        (0..this.aliases_count).for_each(|at| free_text(*this.aliases.add(at)));
        libc::free(this.aliases.cast());
        libc::free(info.cast());
    }
}

/// `virDomainIOThreadInfo`
#[repr(C)]
pub struct ThreadInfo {
    id: c_uint,
    map: *mut u8,
    length: c_int,
}

impl ThreadInfo {
    fn of(found: &DomainIothreadInfo) -> Self {
        let map: *mut u8 = room(found.cpumap.len());
        // SAFETY: room for as many.
        unsafe { std::ptr::copy_nonoverlapping(found.cpumap.as_ptr(), map, found.cpumap.len()) };
        Self { id: found.iothread_id, map, length: number(found.cpumap.len()).unwrap_or(0) }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainGetIOThreadInfo(
    dom: *mut Domain,
    info: *mut *mut *mut ThreadInfo,
    flags: c_uint,
) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virDomainGetIOThreadInfo" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let dom = object(dom, at.function)?;
        let conn = dom.connection();
        let info = at.place(info, "info")?;
        *info = std::ptr::null_mut();
        at.exclusive(flags, AFFECT)?;
        let caller = conn.caller(at.function);
        let found = conn.parts.hypervisor.domain_get_io_thread_info(&caller, dom.reference(), flags)?;
        list(found.info.iter().map(ThreadInfo::of), info)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainIOThreadInfoFree(info: *mut ThreadInfo) {
    // SAFETY: NULL or made by this library.
    unsafe {
        let Some(this) = info.as_ref() else { return };
        libc::free(this.map.cast());
        libc::free(info.cast());
    }
}

/// `virDomainIPAddress`
#[repr(C)]
pub struct Address {
    kind: c_int,
    address: *mut c_char,
    prefix: c_uint,
}

/// `virDomainInterface`
#[repr(C)]
pub struct GuestInterface {
    name: *mut c_char,
    hwaddr: *mut c_char,
    count: c_uint,
    addresses: *mut Address,
}

impl GuestInterface {
    fn of(found: &DomainInterface) -> Self {
        let addresses: *mut Address = room(found.addrs.len());
        for (at, address) in found.addrs.iter().enumerate() {
            let (kind, prefix) = (address.kind, address.prefix);
            // SAFETY: room for as many.
            unsafe { addresses.add(at).write(Address { kind, address: c_text(&address.addr), prefix }) };
        }
        Self {
            name: c_text(&found.name),
            hwaddr: found.hwaddr.clone().into_c(),
            count: number(found.addrs.len()).unwrap_or(0).cast_unsigned(),
            addresses,
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainInterfaceAddresses(
    dom: *mut Domain,
    ifaces: *mut *mut *mut GuestInterface,
    source: c_uint,
    flags: c_uint,
) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virDomainInterfaceAddresses" };
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        if let Some(place) = ifaces.as_mut() {
            *place = std::ptr::null_mut();
        }
        let dom = object(dom, at.function)?;
        let conn = dom.connection();
        let ifaces = at.place(ifaces, "ifaces")?;
        if source == vir_api::constants::VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT.cast_unsigned() {
            conn.writable(at)?;
        }
        let caller = conn.caller(at.function);
        let found =
            conn.parts.hypervisor.domain_interface_addresses(&caller, dom.reference(), source, flags)?;
        list(found.iter().map(GuestInterface::of), ifaces)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainInterfaceFree(interface: *mut GuestInterface) {
    // SAFETY: NULL or made by this library.
    unsafe {
        let Some(this) = interface.as_ref() else { return };
        free_text(this.name);
        free_text(this.hwaddr);
        (0..this.count as usize).for_each(|at| free_text((*this.addresses.add(at)).address));
        libc::free(this.addresses.cast());
        libc::free(interface.cast());
    }
}

/// `virNetworkDHCPLease`
#[repr(C)]
pub struct Lease {
    iface: *mut c_char,
    expirytime: c_longlong,
    kind: c_int,
    mac: *mut c_char,
    iaid: *mut c_char,
    ipaddr: *mut c_char,
    prefix: c_uint,
    hostname: *mut c_char,
    clientid: *mut c_char,
}

impl Lease {
    fn of(found: &NetworkDhcpLease) -> Self {
        Self {
            iface: c_text(&found.iface),
            expirytime: found.expirytime,
            kind: found.kind,
            mac: found.mac.clone().into_c(),
            iaid: found.iaid.clone().into_c(),
            ipaddr: c_text(&found.ipaddr),
            prefix: found.prefix,
            hostname: found.hostname.clone().into_c(),
            clientid: found.clientid.clone().into_c(),
        }
    }
}

/// Without a place for them, leases are only counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virNetworkGetDHCPLeases(
    network: *mut Network,
    mac: *const c_char,
    leases: *mut *mut *mut Lease,
    flags: c_uint,
) -> c_int {
    let at = At { domain: ErrorDomain::Network, function: "virNetworkGetDHCPLeases" };
    // SAFETY: the program's handle, text and place.
    entry(|| unsafe {
        if let Some(place) = leases.as_mut() {
            *place = std::ptr::null_mut();
        }
        let net = object(network, at.function)?;
        let conn = net.connection();
        let mac = at.text_or_null(mac, "mac")?;
        let none = || Error::no_support(at.domain, at.function);
        let driver = conn.parts.network.as_ref().ok_or_else(none)?;
        let found = driver.network_get_dhcp_leases(&conn.caller(at.function), net.reference(), mac, flags)?;
        match leases.as_mut() {
            Some(place) => list(found.iter().map(Lease::of), place),
            None => number(found.len()),
        }
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virNetworkDHCPLeaseFree(lease: *mut Lease) {
    // SAFETY: NULL or made by this library.
    unsafe {
        let Some(this) = lease.as_ref() else { return };
        let texts = [this.iface, this.mac, this.iaid, this.ipaddr, this.hostname, this.clientid];
        texts.into_iter().for_each(free_text);
        libc::free(lease.cast());
    }
}
