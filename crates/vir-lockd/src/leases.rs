//! The leases of this daemon: the table, the files behind it, and the record of every change.
//!
//! It knows no clients. A change is recorded before it is answered; a lease's descriptor is closed
//! after it is recorded that the lease is held no more, since its number may then be another file's.

use crate::kernel::{Kernel, LockFailure, busy};
use crate::record::{Change, LeaseRecord};
use crate::table::{Admitted, Ask, Handle, Refusal, Released, Table, Who};
use rustix::fd::BorrowedFd;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use vir_base::{Error, Result, bail, err};

/// Writes changes down, so that they survive this process.
pub trait Recorder: Send {
    /// Writes a change down. For a lease that is held, `lease` is its descriptor.
    ///
    /// # Errors
    /// It could not be written: a lease is then not granted. Of what ends it is only said in the log.
    fn record(&mut self, change: &Change, lease: Option<BorrowedFd<'_>>) -> Result<()>;

    /// Whether what was written down is much more than what counts of it.
    fn is_due(&self) -> bool {
        false
    }

    /// Writes down what counts, in place of everything before: the lockspaces' directories, the leases,
    /// the number of the next one. What cannot be written is said in the log.
    fn renew(
        &mut self,
        _spaces: &mut dyn Iterator<Item = &str>,
        _leases: &mut dyn Iterator<Item = LeaseRecord>,
        _next_id: u64,
    ) {
    }

    /// How much has been written down, if anything is.
    fn length(&self) -> Option<u64> {
        None
    }
}

/// Nothing survives.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRecorder;

impl Recorder for NoRecorder {
    fn record(&mut self, _change: &Change, _lease: Option<BorrowedFd<'_>>) -> Result<()> {
        Ok(())
    }
}

/// Nothing can be written down: no lease is given, those that are held can be released.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unguarded;

impl Recorder for Unguarded {
    fn record(&mut self, change: &Change, _lease: Option<BorrowedFd<'_>>) -> Result<()> {
        match change {
            Change::Put(_) => Err(unguarded()),
            Change::Gone(_) | Change::Space(_) => Ok(()),
        }
    }
}

/// What a client is told whose lease would not survive this process.
pub fn unguarded() -> Error {
    err!(Locking, InternalError, "the lock daemon could not keep the lease if it ended now")
        .with_hint("its log says why")
}

/// The leases and their files.
pub struct Leases<K: Kernel> {
    /// Who holds what. To look at; changes go through the functions here.
    pub table: Table<K::File>,
    kernel: K,
    recorder: Box<dyn Recorder>,
}

impl<K: Kernel> Leases<K> {
    /// None, yet.
    pub fn new(kernel: K, recorder: Box<dyn Recorder>) -> Self {
        Self { table: Table::default(), kernel, recorder }
    }

    /// How long the journal is, if one is written.
    pub fn journal(&self) -> Option<u64> {
        self.recorder.length()
    }

    /// Changes are recorded there from now on.
    pub fn set_recorder(&mut self, recorder: Box<dyn Recorder>) {
        self.recorder = recorder;
    }

    fn record(&mut self, change: &Change) -> Result<()> {
        let Self { table, recorder, .. } = self;
        let lease = match change {
            Change::Put(record) => table.handle(record.id).and_then(Handle::descriptor),
            Change::Gone(_) | Change::Space(_) => None,
        };
        if recorder.is_due() {
            // this change is among it, and may as well be written twice
            let (mut spaces, mut leases) = (table.spaces(), table.records());
            recorder.renew(&mut spaces, &mut leases, table.next_id());
        }
        recorder.record(change, lease)
    }

