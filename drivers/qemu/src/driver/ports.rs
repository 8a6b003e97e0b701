//! Where displays listen: what the configuration chooses, and TCP ports, of which each display gets the
//! first one of the range on which nobody listens.

use super::core::Core;
use crate::config::Config;
use crate::model::Domain;
use crate::process::dirs::GuestDirs;
use std::net::TcpListener;
use vir_base::{Result, bail};
use vir_model::domain::device::display::{GraphicsType, ListenType};
use vir_model::domain::device::graphics::Listen;
use vir_model::domain::security::SeclabelType;

/// Where the displays listen that leave that to the configuration.
pub(super) fn listen(config: &Config, dirs: &GuestDirs, def: &mut Domain) {
    for graphics in def.devices.graphics.iter_mut().filter(|g| g.kind == Some(GraphicsType::Vnc)) {
        for listen in &mut graphics.listens {
            match listen.kind {
                Some(ListenType::Address) if listen.address.is_none() => {
                    listen.from_config = Some(1);
                    if config.keys.vnc_auto_unix_socket {
                        listen.kind = Some(ListenType::Socket);
                        listen.socket = Some(dirs.lib.join("vnc.sock").to_string_lossy().into_owned());
                    } else {
                        listen.address = Some(config.keys.vnc_listen.clone());
                    }
                }
                Some(ListenType::Socket) if listen.socket.is_none() => {
                    listen.socket = Some(dirs.lib.join("vnc.sock").to_string_lossy().into_owned());
                }
                _ => {}
            }
        }
    }
}

/// The definition without what the configuration chose for this run.
pub(super) fn without_config(mut def: Domain) -> Domain {
    let listens = def.devices.graphics.iter_mut().flat_map(|graphics| &mut graphics.listens);
    for listen in listens.filter(|listen| listen.is_from_config()) {
        *listen = Listen { kind: Some(ListenType::Address), ..Listen::default() };
    }
    // and its label is made anew
    def.seclabels.retain(|label| label.kind != SeclabelType::Dynamic || label.baselabel.is_some());
    def
}

/// Chooses ports for the displays that leave the choice.
pub(super) fn assign(core: &Core, def: &mut Domain) -> Result<()> {
    let (first, last) = (core.config.keys.remote_display_port_min, core.config.keys.remote_display_port_max);
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
        let range = (first..=last).filter_map(|port| u16::try_from(port).ok());
        let free = range.into_iter().find(|port| {
            !taken.contains(&i32::from(*port)) && TcpListener::bind(("127.0.0.1", *port)).is_ok()
        });
        let Some(port) = free else {
            bail!(Qemu, InternalError, "Unable to find an unused port in range 'vnc' ({first}-{last})");
        };
        taken.push(i32::from(port));
        graphics.port = Some(i32::from(port));
    }
    Ok(())
}
