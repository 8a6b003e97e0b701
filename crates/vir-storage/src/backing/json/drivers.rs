//! What the options of each of QEMU's block drivers say of an image.

use super::super::{Parsed, at_socket, colon, port, uri};
use super::{Options, number, text};
use crate::format::Format;
use crate::image::Image;
use serde_json::Value;
use vir_base::{Result, bail, err};
use vir_model::domain::device::address::PciAddress;
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::{
    DiskSource, NetProtocol, NvmeAddress, SourceConfig, SourceCookies, SourceHost, SourceIdentity,
    SourceReadahead, SourceSlice, SourceSlices, SourceSnapshot, SourceSsl, SourceTimeout,
};
use vir_xml::YesNo;

/// The image that options describe; `all` is the whole text, and `formats` whether one that is a part of another is
/// allowed.
pub(super) fn image(options: &Options, all: &str, formats: bool) -> Result<Parsed> {
    let Some(driver) = text(options, "driver") else {
        bail!(Storage, InvalidArg, "JSON backing volume definition '{all}' lacks driver name");
    };
    match driver {
        "file" => local(options, DiskType::File),
        "host_device" | "host_cdrom" => local(options, DiskType::Block),
        "http" => web(options, all, NetProtocol::Http),
        "https" => web(options, all, NetProtocol::Https),
        "ftp" => web(options, all, NetProtocol::Ftp),
        "ftps" => web(options, all, NetProtocol::Ftps),
        "tftp" => web(options, all, NetProtocol::Tftp),
        "gluster" => gluster(options),
        "iscsi" => iscsi(options),
        "nbd" => nbd(options),
        "sheepdog" => sheepdog(options),
        "ssh" => ssh(options),
        "rbd" => rbd(options),
        "raw" if formats => raw(options, all),
        "raw" => bail!(
            Storage,
            InvalidArg,
            "JSON backing volume definition '{all}' must not have nested format drivers"
        ),
        "nfs" => nfs(options),
        "vxhs" => vxhs(options),
        "nvme" => nvme(options),
        driver => bail!(
            Storage,
            InternalError,
            "missing parser implementation for JSON backing volume driver '{driver}'"
        ),
    }
}

