//! What the driver itself knows of the host; the rest is [`vir_node::Node`]'s.

use super::core::Core;
use crate::caps::CapsCache;
use vir_api::types::*;
use vir_base::error::check_flags;
use vir_base::{ErrorDomain, Result, bail, err};

/// The version of the emulator for this host's own architecture.
pub(super) fn version(core: &Core) -> Result<u64> {
    let binary = CapsCache::binary_for(std::env::consts::ARCH)?;
    Ok(core.caps.get(&binary)?.version.number())
}

pub(super) fn max_vcpus(kind: Option<&str>) -> Result<i32> {
    match kind.map(str::to_ascii_lowercase).as_deref() {
        // what every machine type can have
        None | Some("qemu") => Ok(16),
        Some("kvm") => Ok(vir_host::kvm::max_vcpus()?.try_into().unwrap_or(i32::MAX)),
        Some(other) => bail!(Qemu, InvalidArg, "unknown type '{other}'"),
    }
}

/// The processors that documents may name, for [`vir_api::HypervisorDriver::connect_get_cpu_model_names`].
pub(super) fn cpu_model_names(arch: &str, flags: u32) -> Result<Vec<String>> {
    check_flags(ErrorDomain::Qemu, flags, 0, "qemuConnectGetCPUModelNames")?;
    vir_model::processors::model_names(ErrorDomain::Qemu, arch)
}

/// What the host's firmware says of it, for [`vir_api::HypervisorDriver::connect_get_sysinfo`].
pub(super) fn sysinfo(node: &vir_node::Node, flags: u32) -> Result<String> {
    check_flags(ErrorDomain::Qemu, flags, 0, "qemuConnectGetSysinfo")?;
    // why is in the log; who asks is told only this
    node.sysinfo().map_err(|error| {
        log::info!("{}", error.message());
        err!(Qemu, ConfigUnsupported, "Host SMBIOS information is not available")
    })
}

/// Text as the API's character arrays have it.
fn array(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    bytes
}

/// Guests are not kept apart by labels yet.
pub(super) fn security_model() -> NodeGetSecurityModelRet {
    NodeGetSecurityModelRet { model: array("none"), doi: array("0") }
}

pub(super) fn no_label() -> DomainGetSecurityLabelRet {
    DomainGetSecurityLabelRet { label: array(""), enforcing: 0 }
}
