//! undefine: a domain forgotten, with its files if asked.

use crate::grammar::{Command, Completer, alias, domain, domains, flag, text};

/// `undefine`: undefine a domain.
pub(crate) const UNDEFINE: Command = Command::new("undefine", "undefine a domain")
    .describe("Undefine an inactive domain, or convert persistent to transient.")
    .options(&[
        domain(domains::PERSISTENT),
        flag("managed-save", "remove domain managed state file"),
        text("storage", "remove associated storage volumes (comma separated list of targets or source paths) (see domblklist)").tolerated().completes(Completer::DomainUndefineStorageDisks),
        flag("remove-all-storage", "remove all associated storage volumes (use with caution)"),
        alias("delete-snapshots", "delete-storage-volume-snapshots"),
        flag("delete-storage-volume-snapshots", "delete snapshots associated with volume(s), requires --remove-all-storage (must be supported by storage driver)"),
        flag("wipe-storage", "wipe data on the removed volumes"),
        flag("snapshots-metadata", "remove all domain snapshot metadata (vm must be inactive)"),
        flag("checkpoints-metadata", "remove all domain checkpoint metadata (vm must be inactive)"),
        flag("nvram", "remove nvram file"),
        flag("keep-nvram", "keep nvram file"),
        flag("tpm", "remove TPM state"),
        flag("keep-tpm", "keep TPM state"),
    ]);
