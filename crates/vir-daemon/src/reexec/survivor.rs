//! What a daemon brings that must survive besides its servers and clients.

use super::descriptors::{Descriptors, Named};
use super::document::Document;
use super::fields::Faults;
use super::tree::{Object, Value};
use std::os::fd::RawFd;
use vir_base::Result;
use vir_rpc::server::ClientHandle;

/// Who reads the document that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Successor {
    /// A program of ours.
    Ours,
    /// The peer's.
    Peer,
}

/// Who wrote the document that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A program of ours.
    Ours,
    /// The peer's, or one that is damaged.
    Peer,
}

/// How a daemon's own part of the document looks. It has no state: the program that checks a document
/// for another one has no daemon at hand.
pub trait Format: Sync + std::fmt::Debug {
    /// Notes what is wrong with the daemon's own members and with what is attached (see [`Attached`]),
    /// and the descriptors that they name.
    fn check(&self, own: &Object<'_>, attached: &[u8], named: &mut Vec<Named>, faults: &mut Faults);

    /// Notes what is wrong with what the daemon knows of a client.
    fn check_client(&self, private: &Value<'_>, faults: &mut Faults);

    /// Binds this process, which checks documents and does nothing else, so that one who has written a
    /// hostile document gains nothing by it.
    ///
    /// # Errors
    /// What this kernel cannot do; the process is then bound as far as it can.
    fn confine(&self) -> std::result::Result<(), String> {
        Ok(())
    }

    /// The version of what stands in the document beyond what the peer writes; goes into the program's
    /// ELF note.
    fn version(&self) -> u32;
}

/// What goes along with the document to a program of ours, and is no part of it: for what a daemon may
/// have thousands of, since nobody is served while it is written and read. How that looks is the
/// daemon's affair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attached {
    /// As it is found in the [`Document`] by the program that comes.
    pub text: Vec<u8>,
    /// The descriptors that it names; each is open, and close-on-exec.
    pub fds: Vec<RawFd>,
}

/// A daemon's own part, alive.
pub trait Survivor: Send + Sync {
    /// Writes it into the document, or for one of ours attaches it. Nothing changes by that: it may be
    /// written several times, or in vain.
    ///
    /// # Errors
    /// It cannot be handed over to this successor; the daemon goes on.
    fn save(&self, successor: Successor, own: &mut Object<'static>, attached: &mut Attached) -> Result<()>;

    /// What the daemon knows of a client, for the document.
    fn save_client(&self, client: &ClientHandle, successor: Successor) -> Value<'static>;

    /// Nobody is served any more, and the document is about to be written for one of ours. What takes its
    /// time elsewhere may begin; how it went is told by [`Survivor::let_go`].
    fn prepare(&self) {}

    /// The last step before the program is replaced, when the document has been written and found good.
    ///
    /// # Errors
    /// It cannot be handed over; [`Survivor::take_back`] follows.
    fn let_go(&self, _successor: Successor) -> Result<()> {
        Ok(())
    }

    /// The program was not replaced after all: the reverse of [`Survivor::prepare`] and
    /// [`Survivor::let_go`], however far they came.
    fn take_back(&self, _successor: Successor) {}

    /// Comes to life again from the document's members that [`Survivor::save`] wrote, or the peer. Descriptors that it
    /// needs are in `descriptors` if they are what they are said to be. Whatever it cannot restore goes
    /// into `faults`; the rest it keeps.
    fn resume(&self, document: &Document, descriptors: &mut Descriptors, origin: Origin, faults: &mut Faults);

    /// Looks through descriptors that a damaged document does not name, and keeps what it knows by
    /// itself.
    fn salvage(&self, _descriptors: &mut Descriptors, _faults: &mut Faults) {}

    /// A client goes on: before any of its messages is looked at.
    fn resume_client(&self, client: &ClientHandle, private: &Value<'_>);
}
