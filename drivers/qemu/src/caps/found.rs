//! Capabilities from what was found out elsewhere: from the objects that a binary can make, and from
//! libvirt's document.

use super::document::{Accel, CapsDocument, Cpu, HostCpu, Machine};
use super::flag::{Flag, Flags};
use super::{Accelerated, Caps};
use crate::monitor::{CpuDefinition, MachineInfo, Version};
use std::collections::BTreeSet;
use vir_xml::YesNo;

/// What a binary that can make an object of a type can do.
const OBJECTS: &[(&str, Flag)] = &[
    ("hda-duplex", Flag::HdaDuplex),
    ("hda-micro", Flag::HdaMicro),
    ("ccid-card-emulated", Flag::CcidEmulated),
    ("ccid-card-passthru", Flag::CcidPassthru),
    ("piix3-usb-uhci", Flag::Piix3UsbUhci),
    ("piix4-usb-uhci", Flag::Piix4UsbUhci),
    ("usb-ehci", Flag::UsbEhci),
    ("ich9-usb-ehci1", Flag::Ich9UsbEhci1),
    ("vt82c686b-usb-uhci", Flag::Vt82c686bUsbUhci),
    ("pci-ohci", Flag::PciOhci),
    ("nec-usb-xhci", Flag::NecUsbXhci),
    ("usb-redir", Flag::UsbRedir),
    ("usb-hub", Flag::UsbHub),
    ("ich9-ahci", Flag::Ich9Ahci),
    ("virtio-blk-ccw", Flag::VirtioCcw),
    ("sclpconsole", Flag::DeviceSclpconsole),
    ("lsi53c895a", Flag::ScsiLsi),
    ("virtio-scsi-pci", Flag::VirtioScsi),
    ("virtio-scsi-ccw", Flag::VirtioScsi),
    ("virtio-scsi-device", Flag::VirtioScsi),
    ("megasas", Flag::ScsiMegasas),
    ("qxl", Flag::DeviceQxl),
    ("scsi-block", Flag::ScsiBlock),
    ("VGA", Flag::DeviceVga),
    ("cirrus-vga", Flag::DeviceCirrusVga),
    ("vmware-svga", Flag::DeviceVmwareSvga),
    ("usb-serial", Flag::DeviceUsbSerial),
    ("virtio-rng-pci", Flag::DeviceVirtioRng),
    ("virtio-rng-ccw", Flag::DeviceVirtioRng),
    ("virtio-rng-device", Flag::DeviceVirtioRng),
    ("rng-random", Flag::ObjectRngRandom),
    ("rng-egd", Flag::ObjectRngEgd),
    ("spapr-nvram", Flag::DeviceNvram),
    ("pci-bridge", Flag::DevicePciBridge),
    ("vfio-pci", Flag::DeviceVfioPci),
    ("i82801b11-bridge", Flag::DeviceDmiToPciBridge),
    ("usb-storage", Flag::DeviceUsbStorage),
    ("virtio-mmio", Flag::DeviceVirtioMmio),
    ("ich9-intel-hda", Flag::DeviceIch9IntelHda),
    ("pvpanic", Flag::DevicePanic),
    ("usb-kbd", Flag::DeviceUsbKbd),
    ("usb-audio", Flag::ObjectUsbAudio),
    ("pc-dimm", Flag::DevicePcDimm),
    ("pci-serial", Flag::DevicePciSerial),
    ("ioh3420", Flag::DeviceIoh3420),
    ("x3130-upstream", Flag::DeviceX3130Upstream),
    ("xio3130-downstream", Flag::DeviceXio3130Downstream),
    ("rtl8139", Flag::DeviceRtl8139),
    ("e1000", Flag::DeviceE1000),
    ("virtio-net-pci", Flag::DeviceVirtioNet),
    ("virtio-net-ccw", Flag::DeviceVirtioNet),
    ("virtio-net-device", Flag::DeviceVirtioNet),
    ("virtio-gpu-pci", Flag::DeviceVirtioGpu),
    ("virtio-gpu-device", Flag::DeviceVirtioGpu),
    ("virtio-vga", Flag::DeviceVirtioVga),
    ("virtio-keyboard-device", Flag::VirtioKeyboard),
    ("virtio-keyboard-pci", Flag::VirtioKeyboard),
    ("virtio-mouse-device", Flag::VirtioMouse),
    ("virtio-mouse-pci", Flag::VirtioMouse),
    ("virtio-tablet-device", Flag::VirtioTablet),
    ("virtio-tablet-pci", Flag::VirtioTablet),
    ("virtio-input-host-device", Flag::VirtioInputHost),
    ("virtio-input-host-pci", Flag::VirtioInputHost),
    ("mptsas1068", Flag::ScsiMptsas1068),
    ("pxb", Flag::DevicePxb),
    ("pxb-pcie", Flag::DevicePxbPcie),
    ("intel-iommu", Flag::DeviceIntelIommu),
    ("ivshmem-plain", Flag::DeviceIvshmemPlain),
    ("ivshmem-doorbell", Flag::DeviceIvshmemDoorbell),
    ("vhost-scsi", Flag::DeviceVhostScsi),
    ("nvdimm", Flag::DeviceNvdimm),
    ("pcie-root-port", Flag::DevicePcieRootPort),
    ("qemu-xhci", Flag::DeviceQemuXhci),
    ("spapr-pci-host-bridge", Flag::DeviceSpaprPciHostBridge),
    ("vmcoreinfo", Flag::DeviceVmcoreinfo),
    ("spapr-vty", Flag::DeviceSpaprVty),
    ("sclplmconsole", Flag::DeviceSclplmconsole),
    ("isa-serial", Flag::DeviceIsaSerial),
    ("pl011", Flag::DevicePl011),
    ("virtio-gpu-ccw", Flag::DeviceVirtioGpuCcw),
    ("virtio-keyboard-ccw", Flag::DeviceVirtioKeyboardCcw),
    ("virtio-mouse-ccw", Flag::DeviceVirtioMouseCcw),
    ("virtio-tablet-ccw", Flag::DeviceVirtioTabletCcw),
    ("pcie-pci-bridge", Flag::DevicePciePciBridge),
    ("pr-manager-helper", Flag::PrManagerHelper),
    ("vfio-ccw", Flag::DeviceVfioCcw),
    ("hda-output", Flag::HdaOutput),
    ("vmgenid", Flag::DeviceVmgenid),
    ("vhost-vsock-device", Flag::DeviceVhostVsock),
    ("mch", Flag::DeviceMch),
    ("sev-guest", Flag::SevGuest),
    ("vfio-ap", Flag::DeviceVfioAp),
    ("zpci", Flag::DeviceZpci),
    ("memory-backend-memfd", Flag::ObjectMemoryMemfd),
    ("virtio-blk-pci-transitional", Flag::VirtioPciTransitional),
    ("virtio-blk-pci-non-transitional", Flag::VirtioPciTransitional),
    ("virtio-net-pci-transitional", Flag::VirtioPciTransitional),
    ("virtio-net-pci-non-transitional", Flag::VirtioPciTransitional),
    ("vhost-scsi-pci-transitional", Flag::VirtioPciTransitional),
    ("vhost-scsi-pci-non-transitional", Flag::VirtioPciTransitional),
    ("virtio-rng-pci-transitional", Flag::VirtioPciTransitional),
    ("virtio-rng-pci-non-transitional", Flag::VirtioPciTransitional),
    ("virtio-9p-pci-transitional", Flag::VirtioPciTransitional),
    ("virtio-9p-pci-non-transitional", Flag::VirtioPciTransitional),
    ("virtio-balloon-pci-transitional", Flag::VirtioPciTransitional),
    ("virtio-balloon-pci-non-transitional", Flag::VirtioPciTransitional),
    ("vhost-vsock-pci-transitional", Flag::VirtioPciTransitional),
    ("vhost-vsock-pci-non-transitional", Flag::VirtioPciTransitional),
    ("virtio-scsi-pci-transitional", Flag::VirtioPciTransitional),
    ("virtio-scsi-pci-non-transitional", Flag::VirtioPciTransitional),
    ("virtio-serial-pci-transitional", Flag::VirtioPciTransitional),
    ("virtio-serial-pci-non-transitional", Flag::VirtioPciTransitional),
    ("max-x86_64-cpu", Flag::X86MaxCpu),
    ("bochs-display", Flag::DeviceBochsDisplay),
    ("dbus-vmstate", Flag::DbusVmstate),
    ("vhost-user-gpu", Flag::DeviceVhostUserGpu),
    ("vhost-user-vga", Flag::DeviceVhostUserVga),
    ("ramfb", Flag::DeviceRamfb),
    ("max-arm-cpu", Flag::ArmMaxCpu),
    ("i8042", Flag::DeviceI8042),
    ("rng-builtin", Flag::ObjectRngBuiltin),
    ("tpm-spapr", Flag::DeviceTpmSpapr),
    ("vhost-user-fs-device", Flag::DeviceVhostUserFs),
    ("tcg-accel", Flag::Tcg),
    ("pvscsi", Flag::ScsiPvscsi),
    ("spapr-tpm-proxy", Flag::DeviceSpaprTpmProxy),
    ("vmport", Flag::MachineVmportOpt),
    ("dc390", Flag::ScsiDc390),
    ("am53c974", Flag::ScsiAm53c974),
    ("virtio-pmem-pci", Flag::DeviceVirtioPmemPci),
    ("vhost-user-blk", Flag::DeviceVhostUserBlk),
    ("input-linux", Flag::InputLinux),
    ("virtio-gpu-gl-pci", Flag::VirtioGpuGlPci),
    ("virtio-vga-gl", Flag::VirtioVgaGl),
    ("s390-pv-guest", Flag::S390PvGuest),
    ("virtio-mem-pci", Flag::DeviceVirtioMemPci),
    ("virtio-iommu-pci", Flag::DeviceVirtioIommuPci),
    ("sgx-epc", Flag::SgxEpc),
    ("thread-context", Flag::ThreadContext),
    ("virtio-crypto-pci", Flag::DeviceVirtioCrypto),
    ("virtio-crypto-device", Flag::DeviceVirtioCrypto),
    ("cryptodev-backend-lkcf", Flag::ObjectCryptoLkcf),
    ("pvpanic-pci", Flag::DevicePanicPci),
    ("usb-mtp", Flag::DeviceUsbMtp),
    ("virtio-sound-pci", Flag::DeviceVirtioSound),
    ("virtio-sound-device", Flag::DeviceVirtioSound),
    ("sev-snp-guest", Flag::SevSnpGuest),
    ("acpi-erst", Flag::DeviceAcpiErst),
    ("virtio-mem-ccw", Flag::DeviceVirtioMemCcw),
];

