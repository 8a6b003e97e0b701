//! virsh: what a person types, what it does, and what it prints, byte for byte as the peer's virsh.
//!
//! Commands are declared under [`commands`]: grammar, help, body and test in one file. The rest is the
//! shell around them: [`grammar`] the declarations' types, [`args`] how a body reads its arguments,
//! [`cli`] the program's own options, [`shell`] what runs a command.
//!
//! It knows hypervisors through the public API only, never a driver or the protocol.

mod agent;
pub mod args;
pub mod cli;
mod clock;
pub mod commands;
mod complete;
mod console;
mod cpu_set;
mod credentials;
mod document;
mod domain;
mod edit;
mod events;
pub mod failure;
mod files;
pub mod grammar;
mod help;
mod lex;
mod network;
pub mod number;
pub mod open;
pub mod output;
mod parse;
mod pool;
mod progress;
mod prompt;
pub mod session;
pub mod shell;
mod show_xml;
mod states;
mod stats;
mod streams;
pub mod table;
mod terminal;
mod xpath;
