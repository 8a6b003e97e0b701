//! Who a client is and how it proves it. Mechanisms that need a library or a bus live elsewhere,
//! behind the traits here.

use rustix::fd::AsFd;
use vir_base::Result;
use vir_base::sys::{PeerCredentials, peer_credentials};

/// How a client has to authenticate (`remote_auth_type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum AuthMethod {
    /// Not at all: whoever may open the socket may use it.
    #[default]
    None = 0,
    /// By a SASL mechanism.
    Sasl = 1,
    /// By the host's policy on the process at the other end of the unix socket.
    Polkit = 2,
}

/// The process at the other end of a unix socket, as the kernel tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnixIdentity {
    /// Process; 0 if it cannot be seen from here.
    pub pid: i32,
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

impl UnixIdentity {
    /// Asks the kernel.
    pub fn of_peer(socket: impl AsFd) -> std::io::Result<Self> {
        let PeerCredentials { pid, uid, gid } = peer_credentials(socket)?;
        Ok(Self { pid, uid, gid })
    }
}

/// What is known of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The process, on a unix socket.
    pub unix: Option<UnixIdentity>,
    /// The name SASL proved.
    pub sasl_user: Option<String>,
    /// The distinguished name of the TLS certificate.
    pub x509_name: Option<String>,
}

/// Asks the host's policy.
pub trait PolkitHook: Send + Sync {
    /// Whether `who` may do `action`; may wait for a person. An error is what the client is told.
    fn check(&self, who: &UnixIdentity, action: &str) -> Result<()>;
}

/// Starts SASL exchanges.
pub trait SaslHook: Send + Sync {
    /// The mechanisms offered, separated by commas.
    fn mechanisms(&self) -> Result<String>;
    /// Starts an exchange for one client.
    fn start(&self, mechanism: &str) -> Result<Box<dyn SaslExchange>>;
}

/// One SASL exchange.
pub trait SaslExchange: Send {
    /// The next step: what to send back, and the user's name once it is proved.
    fn step(&mut self, data: Option<&[u8]>) -> Result<(Option<Vec<u8>>, Option<String>)>;
}
