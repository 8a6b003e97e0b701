//! Pools: build, start, refresh and end.

use crate::grammar::{ANY, Command, Completer, flag, pools, text};

/// `pool-autostart`: autostart a pool.
pub(crate) const POOL_AUTOSTART: Command = Command::new("pool-autostart", "autostart a pool")
    .describe("Configure a pool to be automatically started at boot.")
    .options(&[
        text("pool", "pool name or uuid")
            .required()
            .positional()
            .completes(Completer::StoragePool(pools::PERSISTENT)),
        flag("disable", "disable autostarting"),
    ]);

/// `pool-build`: build a pool.
pub(crate) const POOL_BUILD: Command =
    Command::new("pool-build", "build a pool").describe("Build a given pool.").options(&[
        text("pool", "pool name or uuid").required().positional().completes(Completer::StoragePool(ANY)),
        flag("no-overwrite", "do not overwrite any existing data"),
        flag("overwrite", "overwrite any existing data"),
    ]);

/// `pool-delete`: delete a pool.
pub(crate) const POOL_DELETE: Command = Command::new("pool-delete", "delete a pool")
    .describe("Delete a given pool.")
    .options(&[text("pool", "pool name or uuid")
        .required()
        .positional()
        .completes(Completer::StoragePool(pools::INACTIVE))]);

/// `pool-destroy`: destroy (stop) a pool.
pub(crate) const POOL_DESTROY: Command = Command::new("pool-destroy", "destroy (stop) a pool")
    .describe("Forcefully stop a given pool. Raw data in the pool is untouched")
    .options(&[text("pool", "pool name or uuid")
        .required()
        .positional()
        .completes(Completer::StoragePool(pools::ACTIVE))]);

/// `pool-refresh`: refresh a pool.
pub(crate) const POOL_REFRESH: Command = Command::new("pool-refresh", "refresh a pool")
    .describe("Refresh a given pool.")
    .options(&[text("pool", "pool name or uuid")
        .required()
        .positional()
        .completes(Completer::StoragePool(pools::ACTIVE))]);

/// `pool-start`: start a (previously defined) inactive pool.
pub(crate) const POOL_START: Command =
    Command::new("pool-start", "start a (previously defined) inactive pool")
        .describe("Start a pool.")
        .options(&[
            text("pool", "pool name or uuid")
                .required()
                .positional()
                .completes(Completer::StoragePool(pools::INACTIVE)),
            flag("build", "build the pool as normal"),
            flag("no-overwrite", "do not overwrite any existing data"),
            flag("overwrite", "overwrite any existing data"),
        ]);

/// `pool-undefine`: undefine an inactive pool.
pub(crate) const POOL_UNDEFINE: Command = Command::new("pool-undefine", "undefine an inactive pool")
    .describe("Undefine the configuration for an inactive pool.")
    .options(&[text("pool", "pool name or uuid")
        .required()
        .positional()
        .completes(Completer::StoragePool(pools::PERSISTENT))]);
