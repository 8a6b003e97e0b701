//! `<domainCapabilities>`: what a QEMU binary can give a guest of one machine and type, as far as this
//! driver serves it.

use crate::caps::Caps;
use crate::monitor::CpuDefinition;
use vir_model::domaincaps::{
    Choices, CpuCaps, CpuMode, CpuModel, DeviceCaps, DomainCapabilities, Enum, FeatureCaps, LoaderCaps,
    OsCaps, Sev, Sgx, Supported, VcpuMax,
};
use vir_xml::{Format, YesNo};

/// The document, for guests of this machine and type (`qemu` or `kvm`).
pub fn document(caps: &Caps, machine: &str, virt_type: &str) -> String {
    let max = caps.tcg.machine(machine).map_or(1, |m| m.cpu_max.max(1));
    let kvm = virt_type == "kvm";
    DomainCapabilities {
        path: Some(caps.binary.to_string_lossy().into_owned()),
        domain: Some(virt_type.to_owned()),
        machine: Some(caps.tcg.canonical_machine(machine).to_owned()),
        arch: Some(caps.arch.clone()),
        vcpu: Some(VcpuMax { max }),
        iothreads: Some(Supported::is(false)),
        os: Some(os()),
        cpu: Some(CpuCaps { modes: cpu_modes(caps, kvm) }),
        memory_backing: Some(Choices::none()),
        devices: Some(devices(caps)),
        features: Some(features()),
    }
    .to_xml(Format::default())
}

fn os() -> OsCaps {
    OsCaps {
        supported: Some(YesNo::Yes),
        enums: vec![Enum::of("firmware", &[])],
        loader: Some(LoaderCaps {
            supported: Some(YesNo::Yes),
            values: vec![],
            enums: vec![
                Enum::of("type", &["rom", "pflash"]),
                Enum::of("readonly", &["yes", "no"]),
                Enum::of("secure", &["no"]),
            ],
        }),
    }
}

fn cpu_modes(caps: &Caps, kvm: bool) -> Vec<CpuMode> {
    let mode = |name: &str, supported: bool| CpuMode {
        name: name.to_owned(),
        supported: Some(supported.into()),
        ..CpuMode::default()
    };
    let mut passthrough = mode("host-passthrough", kvm);
    if kvm {
        passthrough.enums.push(Enum::of("hostPassthroughMigratable", &["on", "off"]));
    }
    let mut maximum = mode("maximum", true);
    maximum.enums.push(Enum::of("maximumMigratable", &["on", "off"]));
    let mut custom = mode("custom", true);
    let mut models: Vec<&CpuDefinition> = caps.tcg.cpus.iter().filter(|cpu| is_model(&cpu.name)).collect();
    models.sort_by(|a, b| a.name.cmp(&b.name));
    custom.models = models
        .into_iter()
        .map(|cpu| CpuModel {
            usable: Some(
                match &cpu.unavailable_features {
                    Some(missing) if missing.is_empty() => "yes",
                    Some(_) => "no",
                    None => "unknown",
                }
                .to_owned(),
            ),
            deprecated: cpu.deprecated.then_some(YesNo::Yes),
            name: Some(cpu.name.clone()),
            ..CpuModel::default()
        })
        .collect();
    // the model that comes closest to the host is not looked for
    vec![passthrough, maximum, mode("host-model", false), custom]
}

/// The names that stand for whatever the host or QEMU has are modes, not models.
fn is_model(name: &str) -> bool {
    !matches!(name, "host" | "max" | "base")
}

fn devices(caps: &Caps) -> DeviceCaps {
    let mut buses = vec!["ide", "fdc"];
    buses.extend(["scsi", "virtio", "usb", "sata"]);
    let video: Vec<&str> = [
        ("vga", "VGA"),
        ("cirrus", "cirrus-vga"),
        ("vmvga", "vmware-svga"),
        ("qxl", "qxl"),
        ("virtio", "virtio-gpu-pci"),
    ]
    .into_iter()
    .filter(|(_, device)| caps.has(device))
    .map(|(name, _)| name)
    .chain(["none"])
    .chain(caps.has("bochs-display").then_some("bochs"))
    .chain(caps.has("ramfb").then_some("ramfb"))
    .collect();
    let virtio = ["virtio", "virtio-transitional", "virtio-non-transitional"];
    DeviceCaps {
        disk: Some(Choices::of(&[
            ("diskDevice", &["disk", "cdrom", "floppy", "lun"]),
            ("bus", &buses),
            ("model", &["virtio"]),
        ])),
        graphics: Some(Choices::of(&[("type", &["vnc"])])),
        video: Some(Choices::of(&[("modelType", &video)])),
        hostdev: Some(Choices::none()),
        rng: Some(Choices::of(&[("model", &virtio), ("backendModel", &["random", "builtin"])])),
        filesystem: Some(Choices::none()),
        tpm: Some(Choices::none()),
        redirdev: Some(Choices::none()),
        channel: Some(Choices::of(&[("type", &["pty", "unix"])])),
        crypto: Some(Choices::none()),
        interface: Some(Choices::of(&[("backendType", &["default"])])),
        panic: Some(Choices::of(&[("model", &["isa", "pvpanic"])])),
    }
}

fn features() -> FeatureCaps {
    let no = || Some(Supported::is(false));
    FeatureCaps {
        gic: Some(Choices::none()),
        vmcoreinfo: Some(Supported::is(true)),
        genid: Some(Supported::is(true)),
        backing_store_input: no(),
        backup: no(),
        async_teardown: no(),
        ps2: no(),
        s390_pv: None,
        sev: Some(Sev::none()),
        sgx: Some(Sgx::none()),
        hyperv: Some(Choices::of(&[("features", &["relaxed", "vapic", "spinlocks"])])),
        launch_security: Some(Choices::none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::MachineInfo;
    use vir_model::domaincaps::DomainCapabilities as Doc;
    use vir_xml::Content;

    #[test]
    fn what_is_printed_can_be_read_and_says_what_was_probed() {
        let machine = MachineInfo {
            name: "pc-q35-9.0".into(),
            alias: Some("q35".into()),
            cpu_max: 288,
            ..Default::default()
        };
        let cpu =
            CpuDefinition { name: "qemu64".into(), unavailable_features: Some(vec![]), ..Default::default() };
        let tcg = crate::caps::Accelerated { machines: vec![machine], cpus: vec![cpu], host_cpu: None };
        let caps = Caps { arch: "x86_64".into(), tcg, ..Caps::default() };
        let text = document(&caps, "q35", "qemu");
        let doc = Doc::read(&vir_xml::parse(&text, None).unwrap()).unwrap();
        assert_eq!(doc.machine.as_deref(), Some("pc-q35-9.0"));
        assert_eq!(doc.vcpu.unwrap().max, 288);
        let modes = doc.cpu.unwrap().modes;
        assert_eq!(modes.last().unwrap().models.0[0].0.name.as_deref(), Some("qemu64"));
    }
}
