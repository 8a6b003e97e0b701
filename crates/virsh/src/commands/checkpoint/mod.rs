//! The group "Checkpoint".

mod create;
mod manage;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Checkpoint",
    keyword: "checkpoint",
    commands: &[
        &create::CHECKPOINT_CREATE,
        &create::CHECKPOINT_CREATE_AS,
        &manage::CHECKPOINT_DELETE,
        &manage::CHECKPOINT_DUMPXML,
        &manage::CHECKPOINT_EDIT,
        &manage::CHECKPOINT_INFO,
        &manage::CHECKPOINT_LIST,
        &manage::CHECKPOINT_PARENT,
    ],
};
