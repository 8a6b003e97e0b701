//! `<capabilities>`: the host, and the guests that each QEMU binary runs.

use crate::caps::Caps;
use vir_host::HostCapabilities;
use vir_host::capabilities::{Migration, SecurityModel};
use vir_model::capabilities::{
    Capabilities, Guest, GuestArch, GuestDomain, GuestFeatures, Machine, Toggle, print,
};
use vir_xml::YesNo;

/// The document. `host` is what the host shows; `emulators` are the binaries, one an architecture.
pub fn document(host: &HostCapabilities, emulators: &[&Caps]) -> String {
    let mut host = host.clone();
    host.migration = Some(Migration { live: true, transports: ["tcp", "rdma"].map(str::to_owned).to_vec() });
    if host.security.is_empty() {
        host.security.push(SecurityModel { model: "none".into(), doi: "0".into(), base_labels: vec![] });
    }
    let guests = emulators.iter().map(|caps| guest(caps)).collect();
    print(&Capabilities { host: Some(vir_node::document::host(&host)), guests })
}

fn guest(caps: &Caps) -> Guest {
    let x86 = matches!(caps.arch.as_str(), "x86_64" | "i686");
    let mut domains = vec![GuestDomain { kind: Some("qemu".into()), ..GuestDomain::default() }];
    if caps.kvm_usable() {
        domains.push(GuestDomain { kind: Some("kvm".into()), ..GuestDomain::default() });
    }
    Guest {
        os_type: Some("hvm".into()),
        arch: Some(GuestArch {
            name: caps.arch.clone(),
            wordsize: Some(wordsize(&caps.arch)),
            emulator: Some(caps.binary.to_string_lossy().into_owned()),
            loader: None,
            machines: machines(caps),
            domains,
        }),
        features: Some(GuestFeatures {
            pae: caps.arch == "i686",
            nonpae: caps.arch == "i686",
            acpi: (x86 || caps.arch == "aarch64").then(|| Toggle::on(true)),
            apic: x86.then(|| Toggle::on(false)),
            cpuselection: true,
            deviceboot: true,
            disksnapshot: Some(Toggle::on(false)),
            external_snapshot: true,
        }),
    }
}

/// Every machine by its name, and right behind it by its other name.
fn machines(caps: &Caps) -> Vec<Machine> {
    let mut list = vec![];
    for machine in &caps.tcg.machines {
        let max_cpus = Some(machine.cpu_max).filter(|n| *n > 0);
        let deprecated = machine.deprecated.then_some(YesNo::Yes);
        list.push(Machine { canonical: None, max_cpus, deprecated, name: Some(machine.name.clone()) });
        if let Some(alias) = &machine.alias {
            let canonical = Some(machine.name.clone());
            list.push(Machine { canonical, max_cpus, deprecated, name: Some(alias.clone()) });
        }
    }
    list
}

fn wordsize(arch: &str) -> u32 {
    let wide = arch.contains("64") || matches!(arch, "s390x" | "alpha");
    if wide { 64 } else { 32 }
}
