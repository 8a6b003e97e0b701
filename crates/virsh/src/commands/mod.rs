//! The commands: one directory for each group, one file for one command or a few close ones.
//!
//! A file declares what the user types and sees, and has the bodies beside it.

mod backup;
mod checkpoint;
mod domain;
mod events;
mod host;
mod interface;
mod monitor;
mod network;
mod nodedev;
mod nwfilter;
mod pool;
mod secret;
mod shell;
mod snapshot;
mod volume;

use crate::grammar::Group;

/// Every group, in the order of the help.
pub static GROUPS: &[Group] = &[
    domain::GROUP,
    monitor::GROUP,
    events::GROUP,
    host::GROUP,
    checkpoint::GROUP,
    interface::GROUP,
    nwfilter::GROUP,
    network::GROUP,
    nodedev::GROUP,
    secret::GROUP,
    snapshot::GROUP,
    backup::GROUP,
    pool::GROUP,
    volume::GROUP,
    shell::GROUP,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::{Command, Kind, Opt, Place};

    fn all() -> impl Iterator<Item = &'static Command> {
        GROUPS.iter().flat_map(|group| group.commands).copied()
    }

    #[test]
    fn names_are_unique_and_aliases_lead_somewhere() {
        let mut names: Vec<&str> = all().map(|command| command.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        for target in all().filter_map(|command| command.alias_of) {
            assert!(all().any(|command| command.name == target && command.alias_of.is_none()), "{target}");
        }
    }

    #[test]
    fn options_are_declared_so_that_they_can_be_filled() {
        for command in all() {
            let options = command.options;
            assert!(command.alias_of.is_some() || !command.summary.is_empty());
            for (at, opt) in options.iter().enumerate() {
                let later: &[Opt] = &options[at + 1..];
                match opt.kind {
                    Kind::Words => assert!(later.is_empty(), "{}: {} is not last", command.name, opt.name),
                    Kind::Flag => {
                        assert!(opt.place == Place::Named && !opt.required && opt.completer.is_none())
                    }
                    Kind::Alias(target) => {
                        let name = target.split('=').next().unwrap_or_default();
                        assert!(later.iter().any(|opt| opt.name == name), "{}: {target}", command.name);
                    }
                    Kind::Text | Kind::Number => {}
                }
            }
        }
    }
}
