//! Documents as the driver gives them back.

mod common;

use common::{caller, default, domain, hypervisor};
use vir_api::constants as c;

const DEFAULT: &str = "\
<domain type='test' id='1'>
  <name>test</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>2097152</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='i686'>hvm</type>
    <boot dev='hd'/>
  </os>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <source file='/guest/diskimage1'/>
      <target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </disk>
    <interface type='network'>
      <mac address='aa:bb:cc:dd:ee:ff'/>
      <source network='default'/>
      <target dev='testnet0'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>
    </interface>
    <memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>
    </memballoon>
  </devices>
</domain>
";

const MIXED: &str = "\
<domain type='test'><name>a</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e1931</uuid>
<memory unit='MiB'>512</memory><vcpu>2</vcpu><os><type>hvm</type></os><features><acpi/></features><devices>
<emulator>/usr/bin/test-hv</emulator>
<disk type='file'><source file='/x'/><target dev='hda'/></disk>
<disk type='file'><source file='/y'/><target dev='sda'/></disk>
<disk type='file' device='cdrom'><target dev='hdc'/></disk>
<disk type='file'><source file='/z'/><target dev='vda'/></disk>
<disk type='file'><driver name='qemu' type='qcow2'/><source file='/z'/><target dev='sdb' bus='sata'/></disk>
<interface type='user'><mac address='52:54:00:00:00:01'/></interface>
<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='br0'/><model type='virtio'/></interface>
<serial type='pty'/><console type='pty'/>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<graphics type='vnc'/><video/><memballoon model='virtio'/>
<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
<input type='tablet' bus='usb'/></devices></domain>";

const MIXED_BACK: &str = "\
<domain type='test'>
  <name>a</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e1931</uuid>
  <memory unit='KiB'>524288</memory>
  <currentMemory unit='KiB'>524288</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='i686'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
  </features>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/test-hv</emulator>
    <disk type='file' device='disk'>
      <source file='/x'/>
      <target dev='hda' bus='ide'/>
      <address type='drive' controller='0' bus='0' target='0' unit='0'/>
    </disk>
    <disk type='file' device='disk'>
      <source file='/y'/>
      <target dev='sda' bus='scsi'/>
      <address type='drive' controller='0' bus='0' target='0' unit='0'/>
    </disk>
    <disk type='file' device='disk'>
      <source file='/z'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'>
      <target dev='hdc' bus='ide'/>
      <readonly/>
      <address type='drive' controller='0' bus='1' target='0' unit='0'/>
    </disk>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/z'/>
      <target dev='sdb' bus='sata'/>
      <address type='drive' controller='0' bus='0' target='0' unit='1'/>
    </disk>
    <controller type='scsi' index='0'/>
    <controller type='ide' index='0'/>
    <controller type='sata' index='0'/>
    <controller type='virtio-serial' index='0'/>
    <interface type='user'>
      <mac address='52:54:00:00:00:01'/>
      <target dev='testnet0'/>
    </interface>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:02'/>
      <source bridge='br0'/>
      <target dev='testnet1'/>
      <model type='virtio'/>
    </interface>
    <serial type='pty'>
      <target port='0'/>
    </serial>
    <console type='pty'>
      <target type='serial' port='0'/>
    </console>
    <channel type='unix'>
      <target type='virtio' name='org.qemu.guest_agent.0'/>
    </channel>
    <input type='tablet' bus='usb'/>
    <graphics type='vnc' port='-1' autoport='yes'>
      <listen type='address'/>
    </graphics>
    <video>
      <model type='cirrus' vram='16384' heads='1' primary='yes'/>
    </video>
    <memballoon model='virtio'/>
    <rng model='virtio'>
      <backend model='random'>/dev/urandom</backend>
    </rng>
  </devices>
</domain>
";

fn same(got: &str, want: &str) {
    for (got, want) in got.lines().zip(want.lines()) {
        assert_eq!(got, want);
    }
    assert_eq!(got, want);
}

#[test]
fn the_default_domain() {
    let connection = default();
    let dom = domain(&connection, "test");
    let xml = |flags| hypervisor(&connection).domain_get_xml_desc(&caller(), &dom, flags).unwrap();
    same(&xml(0), DEFAULT);
    same(&xml(c::VIR_DOMAIN_XML_INACTIVE), &DEFAULT.replace(" id='1'", ""));
}

#[test]
fn what_a_definition_leaves_open_is_filled_in() {
    let connection = default();
    let driver = hypervisor(&connection);
    let dom = driver.domain_define_xml(&caller(), MIXED).unwrap();
    same(&driver.domain_get_xml_desc(&caller(), &dom, 0).unwrap(), MIXED_BACK);
    // what runs keeps its order; what the next start uses is read again, now that buses are known
    driver.domain_create(&caller(), &dom).unwrap();
    let live = driver.domain_get_xml_desc(&caller(), &dom, 0).unwrap();
    same(&live, &MIXED_BACK.replacen("<domain type='test'>", "<domain type='test' id='2'>", 1));
    let next = driver.domain_get_xml_desc(&caller(), &dom, c::VIR_DOMAIN_XML_INACTIVE).unwrap();
    let targets: Vec<_> = next.lines().filter(|line| line.contains("<target dev=")).map(str::trim).collect();
    assert_eq!(
        targets,
        [
            "<target dev='hda' bus='ide'/>",
            "<target dev='hdc' bus='ide'/>",
            "<target dev='sda' bus='scsi'/>",
            "<target dev='vda' bus='virtio'/>",
            "<target dev='sdb' bus='sata'/>",
            "<target dev='testnet0'/>",
            "<target dev='testnet1'/>",
        ]
    );
}
