//! net-list.

use crate::args::Args;
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{Command, flag};
use crate::network::Network;
use crate::shell::Shell;
use crate::table::Table;
use std::sync::Arc;
use vir_api::constants::*;
use vir_api::{Caller, NetworkDriver};
use vir_base::ErrorCode;
use vir_base::refs::NetworkRef;

/// `net-list`: list networks.
pub(crate) const NET_LIST: Command = Command::new("net-list", "list networks")
    .describe("Returns list of networks.")
    .options(&[
        flag("inactive", "list inactive networks"),
        flag("all", "list inactive & active networks"),
        flag("persistent", "list persistent networks"),
        flag("transient", "list transient networks"),
        flag("autostart", "list networks with autostart enabled"),
        flag("no-autostart", "list networks with autostart disabled"),
        flag("uuid", "list uuid's only"),
        flag("name", "list network names only"),
        flag("table", "list table (default)"),
        flag("title", "show network title"),
    ])
    .run(list);

/// The networks of a daemon that cannot list them at once; all of a state, whatever else was asked.
fn by_older_calls(driver: &Arc<dyn NetworkDriver>, caller: &Caller, flags: u32) -> Outcome<Vec<NetworkRef>> {
    let mut names = Vec::new();
    if flags & VIR_CONNECT_LIST_NETWORKS_ACTIVE != 0 {
        let count = driver.connect_num_of_networks(caller);
        let count = count.context(|| "Failed to get the number of active networks")?;
        let active = driver.connect_list_networks(caller, count);
        names.extend(active.context(|| "Failed to list active networks")?);
    }
    if flags & VIR_CONNECT_LIST_NETWORKS_INACTIVE != 0 {
        let count = driver.connect_num_of_defined_networks(caller);
        let count = count.context(|| "Failed to get the number of inactive networks")?;
        let inactive = driver.connect_list_defined_networks(caller, count);
        names.extend(inactive.context(|| "Failed to list inactive networks")?);
    }
    Ok(names.iter().filter_map(|name| driver.network_lookup_by_name(caller, name).ok()).collect())
}

fn list(shell: &mut Shell, args: &Args) -> Outcome {
    let mut flags = match (args.has("all"), args.has("inactive")) {
        (true, _) => VIR_CONNECT_LIST_NETWORKS_ACTIVE | VIR_CONNECT_LIST_NETWORKS_INACTIVE,
        (false, true) => VIR_CONNECT_LIST_NETWORKS_INACTIVE,
        (false, false) => VIR_CONNECT_LIST_NETWORKS_ACTIVE,
    };
    for (option, flag) in [
        ("persistent", VIR_CONNECT_LIST_NETWORKS_PERSISTENT),
        ("transient", VIR_CONNECT_LIST_NETWORKS_TRANSIENT),
        ("autostart", VIR_CONNECT_LIST_NETWORKS_AUTOSTART),
        ("no-autostart", VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART),
    ] {
        flags |= if args.has(option) { flag } else { 0 };
    }
    let (uuid, name, title) = (args.has("uuid"), args.has("name"), args.has("title"));
    if [args.has("table"), uuid, name].iter().filter(|given| **given).count() > 1 {
        fail!("Only one argument from --table, --name and --uuid may be specified.");
    }
    let link = shell.session.link()?;
    let driver = link.network().context(|| "Failed to list networks")?;
    let mut networks = match driver.connect_list_all_networks(&link.caller, flags) {
        Err(error) if error.code() == ErrorCode::NoSupport => by_older_calls(driver, &link.caller, flags)?,
        networks => networks.context(|| "Failed to list networks")?,
    };
    networks.sort_by_cached_key(|net| net.name.to_ascii_lowercase());
    if uuid || name {
        for net in networks {
            shell.out.print(format!("{}\n", if uuid { net.uuid.to_string() } else { net.name }));
        }
        return Ok(());
    }
    let mut titles = vec!["Name", "State", "Autostart", "Persistent"];
    titles.extend(title.then_some("Title"));
    let mut table = Table::new(titles);
    for net in networks {
        let net = Network::known(&link, driver, net);
        let mut row = vec![
            net.name.clone(),
            // an error counts as true here, as in the peer
            if matches!(net.is_active(), Ok(0)) { "inactive" } else { "active" }.to_owned(),
            net.autostart_text().to_owned(),
            if matches!(net.is_persistent(), Ok(0)) { "no" } else { "yes" }.to_owned(),
        ];
        if title {
            row.push(net.title()?);
        }
        table.row(row);
    }
    shell.print_table(&table);
    Ok(())
}
