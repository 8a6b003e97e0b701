//! What this daemon tells another one about a guest that moves between them, and what it makes of what it is told.

use serde_json::{Value, json};
use vir_base::{Result, Uuid, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::disk::Disk;
use vir_model::domain::device::graphics::{GraphicsType, ListenType};
use vir_model::domain::device::private::NodeKind;
use vir_model::migration::{
    Capabilities, Capability, CapabilityState, Cookie, DirtyBitmaps, Feature, FeatureName, GraphicsPlace,
    InterfacePort, Network,
};

/// This host, as others know it.
#[derive(Clone, Debug)]
pub struct Here {
    /// Its name.
    pub hostname: String,
    /// Its UUID.
    pub uuid: Uuid,
    /// The address that SPICE listens on where nothing else is said.
    pub spice_listen: String,
    /// SPICE takes encrypted connections.
    pub spice_tls: bool,
}

/// Which end of a move a daemon is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The guest comes from here.
    Source,
    /// The guest comes here.
    Destination,
}

/// What this daemon tells: that much of it as is asked for, and as follows from the definition alone.
pub fn of_guest(def: &Domain, here: &Here, wanted: &[Feature], can: &[Capability], party: Party) -> Cookie {
    let asked = |feature| wanted.contains(&feature);
    let mut cookie = Cookie { name: Some(def.name.clone()), uuid: Some(def.uuid), ..Cookie::default() };
    sign(&mut cookie, here);
    let needed = [Feature::MemoryHotplug, Feature::CpuHotplug].into_iter().filter(|it| asked(*it));
    cookie.features = needed.map(|feature| FeatureName { name: Some(feature) }).collect();
    cookie.graphics = graphics(def, here).filter(|_| asked(Feature::Graphics));
    cookie.network = asked(Feature::Network).then(|| network(def));
    cookie.cpu = def.cpu.clone().filter(|_| asked(Feature::Cpu));
    if let Some(cpu) = &mut cookie.cpu {
        // the guest's nodes are in its definition
        cpu.numa = None;
    }
    cookie.capabilities = asked(Feature::Capabilities).then(|| capabilities(can, party));
    cookie
}

/// What a cookie says of the daemon that sends it: this one.
pub fn sign(cookie: &mut Cookie, here: &Here) {
    (cookie.hostname, cookie.hostuuid) = (Some(here.hostname.clone()), Some(here.uuid));
    cookie.features.clear();
}

/// Reads what another daemon tells of a guest; `understood` is what of it can be made use of in this phase.
///
/// # Errors
/// It is of another guest or of this host, or holds what must be understood and is not.
pub fn read(text: &str, def: &Domain, here: &Here, understood: &[Feature]) -> Result<Cookie> {
    let mut cookie = Cookie::parse(text)?;
    let name = cookie.name.as_deref().unwrap_or_default();
    if name != def.name {
        bail!(Qemu, InternalError, "Incoming cookie data had unexpected name {name} vs {}", def.name);
    }
    let uuid = cookie.uuid.unwrap_or_default();
    if uuid != def.uuid {
        bail!(Qemu, InternalError, "Incoming cookie data had unexpected UUID {uuid} vs {}", def.uuid);
    }
    if cookie.hostuuid == Some(here.uuid) {
        bail!(Qemu, InternalError, "Attempt to migrate guest to the same host {}", here.uuid);
    }
    let asked = |feature| understood.contains(&feature);
    if let Some(feature) = cookie.features.iter().filter_map(|it| it.name).find(|it| !asked(*it)) {
        bail!(Qemu, InternalError, "Unsupported migration cookie feature {feature}");
    }
    cookie.graphics.take_if(|_| !asked(Feature::Graphics));
    cookie.lockstate.take_if(|_| !asked(Feature::Lockstate));
    cookie.persistent.take_if(|_| !asked(Feature::Persistent));
    cookie.network.take_if(|_| !asked(Feature::Network));
    cookie.nbd.take_if(|_| !asked(Feature::Nbd));
    cookie.statistics.take_if(|_| !asked(Feature::Statistics));
    cookie.cpu.take_if(|_| !asked(Feature::Cpu));
    cookie.capabilities.take_if(|_| !asked(Feature::Capabilities));
    cookie.bitmaps.take_if(|_| !asked(Feature::BlockDirtyBitmaps));
    if let Some(persistent) = &mut cookie.persistent {
        persistent.0.name.clone_from(&def.name);
    }
    Ok(cookie)
}

