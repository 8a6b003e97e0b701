//! The connection to the hypervisor: opened when first needed, opened again when it was lost.

use crate::failure::{Context, Failure, Outcome};
use crate::output::Output;
use vir_base::{ErrorCode, ErrorDomain};

/// Which hypervisor, how, and the connection to it while there is one.
#[derive(Debug, Default)]
pub struct Session {
    /// URI as the user gave it, else as the first connection named it.
    pub uri: Option<String>,
    /// Ask for read-only connections.
    pub readonly: bool,
    /// `--keepalive-interval`, in seconds.
    pub keepalive_interval: Option<i32>,
    /// `--keepalive-count`.
    pub keepalive_count: Option<i32>,
    lost: bool,
}

impl Session {
    /// Makes sure that there is a usable connection.
    pub fn ensure(&mut self, out: &mut Output) -> Outcome {
        self.connect(out, None, false)
    }

    /// Connects anew: to `uri`, or to where this session was.
    pub fn connect(&mut self, _out: &mut Output, _uri: Option<&str>, _readonly: bool) -> Outcome {
        let attempt: Outcome = Err(Failure::new("no driver is built into this version"));
        attempt.context(|| {
            if self.lost {
                "Failed to reconnect to the hypervisor"
            } else {
                "failed to connect to the hypervisor"
            }
        })
    }

    /// Notices failures that mean that the connection is gone.
    pub fn note(&mut self, failure: &Failure) {
        let Some(cause) = failure.cause() else { return };
        self.lost |= match cause.code() {
            ErrorCode::SystemError => cause.domain() == ErrorDomain::Remote,
            code => matches!(code, ErrorCode::Rpc | ErrorCode::NoConnect | ErrorCode::InvalidConn),
        };
    }
}
