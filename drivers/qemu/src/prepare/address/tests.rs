//! Each pass on the smallest guest that shows it, and what all of them share.

use super::device::Device;
use super::*;
use crate::caps::{Caps, Flag};
use crate::prepare::Host;
use std::collections::BTreeMap;
use vir_model::domain::ParseOptions;
use vir_model::domain::address::pci::model_of;
use vir_model::domain::device::controller::ControllerType;
use vir_model::domain::device::info::{Address, Zpci};

const PC: (&str, &str) = ("x86_64", "pc-i440fx-10.0");
const Q35: (&str, &str) = ("x86_64", "pc-q35-10.0");
const PSERIES: (&str, &str) = ("ppc64", "pseries-10.0");
const S390: (&str, &str) = ("s390x", "s390-ccw-virtio-10.0");
const VIRT: (&str, &str) = ("aarch64", "virt-10.0");

const PCI: &str = "<controller type='pci' index='0' model='pci-root'/>";
const PCIE: &str = "<controller type='pci' index='0' model='pcie-root'/>";
const DISK: &str = "<disk><target dev='vda' bus='virtio'/></disk>";

fn interface(model: &str) -> String {
    format!("<interface type='user'><model type='{model}'/></interface>")
}

fn interface_at(slot: &str, function: &str) -> String {
    format!(
        "<interface type='user'><model type='e1000'/>\
         <address type='pci' domain='0' bus='0' slot='{slot}' function='{function}'/></interface>"
    )
}

fn domain((arch, machine): (&str, &str), devices: &[&str]) -> Domain {
    let xml = format!(
        "<domain type='qemu'><name>g</name><maxMemory slots='2'>4194304</maxMemory><memory>1048576</memory>\
         <os><type arch='{arch}' machine='{machine}'>hvm</type></os><devices>{}</devices></domain>",
        devices.concat()
    );
    Domain::parse(&xml, ParseOptions::default()).unwrap()
}

/// Every device of a document in its place; the same when it is done again.
fn assigned(machine: (&str, &str), devices: &[&str]) -> Result<Domain> {
    let flags = [
        Flag::DevicePcieRootPort,
        Flag::DevicePciePciBridge,
        Flag::VirtioPciTransitional,
        Flag::DeviceVirtioMmio,
    ];
    let zpci = (machine == S390).then_some(Flag::DeviceZpci);
    let caps = Caps { flags: flags.into_iter().chain(zpci).collect(), ..Caps::default() };
    let given = HostDevice { express: false, group: Some(3) };
    let pci = HostPci::Known(BTreeMap::from([("0001:01:00.0".to_owned(), given)]));
    let host = Host { pci, ..Host::default() };
    let terms = Terms { caps: &caps, host: &host, abi_update: true };
    let mut def = domain(machine, devices);
    assign(&mut def, &terms)?;
    let once = def.clone();
    assign(&mut def, &terms)?;
    assert_eq!(def, once, "done again, it changes nothing");
    Ok(def)
}

/// What sits on PCI, as `interface0 00:03.0`, by place.
fn places(def: &Domain) -> Vec<String> {
    let mut found: Vec<_> = (Device::all(&def.devices).into_iter())
        .filter_map(|device| {
            let name = match device {
                Device::Controller(i) => {
                    let it = &def.devices.controllers[i];
                    let kind = if it.is(ControllerType::Pci) {
                        model_of(it.model.as_deref())?.as_str()
                    } else {
                        it.kind?.as_str()
                    };
                    format!("{kind}{}", it.index())
                }
                other => format!("{other:?}").to_lowercase().replace(['(', ')'], ""),
            };
            let at = device.info(&def.devices)?.pci()?;
            let more = if at.multifunction == Some(true) { "+" } else { "" };
            Some((
                (at.bus, at.slot, at.function),
                format!("{name} {:02x}:{:02x}.{:x}{more}", at.bus, at.slot, at.function),
            ))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, text)| text).collect()
}

fn refused(machine: (&str, &str), devices: &[&str]) -> String {
    let error = assigned(machine, devices).unwrap_err();
    // what kind of error it is stands before
    error.message().split_once(": ").map(|(_, said)| said.to_owned()).unwrap_or_default()
}

