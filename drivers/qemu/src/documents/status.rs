//! The state of a running guest as older daemons wrote it: what they left out is filled in, by the names that QEMU's
//! objects have had since.

use std::path::Path;
use vir_model::domain::device::disk::{Disk, DiskType};
use vir_model::domain::device::hostdev::{Hostdev, HostdevSource};
use vir_model::domain::device::private::{NodeKind, ObjectAlias, SecretKind};
use vir_model::domain::device::source::NetProtocol;
use vir_model::domain::device::storage::EncryptionFormat;
use vir_model::status::{Directory, Status};
use vir_xml::YesNo;

/// Fills in what older daemons left out; `memory` is the directory of files that are the guest's memory.
pub fn complete(status: &mut Status, memory: &Path) {
    let memory = || Directory { path: Some(memory.to_string_lossy().into_owned()) };
    status.notes.memory_dir.get_or_insert_with(memory);
    status.notes.fill();
    status.domain.devices.disks.iter_mut().for_each(disk);
    status.domain.devices.hostdevs.iter_mut().for_each(hostdev);
}

/// Secrets and certificates of a disk were named by its alias before their names were noted.
fn disk(disk: &mut Disk) {
    let alias = disk.info.alias().to_owned();
    let (auth, encryption) = (disk.auth.is_some(), disk.encryption.as_ref().and_then(|it| it.format));
    let kind = disk.kind();
    let Some(source) = &mut disk.source else { return };
    let auth = (auth || source.auth.is_some())
        && (kind == DiskType::Network || source.actual_type == Some(DiskType::Network))
        && matches!(source.protocol, Some(NetProtocol::Rbd | NetProtocol::Iscsi));
    let format = encryption.or(source.encryption.as_ref().and_then(|it| it.format));
    let noted = source.private.as_deref();
    let lacks = |kind| noted.is_none_or(|noted| noted.secret(kind).is_none());
    let auth = auth && lacks(SecretKind::Auth);
    let encrypted = format == Some(EncryptionFormat::Luks) && lacks(SecretKind::Encryption);
    let certificate = noted.and_then(|noted| noted.objects.as_ref()).is_some_and(|it| it.tls.is_some());
    let tls = source.tls == Some(YesNo::Yes) && !certificate;
    if !(auth || encrypted || tls) {
        return;
    }
    let noted = source.private.get_or_insert_default();
    if auth {
        noted.add_secret(SecretKind::Auth, format!("{alias}-secret0"));
    }
    if encrypted {
        noted.add_secret(SecretKind::Encryption, format!("{alias}-luks-secret0"));
    }
    if tls {
        let alias = Some(format!("obj{alias}_tls0"));
        noted.objects.get_or_insert_default().tls = Some(ObjectAlias { alias });
    }
}

/// So were the secrets and nodes of SCSI units of the host.
fn hostdev(hostdev: &mut Hostdev) {
    let alias = hostdev.info.alias().to_owned();
    let Some(source) = &mut hostdev.source else { return };
    let auth = matches!(source, HostdevSource::Iscsi(iscsi) if iscsi.auth.is_some());
    let Some(noted) = source.private_mut() else { return };
    if auth && noted.secret(SecretKind::Auth).is_none() {
        noted.add_secret(SecretKind::Auth, format!("{alias}-secret0"));
    }
    if noted.node(NodeKind::Storage).is_none() {
        noted.set_node(NodeKind::Storage, format!("libvirt-{alias}-backend"));
    }
}
