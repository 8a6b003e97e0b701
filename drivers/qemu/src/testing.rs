//! What several tests need. Compiled into tests only.

use crate::caps::{Accelerated, Caps, Flag};
use crate::monitor::{CpuDefinition, MachineInfo, Version};
use std::path::PathBuf;

/// The QEMU to test with.
pub(crate) fn qemu() -> Option<PathBuf> {
    let path = std::env::var_os("FERROVIRT_TEST_QEMU").unwrap_or("/usr/bin/qemu-system-x86_64".into());
    Some(PathBuf::from(path)).filter(|p| p.exists())
}

/// Capabilities as a QEMU 10 has them, as far as these tests look.
pub(crate) fn caps() -> Caps {
    let machine = |name: &str, alias: &str, default| MachineInfo {
        name: name.into(),
        alias: Some(alias.into()),
        is_default: default,
        cpu_max: 255,
        default_cpu_type: Some("qemu64-x86_64-cpu".into()),
        default_ram_id: Some("pc.ram".into()),
        acpi: Some(true),
        ..MachineInfo::default()
    };
    let types = [
        "rtl8139",
        "e1000",
        "qemu-xhci",
        "piix3-usb-uhci",
        "VGA",
        "cirrus-vga",
        "pcie-root-port",
        "virtio-vga",
    ];
    Caps {
        binary: "/usr/bin/qemu-system-x86_64".into(),
        version: Version { major: 10, ..Version::default() },
        arch: "x86_64".into(),
        tcg: Accelerated {
            machines: vec![machine("pc-i440fx-10.0", "pc", true), machine("pc-q35-10.0", "q35", false)],
            cpus: vec![CpuDefinition {
                name: "qemu64".into(),
                typename: "qemu64-x86_64-cpu".into(),
                ..CpuDefinition::default()
            }],
            host_cpu: None,
        },
        types: types.into_iter().map(str::to_owned).collect(),
        flags: [
            Flag::Tcg,
            Flag::Kvm,
            Flag::Vnc,
            Flag::DeviceUsbKbd,
            Flag::DeviceUsbStorage,
            Flag::DeviceVirtioRng,
            Flag::ObjectRngRandom,
            Flag::ObjectRngBuiltin,
            Flag::DeviceVirtioGpu,
            Flag::DeviceRtl8139,
            Flag::DeviceE1000,
            Flag::DeviceQemuXhci,
            Flag::Piix3UsbUhci,
            Flag::DeviceVga,
            Flag::DeviceCirrusVga,
            Flag::DevicePcieRootPort,
            Flag::DeviceVirtioVga,
            Flag::DeviceI8042,
            Flag::VirtioScsi,
            Flag::NetdevUser,
            Flag::VirtioPciTransitional,
            Flag::DevicePciePciBridge,
        ]
        .into_iter()
        .collect(),
        ..Caps::default()
    }
}
