//! The state document as values: what is in it, and nothing of how it is read, written or used.
//!
//! The outer shape is the peer's, since it is read and written when a host goes from one to the
//! other. What only we know stands in members called [`OURS`], which the peer's loader skips.

use super::carried::Carried;
use super::tree::{Object, Value};
use vir_rpc::auth::AuthMethod;

/// The member that is ours, in the document itself and in a client.
pub const OURS: &str = "ferrovirt";

/// An interval of keepalive that is none: -1, as the peer writes it.
pub const NEVER: u32 = u32::MAX;

/// All that a daemon needs to go on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Its servers, sorted by name.
    pub servers: Vec<(String, ServerState)>,
    /// The members that belong to the daemon's own part.
    pub own: Object<'static>,
    /// The number of the process that wrote it, as text: exec keeps it, so that the document of a
    /// dead process is told apart.
    pub magic: String,
    /// What the peer does not write.
    pub extras: Option<Extras>,
    /// What goes along with it: see [`Attached::text`](super::Attached::text).
    pub attached: Vec<u8>,
}

/// What only our own programs tell each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// The program's path, as it was found when the daemon was first started.
    pub program: String,
    /// The pid file's path and its locked descriptor.
    pub pid_file: Option<(String, i32)>,
}

/// A server: its limits, its sockets and its clients.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerState {
    /// Ordinary workers kept.
    pub min_workers: u32,
    /// Ordinary workers at most.
    pub max_workers: u32,
    /// Workers for calls that are sure to end soon.
    pub priority_workers: u32,
    /// Clients at once.
    pub max_clients: u32,
    /// Clients at once that have not authenticated.
    pub max_anonymous_clients: u32,
    /// Seconds of silence before a client is asked; [`NEVER`].
    pub keepalive_interval: u32,
    /// Questions without an answer before it is given up.
    pub keepalive_count: u32,
    /// The number of the next client.
    pub next_client_id: u64,
    /// Where clients come in.
    pub services: Vec<ServiceState>,
    /// Who is there.
    pub clients: Vec<ClientState>,
}

/// Sockets that listen, and what those who come in by them may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceState {
    /// How they have to authenticate.
    pub auth: AuthMethod,
    /// They may change nothing.
    pub readonly: bool,
    /// Calls of one of them that are served at a time.
    pub max_requests: u32,
    /// The sockets.
    pub sockets: Vec<SocketState>,
}

/// A socket, by its descriptor's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketState {
    /// The descriptor.
    pub fd: i32,
    /// The peer's pipe for a tunnel's complaints; -1 is none, and there is none in daemons.
    pub errfd: i32,
    /// The tunnel's process; daemons have 0.
    pub pid: i32,
    /// Connected, as opposed to listening.
    pub is_client: bool,
    /// Its file goes away with it.
    pub unlink: bool,
}

/// A client.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientState {
    /// Its number.
    pub id: u64,
    /// How it has to authenticate.
    pub auth: AuthMethod,
    /// It has not done so yet.
    pub auth_pending: bool,
    /// It may change nothing.
    pub readonly: bool,
    /// Calls of it that are served at a time.
    pub max_requests: u32,
    /// When it connected, in seconds since 1970, if that is known.
    pub connected_at: Option<i64>,
    /// Its socket.
    pub socket: SocketState,
    /// What the server's programs know of it.
    pub private: Value<'static>,
    /// Its messages under way; the peer loses them.
    pub carried: Option<Carried>,
}

impl Document {
    /// The server of that name.
    pub fn server(&self, name: &str) -> Option<&ServerState> {
        self.servers.iter().find(|(known, _)| known == name).map(|(_, server)| server)
    }
}
