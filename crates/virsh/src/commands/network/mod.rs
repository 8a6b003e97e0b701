//! The group "Networking".

mod describe;
mod event;
mod lifecycle;
mod list;
mod port;
mod show;
mod update;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Networking",
    keyword: "network",
    commands: &[
        &lifecycle::NET_AUTOSTART,
        &lifecycle::NET_CREATE,
        &lifecycle::NET_DEFINE,
        &describe::NET_DESC,
        &lifecycle::NET_DESTROY,
        &show::NET_DHCP_LEASES,
        &show::NET_DUMPXML,
        &update::NET_EDIT,
        &event::NET_EVENT,
        &show::NET_INFO,
        &list::NET_LIST,
        &describe::NET_METADATA,
        &show::NET_NAME,
        &lifecycle::NET_START,
        &lifecycle::NET_UNDEFINE,
        &update::NET_UPDATE,
        &show::NET_UUID,
        &port::NET_PORT_LIST,
        &port::NET_PORT_CREATE,
        &port::NET_PORT_DUMPXML,
        &port::NET_PORT_DELETE,
    ],
};