/// QEMU's `block-bitmap-mapping`: which maps of changes move under which names. `persistent` tells those that are to
/// be stored on the other host.
///
/// # Errors
/// A disk that the guest does not have.
pub fn bitmap_mapping(
    bitmaps: &DirtyBitmaps,
    def: &Domain,
    persistent: impl Fn(&str, &str) -> bool,
) -> Result<Option<Value>> {
    let mut all = vec![];
    for moved in &bitmaps.disks {
        let target = moved.target.as_deref().unwrap_or_default();
        let Some(disk) = def.devices.disks.iter().find(|disk| disk.dst() == target) else {
            bail!(Qemu, InternalError, "Can't find disk '{target}' in domain definition");
        };
        let mut mapped = vec![];
        for bitmap in &moved.bitmaps {
            let name = bitmap.name.as_deref().unwrap_or_default();
            let mut one = json!({ "name": name, "alias": bitmap.alias });
            if persistent(target, name) {
                one["transform"] = json!({ "persistent": true });
            }
            mapped.push(one);
        }
        all.push(json!({ "node-name": node(disk), "alias": target, "bitmaps": mapped }));
    }
    Ok((!all.is_empty()).then_some(Value::Array(all)))
}

/// The node that a disk's content is reached by.
fn node(disk: &Disk) -> Option<&str> {
    let noted = disk.source.as_ref()?.private.as_deref()?;
    [NodeKind::Format, NodeKind::SliceStorage, NodeKind::Storage]
        .into_iter()
        .find_map(|kind| noted.node(kind))
}

/// Viewers of SPICE are told where the guest goes; one display moves so.
fn graphics(def: &Domain, here: &Here) -> Option<GraphicsPlace> {
    let reached = def.devices.graphics.iter().filter(|graphics| graphics.kind() == GraphicsType::Spice);
    let mut reached = reached.filter_map(|graphics| Some((graphics, graphics.listen()?)));
    let (graphics, listen) =
        reached.find(|(_, listen)| matches!(listen.kind, Some(ListenType::Address | ListenType::Network)))?;
    let tls_port = if here.spice_tls { graphics.tls_port.unwrap_or(0) } else { -1 };
    Some(GraphicsPlace {
        kind: Some(GraphicsType::Spice),
        port: graphics.port.unwrap_or(0),
        listen: listen.address.clone().unwrap_or_else(|| here.spice_listen.clone()),
        tls_port: Some(tls_port),
        cert: None,
    })
}

fn network(def: &Domain) -> Network {
    let port = |(place, interface): (usize, &vir_model::domain::device::interface::Interface)| {
        let made = interface.actual.as_ref().and_then(|actual| actual.virtualport.as_ref());
        let kind = made.or(interface.virtualport.as_ref())?.kind?;
        Some(InterfacePort { index: u32::try_from(place).ok(), kind: Some(kind), portdata: None })
    };
    Network { interfaces: def.devices.interfaces.iter().enumerate().filter_map(port).collect() }
}

/// What QEMU can do, and what of it is used without being asked for.
fn capabilities(can: &[Capability], party: Party) -> Capabilities {
    let automatic = |cap| match cap {
        Capability::PauseBeforeSwitchover => party == Party::Source,
        Capability::LateBlockActivate => party == Party::Destination,
        _ => false,
    };
    let state = |cap: &Capability| CapabilityState {
        name: Some(cap.as_str().to_owned()),
        automatic: Some(if automatic(*cap) { "yes" } else { "no" }.to_owned()),
    };
    Capabilities { caps: can.iter().map(state).collect() }
}
