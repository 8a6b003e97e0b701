//! Disks: what QEMU reads and writes, and the devices that the guest sees.

use super::others::BootOrders;
use super::{Line, Object};
use crate::prepare::alias::scsi_has_targets;
use crate::process::image;
use serde_json::{Value, json};
use std::path::Path;
use vir_base::{Result, bail};
use vir_model::domain::device::disk::{
    DetectZeroes, Disk, DiskBus, DiskCache, DiskDevice, DiskDiscard, DiskIo, DiskType, ErrorPolicy,
};
use vir_model::domain::device::info::Address;

pub(super) fn disks(line: &mut Line<'_>, boot: &BootOrders) -> Result<()> {
    for each in &line.inputs.def.devices.disks {
        disk(line, each, boot)?;
    }
    Ok(())
}

pub(super) fn disk(line: &mut Line<'_>, disk: &Disk, boot: &BootOrders) -> Result<()> {
    let node = source(line, disk)?;
    device(line, disk, node.as_deref(), boot)
}

/// The block nodes of a disk's source; gives the name of the one that the guest uses.
pub(super) fn source(line: &mut Line<'_>, disk: &Disk) -> Result<Option<String>> {
    let Some(path) = disk.path() else { return Ok(None) };
    let index = disk.source.as_ref().and_then(|s| s.index).unwrap_or(0);
    let driver = disk.driver.clone().unwrap_or_default();
    let format = driver.format.as_deref().unwrap_or("raw");
    if !matches!(
        format,
        "raw"
            | "qcow2"
            | "qcow"
            | "vmdk"
            | "vdi"
            | "vpc"
            | "vhdx"
            | "qed"
            | "bochs"
            | "cloop"
            | "dmg"
            | "parallels"
    ) {
        bail!(Qemu, ConfigUnsupported, "unknown driver format value '{format}'");
    }
    let protocol = match disk.kind {
        Some(DiskType::Block) => "host_device",
        _ => "file",
    };
    let storage = format!("libvirt-{index}-storage");
    let cache = cache_mode(driver.cache);
    let mut node = Object::of("driver", protocol).with("filename", path);
    node = node.with_opt(
        "aio",
        match driver.io {
            Some(DiskIo::Native) => Some("native"),
            Some(DiskIo::Threads) => Some("threads"),
            Some(DiskIo::IoUring) => Some("io_uring"),
            _ => None,
        },
    );
    node = node.with("node-name", storage.as_str());
    let discard = match driver.discard {
        Some(DiskDiscard::Unmap) => Some("unmap"),
        Some(DiskDiscard::Ignore) => Some("ignore"),
        _ => None,
    };
    let zeroes = match driver.detect_zeroes {
        Some(DetectZeroes::On) => Some("on"),
        Some(DetectZeroes::Off) => Some("off"),
        // without discard there is nothing to unmap with
        Some(DetectZeroes::Unmap) => Some(if discard == Some("unmap") { "unmap" } else { "on" }),
        _ => None,
    };
    if format == "raw" {
        node = node.with("read-only", disk.readonly).with_opt("discard", discard);
        line.json("blockdev", node.with_opt("detect-zeroes", zeroes).with_opt("cache", cache));
        return Ok(Some(storage));
    }
    let node = node.with("auto-read-only", true).with("discard", "unmap").with_opt("cache", cache.clone());
    line.json("blockdev", node);
    let name = format!("libvirt-{index}-format");
    let mut object = Object::of("node-name", &name).with("read-only", disk.readonly);
    object = object.with_opt("discard", discard).with_opt("detect-zeroes", zeroes);
    object = object.with_opt("cache", cache).with("driver", format).with("file", storage);
    // an image that builds on no other says so; of one that does, QEMU opens the others itself
    if matches!(format, "qcow2" | "qed" | "qcow")
        && !image::qcow2(Path::new(path)).is_some_and(|q| q.has_backing)
    {
        object = object.with("backing", Value::Null);
    }
    line.json("blockdev", object);
    Ok(Some(name))
}

fn removable(disk: &Disk) -> bool {
    disk.target.as_ref().and_then(|t| t.removable) == Some(vir_xml::OnOff::On)
}

fn cache_mode(cache: Option<DiskCache>) -> Option<Value> {
    let (direct, no_flush) = match cache? {
        DiskCache::Default => return None,
        DiskCache::None | DiskCache::Directsync => (true, false),
        DiskCache::Writethrough | DiskCache::Writeback => (false, false),
        DiskCache::Unsafe => (false, true),
    };
    Some(json!({"direct": direct, "no-flush": no_flush}))
}

