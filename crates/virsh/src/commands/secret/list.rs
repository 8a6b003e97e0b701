//! secret-list.

use crate::grammar::{Command, flag};

/// `secret-list`: list secrets.
pub(crate) const SECRET_LIST: Command =
    Command::new("secret-list", "list secrets").describe("Returns a list of secrets").options(&[
        flag("ephemeral", "list ephemeral secrets"),
        flag("no-ephemeral", "list non-ephemeral secrets"),
        flag("private", "list private secrets"),
        flag("no-private", "list non-private secrets"),
    ]);