    /// Gives a lease to `who`.
    ///
    /// # Errors
    /// In the peer's words: no such lockspace, busy, files that cannot be opened.
    pub fn acquire(&mut self, dir: &str, name: &str, flags: u32, who: &Arc<Who>) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
        let (change, spare) =
            match self.table.ask(dir, name, flags).map_err(|r| refused(r, dir, name, who))? {
                Ask::Join(id) => (self.table.join(id, who, now), None),
                Ask::Lock(path) => {
                    let (file, id) = self.kernel.lock(&path, flags).map_err(|failure| match failure {
                        LockFailure::Busy => busy(name),
                        LockFailure::Failed(error) => error,
                    })?;
                    match self.table.admit((dir, name, flags), (id, file), who, now) {
                        Ok(Admitted::New(change)) => (Some(change), None),
                        Ok(Admitted::Joined(change, file)) => (Some(change), Some(file)),
                        Err((refusal, _)) => return Err(refused(refusal, dir, name, who)),
                    }
                }
            };
        // a second lock on a file that has a lease already: that lease's own lock holds it
        drop(spare);
        let Some(Change::Put(record)) = &change else { bail!(Lockspace, InternalError, "lost a lease") };
        let id = record.id;
        if let Err(error) = change.as_ref().map_or(Ok(()), |change| self.record(change)) {
            // it would be free after a crash, so it is not given
            if let Ok(released) = self.table.release(id, who.pid) {
                self.finish(released);
            }
            return Err(error);
        }
        Ok(())
    }

    /// Takes a lease from `who`.
    ///
    /// # Errors
    /// In the peer's words: no such lockspace, not held, held by others.
    pub fn release(&mut self, dir: &str, name: &str, who: &Who) -> Result<()> {
        let id = self.find(dir, name).and_then(|id| id.ok_or(Refusal::NotHeld));
        let released = id.and_then(|id| self.table.release(id, who.pid));
        self.finish(released.map_err(|refusal| refused(refusal, dir, name, who))?);
        Ok(())
    }

    /// Takes all leases from a process that is dead; says how many it had.
    pub fn release_all(&mut self, pid: i32) -> usize {
        let released = self.table.release_all(pid);
        let count = released.len();
        released.into_iter().for_each(|released| self.finish(released));
        count
    }

    /// Records, then lets go of the file.
    fn finish(&mut self, released: Released<K::File>) {
        if let Err(error) = self.record(&released.change) {
            log::error!("the end of a lease is not recorded, it may come back: {error}");
        }
        if let Some(ended) = released.ended {
            self.kernel.unlock(ended.handle, ended.file, &ended.path, ended.flags);
        }
    }

    /// The lease of that name, or on the file of that name.
    fn find(&self, dir: &str, name: &str) -> Result<Option<u64>, Refusal> {
        if let Some(id) = self.table.find(dir, name)? {
            return Ok(Some(id));
        }
        let path = self.table.path(dir, name)?;
        Ok(self.kernel.identify(&path).and_then(|file| self.table.find_file(file)))
    }

    /// The path of a resource that nobody holds.
    fn unheld(&self, dir: &str, name: &str) -> Result<Arc<str>> {
        match self.find(dir, name).and_then(|id| if id.is_some() { Err(Refusal::Busy) } else { Ok(()) }) {
            Ok(()) => self.table.path(dir, name).map_err(|_| no_space(dir)),
            Err(refusal) => Err(refused(refusal, dir, name, &Who::default())),
        }
    }

    /// Makes a resource's file.
    ///
    /// # Errors
    /// In the peer's words: no such lockspace, held, files.
    pub fn create(&self, dir: &str, name: &str) -> Result<()> {
        self.kernel.create(&self.unheld(dir, name)?)
    }

    /// Removes a resource's file.
    ///
    /// # Errors
    /// In the peer's words: no such lockspace, held, files.
    pub fn delete(&self, dir: &str, name: &str) -> Result<()> {
        self.kernel.delete(&self.unheld(dir, name)?)
    }

    /// Adds a lockspace, which must not be there yet.
    ///
    /// # Errors
    /// In the peer's words: it is there, its directory cannot be.
    pub fn new_space(&mut self, dir: &str) -> Result<()> {
        if dir.is_empty() {
            bail!(Rpc, OperationInvalid, "the default lockspace already exists");
        }
        if self.table.has_space(dir) {
            bail!(Rpc, InternalError, "Lockspace for path {dir} already exists");
        }
        self.ensure_space(dir)
    }

    /// Adds a lockspace, if it is not there.
    ///
    /// # Errors
    /// Its directory cannot be.
    pub fn ensure_space(&mut self, dir: &str) -> Result<()> {
        if self.table.has_space(dir) {
            return Ok(());
        }
        self.kernel.make_space(dir)?;
        if let Some(change) = self.table.add_space(dir)
            && let Err(error) = self.record(&change)
        {
            log::error!("a lockspace is not recorded, it may have to be made again: {error}");
        }
        Ok(())
    }
}

