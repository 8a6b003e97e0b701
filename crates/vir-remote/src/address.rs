//! From a URI to the place where its daemon listens, and to the URI that the daemon is told.

use crate::ssh;
use crate::tls::TlsOptions;
use std::path::{Path, PathBuf};
use vir_base::paths::{Paths, Socket};
use vir_base::uri::Uri;
use vir_base::{Result, err};

/// Where a daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A unix socket; a daemon of the user's own may be started to listen there.
    Unix {
        /// Its path.
        path: PathBuf,
        /// It belongs to the user's own daemon.
        session: bool,
    },
    /// TCP without encryption.
    Tcp {
        /// Host.
        host: String,
        /// Port.
        port: u16,
    },
    /// TLS over TCP.
    Tls {
        /// Host, which the certificate must be for.
        host: String,
        /// Port.
        port: u16,
        /// With which certificates.
        options: TlsOptions,
    },
    /// The standard input and output of a program: its name and arguments.
    Program(Vec<String>),
}

/// Port of unencrypted TCP.
const TCP_PORT: u16 = 16509;
/// Port of TLS.
const TLS_PORT: u16 = 16514;

/// Sockets of daemons that serve one driver, by the URI's driver (`virtqemud-sock`).
fn modular(driver: &str) -> String {
    let daemon = match driver {
        "vbox" | "xen" | "lxc" | "qemu" | "bhyve" | "ch" | "vz" | "network" | "storage" | "nodedev"
        | "interface" | "secret" | "nwfilter" => driver,
        // drivers without a daemon of their own are reached through the proxy
        _ => "proxy",
    };
    format!("virt{daemon}d")
}

/// Where clients look for the system's sockets, as their messages show; hosts have it as another name
/// of `/run`.
const OLD_RUN: &str = "/var/run";

impl Address {
    /// The place for `uri`, for reading only if `read_only`.
    ///
    /// # Errors
    /// A transport that is not served, or a parameter that is missing.
    pub fn of(uri: &Uri, read_only: bool) -> Result<Self> {
        let host = uri.server.as_deref().filter(|host| !host.is_empty());
        match (uri.transport(), host) {
            (None, None) | (Some("unix"), _) => Self::unix(uri, read_only),
            (Some("tcp"), _) => Ok(Self::Tcp {
                host: host.unwrap_or("localhost").to_owned(),
                port: if uri.port == 0 { TCP_PORT } else { uri.port },
            }),
            (None | Some("tls"), _) => Ok(Self::Tls {
                host: host.unwrap_or("localhost").to_owned(),
                port: if uri.port == 0 { TLS_PORT } else { uri.port },
                options: TlsOptions::of(uri)?,
            }),
            (Some("ext"), _) => match uri.param("command") {
                Some(command) => Ok(Self::Program(vec![command.to_owned()])),
                None => {
                    Err(err!(Remote, InvalidArg, "remote_open: for 'ext' transport, command is required"))
                }
            },
            // the libraries' own clients are here the program's, too
            (Some("ssh" | "libssh" | "libssh2"), _) => Ok(Self::Program(ssh::command(uri, read_only)?)),
            (Some(transport), _) => {
                let words = "remote_open: transport in URL not recognised (should be tls|unix|ssh|ext|tcp|libssh2|libssh)";
                Err(err!(Remote, InvalidArg, "{words}").with_hint(format!("'{transport}' is none of these")))
            }
        }
    }

