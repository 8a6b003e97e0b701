//! URIs: `nbd+unix:///export?socket=/run/s`.

use super::{Parsed, protocol};
use crate::format::Format;
use crate::image::Image;
use vir_base::uri::Uri;
use vir_base::{Result, bail, err};
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::{DiskSource, HostTransport, NetProtocol, SourceHost};
use vir_xml::Value;

/// Reads one.
pub(super) fn parse(text: &str) -> Result<Parsed> {
    let uri = Uri::parse(text)
        .map_err(|_| err!(Storage, InternalError, "failed to parse backing file location '{text}'"))?;
    let scheme = uri.scheme.as_deref().unwrap_or_default();
    let (name, transport) = match scheme.split_once('+') {
        Some((name, transport)) => (name, Some(transport)),
        None => (scheme, None),
    };
    let protocol = protocol(name)?;
    let mut host = SourceHost {
        name: uri.server.clone().filter(|name| !name.is_empty()),
        port: Some(u32::from(uri.port)).filter(|port| *port > 0),
        ..SourceHost::default()
    };
    if let Some(transport) = transport {
        match HostTransport::parse(transport) {
            Some(transport) => host.transport = Some(transport).filter(|it| *it != HostTransport::Tcp),
            None => bail!(Storage, InternalError, "invalid protocol transport type '{transport}'"),
        }
    }
    let mut source = DiskSource { protocol: Some(protocol), ..DiskSource::default() };
    if let Some(query) = &uri.query {
        match protocol {
            NetProtocol::Http | NetProtocol::Https => source.query = Some(query.clone()),
            _ => host.socket = query.strip_prefix("socket=").map(str::to_owned),
        }
    }
    let path = uri.path.as_deref().unwrap_or_default();
    let path = path.strip_prefix('/').unwrap_or(path);
    match protocol {
        // all exports of a server need no name
        NetProtocol::Nbd if path.is_empty() => {}
        NetProtocol::Gluster if path.find('/').is_none_or(|slash| slash == 0) => bail!(
            Storage,
            ConfigUnsupported,
            "missing volume name or file name in gluster source path '{path}'"
        ),
        _ => source.name = Some(path.to_owned()),
    }
    source.hosts = vec![host];
    let image = Image::new(DiskType::Network, source, Format::Unset);
    Ok(Parsed { image, whole: uri.user.is_none() })
}
