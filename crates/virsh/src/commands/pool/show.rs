//! Pools, shown and edited.

use crate::grammar::{ANY, Command, Completer, flag, text};

/// `pool-dumpxml`: pool information in XML.
pub(crate) const POOL_DUMPXML: Command = Command::new("pool-dumpxml", "pool information in XML")
    .describe("Output the pool information as an XML dump to stdout.")
    .options(&[
        text("pool", "pool name or uuid").required().positional().completes(Completer::StoragePool(ANY)),
        flag("inactive", "show inactive defined XML"),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ]);

/// `pool-edit`: edit XML configuration for a storage pool.
pub(crate) const POOL_EDIT: Command = Command::new("pool-edit", "edit XML configuration for a storage pool")
    .describe("Edit the XML configuration for a storage pool.")
    .options(&[text("pool", "pool name or uuid")
        .required()
        .positional()
        .completes(Completer::StoragePool(ANY))]);

/// `pool-info`: storage pool information.
pub(crate) const POOL_INFO: Command = Command::new("pool-info", "storage pool information")
    .describe("Returns basic information about the storage pool.")
    .options(&[
        text("pool", "pool name or uuid").required().positional().completes(Completer::StoragePool(ANY)),
        flag("bytes", "Return pool info in bytes"),
    ]);

/// `pool-name`: convert a pool UUID to pool name.
pub(crate) const POOL_NAME: Command = Command::new("pool-name", "convert a pool UUID to pool name").options(
    &[text("pool", "pool name or uuid").required().positional().completes(Completer::StoragePool(ANY))],
);

/// `pool-uuid`: convert a pool name to pool UUID.
pub(crate) const POOL_UUID: Command = Command::new("pool-uuid", "convert a pool name to pool UUID").options(
    &[text("pool", "pool name or uuid").required().positional().completes(Completer::StoragePool(ANY))],
);
