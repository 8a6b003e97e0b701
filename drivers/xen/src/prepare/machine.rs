//! What every guest of Xen has: a console, a keyboard and a mouse, the balloon and the XenBus.

use vir_model::domain::Domain;
use vir_model::domain::device::chardev::{CharSource, CharType, Console, ConsoleTarget, ConsoleTargetType};
use vir_model::domain::device::controller::ControllerType;
use vir_model::domain::device::display::{Input, InputBus, InputType};
use vir_model::domain::device::small::{Balloon, BalloonModel};
use vir_model::domain::features::Plain;
use vir_model::domain::os::OsType;
use vir_model::domain::pass::controllers::ensure;

/// Adds it.
pub(super) fn settle(domain: &mut Domain) {
    let hvm = domain.os.os_type() == Some(OsType::Hvm);
    if !hvm && domain.devices.consoles.is_empty() {
        let target = ConsoleTarget { kind: Some(ConsoleTargetType::Xen), port: Some(0) };
        let source = CharSource::new(CharType::Pty);
        domain.devices.consoles.push(Console { source, target: Some(target), ..Console::default() });
    }
    for kind in [InputType::Mouse, InputType::Keyboard] {
        let bus = if hvm { InputBus::Ps2 } else { InputBus::Xen };
        let inputs = &mut domain.devices.inputs;
        if !inputs.iter().any(|input| (input.kind, input.bus) == (Some(kind), Some(bus))) {
            inputs.push(Input { kind: Some(kind), bus: Some(bus), ..Input::default() });
        }
    }
    if hvm && domain.os.arch() == "x86_64" {
        let nodes = domain.cpu.as_ref().is_some_and(|cpu| cpu.numa.is_some());
        let features = domain.features.get_or_insert_default();
        features.pae.get_or_insert(Plain {});
        // the guest finds its nodes in ACPI's tables
        features.acpi |= nodes;
    }
    let devices = &mut domain.devices;
    let xen = || Balloon { model: Some(BalloonModel::Xen), ..Balloon::default() };
    devices.balloon.get_or_insert_with(xen);
    if !devices.controllers.iter().any(|controller| controller.is(ControllerType::Xenbus)) {
        ensure(devices, ControllerType::Xenbus, 0, None);
    }
}
