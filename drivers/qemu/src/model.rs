//! What the driver asks of a definition, in one place: the rest of the driver does not care how the
//! document is built.

use crate::process::dirs::GuestDirs;
use std::collections::BTreeMap;
use std::sync::Arc;
use vir_base::{Result, bail};
use vir_model::domain::device::chardev::{ChannelState, ChannelTargetType, CharType, SocketMode};
use vir_model::domain::device::disk::Tray;
use vir_model::domain::device::display::VideoType;
use vir_model::domain::device::small::BalloonStats;
use vir_model::domain::memory::Kib;
pub use vir_model::domain::{Domain, LifecycleAction as Action};

/// A disk, as calls see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// `vda`.
    pub target: String,
    /// Name in QEMU, while it runs.
    pub alias: Option<String>,
    /// Its file or device; none for an empty drive.
    pub path: Option<String>,
    /// Format of the image.
    pub format: String,
    /// Number of its node, while it runs.
    pub index: Option<u32>,
}

impl Disk {
    /// The name of the node that the guest reads and writes.
    pub fn node_name(&self) -> Option<String> {
        let kind = if self.format == "raw" { "storage" } else { "format" };
        self.index.map(|index| format!("libvirt-{index}-{kind}"))
    }
}

/// The disks, in the definition's order.
pub fn disks(def: &Domain) -> Vec<Disk> {
    let disk = |d: &vir_model::domain::device::disk::Disk| Disk {
        target: d.dst().to_owned(),
        alias: d.info.alias.clone(),
        path: d.path().map(str::to_owned),
        format: d.format().unwrap_or("raw").to_owned(),
        index: d.source.as_ref().and_then(|s| s.index),
    };
    def.devices.disks.iter().map(disk).collect()
}

/// Alias, target and path of the disk that QEMU means by a device's id or path.
pub fn disk_by_device(def: &Domain, name: &str) -> Option<(String, String, String)> {
    let id = name.strip_prefix("/machine/peripheral/").unwrap_or(name);
    let id = id.split('/').next().unwrap_or(id);
    let disk = def.devices.disks.iter().find(|d| d.info.alias.as_deref() == Some(id))?;
    Some((id.to_owned(), disk.dst().to_owned(), disk.path().unwrap_or_default().to_owned()))
}

/// The definition with a drive's tray open or closed.
pub fn with_tray(def: &Arc<Domain>, alias: &str, open: bool) -> Arc<Domain> {
    let mut new = Domain::clone(def);
    let disks = new.devices.disks.iter_mut().filter(|disk| disk.info.alias.as_deref() == Some(alias));
    for target in disks.filter_map(|disk| disk.target.as_mut()) {
        target.tray = open.then_some(Tray::Open);
    }
    Arc::new(new)
}

/// A network interface, as calls see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Net {
    /// The host's device, if there is one.
    pub ifname: Option<String>,
    /// MAC address as text.
    pub mac: String,
}

/// The interfaces, in the definition's order.
pub fn nets(def: &Domain) -> Vec<Net> {
    let net = |n: &vir_model::domain::device::interface::Interface| Net {
        ifname: n.target_dev().map(str::to_owned),
        mac: n.mac().to_string(),
    };
    def.devices.interfaces.iter().map(net).collect()
}

/// A character device, as calls see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Char {
    /// Name in QEMU.
    pub alias: Option<String>,
    /// Its terminal, if it is one.
    pub pty: Option<String>,
    /// Its socket, if it is one.
    pub socket: Option<String>,
}

fn char_of(
    source: &vir_model::domain::device::chardev::CharSource,
    info: &vir_model::domain::device::info::DeviceInfo,
) -> Char {
    let path = || source.path().map(str::to_owned);
    Char {
        alias: info.alias.clone(),
        pty: (source.kind() == CharType::Pty).then(path).flatten(),
        socket: (source.kind() == CharType::Unix).then(path).flatten(),
    }
}

/// The console, serial or parallel port of that alias; without one, the first console or serial port.
pub fn console(def: &Domain, alias: Option<&str>) -> Option<Char> {
    let devices = &def.devices;
    let mut all = (devices.consoles.iter().map(|c| char_of(&c.source, &c.info)))
        .chain(devices.serials.iter().map(|s| char_of(&s.source, &s.info)));
    match alias {
        None => all.next(),
        Some(_) => all
            .chain(devices.parallels.iter().map(|p| char_of(&p.source, &p.info)))
            .find(|c| c.alias.as_deref() == alias),
    }
}

