//! Character devices: where they lead on the host, and what the guest sees.

use super::{Line, Object, escape};
use vir_base::{Result, bail};
use vir_model::domain::device::chardev::{
    Channel, ChannelTargetType, CharSource, CharType, Console, ConsoleTargetType, Serial, SerialTargetType,
    SocketMode,
};
use vir_model::domain::device::controller::ControllerType;
use vir_model::domain::device::info::{Address, DeviceInfo};
use vir_xml::OnOff;

pub(super) fn all(line: &mut Line<'_>) -> Result<()> {
    let def = line.inputs.def;
    for each in &def.devices.serials {
        backend(line, &each.source, each.info.alias())?;
        serial(line, each);
    }
    for parallel in &def.devices.parallels {
        backend(line, &parallel.source, parallel.info.alias())?;
        line.json(
            "device",
            Object::of("driver", "isa-parallel")
                .with("chardev", format!("char{}", parallel.info.alias()))
                .with("id", parallel.info.alias()),
        );
    }
    for each in &def.devices.channels {
        virtio_only(each)?;
        backend(line, &each.source, each.info.alias())?;
        channel(line, each)?;
    }
    for (index, console) in def.devices.consoles.iter().enumerate() {
        match console.target.as_ref().and_then(|t| t.kind) {
            // the first serial port under another name
            Some(ConsoleTargetType::Serial) | None if index == 0 => {}
            Some(ConsoleTargetType::Virtio) => {
                backend(line, &console.source, console.info.alias())?;
                virtio_console(line, console);
            }
            other => {
                let name = other.map_or("serial", |k| k.as_str());
                bail!(Qemu, ConfigUnsupported, "unsupported console target type {name}");
            }
        }
    }
    Ok(())
}

pub(super) fn serial(line: &mut Line<'_>, serial: &Serial) {
    let target = serial.target.clone().unwrap_or_default();
    let name = target.model.as_ref().and_then(|m| m.name).map_or("isa-serial", |name| name.as_str());
    let mut object = Object::of("driver", name)
        .with("chardev", format!("char{}", serial.info.alias()))
        .with("id", serial.info.alias());
    if target.kind == Some(SerialTargetType::IsaSerial) && serial.info.address.is_none() {
        object = object.with_opt("index", target.port);
    }
    line.json("device", object.placed(line.inputs.def, &serial.info));
}

fn virtio_only(channel: &Channel) -> Result<()> {
    match channel.target.as_ref().and_then(|target| target.kind) {
        Some(ChannelTargetType::Virtio) => Ok(()),
        _ => bail!(Qemu, ConfigUnsupported, "only virtio channels are supported"),
    }
}

pub(super) fn channel(line: &mut Line<'_>, channel: &Channel) -> Result<()> {
    virtio_only(channel)?;
    let name = channel.target.as_ref().and_then(|target| target.name.clone());
    line.json("device", port(line, "virtserialport", &channel.info).with_opt("name", name));
    Ok(())
}

pub(super) fn virtio_console(line: &mut Line<'_>, console: &Console) {
    let object = port(line, "virtconsole", &console.info);
    line.json("device", object);
}

/// A port of a virtio serial bus.
fn port(line: &Line<'_>, driver: &str, info: &DeviceInfo) -> Object {
    let mut object = Object::of("driver", driver);
    if let Some(Address::VirtioSerial { controller, bus, port }) = &info.address {
        let is = |c: &&vir_model::domain::device::controller::Controller| {
            c.is(ControllerType::VirtioSerial) && c.index() == *controller
        };
        let found = line.inputs.def.devices.controllers.iter().find(is);
        let name =
            found.and_then(|c| c.info.alias.clone()).unwrap_or_else(|| format!("virtio-serial{controller}"));
        object = object.with("bus", format!("{name}.{bus}")).with_opt("nr", *port);
    }
    object.with("chardev", format!("char{}", info.alias())).with("id", info.alias())
}

/// The host's side of a character device.
fn backend(line: &mut Line<'_>, source: &CharSource, alias: &str) -> Result<()> {
    let id = format!("id=char{alias}");
    let path = || match source.path() {
        Some(path) => Ok(escape(path)),
        None => bail!(Qemu, XmlError, "Missing source path attribute for char device"),
    };
    let first = source.sources.first().cloned().unwrap_or_default();
    let mut text = match source.kind() {
        CharType::Null => format!("null,{id}"),
        CharType::Vc => format!("vc,{id}"),
        CharType::Pty => format!("pty,{id}"),
        CharType::Stdio => format!("stdio,{id}"),
        CharType::Dev => format!("serial,{id},path={}", path()?),
        CharType::Pipe => format!("pipe,{id},path={}", path()?),
        CharType::File => {
            let append = if first.append == Some(OnOff::Off) { "off" } else { "on" };
            format!("file,{id},path={},append={append}", path()?)
        }
        CharType::Unix if first.mode == Some(SocketMode::Connect) => format!("socket,{id},path={}", path()?),
        CharType::Unix => {
            let Some(path) = source.path() else {
                bail!(Qemu, XmlError, "Missing source path attribute for char device");
            };
            let number = line.listen(path.into());
            format!("socket,{id},fd={number},server=on,wait=off")
        }
        CharType::Tcp => {
            let host = first.host.as_deref().unwrap_or("127.0.0.1");
            let service = first.service.as_deref().unwrap_or_default();
            let server = if first.mode == Some(SocketMode::Bind) { ",server=on,wait=off" } else { "" };
            format!("socket,{id},host={},port={}{server}", escape(host), escape(service))
        }
        CharType::Udp => {
            let second = source.sources.get(1).cloned().unwrap_or_default();
            let (to, from) =
                if first.mode == Some(SocketMode::Bind) { (second, first) } else { (first, second) };
            format!(
                "udp,{id},host={},port={},localaddr={},localport={}",
                escape(to.host.as_deref().unwrap_or_default()),
                to.service.as_deref().unwrap_or_default(),
                escape(from.host.as_deref().unwrap_or_default()),
                from.service.as_deref().unwrap_or("0")
            )
        }
        other => bail!(Qemu, ConfigUnsupported, "unsupported chardev '{}'", other.as_str()),
    };
    if let Some(log) = &source.log {
        let append = if log.append == Some(OnOff::Off) { "off" } else { "on" };
        text += &format!(",logfile={},logappend={append}", escape(log.file.as_deref().unwrap_or_default()));
    }
    line.option("chardev", text);
    Ok(())
}
