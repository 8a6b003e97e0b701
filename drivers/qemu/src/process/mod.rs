//! QEMU processes: their directories, logs, start and end.

pub mod dirs;
pub mod image;
pub mod log;
pub mod owner;
pub mod undo;

use std::io::Read;

/// At most `max` bytes of what can be read, as text.
pub(crate) fn read_to_string(from: impl Read, max: u64) -> String {
    let mut bytes = Vec::new();
    // what was read before an error is still of use
    let _ = from.take(max).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
