//! The group "Secret".

mod event;
mod list;
mod manage;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Secret",
    keyword: "secret",
    commands: &[
        &manage::SECRET_DEFINE,
        &manage::SECRET_DUMPXML,
        &event::SECRET_EVENT,
        &manage::SECRET_GET_VALUE,
        &list::SECRET_LIST,
        &manage::SECRET_SET_VALUE,
        &manage::SECRET_UNDEFINE,
    ],
};
