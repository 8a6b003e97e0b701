//! What bhyve refuses of a complete definition.

use vir_base::{Result, bail, err};
use vir_model::domain::Domain;
use vir_model::domain::device::controller::ControllerType;
use vir_model::domain::device::small::{Rng, RngBackendModel, RngModel};

/// Checks a definition.
///
/// # Errors
/// The first thing that bhyve cannot do.
pub(super) fn check(domain: &Domain) -> Result<()> {
    let mut isa = domain.devices.controllers.iter().filter(|c| c.is(ControllerType::Isa));
    if isa.any(|controller| controller.index() != 0) {
        // the peer says no more than this
        return Err(err!(None, InternalError, "An error occurred, but the cause is unknown")
            .with_hint("an ISA controller has index 0"));
    }
    domain.devices.rngs.iter().try_for_each(rng)
}

fn rng(rng: &Rng) -> Result<()> {
    if rng.model != Some(RngModel::Virtio) {
        bail!(Bhyve, ConfigUnsupported, "Only 'virio' RNG device model is supported");
    }
    let backend = rng.backend.as_ref();
    if backend.and_then(|backend| backend.model) != Some(RngBackendModel::Random) {
        bail!(Bhyve, ConfigUnsupported, "Only 'random' backend model is supported");
    }
    if backend.and_then(|backend| backend.path.as_deref()) != Some("/dev/random") {
        bail!(Bhyve, ConfigUnsupported, "Only /dev/random source is supported");
    }
    Ok(())
}
