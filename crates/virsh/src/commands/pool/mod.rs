//! The group "Storage Pool".

mod define;
mod event;
mod lifecycle;
mod list;
mod show;
mod sources;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Storage Pool",
    keyword: "pool",
    commands: &[
        &sources::FIND_STORAGE_POOL_SOURCES_AS,
        &sources::FIND_STORAGE_POOL_SOURCES,
        &lifecycle::POOL_AUTOSTART,
        &lifecycle::POOL_BUILD,
        &define::POOL_CREATE_AS,
        &define::POOL_CREATE,
        &define::POOL_DEFINE_AS,
        &define::POOL_DEFINE,
        &lifecycle::POOL_DELETE,
        &lifecycle::POOL_DESTROY,
        &show::POOL_DUMPXML,
        &show::POOL_EDIT,
        &show::POOL_INFO,
        &list::POOL_LIST,
        &show::POOL_NAME,
        &lifecycle::POOL_REFRESH,
        &lifecycle::POOL_START,
        &lifecycle::POOL_UNDEFINE,
        &show::POOL_UUID,
        &event::POOL_EVENT,
        &sources::POOL_CAPABILITIES,
    ],
};
