//! Disks: what their kinds, buses and sources exclude.

use super::limits::{iotune, printable};
use super::{kind_of, no_virtio};
use crate::domain::Domain;
use crate::domain::device::disk::{Disk, DiskBus, DiskDevice, DiskType};
use crate::domain::device::info::Address;
use crate::domain::device::source::{DiskSource, ImageFormat, NetProtocol, StartupPolicy};
use crate::domain::device::storage::EncryptionFormat;
use std::collections::BTreeMap;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, bail, err};
use vir_xml::OnOff;

/// Checks one.
///
/// # Errors
/// The first contradiction.
pub fn check(domain: &Domain, disk: &Disk) -> Result<()> {
    target(disk)?;
    chain(disk)?;
    lun(disk)?;
    if let Some(tune) = &disk.iotune {
        iotune(tune)?;
    }
    bus(disk)?;
    texts(disk)?;
    names(disk)?;
    throttled(domain, disk)
}

fn target(disk: &Disk) -> Result<()> {
    if !disk.dst().is_empty() {
        return Ok(());
    }
    let source = disk.source.as_ref();
    if let Some((pool, volume)) = source.and_then(|s| Some((s.pool.as_ref()?, s.volume.as_ref()?))) {
        bail!(Domain, NoTarget, "pool = '{pool}', volume = '{volume}'");
    }
    match source.and_then(|source| source.path().or(source.name.as_deref())) {
        Some(path) => bail!(Domain, NoTarget, "{path}"),
        None => Err(Error::bare(ErrorDomain::Domain, ErrorCode::NoTarget)),
    }
}

/// The image and those below it.
fn chain(disk: &Disk) -> Result<()> {
    if let Some(found) = &disk.source {
        let auth = disk.auth.as_ref().or(found.auth.as_ref());
        let encryption = disk.encryption.as_ref().or(found.encryption.as_ref());
        let kind = disk.kind();
        source(kind, found, disk.format(), auth, encryption)?;
    }
    let mut below = disk.backing_store.as_ref();
    while let Some(image) = below.and_then(|store| store.image.as_ref()) {
        let format = image.format.kind.map(|kind| kind.as_str());
        let found = &image.source;
        source(image.kind, found, format, found.auth.as_ref(), found.encryption.as_ref())?;
        below = image.below.as_ref();
    }
    Ok(())
}

fn source(
    kind: DiskType,
    source: &DiskSource,
    format: Option<&str>,
    auth: Option<&crate::domain::device::storage::Auth>,
    encryption: Option<&crate::domain::device::storage::Encryption>,
) -> Result<()> {
    let protocol = source.protocol.filter(|_| kind == DiskType::Network);
    if protocol == Some(NetProtocol::Sheepdog) {
        bail!(
            Domain,
            ConfigUnsupported,
            "'sheepdog' protocol is no longer supported by any hypervisor driver"
        );
    }
    if let (Some(protocol), Some(auth)) = (protocol, auth) {
        use NetProtocol::{
            Ftp, Ftps, Gluster, Http, Https, Iscsi, Nbd, Nfs, None, Rbd, Sheepdog, Ssh, Tftp, Vxhs,
        };
        match protocol {
            Iscsi | Http | Https | Ftp | Ftps | Ssh | Rbd | None => {}
            Nbd | Sheepdog | Gluster | Tftp | Vxhs | Nfs => {
                bail!(Domain, ConfigUnsupported, "authentication is not supported for protocol '{protocol}'")
            }
        }
        let usage = auth.secret.as_ref().and_then(|secret| secret.kind.as_deref());
        let known = ["none", "volume", "ceph", "iscsi", "tls", "vtpm"];
        let Some(usage) = usage.filter(|usage| known.contains(usage)) else {
            bail!(Domain, ConfigUnsupported, "unknown secret type '{}'", usage.unwrap_or("<null>"))
        };
        if protocol == Iscsi && usage != "iscsi" || protocol == Rbd && usage != "ceph" {
            bail!(Domain, ConfigUnsupported, "invalid secret type '{usage}'");
        }
    }
    if encryption.is_some_and(|e| e.format == Some(EncryptionFormat::Luks) && e.cipher.is_some()) {
        bail!(Domain, ConfigUnsupported, "supplying <cipher> for domain disk definition is unnecessary");
    }
    if let Some(store) = &source.data_store {
        if format != Some("qcow2") {
            bail!(Domain, ConfigUnsupported, "<dataStore> feature available only with qcow2 images");
        }
        if store.format.as_ref().and_then(|format| format.kind) != Some(ImageFormat::Raw) {
            bail!(Domain, ConfigUnsupported, "only 'raw' images supported as <dataStore>");
        }
        if store.source.as_ref().is_some_and(|source| source.data_store.is_some()) {
            bail!(
                Domain,
                XmlError,
                "The <source> of <dataStore> can't have another nested <dataStore> or <backingStore> element"
            );
        }
        if store.source.as_ref().is_some_and(|source| source.slices.is_some()) {
            bail!(Domain, XmlError, "slices are not supported for <dataStore>");
        }
    }
    if kind != DiskType::Network {
        for (there, name) in [(source.snapshot.is_some(), "snapshot"), (source.config.is_some(), "config")] {
            if there {
                bail!(Domain, XmlError, "<{name}> element is currently supported only with 'rbd' disks");
            }
        }
    }
    Ok(())
}

