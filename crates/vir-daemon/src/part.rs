//! What a daemon looks after besides calls and drivers: leases, logs.

use vir_base::Result;
use vir_rpc::server::{ClientHooks, EventLoop};

/// Something that a daemon looks after. It also hears of the clients of the server for everybody.
pub trait Part: ClientHooks {
    /// Gets going: before anybody is answered, and while the process has one thread.
    ///
    /// # Errors
    /// Then the daemon does not start.
    fn start(&self, _event_loop: &mut EventLoop) -> Result<()> {
        Ok(())
    }

    /// The last thing before anybody is answered: everything else is in its place. What was begun in
    /// [`Part::start`] beside that is brought to its end.
    fn ready(&self, _event_loop: &mut EventLoop) {}

    /// Whether the daemon must not end by itself, though it has no clients.
    fn is_busy(&self) -> bool {
        false
    }

    /// The daemon has begun to end: clients that go from now on go because it does.
    fn ending(&self) {}
}
