//! One domain: its definitions, its state, and the changes between them.
//!
//! A running domain has two definitions: what runs, and what the next start will use. Nothing here
//! knows the other domains, the lock or the events.

use crate::definition::Definition;
use crate::moments::tree::Moments;
use vir_api::constants as c;
use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorDomain, Result, Uuid, bail};
use vir_model::moment::checkpoint::Checkpoint;
use vir_model::moment::snapshot::Snapshot;

/// `id` of a domain that does not run.
pub(crate) const NO_ID: i32 = -1;

/// The time that a guest's clock shows until somebody sets it.
const BIRTHDAY: i64 = 627_319_920;

/// A domain.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    /// What runs; of one that does not run, its configuration.
    pub current: Definition,
    /// What the next start uses, while the domain runs and has a configuration.
    pub next: Option<Definition>,
    /// Number of the running instance, or [`NO_ID`].
    pub id: i32,
    /// `virDomainState`.
    pub state: i32,
    /// Why it is in that state.
    pub reason: i32,
    /// It stays when it stops.
    pub persistent: bool,
    /// Marked for start with the host.
    pub autostart: bool,
    /// A start would resume what `managedsave` put aside.
    pub managed_save: bool,
    /// The guest's clock: seconds and nanoseconds since the epoch.
    pub clock: (i64, u32),
    /// Whether the file systems `/` and `/boot` are frozen.
    pub frozen: [bool; 2],
    /// Polling parameters of the I/O threads.
    pub iothreads: Vec<IoThread>,
    /// What support wants to know about it, as `virDomainGetMessages` tells it.
    pub taints: Vec<&'static str>,
    /// The domain as it was.
    pub snapshots: Moments<Snapshot>,
    /// Since when changes of its disks are tracked.
    pub checkpoints: Moments<Checkpoint>,
}

/// An I/O thread's polling.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IoThread {
    /// Its number.
    pub id: u32,
    /// Longest busy polling, nanoseconds.
    pub poll_max_ns: u64,
    /// Factor by which polling grows.
    pub poll_grow: u32,
    /// Divisor by which it shrinks.
    pub poll_shrink: u32,
}

/// Which definitions a call with `virDomainModificationImpact` flags is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Impact {
    /// What runs.
    pub live: bool,
    /// What the next start uses.
    pub config: bool,
}

impl Guest {
    /// A domain that was never started.
    pub fn new(definition: Definition) -> Self {
        Self {
            current: definition,
            next: None,
            id: NO_ID,
            state: c::VIR_DOMAIN_SHUTOFF,
            reason: c::VIR_DOMAIN_SHUTOFF_UNKNOWN,
            persistent: false,
            autostart: false,
            managed_save: false,
            clock: (BIRTHDAY, 0),
            frozen: [false; 2],
            iothreads: vec![],
            taints: vec![],
            snapshots: Moments::default(),
            checkpoints: Moments::default(),
        }
    }

    /// Name.
    pub fn name(&self) -> &str {
        self.current.name()
    }

    /// UUID.
    pub fn uuid(&self) -> Uuid {
        self.current.uuid()
    }

    /// How callers name it.
    pub fn reference(&self) -> DomainRef {
        DomainRef { name: self.name().to_owned(), uuid: self.uuid(), id: self.id }
    }

    /// True while it has an id, whatever its state.
    pub fn is_active(&self) -> bool {
        self.id != NO_ID
    }

    /// # Errors
    /// "domain is not running".
    pub fn check_active(&self) -> Result<()> {
        match self.is_active() {
            true => Ok(()),
            false => bail!(Domain, OperationInvalid, "domain is not running"),
        }
    }

    /// Sets state and reason.
    pub fn set_state(&mut self, state: i32, reason: i32) {
        (self.state, self.reason) = (state, reason);
    }

    /// It runs from now on, under the number `id`.
    pub fn start(&mut self, id: i32, reason: i32) {
        self.set_state(c::VIR_DOMAIN_RUNNING, reason);
        self.id = id;
        if self.persistent && self.next.is_none() {
            self.next = Some(self.current.for_next_start());
        }
        self.managed_save = false;
    }

    /// It has stopped. What changed only while it ran is forgotten.
    ///
    /// As in the peer, a domain without a configuration keeps its id: it is about to be removed, and
    /// the event that tells so carries the id.
    pub fn stop(&mut self, reason: i32) {
        if let Some(next) = self.next.take() {
            self.current = next;
            self.id = NO_ID;
        }
        self.set_state(c::VIR_DOMAIN_SHUTOFF, reason);
    }

    /// Gives the domain a new configuration (`live` false), or what it is about to run (`live` true).
    /// True if that replaced a configuration.
    pub fn assign(&mut self, definition: Definition, live: bool) -> bool {
        if self.is_active() {
            return self.next.replace(definition).is_some();
        }
        let old = std::mem::replace(&mut self.current, definition);
        if live {
            self.next.get_or_insert(old);
            return false;
        }
        true
    }

    /// Reads the flags `VIR_DOMAIN_AFFECT_*`; without any, they mean what the domain's state suggests.
    ///
    /// # Errors
    /// "domain is not running", "transient domains do not have any persistent config".
    pub fn impact(&self, flags: u32) -> Result<Impact> {
        let mut impact = Impact {
            live: flags & c::VIR_DOMAIN_AFFECT_LIVE != 0,
            config: flags & c::VIR_DOMAIN_AFFECT_CONFIG != 0,
        };
        if !impact.live && !impact.config {
            impact = Impact { live: self.is_active(), config: !self.is_active() };
        }
        if impact.live && !self.is_active() {
            bail!(Domain, OperationInvalid, "domain is not running");
        }
        if impact.config && !self.persistent {
            bail!(Domain, OperationInvalid, "transient domains do not have any persistent config");
        }
        Ok(impact)
    }

    /// The one definition that the flags name, and whether it is the running one.
    ///
    /// # Errors
    /// As [`Guest::impact`]; and where the flags name both.
    pub fn one(&self, flags: u32) -> Result<(&Definition, bool)> {
        let live = self.one_is_live(flags)?;
        let definition = match &self.next {
            Some(next) if self.is_active() && !live => next,
            _ => &self.current,
        };
        Ok((definition, live))
    }

    /// As [`Guest::one`], to change it.
    pub fn one_mut(&mut self, flags: u32) -> Result<(&mut Definition, bool)> {
        let live = self.one_is_live(flags)?;
        let active = self.is_active();
        let definition = match &mut self.next {
            Some(next) if active && !live => next,
            _ => &mut self.current,
        };
        Ok((definition, live))
    }

    /// All definitions that the flags name: the running one, and the configuration.
    pub fn both_mut(&mut self, flags: u32) -> Result<(Option<&mut Definition>, Option<&mut Definition>)> {
        let impact = self.impact(flags)?;
        if !self.is_active() {
            return Ok((None, Some(&mut self.current)));
        }
        let live = impact.live.then_some(&mut self.current);
        let config = if impact.config { self.next.as_mut() } else { None };
        Ok((live, config))
    }

    fn one_is_live(&self, flags: u32) -> Result<bool> {
        let both = c::VIR_DOMAIN_AFFECT_LIVE | c::VIR_DOMAIN_AFFECT_CONFIG;
        if flags & both == both {
            let text = "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive";
            let function = "virDomainObjGetOneDefState";
            return Err(Error::bad_argument(ErrorDomain::Domain, function, "flags", text));
        }
        Ok(self.impact(flags)?.live)
    }
}
