//! The little that must be known of a disk image before QEMU opens it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// From the head of a qcow2 file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Qcow2 {
    /// The size that the guest sees, in bytes.
    pub capacity: u64,
    /// It builds on another image.
    pub has_backing: bool,
}

/// Reads the head of a qcow2 file; `None` where it is not one.
pub fn qcow2(path: &Path) -> Option<Qcow2> {
    let mut head = [0u8; 32];
    File::open(path).ok()?.read_exact(&mut head).ok()?;
    parse(&head)
}

fn parse(head: &[u8; 32]) -> Option<Qcow2> {
    if &head[..4] != b"QFI\xfb" {
        return None;
    }
    let long = |at: usize| head[at..at + 8].try_into().map(u64::from_be_bytes).ok();
    Some(Qcow2 { capacity: long(24)?, has_backing: long(8)? != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read() {
        let mut head = [0u8; 32];
        assert_eq!(parse(&head), None);
        head[..8].copy_from_slice(b"QFI\xfb\0\0\0\x03");
        head[30] = 0x10;
        assert_eq!(parse(&head), Some(Qcow2 { capacity: 0x1000, has_backing: false }));
        head[15] = 0x68;
        assert!(parse(&head).unwrap().has_backing);
    }
}
