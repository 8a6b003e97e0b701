//! Pools from XML or from options.

use crate::grammar::{Command, Completer, file, flag, text};

/// `pool-create-as`: create a pool from a set of args.
pub(crate) const POOL_CREATE_AS: Command =
    Command::new("pool-create-as", "create a pool from a set of args").describe("Create a pool.").options(&[
        text("name", "name of the pool").required().positional().completes(Completer::Nothing),
        text("type", "type of the pool").required().positional().completes(Completer::PoolType),
        flag("print-xml", "print XML document, but don't define/create"),
        text("source-host", "source-host for underlying storage").tolerated().completes(Completer::Nothing),
        text("source-path", "source path for underlying storage").tolerated(),
        text("source-dev", "source device for underlying storage").tolerated(),
        text("source-name", "source name for underlying storage").tolerated(),
        text("target", "target for underlying storage").tolerated(),
        text("source-format", "format for underlying storage").tolerated(),
        text("auth-type", "auth type to be used for underlying storage").tolerated(),
        text("auth-username", "auth username to be used for underlying storage")
            .tolerated()
            .completes(Completer::Nothing),
        text("secret-usage", "auth secret usage to be used for underlying storage").tolerated(),
        text("secret-uuid", "auth secret UUID to be used for underlying storage").tolerated(),
        text("adapter-name", "adapter name to be used for underlying storage").tolerated(),
        text("adapter-wwnn", "adapter wwnn to be used for underlying storage").tolerated(),
        text("adapter-wwpn", "adapter wwpn to be used for underlying storage").tolerated(),
        text("adapter-parent", "adapter parent scsi_hostN to be used for underlying vHBA storage")
            .tolerated(),
        text("adapter-parent-wwnn", "adapter parent scsi_hostN wwnn to be used for underlying vHBA storage")
            .tolerated(),
        text("adapter-parent-wwpn", "adapter parent scsi_hostN wwpn to be used for underlying vHBA storage")
            .tolerated(),
        text(
            "adapter-parent-fabric-wwn",
            "adapter parent scsi_hostN fabric_wwn to be used for underlying vHBA storage",
        )
        .tolerated(),
        text("source-protocol-ver", "nfsvers value for NFS pool mount option").tolerated(),
        text("source-initiator", "initiator iqn for underlying storage")
            .tolerated()
            .completes(Completer::Nothing),
        flag("build", "build the pool as normal"),
        flag("no-overwrite", "do not overwrite any existing data"),
        flag("overwrite", "overwrite any existing data"),
    ]);

/// `pool-create`: create a pool from an XML file.
pub(crate) const POOL_CREATE: Command =
    Command::new("pool-create", "create a pool from an XML file").describe("Create a pool.").options(&[
        file("file containing an XML pool description"),
        flag("build", "build the pool as normal"),
        flag("no-overwrite", "do not overwrite any existing data"),
        flag("overwrite", "overwrite any existing data"),
    ]);

/// `pool-define-as`: define a pool from a set of args.
pub(crate) const POOL_DEFINE_AS: Command =
    Command::new("pool-define-as", "define a pool from a set of args").describe("Define a pool.").options(&[
        text("name", "name of the pool").required().positional().completes(Completer::Nothing),
        text("type", "type of the pool").required().positional().completes(Completer::PoolType),
        flag("print-xml", "print XML document, but don't define/create"),
        text("source-host", "source-host for underlying storage").tolerated().completes(Completer::Nothing),
        text("source-path", "source path for underlying storage").tolerated(),
        text("source-dev", "source device for underlying storage").tolerated(),
        text("source-name", "source name for underlying storage").tolerated(),
        text("target", "target for underlying storage").tolerated(),
        text("source-format", "format for underlying storage").tolerated(),
        text("auth-type", "auth type to be used for underlying storage").tolerated(),
        text("auth-username", "auth username to be used for underlying storage")
            .tolerated()
            .completes(Completer::Nothing),
        text("secret-usage", "auth secret usage to be used for underlying storage").tolerated(),
        text("secret-uuid", "auth secret UUID to be used for underlying storage").tolerated(),
        text("adapter-name", "adapter name to be used for underlying storage").tolerated(),
        text("adapter-wwnn", "adapter wwnn to be used for underlying storage").tolerated(),
        text("adapter-wwpn", "adapter wwpn to be used for underlying storage").tolerated(),
        text("adapter-parent", "adapter parent scsi_hostN to be used for underlying vHBA storage")
            .tolerated(),
        text("adapter-parent-wwnn", "adapter parent scsi_hostN wwnn to be used for underlying vHBA storage")
            .tolerated(),
        text("adapter-parent-wwpn", "adapter parent scsi_hostN wwpn to be used for underlying vHBA storage")
            .tolerated(),
        text(
            "adapter-parent-fabric-wwn",
            "adapter parent scsi_hostN fabric_wwn to be used for underlying vHBA storage",
        )
        .tolerated(),
        text("source-protocol-ver", "nfsvers value for NFS pool mount option").tolerated(),
        text("source-initiator", "initiator iqn for underlying storage")
            .tolerated()
            .completes(Completer::Nothing),
    ]);

/// `pool-define`: define an inactive persistent storage pool or modify an existing persistent one from an XML file.
pub(crate) const POOL_DEFINE: Command = Command::new(
    "pool-define",
    "define an inactive persistent storage pool or modify an existing persistent one from an XML file",
)
.describe("Define or modify a persistent storage pool.")
.options(&[
    file("file containing an XML pool description"),
    flag("validate", "validate the XML against the schema"),
]);
