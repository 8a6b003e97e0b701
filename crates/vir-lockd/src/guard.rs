//! What stands behind the leases of a daemon that is alive: its journal, its keeper, the service
//! manager's store.
//!
//! It puts the parts in order; what each does is their own matter. Who holds what is known elsewhere.

use crate::daemon::Shared;
use crate::journal::Journal;
use crate::keeper::{Former, Keeper};
use crate::kernel::HostFiles;
use crate::leases::{Leases, NoRecorder, Recorder, unguarded};
use crate::record::{Change, LeaseRecord};
use crate::takeback::take_back;
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use vir_base::sys::{give_back_memory, stored_fds};
use vir_base::{Error, ErrorDomain, Result, err};
use vir_daemon::Notify;
use vir_rpc::server::EventLoop;

/// What the names of stored descriptors begin with; the lease's number follows.
pub const STORED: &str = "lease-";

/// How long the service manager may take to let go of what it has.
const STORE_PATIENCE: Duration = Duration::from_secs(5);

/// A keeper that dies is made anew, but not sooner after it was made than this.
const REMAKE: Duration = Duration::from_secs(1);

/// Behind the leases.
pub struct Guard {
    dir: PathBuf,
    keeper: Option<Keeper>,
    made: Instant,
    /// A keeper is to be made: before a lease is given, and not before those are answered who wait.
    due: Option<Due>,
    /// The keeper has been told to step aside, and has not answered yet.
    stepping_aside: bool,
}

/// A keeper that has not been made yet.
struct Due {
    /// The keeper of an earlier daemon, which has all leases until then, and may end then.
    former: Option<Former>,
}

/// What the program before this one has left of its guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// How long the journal is.
    pub journal: u64,
    /// Its keeper's number: that is this process's child, to be collected when it has ended.
    pub keeper: Option<i32>,
}

impl Guard {
    /// Starts a journal with what is held now. A keeper is due; an earlier one is then let go.
    ///
    /// # Errors
    /// The journal cannot be written. Without a keeper the daemon goes on, and says so.
    pub fn start(dir: &Path, leases: &mut Leases<HostFiles>, former: Option<Former>) -> Result<Self> {
        let book = Book::open(dir, leases);
        if book.journal.is_none() {
            return Err(err!(Locking, InternalError, "no journal of leases can be written"));
        }
        leases.set_recorder(Box::new(book));
        Ok(Self::without_keeper(dir, former))
    }

    /// Goes on where the program before this one stopped; a keeper is due, and the earlier one let go then.
    /// Without a journal no lease is given.
    fn go_on(dir: &Path, leases: &mut Leases<HostFiles>, left: Left, former: Option<Former>) -> Self {
        let book = match Journal::go_on(dir, left.journal) {
            Some(journal) => Book::go_on(dir, journal, leases),
            None => {
                log::warn!("the journal is not as it was left: it is written anew");
                Book::open(dir, leases)
            }
        };
        leases.set_recorder(Box::new(book));
        Self::without_keeper(dir, former)
    }

    fn without_keeper(dir: &Path, former: Option<Former>) -> Self {
        let (dir, made, due) = (dir.to_owned(), Instant::now(), Some(Due { former }));
        Self { dir, keeper: None, made, due, stepping_aside: false }
    }

    /// Makes the keeper that is due, if one is. Before anybody is given a lease.
    pub fn confirm(&mut self) {
        if let Some(Due { former }) = self.due.take() {
            self.make_keeper(former);
        }
    }

    /// It takes the place of an earlier daemon's when it is ready.
    fn make_keeper(&mut self, former: Option<Former>) {
        self.made = Instant::now();
        // what is free now would be in two processes from then on
        give_back_memory();
        let made = Keeper::begin(&self.dir).and_then(|keeper| {
            keeper.confirm()?;
            keeper.take_place()?;
            Ok(keeper)
        });
        match made {
            Ok(keeper) => {
                log::debug!("process {} keeps the leases", keeper.pid());
                self.keeper = Some(keeper);
            }
            Err(error) => {
                return log::error!("no keeper: if this daemon is killed its leases are lost: {error}");
            }
        }
        if let Some(former) = former
            && let Err(error) = former.done()
        {
            log::warn!("the keeper of the daemon before does not end: {error}");
        }
    }

