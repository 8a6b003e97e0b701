//! The head of a saved guest's file: a header, the domain document, a cookie, and room to edit
//! them. QEMU's own migration stream follows. Pure: bytes in, bytes out.

use std::io::Read;
use vir_base::{Result, bail, err};

/// A finished image.
const MAGIC: &[u8; 16] = b"LibvirtQemudSave";
/// One that is still being written, or whose writing failed.
const MAGIC_PARTIAL: &[u8; 16] = b"LibvirtQemudPart";
const VERSION: u32 = 2;
/// Magic, five numbers, fourteen unused ones.
pub const HEADER_SIZE: usize = 16 + 4 * 19;
/// Our own first versions had one unused number too many.
const FORMER_EXTRA: u32 = 4;
/// Room left so that the document can be edited in place.
const ROOM: usize = 64 * 1024;
/// No document is longer; a header that says so lies.
const MAX_DATA: u32 = 64 * 1024 * 1024;

/// How the migration stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(u32)]
#[allow(missing_docs)] // the programs' names
pub enum Packing {
    #[default]
    Raw = 0,
    Gzip = 1,
    Bzip2 = 2,
    Xz = 3,
    Lzop = 4,
    Zstd = 5,
    Sparse = 6,
}

impl Packing {
    const ALL: [Self; 7] =
        [Self::Raw, Self::Gzip, Self::Bzip2, Self::Xz, Self::Lzop, Self::Zstd, Self::Sparse];

    /// The program that packs (`-c`) and unpacks (`-dc`); none for what QEMU writes itself.
    pub fn program(self) -> Option<&'static str> {
        match self {
            Self::Raw | Self::Sparse => None,
            Self::Gzip => Some("gzip"),
            Self::Bzip2 => Some("bzip2"),
            Self::Xz => Some("xz"),
            Self::Lzop => Some("lzop"),
            Self::Zstd => Some("zstd"),
        }
    }
}

/// The fixed part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes of document, cookie and room.
    pub data_len: u32,
    /// The guest ran when it was saved.
    pub was_running: bool,
    /// How the stream is packed.
    pub packing: Packing,
    /// Where in the data the cookie begins; 0 without one.
    pub cookie_offset: u32,
}

/// Header and documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The fixed part.
    pub header: Header,
    /// The domain document.
    pub xml: String,
    /// What else is needed to start it again.
    pub cookie: Option<String>,
}

impl Header {
    /// Reads the first [`HEADER_SIZE`] bytes of a file, written on a host of either byte order.
    pub fn decode(bytes: &[u8; HEADER_SIZE]) -> Result<Self> {
        let magic = &bytes[..16];
        if magic == MAGIC_PARTIAL {
            bail!(Qemu, OperationFailed, "save image is incomplete");
        }
        if magic != MAGIC {
            bail!(Qemu, OperationFailed, "image magic is incorrect");
        }
        let word = |index: usize, swap: bool| {
            let at = 16 + 4 * index;
            let raw = u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            if swap { raw.swap_bytes() } else { raw }
        };
        let swap = word(0, false) > VERSION;
        let version = word(0, swap);
        if version > VERSION {
            bail!(Qemu, OperationFailed, "image version is not supported ({version} > {VERSION})");
        }
        let (data_len, format, cookie_offset) = (word(1, swap), word(3, swap), word(4, swap));
        let Some(packing) = Packing::ALL.into_iter().find(|p| *p as u32 == format) else {
            bail!(Qemu, OperationFailed, "unsupported save image format: {format}");
        };
        if data_len == 0 || data_len > MAX_DATA || cookie_offset > data_len {
            bail!(Qemu, OperationFailed, "invalid header data length: {data_len}");
        }
        Ok(Self { data_len, was_running: word(2, swap) != 0, packing, cookie_offset })
    }

    /// The bytes; `finished` says that the whole image is written.
    pub fn encode(&self, finished: bool) -> [u8; HEADER_SIZE] {
        let mut bytes = [0; HEADER_SIZE];
        bytes[..16].copy_from_slice(if finished { MAGIC } else { MAGIC_PARTIAL });
        let words =
            [VERSION, self.data_len, u32::from(self.was_running), self.packing as u32, self.cookie_offset];
        for (index, word) in words.into_iter().enumerate() {
            bytes[16 + 4 * index..][..4].copy_from_slice(&word.to_ne_bytes());
        }
        bytes
    }
}

impl Head {
    /// The head of a new image.
    pub fn new(xml: String, cookie: Option<String>, was_running: bool, packing: Packing) -> Result<Self> {
        let length = xml.len() + 1 + cookie.as_ref().map_or(0, |c| c.len() + 1) + ROOM;
        let Some(data_len) = u32::try_from(length).ok().filter(|l| *l <= MAX_DATA) else {
            bail!(Qemu, OperationFailed, "new xml too large to fit in file");
        };
        let mut head =
            Self { header: Header { data_len, was_running, packing, cookie_offset: 0 }, xml, cookie };
        head.place_cookie();
        Ok(head)
    }

    /// Another document in the same room.
    pub fn replace_xml(&mut self, xml: String) -> Result<()> {
        let length = xml.len() + 1 + self.cookie.as_ref().map_or(0, |c| c.len() + 1);
        if length > self.header.data_len as usize {
            bail!(Qemu, OperationFailed, "new xml too large to fit in file");
        }
        self.xml = xml;
        self.place_cookie();
        Ok(())
    }

