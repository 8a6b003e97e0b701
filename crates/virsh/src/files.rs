//! Files and descriptors that commands take from the user.

use crate::args::Args;
use crate::failure::{Outcome, fail};
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use vir_base::{Error, ErrorDomain, Result, err};

/// The largest XML file that is read, in bytes.
const MAX: u64 = 10 << 20;

/// The text of a file; it must be UTF-8 and of reasonable size.
pub(crate) fn read_file(path: &str) -> Result<String> {
    let mut file = File::open(path)
        .map_err(|e| Error::io(ErrorDomain::None, &e, format!("Failed to open file '{path}'")))?;
    let failed =
        |e: std::io::Error| Error::io(ErrorDomain::None, &e, format!("Failed to read file '{path}'"));
    let mut bytes = Vec::new();
    file.by_ref().take(MAX).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 == MAX {
        // EOVERFLOW, as the peer has it
        return Err(Error::system(ErrorDomain::None, 75, format!("Failed to read file '{path}'")));
    }
    String::from_utf8(bytes).map_err(|_| err!(None, XmlError, "'{path}' is not UTF-8 text"))
}

/// Descriptors that the shell was started with and that a new domain shall have.
#[derive(Debug, Default)]
pub(crate) struct Passed(Vec<OwnedFd>);

impl Passed {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Copies for one call.
    pub(crate) fn duplicate(&self) -> Result<Vec<OwnedFd>> {
        let copies: std::io::Result<Vec<OwnedFd>> = self.0.iter().map(OwnedFd::try_clone).collect();
        copies.map_err(|error| Error::io(ErrorDomain::None, &error, "cannot duplicate file descriptor"))
    }
}

/// The option "pass-fds": numbers of inherited descriptors, with commas between.
pub(crate) fn passed_descriptors(args: &Args) -> Outcome<Passed> {
    let Some(list) = args.text_quiet("pass-fds") else { return Ok(Passed::default()) };
    let mut passed = Passed::default();
    for text in list.split(',') {
        let Some(number) = crate::number::signed::<i32>(text) else {
            fail!("Unable to parse FD number '{text}'")
        };
        let taken = vir_base::sys::take_inherited(number);
        passed.0.push(taken.map_err(|e| {
            Error::io(ErrorDomain::None, &e, format!("cannot pass file descriptor {number}"))
        })?);
    }
    Ok(passed)
}
