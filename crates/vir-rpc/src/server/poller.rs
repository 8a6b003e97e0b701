//! The epoll set and the table of what is in it.

use super::conn::Conn;
use super::event_loop::Watch;
use super::listener::Listener;
use super::mailbox::Token;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::fd::{AsFd, OwnedFd};
use std::io;

/// What a token of the epoll set stands for.
pub(crate) enum Source {
    /// The mailbox's eventfd.
    Bell,
    Listener(Box<Listener>),
    Conn(Box<Conn>),
    /// A descriptor of a client's stream.
    StreamFd {
        conn: Token,
        serial: u32,
    },
    Watch(Box<Watch>),
    /// Taken out while it is worked on.
    Busy,
}

struct Slot {
    generation: u32,
    source: Option<Source>,
}

/// The table; a token is an index and the count of its uses, so that an old one finds nothing.
pub(crate) struct Poller {
    epoll: OwnedFd,
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Poller {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { epoll: epoll::create(CreateFlags::CLOEXEC)?, slots: vec![], free: vec![] })
    }

    pub(crate) fn epoll(&self) -> &OwnedFd {
        &self.epoll
    }

    pub(crate) fn insert(&mut self, source: Source) -> Token {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.slots.push(Slot { generation: 0, source: None });
                self.slots.len() as u32 - 1
            }
        };
        let slot = &mut self.slots[index as usize];
        slot.source = Some(source);
        Token(u64::from(slot.generation) << 32 | u64::from(index))
    }

    fn slot(&mut self, token: Token) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(token.0 as u32 as usize)?;
        (u64::from(slot.generation) == token.0 >> 32 && slot.source.is_some()).then_some(slot)
    }

    pub(crate) fn get(&mut self, token: Token) -> Option<&mut Source> {
        self.slot(token)?.source.as_mut()
    }

    /// Takes a source out to work on it; [`Poller::put`] or [`Poller::remove`] must follow.
    pub(crate) fn take(&mut self, token: Token) -> Option<Source> {
        self.slot(token)?.source.replace(Source::Busy)
    }

    pub(crate) fn put(&mut self, token: Token, source: Source) {
        if let Some(slot) = self.slot(token) {
            slot.source = Some(source);
        }
    }

    pub(crate) fn remove(&mut self, token: Token) -> Option<Source> {
        let slot = self.slot(token)?;
        slot.generation = slot.generation.wrapping_add(1);
        let source = slot.source.take();
        self.free.push(token.0 as u32);
        source
    }

    /// The tokens of all sources that `wanted` accepts.
    pub(crate) fn tokens(&self, wanted: impl Fn(&Source) -> bool) -> Vec<Token> {
        let each = self.slots.iter().enumerate();
        let found = each.filter(|(_, slot)| slot.source.as_ref().is_some_and(&wanted));
        found.map(|(index, slot)| Token(u64::from(slot.generation) << 32 | index as u64)).collect()
    }

    /// All sources but those that are being worked on.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.slots.iter().filter_map(|slot| slot.source.as_ref())
    }

    pub(crate) fn arm(&self, fd: impl AsFd, token: Token, flags: EventFlags) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, fd, EventData::new_u64(token.0), flags)?)
    }

    pub(crate) fn change(&self, fd: impl AsFd, token: Token, flags: EventFlags) -> io::Result<()> {
        Ok(epoll::modify(&self.epoll, fd, EventData::new_u64(token.0), flags)?)
    }

    pub(crate) fn disarm(&self, fd: impl AsFd) {
        // It fails only for what is not in the set, which is what is wanted.
        let _ = epoll::delete(&self.epoll, fd);
    }
}
