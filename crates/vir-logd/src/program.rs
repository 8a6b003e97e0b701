//! The log protocol: what its four procedures do, and what they refuse.

use crate::daemon::{Admitted, Shared};
use crate::logs::{Guest, path_of};
use crate::rotation::Position;
use std::sync::Arc;
use vir_base::error::check_flags;
use vir_base::{ErrorDomain, Result, Uuid, bail};
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
struct Text(Vec<u8>);

impl Text {
    fn new(mut bytes: Vec<u8>) -> Self {
        if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
            bytes.truncate(end);
        }
        Self(bytes)
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

/// The arguments with strings as they are.
macro_rules! arguments {
    ($($name:ident { $($field:ident: $type:ty),* })*) => {$(
        struct $name { $($field: $type),* }

        impl Xdr for $name {
            fn encode(&self, e: &mut Encoder) {
                $(self.$field.encode(e);)*
            }

            fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
                Ok(Self { $($field: Xdr::decode(d)?),* })
            }
        }
    )*};
}

arguments! {
    Open { driver: Text, uuid: Uuid, name: Text, path: Text, flags: u32 }
    GetPosition { path: Text, flags: u32 }
    Read { path: Text, pos: LogLogFilePosition, maxlen: u64, flags: u32 }
    Append { driver: Text, uuid: Uuid, name: Text, path: Text, message: Text, flags: u32 }
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
        match call.header.procedure {
            LOG_DOMAIN_OPEN_LOG_FILE => {
                // no other flag is looked at, nor refused
                let Open { driver, uuid, name, path, flags } = call.decode()?;
                let guest = Guest { driver: driver.into_string(), uuid, name: name.into_string() };
                let (end, at) = self.0.open(guest, &path_of(path.0), flags & TRUNCATE != 0)?;
                reply.attach_fd(end);
                reply.encode(&LogDomainOpenLogFileRet { pos: on_wire(at) })?;
            }
            LOG_DOMAIN_GET_LOG_FILE_POSITION => {
                let GetPosition { path, flags } = call.decode()?;
                no_flags(flags, "virLogHandlerDomainGetLogFilePosition")?;
                let pos = on_wire(self.0.lock().position(&path_of(path.0))?);
                reply.encode(&LogDomainGetLogFilePositionRet { pos })?;
            }
            LOG_DOMAIN_READ_LOG_FILE => {
                let Read { path, pos, maxlen, flags } = call.decode()?;
                if maxlen > STRING_MAX.into() {
                    bail!(
                        Rpc,
                        InternalError,
                        "Requested data len {maxlen} is larger than maximum {STRING_MAX}"
                    );
                }
                no_flags(flags, "virLogHandlerDomainReadLogFile")?;
                let at = Position { inode: pos.inode, offset: pos.offset };
                let max = usize::try_from(maxlen).unwrap_or_default();
                reply.encode(&Text::new(self.0.lock().read(&path_of(path.0), at, max)?))?;
            }
            LOG_DOMAIN_APPEND_LOG_FILE => {
                let Append { path, message, flags, .. } = call.decode()?;
                no_flags(flags, "virLogHandlerDomainAppendLogFile")?;
                self.0.lock().append(&path_of(path.0), &message.0)?;
                reply.encode(&LogDomainAppendLogFileRet { ret: 0 })?;
            }
            other => bail!(Rpc, Rpc, "unknown procedure: {other}"),
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
