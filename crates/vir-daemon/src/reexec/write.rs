//! The document as text, in the form that the peer writes today: same members, same order.

use super::document::{ClientState, Document, NEVER, OURS, Object, ServerState, ServiceState, SocketState};
use serde_json::{Value, json};

/// The whole document.
pub fn document(document: Document) -> Value {
    let mut whole = Object::new();
    whole.insert("daemon".into(), daemon(&document.servers));
    whole.extend(document.own);
    whole.insert("magic".into(), document.magic.into());
    if let Some(extras) = &document.extras {
        let mut ours = json!({ "program": extras.program });
        if let Some((path, fd)) = &extras.pid_file {
            ours["pidFile"] = json!({ "path": path, "fd": fd });
        }
        whole.insert(OURS.into(), ours);
    }
    Value::Object(whole)
}

/// A daemon's servers.
pub fn daemon(servers: &[(String, ServerState)]) -> Value {
    let servers: Object = servers.iter().map(|(name, state)| (name.clone(), server(state))).collect();
    json!({ "servers": servers })
}

fn server(server: &ServerState) -> Value {
    json!({
        "min_workers": server.min_workers,
        "max_workers": server.max_workers,
        "priority_workers": server.priority_workers,
        "max_clients": server.max_clients,
        "max_anonymous_clients": server.max_anonymous_clients,
        "keepaliveInterval": server.keepalive_interval,
        "keepaliveCount": server.keepalive_count,
        "next_client_id": server.next_client_id,
        "services": server.services.iter().map(service).collect::<Vec<_>>(),
        "clients": server.clients.iter().map(client).collect::<Vec<_>>(),
    })
}

fn service(service: &ServiceState) -> Value {
    json!({
        "auth": service.auth as i32,
        "readonly": service.readonly,
        "nrequests_client_max": service.max_requests,
        "socks": service.sockets.iter().map(socket).collect::<Vec<_>>(),
    })
}

fn client(client: &ClientState) -> Value {
    let mut object = Object::new();
    object.insert("id".into(), json!(client.id));
    object.insert("auth".into(), json!(client.auth as i32));
    object.insert("auth_pending".into(), json!(client.auth_pending));
    object.insert("readonly".into(), json!(client.readonly));
    object.insert("nrequests_max".into(), json!(client.max_requests));
    if let Some(time) = client.connected_at {
        object.insert("conn_time".into(), json!(time));
    }
    object.insert("sock".into(), socket(&client.socket));
    object.insert("privateData".into(), client.private.clone());
    if let Some(carried) = client.carried.as_ref().filter(|carried| !carried.is_nothing()) {
        object.insert(OURS.into(), carried.to_value());
    }
    Value::Object(object)
}

fn socket(socket: &SocketState) -> Value {
    json!({
        "fd": socket.fd,
        "errfd": socket.errfd,
        "pid": socket.pid,
        "isClient": socket.is_client,
        "unlinkUNIX": socket.unlink,
    })
}

/// Seconds of silence as the document has them: 0 asks never here.
pub fn keepalive_interval(seconds: u64) -> u32 {
    match u32::try_from(seconds) {
        Ok(0) | Err(_) => NEVER,
        Ok(seconds) => seconds,
    }
}
