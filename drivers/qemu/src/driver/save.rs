//! Guests put aside: their state in a file, and back.

use super::core::Core;
use super::start::{self, How};
use super::{ErrorDomain::Qemu, define, power, stop};
use crate::config::ImageFormat;
use crate::guest::job::LongKind;
use crate::guest::{Ending, Guest, JobStats, LongJob};
use crate::model::Domain;
use crate::monitor::{MigrateStatus, MigrationInfo};
use crate::store::STORED;
use crate::store::image::{Head, Packing};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vir_api::Caller;
use vir_api::constants::*;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{Error, Result, atomic, bail, err};
use vir_model::domain::abi;
use vir_model::domain::cpu::CpuMode;
use vir_model::domain::device::interface::{Interface, InterfaceType};
use vir_model::moment::snapshot::Cookie;
use vir_xml::{Content, Format};

/// Writing may take as long as the disk takes.
const WRITING: Duration = Duration::from_secs(24 * 3600);

fn state_wanted(flags: u32) -> Result<Option<bool>> {
    let (running, paused) = (flags & VIR_DOMAIN_SAVE_RUNNING != 0, flags & VIR_DOMAIN_SAVE_PAUSED != 0);
    match (running, paused) {
        (true, true) => bail!(
            Domain,
            InvalidArg,
            "Flags 'VIR_DOMAIN_SAVE_RUNNING' and 'VIR_DOMAIN_SAVE_PAUSED' are mutually exclusive"
        ),
        (false, false) => Ok(None),
        (running, _) => Ok(Some(running)),
    }
}

/// Which state the guest will have when it is restored, and where it is saved.
pub(super) struct Save<'a> {
    pub(super) path: &'a Path,
    pub(super) dxml: Option<&'a str>,
    pub(super) flags: u32,
    pub(super) managed: bool,
}

const FLAGS: u32 = VIR_DOMAIN_SAVE_BYPASS_CACHE | VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED;

/// `virDomainSaveFlags`.
pub(super) fn save(core: &Core, api: &str, dom: &DomainRef, save: &Save<'_>) -> Result<()> {
    check_flags(Qemu, save.flags, FLAGS, "qemuDomainSaveFlags")?;
    let guest = core.find(dom)?;
    guest.view().running()?;
    run(core, api, &guest, save)
}

/// `virDomainManagedSave`.
pub(super) fn managed_save(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(Qemu, flags, FLAGS, "qemuDomainManagedSave")?;
    let guest = core.find(dom)?;
    let view = guest.view();
    view.running()?;
    if view.config.is_none() {
        bail!(Qemu, OperationInvalid, "cannot do managed save for transient domain");
    }
    let path = core.dirs.managed_save(&view.name);
    run(core, api, &guest, &Save { path: &path, dxml: None, flags, managed: true })?;
    guest.update(|view| view.managed_save = true);
    Ok(())
}

fn run(core: &Core, api: &str, guest: &Arc<Guest>, save: &Save<'_>) -> Result<()> {
    let wanted = state_wanted(save.flags)?;
    let packing = core.config.keys.save_image_format;
    if packing != ImageFormat::Raw {
        bail!(
            Qemu,
            ConfigUnsupported,
            "save images packed with '{}', as qemu.conf asks for, are not supported",
            packing.as_str()
        );
    }
    let job = guest.begin_long(api, LongKind::Save)?;
    let view = guest.view();
    let live = view.running()?;
    let was_running = view.state == VIR_DOMAIN_RUNNING;
    let def = match save.dxml {
        Some(xml) => same_guest(core, xml, &live.def, abi::Options { skip_volatile: true })?,
        None => Domain::clone(&live.def),
    };
    let xml = super::ports::without_config(def).to_xml(STORED);
    let head = Head::new(xml, Some(cookie(&live.def)), wanted.unwrap_or(was_running), Packing::Raw)?;
    let id = live.id;
    if was_running {
        power::stop_cpus(core, guest, &job, VIR_DOMAIN_PAUSED_SAVE)?;
    }
    let written = write_image(&job, id, save.path, &head);
    let info = match written {
        Ok(info) => info,
        Err(error) => {
            // half a state is worth nothing; the guest goes on
            let _ = std::fs::remove_file(save.path);
            if was_running {
                let _ = power::start_cpus(core, guest, &job, VIR_DOMAIN_RUNNING_SAVE_CANCELED);
            }
            return Err(error);
        }
    };
    let stats = JobStats {
        kind: VIR_DOMAIN_JOB_COMPLETED,
        operation: VIR_DOMAIN_JOB_OPERATION_SAVE,
        elapsed: job.elapsed().as_millis() as u64,
        downtime: info.downtime,
        migration: Some(info),
    };
    guest.update(|view| {
        view.last_job = Some(stats);
        view.managed_save |= save.managed;
    });
    stop::end_now(core, guest, id, Ending::SAVED, true)
}

