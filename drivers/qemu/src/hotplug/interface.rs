//! Interfaces: what of one can be changed while its guest runs.

use super::plan::Step;
use serde_json::json;
use vir_base::{Result, bail};
use vir_model::domain::device::interface::{Interface, InterfaceType, LinkState};
use vir_model::domain::plug;

/// Whether the cable is in.
pub fn is_up(interface: &Interface) -> bool {
    interface.link.as_ref().and_then(|link| link.state) != Some(LinkState::Down)
}

/// Plugs the cable in or out.
pub fn set_link(interface: &Interface) -> Step {
    let name = interface.info.alias();
    Step::plain("set_link", json!({"name": name, "up": is_up(interface)}))
}

/// What is to be done to make an interface of a running guest as a new document says; gives it as it is then.
///
/// # Errors
/// `VIR_ERR_OPERATION_UNSUPPORTED`: what cannot be changed while it runs.
pub fn change(old: &Interface, new: &Interface) -> Result<(Interface, Vec<Step>)> {
    let kind = old.kind();
    if matches!(kind, InterfaceType::Hostdev | InterfaceType::Vdpa) {
        bail!(
            Qemu,
            OperationUnsupported,
            "cannot change config of '{}' network interface type",
            kind.as_str()
        );
    }
    let mut new = new.clone();
    if new.mac.as_ref().is_none_or(|mac| mac.address.is_none()) {
        new.mac = old.mac.clone();
    }
    if old.mac() != new.mac() {
        bail!(
            Qemu,
            OperationUnsupported,
            "cannot change network interface mac address from {} to {}",
            old.mac(),
            new.mac()
        );
    }
    if old.model() != new.model() {
        let name = |net: &Interface| net.model().unwrap_or("<null>").to_owned();
        bail!(
            Qemu,
            OperationUnsupported,
            "cannot modify network device model from {} to {}",
            name(old),
            name(&new)
        );
    }
    if new.target_dev().is_none() {
        new.target = old.target.clone();
    }
    new.info.address = new.info.address.take().or_else(|| old.info.address.clone());
    new.info.alias = new.info.alias.take().or_else(|| old.info.alias.clone());
    let place = match (&old.info.address, &new.info.address) {
        (Some(old), Some(new)) => plug::same_place(old, new),
        (old, new) => old == new,
    };
    let rom = |net: &Interface| net.info.rom.clone().unwrap_or_default();
    for (same, what) in [
        (old.driver == new.driver, "virtio network device driver attributes"),
        (old.script == new.script, "network device script attribute"),
        (old.target_dev() == new.target_dev(), "network device tap name"),
        (place, "network device guest PCI address"),
        (rom(old).bar == rom(&new).bar, "network device rom bar setting"),
        (rom(old).file == rom(&new).file, "network rom file"),
        (old.info.boot == new.info.boot, "network device boot index setting"),
        (rom(old).enabled == rom(&new).enabled, "network device rom enabled setting"),
        (old.mtu == new.mtu, "MTU"),
        (old.backend == new.backend, "network device backend settings"),
    ] {
        if !same {
            bail!(Qemu, OperationUnsupported, "cannot modify {what}");
        }
    }
    // the link alone is changed; whatever else differs would take another device
    let mut expected = old.clone();
    expected.link = new.link.clone();
    if comparable(&expected) != comparable(&new) {
        bail!(
            Qemu,
            OperationUnsupported,
            "unable to change config on '{}' network type",
            new.kind().as_str()
        );
    }
    let steps = if is_up(old) == is_up(&expected) { Vec::new() } else { vec![set_link(&expected)] };
    Ok((expected, steps))
}

/// What is compared: not what only a running guest's has, nor what was compared before.
fn comparable(interface: &Interface) -> Interface {
    let mut it = interface.clone();
    it.forget_live();
    it.info = Default::default();
    it.target = None;
    it
}
