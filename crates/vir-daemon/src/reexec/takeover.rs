//! The other end of a hand-over: the program that has just started finds what was left to it, and goes
//! on with it.
//!
//! Nothing that is wrong with the document ends the daemon: what it has is kept, what it lacks is said.

use super::STATE_VARIABLE;
use super::checker::{self, DOCUMENT_MAX, Reading};
use super::descriptors::{Descriptors, Named};
use super::document::{Document, Extras};
use super::fields::Faults;
use super::survivor::{Format, Origin, Survivor};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};
use vir_base::pidfile::PidFile;
use vir_base::sys::{FdKind, bound_path, fd_facts, inherited_fds, take_inherited};
use vir_base::{Error, err};

/// What the program before has left.
pub struct Inheritance {
    /// What is to be restored, as far as it could be read.
    pub document: Document,
    /// The descriptors, taken over.
    pub descriptors: Descriptors,
    /// Whose document it is.
    pub origin: Origin,
    /// The document is not whole: what it does not name must be looked for.
    pub damaged: bool,
    /// What is wrong with it.
    pub faults: Faults,
    /// The file that it was read from.
    file: Option<PathBuf>,
}

/// What a file in the place of the peer's document is.
enum Found {
    /// What a dead process left.
    Stale(String),
    /// A document for this process.
    Ours(Box<Reading>),
    /// Nothing that could be read, and nothing has come from a program before this one.
    Rubbish(String),
}

/// Looks for what a program before this one has left in this process. `file` is where the peer's puts
/// its document.
pub fn find(daemon: &str, format: &dyn Format, file: &Path) -> Option<Inheritance> {
    if let Some(text) = from_ours() {
        let text = text.unwrap_or_else(|error| {
            log::error!("the state of the program before this one cannot be read: {error}");
            Vec::new()
        });
        let mut reading = checker::read_shell(text, daemon);
        let Reading { document, named, faults, .. } = &mut reading;
        // what is attached has been checked, by this program, while the one before went on serving
        if document.attached.is_empty() {
            checker::check_values(document, daemon, format, named, faults);
        }
        return Some(take_over(reading, Origin::Ours, None));
    }
    let text = match File::open(file).and_then(|file| {
        let mut text = Vec::new();
        file.take(DOCUMENT_MAX).read_to_end(&mut text).map(|_| text)
    }) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => {
            log::error!("{} cannot be read: {error}", file.display());
            Vec::new()
        }
    };
    match judge(&text, daemon, format) {
        Found::Stale(magic) => {
            let wanted = std::process::id();
            log::warn!("Found restart exec file with old magic {magic} vs wanted {wanted}");
            let _ = fs::remove_file(file);
            None
        }
        Found::Rubbish(why) => {
            log::error!("{}: {why}", file.display());
            set_aside(file);
            None
        }
        Found::Ours(reading) => Some(take_over(*reading, Origin::Peer, Some(file.to_owned()))),
    }
}

/// The document that one of ours has left in memory.
fn from_ours() -> Option<std::io::Result<Vec<u8>>> {
    let number = std::env::var(STATE_VARIABLE).ok()?.parse().ok()?;
    // one that was left to another process of this name is not open here, or is something else
    let state: File = take_inherited(number).ok()?.into();
    Some(checker::contents(&state))
}

fn judge(text: &[u8], daemon: &str, format: &dyn Format) -> Found {
    let mut reading = checker::read(text, daemon, format);
    let Reading { document, named, faults, damage } = &mut reading;
    if document.magic == std::process::id().to_string() {
        return Found::Ours(Box::new(reading));
    }
    let here = |named: &Named| {
        fd_facts(named.fd).is_ok_and(|facts| !facts.close_on_exec && named.may_be(facts.kind))
    };
    let alive = !named.is_empty() && named.iter().all(here);
    let whole = damage.is_none() && !document.magic.is_empty();
    if whole && !alive {
        return Found::Stale(document.magic.clone());
    }
    // any program may be started with descriptors, but not with its own sockets: unless systemd gives
    // them, and then they are as good as those of a program before
    let own = |fd: &RawFd| is_socket_of(*fd, daemon);
    if !alive && !inherited_fds().iter().any(own) {
        return Found::Rubbish(damage.take().unwrap_or_else(|| "it is not for this process".into()));
    }
    faults.add(err!(Rpc, InternalError, "Found restart exec file with old magic {}", document.magic));
    damage.get_or_insert_with(|| "its magic is wrong".into());
    Found::Ours(Box::new(reading))
}

