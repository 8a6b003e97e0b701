//! Opening: connect, prove who we are, open the driver.

use crate::RemoteDriver;
use crate::address::Address;
use crate::authenticate::{Way, authenticate};
use crate::destination::configuration;
use crate::events::{self, Registrar};
use crate::params::Params;
use crate::seal::{Seal, Sealed};
use crate::start::or_start;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use vir_api::Connection;
use vir_api::auth::Credentials;
use vir_api::event::EventBus;
use vir_base::uri::Uri;
use vir_base::{Error, ErrorDomain, Result, err};
use vir_proto::procedures::remote;
use vir_proto::wire::{ConnectGetUriRet, ConnectOpenArgs};
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

/// Opens a connection to the daemon that serves `uri`; an empty one is left to the daemon.
///
/// # Errors
/// It cannot be reached, does not let us in, or cannot open the URI.
pub fn open(uri: &str, options: OpenOptions<'_>) -> Result<(Connection, Arc<RemoteDriver>)> {
    let parsed = if uri.is_empty() { None } else { Some(Uri::parse(uri)?) };
    let params = Params::of(parsed.as_ref(), &configuration()?)?;
    let address = Address::of(parsed.as_ref(), &params, options.read_only)?;
    let seal = Seal::default();
    let client = match &address {
        Address::Unix { path, start } => {
            let start = start.as_deref().filter(|_| options.autostart);
            or_start(start, || Client::connect_unix(path)).map_err(|e| hint_unreachable(e, path))?
        }
        Address::Tcp { host, port } => {
            let socket = Client::tcp_socket(host, *port)?;
            Client::from_transport(Box::new(Sealed::new(socket, seal.clone())))?
        }
        Address::Tls { host, port, options } => options.connect(host, *port)?,
        Address::Program { words, secure: true } => Client::from_transport(Box::new(through(words)?))?,
        Address::Program { words, secure: false } => {
            Client::from_transport(Box::new(Sealed::new(through(words)?, seal.clone())))?
        }
    };
    let driver = Arc::new(RemoteDriver::new(client, address.is_secure()));
    let way = Way {
        uri: parsed.as_ref(),
        wanted: params.auth.as_deref(),
        secure: address.is_secure(),
        credentials: options.credentials,
        seal: &seal,
    };
    authenticate(&driver, &way)?;
    // an empty name asks the daemon for its default
    let name = Some(params.daemon_uri().to_owned());
    let args = ConnectOpenArgs { name, flags: u32::from(options.read_only) };
    driver.call::<_, ()>(remote::PROGRAM, remote::CONNECT_OPEN, &args)?;
    driver.opened.store(true, Ordering::Relaxed);
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
fn through(words: &[String]) -> Result<Tunnel> {
    let [program, arguments @ ..] = words else { return Err(err!(Rpc, InternalError, "no program")) };
    Tunnel::start(Command::new(program).args(arguments)).map_err(|error| {
        let what = match error.kind() {
            std::io::ErrorKind::NotFound => format!("Cannot find '{program}' in path"),
            _ => format!("cannot execute binary {program}"),
        };
        Error::io(ErrorDomain::Rpc, &error, what)
    })
}

fn hint_unreachable(error: Error, path: &Path) -> Error {
    let hint = match std::fs::symlink_metadata(path) {
        Err(_) => "no daemon listens there: start libvirtd, or name its socket with ?socket=PATH",
        Ok(_) => "is the daemon running, and may this user open its socket?",
    };
    error.with_hint(hint)
}
