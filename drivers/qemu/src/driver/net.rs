//! Network devices on the host: a tap device for each interface that is plugged into a bridge.

use crate::command::needs_tap;
use crate::config::Account;
use crate::guest::Guest;
use crate::model::Domain;
use crate::process::undo::Undo;
use std::time::Duration;
use vir_base::command::Command;
use vir_base::{Result, bail};

/// Longer than `ip` ever takes.
const PATIENCE: Duration = Duration::from_secs(10);

fn ip(args: &[&str]) -> Result<()> {
    let mut command = Command::new("ip");
    command.args(args.iter().copied());
    command.run(PATIENCE).map(drop)
}

/// Whether there is a network device of that name, where this process runs.
fn exists(name: &str) -> bool {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, netdevice, socket_with};
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None);
    socket.is_ok_and(|socket| netdevice::name_to_index(&socket, name).is_ok())
}

/// Gives each interface that needs a tap device a free name.
pub(super) fn name_taps(def: &mut Domain) {
    let mut next = 0;
    for interface in def.devices.interfaces.iter_mut().filter(|i| needs_tap(i) && i.target_dev().is_none()) {
        while exists(&format!("vnet{next}")) {
            next += 1;
        }
        interface.target.get_or_insert_default().dev = Some(format!("vnet{next}"));
        next += 1;
    }
}

/// Makes the tap devices and plugs them into their bridges.
pub(super) fn make_taps(def: &Domain, owner: Option<&Account>, undo: &mut Undo<'_>) -> Result<()> {
    for interface in def.devices.interfaces.iter().filter(|i| needs_tap(i)) {
        let Some(device) = interface.target_dev().map(str::to_owned) else { continue };
        let Some(bridge) = interface.source.as_ref().and_then(|s| s.bridge.clone()) else {
            bail!(Qemu, InternalError, "Missing bridge name");
        };
        if !exists(&bridge) {
            bail!(Qemu, OperationFailed, "Cannot get interface MTU on '{bridge}': No such device");
        }
        // QEMU opens it by itself
        let user = owner.map(|account| account.uid.to_string());
        let mut add = vec!["tuntap", "add", "dev", &device, "mode", "tap"];
        add.extend(user.iter().flat_map(|user| ["user", user]));
        ip(&add)?;
        let made = device.clone();
        undo.push(move || {
            let _ = ip(&["link", "del", &made]);
        });
        // the guest's address with another first byte: the bridge must never take it for its own
        let mac = interface.mac().to_string();
        ip(&["link", "set", &device, "address", &format!("fe{}", &mac[2..])])?;
        ip(&["link", "set", &device, "master", &bridge, "up"])?;
    }
    Ok(())
}

/// Removes the tap devices of an instance.
pub(super) fn remove_taps(def: &Domain) {
    for interface in def.devices.interfaces.iter().filter(|i| needs_tap(i)) {
        if let Some(device) = interface.target_dev() {
            let _ = ip(&["link", "del", device]);
        }
    }
}

/// As [`remove_taps`], of the instance that a guest has now.
pub(super) fn remove_taps_of(guest: &Guest) {
    if let Some(live) = &guest.view().live {
        remove_taps(&live.def);
    }
}
