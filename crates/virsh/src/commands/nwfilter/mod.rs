//! The group "Network Filter".

mod binding;
mod filter;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Network Filter",
    keyword: "filter",
    commands: &[
        &filter::NWFILTER_DEFINE,
        &filter::NWFILTER_DUMPXML,
        &filter::NWFILTER_EDIT,
        &filter::NWFILTER_LIST,
        &filter::NWFILTER_UNDEFINE,
        &binding::NWFILTER_BINDING_CREATE,
        &binding::NWFILTER_BINDING_DELETE,
        &binding::NWFILTER_BINDING_DUMPXML,
        &binding::NWFILTER_BINDING_LIST,
    ],
};
