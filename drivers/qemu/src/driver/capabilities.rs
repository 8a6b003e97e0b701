//! Which host and which emulators the capabilities documents are about.

use super::ErrorDomain::Qemu;
use super::core::Core;
use crate::caps::{Caps, CapsCache};
use crate::documents;
use std::path::PathBuf;
use std::sync::Arc;
use vir_base::error::check_flags;
use vir_base::{Result, bail};
use vir_host::Host;

/// `virConnectGetCapabilities`.
pub(super) fn host(core: &Core) -> Result<String> {
    let mut host = Host::real().capabilities(&core.uuid_source)?;
    host.uuid = core.host_uuid(host.uuid);
    let installed = CapsCache::installed();
    let emulators: Vec<Arc<Caps>> =
        installed.iter().filter_map(|(_, binary)| core.caps.get(binary).ok()).collect();
    let emulators: Vec<&Caps> = emulators.iter().map(Arc::as_ref).collect();
    Ok(documents::capabilities::document(&host, &emulators))
}

/// Which emulator, machine and way to run are meant.
struct Choice {
    caps: Arc<Caps>,
    machine: String,
    kvm: bool,
}

fn choose(
    core: &Core,
    binary: Option<&str>,
    arch: Option<&str>,
    machine: Option<&str>,
    kind: Option<&str>,
) -> Result<Choice> {
    let host = std::env::consts::ARCH;
    let path = match (binary, arch) {
        (Some(path), _) => PathBuf::from(path),
        (None, arch) => CapsCache::binary_for(arch.unwrap_or(host))?,
    };
    let caps = core.caps.get(&path)?;
    let own_arch = arch.unwrap_or(&caps.arch).to_owned();
    if own_arch != caps.arch && crate::caps::arch_to_qemu(&own_arch) != crate::caps::arch_to_qemu(&caps.arch)
    {
        bail!(
            Qemu,
            InvalidArg,
            "architecture from emulator '{}' doesn't match given architecture '{own_arch}'",
            caps.arch
        );
    }
    let kvm = match kind {
        None => caps.kvm_usable(),
        Some("qemu") => false,
        Some("kvm") if caps.kvm_usable() => true,
        Some("kvm") => bail!(Qemu, InvalidArg, "KVM is not supported by '{}' on this host", path.display()),
        Some(other) => bail!(Qemu, InvalidArg, "unknown virttype: {other}"),
    };
    let machine = match machine {
        Some(name) => match caps.tcg.machine(name) {
            Some(machine) => machine.name.clone(),
            None => bail!(
                Qemu,
                InvalidArg,
                "the machine '{name}' is not supported by emulator '{}'",
                path.display()
            ),
        },
        None => caps.tcg.default_machine().map(|m| m.name.clone()).unwrap_or_default(),
    };
    Ok(Choice { caps, machine, kvm })
}

/// `virConnectGetDomainCapabilities`: what this driver does with an emulator.
pub(super) fn domain(
    core: &Core,
    binary: Option<&str>,
    arch: Option<&str>,
    machine: Option<&str>,
    kind: Option<&str>,
    flags: u32,
) -> Result<String> {
    let known = vir_api::constants::VIR_CONNECT_GET_DOMAIN_CAPABILITIES_DISABLE_DEPRECATED_FEATURES;
    check_flags(Qemu, flags, known, "qemuConnectGetDomainCapabilities")?;
    let choice = choose(core, binary, arch, machine, kind)?;
    let kind = if choice.kvm { "kvm" } else { "qemu" };
    Ok(documents::domaincaps::document(&choice.caps, &choice.machine, kind))
}
