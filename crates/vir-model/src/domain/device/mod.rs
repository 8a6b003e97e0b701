//! Devices: one file a family.

pub mod actual;
pub mod address;
pub mod any;
pub mod audio;
pub mod chardev;
pub mod controller;
pub mod disk;
pub mod display;
pub mod filesystem;
pub mod graphics;
pub mod hostdev;
pub mod info;
pub mod interface;
pub mod iotune;
pub mod memdev;
pub mod netparts;
pub mod private;
pub mod redirect;
pub mod secure;
pub mod small;
pub mod source;
mod sourceparts;
pub mod storage;
pub mod tables;

pub use any::{Device, LoneDevice};
use audio::Audio;
use chardev::{Channel, CharSource, Console, Parallel, Serial};
use controller::Controller;
use disk::Disk;
use display::{Graphics, Input, Sound, Video};
use filesystem::Filesystem;
use hostdev::Hostdev;
use info::DeviceInfo;
use interface::Interface;
use memdev::{MemoryDevice, Shmem};
use redirect::{RedirFilter, Redirdev};
use secure::{Smartcard, Tpm};
use small::{Balloon, Crypto, Hub, Iommu, Lease, NvramDevice, Panic, Pstore, Rng, Vsock, Watchdog};
use vir_base::{Error, ErrorCode, ErrorDomain, Result};
use vir_xml::{Element, element};

element! {
    /// All devices, in the order in which they are printed.
    pub struct Devices "devices" => settle {
        /// Path of the hypervisor's program; its default if nothing is said. Since 0.1.3. Drivers: qemu, xen, lxc, ch,
        /// vz.
        leaf emulator "emulator": Option<String>,
        /// Disks, drives and floppies.
        list disks "disk": Vec<Disk>,
        /// Controllers of buses. Since 0.7.6. Drivers: qemu, xen, bhyve, vz, vmware, esx, hyperv, vbox.
        list controllers "controller": Vec<Controller>,
        /// Locks that are held while the domain runs. Since 0.9.2. Drivers: qemu.
        list leases "lease": Vec<Lease>,
        /// Directories of the host. Since 0.3.3. Drivers: qemu, lxc, bhyve, vz, openvz, vmware, esx, vbox.
        list filesystems "filesystem": Vec<Filesystem>,
        /// Network interfaces. Since 0.0.3. Drivers: qemu, xen, lxc, bhyve, ch, vz, openvz, vmware, esx, hyperv, vbox.
        list interfaces "interface": Vec<Interface>,
        /// Smart cards. Since 0.8.8. Drivers: qemu.
        list smartcards "smartcard": Vec<Smartcard>,
        /// Serial ports. Since 0.4.3. Drivers: qemu, xen, bhyve, ch, vz, vmware, esx, hyperv, vbox.
        list serials "serial": Vec<Serial>,
        /// Parallel ports. Since 0.4.3. Drivers: qemu, xen, vmware, esx, vbox.
        list parallels "parallel": Vec<Parallel>,
        /// Consoles. Since 0.1.4. Drivers: qemu, xen, lxc, ch.
        list consoles "console": Vec<Console>,
        /// Private channels between host and guest. Since 0.7.3. Drivers: qemu, xen, vz.
        list channels "channel": Vec<Channel>,
        /// Keyboards, mice and tablets. Since 0.3.1. Drivers: qemu, xen, bhyve, vz.
        list inputs "input": Vec<Input>,
        /// Trusted platform modules. Since 1.0.5. Drivers: qemu.
        list tpms "tpm": Vec<Tpm>,
        /// Displays that people look at. Since 0.1.3. Drivers: qemu, xen, bhyve, vz, vmware, esx, vbox.
        list graphics "graphics": Vec<Graphics>,
        /// Sound cards. Since 0.4.3. Drivers: qemu, xen, bhyve, vbox.
        list sounds "sound": Vec<Sound>,
        /// Where sound goes. Since 6.7.0. Drivers: qemu, bhyve.
        list audios "audio": Vec<Audio>,
        /// Graphics cards. Since 0.7.0. Drivers: qemu, xen, bhyve, vz, vmware, esx, vbox.
        list videos "video": Vec<Video>,
        /// Devices of the host. Since 0.4.4. Drivers: qemu, xen, lxc, ch, vbox.
        list hostdevs "hostdev": Vec<Hostdev>,
        /// Places for USB devices of viewers. Since 0.9.5. Drivers: qemu.
        list redirdevs "redirdev": Vec<Redirdev>,
        /// Which USB devices viewers may bring. Since 0.10.2. Drivers: qemu.
        maybe redirfilter "redirfilter": Option<RedirFilter>,
        /// Hubs. Since 0.9.5. Drivers: qemu.
        list hubs "hub": Vec<Hub>,
        /// Watchdogs. Since 0.7.3. Drivers: qemu.
        list watchdogs "watchdog": Vec<Watchdog>,
        /// The memory balloon. Since 0.8.3. Drivers: qemu, xen.
        child balloon "memballoon": Option<Balloon>,
        /// Sources of random numbers. Since 1.0.3. Drivers: qemu, bhyve.
        list rngs "rng": Vec<Rng>,
        /// Memory that outlasts a pseries guest. Since 1.0.5. Drivers: qemu.
        child nvram "nvram": Option<NvramDevice>,
        /// Panic notifiers. Since 1.2.1. Drivers: qemu.
        list panics "panic": Vec<Panic>,
        /// Memory that guests share. Since 1.2.10. Drivers: qemu.
        list shmems "shmem": Vec<Shmem>,
        /// Memory that is plugged. Since 1.2.14. Drivers: qemu.
        list memories "memory": Vec<MemoryDevice>,
        /// Cryptographic devices. Since 9.0.0. Drivers: qemu.
        list cryptos "crypto": Vec<Crypto>,
        /// The IOMMU. Since 2.1.0. Drivers: qemu.
        child iommu "iommu": Option<Iommu>,
        /// The virtual socket. Since 4.4.0. Drivers: qemu.
        child vsock "vsock": Option<Vsock>,
        /// Where the guest keeps what it says in dying. Since 10.6.0. Drivers: qemu.
        child pstore "pstore": Option<Pstore>,
    }
}

