//! Starting a guest: from a definition to a process that runs, or back to where it was.

use super::core::{Core, GuestSink, Task};
use super::{files, power};
use crate::command::{self, CommandLine, Passed};
use crate::config::{Config, CoreSize, StdioHandler};
use crate::guest::taint::Taint;
use crate::guest::{Ending, Guest, Live, LongJob};
use crate::hotplug::interface;
use crate::model::{self, Domain};
use crate::monitor::{MigrateStatus, Monitor};
use crate::process::dirs::GuestDirs;
use crate::process::log::GuestLog;
use crate::process::owner::Owner;
use crate::process::undo::Undo;
use crate::reactor::ExitWatch;
use crate::store;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use vir_api::constants::*;
use vir_base::command::{Command, Io, Resource};
use vir_base::process::Process;
use vir_base::{Error, ErrorDomain::Qemu, Result, atomic, bail, err};
use vir_model::domain::device::display::GraphicsType;
use vir_model::status::{Flag, Flags};

/// QEMU under load and with much memory takes its time until it answers.
const CONNECT: Duration = Duration::from_secs(60);
/// Reading back a saved guest may take as long as the disk takes.
const INCOMING: Duration = Duration::from_secs(24 * 3600);

/// How to start.
#[derive(Default)]
pub(super) struct How<'a> {
    /// Leave it paused.
    pub(super) paused: bool,
    /// End it when this client goes.
    pub(super) auto_destroy: Option<u64>,
    /// Make its firmware's variables anew.
    pub(super) reset_nvram: bool,
    /// Its state, to go on from.
    pub(super) incoming: Option<BorrowedFd<'a>>,
    /// Why it runs then (`virDomainRunningReason`).
    pub(super) running_reason: i32,
}

/// Starts a guest that does not run. On failure nothing is left of it.
pub(super) fn start(core: &Arc<Core>, job: &LongJob, def: &Arc<Domain>, how: &How<'_>) -> Result<()> {
    let guest = job.guest();
    let view = guest.view();
    let name = view.name.clone();
    let caps = core.caps.get(Path::new(&model::emulator(def)?))?;
    // what was accepted once may be more than this emulator can do
    crate::prepare::Terms { caps: &caps, host: &core.prepare, abi_update: false }.check(def)?;
    // all that libvirt knows can be defined; nothing that a definition asks for is left out in silence
    crate::prepare::served::check(def)?;
    let mut live_def = Domain::clone(def);
    let id = core.guests.next_id();
    let dirs = core.dirs.guest(id, &name);
    model::prepare_live(&mut live_def, id, &dirs)?;
    super::ports::listen(&core.config, &dirs, &mut live_def);
    if let Some(owner) = &core.owner {
        files::label(owner, &mut live_def);
    }
    super::ports::assign(core, &mut live_def)?;
    super::net::name_taps(&mut live_def);

    let mut undo = Undo::default();
    let made = dirs.clone();
    undo.push(move || made.remove());
    let owner = core.owner.as_ref();
    dirs.make(owner)?;
    write_master_key(&dirs, owner)?;
    check_sources(&live_def, &core.config)?;
    super::nvram::prepare(core, &live_def, how.reset_nvram)?;
    let line = command::build(&command::Inputs {
        def: &live_def,
        caps: &caps,
        dirs: &dirs,
        config: &core.config,
        incoming: how.incoming.is_some(),
        privileged: core.paths.system,
    })?;
    super::net::make_taps(&live_def, core.config.account.as_ref(), &mut undo)?;
    if let Some(owner) = owner {
        files::give(owner, &live_def, &mut undo)?;
    }

    let mut log = core.log_place(guest).open()?;
    let taints = Taint::at_start(&live_def, core.config.runs_as_root());
    for taint in &taints {
        log.say(&format!("Domain id={id} is tainted: {}", taint.word()));
    }
    let process = Arc::new(spawn(core, &live_def, &line, &mut log, &caps)?);
    undo.push({
        let process = Arc::clone(&process);
        move || {
            let _ = process.signal(rustix::process::Signal::KILL);
        }
    });
    let mut notes = store::status::notes(&core.dirs, id, &name);
    let flag = |flag: crate::caps::Flag| Flag { name: Some(flag.name().to_owned()) };
    notes.caps = Some(Flags { flags: caps.flags.iter().map(flag).collect() });
    notes.chardev_logd = core.config.keys.stdio_handler == Some(StdioHandler::Logd);
    let pid_file = core.dirs.pid_file(&name);
    let last_node = model::last_node(&live_def);
    let _ = std::fs::write(&pid_file, process.pid().to_string());
    if let Some(client) = how.auto_destroy {
        core.ends_with(client);
    }
    guest.update(|view| {
        view.live = Some(Live {
            id,
            def: Arc::new(live_def),
            process: Arc::clone(&process),
            dirs: dirs.clone(),
            notes: Arc::new(notes),
            monitor: None,
            vcpus: Vec::new(),
            balloon: None,
            starting: true,
            ending: None,
            fake_reboot: false,
            taints,
            next_reason: None,
            auto_destroy: how.auto_destroy,
            migration: Arc::default(),
            io_errors: Vec::new(),
            last_node,
            unplug: Arc::default(),
            trays: Arc::default(),
        });
        view.state = VIR_DOMAIN_PAUSED;
        view.reason = VIR_DOMAIN_PAUSED_STARTING_UP;
        view.managed_save = view.managed_save && how.incoming.is_none();
    });
    // from here on the end of the process is cleaned up in one place
    undo.keep();
    let result = bring_up(core, job, id, &process, &dirs, &log, how);
    match result {
        Ok(()) => Ok(()),
        Err(error) => {
            super::net::remove_taps_of(guest);
            // an instance that a destroy took away meanwhile is gone already
            guest.update_live(id, |live| live.ending.get_or_insert(Ending::FAILED).reason);
            let _ = process.signal(rustix::process::Signal::KILL);
            let _ = process.wait_end(Some(Duration::from_secs(10)));
            super::stop::clean_up(core, guest, id);
            Err(error)
        }
    }
}

