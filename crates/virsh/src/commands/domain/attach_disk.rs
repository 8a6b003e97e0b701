//! Attaching a disk that options describe.

use super::address::Address;
use super::attach::{attach, states};
use crate::args::Args;
use crate::domain::Domain;
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, PERSISTENT, alias, domain, flag, text};
use crate::shell::Shell;
use std::os::unix::fs::FileTypeExt;
use vir_base::err;

/// `attach-disk`: attach disk device.
pub(crate) const ATTACH_DISK: Command = Command::new("attach-disk", "attach disk device")
    .describe("Attach new disk device.")
    .options(&[
        domain(ANY),
        text("source", "source of disk device or name of network disk").required().positional().allow_empty(),
        text("target", "target of disk device").required().positional().completes(Completer::Nothing),
        text("targetbus", "target bus of disk device"),
        text("driver", "driver of disk device"),
        text("subdriver", "subdriver of disk device"),
        text("iothread", "IOThread to be used by supported device").completes(Completer::DomainIoThreadId),
        text("cache", "cache mode of disk device"),
        text("io", "io policy of disk device"),
        text("type", "target device type"),
        alias("shareable", "mode=shareable"),
        text("mode", "mode of device reading and writing"),
        text("sourcetype", "type of source (block|file|network)"),
        text("serial", "serial of disk device").completes(Completer::Nothing),
        text("wwn", "wwn of disk device").completes(Completer::Nothing),
        text("alias", "custom alias name of disk device").completes(Completer::Nothing),
        flag("rawio", "needs rawio capability"),
        text("address", "address of disk device").completes(Completer::Nothing),
        flag("multifunction", "use multifunction pci under specified address"),
        flag("print-xml", "print XML document rather than attach the disk"),
        text("source-protocol", "protocol used by disk device source"),
        text("source-host-name", "host name for source of disk device").completes(Completer::Nothing),
        text("source-host-transport", "host transport for source of disk device"),
        text("source-host-socket", "host socket for source of disk device"),
        text("throttle-groups", "comma separated list of throttle groups to be applied")
            .completes(Completer::DomainThrottleGroups),
        PERSISTENT,
        CONFIG,
        LIVE,
        CURRENT,
    ])
    .run(attach_disk);

fn attach_disk(shell: &mut Shell, args: &Args) -> Outcome {
    let states = states(args)?;
    for (option, needed) in [
        ("source-host-name", "source-protocol"),
        ("source-host-transport", "source-protocol"),
        ("source-host-socket", "source-protocol"),
        ("source-host-socket", "source-host-transport"),
    ] {
        args.requires(option, needed)?;
    }
    args.exclusive("source-host-name", "source-host-socket")?;
    let xml = describe(args)?;
    if args.has("print-xml") {
        shell.out.print(xml);
        return Ok(());
    }
    let dom = Domain::find(shell, args)?;
    attach(&dom, args, &xml, states.of(&dom, args)).context(|| "Failed to attach disk")?;
    shell.out.extra("Disk attached successfully\n");
    Ok(())
}

/// What the source is: as it is said, or as it looks.
fn source_type(args: &Args, source: &str) -> Outcome<&'static str> {
    let protocol = args.text("source-protocol")?;
    let kind = match args.text("sourcetype")? {
        Some("file") => "file",
        Some("block") => "block",
        Some("network") => "network",
        Some(other) => fail!("Unknown source type: '{other}'"),
        None if protocol.is_some() => "network",
        None => {
            let plain = matches!(args.text("driver")?, Some("file" | "tap"));
            let block = || std::fs::metadata(source).is_ok_and(|found| found.file_type().is_block_device());
            if !plain && block() { "block" } else { "file" }
        }
    };
    if (kind == "network") != protocol.is_some() {
        fail!("--source-protocol option requires --sourcetype network");
    }
    Ok(kind)
}

