//! From a document to a definition that QEMU can run: named passes, one subject a file, in the order of
//! [`Terms`]' steps. Pure, but for what they are given.

pub mod address;
pub mod alias;
pub mod board;
mod builtin;
mod chars;
mod controllers;
mod devices;
mod features;
mod firmware;
mod machine;
mod processor;
mod security;
pub mod served;
mod swtpm;

pub use board::{Board, Family};
pub use builtin::MAX_WITHOUT_EIM;
pub use machine::choose_emulator;
pub use swtpm::Swtpm;

use crate::caps::Caps;
use crate::config::Config;
use crate::firmware::Installed;
use crate::process::dirs::Dirs;
use crate::validate;
use std::path::Path;
use vir_base::Result;
use vir_model::domain::defaults::{self, Hypervisor, Random, Rules};
use vir_model::domain::device::Device;
use vir_model::domain::{Domain, VirtType};

/// What of the host and of this driver's configuration a definition depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Host {
    /// Its architecture, by libvirt's name.
    pub arch: String,
    /// Directories below which sockets of channels are made, each with what may stand between it and a guest's.
    pub channels: Vec<String>,
    /// Where guests' firmware variables are kept.
    pub nvram: String,
    /// Guests that are shown by VNC may be heard on the host.
    pub vnc_audio: bool,
    /// Guests that are not shown may be heard on the host.
    pub hidden_audio: bool,
    /// Its PCI devices.
    pub pci: address::HostPci,
    /// Firmware that is installed.
    pub firmware: Installed,
    /// Who takes sound on the host: `QEMU_AUDIO_DRV`.
    pub audio_driver: Option<String>,
    /// What SDL takes it with: `SDL_AUDIODRIVER`.
    pub sdl_driver: Option<String>,
    /// SPICE's connections may be encrypted.
    pub spice_tls: bool,
    /// The program that shows guests by RDP is there.
    pub rdp: bool,
    /// Who emulates trusted platform modules.
    pub swtpm: Swtpm,
    /// The width of the processor's physical addresses in bits, if it is known.
    pub address_bits: Option<u32>,
}

impl Host {
    /// This host, as the driver is configured.
    pub fn of(config: &Config, dirs: &Dirs) -> Self {
        let base = &dirs.base;
        let below = |directory: &Path, name: &str| directory.join(name).to_string_lossy().into_owned();
        Self {
            arch: std::env::consts::ARCH.to_owned(),
            channels: [&base.state, &base.lib, &base.config]
                .map(|directory| below(directory, "channel"))
                .into(),
            nvram: dirs.nvram().to_string_lossy().into_owned(),
            pci: address::HostPci::default(),
            firmware: Installed::of(config, dirs),
            vnc_audio: config.keys.vnc_allow_host_audio,
            hidden_audio: config.keys.nographics_allow_host_audio,
            audio_driver: std::env::var("QEMU_AUDIO_DRV").ok(),
            sdl_driver: std::env::var("SDL_AUDIODRIVER").ok(),
            spice_tls: config.keys.spice_tls,
            rdp: vir_base::command::find_program("qemu-rdp").is_ok(),
            swtpm: Swtpm::default(),
            address_bits: address_bits(),
        }
    }
}

/// As the kernel tells of the first processor; on a PC only.
fn address_bits() -> Option<u32> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let sizes = text.lines().find_map(|line| line.strip_prefix("address sizes")?.split_once(": "))?.1;
    sizes.split_once(" bits physical")?.0.trim().parse().ok()
}

/// What a document is completed by.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// What the emulator can do.
    pub caps: &'a Caps,
    /// What the host adds.
    pub host: &'a Host,
    /// The definition is new: newer defaults may be chosen (`VIR_DOMAIN_DEF_PARSE_ABI_UPDATE`).
    pub abi_update: bool,
}

impl Terms<'_> {
    /// Sets all that a document leaves open. Done twice, the second time changes nothing.
    ///
    /// # Errors
    /// What contradicts itself, and what this emulator cannot do.
    pub fn complete(&self, def: &mut Domain, random: &mut dyn Random) -> Result<()> {
        defaults::complete(def, self, random)
    }

    /// As [`Terms::complete`], for a definition that was accepted once; see [`Terms::check`].
    ///
    /// # Errors
    /// What cannot be completed.
    pub fn settle(&self, def: &mut Domain, random: &mut dyn Random) -> Result<()> {
        defaults::settle(def, self, random)
    }

    /// Checks a definition that is complete.
    ///
    /// # Errors
    /// What contradicts itself, and what this emulator cannot do.
    pub fn check(&self, def: &Domain) -> Result<()> {
        vir_model::domain::validate::check_for(def, self)
    }
}

impl Hypervisor for Terms<'_> {
    fn rules(&self) -> Rules {
        Rules { abi_update: self.abi_update, ..Rules::default() }
    }

    fn machine(&self, def: &mut Domain) -> Result<()> {
        machine::settle(def, self)?;
        firmware::settle(def, self)?;
        builtin::add(def, self)?;
        processor::set_default(def, self.caps)?;
        features::settle(def, self.caps)?;
        security::settle(def)?;
        processor::settle(def, self)
    }

    fn devices(&self, def: &mut Domain) -> Result<()> {
        devices::settle(def, self)?;
        controllers::settle(def, self)?;
        chars::settle(def, self);
        Ok(())
    }

    fn place(&self, def: &mut Domain) -> Result<()> {
        address::assign(def, self)
    }

    fn check(&self, def: &Domain) -> Result<()> {
        validate::whole(def, self)
    }

    fn check_device(&self, def: &Domain, device: Device<'_>) -> Result<()> {
        validate::device(def, device, self)
    }
}

/// QEMU runs the guest's instructions itself.
fn emulated(def: &Domain) -> bool {
    def.virt_type() == VirtType::Qemu
}
