//! The log protocol: what its four procedures do, and what they refuse.

use crate::daemon::{Admitted, Shared};
use crate::logs::{Guest, path_of};
use crate::rotation::Position;
use std::sync::Arc;
use vir_base::error::check_flags;
use vir_base::{ErrorDomain, Result, bail, err};
use vir_proto::procedures::log::*;
use vir_proto::wire::*;
use vir_proto::xdr::{Decoder, Encoder, Xdr, XdrError};
use vir_rpc::server::{Call, ClientHandle, Outcome, Placement, Procedure, Program, Reply};

/// Strings of the protocol are not longer, in bytes.
const STRING_MAX: u32 = 4_194_304;
/// The flag of opening by which what was there goes.
const TRUNCATE: u32 = 1;

/// Serves the program `log`.
pub struct LogProgram(pub(crate) Arc<Shared>);

/// A string of the protocol: paths and logs need not be UTF-8. It ends where the peer's strings do.
#[derive(Debug)]
pub struct Text(Vec<u8>);

impl Text {
    fn new(mut bytes: Vec<u8>) -> Self {
        if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
            bytes.truncate(end);
        }
        Self(bytes)
    }

    /// What it says.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn into_string(self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl Xdr for Text {
    fn encode(&self, e: &mut Encoder) {
        e.opaque(&self.0, STRING_MAX);
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        d.opaque(STRING_MAX).map(Self::new)
    }
}

/// What a client asks, as far as that can be told from its words.
#[derive(Debug)]
pub enum Asked {
    /// A log is to be opened.
    #[allow(missing_docs)] // as in the protocol
    Open { guest: Guest, path: Text, truncate: bool },
    /// Where an open one stands.
    #[allow(missing_docs)]
    Position { path: Text },
    /// What is in one.
    #[allow(missing_docs)]
    Read { path: Text, position: Position, max: usize },
    /// Something is to be added.
    #[allow(missing_docs)]
    Append { path: Text, message: Text },
}

impl Asked {
    /// Takes a call's arguments.
    ///
    /// # Errors
    /// They are none, or ask for what there is not; in the peer's words.
    pub fn decode(procedure: i32, args: &[u8]) -> Result<Self> {
        let mut d = Decoder::new(args);
        let unreadable = |_: XdrError| err!(Rpc, Rpc, "Unable to decode message payload");
        match procedure {
            LOG_DOMAIN_OPEN_LOG_FILE => {
                let guest = guest(&mut d).map_err(unreadable)?;
                let path = Text::decode(&mut d).map_err(unreadable)?;
                // no other flag is looked at, nor refused
                let flags = u32::decode(&mut d).map_err(unreadable)?;
                Ok(Self::Open { guest, path, truncate: flags & TRUNCATE != 0 })
            }
            LOG_DOMAIN_GET_LOG_FILE_POSITION => {
                let path = Text::decode(&mut d).map_err(unreadable)?;
                let flags = u32::decode(&mut d).map_err(unreadable)?;
                no_flags(flags, "virLogHandlerDomainGetLogFilePosition")?;
                Ok(Self::Position { path })
            }
            LOG_DOMAIN_READ_LOG_FILE => {
                let path = Text::decode(&mut d).map_err(unreadable)?;
                let LogLogFilePosition { inode, offset } = Xdr::decode(&mut d).map_err(unreadable)?;
                let max = u64::decode(&mut d).map_err(unreadable)?;
                let flags = u32::decode(&mut d).map_err(unreadable)?;
                let Some(max) = usize::try_from(max).ok().filter(|max| *max <= STRING_MAX as usize) else {
                    bail!(Rpc, InternalError, "Requested data len {max} is larger than maximum {STRING_MAX}");
                };
                no_flags(flags, "virLogHandlerDomainReadLogFile")?;
                Ok(Self::Read { path, position: Position { inode, offset }, max })
            }
            LOG_DOMAIN_APPEND_LOG_FILE => {
                guest(&mut d).map_err(unreadable)?;
                let path = Text::decode(&mut d).map_err(unreadable)?;
                let message = Text::decode(&mut d).map_err(unreadable)?;
                let flags = u32::decode(&mut d).map_err(unreadable)?;
                no_flags(flags, "virLogHandlerDomainAppendLogFile")?;
                Ok(Self::Append { path, message })
            }
            other => bail!(Rpc, Rpc, "unknown procedure: {other}"),
        }
    }
}

fn guest(d: &mut Decoder<'_>) -> Result<Guest, XdrError> {
    let driver = Text::decode(d)?.into_string();
    let uuid = Xdr::decode(d)?;
    Ok(Guest { driver, uuid, name: Text::decode(d)?.into_string() })
}

impl Program for LogProgram {
    fn number(&self) -> u32 {
        PROGRAM
    }

    fn version(&self) -> u32 {
        VERSION
    }

    fn procedure(&self, procedure: i32) -> Option<Procedure> {
        let known = (LOG_DOMAIN_OPEN_LOG_FILE..=LOG_DOMAIN_APPEND_LOG_FILE).contains(&procedure);
        known.then_some(Procedure { placement: Placement::InPlace, needs_auth: true })
    }

    fn call(&self, client: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
        if client.data::<Admitted>().is_none() {
            bail!(Rpc, OperationDenied, "this client is not allowed in");
        }
        match Asked::decode(call.header.procedure, call.args)? {
            Asked::Open { guest, path, truncate } => {
                let (end, at) = self.0.open(guest, &path_of(path.0), truncate)?;
                reply.attach_fd(end);
                reply.encode(&LogDomainOpenLogFileRet { pos: on_wire(at) })?;
            }
            Asked::Position { path } => {
                let pos = on_wire(self.0.lock().position(&path_of(path.0))?);
                reply.encode(&LogDomainGetLogFilePositionRet { pos })?;
            }
            Asked::Read { path, position, max } => {
                reply.encode(&Text::new(self.0.lock().read(&path_of(path.0), position, max)?))?;
            }
            Asked::Append { path, message } => {
                self.0.lock().append(&path_of(path.0), &message.0)?;
                reply.encode(&LogDomainAppendLogFileRet { ret: 0 })?;
            }
        }
        Ok(Outcome::Done)
    }
}

fn on_wire(Position { inode, offset }: Position) -> LogLogFilePosition {
    LogLogFilePosition { inode, offset }
}

fn no_flags(flags: u32, function: &str) -> Result<()> {
    check_flags(ErrorDomain::Logging, flags, 0, function)
}