fn device(line: &mut Line<'_>, disk: &Disk, node: Option<&str>, boot: &BootOrders) -> Result<()> {
    let def = line.inputs.def;
    let driver = disk.driver.clone().unwrap_or_default();
    let (controller, bus, target, unit) = match disk.info.address {
        Some(Address::Drive { controller, bus, target, unit }) => (controller, bus, target, unit),
        _ => (0, 0, 0, 0),
    };
    let cdrom = disk.device() == DiskDevice::Cdrom;
    let chosen = disk.bus().unwrap_or(DiskBus::Virtio);
    let ide = matches!(chosen, DiskBus::Ide | DiskBus::Sata);
    let alias = disk.info.alias();
    let on = |kind: &str| {
        let is = |c: &&vir_model::domain::device::controller::Controller| {
            c.kind.is_some_and(|k| k.as_str() == kind) && c.index() == controller
        };
        let found = def.devices.controllers.iter().find(is);
        found.and_then(|c| c.info.alias.clone()).unwrap_or_else(|| format!("{kind}{controller}"))
    };
    let mut object = match chosen {
        DiskBus::Virtio => {
            let queues = driver.queues;
            Object::of("driver", "virtio-blk-pci").with_opt("num-queues", queues).placed(def, &disk.info)
        }
        DiskBus::Ide => Object::of("driver", if cdrom { "ide-cd" } else { "ide-hd" })
            .with("bus", format!("{}.{bus}", on("ide")))
            .with("unit", unit),
        DiskBus::Sata => Object::of("driver", if cdrom { "ide-cd" } else { "ide-hd" })
            .with("bus", format!("{}.{unit}", on("sata"))),
        DiskBus::Scsi if !scsi_has_targets(def, controller) => {
            Object::of("driver", if cdrom { "scsi-cd" } else { "scsi-hd" })
                .with("bus", format!("{}.{bus}", on("scsi")))
                .with("scsi-id", unit)
                .with("device_id", disk.serial.clone().unwrap_or_else(|| format!("drive-{alias}")))
        }
        DiskBus::Scsi => Object::of("driver", if cdrom { "scsi-cd" } else { "scsi-hd" })
            .with("bus", format!("{}.0", on("scsi")))
            .with("channel", 0)
            .with("scsi-id", target)
            .with("lun", unit)
            .with("device_id", disk.serial.clone().unwrap_or_else(|| format!("drive-{alias}"))),
        DiskBus::Usb => Object::of("driver", "usb-storage").placed(def, &disk.info),
        DiskBus::Fdc => Object::of("driver", "floppy").with("unit", unit),
        other => {
            bail!(Qemu, ConfigUnsupported, "unsupported disk bus '{}' with device setup", other.as_str())
        }
    };
    if disk.shareable && chosen != DiskBus::Fdc {
        object = object.with("share-rw", true);
    }
    object = object
        .with_opt("drive", node)
        .with("id", alias)
        .with_opt("bootindex", boot.disk(disk).filter(|_| chosen != DiskBus::Fdc));
    if chosen == DiskBus::Usb || (chosen == DiskBus::Scsi && removable(disk)) {
        object = object.with("removable", removable(disk));
    }
    object = object
        .with_opt(
            "wwn",
            disk.wwn.as_deref().and_then(|w| u64::from_str_radix(w.trim_start_matches("0x"), 16).ok()),
        )
        .with_opt("vendor", disk.vendor.as_deref().filter(|_| !ide))
        .with_opt(if ide { "model" } else { "product" }, disk.product.as_deref());
    if let Some(cache) = driver.cache.filter(|c| *c != DiskCache::Default) {
        let writes_back = !matches!(cache, DiskCache::Directsync | DiskCache::Writethrough);
        object = object.with("write-cache", if writes_back { "on" } else { "off" });
    }
    let policy = |p: ErrorPolicy| match p {
        ErrorPolicy::Enospace => "enospc",
        other => other.as_str(),
    };
    let set = |p: Option<ErrorPolicy>| p.map(policy);
    object = object
        .with_opt("serial", disk.serial.as_deref())
        .with_opt("werror", set(driver.error_policy))
        .with_opt(
            "rerror",
            set(driver.rerror_policy.or(driver.error_policy.filter(|p| *p != ErrorPolicy::Enospace))),
        );
    line.json("device", object);
    if let (DiskBus::Fdc, Some(turn)) = (chosen, boot.disk(disk)) {
        line.option("global", format!("isa-fdc.bootindex{}={turn}", if unit == 0 { "A" } else { "B" }));
    }
    Ok(())
}
