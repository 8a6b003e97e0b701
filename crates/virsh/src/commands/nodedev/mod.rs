//! The group "Node Device".

mod event;
mod list;
mod manage;
mod show;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Node Device",
    keyword: "nodedev",
    commands: &[
        &manage::NODEDEV_CREATE,
        &manage::NODEDEV_DESTROY,
        &manage::NODEDEV_DETACH,
        &manage::NODEDEV_DETTACH,
        &show::NODEDEV_DUMPXML,
        &list::NODEDEV_LIST,
        &manage::NODEDEV_REATTACH,
        &manage::NODEDEV_RESET,
        &event::NODEDEV_EVENT,
        &manage::NODEDEV_DEFINE,
        &manage::NODEDEV_UNDEFINE,
        &manage::NODEDEV_START,
        &manage::NODEDEV_AUTOSTART,
        &show::NODEDEV_INFO,
        &manage::NODEDEV_UPDATE,
    ],
};
