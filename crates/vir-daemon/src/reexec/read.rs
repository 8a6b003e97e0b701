//! The document from its text: today's form, the one with an array of servers, and that of 2012
//! with a single one.
//!
//! Pure: no descriptor is touched. What is wrong is noted, and the rest is read nonetheless.

use super::carried::Carried;
use super::document::{ClientState, Document, Extras, NEVER, OURS, ServerState, ServiceState, SocketState};
use super::fields::{Faults, Fields};
use super::tree::{Object, Value};
use vir_base::err;
use vir_rpc::auth::AuthMethod;

/// The names that a daemon gives its servers.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// All there may be.
    pub known: &'a [&'a str],
    /// What the servers of the older forms are called, which have no names.
    pub nameless: &'a [&'a str],
}

/// Reads a document. Members that are neither the shell's nor ours are the daemon's own.
pub fn document(mut whole: Object<'_>, names: Names<'_>, faults: &mut Faults) -> Document {
    let mut document = Document::default();
    let (daemon, ours) = (whole.remove("daemon"), whole.remove(OURS));
    match (daemon, whole.remove("server")) {
        (Some(Value::Object(daemon)), _) => document.servers = servers(&daemon, names, faults),
        (Some(_), _) => faults.add(err!(Rpc, InternalError, "Malformed daemon data from JSON file")),
        // of 2012
        (None, Some(Value::Object(server))) => document.servers = servers(&server, names, faults),
        (None, _) => faults.add(err!(Rpc, InternalError, "Missing server data from JSON file")),
    }
    match whole.remove("magic") {
        Some(Value::String(magic)) => document.magic = magic.into_owned(),
        _ => faults.add(err!(Rpc, InternalError, "Missing magic data in JSON document")),
    }
    document.extras = ours.as_ref().and_then(|ours| extras(ours, faults));
    document.own = whole.into_owned();
    document
}

/// The servers of a daemon, sorted by name.
pub fn servers(daemon: &Object<'_>, names: Names<'_>, faults: &mut Faults) -> Vec<(String, ServerState)> {
    let mut read = Vec::new();
    match daemon.get("servers") {
        Some(Value::Object(servers)) => {
            for (name, value) in servers.iter() {
                if !names.known.contains(&name) {
                    faults.add(err!(Rpc, InternalError, "Unexpected server name '{name}' during restart"));
                    continue;
                }
                read.extend(server(value, faults).map(|server| (name.to_owned(), server)));
            }
        }
        Some(Value::Array(servers)) => {
            let (count, room) = (servers.len(), names.nameless.len());
            if count > room {
                faults.add(err!(
                    Rpc,
                    InternalError,
                    "Server count {count} greater than default name count {room}"
                ));
            }
            for (name, value) in names.nameless.iter().zip(servers) {
                read.extend(server(value, faults).map(|server| ((*name).to_owned(), server)));
            }
        }
        Some(_) => faults.add(err!(Rpc, InternalError, "Malformed servers data in JSON document")),
        None => match names.nameless {
            [name, ..] => {
                let value = Value::Object(daemon.clone());
                read.extend(server(&value, faults).map(|server| ((*name).to_owned(), server)));
            }
            [] => faults.add(err!(Rpc, InternalError, "No default server names provided")),
        },
    }
    read.sort_by(|(a, _), (b, _)| a.cmp(b));
    read
}

/// A server as far as it can be read: limits that are missing take values that shut nobody out.
fn server(value: &Value<'_>, faults: &mut Faults) -> Option<ServerState> {
    let Value::Object(object) = value else {
        faults.add(err!(Rpc, InternalError, "Malformed servers data in JSON document"));
        return None;
    };
    let mut fields = Fields::new(object, faults);
    let min_workers = fields.u32("min_workers").unwrap_or(0);
    let max_workers = fields.u32("max_workers").unwrap_or(0);
    let priority_workers = fields.u32("priority_workers").unwrap_or(0);
    let max_clients = fields.u32("max_clients").unwrap_or(5000);
    let mut max_anonymous_clients = max_clients;
    if fields.has("max_anonymous_clients") {
        max_anonymous_clients = fields.u32("max_anonymous_clients").unwrap_or(max_clients);
        if max_clients < max_anonymous_clients {
            fields.faults.add(err!(
                Rpc,
                InternalError,
                "The overall maximum number of clients must not be less than the number of clients waiting for authentication"
            ));
            max_anonymous_clients = max_clients;
        }
    }
    let keepalive_interval = fields.u32("keepaliveInterval").unwrap_or(NEVER);
    let keepalive_count = fields.u32("keepaliveCount").unwrap_or(0);
    let next_client_id = if fields.has("next_client_id") { fields.u64("next_client_id") } else { None };
    let services = fields.array("services").unwrap_or_default();
    let clients = fields.array("clients").unwrap_or_default();
    let mut server = ServerState {
        min_workers,
        max_workers,
        priority_workers,
        max_clients,
        max_anonymous_clients,
        keepalive_interval,
        keepalive_count,
        next_client_id: next_client_id.unwrap_or(1).max(1),
        services: services.iter().filter_map(|value| service(value, faults)).collect(),
        clients: Vec::with_capacity(clients.len()),
    };
    for value in clients {
        let client = client(value, server.next_client_id, faults);
        let Some((client, numbered)) = client else { continue };
        if !numbered {
            server.next_client_id = server.next_client_id.saturating_add(1);
        }
        server.clients.push(client);
    }
    // a number is never given twice, whatever the document says
    let next = server.clients.iter().map(|client| client.id.saturating_add(1)).max();
    server.next_client_id = server.next_client_id.max(next.unwrap_or(1));
    Some(server)
}

