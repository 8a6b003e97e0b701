//! The state of running guests, from which the next daemon finds them again: ours or libvirt's own, which reads and
//! writes the same document.

use super::config::names_in;
use super::warning;
use crate::documents;
use crate::guest::View;
use crate::guest::taint::Taint;
use crate::process::dirs::{Dirs, GuestDirs};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use vir_base::{Result, atomic, bail, file};
use vir_model::domain::device::disk::{Disk, DiskBus};
use vir_model::domain::device::private::{NodeKind, QomName};
use vir_model::status::{DeviceAlias, DeviceList, Directory, Index, Monitor, Status, VcpuThread};
use vir_model::status::{Notes, Taint as TaintNote};

/// No state is longer.
const MAX: u64 = 16 * 1024 * 1024;

/// What is noted of an instance from its start on.
pub fn notes(dirs: &Dirs, id: i32, name: &str) -> Notes {
    let guest = dirs.guest(id, name);
    let mut notes = Notes {
        monitor: Some(Monitor { path: Some(text(&guest.monitor())), kind: Some("unix".to_owned()) }),
        memory_dir: Some(directory(&dirs.memory(id, name))),
        ..Notes::default()
    };
    notes.fill();
    notes
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn directory(path: &Path) -> Directory {
    Directory { path: Some(text(path)) }
}

/// The devices that QEMU says it has, as they are noted.
pub fn device_list(aliases: Vec<String>) -> Option<DeviceList> {
    let devices: Vec<DeviceAlias> = aliases.into_iter().map(|alias| DeviceAlias { alias }).collect();
    (!devices.is_empty()).then_some(DeviceList { devices })
}

/// Writes down the state of a running guest.
pub fn save(dirs: &Dirs, view: &View) -> Result<()> {
    let text = warning(&format!("virsh edit {}", view.name)) + &document(view)?.to_document();
    atomic::replace(dirs.status(&view.name), text.as_bytes(), atomic::PRIVATE)
}

/// The state of a running guest.
fn document(view: &View) -> Result<Status> {
    let live = view.running()?;
    let mut status = Status { notes: Notes::clone(&live.notes), domain: (*live.def).clone() };
    let notes = &mut status.notes;
    notes.set_state(view.state, view.reason);
    notes.pid = i64::from(live.process.pid());
    let taint = |taint: &Taint| TaintNote { flag: Some(taint.word().to_owned()) };
    notes.taints = live.taints.iter().map(taint).collect();
    let thread = |(id, pid): (usize, &i32)| Some(VcpuThread { id: u32::try_from(id).ok()?, pid: *pid });
    notes.vcpus.get_or_insert_default().vcpus = live.vcpus.iter().enumerate().filter_map(thread).collect();
    notes.fake_reboot = live.fake_reboot;
    notes.lib_dir = Some(directory(&live.dirs.lib));
    notes.channel_dir = Some(directory(&live.dirs.channels));
    notes.nodename = Some(Index { index: u64::from(live.last_node) });
    status.domain.devices.disks.iter_mut().for_each(note_disk);
    Ok(status)
}

/// How a disk and its image are called in QEMU.
fn note_disk(disk: &mut Disk) {
    let alias = disk.info.alias();
    let qom = match disk.bus() {
        _ if alias.is_empty() => None,
        Some(DiskBus::Fdc | DiskBus::Ide | DiskBus::Sata | DiskBus::Scsi) => Some(alias.to_owned()),
        Some(DiskBus::Virtio) => Some(format!("/machine/peripheral/{alias}/virtio-backend")),
        Some(DiskBus::Usb) => Some(format!("/machine/peripheral/{alias}/{alias}.0/legacy[0]")),
        _ => None,
    };
    if let Some(name) = qom {
        disk.private.get_or_insert_default().qom.get_or_insert(QomName { name: Some(name) });
    }
    let raw = disk.format().is_none_or(|format| format == "raw");
    if let Some(source) = &mut disk.source
        && let Some(index) = source.index
    {
        let noted = source.private.get_or_insert_default();
        if noted.node(NodeKind::Storage).is_none() {
            noted.set_node(NodeKind::Storage, format!("libvirt-{index}-storage"));
            if !raw {
                noted.set_node(NodeKind::Format, format!("libvirt-{index}-format"));
            }
        }
    }
}

/// The names of the guests that ran when their state was last written.
pub fn names(dirs: &Dirs) -> Vec<String> {
    names_in(&dirs.base.state)
}

/// Reads the state of a guest, whichever daemon wrote it.
///
/// # Errors
/// It cannot be read, or is none.
pub fn load(dirs: &Dirs, name: &str) -> Result<Status> {
    read(dirs, &file::read_text(dirs.status(name), MAX)?)
}

fn read(dirs: &Dirs, text: &str) -> Result<Status> {
    let mut status = Status::parse(text)?;
    if status.notes.pid <= 0 {
        bail!(Qemu, InternalError, "invalid pid");
    }
    let id = status.domain.id.unwrap_or(-1);
    let memory = dirs.memory(id, &status.domain.name);
    documents::status::complete(&mut status, &memory);
    Ok(status)
}

/// The directories that a guest's state names, or those that it would get.
pub fn directories(dirs: &Dirs, status: &Status) -> GuestDirs {
    let usual = dirs.guest(status.domain.id.unwrap_or(-1), &status.domain.name);
    let said = |directory: &Option<Directory>, usual: PathBuf| {
        directory.as_ref().and_then(|it| it.path.as_ref()).map_or(usual, PathBuf::from)
    };
    let notes = &status.notes;
    GuestDirs { lib: said(&notes.lib_dir, usual.lib), channels: said(&notes.channel_dir, usual.channels) }
}

/// What makes it hard to answer for a guest, as far as it is known here.
pub fn taints(notes: &Notes) -> BTreeSet<Taint> {
    notes.taints.iter().filter_map(|taint| Taint::of_word(taint.flag.as_deref()?)).collect()
}

/// The threads of a guest's processors.
pub fn threads(notes: &Notes) -> Vec<i32> {
    notes.vcpus.iter().flat_map(|vcpus| &vcpus.vcpus).map(|vcpu| vcpu.pid).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_api::constants::{VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR};

    /// As the first versions of this driver wrote it.
    const FORMER: &str = "<domstatus state='paused' reason='I/O error' pid='4711'>\n\
        <taint flag='host-cpu'/>\n<monitor path='/l/domain-3-g/monitor.sock' type='unix'/>\n\
        <vcpus>\n<vcpu id='0' pid='4712'/>\n</vcpus>\n\
        <devices>\n<device alias='virtio-disk0'/>\n<device alias='pcie.0'/>\n</devices>\n<fakereboot/>\n\
        <libDir path='/l/domain-3-g'/>\n<channelTargetDir path='/c/3-g'/>\n\
        <domain type='qemu' id='3'><name>g</name><uuid>3e3fce45-4f53-4fa7-bb32-11f34168b82b</uuid>\
        <memory>1024</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os><devices>\
        <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/d' index='1'/>\
        <target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk></devices></domain></domstatus>";

    #[test]
    fn what_the_first_versions_wrote_is_read() {
        let dirs = Dirs::new(vir_base::paths::Paths::system().driver("qemu"));
        let status = read(&dirs, FORMER).unwrap();
        assert_eq!(status.notes.state_number(), VIR_DOMAIN_PAUSED);
        assert_eq!(status.notes.reason_number(), VIR_DOMAIN_PAUSED_IOERROR);
        assert!(status.notes.fake_reboot);
        assert_eq!(threads(&status.notes), [4712]);
        assert_eq!(taints(&status.notes), BTreeSet::from([Taint::HostCpu]));
        let found = directories(&dirs, &status);
        assert_eq!((found.lib, found.channels), ("/l/domain-3-g".into(), "/c/3-g".into()));
        let memory = status.notes.memory_dir.unwrap().path;
        assert_eq!(memory.as_deref(), Some("/var/lib/libvirt/qemu/ram/3-g"));
    }

    #[test]
    fn disks_are_noted_as_qemu_knows_them() {
        let dirs = Dirs::new(vir_base::paths::Paths::system().driver("qemu"));
        let mut status = read(&dirs, FORMER).unwrap();
        status.domain.devices.disks.iter_mut().for_each(note_disk);
        let text = status.to_document();
        for said in [
            "<nodename type='storage' name='libvirt-1-storage'/>",
            "<nodename type='format' name='libvirt-1-format'/>",
            "<qom name='/machine/peripheral/virtio-disk0/virtio-backend'/>",
        ] {
            assert!(text.contains(said), "{said} is not in\n{text}");
        }
        assert_eq!(read(&dirs, &text).unwrap(), status);
    }
}
