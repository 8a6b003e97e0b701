//! A daemon's life, from its command line to its exit status.
//!
//! Nothing slow happens before the sockets listen: a client that starts a daemon waits for that.

use crate::admin::AdminProgram;
use crate::cli::{self, Command, Options};
use crate::config::{Config, Limits, NetworkConfig};
use crate::control::{Attendance, Control, GRACE, WithPart};
use crate::dispatch::{DriverProgram, Drivers};
use crate::drivers::DriverSet;
use crate::exit::Stage;
use crate::failures::{Logged, worded};
use crate::instance::{self, Instance};
use crate::part::Part;
use crate::reexec::{self, Handover, Inheritance, Setting, Survivor};
use crate::sockets::{self, Listening, Serves};
use crate::spec::DaemonSpec;
use crate::{admin, logging, signals};
use rustix::process::{Resource, geteuid, getrlimit, setrlimit};
use std::ffi::OsString;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use vir_api::DriverFactory;
use vir_base::conf::{Conf, Format};
use vir_base::hooks::Hooks;
use vir_base::paths::Paths;
use vir_base::pidfile::PidFile;
use vir_base::signals::Signals;
use vir_base::sys::{Background, Readiness, fork_into_background};
use vir_base::{Error, ErrorDomain, Result, bail, file};
use vir_rpc::auth::PolkitHook;
use vir_rpc::server::{ClientHooks, EventLoop, Program, Server};
use vir_rpc::transport::Encryption;

/// Reads keys and certificates as the configuration says; the second argument is whether the daemon is the
/// system's. Daemons that are not given one do not link TLS.
pub type MakeEncryption = fn(&NetworkConfig, bool) -> Result<Arc<dyn Encryption>>;

/// What a daemon serves.
#[derive(Default)]
pub struct Service {
    /// Drivers, in the order in which they are asked.
    pub drivers: Vec<Arc<dyn DriverFactory>>,
    /// What encrypts the connections of clients that come over the network by TLS. Without it the daemon
    /// refuses to listen for them.
    pub encryption: Option<MakeEncryption>,
    /// Asks the host's policy about clients of sockets that want it. Without it they are not let in.
    pub polkit: Option<Arc<dyn PolkitHook>>,
    /// What a client gets that names no URI.
    pub default_uri: Option<String>,
    /// Programs besides those that reach drivers.
    pub programs: Vec<Arc<dyn Program>>,
    /// Programs beside the administration's, on its sockets.
    pub admin_programs: Vec<Arc<dyn Program>>,
    /// What it looks after besides.
    pub part: Option<Arc<dyn Part>>,
    /// What of that survives when its program is replaced.
    pub survivor: Option<Arc<dyn Survivor>>,
}

