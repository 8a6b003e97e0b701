//! The wire protocol: XDR, frames, and the structures of every program. It does no I/O.
//!
//! Structures that drivers give and take are vir-api's; what only the wire knows is [`wire`]'s.

pub mod frame;
pub mod objects;
#[cfg(feature = "sample")]
pub mod sample;
pub mod xdr;

mod generated;

pub use generated::procedures;

/// Arguments, results and events of every procedure, named `…Args`, `…Ret` and `…Event`.
pub mod wire {
    pub use crate::generated::probe;
    pub use crate::generated::*;
}
