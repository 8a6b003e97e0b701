//! TCP ports of displays: the first one of the range on which nobody listens.

use super::core::Core;
use crate::model::Domain;
use std::net::TcpListener;
use vir_base::{Result, bail};
use vir_model::domain::device::display::{GraphicsType, ListenType};

const FIRST: u16 = 5900;
const LAST: u16 = 65535;

/// Chooses ports for the displays that leave the choice.
pub(super) fn assign(core: &Core, def: &mut Domain) -> Result<()> {
    let mut taken: Vec<i32> = Vec::new();
    for guest in core.guests.all() {
        if let Some(live) = &guest.view().live {
            taken.extend(live.def.devices.graphics.iter().filter_map(|g| g.port));
        }
    }
    for graphics in &mut def.devices.graphics {
        let kind = graphics.listens.first().and_then(|l| l.kind);
        let without =
            graphics.socket().is_some() || matches!(kind, Some(ListenType::Socket | ListenType::None));
        if graphics.kind != Some(GraphicsType::Vnc) || without || !graphics.autoport {
            continue;
        }
        let free = (FIRST..=LAST).find(|port| {
            !taken.contains(&i32::from(*port)) && TcpListener::bind(("127.0.0.1", *port)).is_ok()
        });
        let Some(port) = free else {
            bail!(Qemu, InternalError, "Unable to find an unused port in range 'vnc' ({FIRST}-{LAST})");
        };
        taken.push(i32::from(port));
        graphics.port = Some(i32::from(port));
    }
    Ok(())
}
