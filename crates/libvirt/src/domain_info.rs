//! What a domain says of itself in structures of the C headers.

use crate::boundary::entry;
use crate::check::AFFECT;
use crate::convert::{At, c_text, number, room};
use crate::handle::{Domain, object};
use crate::typed::{self, Parameter};
use std::ffi::{c_char, c_int, c_longlong, c_uint, c_ulong, c_ulonglong, c_void};
use vir_api::constants::VIR_DOMAIN_MEMORY_STAT_NR;
use vir_base::error::ErrorDomain;
use vir_base::{Result, TypedParam};

/// `virDomainBlockStatsStruct`: requests and bytes.
#[repr(C)]
pub struct BlockStats {
    rd_req: c_longlong,
    rd_bytes: c_longlong,
    wr_req: c_longlong,
    wr_bytes: c_longlong,
    errs: c_longlong,
}

/// `virDomainInterfaceStatsStruct`
#[repr(C)]
pub struct InterfaceStats {
    rx_bytes: c_longlong,
    rx_packets: c_longlong,
    rx_errs: c_longlong,
    rx_drop: c_longlong,
    tx_bytes: c_longlong,
    tx_packets: c_longlong,
    tx_errs: c_longlong,
    tx_drop: c_longlong,
}

/// `virDomainMemoryStatStruct`
#[repr(C)]
pub struct MemoryStat {
    tag: c_int,
    val: c_ulonglong,
}

/// `virDomainBlockInfo`: bytes.
#[repr(C)]
#[derive(Default)]
pub struct BlockInfo {
    capacity: c_ulonglong,
    allocation: c_ulonglong,
    physical: c_ulonglong,
}

/// `virDomainControlInfo`; the time in milliseconds.
#[repr(C)]
pub struct ControlInfo {
    state: c_uint,
    details: c_uint,
    state_time: c_ulonglong,
}

/// `virDomainBlockJobInfo`
#[repr(C)]
#[derive(Default)]
pub struct BlockJobInfo {
    kind: c_int,
    bandwidth: c_ulong,
    cur: c_ulonglong,
    end: c_ulonglong,
}

/// `virDomainDiskError`; the name is the program's to free.
#[repr(C)]
pub struct DiskError {
    disk: *mut c_char,
    error: c_int,
}

/// `virDomainJobInfo`: milliseconds and bytes.
#[repr(C)]
#[derive(Default)]
pub struct JobInfo {
    kind: c_int,
    time_elapsed: c_ulonglong,
    time_remaining: c_ulonglong,
    data_total: c_ulonglong,
    data_processed: c_ulonglong,
    data_remaining: c_ulonglong,
    mem_total: c_ulonglong,
    mem_processed: c_ulonglong,
    mem_remaining: c_ulonglong,
    file_total: c_ulonglong,
    file_processed: c_ulonglong,
    file_remaining: c_ulonglong,
}

/// `virSecurityLabel`
#[repr(C)]
pub struct SecurityLabel {
    label: [u8; 4097],
    enforcing: c_int,
}

impl SecurityLabel {
    fn of(found: &vir_api::types::DomainGetSecurityLabelRet) -> Self {
        Self { label: text(&found.label), enforcing: found.enforcing }
    }
}

/// A text in a place of fixed size, with a zero byte behind it.
pub fn text<const N: usize>(from: &[u8]) -> [u8; N] {
    let mut to = [0; N];
    let end = from.iter().position(|b| *b == 0).unwrap_or(from.len()).min(N - 1);
    to[..end].copy_from_slice(&from[..end]);
    to
}

macro_rules! of_domain {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $ret:ty = |$at:ident, $dom:ident, $caller:ident| $body:block)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(dom: *mut Domain $(, $arg: $ty)*) -> $ret {
            let $at = At { domain: ErrorDomain::Domain, function: stringify!($name) };
            // SAFETY: the program's handle and places.
            entry(|| unsafe {
                let $dom = object(dom, $at.function)?;
                let $caller = &$dom.connection().caller($at.function);
                $body
            })
        })*
    };
}

impl Domain {
    fn hypervisor(&self) -> &dyn vir_api::HypervisorDriver {
        self.connection().parts.hypervisor.as_ref()
    }
}

