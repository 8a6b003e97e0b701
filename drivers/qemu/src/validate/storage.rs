//! Where content lies, of a disk, of an image below it, or of firmware's variables: what QEMU can open.

use super::{Check, refuse};
use crate::caps::Flag;
use vir_base::{Result, bail};
use vir_model::domain::device::disk::{BackingImage, Disk, DiskType};
use vir_model::domain::device::source::{DiskSource, HostTransport, ImageFormat, MetadataCache, NetProtocol};
use vir_model::domain::device::storage::{Encryption, EncryptionEngine, EncryptionFormat};
use vir_xml::Value;

/// What neither a cookie's name nor its value has, beside control characters.
const OUTSIDE_COOKIES: &str = " \",;\\";
/// What its name has not, besides.
const OUTSIDE_COOKIE_NAMES: &str = "()<>@:/[]?={}";

/// One image, wherever its document keeps what belongs to it.
pub struct Image<'a> {
    kind: DiskType,
    source: &'a DiskSource,
    pub format: Option<ImageFormat>,
    pub encryption: Option<&'a Encryption>,
    cache: Option<&'a MetadataCache>,
    readonly: bool,
}

impl<'a> Image<'a> {
    /// One with nothing but a place and a format.
    pub fn new(kind: DiskType, source: &'a DiskSource, format: Option<ImageFormat>) -> Self {
        let encryption = source.encryption.as_ref();
        Self { kind, source, format, encryption, cache: None, readonly: false }
    }

    /// What is in a drive, if anything is.
    pub fn of_disk(disk: &'a Disk) -> Option<Self> {
        let plain = Self::new(disk.kind(), disk.source.as_ref()?, disk.format().and_then(ImageFormat::parse));
        Some(Self {
            encryption: disk.encryption.as_ref().or(plain.encryption),
            cache: disk.driver.as_ref().and_then(|driver| driver.metadata_cache.as_ref()),
            readonly: disk.readonly,
            ..plain
        })
    }

    /// One below another.
    fn below(image: &'a BackingImage) -> Self {
        let cache = image.format.metadata_cache.as_ref();
        Self { cache, readonly: true, ..Self::new(image.kind, &image.source, image.format.kind) }
    }

    fn protocol(&self) -> Option<NetProtocol> {
        self.source.protocol.filter(|_| self.kind == DiskType::Network)
    }

    /// Its bytes are the guest's.
    pub fn is_raw(&self) -> bool {
        let luks = self.encryption.is_some_and(|encryption| {
            encryption.engine.unwrap_or(EncryptionEngine::Qemu) == EncryptionEngine::Qemu
                && encryption.format == Some(EncryptionFormat::Luks)
        });
        self.format == Some(ImageFormat::Raw) && !luks
    }
}

/// What is in a drive, and the images below.
pub fn chain(it: &Check<'_>, disk: &Disk) -> Result<()> {
    if let Some(image) = Image::of_disk(disk) {
        check(it, &image)?;
    }
    let mut below = disk.backing_store.as_ref();
    while let Some(image) = below.and_then(|store| store.image.as_ref()) {
        check(it, &Image::below(image))?;
        below = image.below.as_ref();
    }
    Ok(())
}

/// Checks one image.
pub fn check(it: &Check<'_>, image: &Image<'_>) -> Result<()> {
    format(image)?;
    refuse([(
        image.source.reservations.is_some() && !it.has(Flag::PrManagerHelper),
        "reservations not supported with this QEMU binary",
    )])?;
    options(image)?;
    network(image)?;
    let cached = image.cache.and_then(|cache| cache.max_size).is_some_and(|size| size.0 > 0);
    refuse([(
        cached && image.format != Some(ImageFormat::Qcow2),
        "metadata cache max size control is supported only with qcow2 images",
    )])?;
    if let Some(encryption) = image.encryption {
        self::encryption(it, image, encryption)?;
    }
    refuse([
        (
            image.source.tls_hostname.is_some() && image.protocol() != Some(NetProtocol::Nbd),
            "'tlsHostname' field is supported only with NBD disks",
        ),
        (
            image.source.tls_hostname.is_some() && !it.has(Flag::BlockdevNbdTlsHostname),
            "'tlsHostname' field is not supported by this QEMU",
        ),
    ])
}

fn format(image: &Image<'_>) -> Result<()> {
    use ImageFormat::{Cow, Dir, Fat, Iso};
    let format = image.format;
    let directory = image.kind == DiskType::Dir;
    refuse([
        (format == Some(Cow), "'cow' storage format is not supported"),
        (
            format == Some(Dir),
            "'directory' storage format is not directly supported by QEMU, use 'dir' disk type instead",
        ),
        (format == Some(Iso), "storage format 'iso' is not directly supported by QEMU, use 'raw' instead"),
        (format == Some(Fat) && !directory, "storage format 'fat' is supported only with 'dir' storage type"),
        (
            directory && format.is_some_and(|format| format != Fat),
            "storage type 'dir' requires use of storage format 'fat'",
        ),
        (directory && !image.readonly, "virtual FAT storage can't be accessed in read-write mode"),
    ])
}

