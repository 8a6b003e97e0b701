//! The hypervisor's methods, one a line: which function serves which call, with what.

use crate::driver::Driver;
use crate::moments::{checkpoints, revert, snapshots};
use crate::{
    agent, capabilities, define, host, info, iothread, lifecycle, list, memory, metadata, parameters, save,
    stats, vcpu,
};
use std::os::fd::OwnedFd;
use vir_api::constants as c;
use vir_api::stream::StreamBody;
use vir_api::types::*;
use vir_api::{Caller, HypervisorDriver};
use vir_base::refs::{DomainCheckpointRef, DomainRef, DomainSnapshotRef};
use vir_base::{Result, TypedParam, Uuid};

/// `method(what the call carries) -> result = function[what it gets, after the driver];`
macro_rules! serve {
    ($($method:ident($($arg:ident: $ty:ty),*) -> $ret:ty = $function:path [$($value:expr),*];)*) => {
        impl HypervisorDriver for Driver {
            $(
                #[allow(unused_variables)] // who calls makes no difference; some calls carry what has no effect
                fn $method(&self, caller: &Caller, $($arg: $ty),*) -> Result<$ret> {
                    $function(self, $($value),*)
                }
            )*
        }
    };
}

serve! {
    // the host
    connect_get_type() -> String = host::kind[];
    connect_get_version() -> u64 = host::version[];
    connect_get_hostname() -> String = host::hostname[];
    connect_get_max_vcpus(kind: Option<&str>) -> i32 = host::max_vcpus[];
    connect_is_secure() -> i32 = host::is_secure[];
    connect_get_capabilities() -> String = host::capabilities[];
    connect_get_sysinfo(flags: u32) -> String = host::sysinfo[flags];
    connect_get_cpu_model_names(arch: &str, flags: u32) -> Vec<String> = host::cpu_model_names[arch, flags];
    connect_get_domain_capabilities(emulatorbin: Option<&str>, arch: Option<&str>, machine: Option<&str>,
        virttype: Option<&str>, flags: u32) -> String
        = capabilities::of_domain[emulatorbin, arch, machine, virttype, flags];
    node_get_info() -> NodeGetInfoRet = host::info[];
    node_get_cpu_map(need_map: i32, need_online: i32, flags: u32) -> NodeGetCpuMapRet
        = host::cpu_map[need_map, need_online, flags];
    node_get_cpu_stats(cpu_num: i32, flags: u32) -> Vec<NodeGetCpuStats> = host::cpu_stats[flags];
    node_get_free_memory() -> u64 = host::free_memory[];
    node_get_cells_free_memory(start_cell: i32, maxcells: i32) -> Vec<u64>
        = host::cells_free_memory[start_cell, maxcells];
    node_get_free_pages(pages: &[u32], start_cell: i32, cell_count: u32, flags: u32) -> Vec<u64>
        = host::free_pages[pages, start_cell, cell_count, flags];
    node_get_security_model() -> NodeGetSecurityModelRet = info::security_model[];

    // lists and look-ups
    connect_num_of_domains() -> i32 = list::count[true];
    connect_list_domains(maxids: i32) -> Vec<i32> = list::active_ids[maxids];
    connect_num_of_defined_domains() -> i32 = list::count[false];
    connect_list_defined_domains(maxnames: i32) -> Vec<String> = list::inactive_names[maxnames];
    connect_list_all_domains(flags: u32) -> Vec<DomainRef> = list::all[flags];
    domain_lookup_by_id(id: i32) -> DomainRef = list::by_id[id];
    domain_lookup_by_name(name: &str) -> DomainRef = list::by_name[name];
    domain_lookup_by_uuid(uuid: &Uuid) -> DomainRef = list::by_uuid[uuid];
    domain_is_active(dom: &DomainRef) -> i32 = list::is_active[dom];
    domain_is_persistent(dom: &DomainRef) -> i32 = list::is_persistent[dom];
    domain_is_updated(dom: &DomainRef) -> i32 = info::is_updated[dom];
    domain_get_autostart(dom: &DomainRef) -> i32 = list::autostart[dom];
    domain_set_autostart(dom: &DomainRef, autostart: i32) -> () = list::set_autostart[dom, autostart];

    // configurations
    domain_define_xml(xml: &str) -> DomainRef = define::define[xml, 0];
    domain_define_xml_flags(xml: &str, flags: u32) -> DomainRef = define::define[xml, flags];
    domain_undefine(dom: &DomainRef) -> () = define::undefine[dom, 0];
    domain_undefine_flags(dom: &DomainRef, flags: u32) -> () = define::undefine[dom, flags];
    domain_rename(dom: &DomainRef, new_name: Option<&str>, flags: u32) -> i32
        = define::rename[dom, new_name, flags];
    domain_set_lifecycle_action(dom: &DomainRef, kind: u32, action: u32, flags: u32) -> ()
        = define::set_lifecycle_action[dom, kind, action, flags];
    domain_get_metadata(dom: &DomainRef, kind: i32, uri: Option<&str>, flags: u32) -> String
        = metadata::get[dom, kind, uri, flags];
    domain_set_metadata(dom: &DomainRef, kind: i32, metadata: Option<&str>, key: Option<&str>,
        uri: Option<&str>, flags: u32) -> ()
        = metadata::set[dom, kind, metadata, key, uri, flags];

    // life
    domain_create_xml(xml_desc: &str, flags: u32) -> DomainRef = lifecycle::create_xml[xml_desc, flags];
    domain_create_xml_with_files(xml_desc: &str, flags: u32, files: Vec<OwnedFd>) -> DomainRef
        = lifecycle::create_xml[xml_desc, flags];
    domain_create(dom: &DomainRef) -> () = lifecycle::boot[dom];
    domain_create_with_flags(dom: &DomainRef, flags: u32) -> DomainRef = lifecycle::create[dom, flags];
    domain_create_with_files(dom: &DomainRef, flags: u32, files: Vec<OwnedFd>) -> DomainRef
        = lifecycle::create[dom, flags];
    domain_destroy(dom: &DomainRef) -> () = lifecycle::destroy[dom, 0];
    domain_destroy_flags(dom: &DomainRef, flags: u32) -> () = lifecycle::destroy[dom, flags];
    domain_shutdown(dom: &DomainRef) -> () = lifecycle::shutdown[dom, 0];
    domain_shutdown_flags(dom: &DomainRef, flags: u32) -> () = lifecycle::shutdown[dom, flags];
    domain_reboot(dom: &DomainRef, flags: u32) -> () = lifecycle::reboot[dom, flags];
    domain_reset(dom: &DomainRef, flags: u32) -> () = lifecycle::reset[dom, flags];
    domain_suspend(dom: &DomainRef) -> () = lifecycle::suspend[dom];
    domain_resume(dom: &DomainRef) -> () = lifecycle::resume[dom];
    domain_save(dom: &DomainRef, to: &str) -> () = save::save[dom, to, None, 0];
    domain_save_flags(dom: &DomainRef, to: &str, dxml: Option<&str>, flags: u32) -> ()
        = save::save[dom, to, dxml, flags];
    domain_restore(from: &str) -> () = save::restore[from, None, 0];
    domain_restore_flags(from: &str, dxml: Option<&str>, flags: u32) -> ()
        = save::restore[from, dxml, flags];
    domain_save_image_get_xml_desc(file: &str, flags: u32) -> String = save::image_xml[file, flags];
    domain_save_image_define_xml(file: &str, dxml: &str, flags: u32) -> ()
        = save::define_image[file, dxml, flags];
    domain_managed_save(dom: &DomainRef, flags: u32) -> () = save::managed_save[dom, flags];
    domain_has_managed_save_image(dom: &DomainRef, flags: u32) -> i32 = save::has_managed_save[dom, flags];
    domain_managed_save_remove(dom: &DomainRef, flags: u32) -> () = save::remove_managed_save[dom, flags];
    domain_core_dump(dom: &DomainRef, to: &str, flags: u32) -> ()
        = save::core_dump[dom, to, c::VIR_DOMAIN_CORE_DUMP_FORMAT_RAW.cast_unsigned(), flags];
    domain_core_dump_with_format(dom: &DomainRef, to: &str, dumpformat: u32, flags: u32) -> ()
        = save::core_dump[dom, to, dumpformat, flags];

    // what it is and does
    domain_get_info(dom: &DomainRef) -> DomainGetInfoRet = info::info[dom];
    domain_get_state(dom: &DomainRef, flags: u32) -> DomainGetStateRet = info::state[dom, flags];
    domain_get_control_info(dom: &DomainRef, flags: u32) -> DomainGetControlInfoRet = info::control[dom, flags];
    domain_get_xml_desc(dom: &DomainRef, flags: u32) -> String = info::xml[dom, flags];
    domain_get_os_type(dom: &DomainRef) -> String = info::os_type[dom];
    domain_get_hostname(dom: &DomainRef, flags: u32) -> String = info::hostname[dom, flags];
    domain_get_time(dom: &DomainRef, flags: u32) -> DomainGetTimeRet = info::time[dom, flags];
    domain_set_time(dom: &DomainRef, seconds: i64, nseconds: u32, flags: u32) -> ()
        = info::set_time[dom, seconds, nseconds, flags];
    domain_get_messages(dom: &DomainRef, flags: u32) -> Vec<String> = info::messages[dom, flags];
    domain_get_security_label(dom: &DomainRef) -> DomainGetSecurityLabelRet = info::security_label[dom];
    domain_get_launch_security_info(dom: &DomainRef, flags: u32) -> Vec<TypedParam>
        = info::launch_security[dom, flags];
    connect_get_all_domain_stats(doms: &[DomainRef], stats: u32, flags: u32) -> Vec<DomainStatsRecord>
        = stats::all[doms, stats, flags];
    domain_get_cpu_stats(dom: &DomainRef, start_cpu: i32, ncpus: u32, flags: u32) -> Vec<TypedParam>
        = stats::cpu[dom, start_cpu, ncpus, flags];
    domain_block_stats(dom: &DomainRef, path: &str) -> DomainBlockStatsRet = stats::block[dom, path];
    domain_get_block_info(dom: &DomainRef, path: &str, flags: u32) -> DomainGetBlockInfoRet
        = stats::block_info[dom, path, flags];
    domain_get_disk_errors(dom: &DomainRef, maxerrors: u32, flags: u32) -> DomainGetDiskErrorsRet
        = stats::disk_errors[dom, maxerrors, flags];
    domain_get_fs_info(dom: &DomainRef, flags: u32) -> DomainGetFsInfoRet = stats::file_systems[dom, flags];
    domain_interface_stats(dom: &DomainRef, device: &str) -> DomainInterfaceStatsRet
        = stats::interface[dom, device];
    domain_interface_addresses(dom: &DomainRef, source: u32, flags: u32) -> Vec<DomainInterface>
        = stats::interface_addresses[dom, source, flags];

    // memory and processors
    domain_get_max_memory(dom: &DomainRef) -> u64 = memory::maximum[dom];
    domain_set_max_memory(dom: &DomainRef, memory: u64) -> ()
        = memory::set[dom, memory, c::VIR_DOMAIN_MEM_MAXIMUM];
    domain_set_memory(dom: &DomainRef, memory: u64) -> () = memory::set[dom, memory, c::VIR_DOMAIN_AFFECT_LIVE];
    domain_set_memory_flags(dom: &DomainRef, memory: u64, flags: u32) -> () = memory::set[dom, memory, flags];
    domain_set_memory_stats_period(dom: &DomainRef, period: i32, flags: u32) -> ()
        = memory::set_stats_period[dom, period, flags];
    domain_memory_stats(dom: &DomainRef, max_stats: u32, flags: u32) -> Vec<DomainMemoryStat>
        = memory::stats[dom, max_stats, flags];
    domain_memory_peek(dom: &DomainRef, offset: u64, size: u32, flags: u32) -> Vec<u8>
        = memory::peek[dom, offset, size, flags];
    domain_get_max_vcpus(dom: &DomainRef) -> i32
        = vcpu::count[dom, c::VIR_DOMAIN_AFFECT_LIVE | c::VIR_DOMAIN_VCPU_MAXIMUM];
    domain_get_vcpus_flags(dom: &DomainRef, flags: u32) -> i32 = vcpu::count[dom, flags];
    domain_set_vcpus(dom: &DomainRef, nvcpus: u32) -> ()
        = vcpu::set_count[dom, nvcpus, c::VIR_DOMAIN_AFFECT_LIVE];
    domain_set_vcpus_flags(dom: &DomainRef, nvcpus: u32, flags: u32) -> ()
        = vcpu::set_count[dom, nvcpus, flags];
    domain_get_vcpus(dom: &DomainRef, maxinfo: i32, maplen: i32) -> DomainGetVcpusRet
        = vcpu::list[dom, maxinfo, maplen];
    domain_pin_vcpu(dom: &DomainRef, vcpu: u32, cpumap: &[u8]) -> () = vcpu::pin[dom, vcpu, cpumap, 0];
    domain_pin_vcpu_flags(dom: &DomainRef, vcpu: u32, cpumap: &[u8], flags: u32) -> ()
        = vcpu::pin[dom, vcpu, cpumap, flags];
    domain_get_vcpu_pin_info(dom: &DomainRef, ncpumaps: i32, maplen: i32, flags: u32) -> DomainGetVcpuPinInfoRet
        = vcpu::pin_info[dom, ncpumaps, maplen, flags];
    domain_pin_emulator(dom: &DomainRef, cpumap: &[u8], flags: u32) -> ()
        = vcpu::pin_emulator[dom, cpumap, flags];
    domain_get_emulator_pin_info(dom: &DomainRef, maplen: i32, flags: u32) -> DomainGetEmulatorPinInfoRet
        = vcpu::emulator_pin_info[dom, maplen, flags];

    // resources
    domain_get_scheduler_type(dom: &DomainRef) -> DomainGetSchedulerTypeRet = parameters::scheduler_type[dom];
    domain_get_scheduler_parameters(dom: &DomainRef, nparams: i32) -> Vec<TypedParam>
        = parameters::scheduler[dom, 0];
    domain_get_scheduler_parameters_flags(dom: &DomainRef, nparams: i32, flags: u32) -> Vec<TypedParam>
        = parameters::scheduler[dom, flags];
    domain_set_scheduler_parameters(dom: &DomainRef, params: &[TypedParam]) -> ()
        = parameters::set_scheduler[dom, params, 0];
    domain_set_scheduler_parameters_flags(dom: &DomainRef, params: &[TypedParam], flags: u32) -> ()
        = parameters::set_scheduler[dom, params, flags];
    domain_get_memory_parameters(dom: &DomainRef, flags: u32) -> Vec<TypedParam>
        = parameters::memory[dom, flags];
    domain_set_memory_parameters(dom: &DomainRef, params: &[TypedParam], flags: u32) -> ()
        = parameters::set_memory[dom, params, flags];
    domain_get_blkio_parameters(dom: &DomainRef, flags: u32) -> Vec<TypedParam>
        = parameters::blkio[dom, flags];
    domain_set_blkio_parameters(dom: &DomainRef, params: &[TypedParam], flags: u32) -> ()
        = parameters::set_blkio[dom, params, flags];
    domain_get_numa_parameters(dom: &DomainRef, flags: u32) -> Vec<TypedParam> = parameters::numa[dom, flags];
    domain_set_numa_parameters(dom: &DomainRef, params: &[TypedParam], flags: u32) -> ()
        = parameters::set_numa[dom, params, flags];

    domain_get_perf_events(dom: &DomainRef, flags: u32) -> Vec<TypedParam> = parameters::perf[dom, flags];
    domain_set_perf_events(dom: &DomainRef, params: &[TypedParam], flags: u32) -> ()
        = parameters::set_perf[dom, params, flags];
    domain_get_io_thread_info(dom: &DomainRef, flags: u32) -> DomainGetIoThreadInfoRet
        = iothread::info[dom, flags];
    domain_add_io_thread(dom: &DomainRef, iothread_id: u32, flags: u32) -> ()
        = iothread::add[dom, iothread_id, flags];
    domain_del_io_thread(dom: &DomainRef, iothread_id: u32, flags: u32) -> ()
        = iothread::remove[dom, iothread_id, flags];
    domain_pin_io_thread(dom: &DomainRef, iothreads_id: u32, cpumap: &[u8], flags: u32) -> ()
        = iothread::pin[dom, iothreads_id, cpumap, flags];
    domain_set_io_thread_params(dom: &DomainRef, iothread_id: u32, params: &[TypedParam], flags: u32) -> ()
        = iothread::set[dom, iothread_id, params, flags];

    // snapshots
    domain_snapshot_create_xml(dom: &DomainRef, xml_desc: &str, flags: u32) -> DomainSnapshotRef
        = snapshots::create[dom, xml_desc, flags];
    domain_snapshot_get_xml_desc(snap: &DomainSnapshotRef, flags: u32) -> String = snapshots::xml[snap, flags];
    domain_snapshot_num(dom: &DomainRef, flags: u32) -> i32 = snapshots::count[dom, flags];
    domain_snapshot_list_names(dom: &DomainRef, maxnames: i32, flags: u32) -> Vec<String>
        = snapshots::names[dom, maxnames, flags];
    domain_list_all_snapshots(dom: &DomainRef, flags: u32) -> Vec<DomainSnapshotRef> = snapshots::all[dom, flags];
    domain_snapshot_num_children(snap: &DomainSnapshotRef, flags: u32) -> i32
        = snapshots::count_children[snap, flags];
    domain_snapshot_list_children_names(snap: &DomainSnapshotRef, maxnames: i32, flags: u32) -> Vec<String>
        = snapshots::children_names[snap, maxnames, flags];
    domain_snapshot_list_all_children(snapshot: &DomainSnapshotRef, flags: u32) -> Vec<DomainSnapshotRef>
        = snapshots::children[snapshot, flags];
    domain_snapshot_lookup_by_name(dom: &DomainRef, name: &str, flags: u32) -> DomainSnapshotRef
        = snapshots::by_name[dom, name, flags];
    domain_has_current_snapshot(dom: &DomainRef, flags: u32) -> i32 = snapshots::has_current[dom, flags];
    domain_snapshot_current(dom: &DomainRef, flags: u32) -> DomainSnapshotRef = snapshots::current[dom, flags];
    domain_snapshot_get_parent(snap: &DomainSnapshotRef, flags: u32) -> DomainSnapshotRef
        = snapshots::parent[snap, flags];
    domain_snapshot_is_current(snap: &DomainSnapshotRef, flags: u32) -> i32 = snapshots::is_current[snap, flags];
    domain_snapshot_has_metadata(snap: &DomainSnapshotRef, flags: u32) -> i32
        = snapshots::has_metadata[snap, flags];
    domain_revert_to_snapshot(snap: &DomainSnapshotRef, flags: u32) -> () = revert::revert[snap, flags];
    domain_snapshot_delete(snap: &DomainSnapshotRef, flags: u32) -> () = snapshots::delete[snap, flags];

    // checkpoints
    domain_checkpoint_create_xml(dom: &DomainRef, xml_desc: &str, flags: u32) -> DomainCheckpointRef
        = checkpoints::create[dom, xml_desc, flags];
    domain_checkpoint_get_xml_desc(checkpoint: &DomainCheckpointRef, flags: u32) -> String
        = checkpoints::xml[checkpoint, flags];
    domain_list_all_checkpoints(dom: &DomainRef, flags: u32) -> Vec<DomainCheckpointRef>
        = checkpoints::all[dom, flags];
    domain_checkpoint_list_all_children(checkpoint: &DomainCheckpointRef, flags: u32) -> Vec<DomainCheckpointRef>
        = checkpoints::children[checkpoint, flags];
    domain_checkpoint_lookup_by_name(dom: &DomainRef, name: &str, flags: u32) -> DomainCheckpointRef
        = checkpoints::by_name[dom, name, flags];
    domain_checkpoint_get_parent(checkpoint: &DomainCheckpointRef, flags: u32) -> DomainCheckpointRef
        = checkpoints::parent[checkpoint, flags];
    domain_checkpoint_delete(checkpoint: &DomainCheckpointRef, flags: u32) -> ()
        = checkpoints::delete[checkpoint, flags];

    // the guest's inside
    domain_screenshot(dom: &DomainRef, screen: u32, flags: u32) -> (Option<String>, StreamBody)
        = agent::screenshot[flags];
    domain_send_key(dom: &DomainRef, codeset: u32, holdtime: u32, keycodes: &[u32], flags: u32) -> ()
        = agent::send_key[dom, codeset, keycodes, flags];
    domain_inject_nmi(dom: &DomainRef, flags: u32) -> () = agent::inject_nmi[dom, flags];
    domain_send_process_signal(dom: &DomainRef, pid_value: i64, signum: u32, flags: u32) -> ()
        = agent::send_signal[dom, pid_value, signum, flags];
    domain_set_user_password(dom: &DomainRef, user: Option<&str>, password: Option<&str>, flags: u32) -> ()
        = agent::set_password[dom, flags];
    domain_fs_freeze(dom: &DomainRef, mountpoints: &[String], flags: u32) -> i32
        = agent::set_frozen[dom, mountpoints, flags, true];
    domain_fs_thaw(dom: &DomainRef, mountpoints: &[String], flags: u32) -> i32
        = agent::set_frozen[dom, mountpoints, flags, false];
    domain_fs_trim(dom: &DomainRef, mount_point: Option<&str>, minimum: u64, flags: u32) -> ()
        = agent::trim[dom, mount_point, flags];
}
