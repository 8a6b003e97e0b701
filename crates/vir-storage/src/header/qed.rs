//! QEMU's `qed`.

use super::bytes::Bytes;
use crate::format::Format;
use vir_model::domain::device::source::ImageFormat;

const FEATURES: usize = 16;
const BACKING_AT: usize = 56;
const BACKING_LENGTH: usize = 60;

/// There is an image behind.
const HAS_BACKING: u64 = 1;
/// It is raw.
const BACKING_IS_RAW: u64 = 4;

/// The image behind one.
pub(super) fn backing(bytes: Bytes<'_>) -> (Option<String>, Format) {
    let Some(features) = bytes.le64(FEATURES) else { return (None, Format::Unset) };
    if features & HAS_BACKING == 0 {
        return (None, Format::Unset);
    }
    let place = bytes.le32(BACKING_AT).zip(bytes.le32(BACKING_LENGTH).filter(|length| *length > 0));
    match place.and_then(|(at, length)| bytes.text(at as usize, length as usize)) {
        None => (None, Format::Unset),
        Some(name) if features & BACKING_IS_RAW != 0 => (Some(name), Format::Is(ImageFormat::Raw)),
        Some(name) => (Some(name), Format::GuessSafely),
    }
}
