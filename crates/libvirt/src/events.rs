//! Event callbacks: drivers post, the program's loop dispatches.

/// The callbacks of a connection.
#[derive(Default)]
pub struct Callbacks {}