#[test]
fn a_pc_has_its_chip_and_its_graphics_first() {
    let def = assigned(
        PC,
        &[
            PCI,
            "<controller type='usb' index='0' model='piix3-uhci'/><controller type='ide' index='0'/>",
            DISK,
            &interface("rtl8139"),
            "<video><model type='cirrus'/></video><memballoon model='virtio'/>",
        ],
    );
    let expected = [
        "ide0 00:01.1",
        "usb0 00:01.2",
        "video0 00:02.0",
        "interface0 00:03.0",
        "disk0 00:04.0",
        "balloon 00:05.0",
    ];
    assert_eq!(places(&def.unwrap()), expected);
}

#[test]
fn a_full_pc_gets_a_bridge_in_a_slot_that_was_kept() {
    let def = assigned(PC, &[PCI, &interface("e1000").repeat(40)]).unwrap();
    let places = places(&def);
    assert_eq!(places[0], "pci-bridge1 00:02.0");
    assert_eq!(places[40], "interface39 01:0b.0");
    let bridge = def.devices.controllers.iter().find(|c| c.index() == 1).unwrap();
    assert_eq!(bridge.target.as_ref().unwrap().chassis_nr.map(|n| n.0), Some(1));
}

#[test]
fn the_parts_of_a_usb_2_controller_share_a_slot() {
    let part = |model: &str| format!("<controller type='usb' index='0' model='{model}'/>");
    let parts = ["ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3"].map(part).concat();
    let expected = ["usb0 00:02.0+", "usb0 00:02.1", "usb0 00:02.2", "usb0 00:02.7"];
    assert_eq!(places(&assigned(PC, &[PCI, &parts]).unwrap()), expected);
    let board = ["usb0 00:1d.0+", "usb0 00:1d.1", "usb0 00:1d.2", "usb0 00:1d.7"];
    let uhci_first = ["ich9-uhci1", "ich9-uhci2", "ich9-uhci3", "ich9-ehci1"].map(part).concat();
    assert_eq!(places(&assigned(Q35, &[PCIE, &uhci_first]).unwrap()), board);
}

#[test]
fn a_q35_has_a_port_for_each_new_device_and_one_to_spare() {
    let def = assigned(Q35, &[PCIE, "<controller type='sata' index='0'/>", &interface("virtio").repeat(2)])
        .unwrap();
    let expected = [
        "pcie-root-port1 00:01.0+",
        "pcie-root-port2 00:01.1",
        "pcie-root-port3 00:01.2",
        "sata0 00:1f.2",
        "interface0 01:00.0",
        "interface1 02:00.0",
    ];
    assert_eq!(places(&def), expected);
    let ports: Vec<_> = (def.devices.controllers.iter())
        .filter_map(|c| c.target.as_ref())
        .map(|target| (target.chassis.map(|n| n.0), target.port.map(|n| n.0)))
        .collect();
    assert_eq!(ports, [(Some(1), Some(8)), (Some(2), Some(9)), (Some(3), Some(10))]);
}

#[test]
fn old_devices_of_a_q35_share_a_bridge() {
    let def = assigned(Q35, &[PCIE, &interface("rtl8139").repeat(2)]).unwrap();
    let places = places(&def);
    assert!(places.contains(&"pcie-to-pci-bridge2 01:00.0".to_owned()), "{places:?}");
    assert_eq!(places[places.len() - 2..], ["interface0 02:01.0", "interface1 02:02.0"]);
}

#[test]
fn function_0_of_a_shared_slot_says_so() {
    let def = assigned(PC, &[PCI, &interface_at("5", "0"), &interface_at("5", "1")]).unwrap();
    assert_eq!(places(&def), ["interface0 00:05.0+", "interface1 00:05.1"]);
}

#[test]
fn devices_of_one_group_have_a_bridge_of_their_own() {
    let hostdev = "<hostdev mode='subsystem' type='pci'><source><address domain='1' bus='1' slot='0' \
                   function='0'/></source></hostdev>";
    let def = assigned(PSERIES, &[PCI, hostdev, &interface("virtio")]).unwrap();
    assert_eq!(places(&def), ["interface0 00:01.0", "hostdev0 01:01.0"]);
    let bridges: Vec<_> =
        def.devices.controllers.iter().map(|c| c.target.as_ref().unwrap().index.map(|n| n.0)).collect();
    assert_eq!(bridges, [Some(0), Some(1)]);
}

