//! Writes the archive format that Linux unpacks at boot: cpio in its `newc` form.
//!
//! Source of the format: the kernel's documentation, "initramfs buffer format".

use std::io::{self, Write};

const DIRECTORY: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;
const SYMLINK: u32 = 0o120_000;
const CHARACTER: u32 = 0o020_000;

/// An archive under construction. Everything belongs to root, with a fixed time, so that the same
/// content gives the same bytes.
pub(crate) struct Archive<W> {
    out: W,
    inode: u32,
    position: usize,
}

impl<W: Write> Archive<W> {
    pub(crate) fn new(out: W) -> Self {
        Archive { out, inode: 0, position: 0 }
    }

    pub(crate) fn directory(&mut self, path: &str) -> io::Result<()> {
        self.entry(path, DIRECTORY | 0o755, (0, 0), &[])
    }

    pub(crate) fn file(&mut self, path: &str, permissions: u32, content: &[u8]) -> io::Result<()> {
        self.entry(path, REGULAR | permissions, (0, 0), content)
    }

    pub(crate) fn symlink(&mut self, path: &str, to: &str) -> io::Result<()> {
        self.entry(path, SYMLINK | 0o777, (0, 0), to.as_bytes())
    }

    pub(crate) fn character_device(&mut self, path: &str, device: (u32, u32)) -> io::Result<()> {
        self.entry(path, CHARACTER | 0o600, device, &[])
    }

    /// Ends the archive and gives back what it was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.inode = 0;
        self.entry("TRAILER!!!", 0, (0, 0), &[])?;
        Ok(self.out)
    }

    fn entry(&mut self, path: &str, mode: u32, device: (u32, u32), content: &[u8]) -> io::Result<()> {
        self.inode += 1;
        let too_large = |_| io::Error::other(format!("{path} is too large for a cpio archive"));
        let size = u32::try_from(content.len()).map_err(too_large)?;
        let name_size = u32::try_from(path.len() + 1).map_err(too_large)?;
        // Fields in order: inode, mode, uid, gid, links, mtime, size, device of the file system
        // (major, minor), device (major, minor), size of the name with its NUL, checksum.
        let fields = [self.inode, mode, 0, 0, 1, 0, size, 0, 0, device.0, device.1, name_size, 0];
        let mut header = String::from("070701");
        for field in fields {
            header.push_str(&format!("{field:08x}"));
        }
        self.write(header.as_bytes())?;
        self.write(path.as_bytes())?;
        self.write(b"\0")?;
        self.pad()?;
        self.write(content)?;
        self.pad()
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.position += bytes.len();
        self.out.write_all(bytes)
    }

    fn pad(&mut self) -> io::Result<()> {
        let missing = self.position.next_multiple_of(4) - self.position;
        self.write(&[0; 3][..missing])
    }
}

#[cfg(test)]
mod tests {
    use super::Archive;

    #[test]
    fn an_entry_is_a_header_a_name_and_padded_content() {
        let mut archive = Archive::new(Vec::new());
        archive.file("init", 0o755, b"abcde").unwrap();
        let bytes = archive.finish().unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.starts_with(
            "070701\
             00000001000081ed00000000000000000000000100000000000000050000000000000000\
             00000000000000000000000500000000init\0\0abcde\0\0\x00070701"
        ));
        assert!(text.ends_with("TRAILER!!!\0\0\0\0"));
        assert_eq!(bytes.len() % 4, 0);
    }

    #[test]
    fn a_device_node_carries_its_numbers() {
        let mut archive = Archive::new(Vec::new());
        archive.character_device("dev/console", (5, 1)).unwrap();
        let text = String::from_utf8(archive.finish().unwrap()).unwrap();
        assert_eq!(&text[14..22], "00002180");
        assert_eq!(&text[6 + 9 * 8..6 + 11 * 8], "0000000500000001");
    }
}
