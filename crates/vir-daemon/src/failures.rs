//! What calls fail with, in the log: an administrator sees there what clients were told.

use std::sync::Arc;
use vir_base::{Error, ErrorCode, Result};
use vir_rpc::server::{Call, ClientHandle, Outcome, Procedure, Program, Reply};

/// A program whose failures are logged.
pub struct Logged(pub Arc<dyn Program>);

impl Program for Logged {
    fn number(&self) -> u32 {
        self.0.number()
    }

    fn version(&self) -> u32 {
        self.0.version()
    }

    fn procedure(&self, procedure: i32) -> Option<Procedure> {
        self.0.procedure(procedure)
    }

    fn call(&self, client: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
        let result = self.0.call(client, call, reply);
        if let Err(error) = &result {
            let level = if is_answer(error) { log::Level::Debug } else { log::Level::Error };
            log::log!(level, "client {}: {}", client.id(), worded(error));
        }
        result
    }
}

/// The text, and what can be done about it.
pub fn worded(error: &Error) -> String {
    match error.hint() {
        Some(hint) => format!("{error} ({hint})"),
        None => error.message().to_owned(),
    }
}

/// Whether it is what clients want to know rather than a failure: they ask for objects that may not
/// be there, and try what may not be possible.
fn is_answer(error: &Error) -> bool {
    matches!(
        error.code(),
        ErrorCode::NoDomain
            | ErrorCode::NoNetwork
            | ErrorCode::NoStoragePool
            | ErrorCode::NoStorageVol
            | ErrorCode::NoNodeDevice
            | ErrorCode::NoInterface
            | ErrorCode::MultipleInterfaces
            | ErrorCode::NoNwfilter
            | ErrorCode::NoNwfilterBinding
            | ErrorCode::NoSecret
            | ErrorCode::NoDomainSnapshot
            | ErrorCode::OperationInvalid
            | ErrorCode::NoDomainMetadata
            | ErrorCode::NoServer
            | ErrorCode::NoSupport
            | ErrorCode::NoClient
            | ErrorCode::NoHostname
            | ErrorCode::NoNetworkMetadata
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_base::err;

    #[test]
    fn what_is_asked_for_in_vain_is_no_failure() {
        assert!(is_answer(&err!(Qemu, NoDomain, "x")));
        assert!(!is_answer(&err!(Qemu, InternalError, "x")));
        let error = err!(Conf, ConfigUnsupported, "x").with_hint("do y");
        assert_eq!(worded(&error), "unsupported configuration: x (do y)");
    }
}