fn lun(disk: &Disk) -> Result<()> {
    let source = disk.source.as_ref();
    if disk.device() != DiskDevice::Lun {
        let not_lun = [
            (
                source.is_some_and(|source| source.reservations.is_some()),
                "<reservations/> allowed only for lun devices",
            ),
            (disk.rawio.is_some(), "rawio can be used only with device='lun'"),
            (disk.sgio.is_some(), "sgio can be used only with device='lun'"),
        ];
        if let Some((_, message)) = not_lun.iter().find(|(there, _)| *there) {
            bail!(Domain, ConfigUnsupported, "{message}");
        }
        return Ok(());
    }
    if disk.sgio == Some(crate::domain::device::disk::Sgio::Unfiltered) {
        bail!(Domain, ConfigUnsupported, "unfiltered sgio is no longer supported");
    }
    match disk.kind() {
        DiskType::Network => {
            if let Some(protocol) =
                source.and_then(|source| source.protocol).filter(|protocol| *protocol != NetProtocol::Iscsi)
            {
                bail!(
                    Domain,
                    ConfigUnsupported,
                    "disk device='lun' is not supported for protocol='{protocol}'"
                );
            }
        }
        DiskType::Block | DiskType::Volume => {}
        _ => bail!(Domain, ConfigUnsupported, "disk device='lun' is only valid for block type disk source"),
    }
    if disk.format().is_some_and(|format| format != "raw") {
        bail!(Domain, ConfigUnsupported, "disk device 'lun' must use 'raw' format");
    }
    if source.is_some_and(|source| source.slices.is_some()) {
        bail!(Domain, ConfigUnsupported, "disk device 'lun' doesn't support storage slice");
    }
    let encryption = disk.encryption.as_ref().or(source.and_then(|source| source.encryption.as_ref()));
    if encryption.is_some_and(|e| e.format != Some(EncryptionFormat::Default)) {
        bail!(Domain, ConfigUnsupported, "disk device 'lun' doesn't support encryption");
    }
    Ok(())
}

fn bus(disk: &Disk) -> Result<()> {
    let Some(bus) = disk.bus() else { return Ok(()) };
    if let Some(address) = &disk.info.address
        && matches!(bus, DiskBus::Ide | DiskBus::Fdc | DiskBus::Scsi | DiskBus::Sata)
        && !matches!(address, Address::Drive { .. })
    {
        bail!(
            Domain,
            ConfigUnsupported,
            "Invalid address type '{}' for the disk '{}' with the bus type '{bus}'",
            kind_of(address),
            disk.dst()
        );
    }
    let driver = disk.driver.clone().unwrap_or_default();
    if bus != DiskBus::Virtio {
        if let Some(model) = disk.model {
            bail!(Domain, ConfigUnsupported, "disk model '{model}' not supported for bus '{bus}'");
        }
        let only_virtio = [
            (
                driver.queues.is_some(),
                "queues attribute in disk driver element is only supported for virtio bus",
            ),
            (
                driver.queue_size.is_some(),
                "queue_size attribute in disk driver is only supported for virtio bus",
            ),
            (driver.event_idx.is_some(), "disk event_idx mode supported only for virtio bus"),
            (driver.ioeventfd.is_some(), "disk ioeventfd mode supported only for virtio bus"),
        ];
        if let Some((_, message)) = only_virtio.iter().find(|(there, _)| *there) {
            bail!(Domain, ConfigUnsupported, "{message}");
        }
        no_virtio(Some(&driver.virtio))?;
    }
    let source = disk.source.as_ref();
    if disk.kind() == DiskType::Nvme && source.is_some_and(|source| source.namespace == Some(0)) {
        bail!(Domain, ConfigUnsupported, "NVMe namespace can't be zero");
    }
    if disk.kind() == DiskType::Vhostuser {
        vhostuser(disk)?;
    }
    if driver.discard_no_unref == Some(OnOff::On) {
        if disk.format() != Some("qcow2") {
            bail!(Domain, ConfigUnsupported, "'discard_no_unref' only works with qcow2 disk format");
        }
        if disk.readonly {
            bail!(Domain, ConfigUnsupported, "'discard_no_unref' is not compatible with read-only disk");
        }
    }
    if driver.iothread.is_some() && driver.iothreads.is_some() {
        bail!(
            Domain,
            XmlError,
            "disk driver 'iothread' attribute can't be used together with 'iothreads' subelement"
        );
    }
    Ok(())
}

