//! What the keeper does, from its making to its end. Nothing here runs in the daemon.
//!
//! While the daemon lives it only waits: for the daemon's word, or its death. Everything that it
//! needs then was opened before, since there may be no descriptors left.

use super::confine::confine;
use super::holding::{Holding, Owner};
use super::wire::{self, BATCH, DONE, END, KEEP, LEASES, LEAVE, RELEASE, TAKE, YES};
use crate::life::{self, Life};
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::net::{SocketFlags, accept_with};
use std::collections::BTreeMap;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use vir_base::process::Process;
use vir_base::sys::{Table, give_back_memory, rename_process};

/// What it is given: numbers, since the descriptors are the daemon's too.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The run state directory.
    pub(super) dir: PathBuf,
    /// Readable when the daemon is dead.
    pub(super) daemon: RawFd,
    /// The daemon's word.
    pub(super) command: RawFd,
    /// Where the next daemon comes.
    pub(super) listener: RawFd,
    /// Which file that is, for whether it is still there.
    pub(super) listener_file: (u64, u64),
    pub(super) epoll: RawFd,
    pub(super) null: RawFd,
    /// The system's log, where there is one.
    pub(super) log: Option<RawFd>,
    /// To be closed when room is needed.
    pub(super) spare: Vec<RawFd>,
}

const DAEMON: u64 = 0;
const COMMAND: u64 = 1;
const LISTENER: u64 = 2;
const FIRST_OWNER: u64 = 3;

/// Owners that cannot be watched are looked at this often.
const LOOK: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// Runs it; the result is the exit status.
pub(super) fn run(table: &Table, plan: &Plan) -> u8 {
    // the daemon's log is the daemon's: its descriptors will mean something else here one day
    log::set_max_level(log::LevelFilter::Off);
    rename_process("lockd-keeper");
    let _ = rustix::process::chdir("/");
    let Ok(keeping) = Keeping::new(table, plan) else { return 1 };
    // Never dropped: while the table is shared that would close things under the daemon. The end of
    // the process closes what is to be closed.
    let mut keeping = ManuallyDrop::new(keeping);
    let result = keeping.prepare().and_then(|()| keeping.run());
    if let Err(error) = &result {
        keeping.say(3, &format!("it ends: {error}"));
    }
    result.is_err().into()
}

struct Keeping<'a> {
    table: &'a Table,
    plan: &'a Plan,
    daemon: OwnedFd,
    command: OwnedFd,
    listener: OwnedFd,
    epoll: OwnedFd,
    null: OwnedFd,
    log: Option<OwnedFd>,
    /// Rows of descriptors that the daemon has called leases, to take along.
    leases: Vec<(RawFd, RawFd)>,
    /// The table is its own, with nothing in it but what it needs and leases.
    has_left: bool,
    /// What the leases are; `None` as long as nobody has had to know.
    holding: Option<Holding>,
    daemon_lives: bool,
    watched: BTreeMap<u64, (Owner, Process)>,
    unwatched: Vec<Owner>,
}

#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

impl<'a> Keeping<'a> {
    fn new(table: &'a Table, plan: &'a Plan) -> io::Result<Self> {
        Ok(Self {
            table,
            plan,
            daemon: table.own(plan.daemon)?,
            command: table.own(plan.command)?,
            listener: table.own(plan.listener)?,
            epoll: table.own(plan.epoll)?,
            null: table.own(plan.null)?,
            log: plan.log.and_then(|raw| table.own(raw).ok()),
            leases: vec![],
            has_left: false,
            holding: None,
            daemon_lives: true,
            watched: BTreeMap::new(),
            unwatched: vec![],
        })
    }

    fn prepare(&self) -> io::Result<()> {
        self.listen_to(&self.daemon, DAEMON)?;
        self.listen_to(&self.command, COMMAND)?;
        if let Err(error) = confine(&self.plan.dir) {
            self.say(5, &error);
        }
        wire::send(&self.command, YES, &[], &[])
    }