/// Is a daemon. `compose` makes what it serves, as soon as it is known where; it must be quick, what
/// takes time belongs into [`DriverFactory::start`].
pub fn run(spec: &DaemonSpec, argv: Vec<String>, compose: impl FnOnce(&Instance) -> Service) -> ExitCode {
    vir_base::log::init();
    if let (Some(format), [_, option]) = (spec.state, &argv[..])
        && option == reexec::CHECK_OPTION
    {
        return reexec::checker::serve(spec.name, format);
    }
    let command_line = argv.iter().map(OsString::from).collect();
    let options = match cli::parse(spec, argv) {
        Command::Run(options) => options,
        Command::Version(text) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Command::Usage { program, complaint } => {
            if let Some(complaint) = &complaint {
                eprintln!("{complaint}");
            }
            eprint!("{}", cli::usage(spec, &program, geteuid().is_root()));
            return if complaint.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
        Command::Refuse(text) => {
            eprintln!("{text}");
            return ExitCode::FAILURE;
        }
        Command::Fail(text) => {
            log::error!("{text}");
            return ExitCode::FAILURE;
        }
    };
    let Ok(paths) = instance::paths(&options).map_err(|error| report(&error)) else {
        return ExitCode::FAILURE;
    };
    let state_file = reexec::peers_file(&paths, spec.name);
    let inheritance = spec.state.and_then(|format| reexec::find(spec.name, format, &state_file));
    let heir = inheritance.is_some();
    let Ok((config, instance)) = prepare(spec, &options, paths, heir) else { return ExitCode::FAILURE };
    let readiness = match (options.background && !heir).then(|| into_background(&options)) {
        None => None,
        Some(Ok(readiness)) => Some(readiness),
        Some(Err(code)) => return code,
    };
    let daemon = Daemon { spec, command_line, options, config, instance };
    match daemon.start(compose, inheritance) {
        Ok(started) => {
            if let Some(readiness) = readiness {
                readiness.report(0);
            }
            started.serve()
        }
        Err((stage, error)) => {
            report(&error);
            if let Some(readiness) = readiness {
                readiness.report(stage as u8);
            }
            stage.into()
        }
    }
}

/// Everything that can fail while the terminal is still there. What failed has been said. To an `heir`,
/// who has something to lose, a bad configuration is none.
fn prepare(spec: &DaemonSpec, options: &Options, paths: Paths, heir: bool) -> Result<(Config, Instance), ()> {
    let given = options.config.is_some();
    let path = options.config.clone().unwrap_or_else(|| paths.config_file(spec.name));
    let (config, settings) = load(spec, &path, !given)
        .map_err(|error| log::error!("Can't load config file: {error}: {}", path.display()))
        .or_else(|()| if heir { Ok((Config::new(spec), Conf::default())) } else { Err(()) })?;
    let host_uuid = instance::host_uuid(&config).map_err(|text| {
        log::error!("{text}");
        log::error!("Can't setup host uuid");
    })?;
    logging::set_up(spec.name, &config, options, &paths)
        .map_err(|error| {
            // nowhere to log to yet
            eprintln!("libvirt:  error : {error}");
        })
        .or(if heir { Ok(()) } else { Err(()) })?;
    if let Some(driver) = config.access_drivers.iter().find(|driver| *driver != "none") {
        log::error!("internal error: Cannot find security driver '{driver}'");
        log::error!("Can't initialize access manager");
        return Err(());
    }
    let privileged = geteuid().is_root();
    let ovs_timeout = config.ovs_timeout;
    let hooks = instance::hooks(options, &paths);
    Ok((config, Instance { paths, privileged, hooks, host_uuid, settings, ovs_timeout }))
}

/// The configuration, and the file that it is from.
fn load(spec: &DaemonSpec, path: &Path, optional: bool) -> Result<(Config, Conf)> {
    let name = path.to_string_lossy();
    let conf = match optional && matches!(path.try_exists(), Ok(false)) {
        true => Conf::new(name.clone(), Format::Plain),
        false => Conf::read(path, Format::Plain)?,
    };
    let config = Config::from_conf(spec, &conf, &name)?;
    (spec.check_settings)(&conf)?;
    Ok((config, conf))
}

/// Leaves the terminal. `Err` is the end of the process that stays.
fn into_background(options: &Options) -> Result<Readiness, ExitCode> {
    if let Err(error) = std::env::set_current_dir("/") {
        log::error!("cannot change to root directory: {error}");
        return Err(ExitCode::FAILURE);
    }
    match fork_into_background() {
        Ok(Background::Daemon(readiness)) => Ok(readiness),
        Ok(Background::Parent(Some(0))) => Err(ExitCode::SUCCESS),
        Ok(Background::Parent(status)) => {
            let stage = status.and_then(Stage::from_status);
            eprintln!("{}", cli::parent_complaint(&options.program, stage));
            Err(ExitCode::FAILURE)
        }
        Err(error) => {
            log::error!("Failed to fork as daemon: {error}");
            Err(ExitCode::FAILURE)
        }
    }
}

fn report(error: &Error) {
    log::error!("{}", worded(error));
}

/// A daemon that has its settings and nothing else.
struct Daemon<'a> {
    spec: &'a DaemonSpec,
    command_line: Vec<OsString>,
    options: Options,
    config: Config,
    instance: Instance,
}

/// What the two servers serve.
struct Programs {
    everybody: Vec<Arc<dyn Program>>,
    admin: Vec<Arc<dyn Program>>,
}

/// A daemon that is ready to serve.
struct Started {
    open: Open,
    pid_file: Option<PidFile>,
}

/// Everything that listens.
struct Open {
    event_loop: EventLoop,
    control: Arc<Control>,
    signals: Arc<Signals>,
    paths: Vec<sockets::BoundPath>,
    // the loop knows only those that have sockets
    _servers: [Arc<Server>; 2],
}

