//! What a host says of itself in structures and lists of the C headers.

use crate::boundary::entry;
use crate::convert::{At, number, room};
use crate::domain_info::text;
use crate::handle::{Connect, NodeDevice, connect, object};
use std::ffi::{c_char, c_int, c_uint, c_ulonglong};
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, err};

/// `virNodeCPUStats` and `virNodeMemoryStats`.
#[repr(C)]
pub struct Stat {
    field: [u8; 80],
    value: c_ulonglong,
}

/// `virSecurityModel`
#[repr(C)]
pub struct SecurityModel {
    model: [u8; 257],
    doi: [u8; 257],
}

macro_rules! of_host {
    ($($name:ident($($arg:ident: $ty:ty),*) = |$at:ident, $conn:ident, $caller:ident| $body:block)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(conn: *mut Connect $(, $arg: $ty)*) -> c_int {
            let $at = At { domain: ErrorDomain::Domain, function: stringify!($name) };
            // SAFETY: the program's handle and places.
            entry(|| unsafe {
                let $conn = connect(conn, $at.domain, $at.function)?;
                let $caller = &$conn.caller($at.function);
                $body
            })
        })*
    };
}

/// Fills the program's list, or says how long it should be.
///
/// # Safety
/// NULL or room for `count` values.
unsafe fn fill<'a>(
    found: impl ExactSizeIterator<Item = (&'a String, u64)>,
    list: *mut Stat,
    count: &mut c_int,
) -> Result<c_int> {
    let length = number(found.len())?;
    if *count == 0 {
        *count = length;
        return Ok(0);
    }
    if *count != length {
        return Err(err!(Domain, InvalidArg, "nparams in virNodeGetStats must be equal to {length}"));
    }
    for (at, (field, value)) in found.enumerate() {
        // SAFETY: the caller's contract.
        unsafe { list.add(at).write(Stat { field: text(field.as_bytes()), value }) };
    }
    Ok(0)
}

of_host! {
    virNodeGetCPUStats(cpuNum: c_int, params: *mut Stat, nparams: *mut c_int, flags: c_uint) = |at, conn, caller| {
        let count = at.place(nparams, "nparams")?;
        at.not_negative(*count, "*nparams")?;
        if cpuNum < -1 {
            let text = format!("cpuNum in {} only accepts -1 as a negative value", at.function);
            return Err(at.invalid("cpuNum", text));
        }
        let found = conn.parts.hypervisor.node_get_cpu_stats(caller, cpuNum, flags)?;
        fill(found.iter().map(|s| (&s.field, s.value)), params, count)
    }

    virNodeGetMemoryStats(cellNum: c_int, params: *mut Stat, nparams: *mut c_int, flags: c_uint) = |at, conn, caller| {
        let count = at.place(nparams, "nparams")?;
        at.not_negative(*count, "*nparams")?;
        if cellNum < -1 {
            let text = format!("cellNum in {} only accepts -1 as a negative value", at.function);
            return Err(at.invalid("cpuNum", text));
        }
        let found = conn.parts.hypervisor.node_get_memory_stats(caller, cellNum, flags)?;
        fill(found.iter().map(|s| (&s.field, s.value)), params, count)
    }

    virNodeGetSecurityModel(secmodel: *mut SecurityModel) = |at, conn, caller| {
        let place = at.place(secmodel, "secmodel")?;
        let found = conn.parts.hypervisor.node_get_security_model(caller)?;
        *place = SecurityModel { model: text(&found.model), doi: text(&found.doi) };
        Ok(0)
    }

    virNodeGetCellsFreeMemory(freeMems: *mut c_ulonglong, startCell: c_int, maxCells: c_int) = |at, conn, caller| {
        if maxCells != 0 {
            at.not_null(freeMems, "freeMems")?;
        }
        at.positive(maxCells.into(), "maxCells")?;
        at.not_negative(startCell, "startCell")?;
        let found = conn.parts.hypervisor.node_get_cells_free_memory(caller, startCell, maxCells)?;
        at.fill(&found, freeMems, maxCells)
    }

    virNodeGetCPUMap(cpumap: *mut *mut u8, online: *mut c_uint, flags: c_uint) = |_at, conn, caller| {
        let wanted = |place: bool| c_int::from(place);
        let (map, count) = (wanted(!cpumap.is_null()), wanted(!online.is_null()));
        let found = conn.parts.hypervisor.node_get_cpu_map(caller, map, count, flags)?;
        if let Some(place) = cpumap.as_mut() {
            let copy: *mut u8 = room(found.cpumap.len());
            std::ptr::copy_nonoverlapping(found.cpumap.as_ptr(), copy, found.cpumap.len());
            *place = copy;
        }
        if let Some(place) = online.as_mut() {
            *place = found.online;
        }
        Ok(found.ret)
    }

    virNodeGetFreePages(npages: c_uint, pages: *mut c_uint, startCell: c_int, cellCount: c_uint, counts: *mut c_ulonglong, flags: c_uint) = |at, conn, caller| {
        at.not_zero(npages as usize, "npages")?;
        let pages = at.list(pages.cast_const(), npages.into(), "pages")?;
        at.not_zero(cellCount as usize, "cellCount")?;
        at.not_null(counts, "counts")?;
        let found = conn.parts.hypervisor.node_get_free_pages(caller, pages, startCell, cellCount, flags)?;
        let max = npages.checked_mul(cellCount).and_then(|max| c_int::try_from(max).ok()).unwrap_or(c_int::MAX);
        at.fill(&found, counts, max)
    }

    virNodeAllocPages(npages: c_uint, pageSizes: *mut c_uint, pageCounts: *mut c_ulonglong, startCell: c_int, cellCount: c_uint, flags: c_uint) = |at, conn, caller| {
        conn.writable(at)?;
        at.not_zero(npages as usize, "npages")?;
        let sizes = at.list(pageSizes.cast_const(), npages.into(), "pageSizes")?;
        let counts = at.list(pageCounts.cast_const(), npages.into(), "pageCounts")?;
        at.not_zero(cellCount as usize, "cellCount")?;
        conn.parts.hypervisor.node_alloc_pages(caller, sizes, counts, startCell, cellCount, flags)
    }
}

/// The device keeps the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virNodeDeviceGetParent(dev: *mut NodeDevice) -> *const c_char {
    let at = At { domain: ErrorDomain::Nodedev, function: "virNodeDeviceGetParent" };
    // SAFETY: the program's handle.
    entry(|| unsafe {
        let dev = object(dev, at.function)?;
        if let Some(parent) = dev.kept() {
            return Ok(parent.as_ptr());
        }
        let conn = dev.connection();
        let none = || Error::no_support(at.domain, at.function);
        let driver = conn.parts.node_device.as_ref().ok_or_else(none)?;
        let found = driver.node_device_get_parent(&conn.caller(at.function), &dev.reference().name)?;
        Ok(found.map_or(std::ptr::null(), |parent| dev.keep(&parent)))
    })
}