    fn place_cookie(&mut self) {
        self.header.cookie_offset = match self.cookie {
            // bounded by data_len, which is a u32
            Some(_) => (self.xml.len() + 1) as u32,
            None => 0,
        };
    }

    /// Reads all that stands before the migration stream, which is where `file` is then.
    ///
    /// # Errors
    /// It cannot be read, or is no image.
    pub fn read(file: &mut impl Read) -> Result<Self> {
        let mut raw = [0; HEADER_SIZE];
        file.read_exact(&mut raw).map_err(|_| err!(Qemu, OperationFailed, "failed to read qemu header"))?;
        let mut header = Header::decode(&raw)?;
        let short = |_| err!(Qemu, OperationFailed, "failed to read domain XML");
        let mut data = vec![0; header.data_len as usize];
        file.read_exact(&mut data).map_err(short)?;
        if data.first() == Some(&0) {
            // no document begins so: the header was longer, and what it had more becomes room
            let mut more = [0; FORMER_EXTRA as usize];
            file.read_exact(&mut more).map_err(short)?;
            data.extend(more);
            data.rotate_left(FORMER_EXTRA as usize);
            header.data_len += FORMER_EXTRA;
        }
        Self::decode(header, &data)
    }

    /// Reads the data that follows the header: [`Header::data_len`] bytes.
    fn decode(header: Header, data: &[u8]) -> Result<Self> {
        let split = if header.cookie_offset == 0 { data.len() } else { header.cookie_offset as usize };
        if data.len() != header.data_len as usize || split > data.len() {
            bail!(Qemu, OperationFailed, "failed to read domain XML");
        }
        let (xml, cookie) = data.split_at(split);
        let (Some(xml), cookie) = (text(xml), text(cookie).filter(|c| !c.is_empty())) else {
            bail!(Qemu, OperationFailed, "failed to read domain XML");
        };
        Ok(Self { header, xml, cookie })
    }

    /// All that stands before the migration stream.
    pub fn encode(&self, finished: bool) -> Vec<u8> {
        let total = HEADER_SIZE + self.header.data_len as usize;
        let mut bytes = Vec::with_capacity(total);
        bytes.extend_from_slice(&self.header.encode(finished));
        for part in [Some(&self.xml), self.cookie.as_ref()].into_iter().flatten() {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0);
        }
        bytes.resize(total, 0);
        bytes
    }
}

/// Up to the first NUL.
fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    String::from_utf8(bytes[..end].to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Head> {
        Head::read(&mut &*bytes)
    }

    #[test]
    fn the_document_follows_where_libvirt_has_it() {
        let head = Head::new("<domain/>".into(), Some("<cookie/>".into()), true, Packing::Raw).unwrap();
        let bytes = head.encode(true);
        assert_eq!(&bytes[92..102], b"<domain/>\0");
        assert_eq!(&bytes[92 + head.header.cookie_offset as usize..][..10], b"<cookie/>\0");
    }

    #[test]
    fn what_the_first_versions_wrote_is_read_and_its_stream_stays_in_place() {
        let head = Head::new("<domain/>".into(), Some("<cookie/>".into()), true, Packing::Raw).unwrap();
        let mut former = head.encode(true);
        former.splice(HEADER_SIZE..HEADER_SIZE, [0; 4]);
        former.extend(b"stream");
        let mut file = &*former;
        let read = Head::read(&mut file).unwrap();
        assert_eq!(file, b"stream");
        assert_eq!((&read.xml, &read.cookie), (&head.xml, &head.cookie));
        assert_eq!(read.encode(true).len() + 6, former.len());
    }

    #[test]
    fn what_is_written_is_read() {
        for cookie in [None, Some("<cookie/>".to_owned())] {
            let head = Head::new("<domain/>".into(), cookie.clone(), true, Packing::Zstd).unwrap();
            let bytes = head.encode(true);
            assert_eq!(&bytes[..20], b"LibvirtQemudSave\x02\0\0\0");
            assert_eq!(read(&bytes).unwrap(), head);
            let mut head = head;
            head.replace_xml("<domain type='qemu'/>".into()).unwrap();
            assert_eq!(read(&head.encode(true)).unwrap().cookie, cookie);
            assert_eq!(head.encode(true).len(), bytes.len());
            assert!(head.replace_xml("x".repeat(70_000)).is_err());
        }
    }

    #[test]
    fn unfinished_foreign_and_lying_files_are_refused() {
        let head = Head::new("<domain/>".into(), None, false, Packing::Raw).unwrap();
        let says = |bytes: &[u8]| read(bytes).unwrap_err().data().str2.clone().unwrap();
        assert_eq!(says(&head.encode(false)), "save image is incomplete");
        assert_eq!(says(&[b'x'; 200]), "image magic is incorrect");
        let mut bytes = head.encode(true);
        bytes[28] = 9;
        assert_eq!(says(&bytes), "unsupported save image format: 9");
        let mut bytes = head.encode(true);
        bytes[20..24].fill(0);
        assert_eq!(says(&bytes), "invalid header data length: 0");
    }

    #[test]
    fn an_image_of_the_other_byte_order_is_read() {
        let head = Head::new("<domain/>".into(), None, true, Packing::Gzip).unwrap();
        let mut bytes = head.encode(true);
        for at in (16..HEADER_SIZE).step_by(4) {
            bytes[at..at + 4].reverse();
        }
        assert_eq!(read(&bytes).unwrap(), head);
    }
}
