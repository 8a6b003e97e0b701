//! The group "Storage Volume".

mod create;
mod list;
mod manage;
mod show;
mod transfer;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Storage Volume",
    keyword: "volume",
    commands: &[
        &create::VOL_CLONE,
        &create::VOL_CREATE_AS,
        &create::VOL_CREATE,
        &create::VOL_CREATE_FROM,
        &manage::VOL_DELETE,
        &transfer::VOL_DOWNLOAD,
        &show::VOL_DUMPXML,
        &show::VOL_INFO,
        &show::VOL_KEY,
        &list::VOL_LIST,
        &show::VOL_NAME,
        &show::VOL_PATH,
        &show::VOL_POOL,
        &manage::VOL_RESIZE,
        &transfer::VOL_UPLOAD,
        &manage::VOL_WIPE,
    ],
};
