//! Devices that keep or make secrets: smart cards, sources of random numbers, cryptographic devices.

use super::{Check, chars, refuse};
use crate::caps::Flag;
use vir_base::{Result, bail};
use vir_model::domain::device::info::Address;
use vir_model::domain::device::secure::{Smartcard, SmartcardMode};
use vir_model::domain::device::small::{
    Crypto, CryptoBackendModel, CryptoModel, Rng, RngBackendModel, RngModel,
};

/// A smart card, of which there is one.
pub fn smartcard(it: &Check<'_>, card: &Smartcard) -> Result<()> {
    let first = matches!(card.info.address, Some(Address::Ccid { controller: 0, slot: 0 }));
    refuse([(
        it.def.devices.smartcards.len() > 1 || !first,
        "this QEMU binary lacks multiple smartcard support",
    )])?;
    match card.mode {
        Some(SmartcardMode::Host | SmartcardMode::HostCertificates) => {
            it.needs(Flag::CcidEmulated, "this QEMU binary lacks smartcard host mode support")
        }
        Some(SmartcardMode::Passthrough) => {
            it.needs(Flag::CcidPassthru, "this QEMU binary lacks smartcard passthrough mode support")?;
            card.source.as_ref().map_or(Ok(()), |source| chars::source(it, source))
        }
        None => Ok(()),
    }
}

/// A source of random numbers.
pub fn rng(it: &Check<'_>, rng: &Rng) -> Result<()> {
    let backend = rng.backend.as_ref();
    if let Some(kind) = backend.and_then(|backend| backend.model) {
        let flag = match kind {
            RngBackendModel::Random => Flag::ObjectRngRandom,
            RngBackendModel::Egd => Flag::ObjectRngEgd,
            RngBackendModel::Builtin => Flag::ObjectRngBuiltin,
        };
        it.needs(flag, format!("this qemu doesn't support the rng-{kind} backend"))?;
    }
    if let Some(daemon) = backend.and_then(|backend| backend.source.as_ref()) {
        chars::source(it, daemon)?;
    }
    let model = rng.model.unwrap_or(RngModel::Virtio);
    let both = model != RngModel::Virtio;
    refuse([(
        !it.has(Flag::DeviceVirtioRng) || both && !it.has(Flag::VirtioPciTransitional),
        format!("domain configuration does not support rng model '{model}'"),
    )])
}

/// A cryptographic device.
pub fn crypto(it: &Check<'_>, crypto: &Crypto) -> Result<()> {
    let model = crypto.model.unwrap_or(CryptoModel::Virtio);
    if !it.has(Flag::DeviceVirtioCrypto) {
        bail!(Qemu, ConfigUnsupported, "crypto model {model} is not supported");
    }
    match crypto.backend.as_ref().and_then(|backend| backend.model) {
        Some(backend @ CryptoBackendModel::Lkcf) => {
            it.needs(Flag::ObjectCryptoLkcf, format!("crypto backend {backend} is not supported"))
        }
        _ => Ok(()),
    }
}
