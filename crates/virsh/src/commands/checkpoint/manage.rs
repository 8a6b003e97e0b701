//! Checkpoints, shown and removed.

use crate::grammar::{Command, Completer, domain, domains, flag, text};

/// `checkpoint-delete`: Delete a domain checkpoint.
pub(crate) const CHECKPOINT_DELETE: Command =
    Command::new("checkpoint-delete", "Delete a domain checkpoint").describe("Checkpoint Delete").options(&[
        domain(domains::HAS_CHECKPOINT | domains::ACTIVE),
        text("checkpointname", "checkpoint name").required().positional().completes(Completer::Checkpoint),
        flag("children", "delete checkpoint and all children"),
        flag("children-only", "delete children but not checkpoint"),
        flag("metadata", "delete only libvirt metadata, leaving checkpoint contents behind"),
    ]);

/// `checkpoint-dumpxml`: Dump XML for a domain checkpoint.
pub(crate) const CHECKPOINT_DUMPXML: Command =
    Command::new("checkpoint-dumpxml", "Dump XML for a domain checkpoint")
        .describe("Checkpoint Dump XML")
        .options(&[
            domain(domains::HAS_CHECKPOINT),
            text("checkpointname", "checkpoint name")
                .required()
                .positional()
                .completes(Completer::Checkpoint),
            flag("security-info", "include security sensitive information in XML dump"),
            flag("no-domain", "exclude <domain> from XML"),
            flag("size", "include backup size estimate in XML dump"),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ]);

/// `checkpoint-edit`: edit XML for a checkpoint.
pub(crate) const CHECKPOINT_EDIT: Command = Command::new("checkpoint-edit", "edit XML for a checkpoint")
    .describe("Edit the domain checkpoint XML for a named checkpoint")
    .options(&[
        domain(domains::HAS_CHECKPOINT),
        text("checkpointname", "checkpoint name").required().positional().completes(Completer::Checkpoint),
    ]);

/// `checkpoint-info`: checkpoint information.
pub(crate) const CHECKPOINT_INFO: Command = Command::new("checkpoint-info", "checkpoint information")
    .describe("Returns basic information about a checkpoint.")
    .options(&[
        domain(domains::HAS_CHECKPOINT),
        text("checkpointname", "checkpoint name").required().positional().completes(Completer::Checkpoint),
    ]);

/// `checkpoint-list`: List checkpoints for a domain.
pub(crate) const CHECKPOINT_LIST: Command =
    Command::new("checkpoint-list", "List checkpoints for a domain").describe("Checkpoint List").options(&[
        domain(domains::HAS_CHECKPOINT),
        flag("parent", "add a column showing parent checkpoint"),
        flag("roots", "list only checkpoints without parents"),
        flag("leaves", "list only checkpoints without children"),
        flag("no-leaves", "list only checkpoints that are not leaves (with children)"),
        flag("tree", "list checkpoints in a tree"),
        text("from", "limit list to children of given checkpoint")
            .tolerated()
            .completes(Completer::Checkpoint),
        flag("descendants", "with --from, list all descendants"),
        flag("name", "list checkpoint names only"),
        flag("topological", "sort list topologically rather than by name"),
    ]);

/// `checkpoint-parent`: Get the name of the parent of a checkpoint.
pub(crate) const CHECKPOINT_PARENT: Command =
    Command::new("checkpoint-parent", "Get the name of the parent of a checkpoint")
        .describe("Extract the checkpoint's parent, if any")
        .options(&[
            domain(domains::HAS_CHECKPOINT),
            text("checkpointname", "find parent of checkpoint name")
                .required()
                .positional()
                .completes(Completer::Checkpoint),
        ]);