#[test]
fn numbers_of_a_pseries_bus_are_given_around_those_that_are_said() {
    let said = "<interface type='user'><model type='spapr-vlan'/><address type='spapr-vio' reg='0x1000'/></interface>";
    let scsi = "<controller type='scsi' index='0' model='ibmvscsi'/>";
    let def = assigned(PSERIES, &[said, &interface("spapr-vlan"), scsi]).unwrap();
    let mut found = Vec::new();
    def.devices.for_each_info(&mut |info| {
        if let Some(Address::SpaprVio { reg }) = info.address {
            found.push(reg.unwrap());
        }
    });
    found.sort_unstable();
    assert_eq!(found, [0x1000, 0x2000, 0x3000]);
    assert_eq!(refused(PSERIES, &[said, said]), "spapr-vio address 0x1000 already in use");
    let many = assigned(PSERIES, &[&interface("spapr-vlan").repeat(20_000)]).unwrap();
    let last = &many.devices.interfaces[19_999].info.address;
    assert_eq!(*last, Some(Address::SpaprVio { reg: Some(20_000 * 0x1000) }));
}

#[test]
fn virtio_devices_are_where_the_machine_has_them() {
    let disk = |machine, devices: &[&str]| assigned(machine, devices).unwrap().devices.disks[0].info.clone();
    assert_eq!(disk(VIRT, &[DISK]).address, Some(Address::VirtioMmio));
    assert_eq!(disk(VIRT, &[PCIE, DISK]).pci().map(|at| (at.bus, at.slot)), Some((1, 0)));
    let Some(Address::Ccw(Some(place))) = disk(S390, &[DISK]).address else { panic!("not on a channel") };
    assert_eq!((place.cssid, place.ssid, place.devno), (0xfe, 0, 0));
}

#[test]
fn a_mainframe_numbers_its_pci_devices() {
    let pci = |zpci: &str| {
        format!(
            "<interface type='user'><model type='virtio'/><address type='pci'>{zpci}</address></interface>"
        )
    };
    let said = pci("<zpci uid='0x0001' fid='0x00000000'/>");
    let def = assigned(S390, &[PCI, &pci(""), &said]).unwrap();
    assert_eq!(places(&def), ["interface0 00:01.0", "interface1 00:02.0"]);
    let zpci = |i: usize| def.devices.interfaces[i].info.pci().unwrap().zpci;
    assert_eq!(zpci(0), Some(Zpci { uid: Some(2), fid: Some(1) }));
    assert_eq!(zpci(1), Some(Zpci { uid: Some(1), fid: Some(0) }));
    assert_eq!(refused(S390, &[PCI, &said, &said]), "zPCI uid 1 is already reserved");
}

#[test]
fn modules_take_free_slots() {
    let module = |address: &str| {
        format!("<memory model='dimm'><target><size>524288</size><node>0</node></target>{address}</memory>")
    };
    let said = module("<address type='dimm' slot='0'/>");
    let def = assigned(PC, &[PCI, &module(""), &said]).unwrap();
    assert_eq!(def.devices.memories[0].info.address, Some(Address::Dimm { slot: 1, base: None }));
    assert_eq!(refused(PC, &[PCI, &module("").repeat(3)]), "failed to find an empty memory slot");
}

#[test]
fn places_that_cannot_be_had_are_refused() {
    let ide = "<controller type='ide' index='0'><address type='pci' domain='0' bus='0' slot='5' function='0'/></controller>";
    assert_eq!(refused(PC, &[PCI, ide]), "Primary IDE controller must have PCI address 0:0:1.1");
    let twice = interface_at("5", "0").repeat(2);
    assert_eq!(refused(PC, &[PCI, &twice]), "Attempted double use of PCI Address 0000:00:05.0");
    let beside = "<disk><target dev='vda' bus='virtio'/><address type='drive' controller='0'/></disk>";
    assert_eq!(refused(PC, &[PCI, beside]), "virtio disk cannot have an address of type 'drive'");
}

#[test]
fn no_number_of_a_document_decides_how_much_is_set_up() {
    let bridge = "<controller type='pci' index='4294967294' model='pci-bridge'/>";
    let expected = "PCI controller index 4294967294 too high, maximum is 255";
    assert_eq!(refused(PC, &[PCI, bridge]), expected);
    let many = interface("virtio").repeat(20_000);
    assert!(refused(Q35, &[PCIE, &many]).starts_with("a PCI slot is needed to connect a PCI controller"));
}
