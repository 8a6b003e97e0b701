//! The mark by which our programs know each other: an ELF note with the daemon's name and the version
//! of the state document that it reads.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

/// Who owns the note, as ELF wants it: with its NUL.
pub const OWNER: [u8; 12] = *b"Ferrovirt\0\0\0";
/// The note's kind: the state document's version.
pub const KIND: u32 = 1;
/// Room for a daemon's name.
const NAME: usize = 20;

/// The note as it lies in the program. Made by [`state_note!`](crate::state_note).
#[derive(Debug)]
#[repr(C)]
pub struct Note {
    owner_size: u32,
    content_size: u32,
    kind: u32,
    owner: [u8; 12],
    version: u32,
    daemon: [u8; NAME],
}

impl Note {
    /// For this daemon and version.
    pub const fn new(daemon: &str, version: u32) -> Self {
        let (mut name, from) = ([0; NAME], daemon.as_bytes());
        assert!(from.len() <= NAME);
        let mut at = 0;
        while at < from.len() {
            name[at] = from[at];
            at += 1;
        }
        Self {
            owner_size: 10,
            content_size: 4 + NAME as u32,
            kind: KIND,
            owner: OWNER,
            version,
            daemon: name,
        }
    }
}

/// Marks a program as one of ours: `vir_daemon::state_note!("virtlockd", 1);` beside its `main`.
#[macro_export]
macro_rules! state_note {
    ($daemon:expr, $version:expr) => {
        #[used]
        #[allow(unsafe_code)] // SAFETY: a section of its own, with nothing in it but the note
        #[unsafe(link_section = ".note.ferrovirt.state")]
        static STATE_NOTE: $crate::reexec::note::Note = $crate::reexec::note::Note::new($daemon, $version);
    };
}

/// What a program's file says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ours: the daemon's name and the version of the document.
    Ours {
        /// Which daemon.
        daemon: String,
        /// What it reads.
        version: u32,
    },
    /// For this machine, and not marked.
    Unmarked,
}

const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;
const NOTES: u32 = 4;
/// A program has a dozen headers and notes of some hundred bytes.
const MOST: usize = 64 * 1024;

/// Reads a program's file.
///
/// # Errors
/// In words: it is no program for this machine.
pub fn examine(file: &File) -> Result<Kind, String> {
    let mut header = [0; HEADER];
    match (&mut &*file).read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err("it is too short for a program".into());
        }
        Err(error) => return Err(format!("it cannot be read: {error}")),
        Ok(()) => {}
    }
    if header[..4] != *b"\x7fELF" {
        return Err("it is no ELF program".into());
    }
    let own = own_header();
    let (half, own_half) = (|at: usize| [header[at], header[at + 1]], |at: usize| [own[at], own[at + 1]]);
    // word size and byte order, then the machine
    if header[4..6] != own[4..6] || half(18) != own_half(18) {
        return Err(format!("it is for another machine (ELF machine {})", u16::from_ne_bytes(half(18))));
    }
    Ok(marked(file, &header).unwrap_or(Kind::Unmarked))
}

/// The parts of an ELF header that say which machine this is.
fn own_header() -> [u8; 20] {
    let mut own = [0; 20];
    own[4] = if cfg!(target_pointer_width = "64") { 2 } else { 1 };
    own[5] = if cfg!(target_endian = "little") { 1 } else { 2 };
    let machine: u16 = match std::env::consts::ARCH {
        "x86" => 3,
        "mips64" | "mips" => 8,
        "powerpc" => 20,
        "powerpc64" => 21,
        "s390x" => 22,
        "arm" => 40,
        "x86_64" => 62,
        "aarch64" => 183,
        "riscv64" | "riscv32" => 243,
        "loongarch64" => 258,
        _ => 0,
    };
    own[18..20].copy_from_slice(&machine.to_ne_bytes());
    own
}

/// Looks for our note; `None` if there is none, or the file is not what it should be.
fn marked(file: &File, header: &[u8; HEADER]) -> Option<Kind> {
    let word = |bytes: &[u8], at: usize| Some(u64::from_ne_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let half = |at: usize| usize::from(u16::from_ne_bytes([header[at], header[at + 1]]));
    let (size, count) = (half(54), half(56));
    if size < PROGRAM_HEADER || size * count > MOST {
        return None;
    }
    let mut headers = vec![0; size * count];
    file.read_exact_at(&mut headers, word(header, 32)?).ok()?;
    headers.chunks_exact(size).find_map(|segment| {
        let kind = u32::from_ne_bytes(segment.get(..4)?.try_into().ok()?);
        let length = usize::try_from(word(segment, 32)?).ok()?;
        if kind != NOTES || length > MOST {
            return None;
        }
        let mut notes = vec![0; length];
        file.read_exact_at(&mut notes, word(segment, 8)?).ok()?;
        let align = if word(segment, 48)? == 8 { 8 } else { 4 };
        ours_in(&notes, align)
    })
}

fn ours_in(mut notes: &[u8], align: usize) -> Option<Kind> {
    loop {
        let word = |at: usize| Some(u32::from_ne_bytes(notes.get(at..at + 4)?.try_into().ok()?));
        let (owner, content) = (word(0)? as usize, word(4)? as usize);
        let content_at = 12 + owner.next_multiple_of(align.min(4));
        let end = content_at.checked_add(content)?;
        if word(8)? == KIND && notes.get(12..12 + OWNER.len())? == OWNER {
            let version = word(content_at)?;
            let name = notes.get(content_at + 4..end)?;
            let name = name.split(|byte| *byte == 0).next()?;
            return Some(Kind::Ours { daemon: String::from_utf8_lossy(name).into_owned(), version });
        }
        notes = notes.get(end.next_multiple_of(align)..)?;
    }
}
