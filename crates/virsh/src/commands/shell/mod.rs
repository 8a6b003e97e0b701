//! The group "Virsh itself".

mod basic;
mod connect;
mod help;

use crate::grammar::Group;

pub(crate) use basic::split_commas;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Virsh itself",
    keyword: "virsh",
    commands: &[
        &basic::CD,
        &basic::ECHO,
        &basic::EXIT,
        &help::HELP,
        &basic::PWD,
        &basic::QUIT,
        &help::SELF_TEST,
        &help::COMPLETE,
        &connect::CONNECT,
    ],
};
