//! What QEMU, or this QEMU, cannot do: a definition that asks for it is refused before it is kept, in libvirt's
//! words. Pure, and nothing is changed here; what no hypervisor can do is the model's own to refuse.
//!
//! One file a subject. [`whole`] and [`device`] name what is checked, in the order in which the peer does, because
//! the first refusal is the one that is told.

mod boot;
mod chars;
mod clock;
mod controllers;
mod cpu;
mod disks;
mod displays;
mod features;
mod filesystems;
mod hostdevs;
mod iothreads;
mod machine;
mod memory;
mod nets;
mod pci;
mod place;
mod secrets;
mod security;
mod small;
mod storage;
#[cfg(test)]
mod tests;
mod tpms;
mod watchdogs;

use crate::caps::{Caps, Flag};
use crate::prepare::{Board, Family, Host, Terms};
use std::fmt::Display;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::Device;
use vir_model::domain::device::graphics::GraphicsType;

/// A definition, and what it is checked against.
struct Check<'a> {
    def: &'a Domain,
    caps: &'a Caps,
    host: &'a Host,
    board: Board,
    family: Family,
}

impl<'a> Check<'a> {
    fn new(def: &'a Domain, terms: &Terms<'a>) -> Self {
        let (board, family) = (Board::of(def), Family::of(def.os.arch()));
        Self { def, caps: terms.caps, host: terms.host, board, family }
    }

    fn has(&self, flag: Flag) -> bool {
        self.caps.flag(flag)
    }

    /// Refuses, in these words, what the emulator has no flag for.
    fn needs(&self, flag: Flag, message: impl Display) -> Result<()> {
        refuse([(!self.has(flag), message)])
    }

    fn arch(&self) -> &'a str {
        self.def.os.arch()
    }

    fn machine(&self) -> &'a str {
        self.def.os.machine()
    }

    fn x86(&self) -> bool {
        self.family == Family::X86
    }

    fn s390(&self) -> bool {
        self.family == Family::S390
    }

    fn ppc64(&self) -> bool {
        self.arch().starts_with("ppc64")
    }

    fn shown_by(&self, kind: GraphicsType) -> bool {
        self.def.devices.graphics.iter().any(|graphics| graphics.kind() == kind)
    }

    /// The path of the emulator, for messages.
    fn emulator(&self) -> &'a str {
        self.def.devices.emulator.as_deref().unwrap_or_default()
    }
}

/// Refuses with the message of the first that is so.
fn refuse<M: Display>(rules: impl IntoIterator<Item = (bool, M)>) -> Result<()> {
    match rules.into_iter().find(|(so, _)| *so) {
        Some((_, message)) => bail!(Qemu, ConfigUnsupported, "{message}"),
        None => Ok(()),
    }
}

/// Checks a definition but for its devices.
///
/// # Errors
/// The first thing that is refused.
pub fn whole(def: &Domain, terms: &Terms<'_>) -> Result<()> {
    let it = &Check::new(def, terms);
    machine::emulator(it)?;
    machine::acpi(it)?;
    machine::serial_output(it)?;
    machine::lifecycle(it)?;
    cpu::check(it)?;
    memory::hotplug(it)?;
    iothreads::pools(it)?;
    clock::check(it)?;
    machine::sleep(it)?;
    boot::check(it)?;
    cpu::count(it)?;
    cpu::shares(it)?;
    features::check(it)?;
    memory::pages(it)?;
    memory::nodes(it)?;
    chars::consoles(it)?;
    machine::firmware_files(it)?;
    watchdogs::panics(it)?;
    tpms::once(it)?;
    watchdogs::once(it)?;
    security::launch(it)
}

/// Checks a device.
///
/// # Errors
/// The first thing that is refused.
pub fn device(def: &Domain, device: Device<'_>, terms: &Terms<'_>) -> Result<()> {
    let it = &Check::new(def, terms);
    place::check(it, device)?;
    match device {
        Device::Disk(disk) => disks::check(it, disk),
        Device::Interface(net) => nets::check(it, net),
        Device::Sound(sound) => displays::sound(it, sound),
        Device::Hostdev(hostdev) => hostdevs::check(it, hostdev),
        Device::Video(video) => displays::video(it, video),
        Device::Controller(controller) => controllers::check(it, controller),
        Device::Smartcard(card) => secrets::smartcard(it, card),
        Device::Serial(serial) => chars::serial(it, serial),
        Device::Parallel(parallel) => chars::parallel(it, parallel),
        Device::Channel(channel) => chars::source(it, &channel.source),
        Device::Console(console) => chars::source(it, &console.source),
        Device::Input(input) => displays::input(it, input),
        Device::Filesystem(filesystem) => filesystems::check(it, filesystem),
        Device::Watchdog(watchdog) => watchdogs::check(it, watchdog),
        Device::Balloon(balloon) => small::balloon(it, balloon),
        Device::Rng(rng) => secrets::rng(it, rng),
        Device::Nvram(nvram) => small::nvram(it, nvram),
        Device::Hub(_) => it.needs(Flag::UsbHub, "usb-hub not supported by QEMU binary"),
        Device::Shmem(shmem) => memory::shmem(it, shmem),
        Device::Tpm(tpm) => tpms::check(it, tpm),
        Device::Memory(memory) => memory::device(it, memory),
        Device::Redirdev(redirdev) => hostdevs::redirected(it, redirdev),
        Device::Iommu(iommu) => small::iommu(it, iommu),
        Device::Vsock(_) => {
            it.needs(Flag::DeviceVhostVsock, "vsock device is not supported with this QEMU binary")
        }
        Device::Crypto(crypto) => secrets::crypto(it, crypto),
        Device::Pstore(pstore) => small::pstore(it, pstore),
        Device::Graphics(graphics) => displays::graphics(it, graphics),
        Device::Audio(audio) => displays::audio(it, audio),
        Device::Panic(_) | Device::Lease(_) => Ok(()),
    }
}