/// The channel of that alias or name; without one, the first.
pub fn channel(def: &Domain, name: Option<&str>) -> Option<Char> {
    let own_name =
        |c: &vir_model::domain::device::chardev::Channel| c.target.as_ref().and_then(|t| t.name.clone());
    let is = |c: &&vir_model::domain::device::chardev::Channel| {
        name.is_none() || c.info.alias.as_deref() == name || own_name(c).as_deref() == name
    };
    def.devices.channels.iter().find(is).map(|c| char_of(&c.source, &c.info))
}

/// The name that the guest knows the channel of that alias by.
pub fn channel_name<'a>(def: &'a Domain, alias: &str) -> Option<&'a str> {
    let channel = def.devices.channels.iter().find(|c| c.info.alias.as_deref() == Some(alias))?;
    channel.target.as_ref()?.name.as_deref()
}

/// The definition with a channel opened or closed by the guest; `None` where that changes nothing.
pub fn with_channel_state(def: &Arc<Domain>, alias: &str, open: bool) -> Option<Arc<Domain>> {
    let state = if open { ChannelState::Connected } else { ChannelState::Disconnected };
    let index = def.devices.channels.iter().position(|c| c.info.alias.as_deref() == Some(alias))?;
    if def.devices.channels[index].target.as_ref()?.state == Some(state) {
        return None;
    }
    let mut new = Domain::clone(def);
    new.devices.channels[index].target.get_or_insert_default().state = Some(state);
    Some(Arc::new(new))
}

/// Alias and number of screens of each graphics card that has any.
pub fn videos(def: &Domain) -> Vec<(String, u32)> {
    let mut all = Vec::new();
    for video in &def.devices.videos {
        let model = video.model.clone().unwrap_or_default();
        if model.kind != Some(VideoType::None) {
            all.push((video.info.alias().to_owned(), model.heads.unwrap_or(1)));
        }
    }
    all
}

/// What the guest has at most, in KiB.
pub fn memory_total(def: &Domain) -> u64 {
    def.memory.kib
}

/// What the guest is to make do with, in KiB.
pub fn memory_current(def: &Domain) -> u64 {
    def.current_kib()
}

/// Sets what it has at most; what it makes do with follows down.
pub fn set_memory_total(def: &mut Domain, kib: u64) {
    def.memory.kib = kib;
    let current = memory_current(def).min(kib);
    set_memory_current(def, current);
}

/// Sets what it is to make do with.
pub fn set_memory_current(def: &mut Domain, kib: u64) {
    def.current_memory = Some(Kib(kib));
}

/// The balloon's name in QEMU, if the guest has one.
pub fn balloon_alias(def: &Domain) -> Option<String> {
    def.devices.balloon.as_ref().filter(|b| b.is_there())?.info.alias.clone()
}

/// How often the guest is to tell of its memory, in seconds.
pub fn stats_period(def: &Domain) -> Option<u32> {
    def.devices.balloon.as_ref().map(|balloon| balloon.period()).filter(|period| *period > 0)
}

/// Sets how often the guest is to tell of its memory; 0 for never.
pub fn set_stats_period(def: &mut Domain, seconds: i32) {
    if let Some(balloon) = &mut def.devices.balloon {
        balloon.stats = (seconds > 0).then_some(BalloonStats { period: Some(seconds) });
    }
}

/// As [`set_stats_period`], in a copy.
pub fn with_stats_period(def: &Arc<Domain>, seconds: i32) -> Arc<Domain> {
    let mut new = Domain::clone(def);
    set_stats_period(&mut new, seconds);
    Arc::new(new)
}

/// Virtual CPUs that are there.
pub fn vcpus(def: &Domain) -> u32 {
    def.vcpus()
}

/// Virtual CPUs that there can be.
pub fn vcpus_max(def: &Domain) -> u32 {
    def.max_vcpus()
}

/// What happens when the guest switches itself off.
pub fn on_poweroff(def: &Domain) -> Action {
    def.on_poweroff.unwrap_or(Action::Destroy)
}

/// What happens when the guest restarts.
pub fn on_reboot(def: &Domain) -> Action {
    def.on_reboot.unwrap_or(Action::Restart)
}

/// A guest that switches itself off boots again.
pub fn restarts_on_poweroff(def: &Domain) -> bool {
    on_poweroff(def) == Action::Restart
}