impl Daemon<'_> {
    fn start(
        &self,
        compose: impl FnOnce(&Instance) -> Service,
        mut inheritance: Option<Inheritance>,
    ) -> Result<Started, (Stage, Error)> {
        // before the process has threads
        let signals = signals::open(self.spec.state.is_some())
            .map_err(|e| (Stage::Signal, Error::io(ErrorDomain::Rpc, &e, "Failed to read signals")))?;
        let pid_file = match self.pid_file(inheritance.as_mut()) {
            Ok(pid_file) => Some(pid_file),
            // what it has inherited is worth more than its pid file
            Err(error) if inheritance.is_some() => {
                report(&error);
                None
            }
            Err(error) => return Err((Stage::PidFile, error)),
        };
        match self.open(signals, compose, inheritance, pid_file.as_ref()) {
            Ok(open) => Ok(Started { open, pid_file }),
            Err(failure) => {
                if let Some(pid_file) = pid_file {
                    let _ = pid_file.release();
                }
                Err(failure)
            }
        }
    }

    fn open(
        &self,
        signals: Arc<Signals>,
        compose: impl FnOnce(&Instance) -> Service,
        mut inheritance: Option<Inheritance>,
        pid_file: Option<&PidFile>,
    ) -> Result<Open, (Stage, Error)> {
        let at = |stage: Stage| move |error: Error| (stage, error);
        let io = |stage: Stage, what: &'static str| {
            move |error: std::io::Error| (stage, Error::io(ErrorDomain::Rpc, &error, what))
        };
        make_run_dir(&self.instance.paths).map_err(at(Stage::RunDir))?;
        raise_descriptor_limit();

        let service = compose(&self.instance);
        let drivers = DriverSet::new(service.drivers);
        let mut event_loop = EventLoop::new().map_err(io(Stage::Init, "Failed to set up the event loop"))?;
        let hooks = (!self.spec.one_thread).then(|| Hooks::new(&self.instance.hooks, "daemon"));
        let control = Control::new(event_loop.handle(), drivers.clone(), service.part.clone(), hooks)
            .map_err(io(Stage::Init, "Failed to set up the event loop"))?;
        let mut programs = service.programs;
        let drivers = Arc::new(Drivers {
            factories: drivers.factories(),
            default_uri: service.default_uri,
            access: None,
            polkit: service.polkit,
        });
        if !drivers.factories.is_empty() {
            programs.extend(DriverProgram::all(&drivers));
        }
        let programs = Programs { everybody: programs, admin: service.admin_programs };
        let part = service.part.as_ref();
        let servers = self.servers(&event_loop, &control, programs, part).map_err(at(Stage::Init))?;
        control.set_servers(&servers);
        let survivor = service.survivor.as_ref();
        if let (Some(inheritance), Some(survivor)) = (&mut inheritance, survivor) {
            inheritance.revive(&**survivor);
        }
        if let Some(part) = part {
            match part.start(&mut event_loop) {
                // what it has inherited must not end here
                Err(error) if inheritance.is_some() => report(&error),
                result => result.map_err(at(Stage::Init))?,
            }
        }
        watch_idle(&mut event_loop, &control).map_err(io(Stage::Init, "Failed to watch the timer"))?;
        if self.config.audit_level > 1 {
            log::warn!("audit_level = {}: this daemon writes no audit records", self.config.audit_level);
        }

        control.run_hooks("start", "-", "start");
        let program = inheritance.as_ref().and_then(Inheritance::program);
        let paths = match inheritance {
            None => self.listen(&mut event_loop, &servers, service.encryption).map_err(at(Stage::Network))?,
            Some(inheritance) => self.go_on(inheritance, &mut event_loop, &servers, survivor),
        };
        if let Some(part) = part {
            part.ready(&mut event_loop);
        }
        let handover = self.handover(&control, survivor, program, &paths, pid_file);
        signals::watch(&mut event_loop, &signals, &control, handover)
            .map_err(io(Stage::Signal, "Failed to watch signals"))?;
        control.set_timeout(Duration::from_secs(self.options.timeout.into()));
        Ok(Open { event_loop, control, signals, paths, _servers: servers })
    }

    /// What replaces the program, in daemons that can do without one for a moment.
    fn handover(
        &self,
        control: &Arc<Control>,
        survivor: Option<&Arc<dyn Survivor>>,
        program: Option<PathBuf>,
        paths: &[sockets::BoundPath],
        pid_file: Option<&PidFile>,
    ) -> Option<Arc<Handover>> {
        let peers_file = reexec::peers_file(&self.instance.paths, self.spec.name);
        let setting = Setting {
            daemon: self.spec.name,
            format: self.spec.state?,
            argv: self.command_line.clone(),
            program,
            peers_file: self.options.root.is_none().then_some(peers_file),
            paths: paths.iter().map(|bound| bound.path().to_owned()).collect(),
            pid_file: pid_file.map(|file| (file.path().to_owned(), file.as_raw_fd())),
            signals: signals::REPLACEABLE,
        };
        Some(Handover::new(setting, control.clone(), survivor.cloned()))
    }

    /// Takes up sockets and clients where the program before this one left them.
    fn go_on(
        &self,
        mut inheritance: Inheritance,
        event_loop: &mut EventLoop,
        servers: &[Arc<Server>; 2],
        survivor: Option<&Arc<dyn Survivor>>,
    ) -> Vec<sockets::BoundPath> {
        let mut paths = reexec::restore_servers(&mut inheritance, event_loop, servers, survivor);
        // an old daemon had no administration, and a damaged document may lack anything
        for (server, serves) in servers.iter().zip([Serves::Everybody, Serves::Admin]) {
            if event_loop.listeners(server).next().is_some() {
                continue;
            }
            let open = sockets::open_again(self.spec, &self.config, self.request(), serves);
            match open.and_then(|open| attach(open, event_loop, servers, None)) {
                Ok(open) => paths.extend(open),
                Err(error) => report(&error),
            }
        }
        inheritance.done();
        // as text and as values the document took many times what is left of it
        event_loop.handle().run(|_| vir_base::sys::give_back_memory());
        paths
    }

    fn request(&self) -> sockets::Request<'_> {
        sockets::Request {
            dir: &self.instance.paths.state,
            privileged: self.instance.privileged,
            listen: self.options.listen,
        }
    }

    fn pid_file(&self, inheritance: Option<&mut Inheritance>) -> Result<PidFile> {
        let Instance { paths, privileged, .. } = &self.instance;
        if self.options.root.is_some() || !privileged {
            file::make_dirs(&paths.run, run_dir_mode(paths))?;
        }
        let path = self.options.pid_file.clone().unwrap_or_else(|| paths.pid_file(self.spec.name));
        match inheritance {
            Some(inheritance) => inheritance.pid_file(&path),
            None => PidFile::acquire(path, std::process::id()),
        }
    }

    /// The server for everybody, and the administration's.
    fn servers(
        &self,
        event_loop: &EventLoop,
        control: &Arc<Control>,
        programs: Programs,
        part: Option<&Arc<dyn Part>>,
    ) -> Result<[Arc<Server>; 2]> {
        let attendance: Arc<dyn ClientHooks> = Arc::new(Attendance(control.clone()));
        let for_everybody: Arc<dyn ClientHooks> = match part {
            Some(part) => Arc::new(WithPart { attendance: attendance.clone(), part: part.clone() }),
            None => attendance.clone(),
        };
        let mut everybody = builder(self.spec.name, &self.config.limits)?.hooks(for_everybody);
        for program in programs.everybody {
            everybody = everybody.program(Arc::new(Logged(program)));
        }
        let mut admin = builder("admin", &self.config.admin_limits)?
            .program(Arc::new(Logged(Arc::new(AdminProgram::new(control.clone())))))
            .hooks(Arc::new(admin::OwnUserOnly { attendance, control: control.clone() }));
        for program in programs.admin {
            admin = admin.program(Arc::new(Logged(program)));
        }
        let no_thread = |e: std::io::Error| Error::io(ErrorDomain::Rpc, &e, "Failed to create thread");
        Ok([everybody.build(event_loop).map_err(no_thread)?, admin.build(event_loop).map_err(no_thread)?])
    }

    fn listen(
        &self,
        event_loop: &mut EventLoop,
        servers: &[Arc<Server>; 2],
        make: Option<MakeEncryption>,
    ) -> Result<Vec<sockets::BoundPath>> {
        let open = sockets::open(self.spec, &self.config, self.request())?;
        let encryption = match open.iter().any(|socket| socket.encrypted) {
            true => {
                let make = make.ok_or_else(sockets::no_tls)?;
                Some(make(&self.config.network, self.instance.privileged)?)
            }
            false => None,
        };
        attach(open, event_loop, servers, encryption.as_ref())
    }
}

