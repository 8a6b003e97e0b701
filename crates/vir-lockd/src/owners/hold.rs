//! How well a process is known, and what has been done about it.

use super::Peer;
use rustix::io::Errno;
use std::time::Instant;
use vir_base::process::{Process, start_time};
use vir_base::sys::peer_pidfd;

/// Whose pidfd we have.
pub(super) enum Hold {
    /// Certainly that of the process at the other end of a connection.
    Certain(Process),
    /// That of whoever had the number when somebody else named it.
    Named(Process),
    /// None.
    Nobody,
}

/// A process that is known.
pub(super) struct Owner {
    pub(super) hold: Hold,
    pub(super) start: Option<u64>,
    pub(super) stage: Stage,
}

/// What is to become of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Lives,
    /// It has left, but nobody dares to signal it.
    InDoubt,
    /// It was asked to end, and will be made to then.
    Asked(Instant),
    /// It was made to end, and hangs if it lives then.
    Killed(Instant),
    Hangs,
}

/// Whether a holder of leases lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It does.
    Alive,
    /// It has left and is being ended.
    Ending,
    /// It has left and cannot be killed.
    Hangs,
    /// It has left, and nobody can say who has its number now.
    InDoubt,
    /// A process of that number lives, but it was never seen to be the holder.
    Unwatched,
    /// There is no such process.
    Dead,
}

impl Life {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alive => "alive",
            Self::Ending => "ending",
            Self::Hangs => "hangs",
            Self::InDoubt => "in doubt",
            Self::Unwatched => "unwatched",
            Self::Dead => "dead",
        }
    }
}

impl Hold {
    pub(super) fn process(&self) -> Option<&Process> {
        match self {
            Self::Certain(process) | Self::Named(process) => Some(process),
            Self::Nobody => None,
        }
    }
}

impl Stage {
    pub(super) fn deadline(self) -> Option<Instant> {
        match self {
            Self::Asked(until) | Self::Killed(until) => Some(until),
            Self::Lives | Self::InDoubt | Self::Hangs => None,
        }
    }
}

impl Owner {
    /// The process, if it is certainly the one at the other end of this connection.
    ///
    /// One that others have named is, if it had the number before the connection was made: it has it
    /// still, and two cannot have had it.
    pub(super) fn certain(&self, peer: Peer<'_>) -> Option<&Process> {
        match &self.hold {
            Hold::Certain(process) => Some(process),
            Hold::Named(process) => {
                let before = self.start.zip(peer.since).is_some_and(|(start, since)| start <= since);
                (before && peer.pid == process.pid()).then_some(process)
            }
            Hold::Nobody => None,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.hold.process().is_some_and(|process| !process.is_alive())
    }

    pub(super) fn life(&self) -> Life {
        match self.stage {
            _ if self.has_ended() => Life::Dead,
            Stage::Lives => Life::Alive,
            Stage::InDoubt => Life::InDoubt,
            Stage::Asked(_) | Stage::Killed(_) => Life::Ending,
            Stage::Hangs => Life::Hangs,
        }
    }
}

pub(super) fn life_of_unknown(pid: i32) -> Life {
    match start_time(pid) {
        Ok(_) => Life::Unwatched,
        Err(_) => Life::Dead,
    }
}

/// The process at the other end of a connection: the kernel knows it, else it must have had its number
/// before it connected.
pub(super) fn of_peer(peer: Peer<'_>) -> Hold {
    let Some(socket) = peer.socket else { return by_start(peer) };
    match peer_pidfd(socket) {
        Ok(fd) => match Process::from_fd(peer.pid, fd) {
            process if process.is_alive() => Hold::Certain(process),
            // somebody else goes on with its connection
            _ => Hold::Nobody,
        },
        Err(error) if error.raw_os_error() == Some(Errno::NOPROTOOPT.raw_os_error()) => by_start(peer),
        Err(error) => {
            log::debug!("process {} cannot be had from its connection: {error}", peer.pid);
            Hold::Nobody
        }
    }
}

fn by_start(peer: Peer<'_>) -> Hold {
    let Some(process) = super::open(peer.pid) else { return Hold::Nobody };
    // it may have been replaced between its connecting and our opening it; not after that
    match start_time(peer.pid).ok().zip(peer.since) {
        Some((start, since)) if start <= since && process.is_alive() => Hold::Certain(process),
        _ => Hold::Nobody,
    }
}

/// Whoever has that number now.
pub(super) fn of_named(pid: i32) -> Hold {
    super::open(pid).map_or(Hold::Nobody, Hold::Named)
}

/// Whoever has the number now that a process names, if that sees the same numbers as we do.
pub(super) fn of_named_by(pid: i32, by: i32) -> Hold {
    match of_named(pid) {
        Hold::Named(_) if !same_numbers(by) => {
            log::warn!("process {pid} is named by one that sees other processes than we do: not watched");
            Hold::Nobody
        }
        hold => hold,
    }
}

/// Whether that process sees processes under the same numbers as we do.
fn same_numbers(pid: i32) -> bool {
    let space = |who: &str| std::fs::read_link(format!("/proc/{who}/ns/pid")).ok();
    pid > 0 && space("self").is_some_and(|ours| space(&pid.to_string()) == Some(ours))
}
