//! Detaching and changing devices.

use super::attach::device_change;
use crate::args::Args;
use crate::domain::call;
use crate::failure::{Context, Outcome};
use crate::files::read_file;
use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, PERSISTENT, domain, file, flag, text};
use crate::shell::Shell;
use vir_api::constants::*;

/// `detach-device`: detach device from an XML file.
pub(crate) const DETACH_DEVICE: Command = Command::new("detach-device", "detach device from an XML file")
    .describe("Detach device from an XML <file>")
    .options(&[domain(ANY), file("XML file"), PERSISTENT, CONFIG, LIVE, CURRENT])
    .run(detach_device);

/// `detach-device-alias`: detach device from an alias.
pub(crate) const DETACH_DEVICE_ALIAS: Command =
    Command::new("detach-device-alias", "detach device from an alias")
        .describe("Detach device identified by the given alias from a domain")
        .options(&[
            domain(ANY),
            text("alias", "device alias").required().positional().completes(Completer::DomainDeviceAlias),
            CONFIG,
            LIVE,
            CURRENT,
        ]);

/// `detach-disk`: detach disk device.
pub(crate) const DETACH_DISK: Command =
    Command::new("detach-disk", "detach disk device").describe("Detach disk device.").options(&[
        domain(ANY),
        text("target", "target of disk device")
            .required()
            .positional()
            .completes(Completer::DomainDiskTarget),
        PERSISTENT,
        CONFIG,
        LIVE,
        CURRENT,
        flag("print-xml", "print XML document rather than detach the disk"),
    ]);

/// `detach-interface`: detach network interface.
pub(crate) const DETACH_INTERFACE: Command = Command::new("detach-interface", "detach network interface")
    .describe("Detach network interface.")
    .options(&[
        domain(ANY),
        text("type", "network interface type").required().positional(),
        text("mac", "MAC address").tolerated().completes(Completer::DomainInterfaceMac),
        PERSISTENT,
        CONFIG,
        LIVE,
        CURRENT,
        flag("print-xml", "print XML document rather than detach the interface"),
    ]);

/// `update-device`: update device from an XML file.
pub(crate) const UPDATE_DEVICE: Command = Command::new("update-device", "update device from an XML file")
    .describe("Update device from an XML <file>.")
    .options(&[
        domain(ANY),
        file("XML file"),
        PERSISTENT,
        CONFIG,
        LIVE,
        CURRENT,
        flag("force", "force device update"),
    ])
    .run(update_device);

/// `change-media`: Change media of CD or floppy drive.
pub(crate) const CHANGE_MEDIA: Command = Command::new("change-media", "Change media of CD or floppy drive")
    .describe("Change media of CD or floppy drive.")
    .options(&[
        domain(ANY),
        text("path", "Fully-qualified path or target of disk device")
            .required()
            .positional()
            .completes(Completer::DomainDiskTarget),
        text("source", "source of the media").positional(),
        flag("eject", "Eject the media"),
        flag("insert", "Insert the media"),
        flag("update", "Update the media"),
        flag(
            "current",
            "can be either or both of --live and --config, depends on implementation hypervisor driver",
        ),
        flag("live", "alter live configuration of running domain"),
        flag("config", "alter persistent configuration, effect observed on next boot"),
        flag("force", "force media changing"),
        flag("print-xml", "print XML document rather than change media"),
        flag("block", "source media is a block device"),
    ]);

fn detach_device(shell: &mut Shell, args: &Args) -> Outcome {
    let (dom, from, flags) = device_change(shell, args)?;
    let xml = read_file(from)?;
    let done = match flags {
        0 if !args.has("current") => call!(dom.domain_detach_device(&xml)),
        flags => call!(dom.domain_detach_device_flags(&xml, flags)),
    };
    done.context(|| format!("Failed to detach device from {from}"))?;
    shell.out.extra("Device detached successfully\n");
    Ok(())
}

fn update_device(shell: &mut Shell, args: &Args) -> Outcome {
    let (dom, from, flags) = device_change(shell, args)?;
    let xml = read_file(from)?;
    let force = if args.has("force") { VIR_DOMAIN_DEVICE_MODIFY_FORCE } else { 0 };
    call!(dom.domain_update_device_flags(&xml, flags | force))
        .context(|| format!("Failed to update device from {from}"))?;
    shell.out.extra("Device updated successfully\n");
    Ok(())
}