/// What the objects that a binary can make say of it.
pub fn of_types(types: &BTreeSet<String>) -> Flags {
    OBJECTS.iter().filter(|(kind, _)| types.contains(*kind)).map(|(_, flag)| *flag).collect()
}

fn yes(value: Option<YesNo>) -> bool {
    value == Some(YesNo::Yes)
}

fn machine(machine: &Machine) -> MachineInfo {
    MachineInfo {
        name: machine.name.clone(),
        alias: machine.alias.clone(),
        is_default: yes(machine.default),
        cpu_max: machine.max_cpus.unwrap_or(0),
        hotplug_cpus: yes(machine.hotplug_cpus),
        numa_mem_supported: yes(machine.numa_mem_supported),
        deprecated: yes(machine.deprecated),
        default_cpu_type: machine.default_cpu.clone(),
        default_ram_id: machine.default_ram_id.clone(),
        acpi: machine.acpi.map(YesNo::is_yes),
    }
}

fn cpu(cpu: &Cpu) -> CpuDefinition {
    let blockers = || cpu.blockers.iter().map(|blocker| blocker.name.clone()).collect();
    CpuDefinition {
        name: cpu.name.clone(),
        typename: cpu.typename.clone().unwrap_or_default(),
        unavailable_features: cpu.usable.map(|_| blockers()),
        deprecated: yes(cpu.deprecated),
    }
}

