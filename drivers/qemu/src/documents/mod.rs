//! Documents about what QEMU can do here: pure functions over what was probed.

pub mod capabilities;
pub mod cookie;
pub mod domaincaps;
pub mod status;
