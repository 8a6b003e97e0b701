//! Chains of images in a directory: followed to their end, and no further than they should.

use std::path::Path;
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::ImageFormat;
use vir_storage::{Chain, Depth, Files, Format, Image, find, relative_path};

/// Writes a qcow2 image of version 2 with another one behind it.
fn write(directory: &Path, name: &str, behind: &str, format: &str) {
    let mut bytes = vec![0; 65536];
    let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
    put(0, b"QFI\xfb\0\0\0\x02");
    if !behind.is_empty() {
        put(8, &512u64.to_be_bytes());
        put(16, &u32::try_from(behind.len()).unwrap().to_be_bytes());
        put(512, behind.as_bytes());
    }
    if !format.is_empty() {
        put(72, &0xe279_2acau32.to_be_bytes());
        put(76, &u32::try_from(format.len()).unwrap().to_be_bytes());
        put(80, format.as_bytes());
    }
    put(24, &4096u64.to_be_bytes());
    std::fs::write(directory.join(name), bytes).unwrap();
}

fn read(directory: &Path, name: &str, strict: bool) -> Result<Chain, String> {
    let path = directory.join(name);
    let image = Image::local(DiskType::File, path.to_str().unwrap(), ImageFormat::Qcow2.into());
    let chain = Chain::read(&Files::default(), image, Depth { images: 5, strict });
    chain.map_err(|error| error.message().replace(directory.to_str().unwrap(), "DIR"))
}

fn names(chain: &Chain) -> Vec<(&str, Format)> {
    let name = |image: &Image| image.path().unwrap().rsplit('/').next().unwrap().len();
    chain
        .images
        .iter()
        .map(|image| {
            let path = image.path().unwrap();
            (&path[path.len() - name(image)..], image.format)
        })
        .collect()
}

#[test]
fn a_chain_is_followed_by_name_and_format() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    write(here, "top", "middle", "qcow2");
    write(here, "middle", &format!("{}/base", here.display()), "raw");
    std::fs::write(here.join("base"), b"QFI\xfb\0\0\0\x02 is not what a guest says it is").unwrap();
    let chain = read(here, "top", true).unwrap();
    let (qcow2, raw) = (Format::Is(ImageFormat::Qcow2), Format::Is(ImageFormat::Raw));
    assert_eq!(names(&chain), [("top", qcow2), ("middle", qcow2), ("base", raw)]);
    assert!(chain.ended);
    assert_eq!(chain.images[0].header.capacity, 4096);
    assert_eq!(chain.images[1].relative.as_deref(), Some("middle"));
    let files = Files::default();
    assert_eq!(find(&files, &chain.images, None, Some("middle"), None).unwrap(), (1, Some(0)));
    assert_eq!(find(&files, &chain.images, None, Some("vda[2]"), Some("vda")).unwrap(), (2, Some(1)));
    assert_eq!(
        find(&files, &chain.images, None, Some("vdb[2]"), Some("vda")).unwrap_err().message(),
        "invalid argument: requested target 'vdb' does not match target 'vda'"
    );
    assert_eq!(relative_path(&chain.images, 1, 1).unwrap().as_deref(), Some("middle"));
    assert!(relative_path(&chain.images, 2, 1).unwrap().is_none());
}

#[test]
fn what_a_guest_wrote_leads_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    write(here, "top", "guessed", "");
    write(here, "guessed", "/etc/shadow", "raw");
    assert_eq!(
        read(here, "top", true).unwrap_err(),
        "Requested operation is not valid: format of backing image 'guessed' of image 'DIR/top' was not specified in the image metadata (See https://libvirt.org/kbase/backing_chains.html for troubleshooting)"
    );
    let lax = read(here, "top", false).unwrap();
    assert_eq!((lax.images.len(), lax.ended), (1, false));
    // the first image of a chain is never guessed at all
    let path = here.join("top");
    let image = Image::local(DiskType::File, path.to_str().unwrap(), Format::Guess);
    let chain = Chain::read(&Files::default(), image, Depth { images: 5, strict: true }).unwrap();
    assert_eq!(names(&chain), [("top", Format::Is(ImageFormat::Raw))]);
}

#[test]
fn chains_that_break_or_never_end() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    write(here, "broken", "nowhere", "qcow2");
    let error = read(here, "broken", true).unwrap_err();
    assert!(
        error.starts_with("Cannot access backing file 'DIR/nowhere' of storage file 'DIR/broken' (as uid:"),
        "{error}"
    );
    assert!(error.ends_with("): No such file or directory"), "{error}");
    assert_eq!(read(here, "broken", false).unwrap().images.len(), 1);
    assert!(read(here, "nowhere", false).is_err(), "the first must be there");
    write(here, "loop", "loop", "qcow2");
    assert_eq!(
        read(here, "loop", true).unwrap_err(),
        "internal error: backing store for DIR/loop is self-referential or too deeply nested"
    );
    assert_eq!(read(here, "loop", false).unwrap().images.len(), 5);
}

#[test]
fn nobody_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, here.join("pipe"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    write(here, "top", "pipe", "raw");
    assert!(read(here, "top", true).unwrap_err().ends_with("): Invalid argument"));
}

#[test]
fn servers_are_not_asked() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    write(here, "top", "nbd://example.org/disk", "raw");
    let chain = read(here, "top", true).unwrap();
    assert_eq!((chain.images.len(), chain.ended), (2, false));
    assert_eq!(chain.images[1].source.hosts[0].port, Some(10809));
    write(here, "top", "https://me:secret@example.org/disk", "raw");
    let chain = read(here, "top", true).unwrap();
    assert_eq!(
        (chain.images.len(), chain.ended),
        (1, false),
        "nor shown what we cannot show a guest's program"
    );
    write(here, "top", "/", "raw");
    let chain = read(here, "top", true).unwrap();
    assert_eq!(chain.images[1].kind, DiskType::Dir);
}
