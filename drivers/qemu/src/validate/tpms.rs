//! Trusted platform modules: how many, which models, and who is behind them.

use super::{Check, refuse};
use crate::caps::Flag;
use vir_base::{Result, bail};
use vir_model::domain::device::secure::{Tpm, TpmBackendType, TpmModel, TpmVersion};

/// One whose commands pass through the hypervisor, and one that does not.
pub fn once(it: &Check<'_>) -> Result<()> {
    let mut proxies = 0;
    for (i, tpm) in it.def.devices.tpms.iter().enumerate() {
        let proxy = tpm.model == Some(TpmModel::SpaprTpmProxy);
        proxies += usize::from(proxy);
        refuse([
            (proxy && proxies > 1, "only a single TPM Proxy device is supported"),
            (!proxy && i + 1 - proxies > 1, "only a single TPM non-proxy device is supported"),
        ])?;
    }
    Ok(())
}

/// Checks one.
pub fn check(it: &Check<'_>, tpm: &Tpm) -> Result<()> {
    let (Some(model), Some(backend)) = (tpm.model, &tpm.backend) else { return Ok(()) };
    let Some(kind) = backend.kind else { return Ok(()) };
    let versions = it.host.swtpm.versions();
    if let Some(version) = backend.version.filter(|_| kind == TpmBackendType::Emulator) {
        if !versions.contains(&version) {
            bail!(Qemu, ConfigUnsupported, "TPM version '{version}' is not supported");
        }
        let old = version == TpmVersion::V1_2;
        refuse([
            (old && model != TpmModel::TpmTis, format!("TPM 1.2 is not supported for model '{model}'")),
            (old && !it.x86(), format!("TPM 1.2 is not supported on architecture '{}'", it.arch())),
        ])?;
    }
    let served = match kind {
        TpmBackendType::Passthrough => it.has(Flag::DeviceTpmPassthrough),
        TpmBackendType::Emulator | TpmBackendType::External => {
            it.host.swtpm.is_there() && it.has(Flag::DeviceTpmEmulator)
        }
    };
    let flag = match model {
        TpmModel::TpmTis => Flag::DeviceTpmTis,
        TpmModel::TpmCrb => Flag::DeviceTpmCrb,
        TpmModel::TpmSpapr => Flag::DeviceTpmSpapr,
        TpmModel::SpaprTpmProxy => Flag::DeviceSpaprTpmProxy,
    };
    let proxy = it.ppc64() && model == TpmModel::SpaprTpmProxy;
    let emulator = it.emulator();
    refuse([
        (!served, format!("The QEMU executable {emulator} does not support TPM backend type {kind}")),
        (
            proxy && kind != TpmBackendType::Passthrough,
            format!("TPM Proxy model {model} requires 'Passthrough' backend"),
        ),
        (!it.has(flag), format!("The QEMU executable {emulator} does not support TPM model {model}")),
    ])
}