/// Has clients of these sockets served.
fn attach(
    open: Vec<Listening>,
    event_loop: &mut EventLoop,
    servers: &[Arc<Server>; 2],
    encryption: Option<&Arc<dyn Encryption>>,
) -> Result<Vec<sockets::BoundPath>> {
    let mut paths = Vec::new();
    for Listening { fd, serves, options, encrypted, path } in open {
        let server = match serves {
            Serves::Everybody => &servers[0],
            Serves::Admin => &servers[1],
        };
        let failed = |e: std::io::Error| Error::io(ErrorDomain::Rpc, &e, "Unable to listen on socket");
        match encryption.filter(|_| encrypted) {
            Some(encryption) => event_loop.listen_encrypted(server, fd, options, Arc::clone(encryption)),
            None if encrypted => return Err(sockets::no_tls()),
            None => event_loop.listen(server, fd, options),
        }
        .map_err(failed)?;
        paths.extend(path);
    }
    Ok(paths)
}

impl Started {
    /// Serves clients until the end.
    fn serve(self) -> ExitCode {
        let Open { mut event_loop, control, signals, paths, _servers } = self.open;
        control.drivers.start();
        control.started();
        control.notify.ready();
        if let Err(error) = event_loop.run() {
            log::error!("the event loop failed: {error}");
            return ExitCode::FAILURE;
        }
        // nobody who looks for the daemon from now on must find it
        drop(paths);
        if !control.drivers.is_empty() {
            stop(&control.drivers, &signals);
        }
        control.run_hooks("shutdown", "-", "shutdown");
        if let Some(Err(error)) = self.pid_file.map(PidFile::release) {
            report(&error);
        }
        ExitCode::SUCCESS
    }
}

