//! How the cases of each area are run: one file an area, or a family of areas that are run alike.

mod generic;
mod guests;
mod host;
mod hotplug;
mod images;
mod moments;
mod network;
mod nodedev;
pub mod qemu;
mod schema;
mod status;
mod storage;
mod texts;
mod vbox;

use crate::Area;

/// All of them.
pub const ALL: &[&dyn Area] = &[
    &generic::Generic,
    &qemu::Config,
    &qemu::Active,
    &hotplug::Hotplug,
    &status::Kept,
    &status::Moved,
    &moments::Snapshots,
    &moments::Checkpoints,
    &moments::Backups,
    &guests::BHYVE,
    &guests::CH,
    &guests::LXC,
    &network::NETWORK,
    &network::Update,
    &network::PORT,
    &network::FILTER,
    &network::BINDING,
    &network::SECRET,
    &network::INTERFACE,
    &storage::Pools,
    &storage::Volumes,
    &storage::Capabilities,
    &storage::Schema,
    &images::Images,
    &nodedev::NodeDevices,
    &host::Sysinfo,
    &schema::CAPABILITIES,
    &schema::DOMAIN,
    &schema::Lookup,
    &texts::Configuration,
    &texts::Json,
    &vbox::Machines,
];
