//! Host interfaces, shown.

use crate::args::Args;
use crate::failure::{Context, Outcome};
use crate::grammar::{ANY, Command, Completer, flag, text};
use crate::shell::Shell;
use crate::table::Table;
use std::sync::Arc;
use vir_api::constants::*;
use vir_api::{Caller, InterfaceDriver};
use vir_base::ErrorCode;
use vir_base::refs::InterfaceRef;

/// `iface-dumpxml`: interface information in XML.
pub(crate) const IFACE_DUMPXML: Command = Command::new("iface-dumpxml", "interface information in XML")
    .describe("Output the physical host interface information as an XML dump to stdout.")
    .options(&[
        text("interface", "interface name or MAC address")
            .required()
            .positional()
            .completes(Completer::Interface(ANY)),
        flag("inactive", "show inactive defined XML"),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ]);

/// `iface-list`: list physical host interfaces.
pub(crate) const IFACE_LIST: Command = Command::new("iface-list", "list physical host interfaces")
    .describe("Returns list of physical host interfaces.")
    .options(&[
        flag("inactive", "list inactive interfaces"),
        flag("all", "list inactive & active interfaces"),
    ])
    .run(list);

/// `iface-mac`: convert an interface name to interface MAC address.
pub(crate) const IFACE_MAC: Command = Command::new(
    "iface-mac",
    "convert an interface name to interface MAC address",
)
.options(&[text("interface", "interface name").required().positional().completes(Completer::Interface(ANY))]);

/// `iface-name`: convert an interface MAC address to interface name.
pub(crate) const IFACE_NAME: Command = Command::new(
    "iface-name",
    "convert an interface MAC address to interface name",
)
.options(&[text("interface", "interface mac").required().positional().completes(Completer::InterfaceMac)]);

/// The interfaces of a daemon that cannot list them at once.
fn by_older_calls(
    driver: &Arc<dyn InterfaceDriver>,
    caller: &Caller,
    flags: u32,
) -> Outcome<Vec<InterfaceRef>> {
    let mut names = Vec::new();
    if flags & VIR_CONNECT_LIST_INTERFACES_ACTIVE != 0 {
        let count = driver.connect_num_of_interfaces(caller);
        let active = count.and_then(|count| driver.connect_list_interfaces(caller, count));
        names.extend(active.context(|| "Failed to list active interfaces")?);
    }
    if flags & VIR_CONNECT_LIST_INTERFACES_INACTIVE != 0 {
        let count = driver.connect_num_of_defined_interfaces(caller);
        let inactive = count.and_then(|count| driver.connect_list_defined_interfaces(caller, count));
        names.extend(inactive.context(|| "Failed to list inactive interfaces")?);
    }
    Ok(names.iter().filter_map(|name| driver.interface_lookup_by_name(caller, name).ok()).collect())
}

fn list(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("all", "inactive")?;
    let flags = match (args.has("all"), args.has("inactive")) {
        (true, _) => VIR_CONNECT_LIST_INTERFACES_ACTIVE | VIR_CONNECT_LIST_INTERFACES_INACTIVE,
        (false, true) => VIR_CONNECT_LIST_INTERFACES_INACTIVE,
        (false, false) => VIR_CONNECT_LIST_INTERFACES_ACTIVE,
    };
    let link = shell.session.link()?;
    let driver = link.interface().context(|| "Failed to list interfaces")?;
    let mut nics = match driver.connect_list_all_interfaces(&link.caller, flags) {
        Err(error) if error.code() == ErrorCode::NoSupport => by_older_calls(driver, &link.caller, flags)?,
        nics => nics.context(|| "Failed to list interfaces")?,
    };
    nics.sort_by_cached_key(|nic| nic.name.to_ascii_lowercase());
    let mut table = Table::new(["Name", "State", "MAC Address"]);
    for nic in nics {
        let active = !matches!(driver.interface_is_active(&link.caller, &nic), Ok(0));
        let state = if active { "active" } else { "inactive" };
        table.row([nic.name, state.to_owned(), nic.mac]);
    }
    shell.print_table(&table);
    Ok(())
}