/// What only some protocols have.
fn options(image: &Image<'_>) -> Result<()> {
    use NetProtocol::{Ftp, Ftps, Http, Https, Nbd};
    let source = image.source;
    let size = source.readahead.as_ref().and_then(|readahead| readahead.size).unwrap_or(0);
    let seconds = source.timeout.as_ref().and_then(|timeout| timeout.seconds).unwrap_or(0);
    let delay = source.reconnect.as_ref().and_then(|reconnect| reconnect.delay).unwrap_or(0);
    let rows: [(bool, &[NetProtocol], &str); 6] = [
        (
            source.ssl.as_ref().is_some_and(|ssl| ssl.verify.is_some()),
            &[Https, Ftps],
            "ssl verification is supported only with HTTPS/FTPS protocol",
        ),
        (
            source.cookies.as_ref().is_some_and(|cookies| !cookies.cookies.is_empty()),
            &[Https, Http],
            "http cookies are supported only with HTTP(S) protocol",
        ),
        (size > 0, &[Https, Http, Ftp, Ftps], "readahead is supported only with HTTP(S)/FTP(s) protocols"),
        (seconds > 0, &[Https, Http, Ftp, Ftps], "timeout is supported only with HTTP(S)/FTP(s) protocols"),
        (delay > 0, &[Nbd], "reconnect delay is supported only with NBD protocol"),
        (source.query.is_some(), &[Https, Http], "query is supported only with HTTP(S) protocols"),
    ];
    for (there, protocols, message) in rows {
        let served = image.protocol().is_some_and(|protocol| protocols.contains(&protocol));
        refuse([(there && !served, message)])?;
        if there && message.starts_with("http cookies") {
            cookies(image)?;
        }
    }
    Ok(())
}

fn is_outside(c: char) -> bool {
    c.is_ascii_control() && c != '\u{7f}' || OUTSIDE_COOKIES.contains(c)
}

/// Cookies that can be sent as they are.
fn cookies(image: &Image<'_>) -> Result<()> {
    for (name, value) in image.source.cookies.iter().flat_map(|cookies| &cookies.cookies) {
        if name.chars().any(|c| is_outside(c) || OUTSIDE_COOKIE_NAMES.contains(c)) {
            bail!(Storage, XmlError, "cookie name '{name}' contains invalid characters");
        }
        let inner = match value.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"'),
            None => Some(value.as_str()),
        };
        if inner.is_none_or(|inner| inner.contains(is_outside)) {
            bail!(Storage, XmlError, "value of cookie '{name}' contains invalid characters");
        }
    }
    Ok(())
}

fn network(image: &Image<'_>) -> Result<()> {
    match image.protocol() {
        Some(NetProtocol::Tftp) => {
            bail!(Qemu, ConfigUnsupported, "'tftp' protocol is not supported with this QEMU binary")
        }
        Some(NetProtocol::Nfs) => {
            let [host] = &image.source.hosts[..] else {
                bail!(Qemu, ConfigUnsupported, "'nfs' protocol requires the usage of exactly one host")
            };
            let tcp = host.transport.is_none_or(|transport| transport == HostTransport::Tcp);
            refuse([
                (!tcp, "'nfs' host must use TCP protocol"),
                (host.port.is_some_and(|port| port > 0), "port cannot be specified in 'nfs' protocol host"),
            ])
        }
        _ => Ok(()),
    }
}

fn encryption(it: &Check<'_>, image: &Image<'_>, encryption: &Encryption) -> Result<()> {
    use EncryptionFormat::{Default, Luks2, LuksAny, Qcow};
    let format = encryption.format.unwrap_or(Default);
    let several = encryption.secrets.len() > 1;
    refuse([(matches!(format, Default | Qcow), "old qcow/qcow2 encryption is not supported")])?;
    match encryption.engine.unwrap_or(EncryptionEngine::Qemu) {
        EncryptionEngine::Qemu => {
            if matches!(format, Luks2 | LuksAny) {
                bail!(
                    Qemu,
                    ConfigUnsupported,
                    "'{format}' is currently not supported by the qemu encryption engine"
                );
            }
            refuse([
                (
                    !matches!(image.format, Some(ImageFormat::Qcow2 | ImageFormat::Raw)),
                    "encryption is supported only with 'raw' and 'qcow2' image format",
                ),
                (several, "qemu encryption engine expects only a single secret"),
            ])
        }
        EncryptionEngine::Librbd => refuse([
            (!it.has(Flag::RbdEncryption), "librbd encryption is not supported by this QEMU binary"),
            (
                image.kind != DiskType::Network && image.source.protocol != Some(NetProtocol::Rbd),
                "librbd encryption is supported only with RBD backed disks",
            ),
            (
                several && !it.has(Flag::RbdEncryptionLayering),
                "librbd encryption layering is not supported by this QEMU binary",
            ),
            (
                format == LuksAny && !it.has(Flag::RbdEncryptionLuksAny),
                "luks-any encryption is not supported by this QEMU binary",
            ),
        ]),
    }
}
