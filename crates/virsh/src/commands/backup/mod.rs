//! The group "Backup".

mod job;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group =
    Group { title: "Backup", keyword: "backup", commands: &[&job::BACKUP_BEGIN, &job::BACKUP_DUMPXML] };