    /// The keeper's number.
    pub fn keeper(&self) -> Option<i32> {
        self.keeper.as_ref().map(Keeper::pid)
    }

    /// The keeper's number, and what is readable when it is dead.
    fn keeper_end(&self) -> Option<(i32, io::Result<OwnedFd>)> {
        self.keeper.as_ref().map(|keeper| (keeper.pid(), keeper.as_fd().try_clone_to_owned()))
    }

    /// Makes a keeper if there is none any more, unless it is too early for that.
    fn look_after(&mut self) {
        if self.keeper.as_mut().is_some_and(|keeper| !keeper.collect()) {
            return;
        }
        if self.keeper.take().is_some() {
            log::warn!("the keeper has died");
        }
        // whatever kills it must not keep the daemon from its work
        if self.made.elapsed() >= REMAKE {
            self.make_keeper(None);
        }
    }

    /// Has the keeper begin with [`Guard::step_aside`], which must follow, or [`Guard::come_back`].
    pub fn begin_to_step_aside(&mut self, leases: &Leases<HostFiles>) {
        self.confirm();
        let begun = self.keeper.as_ref().map(|keeper| keeper.begin_to_step_aside(&descriptors(leases)));
        self.stepping_aside = matches!(begun, Some(Ok(())));
    }

    /// Before the program is replaced by one of ours, and before the daemon ends: the keeper holds the
    /// leases for itself and has nothing else of this process.
    ///
    /// # Errors
    /// There is no keeper that does so; the one that was there is in nobody's way.
    pub fn step_aside(&mut self, leases: &Leases<HostFiles>) -> Result<()> {
        for attempt in 0..2 {
            if !self.stepping_aside {
                self.begin_to_step_aside(leases);
            }
            self.stepping_aside = false;
            let stepped = match &mut self.keeper {
                Some(keeper) => keeper.step_aside(),
                None => Err(io::ErrorKind::NotFound.into()),
            };
            let Err(error) = stepped else { return Ok(()) };
            log::warn!("the keeper does not step aside: {error}");
            self.keeper = None;
            // it may have died, and another one may do better
            if attempt == 0 {
                self.make_keeper(None);
            }
        }
        Err(err!(Locking, InternalError, "no keeper holds the leases"))
    }

    /// Before the program is replaced by the peer's: nobody but this process has a descriptor of a
    /// lease any more, and no journal is left that would be wrong once the peer has gone on.
    ///
    /// # Errors
    /// Somebody does not let go; [`Guard::come_back`] must follow.
    pub fn withdraw(&mut self, leases: &mut Leases<HostFiles>) -> Result<()> {
        self.confirm();
        leases.set_recorder(Box::new(NoRecorder));
        if let Some(keeper) = self.keeper.take() {
            keeper.end().map_err(|error| failed("the keeper does not end", &error))?;
        }
        let notify = Notify::from_env();
        for id in leases.table.ids() {
            notify.unstore(&stored_name(id));
        }
        notify.barrier(STORE_PATIENCE).map_err(|error| failed("the service manager does not answer", &error))
    }

    /// After [`Guard::step_aside`] or [`Guard::withdraw`], if the program was not replaced after all.
    pub fn come_back(&mut self, leases: &mut Leases<HostFiles>) {
        leases.set_recorder(Box::new(Book::open(&self.dir, leases)));
        self.stepping_aside = false;
        let before = self.keeper.take();
        self.make_keeper(None);
        if let Some(before) = before
            && let Err(error) = before.retire()
        {
            log::warn!("the keeper does not end: {error}");
        }
    }
}

