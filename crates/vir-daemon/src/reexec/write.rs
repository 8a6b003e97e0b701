//! The document as text, in the form that the peer writes today: same members, same order.
//!
//! It is written straight away, without a tree in between: clients wait meanwhile, and there may be
//! thousands of them.

use super::document::{ClientState, Document, NEVER, OURS, ServerState, ServiceState, SocketState};
use serde::Serialize;
use std::io::Write;

/// The whole document.
pub fn document(document: &Document) -> Vec<u8> {
    let mut text = Text(Vec::with_capacity(4096));
    text.object(|whole| {
        whole.member("daemon", |text| daemon(text, &document.servers));
        for (name, value) in document.own.iter() {
            whole.value(name, value);
        }
        whole.value("magic", &document.magic);
        if let Some(extras) = &document.extras {
            whole.member(OURS, |text| {
                text.object(|ours| {
                    ours.value("program", &extras.program);
                    if let Some((path, fd)) = &extras.pid_file {
                        ours.member("pidFile", |text| {
                            text.object(|file| {
                                file.value("path", path);
                                file.value("fd", fd);
                            });
                        });
                    }
                });
            });
        }
    });
    text.0
}

/// Text as it grows.
struct Text(Vec<u8>);

/// The members of an object as they are written.
struct Members<'a> {
    text: &'a mut Text,
    empty: bool,
}

impl Text {
    fn object(&mut self, members: impl FnOnce(&mut Members<'_>)) {
        self.0.push(b'{');
        members(&mut Members { text: self, empty: true });
        self.0.push(b'}');
    }

    fn array<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.0.push(b'[');
        for (index, one) in items.iter().enumerate() {
            if index > 0 {
                self.0.push(b',');
            }
            item(self, one);
        }
        self.0.push(b']');
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) {
        // neither memory nor plain values refuse to be written
        let _ = serde_json::to_writer(&mut self.0, value);
    }
}

impl Members<'_> {
    fn member(&mut self, name: &str, write: impl FnOnce(&mut Text)) {
        if !std::mem::replace(&mut self.empty, false) {
            self.text.0.push(b',');
        }
        self.text.value(name);
        self.text.0.push(b':');
        write(self.text);
    }

    fn value(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        self.member(name, |text| text.value(value));
    }
}

/// A daemon's servers.
#[cfg(test)]
pub fn servers(servers: &[(String, ServerState)]) -> Vec<u8> {
    let mut text = Text(Vec::new());
    daemon(&mut text, servers);
    text.0
}

fn daemon(text: &mut Text, servers: &[(String, ServerState)]) {
    text.object(|daemon| {
        daemon.member("servers", |text| {
            text.object(|all| {
                for (name, state) in servers {
                    all.member(name, |text| server(text, state));
                }
            });
        });
    });
}

fn server(text: &mut Text, server: &ServerState) {
    text.object(|it| {
        it.value("min_workers", &server.min_workers);
        it.value("max_workers", &server.max_workers);
        it.value("priority_workers", &server.priority_workers);
        it.value("max_clients", &server.max_clients);
        it.value("max_anonymous_clients", &server.max_anonymous_clients);
        it.value("keepaliveInterval", &server.keepalive_interval);
        it.value("keepaliveCount", &server.keepalive_count);
        it.value("next_client_id", &server.next_client_id);
        it.member("services", |text| text.array(&server.services, service));
        it.member("clients", |text| text.array(&server.clients, client));
    });
}

fn service(text: &mut Text, service: &ServiceState) {
    text.object(|it| {
        it.value("auth", &(service.auth as i32));
        it.value("readonly", &service.readonly);
        it.value("nrequests_client_max", &service.max_requests);
        it.member("socks", |text| text.array(&service.sockets, socket));
    });
}

fn client(text: &mut Text, client: &ClientState) {
    text.object(|it| {
        it.value("id", &client.id);
        it.value("auth", &(client.auth as i32));
        it.value("auth_pending", &client.auth_pending);
        it.value("readonly", &client.readonly);
        it.value("nrequests_max", &client.max_requests);
        if let Some(time) = client.connected_at {
            it.value("conn_time", &time);
        }
        it.member("sock", |text| socket(text, &client.socket));
        it.value("privateData", &client.private);
        if let Some(carried) = client.carried.as_ref().filter(|carried| !carried.is_nothing()) {
            it.value(OURS, &carried.to_value());
        }
    });
}

fn socket(text: &mut Text, socket: &SocketState) {
    let SocketState { fd, errfd, pid, is_client, unlink } = socket;
    // numbers and words: nothing to escape, and nothing to fail
    let _ = write!(
        text.0,
        r#"{{"fd":{fd},"errfd":{errfd},"pid":{pid},"isClient":{is_client},"unlinkUNIX":{unlink}}}"#
    );
}

/// Seconds of silence as the document has them: 0 asks never here.
pub fn keepalive_interval(seconds: u64) -> u32 {
    match u32::try_from(seconds) {
        Ok(0) | Err(_) => NEVER,
        Ok(seconds) => seconds,
    }
}