/// The disk's document.
fn describe(args: &Args) -> Outcome<String> {
    let source = args.required("source")?;
    let target = args.required("target")?;
    let kind = source_type(args, source)?;
    let mode = args.text("mode")?;
    if let Some(mode) = mode.filter(|mode| !matches!(*mode, "readonly" | "shareable")) {
        fail!("No support for {mode} in command 'attach-disk'");
    }
    let wwn = args.text("wwn")?;
    if let Some(wwn) = wwn {
        let digits = wwn.strip_prefix("0x").unwrap_or(wwn);
        if digits.len() != 16 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(err!(None, InternalError, "Malformed wwn: {wwn}").into());
        }
    }
    let mut xml = format!("<disk type='{kind}'");
    attribute(&mut xml, "device", args.text("type")?);
    if args.has("rawio") {
        xml.push_str(" rawio='yes'");
    }
    xml.push_str(">\n");
    let mut driver = String::new();
    for (name, option) in [
        ("name", "driver"),
        ("type", "subdriver"),
        ("iothread", "iothread"),
        ("cache", "cache"),
        ("io", "io"),
    ] {
        attribute(&mut driver, name, args.text(option)?);
    }
    if !driver.is_empty() {
        xml.push_str(&format!("  <driver{driver}/>\n"));
    }
    match kind {
        "network" => network(&mut xml, args, source)?,
        "block" => xml.push_str(&format!("  <source dev='{}'/>\n", escaped(source))),
        _ => xml.push_str(&format!("  <source file='{}'/>\n", escaped(source))),
    }
    let bus = args.text("targetbus")?.map_or(String::new(), |bus| format!(" bus='{bus}'"));
    xml.push_str(&format!("  <target dev='{target}'{bus}/>\n"));
    if let Some(groups) = args.text("throttle-groups")? {
        xml.push_str("  <throttlefilters>\n");
        for group in groups.split(',') {
            xml.push_str(&format!("    <throttlefilter group='{group}'/>\n"));
        }
        xml.push_str("  </throttlefilters>\n");
    }
    if let Some(mode) = mode {
        xml.push_str(&format!("  <{mode}/>\n"));
    }
    if let Some(serial) = args.text("serial")? {
        xml.push_str(&format!("  <serial>{serial}</serial>\n"));
    }
    if let Some(alias) = args.text("alias")? {
        xml.push_str(&format!("  <alias name='{alias}'/>\n"));
    }
    if let Some(wwn) = wwn {
        xml.push_str(&format!("  <wwn>{wwn}</wwn>\n"));
    }
    if let Some(address) = args.text("address")? {
        xml.push_str(&format!("  {}\n", place(address, target, args.has("multifunction"))?));
    }
    xml.push_str("</disk>\n");
    Ok(xml)
}

fn network(xml: &mut String, args: &Args, source: &str) -> Outcome {
    xml.push_str("  <source");
    attribute(xml, "protocol", args.text("source-protocol")?);
    attribute(xml, "name", Some(source));
    let mut host = String::new();
    attribute(&mut host, "transport", args.text("source-host-transport")?);
    attribute(&mut host, "socket", args.text("source-host-socket")?);
    if let Some(name) = args.text("source-host-name")? {
        let (name, port) = match name.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (name, None),
        };
        attribute(&mut host, "name", Some(name));
        attribute(&mut host, "port", port);
    }
    if host.is_empty() {
        xml.push_str("/>\n");
    } else {
        xml.push_str(&format!(">\n    <host{host}/>\n  </source>\n"));
    }
    Ok(())
}

/// The place, of a kind that goes with the disk's name.
fn place(text: &str, target: &str, multifunction: bool) -> Outcome<String> {
    let Some(address) = Address::parse(text, multifunction) else { fail!("Invalid address.") };
    let fits = |kinds: &[&str]| kinds.contains(&address.kind());
    match target.get(..2) {
        Some("vd") if !fits(&["pci", "ccw"]) => {
            fail!("expecting a pci:0000.00.00.00 or ccw:00.0.0000 address.")
        }
        Some("sd") if !fits(&["scsi", "usb", "sata"]) => {
            fail!("expecting a scsi:00.00.00 or usb:00.00 or sata:00.00.00 address.")
        }
        Some("hd") if !fits(&["ide"]) => fail!("expecting an ide:00.00.00 address."),
        _ => Ok(address.to_string()),
    }
}

fn attribute(xml: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        xml.push_str(&format!(" {name}='{}'", escaped(value)));
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&apos;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
