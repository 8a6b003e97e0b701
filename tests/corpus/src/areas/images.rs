//! Disk images: chains, names within them, what images say of each other.

use crate::{Area, Case, Outcome};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use vir_base::Result;
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::{DiskSource, ImageFormat};
use vir_storage::{Chain, Depth, Files, Format, Image, backing, find, relative_path};
use vir_xml::Value as _;

/// `virstorage`.
pub struct Images;

impl Area for Images {
    fn name(&self) -> &'static str {
        "virstorage"
    }

    fn run(&self, case: &Case) -> Outcome {
        let done = match case.kind() {
            "chain" => return chain(case),
            "lookup" => lookup(case),
            "relative" => relative(case),
            "backing-parse" => parse(case),
            kind => return Outcome::NotRun(format!("cases of kind {kind} are not known")),
        };
        match done {
            Ok(()) => Outcome::Passed,
            Err(why) => Outcome::Failed(why),
        }
    }
}

/// What was to come and what came, if they differ.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: T, actual: T) -> Result<(), String> {
    match expected == actual {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:?}, got {actual:?}")),
    }
}

fn chain(case: &Case) -> Outcome {
    if case.holds("needs_qemu_img") {
        return Outcome::NotRun("images are to be made first".into());
    }
    let start = case.directory().join(case.text("start").unwrap_or_default());
    let format = match case.text("format") {
        Some("auto") => Format::Guess,
        name => name.and_then(ImageFormat::parse).map_or(Format::Unset, Format::Is),
    };
    let kind = if start.is_dir() { DiskType::Dir } else { DiskType::File };
    let image = Image::local(kind, &start.to_string_lossy(), format);
    let chain = Chain::read(&Files::default(), image, Depth { images: 20, strict: true });
    match (case.expect(), chain) {
        ("fail", Err(_)) => Outcome::Passed,
        ("fail", Ok(_)) => Outcome::Failed("it was accepted".into()),
        (_, Err(error)) => Outcome::Failed(error.message().to_owned()),
        (_, Ok(chain)) => match case.file("expected_chain") {
            Ok(expected) => Outcome::of_texts(&expected, &describe(&chain, &case.directory())),
            Err(error) => Outcome::Failed(error),
        },
    }
}

fn describe(chain: &Chain, directory: &Path) -> String {
    let directory = directory.to_string_lossy();
    let text = |text: Option<&str>| match text {
        Some(text) => text.replace(&*directory, "ABS_SRCDIR/virstoragetestdata"),
        None => "<null>".to_owned(),
    };
    let name = |format: Format| match format {
        Format::Unset => "none".to_owned(),
        format => text(format.known().map(ImageFormat::as_str)),
    };
    let mut all = String::new();
    for image in &chain.images {
        let DiskSource { protocol, hosts, .. } = &image.source;
        let before = image.header.backing_format;
        let _ = write!(
            all,
            "path:{}\nbackingStoreRaw: {}\nbackingStoreRawFormat: {}({})\ncapacity: {}\nencryption: {}\nrelPath:{}\n\
             type:{}\nformat:{}\nprotocol:{}\nhostname:{}\n\n",
            text(image.path()),
            text(image.header.backing.as_deref()),
            name(before),
            before.number(),
            image.header.capacity,
            u8::from(image.header.encryption.is_some()),
            text(image.relative.as_deref()),
            image.kind,
            name(image.format),
            protocol.map_or("none", |protocol| protocol.as_str()),
            text(hosts.first().and_then(|host| host.name.as_deref())),
        );
        if let Some(data) = &image.data_file {
            let _ = write!(
                all,
                "dataFileRaw: {}\n\n\ndataFileStoreSource:\npath: {}\ncapacity: {}\nencryption: {}\ntype:{}\nformat:{}\n",
                text(image.header.data_file.as_deref()),
                text(data.path()),
                data.header.capacity,
                u8::from(data.header.encryption.is_some()),
                data.kind,
                name(data.format),
            );
        }
    }
    all.truncate(all.trim_end_matches('\n').len());
    all
}

/// The number of an image in a chain by its name: `chain`, `chain2`, `chain3`.
fn number(name: Option<&str>) -> Option<usize> {
    ["chain", "chain2", "chain3"].iter().position(|known| Some(*known) == name)
}

