//! What the header of an image says. All of it may be a guest's invention.

mod bytes;
mod cow;
mod magic;
mod qcow;
mod qed;
mod vmdk;

pub use magic::probe;

use crate::format::Format;
use bytes::Bytes;
use vir_base::{Error, Result, bail, err};
use vir_model::domain::device::source::ImageFormat;
use vir_model::domain::device::storage::EncryptionFormat;

/// As much of an image is looked at, in bytes.
pub const HEADER: usize = 0x8200;

/// What a header says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// How much the image holds, in bytes; 0 if the header does not say it.
    pub capacity: u64,
    /// The unit of its allocation in bytes; 0 if the header does not say it.
    pub cluster_size: u64,
    /// How it is encrypted, if it is.
    pub encryption: Option<Encrypted>,
    /// The image behind it, as it is written there.
    pub backing: Option<String>,
    /// The format of the image behind it.
    pub backing_format: Format,
    /// What the format can do besides, where it tells.
    pub features: Option<Features>,
    /// Where its data is, if not in the image, as it is written there.
    pub data_file: Option<String>,
    /// The version of the format, where there are two that people choose between.
    pub compat: Option<&'static str>,
}

/// How an image is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encrypted {
    /// The kind.
    pub format: EncryptionFormat,
    /// Where what is encrypted begins, in units of 512 bytes, where the header says it.
    pub payload: Option<u32>,
}

/// What a qcow2 image does besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// Counts of references are written late.
    pub lazy_refcounts: bool,
    /// Clusters are allocated in parts.
    pub extended_l2: bool,
    /// Data is in another file.
    pub data_file: bool,
}

impl Header {
    /// Reads a header, of which `bytes` may be less than all: what is not there is not known. `path` is for errors
    /// only, and `expected` is how it should be encrypted.
    ///
    /// # Errors
    /// It is encrypted in another way than it should be; a qcow2 header ends too early.
    pub fn read(
        format: ImageFormat,
        bytes: &[u8],
        path: &str,
        expected: Option<EncryptionFormat>,
    ) -> Result<Self> {
        let bytes = Bytes(bytes);
        let encryption = encryption(format, bytes);
        if let (Some(found), Some(expected)) = (encryption, expected)
            && found.format != expected
        {
            let number =
                |format| EncryptionFormat::ALL.iter().position(|known| *known == format).unwrap_or(0);
            bail!(
                Storage,
                XmlError,
                "encryption format {} doesn't match expected format {}",
                number(expected),
                number(found.format)
            );
        }
        let mut it = Self { encryption, ..Self::default() };
        if !magic::is_recognised(format) {
            return Ok(it);
        }
        if let Some(size) = magic::size(format) {
            match size.read(bytes) {
                None => return Ok(it),
                Some((capacity, fits)) => {
                    it.capacity = capacity;
                    if !fits {
                        return Ok(it);
                    }
                }
            }
        }
        match format {
            ImageFormat::Cow => (it.backing, it.backing_format) = cow::backing(bytes),
            ImageFormat::Qcow => (it.backing, it.backing_format) = qcow::backing(bytes),
            ImageFormat::Qcow2 => {
                it.cluster_size = qcow::cluster_size(bytes);
                (it.backing, it.backing_format) = qcow::backing(bytes);
                let short = || -> Error {
                    err!(Storage, InternalError, "header of qcow2 image '{path}' ends too early")
                };
                it.features = qcow::features(bytes).map_err(|_| short())?;
                it.compat = it.features.map(|_| "1.1");
                it.data_file = it.features.filter(|it| it.data_file).and_then(|_| qcow::data_file(bytes));
            }
            ImageFormat::Qed => (it.backing, it.backing_format) = qed::backing(bytes),
            ImageFormat::Vmdk => (it.backing, it.backing_format) = vmdk::backing(bytes),
            _ => {}
        }
        Ok(it)
    }
}

/// How an image of this format is encrypted.
fn encryption(format: ImageFormat, bytes: Bytes<'_>) -> Option<Encrypted> {
    let mode = |at| match bytes.be32(at) {
        Some(1) => Some(EncryptionFormat::Qcow),
        Some(2) => Some(EncryptionFormat::Luks),
        _ => None,
    };
    let plain = |format| Encrypted { format, payload: None };
    match format {
        ImageFormat::Raw if bytes.has(0, b"LUKS\xba\xbe") && bytes.be16(6) == Some(1) => {
            Some(Encrypted { format: EncryptionFormat::Luks, payload: bytes.be32(104) })
        }
        ImageFormat::Qcow => mode(36).filter(|format| *format == EncryptionFormat::Qcow).map(plain),
        ImageFormat::Qcow2 => mode(32).map(plain),
        _ => None,
    }
}