/// A disk that another process serves can be told little.
fn vhostuser(disk: &Disk) -> Result<()> {
    if disk.bus() != Some(DiskBus::Virtio) {
        bail!(Domain, ConfigUnsupported, "vhostuser disk supports only virtio bus");
    }
    if disk.snapshot != Some(crate::domain::device::disk::SnapshotLocation::No) {
        bail!(Domain, ConfigUnsupported, "only snapshot=no is supported with vhostuser disk");
    }
    let driver = disk.driver.clone().unwrap_or_default();
    let source = disk.source.clone().unwrap_or_default();
    let said = [
        (driver.cache.is_some(), "cache"),
        (driver.error_policy.is_some() || driver.rerror_policy.is_some(), "error_policy"),
        (driver.io.is_some(), "io"),
        (driver.ioeventfd.is_some(), "ioeventfd"),
        (driver.copy_on_read.is_some(), "copy_on_read"),
        (driver.discard.is_some(), "discard"),
        (driver.iothread.is_some(), "iothread"),
        (driver.detect_zeroes.is_some(), "detect_zeroes"),
        (driver.metadata_cache.is_some(), "metadata_cache"),
        (disk.iotune.as_ref().is_some_and(|tune| tune.group_name.is_some() || tune.has_limits()), "iotune"),
        (disk.backing_store.is_some(), "backingStore"),
        (disk.encryption.is_some() || source.encryption.is_some(), "encryption"),
        (disk.readonly, "readonly"),
        (disk.shareable, "shareable"),
        (disk.transient.is_some(), "transient"),
        (disk.serial.is_some(), "serial"),
        (disk.wwn.is_some(), "wwn"),
        (disk.vendor.is_some(), "vendor"),
        (disk.product.is_some(), "product"),
        (disk.auth.is_some() || source.auth.is_some(), "auth"),
        (disk.geometry.is_some(), "geometry"),
        (disk.blockio.as_ref().is_some_and(|blockio| *blockio != Default::default()), "blockio"),
    ];
    match said.iter().find(|(there, _)| *there) {
        Some((_, what)) => {
            bail!(Domain, ConfigUnsupported, "{what} is not supported with vhostuser disk")
        }
        None => Ok(()),
    }
}

fn texts(disk: &Disk) -> Result<()> {
    let product_length = if disk.bus() == Some(DiskBus::Scsi) { 16 } else { 40 };
    for (text, what, length) in [(&disk.vendor, "vendor", 8), (&disk.product, "product", product_length)] {
        let Some(text) = text else { continue };
        if !printable(text) {
            bail!(Domain, XmlError, "disk {what} is not printable string");
        }
        if text.len() > length {
            bail!(Domain, ConfigUnsupported, "disk {what} is more than {length} characters");
        }
    }
    Ok(())
}

