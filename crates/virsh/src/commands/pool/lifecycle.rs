//! Pools: build, start, refresh and end.

use crate::args::Args;
use crate::failure::{Context, Outcome};
use crate::grammar::{ANY, Command, Completer, flag, pools, text};
use crate::pool::{Pool, call};
use crate::shell::Shell;
use vir_api::constants::*;

/// `pool-autostart`: autostart a pool.
pub(crate) const POOL_AUTOSTART: Command = Command::new("pool-autostart", "autostart a pool")
    .describe("Configure a pool to be automatically started at boot.")
    .options(&[
        text("pool", "pool name or uuid")
            .required()
            .positional()
            .completes(Completer::StoragePool(pools::PERSISTENT)),
        flag("disable", "disable autostarting"),
    ])
    .run(autostart);

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
        .completes(Completer::StoragePool(pools::ACTIVE))])
    .run(destroy);

/// `pool-refresh`: refresh a pool.
pub(crate) const POOL_REFRESH: Command = Command::new("pool-refresh", "refresh a pool")
    .describe("Refresh a given pool.")
    .options(&[text("pool", "pool name or uuid")
        .required()
        .positional()
        .completes(Completer::StoragePool(pools::ACTIVE))])
    .run(refresh);

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
        ])
        .run(start);

/// `pool-undefine`: undefine an inactive pool.
pub(crate) const POOL_UNDEFINE: Command = Command::new("pool-undefine", "undefine an inactive pool")
    .describe("Undefine the configuration for an inactive pool.")
    .options(&[text("pool", "pool name or uuid")
        .required()
        .positional()
        .completes(Completer::StoragePool(pools::PERSISTENT))])
    .run(undefine);

fn start(shell: &mut Shell, args: &Args) -> Outcome {
    let pool = Pool::find(shell, args)?;
    args.exclusive("overwrite", "no-overwrite")?;
    let mut flags = 0;
    for (option, flag) in [
        ("build", VIR_STORAGE_POOL_CREATE_WITH_BUILD),
        ("overwrite", VIR_STORAGE_POOL_CREATE_WITH_BUILD_OVERWRITE),
        ("no-overwrite", VIR_STORAGE_POOL_CREATE_WITH_BUILD_NO_OVERWRITE),
    ] {
        flags |= if args.has(option) { flag } else { 0 };
    }
    call!(pool.storage_pool_create(flags)).context(|| format!("Failed to start pool {}", pool.asked))?;
    shell.out.extra(format!("Pool {} started\n", pool.asked));
    Ok(())
}

fn destroy(shell: &mut Shell, args: &Args) -> Outcome {
    let pool = Pool::find(shell, args)?;
    call!(pool.storage_pool_destroy()).context(|| format!("Failed to destroy pool {}", pool.asked))?;
    shell.out.extra(format!("Pool {} destroyed\n", pool.asked));
    Ok(())
}

fn undefine(shell: &mut Shell, args: &Args) -> Outcome {
    let pool = Pool::find(shell, args)?;
    call!(pool.storage_pool_undefine()).context(|| format!("Failed to undefine pool {}", pool.asked))?;
    shell.out.extra(format!("Pool {} has been undefined\n", pool.asked));
    Ok(())
}

fn refresh(shell: &mut Shell, args: &Args) -> Outcome {
    let pool = Pool::find(shell, args)?;
    call!(pool.storage_pool_refresh(0)).context(|| format!("Failed to refresh pool {}", pool.asked))?;
    shell.out.extra(format!("Pool {} refreshed\n", pool.asked));
    Ok(())
}

fn autostart(shell: &mut Shell, args: &Args) -> Outcome {
    let pool = Pool::find(shell, args)?;
    let (name, on) = (&pool.asked, !args.has("disable"));
    let mark = if on { "mark" } else { "unmark" };
    call!(pool.storage_pool_set_autostart(i32::from(on)))
        .context(|| format!("failed to {mark} pool {name} as autostarted"))?;
    shell.out.extra(format!("Pool {name} {mark}ed as autostarted\n"));
    Ok(())
}
