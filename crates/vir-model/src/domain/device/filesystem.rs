//! `<filesystem>`: directories of the host that the guest sees.

use super::info::{DeviceInfo, VirtioOptions};
use crate::domain::limits::IdMap;
use crate::domain::memory::Bytes;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, bail};
use vir_xml::{Element, OnOff, Value, element, xml_enum};

xml_enum! {
    /// What the host gives.
    pub enum FsType {
        Mount = "mount", Block = "block", File = "file", Template = "template", Ram = "ram", Bind = "bind",
        Volume = "volume",
    }
    /// Whose files they are.
    pub enum FsAccessMode { Passthrough = "passthrough", Mapped = "mapped", Squash = "squash", }
    unsaid [""]
    /// Which device.
    pub enum FsModel {
        Virtio = "virtio", VirtioTransitional = "virtio-transitional",
        VirtioNonTransitional = "virtio-non-transitional",
    }
    /// What becomes of devices other than the directory's own.
    pub enum FsMultidevs { Remap = "remap", Forbid = "forbid", Warn = "warn", }
    unsaid ["default"]
    /// Who serves it.
    pub enum FsDriverType {
        Path = "path", Handle = "handle", Loop = "loop", Nbd = "nbd", Ploop = "ploop", Virtiofs = "virtiofs",
        Mtp = "mtp",
    }
    unsaid ["default"]
    /// When writes reach the disk.
    pub enum FsWritePolicy { Immediate = "immediate", }
    unsaid ["default"]
    /// What the guest's host caches.
    pub enum FsCacheMode { None = "none", Always = "always", }
    /// How the server is confined.
    pub enum FsSandbox { Namespace = "namespace", Chroot = "chroot", }
}

element! {
    /// A directory of the host that the guest sees.
    pub struct Filesystem "filesystem" => settle {
        /// What the host gives; `mount` if nothing is said.
        attr kind "type": Option<FsType>,
        /// Whose files they are. Since 0.8.5. Drivers: qemu.
        attr accessmode "accessmode": Option<FsAccessMode>,
        /// Which device. Since 5.2.0. Drivers: qemu.
        attr model "model": Option<FsModel>,
        /// What becomes of devices other than the directory's own. Since 6.3.0. Drivers: qemu.
        attr multidevs "multidevs": Option<FsMultidevs>,
        /// Mode of new files, in octal. Since 6.10.0. Drivers: qemu.
        attr fmode "fmode": Option<Octal>,
        /// Mode of new directories. Since 6.10.0. Drivers: qemu.
        attr dmode "dmode": Option<Octal>,
        /// Who serves it. Since 0.9.7. Drivers: qemu, lxc.
        maybe driver "driver": Option<FsDriver>,
        /// The server of `virtiofs`. Since 6.2.0. Drivers: qemu.
        maybe binary "binary": Option<FsBinary>,
        /// Whose numbers the guest's users are on the host, of `virtiofs`. Since 10.0.0. Drivers: qemu.
        maybe idmap "idmap": Option<IdMap>,
        /// What the host gives.
        maybe source "source": Option<FsSource>,
        /// Where the guest sees it; for 9p and virtiofs a mere tag.
        maybe target "target": Option<FsTarget>,
        /// The guest cannot write.
        flag readonly "readonly": bool,
        part info "": DeviceInfo,
        /// Most space. Since 0.9.13. Drivers: lxc, openvz.
        maybe space_hard_limit "space_hard_limit": Option<Bytes>,
        /// Space beyond which a warning comes. Since 0.9.13. Drivers: lxc, openvz.
        maybe space_soft_limit "space_soft_limit": Option<Bytes>,
    }
    /// Who serves a filesystem.
    pub struct FsDriver "driver" => settle {
        /// Driver.
        attr kind "type": Option<FsDriverType>,
        /// Format of the image, of type `file`. Drivers: lxc.
        attr format "format": Option<String>,
        /// When writes reach the disk. Since 0.9.10. Drivers: qemu.
        attr wrpolicy "wrpolicy": Option<FsWritePolicy>,
        /// Length of the queue, of `virtiofs`. Since 6.2.0. Drivers: qemu.
        count queue "queue": Option<u64>,
        part virtio "": VirtioOptions,
    }
    /// The server of `virtiofs`.
    pub struct FsBinary "binary" {
        /// Its path.
        attr path "path": Option<String>,
        /// Whether extended attributes are served.
        attr xattr "xattr": Option<OnOff>,
        /// What the guest caches.
        maybe cache "cache": Option<FsCache>,
        /// How it is confined. Since 7.2.0.
        maybe sandbox "sandbox": Option<FsSandboxElement>,
        /// Which locks it passes on.
        maybe lock "lock": Option<FsLock>,
        /// Its threads. Since 8.5.0.
        maybe thread_pool "thread_pool": Option<FsThreadPool>,
        /// How many files it may open. Since 10.6.0.
        maybe openfiles "openfiles": Option<FsOpenFiles>,
    }
    /// What the guest caches.
    pub struct FsCache "cache" {
        /// `none` or `always`.
        attr mode "mode": Option<FsCacheMode>,
    }
    /// How the server is confined.
    pub struct FsSandboxElement "sandbox" {
        /// `namespace` or `chroot`.
        attr mode "mode": Option<FsSandbox>,
    }
    /// Which locks the server passes on.
    pub struct FsLock "lock" {
        /// Those of POSIX.
        attr posix "posix": Option<OnOff>,
        /// Those of `flock`.
        attr flock "flock": Option<OnOff>,
    }
    /// The server's threads.
    pub struct FsThreadPool "thread_pool" {
        /// How many.
        attr size "size": Option<i32>,
    }
    /// How many files the server may open.
    pub struct FsOpenFiles "openfiles" {
        /// The number.
        count max "max": Option<u64>,
    }
    /// What the host gives.
    pub struct FsSource "source" {
        /// Directory, of types `mount` and `bind`.
        attr dir "dir": Option<String>,
        /// Socket of a server that runs already. Since 6.10.0. Drivers: qemu.
        attr socket "socket": Option<String>,
        /// Device, of type `block`. Since 0.9.5. Drivers: lxc.
        attr dev "dev": Option<String>,
        /// Image, of type `file`. Since 0.9.5. Drivers: lxc.
        attr file "file": Option<String>,
        /// Template, of type `template`. Drivers: lxc, openvz.
        attr name "name": Option<String>,
        /// Size, of type `ram`. Since 0.9.13. Drivers: lxc.
        attr usage "usage": Option<String>,
        /// Unit of `usage`; KiB if nothing is said. Since 0.9.13. Drivers: lxc.
        attr units "units": Option<String>,
        /// Storage pool, of type `volume`. Drivers: qemu, lxc.
        attr pool "pool": Option<String>,
        /// Volume in it. Drivers: qemu, lxc.
        attr volume "volume": Option<String>,
    }
    /// Where the guest sees it.
    pub struct FsTarget "target" {
        /// Path or tag.
        attr dir "dir": Option<String>,
    }
}