/// The program that runs it.
pub fn emulator(def: &Domain) -> Result<String> {
    match &def.devices.emulator {
        Some(path) => Ok(path.clone()),
        None => bail!(Qemu, InternalError, "Domain has no emulator"),
    }
}

/// `hvm`, ….
pub fn os_type(def: &Domain) -> &'static str {
    def.os.os_type().map_or("hvm", |kind| kind.as_str())
}

/// Files that it boots from besides disks, each with a word for it.
pub fn boot_files(def: &Domain) -> Vec<(String, &'static str)> {
    let os = &def.os;
    let loader = os.loader.as_ref().and_then(|l| l.path.clone());
    [
        (os.kernel.clone(), "kernel"),
        (os.initrd.clone(), "initrd"),
        (os.dtb.clone(), "dtb"),
        (loader, "loader"),
    ]
    .into_iter()
    .filter_map(|(path, what)| Some((path?, what)))
    .collect()
}

/// From a stored definition to that of an instance: number, aliases, nodes, sockets of channels.
pub fn prepare_live(def: &mut Domain, id: i32, dirs: &GuestDirs) -> Result<()> {
    def.id = Some(id);
    // QEMU gives memory in whole MiB
    def.memory.kib = def.memory.kib.next_multiple_of(1024);
    crate::prepare::alias::assign(def);
    // the last disk gets the lowest number, as it always has
    let total = def.devices.disks.len() as u32;
    for (position, disk) in def.devices.disks.iter_mut().enumerate().filter(|(_, d)| d.path().is_some()) {
        number_disk(disk, total - position as u32);
    }
    // what is in no drive has no format
    for disk in def.devices.disks.iter_mut().filter(|disk| disk.is_empty()) {
        if let Some(driver) = &mut disk.driver {
            driver.format = None;
        }
    }
    for channel in &mut def.devices.channels {
        prepare_channel(channel, dirs);
    }
    Ok(())
}

/// Numbers the node of a disk's source.
pub fn number_disk(disk: &mut vir_model::domain::device::disk::Disk, index: u32) {
    if let Some(source) = &mut disk.source {
        source.index = Some(index);
    }
    disk.backing_store.get_or_insert_default();
}

/// The highest number that a node of a running guest's disks has; empty drives had theirs kept at its start.
pub fn last_node(def: &Domain) -> u32 {
    let index = |d: &vir_model::domain::device::disk::Disk| d.source.as_ref().and_then(|s| s.index);
    let highest = def.devices.disks.iter().filter_map(index).max();
    highest.unwrap_or(0).max(def.devices.disks.len() as u32)
}

/// A channel of a running guest: nobody has opened it yet, and its socket has a place.
pub fn prepare_channel(channel: &mut vir_model::domain::device::chardev::Channel, dirs: &GuestDirs) {
    let Some(target) = &mut channel.target else { return };
    if target.kind != Some(ChannelTargetType::Virtio) {
        return;
    }
    target.state = Some(ChannelState::Disconnected);
    if channel.source.kind() == CharType::Unix && channel.source.path().is_none() {
        let name = target.name.clone().unwrap_or_else(|| channel.info.alias().to_owned());
        channel.source.set_path(Some(dirs.channels.join(name).to_string_lossy().into_owned()));
        if let Some(source) = channel.source.sources.first_mut() {
            source.mode = Some(SocketMode::Bind);
        }
    }
}

/// The definition with the terminals that QEMU made, by the ids of its character devices.
pub fn with_ptys(def: &Arc<Domain>, ptys: &BTreeMap<String, String>) -> Arc<Domain> {
    let mut new = Domain::clone(def);
    let pty_of = |alias: &str| ptys.get(&format!("char{alias}")).cloned();
    let devices = &mut new.devices;
    for (source, info) in devices
        .serials
        .iter_mut()
        .map(|d| (&mut d.source, &d.info))
        .chain(devices.parallels.iter_mut().map(|d| (&mut d.source, &d.info)))
        .chain(devices.channels.iter_mut().map(|d| (&mut d.source, &d.info)))
        .chain(devices.consoles.iter_mut().map(|d| (&mut d.source, &d.info)))
    {
        if source.kind() == CharType::Pty
            && let Some(path) = pty_of(info.alias())
        {
            source.set_path(Some(path));
        }
    }
    if let Some(first) = devices.consoles.first_mut().filter(|c| c.source.kind() == CharType::Pty) {
        first.source.tty = first.source.path().map(str::to_owned);
    }
    Arc::new(new)
}
