//! What this driver adds to a domain's devices: buses, addresses on them, controllers, a video
//! card, where displays listen.

use vir_model::domain::Domain;
use vir_model::domain::device::chardev::{ChannelTargetType, ConsoleTargetType};
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::{Disk, DiskBus, DiskDevice};
use vir_model::domain::device::display::{Video, VideoModel, VideoType};
use vir_model::domain::device::info::Address;
use vir_model::domain::os::OsType;
use vir_xml::YesNo;

/// 0 for `vda`, 26 for `sdaa`; digits after the letters name a partition.
fn name_index(name: &str) -> Option<u32> {
    let rest = ["fd", "hd", "vd", "sd", "xvd", "ubd"].iter().find_map(|prefix| name.strip_prefix(prefix))?;
    let letters = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    let index = letters.bytes().try_fold(0u32, |index, letter| match letter {
        b'a'..=b'z' => index.checked_mul(26)?.checked_add(u32::from(letter - b'a') + 1),
        _ => None,
    });
    index.and_then(|index| index.checked_sub(1))
}

/// Adds what the document leaves open.
pub(crate) fn complete(domain: &mut Domain) {
    for disk in &mut domain.devices.disks {
        place(disk);
    }
    add_controllers(domain);
    add_video(domain);
}

fn place(disk: &mut Disk) {
    let floppy = disk.device() == DiskDevice::Floppy;
    let Some(target) = &mut disk.target else { return };
    let name = target.dev.clone().unwrap_or_default();
    let by_name = [
        ("hd", DiskBus::Ide),
        ("sd", DiskBus::Scsi),
        ("vd", DiskBus::Virtio),
        ("xvd", DiskBus::Xen),
        ("ubd", DiskBus::Uml),
    ];
    let named = by_name.into_iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, bus)| bus);
    target.bus = target.bus.or(if floppy { Some(DiskBus::Fdc) } else { named });
    if disk.info.address.is_some() {
        return;
    }
    let Some(index) = name_index(disk.dst()) else { return };
    let (controller, bus, unit) = match disk.bus() {
        Some(DiskBus::Scsi) => (index / 7, 0, index % 7),
        Some(DiskBus::Ide) => (index / 4, index % 4 / 2, index % 2),
        Some(DiskBus::Sata) => (index / 6, 0, index % 6),
        Some(DiskBus::Fdc) => (index / 2, 0, index % 2),
        _ => return,
    };
    disk.info.address = Some(Address::Drive { controller, bus, target: 0, unit });
}

fn add_controllers(domain: &mut Domain) {
    let devices = &mut domain.devices;
    let mut wanted = vec![];
    for (bus, kind) in [
        (DiskBus::Scsi, ControllerType::Scsi),
        (DiskBus::Fdc, ControllerType::Fdc),
        (DiskBus::Ide, ControllerType::Ide),
        (DiskBus::Sata, ControllerType::Sata),
    ] {
        let controllers = devices.disks.iter().filter(|disk| disk.bus() == Some(bus)).filter_map(|disk| {
            match &disk.info.address {
                Some(Address::Drive { controller, .. }) => Some(*controller),
                _ => None,
            }
        });
        if let Some(last) = controllers.max() {
            // an address can name any number; nobody means a million controllers
            wanted.extend((0..=last.min(255)).map(|index| (kind, index)));
        }
    }
    let serial_bus = |address: &Option<Address>| match address {
        Some(Address::VirtioSerial { controller, .. }) => *controller,
        _ => 0,
    };
    let channels = devices.channels.iter().filter(|channel| {
        channel.target.as_ref().is_some_and(|target| target.kind == Some(ChannelTargetType::Virtio))
    });
    let consoles = devices.consoles.iter().filter(|console| {
        console.target.as_ref().is_some_and(|target| target.kind == Some(ConsoleTargetType::Virtio))
    });
    let addresses = channels.map(|channel| &channel.info.address);
    let addresses = addresses.chain(consoles.map(|console| &console.info.address));
    wanted.extend(addresses.map(|address| (ControllerType::VirtioSerial, serial_bus(address))));
    for (kind, index) in wanted {
        if !devices.controllers.iter().any(|known| known.is(kind) && known.index() == index) {
            devices.insert_controller(Controller::new(kind, index, None));
        }
    }
}

/// A display has a card, the first card is the primary one, and each has a model with memory.
fn add_video(domain: &mut Domain) {
    let default = match domain.os.os_type() {
        Some(OsType::Xen | OsType::Linux) => VideoType::Xen,
        _ if domain.os.arch().starts_with("ppc64") => VideoType::Vga,
        _ => VideoType::Cirrus,
    };
    let devices = &mut domain.devices;
    if devices.videos.is_empty() && !devices.graphics.is_empty() {
        devices.videos.push(Video::default());
    }
    for (i, video) in devices.videos.iter_mut().enumerate() {
        let model = video.model.get_or_insert_with(VideoModel::default);
        let kind = *model.kind.get_or_insert(default);
        if kind == VideoType::None {
            continue;
        }
        let memory = match kind {
            VideoType::Vga | VideoType::Cirrus | VideoType::Vmvga | VideoType::Bochs => Some(16 * 1024),
            VideoType::Xen => Some(4 * 1024),
            VideoType::Qxl => Some(64 * 1024),
            _ => None,
        };
        if kind == VideoType::Qxl {
            model.ram = model.ram.or(memory);
        }
        model.vram = model.vram.or(memory);
        model.heads.get_or_insert(1);
        if i == 0 {
            model.primary = Some(YesNo::Yes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_like_letters() {
        for (name, index) in [("hda", Some(0)), ("vdz", Some(25)), ("sdaa", Some(26)), ("sda1", Some(0))] {
            assert_eq!(name_index(name), index, "{name}");
        }
        assert_eq!(name_index("foo"), None);
        assert_eq!(name_index("sd"), None);
    }
}
