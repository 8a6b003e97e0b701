//! Changes to host interfaces that can be rolled back, and bridges.

use crate::grammar::{ANY, Command, Completer, flag, number, text};

/// `iface-begin`: create a snapshot of current interfaces settings, which can be later committed (iface-commit) or restored (iface-rollback).
pub(crate) const IFACE_BEGIN: Command = Command::new("iface-begin", "create a snapshot of current interfaces settings, which can be later committed (iface-commit) or restored (iface-rollback)")
    .describe("Create a restore point for interfaces settings");

/// `iface-commit`: commit changes made since iface-begin and free restore point.
pub(crate) const IFACE_COMMIT: Command =
    Command::new("iface-commit", "commit changes made since iface-begin and free restore point")
        .describe("commit changes and free restore point");

/// `iface-rollback`: rollback to previous saved configuration created via iface-begin.
pub(crate) const IFACE_ROLLBACK: Command =
    Command::new("iface-rollback", "rollback to previous saved configuration created via iface-begin")
        .describe("rollback to previous restore point");

/// `iface-bridge`: create a bridge device and attach an existing network device to it.
pub(crate) const IFACE_BRIDGE: Command =
    Command::new("iface-bridge", "create a bridge device and attach an existing network device to it")
        .describe("bridge an existing network device")
        .options(&[
            text("interface", "existing interface name")
                .required()
                .positional()
                .completes(Completer::Interface(ANY)),
            text("bridge", "new bridge device name").required().positional(),
            flag("no-stp", "do not enable STP for this bridge"),
            number("delay", "number of seconds to squelch traffic on newly connected ports").tolerated(),
            flag("no-start", "don't start the bridge immediately"),
        ]);

/// `iface-unbridge`: undefine a bridge device after detaching its device(s).
pub(crate) const IFACE_UNBRIDGE: Command =
    Command::new("iface-unbridge", "undefine a bridge device after detaching its device(s)")
        .describe("unbridge a network device")
        .options(&[
            text("bridge", "current bridge device name").required().positional(),
            flag("no-start", "don't start the detached interface immediately (not recommended)"),
        ]);
