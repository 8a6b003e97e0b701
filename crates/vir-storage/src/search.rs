//! Images of a chain that people name: by path, by the name that the image before has for them, by number.

use crate::image::{Image, directory, is_file};
use crate::reader::Reader;
use vir_base::{Error, Result, bail, err};

/// `vda[4]` in its parts. What is no number in brackets is no such name; a name without brackets has number 0.
fn numbered(name: &str) -> Option<(&str, u32)> {
    match name.split_once('[') {
        None => Some((name, 0)),
        Some((target, rest)) => Some((target, rest.strip_suffix(']')?.parse().ok()?)),
    }
}

/// Finds an image in a chain: where it is, and where the one before it is. Those after `below` are looked through, or
/// all. Without a name it is the last; a name is that of the disk with a number (`vda[4]`, and `target` is the disk), a
/// path, or what the image before calls it.
///
/// # Errors
/// It is not there, in the peer's words.
pub fn find(
    reader: &dyn Reader,
    images: &[Image],
    below: Option<usize>,
    name: Option<&str>,
    target: Option<&str>,
) -> Result<(usize, Option<usize>)> {
    let shown = target.or_else(|| images.first().and_then(Image::path)).unwrap_or("(null)");
    let (of, number) = name.and_then(numbered).unwrap_or_default();
    if let Some(target) = target
        && number != 0
        && target != of
    {
        bail!(Storage, InvalidArg, "requested target '{of}' does not match target '{target}'");
    }
    let is_it = |at: usize, image: &Image| match name {
        _ if number != 0 => at == number as usize,
        None => at + 1 == images.len(),
        Some(name) => {
            let called = image.relative.as_deref() == Some(name) || image.path() == Some(name);
            called || is_file(name) && image.is_local() && leads_to(reader, images, at, name)
        }
    };
    let from = below.map_or(0, |below| below + 1);
    let mut candidates = images.iter().enumerate().skip(from);
    match candidates.find(|(at, image)| is_it(*at, image)) {
        Some((at, _)) => Ok((at, at.checked_sub(1))),
        None => Err(missing(images, below, name, number, shown)),
    }
}

/// Whether a path, relative to where the image before is, leads to an image.
fn leads_to(reader: &dyn Reader, images: &[Image], at: usize, name: &str) -> bool {
    let before = at.checked_sub(1).map(|at| &images[at]).filter(|image| image.is_local());
    let from = before.and_then(Image::path).map_or(".", directory);
    images[at].path().is_some_and(|path| reader.same(from, name, path))
}

fn missing(images: &[Image], below: Option<usize>, name: Option<&str>, number: u32, shown: &str) -> Error {
    let below = below.and_then(|below| images.get(below)).map(Image::shown);
    match (number, name, below) {
        (0, None, _) => err!(Storage, InvalidArg, "could not find base image in chain for '{shown}'"),
        (0, Some(name), None) => {
            err!(Storage, InvalidArg, "could not find image '{name}' in chain for '{shown}'")
        }
        (0, Some(name), Some(below)) => err!(
            Storage,
            InvalidArg,
            "could not find image '{name}' beneath '{below}' in chain for '{shown}'"
        ),
        (number, ..) => {
            err!(Storage, InvalidArg, "could not find backing store index '{number}' in chain for '{shown}'")
        }
    }
}

/// What the image before `top` is to call `base` when all from `top` to before `base` are gone. None if one of them is
/// not named relative to the one before it.
///
/// # Errors
/// `base` does not lie behind `top`.
pub fn relative_path(images: &[Image], top: usize, base: usize) -> Result<Option<String>> {
    let mut path = String::new();
    for (at, image) in images.iter().enumerate().skip(top) {
        let Some(name) = &image.relative else { return Ok(None) };
        path.truncate(path.rfind('/').map_or(0, |slash| slash + 1));
        path.push_str(name);
        if at == base {
            return Ok(Some(path));
        }
    }
    bail!(
        Storage,
        InternalError,
        "failed to resolve relative backing name: base image is not in backing chain"
    )
}
