//! Whether two pools are made of the same storage, as far as their documents tell.

use super::adapter::{Adapter, AdapterType};
use super::kind::PoolType;
use super::pool::Pool;
use super::source::Source;

impl Pool {
    /// Whether `new` would be made of the same storage as this one. A pool never clashes with a definition of its own
    /// name. What the documents do not tell (which number a SCSI host has that is named by its device) is not looked
    /// up.
    pub fn clashes_with(&self, new: &Pool) -> bool {
        use PoolType::*;
        let devices = |kind| matches!(kind, Iscsi | Fs | Logical | Disk | Zfs);
        let (Some(ours), Some(theirs)) = (&self.source, &new.source) else { return false };
        if self.name == new.name {
            return false;
        }
        match self.kind {
            kind if devices(kind) => {
                let who = (self.kind == Iscsi) == (new.kind == Iscsi)
                    && (kind != Iscsi || ours.initiator_name() == theirs.initiator_name());
                devices(new.kind) && who && ours.shares_device(theirs)
            }
            kind if kind != new.kind => false,
            Dir => self.target_path() == new.target_path(),
            Gluster => {
                ours.name == theirs.name
                    && ours.directory() == theirs.directory()
                    && ours.shares_only_host(theirs)
            }
            Netfs => ours.directory() == theirs.directory() && ours.shares_only_host(theirs),
            Scsi => match (&ours.adapter, &theirs.adapter) {
                (Some(ours), Some(theirs)) => ours.is(theirs),
                _ => false,
            },
            Sheepdog => ours.shares_only_host(theirs),
            // a host has only one
            Mpath => true,
            Vstorage => ours.name == theirs.name,
            _ => false,
        }
    }
}

impl Source {
    fn shares_device(&self, other: &Self) -> bool {
        self.devices.iter().any(|ours| other.devices.iter().any(|theirs| ours.path == theirs.path))
    }

    /// Whether one of them has one host only, and it is the other's first.
    fn shares_only_host(&self, other: &Self) -> bool {
        let (Some(ours), Some(theirs)) = (self.hosts.first(), other.hosts.first()) else { return false };
        (self.hosts.len() == 1 || other.hosts.len() == 1)
            && (theirs.port.is_none() || ours.port == theirs.port)
            && ours.name == theirs.name
    }
}

impl Adapter {
    fn is(&self, other: &Self) -> bool {
        match (self.kind, other.kind) {
            (Some(AdapterType::FcHost), Some(AdapterType::FcHost)) => {
                (&self.wwnn, &self.wwpn) == (&other.wwnn, &other.wwpn)
            }
            (Some(AdapterType::ScsiHost), Some(AdapterType::ScsiHost)) => match (&self.name, &other.name) {
                (Some(ours), Some(theirs)) => host(ours).is_some() && host(ours) == host(theirs),
                (None, None) => self.parentaddr == other.parentaddr,
                _ => false,
            },
            (Some(AdapterType::FcHost), Some(AdapterType::ScsiHost)) => self.has_parent(other),
            (Some(AdapterType::ScsiHost), Some(AdapterType::FcHost)) => other.has_parent(self),
            _ => false,
        }
    }

    fn has_parent(&self, scsi: &Self) -> bool {
        let of = |name: &Option<String>| name.as_deref().and_then(host);
        of(&self.parent).is_some() && of(&self.parent) == of(&scsi.name)
    }
}

/// The number of a SCSI host in its name.
fn host(name: &str) -> Option<u32> {
    name.strip_prefix("scsi_host").or_else(|| name.strip_prefix("host"))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_of_the_same_storage_clash() {
        let pool = |name: &str, kind: &str, rest: &str| {
            Pool::parse(&format!(
                "<pool type='{kind}'><name>{name}</name>{rest}<target><path>/x</path></target></pool>"
            ))
            .unwrap()
        };
        let device = "<source><device path='/dev/sda'/></source>";
        let nfs = |port: &str| format!("<source><host name='h'{port}/><dir path='/d'/></source>");
        let scsi = |adapter: &str| format!("<source><adapter {adapter}/></source>");
        for (a, b, clash) in [
            (pool("a", "dir", ""), pool("b", "dir", ""), true),
            (pool("a", "dir", ""), pool("a", "dir", ""), false),
            (pool("a", "fs", device), pool("b", "disk", device), true),
            (pool("a", "fs", device), pool("b", "dir", ""), false),
            (pool("a", "netfs", &nfs("")), pool("b", "netfs", &nfs("")), true),
            (pool("a", "netfs", &nfs("")), pool("b", "netfs", &nfs(" port='1'")), false),
            (pool("a", "mpath", ""), pool("b", "mpath", ""), true),
            (
                pool("a", "scsi", &scsi("name='host4'")),
                pool("b", "scsi", &scsi("type='scsi_host' name='scsi_host4'")),
                true,
            ),
            (
                pool("a", "scsi", &scsi("name='host4'")),
                pool(
                    "b",
                    "scsi",
                    &scsi(
                        "type='fc_host' parent='scsi_host4' wwnn='20000000c9831b4b' wwpn='10000000c9831b4b'",
                    ),
                ),
                true,
            ),
        ] {
            assert_eq!(a.clashes_with(&b), clash, "{a:?} {b:?}");
        }
    }
}
