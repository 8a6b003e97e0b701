//! list: the domains, as a table or as names.

use crate::args::Args;
use crate::domain::{Domain, ask, call};
use crate::failure::{Context, Outcome};
use crate::grammar::{Command, flag};
use crate::session::Link;
use crate::shell::Shell;
use crate::states::state_text;
use crate::table::Table;
use std::sync::Arc;
use vir_api::constants::*;
use vir_base::ErrorCode;

/// `list`: list domains.
pub(crate) const LIST: Command = Command::new("list", "list domains")
    .describe("Returns list of domains.")
    .options(&[
        flag("inactive", "list inactive domains"),
        flag("all", "list inactive & active domains"),
        flag("transient", "list transient domains"),
        flag("persistent", "list persistent domains"),
        flag("with-snapshot", "list domains with existing snapshot"),
        flag("without-snapshot", "list domains without a snapshot"),
        flag("with-checkpoint", "list domains with existing checkpoint"),
        flag("without-checkpoint", "list domains without a checkpoint"),
        flag("state-running", "list domains in running state"),
        flag("state-paused", "list domains in paused state"),
        flag("state-shutoff", "list domains in shutoff state"),
        flag("state-other", "list domains in other states"),
        flag("autostart", "list domains with autostart enabled"),
        flag("no-autostart", "list domains with autostart disabled"),
        flag("with-managed-save", "list domains with managed save state"),
        flag("without-managed-save", "list domains without managed save"),
        flag("uuid", "list uuid's only"),
        flag("name", "list domain names only"),
        flag("id", "list domain IDs only"),
        flag("table", "list table (default)"),
        flag("managed-save", "mark inactive domains with managed save state"),
        flag("title", "show domain title"),
    ])
    .run(list);

/// Options that narrow the list, and their API flags.
const FILTERS: [(&str, u32); 14] = [
    ("persistent", VIR_CONNECT_LIST_DOMAINS_PERSISTENT),
    ("transient", VIR_CONNECT_LIST_DOMAINS_TRANSIENT),
    ("with-managed-save", VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE),
    ("without-managed-save", VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE),
    ("autostart", VIR_CONNECT_LIST_DOMAINS_AUTOSTART),
    ("no-autostart", VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART),
    ("with-snapshot", VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT),
    ("without-snapshot", VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT),
    ("with-checkpoint", VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT),
    ("without-checkpoint", VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT),
    ("state-running", VIR_CONNECT_LIST_DOMAINS_RUNNING),
    ("state-paused", VIR_CONNECT_LIST_DOMAINS_PAUSED),
    ("state-shutoff", VIR_CONNECT_LIST_DOMAINS_SHUTOFF),
    ("state-other", VIR_CONNECT_LIST_DOMAINS_OTHER),
];

fn list(shell: &mut Shell, args: &Args) -> Outcome {
    let mut flags = match (args.has("all"), args.has("inactive") || args.has("state-shutoff")) {
        (true, _) => VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE,
        (false, true) => VIR_CONNECT_LIST_DOMAINS_INACTIVE,
        (false, false) => VIR_CONNECT_LIST_DOMAINS_ACTIVE,
    };
    for (option, flag) in FILTERS {
        flags |= if args.has(option) { flag } else { 0 };
    }
    args.exclusive("table", "name")?;
    args.exclusive("table", "id")?;
    let (uuid, name, id) = (args.has("uuid"), args.has("name"), args.has("id"));
    let table = args.has("table") || !(uuid || name || id);

    let domains = collect(&shell.session.link()?, flags).context(|| "Failed to list domains")?;
    if table {
        return print_table(shell, args, &domains);
    }
    for dom in domains {
        // numbers alone are only those of domains that have one
        if id && !dom.has_id() && !uuid && !name {
            continue;
        }
        let mut words = Vec::new();
        words.extend(uuid.then(|| dom.uuid.to_string()));
        words.extend(id.then(|| number(&dom)));
        words.extend(name.then(|| dom.name.clone()));
        shell.out.print(words.join(" ") + "\n");
    }
    Ok(())
}

fn number(dom: &Domain) -> String {
    if dom.has_id() { dom.id.to_string() } else { "-".to_owned() }
}

