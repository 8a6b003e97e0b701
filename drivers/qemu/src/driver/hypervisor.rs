//! Where each function of the API is.

use super::core::Core;
use super::{
    ErrorDomain, blocks, capabilities, console, define, domstats, hotplug, info, jobs, lists, memory,
    monitor_command, node, power, save, stop, vcpus, xml,
};
use crate::guest::Ending;
use crate::model;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use vir_api::connection::DriverTraits;
use vir_api::constants::*;
use vir_api::stream::StreamBody;
use vir_api::types::*;
use vir_api::{Caller, HypervisorDriver, Op};
use vir_base::error::check_flags;
use vir_base::refs::{DomainCheckpointRef, DomainRef, DomainSnapshotRef};
use vir_base::{Result, TypedParam, TypedValue, Uuid, bail, typed};

/// The QEMU driver of one instance.
pub struct QemuDriver {
    pub(super) core: Arc<Core>,
    pub(super) node: vir_node::Node,
}

/// A file name among typed parameters.
fn text<'a>(params: &'a [TypedParam], name: &str) -> Option<&'a str> {
    match typed::get(params, name) {
        Some(TypedValue::String(text)) => Some(text),
        _ => None,
    }
}

/// Only these parameters are known.
fn known(params: &[TypedParam], names: &[&str]) -> Result<()> {
    match params.iter().find(|p| !names.contains(&p.field.as_str())) {
        Some(other) => bail!(Qemu, ArgumentUnsupported, "parameter '{}' not supported", other.field),
        None => Ok(()),
    }
}

#[rustfmt::skip] // a table: one function, one place
impl HypervisorDriver for QemuDriver {
    // the host
    fn connect_get_type(&self, _: &Caller) -> Result<String> { Ok("QEMU".to_owned()) }
    fn connect_get_version(&self, _: &Caller) -> Result<u64> { node::version(&self.core) }
    fn connect_get_hostname(&self, _: &Caller) -> Result<String> { Ok(self.node.hostname()) }
    fn connect_is_secure(&self, _: &Caller) -> Result<i32> { Ok(1) }
    fn connect_get_max_vcpus(&self, _: &Caller, kind: Option<&str>) -> Result<i32> { node::max_vcpus(kind) }
    fn connect_get_capabilities(&self, _: &Caller) -> Result<String> { capabilities::host(&self.core) }
    fn connect_get_sysinfo(&self, _: &Caller, flags: u32) -> Result<String> { node::sysinfo(&self.node, flags) }
    fn connect_get_cpu_model_names(&self, _: &Caller, arch: &str, flags: u32) -> Result<Vec<String>> { node::cpu_model_names(arch, flags) }
    fn connect_get_domain_capabilities(&self, _: &Caller, emulatorbin: Option<&str>, arch: Option<&str>, machine: Option<&str>, virttype: Option<&str>, flags: u32) -> Result<String> {
        capabilities::domain(&self.core, emulatorbin, arch, machine, virttype, flags)
    }
    fn node_get_info(&self, _: &Caller) -> Result<NodeGetInfoRet> { self.node.info() }
    fn node_get_cpu_map(&self, _: &Caller, need_map: i32, need_online: i32, flags: u32) -> Result<NodeGetCpuMapRet> { self.node.cpu_map(need_map != 0, need_online != 0, flags) }
    fn node_get_cpu_stats(&self, _: &Caller, cpu_num: i32, flags: u32) -> Result<Vec<NodeGetCpuStats>> { self.node.cpu_stats(cpu_num, flags) }
    fn node_get_memory_stats(&self, _: &Caller, cell_num: i32, flags: u32) -> Result<Vec<NodeGetMemoryStats>> { self.node.memory_stats(cell_num, flags) }
    fn node_get_memory_parameters(&self, _: &Caller, flags: u32) -> Result<Vec<TypedParam>> { self.node.memory_parameters(flags) }
    fn node_get_free_memory(&self, _: &Caller) -> Result<u64> { self.node.free_memory() }
    fn node_get_cells_free_memory(&self, _: &Caller, start_cell: i32, maxcells: i32) -> Result<Vec<u64>> { self.node.cells_free_memory(start_cell, maxcells) }
    fn node_get_free_pages(&self, _: &Caller, pages: &[u32], start_cell: i32, cell_count: u32, flags: u32) -> Result<Vec<u64>> {
        self.node.free_pages(pages, start_cell, cell_count, flags)
    }
    fn node_set_memory_parameters(&self, _: &Caller, params: &[TypedParam], flags: u32) -> Result<()> { self.node.set_memory_parameters(params, flags) }
    fn node_suspend_for_duration(&self, _: &Caller, target: u32, duration: u64, flags: u32) -> Result<()> { self.node.suspend_for_duration(target, duration, flags) }
    fn node_get_security_model(&self, _: &Caller) -> Result<NodeGetSecurityModelRet> { Ok(node::security_model()) }