fn enclaves(document: &CapsDocument) -> Vec<u64> {
    let sections = document.sgx.as_ref().and_then(|sgx| sgx.sections.as_ref());
    sections.map_or_else(Vec::new, |sections| sections.sections.iter().map(|section| section.size).collect())
}

/// As a document says it.
pub fn of_document(document: &CapsDocument) -> Caps {
    let on = |accel: Accel| {
        let host: Option<&HostCpu> = document.host_cpus.iter().find(|host| host.accel == Some(accel));
        let machines = document.machines.iter().filter(|machine| machine.accel == Some(accel));
        let cpus = document.cpus.iter().filter(|cpu| cpu.accel == Some(accel));
        Accelerated {
            machines: machines.map(machine).collect(),
            cpus: cpus.map(cpu).collect(),
            host_cpu: host.cloned(),
        }
    };
    let flags: Flags = document.flags().filter_map(Flag::of).collect();
    let version = document.version;
    Caps {
        binary: document.emulator.as_str().into(),
        version: Version {
            major: version / 1_000_000,
            minor: version / 1_000 % 1_000,
            micro: version % 1_000,
            package: document.package.clone().unwrap_or_default(),
        },
        arch: document.arch.clone(),
        kvm: flags.has(Flag::Kvm),
        tcg: on(Accel::Tcg),
        with_kvm: flags.has(Flag::Kvm).then(|| on(Accel::Kvm)),
        gics: document.gics.clone(),
        secure_guest: document.secure_guest,
        enclaves: enclaves(document),
        flags,
        ..Caps::default()
    }
}