    fn unix(uri: &Uri, read_only: bool) -> Result<Self> {
        // root's own daemon is the system's
        let session = uri.path.as_deref() == Some("/session") && !rustix::process::geteuid().is_root();
        if let Some(path) = uri.param("socket") {
            return Ok(Self::Unix { path: path.into(), session: false });
        }
        let mut paths = if session { Paths::session()? } else { Paths::system() };
        if !session && Path::new(OLD_RUN).is_dir() {
            paths.state = Path::new(OLD_RUN).join("libvirt");
        }
        let kind = if read_only && !session { Socket::ReadOnly } else { Socket::Main };
        let legacy = paths.socket("libvirt", kind);
        let direct = paths.socket(&modular(uri.driver().unwrap_or_default()), kind);
        let path = match uri.param("mode") {
            Some("legacy") => legacy,
            Some("direct") => direct,
            Some("auto") | None if direct.exists() && !legacy.exists() => direct,
            Some("auto") | None => legacy,
            Some(mode) => {
                return Err(unknown_mode(mode));
            }
        };
        Ok(Self::Unix { path, session })
    }
}

/// The system daemon's socket on another host, of which nothing is known.
pub(crate) fn system_socket(uri: &Uri, read_only: bool) -> Result<String> {
    let daemon = match uri.param("mode") {
        Some("direct") => modular(uri.driver().unwrap_or_default()),
        Some("auto" | "legacy") | None => "libvirt".to_owned(),
        Some(mode) => return Err(unknown_mode(mode)),
    };
    let kind = if read_only { "-ro" } else { "" };
    Ok(format!("{OLD_RUN}/libvirt/{daemon}-sock{kind}"))
}

fn unknown_mode(mode: &str) -> vir_base::Error {
    err!(Remote, InvalidArg, "Unknown remote mode '{mode}'").with_hint("one of auto, legacy, direct")
}

/// The URI that the daemon opens: without what only mattered on the way to it.
pub fn server_uri(uri: &Uri) -> String {
    if let Some(name) = uri.param("name") {
        return name.to_owned();
    }
    let driver = uri.driver().unwrap_or_default();
    let path = uri.path.as_deref().unwrap_or_default();
    let own = |name: &str| {
        [
            "name",
            "command",
            "socket",
            "auth",
            "sshauth",
            "netcat",
            "keyfile",
            "pkipath",
            "known_hosts",
            "no_sanity",
        ]
        .iter()
        .chain(&["no_tty", "no_verify", "known_hosts_verify", "tls_priority", "mode", "proxy"])
        .any(|own| own.eq_ignore_ascii_case(name))
    };
    let rest: Vec<String> =
        uri.params.iter().filter(|p| !own(&p.name)).map(|p| format!("{}={}", p.name, p.value)).collect();
    let query = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
    format!("{driver}://{path}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daemon_is_told_only_what_is_its_own() {
        for (given, told) in [
            ("qemu:///system", "qemu:///system"),
            ("qemu+unix:///system?socket=/x", "qemu:///system"),
            ("test+tcp://host:1/default?a=b&no_tty=1", "test:///default?a=b"),
            ("qemu+unix:///system?name=test:///default", "test:///default"),
        ] {
            assert_eq!(server_uri(&Uri::parse(given).unwrap()), told);
        }
    }

    #[test]
    fn sockets_and_ports() {
        let of = |text: &str, ro| Address::of(&Uri::parse(text).unwrap(), ro);
        assert_eq!(
            of("qemu+unix:///system?socket=/tmp/s", false).unwrap(),
            Address::Unix { path: "/tmp/s".into(), session: false }
        );
        assert_eq!(of("qemu+tcp://h/system", false).unwrap(), Address::Tcp { host: "h".into(), port: 16509 });
        let Address::Unix { path, .. } = of("qemu+unix:///system?mode=direct", true).unwrap() else {
            panic!()
        };
        assert!(path.ends_with("virtqemud-sock-ro"));
        for text in ["qemu+tls://h/system?no_verify=1", "qemu://h:16514/system?no_verify=1"] {
            let Address::Tls { host, port, options } = of(text, false).unwrap() else { panic!() };
            assert_eq!((host.as_str(), port, options.sanity, options.verify), ("h", 16514, true, false));
        }
        assert!(of("qemu+tls://h/system?no_sanity=x", false).unwrap_err().message().contains("no_sanity"));
        assert!(of("qemu+pigeon:///system", false).unwrap_err().message().contains("not recognised"));
    }
}
