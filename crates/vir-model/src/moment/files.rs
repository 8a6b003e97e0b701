//! Names for the files of a snapshot that nobody named: beside the disk's own, with the snapshot's name.

use super::snapshot::{Snapshot, SnapshotDisk};
use crate::domain::Domain;
use crate::domain::device::disk::{Disk, DiskType, SnapshotLocation};
use vir_base::{Result, bail};

impl Snapshot {
    /// Names what is written since of each disk of which that is kept outside, once disks are aligned.
    /// `is_file` looks whether there is a regular file of a name.
    ///
    /// # Errors
    /// Disks that are no files, and names that two disks would have.
    pub fn name_files(&mut self, known: Option<&Domain>, is_file: &dyn Fn(&str) -> bool) -> Result<()> {
        let Some(domain) = self.moment.domain.as_deref().or(known) else { return Ok(()) };
        let disks = &mut self.disks.disks;
        for i in 0..disks.len().min(domain.devices.disks.len()) {
            let (before, rest) = disks.split_at_mut(i);
            let (Some(disk), Some(of)) = (rest.first_mut(), domain.devices.disks.get(i)) else { continue };
            if disk.snapshot == Some(SnapshotLocation::External) && disk.path().is_none() {
                disk.name_file(of, self.moment.name.as_deref().unwrap_or_default(), before, is_file)?;
            }
        }
        Ok(())
    }
}

impl SnapshotDisk {
    fn name_file(
        &mut self,
        of: &Disk,
        snapshot: &str,
        before: &[Self],
        is_file: &dyn Fn(&str) -> bool,
    ) -> Result<()> {
        let (name, kind) = (self.name(), self.kind.unwrap_or(DiskType::File));
        if kind != DiskType::File {
            bail!(
                DomainSnapshot,
                ConfigUnsupported,
                "cannot generate external snapshot name for disk '{name}' on a '{kind}' device"
            );
        }
        let Some(path) = of.path() else {
            bail!(
                DomainSnapshot,
                ConfigUnsupported,
                "cannot generate external snapshot name for disk '{name}' without source"
            );
        };
        if !is_file(path) {
            bail!(
                DomainSnapshot,
                ConfigUnsupported,
                "source for disk '{name}' is not a regular file; refusing to generate external snapshot name"
            );
        }
        let stem = match path.rsplit_once('.') {
            Some((stem, suffix)) if !suffix.contains('/') => stem,
            _ => path,
        };
        let file = format!("{stem}.{snapshot}");
        if let Some(other) = before.iter().find(|other| other.path() == Some(&file)) {
            bail!(
                DomainSnapshot,
                ConfigUnsupported,
                "cannot generate external snapshot name for disk '{name}': collision with disk '{}'",
                other.name()
            );
        }
        self.kind = Some(kind);
        self.source.get_or_insert_default().file = Some(file);
        Ok(())
    }
}
