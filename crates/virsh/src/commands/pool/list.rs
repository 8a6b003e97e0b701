//! pool-list.

use crate::args::Args;
use crate::commands::shell::split_commas;
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{Command, Completer, flag, text};
use crate::number::pretty_size;
use crate::pool::state_text;
use crate::shell::Shell;
use crate::table::Table;
use std::sync::Arc;
use vir_api::constants::*;
use vir_api::{Caller, StorageDriver};
use vir_base::ErrorCode;
use vir_base::refs::StoragePoolRef;

/// `pool-list`: list pools.
pub(crate) const POOL_LIST: Command = Command::new("pool-list", "list pools")
    .describe("Returns list of pools.")
    .options(&[
        flag("inactive", "list inactive pools"),
        flag("all", "list inactive & active pools"),
        flag("transient", "list transient pools"),
        flag("persistent", "list persistent pools"),
        flag("autostart", "list pools with autostart enabled"),
        flag("no-autostart", "list pools with autostart disabled"),
        text("type", "only list pool of specified type(s) (if supported)")
            .tolerated()
            .completes(Completer::PoolTypes),
        flag("details", "display extended details for pools"),
        flag("uuid", "list UUID of active pools only"),
        flag("name", "list name of active pools only"),
    ])
    .run(list);

/// Kinds of pools, and the filter for each.
const KINDS: [(&str, u32); 14] = [
    ("dir", VIR_CONNECT_LIST_STORAGE_POOLS_DIR),
    ("fs", VIR_CONNECT_LIST_STORAGE_POOLS_FS),
    ("netfs", VIR_CONNECT_LIST_STORAGE_POOLS_NETFS),
    ("logical", VIR_CONNECT_LIST_STORAGE_POOLS_LOGICAL),
    ("disk", VIR_CONNECT_LIST_STORAGE_POOLS_DISK),
    ("iscsi", VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI),
    ("iscsi-direct", VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI_DIRECT),
    ("scsi", VIR_CONNECT_LIST_STORAGE_POOLS_SCSI),
    ("mpath", VIR_CONNECT_LIST_STORAGE_POOLS_MPATH),
    ("rbd", VIR_CONNECT_LIST_STORAGE_POOLS_RBD),
    ("sheepdog", VIR_CONNECT_LIST_STORAGE_POOLS_SHEEPDOG),
    ("gluster", VIR_CONNECT_LIST_STORAGE_POOLS_GLUSTER),
    ("zfs", VIR_CONNECT_LIST_STORAGE_POOLS_ZFS),
    ("vstorage", VIR_CONNECT_LIST_STORAGE_POOLS_VSTORAGE),
];

fn filters(args: &Args) -> Outcome<u32> {
    args.exclusive("all", "inactive")?;
    let mut flags = match (args.has("all"), args.has("inactive")) {
        (true, _) => VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE | VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE,
        (false, true) => VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE,
        (false, false) => VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE,
    };
    for (option, flag) in [
        ("autostart", VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART),
        ("no-autostart", VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART),
        ("persistent", VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT),
        ("transient", VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT),
    ] {
        flags |= if args.has(option) { flag } else { 0 };
    }
    let kinds = args.text("type")?;
    args.exclusive("details", "uuid")?;
    args.exclusive("details", "name")?;
    for kind in kinds.map(split_commas).unwrap_or_default() {
        match KINDS.iter().find(|(name, _)| *name == kind) {
            Some((_, flag)) => flags |= flag,
            None => fail!("Invalid pool type '{kind}'"),
        }
    }
    Ok(flags)
}

/// The pools of a daemon that cannot list them at once; all of a state, whatever else was asked.
fn by_older_calls(
    driver: &Arc<dyn StorageDriver>,
    caller: &Caller,
    flags: u32,
) -> Outcome<Vec<StoragePoolRef>> {
    let mut names = Vec::new();
    if flags & VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE != 0 {
        let count = driver.connect_num_of_storage_pools(caller);
        // the space at the end is the peer's
        let count = count.context(|| "Failed to get the number of active pools ")?;
        let active = driver.connect_list_storage_pools(caller, count);
        names.extend(active.context(|| "Failed to list active pools")?);
    }
    if flags & VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE != 0 {
        let count = driver.connect_num_of_defined_storage_pools(caller);
        let count = count.context(|| "Failed to get the number of inactive pools")?;
        let inactive = driver.connect_list_defined_storage_pools(caller, count);
        names.extend(inactive.context(|| "Failed to list inactive pools")?);
    }
    Ok(names.iter().filter_map(|name| driver.storage_pool_lookup_by_name(caller, name).ok()).collect())
}

fn list(shell: &mut Shell, args: &Args) -> Outcome {
    let flags = filters(args)?;
    let (uuid, name, details) = (args.has("uuid"), args.has("name"), args.has("details"));
    let link = shell.session.link()?;
    let driver = link.storage().context(|| "Failed to list pools")?;
    let mut pools = match driver.connect_list_all_storage_pools(&link.caller, flags) {
        Err(error) if error.code() == ErrorCode::NoSupport => by_older_calls(driver, &link.caller, flags)?,
        pools => pools.context(|| "Failed to list pools")?,
    };
    pools.sort_by_cached_key(|pool| pool.name.to_ascii_lowercase());
    if uuid || name {
        for pool in pools {
            let words = [uuid.then(|| pool.uuid.to_string()), name.then_some(pool.name)];
            shell.out.print(words.into_iter().flatten().collect::<Vec<_>>().join(" ") + "\n");
        }
        return Ok(());
    }
    let mut titles = vec!["Name", "State", "Autostart"];
    if details {
        titles.extend(["Persistent", "Capacity", "Allocation", "Available"]);
    }
    let mut table = Table::new(titles);
    for pool in pools {
        table.row(row(shell, &link, &pool, details)?);
    }
    shell.print_table(&table);
    Ok(())
}

fn row(
    shell: &mut Shell,
    link: &crate::session::Link,
    pool: &StoragePoolRef,
    details: bool,
) -> Outcome<Vec<String>> {
    let driver = link.storage()?;
    let autostart = match driver.storage_pool_get_autostart(&link.caller, pool) {
        Ok(0) => "no",
        Ok(_) => "yes",
        Err(_) => "no autostart",
    };
    let info = driver.storage_pool_get_info(&link.caller, pool);
    if info.is_err() {
        shell.out.error("Could not retrieve pool information");
    }
    let state = match &info {
        Err(_) => "unknown",
        Ok(info) if details => state_text(i32::from(info.state)),
        Ok(_) => match driver.storage_pool_is_active(&link.caller, pool) {
            Ok(0) => "inactive",
            _ => "active",
        },
    };
    let mut row = vec![pool.name.clone(), state.to_owned(), autostart.to_owned()];
    if !details {
        return Ok(row);
    }
    row.push(
        match driver.storage_pool_is_persistent(&link.caller, pool) {
            Ok(0) => "no",
            Ok(_) => "yes",
            Err(_) => "unknown",
        }
        .to_owned(),
    );
    row.extend(match info {
        Err(_) => ["unknown"; 3].map(str::to_owned),
        Ok(info) if matches!(i32::from(info.state), VIR_STORAGE_POOL_RUNNING | VIR_STORAGE_POOL_DEGRADED) => {
            [info.capacity, info.allocation, info.available].map(|bytes| {
                let (value, unit) = pretty_size(bytes);
                format!("{value:.2} {unit}")
            })
        }
        Ok(_) => ["-"; 3].map(str::to_owned),
    });
    Ok(row)
}
