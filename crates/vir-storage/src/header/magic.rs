//! How formats are told apart: bytes at a place, a version, and where the size stands.

use super::bytes::Bytes;
use vir_model::domain::device::source::ImageFormat;

/// How one format is told from others.
struct Magic {
    format: ImageFormat,
    at: usize,
    bytes: &'static [u8],
    version: Version,
    size: Option<Size>,
}

/// Which versions there are.
enum Version {
    /// It has none.
    None,
    Big(usize, &'static [u32]),
    Little(usize, &'static [u32]),
}

/// Where a header says how much the image holds, and in units of how many bytes.
#[derive(Clone, Copy)]
pub(super) enum Size {
    Big(usize),
    Little(usize, u64),
}

impl Size {
    /// The bytes, and whether that many can be counted; without the unit if not. None if the header ends before.
    pub fn read(self, bytes: Bytes<'_>) -> Option<(u64, bool)> {
        match self {
            Self::Big(at) => bytes.be64(at).map(|size| (size, true)),
            Self::Little(at, unit) => bytes.le64(at).map(|size| match size.checked_mul(unit) {
                Some(size) => (size, true),
                None => (size, false),
            }),
        }
    }
}

/// Those that can be told apart, in the order in which they are tried.
const MAGICS: &[Magic] = &[
    Magic { format: ImageFormat::Iso, at: 32769, bytes: b"CD001", version: Version::None, size: None },
    Magic {
        format: ImageFormat::Vpc,
        at: 0,
        bytes: b"conectix",
        version: Version::Big(12, &[0x1_0000]),
        size: Some(Size::Big(40)),
    },
    Magic {
        format: ImageFormat::Vdi,
        at: 64,
        bytes: b"\x7f\x10\xda\xbe",
        version: Version::Little(68, &[0x1_0001]),
        size: Some(Size::Little(368, 1)),
    },
    Magic {
        format: ImageFormat::Ploop,
        at: 0,
        bytes: b"WithouFreSpacExt",
        version: Version::None,
        size: Some(Size::Little(36, 512)),
    },
    Magic {
        format: ImageFormat::Cow,
        at: 0,
        bytes: b"OOOM",
        version: Version::Big(4, &[2]),
        size: Some(Size::Big(1036)),
    },
    Magic {
        format: ImageFormat::Qcow,
        at: 0,
        bytes: b"QFI",
        version: Version::Big(4, &[1]),
        size: Some(Size::Big(24)),
    },
    Magic {
        format: ImageFormat::Qcow2,
        at: 0,
        bytes: b"QFI",
        version: Version::Big(4, &[2, 3]),
        size: Some(Size::Big(24)),
    },
    Magic {
        format: ImageFormat::Qed,
        at: 0,
        bytes: b"QED",
        version: Version::None,
        size: Some(Size::Little(48, 1)),
    },
    Magic {
        format: ImageFormat::Vmdk,
        at: 0,
        bytes: b"KDMV",
        version: Version::Little(4, &[1, 2, 3]),
        size: Some(Size::Little(12, 512)),
    },
];

impl Magic {
    fn fits(&self, bytes: Bytes<'_>) -> bool {
        let is = |number: Option<u32>, known: &[u32]| number.is_some_and(|number| known.contains(&number));
        bytes.has(self.at, self.bytes)
            && match self.version {
                Version::None => true,
                Version::Big(at, known) => is(bytes.be32(at), known),
                Version::Little(at, known) => is(bytes.le32(at), known),
            }
    }
}

/// The format that a header looks like; raw if none. A guest can make any image look like any other.
pub fn probe(header: &[u8]) -> ImageFormat {
    MAGICS.iter().find(|magic| magic.fits(Bytes(header))).map_or(ImageFormat::Raw, |magic| magic.format)
}

/// Whether images of this format can be told from others.
pub(super) fn is_recognised(format: ImageFormat) -> bool {
    MAGICS.iter().any(|magic| magic.format == format)
}

/// Where images of this format say how much they hold.
pub(super) fn size(format: ImageFormat) -> Option<Size> {
    MAGICS.iter().find(|magic| magic.format == format)?.size
}
