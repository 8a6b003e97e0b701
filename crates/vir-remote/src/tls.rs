//! The way to a daemon by TLS: with which certificates, and whom we expect there.

use std::path::PathBuf;
use vir_base::uri::Uri;
use vir_base::{Result, bail};
use vir_rpc::client::Client;
use vir_tls::{ClientContext, Files, Priority, check::Role};

/// What a URI, or `libvirt.conf`, says of encrypted connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsOptions {
    /// `pkipath`: the directory of all keys and certificates.
    pub pkipath: Option<PathBuf>,
    /// `tls_priority`: what may be agreed on, in GnuTLS's language.
    pub priority: Option<String>,
    /// Our own certificates are looked at before they are used: no `no_sanity`.
    pub sanity: bool,
    /// A server with a bad certificate is not talked to: no `no_verify`.
    pub verify: bool,
}

impl TlsOptions {
    /// What `uri` says.
    ///
    /// # Errors
    /// A value is not of its kind.
    pub(crate) fn of(uri: &Uri) -> Result<Self> {
        let is_zero = |name: &str| match uri.param(name).map(|value| value.trim().parse::<i32>()) {
            None => Ok(true),
            Some(Ok(number)) => Ok(number == 0),
            Some(Err(_)) => {
                bail!(Remote, InvalidArg, "Failed to parse value of URI component {name}")
            }
        };
        Ok(Self {
            pkipath: uri.param("pkipath").map(PathBuf::from),
            priority: uri.param("tls_priority").map(str::to_owned),
            sanity: is_zero("no_sanity")?,
            verify: is_zero("no_verify")?,
        })
    }

    /// Connects, proves who we are if we can, and has the server prove that it is `host`.
    ///
    /// # Errors
    /// In libvirt's words.
    pub(crate) fn connect(&self, host: &str, port: u16) -> Result<Client> {
        let user = !rustix::process::geteuid().is_root();
        let files = Files::locate(self.pkipath.as_deref(), user, Role::Client);
        let priority = self.priority.as_deref().map(Priority::parse).transpose()?.unwrap_or_default();
        let context = ClientContext::new(&files, &priority, self.sanity, self.verify)?;
        Client::from_transport(context.connect(Client::tcp_socket(host, port)?, host)?)
    }
}