fn no_space(dir: &str) -> Error {
    err!(Rpc, InternalError, "Lockspace for path {dir} does not exist")
}

fn refused(refusal: Refusal, dir: &str, name: &str, who: &Who) -> Error {
    match refusal {
        Refusal::NoSpace => no_space(dir),
        Refusal::Busy => busy(name),
        Refusal::NotHeld => err!(Lockspace, ResourceBusy, "Lockspace resource '{name}' is not locked"),
        Refusal::NotOwner => {
            // as the peer prints a process's number
            let pid = i64::from(who.pid);
            err!(Lockspace, InternalError, "owner {pid} does not hold the resource lock")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{HostFiles, file_id};
    use crate::record::{AUTOCREATE, SHARED};
    use std::fs::{self, File};
    use std::path::PathBuf;
    use std::sync::Mutex;
    use vir_base::sys::{LockKind, LockOwner, first_byte_holder, lock_first_byte};

    struct Host {
        dir: tempfile::TempDir,
        leases: Leases<HostFiles>,
    }

    impl Host {
        fn new() -> Self {
            let leases = Leases::new(HostFiles, Box::new(NoRecorder));
            Self { dir: tempfile::tempdir().unwrap(), leases }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.dir.path().join(name)
        }

        fn acquire(&mut self, name: &str, flags: u32, pid: i32) -> Result<()> {
            let path = self.path(name);
            self.leases.acquire("", path.to_str().unwrap(), flags, &who(pid))
        }

        fn release(&mut self, name: &str, pid: i32) -> Result<()> {
            let path = self.path(name);
            self.leases.release("", path.to_str().unwrap(), &who(pid))
        }

        /// What another program sees.
        fn held(&self, name: &str) -> Option<LockKind> {
            let file = File::options().read(true).write(true).open(self.path(name)).unwrap();
            let holder = first_byte_holder(&file, LockOwner::Table, LockKind::Write).unwrap();
            holder.map(|holder| holder.kind)
        }
    }

    fn who(pid: i32) -> Arc<Who> {
        Arc::new(Who { pid, ..Who::default() })
    }

    fn text(result: Result<()>) -> String {
        format!("{:?}", result.unwrap_err())
    }

    #[test]
    fn the_kernel_knows_what_is_held() {
        let mut host = Host::new();
        fs::write(host.path("disk"), "").unwrap();
        host.acquire("disk", 0, 10).unwrap();
        assert_eq!(host.held("disk"), Some(LockKind::Write));
        let path = host.path("disk");
        assert_eq!(
            text(host.acquire("disk", 0, 11)),
            format!(
                "VIR_ERR_RESOURCE_BUSY/VIR_FROM_LOCKSPACE: resource busy: Lockspace resource '{}' is locked",
                path.display()
            )
        );
        assert_eq!(
            text(host.release("disk", 11)),
            "VIR_ERR_INTERNAL_ERROR/VIR_FROM_LOCKSPACE: internal error: owner 11 does not hold the resource lock"
        );
        host.release("disk", 10).unwrap();
        assert_eq!(host.held("disk"), None);
        assert!(path.exists(), "not ours to remove");
        assert!(text(host.release("disk", 10)).ends_with("' is not locked"));
        assert!(text(host.acquire("none", 0, 10)).contains("Unable to open resource /"));
    }

    #[test]
    fn a_hard_link_is_the_same_disk_and_its_release_frees_nothing_of_others() {
        let mut host = Host::new();
        fs::write(host.path("disk"), "").unwrap();
        fs::hard_link(host.path("disk"), host.path("link")).unwrap();
        host.acquire("disk", 0, 10).unwrap();
        assert!(text(host.acquire("link", 0, 11)).starts_with("VIR_ERR_RESOURCE_BUSY"));
        assert_eq!(host.held("disk"), Some(LockKind::Write));
        assert!(host.leases.delete("", host.path("link").to_str().unwrap()).is_err());
        // released by its other name, as it may have been acquired before a crash
        host.release("link", 10).unwrap();
        assert_eq!(host.held("disk"), None);

        host.acquire("disk", SHARED, 10).unwrap();
        host.acquire("link", SHARED, 11).unwrap();
        assert_eq!(host.leases.table.len(), 1);
        host.release("link", 11).unwrap();
        assert_eq!(host.held("disk"), Some(LockKind::Read));
    }

    #[test]
    fn files_made_for_their_lease_go_with_it() {
        let mut host = Host::new();
        host.acquire("made", AUTOCREATE, 10).unwrap();
        assert_eq!(host.held("made"), Some(LockKind::Write));
        host.release("made", 10).unwrap();
        assert!(!host.path("made").exists());

        // a shared one stays while another program has its lock
        host.acquire("made", AUTOCREATE | SHARED, 10).unwrap();
        let other = File::options().read(true).write(true).open(host.path("made")).unwrap();
        assert!(lock_first_byte(&other, LockOwner::Description, LockKind::Read).unwrap());
        host.release("made", 10).unwrap();
        assert!(host.path("made").exists());
        drop(other);
        host.acquire("made", AUTOCREATE | SHARED, 10).unwrap();
        host.release("made", 10).unwrap();
        assert!(!host.path("made").exists());

        // and what stands in its place by then is not its file
        host.acquire("made", AUTOCREATE, 10).unwrap();
        fs::rename(host.path("made"), host.path("moved")).unwrap();
        fs::write(host.path("made"), "precious").unwrap();
        host.release("made", 10).unwrap();
        assert!(host.path("made").exists());
    }

    #[test]
    fn other_programs_locks_count() {
        let mut host = Host::new();
        fs::write(host.path("disk"), "").unwrap();
        let other = File::options().read(true).write(true).open(host.path("disk")).unwrap();
        assert!(lock_first_byte(&other, LockOwner::Description, LockKind::Read).unwrap());
        assert!(text(host.acquire("disk", 0, 10)).starts_with("VIR_ERR_RESOURCE_BUSY"));
        host.acquire("disk", SHARED, 10).unwrap();
        assert_eq!(host.leases.table.find_file(file_id(&other).unwrap()), Some(1));
    }

    #[test]
    fn lockspaces_are_directories() {
        let mut host = Host::new();
        let dir = host.path("a/b").to_str().unwrap().to_owned();
        assert!(text(host.leases.acquire(&dir, "x", 0, &who(1))).contains("does not exist"));
        host.leases.ensure_space(&dir).unwrap();
        host.leases.ensure_space(&dir).unwrap();
        assert!(text(host.leases.new_space(&dir)).ends_with("already exists"));
        assert!(text(host.leases.new_space("")).contains("the default lockspace already exists"));
        host.leases.create(&dir, "x").unwrap();
        host.leases.acquire(&dir, "x", 0, &who(1)).unwrap();
        assert!(host.leases.create(&dir, "x").is_err() && host.leases.delete(&dir, "x").is_err());
        host.leases.release(&dir, "x", &who(1)).unwrap();
        host.leases.delete(&dir, "x").unwrap();
        host.leases.delete(&dir, "x").unwrap();

        fs::write(host.path("file"), "").unwrap();
        let file = host.path("file").to_str().unwrap().to_owned();
        for refused in [host.leases.new_space(&file), host.leases.ensure_space(&file)] {
            assert!(text(refused).ends_with("exists, but is not a directory"));
        }
        assert!(!host.leases.table.has_space(&file));
    }

    /// Writes nothing down that is held.
    #[derive(Clone, Default)]
    struct Full(Arc<Mutex<Vec<Change>>>);

    impl Recorder for Full {
        fn record(&mut self, change: &Change, _lease: Option<BorrowedFd<'_>>) -> Result<()> {
            self.0.lock().unwrap().push(change.clone());
            match change {
                Change::Put(_) => bail!(None, SystemError, "No space left on device"),
                _ => Ok(()),
            }
        }
    }

    #[test]
    fn a_lease_that_cannot_be_recorded_is_not_given() {
        let mut host = Host::new();
        let full = Full::default();
        host.leases.set_recorder(Box::new(full.clone()));
        assert!(text(host.acquire("made", AUTOCREATE, 10)).contains("No space left"));
        assert!(host.leases.table.is_empty() && !host.path("made").exists());
        assert!(matches!(full.0.lock().unwrap()[..], [Change::Put(_), Change::Gone(1)]));
    }
}
