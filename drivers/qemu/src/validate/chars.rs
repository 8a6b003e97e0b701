//! Serial and parallel ports, consoles and channels, and the host's ends of them.

use super::{Check, refuse};
use crate::caps::Flag;
use crate::prepare::Board;
use vir_base::{Result, bail};
use vir_model::domain::device::chardev::{
    CharProtocol, CharSource, CharType, ConsoleTargetType, Parallel, Serial, SerialModelName,
    SerialTargetType,
};
use vir_model::domain::device::graphics::GraphicsType;
use vir_model::domain::device::info::AddressType;
use vir_xml::YesNo;

/// Consoles of kinds that the emulator has.
pub fn consoles(it: &Check<'_>) -> Result<()> {
    for console in &it.def.devices.consoles {
        let kind = console.target.as_ref().and_then(|target| target.kind);
        match kind.unwrap_or(ConsoleTargetType::Serial) {
            ConsoleTargetType::Sclp => {
                it.needs(Flag::DeviceSclpconsole, "sclpconsole is not supported in this QEMU binary")?;
            }
            ConsoleTargetType::SclpLm => {
                it.needs(Flag::DeviceSclplmconsole, "sclplmconsole is not supported in this QEMU binary")?;
            }
            ConsoleTargetType::Virtio | ConsoleTargetType::Serial => {}
            kind => bail!(Qemu, ConfigUnsupported, "unsupported console target type {kind}"),
        }
    }
    Ok(())
}

/// The host's end of a character device.
pub fn source(it: &Check<'_>, source: &CharSource) -> Result<()> {
    let kind = source.kind();
    match kind {
        CharType::Tcp => {
            let protocol = source.protocol.as_ref().and_then(|protocol| protocol.kind);
            if let Some(protocol @ (CharProtocol::Telnets | CharProtocol::Tls)) = protocol {
                bail!(Qemu, ConfigUnsupported, "tcp chardev protocol '{protocol}' not supported");
            }
            reconnect(source)
        }
        CharType::Unix => reconnect(source),
        CharType::QemuVdagent => {
            it.needs(Flag::ChardevQemuVdagent, format!("chardev '{kind}' not supported in this QEMU binary"))
        }
        CharType::Spicevmc | CharType::Spiceport => refuse([(
            !it.shown_by(GraphicsType::Spice),
            format!("chardev '{kind}' not supported without spice graphics"),
        )]),
        _ => Ok(()),
    }
}

fn reconnect(source: &CharSource) -> Result<()> {
    let reconnect = source.sources.first().and_then(|end| end.reconnect.as_ref());
    let at_once = reconnect.is_some_and(|it| it.enabled == Some(YesNo::Yes) && it.timeout == Some(0));
    if at_once {
        bail!(Qemu, InvalidArg, "chardev reconnect source timeout cannot be '0'");
    }
    Ok(())
}

/// The kind of serial port that a model is.
fn kind_of(model: SerialModelName) -> SerialTargetType {
    match model {
        SerialModelName::IsaSerial => SerialTargetType::IsaSerial,
        SerialModelName::UsbSerial => SerialTargetType::UsbSerial,
        SerialModelName::PciSerial => SerialTargetType::PciSerial,
        SerialModelName::SpaprVty => SerialTargetType::SpaprVioSerial,
        SerialModelName::Pl011 | SerialModelName::Uart16550a => SerialTargetType::SystemSerial,
        SerialModelName::Sclpconsole | SerialModelName::Sclplmconsole => SerialTargetType::SclpSerial,
        SerialModelName::IsaDebugcon => SerialTargetType::IsaDebug,
    }
}

/// Where a kind of serial port sits; nowhere, if it is the machine's own.
fn place_of(kind: SerialTargetType) -> Option<AddressType> {
    match kind {
        SerialTargetType::IsaSerial | SerialTargetType::IsaDebug => Some(AddressType::Isa),
        SerialTargetType::UsbSerial => Some(AddressType::Usb),
        SerialTargetType::PciSerial => Some(AddressType::Pci),
        SerialTargetType::SpaprVioSerial => Some(AddressType::SpaprVio),
        SerialTargetType::SystemSerial | SerialTargetType::SclpSerial => None,
    }
}

/// A serial port: its model is of its kind, it sits where that does, and the machine has it.
pub fn serial(it: &Check<'_>, serial: &Serial) -> Result<()> {
    source(it, &serial.source)?;
    let target = serial.target.clone().unwrap_or_default();
    let (kind, model) = (target.kind, target.model.and_then(|model| model.name));
    let address = serial.info.address.as_ref().map(|address| address.kind());
    if let (Some(kind), Some(address)) = (kind, address) {
        match place_of(kind) {
            Some(place) if place != address => {
                bail!(Qemu, ConfigUnsupported, "Target type '{kind}' requires address type '{place}'")
            }
            None => {
                bail!(Qemu, ConfigUnsupported, "Target type '{kind}' cannot have an associated address")
            }
            Some(_) => {}
        }
    }
    if let Some(model) = model
        && kind != Some(kind_of(model))
    {
        bail!(Qemu, ConfigUnsupported, "Target model '{model}' requires target type '{}'", kind_of(model));
    }
    let fits = match (kind, model) {
        (_, Some(SerialModelName::Pl011)) => it.board == Board::ArmVirt,
        (_, Some(SerialModelName::Uart16550a)) => {
            matches!(it.board, Board::LoongArchVirt | Board::RiscVVirt)
        }
        (Some(SerialTargetType::SpaprVioSerial), _) => it.board == Board::Pseries,
        (Some(SerialTargetType::SclpSerial), _) => it.s390(),
        _ => true,
    };
    if !fits {
        bail!(
            Qemu,
            ConfigUnsupported,
            "Serial device with target type '{}' and target model '{}' not compatible with guest architecture \
             or machine type",
            kind.map_or("none", SerialTargetType::as_str),
            model.map_or("none", SerialModelName::as_str)
        );
    }
    Ok(())
}

/// A parallel port.
pub fn parallel(it: &Check<'_>, parallel: &Parallel) -> Result<()> {
    source(it, &parallel.source)?;
    refuse([(it.s390() || it.board == Board::Pseries, "parallel ports are not supported")])
}
