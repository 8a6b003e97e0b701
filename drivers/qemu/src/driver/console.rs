//! A guest's terminals and screens, as streams.
//!
//! A terminal is one client's at a time. Between it and the client stands a pair of sockets and a
//! thread that carries bytes, so that a session can be taken away from the client that has it.

use super::core::Core;
use crate::guest::job::Kind;
use crate::model;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::collections::HashMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vir_api::constants::*;
use vir_api::stream::StreamBody;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorDomain::Qemu, Result, bail};

/// The sessions that go on, by what they are connected to. The descriptor ends one.
#[derive(Clone, Default)]
pub struct Consoles(Arc<Mutex<HashMap<String, Arc<OwnedFd>>>>);

impl Consoles {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<OwnedFd>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects a client with `far`; `name` says what that is.
    fn open(&self, name: &str, far: OwnedFd, force: bool) -> Result<OwnedFd> {
        let failed = |e: std::io::Error| Error::io(Qemu, &e, "cannot open a console session");
        let (ours, clients) = UnixStream::pair().map_err(failed)?;
        let cut = Arc::new(eventfd(0, EventfdFlags::CLOEXEC).map_err(|e| failed(e.into()))?);
        let mut sessions = self.lock();
        if let Some(other) = sessions.get(name) {
            if !force {
                bail!(Qemu, OperationFailed, "Active console session exists for this domain");
            }
            let _ = rustix::io::write(other, &1u64.to_ne_bytes());
        }
        for fd in [ours.as_fd(), far.as_fd()] {
            rustix::io::ioctl_fionbio(fd, true).map_err(|e| failed(e.into()))?;
        }
        sessions.insert(name.to_owned(), Arc::clone(&cut));
        drop(sessions);
        let (all, own_name) = (self.clone(), name.to_owned());
        let carrier = std::thread::Builder::new().name("qemu-console".into()).spawn(move || {
            carry(ours.as_fd(), far.as_fd(), cut.as_fd());
            let mut sessions = all.lock();
            if sessions.get(&own_name).is_some_and(|own| Arc::ptr_eq(own, &cut)) {
                sessions.remove(&own_name);
            }
        });
        if let Err(error) = carrier {
            self.lock().remove(name);
            return Err(failed(error));
        }
        Ok(clients.into())
    }
}

/// Bytes that wait to be written in one direction.
#[derive(Default)]
struct Pending {
    bytes: Vec<u8>,
    done: usize,
}

const CHUNK: usize = 4096;

impl Pending {
    fn is_empty(&self) -> bool {
        self.done == self.bytes.len()
    }

    /// Reads a chunk; false at the end.
    fn fill(&mut self, from: BorrowedFd<'_>) -> bool {
        self.bytes.resize(CHUNK, 0);
        self.done = 0;
        let read = rustix::io::read(from, &mut self.bytes);
        self.bytes.truncate(*read.as_ref().unwrap_or(&0));
        matches!(read, Ok(1..) | Err(Errno::AGAIN | Errno::INTR))
    }

    /// Writes what goes; false when nobody is there any more.
    fn drain(&mut self, to: BorrowedFd<'_>) -> bool {
        match rustix::io::write(to, &self.bytes[self.done..]) {
            Ok(count) => {
                self.done += count;
                true
            }
            Err(error) => matches!(error, Errno::AGAIN | Errno::INTR),
        }
    }
}

/// Carries bytes both ways until one side ends or `cut` is readable.
fn carry(client: BorrowedFd<'_>, guest: BorrowedFd<'_>, cut: BorrowedFd<'_>) {
    let (mut in_, mut out) = (Pending::default(), Pending::default());
    let wants = |read: bool, write: bool| {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, read);
        flags.set(PollFlags::OUT, write);
        flags
    };
    loop {
        let mut fds = [
            PollFd::new(&client, wants(in_.is_empty(), !out.is_empty())),
            PollFd::new(&guest, wants(out.is_empty(), !in_.is_empty())),
            PollFd::new(&cut, PollFlags::IN),
        ];
        match poll(&mut fds, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return,
        }
        let [client_is, guest_is, cut_is] = [0, 1, 2].map(|i: usize| fds[i].revents());
        let ended = PollFlags::HUP | PollFlags::ERR;
        let alive = cut_is.is_empty()
            && (!client_is.intersects(PollFlags::IN | ended) || !in_.is_empty() || in_.fill(client))
            && (!guest_is.intersects(PollFlags::IN | ended) || !out.is_empty() || out.fill(guest))
            && (in_.is_empty() || in_.drain(guest))
            && (out.is_empty() || out.drain(client));
        // with something left to write and nobody there, polling would spin
        let stuck = (client_is.intersects(ended) && !out.is_empty())
            || (guest_is.intersects(ended) && !in_.is_empty());
        if !alive || stuck {
            return;
        }
    }
}