/// From a process that was just made to a guest that runs.
fn bring_up(
    core: &Arc<Core>,
    job: &LongJob,
    id: i32,
    process: &Arc<Process>,
    dirs: &GuestDirs,
    log: &GuestLog,
    how: &How<'_>,
) -> Result<()> {
    let guest = job.guest();
    watch_end(core, guest, id, process)?;
    let sink = GuestSink { core: Arc::downgrade(core), guest: Arc::downgrade(guest), id };
    let monitor =
        Monitor::connect(&core.reactor, &guest.view().name, &dirs.monitor(), Box::new(sink), CONNECT)
            .map_err(|error| with_last_words(error, process, log))?;
    let details = (|| {
        let ptys = monitor.query_ptys()?;
        let vcpus: Vec<i32> = monitor.query_cpus()?.into_iter().map(|cpu| cpu.thread_id).collect();
        // whichever daemon saves the guest one day waits for them
        monitor.migrate_set_capabilities(&[("events", true)])?;
        Ok((ptys, vcpus, monitor.devices()?))
    })();
    let (ptys, vcpus, devices) = details.map_err(|error| with_last_words(error, process, log))?;
    let def = guest.update_live(id, |live| {
        live.monitor = Some(monitor.clone());
        live.vcpus = vcpus;
        Arc::make_mut(&mut live.notes).devices = store::status::device_list(devices);
        live.def = model::with_ptys(&live.def, &ptys);
        Arc::clone(&live.def)
    });
    let Some(def) = def else { bail!(Qemu, OperationFailed, "domain is no longer running") };
    if model::on_reboot(&def) == model::Action::Destroy {
        monitor.set_action(None, Some("shutdown"))?;
    }
    set_up_balloon(&monitor, &def)?;
    set_links(&monitor, &def)?;
    set_passwords(&monitor, &def, &core.config)?;
    if let Some(fd) = how.incoming {
        take_in(job, id, fd).map_err(|error| with_last_words(error, process, log))?;
    }
    guest.update_live(id, |live| live.starting = false);
    store::status::save(&core.dirs, &guest.view())?;
    match how.paused {
        false => power::start_cpus(core, guest, job, how.running_reason)?,
        true => {
            let reason =
                if how.incoming.is_some() { VIR_DOMAIN_PAUSED_MIGRATION } else { VIR_DOMAIN_PAUSED_USER };
            guest.update(|view| (view.state, view.reason) = (VIR_DOMAIN_PAUSED, reason));
            core.save_status(guest);
        }
    }
    Ok(())
}