/// Takes back what an earlier daemon left, and puts a guard behind the leases, but for the keeper: [`keep`].
/// Before anybody is answered.
///
/// # Errors
/// Leases may be held elsewhere that this process does not know of, or no journal can be written.
pub fn start(shared: &Arc<Shared>, dir: &Path, event_loop: &mut EventLoop) -> Result<()> {
    let mut state = shared.lock();
    if let Some(left) = state.left.take() {
        // it has stepped aside with all leases; if it has died since, this process has them
        let former = Former::find(dir).unwrap_or_default();
        state.guard = Some(Guard::go_on(dir, &mut state.leases, left, former));
        drop(state);
        if let Some(pid) = left.keeper {
            collect(pid, event_loop);
        }
        return Ok(());
    }
    let leases = &mut state.leases;
    let taken = take_back(dir, stored_leases(), |id| leases.table.handle(id).is_some())
        .map_err(|error| failed("the leases of the daemon before cannot be taken back", &error))?;
    for line in &taken.told {
        log::error!("{line}");
    }
    for space in &taken.spaces {
        leases.table.add_space(space);
    }
    let count = taken.leases.len();
    for (record, fd) in taken.leases {
        if let Err(fd) = leases.table.restore(&record, fd) {
            log::error!("the lease on {} is held, and cannot be listed", record.path);
            // as long as this process lives nobody else gets it
            std::mem::forget(fd);
        }
    }
    if count > 0 {
        log::info!("{count} leases of the daemon before are taken back");
    }
    leases.table.continue_from(taken.next_id);
    state.guard = Some(Guard::start(dir, &mut state.leases, taken.former)?);
    Ok(())
}

/// Makes the keeper, unless somebody has wanted a lease before and it is there; watches it from then on.
pub fn keep(shared: &Arc<Shared>, event_loop: &mut EventLoop) {
    match &mut shared.lock().guard {
        Some(guard) => guard.confirm(),
        // no lease is given yet
        None => return,
    }
    watch_keeper(shared, event_loop);
}

/// Collects a child of the program before this one, when it ends.
fn collect(pid: i32, event_loop: &mut EventLoop) {
    use rustix::process::{Pid, WaitOptions, waitpid};
    // one that was collected already is nobody's child any more, and who has its number now no child of ours
    let Ok(child) = vir_base::process::Process::open(pid) else { return };
    let watched = child.as_fd().try_clone_to_owned().and_then(|end| {
        event_loop.watch(end, move |_| {
            let _ = waitpid(Pid::from_raw(pid), WaitOptions::NOHANG);
            false
        })
    });
    if let Err(error) = watched {
        log::debug!("process {pid} will not be collected: {error}");
    }
}

/// Has a new keeper made when this one dies.
fn watch_keeper(shared: &Arc<Shared>, event_loop: &mut EventLoop) {
    let end = shared.lock().guard.as_ref().and_then(Guard::keeper_end);
    let again = shared.clone();
    let watched = match end {
        Some((pid, end)) => end.and_then(|end| {
            event_loop.watch(end, move |event_loop| {
                let known = again.lock().guard.as_ref().and_then(Guard::keeper_end);
                // it may be another one already, made on another occasion
                if known.is_some_and(|(now, _)| now == pid)
                    && let Some(guard) = &mut again.lock().guard
                {
                    guard.look_after();
                }
                watch_keeper(&again, event_loop);
                false
            })
        }),
        None => pause(REMAKE).and_then(|timer| {
            event_loop.watch(timer, move |event_loop| {
                if let Some(guard) = &mut again.lock().guard {
                    guard.look_after();
                }
                watch_keeper(&again, event_loop);
                false
            })
        }),
    };
    if let Err(error) = watched {
        log::error!("the end of the keeper will not be noticed: {error}");
    }
}

/// Readable after this time.
///
/// # Errors
/// No descriptors are left.
pub fn pause(time: Duration) -> io::Result<OwnedFd> {
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };
    let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
    let none = Timespec { tv_sec: 0, tv_nsec: 0 };
    let time = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() };
    let spec = Itimerspec { it_interval: none, it_value: time };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &spec)?;
    Ok(timer)
}

