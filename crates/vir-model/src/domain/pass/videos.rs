//! Graphics cards: there is one where there is a display; the primary one is the first; and their memory.

use crate::domain::device::display::{Video, VideoModel, VideoType};
use crate::domain::{Domain, VirtType};
use vir_xml::YesNo;

/// A display shows a graphics card.
pub fn add_implicit(domain: &mut Domain) {
    let devices = &mut domain.devices;
    if !devices.graphics.is_empty() && devices.videos.is_empty() {
        let model = VideoModel { heads: Some(1), ..VideoModel::default() };
        devices.videos.push(Video { model: Some(model), ..Video::default() });
    }
}

/// Settles them. That there is one primary is checked later.
pub fn settle(domain: &mut Domain) {
    let primary = |video: &Video| video.model.as_ref().is_some_and(|model| model.primary == Some(YesNo::Yes));
    domain.devices.videos.sort_by_key(|video| !primary(video));
    let runs_on = domain.virt_type();
    for (i, video) in domain.devices.videos.iter_mut().enumerate() {
        let Some(model) = &mut video.model else { continue };
        if model.kind == Some(VideoType::None) {
            *model = VideoModel { kind: model.kind, ..VideoModel::default() };
            continue;
        }
        if i == 0 {
            model.primary = Some(YesNo::Yes);
        }
        model.kind.get_or_insert(VideoType::Default);
        model.heads.get_or_insert(1);
        let usual = usual_memory(model.kind, runs_on);
        model.vram = model.vram.filter(|kib| *kib > 0).or(usual);
        if model.kind == Some(VideoType::Qxl) {
            model.ram = model.ram.filter(|kib| *kib > 0).or(usual);
        }
        for memory in [&mut model.ram, &mut model.vram] {
            *memory = memory.filter(|kib| *kib > 0).map(|kib| kib.checked_next_power_of_two().unwrap_or(kib));
        }
    }
}

/// The memory of a card of which the document says nothing, in KiB.
fn usual_memory(kind: Option<VideoType>, runs_on: VirtType) -> Option<u32> {
    match (kind?, runs_on) {
        (VideoType::Vga | VideoType::Cirrus | VideoType::Vmvga, VirtType::Vbox) => Some(8 << 10),
        (VideoType::Vga | VideoType::Cirrus | VideoType::Vmvga, VirtType::Vmware) => Some(4 << 10),
        (VideoType::Vga | VideoType::Cirrus | VideoType::Vmvga | VideoType::Bochs, _) => Some(16 << 10),
        (VideoType::Xen, _) => Some(4 << 10),
        // the least that QEMU gives it
        (VideoType::Qxl, _) => Some(64 << 10),
        _ => None,
    }
}
