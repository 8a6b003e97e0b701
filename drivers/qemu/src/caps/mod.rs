//! What a QEMU binary can do: asked once, kept in memory and on disk as long as the binary is the
//! same.

mod disk;
pub mod document;
pub mod flag;
pub mod found;
mod probe;
pub mod questions;
pub mod schema;

pub use flag::{Flag, Flags};

use crate::monitor::{CpuDefinition, MachineInfo, Version};
use document::{CapsDocument, Gic, HostCpu};
use std::collections::{BTreeSet, HashMap};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use vir_base::{Error, ErrorDomain, Result, bail};
use vir_model::domain::VirtType;

/// Tells one build of a binary from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds of the last change of the content and of the inode.
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(binary: &Path) -> std::io::Result<Self> {
        let data = std::fs::metadata(binary)?;
        Ok(Self {
            device: data.dev(),
            inode: data.ino(),
            size: data.size(),
            modified: (data.mtime(), data.mtime_nsec()),
            changed: (data.ctime(), data.ctime_nsec()),
        })
    }
}

/// What a QEMU binary can do.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Caps {
    /// Its path.
    pub binary: PathBuf,
    pub(crate) stamp: Stamp,
    /// Its version.
    pub version: Version,
    /// The architecture of its guests, in our name (`x86_64`, `aarch64`, `armv7l`, …).
    pub arch: String,
    /// KVM is built in. Whether it works is another matter: see [`Caps::kvm_usable`].
    pub kvm: bool,
    /// What it offers where it runs the guest's instructions itself; for all guests, where nothing else is known.
    pub tcg: Accelerated,
    /// What it offers where the kernel runs them.
    pub with_kvm: Option<Accelerated>,
    /// ARM's interrupt controllers.
    pub gics: Vec<Gic>,
    /// The host can hide guests from itself.
    pub secure_guest: bool,
    /// Memory for enclaves of each of the host's nodes, in KiB.
    pub enclaves: Vec<u64>,
    /// Names of the devices and other objects that can be made.
    pub types: BTreeSet<String>,
    /// What it can do, by libvirt's names.
    pub flags: Flags,
}

/// What a QEMU binary offers with one way to run the guest's instructions.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Accelerated {
    /// The machine types, in QEMU's order.
    pub machines: Vec<MachineInfo>,
    /// The processor models, with what keeps them from being used.
    pub cpus: Vec<CpuDefinition>,
    /// The host's processor, as QEMU expands it.
    pub host_cpu: Option<HostCpu>,
}

impl Accelerated {
    /// The machine type of this name or alias.
    pub fn machine(&self, name: &str) -> Option<&MachineInfo> {
        let aliased = || self.machines.iter().find(|m| m.alias.as_deref() == Some(name));
        self.machines.iter().find(|m| m.name == name).or_else(aliased)
    }

    /// The machine used when none is asked for.
    pub fn default_machine(&self) -> Option<&MachineInfo> {
        self.machines.iter().find(|m| m.is_default).or_else(|| self.machines.first())
    }

    /// The full name for a machine's alias; what is no alias stays as it is.
    pub fn canonical_machine<'a>(&'a self, name: &'a str) -> &'a str {
        self.machines.iter().find(|m| m.alias.as_deref() == Some(name)).map_or(name, |m| m.name.as_str())
    }

    /// The processor model of guests on that machine that name none.
    pub fn default_cpu(&self, machine: &str) -> Option<&str> {
        let machine = self.machines.iter().find(|m| m.name == machine)?;
        let kind = machine.default_cpu_type.as_deref()?;
        self.cpus.iter().find(|cpu| cpu.typename == kind).map(|cpu| cpu.name.as_str())
    }
}

impl Caps {
    /// The device or object type can be made.
    pub fn has(&self, kind: &str) -> bool {
        self.types.contains(kind)
    }

    /// It can do what the flag says.
    pub fn flag(&self, flag: Flag) -> bool {
        self.flags.has(flag)
    }

    /// What it offers to guests of that kind.
    pub fn on(&self, kind: VirtType) -> &Accelerated {
        match &self.with_kvm {
            Some(own) if kind == VirtType::Kvm => own,
            _ => &self.tcg,
        }
    }

    /// As a document says it.
    pub fn of_document(document: &CapsDocument) -> Self {
        found::of_document(document)
    }

    /// QEMU has KVM and the device is there and opens. On some hosts that is so and yet no real
    /// guest boots: nothing short of booting one tells.
    pub fn kvm_usable(&self) -> bool {
        self.kvm && self.arch_is_host() && kvm_opens()
    }

    fn arch_is_host(&self) -> bool {
        let host = std::env::consts::ARCH;
        self.arch == host || (self.arch == "i686" && host == "x86_64")
    }
}

