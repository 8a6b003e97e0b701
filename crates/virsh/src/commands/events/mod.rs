//! The group "Domain Events".

mod event;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group =
    Group { title: "Domain Events", keyword: "events", commands: &[&event::EVENT] };