    fn listen_to(&self, fd: impl AsFd, token: u64) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, fd, EventData::new_u64(token), EventFlags::IN)?)
    }

    fn run(&mut self) -> io::Result<()> {
        let mut events = Vec::with_capacity(64);
        loop {
            events.clear();
            let look = (!self.unwatched.is_empty()).then_some(&LOOK);
            match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), look) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                let then = match event.data.u64() {
                    DAEMON => self.daemon_died()?,
                    COMMAND => self.heed()?,
                    LISTENER => self.serve(),
                    token => {
                        self.owner_ended(token);
                        Then::GoOn
                    }
                };
                if then == Then::End {
                    return Ok(());
                }
            }
            self.look_again();
            if !self.daemon_lives && self.holding.as_ref().is_none_or(Holding::is_empty) {
                self.leave_the_stage();
                return Ok(());
            }
        }
    }

    /// A word from the daemon.
    fn heed(&mut self) -> io::Result<Then> {
        match wire::receive(&self.command) {
            Ok(packet) if packet.kind == END => return Ok(Then::End),
            Ok(packet) if packet.kind == KEEP => {
                let (rows, _) = packet.numbers.as_chunks::<2>();
                self.leases.extend(rows.iter().map(|[first, last]| (*first as RawFd, *last as RawFd)));
            }
            Ok(packet) if packet.kind == LEAVE => {
                self.leave()?;
                // a daemon that has died meanwhile is heard of in its own time
                let _ = wire::send(&self.command, YES, &[], &[]);
            }
            Ok(_) => {}
            // its end is closed: by an exec; its death is another matter
            Err(_) => drop(epoll::delete(&self.epoll, &self.command)),
        }
        Ok(Then::GoOn)
    }

    fn daemon_died(&mut self) -> io::Result<Then> {
        let _ = epoll::delete(&self.epoll, &self.daemon);
        self.daemon_lives = false;
        if self.is_another_in_its_place() {
            // that one has everything; of two each would undo what the other does
            return Ok(Then::End);
        }
        match &mut self.holding {
            Some(holding) => holding.reread(),
            None => self.hold()?,
        }
        let owners = self.holding.as_ref().map(Holding::owners).unwrap_or_default();
        if !owners.is_empty() {
            self.say(4, "the daemon has ended; its leases are held until their owners end");
        }
        for (owner, token) in owners.into_iter().zip(FIRST_OWNER..) {
            self.watch(owner, token);
        }
        Ok(Then::GoOn)
    }

    /// From now on nothing but the leases is held, in a table of its own. Which they are was said, and
    /// nothing more is asked about them now: the daemon waits for this.
    fn leave(&mut self) -> io::Result<()> {
        self.table.leave()?;
        self.has_left = true;
        let rows = std::mem::take(&mut self.leases);
        self.close_all_but(rows);
        Ok(())
    }

    /// Learns what the leases are, and holds nothing else.
    fn hold(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_left, true) {
            self.table.leave()?;
            for raw in &self.plan.spare {
                drop(self.table.own(*raw));
            }
        }
        let (holding, told) = Holding::gather(self.table, &self.plan.dir);
        let numbers = holding.numbers();
        self.holding = Some(holding);
        self.close_all_but(numbers.into_iter().map(|number| (number, number)).collect());
        for line in told {
            self.say(3, &line);
        }
        give_back_memory();
        Ok(())
    }

    /// Closes all but what it needs and these rows. From here on nothing may end it: it has leases.
    fn close_all_but(&mut self, mut keep: Vec<(RawFd, RawFd)>) {
        // what is written to the standard three must not end in anybody's file
        let is_kept = |number: &RawFd| keep.iter().any(|(first, last)| (first..=last).contains(&number));
        for number in (0..3).filter(|number| !is_kept(number)).collect::<Vec<_>>() {
            let placed = match number {
                0 => rustix::stdio::dup2_stdin(&self.null),
                1 => rustix::stdio::dup2_stdout(&self.null),
                _ => rustix::stdio::dup2_stderr(&self.null),
            };
            keep.extend(placed.is_ok().then_some((number, number)));
        }
        let own = [&self.daemon, &self.command, &self.listener, &self.epoll, &self.null];
        keep.extend(own.into_iter().chain(&self.log).map(|fd| (fd.as_raw_fd(), fd.as_raw_fd())));
        if let Err(error) = self.table.close_all_but(keep) {
            self.say(3, &format!("what was open stays open: {error}"));
        }
        match self.listen_to(&self.listener, LISTENER) {
            // it listens already
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => self.say(3, &format!("the next daemon will not be heard: {error}")),
        }
    }

    fn watch(&mut self, owner: Owner, token: u64) {
        match life::look(owner.0, owner.1) {
            Life::Over => self.owner_died(owner),
            Life::Lives(process) => match self.listen_to(&process, token) {
                Ok(()) => drop(self.watched.insert(token, (owner, process))),
                Err(_) => self.unwatched.push(owner),
            },
            Life::Unknown if owner.0 > 0 => self.unwatched.push(owner),
            // an owner that nobody knows never ends
            Life::Unknown => {}
        }
    }

    fn owner_ended(&mut self, token: u64) {
        if let Some((owner, process)) = self.watched.remove(&token) {
            let _ = epoll::delete(&self.epoll, &process);
            self.owner_died(owner);
        }
    }

    fn look_again(&mut self) {
        let gone = |owner: &mut Owner| matches!(life::look(owner.0, owner.1), Life::Over);
        let gone: Vec<Owner> = self.unwatched.extract_if(.., gone).collect();
        for owner in gone {
            self.owner_died(owner);
        }
    }

    fn owner_died(&mut self, owner: Owner) {
        if let Some(holding) = &mut self.holding {
            holding.owner_died(owner);
        }
    }

    /// Somebody has come. While it is here nobody else is heeded, and no lease is released: it must
    /// find what the journal says.
    fn serve(&mut self) -> Then {
        let Ok(peer) = accept_with(&self.listener, SocketFlags::CLOEXEC) else { return Then::GoOn };
        if !wire::is_trusted(&peer) || wire::limit(&peer).is_err() {
            return Then::GoOn;
        }
        match self.converse(&peer) {
            Ok(then) => then,
            Err(error) => {
                self.say(4, &format!("the next daemon has not taken the leases: {error}"));
                // it may have come as far as making a keeper of its own, which then holds them
                if self.is_at_its_place() { Then::GoOn } else { Then::End }
            }
        }
    }

    fn converse(&mut self, peer: &OwnedFd) -> io::Result<Then> {
        if !self.has_left {
            return Ok(Then::GoOn);
        }
        loop {
            let packet = match wire::receive(peer) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Ok(if self.is_at_its_place() { Then::GoOn } else { Then::End });
                }
                other => other?,
            };
            match packet.kind {
                TAKE => {
                    let holding = self.held()?;
                    for batch in holding.leases().chunks(BATCH) {
                        let (ids, fds): (Vec<u64>, Vec<BorrowedFd<'_>>) = batch.iter().copied().unzip();
                        wire::send(peer, LEASES, &ids, &fds)?;
                        wire::expect(peer, YES)?;
                    }
                    wire::send(peer, LEASES, &[], &[])?;
                }
                DONE => {
                    wire::send(peer, YES, &[], &[])?;
                    return Ok(Then::End);
                }
                RELEASE => {
                    let count = self.held()?.release_all();
                    self.leave_the_stage();
                    wire::send(peer, YES, &[count], &[])?;
                    return Ok(Then::End);
                }
                _ => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
    }

    /// The leases, by what the journal says of them.
    fn held(&mut self) -> io::Result<&mut Holding> {
        if self.holding.is_none() {
            self.hold()?;
        }
        self.holding.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Whether whoever looks for a keeper finds another one.
    fn is_another_in_its_place(&self) -> bool {
        std::fs::symlink_metadata(self.plan.dir.join(super::SOCKET))
            .is_ok_and(|file| (file.dev(), file.ino()) != self.plan.listener_file)
    }

    /// Whether whoever looks for a keeper finds this one.
    fn is_at_its_place(&self) -> bool {
        std::fs::symlink_metadata(self.plan.dir.join(super::SOCKET))
            .is_ok_and(|file| (file.dev(), file.ino()) == self.plan.listener_file)
    }

    fn leave_the_stage(&self) {
        if self.is_at_its_place() {
            let _ = std::fs::remove_file(self.plan.dir.join(super::SOCKET));
        }
    }

    /// Tells the system's log (level as in syslog).
    fn say(&self, level: u8, text: &str) {
        if let Some(log) = &self.log {
            let line = format!("<{}>virtlockd-keeper[{}]: {text}", 3 * 8 + level, std::process::id());
            let _ = rustix::net::send(log.as_fd(), line.as_bytes(), rustix::net::SendFlags::DONTWAIT);
        }
    }
}