impl super::Devices {
    /// The filesystem that the guest sees at that path, or under that tag.
    pub fn filesystem_at(&self, target: &str) -> Option<&Filesystem> {
        let is = |it: &&Filesystem| it.target.as_ref().and_then(|it| it.dir.as_deref()) == Some(target);
        self.filesystems.iter().find(is)
    }
}

/// A file's mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Octal(pub u32);

impl Value for Octal {
    fn parse(text: &str) -> Option<Self> {
        u32::from_str_radix(text.trim_start(), 8).ok().map(Self)
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Owned(format!("{:04o}", self.0))
    }

    fn invalid(attr: &str, element: &str, text: &str) -> Error {
        u32::invalid(attr, element, text)
    }
}

impl FsDriver {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if let Some(format) = &self.format
            && super::source::ImageFormat::parse(format).is_none()
        {
            bail!(Domain, ConfigUnsupported, "unknown driver format value '{format}'");
        }
        match self.kind {
            // the rest hangs on the kind
            None => (self.format, self.wrpolicy, self.queue) = (None, None, None),
            Some(FsDriverType::Virtiofs) => {}
            Some(_) => self.queue = None,
        }
        Ok(())
    }
}

impl Filesystem {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let kind = *self.kind.get_or_insert(FsType::Mount);
        for (name, mode) in [("fmode", &mut self.fmode), ("dmode", &mut self.dmode)] {
            if let Some(Octal(mode)) = mode
                && *mode > 0o777
            {
                bail!(Domain, XmlError, "invalid {name}: '0{mode:o}'");
            }
            mode.take_if(|mode| mode.0 == 0);
        }
        if self.driver.as_ref().is_none_or(|driver| driver.kind != Some(FsDriverType::Virtiofs)) {
            (self.binary, self.idmap) = (None, None);
        }
        if let Some(idmap) = &mut self.idmap {
            idmap.uids.sort_by_key(|entry| entry.start);
            idmap.gids.sort_by_key(|entry| entry.start);
        }
        let target = self.target.as_ref().and_then(|target| target.dir.clone()).filter(|dir| !dir.is_empty());
        self.target.take_if(|_| target.is_none());
        let it = self.source.take().unwrap_or_default();
        let socket = it.socket.clone();
        let source = match kind {
            FsType::Mount | FsType::Bind if socket.is_some() => {
                FsSource { socket: it.socket, ..Default::default() }
            }
            FsType::Mount | FsType::Bind => FsSource { dir: it.dir, ..Default::default() },
            FsType::Block => FsSource { dev: it.dev, ..Default::default() },
            FsType::File => FsSource { file: it.file, ..Default::default() },
            FsType::Template => FsSource { name: it.name, ..Default::default() },
            FsType::Volume => {
                if it.pool.is_some() != it.volume.is_some() {
                    bail!(
                        Domain,
                        XmlError,
                        "'pool' and 'volume' must be specified together for 'pool' type source"
                    );
                }
                FsSource { pool: it.pool, volume: it.volume, ..Default::default() }
            }
            FsType::Ram => ram(it)?,
        };
        if source == FsSource::default() && !matches!(kind, FsType::Ram | FsType::Volume) {
            let error = match target {
                Some(target) => vir_base::err!(Domain, NoSource, "{target}"),
                None => Error::bare(ErrorDomain::Domain, ErrorCode::NoSource),
            };
            return Err(error.with_hint(element.position.to_string()));
        }
        self.source = Some(source);
        self.space_hard_limit.take_if(|limit| limit.0 == 0);
        self.space_soft_limit.take_if(|limit| limit.0 == 0);
        Ok(())
    }

    /// Where the guest sees it.
    pub fn dst(&self) -> &str {
        self.target.as_ref().and_then(|target| target.dir.as_deref()).unwrap_or_default()
    }
}

fn ram(source: FsSource) -> Result<FsSource> {
    let Some(text) = source.usage else {
        bail!(Domain, XmlError, "missing 'usage' attribute for RAM filesystem")
    };
    let Ok(usage) = text.trim().parse::<u64>() else {
        bail!(Domain, XmlError, "cannot parse usage '{text}' for RAM filesystem")
    };
    let bytes = crate::domain::memory::scale(usage, source.units.as_deref(), 1024)?;
    let usage = Some((bytes / 1024).to_string());
    Ok(FsSource { usage, units: Some("KiB".to_owned()), ..FsSource::default() })
}
