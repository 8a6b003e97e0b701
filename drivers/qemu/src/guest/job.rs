//! Who may change a guest: one job at a time, and beside a long one only what it allows.
//!
//! A state machine with a condition variable; it knows neither monitor nor process. The guards'
//! types say what is held: [`Held`] a job, [`HeldLong`] a long one (`save`, `start`, …), beside
//! which [`HeldLong::nested`] gives the jobs that it consists of.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use vir_base::{Error, Result, err};

/// How long a call waits for its turn.
pub const JOB_WAIT: Duration = Duration::from_secs(30);

/// What a job does (`virDomainJob`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the words that messages and state files use
pub enum Kind {
    Query,
    Destroy,
    Suspend,
    Modify,
    Abort,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Destroy => "destroy",
            Self::Suspend => "suspend",
            Self::Modify => "modify",
            Self::Abort => "abort",
        }
    }
}

/// What a long job does (`virDomainAsyncJob`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the words that messages and state files use
pub enum LongKind {
    Start,
    Save,
    Dump,
}

impl LongKind {
    /// The word in messages and state files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Save => "save",
            Self::Dump => "dump",
        }
    }

    /// Jobs of others that may run while this one goes on.
    fn allows(self, kind: Kind) -> bool {
        match kind {
            Kind::Query | Kind::Destroy | Kind::Abort => true,
            Kind::Suspend => self == Self::Save,
            Kind::Modify => false,
        }
    }
}

/// Who holds a slot, since when, doing what.
#[derive(Clone, Debug)]
struct Holder {
    api: String,
    word: &'static str,
    since: Instant,
}

#[derive(Default)]
struct Slots {
    job: Option<Holder>,
    long: Option<(Holder, LongKind)>,
}

/// The slots of one guest.
#[derive(Default)]
pub struct Jobs {
    slots: Mutex<Slots>,
    freed: Condvar,
}

/// A job; ends when dropped.
#[must_use = "the job ends at once when this is dropped"]
pub struct Held {
    jobs: Arc<Jobs>,
}

/// A long job; ends when dropped.
#[must_use = "the job ends at once when this is dropped"]
pub struct HeldLong {
    jobs: Arc<Jobs>,
    api: String,
}

impl Jobs {
    /// Waits for a turn to do a `kind` of job on behalf of `api`, at most [`JOB_WAIT`].
    pub fn begin(self: &Arc<Self>, api: &str, kind: Kind) -> Result<Held> {
        self.begin_within(api, kind, JOB_WAIT)
    }

    /// As [`Jobs::begin`], waiting no longer than `wait`.
    pub fn begin_within(self: &Arc<Self>, api: &str, kind: Kind, wait: Duration) -> Result<Held> {
        self.take_job(api, kind.word(), wait, |slots| {
            slots.long.as_ref().is_none_or(|(_, long)| long.allows(kind))
        })
    }

    /// Waits for a turn to do a long job, at most [`JOB_WAIT`].
    pub fn begin_long(self: &Arc<Self>, api: &str, kind: LongKind) -> Result<HeldLong> {
        let end = Instant::now() + JOB_WAIT;
        let mut slots = self.wait(end, |s| s.long.is_none() && s.job.is_none())?;
        let holder = Holder { api: holder_name(api), word: kind.word(), since: Instant::now() };
        slots.long = Some((holder, kind));
        Ok(HeldLong { jobs: Arc::clone(self), api: api.to_owned() })
    }

    /// The long job that goes on, and for how long it has.
    pub fn long(&self) -> Option<(LongKind, Duration)> {
        self.lock().long.as_ref().map(|(holder, kind)| (*kind, holder.since.elapsed()))
    }

    /// Something is being done with the guest right now, and for how long.
    pub fn busy(&self) -> Option<Duration> {
        self.lock().job.as_ref().map(|holder| holder.since.elapsed())
    }

