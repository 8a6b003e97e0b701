//! The group "Snapshot".

mod create;
mod manage;
mod show;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Snapshot",
    keyword: "snapshot",
    commands: &[
        &create::SNAPSHOT_CREATE,
        &create::SNAPSHOT_CREATE_AS,
        &manage::SNAPSHOT_CURRENT,
        &manage::SNAPSHOT_DELETE,
        &show::SNAPSHOT_DUMPXML,
        &manage::SNAPSHOT_EDIT,
        &show::SNAPSHOT_INFO,
        &show::SNAPSHOT_LIST,
        &manage::SNAPSHOT_PARENT,
        &manage::SNAPSHOT_REVERT,
    ],
};
