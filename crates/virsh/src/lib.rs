//! virsh: what a person types, what it does, and what it prints, byte for byte as the peer's virsh.
//!
//! Commands are declared under [`commands`]: grammar, help, body and test in one file. The rest is the
//! shell around them: [`grammar`] the declarations' types, [`args`] how a body reads its arguments,
//! [`cli`] the program's own options, [`shell`] what runs a command.
//!
//! It knows hypervisors through the public API only, never a driver or the protocol.

pub mod args;
pub mod cli;
mod clock;
pub mod commands;
mod complete;
pub mod failure;
pub mod grammar;
mod help;
mod lex;
pub mod number;
pub mod output;
mod parse;
mod prompt;
pub mod session;
pub mod shell;
pub mod table;
