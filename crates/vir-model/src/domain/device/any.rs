//! Any device at all: what checks and passes go over that take each device in turn, and what is attached to a
//! domain and taken away by itself.

use super::Devices;
use super::audio::Audio;
use super::chardev::{Channel, CharSource, Console, Parallel, Serial};
use super::controller::Controller;
use super::disk::Disk;
use super::display::{Graphics, Input, Sound, Video};
use super::filesystem::Filesystem;
use super::hostdev::Hostdev;
use super::info::DeviceInfo;
use super::interface::Interface;
use super::memdev::{MemoryDevice as Memory, Shmem};
use super::redirect::Redirdev;
use super::secure::{Smartcard, Tpm};
use super::small::{
    Balloon, Crypto, Hub, Iommu, Lease, NvramDevice as Nvram, Panic, Pstore, Rng, Vsock, Watchdog,
};

/// The families of devices: the list or the single device, and its type. First those with a common part, in the
/// peer's order, then those without.
macro_rules! families {
    ({ $($list:ident $family:ident)* } { $($bare_list:ident $bare:ident)* }) => {
        /// A device, whichever it is.
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs)] // the names say it
        pub enum Device<'a> {
            $($family(&'a $family),)*
            $($bare(&'a $bare),)*
        }

        impl<'a> Device<'a> {
            /// What it has in common with others, if it has.
            pub fn info(self) -> Option<&'a DeviceInfo> {
                match self {
                    $(Self::$family(device) => Some(&device.info),)*
                    $(Self::$bare(_) => None,)*
                }
            }
        }

        impl Devices {
            /// Every device, in the order in which the peer checks them.
            pub fn each(&self) -> Vec<Device<'_>> {
                let count = 0 $(+ self.$list.iter().len())* $(+ self.$bare_list.iter().len())*;
                let mut all = Vec::with_capacity(count);
                $(all.extend(self.$list.iter().map(Device::$family));)*
                $(all.extend(self.$bare_list.iter().map(Device::$bare));)*
                all
            }
        }

        /// A device by itself, that no domain has yet, or none any more.
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs)] // the names say it
        pub enum LoneDevice {
            $($family(Box<$family>),)*
            $($bare(Box<$bare>),)*
        }

        impl LoneDevice {
            /// The first device of all, if there is one.
            pub fn first_of(mut devices: Devices) -> Option<Self> {
                $(if let Some(device) = Slot::take(&mut devices.$list, 0) {
                    return Some(Self::$family(Box::new(device)));
                })*
                $(if let Some(device) = Slot::take(&mut devices.$bare_list, 0) {
                    return Some(Self::$bare(Box::new(device)));
                })*
                None
            }

            /// As what checks and passes go over.
            pub fn as_device(&self) -> Device<'_> {
                match self {
                    $(Self::$family(device) => Device::$family(device),)*
                    $(Self::$bare(device) => Device::$bare(device),)*
                }
            }

            /// What it has in common with others, if it has.
            pub fn info_mut(&mut self) -> Option<&mut DeviceInfo> {
                match self {
                    $(Self::$family(device) => Some(&mut device.info),)*
                    $(Self::$bare(_) => None,)*
                }
            }

            /// How many of its family a domain has.
            pub fn count(&self, devices: &Devices) -> usize {
                match self {
                    $(Self::$family(_) => devices.$list.iter().count(),)*
                    $(Self::$bare(_) => devices.$bare_list.iter().count(),)*
                }
            }

            /// Adds it behind those of its family; of what there is one at most, it takes the place.
            pub fn push_to(self, devices: &mut Devices) {
                match self {
                    $(Self::$family(device) => Slot::put(&mut devices.$list, *device),)*
                    $(Self::$bare(device) => Slot::put(&mut devices.$bare_list, *device),)*
                }
            }

            /// The device at `at` among those of its family.
            pub fn peer<'a>(&self, devices: &'a Devices, at: usize) -> Option<Device<'a>> {
                match self {
                    $(Self::$family(_) => devices.$list.iter().nth(at).map(Device::$family),)*
                    $(Self::$bare(_) => devices.$bare_list.iter().nth(at).map(Device::$bare),)*
                }
            }

            /// Takes the device at `at` among those of its family away.
            pub fn take_peer(&self, devices: &mut Devices, at: usize) -> Option<Self> {
                match self {
                    $(Self::$family(_) => {
                        Slot::take(&mut devices.$list, at).map(|device| Self::$family(Box::new(device)))
                    })*
                    $(Self::$bare(_) => {
                        Slot::take(&mut devices.$bare_list, at).map(|device| Self::$bare(Box::new(device)))
                    })*
                }
            }

            /// Puts it in the place of the device at `at` among those of its family; gives that one.
            pub fn replace_peer(self, devices: &mut Devices, at: usize) -> Option<Self> {
                match self {
                    $(Self::$family(device) => Slot::replace(&mut devices.$list, at, *device)
                        .map(|old| Self::$family(Box::new(old))),)*
                    $(Self::$bare(device) => Slot::replace(&mut devices.$bare_list, at, *device)
                        .map(|old| Self::$bare(Box::new(old))),)*
                }
            }
        }

        impl From<Device<'_>> for LoneDevice {
            fn from(device: Device<'_>) -> Self {
                match device {
                    $(Device::$family(device) => Self::$family(Box::new(device.clone())),)*
                    $(Device::$bare(device) => Self::$bare(Box::new(device.clone())),)*
                }
            }
        }
    };
}

