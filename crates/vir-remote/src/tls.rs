//! The way to a daemon by TLS: with which certificates, and whom we expect there.

use crate::params::Params;
use std::path::PathBuf;
use vir_base::Result;
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
    pub(crate) fn of(params: &Params) -> Self {
        Self {
            pkipath: params.pkipath.as_ref().map(PathBuf::from),
            priority: params.tls_priority.clone(),
            sanity: params.sanity,
            verify: params.verify,
        }
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
