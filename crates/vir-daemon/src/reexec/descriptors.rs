//! The descriptors that a document names: that they are open, and what they are said to be.

use super::document::Document;
use super::fields::Faults;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use vir_base::err;
use vir_base::sys::{FdKind, fd_facts, take_inherited, take_inherited_many};

/// A descriptor that a document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its number.
    pub fd: RawFd,
    /// What it may be; empty for one that is passed on, whatever it is.
    pub kinds: &'static [FdKind],
    /// What it is for, as messages say it.
    pub what: String,
}

impl Named {
    /// One of these kinds.
    pub fn new(fd: RawFd, kinds: &'static [FdKind], what: impl Into<String>) -> Self {
        Self { fd, kinds, what: what.into() }
    }

    /// Whether it may be of this kind.
    pub fn may_be(&self, kind: FdKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

/// Those that the shell's part of a document names.
pub fn named(document: &Document) -> Vec<Named> {
    let mut all = Vec::new();
    for (server, state) in &document.servers {
        for socket in state.services.iter().flat_map(|service| &service.sockets) {
            all.push(Named::new(socket.fd, &[FdKind::Listening], format!("a socket of server {server}")));
        }
        for client in &state.clients {
            let who = format!("client {} of server {server}", client.id);
            all.push(Named::new(client.socket.fd, &[FdKind::Connected], format!("the socket of {who}")));
            if let Some(carried) = &client.carried {
                let passed = carried.unsent.iter().flat_map(|(_, fds)| fds);
                all.extend(carried.received_fds.iter().chain(passed).map(|fd| Named {
                    fd: *fd,
                    kinds: &[],
                    what: format!("a descriptor under way for {who}"),
                }));
            }
        }
    }
    if let Some((path, fd)) = document.extras.as_ref().and_then(|extras| extras.pid_file.as_ref()) {
        all.push(Named::new(*fd, &[FdKind::File], format!("the pid file {path}")));
    }
    all
}

/// Notes every descriptor that is named twice, is not open, or is not what it is said to be.
pub fn check(named: &[Named], faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for one in named {
        if !seen.insert(one.fd) {
            faults.add(twice(one));
        } else if let Err(fault) = is_as_said(one) {
            faults.add(fault);
        }
    }
}

/// Notes every number that is named twice: all that can be said without having them.
pub fn check_numbers(named: &[Named], faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    named.iter().filter(|one| one.fd <= 2 || !seen.insert(one.fd)).for_each(|one| faults.add(twice(one)));
}

fn twice(one: &Named) -> vir_base::Error {
    err!(Rpc, InternalError, "descriptor {}, which should be {}, is something else as well", one.fd, one.what)
}

fn is_as_said(one: &Named) -> Result<FdKind, vir_base::Error> {
    let (fd, what) = (one.fd, &one.what);
    let facts = match fd_facts(fd) {
        Ok(facts) if fd > 2 => facts,
        _ => return Err(err!(Rpc, InternalError, "descriptor {fd}, which should be {what}, is not open")),
    };
    if one.may_be(facts.kind) {
        return Ok(facts.kind);
    }
    let is = facts.kind.words();
    Err(err!(Rpc, InternalError, "descriptor {fd}, which should be {what}, is {is}"))
}

/// Descriptors that have been taken over and wait for those that need them.
#[derive(Debug, Default)]
pub struct Descriptors(BTreeMap<RawFd, (OwnedFd, FdKind)>);

impl Descriptors {
    /// Takes those that are open and what they are said to be; the others become faults.
    pub fn take_over(named: &[Named], faults: &mut Faults) -> Self {
        let mut taken = Self::default();
        for one in named {
            if taken.0.contains_key(&one.fd) {
                faults.add(twice(one));
            } else {
                match is_as_said(one) {
                    Ok(kind) => taken.adopt(one.fd, kind, &one.what, faults),
                    Err(fault) => faults.add(fault),
                }
            }
        }
        taken
    }

    /// Takes those that are open for what they are said to be: by the program that had them until a moment
    /// ago. The others become faults.
    pub fn take_at_its_word(named: &[Named], faults: &mut Faults) -> Self {
        let mut taken = Self::default();
        for owned in take_inherited_many(named.iter().map(|one| one.fd).collect()) {
            taken.0.insert(owned.as_raw_fd(), (owned, FdKind::Other));
        }
        let mut seen = BTreeSet::new();
        for one in named {
            match (seen.insert(one.fd), taken.0.get_mut(&one.fd)) {
                (false, _) => faults.add(twice(one)),
                (true, Some((_, kind))) => *kind = one.kinds.first().copied().unwrap_or(FdKind::Other),
                (true, None) => {
                    let (fd, what) = (one.fd, &one.what);
                    faults.add(err!(
                        Rpc,
                        InternalError,
                        "descriptor {fd}, which should be {what}, is not open"
                    ));
                }
            }
        }
        taken
    }

    /// Takes one whatever it is.
    pub fn add(&mut self, fd: RawFd, what: &str, faults: &mut Faults) {
        let kind = fd_facts(fd).map_or(FdKind::Other, |facts| facts.kind);
        self.adopt(fd, kind, what, faults);
    }

    fn adopt(&mut self, fd: RawFd, kind: FdKind, what: &str, faults: &mut Faults) {
        match take_inherited(fd) {
            Ok(owned) => drop(self.0.insert(fd, (owned, kind))),
            Err(_) => faults.add(err!(
                Rpc,
                InternalError,
                "descriptor {fd}, which should be {what}, has not come from the program before"
            )),
        }
    }

    /// Hands one out, once, if it is of one of these kinds (any, if there are none): a damaged document
    /// may name it for something else.
    pub fn take(&mut self, fd: RawFd, kinds: &[FdKind]) -> Option<OwnedFd> {
        let (_, kind) = self.0.get(&fd)?;
        if !kinds.is_empty() && !kinds.contains(kind) {
            return None;
        }
        self.0.remove(&fd).map(|(owned, _)| owned)
    }

    /// Takes over and hands out one that has come through `exec`; it need not have been named before.
    pub fn inherit(&mut self, fd: RawFd) -> Option<OwnedFd> {
        match self.0.remove(&fd) {
            Some((owned, FdKind::File | FdKind::BlockDevice | FdKind::Other)) => Some(owned),
            Some(other) => {
                self.0.insert(fd, other);
                None
            }
            None => take_inherited(fd).ok(),
        }
    }

    /// Takes over many as [`Descriptors::inherit`] does one, without a look at what they lead to.
    pub fn inherit_many(&mut self, numbers: Vec<RawFd>) -> Vec<OwnedFd> {
        let known = |fd: &RawFd| self.0.contains_key(fd);
        let (named, unnamed) = numbers.into_iter().partition::<Vec<_>, _>(known);
        let mut taken = take_inherited_many(unnamed);
        taken.extend(named.into_iter().filter_map(|fd| self.inherit(fd)));
        taken
    }

    /// Puts one back that was not of use.
    pub fn put(&mut self, fd: RawFd, owned: OwnedFd) {
        if let Ok(facts) = fd_facts(fd) {
            self.0.insert(fd, (owned, facts.kind));
        }
    }

    /// The numbers of those that nobody has taken.
    pub fn numbers(&self) -> Vec<RawFd> {
        self.0.keys().copied().collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
