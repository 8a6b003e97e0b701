//! Devices: one file a family.

pub mod chardev;
pub mod controller;
pub mod disk;
pub mod display;
pub mod graphics;
pub mod info;
pub mod interface;
pub mod small;

use chardev::{Channel, CharSource, Console, Parallel, Serial};
use controller::Controller;
use disk::Disk;
use display::{Audio, Graphics, Input, Sound, Video};
use info::DeviceInfo;
use interface::Interface;
use small::{Balloon, Panic, Rng, Watchdog};
use vir_xml::element;

element! {
    /// All devices, in the order in which they are printed.
    pub struct Devices "devices" {
        leaf emulator "emulator": Option<String>,
        list disks "disk": Vec<Disk>,
        list controllers "controller": Vec<Controller>,
        list interfaces "interface": Vec<Interface>,
        list serials "serial": Vec<Serial>,
        list parallels "parallel": Vec<Parallel>,
        list consoles "console": Vec<Console>,
        list channels "channel": Vec<Channel>,
        list inputs "input": Vec<Input>,
        list graphics "graphics": Vec<Graphics>,
        list sounds "sound": Vec<Sound>,
        list audios "audio": Vec<Audio>,
        list videos "video": Vec<Video>,
        list watchdogs "watchdog": Vec<Watchdog>,
        child balloon "memballoon": Option<Balloon>,
        list rngs "rng": Vec<Rng>,
        list panics "panic": Vec<Panic>,
    }
}

impl Devices {
    /// Calls `f` with the common part of every device that has one.
    pub fn for_each_info(&self, f: &mut dyn FnMut(&DeviceInfo)) {
        self.disks.iter().for_each(|d| f(&d.info));
        self.controllers.iter().for_each(|d| f(&d.info));
        self.interfaces.iter().for_each(|d| f(&d.info));
        self.serials.iter().for_each(|d| f(&d.info));
        self.parallels.iter().for_each(|d| f(&d.info));
        self.consoles.iter().for_each(|d| f(&d.info));
        self.channels.iter().for_each(|d| f(&d.info));
        self.inputs.iter().for_each(|d| f(&d.info));
        self.sounds.iter().for_each(|d| f(&d.info));
        self.videos.iter().for_each(|d| f(&d.info));
        self.watchdogs.iter().for_each(|d| f(&d.info));
        self.balloon.iter().for_each(|d| f(&d.info));
        self.rngs.iter().for_each(|d| f(&d.info));
        self.panics.iter().for_each(|d| f(&d.info));
    }

    /// As [`Devices::for_each_info`], to change the common part of every device that has one.
    pub fn for_each_info_mut(&mut self, f: &mut dyn FnMut(&mut DeviceInfo)) {
        self.disks.iter_mut().for_each(|d| f(&mut d.info));
        self.controllers.iter_mut().for_each(|d| f(&mut d.info));
        self.interfaces.iter_mut().for_each(|d| f(&mut d.info));
        self.serials.iter_mut().for_each(|d| f(&mut d.info));
        self.parallels.iter_mut().for_each(|d| f(&mut d.info));
        self.consoles.iter_mut().for_each(|d| f(&mut d.info));
        self.channels.iter_mut().for_each(|d| f(&mut d.info));
        self.inputs.iter_mut().for_each(|d| f(&mut d.info));
        self.sounds.iter_mut().for_each(|d| f(&mut d.info));
        self.videos.iter_mut().for_each(|d| f(&mut d.info));
        self.watchdogs.iter_mut().for_each(|d| f(&mut d.info));
        self.balloon.iter_mut().for_each(|d| f(&mut d.info));
        self.rngs.iter_mut().for_each(|d| f(&mut d.info));
        self.panics.iter_mut().for_each(|d| f(&mut d.info));
    }

    /// Calls `f` with the host's end of every character device.
    pub fn for_each_source_mut(&mut self, f: &mut dyn FnMut(&mut CharSource)) {
        self.serials.iter_mut().for_each(|d| f(&mut d.source));
        self.parallels.iter_mut().for_each(|d| f(&mut d.source));
        self.consoles.iter_mut().for_each(|d| f(&mut d.source));
        self.channels.iter_mut().for_each(|d| f(&mut d.source));
    }

    /// Puts a controller behind those of its type with lower or the same index; a USB 1 companion's
    /// master goes before it.
    pub fn insert_controller(&mut self, new: Controller) {
        let mut at = None;
        for (i, known) in self.controllers.iter().enumerate().rev() {
            if known.kind != new.kind {
                continue;
            }
            let Some(index) = new.index else {
                at = Some(i + 1);
                break;
            };
            let before = known.index.is_some_and(|known| known > index);
            let master = new.master.is_none() && known.master.is_some() && known.index == new.index;
            if before || master {
                at = Some(i);
            } else if at.is_none() {
                at = Some(i + 1);
            }
        }
        self.controllers.insert(at.unwrap_or(self.controllers.len()), new);
    }
}
