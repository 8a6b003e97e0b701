//! What images say of others: paths, URIs, QEMU's older forms with colons, and its `json:`.

mod colon;
mod json;
mod uri;

use crate::format::Format;
use crate::image::{Image, is_file};
use vir_base::{Result, bail};
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::{HostTransport, ImageFormat, NetProtocol, SourceHost};
use vir_xml::Value;

/// An image that another one names.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The image.
    pub image: Image,
    /// Whether that is all that was said. If not, there was what we cannot tell others, such as a password.
    pub whole: bool,
}

impl Parsed {
    fn whole(image: Image) -> Self {
        Self { image, whole: true }
    }
}

/// Reads what an image says of another one, unless it is a relative path.
///
/// # Errors
/// It makes no sense, in the peer's words.
pub fn parse(text: &str) -> Result<Parsed> {
    if is_file(text) {
        return Ok(Parsed::whole(Image::local(DiskType::File, text, Format::Unset)));
    }
    if let Some(directory) = text.strip_prefix("fat:") {
        return Ok(Parsed::whole(Image::local(DiskType::Dir, directory, ImageFormat::Fat.into())));
    }
    let mut parsed = match text.strip_prefix("json:") {
        Some(json) => json::parse(json)?,
        None if text.contains("://") => uri::parse(text)?,
        None => Parsed::whole(colon::parse(text)?),
    };
    let source = &mut parsed.image.source;
    let port = source.protocol.and_then(NetProtocol::default_port);
    for host in source.hosts.iter_mut().filter(|host| host.transport.is_none()) {
        host.port = host.port.or(port);
    }
    Ok(parsed)
}

/// A protocol by its name.
fn protocol(name: &str) -> Result<NetProtocol> {
    match NetProtocol::parse(name) {
        Some(protocol) => Ok(protocol),
        None => bail!(Storage, InternalError, "invalid backing protocol '{name}'"),
    }
}

/// A port; 0 is none.
fn port(text: &str) -> Result<Option<u32>> {
    let Some(number) = <u32 as Value>::parse(text) else {
        bail!(None, InvalidArg, "failed to parse port number '{text}'");
    };
    match number {
        0 => Ok(None),
        1..=65535 => Ok(Some(number)),
        _ => bail!(None, InvalidArg, "port '{text}' out of range"),
    }
}

/// A server at a socket of the host.
fn at_socket(socket: &str) -> SourceHost {
    SourceHost {
        transport: Some(HostTransport::Unix),
        socket: Some(socket.to_owned()),
        ..SourceHost::default()
    }
}