fn service(value: &Value<'_>, faults: &mut Faults) -> Option<ServiceState> {
    let Value::Object(object) = value else {
        faults.add(err!(Rpc, InternalError, "Missing service data in JSON document"));
        return None;
    };
    let mut fields = Fields::of_state(object, faults);
    let auth = auth(&mut fields)?;
    let readonly = fields.bool("readonly")?;
    let max_requests = fields.u32("nrequests_client_max")?;
    let sockets = fields.array("socks")?;
    let sockets = sockets.iter().filter_map(|value| socket(value, faults)).collect();
    Some(ServiceState { auth, readonly, max_requests, sockets })
}

/// A client, and whether it had a number.
fn client(value: &Value<'_>, next_id: u64, faults: &mut Faults) -> Option<(ClientState, bool)> {
    let Value::Object(object) = value else {
        faults.add(err!(Rpc, InternalError, "Missing client data in JSON document"));
        return None;
    };
    let mut fields = Fields::of_state(object, faults);
    let auth = auth(&mut fields)?;
    let mut auth_pending = auth != AuthMethod::None;
    if fields.has("auth_pending") {
        auth_pending = malformed(&mut fields, "auth_pending", |value| value.as_bool())?;
        if auth_pending && auth == AuthMethod::None {
            fields.faults.add(err!(
                Rpc,
                InternalError,
                "Invalid auth_pending and auth combination in JSON state document"
            ));
            return None;
        }
    }
    let readonly = fields.bool("readonly")?;
    let max_requests = fields.u32("nrequests_max")?;
    let numbered = fields.has("id");
    let id = if numbered { malformed(&mut fields, "id", |value| value.as_u64())? } else { next_id };
    let mut connected_at = None;
    if fields.has("conn_time") {
        connected_at = Some(malformed(&mut fields, "conn_time", |value| value.as_i64())?);
    }
    let at = fields.value("sock")?;
    let private = fields.value("privateData")?.clone().into_owned();
    let carried = match object.get(OURS) {
        Some(Value::Object(ours)) => Some(Carried::read(ours, fields.faults)?),
        _ => None,
    };
    let socket = socket(at, faults)?;
    let client = ClientState {
        id,
        auth,
        auth_pending,
        readonly,
        max_requests,
        connected_at: connected_at.filter(|time| *time != 0),
        socket,
        private,
        carried,
    };
    Some((client, numbered))
}

/// A member that is there, and should be of this type.
fn malformed<'a, T>(
    fields: &mut Fields<'a, '_>,
    name: &str,
    read: impl FnOnce(&'a Value<'a>) -> Option<T>,
) -> Option<T> {
    let value = fields.value(name).and_then(read);
    if value.is_none() {
        fields.faults.add(err!(Rpc, InternalError, "Malformed {name} field in JSON state document"));
    }
    value
}

fn auth(fields: &mut Fields<'_, '_>) -> Option<AuthMethod> {
    match fields.i32("auth")? {
        0 => Some(AuthMethod::None),
        1 => Some(AuthMethod::Sasl),
        2 => Some(AuthMethod::Polkit),
        other => {
            fields.faults.add(err!(Rpc, InternalError, "Unknown auth {other} in JSON state document"));
            None
        }
    }
}

fn socket(value: &Value<'_>, faults: &mut Faults) -> Option<SocketState> {
    let Value::Object(object) = value else {
        faults.add(err!(Rpc, InternalError, "Missing sock data in JSON document"));
        return None;
    };
    let mut fields = Fields::new(object, faults);
    let fd = fields.i32("fd")?;
    let pid = fields.i32("pid")?;
    let errfd = fields.i32("errfd")?;
    let is_client = fields.bool("isClient")?;
    let unlink = object.get("unlinkUNIX").and_then(Value::as_bool).unwrap_or(!is_client);
    Some(SocketState { fd, errfd, pid, is_client, unlink })
}

fn extras(value: &Value<'_>, faults: &mut Faults) -> Option<Extras> {
    let Value::Object(object) = value else {
        faults.add(err!(Rpc, InternalError, "Malformed {OURS} data in JSON document"));
        return None;
    };
    let mut fields = Fields::new(object, faults);
    let program = fields.string("program")?.to_owned();
    let mut pid_file = None;
    if fields.has("pidFile") {
        let mut file = Fields::new(fields.object("pidFile")?, faults);
        pid_file = Some((file.string("path")?.to_owned(), file.i32("fd")?));
    }
    Some(Extras { program, pid_file })
}
