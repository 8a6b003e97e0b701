//! The group "Interface".

mod change;
mod define;
mod show;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Interface",
    keyword: "interface",
    commands: &[
        &change::IFACE_BEGIN,
        &change::IFACE_BRIDGE,
        &change::IFACE_COMMIT,
        &define::IFACE_DEFINE,
        &define::IFACE_DESTROY,
        &show::IFACE_DUMPXML,
        &define::IFACE_EDIT,
        &show::IFACE_LIST,
        &show::IFACE_MAC,
        &show::IFACE_NAME,
        &change::IFACE_ROLLBACK,
        &define::IFACE_START,
        &change::IFACE_UNBRIDGE,
        &define::IFACE_UNDEFINE,
    ],
};