/// Copies as much of `value` as the program knows of.
///
/// # Safety
/// Room for so many bytes.
unsafe fn part<T>(at: At, value: &T, to: *mut c_void, size: usize) -> Result<c_int> {
    if size > size_of::<T>() {
        return Err(at.invalid("size", format!("size must not exceed {}", size_of::<T>())));
    }
    // SAFETY: the caller's contract, and no more than there is.
    unsafe { std::ptr::copy_nonoverlapping(std::ptr::from_ref(value).cast::<u8>(), to.cast(), size) };
    Ok(0)
}

of_domain! {
    virDomainBlockStats(disk: *const c_char, stats: *mut c_void, size: usize) -> c_int = |at, dom, caller| {
        let disk = at.text(disk, "disk")?;
        at.not_null(stats, "stats")?;
        part(at, &[0u8; size_of::<BlockStats>()], stats, size)?;
        let ret = dom.hypervisor().domain_block_stats(caller, dom.reference(), disk)?;
        let (rd_req, rd_bytes, wr_req, wr_bytes) = (ret.rd_req, ret.rd_bytes, ret.wr_req, ret.wr_bytes);
        part(at, &BlockStats { rd_req, rd_bytes, wr_req, wr_bytes, errs: ret.errs }, stats, size)
    }

    virDomainInterfaceStats(device: *const c_char, stats: *mut c_void, size: usize) -> c_int = |at, dom, caller| {
        let device = at.text(device, "device")?;
        at.not_null(stats, "stats")?;
        part(at, &[0u8; size_of::<InterfaceStats>()], stats, size)?;
        let ret = dom.hypervisor().domain_interface_stats(caller, dom.reference(), device)?;
        let found = InterfaceStats {
            rx_bytes: ret.rx_bytes,
            rx_packets: ret.rx_packets,
            rx_errs: ret.rx_errs,
            rx_drop: ret.rx_drop,
            tx_bytes: ret.tx_bytes,
            tx_packets: ret.tx_packets,
            tx_errs: ret.tx_errs,
            tx_drop: ret.tx_drop,
        };
        part(at, &found, stats, size)
    }

    virDomainMemoryStats(stats: *mut MemoryStat, nr_stats: c_uint, flags: c_uint) -> c_int = |_at, dom, caller| {
        if stats.is_null() || nr_stats == 0 {
            return Ok(0);
        }
        let max = nr_stats.min(VIR_DOMAIN_MEMORY_STAT_NR.cast_unsigned());
        let found = dom.hypervisor().domain_memory_stats(caller, dom.reference(), max, flags)?;
        let found = &found[..found.len().min(max as usize)];
        for (at, stat) in found.iter().enumerate() {
            stats.add(at).write(MemoryStat { tag: stat.tag, val: stat.val });
        }
        number(found.len())
    }

    virDomainGetBlockInfo(disk: *const c_char, info: *mut BlockInfo, flags: c_uint) -> c_int = |at, dom, caller| {
        let disk = at.some_text(disk, "disk")?;
        let info = at.place(info, "info")?;
        *info = BlockInfo::default();
        let ret = dom.hypervisor().domain_get_block_info(caller, dom.reference(), disk, flags)?;
        *info = BlockInfo { capacity: ret.capacity, allocation: ret.allocation, physical: ret.physical };
        Ok(0)
    }

    virDomainGetControlInfo(info: *mut ControlInfo, flags: c_uint) -> c_int = |at, dom, caller| {
        let info = at.place(info, "info")?;
        let ret = dom.hypervisor().domain_get_control_info(caller, dom.reference(), flags)?;
        *info = ControlInfo { state: ret.state, details: ret.details, state_time: ret.state_time };
        Ok(0)
    }

    virDomainGetBlockJobInfo(disk: *const c_char, info: *mut BlockJobInfo, flags: c_uint) -> c_int = |at, dom, caller| {
        if let Some(info) = info.as_mut() {
            *info = BlockJobInfo::default();
        }
        let disk = at.text(disk, "disk")?;
        let info = at.place(info, "info")?;
        let ret = dom.hypervisor().domain_get_block_job_info(caller, dom.reference(), disk, flags)?;
        if ret.found != 0 {
            *info = BlockJobInfo { kind: ret.kind, bandwidth: ret.bandwidth, cur: ret.cur, end: ret.end };
        }
        Ok(c_int::from(ret.found != 0))
    }

    virDomainGetDiskErrors(errors: *mut DiskError, maxerrors: c_uint, flags: c_uint) -> c_int = |at, dom, caller| {
        if maxerrors != 0 {
            at.not_null(errors, "errors")?;
        }
        let ret = dom.hypervisor().domain_get_disk_errors(caller, dom.reference(), maxerrors, flags)?;
        for (at, found) in ret.errors.iter().take(maxerrors as usize).enumerate() {
            errors.add(at).write(DiskError { disk: c_text(&found.disk), error: found.error });
        }
        Ok(ret.nerrors)
    }

    virDomainGetJobInfo(info: *mut JobInfo) -> c_int = |at, dom, caller| {
        let info = at.place(info, "info")?;
        *info = JobInfo::default();
        let ret = dom.hypervisor().domain_get_job_info(caller, dom.reference())?;
        *info = JobInfo {
            kind: ret.kind,
            time_elapsed: ret.time_elapsed,
            time_remaining: ret.time_remaining,
            data_total: ret.data_total,
            data_processed: ret.data_processed,
            data_remaining: ret.data_remaining,
            mem_total: ret.mem_total,
            mem_processed: ret.mem_processed,
            mem_remaining: ret.mem_remaining,
            file_total: ret.file_total,
            file_processed: ret.file_processed,
            file_remaining: ret.file_remaining,
        };
        Ok(0)
    }

    virDomainGetJobStats(kind: *mut c_int, params: *mut *mut Parameter, nparams: *mut c_int, flags: c_uint) -> c_int = |at, dom, caller| {
        let kind = at.place(kind, "type")?;
        at.not_null(params, "params")?;
        at.not_null(nparams, "nparams")?;
        let pair = [("VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED", 2), ("VIR_DOMAIN_JOB_STATS_COMPLETED", 1)];
        at.requires(flags, pair)?;
        let ret = dom.hypervisor().domain_get_job_stats(caller, dom.reference(), flags)?;
        *kind = ret.kind;
        typed::give(at, &ret.params, params, nparams)
    }

    virDomainGetGuestVcpus(params: *mut *mut Parameter, nparams: *mut c_uint, flags: c_uint) -> c_int = |at, dom, caller| {
        dom.connection().writable(at)?;
        at.not_null(params, "params")?;
        at.not_null(nparams, "nparams")?;
        let ret = dom.hypervisor().domain_get_guest_vcpus(caller, dom.reference(), flags)?;
        typed::give(at, &ret, params, nparams.cast())
    }

    virDomainGetSchedulerType(nparams: *mut c_int) -> *mut c_char = |_at, dom, caller| {
        let ret = dom.hypervisor().domain_get_scheduler_type(caller, dom.reference())?;
        if let Some(place) = nparams.as_mut() {
            *place = ret.nparams;
        }
        Ok(c_text(&ret.kind))
    }

    virDomainGetSecurityLabel(seclabel: *mut SecurityLabel) -> c_int = |at, dom, caller| {
        let place = at.place(seclabel, "seclabel")?;
        *place = SecurityLabel::of(&dom.hypervisor().domain_get_security_label(caller, dom.reference())?);
        Ok(0)
    }

    virDomainGetSecurityLabelList(seclabels: *mut *mut SecurityLabel) -> c_int = |at, dom, caller| {
        let place = at.place(seclabels, "seclabels")?;
        let ret = dom.hypervisor().domain_get_security_label_list(caller, dom.reference())?;
        let list: *mut SecurityLabel = room(ret.labels.len());
        for (at, label) in ret.labels.iter().enumerate() {
            list.add(at).write(SecurityLabel::of(label));
        }
        *place = list;
        Ok(ret.ret)
    }

    virDomainGetCPUStats(params: *mut Parameter, nparams: c_uint, start_cpu: c_int, ncpus: c_uint, flags: c_uint) -> c_int = |at, dom, caller| {
        if start_cpu == -1 && ncpus != 1 {
            return Err(at.invalid("start_cpu", "ncpus must be 1 when start_cpu is -1".to_owned()));
        }
        if start_cpu != -1 {
            at.not_negative(start_cpu, "start_cpu")?;
        }
        if nparams != 0 {
            at.not_null(params, "params")?;
        }
        if (nparams == 0 || ncpus == 0) && !params.is_null() {
            return Err(at.wrong("params", "be NULL"));
        }
        if nparams.checked_mul(ncpus).is_none() {
            return Err(vir_base::err!(Domain, Overflow, "input too large: {nparams} * {ncpus}"));
        }
        let flags = flags | dom.connection().takes_texts();
        let found = dom.hypervisor().domain_get_cpu_stats(caller, dom.reference(), start_cpu, ncpus, flags)?;
        cpu_stats(&found, params, nparams, ncpus)
    }

    virDomainSendKey(codeset: c_uint, holdtime: c_uint, keycodes: *mut c_uint, nkeycodes: c_int, flags: c_uint) -> c_int = |at, dom, caller| {
        dom.connection().writable(at)?;
        at.not_null(keycodes, "keycodes")?;
        at.positive(nkeycodes.into(), "nkeycodes")?;
        if codeset >= KEYCODE_SETS {
            return Err(at.invalid("codeset", format!("Unsupported codeset '{codeset}'")));
        }
        if nkeycodes > SEND_KEY_MAX {
            return Err(at.invalid("nkeycodes", format!("nkeycodes must be <= {SEND_KEY_MAX}")));
        }
        let keys = at.list(keycodes.cast_const(), nkeycodes.into(), "keycodes")?;
        dom.hypervisor().domain_send_key(caller, dom.reference(), codeset, holdtime, keys, flags)?;
        Ok(0)
    }

    virDomainBlockPeek(disk: *const c_char, offset: c_ulonglong, size: usize, buffer: *mut c_void, flags: c_uint) -> c_int = |at, dom, caller| {
        dom.connection().writable(at)?;
        let disk = at.some_text(disk, "disk")?;
        if size > 0 {
            at.not_null(buffer, "buffer")?;
        }
        let wanted = c_uint::try_from(size).unwrap_or(c_uint::MAX);
        let found = dom.hypervisor().domain_block_peek(caller, dom.reference(), disk, offset, wanted, flags)?;
        bytes(&found, buffer, size)
    }

    virDomainMemoryPeek(start: c_ulonglong, size: usize, buffer: *mut c_void, flags: c_uint) -> c_int = |at, dom, caller| {
        dom.connection().writable(at)?;
        at.exclusive(flags, [("VIR_MEMORY_VIRTUAL", 1), ("VIR_MEMORY_PHYSICAL", 2)])?;
        if size > 0 {
            at.not_null(buffer, "buffer")?;
        }
        let wanted = c_uint::try_from(size).unwrap_or(c_uint::MAX);
        let found = dom.hypervisor().domain_memory_peek(caller, dom.reference(), start, wanted, flags)?;
        bytes(&found, buffer, size)
    }

    virDomainGetVcpus(info: *mut VcpuInfo, maxinfo: c_int, cpumaps: *mut u8, maplen: c_int) -> c_int = |at, dom, caller| {
        at.not_null(info, "info")?;
        at.positive(maxinfo.into(), "maxinfo")?;
        if cpumaps.is_null() && maplen != 0 {
            return Err(at.wrong("maplen", "be zero"));
        }
        if !cpumaps.is_null() {
            at.positive(maplen.into(), "maplen")?;
            fits(maxinfo, maplen)?;
        }
        let ret = dom.hypervisor().domain_get_vcpus(caller, dom.reference(), maxinfo, maplen)?;
        let fit = ret.info.len().min(usize::try_from(maxinfo).unwrap_or(0));
        for (at, vcpu) in ret.info[..fit].iter().enumerate() {
            let (number, state, cpu_time, cpu) = (vcpu.number, vcpu.state, vcpu.cpu_time, vcpu.cpu);
            info.add(at).write(VcpuInfo { number, state, cpu_time, cpu });
        }
        maps(&ret.cpumaps, cpumaps, maxinfo, maplen);
        number(fit)
    }

    virDomainGetVcpuPinInfo(ncpumaps: c_int, cpumaps: *mut u8, maplen: c_int, flags: c_uint) -> c_int = |at, dom, caller| {
        if ncpumaps != 0 {
            at.not_null(cpumaps, "cpumaps")?;
        }
        at.positive(ncpumaps.into(), "ncpumaps")?;
        at.positive(maplen.into(), "maplen")?;
        fits(ncpumaps, maplen)?;
        at.exclusive(flags, AFFECT)?;
        let ret = dom.hypervisor().domain_get_vcpu_pin_info(caller, dom.reference(), ncpumaps, maplen, flags)?;
        maps(&ret.cpumaps, cpumaps, ncpumaps, maplen);
        Ok(ret.num)
    }

    virDomainGetEmulatorPinInfo(cpumap: *mut u8, maplen: c_int, flags: c_uint) -> c_int = |at, dom, caller| {
        at.not_null(cpumap, "cpumap")?;
        at.positive(maplen.into(), "maplen")?;
        at.exclusive(flags, AFFECT)?;
        let ret = dom.hypervisor().domain_get_emulator_pin_info(caller, dom.reference(), maplen, flags)?;
        maps(&ret.cpumaps, cpumap, 1, maplen);
        Ok(ret.ret)
    }
}

