//! Attaching devices.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome};
use crate::files::read_file;
use crate::grammar::{
    ANY, CONFIG, CURRENT, Command, Completer, LIVE, PERSISTENT, alias, domain, file, flag, text,
};
use crate::shell::Shell;

/// `attach-device`: attach device from an XML file.
pub(crate) const ATTACH_DEVICE: Command = Command::new("attach-device", "attach device from an XML file")
    .describe("Attach device from an XML <file>.")
    .options(&[domain(ANY), file("XML file"), PERSISTENT, CONFIG, LIVE, CURRENT])
    .run(attach_device);

/// `attach-disk`: attach disk device.
pub(crate) const ATTACH_DISK: Command =
    Command::new("attach-disk", "attach disk device").describe("Attach new disk device.").options(&[
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
    ]);

/// `attach-interface`: attach network interface.
pub(crate) const ATTACH_INTERFACE: Command = Command::new("attach-interface", "attach network interface")
    .describe("Attach new network interface.")
    .options(&[
        domain(ANY),
        text("type", "network interface type").required().positional(),
        text("source", "source of network interface").required().positional(),
        text("target", "target network name").tolerated().completes(Completer::Nothing),
        text("mac", "MAC address").tolerated().completes(Completer::Nothing),
        text("script", "script used to bridge network interface").tolerated(),
        text("model", "model type").tolerated(),
        text("alias", "custom alias name of interface device").tolerated().completes(Completer::Nothing),
        text("inbound", "control domain's incoming traffics").tolerated().completes(Completer::Nothing),
        text("outbound", "control domain's outgoing traffics").tolerated().completes(Completer::Nothing),
        PERSISTENT,
        CONFIG,
        LIVE,
        CURRENT,
        flag("print-xml", "print XML document rather than attach the interface"),
        flag("managed", "libvirt will automatically detach/attach the device from/to host"),
        text("source-mode", "mode attribute of <source/> element")
            .tolerated()
            .completes(Completer::DomainInterfaceSourceMode),
    ]);

fn attach_device(shell: &mut Shell, args: &Args) -> Outcome {
    let (dom, from, flags) = device_change(shell, args)?;
    let xml = read_file(from)?;
    let done = match flags {
        0 if !args.has("current") => call!(dom.domain_attach_device(&xml)),
        flags => call!(dom.domain_attach_device_flags(&xml, flags)),
    };
    done.context(|| format!("Failed to attach device from {from}"))?;
    shell.out.extra("Device attached successfully\n");
    Ok(())
}

/// What the commands that change devices by XML share: the domain, the file, and the states to change.
pub(super) fn device_change<'a>(shell: &mut Shell, args: &'a Args) -> Outcome<(Domain, &'a str, u32)> {
    args.exclusive("persistent", "current")?;
    let affect = args.affect()?;
    let dom = Domain::find(shell, args)?;
    let from = args.required("file")?;
    let mut flags = affect.flags();
    if args.has("persistent") {
        // for later, and for now if there is a now
        flags |= 2 | u32::from(dom.is_active());
    }
    Ok((dom, from, flags))
}