    fn take_job(
        self: &Arc<Self>,
        api: &str,
        word: &'static str,
        wait: Duration,
        may: impl Fn(&Slots) -> bool,
    ) -> Result<Held> {
        let end = Instant::now() + wait;
        let mut slots = self.wait(end, |s| s.job.is_none() && may(s))?;
        slots.job = Some(Holder { api: holder_name(api), word, since: Instant::now() });
        Ok(Held { jobs: Arc::clone(self) })
    }

    fn wait(&self, end: Instant, free: impl Fn(&Slots) -> bool) -> Result<MutexGuard<'_, Slots>> {
        let mut slots = self.lock();
        while !free(&slots) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(refusal(&slots));
            }
            slots = self.freed.wait_timeout(slots, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(slots)
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HeldLong {
    /// Waits for a turn to do a part of this job.
    pub fn nested(&self) -> Result<Held> {
        self.jobs.take_job(&self.api, "async nested", JOB_WAIT, |_| true)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.jobs.lock().job = None;
        self.jobs.freed.notify_all();
    }
}

impl Drop for HeldLong {
    fn drop(&mut self) {
        self.jobs.lock().long = None;
        self.jobs.freed.notify_all();
    }
}

/// The name by which messages know a holder: that of the server's entry for the function.
fn holder_name(api: &str) -> String {
    match api.strip_prefix("vir") {
        Some(rest) if rest.starts_with(char::is_uppercase) => format!("remoteDispatch{rest}"),
        _ => api.to_owned(),
    }
}

fn refusal(slots: &Slots) -> Error {
    let holder = slots.job.as_ref().or(slots.long.as_ref().map(|(holder, _)| holder));
    match holder {
        Some(h) => err!(
            Qemu,
            OperationTimeout,
            "cannot acquire state change lock (held by monitor={})",
            h.api
        )
        .with_hint(format!(
            "a '{}' job has been going on for {} s; 'virsh domjobinfo' shows it, 'virsh domjobabort' ends a long one",
            h.word,
            h.since.elapsed().as_secs()
        )),
        None => err!(Qemu, OperationTimeout, "cannot acquire state change lock"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(30);

    #[test]
    fn one_job_at_a_time_and_the_refusal_names_the_holder() {
        let jobs = Arc::new(Jobs::default());
        let held = jobs.begin("virDomainSuspend", Kind::Suspend).unwrap();
        let error = jobs.begin_within("virDomainResume", Kind::Suspend, SHORT).err().unwrap();
        assert_eq!(
            error.message(),
            "Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainSuspend)"
        );
        assert!(error.hint().unwrap().starts_with("a 'suspend' job has been going on for 0 s"));
        drop(held);
        drop(jobs.begin_within("virDomainResume", Kind::Suspend, SHORT).unwrap());
    }

    #[test]
    fn a_long_job_lets_in_what_it_allows() {
        let jobs = Arc::new(Jobs::default());
        let long = jobs.begin_long("virDomainSave", LongKind::Save).unwrap();
        assert_eq!(jobs.long().unwrap().0, LongKind::Save);
        drop(long.nested().unwrap());
        drop(jobs.begin_within("x", Kind::Query, SHORT).unwrap());
        drop(jobs.begin_within("x", Kind::Destroy, SHORT).unwrap());
        let error = jobs.begin_within("x", Kind::Modify, SHORT).err().unwrap();
        assert!(error.message().ends_with("(held by monitor=remoteDispatchDomainSave)"), "{error}");
        drop(long);
        drop(jobs.begin_within("x", Kind::Modify, SHORT).unwrap());
    }

    #[test]
    fn who_waits_is_woken() {
        let jobs = Arc::new(Jobs::default());
        let held = jobs.begin("a", Kind::Modify).unwrap();
        let waiter = std::thread::spawn({
            let jobs = Arc::clone(&jobs);
            move || jobs.begin("b", Kind::Modify).map(drop)
        });
        std::thread::sleep(SHORT);
        drop(held);
        waiter.join().unwrap().unwrap();
    }
}
