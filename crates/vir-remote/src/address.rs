//! From a URI to the place where its daemon listens.

use crate::params::Params;
use crate::sockets::Sockets;
use crate::ssh;
use crate::tls::TlsOptions;
use std::path::PathBuf;
use vir_base::uri::Uri;
use vir_base::{Result, bail, err};

/// Where a daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A unix socket.
    Unix {
        /// Its path.
        path: PathBuf,
        /// The user's own daemon, which may be started to listen there.
        start: Option<String>,
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
    /// The standard input and output of a program.
    Program {
        /// Its name and arguments.
        words: Vec<String>,
        /// Nobody else can read what is said on the way.
        secure: bool,
    },
}

/// Port of unencrypted TCP.
const TCP_PORT: u16 = 16509;
/// Port of TLS.
const TLS_PORT: u16 = 16514;

impl Address {
    /// The place for `uri`, for reading only if `read_only`. Without a URI it is a daemon of this host.
    ///
    /// # Errors
    /// A transport that is not served, or a parameter that is missing.
    pub fn of(uri: Option<&Uri>, params: &Params, read_only: bool) -> Result<Self> {
        let Some(uri) = uri else {
            return Self::unix(None, params, read_only);
        };
        let host = uri.server.as_deref();
        let transport = uri.transport().map(str::to_ascii_lowercase);
        match (transport.as_deref(), host) {
            (Some("unix"), Some(host)) => {
                bail!(Remote, InvalidArg, "using unix socket and remote server '{host}' is not supported.")
            }
            (None | Some("unix"), None) => Self::unix(Some(uri), params, read_only),
            (Some("tcp"), _) => Ok(Self::Tcp {
                host: host.unwrap_or("localhost").to_owned(),
                port: if uri.port == 0 { TCP_PORT } else { uri.port },
            }),
            (None | Some("tls"), _) => Ok(Self::Tls {
                host: host.unwrap_or("localhost").to_owned(),
                port: if uri.port == 0 { TLS_PORT } else { uri.port },
                options: TlsOptions::of(params),
            }),
            (Some("ext"), _) => match &params.command {
                // nothing is known of it
                Some(command) => Ok(Self::Program { words: vec![command.clone()], secure: false }),
                None => {
                    Err(err!(Remote, InvalidArg, "remote_open: for 'ext' transport, command is required"))
                }
            },
            // the libraries' own clients are here the program's, too
            (Some(transport @ ("ssh" | "libssh" | "libssh2")), _) => {
                Ok(Self::Program { words: ssh::command(uri, params, transport, read_only)?, secure: true })
            }
            (Some(transport), _) => {
                let words = "remote_open: transport in URL not recognised (should be tls|unix|ssh|ext|tcp|libssh2|libssh)";
                Err(err!(Remote, InvalidArg, "{words}").with_hint(format!("'{transport}' is none of these")))
            }
        }
    }

    fn unix(uri: Option<&Uri>, params: &Params, read_only: bool) -> Result<Self> {
        if let Some(path) = &params.socket {
            return Ok(Self::Unix { path: path.into(), start: None });
        }
        let sockets = Sockets::of(uri, read_only)?;
        let chosen = sockets.here(uri.and_then(Uri::driver), params.mode)?;
        Ok(Self::Unix { path: chosen.path, start: sockets.user.then_some(chosen.daemon) })
    }

    /// Nobody but the two ends can read what is said.
    pub fn is_secure(&self) -> bool {
        match self {
            Self::Unix { .. } | Self::Tls { .. } => true,
            Self::Tcp { .. } => false,
            Self::Program { secure, .. } => *secure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_base::conf::Conf;

    fn of(text: &str, read_only: bool) -> Result<Address> {
        let uri = Uri::parse(text)?;
        Address::of(Some(&uri), &Params::of(Some(&uri), &Conf::default())?, read_only)
    }

    #[test]
    fn sockets_and_ports() {
        assert_eq!(
            of("qemu+unix:///system?socket=/tmp/s", false).unwrap(),
            Address::Unix { path: "/tmp/s".into(), start: None }
        );
        assert_eq!(of("qemu+TCP://h/system", false).unwrap(), Address::Tcp { host: "h".into(), port: 16509 });
        let Address::Unix { path, .. } = of("qemu+unix:///system?mode=direct", true).unwrap() else {
            panic!()
        };
        assert!(path.ends_with("virtqemud-sock-ro"));
        for text in ["qemu+tls://h/system?no_verify=1", "qemu://h:16514/system?no_verify=1"] {
            let Address::Tls { host, port, options } = of(text, false).unwrap() else { panic!() };
            assert_eq!((host.as_str(), port, options.sanity, options.verify), ("h", 16514, true, false));
        }
        assert!(of("qemu+tls://h/system?no_sanity=x", false).unwrap_err().message().contains("no_sanity"));
    }

    #[test]
    fn places_that_are_none() {
        for (uri, words) in [
            ("qemu+pigeon:///system", "transport in URL not recognised"),
            ("qemu+unix://h/system", "using unix socket and remote server 'h' is not supported."),
            ("qemu+ext:///system", "command is required"),
            ("qemu+ssh://h/system?mode=direct", "Cannot use direct socket mode for ssh transport"),
        ] {
            let error = of(uri, false).unwrap_err();
            assert!(error.message().contains(words), "{error}");
        }
    }

    #[test]
    fn who_can_listen_in() {
        for (uri, secure) in [
            ("x:///?socket=/s", true),
            ("x://h/", true),
            ("x+tcp://h/", false),
            ("x+ssh://h/", true),
            ("x+ext:///?command=c", false),
        ] {
            assert_eq!(of(uri, false).unwrap().is_secure(), secure, "{uri}");
        }
    }
}