/// What else a saved guest needs to go on as it was: its processor, exactly.
fn cookie(def: &Domain) -> String {
    let built_in =
        |interface: &Interface| interface.kind() == InterfaceType::User && interface.backend.is_none();
    let slirp_helper = !def.devices.interfaces.iter().any(built_in);
    Cookie { cpu: def.cpu.clone(), slirp_helper }.to_xml(Format::default())
}

/// The processor that a saved guest saw, where its definition does not say it exactly.
fn saved_cpu(def: &mut Domain, cookie: Option<&str>) {
    let host_model = def.cpu.as_ref().is_some_and(|cpu| cpu.mode == Some(CpuMode::HostModel));
    let cookie = cookie.filter(|_| host_model).and_then(|text| vir_xml::parse(text, None).ok());
    if let Some(cpu) = cookie.and_then(|tree| Cookie::read(&tree).ok()).and_then(|cookie| cookie.cpu) {
        def.cpu = Some(cpu);
    }
}

/// A document for the same guest: one that takes the old one's place without the guest noticing.
fn same_guest(core: &Core, xml: &str, old: &Domain, options: abi::Options) -> Result<Domain> {
    let new = define::parse(core, xml, define::Age::Old)?;
    abi::check(old, &new, options)?;
    Ok(new)
}

fn write_image(job: &LongJob, id: i32, path: &Path, head: &Head) -> Result<MigrationInfo> {
    let failed = |e: &std::io::Error, what: &str| Error::io(Qemu, e, format!("{what} '{}'", path.display()));
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| failed(&e, "Failed to create file"))?;
    file.write_all(&head.encode(false))
        .map_err(|e| failed(&e, "failed to write header to domain save file"))?;
    let progress = job.guest().update_live(id, |live| Arc::clone(&live.migration));
    let Some(progress) = progress else { bail!(Qemu, OperationFailed, "domain is no longer running") };
    progress.clear();
    job.monitor(|monitor| {
        monitor.migrate_set_capabilities(&[("events", true)])?;
        let mut fast = serde_json::Map::new();
        // as fast as the disk takes it
        fast.insert("max-bandwidth".into(), (i64::MAX as u64 / 1024 / 1024 * 1024).into());
        monitor.migrate_set_parameters(fast)?;
        monitor.getfd("migrate", file.as_fd())?;
        monitor.migrate("fd:migrate")
    })?;
    let over = |s| matches!(s, MigrateStatus::Completed | MigrateStatus::Failed | MigrateStatus::Cancelled);
    let status = progress.wait(WRITING, over);
    let info = job.monitor(|monitor| monitor.query_migrate())?;
    match status {
        Some(MigrateStatus::Completed) => {}
        Some(MigrateStatus::Cancelled) => {
            bail!(Qemu, OperationAborted, "job 'domain save' canceled by client")
        }
        _ => {
            return Err(match info.error {
                Some(why) => err!(Qemu, OperationFailed, "job 'domain save' failed: {why}"),
                None => err!(Qemu, OperationFailed, "job 'domain save' unexpectedly failed"),
            });
        }
    }
    // all of it is on disk before the image is called whole
    file.sync_all().map_err(|e| failed(&e, "unable to sync"))?;
    file.seek(SeekFrom::Start(0)).map_err(|e| failed(&e, "cannot seek in"))?;
    file.write_all(&head.header.encode(true))
        .map_err(|e| failed(&e, "failed to write header to domain save file"))?;
    file.sync_all().map_err(|e| failed(&e, "unable to sync"))?;
    if let Some(directory) = path.parent() {
        atomic::sync_dir(directory)?;
    }
    Ok(info)
}

