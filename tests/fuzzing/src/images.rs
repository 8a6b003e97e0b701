//! Disk images that a guest wrote: whatever their headers say, and whatever these say of other images. And documents of
//! pools and volumes.

use std::io;
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::ImageFormat;
use vir_model::storage::{Capacity, Pool, PoolType, Volume};
use vir_storage::{
    Chain, Depth, Format, HEADER, Header, Image, Kind, Reader, backing, find, probe, relative_path,
};

/// A host on which every path leads to the same image.
struct Everywhere<'a>(&'a [u8]);

impl Reader for Everywhere<'_> {
    fn serves(&self, image: &Image) -> bool {
        image.is_local()
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        match path.len() % 5 {
            0 => None,
            1 => Some(Kind::Block),
            2 => Some(Kind::Directory),
            _ => Some(Kind::Other),
        }
    }

    fn header(&self, _: &Image) -> io::Result<Vec<u8>> {
        Ok(self.0.iter().copied().take(HEADER).collect())
    }

    fn identity(&self) -> (u32, u32) {
        (0, 0)
    }

    fn same(&self, _: &str, name: &str, path: &str) -> bool {
        path.ends_with(name)
    }
}

/// An image, read as each format, and followed to those behind it; and a text that an image could say of another.
pub fn image(data: &[u8]) {
    let guessed = probe(data);
    for format in ImageFormat::ALL {
        let Ok(header) = Header::read(*format, data, "fuzz", None) else { continue };
        assert!(header.backing.as_ref().is_none_or(|name| name.len() <= 3 * HEADER));
        let image = Image::local(DiskType::File, "/images/top", (*format).into());
        let depth = Depth { images: 5, strict: *format != guessed };
        let Ok(chain) = Chain::read(&Everywhere(data), image, depth) else { continue };
        assert!((1..=5).contains(&chain.images.len()));
        // what was guessed has led to nothing
        let followed = chain.images.iter().zip(chain.images.iter().skip(1));
        for (before, image) in followed {
            assert!(before.header.backing_format != Format::Guess || image.header.backing.is_none());
        }
        let _ = relative_path(&chain.images, 0, chain.images.len() - 1);
        let _ = find(&Everywhere(data), &chain.images, None, header.backing.as_deref(), Some("vda"));
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(parsed) = backing::parse(text)
    {
        let _ = parsed.image.source.to_xml(vir_xml::Format::default());
    }
}

/// A pool's document, or a volume's in a pool of any kind; one that is accepted prints as one that is accepted, and that
/// prints the same.
pub fn storage_xml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(pool) = Pool::parse(text) {
        let printed = pool.to_document();
        let again =
            Pool::parse(&printed).unwrap_or_else(|e| panic!("we do not read what we print: {e}\n{printed}"));
        assert_eq!(again.to_document(), printed, "printing is not stable");
        assert!(!pool.clashes_with(&again), "a pool clashes with itself");
    }
    for kind in PoolType::ALL {
        let Ok(volume) = Volume::parse(text, *kind, Capacity::Optional) else { continue };
        let printed = volume.to_document();
        let again = Volume::parse(&printed, *kind, Capacity::Needed)
            .unwrap_or_else(|e| panic!("we do not read what we print: {e}\n{printed}"));
        assert_eq!(again.to_document(), printed, "printing is not stable");
    }
}

/// Headers with an image behind them, and texts of every form.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut qcow2 = vec![0; 600];
    let mut put = |at: usize, part: &[u8]| qcow2[at..at + part.len()].copy_from_slice(part);
    put(0, b"QFI\xfb\0\0\0\x03");
    put(8, &[0, 0, 0, 0, 0, 0, 1, 0]);
    put(16, &[0, 0, 0, 4, 0, 0, 0, 16]);
    put(72, &[0, 0, 0, 0, 0, 0, 0, 4]);
    put(100, &[0, 0, 0, 112]);
    put(112, b"\xe2\x79\x2a\xca\0\0\0\x05qcow2DATA\0\0\0\x04data");
    put(256, b"base");
    let mut qed = vec![0; 128];
    qed[..4].copy_from_slice(b"QED\0");
    (qed[16], qed[56], qed[60]) = (1, 100, 4);
    qed[100..104].copy_from_slice(b"base");
    let mut vmdk = vec![0; 600];
    vmdk[..8].copy_from_slice(b"KDMV\x01\0\0\0");
    vmdk[512..543].copy_from_slice(b"parentFileNameHint=\"base.vmdk\"\n");
    let mut luks = b"LUKS\xba\xbe\0\x01".to_vec();
    luks.resize(128, 0);
    let texts = [
        "/base",
        "fat:/base",
        "nbd:[::1]:6000:exportname=:test",
        "nbd+unix:////exp?socket=/tmp/sock",
        "https://user:pass@example.com/file?query",
        "rbd:pool/image@snap:id=me:mon_host=a\\:6789\\;[b]\\:6789:conf=/c",
        "gluster+rdma://host:24007/volume/image",
        r#"json:{"driver":"raw","offset":1,"file":{"driver":"file","filename":"/base"}}"#,
        r#"json:{"file.driver":"gluster","file.volume":"v","file.path":"p","file.server.0.type":"tcp","file.server.0.host":"h"}"#,
        r#"json:{"driver":"https","url":"https://h/p","cookie":"a=b; c=d","sslverify":"off"}"#,
        r#"json:{"driver":"nvme","device":"0000:01:00.0","namespace":1}"#,
    ];
    let texts = texts.iter().map(|text| text.as_bytes().to_vec());
    [qcow2, qed, vmdk, luks].into_iter().chain(texts).collect()
}
