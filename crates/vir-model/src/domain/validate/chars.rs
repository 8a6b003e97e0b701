//! Character devices: what leads to them on the host.

use crate::domain::Domain;
use crate::domain::device::Device;
use crate::domain::device::chardev::{
    ChannelTargetType, CharSource, CharSourceElement, CharType, ConsoleTargetType, SocketMode,
};
use crate::domain::os::OsType;
use vir_base::{Result, bail};
use vir_xml::YesNo;

/// The first console may be a serial port, and no other.
///
/// # Errors
/// Another is.
pub fn one_console_is_serial(domain: &Domain) -> Result<()> {
    let second_serial = domain.devices.consoles.iter().skip(1).any(|console| {
        console.target.as_ref().is_some_and(|target| target.kind == Some(ConsoleTargetType::Serial))
    });
    if second_serial && domain.os.os_type() == Some(OsType::Hvm) {
        bail!(Domain, ConfigUnsupported, "Only the first console can be a serial port");
    }
    Ok(())
}

/// The path of a socket need not be said, because one is made.
pub(super) fn path_is_made(device: Device<'_>) -> bool {
    let Device::Channel(channel) = device else { return false };
    let kind = channel.target.as_ref().and_then(|target| target.kind);
    matches!(kind, Some(ChannelTargetType::Virtio | ChannelTargetType::Xen))
}

/// The host's end of a character device; the path of a socket may be missing if one is made.
pub(super) fn source(source: &CharSource, path_is_made: bool) -> Result<()> {
    let kind = source.kind();
    let end = source.sources.first();
    let waits = end.is_some_and(|end| end.mode == Some(SocketMode::Bind));
    let reconnects = end.and_then(|end| end.reconnect.as_ref()).and_then(|reconnect| reconnect.enabled);
    match kind {
        CharType::File | CharType::Dev | CharType::Pipe if source.path().is_none() => {
            bail!(Domain, InternalError, "Missing source path attribute for char device")
        }
        CharType::Nmdm if end.is_some_and(|end| end.master.is_some() != end.slave.is_some()) => {
            bail!(
                Domain,
                InternalError,
                "Should define both master and slave path attributes for nmdm device"
            )
        }
        CharType::Unix if source.path().is_none() && !path_is_made => {
            bail!(Domain, InternalError, "Missing source path attribute for char device")
        }
        CharType::Tcp if end.is_none_or(|end| end.host.is_none()) => {
            bail!(Domain, InternalError, "Missing source host attribute for char device")
        }
        CharType::Tcp if end.is_none_or(|end| end.service.is_none()) => {
            bail!(Domain, InternalError, "Missing source service attribute for char device")
        }
        CharType::Tcp | CharType::Unix if waits && reconnects == Some(YesNo::Yes) => {
            bail!(Domain, InternalError, "chardev reconnect is possible only for connect mode")
        }
        // the end that is connected to, which comes last
        CharType::Udp if source.sources.last().is_none_or(|end| end.service.is_none() || is_bind(end)) => {
            bail!(Domain, InternalError, "Missing source service attribute for char device")
        }
        CharType::Spiceport | CharType::Dbus => channel_name(end.and_then(|end| end.channel.as_deref())),
        _ => Ok(()),
    }
}

fn is_bind(end: &CharSourceElement) -> bool {
    end.mode == Some(SocketMode::Bind)
}

fn channel_name(name: Option<&str>) -> Result<()> {
    let Some(name) = name else {
        bail!(Domain, ConfigUnsupported, "Missing source channel attribute for char device")
    };
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        bail!(Domain, InvalidArg, "Invalid character in source channel for char device");
    }
    Ok(())
}