/// Whether `/dev/kvm` opens.
pub fn kvm_opens() -> bool {
    std::fs::OpenOptions::new().read(true).write(true).open("/dev/kvm").is_ok()
}

/// QEMU's name of an architecture as ours.
pub(crate) fn arch_from_qemu(name: &str) -> &str {
    match name {
        "i386" => "i686",
        "arm" => "armv7l",
        "or1k" => "or32",
        other => other,
    }
}

/// Our name of an architecture as QEMU's.
pub fn arch_to_qemu(name: &str) -> &str {
    match name {
        "i686" => "i386",
        "armv7l" | "armv6l" => "arm",
        "or32" => "or1k",
        "ppc64le" => "ppc64",
        other => other,
    }
}

/// The capabilities of all binaries that were asked for.
pub struct CapsCache {
    directory: PathBuf,
    known: Mutex<HashMap<PathBuf, Arc<Caps>>>,
    /// held while a binary is asked, so that it is asked once
    probing: Mutex<()>,
}

impl CapsCache {
    /// Keeps its files in `directory`, which it makes when it needs it.
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, known: Mutex::default(), probing: Mutex::default() }
    }

    /// What `binary` can do. Asks it, which takes some 100 ms, unless that is known.
    ///
    /// # Errors
    /// There is no such program, or it does not answer as QEMU does.
    pub fn get(&self, binary: &Path) -> Result<Arc<Caps>> {
        let stamp = Stamp::of(binary).map_err(|e| {
            Error::io(ErrorDomain::Qemu, &e, format!("Cannot check QEMU binary {}", binary.display()))
        })?;
        if let Some(caps) = self.remembered(binary, stamp) {
            return Ok(caps);
        }
        let _probing = self.probing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(caps) = self.remembered(binary, stamp) {
            return Ok(caps);
        }
        let caps = match disk::load(&self.directory, binary, stamp) {
            Some(caps) => caps,
            None => {
                let caps = probe::probe(binary, stamp)?;
                // a cache that cannot be written costs time, nothing else
                let _ = disk::save(&self.directory, &caps);
                caps
            }
        };
        let caps = Arc::new(caps);
        self.lock().insert(binary.to_owned(), Arc::clone(&caps));
        Ok(caps)
    }

    /// The installed emulator for guests of an architecture.
    pub fn binary_for(arch: &str) -> Result<PathBuf> {
        let name = format!("qemu-system-{}", arch_to_qemu(arch));
        match vir_base::command::find_program(&name) {
            Ok(path) => Ok(path),
            Err(_) => {
                bail!(Qemu, ConfigUnsupported, "No emulator found for arch '{arch}'")
            }
        }
    }

    /// The installed emulators, by architecture, in the order in which they are shown.
    pub fn installed() -> Vec<(&'static str, PathBuf)> {
        const ARCHES: &[&str] = &[
            "aarch64",
            "alpha",
            "armv7l",
            "i686",
            "loongarch64",
            "m68k",
            "mips",
            "mips64",
            "mips64el",
            "mipsel",
            "ppc",
            "ppc64",
            "ppc64le",
            "riscv32",
            "riscv64",
            "s390x",
            "sparc",
            "sparc64",
            "x86_64",
        ];
        ARCHES.iter().filter_map(|arch| Some((*arch, Self::binary_for(arch).ok()?))).collect()
    }

    fn remembered(&self, binary: &Path, stamp: Stamp) -> Option<Arc<Caps>> {
        self.lock().get(binary).filter(|c| c.stamp == stamp).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Arc<Caps>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_qemu_is_asked_once() {
        let Some(qemu) = crate::testing::qemu() else { skip::skip!("needs qemu-system-x86_64") };
        let directory = tempfile::tempdir().unwrap();
        let caps = CapsCache::new(directory.path().join("capabilities")).get(&qemu).unwrap();
        assert_eq!(caps.arch, "x86_64");
        assert!(caps.has("virtio-blk-pci"), "{:?}", caps.types.len());
        assert!(caps.flag(Flag::DeviceQemuXhci), "{:?}", caps.flags);
        let q35 = caps.tcg.canonical_machine("q35");
        assert!(q35.starts_with("pc-q35-"), "{q35}");
        assert_eq!(caps.tcg.machine(q35), caps.tcg.machine("q35"));
        assert_eq!(caps.tcg.machine("q35").unwrap().default_ram_id.as_deref(), Some("pc.ram"));
        let other = CapsCache::new(directory.path().join("capabilities"));
        let started = std::time::Instant::now();
        assert_eq!(other.get(&qemu).unwrap(), caps);
        assert!(started.elapsed().as_millis() < 100, "read from disk, not asked again");
    }

    #[test]
    fn what_is_not_qemu_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let cache = CapsCache::new(directory.path().to_owned());
        assert!(cache.get(Path::new("/nonexistent")).is_err());
        assert!(cache.get(Path::new("/bin/true")).is_err());
    }
}
