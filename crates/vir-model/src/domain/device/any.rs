//! Any device at all: what checks and passes go over that take each device in turn.

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
                let mut all = vec![];
                $(all.extend(self.$list.iter().map(Device::$family));)*
                $(all.extend(self.$bare_list.iter().map(Device::$bare));)*
                all
            }
        }
    };
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
}
