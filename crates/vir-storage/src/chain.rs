//! An image and all that lie behind it.

use crate::backing::{self, Parsed};
use crate::format::Format;
use crate::header::{Header, probe};
use crate::image::{Image, is_file};
use crate::reader::{Kind, Reader};
use vir_base::{Error, ErrorDomain, Result, bail};
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::ImageFormat;

/// An image and all that lie behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The images, the one that was asked for first.
    pub images: Vec<Image>,
    /// Whether nothing lies behind the last, as far as is known. If not, it is on a server that we do not ask, or could
    /// not be read.
    pub ended: bool,
}

/// How far and how strictly a chain is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// The largest number of images.
    pub images: usize,
    /// Whether an image behind that cannot be read is an error, and not only the end.
    pub strict: bool,
}

/// What follows an image.
enum Next {
    /// Another one.
    Image(Box<Image>),
    /// None, that is known; or none that we could read.
    End { known: bool },
}

/// What came of looking at an image.
enum Seen {
    Read(Next),
    /// Its format was guessed, and it says that another lies behind it: a guest may have written that.
    Untold,
}

impl Chain {
    /// Follows the chain from an image. If its format is not said it is taken for raw: no format is guessed of the first.
    ///
    /// # Errors
    /// The first image cannot be read, or what it says of others makes no sense. If it must be strict, the same of
    /// those behind it; and one behind says nothing of the format of the next but names another; and there are too
    /// many.
    pub fn read(reader: &dyn Reader, mut image: Image, depth: Depth) -> Result<Self> {
        if image.format.number() <= 0 {
            let plain = if image.kind == DiskType::Dir { ImageFormat::Dir } else { ImageFormat::Raw };
            image.format = Format::Is(plain);
        }
        let first = image.shown().to_owned();
        let mut it = Self { images: vec![], ended: false };
        loop {
            let seen = match it.images.len() < depth.images {
                true => look(reader, &mut image, &first, it.images.is_empty()),
                false => Err(too_deep(&image)),
            };
            match (seen, it.images.last()) {
                (Ok(Seen::Read(Next::Image(next))), _) => {
                    it.images.push(std::mem::replace(&mut image, *next));
                }
                (Ok(Seen::Read(Next::End { known })), _) => {
                    it.images.push(image);
                    it.ended = known;
                    return Ok(it);
                }
                (Ok(Seen::Untold) | Err(_), Some(_)) if !depth.strict => return Ok(it),
                (Ok(Seen::Untold), before) => return Err(untold(before.unwrap_or(&image))),
                (Err(error), _) => return Err(error),
            }
        }
    }
}

fn too_deep(image: &Image) -> Error {
    vir_base::err!(
        Storage,
        InternalError,
        "backing store for {} is self-referential or too deeply nested",
        image.shown()
    )
}

fn untold(image: &Image) -> Error {
    vir_base::err!(
        Storage,
        OperationInvalid,
        "format of backing image '{}' of image '{}' was not specified in the image metadata (See https://libvirt.org/kbase/backing_chains.html for troubleshooting)",
        image.header.backing.as_deref().unwrap_or_default(),
        image.shown()
    )
}

/// Reads an image's header, and says what lies behind it.
fn look(reader: &dyn Reader, image: &mut Image, first: &str, is_first: bool) -> Result<Seen> {
    let guessed = image.format == Format::Guess;
    if image.format == Format::GuessSafely {
        image.format = Format::Guess;
    }
    if !reader.serves(image) {
        return Ok(match guessed {
            true => Seen::Untold,
            false => Seen::Read(Next::End { known: false }),
        });
    }
    let bytes = reader.header(image).map_err(|error| {
        let (user, group) = reader.identity();
        let path = image.shown();
        let what = match is_first {
            true => format!("Cannot access storage file '{path}' (as uid:{user}, gid:{group})"),
            false => format!(
                "Cannot access backing file '{path}' of storage file '{first}' (as uid:{user}, gid:{group})"
            ),
        };
        Error::io(ErrorDomain::Storage, &error, what)
    })?;
    let format = match image.format {
        Format::Is(format) => format,
        _ => probe(&bytes),
    };
    image.format = Format::Is(format);
    let expected = image.source.encryption.as_ref().and_then(|encryption| encryption.format);
    image.header = Header::read(format, &bytes, image.shown(), expected)?;
    if guessed && image.header.backing.is_some() {
        return Ok(Seen::Untold);
    }
    if let Some(raw) = image.header.data_file.clone() {
        image.data_file = Some(Box::new(data_file(reader, image, &raw)?));
    }
    let Some(raw) = image.header.backing.clone() else {
        return Ok(Seen::Read(Next::End { known: true }));
    };
    let Parsed { image: mut next, whole } = behind(reader, image, &raw)?;
    if !whole {
        // a guest could not use it as it is
        return Ok(Seen::Read(Next::End { known: false }));
    }
    next.format = image.header.backing_format;
    Ok(Seen::Read(Next::Image(Box::new(next))))
}

/// The file that has an image's data.
fn data_file(reader: &dyn Reader, image: &Image, raw: &str) -> Result<Image> {
    if raw.is_empty() {
        bail!(Storage, OperationFailed, "invalid empty data-file definition in '{}'", image.shown());
    }
    let Parsed { image: mut data, whole } = behind(reader, image, raw)?;
    if !whole {
        bail!(Storage, OperationFailed, "can't use data file definition '{raw}'");
    }
    data.format = Format::Is(ImageFormat::Raw);
    Ok(data)
}

/// The image that another one names.
fn behind(reader: &dyn Reader, image: &Image, raw: &str) -> Result<Parsed> {
    let mut parsed = match is_file(raw) && !raw.starts_with('/') {
        true => Parsed { image: image.beside(raw), whole: true },
        false => backing::parse(raw)?,
    };
    let next = &mut parsed.image;
    if next.kind == DiskType::File
        && let Some(path) = next.path()
    {
        match reader.kind(path) {
            Some(Kind::Directory) => next.turn_into(DiskType::Dir),
            Some(Kind::Block) => next.turn_into(DiskType::Block),
            Some(Kind::Other) | None => {}
        }
    }
    Ok(parsed)
}
