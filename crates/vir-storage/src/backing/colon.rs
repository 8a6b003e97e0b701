//! QEMU's older forms with colons: `nbd:host:port:exportname=…`, `rbd:pool/image:mon_host=…`.

use super::{at_socket, port, protocol};
use crate::format::Format;
use crate::image::Image;
use vir_base::{Result, bail, err};
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::{DiskSource, NetProtocol, SourceConfig, SourceHost, SourceSnapshot};

/// Reads one.
pub(super) fn parse(text: &str) -> Result<Image> {
    let Some((name, _)) = text.split_once(':') else {
        bail!(Storage, InternalError, "invalid backing protocol string '{text}'");
    };
    let source = match protocol(name)? {
        NetProtocol::Nbd => nbd(text)?,
        NetProtocol::Rbd => rbd(text)?,
        NetProtocol::Sheepdog | NetProtocol::None => {
            bail!(Storage, InternalError, "backing store parser is not implemented for protocol {name}")
        }
        _ => bail!(Storage, InternalError, "malformed backing store path for protocol {name}"),
    };
    Ok(Image::new(DiskType::Network, source, Format::Unset))
}

/// `nbd:unix:SOCKET[:exportname=NAME]`, `nbd:HOST:PORT[:exportname=NAME]`.
fn nbd(text: &str) -> Result<DiskSource> {
    let malformed = || err!(Storage, InternalError, "malformed nbd string '{text}'");
    let (place, name) = match text.split_once(":exportname=") {
        Some((place, name)) => (place, Some(name.to_owned())),
        None => (text, None),
    };
    let place = place.strip_prefix("nbd:").filter(|place| !place.is_empty()).ok_or_else(malformed)?;
    let host = match place.strip_prefix("unix:") {
        Some("") => return Err(malformed()),
        Some(socket) => at_socket(socket),
        None => {
            let (name, number) = match place.strip_prefix('[') {
                Some(rest) => rest.split_once("]:"),
                None => place.split_once(':'),
            }
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(malformed)?;
            SourceHost { name: Some(name.to_owned()), port: port(number)?, ..SourceHost::default() }
        }
    };
    Ok(DiskSource { protocol: Some(NetProtocol::Nbd), name, hosts: vec![host], ..DiskSource::default() })
}

/// `rbd:[POOL/]IMAGE[@SNAPSHOT][:KEY=VALUE]…`; a colon within a value has a backslash before it.
pub(super) fn rbd(text: &str) -> Result<DiskSource> {
    let text = text.strip_prefix("rbd:").unwrap_or(text);
    let (place, options) = text.split_once(':').unwrap_or((text, ""));
    let (name, snapshot) = match place.split_once('@') {
        Some((name, snapshot)) => (name, Some(SourceSnapshot { name: Some(snapshot.to_owned()) })),
        None => (place, None),
    };
    let mut source = DiskSource {
        protocol: Some(NetProtocol::Rbd),
        name: Some(name.to_owned()),
        snapshot,
        ..DiskSource::default()
    };
    let mut has_id = false;
    for option in split(options, |bytes| (bytes[0] == b':').then_some(1)) {
        if option.starts_with("id=") && std::mem::replace(&mut has_id, true) {
            bail!(Storage, InternalError, "duplicate 'id' found in '{name}'");
        }
        if let Some(hosts) = option.strip_prefix("mon_host=") {
            let end = |bytes: &[u8]| matches!(bytes, [b'\\', b',' | b';' | b' ', ..]).then_some(2);
            for host in split(hosts, end) {
                source.hosts.push(monitor(host)?);
            }
        }
        if let Some(file) = option.strip_prefix("conf=") {
            source.config = Some(SourceConfig { file: Some(file.to_owned()) });
        }
    }
    Ok(source)
}

/// Pieces between what `end` recognises, of which it says the length. A backslash hides what follows it.
fn split(text: &str, end: impl Fn(&[u8]) -> Option<usize>) -> Vec<&str> {
    let bytes = text.as_bytes();
    let (mut pieces, mut start, mut at) = (vec![], 0, 0);
    while at < bytes.len() {
        match end(&bytes[at..]) {
            Some(length) => {
                pieces.push(&text[start..at]);
                (start, at) = (at + length, at + length);
            }
            None if bytes[at] == b'\\' => at += 2,
            None => at += 1,
        }
    }
    if start < bytes.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

/// A monitor: `HOST`, `HOST\:PORT`, `[ADDRESS]\:PORT`.
fn monitor(text: &str) -> Result<SourceHost> {
    let (name, number) = match text.split_once(']') {
        Some((name, rest)) => (name.get(1..).unwrap_or_default(), rest.strip_prefix("\\:")),
        None => match text.split_once("\\:") {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        },
    };
    let number = number.map(port).transpose()?.flatten();
    Ok(SourceHost { name: Some(name.replace("\\:", ":")), port: number, ..SourceHost::default() })
}