fn names(disk: &Disk) -> Result<()> {
    let (device, name) = (disk.device(), disk.dst());
    let floppy = device == DiskDevice::Floppy;
    if let Some(bus) = disk.bus() {
        if floppy && bus != DiskBus::Fdc {
            bail!(Domain, InternalError, "Invalid bus type '{bus}' for floppy disk");
        }
        if !floppy && bus == DiskBus::Fdc {
            bail!(Domain, InternalError, "Invalid bus type '{bus}' for disk");
        }
    }
    let removable = disk.target.as_ref().and_then(|target| target.removable);
    let scsi = disk.bus() == Some(DiskBus::Scsi) && device == DiskDevice::Disk;
    if removable.is_some() && disk.bus() != Some(DiskBus::Usb) && !scsi {
        bail!(Domain, XmlError, "removable is only valid for usb or scsi disks");
    }
    if let Some(policy) = disk.source.as_ref().and_then(|source| source.startup_policy) {
        if disk.kind() != DiskType::Volume && !disk.is_local() {
            bail!(
                Domain,
                XmlError,
                "disk startupPolicy '{policy}' is not allowed for disk of '{}' type",
                disk.kind()
            );
        }
        if !matches!(device, DiskDevice::Cdrom | DiskDevice::Floppy) && policy == StartupPolicy::Requisite {
            bail!(Domain, XmlError, "disk startupPolicy 'requisite' is allowed only for cdrom or floppy");
        }
    }
    if let Some(wwn) = &disk.wwn
        && (wwn.trim_start_matches("0x").len() != 16
            || !wwn.trim_start_matches("0x").chars().all(|c| c.is_ascii_hexdigit()))
    {
        return Err(err!(None, InternalError, "Malformed wwn: {wwn}"));
    }
    let hard = ["hd", "sd", "vd", "xvd", "ubd"].iter().any(|prefix| name.starts_with(prefix));
    if matches!(device, DiskDevice::Disk | DiskDevice::Lun) && !hard {
        bail!(Domain, InternalError, "Invalid harddisk device name: {name}");
    }
    if floppy && !name.starts_with("fd") {
        bail!(Domain, InternalError, "Invalid floppy device name: {name}");
    }
    if device == DiskDevice::Disk && disk.is_empty() {
        bail!(Domain, NoSource, "{name}");
    }
    Ok(())
}

fn throttled(domain: &Domain, disk: &Disk) -> Result<()> {
    let filters = disk.throttlefilters.as_ref().map_or(&[][..], |filters| &filters.filters);
    if filters.is_empty() {
        return Ok(());
    }
    if disk.iotune.as_ref().is_some_and(|tune| tune.group_name.is_some() || tune.has_limits()) {
        bail!(
            Domain,
            OperationUnsupported,
            "block 'throttlefilters' can't be used together with 'iotune' for disk '{}'",
            disk.dst()
        );
    }
    if disk.device() == DiskDevice::Cdrom {
        bail!(Domain, OperationUnsupported, "cdrom device with throttle filters isn't supported");
    }
    let groups = || domain.throttlegroups.iter().flat_map(|groups| &groups.groups);
    for filter in filters {
        if !groups().any(|group| group.0.group_name.as_deref() == Some(&filter.group)) {
            bail!(Domain, XmlError, "throttle group '{}' not found", filter.group);
        }
    }
    Ok(())
}

/// No two disks have one name, number or place.
///
/// # Errors
/// The first two that have.
pub fn duplicates(domain: &Domain) -> Result<()> {
    let disks = &domain.devices.disks;
    if let Some((one, other)) = first_pair(disks, |disk| Some(disk.dst())) {
        let source = |disk: &Disk| disk.path().unwrap_or("(null)").to_owned();
        bail!(
            Domain,
            XmlError,
            "target '{}' duplicated for disk sources '{}' and '{}'",
            one.dst(),
            source(one),
            source(other)
        );
    }
    let place = |disk: &Disk| match disk.info.address {
        Some(Address::Drive { controller, bus, target, unit }) => {
            Some((disk.bus().map(|bus| bus as u8), controller, bus, target, unit))
        }
        _ => None,
    };
    if let Some((disk, _)) = first_pair(disks, place)
        && let Some((_, controller, bus, target, unit)) = place(disk)
    {
        bail!(
            Domain,
            ConfigUnsupported,
            "Found duplicate drive address for disk with target name '{}' controller='{controller}' \
             bus='{bus}' target='{target}' unit='{unit}'",
            disk.dst()
        );
    }
    Ok(())
}

/// The first disk of which there is another with the same `key`, and the first such one.
fn first_pair<'a, K: Ord>(
    disks: &'a [Disk],
    key: impl Fn(&'a Disk) -> Option<K>,
) -> Option<(&'a Disk, &'a Disk)> {
    let mut seen = BTreeMap::new();
    let mut found: Option<(usize, usize)> = None;
    for (at, key) in disks.iter().enumerate().filter_map(|(at, disk)| Some((at, key(disk)?))) {
        let first = *seen.entry(key).or_insert(at);
        if first != at && found.is_none_or(|(known, _)| first < known) {
            found = Some((first, at));
        }
    }
    found.map(|(one, other)| (&disks[one], &disks[other]))
}
