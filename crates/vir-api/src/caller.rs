//! Who is calling: what drivers need for access checks, job holders and audit.

use std::sync::Arc;

/// The identity behind a call (`virIdentity`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// User id of the process at the other end of a local socket.
    pub uid: Option<u32>,
    /// Its group id.
    pub gid: Option<u32>,
    /// Its process id.
    pub pid: Option<u32>,
    /// When that process started, in clock ticks since boot; tells re-used process ids apart.
    pub start_time: Option<u64>,
    /// User name by SASL.
    pub sasl_user: Option<String>,
    /// Distinguished name of the TLS certificate.
    pub x509_dname: Option<String>,
    /// SELinux context.
    pub selinux: Option<String>,
}

/// What comes with each call.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// Who calls.
    pub identity: Arc<Identity>,
    /// The connection was opened for reading only.
    pub read_only: bool,
    /// Number of the client connection, 0 in-process: what is bound to a connection (auto-destroy,
    /// console sessions) is kept under it.
    pub client: u64,
    /// The C name of the function, for messages about who holds a job.
    pub api: &'static str,
}