fn network(protocol: NetProtocol, name: Option<String>, hosts: Vec<SourceHost>) -> Parsed {
    let source = DiskSource { protocol: Some(protocol), name, hosts, ..DiskSource::default() };
    Parsed::whole(Image::new(DiskType::Network, source, Format::Unset))
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn server(options: &Options) -> Option<&Options> {
    options.get("server").and_then(Value::as_object)
}

/// A server that is reached by name or address.
fn inet(options: Option<&Options>) -> Result<SourceHost> {
    let Some(options) = options else {
        bail!(Storage, InvalidArg, "missing remote server specification in JSON backing volume definition")
    };
    let Some(name) = text(options, "host") else {
        bail!(
            Storage,
            InvalidArg,
            "missing hostname for tcp backing server in JSON backing volume definition"
        )
    };
    named(name, text(options, "port"))
}

fn named(name: &str, number: Option<&str>) -> Result<SourceHost> {
    let number = number.map(port).transpose()?.flatten();
    Ok(SourceHost { name: Some(name.to_owned()), port: number, ..SourceHost::default() })
}

/// A server that is reached in any way.
fn socket(options: Option<&Options>) -> Result<SourceHost> {
    match options.and_then(|options| text(options, "type")) {
        Some("tcp" | "inet") => inet(options),
        Some("unix") => {
            let at = |name| options.and_then(|options| text(options, name));
            // the second is an older name
            let Some(path) = at("path").or_else(|| at("socket")) else {
                bail!(
                    Storage,
                    InvalidArg,
                    "missing socket path for udp backing server in JSON backing volume definition"
                )
            };
            Ok(at_socket(path))
        }
        Some(kind) => bail!(Storage, InternalError, "backing store protocol '{kind}' is not yet supported"),
        None if options.is_none() => inet(None),
        None => {
            bail!(Storage, InvalidArg, "missing socket address type in JSON backing volume definition")
        }
    }
}

fn local(options: &Options, kind: DiskType) -> Result<Parsed> {
    match text(options, "filename") {
        Some(path) => Ok(Parsed::whole(Image::local(kind, path, Format::Unset))),
        None => bail!(Storage, InvalidArg, "missing 'filename' field in JSON backing volume definition"),
    }
}

/// A URI that must be of this protocol.
fn url(text: &str, protocol: NetProtocol) -> Result<Parsed> {
    let parsed = uri::parse(text)?;
    match parsed.image.source.protocol {
        Some(found) if found != protocol => bail!(
            Storage,
            InvalidArg,
            "expected protocol '{protocol}' but got '{found}' in URI JSON volume definition"
        ),
        _ => Ok(parsed),
    }
}

fn web(options: &Options, all: &str, protocol: NetProtocol) -> Result<Parsed> {
    let Some(place) = text(options, "url") else {
        bail!(Storage, InvalidArg, "missing 'url' in JSON backing volume definition");
    };
    let malformed = |name: &str| {
        err!(Storage, InvalidArg, "malformed '{name}' field in backing store definition '{all}'")
    };
    let secure = matches!(protocol, NetProtocol::Https | NetProtocol::Ftps);
    let verify = match options.get("sslverify").filter(|_| secure) {
        None => None,
        Some(Value::String(off)) if off == "off" => Some(YesNo::No),
        Some(value) => Some(value.as_bool().ok_or_else(|| malformed("sslverify"))?.into()),
    };
    let cookies = match options.get("cookie") {
        Some(value) if matches!(protocol, NetProtocol::Http | NetProtocol::Https) => cookies(value, all)?,
        _ => None,
    };
    let number = |name: &'static str| number(options, name).map_err(|()| malformed(name));
    let (readahead, timeout) = (number("readahead")?, number("timeout")?);
    let mut parsed = url(place, protocol)?;
    let source = &mut parsed.image.source;
    source.ssl = verify.map(|verify| SourceSsl { verify: Some(verify) });
    source.cookies = cookies;
    source.readahead = readahead.filter(|size| *size > 0).map(|size| SourceReadahead { size: Some(size) });
    source.timeout =
        timeout.filter(|seconds| *seconds > 0).map(|seconds| SourceTimeout { seconds: Some(seconds) });
    Ok(parsed)
}

fn cookies(value: &Value, all: &str) -> Result<Option<SourceCookies>> {
    let Some(text) = value.as_str() else {
        bail!(Storage, InvalidArg, "wrong format of 'cookie' field in backing store definition '{all}'");
    };
    let cookie = |cookie: &str| match cookie.trim_start().split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => {
            bail!(Storage, InvalidArg, "malformed http cookie '{cookie}' in backing store definition '{all}'")
        }
    };
    let cookies: Vec<_> = text.split(';').filter(|_| !text.is_empty()).map(cookie).collect::<Result<_>>()?;
    Ok(Some(SourceCookies { cookies }).filter(|all| !all.cookies.is_empty()))
}

fn gluster(options: &Options) -> Result<Parsed> {
    if let Some(place) = text(options, "filename") {
        return url(place, NetProtocol::Gluster);
    }
    let servers = options.get("server").and_then(Value::as_array);
    let (Some(volume), Some(path), Some(servers)) = (text(options, "volume"), text(options, "path"), servers)
    else {
        bail!(
            Storage,
            InvalidArg,
            "missing 'volume', 'path' or 'server' attribute in JSON backing definition for gluster volume"
        );
    };
    if servers.is_empty() {
        bail!(
            Storage,
            InvalidArg,
            "at least 1 server is necessary in JSON backing definition for gluster volume"
        );
    }
    let hosts = servers.iter().map(|server| socket(server.as_object())).collect::<Result<_>>()?;
    Ok(network(NetProtocol::Gluster, Some(format!("{volume}/{path}")), hosts))
}