/// Opens an image and reads its head; the file then stands at the state.
fn open_image(path: &Path, write: bool) -> Result<(File, Head)> {
    let failed = |e: &std::io::Error| Error::io(Qemu, e, format!("Failed to open file '{}'", path.display()));
    let mut file = OpenOptions::new().read(true).write(write).open(path).map_err(|e| failed(&e))?;
    let head = Head::read(&mut file)?;
    Ok((file, head))
}

fn definition(core: &Core, head: &Head) -> Result<Domain> {
    define::parse(core, &head.xml, define::Age::Old)
}

/// Starts a guest from the image of its managed save, which is then gone.
pub(super) fn restore_managed(core: &Arc<Core>, job: &LongJob, image: &Path, how: &How<'_>) -> Result<()> {
    let (file, head) = match open_image(image, false) {
        Ok(opened) => opened,
        Err(error) if error.data().str2.as_deref().is_some_and(is_corrupt) => {
            // a save that was interrupted: the guest boots as if there were none
            atomic::remove(image)?;
            job.guest().update(|view| view.managed_save = false);
            let config = Arc::clone(job.guest().view().persistent()?);
            start::start(core, job, &config, how)?;
            tell(core, job.guest(), VIR_DOMAIN_EVENT_STARTED_BOOTED, how.paused);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let def = definition(core, &head)?;
    if def.uuid != job.guest().view().uuid {
        bail!(
            Qemu,
            OperationFailed,
            "cannot restore domain '{}' uuid {} from a file which belongs to domain '{}' uuid {}",
            job.guest().view().name,
            job.guest().view().uuid,
            def.name,
            def.uuid
        );
    }
    run_image(core, job, file, &head, &Arc::new(def), how)?;
    atomic::remove(image)?;
    job.guest().update(|view| view.managed_save = false);
    Ok(())
}

fn is_corrupt(text: &str) -> bool {
    matches!(text, "save image is incomplete" | "image magic is incorrect" | "failed to read qemu header")
}

fn tell(core: &Core, guest: &Guest, detail: i32, paused: bool) {
    let dom = guest.view().domain_ref();
    core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_STARTED, detail);
    if paused {
        core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_RESTORED);
    }
}

fn run_image(
    core: &Arc<Core>,
    job: &LongJob,
    file: File,
    head: &Head,
    def: &Arc<Domain>,
    how: &How<'_>,
) -> Result<()> {
    if let Some(program) = head.header.packing.program() {
        bail!(Qemu, ConfigUnsupported, "save images packed with '{program}' are not supported");
    }
    let since = Instant::now();
    let paused = how.paused || !head.header.was_running;
    let how = How {
        paused,
        auto_destroy: how.auto_destroy,
        reset_nvram: how.reset_nvram,
        incoming: Some(file.as_fd()),
        running_reason: VIR_DOMAIN_RUNNING_RESTORED,
    };
    let mut saved = Domain::clone(def);
    saved_cpu(&mut saved, head.cookie.as_deref());
    start::start(core, job, &Arc::new(saved), &how)?;
    let stats = JobStats {
        kind: VIR_DOMAIN_JOB_COMPLETED,
        operation: VIR_DOMAIN_JOB_OPERATION_RESTORE,
        elapsed: since.elapsed().as_millis() as u64,
        downtime: None,
        migration: None,
    };
    job.guest().update(|view| view.last_job = Some(stats));
    tell(core, job.guest(), VIR_DOMAIN_EVENT_STARTED_RESTORED, paused);
    Ok(())
}

