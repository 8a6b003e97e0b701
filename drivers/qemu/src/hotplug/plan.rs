//! What a running QEMU is told to give a guest a device, how each step is taken back, and what is left to take away
//! once the guest has let go of it. Values only: `driver::hotplug` says them.

use super::chardev::Chardev;
use super::interface;
use crate::command::{self, Inputs, Part};
use serde_json::{Value, json};
use vir_base::Result;
use vir_model::domain::device::Device;
use vir_model::domain::device::disk::Disk;

/// One thing to tell QEMU.
#[derive(Clone, Debug, PartialEq)]
pub struct Tell {
    /// The monitor's command.
    pub command: &'static str,
    /// Its arguments.
    pub arguments: Value,
}

impl Tell {
    /// A command and its arguments.
    pub fn new(command: &'static str, arguments: Value) -> Self {
        Self { command, arguments }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is said.
    pub tell: Tell,
    /// What takes it back.
    pub undo: Option<Tell>,
    /// The rest is done even if this fails.
    pub may_fail: bool,
}

impl Step {
    /// A step that nothing takes back.
    pub fn plain(command: &'static str, arguments: Value) -> Self {
        Self { tell: Tell::new(command, arguments), undo: None, may_fail: false }
    }

    /// A step that is done as far as it can be.
    pub fn best_effort(tell: Tell) -> Self {
        Self { tell, undo: None, may_fail: true }
    }
}

/// Steps in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

impl Plan {
    fn of(parts: Vec<Part>) -> Self {
        Self { steps: parts.into_iter().filter_map(step).collect() }
    }

    /// What gives a guest a device of its definition; `chardev` is the host's end, of those that have one.
    ///
    /// # Errors
    /// What this driver or this QEMU cannot do.
    pub fn device(inputs: &Inputs<'_>, device: Device<'_>, chardev: Option<&Chardev>) -> Result<Self> {
        let mut plan = Self::default();
        if let Device::Watchdog(watchdog) = device
            && inputs.def.devices.watchdogs.len() < 2
        {
            // all have one action: the first says which
            let action = command::watchdog_action(watchdog);
            plan.steps.push(Step::plain("set-action", json!({"watchdog": action})));
        }
        if let Some(chardev) = chardev {
            plan.steps.push(Step {
                tell: Tell::new("chardev-add", chardev.arguments.clone()),
                undo: Some(Tell::new("chardev-remove", json!({"id": chardev.id}))),
                may_fail: false,
            });
        }
        plan.steps.extend(Self::of(command::parts(inputs, device)?).steps);
        if let Device::Interface(net) = device
            && !interface::is_up(net)
        {
            plan.steps.push(interface::set_link(net));
        }
        Ok(plan)
    }

    /// What makes the block nodes of a disk's source.
    ///
    /// # Errors
    /// As for [`Plan::device`].
    pub fn nodes(inputs: &Inputs<'_>, disk: &Disk) -> Result<Self> {
        Ok(Self::of(command::nodes(inputs, disk)?))
    }

    /// What takes away what is left of it, last first, once the guest has no part in it any more.
    pub fn remains(&self) -> Vec<Tell> {
        self.steps.iter().rev().filter_map(|step| step.undo.clone()).collect()
    }
}

fn step(part: Part) -> Option<Step> {
    let (command, undo, key) = match part.option.as_str() {
        "blockdev" => ("blockdev-add", Some("blockdev-del"), "node-name"),
        "object" => ("object-add", Some("object-del"), "id"),
        "netdev" => ("netdev_add", Some("netdev_del"), "id"),
        "device" => ("device_add", None, "id"),
        _ => return None,
    };
    let undo = undo.map(|undo| Tell::new(undo, json!({key: part.object.get(key)})));
    Some(Step { tell: Tell::new(command, Value::Object(part.object)), undo, may_fail: false })
}