fn iscsi(options: &Options) -> Result<Parsed> {
    if let Some(place) = text(options, "filename") {
        return url(place, NetProtocol::Iscsi);
    }
    let lun = match options.get("lun") {
        Some(Value::String(lun)) => lun.clone(),
        Some(Value::Number(lun)) => lun.to_string(),
        _ => "0".to_owned(),
    };
    if text(options, "transport") != Some("tcp") {
        bail!(Storage, InvalidArg, "only TCP transport is supported for iSCSI volumes");
    }
    let Some(portal) = text(options, "portal") else {
        bail!(Storage, InvalidArg, "missing 'portal' address in iSCSI backing definition");
    };
    let Some(target) = text(options, "target") else {
        bail!(Storage, InvalidArg, "missing 'target' in iSCSI backing definition");
    };
    let host = match portal.rsplit_once(':') {
        Some((name, number)) if !number.contains(']') => named(name, Some(number))?,
        _ => named(portal, None)?,
    };
    let mut parsed = network(NetProtocol::Iscsi, Some(format!("{target}/{lun}")), vec![host]);
    parsed.whole = text(options, "user").is_none() && text(options, "password").is_none();
    Ok(parsed)
}

fn nbd(options: &Options) -> Result<Parsed> {
    let host = match (server(options), text(options, "path"), text(options, "host")) {
        (Some(server), ..) => socket(Some(server))?,
        (None, Some(path), _) => at_socket(path),
        (None, None, Some(name)) => named(name, text(options, "port"))?,
        (None, None, None) => bail!(
            Storage,
            InvalidArg,
            "missing host specification of NBD server in JSON backing volume definition"
        ),
    };
    Ok(network(NetProtocol::Nbd, owned(text(options, "export")), vec![host]))
}

fn sheepdog(options: &Options) -> Result<Parsed> {
    match text(options, "filename") {
        Some(place) if place.contains("://") => return url(place, NetProtocol::Sheepdog),
        Some(_) => bail!(Storage, InvalidArg, "missing sheepdog URI in JSON backing volume definition"),
        None => {}
    }
    let Some(name) = text(options, "vdi") else {
        bail!(Storage, InvalidArg, "missing sheepdog vdi name");
    };
    Ok(network(NetProtocol::Sheepdog, owned(Some(name)), vec![socket(server(options))?]))
}

/// Who we are there, and whether its key is checked, is not kept: documents have no place for it.
fn ssh(options: &Options) -> Result<Parsed> {
    let (server, name) = (server(options), text(options, "host"));
    let (true, Some(path)) = (server.is_some() || name.is_some(), text(options, "path")) else {
        bail!(Storage, InvalidArg, "missing host/server or path of SSH JSON backing volume definition");
    };
    let host = match (server, name) {
        (None, Some(name)) => named(name, text(options, "port"))?,
        (server, _) => inet(server)?,
    };
    Ok(network(NetProtocol::Ssh, owned(Some(path)), vec![host]))
}

fn rbd(options: &Options) -> Result<Parsed> {
    if let Some(place) = text(options, "filename") {
        let image = Image::new(DiskType::Network, colon::rbd(place)?, Format::Unset);
        return Ok(Parsed::whole(image));
    }
    let (Some(pool), Some(name)) = (text(options, "pool"), text(options, "image")) else {
        bail!(Storage, InvalidArg, "missing pool or image name in ceph backing volume JSON specification");
    };
    let servers = options.get("server").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let hosts = servers.iter().map(|server| inet(server.as_object())).collect::<Result<_>>()?;
    let mut parsed = network(NetProtocol::Rbd, Some(format!("{pool}/{name}")), hosts);
    let source = &mut parsed.image.source;
    source.snapshot = text(options, "snapshot").map(|name| SourceSnapshot { name: owned(Some(name)) });
    source.config = text(options, "conf").map(|file| SourceConfig { file: owned(Some(file)) });
    Ok(parsed)
}