    // lists and look-ups
    fn connect_list_all_domains(&self, _: &Caller, flags: u32) -> Result<Vec<DomainRef>> { lists::all(&self.core, flags) }
    fn connect_list_domains(&self, _: &Caller, maxids: i32) -> Result<Vec<i32>> { Ok(lists::ids(&self.core, maxids)) }
    fn connect_num_of_domains(&self, _: &Caller) -> Result<i32> { Ok(lists::count(&self.core, true)) }
    fn connect_list_defined_domains(&self, _: &Caller, maxnames: i32) -> Result<Vec<String>> { Ok(lists::defined_names(&self.core, maxnames)) }
    fn connect_num_of_defined_domains(&self, _: &Caller) -> Result<i32> { Ok(lists::count(&self.core, false)) }
    fn domain_lookup_by_id(&self, _: &Caller, id: i32) -> Result<DomainRef> { lists::by_id(&self.core, id) }
    fn domain_lookup_by_name(&self, _: &Caller, name: &str) -> Result<DomainRef> { lists::by_name(&self.core, name) }
    fn domain_lookup_by_uuid(&self, _: &Caller, uuid: &Uuid) -> Result<DomainRef> { lists::by_uuid(&self.core, uuid) }

    // definitions
    fn domain_define_xml(&self, caller: &Caller, xml: &str) -> Result<DomainRef> { define::define(&self.core, caller, xml, 0) }
    fn domain_define_xml_flags(&self, caller: &Caller, xml: &str, flags: u32) -> Result<DomainRef> { define::define(&self.core, caller, xml, flags) }
    fn domain_undefine(&self, caller: &Caller, dom: &DomainRef) -> Result<()> { define::undefine(&self.core, caller.api, dom, 0) }
    fn domain_undefine_flags(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { define::undefine(&self.core, caller.api, dom, flags) }
    fn domain_rename(&self, caller: &Caller, dom: &DomainRef, new_name: Option<&str>, flags: u32) -> Result<i32> { define::rename(&self.core, caller.api, dom, new_name, flags) }
    fn domain_get_autostart(&self, _: &Caller, dom: &DomainRef) -> Result<i32> { Ok(i32::from(self.core.find(dom)?.view().autostart)) }
    fn domain_set_autostart(&self, caller: &Caller, dom: &DomainRef, autostart: i32) -> Result<()> { define::set_autostart(&self.core, caller.api, dom, autostart != 0) }
    fn domain_get_autostart_once(&self, _: &Caller, dom: &DomainRef) -> Result<i32> { Ok(i32::from(self.core.find(dom)?.view().autostart_once)) }
    fn domain_set_autostart_once(&self, caller: &Caller, dom: &DomainRef, autostart: i32) -> Result<()> { define::set_autostart_once(&self.core, caller.api, dom, autostart != 0) }
    fn domain_get_cpu_stats(&self, _: &Caller, dom: &DomainRef, start_cpu: i32, ncpus: u32, flags: u32) -> Result<Vec<TypedParam>> { info::cpu_stats(&self.core, dom, start_cpu, ncpus, flags) }
    fn domain_get_xml_desc(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<String> {
        if caller.read_only && flags & (VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_MIGRATABLE) != 0 {
            bail!(Domain, OperationDenied, "virDomainGetXMLDesc with secure flag");
        }
        xml::get(&self.core, dom, flags)
    }
    fn domain_get_metadata(&self, _: &Caller, dom: &DomainRef, kind: i32, uri: Option<&str>, flags: u32) -> Result<String> { xml::metadata(&self.core, dom, kind, uri, flags) }
    fn domain_set_metadata(&self, caller: &Caller, dom: &DomainRef, kind: i32, metadata: Option<&str>, key: Option<&str>, uri: Option<&str>, flags: u32) -> Result<()> {
        xml::set_metadata(&self.core, caller.api, dom, kind, metadata, key, uri, flags)
    }

    // life
    fn domain_create(&self, caller: &Caller, dom: &DomainRef) -> Result<()> { define::create(&self.core, caller, dom, 0).map(drop) }
    fn domain_create_with_flags(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<DomainRef> { define::create(&self.core, caller, dom, flags) }
    fn domain_create_xml(&self, caller: &Caller, xml_desc: &str, flags: u32) -> Result<DomainRef> { define::create_xml(&self.core, caller, xml_desc, flags) }
    fn domain_destroy(&self, caller: &Caller, dom: &DomainRef) -> Result<()> { stop::destroy(&self.core, caller.api, dom, 0) }
    fn domain_destroy_flags(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { stop::destroy(&self.core, caller.api, dom, flags) }
    fn domain_shutdown(&self, caller: &Caller, dom: &DomainRef) -> Result<()> { power::shutdown(&self.core, caller.api, dom, 0) }
    fn domain_shutdown_flags(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { power::shutdown(&self.core, caller.api, dom, flags) }
    fn domain_reboot(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { power::reboot(&self.core, caller.api, dom, flags) }
    fn domain_reset(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { power::reset(&self.core, caller.api, dom, flags) }
    fn domain_suspend(&self, caller: &Caller, dom: &DomainRef) -> Result<()> { power::suspend(&self.core, caller.api, dom) }
    fn domain_resume(&self, caller: &Caller, dom: &DomainRef) -> Result<()> { power::resume(&self.core, caller.api, dom) }
    fn domain_pm_wakeup(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { power::wake_up(&self.core, caller.api, dom, flags) }
    fn domain_inject_nmi(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { power::inject_nmi(&self.core, caller.api, dom, flags) }
    fn domain_send_key(&self, caller: &Caller, dom: &DomainRef, codeset: u32, holdtime: u32, keycodes: &[u32], flags: u32) -> Result<()> {
        power::send_key(&self.core, caller.api, dom, codeset, holdtime, keycodes, flags)
    }

    // what it is and does
    fn domain_get_info(&self, _: &Caller, dom: &DomainRef) -> Result<DomainGetInfoRet> { info::info(&self.core, dom) }
    fn domain_get_state(&self, _: &Caller, dom: &DomainRef, flags: u32) -> Result<DomainGetStateRet> { info::state(&self.core, dom, flags) }
    fn domain_is_active(&self, _: &Caller, dom: &DomainRef) -> Result<i32> { Ok(i32::from(self.core.find(dom)?.view().active())) }
    fn domain_is_persistent(&self, _: &Caller, dom: &DomainRef) -> Result<i32> { Ok(i32::from(self.core.find(dom)?.view().config.is_some())) }
    fn domain_is_updated(&self, _: &Caller, dom: &DomainRef) -> Result<i32> { Ok(i32::from(self.core.find(dom)?.view().updated)) }
    fn domain_get_os_type(&self, _: &Caller, dom: &DomainRef) -> Result<String> { Ok(self.core.find(dom)?.view().def().map_or("hvm", |def| model::os_type(def)).to_owned()) }
    fn domain_get_security_label(&self, _: &Caller, dom: &DomainRef) -> Result<DomainGetSecurityLabelRet> { self.core.find(dom)?; Ok(node::no_label()) }
    fn domain_get_messages(&self, _: &Caller, dom: &DomainRef, flags: u32) -> Result<Vec<String>> {
        check_flags(ErrorDomain::Qemu, flags, (VIR_DOMAIN_MESSAGE_DEPRECATION | VIR_DOMAIN_MESSAGE_TAINTING | VIR_DOMAIN_MESSAGE_IOERRORS) as u32, "qemuDomainGetMessages")?;
        let view = self.core.find(dom)?.view();
        let asked = flags == 0 || flags & VIR_DOMAIN_MESSAGE_TAINTING as u32 != 0;
        let taints = view.live.iter().filter(|_| asked).flat_map(|live| &live.taints);
        Ok(taints.map(|taint| format!("tainted: {}", taint.message())).collect())
    }
    fn domain_get_control_info(&self, _: &Caller, dom: &DomainRef, flags: u32) -> Result<DomainGetControlInfoRet> { jobs::control(&self.core, dom, flags) }
    fn domain_get_job_info(&self, caller: &Caller, dom: &DomainRef) -> Result<DomainGetJobInfoRet> { jobs::info(&self.core, caller.api, dom) }
    fn domain_get_job_stats(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<DomainGetJobStatsRet> { jobs::stats(&self.core, caller.api, dom, flags) }
    fn domain_abort_job(&self, caller: &Caller, dom: &DomainRef) -> Result<()> { jobs::abort(&self.core, caller.api, dom, 0) }
    fn domain_abort_job_flags(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { jobs::abort(&self.core, caller.api, dom, flags) }
    fn connect_get_all_domain_stats(&self, caller: &Caller, doms: &[DomainRef], stats: u32, flags: u32) -> Result<Vec<DomainStatsRecord>> { domstats::get_all(&self.core, caller, doms, stats, flags) }

    // devices
    fn domain_attach_device(&self, caller: &Caller, dom: &DomainRef, xml: &str) -> Result<()> { hotplug::attach(&self.core, caller.api, dom, xml, VIR_DOMAIN_AFFECT_LIVE) }
    fn domain_attach_device_flags(&self, caller: &Caller, dom: &DomainRef, xml: &str, flags: u32) -> Result<()> { hotplug::attach(&self.core, caller.api, dom, xml, flags) }
    fn domain_detach_device(&self, caller: &Caller, dom: &DomainRef, xml: &str) -> Result<()> { hotplug::detach(&self.core, caller.api, dom, xml, VIR_DOMAIN_AFFECT_LIVE) }
    fn domain_detach_device_flags(&self, caller: &Caller, dom: &DomainRef, xml: &str, flags: u32) -> Result<()> { hotplug::detach(&self.core, caller.api, dom, xml, flags) }
    fn domain_detach_device_alias(&self, caller: &Caller, dom: &DomainRef, alias: &str, flags: u32) -> Result<()> { hotplug::detach_alias(&self.core, caller.api, dom, alias, flags) }
    fn domain_update_device_flags(&self, caller: &Caller, dom: &DomainRef, xml: &str, flags: u32) -> Result<()> { hotplug::update(&self.core, caller.api, dom, xml, flags) }
    fn domain_open_console(&self, _: &Caller, dom: &DomainRef, dev_name: Option<&str>, flags: u32) -> Result<StreamBody> { console::open_console(&self.core, dom, dev_name, flags) }
    fn domain_open_channel(&self, _: &Caller, dom: &DomainRef, name: Option<&str>, flags: u32) -> Result<StreamBody> { console::open_channel(&self.core, dom, name, flags) }
    fn domain_screenshot(&self, caller: &Caller, dom: &DomainRef, screen: u32, flags: u32) -> Result<(Option<String>, StreamBody)> { console::screenshot(&self.core, caller.api, dom, screen, flags) }
    fn domain_block_stats(&self, caller: &Caller, dom: &DomainRef, path: &str) -> Result<DomainBlockStatsRet> { blocks::block_stats(&self.core, caller.api, dom, path) }
    fn domain_block_stats_flags(&self, caller: &Caller, dom: &DomainRef, path: &str, flags: u32) -> Result<Vec<TypedParam>> { blocks::block_stats_flags(&self.core, caller.api, dom, path, flags) }
    fn domain_get_block_info(&self, caller: &Caller, dom: &DomainRef, path: &str, flags: u32) -> Result<DomainGetBlockInfoRet> { blocks::block_info(&self.core, caller.api, dom, path, flags) }
    fn domain_get_disk_errors(&self, _: &Caller, dom: &DomainRef, maxerrors: u32, flags: u32) -> Result<DomainGetDiskErrorsRet> { blocks::disk_errors(&self.core, dom, maxerrors, flags) }
    fn domain_interface_stats(&self, _: &Caller, dom: &DomainRef, device: &str) -> Result<DomainInterfaceStatsRet> { info::interface_stats(&self.core, dom, device) }
    fn domain_memory_stats(&self, caller: &Caller, dom: &DomainRef, max_stats: u32, flags: u32) -> Result<Vec<DomainMemoryStat>> { memory::memory_stats(&self.core, caller.api, dom, max_stats, flags) }
    fn domain_get_max_memory(&self, _: &Caller, dom: &DomainRef) -> Result<u64> { Ok(self.core.find(dom)?.view().def().map_or(0, |def| model::memory_total(def))) }
    fn domain_set_memory(&self, caller: &Caller, dom: &DomainRef, memory: u64) -> Result<()> { memory::set(&self.core, caller.api, dom, memory, VIR_DOMAIN_AFFECT_LIVE) }
    fn domain_set_max_memory(&self, caller: &Caller, dom: &DomainRef, memory: u64) -> Result<()> { memory::set(&self.core, caller.api, dom, memory, VIR_DOMAIN_MEM_MAXIMUM) }
    fn domain_set_memory_flags(&self, caller: &Caller, dom: &DomainRef, memory: u64, flags: u32) -> Result<()> { memory::set(&self.core, caller.api, dom, memory, flags) }
    fn domain_set_memory_stats_period(&self, caller: &Caller, dom: &DomainRef, period: i32, flags: u32) -> Result<()> { memory::set_period(&self.core, caller.api, dom, period, flags) }
    fn domain_get_vcpus(&self, _: &Caller, dom: &DomainRef, maxinfo: i32, maplen: i32) -> Result<DomainGetVcpusRet> { vcpus::get_vcpus(&self.core, dom, maxinfo, maplen) }
    fn domain_get_vcpus_flags(&self, _: &Caller, dom: &DomainRef, flags: u32) -> Result<i32> { vcpus::count(&self.core, dom, flags) }
    fn domain_get_max_vcpus(&self, _: &Caller, dom: &DomainRef) -> Result<i32> { vcpus::max(&self.core, dom) }

    // put aside
    fn domain_save(&self, caller: &Caller, dom: &DomainRef, to: &str) -> Result<()> { self.domain_save_flags(caller, dom, to, None, 0) }
    fn domain_save_flags(&self, caller: &Caller, dom: &DomainRef, to: &str, dxml: Option<&str>, flags: u32) -> Result<()> {
        save::save(&self.core, caller.api, dom, &save::Save { path: Path::new(to), dxml, flags, managed: false })
    }
    fn domain_save_params(&self, caller: &Caller, dom: &DomainRef, params: &[TypedParam], flags: u32) -> Result<()> {
        known(params, &["file", "dxml"])?;
        let Some(to) = text(params, "file") else { return self.domain_managed_save(caller, dom, flags) };
        self.domain_save_flags(caller, dom, to, text(params, "dxml"), flags)
    }
    fn domain_restore(&self, caller: &Caller, from: &str) -> Result<()> { save::restore(&self.core, caller, from, None, 0) }
    fn domain_restore_flags(&self, caller: &Caller, from: &str, dxml: Option<&str>, flags: u32) -> Result<()> { save::restore(&self.core, caller, from, dxml, flags) }
    fn domain_restore_params(&self, caller: &Caller, params: &[TypedParam], flags: u32) -> Result<()> {
        known(params, &["file", "dxml"])?;
        let Some(from) = text(params, "file") else { bail!(Qemu, OperationFailed, "missing path to restore from") };
        save::restore(&self.core, caller, from, text(params, "dxml"), flags)
    }
    fn domain_save_image_get_xml_desc(&self, _: &Caller, file: &str, flags: u32) -> Result<String> { save::image_xml(&self.core, file, flags) }
    fn domain_save_image_define_xml(&self, _: &Caller, file: &str, dxml: &str, flags: u32) -> Result<()> { save::image_define(&self.core, Path::new(file), dxml, flags) }
    fn domain_managed_save(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { save::managed_save(&self.core, caller.api, dom, flags) }
    fn domain_has_managed_save_image(&self, _: &Caller, dom: &DomainRef, flags: u32) -> Result<i32> {
        check_flags(ErrorDomain::Qemu, flags, 0, "qemuDomainHasManagedSaveImage")?;
        Ok(i32::from(self.core.find(dom)?.view().managed_save))
    }
    fn domain_managed_save_remove(&self, caller: &Caller, dom: &DomainRef, flags: u32) -> Result<()> { save::managed_remove(&self.core, caller.api, dom, flags) }
    fn domain_managed_save_get_xml_desc(&self, _: &Caller, dom: &DomainRef, flags: u32) -> Result<String> { save::managed_xml(&self.core, dom, flags) }
    fn domain_managed_save_define_xml(&self, _: &Caller, dom: &DomainRef, dxml: Option<&str>, flags: u32) -> Result<()> {
        let Some(dxml) = dxml else { bail!(Qemu, InvalidArg, "missing document") };
        save::managed_define(&self.core, dom, dxml, flags)
    }

    // there are no snapshots yet: programs that list them see that
    fn domain_snapshot_num(&self, _: &Caller, dom: &DomainRef, _: u32) -> Result<i32> { self.core.find(dom)?; Ok(0) }
    fn domain_list_all_snapshots(&self, _: &Caller, dom: &DomainRef, _: u32) -> Result<Vec<DomainSnapshotRef>> { self.core.find(dom)?; Ok(Vec::new()) }
    fn domain_has_current_snapshot(&self, _: &Caller, dom: &DomainRef, _: u32) -> Result<i32> { self.core.find(dom)?; Ok(0) }
    fn domain_list_all_checkpoints(&self, _: &Caller, dom: &DomainRef, _: u32) -> Result<Vec<DomainCheckpointRef>> { self.core.find(dom)?; Ok(Vec::new()) }

    // QEMU's own
    fn domain_qemu_monitor_command(&self, caller: &Caller, dom: &DomainRef, cmd: &str, flags: u32) -> Result<String> { monitor_command::run(&self.core, caller.api, dom, cmd, flags, &[]) }
    fn domain_qemu_monitor_command_with_files(&self, caller: &Caller, dom: &DomainRef, cmd: &str, flags: u32, files: Vec<OwnedFd>) -> Result<(String, Vec<OwnedFd>)> {
        Ok((monitor_command::run(&self.core, caller.api, dom, cmd, flags, &files)?, Vec::new()))
    }
}

impl DriverTraits for QemuDriver {
    fn may_wait(&self, op: Op) -> bool {
        // these look at what is in memory, and take no lock that is held across a wait
        !matches!(
            op,
            Op::ConnectGetType
                | Op::ConnectIsSecure
                | Op::ConnectGetHostname
                | Op::ConnectListAllDomains
                | Op::ConnectListDomains
                | Op::ConnectNumOfDomains
                | Op::ConnectListDefinedDomains
                | Op::ConnectNumOfDefinedDomains
                | Op::DomainLookupById
                | Op::DomainLookupByName
                | Op::DomainLookupByUuid
                | Op::DomainGetAutostart
                | Op::DomainGetAutostartOnce
                | Op::DomainGetXmlDesc
                | Op::DomainGetMetadata
                | Op::DomainGetInfo
                | Op::DomainGetState
                | Op::DomainIsActive
                | Op::DomainIsPersistent
                | Op::DomainIsUpdated
                | Op::DomainGetOsType
                | Op::DomainGetMaxMemory
                | Op::DomainGetMaxVcpus
                | Op::DomainGetVcpusFlags
                | Op::DomainGetControlInfo
                | Op::DomainHasManagedSaveImage
                | Op::NodeGetSecurityModel
        )
    }

    fn has_feature(&self, feature: i32) -> bool {
        // VIR_DRV_FEATURE_XML_MIGRATABLE; there is no migration yet
        feature == 11
    }

    fn client_gone(&self, client: u64) {
        if !self.core.keeper_gone(client) {
            return;
        }
        for guest in self.core.guests.all() {
            let bound = guest.view().live.as_ref().filter(|l| l.auto_destroy == Some(client)).map(|l| l.id);
            let Some(id) = bound else { continue };
            let core = Arc::clone(&self.core);
            // the caller waits for nobody; a guest that does not end is left to be destroyed by hand
            let _ = std::thread::Builder::new().name("qemu-end".into()).spawn(move || {
                let _ = stop::end_now(&core, &guest, id, Ending::DESTROYED, true);
            });
        }
    }
}
