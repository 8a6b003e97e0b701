//! connect: another hypervisor.

use crate::args::Args;
use crate::failure::Outcome;
use crate::grammar::{Command, Completer, flag, text};
use crate::shell::Shell;

/// `connect`: (re)connect to hypervisor.
pub(crate) const CONNECT: Command = Command::new("connect", "(re)connect to hypervisor")
    .describe("Connect to local hypervisor. This is built-in command after shell start up.")
    .options(&[
        text("name", "hypervisor connection URI").positional().allow_empty().completes(Completer::Nothing),
        flag("readonly", "read-only connection"),
    ])
    .without_connection()
    .run(connect);

fn connect(shell: &mut Shell, args: &Args) -> Outcome {
    let uri = args.text("name")?;
    shell.session.connect(&mut shell.out, uri, args.has("readonly"))
}
