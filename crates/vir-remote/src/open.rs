//! Opening: connect, prove who we are, open the driver.

use crate::RemoteDriver;
use crate::address::{Address, server_uri};
use crate::events::{self, Registrar};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use vir_api::Connection;
use vir_api::auth::Credentials;
use vir_api::event::EventBus;
use vir_base::uri::Uri;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, err};
use vir_proto::procedures::remote;
use vir_proto::wire::{AuthListRet, AuthPolkitRet, ConnectGetUriRet, ConnectOpenArgs};
use vir_rpc::client::Client;
use vir_rpc::tunnel::Tunnel;

/// How to open.
#[derive(Clone, Copy, Default)]
pub struct OpenOptions<'a> {
    /// For reading only.
    pub read_only: bool,
    /// Start the user's own daemon if it does not run.
    pub autostart: bool,
    /// Who has the credentials that the way there or the daemon asks for.
    pub credentials: Option<&'a dyn Credentials>,
    /// The program itself reads what comes while nobody calls ([`RemoteDriver::dispatch`]). If it does
    /// not, a thread does.
    pub program_reads: bool,
}

/// What `remote_auth_type` has.
const AUTH_SASL: i32 = 1;
const AUTH_POLKIT: i32 = 2;

/// How long the user's own daemon may take to listen.
const START_LIMIT: Duration = Duration::from_secs(10);

/// Opens a connection to the daemon that serves `uri`; an empty one is left to the daemon.
///
/// # Errors
/// It cannot be reached, does not let us in, or cannot open the URI.
pub fn open(uri: &str, options: OpenOptions<'_>) -> Result<(Connection, Arc<RemoteDriver>)> {
    let parsed = Uri::parse(uri)?;
    let address = Address::of(&parsed, options.read_only)?;
    let client = match &address {
        Address::Unix { path, session } => match Client::connect_unix(path) {
            Err(_) if *session && options.autostart && may_start() => {
                start_and_connect(|| Client::connect_unix(path))?
            }
            connected => connected.map_err(|e| hint_unreachable(e, path))?,
        },
        Address::Tcp { host, port } => Client::connect_tcp(host, *port)?,
        Address::Tls { host, port, options } => options.connect(host, *port)?,
        Address::Program(words) => through(words)?,
    };
    let driver = Arc::new(RemoteDriver::new(client));
    authenticate(&driver)?;
    // an empty name asks the daemon for its default
    let name = Some(if uri.is_empty() { String::new() } else { server_uri(&parsed) });
    let args = ConnectOpenArgs { name, flags: u32::from(options.read_only) };
    driver.call::<_, ()>(remote::PROGRAM, remote::CONNECT_OPEN, &args)?;
    let shown = match uri.is_empty() {
        false => uri.to_owned(),
        true => driver.call::<_, ConnectGetUriRet>(remote::PROGRAM, remote::CONNECT_GET_URI, &())?.uri,
    };
    let bus = Arc::new(EventBus::default());
    events::connect(&driver, &bus);
    bus.set_upstream(Arc::new(Registrar::new(&driver)));
    if !options.program_reads {
        events::start_reader(&driver.client)?;
    }
    Ok((driver.connection(shown, bus), driver))
}

/// Starts a program that leads to the daemon.
fn through(words: &[String]) -> Result<Client> {
    let [program, arguments @ ..] = words else { return Err(err!(Rpc, InternalError, "no program")) };
    let tunnel = Tunnel::start(Command::new(program).args(arguments)).map_err(|error| {
        let what = match error.kind() {
            std::io::ErrorKind::NotFound => format!("Cannot find '{program}' in path"),
            _ => format!("cannot execute binary {program}"),
        };
        Error::io(ErrorDomain::Rpc, &error, what)
    })?;
    Client::from_transport(Box::new(tunnel))
}

/// `LIBVIRT_AUTOSTART=0` keeps clients from starting daemons.
pub(crate) fn may_start() -> bool {
    std::env::var_os("LIBVIRT_AUTOSTART").is_none_or(|value| value != "0")
}

fn authenticate(driver: &RemoteDriver) -> Result<()> {
    let list: AuthListRet = driver.call(remote::PROGRAM, remote::AUTH_LIST, &())?;
    match list.types.first() {
        Some(&AUTH_POLKIT) => {
            let _: AuthPolkitRet = driver.call(remote::PROGRAM, remote::AUTH_POLKIT, &())?;
            Ok(())
        }
        Some(&AUTH_SASL) => Err(err!(Remote, AuthFailed, "unsupported authentication type {AUTH_SASL}")
            .with_hint("the daemon wants SASL, which this client does not have")),
        _ => Ok(()),
    }
}

fn hint_unreachable(error: Error, path: &Path) -> Error {
    let hint = match std::fs::symlink_metadata(path) {
        Err(_) => "no daemon listens there: start libvirtd, or name its socket with ?socket=PATH",
        Ok(_) => "is the daemon running, and may this user open its socket?",
    };
    error.with_hint(hint)
}

/// Starts the user's own daemon and waits until it listens.
pub(crate) fn start_and_connect<T>(connect: impl Fn() -> Result<T>) -> Result<T> {
    let program = std::env::var_os("LIBVIRTD_PATH").map(std::path::PathBuf::from).unwrap_or_else(|| {
        let beside = std::env::current_exe().ok().map(|exe| exe.with_file_name("libvirtd"));
        beside.filter(|path| path.exists()).unwrap_or_else(|| "libvirtd".into())
    });
    let started = Command::new(&program)
        .args(["--daemon", "--timeout", "120"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if let Err(error) = started {
        let what = format!("Failed to start daemon '{}'", program.display());
        return Err(Error::io(ErrorDomain::Rpc, &error, what));
    }
    let end = Instant::now() + START_LIMIT;
    loop {
        match connect() {
            Ok(connected) => return Ok(connected),
            Err(error) if Instant::now() > end || error.code() != ErrorCode::SystemError => {
                return Err(error);
            }
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}
