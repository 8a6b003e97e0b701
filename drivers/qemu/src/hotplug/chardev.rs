//! The host's end of a character device that a running guest is given.

use serde_json::{Value, json};
use std::path::PathBuf;
use vir_base::{Result, bail};
use vir_model::domain::device::chardev::{CharSource, CharType, SocketMode};
use vir_xml::OnOff;

/// The host's end, as QEMU is told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chardev {
    /// Its name in QEMU.
    pub id: String,
    /// The arguments of `chardev-add`.
    pub arguments: Value,
    /// A socket that QEMU is to be handed first: its name in the monitor, and where it listens.
    pub listens: Option<(String, PathBuf)>,
}

/// The host's end of the device of that alias.
///
/// # Errors
/// A kind that running guests are not given; what is missing.
pub fn chardev(source: &CharSource, alias: &str) -> Result<Chardev> {
    let id = format!("char{alias}");
    let first = source.sources.first().cloned().unwrap_or_default();
    let path = || match source.path() {
        Some(path) => Ok(path.to_owned()),
        None => bail!(Qemu, XmlError, "Missing source path attribute for char device"),
    };
    let inet = |host: Option<&str>, service: Option<&str>| json!({"type": "inet", "data": {"host": host.unwrap_or_default(), "port": service.unwrap_or("0")}});
    let bound = first.mode == Some(SocketMode::Bind);
    let mut listens = None;
    let (kind, mut data) = match source.kind() {
        CharType::Null => ("null", json!({})),
        CharType::Vc => ("vc", json!({})),
        CharType::Pty => ("pty", json!({})),
        CharType::Dev => ("serial", json!({"device": path()?})),
        CharType::File => ("file", json!({"out": path()?, "append": first.append != Some(OnOff::Off)})),
        CharType::Unix if bound => {
            let name = format!("{id}-source");
            let addr = json!({"type": "fd", "data": {"str": name}});
            listens = Some((name, PathBuf::from(path()?)));
            ("socket", json!({"addr": addr, "wait": false, "server": true}))
        }
        CharType::Unix => {
            ("socket", json!({"addr": {"type": "unix", "data": {"path": path()?}}, "server": false}))
        }
        CharType::Tcp => {
            let addr = inet(first.host.as_deref(), first.service.as_deref());
            let wait = bound.then_some(false);
            ("socket", json!({"addr": addr, "wait": wait, "telnet": false, "server": bound}))
        }
        CharType::Udp => {
            let second = source.sources.get(1).cloned().unwrap_or_default();
            let (to, from) = if bound { (second, first) } else { (first, second) };
            let remote = inet(to.host.as_deref(), to.service.as_deref());
            let local = (from.host.is_some() || from.service.is_some())
                .then(|| inet(from.host.as_deref(), from.service.as_deref()));
            ("udp", json!({"remote": remote, "local": local}))
        }
        CharType::Spiceport | CharType::Pipe | CharType::Stdio | CharType::Nmdm => bail!(
            Qemu,
            OperationFailed,
            "Hotplug unsupported for char device type '{}'",
            source.kind().as_str()
        ),
        other => bail!(Qemu, ConfigUnsupported, "unsupported chardev '{}'", other.as_str()),
    };
    if let Value::Object(data) = &mut data {
        data.retain(|_, value| !value.is_null());
        if let Some(log) = &source.log {
            data.insert("logfile".into(), log.file.clone().into());
            data.insert("logappend".into(), (log.append != Some(OnOff::Off)).into());
        }
    }
    let arguments = json!({"id": id, "backend": {"type": kind, "data": data}});
    Ok(Chardev { id, arguments, listens })
}
