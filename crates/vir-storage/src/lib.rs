//! Disk images: which format one has, what its header says, and which other images lie behind it.
//!
//! A guest writes its own images, so nothing here trusts them: of each image only its first [`HEADER`] bytes are read,
//! every number in them is checked against those, chains have an end, and a format that was guessed never leads to
//! another image. No process is started. Files are opened by a [`Reader`] only, so that those who open them as
//! somebody else, or on a server, can do so; all else is arithmetic on bytes.

pub mod backing;
mod chain;
mod format;
mod header;
mod image;
mod reader;
mod search;

pub use chain::{Chain, Depth};
pub use format::Format;
pub use header::{Encrypted, Features, HEADER, Header, probe};
pub use image::Image;
pub use reader::{Files, Kind, Reader};
pub use search::{find, relative_path};