/// Sees to it that the end of the process is noticed.
pub(super) fn watch_end(core: &Arc<Core>, guest: &Arc<Guest>, id: i32, process: &Arc<Process>) -> Result<()> {
    let failed = |e: std::io::Error| Error::io(Qemu, &e, "cannot watch the QEMU process");
    let pidfd: OwnedFd = process.as_fd().try_clone_to_owned().map_err(failed)?;
    let (weak_core, weak_guest) = (Arc::downgrade(core), Arc::downgrade(guest));
    let watch = ExitWatch::new(Arc::new(pidfd), move || {
        if let Some(core) = weak_core.upgrade() {
            core.soon(Task::Ended(weak_guest.clone(), id));
        }
    });
    core.reactor.watch(Arc::new(watch)).map_err(failed)?;
    Ok(())
}

/// An error of a QEMU that may have died of what its log says.
fn with_last_words(error: Error, process: &Process, log: &GuestLog) -> Error {
    // a closed monitor and the end of the process come together, in any order
    let dying = error.code() != vir_base::ErrorCode::OperationTimeout;
    if !dying || !process.wait_end(Some(Duration::from_millis(500))).unwrap_or(false) {
        return error;
    }
    match log.output() {
        said if said.is_empty() => error,
        said => err!(Qemu, InternalError, "process exited while connecting to monitor: {said}"),
    }
}

/// Displays that were told to want a password let nobody in until they have one.
fn set_passwords(monitor: &Monitor, def: &Domain, config: &Config) -> Result<()> {
    let vnc = def.devices.graphics.iter().any(|g| g.kind == Some(GraphicsType::Vnc));
    match &config.keys.vnc_password {
        Some(password) if vnc => monitor.set_password("vnc", password),
        _ => Ok(()),
    }
}

/// QEMU starts with all cables in.
fn set_links(monitor: &Monitor, def: &Domain) -> Result<()> {
    for interface in def.devices.interfaces.iter().filter(|interface| !interface::is_up(interface)) {
        let out = interface::set_link(interface).tell;
        monitor.execute(out.command, out.arguments)?;
    }
    Ok(())
}

fn set_up_balloon(monitor: &Monitor, def: &Domain) -> Result<()> {
    let Some(alias) = model::balloon_alias(def) else { return Ok(()) };
    if let Some(period) = model::stats_period(def) {
        let path = format!("/machine/peripheral/{alias}");
        monitor.qom_set(&path, "guest-stats-polling-interval", period.into())?;
    }
    if model::memory_current(def) < model::memory_total(def) {
        monitor.balloon(model::memory_current(def) * 1024)?;
    }
    Ok(())
}

/// Has QEMU take a saved state from a descriptor.
fn take_in(job: &LongJob, id: i32, fd: BorrowedFd<'_>) -> Result<()> {
    let Some(progress) = job.guest().update_live(id, |live| Arc::clone(&live.migration)) else {
        bail!(Qemu, OperationFailed, "domain is no longer running");
    };
    progress.clear();
    job.monitor(|monitor| {
        monitor.migrate_set_capabilities(&[("events", true)])?;
        monitor.getfd("migrate", fd)?;
        monitor.migrate_incoming("fd:migrate")
    })?;
    let over = |status| matches!(status, MigrateStatus::Completed | MigrateStatus::Failed);
    // the end of the process is told through the same signal
    match progress.wait(INCOMING, over) {
        Some(MigrateStatus::Completed) => Ok(()),
        _ => {
            let why = job.monitor(|monitor| monitor.query_migrate()).ok().and_then(|info| info.error);
            Err(match why {
                Some(why) => err!(Qemu, OperationFailed, "job 'restore' failed: {why}"),
                None => err!(Qemu, OperationFailed, "job 'restore' unexpectedly failed"),
            })
        }
    }
}

/// A key that secrets are handed to QEMU with. Nothing is encrypted with it yet, but QEMU's own
/// tools and debuggers expect the object.
fn write_master_key(dirs: &GuestDirs, owner: Option<&Owner>) -> Result<()> {
    let key = [vir_base::Uuid::random().0, vir_base::Uuid::random().0].concat();
    let path = dirs.lib.join("master-key.aes");
    atomic::replace(&path, &key, atomic::PRIVATE)?;
    owner.map_or(Ok(()), |owner| owner.give_own(&path))
}

