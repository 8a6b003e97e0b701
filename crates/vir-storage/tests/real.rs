//! Images that QEMU makes: what is read of them is what QEMU says of them.

use serde_json::Value;
use std::path::Path;
use std::process::Command;
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::ImageFormat;
use vir_storage::{Chain, Depth, Features, Files, Format, HEADER, Image, probe};
use vir_xml::Value as _;

/// Runs `qemu-img`; none if there is no such program, or it has not such a format.
fn qemu_img(directory: &Path, arguments: &str) -> Option<String> {
    let output = Command::new("qemu-img").args(arguments.split(' ')).current_dir(directory).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// Images with how they are made; each in a format that QEMU may lack.
const IMAGES: [(&str, &str); 11] = [
    ("base", "create -f raw base 3M"),
    ("old", "create -f qcow2 -o compat=0.10 -F raw -b base old"),
    ("new", "create -f qcow2 -o lazy_refcounts=on,extended_l2=on,cluster_size=128k -F qcow2 -b old new"),
    ("apart", "create -f qcow2 -o data_file=data,data_file_raw=on apart 4M"),
    ("first", "create -f qcow first 5M"),
    ("qed", "create -f qed -F raw -b base qed"),
    ("vmdk", "create -f vmdk vmdk 5M"),
    ("linked", "create -f vmdk -F vmdk -b vmdk linked"),
    ("vdi", "create -f vdi vdi 5M"),
    ("vpc", "create -f vpc vpc 5M"),
    ("raw", "create -f raw raw 5M"),
];

/// What an image says of itself, as QEMU says it.
fn check(chain: &Chain, info: &Value) {
    let image = &chain.images[0];
    let header = &image.header;
    let format = image.format.known().unwrap();
    assert_eq!(Some(format.as_str()), info["format"].as_str());
    if format != ImageFormat::Raw {
        assert_eq!(Some(header.capacity), info["virtual-size"].as_u64());
    }
    if format == ImageFormat::Qcow2 {
        assert_eq!(Some(header.cluster_size), info["cluster-size"].as_u64());
        let data = &info["format-specific"]["data"];
        assert_eq!(header.compat, data["compat"].as_str().filter(|version| *version == "1.1"));
        let features = header.features.unwrap_or_default();
        let on = |name: &str| data[name].as_bool().unwrap_or(false);
        let data_file = data["data-file"].as_str();
        let told = Features {
            lazy_refcounts: on("lazy-refcounts"),
            extended_l2: on("extended-l2"),
            data_file: data_file.is_some(),
        };
        assert_eq!((features, header.data_file.as_deref()), (told, data_file));
    }
    assert_eq!(header.backing.as_deref(), info["backing-filename"].as_str());
    if let Some(name) = info["backing-filename-format"].as_str() {
        let told = ImageFormat::parse(name).map(Format::Is);
        assert!(Some(header.backing_format) == told || header.backing_format == Format::Guess);
        assert_eq!(chain.images[1].format.known().map(ImageFormat::as_str), Some(name));
    }
}

#[test]
fn images_are_what_their_maker_says() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    if qemu_img(here, "--version").is_none() {
        skip::skip!("no qemu-img");
    }
    let mut seen = 0;
    for (name, make) in IMAGES {
        if qemu_img(here, make).is_none() {
            continue;
        }
        let path = here.join(name);
        let bytes = std::fs::read(&path).unwrap();
        let format = probe(&bytes[..bytes.len().min(HEADER)]);
        let image = Image::local(DiskType::File, path.to_str().unwrap(), format.into());
        let chain = Chain::read(&Files::default(), image, Depth { images: 9, strict: true }).unwrap();
        // not locked: an image may be open elsewhere
        let info = qemu_img(here, &format!("info -U --output=json -f {format} {name}")).unwrap();
        check(&chain, &serde_json::from_str(&info).unwrap());
        seen += 1;
    }
    assert!(seen >= 4, "raw and qcow2 are always there");
}
