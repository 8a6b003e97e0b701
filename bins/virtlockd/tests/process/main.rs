//! The lock daemon as a process: what becomes of leases when it is killed, ended, or started again.
//!
//! `FERROVIRT_TESTED=peer` puts the C daemon in its place: where that loses leases, the tests here
//! show the loss.

mod checker;
mod killed;
mod scene;
mod silent;
mod stored;
mod terminated;

/// Skips the test where it cannot run.
macro_rules! needs_host {
    () => {
        if let Some(what) = crate::scene::missing() {
            skip::skip!("needs {what}");
        }
    };
    (ours) => {
        needs_host!();
        if crate::scene::is_peer() {
            skip::skip!("is about what the C daemon does not have");
        }
    };
}
pub(crate) use needs_host;
