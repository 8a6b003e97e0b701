//! VMware's `vmdk`: a header, then a text that describes the image.

use super::bytes::{Bytes, text};
use crate::format::Format;

/// Where the text begins, in bytes.
const TEXT: usize = 0x200;

/// The image behind one.
pub(super) fn backing(bytes: Bytes<'_>) -> (Option<String>, Format) {
    let description = text(bytes.from(TEXT));
    if bytes.0.len() <= TEXT {
        return (None, Format::Guess);
    }
    let Some((_, hint)) = description.split_once("parentFileNameHint=\"") else {
        return (None, Format::Unset);
    };
    match hint.split_once('"') {
        None => (None, Format::Guess),
        Some(("", _)) => (None, Format::Unset),
        Some((name, _)) => (Some(name.to_owned()), Format::Guess),
    }
}