/// `VIR_KEYCODE_SET_LAST` and `VIR_DOMAIN_SEND_KEY_MAX_KEYS`
const KEYCODE_SETS: c_uint = vir_api::constants::VIR_KEYCODE_SET_LAST.cast_unsigned();
const SEND_KEY_MAX: c_int = 16;

/// `virVcpuInfo`; the time in nanoseconds.
#[repr(C)]
pub struct VcpuInfo {
    number: c_uint,
    state: c_int,
    cpu_time: c_ulonglong,
    cpu: c_int,
}

fn fits(count: c_int, length: c_int) -> Result<()> {
    match count.checked_mul(length) {
        Some(_) => Ok(()),
        None => Err(vir_base::err!(Domain, Overflow, "input too large: {count} * {length}")),
    }
}

/// Bit maps, with zeroes where there are none.
///
/// # Safety
/// NULL or room for `count` maps of `length` bytes.
unsafe fn maps(found: &[u8], to: *mut u8, count: c_int, length: c_int) {
    if to.is_null() {
        return;
    }
    let size = usize::try_from(count.saturating_mul(length)).unwrap_or(0);
    // SAFETY: the caller's contract.
    let to = unsafe { std::slice::from_raw_parts_mut(to, size) };
    let fit = found.len().min(size);
    to[..fit].copy_from_slice(&found[..fit]);
    to[fit..].fill(0);
}

