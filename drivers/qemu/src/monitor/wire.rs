//! QMP messages: bytes to lines to values. No I/O.

use serde_json::{Map, Value, json};

/// Longest reply taken from QEMU, in bytes. A guest that was broken into must not fill our memory.
pub const MAX_MESSAGE: usize = 10 * 1024 * 1024;

/// An asynchronous event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `SHUTDOWN`, `RESUME`, …
    pub name: String,
    /// The event's own data, `Null` where there is none.
    pub data: Value,
    /// When QEMU sent it: seconds since the epoch.
    pub seconds: i64,
    /// When QEMU sent it: microseconds of that second.
    pub micros: u32,
}

/// What QEMU refused a command with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `GenericError`, `CommandNotFound`, `DeviceNotFound`, …
    pub class: String,
    /// The text for people.
    pub desc: String,
}

/// One message from QEMU.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// Sent first on each connection, with QEMU's version.
    Greeting(Value),
    /// The answer to the command of that id.
    Reply {
        /// The id that the command was sent with; absent when QEMU could not read the command.
        id: Option<String>,
        /// What it said.
        result: Result<Value, Refusal>,
    },
    /// Something happened.
    Event(Event),
}

/// What came in cannot be understood: the connection is of no use any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMessage(pub String);

/// Cuts a byte stream into messages.
#[derive(Default)]
pub struct Decoder {
    buffer: Vec<u8>,
    /// up to where there is known to be no line end
    scanned: usize,
}

impl Decoder {
    /// Takes in bytes as they came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message, if one is there.
    pub fn next_message(&mut self) -> Result<Option<Message>, BadMessage> {
        loop {
            let Some(end) = self.buffer[self.scanned..].iter().position(|b| *b == b'\n') else {
                self.scanned = self.buffer.len();
                return match self.scanned > MAX_MESSAGE {
                    true => Err(BadMessage(format!("message longer than {MAX_MESSAGE} bytes"))),
                    false => Ok(None),
                };
            };
            let line: Vec<u8> = self.buffer.drain(..=self.scanned + end).collect();
            self.scanned = 0;
            if line.trim_ascii().is_empty() {
                continue;
            }
            return message(&line).map(Some);
        }
    }
}

fn message(line: &[u8]) -> Result<Message, BadMessage> {
    let bad = |what: &str| BadMessage(format!("{what}: {}", String::from_utf8_lossy(line.trim_ascii())));
    let value: Value = serde_json::from_slice(line).map_err(|e| bad(&format!("cannot parse json ({e})")))?;
    let Value::Object(mut object) = value else { return Err(bad("not an object")) };
    if let Some(greeting) = object.remove("QMP") {
        return Ok(Message::Greeting(greeting));
    }
    if let Some(Value::String(name)) = object.remove("event") {
        let stamp = |field: &str| object.get("timestamp").and_then(|t| t[field].as_i64()).unwrap_or(0);
        let (seconds, micros) = (stamp("seconds"), stamp("microseconds"));
        let data = object.remove("data").unwrap_or(Value::Null);
        return Ok(Message::Event(Event { name, data, seconds, micros: micros.try_into().unwrap_or(0) }));
    }
    let id = object.get("id").and_then(Value::as_str).map(str::to_owned);
    if let Some(error) = object.get("error") {
        let text = |field: &str| error[field].as_str().unwrap_or_default().to_owned();
        return Ok(Message::Reply { id, result: Err(Refusal { class: text("class"), desc: text("desc") }) });
    }
    match object.remove("return") {
        Some(value) => Ok(Message::Reply { id, result: Ok(value) }),
        None => Err(bad("unknown message")),
    }
}

/// A command as it is sent: one line.
pub fn command(name: &str, arguments: Option<Map<String, Value>>, id: &str) -> Vec<u8> {
    let mut object = json!({ "execute": name });
    if let Some(arguments) = arguments {
        object["arguments"] = Value::Object(arguments);
    }
    object["id"] = Value::from(id);
    let mut line = object.to_string().into_bytes();
    line.extend_from_slice(b"\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_however_the_bytes_are_cut() {
        let text = concat!(
            r#"{"QMP": {"version": {"qemu": {"major": 10}}, "capabilities": ["oob"]}}"#,
            "\r\n\r\n",
            r#"{"timestamp": {"seconds": 17, "microseconds": 42}, "event": "SHUTDOWN", "data": {"guest": true}}"#,
            "\r\n",
            r#"{"return": {"running": false}, "id": "libvirt-1"}"#,
            "\n",
            r#"{"id": "libvirt-2", "error": {"class": "CommandNotFound", "desc": "no such"}}"#,
            "\n"
        );
        for size in [1, 2, 3, 7, 64, 4096] {
            let mut decoder = Decoder::default();
            let mut messages = Vec::new();
            for chunk in text.as_bytes().chunks(size) {
                decoder.push(chunk);
                while let Some(message) = decoder.next_message().unwrap() {
                    messages.push(message);
                }
            }
            assert_eq!(messages.len(), 4);
            assert!(matches!(&messages[0], Message::Greeting(v) if v["version"]["qemu"]["major"] == 10));
            let event =
                Event { name: "SHUTDOWN".into(), data: json!({"guest": true}), seconds: 17, micros: 42 };
            assert_eq!(messages[1], Message::Event(event));
            let id = Some("libvirt-1".to_owned());
            assert_eq!(messages[2], Message::Reply { id, result: Ok(json!({"running": false})) });
            let refusal = Refusal { class: "CommandNotFound".into(), desc: "no such".into() };
            assert_eq!(messages[3], Message::Reply { id: Some("libvirt-2".into()), result: Err(refusal) });
        }
    }

    #[test]
    fn nonsense_is_an_error() {
        for text in ["nonsense\n", "[]\n", "{}\n", "{\"id\":1}\n", "\u{0}\n", "{\"a\":\n"] {
            let mut decoder = Decoder::default();
            decoder.push(text.as_bytes());
            assert!(decoder.next_message().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut decoder = Decoder::default();
        decoder.push(&vec![b' '; MAX_MESSAGE]);
        assert_eq!(decoder.next_message(), Ok(None));
        decoder.push(b"  ");
        assert!(decoder.next_message().is_err());
    }

    #[test]
    fn commands_are_one_line() {
        assert_eq!(command("stop", None, "libvirt-3"), b"{\"execute\":\"stop\",\"id\":\"libvirt-3\"}\r\n");
        let arguments = json!({"value": 1}).as_object().cloned();
        assert_eq!(
            command("balloon", arguments, "libvirt-4"),
            b"{\"execute\":\"balloon\",\"arguments\":{\"value\":1},\"id\":\"libvirt-4\"}\r\n"
        );
    }
}