/// Whether somebody listens there for clients of this daemon.
fn is_socket_of(fd: RawFd, daemon: &str) -> bool {
    let listens = fd_facts(fd).is_ok_and(|facts| facts.kind == FdKind::Listening);
    let path = listens.then(|| bound_path(fd)).flatten();
    let name = path.as_deref().and_then(Path::file_name).and_then(OsStr::to_str);
    name.is_some_and(|name| name.starts_with(daemon))
}

fn take_over(reading: Reading, origin: Origin, file: Option<PathBuf>) -> Inheritance {
    let Reading { document, named, mut faults, damage } = reading;
    // each question takes its time, and clients wait
    let mut descriptors = match origin == Origin::Ours && damage.is_none() {
        true => Descriptors::take_at_its_word(&named, &mut faults),
        false => Descriptors::take_over(&named, &mut faults),
    };
    let damaged = damage.is_some() || !faults.is_empty();
    if damaged {
        add_unnamed(&mut descriptors, &mut faults);
    }
    Inheritance { document, descriptors, origin, damaged, faults, file }
}

/// What nobody has named may be what somebody needs.
fn add_unnamed(descriptors: &mut Descriptors, faults: &mut Faults) {
    for fd in inherited_fds() {
        descriptors.add(fd, "of the program before", faults);
    }
}

impl Inheritance {
    /// What one of ours has said besides.
    fn extras(&self) -> Option<&Extras> {
        self.document.extras.as_ref()
    }

    /// Where the daemon's program is, if the one before knew.
    pub fn program(&self) -> Option<PathBuf> {
        self.extras().map(|extras| PathBuf::from(&extras.program))
    }

    /// Brings the daemon's own part to life.
    pub fn revive(&mut self, survivor: &dyn Survivor) {
        survivor.resume(&self.document, &mut self.descriptors, self.origin, &mut self.faults);
        if !self.damaged && !self.faults.is_empty() {
            self.damaged = true;
            add_unnamed(&mut self.descriptors, &mut self.faults);
        }
        if self.damaged {
            survivor.salvage(&mut self.descriptors, &mut self.faults);
        }
    }

    /// The pid file, locked already, or locked anew: nobody else can have it meanwhile, unless the
    /// program before did not have it either.
    ///
    /// # Errors
    /// Another process holds it.
    pub fn pid_file(&mut self, path: &Path) -> Result<PidFile, Error> {
        let left = self.extras().and_then(|extras| extras.pid_file.clone());
        let left = left.filter(|(left, _)| Path::new(left) == path);
        match left.and_then(|(_, fd)| self.descriptors.take(fd, &[FdKind::File])) {
            Some(locked) => Ok(PidFile::adopt(path, locked)),
            None => PidFile::acquire(path, std::process::id()),
        }
    }

    /// Everything that could be restored is: what could not is said, and the file removed, or kept
    /// where somebody may look at it.
    pub fn done(self) {
        for fault in self.faults.iter() {
            log::error!("not restored: {}", fault.message());
        }
        for fd in self.descriptors.numbers() {
            log::warn!("descriptor {fd} came from the program before, and is of no use to this one");
        }
        if let Some(file) = &self.file {
            if self.faults.is_empty() {
                let _ = fs::remove_file(file);
            } else {
                set_aside(file);
            }
        }
        // whatever is left of them may carry a lock that somebody relies on
        std::mem::forget(self.descriptors);
    }
}

/// Renames a document that is not whole, so that it neither is read again nor gets lost.
fn set_aside(file: &Path) {
    let mut aside = file.as_os_str().to_owned();
    aside.push(format!(".bad-{}", std::process::id()));
    match fs::rename(file, &aside) {
        Ok(()) => log::error!("the document is kept as {}", Path::new(&aside).display()),
        Err(error) => log::error!("{} cannot be renamed: {error}", file.display()),
    }
}
