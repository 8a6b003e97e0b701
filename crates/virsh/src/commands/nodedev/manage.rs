//! Host devices: made, given to guests and taken back.

use crate::grammar::{Command, Completer, alias, file, flag, text};

/// `nodedev-create`: create a device defined by an XML file on the node.
pub(crate) const NODEDEV_CREATE: Command = Command::new("nodedev-create", "create a device defined by an XML file on the node")
    .describe("Create a device on the node.  Note that this command creates devices on the physical host that can then be assigned to a virtual machine.")
    .options(&[
        file("file containing an XML description of the device"),
        flag("validate", "validate the XML against the schema"),
    ]);

/// `nodedev-destroy`: destroy (stop) a device on the node.
pub(crate) const NODEDEV_DESTROY: Command =
    Command::new("nodedev-destroy", "destroy (stop) a device on the node")
        .describe(
            "Destroy a device on the node.  Note that this command destroys devices on the physical host",
        )
        .options(&[
            alias("name", "device"),
            text("device", "device name or wwn pair in 'wwnn,wwpn' format")
                .required()
                .positional()
                .completes(Completer::NodeDevice),
        ]);

/// `nodedev-detach`: detach node device from its device driver.
pub(crate) const NODEDEV_DETACH: Command =
    Command::new("nodedev-detach", "detach node device from its device driver")
        .describe("Detach node device from its device driver before assigning to a domain.")
        .options(&[
            text("device", "device key").required().positional().completes(Completer::NodeDevice),
            text("driver", "pci device assignment backend driver (e.g. 'vfio' or 'xen')")
                .tolerated()
                .completes(Completer::NodeDevicePciBackend),
        ]);

/// `nodedev-dettach`, an older spelling.
pub(crate) const NODEDEV_DETTACH: Command = Command::alias("nodedev-dettach", "nodedev-detach");

/// `nodedev-reattach`: reattach node device to its device driver.
pub(crate) const NODEDEV_REATTACH: Command =
    Command::new("nodedev-reattach", "reattach node device to its device driver")
        .describe("Reattach node device to its device driver once released by the domain.")
        .options(&[text("device", "device key").required().positional().completes(Completer::NodeDevice)]);

/// `nodedev-reset`: reset node device.
pub(crate) const NODEDEV_RESET: Command = Command::new("nodedev-reset", "reset node device")
    .describe("Reset node device before or after assigning to a domain.")
    .options(&[text("device", "device key").required().positional().completes(Completer::NodeDevice)]);

/// `nodedev-define`: Define or modify a device by an xml file on a node.
pub(crate) const NODEDEV_DEFINE: Command = Command::new("nodedev-define", "Define or modify a device by an xml file on a node")
    .describe("Defines or modifies a persistent device on the node that can be assigned to a domain. The device must be started before it can be assigned to a domain.")
    .options(&[
        file("file containing an XML description of the device"),
        flag("validate", "validate the XML against the schema"),
    ]);

/// `nodedev-undefine`: Undefine an inactive node device.
pub(crate) const NODEDEV_UNDEFINE: Command =
    Command::new("nodedev-undefine", "Undefine an inactive node device")
        .describe("Undefines the configuration for an inactive node device")
        .options(&[text("device", "device name or wwn pair in 'wwnn,wwpn' format")
            .required()
            .positional()
            .completes(Completer::NodeDevice)]);

/// `nodedev-start`: Start an inactive node device.
pub(crate) const NODEDEV_START: Command = Command::new("nodedev-start", "Start an inactive node device")
    .describe("Starts an inactive node device that was previously defined")
    .options(&[text("device", "device name").required().positional().completes(Completer::NodeDevice)]);

/// `nodedev-autostart`: autostart a defined node device.
pub(crate) const NODEDEV_AUTOSTART: Command =
    Command::new("nodedev-autostart", "autostart a defined node device")
        .describe("Configure a node device to be automatically started at boot.")
        .options(&[
            text("device", "device name or wwn pair in 'wwnn,wwpn' format")
                .required()
                .positional()
                .completes(Completer::NodeDevice),
            flag("disable", "disable autostarting"),
        ]);

/// `nodedev-update`: Update a active and/or inactive node device.
pub(crate) const NODEDEV_UPDATE: Command =
    Command::new("nodedev-update", "Update a active and/or inactive node device")
        .describe("Updates the configuration of a node device")
        .options(&[
            text("device", "device name or wwn pair in 'wwnn,wwpn' format")
                .required()
                .positional()
                .completes(Completer::NodeDevice),
            file("file containing an XML description of the device"),
            flag("config", "affect next node device startup"),
            flag("live", "affect running node device"),
            flag("current", "affect current state of node device"),
        ]);