/// The sources of disks must be there: QEMU's own words about that are harder to understand.
pub(super) fn check_sources(def: &Domain, config: &Config) -> Result<()> {
    for disk in model::disks(def) {
        let Some(path) = &disk.path else { continue };
        if let Err(errno) = rustix::fs::access(path.as_str(), rustix::fs::Access::READ_OK) {
            let (uid, gid) = match &config.account {
                Some(account) => (account.uid, account.gid),
                None => (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw()),
            };
            let what = format!("Cannot access storage file '{path}' (as uid:{uid}, gid:{gid})");
            return Err(Error::system(Qemu, errno.raw_os_error(), what));
        }
    }
    for (path, what) in model::boot_files(def) {
        if !Path::new(&path).exists() {
            let errno = rustix::io::Errno::NOENT.raw_os_error();
            return Err(Error::system(Qemu, errno, format!("Cannot access {what} '{path}'")));
        }
    }
    Ok(())
}

fn spawn(
    core: &Core,
    def: &Domain,
    line: &CommandLine,
    log: &mut GuestLog,
    caps: &crate::caps::Caps,
) -> Result<Process> {
    let mut command = Command::new(line.binary.to_string_lossy());
    command.env_clear();
    for (name, value) in &line.env {
        command.env(name, value);
    }
    command.args(line.args.iter().cloned());
    for passed in &line.passed {
        command.pass_fd(open_passed(passed, core.owner.as_ref())?, passed.number());
    }
    log.begin_output(&format!(
        "{}: starting up libvirt version: {}, qemu version: {}.{}.{}{}, kernel: {}, hostname: {}\n{}\n",
        crate::process::log::timestamp(std::time::SystemTime::now()),
        env!("CARGO_PKG_VERSION"),
        caps.version.major,
        caps.version.minor,
        caps.version.micro,
        caps.version.package,
        rustix::system::uname().release().to_string_lossy(),
        rustix::system::uname().nodename().to_string_lossy(),
        command.to_shell(true)
    ));
    let output = log.for_process()?;
    let errors = log.for_process()?;
    command.stdout(Io::Fd(output.into())).stderr(Io::Fd(errors.into()));
    command.cwd("/").umask(0o002).session();
    confine(&mut command, &core.config);
    let connection = core.leases.prepare(def, &mut command).map_err(before_exec)?;
    let held = command.hold().map_err(|error| match error.domain() {
        vir_base::ErrorDomain::Rpc => before_exec(error),
        _ => error,
    })?;
    core.leases.register(connection, def, held.pid()).map_err(before_exec)?;
    Ok(held.go()?.into_process())
}

/// An error of what is done for a process before it becomes QEMU, in the words that libvirt has for it.
fn before_exec(error: Error) -> Error {
    err!(
        Qemu,
        InternalError,
        "Process exited prior to exec: libvirt: {} error : {}",
        error.domain().title(),
        error.message()
    )
}

/// Whom QEMU runs as, and how much it may use.
fn confine(command: &mut Command, config: &Config) {
    let keys = &config.keys;
    if let Some(account) = &config.account {
        command.user(account.uid, account.gid, account.groups.clone());
    }
    for (resource, value) in
        [(Resource::Processes, keys.max_processes), (Resource::OpenFiles, keys.max_files)]
    {
        if value > 0 {
            command.limit(resource, u64::from(value), true);
        }
    }
    // not everyone may raise it
    command.limit(Resource::CoreSize, keys.max_core.0, keys.max_core != CoreSize::UNLIMITED);
}

fn open_passed(passed: &Passed, owner: Option<&Owner>) -> Result<OwnedFd> {
    match passed {
        Passed::Listen { path, .. } => listen(path, owner),
    }
}

/// A socket that listens at a path, for QEMU.
pub(super) fn listen(path: &Path, owner: Option<&Owner>) -> Result<OwnedFd> {
    let _ = std::fs::remove_file(path);
    if let Some(parent) = path.parent() {
        vir_base::file::make_dirs(parent, 0o755)?;
    }
    let listener = UnixListener::bind(path).map_err(|e| {
        Error::io(Qemu, &e, format!("Unable to bind to UNIX socket path '{}'", path.display()))
    })?;
    if let Some(owner) = owner {
        owner.give_own(path)?;
    }
    Ok(listener.into())
}