/// Lets the drivers end, as long as that may take.
fn stop(drivers: &DriverSet, signals: &Signals) {
    let drivers = drivers.clone();
    let stopping = std::thread::Builder::new().name("daemon-stop".into()).spawn(move || drivers.stop());
    if let Ok(thread) = stopping {
        signals::wait_for(signals, GRACE, || thread.is_finished());
    }
}

fn watch_idle(event_loop: &mut EventLoop, control: &Arc<Control>) -> std::io::Result<()> {
    let timer = control.idle().poll_fd()?;
    let control = control.clone();
    event_loop.watch(timer, move |_| {
        control.idle_timeout();
        true
    })
}

fn builder(name: &str, limits: &Limits) -> Result<vir_rpc::server::ServerBuilder> {
    if limits.max_clients < limits.max_anonymous_clients {
        bail!(
            Rpc,
            InternalError,
            "The overall maximum number of clients must not be less than the number of clients waiting for authentication"
        );
    }
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let [min, max, prio] = [limits.min_workers, limits.max_workers, limits.prio_workers].map(size);
    let limits = vir_rpc::server::Limits {
        max_clients: size(limits.max_clients),
        max_anonymous_clients: size(limits.max_anonymous_clients),
        max_client_requests: size(limits.max_client_requests),
        keepalive_interval: u64::try_from(limits.keepalive_interval).unwrap_or(0),
        keepalive_count: limits.keepalive_count,
    };
    Ok(Server::builder(name).workers(min, max, prio).limits(limits))
}

fn run_dir_mode(paths: &Paths) -> u32 {
    if paths.system { 0o755 } else { 0o700 }
}

fn make_run_dir(paths: &Paths) -> Result<()> {
    file::make_dirs(&paths.state, run_dir_mode(paths))
}

/// As many descriptors as the host allows: a connection and a guest's monitor each take one.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            log::info!("Failed to raise the limit of open files: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::LIBVIRTD;

    #[test]
    fn a_file_may_be_missing_only_if_nobody_asked_for_it() {
        let path = Path::new("/nonexistent/x.conf");
        assert!(load(&LIBVIRTD, path, true).is_ok());
        let error = load(&LIBVIRTD, path, false).unwrap_err();
        assert_eq!(error.message(), "Failed to open file '/nonexistent/x.conf': No such file or directory");
    }
}
