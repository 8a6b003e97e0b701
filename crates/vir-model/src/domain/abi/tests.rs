use super::*;
use crate::domain::ParseOptions;

const GUEST: &str = "<domain type='qemu'>
  <name>g</name>
  <uuid>4f1c2a5e-6d0b-4a6e-9a1e-0b1b6f6f7a21</uuid>
  <memory unit='KiB'>2048</memory>
  <currentMemory unit='KiB'>2048</currentMemory>
  <vcpu placement='static' current='1'>2</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
  </os>
  <features>
    <acpi/>
    <hyperv mode='custom'>
      <relaxed state='on'/>
      <spinlocks state='on' retries='4096'/>
    </hyperv>
  </features>
  <cpu mode='custom' match='exact' check='none'>
    <model fallback='forbid'>qemu64</model>
    <feature policy='require' name='vmx'/>
  </cpu>
  <clock offset='utc'>
    <timer name='tsc' frequency='1000'/>
  </clock>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' queues='2'/>
      <source file='/a'/>
      <target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/>
    </disk>
    <disk type='file' device='disk'>
      <source file='/b'/>
      <target dev='vdb' bus='virtio'/>
    </disk>
    <interface type='user'>
      <mac address='52:54:00:6b:3c:58'/>
      <model type='virtio'/>
    </interface>
    <memballoon model='virtio'/>
  </devices>
</domain>";

fn read(xml: &str) -> Domain {
    Domain::parse(xml, ParseOptions { live: false }).unwrap()
}

/// What is said when `from` becomes `to` in the guest.
fn said(from: &str, to: &str) -> Vec<(String, String)> {
    assert!(GUEST.contains(from), "{from}");
    let (source, target) = (read(GUEST), read(&GUEST.replacen(from, to, 1)));
    let list = differences(&source, &target, Options::default()).unwrap();
    list.into_iter().map(|difference| (difference.place, difference.message)).collect()
}

#[test]
fn a_definition_is_stable_against_itself() {
    let guest = read(GUEST);
    assert_eq!(differences(&guest, &guest, Options::default()).unwrap(), []);
    check(&guest, &guest, Options::default()).unwrap();
}

#[test]
fn what_the_guest_does_not_see_may_change() {
    for (from, to) in [
        ("<source file='/a'/>", "<source file='/elsewhere'/>"),
        ("<name>g</name>", "<name>g</name><title>t</title>"),
    ] {
        assert_eq!(said(from, to), [], "{from}");
    }
}

#[test]
fn what_it_sees_is_named_with_its_place_in_the_peers_words() {
    for (from, to, place, message) in [
        ("<name>g<", "<name>h<", "name", "Target domain name 'h' does not match source 'g'"),
        (
            ">2048</memory>",
            ">4096</memory>",
            "memory",
            "Target domain max memory 4096 does not match source 2048",
        ),
        (">2</vcpu>", ">3</vcpu>", "vcpu", "Target domain vCPU max 3 does not match source 2"),
        (
            "current='1'",
            "current='2'",
            "vcpus/vcpu[2]/@enabled",
            "State of vCPU '1' differs between source and destination definitions",
        ),
        (
            "machine='pc'",
            "machine='q35'",
            "os/type/@machine",
            "Target domain machine type q35 does not match source pc",
        ),
        (
            "<acpi/>",
            "",
            "features/acpi",
            "State of feature 'acpi' differs: source: 'on', destination: 'default'",
        ),
        (
            "retries='4096'",
            "retries='8191'",
            "features/hyperv/spinlocks/@retries",
            "HyperV spinlock retry count differs: source: '4096', destination: '8191'",
        ),
        (">qemu64<", ">Haswell<", "cpu/model", "Target CPU model Haswell does not match source qemu64"),
        (
            "policy='require'",
            "policy='force'",
            "cpu/feature[1]/@policy",
            "Target CPU feature policy force does not match source require",
        ),
        (
            "frequency='1000'",
            "frequency='2000'",
            "clock/timer[1]/@frequency",
            "Target TSC frequency 2000 does not match source 1000",
        ),
        (
            "queues='2'",
            "queues='4'",
            "devices/disk[1]/driver/@queues",
            "Target disk queue count 4 does not match source 2",
        ),
        (
            "dev='vdb'",
            "dev='vdc'",
            "devices/disk[2]/target/@dev",
            "Target disk vdc does not match source vdb",
        ),
        (
            "slot='0x04'",
            "slot='0x05'",
            "devices/disk[1]/address",
            "Target device PCI address 0000:00:05.0 does not match source 0000:00:04.0",
        ),
        (
            "52:54:00:6b:3c:58",
            "52:54:00:6b:3c:59",
            "devices/interface[1]/mac/@address",
            "Target network card mac 52:54:00:6b:3c:59 does not match source 52:54:00:6b:3c:58",
        ),
        (
            "<memballoon model='virtio'/>",
            "",
            "devices/memballoon",
            "Target domain memory balloon count 0 does not match source 1",
        ),
    ] {
        let list = said(from, to);
        assert!(list.contains(&(place.to_owned(), message.to_owned())), "{from}: {list:#?}");
    }
}

#[test]
fn devices_that_come_and_go_are_counted() {
    let disk = "<disk type='file' device='disk'>
      <source file='/b'/>
      <target dev='vdb' bus='virtio'/>
    </disk>";
    let list = said(disk, "");
    assert_eq!(
        list,
        [("devices/count(disk)".into(), "Target domain disk count 1 does not match source 2".into())]
    );
}

#[test]
fn the_balloon_may_be_left_out() {
    let (source, target) =
        (read(GUEST), read(&GUEST.replace(">2048</currentMemory>", ">1024</currentMemory>")));
    let error = check(&source, &target, Options::default()).unwrap_err();
    assert_eq!(error.code(), vir_base::ErrorCode::ConfigUnsupported);
    assert!(
        error.message().ends_with("Target domain current memory 1024 does not match source 2048"),
        "{error}"
    );
    check(&source, &target, Options { skip_volatile: true }).unwrap();
}