fn print_table(shell: &mut Shell, args: &Args, domains: &[Domain]) -> Outcome {
    let (title, uuid) = (args.has("title"), args.has("uuid"));
    let mut titles = vec!["Id", "Name", "State"];
    titles.extend(title.then_some("Title"));
    titles.extend(uuid.then_some("UUID"));
    let mut table = Table::new(titles);
    for dom in domains {
        // one that went away meanwhile is left out
        let Ok((state, _)) = dom.state() else { continue };
        let saved = args.has("managed-save")
            && state == VIR_DOMAIN_SHUTOFF
            && matches!(call!(dom.domain_has_managed_save_image(0)), Ok(1..));
        let state = if saved { "saved" } else { state_text(state) };
        let mut row = vec![number(dom), dom.name.clone(), state.to_owned()];
        if title {
            row.push(dom.note(true, 0)?);
        }
        row.extend(uuid.then(|| dom.uuid.to_string()));
        table.row(row);
    }
    shell.print_table(&table);
    Ok(())
}

/// The domains that pass the filters: running ones by number, then the others by name.
pub(crate) fn collect(link: &Arc<Link>, flags: u32) -> vir_base::Result<Vec<Domain>> {
    let plain = VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE;
    let found = match ask!(link.connect_list_all_domains(flags)) {
        // filters that the driver does not know are applied here
        Err(error) if error.code() == ErrorCode::InvalidArg && flags & !plain != 0 => {
            let all = ask!(link.connect_list_all_domains(flags & plain))?;
            let mut kept = Vec::new();
            for dom in all.into_iter().map(|dom| Domain::known(link, dom)) {
                if passes(&dom, flags)? {
                    kept.push(dom);
                }
            }
            Ok(kept)
        }
        found => found.map(|all| all.into_iter().map(|dom| Domain::known(link, dom)).collect()),
    };
    let mut domains: Vec<Domain> = found?;
    domains.sort_by_cached_key(|dom| match dom.has_id() {
        true => (false, dom.id, String::new()),
        false => (true, 0, dom.name.to_ascii_lowercase()),
    });
    Ok(domains)
}

fn passes(dom: &Domain, flags: u32) -> vir_base::Result<bool> {
    // a pair of flags filters if exactly one of them is set
    let pair = |with: u32, without: u32, has: &dyn Fn() -> vir_base::Result<bool>| {
        Ok::<bool, vir_base::Error>(match (flags & with != 0, flags & without != 0) {
            (true, false) => has()?,
            (false, true) => !has()?,
            _ => true,
        })
    };
    let states = [
        (VIR_CONNECT_LIST_DOMAINS_RUNNING, VIR_DOMAIN_RUNNING),
        (VIR_CONNECT_LIST_DOMAINS_PAUSED, VIR_DOMAIN_PAUSED),
        (VIR_CONNECT_LIST_DOMAINS_SHUTOFF, VIR_DOMAIN_SHUTOFF),
    ];
    let wanted = states.iter().fold(VIR_CONNECT_LIST_DOMAINS_OTHER, |all, (flag, _)| all | flag);
    if flags & wanted != 0 {
        let (state, _) = dom.state()?;
        let own = states
            .iter()
            .find(|(_, own)| *own == state)
            .map_or(VIR_CONNECT_LIST_DOMAINS_OTHER, |(flag, _)| *flag);
        if flags & own == 0 {
            return Ok(false);
        }
    }
    Ok(pair(VIR_CONNECT_LIST_DOMAINS_PERSISTENT, VIR_CONNECT_LIST_DOMAINS_TRANSIENT, &|| {
        Ok(call!(dom.domain_is_persistent())? == 1)
    })? && pair(VIR_CONNECT_LIST_DOMAINS_AUTOSTART, VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART, &|| {
        Ok(call!(dom.domain_get_autostart())? != 0)
    })? && pair(VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE, &|| {
        Ok(call!(dom.domain_has_managed_save_image(0))? > 0)
    })? && pair(VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT, VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT, &|| {
        Ok(call!(dom.domain_snapshot_num(0))? > 0)
    })? && pair(VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT, VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT, &|| {
        Ok(!call!(dom.domain_list_all_checkpoints(0))?.is_empty())
    })?)
}