/// What the service manager has kept, by the leases' numbers.
pub fn stored_leases() -> Vec<(u64, OwnedFd)> {
    let stored = stored_fds(STORED).into_iter();
    stored.filter_map(|stored| Some((stored.name.strip_prefix(STORED)?.parse().ok()?, stored.fd))).collect()
}

/// The rows of the leases' descriptors: the first and the last number of each.
fn descriptors(leases: &Leases<HostFiles>) -> Vec<(RawFd, RawFd)> {
    let mut numbers: Vec<RawFd> = leases.table.all().map(|(_, lease)| lease.handle.as_raw_fd()).collect();
    numbers.sort_unstable();
    let rows = numbers.chunk_by(|one, next| one + 1 == *next);
    rows.filter_map(|row| Some((*row.first()?, *row.last()?))).collect()
}

fn stored_name(id: u64) -> String {
    format!("{STORED}{id}")
}

fn failed(what: &str, error: &io::Error) -> Error {
    Error::io(ErrorDomain::Locking, error, what)
}

/// Writes changes into the journal, and leases into the service manager's store.
struct Book {
    dir: PathBuf,
    /// `None` while it cannot be written: that is tried again with each change.
    journal: Option<Journal>,
    notify: Notify,
    stored: HashSet<u64>,
}

impl Book {
    fn open(dir: &Path, leases: &Leases<HostFiles>) -> Self {
        let table = &leases.table;
        let mut book =
            Self { dir: dir.to_owned(), journal: None, notify: Notify::from_env(), stored: HashSet::new() };
        book.renew(&mut table.spaces(), &mut table.records(), table.next_id());
        if book.notify.is_some() {
            for (id, lease) in table.all() {
                book.store(id, lease.handle.as_fd());
            }
        }
        book
    }

    /// One that the program before this one has kept.
    fn go_on(dir: &Path, journal: Journal, leases: &Leases<HostFiles>) -> Self {
        let notify = Notify::from_env();
        let stored = notify.is_some().then(|| leases.table.all().map(|(id, _)| id).collect());
        Self { dir: dir.to_owned(), journal: Some(journal), notify, stored: stored.unwrap_or_default() }
    }

    /// A second net: without it everything goes on as well.
    fn store(&mut self, id: u64, fd: BorrowedFd<'_>) {
        if self.notify.is_some() && self.stored.insert(id) && !self.notify.store(&stored_name(id), fd) {
            self.stored.remove(&id);
            log::debug!("the service manager does not take lease {id}");
        }
    }
}

impl Recorder for Book {
    fn record(&mut self, change: &Change, lease: Option<BorrowedFd<'_>>) -> Result<()> {
        self.journal.as_mut().ok_or_else(unguarded)?.append(change)?;
        match (change, lease) {
            (Change::Put(record), Some(fd)) => self.store(record.id, fd),
            (Change::Gone(id), _) if self.stored.remove(id) => {
                self.notify.unstore(&stored_name(*id));
            }
            _ => {}
        }
        Ok(())
    }

    fn is_due(&self) -> bool {
        self.journal.as_ref().is_none_or(Journal::is_due)
    }

    fn renew(
        &mut self,
        spaces: &mut dyn Iterator<Item = &str>,
        leases: &mut dyn Iterator<Item = LeaseRecord>,
        next_id: u64,
    ) {
        match (Journal::create(&self.dir, spaces, leases, next_id), &mut self.journal) {
            (Ok(journal), _) => self.journal = Some(journal),
            (Err(error), Some(journal)) => {
                // it is only longer than it need be
                log::warn!("the journal stays as it is: {error}");
                journal.put_off();
            }
            (Err(error), None) => log::error!("no journal is written, and no lease given: {error}"),
        }
    }

    fn length(&self) -> Option<u64> {
        self.journal.as_ref().map(Journal::length)
    }
}
