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

/// Commands whose grammar and help are known and that are not served yet: they fail and say so.
pub const NOT_SERVED: &[&str] = &[
    "allocpages",
    "backup-begin",
    "backup-dumpxml",
    "blkdeviotune",
    "blkiotune",
    "blockcommit",
    "blockcopy",
    "blockjob",
    "blockpull",
    "blockresize",
    "checkpoint-create",
    "checkpoint-create-as",
    "checkpoint-delete",
    "checkpoint-dumpxml",
    "checkpoint-edit",
    "checkpoint-info",
    "checkpoint-list",
    "checkpoint-parent",
    "cpu-baseline",
    "cpu-compare",
    "dom-fd-associate",
    "domblkthreshold",
    "domdirtyrate-calc",
    "domdisplay-reload",
    "domfsfreeze",
    "domfsinfo",
    "domfsthaw",
    "domfstrim",
    "domhostname",
    "domiftune",
    "domlaunchsecinfo",
    "domsetlaunchsecstate",
    "domthrottlegroupdel",
    "domthrottlegroupinfo",
    "domthrottlegrouplist",
    "domthrottlegroupset",
    "domxml-from-native",
    "domxml-to-native",
    "dump",
    "emulatorpin",
    "find-storage-pool-sources",
    "find-storage-pool-sources-as",
    "get-user-sshkeys",
    "guest-agent-timeout",
    "guestinfo",
    "guestvcpus",
    "hypervisor-cpu-baseline",
    "hypervisor-cpu-compare",
    "hypervisor-cpu-models",
    "iface-begin",
    "iface-bridge",
    "iface-commit",
    "iface-define",
    "iface-destroy",
    "iface-dumpxml",
    "iface-edit",
    "iface-mac",
    "iface-name",
    "iface-rollback",
    "iface-start",
    "iface-unbridge",
    "iface-undefine",
    "iothreadadd",
    "iothreaddel",
    "iothreadinfo",
    "iothreadpin",
    "iothreadset",
    "lxc-enter-namespace",
    "memtune",
    "migrate",
    "migrate-compcache",
    "migrate-getmaxdowntime",
    "migrate-getspeed",
    "migrate-postcopy",
    "migrate-setmaxdowntime",
    "migrate-setspeed",
    "net-desc",
    "net-dhcp-leases",
    "net-edit",
    "net-event",
    "net-metadata",
    "net-port-create",
    "net-port-delete",
    "net-port-dumpxml",
    "net-port-list",
    "net-update",
    "nodedev-autostart",
    "nodedev-create",
    "nodedev-define",
    "nodedev-destroy",
    "nodedev-detach",
    "nodedev-dumpxml",
    "nodedev-event",
    "nodedev-info",
    "nodedev-list",
    "nodedev-reattach",
    "nodedev-reset",
    "nodedev-start",
    "nodedev-undefine",
    "nodedev-update",
    "nodesevinfo",
    "numatune",
    "nwfilter-binding-create",
    "nwfilter-binding-delete",
    "nwfilter-binding-dumpxml",
    "nwfilter-binding-list",
    "nwfilter-define",
    "nwfilter-dumpxml",
    "nwfilter-edit",
    "nwfilter-list",
    "nwfilter-undefine",
    "perf",
    "pool-build",
    "pool-capabilities",
    "pool-create",
    "pool-create-as",
    "pool-define",
    "pool-define-as",
    "pool-delete",
    "pool-edit",
    "pool-event",
    "qemu-agent-command",
    "schedinfo",
    "secret-define",
    "secret-dumpxml",
    "secret-event",
    "secret-get-value",
    "secret-list",
    "secret-set-value",
    "secret-undefine",
    "set-lifecycle-action",
    "set-user-password",
    "set-user-sshkeys",
    "setvcpu",
    "snapshot-create",
    "snapshot-create-as",
    "snapshot-current",
    "snapshot-delete",
    "snapshot-dumpxml",
    "snapshot-edit",
    "snapshot-info",
    "snapshot-list",
    "snapshot-parent",
    "snapshot-revert",
    "update-memory-device",
    "vcpupin",
    "vol-clone",
    "vol-create",
    "vol-create-as",
    "vol-create-from",
    "vol-delete",
    "vol-download",
    "vol-dumpxml",
    "vol-info",
    "vol-key",
    "vol-list",
    "vol-name",
    "vol-path",
    "vol-pool",
    "vol-resize",
    "vol-upload",
    "vol-wipe",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::{Command, Kind, Opt, Place};

    fn all() -> impl Iterator<Item = &'static Command> {
        GROUPS.iter().flat_map(|group| group.commands).copied()
    }

    #[test]
    fn what_is_not_served_is_listed() {
        let mut open: Vec<&str> = all()
            .filter(|command| command.body.is_none() && command.alias_of.is_none())
            .map(|command| command.name)
            .collect();
        open.sort_unstable();
        assert_eq!(open, NOT_SERVED);
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
