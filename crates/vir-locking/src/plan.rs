//! From a guest's disks and leases to what is asked of the lock daemon. What a disk's own key is (its
//! volume's UUID, its serial number) is looked up through [`Keys`], so that tests need no disks.

use crate::config::LockdConfig;
use crate::keys::{Keys, Tools};
use vir_base::{Result, bail};

/// What a guest needs leases for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Leases that its document names.
    pub leases: Vec<Lease>,
    /// Its disks that are on this host: files, devices, directories.
    pub disks: Vec<Disk>,
}

/// A `<lease>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    /// The directory that the lockspace is in.
    pub path: String,
    /// The lockspace.
    pub lockspace: Option<String>,
    /// The lease in it.
    pub key: String,
    /// Where in the file; must be 0.
    pub offset: u64,
}

/// A disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// Its file.
    pub path: String,
    /// Never written to.
    pub readonly: bool,
    /// Other guests may write to it as well.
    pub shareable: bool,
}

/// What is asked of the lock daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The directory; empty for files by their own name.
    pub lockspace: String,
    /// The file.
    pub name: String,
    /// Others may hold it, too.
    pub shared: bool,
    /// The file is made, and removed after the last holder.
    pub create: bool,
}

impl Needs {
    /// What is asked of the lock daemon, in the order in which it is asked.
    ///
    /// # Errors
    /// A lease that this lock manager does not have, disks without the leases that they must have, or
    /// that a disk's key cannot be looked up.
    pub fn resources(&self, config: &LockdConfig) -> Result<Vec<Resource>> {
        self.resources_by(config, &Tools)
    }

    pub(crate) fn resources_by(&self, config: &LockdConfig, keys: &dyn Keys) -> Result<Vec<Resource>> {
        let mut all = Vec::new();
        for lease in &self.leases {
            if lease.offset != 0 {
                bail!(Locking, InternalError, "Offset must be zero for this lock manager");
            }
            let Some(lockspace) = &lease.lockspace else {
                bail!(Locking, InternalError, "Missing path or lockspace for lease resource");
            };
            all.push(Resource {
                lockspace: format!("{}/{lockspace}", lease.path),
                name: lease.key.clone(),
                shared: false,
                create: false,
            });
        }
        let written = self.disks.iter().filter(|disk| !disk.readonly);
        if config.auto_disk_leases {
            for disk in written {
                all.push(of_disk(disk, config, keys)?);
            }
        } else if all.is_empty()
            && config.require_lease_for_disks
            && written.into_iter().any(|d| !d.shareable)
        {
            bail!(
                Locking,
                ConfigUnsupported,
                "Read/write, exclusive access, disks were present, but no leases specified"
            );
        }
        Ok(all)
    }
}

fn of_disk(disk: &Disk, config: &LockdConfig, keys: &dyn Keys) -> Result<Resource> {
    let indirect = |directory: &str, name| Resource {
        lockspace: directory.to_owned(),
        name,
        shared: disk.shareable,
        create: true,
    };
    let device = disk.path.starts_with("/dev");
    if let Some(directory) = config.lvm_lockspace_dir.as_deref().filter(|_| device)
        && let Some(key) = keys.lvm(&disk.path)?
    {
        return Ok(indirect(directory, key));
    }
    if let Some(directory) = config.scsi_lockspace_dir.as_deref().filter(|_| device)
        && let Some(key) = keys.scsi(&disk.path)?
    {
        return Ok(indirect(directory, key));
    }
    Ok(match &config.file_lockspace_dir {
        Some(directory) => indirect(directory, keys.of_path(&disk.path)),
        None => Resource {
            lockspace: String::new(),
            name: disk.path.clone(),
            shared: disk.shareable,
            create: false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake;

    impl Keys for Fake {
        fn lvm(&self, path: &str) -> Result<Option<String>> {
            Ok(path.contains("vg").then(|| "lvm-key".to_owned()))
        }

        fn scsi(&self, path: &str) -> Result<Option<String>> {
            Ok(path.contains("sd").then(|| "scsi-key".to_owned()))
        }
    }

    fn disk(path: &str) -> Disk {
        Disk { path: path.into(), ..Disk::default() }
    }

    fn plan(needs: &Needs, config: &LockdConfig) -> Vec<String> {
        let show = |r: Resource| {
            let flag = |on, letter| if on { letter } else { "" };
            format!("{}|{}|{}{}", r.lockspace, r.name, flag(r.shared, "s"), flag(r.create, "c"))
        };
        needs.resources_by(config, &Fake).unwrap().into_iter().map(show).collect()
    }

    #[test]
    fn files_are_their_own_leases() {
        let shared = Disk { shareable: true, ..disk("/s") };
        let readonly = Disk { readonly: true, ..disk("/r") };
        let lease =
            Lease { path: "/var/l".into(), lockspace: Some("space".into()), key: "k".into(), offset: 0 };
        let needs = Needs { disks: vec![disk("/a"), readonly, shared], leases: vec![lease] };
        assert_eq!(plan(&needs, &LockdConfig::default()), ["/var/l/space|k|", "|/a|", "|/s|s"]);
    }

    #[test]
    fn lockspaces_by_what_a_disk_is() {
        let all = LockdConfig {
            file_lockspace_dir: Some("/f".into()),
            lvm_lockspace_dir: Some("/l".into()),
            scsi_lockspace_dir: Some("/s".into()),
            ..LockdConfig::default()
        };
        let needs = Needs {
            disks: vec![disk("/dev/vg/x"), disk("/dev/sda"), disk("/dev/loop0"), disk("/vg/sd")],
            leases: vec![],
        };
        let hash = |text: &str| Fake.of_path(text);
        assert_eq!(
            plan(&needs, &all),
            [
                "/l|lvm-key|c".to_owned(),
                "/s|scsi-key|c".to_owned(),
                format!("/f|{}|c", hash("/dev/loop0")),
                format!("/f|{}|c", hash("/vg/sd")),
            ]
        );
        assert_eq!(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn what_cannot_have_its_lease_is_refused() {
        let manual = LockdConfig { auto_disk_leases: false, ..LockdConfig::default() };
        let refused = |needs: &Needs| needs.resources_by(&manual, &Fake).unwrap_err().message().to_owned();
        let mut needs = Needs { disks: vec![disk("/a")], leases: vec![] };
        assert_eq!(
            refused(&needs),
            "unsupported configuration: Read/write, exclusive access, disks were present, but no leases specified"
        );
        needs.leases.push(Lease { path: "/p".into(), lockspace: None, key: "k".into(), offset: 0 });
        assert_eq!(refused(&needs), "internal error: Missing path or lockspace for lease resource");
        needs.leases[0].lockspace = Some("s".into());
        assert_eq!(plan(&needs, &manual), ["/p/s|k|"]);
        needs.leases[0].offset = 1;
        assert_eq!(refused(&needs), "internal error: Offset must be zero for this lock manager");
        let shared = Needs { disks: vec![Disk { shareable: true, ..disk("/a") }], leases: vec![] };
        assert!(plan(&shared, &manual).is_empty());
    }
}