/// Devices of which a domain has one at most, and what the peer says of more.
const SINGLE: &[(&str, ErrorCode, &str)] = &[
    ("memballoon", ErrorCode::InternalError, "only a single memory balloon device is supported"),
    ("nvram", ErrorCode::InternalError, "only a single nvram device is supported"),
    ("iommu", ErrorCode::XmlError, "only a single IOMMU device is supported"),
    ("vsock", ErrorCode::XmlError, "only a single vsock device is supported"),
    ("pstore", ErrorCode::XmlError, "only a single pstore device is supported"),
    ("redirfilter", ErrorCode::InternalError, "only one set of redirection filter rule is supported"),
];

/// Checks what tables would refuse in other words than the peer's.
pub(super) fn precheck(element: &Element) -> Result<()> {
    for child in element.children() {
        display::precheck(child)?;
        chardev::precheck(child)?;
    }
    for (name, code, message) in SINGLE {
        if element.children().filter(|child| child.name == *name).count() > 1 {
            return Err(Error::new(ErrorDomain::Domain, *code, *message));
        }
    }
    Ok(())
}

/// Calls `f` with the common part of every device that has one, to change it; the order is that of [`Devices::each`].
macro_rules! with_infos {
    ($self:ident, $f:ident) => {
        with_infos!(@each $self, $f;
            disks interfaces sounds hostdevs videos controllers smartcards serials parallels channels consoles
            inputs filesystems watchdogs balloon rngs nvram hubs shmems tpms panics memories redirdevs iommu
            vsock cryptos pstore)
    };
    (@each $self:ident, $f:ident; $($list:ident)*) => {
        $($self.$list.iter_mut().for_each(|device| $f(&mut device.info));)*
    };
}

impl Devices {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.drop_boot();
        Ok(())
    }

    /// Calls `f` with the common part of every device that has one.
    pub fn for_each_info(&self, f: &mut dyn FnMut(&DeviceInfo)) {
        self.each().into_iter().filter_map(Device::info).for_each(f);
    }

    /// As [`Devices::for_each_info`], to change the common part of every device that has one.
    pub fn for_each_info_mut(&mut self, f: &mut dyn FnMut(&mut DeviceInfo)) {
        with_infos!(self, f);
    }

    /// Calls `f` with the host's end of every character device.
    pub fn for_each_source_mut(&mut self, f: &mut dyn FnMut(&mut CharSource)) {
        let it = self;
        it.serials.iter_mut().for_each(|d| f(&mut d.source));
        it.parallels.iter_mut().for_each(|d| f(&mut d.source));
        it.consoles.iter_mut().for_each(|d| f(&mut d.source));
        it.channels.iter_mut().for_each(|d| f(&mut d.source));
        it.redirdevs.iter_mut().for_each(|d| f(&mut d.source));
        it.smartcards.iter_mut().filter_map(|d| d.source.as_deref_mut()).for_each(&mut *f);
        let egds = it.rngs.iter_mut().filter_map(|d| d.backend.as_mut());
        egds.filter_map(|backend| backend.source.as_deref_mut()).for_each(f);
    }

    /// Only what can be booted has a turn at it, and only some bring code along.
    fn drop_boot(&mut self) {
        let mut kept = Vec::new();
        let bootable = |it: &mut Self, f: &mut dyn FnMut(&mut DeviceInfo, bool)| {
            it.disks.iter_mut().for_each(|d| f(&mut d.info, false));
            it.filesystems.iter_mut().for_each(|d| f(&mut d.info, false));
            it.redirdevs.iter_mut().for_each(|d| f(&mut d.info, false));
            it.interfaces.iter_mut().for_each(|d| f(&mut d.info, true));
            it.hostdevs.iter_mut().for_each(|d| f(&mut d.info, true));
        };
        bootable(self, &mut |info, rom| {
            kept.push((info.boot.take(), info.rom.take().filter(|_| rom)));
        });
        self.for_each_info_mut(&mut |info| (info.boot, info.rom) = (None, None));
        let mut kept = kept.into_iter();
        bootable(self, &mut |info, _| {
            (info.boot, info.rom) = kept.next().unwrap_or_default();
        });
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
            let master = new.info.master.is_none() && known.info.master.is_some() && known.index == new.index;
            if before || master {
                at = Some(i);
            } else if at.is_none() {
                at = Some(i + 1);
            }
        }
        let at = at.unwrap_or(self.controllers.len());
        self.controllers.insert(at, new);
    }
}
