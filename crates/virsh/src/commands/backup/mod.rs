//! The group "Backup".

mod backup;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Backup",
    keyword: "backup",
    commands: &[
        &backup::BACKUP_BEGIN,
        &backup::BACKUP_DUMPXML,
    ],
};
