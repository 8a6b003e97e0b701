//! The group "Domain Monitoring".

mod block;
mod info;
mod interface;
mod list;
mod memory;
mod stats;
mod time;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Domain Monitoring",
    keyword: "monitor",
    commands: &[
        &block::DOMBLKERROR,
        &block::DOMBLKINFO,
        &block::DOMBLKLIST,
        &block::DOMBLKSTAT,
        &info::DOMCONTROL,
        &interface::DOMIF_GETLINK,
        &interface::DOMIFADDR,
        &interface::DOMIFLIST,
        &interface::DOMIFSTAT,
        &info::DOMINFO,
        &memory::DOMMEMSTAT,
        &info::DOMSTATE,
        &stats::DOMSTATS,
        &time::DOMTIME,
        &list::LIST,
    ],
};
