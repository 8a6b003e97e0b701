//! Making checkpoints.

use crate::grammar::{Command, Completer, domain, domains, flag, text, words};

/// `checkpoint-create`: Create a checkpoint from XML.
pub(crate) const CHECKPOINT_CREATE: Command =
    Command::new("checkpoint-create", "Create a checkpoint from XML")
        .describe("Create a checkpoint from XML for use in future incremental backups")
        .options(&[
            domain(domains::ACTIVE),
            text("xmlfile", "domain checkpoint XML").positional().completes(Completer::Path),
            flag("redefine", "redefine metadata for existing checkpoint"),
            flag("redefine-validate", "validate the redefined checkpoint"),
            flag("quiesce", "quiesce guest's file systems"),
        ]);

/// `checkpoint-create-as`: Create a checkpoint from a set of args.
pub(crate) const CHECKPOINT_CREATE_AS: Command =
    Command::new("checkpoint-create-as", "Create a checkpoint from a set of args")
        .describe("Create a checkpoint from arguments for use in future incremental backups")
        .options(&[
            domain(domains::ACTIVE),
            text("name", "name of checkpoint").tolerated().completes(Completer::Nothing),
            text("description", "description of checkpoint").tolerated().completes(Completer::Nothing),
            flag("print-xml", "print XML document rather than create"),
            flag("quiesce", "quiesce guest's file systems"),
            words("diskspec", "disk attributes: disk[,checkpoint=type][,bitmap=name]").tolerated(),
        ]);
