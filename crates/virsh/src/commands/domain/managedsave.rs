//! Saved states that the daemon keeps.

use crate::grammar::{Command, Completer, domain, domains, flag, text};

/// `managedsave`: managed save of a domain state.
pub(crate) const MANAGEDSAVE: Command = Command::new("managedsave", "managed save of a domain state")
    .describe("Save and destroy a running domain, so it can be restarted from\n    the same state at a later time.  When the virsh 'start'\n    command is next run for the domain, it will automatically\n    be started from this saved state.")
    .options(&[
        domain(domains::ACTIVE),
        flag("bypass-cache", "avoid file system cache when saving"),
        flag("running", "set domain to be running on next start"),
        flag("paused", "set domain to be paused on next start"),
        flag("verbose", "display the progress of save"),
    ]);

/// `managedsave-remove`: Remove managed save of a domain.
pub(crate) const MANAGEDSAVE_REMOVE: Command =
    Command::new("managedsave-remove", "Remove managed save of a domain")
        .describe("Remove an existing managed save state file from a domain")
        .options(&[domain(domains::MANAGEDSAVE)]);

/// `managedsave-edit`: edit XML for a domain's managed save state file.
pub(crate) const MANAGEDSAVE_EDIT: Command =
    Command::new("managedsave-edit", "edit XML for a domain's managed save state file")
        .describe("Edit the domain XML associated with the managed save state file")
        .options(&[
            domain(domains::MANAGEDSAVE),
            flag("running", "set domain to be running on start"),
            flag("paused", "set domain to be paused on start"),
        ]);

/// `managedsave-dumpxml`: Domain information of managed save state file in XML.
pub(crate) const MANAGEDSAVE_DUMPXML: Command =
    Command::new("managedsave-dumpxml", "Domain information of managed save state file in XML")
        .describe("Dump XML of domain information for a managed save state file to stdout.")
        .options(&[
            domain(domains::MANAGEDSAVE),
            flag("security-info", "include security sensitive information in XML dump"),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ]);

/// `managedsave-define`: redefine the XML for a domain's managed save state file.
pub(crate) const MANAGEDSAVE_DEFINE: Command =
    Command::new("managedsave-define", "redefine the XML for a domain's managed save state file")
        .describe("Replace the domain XML associated with a managed save state file")
        .options(&[
            domain(domains::MANAGEDSAVE),
            text("xml", "filename containing updated XML for the target")
                .required()
                .positional()
                .completes(Completer::Path),
            flag("running", "set domain to be running on start"),
            flag("paused", "set domain to be paused on start"),
        ]);
