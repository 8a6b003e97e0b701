//! QEMU's `qcow` and `qcow2`: a header, extensions of it, then the name of the image behind.

use super::Features;
use super::bytes::Bytes;
use crate::format::Format;

const VERSION: usize = 4;
const BACKING_AT: usize = 8;
const BACKING_LENGTH: usize = 16;
const CLUSTER_BITS: usize = 20;
/// Where extensions begin in version 2; in version 3 the header says its length.
const HEADER_2: u32 = 72;
const INCOMPATIBLE: usize = 72;
const COMPATIBLE: usize = 80;
const HEADER_LENGTH: usize = 100;

/// Longest name of an image behind, in bytes.
const LONGEST: u32 = 1023;

/// Kinds of extensions.
const END: u32 = 0;
const BACKING_FORMAT: u32 = 0xe279_2aca;
const DATA_FILE: u32 = 0x4441_5441;

/// The image behind one.
pub(super) fn backing(bytes: Bytes<'_>) -> (Option<String>, Format) {
    let (Some(offset), Some(length)) = (bytes.be64(BACKING_AT), bytes.be32(BACKING_LENGTH)) else {
        return (None, Format::Guess);
    };
    if offset == 0 || (length == 0 && offset <= bytes.0.len() as u64) {
        return (None, Format::Unset);
    }
    let at = usize::try_from(offset).unwrap_or(usize::MAX);
    let name = bytes.text(at, length as usize).filter(|_| length <= LONGEST);
    let format = name.as_ref().and_then(|_| {
        let formats = extensions(bytes).filter(|(kind, _)| *kind == BACKING_FORMAT);
        formats.last().map(|(_, name)| Format::of_backing(&super::bytes::text(name)))
    });
    (name, format.unwrap_or(Format::Guess))
}

/// The unit of allocation; 0 if it is none that can be.
pub(super) fn cluster_size(bytes: Bytes<'_>) -> u64 {
    let bits = bytes.be32(CLUSTER_BITS).filter(|bits| *bits > 0);
    bits.and_then(|bits| 1u64.checked_shl(bits)).unwrap_or(0)
}

/// The header ends too early.
pub(super) struct Short;

/// What an image does besides; nothing is known of version 2.
pub(super) fn features(bytes: Bytes<'_>) -> Result<Option<Features>, Short> {
    if bytes.be32(VERSION) == Some(2) {
        return Ok(None);
    }
    match (bytes.be64(COMPATIBLE), bytes.be64(INCOMPATIBLE), bytes.slice(0, HEADER_LENGTH)) {
        (Some(compatible), Some(incompatible), Some(_)) => Ok(Some(Features {
            lazy_refcounts: compatible & 1 != 0,
            data_file: incompatible & 1 << 2 != 0,
            extended_l2: incompatible & 1 << 4 != 0,
        })),
        _ => Err(Short),
    }
}

/// Where the data is, of an image that has it elsewhere.
pub(super) fn data_file(bytes: Bytes<'_>) -> Option<String> {
    extensions(bytes).filter(|(kind, _)| *kind == DATA_FILE).last().map(|(_, name)| super::bytes::text(name))
}

/// Extensions, each with its kind, up to the name of the image behind, if there is one.
fn extensions(bytes: Bytes<'_>) -> impl Iterator<Item = (u32, &[u8])> {
    let start = match bytes.be32(VERSION) {
        Some(2) => Some(HEADER_2),
        Some(3..0x8000_0000) => bytes.be32(HEADER_LENGTH),
        _ => None,
    };
    let length = bytes.0.len();
    let end = match bytes.be64(BACKING_AT).map(usize::try_from) {
        // none behind: up to the last extension
        Some(Ok(0..8)) => Some(length),
        Some(Ok(offset)) if offset <= length => Some(offset),
        _ => None,
    };
    let mut at = start.map(|start| start as usize).zip(end);
    std::iter::from_fn(move || {
        let (place, end) = at.take()?;
        // an extension that begins within the last eight bytes is none
        if place >= end.min(length).saturating_sub(8) {
            return None;
        }
        let (kind, size) = (bytes.be32(place)?, bytes.be32(place + 4)? as usize);
        let content = bytes.slice(place + 8, size)?;
        if kind == END {
            return None;
        }
        at = Some((place + 8 + size, end));
        Some((kind, content))
    })
}