fn lookup(case: &Case) -> Result<(), String> {
    let copy = Copy::of(&case.directory().join("lookup"))?;
    let place = |text: &str| match text.strip_prefix("DATA/lookup") {
        Some(rest) => format!("{}{rest}", copy.0.display()),
        None => text.to_owned(),
    };
    let images = case.param("images").as_array().map_or(&[][..], Vec::as_slice);
    let format = |at| if at < 2 { ImageFormat::Qcow2 } else { ImageFormat::Raw };
    let image = |(at, entry): (usize, &Value)| {
        let path = place(entry["path"].as_str().unwrap_or_default());
        let mut image = Image::local(DiskType::File, &path, format(at).into());
        image.relative = entry["relPath"].as_str().map(str::to_owned);
        image
    };
    let images: Vec<Image> = images.iter().enumerate().map(image).collect();
    let files = Files { base: Some(copy.0.clone()) };
    let name = case.text("name").map(place);
    let found = find(&files, &images, number(case.text("start")), name.as_deref(), case.text("target"));
    let found = found.ok();
    same("image", number(case.text("found")), found.map(|found| found.0))?;
    same("parent", number(case.text("parent")), found.and_then(|found| found.1))?;
    match case.param("exp_index").as_u64() {
        Some(index) => same("index", Some(index), found.map(|found| found.0 as u64)),
        None => Ok(()),
    }
}

/// A directory that can be written to: some of the files are links that the cases come without.
struct Copy(std::path::PathBuf, #[allow(dead_code)] tempfile::TempDir);

impl Copy {
    fn of(directory: &Path) -> Result<Self, String> {
        let wrong = |error: std::io::Error| format!("{}: {error}", directory.display());
        let copy = tempfile::tempdir().map_err(wrong)?;
        for entry in std::fs::read_dir(directory).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let to = copy.path().join(entry.file_name());
            match entry.path().is_dir() {
                true => std::fs::create_dir(to).map_err(wrong)?,
                false => std::fs::copy(entry.path(), to).map(|_| ()).map_err(wrong)?,
            }
        }
        let links = directory.parent().map(|area| area.join("links.json")).unwrap_or_default();
        let links = std::fs::read(links).map_err(wrong)?;
        let links: Value = serde_json::from_slice(&links).map_err(|error| error.to_string())?;
        let name = directory.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        for (link, target) in links[name].as_object().into_iter().flatten() {
            let target = target.as_str().unwrap_or_default();
            std::os::unix::fs::symlink(target, copy.path().join(link)).map_err(wrong)?;
        }
        Ok(Self(copy.path().to_owned(), copy))
    }
}

/// Images of three chains, one after the other: their names as the images before them have them.
const CHAINS: [Option<&str>; 12] = [
    None,
    Some("asdf"),
    Some("test"),
    Some("blah"),
    None,
    Some("../volume/image2"),
    Some("../volume/image3"),
    Some("../volume/image4"),
    None,
    Some("directory/stuff/volumes/garbage/image2"),
    Some("../../../image3"),
    Some("../blah/image4"),
];

fn relative(case: &Case) -> Result<(), String> {
    let image = |name: &Option<&str>| {
        let mut image = Image::local(DiskType::File, "/image", Format::Unset);
        image.relative = name.map(str::to_owned);
        image
    };
    let images: Vec<Image> = CHAINS.iter().map(image).collect();
    let at = |name| usize::try_from(case.param(name).as_u64().unwrap_or(0)).unwrap_or(0);
    let path = relative_path(&images, at("top"), at("base")).map_err(|error| error.message().to_owned())?;
    same("path", case.text("expected").map(str::to_owned), path)
}

fn parse(case: &Case) -> Result<(), String> {
    let parsed = backing::parse(case.text("backing").unwrap_or_default());
    match (case.text("expected"), parsed) {
        (None, Err(_)) => Ok(()),
        (None, Ok(_)) => Err("it was accepted".into()),
        (Some(_), Err(error)) => Err(error.message().to_owned()),
        (Some(expected), Ok(parsed)) => {
            let format = vir_xml::Format { secure: true, ..vir_xml::Format::default() };
            same("source", expected.to_owned(), parsed.image.source.to_xml(format))?;
            same("result", case.param("return_value").as_i64().unwrap_or(0), i64::from(!parsed.whole))
        }
    }
}
