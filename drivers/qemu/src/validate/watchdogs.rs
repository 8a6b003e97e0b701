//! What watches over a guest that hangs, and what tells that it died.

use super::{Check, refuse};
use crate::caps::Flag;
use crate::prepare::Board;
use vir_base::{Result, bail};
use vir_model::domain::device::info::Address;
use vir_model::domain::device::small::{Panic, PanicModel, Watchdog, WatchdogModel};

/// Only PCI watchdogs can be several.
pub fn once(it: &Check<'_>) -> Result<()> {
    let watchdogs = &it.def.devices.watchdogs;
    let models = watchdogs.iter().enumerate().filter_map(|(i, watchdog)| Some((i, watchdog.model?)));
    for (i, model) in models.filter(|(_, model)| *model != WatchdogModel::I6300esb) {
        if watchdogs[..i].iter().any(|other| other.model == Some(model)) {
            bail!(Qemu, ConfigUnsupported, "domain can only have one watchdog with model '{model}'");
        }
    }
    Ok(())
}

/// Checks a watchdog.
pub fn check(it: &Check<'_>, watchdog: &Watchdog) -> Result<()> {
    let first = it.def.devices.watchdogs.first().and_then(|first| first.action);
    refuse([(
        first != watchdog.action,
        "watchdogs with different actions are not supported with this QEMU binary",
    )])?;
    let Some(model) = watchdog.model else { return Ok(()) };
    let address = watchdog.info.address.as_ref();
    let placed = address.is_some();
    match model {
        WatchdogModel::I6300esb => refuse([(
            !matches!(address, None | Some(Address::Pci(_))),
            format!("{model} model of watchdog can go only on PCI bus"),
        )]),
        WatchdogModel::Ib700 => refuse([
            (
                it.board != Board::I440fx,
                format!("{model} model of watchdog cannot be used with this machine type"),
            ),
            (placed, format!("{model} model of watchdog does not support configuring the address")),
        ]),
        WatchdogModel::Diag288 => refuse([
            (placed, format!("{model} model of watchdog is virtual and cannot go on any bus.")),
            (!it.s390(), format!("{model} model of watchdog is allowed for s390 and s390x only")),
        ]),
        WatchdogModel::Itco => refuse([
            (
                placed,
                format!("{model} model of watchdog is part of the machine and cannot have any address set."),
            ),
            (it.board != Board::Q35, format!("{model} model of watchdog is only part of q35 machine")),
        ]),
    }
}

/// Panic notifiers.
pub fn panics(it: &Check<'_>) -> Result<()> {
    it.def.devices.panics.iter().try_for_each(|panic| self::panic(it, panic))
}

fn panic(it: &Check<'_>, panic: &Panic) -> Result<()> {
    let model = panic.model.unwrap_or(PanicModel::Default);
    let address = panic.info.address.as_ref();
    let fixed =
        (address.is_some(), format!("setting the panic device address is not supported for model '{model}'"));
    let only =
        |fits: bool, who: &str| (!fits, format!("only {who} guests support panic device of model '{model}'"));
    match model {
        PanicModel::S390 => refuse([only(it.s390(), "S390"), fixed]),
        PanicModel::HyperV => refuse([only(it.x86(), "i686 and x86_64"), fixed]),
        PanicModel::Pseries => refuse([only(it.board == Board::Pseries, "pSeries"), fixed]),
        PanicModel::Isa => refuse([
            (!it.has(Flag::DevicePanic), "the QEMU binary does not support the ISA panic device"),
            (
                !matches!(address, None | Some(Address::Isa { .. })),
                "panic is supported only with ISA address type",
            ),
        ]),
        PanicModel::Pvpanic => refuse([
            (!it.has(Flag::DevicePanicPci), "the QEMU binary does not support the PCI pvpanic device"),
            (!matches!(address, Some(Address::Pci(_))), "pvpanic is supported only with PCI address type"),
        ]),
        PanicModel::Default => bail!(
            Qemu,
            ConfigUnsupported,
            "no panic model provided, and no default for the architecture and machine type"
        ),
    }
}