/// A part of another image.
fn raw(options: &Options, all: &str) -> Result<Parsed> {
    let malformed = |name: &str| err!(Storage, InvalidArg, "malformed '{name}' property of 'raw' driver");
    let offset = number(options, "offset").map_err(|()| malformed("offset"))?;
    let size = number(options, "size").map_err(|()| malformed("size"))?;
    let Some(file) = options.get("file").and_then(Value::as_object) else {
        bail!(Storage, InvalidArg, "JSON backing volume definition '{all}' lacks 'file' object");
    };
    let mut parsed = image(file, all, false)?;
    if offset.is_some() || size.is_some() {
        let slice = SourceSlice {
            kind: Some("storage".into()),
            offset: Some(offset.unwrap_or(0)),
            size: Some(size.unwrap_or(0)),
        };
        parsed.image.source.slices = Some(SourceSlices { slices: vec![slice] });
    }
    Ok(parsed)
}

fn nfs(options: &Options) -> Result<Parsed> {
    let Some(server) = server(options) else {
        bail!(Storage, InvalidArg, "missing 'server' attribute in JSON backing definition for NFS volume");
    };
    let who = |name| options.get(name).and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok());
    let (Some(user), Some(group)) = (who("user"), who("group")) else {
        bail!(
            Storage,
            InvalidArg,
            "missing 'user' or 'group' attribute in JSON backing definition for NFS volume"
        );
    };
    let Some(path) = text(options, "path") else {
        bail!(Storage, InvalidArg, "missing 'path' attribute in JSON backing definition for NFS volume");
    };
    let mut parsed = network(NetProtocol::Nfs, owned(Some(path)), vec![inet(Some(server))?]);
    parsed.image.source.identity = Some(SourceIdentity {
        user: Some(format!("+{user}")),
        group: Some(format!("+{group}")),
        ..SourceIdentity::default()
    });
    Ok(parsed)
}

fn vxhs(options: &Options) -> Result<Parsed> {
    let (Some(name), Some(server)) = (text(options, "vdisk-id"), server(options)) else {
        bail!(
            Storage,
            InvalidArg,
            "missing 'vdisk-id' or 'server' attribute in JSON backing definition for VxHS volume"
        );
    };
    Ok(network(NetProtocol::Vxhs, owned(Some(name)), vec![inet(Some(server))?]))
}

fn nvme(options: &Options) -> Result<Parsed> {
    let Some(address) = text(options, "device").and_then(pci) else {
        bail!(Storage, InvalidArg, "missing or malformed 'device' field of 'nvme' storage");
    };
    let Ok(Some(namespace @ 1..)) = number(options, "namespace") else {
        bail!(Storage, InvalidArg, "missing or malformed 'namespace' field of 'nvme' storage");
    };
    let source = DiskSource {
        kind: Some("pci".into()),
        namespace: Some(namespace),
        address: Some(NvmeAddress(address)),
        ..DiskSource::default()
    };
    Ok(Parsed::whole(Image::new(DiskType::Nvme, source, Format::Unset)))
}

/// A PCI address: `0000:01:00.0`.
fn pci(text: &str) -> Option<PciAddress> {
    let number = |text: &str, most: u32| u32::from_str_radix(text, 16).ok().filter(|it| *it <= most);
    let (domain, rest) = text.split_once(':')?;
    let (bus, rest) = rest.split_once(':')?;
    let (slot, function) = rest.split_once('.')?;
    Some(PciAddress {
        domain: number(domain, 0xffff)?,
        bus: number(bus, 0xff)?,
        slot: number(slot, 0x1f)?,
        function: number(function, 7)?,
        ..PciAddress::default()
    })
}
