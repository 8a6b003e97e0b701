//! `virt-ssh-helper`: what `ssh` runs on the daemon's host. It joins its standard input and output to the
//! daemon's socket, so that clients need not know where that is there.

use crate::address::Address;
use crate::params::Params;
use crate::start::or_start;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use vir_base::conf::Conf;
use vir_base::uri::Uri;
use vir_base::{Error, ErrorDomain, Result};

const HELP: &str = "\
Usage:
  virt-ssh-helper [OPTION…] URI - libvirt socket proxy

Internal tool used to handle connections coming from remote
clients. Not intended to be called directly by the user.

Help Options:
  -h, --help         Show help options

Application Options:
  -r, --readonly     Connect read-only
  -V, --version      Display version information

";

/// The program.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments.into_iter().map(|word| word.to_string_lossy().into_owned());
    let name = arguments.next().unwrap_or_else(|| "virt-ssh-helper".into());
    let (mut read_only, mut uris) = (false, vec![]);
    for word in arguments {
        match word.as_str() {
            "-r" | "--readonly" => read_only = true,
            "-V" | "--version" => {
                println!("{name} (libvirt) {}", env!("CARGO_PKG_VERSION"));
                return ExitCode::SUCCESS;
            }
            "-h" | "--help" => {
                print!("{HELP}");
                return ExitCode::SUCCESS;
            }
            option if option.starts_with('-') => {
                eprintln!("option parsing failed: Unknown option {option}");
                return ExitCode::FAILURE;
            }
            _ => uris.push(word),
        }
    }
    let [uri] = &uris[..] else {
        eprint!("{HELP}");
        return ExitCode::FAILURE;
    };
    match join(uri, read_only) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{name}: {what}");
            ExitCode::FAILURE
        }
    }
}

fn join(text: &str, read_only: bool) -> Result<(), String> {
    let uri = Uri::parse(text).map_err(|error| format!("cannot parse '{text}': {}", error.message()))?;
    let here = uri.server.is_none() && matches!(uri.transport(), None | Some("unix"));
    if !here {
        return Err(format!("unexpected URI transport '{text}'"));
    }
    // what this host's users like is no matter of those who come from elsewhere
    let address = Params::of(Some(&uri), &Conf::default())
        .and_then(|params| Address::of(Some(&uri), &params, read_only))
        .map_err(|error| error.message().to_owned())?;
    let Address::Unix { path, start } = address else {
        return Err(format!("unexpected URI transport '{text}'"));
    };
    let connect = || connect(&path);
    let socket = or_start(start.as_deref(), connect).map_err(|error| {
        format!("could not proxy traffic: cannot connect to '{}': {}", path.display(), error.message())
    })?;
    carry(&socket).map_err(|error| format!("could not proxy traffic: {error}"))
}

fn connect(path: &Path) -> Result<UnixStream> {
    UnixStream::connect(path).map_err(|error| {
        Error::io(ErrorDomain::Rpc, &error, format!("Failed to connect socket to '{}'", path.display()))
    })
}

/// Until either side ends. What is under way from the daemon then is still brought; what the client has
/// said before it left is brought, too.
fn carry(socket: &UnixStream) -> io::Result<()> {
    // without buffers: what has come is passed on at once
    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    std::thread::scope(|scope| {
        let up = scope.spawn(|| {
            let brought = io::copy(&mut input, &mut &*socket);
            let _ = socket.shutdown(Shutdown::Write);
            brought
        });
        let down = io::copy(&mut &*socket, &mut output).map(drop);
        if !up.is_finished() {
            // the daemon has gone: nobody hears what would still be said, and reading cannot be ended
            std::process::exit(down.is_err().into());
        }
        down
    })
}