/// `virDomainRestoreFlags`: a guest from a file, which is kept.
pub(super) fn restore(
    core: &Arc<Core>,
    caller: &Caller,
    path: &str,
    dxml: Option<&str>,
    flags: u32,
) -> Result<()> {
    check_flags(Qemu, flags, FLAGS | VIR_DOMAIN_SAVE_RESET_NVRAM, "qemuDomainRestoreInternal")?;
    let wanted = state_wanted(flags)?;
    let (file, mut head) = open_image(Path::new(path), false)?;
    let mut def = definition(core, &head)?;
    if let Some(xml) = dxml {
        def = same_guest(core, xml, &def, abi::Options::default())?;
    }
    if let Some(running) = wanted {
        head.header.was_running = running;
    }
    let def = Arc::new(def);
    let job = loop {
        let guest = core.guests.claim(&def.name, def.uuid)?;
        let job = guest.begin_long(caller.api, LongKind::Start)?;
        if core.guests.holds(&guest) {
            break job;
        }
    };
    if job.guest().view().active() {
        bail!(Qemu, OperationInvalid, "domain '{}' is already active", def.name);
    }
    run_image(core, &job, file, &head, &def, &reset(flags))
        .inspect_err(|_| core.guests.drop_if_gone(job.guest()))
}

/// How a guest goes on from its image: with its firmware's variables, or new ones.
fn reset(flags: u32) -> How<'static> {
    How { reset_nvram: flags & VIR_DOMAIN_SAVE_RESET_NVRAM != 0, ..How::default() }
}

/// The document of an image, for people.
fn shown(core: &Core, head: &Head, flags: u32) -> Result<String> {
    let secure = flags & VIR_DOMAIN_SAVE_IMAGE_XML_SECURE != 0;
    Ok(definition(core, head)?.to_xml(Format { secure, ..STORED }))
}

/// `virDomainSaveImageGetXMLDesc`.
pub(super) fn image_xml(core: &Core, path: &str, flags: u32) -> Result<String> {
    check_flags(Qemu, flags, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE, "qemuDomainSaveImageGetXMLDesc")?;
    shown(core, &open_image(Path::new(path), false)?.1, flags)
}

/// `virDomainSaveImageDefineXML`.
pub(super) fn image_define(core: &Core, path: &Path, dxml: &str, flags: u32) -> Result<()> {
    let known = VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED;
    check_flags(Qemu, flags, known, "qemuDomainSaveImageDefineXML")?;
    let wanted = state_wanted(flags)?;
    let (mut file, mut head) = open_image(path, true)?;
    let old = definition(core, &head)?;
    let new = same_guest(core, dxml, &old, abi::Options::default())?;
    head.replace_xml(new.to_xml(STORED))?;
    if let Some(running) = wanted {
        head.header.was_running = running;
    }
    let failed = |e: &std::io::Error| {
        Error::io(Qemu, e, format!("failed to write header data to '{}'", path.display()))
    };
    file.seek(SeekFrom::Start(0)).map_err(|e| failed(&e))?;
    file.write_all(&head.encode(true)).map_err(|e| failed(&e))?;
    file.sync_all().map_err(|e| failed(&e))
}

/// The path of a guest's managed save, which must be there.
fn managed_path(core: &Core, dom: &DomainRef) -> Result<std::path::PathBuf> {
    let path = core.dirs.managed_save(&core.find(dom)?.view().name);
    match path.exists() {
        true => Ok(path),
        false => bail!(Qemu, OperationInvalid, "domain does not have managed save image"),
    }
}

/// `virDomainManagedSaveGetXMLDesc`.
pub(super) fn managed_xml(core: &Core, dom: &DomainRef, flags: u32) -> Result<String> {
    check_flags(Qemu, flags, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE, "qemuDomainManagedSaveGetXMLDesc")?;
    shown(core, &open_image(&managed_path(core, dom)?, false)?.1, flags)
}

/// `virDomainManagedSaveDefineXML`.
pub(super) fn managed_define(core: &Core, dom: &DomainRef, dxml: &str, flags: u32) -> Result<()> {
    image_define(core, &managed_path(core, dom)?, dxml, flags)
}

/// `virDomainManagedSaveRemove`.
pub(super) fn managed_remove(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(Qemu, flags, 0, "qemuDomainManagedSaveRemove")?;
    let guest = core.find(dom)?;
    let _job = guest.begin(api, crate::guest::job::Kind::Modify)?;
    atomic::remove(core.dirs.managed_save(&guest.view().name))?;
    guest.update(|view| view.managed_save = false);
    Ok(())
}
