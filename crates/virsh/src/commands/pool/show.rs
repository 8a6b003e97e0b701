//! Pools, shown and edited.

use crate::args::Args;
use crate::failure::Outcome;
use crate::grammar::{ANY, Command, Completer, flag, text};
use crate::number::pretty_size;
use crate::pool::{Pool, call, state_text};
use crate::shell::Shell;
use crate::show_xml::{show, xpath_of};
use vir_api::constants::*;

/// `pool-dumpxml`: pool information in XML.
pub(crate) const POOL_DUMPXML: Command = Command::new("pool-dumpxml", "pool information in XML")
    .describe("Output the pool information as an XML dump to stdout.")
    .options(&[
        text("pool", "pool name or uuid").required().positional().completes(Completer::StoragePool(ANY)),
        flag("inactive", "show inactive defined XML"),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ])
    .run(dump_xml);

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
    ])
    .run(info);

/// `pool-name`: convert a pool UUID to pool name.
pub(crate) const POOL_NAME: Command = Command::new("pool-name", "convert a pool UUID to pool name")
    .options(&[text("pool", "pool name or uuid")
        .required()
        .positional()
        .completes(Completer::StoragePool(ANY))])
    .run(name);

/// `pool-uuid`: convert a pool name to pool UUID.
pub(crate) const POOL_UUID: Command = Command::new("pool-uuid", "convert a pool name to pool UUID")
    .options(&[text("pool", "pool name or uuid")
        .required()
        .positional()
        .completes(Completer::StoragePool(ANY))])
    .run(uuid);

fn info(shell: &mut Shell, args: &Args) -> Outcome {
    let pool = Pool::find(shell, args)?;
    let out = &shell.out;
    let show = |label: &str, value: &str| out.print(format!("{label:<15} {value}\n"));
    show("Name:", &pool.name);
    show("UUID:", &pool.uuid.to_string());
    let info = call!(pool.storage_pool_get_info())?;
    let state = i32::from(info.state);
    let yes_no = |value: i32| if value != 0 { "yes" } else { "no" };
    show("State:", state_text(state));
    show("Persistent:", call!(pool.storage_pool_is_persistent()).map_or("unknown", yes_no));
    show("Autostart:", call!(pool.storage_pool_get_autostart()).map_or("no autostart", yes_no));
    if matches!(state, VIR_STORAGE_POOL_RUNNING | VIR_STORAGE_POOL_DEGRADED) {
        let sizes =
            [("Capacity:", info.capacity), ("Allocation:", info.allocation), ("Available:", info.available)];
        for (label, bytes) in sizes {
            let (value, unit) = pretty_size(bytes);
            match args.has("bytes") {
                true => show(label, &bytes.to_string()),
                false => show(label, &format!("{value:.2} {unit}")),
            }
        }
    }
    Ok(())
}

fn name(shell: &mut Shell, args: &Args) -> Outcome {
    let pool = Pool::find_by(shell, args, true, false)?;
    shell.out.print(format!("{}\n", pool.name));
    Ok(())
}

fn uuid(shell: &mut Shell, args: &Args) -> Outcome {
    let pool = Pool::find_by(shell, args, false, true)?;
    shell.out.print(format!("{}\n", pool.uuid));
    Ok(())
}

fn dump_xml(shell: &mut Shell, args: &Args) -> Outcome {
    let flags = if args.has("inactive") { VIR_STORAGE_XML_INACTIVE } else { 0 };
    let pool = Pool::find(shell, args)?;
    let xpath = xpath_of(args)?;
    let xml = call!(pool.storage_pool_get_xml_desc(flags))?;
    show(shell, &xml, xpath, args.has("wrap"))
}
