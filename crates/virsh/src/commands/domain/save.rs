//! Saved states in files: save, restore and what is in them.

use crate::grammar::{Command, Completer, domain, domains, flag, number, text};

/// `save`: save a domain state to a file.
pub(crate) const SAVE: Command = Command::new("save", "save a domain state to a file")
    .describe("Save the RAM state of a running domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("file", "where to save the data").required().positional(),
        flag("bypass-cache", "avoid file system cache when saving"),
        number("parallel-channels", "number of IO channels to use for parallel save"),
        text("image-format", "format of the save image file"),
        text("xml", "filename containing updated XML for the target").tolerated().completes(Completer::Path),
        flag("running", "set domain to be running on restore"),
        flag("paused", "set domain to be paused on restore"),
        flag("verbose", "display the progress of save"),
    ]);

/// `restore`: restore a domain from a saved state in a file.
pub(crate) const RESTORE: Command = Command::new("restore", "restore a domain from a saved state in a file")
    .describe("Restore a domain.")
    .options(&[
        text("file", "the state to restore").required().positional(),
        flag("bypass-cache", "avoid file system cache when restoring"),
        number("parallel-channels", "number of IO channels to use for parallel restore"),
        text("xml", "filename containing updated XML for the target").tolerated().completes(Completer::Path),
        flag("running", "restore domain into running state"),
        flag("paused", "restore domain into paused state"),
        flag("reset-nvram", "re-initialize NVRAM from its pristine template"),
    ]);

/// `save-image-define`: redefine the XML for a domain's saved state file.
pub(crate) const SAVE_IMAGE_DEFINE: Command =
    Command::new("save-image-define", "redefine the XML for a domain's saved state file")
        .describe("Replace the domain XML associated with a saved state file")
        .options(&[
            text("file", "saved state file to modify").required().positional(),
            text("xml", "filename containing updated XML for the target")
                .required()
                .positional()
                .completes(Completer::Path),
            flag("running", "set domain to be running on restore"),
            flag("paused", "set domain to be paused on restore"),
        ]);

/// `save-image-dumpxml`: saved state domain information in XML.
pub(crate) const SAVE_IMAGE_DUMPXML: Command =
    Command::new("save-image-dumpxml", "saved state domain information in XML")
        .describe("Dump XML of domain information for a saved state file to stdout.")
        .options(&[
            text("file", "saved state file to read").required().positional(),
            flag("security-info", "include security sensitive information in XML dump"),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ]);

/// `save-image-edit`: edit XML for a domain's saved state file.
pub(crate) const SAVE_IMAGE_EDIT: Command =
    Command::new("save-image-edit", "edit XML for a domain's saved state file")
        .describe("Edit the domain XML associated with a saved state file")
        .options(&[
            text("file", "saved state file to edit").required().positional(),
            flag("running", "set domain to be running on restore"),
            flag("paused", "set domain to be paused on restore"),
        ]);
