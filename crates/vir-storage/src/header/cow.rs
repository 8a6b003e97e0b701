//! User-mode Linux' `cow`.

use super::bytes::{Bytes, text};
use crate::format::Format;

/// The image behind one.
pub(super) fn backing(bytes: Bytes<'_>) -> (Option<String>, Format) {
    match bytes.slice(8, 1024) {
        None => (None, Format::Guess),
        Some([0, ..]) => (None, Format::Unset),
        Some(name) => (Some(text(name)), Format::Guess),
    }
}
