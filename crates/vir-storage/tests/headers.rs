//! Headers of every format, made by hand: what is read of them, and that no end is too early.

use vir_model::domain::device::source::ImageFormat;
use vir_model::domain::device::storage::EncryptionFormat;
use vir_storage::{Encrypted, Features, Format, HEADER, Header, probe};

/// A header of zeros with some bytes in it.
fn header(parts: &[(usize, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    for (at, part) in parts {
        bytes[*at..at + part.len()].copy_from_slice(part);
    }
    bytes
}

/// A qcow2 header, without or with an image behind it, and extensions.
fn qcow2(version: u32, behind: &[u8], features: u64, extensions: &[(u32, &[u8])]) -> Vec<u8> {
    let start = if version == 2 { 72 } else { 112 };
    let mut tail = vec![];
    for (kind, content) in extensions {
        tail.extend(kind.to_be_bytes());
        tail.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        tail.extend_from_slice(content);
    }
    tail.extend([0; 8]);
    let at = (start + tail.len()) as u64;
    let at = if behind.is_empty() { 0 } else { at };
    let length = u32::try_from(behind.len()).unwrap();
    tail.extend_from_slice(behind);
    header(&[
        (0, b"QFI\xfb"),
        (4, &version.to_be_bytes()),
        (8, &at.to_be_bytes()),
        (16, &length.to_be_bytes()),
        (20, &16u32.to_be_bytes()),
        (24, &(5u64 << 30).to_be_bytes()),
        (72, &(if version == 2 { 0 } else { features }).to_be_bytes()),
        (100, &(if version == 2 { 0 } else { 112u32 }).to_be_bytes()),
        (start, &tail),
    ])
}

fn read(format: ImageFormat, bytes: &[u8]) -> Header {
    Header::read(format, bytes, "x", None).unwrap()
}

#[test]
fn formats_are_told_by_their_bytes_and_versions() {
    let be = |number: u32| number.to_be_bytes();
    let le = |number: u32| number.to_le_bytes();
    for (bytes, format) in [
        (header(&[]), ImageFormat::Raw),
        (header(&[(32769, b"CD001")]), ImageFormat::Iso),
        (header(&[(0, b"conectix"), (12, &be(0x1_0000))]), ImageFormat::Vpc),
        (header(&[(0, b"conectix"), (12, &be(0x2_0000))]), ImageFormat::Raw),
        (header(&[(64, b"\x7f\x10\xda\xbe"), (68, &le(0x1_0001))]), ImageFormat::Vdi),
        (header(&[(0, b"WithouFreSpacExt")]), ImageFormat::Ploop),
        (header(&[(0, b"OOOM"), (4, &be(2))]), ImageFormat::Cow),
        (header(&[(0, b"QFI\xfb"), (4, &be(1))]), ImageFormat::Qcow),
        (header(&[(0, b"QFI\xfb"), (4, &be(2))]), ImageFormat::Qcow2),
        (header(&[(0, b"QFI\xfb"), (4, &be(3))]), ImageFormat::Qcow2),
        (header(&[(0, b"QFI\xfb"), (4, &be(4))]), ImageFormat::Raw),
        (header(&[(0, b"QED\0")]), ImageFormat::Qed),
        (header(&[(0, b"KDMV"), (4, &le(1))]), ImageFormat::Vmdk),
        (header(&[(0, b"KDMV"), (4, &le(9))]), ImageFormat::Raw),
        (b"QFI".to_vec(), ImageFormat::Raw),
    ] {
        assert_eq!(probe(&bytes), format);
    }
}

#[test]
fn sizes_stand_where_each_format_has_them() {
    let big = 7u64.to_be_bytes();
    let little = 7u64.to_le_bytes();
    for (format, at, bytes, size) in [
        (ImageFormat::Vpc, 40, big, 7),
        (ImageFormat::Vdi, 368, little, 7),
        (ImageFormat::Ploop, 36, little, 7 * 512),
        (ImageFormat::Cow, 1036, big, 7),
        (ImageFormat::Qcow, 24, big, 7),
        (ImageFormat::Qed, 48, little, 7),
        (ImageFormat::Vmdk, 12, little, 7 * 512),
        (ImageFormat::Raw, 0, big, 0),
    ] {
        let bytes = header(&[(at, &bytes)]);
        assert_eq!(read(format, &bytes).capacity, size, "{format}");
        assert_eq!(read(format, &bytes[..at + 7]).capacity, 0, "{format}: what is not there is not known");
    }
    let huge = header(&[(12, &u64::MAX.to_le_bytes())]);
    assert_eq!(read(ImageFormat::Vmdk, &huge).capacity, u64::MAX, "more than can be counted");
}

#[test]
fn qcow2_tells_what_lies_behind_and_what_it_does() {
    let old = read(ImageFormat::Qcow2, &qcow2(2, b"/base", 0, &[(0xe279_2aca, b"raw")]));
    assert_eq!((old.backing.as_deref(), old.backing_format), (Some("/base"), Format::Is(ImageFormat::Raw)));
    assert_eq!((old.features, old.compat), (None, None));
    assert_eq!((old.capacity, old.cluster_size), (5 << 30, 65536));
    let new = qcow2(3, b"base", 1 << 4 | 1 << 2, &[(9, b"x"), (0xe279_2aca, b"nbd"), (0x4441_5441, b"data")]);
    let new = read(ImageFormat::Qcow2, &new);
    assert_eq!(new.backing_format, Format::Is(ImageFormat::Raw), "a protocol's name says raw");
    let features = Features { data_file: true, extended_l2: true, lazy_refcounts: false };
    assert_eq!((new.features, new.compat), (Some(features), Some("1.1")));
    assert_eq!(new.data_file.as_deref(), Some("data"));
    let alone = read(ImageFormat::Qcow2, &qcow2(3, b"", 1 << 2, &[(0x4441_5441, b"data")]));
    assert_eq!((alone.backing, alone.backing_format), (None, Format::Unset));
    assert_eq!(alone.data_file.as_deref(), Some("data"), "extensions need no image behind");
    let untold = read(ImageFormat::Qcow2, &qcow2(3, b"base", 0, &[]));
    assert_eq!(untold.backing_format, Format::Guess);
    let long = read(ImageFormat::Qcow2, &qcow2(3, &[b'a'; 1024], 0, &[]));
    assert_eq!((long.backing, long.backing_format), (None, Format::Guess), "no name is that long");
    let short = Header::read(ImageFormat::Qcow2, &qcow2(3, b"", 0, &[])[..96], "x", None);
    assert!(short.is_err(), "version 3 says more than that");
}

#[test]
fn qed_vmdk_and_cow_have_images_behind_too() {
    let le = |number: u32| number.to_le_bytes();
    let qed = |features: u32| {
        let bytes = header(&[(16, &le(features)), (56, &le(100)), (60, &le(4)), (100, b"base!")]);
        let header = read(ImageFormat::Qed, &bytes);
        (header.backing, header.backing_format)
    };
    assert_eq!(qed(0), (None, Format::Unset));
    assert_eq!(qed(1), (Some("base".into()), Format::GuessSafely));
    assert_eq!(qed(5), (Some("base".into()), Format::Is(ImageFormat::Raw)));
    let vmdk = |text: &[u8]| read(ImageFormat::Vmdk, &header(&[(0x200, text)])).backing;
    assert_eq!(vmdk(b"CID=1\nparentFileNameHint=\"base.vmdk\"\n").as_deref(), Some("base.vmdk"));
    assert_eq!(vmdk(b"parentFileNameHint=\"\"\n"), None);
    assert_eq!(vmdk(b"parentFileNameHint=\"base"), None);
    assert_eq!(vmdk(b"\0parentFileNameHint=\"base\""), None, "the text has ended before");
    assert_eq!(read(ImageFormat::Cow, &header(&[(8, b"base")])).backing.as_deref(), Some("base"));
}

#[test]
fn encryption_is_found_and_must_be_what_is_expected() {
    let luks = header(&[(0, b"LUKS\xba\xbe\0\x01"), (104, &2056u32.to_be_bytes())]);
    let found = Some(Encrypted { format: EncryptionFormat::Luks, payload: Some(2056) });
    assert_eq!(read(ImageFormat::Raw, &luks).encryption, found);
    assert_eq!(read(ImageFormat::Raw, &header(&[(0, b"LUKS\xba\xbe\0\x02")])).encryption, None);
    let kind = |format, at, mode: u32| {
        read(format, &header(&[(4, &[0, 0, 0, 2]), (at, &mode.to_be_bytes())])).encryption.map(|it| it.format)
    };
    assert_eq!(kind(ImageFormat::Qcow, 36, 1), Some(EncryptionFormat::Qcow));
    assert_eq!(kind(ImageFormat::Qcow, 36, 2), None);
    assert_eq!(kind(ImageFormat::Qcow2, 32, 2), Some(EncryptionFormat::Luks));
    let error = Header::read(ImageFormat::Raw, &luks, "x", Some(EncryptionFormat::Qcow)).unwrap_err();
    assert_eq!(error.message(), "XML error: encryption format 1 doesn't match expected format 2");
}

#[test]
fn no_header_ends_too_early_and_no_byte_is_too_wrong() {
    let seeds = [
        qcow2(2, b"/base", 0, &[(0xe279_2aca, b"raw")]),
        qcow2(3, b"base", 4, &[(0xe279_2aca, b"qcow2"), (0x4441_5441, b"data")]),
        header(&[(0, b"QED\0"), (16, &[1]), (56, &[100]), (60, &[4]), (100, b"base")]),
    ];
    for mut bytes in seeds {
        for format in ImageFormat::ALL {
            for length in 0..200 {
                let _ = Header::read(*format, &bytes[..length], "x", None);
            }
            for at in 0..160 {
                for wrong in [0, 1, 7, 0x7f, 0x80, 0xff] {
                    let right = std::mem::replace(&mut bytes[at], wrong);
                    let _ = (probe(&bytes), Header::read(*format, &bytes, "x", None));
                    bytes[at] = right;
                }
            }
        }
    }
}
