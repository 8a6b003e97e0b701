//! Guests whose memory is kept from the host.

use super::{Check, refuse};
use crate::caps::Flag;
use vir_base::{Result, bail};
use vir_model::domain::security::LaunchSecurityType;

/// The emulator, and the host, can start one.
pub fn launch(it: &Check<'_>) -> Result<()> {
    let Some(security) = &it.def.launch_security else { return Ok(()) };
    let Some(kind) = security.kind else { return Ok(()) };
    let served = match kind {
        LaunchSecurityType::Sev => it.has(Flag::SevGuest),
        LaunchSecurityType::SevSnp => it.has(Flag::SevSnpGuest),
        LaunchSecurityType::S390Pv => {
            it.has(Flag::S390PvGuest) && it.has(Flag::MachineConfidentalGuestSupport)
        }
    };
    if !served {
        bail!(Qemu, ConfigUnsupported, "'{kind}' launch security is not supported with this QEMU binary");
    }
    refuse([
        (
            kind == LaunchSecurityType::Sev
                && security.kernel_hashes.is_some()
                && !it.has(Flag::SevGuestKernelHashes),
            "SEV measured direct kernel boot is not supported with this QEMU binary",
        ),
        (
            kind == LaunchSecurityType::S390Pv && !it.caps.secure_guest,
            "S390 PV launch security is not supported by this host or kernel",
        ),
    ])
}