/// `virDomainOpenConsole`.
pub(super) fn open_console(
    core: &Core,
    dom: &DomainRef,
    name: Option<&str>,
    flags: u32,
) -> Result<StreamBody> {
    let known = VIR_DOMAIN_CONSOLE_FORCE | VIR_DOMAIN_CONSOLE_SAFE;
    check_flags(Qemu, flags, known, "qemuDomainOpenConsole")?;
    let view = core.find(dom)?.view();
    let live = view.running()?;
    let Some(device) = model::console(&live.def, name) else {
        bail!(Qemu, InternalError, "cannot find character device {}", name.unwrap_or("(null)"));
    };
    let shown = name.or(device.alias.as_deref()).unwrap_or("(null)");
    let Some(path) = device.pty else {
        bail!(Qemu, InternalError, "character device {shown} is not using a PTY");
    };
    let flags_open = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let tty = rustix::fs::open(path.as_str(), flags_open, Mode::empty())
        .map_err(|e| Error::system(Qemu, e.raw_os_error(), format!("Unable to open stream for '{path}'")))?;
    Ok(StreamBody::Fd(core.consoles.open(&path, tty, flags & VIR_DOMAIN_CONSOLE_FORCE != 0)?))
}

/// `virDomainOpenChannel`.
pub(super) fn open_channel(
    core: &Core,
    dom: &DomainRef,
    name: Option<&str>,
    flags: u32,
) -> Result<StreamBody> {
    check_flags(Qemu, flags, VIR_DOMAIN_CHANNEL_FORCE, "qemuDomainOpenChannel")?;
    let view = core.find(dom)?.view();
    let live = view.running()?;
    let Some(device) = model::channel(&live.def, name) else {
        bail!(Qemu, InternalError, "cannot find channel {}", name.unwrap_or("(null)"));
    };
    let shown = name.or(device.alias.as_deref()).unwrap_or("(null)");
    let Some(path) = device.socket else {
        bail!(Qemu, InternalError, "channel {shown} is not using a UNIX socket");
    };
    let socket = UnixStream::connect(&path)
        .map_err(|e| Error::io(Qemu, &e, format!("Unable to open stream for '{path}'")))?;
    Ok(StreamBody::Fd(core.consoles.open(&path, socket.into(), flags & VIR_DOMAIN_CHANNEL_FORCE != 0)?))
}

/// `virDomainScreenshot`: the kind of picture, and the picture.
pub(super) fn screenshot(
    core: &Core,
    api: &str,
    dom: &DomainRef,
    screen: u32,
    flags: u32,
) -> Result<(Option<String>, StreamBody)> {
    check_flags(Qemu, flags, 0, "qemuDomainScreenshot")?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Query)?;
    let view = job.view();
    let live = view.running()?;
    let videos = model::videos(&live.def);
    if videos.is_empty() {
        bail!(Qemu, OperationInvalid, "no screens to take screenshot from");
    }
    let mut head = screen;
    let mut device = None;
    if screen > 0 {
        for (alias, heads) in &videos {
            if head < *heads {
                device = Some(alias.clone());
                break;
            }
            head -= heads;
        }
        if device.is_none() {
            bail!(Qemu, OperationInvalid, "no such screen ID");
        }
    }
    let path = live.dirs.lib.join(format!("qemu.screendump.{}", vir_base::Uuid::random()));
    let failed = |e: std::io::Error| Error::io(Qemu, &e, format!("cannot open '{}'", path.display()));
    let taken =
        job.monitor(|monitor| monitor.screendump(&path.to_string_lossy(), device.as_deref(), head, "png"));
    let file = taken.and_then(|()| std::fs::File::open(&path).map_err(failed));
    let _ = std::fs::remove_file(&path);
    Ok((Some("image/png".to_owned()), StreamBody::Fd(file_stream(file?)?)))
}

/// A pipe that a file flows into: files cannot be polled.
fn file_stream(mut file: std::fs::File) -> Result<OwnedFd> {
    let failed = |e: std::io::Error| Error::io(Qemu, &e, "unable to open stream");
    let (reader, mut writer) = std::io::pipe().map_err(failed)?;
    std::thread::Builder::new()
        .name("qemu-stream".into())
        // a client that goes away early breaks the pipe, which is all that there is to it
        .spawn(move || std::io::copy(&mut file, &mut writer))
        .map_err(failed)?;
    Ok(reader.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn a_session_is_one_clients_until_it_is_taken() {
        let consoles = Consoles::default();
        let (guest, far) = UnixStream::pair().unwrap();
        let mut guest = guest;
        let first = consoles.open("/dev/pts/x", far.try_clone().unwrap().into(), false).unwrap();
        let mut first = UnixStream::from(first);
        first.write_all(b"to guest").unwrap();
        let mut buffer = [0; 8];
        guest.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"to guest");
        guest.write_all(b"from it!").unwrap();
        first.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"from it!");
        let error = consoles.open("/dev/pts/x", far.try_clone().unwrap().into(), false).unwrap_err();
        assert_eq!(error.data().str2.as_deref(), Some("Active console session exists for this domain"));
        let second = consoles.open("/dev/pts/x", far.into(), true).unwrap();
        assert_eq!(first.read(&mut buffer).unwrap(), 0, "the first is cut off");
        drop(second);
        let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while !consoles.lock().is_empty() {
            assert!(std::time::Instant::now() < end, "a session that ended is forgotten");
            std::thread::yield_now();
        }
    }
}
