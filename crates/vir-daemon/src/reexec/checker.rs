//! `--check-state`: the program looks at state documents for the one that it is to replace, and takes
//! nothing over.
//!
//! Each line of the standard input is the number of a descriptor with a document; each is answered by a
//! line, `ok` or what is wrong. Nothing is looked up, connected to or written.

use super::descriptors::{Named, check_numbers};
use super::document::Document;
use super::fields::Faults;
use super::read::{self, Names};
use super::survivor::Format;
use super::{descriptors, salvage};
use std::fs::File;
use std::io::{BufRead, Write};
use std::os::fd::RawFd;
use std::os::unix::fs::FileExt;
use std::process::ExitCode;
use vir_base::sys::take_inherited;
use vir_base::{Error, err};

/// Documents above this size are not looked at.
pub const DOCUMENT_MAX: u64 = 1 << 30;

/// Serves until the standard input ends.
pub fn serve(daemon: &str, format: &dyn Format) -> ExitCode {
    if let Err(what) = format.confine() {
        log::info!("documents are checked without protection: {what}");
    }
    let (input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    for line in input.lines() {
        let Ok(line) = line else { return ExitCode::FAILURE };
        let answer = match line.trim().parse() {
            Ok(number) => answer(number, daemon, format),
            Err(_) => "no number of a descriptor".to_owned(),
        };
        if writeln!(output, "{answer}").and_then(|()| output.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn answer(number: RawFd, daemon: &str, format: &dyn Format) -> String {
    let checked = take_inherited(number)
        .and_then(|fd| contents(&fd.into()))
        .map_err(|error| err!(Rpc, InternalError, "descriptor {number}: {error}"))
        .and_then(|text| check(&text, daemon, format));
    match checked {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.message().replace('\n', " "),
    }
}

/// All that is in a file, wherever it has been read up to.
pub fn contents(file: &File) -> std::io::Result<Vec<u8>> {
    let size = file.metadata()?.len();
    if size > DOCUMENT_MAX {
        return Err(std::io::ErrorKind::FileTooLarge.into());
    }
    let mut text = vec![0; size as usize];
    file.read_exact_at(&mut text, 0)?;
    Ok(text)
}

/// Whether a document is whole: every member there and of its type, no descriptor named twice. Whether
/// the descriptors are there is for those to say who have them.
///
/// # Errors
/// The first fault.
pub fn check(text: &[u8], daemon: &str, format: &dyn Format) -> Result<Document, Error> {
    let Reading { document, named, mut faults, .. } = read(text, daemon, format);
    check_numbers(&named, &mut faults);
    faults.into_result()?;
    Ok(document)
}

/// A document as far as it could be read.
#[derive(Debug)]
pub struct Reading {
    /// What stands in it.
    pub document: Document,
    /// The descriptors that it names.
    pub named: Vec<Named>,
    /// What is wrong with it.
    pub faults: Faults,
    /// How it is damaged, if it is.
    pub damage: Option<String>,
}

/// What stands between a document and what is attached to it; no document has it in it.
pub(super) const END: u8 = 0;

/// Reads a document as far as it goes.
pub fn read(text: &[u8], daemon: &str, format: &dyn Format) -> Reading {
    let mut reading = read_shell(text.to_vec(), daemon);
    let Reading { document, named, faults, .. } = &mut reading;
    check_values(document, daemon, format, named, faults);
    reading
}

/// The same without a look at the daemon's own part.
pub(super) fn read_shell(mut text: Vec<u8>, daemon: &str) -> Reading {
    let end = text.iter().position(|byte| *byte == END).unwrap_or(text.len());
    let (whole, damage) = salvage::parse(&text[..end]);
    let mut faults = Faults::default();
    if let Some(damage) = &damage {
        faults.add(err!(Rpc, InternalError, "the state document is damaged: {damage}"));
    }
    let names = Names { known: &[daemon, super::ADMIN], nameless: &[daemon] };
    let mut document = read::document(whole, names, &mut faults);
    // what is attached may be large, and stays where it is
    text.drain(..text.len().min(end + 1));
    document.attached = text;
    let named = descriptors::named(&document);
    Reading { document, named, faults, damage }
}

/// What the daemon's own part says of a document.
pub fn check_values(
    document: &Document,
    daemon: &str,
    format: &dyn Format,
    named: &mut Vec<Named>,
    faults: &mut Faults,
) {
    format.check(&document.own, &document.attached, named, faults);
    match document.server(daemon) {
        Some(server) => server.clients.iter().for_each(|client| format.check_client(&client.private, faults)),
        None => faults.add(err!(Rpc, NoServer, "No server named '{daemon}'")),
    }
}