/// # Safety
/// Room for `size` bytes.
unsafe fn bytes(found: &[u8], to: *mut c_void, size: usize) -> Result<c_int> {
    let fit = found.len().min(size);
    // SAFETY: the caller's contract.
    unsafe { std::ptr::copy_nonoverlapping(found.as_ptr(), to.cast(), fit) };
    Ok(0)
}

/// Answers how many parameters there are (or processors, if those are none), or gives the parameters of
/// each processor, so many places apart.
///
/// # Safety
/// NULL, or room for `nparams` parameters for each of `ncpus` processors.
unsafe fn cpu_stats(
    found: &[TypedParam],
    params: *mut Parameter,
    nparams: c_uint,
    ncpus: c_uint,
) -> Result<c_int> {
    if ncpus == 0 {
        return number(found.len());
    }
    // the list has one processor's after the other's
    let again = found.iter().skip(1).position(|p| Some(&p.field) == found.first().map(|p| &p.field));
    let each = again.map_or(found.len(), |at| at + 1);
    if nparams == 0 || each == 0 {
        return number(each);
    }
    let (apart, fit) = (nparams as usize, each.min(nparams as usize));
    // SAFETY: the caller's contract: all bytes zero are parameters without a type.
    unsafe { params.write_bytes(0, apart * ncpus as usize) };
    for (at, processor) in found.chunks(each).take(ncpus as usize).enumerate() {
        for (place, param) in processor.iter().take(fit).enumerate() {
            // SAFETY: as before.
            unsafe { params.add(at * apart + place).write(Parameter::of(param)) };
        }
    }
    number(fit)
}