/// Where devices of a family are: several, or one at most.
trait Slot<T> {
    fn put(&mut self, device: T);
    fn take(&mut self, at: usize) -> Option<T>;
    fn replace(&mut self, at: usize, device: T) -> Option<T>;
}

impl<T> Slot<T> for Vec<T> {
    fn put(&mut self, device: T) {
        self.push(device);
    }

    fn take(&mut self, at: usize) -> Option<T> {
        (at < self.len()).then(|| self.remove(at))
    }

    fn replace(&mut self, at: usize, device: T) -> Option<T> {
        self.get_mut(at).map(|old| std::mem::replace(old, device))
    }
}

impl<T> Slot<T> for Option<T> {
    fn put(&mut self, device: T) {
        *self = Some(device);
    }

    fn take(&mut self, at: usize) -> Option<T> {
        if at == 0 { Option::take(self) } else { None }
    }

    fn replace(&mut self, at: usize, device: T) -> Option<T> {
        if at == 0 { self.as_mut().map(|old| std::mem::replace(old, device)) } else { None }
    }
}

families! {
    {
        disks Disk interfaces Interface sounds Sound hostdevs Hostdev videos Video controllers Controller
        smartcards Smartcard serials Serial parallels Parallel channels Channel consoles Console inputs Input
        filesystems Filesystem watchdogs Watchdog balloon Balloon rngs Rng nvram Nvram hubs Hub
        shmems Shmem tpms Tpm panics Panic memories Memory redirdevs Redirdev iommu Iommu vsock Vsock
        cryptos Crypto pstore Pstore
    }
    { graphics Graphics audios Audio leases Lease }
}

impl<'a> Device<'a> {
    /// The host's end of a character device, or of one that has such an end.
    pub fn char_source(self) -> Option<&'a CharSource> {
        match self {
            Self::Serial(device) => Some(&device.source),
            Self::Parallel(device) => Some(&device.source),
            Self::Channel(device) => Some(&device.source),
            Self::Console(device) => Some(&device.source),
            Self::Redirdev(device) => Some(&device.source),
            Self::Smartcard(device) => device.source.as_deref(),
            Self::Rng(device) => device.backend.as_ref()?.source.as_deref(),
            _ => None,
        }
    }

    /// The family's name, as messages have it.
    pub fn family(self) -> &'static str {
        match self {
            Self::Disk(_) => "disk",
            Self::Interface(_) => "interface",
            Self::Sound(_) => "sound",
            Self::Hostdev(_) => "hostdev",
            Self::Video(_) => "video",
            Self::Controller(_) => "controller",
            Self::Smartcard(_) => "smartcard",
            Self::Serial(_) | Self::Parallel(_) | Self::Channel(_) | Self::Console(_) => "chr",
            Self::Input(_) => "input",
            Self::Filesystem(_) => "filesystem",
            Self::Watchdog(_) => "watchdog",
            Self::Balloon(_) => "memballoon",
            Self::Rng(_) => "rng",
            Self::Nvram(_) => "nvram",
            Self::Hub(_) => "hub",
            Self::Shmem(_) => "shmem",
            Self::Tpm(_) => "tpm",
            Self::Panic(_) => "panic",
            Self::Memory(_) => "memory",
            Self::Redirdev(_) => "redirdev",
            Self::Iommu(_) => "iommu",
            Self::Vsock(_) => "vsock",
            Self::Crypto(_) => "crypto",
            Self::Pstore(_) => "pstore",
            Self::Graphics(_) => "graphics",
            Self::Audio(_) => "audio",
            Self::Lease(_) => "lease",
        }
    }
}
