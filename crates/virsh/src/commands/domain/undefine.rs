//! undefine: a domain forgotten, with its files if asked.

use crate::args::Args;
use crate::commands::shell::split_commas;
use crate::domain::{Domain, call};
use crate::failure::{Context, Failure, Outcome, fail};
use crate::grammar::{Command, Completer, alias, domain, domains, flag, text};
use crate::shell::Shell;
use vir_api::constants::*;
use vir_base::refs::StorageVolRef;
use vir_base::{ErrorCode, Result};

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
    ])
    .run(undefine);

const MANAGED_SAVE: u32 = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE;
const SNAPSHOTS: u32 = VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;

const FLAGS: [(&str, u32); 7] = [
    ("managed-save", MANAGED_SAVE),
    ("snapshots-metadata", SNAPSHOTS),
    ("checkpoints-metadata", VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA),
    ("nvram", VIR_DOMAIN_UNDEFINE_NVRAM),
    ("keep-nvram", VIR_DOMAIN_UNDEFINE_KEEP_NVRAM),
    ("tpm", VIR_DOMAIN_UNDEFINE_TPM),
    ("keep-tpm", VIR_DOMAIN_UNDEFINE_KEEP_TPM),
];

fn undefine(shell: &mut Shell, args: &Args) -> Outcome {
    args.requires("delete-storage-volume-snapshots", "remove-all-storage")?;
    args.exclusive("nvram", "keep-nvram")?;
    args.exclusive("tpm", "keep-tpm")?;
    let chosen = args.text_quiet("storage");
    let all_storage = args.has("remove-all-storage");
    let wipe = args.has("wipe-storage");
    if wipe && chosen.is_none() && !all_storage {
        fail!("'--wipe-storage' requires '--storage <string>' or '--remove-all-storage'");
    }
    let mut flags = FLAGS.iter().filter(|(option, _)| args.has(option)).fold(0, |all, (_, bit)| all | bit);

    let dom = Domain::find(shell, args)?;
    let name = &dom.asked;
    let running = call!(dom.domain_is_active())? != 0;
    // flags that have nothing to do are left out: an older daemon may not know them
    if running || !has_managed_save(&dom)? {
        flags &= !MANAGED_SAVE;
    }
    if running || !has_snapshots(&dom)? {
        flags &= !SNAPSHOTS;
    }
    let volumes = match (chosen, all_storage) {
        (None, false) => Vec::new(),
        _ if running => fail!("Storage volume deletion is supported only on stopped domains"),
        (Some(_), true) => fail!("Specified both --storage and --remove-all-storage"),
        (chosen, _) => volumes(shell, &dom, chosen)?,
    };
    let done = match call!(dom.domain_undefine_flags(flags)) {
        Err(error) if flags == 0 && error.code() == ErrorCode::NoSupport => call!(dom.domain_undefine()),
        done => done,
    };
    done.context(|| format!("Failed to undefine domain '{name}'"))?;
    shell.out.extra(format!("Domain '{name}' has been undefined\n"));
    let with_snapshots = match args.has("delete-storage-volume-snapshots") {
        true => VIR_STORAGE_VOL_DELETE_WITH_SNAPSHOTS,
        false => 0,
    };
    remove_volumes(shell, &dom, &volumes, wipe, with_snapshots)
}

/// Drivers that cannot save have nothing saved.
fn unless_unsupported(answer: Result<i32>) -> Result<bool> {
    match answer {
        Err(error) if error.code() == ErrorCode::NoSupport => Ok(false),
        answer => answer.map(|count| count > 0),
    }
}

fn has_managed_save(dom: &Domain) -> Result<bool> {
    unless_unsupported(call!(dom.domain_has_managed_save_image(0)))
}

fn has_snapshots(dom: &Domain) -> Result<bool> {
    Ok(unless_unsupported(call!(dom.domain_snapshot_num(0)))?
        && call!(dom.domain_snapshot_num(VIR_DOMAIN_SNAPSHOT_LIST_METADATA)).map_or(true, |count| count > 0))
}

/// A volume that goes with the domain.
struct Volume {
    volume: StorageVolRef,
    target: String,
    source: String,
}

/// The volumes behind the domain's disks: all, or those whose target or source is in the list.
fn volumes(shell: &mut Shell, dom: &Domain, chosen: Option<&str>) -> Outcome<Vec<Volume>> {
    let link = &dom.link;
    let storage = link.storage()?;
    let mut open: Option<Vec<String>> = chosen.map(split_commas);
    let mut found = Vec::new();
    for disk in dom.document(0)?.all("devices/disk") {
        let target = disk.attribute_at("target", "dev").ok_or_else(Failure::silent)?;
        let Some(source) = disk.any_attribute_at("source", &["file", "dir", "name", "dev", "volume"]) else {
            continue;
        };
        if let Some(open) = &mut open {
            let Some(at) = open.iter().position(|own| own == target || own == source) else { continue };
            open.remove(at);
        }
        let volume = match disk.attribute_at("source", "pool") {
            None => storage.storage_vol_lookup_by_path(&link.caller, source),
            Some(pool) => match storage.storage_pool_lookup_by_name(&link.caller, pool) {
                Ok(pool) => storage.storage_vol_lookup_by_name(&link.caller, &pool, source),
                Err(_) => {
                    shell.out.error(&format!("Storage pool '{pool}' for volume '{target}' not found."));
                    continue;
                }
            },
        };
        match volume {
            Ok(volume) => found.push(Volume { volume, target: target.to_owned(), source: source.to_owned() }),
            Err(_) => shell.out.error(&format!(
                "Storage volume '{target}'({source}) is not managed by libvirt. Remove it manually."
            )),
        }
    }
    let lost = open.unwrap_or_default();
    for volume in &lost {
        shell.out.error(&format!("Volume '{volume}' was not found in domain's definition."));
    }
    if lost.is_empty() { Ok(found) } else { Err(Failure::silent()) }
}

fn remove_volumes(shell: &mut Shell, dom: &Domain, volumes: &[Volume], wipe: bool, flags: u32) -> Outcome {
    if volumes.is_empty() {
        return Ok(());
    }
    let storage = dom.link.storage()?;
    let caller = &dom.link.caller;
    let mut outcome = Ok(());
    for Volume { volume, target, source } in volumes {
        if wipe {
            shell.out.extra(format!("Wiping volume '{target}'({source}) ... "));
            if let Err(error) = storage.storage_vol_wipe(caller, volume, 0) {
                shell.out.error("Failed! Volume not removed.");
                outcome = Err(error.into());
                continue;
            }
            shell.out.extra("Done.\n");
        }
        match storage.storage_vol_delete(caller, volume, flags) {
            Ok(()) => shell.out.extra(format!("Volume '{target}'({source}) removed.\n")),
            Err(error) => {
                shell.out.error(&format!("Failed to remove storage volume '{target}'({source})"));
                outcome = Err(error.into());
            }
        }
    }
    outcome
}
