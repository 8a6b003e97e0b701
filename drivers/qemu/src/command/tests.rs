use super::*;
use crate::testing::caps;
use vir_model::domain::ParseOptions;

fn complete(def: &mut Domain, caps: &Caps) {
    let host = crate::prepare::Host { arch: "x86_64".into(), ..crate::prepare::Host::default() };
    let terms = crate::prepare::Terms { caps, host: &host, abi_update: true };
    terms.complete(def, &mut vir_model::domain::defaults::Kernel).unwrap();
}

/// The arguments for a document, as one string for each option with its value.
fn line(xml: &str) -> Vec<String> {
    let caps = caps();
    let mut def = Domain::parse(xml, ParseOptions::default()).unwrap();
    complete(&mut def, &caps);
    let dirs = GuestDirs { lib: "/lib/domain-1-g".into(), channels: "/run/channel/1-g".into() };
    crate::model::prepare_live(&mut def, 1, &dirs).unwrap();
    for graphics in &mut def.devices.graphics {
        graphics.port = Some(5901);
    }
    let inputs = Inputs {
        def: &def,
        caps: &caps,
        dirs: &dirs,
        config: &Config::default(),
        incoming: false,
        privileged: true,
    };
    let line = build(&inputs).unwrap();
    assert_eq!(line.passed[0].number(), 3);
    let mut options: Vec<String> = Vec::new();
    for arg in line.args {
        match options.last_mut() {
            Some(option) if !arg.starts_with('-') => {
                option.push(' ');
                option.push_str(&arg);
            }
            _ => options.push(arg),
        }
    }
    options
}

fn has(options: &[String], wanted: &[&str]) {
    for option in wanted {
        assert!(options.iter().any(|o| o == option), "no {option}\nin {options:#?}");
    }
}

#[test]
fn a_small_guest() {
    let options = line(
        "<domain type='qemu'><name>g</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>\
         <memory unit='MiB'>256</memory><vcpu>2</vcpu><os><type>hvm</type></os>\
         <devices><console type='pty'/></devices></domain>",
    );
    let expected = [
        "-name guest=g,debug-threads=on",
        "-S",
        r#"-object {"qom-type":"secret","id":"masterKey0","format":"raw","file":"/lib/domain-1-g/master-key.aes"}"#,
        "-machine pc-i440fx-10.0,usb=off,dump-guest-core=off,memory-backend=pc.ram,acpi=off",
        "-accel tcg",
        "-cpu qemu64",
        "-m size=262144k",
        r#"-object {"qom-type":"memory-backend-ram","id":"pc.ram","size":268435456}"#,
        "-overcommit mem-lock=off",
        "-smp 2,sockets=2,cores=1,threads=1",
        "-uuid c7a5fdbd-edaf-9455-926a-d65c16db1809",
        "-display none",
        "-no-user-config",
        "-nodefaults",
        "-chardev socket,id=charmonitor,fd=3,server=on,wait=off",
        "-mon chardev=charmonitor,id=monitor,mode=control",
        "-rtc base=utc",
        "-no-shutdown",
        "-boot strict=on",
        r#"-device {"driver":"piix3-usb-uhci","id":"usb","bus":"pci.0","addr":"0x1.0x2"}"#,
        "-chardev pty,id=charserial0",
        r#"-device {"driver":"isa-serial","chardev":"charserial0","id":"serial0","index":0}"#,
        r#"-audiodev {"id":"audio1","driver":"none"}"#,
        r#"-device {"driver":"virtio-balloon-pci","id":"balloon0","bus":"pci.0","addr":"0x2"}"#,
        "-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-msg timestamp=on",
    ];
    assert_eq!(options, expected);
}

#[test]
fn a_pci_express_guest_with_devices() {
    let options = line(
        "<domain type='qemu'><name>g</name><memory unit='MiB'>256</memory><vcpu>1</vcpu>\
         <os><type machine='q35'>hvm</type></os><features><acpi/><apic/></features><devices>\
         <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='/none/d.qcow2'/>\
         <target dev='vda' bus='virtio'/></disk>\
         <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>\
         <interface type='user'><mac address='52:54:00:03:1d:d4'/><model type='virtio'/></interface>\
         <serial type='pty'/><console type='pty'/>\
         <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>\
         <input type='tablet' bus='usb'/>\
         <graphics type='vnc' port='-1' listen='127.0.0.1'/><video><model type='vga'/></video>\
         <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng></devices></domain>",
    );
    has(
        &options,
        &[
            "-machine pc-q35-10.0,usb=off,dump-guest-core=off,memory-backend=pc.ram,acpi=on",
            r#"-device {"driver":"pcie-root-port","port":16,"chassis":1,"id":"pci.1","bus":"pcie.0","multifunction":true,"addr":"0x2"}"#,
            r#"-device {"driver":"pcie-root-port","port":17,"chassis":2,"id":"pci.2","bus":"pcie.0","addr":"0x2.0x1"}"#,
            r#"-device {"driver":"pcie-root-port","port":22,"chassis":7,"id":"pci.7","bus":"pcie.0","addr":"0x2.0x6"}"#,
            r#"-device {"driver":"qemu-xhci","id":"usb","bus":"pci.2","addr":"0x0"}"#,
            r#"-device {"driver":"virtio-serial-pci","id":"virtio-serial0","bus":"pci.3","addr":"0x0"}"#,
            r#"-blockdev {"driver":"file","filename":"/none/d.qcow2","node-name":"libvirt-2-storage","auto-read-only":true,"discard":"unmap","cache":{"direct":true,"no-flush":false}}"#,
            r#"-blockdev {"node-name":"libvirt-2-format","read-only":false,"cache":{"direct":true,"no-flush":false},"driver":"qcow2","file":"libvirt-2-storage","backing":null}"#,
            r#"-device {"driver":"virtio-blk-pci","bus":"pci.4","addr":"0x0","drive":"libvirt-2-format","id":"virtio-disk0","bootindex":1,"write-cache":"on"}"#,
            r#"-device {"driver":"ide-cd","bus":"ide.0","id":"sata0-0-0"}"#,
            r#"-netdev {"type":"user","id":"hostnet0"}"#,
            r#"-device {"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0","mac":"52:54:00:03:1d:d4","bus":"pci.1","addr":"0x0"}"#,
            "-chardev socket,id=charchannel0,fd=4,server=on,wait=off",
            r#"-device {"driver":"virtserialport","bus":"virtio-serial0.0","nr":1,"chardev":"charchannel0","id":"channel0","name":"org.qemu.guest_agent.0"}"#,
            r#"-device {"driver":"usb-tablet","id":"input0","bus":"usb.0","port":"1"}"#,
            "-vnc 127.0.0.1:1,audiodev=audio1",
            r#"-device {"driver":"VGA","id":"video0","vgamem_mb":16,"bus":"pcie.0","addr":"0x1"}"#,
            "-global ICH9-LPC.noreboot=off",
            "-watchdog-action reset",
            r#"-device {"driver":"virtio-balloon-pci","id":"balloon0","bus":"pci.5","addr":"0x0"}"#,
            r#"-object {"qom-type":"rng-random","id":"objrng0","filename":"/dev/urandom"}"#,
            r#"-device {"driver":"virtio-rng-pci","rng":"objrng0","id":"rng0","bus":"pci.6","addr":"0x0"}"#,
        ],
    );
    assert!(!options.iter().any(|o| o.starts_with("-display")));
    assert_eq!(options.iter().filter(|o| o.contains("pcie-root-port")).count(), 7);
}

#[test]
fn completing_twice_changes_nothing() {
    let caps = caps();
    let xml = "<domain type='qemu'><name>g</name><memory>65536</memory><os><type machine='q35'>hvm</type></os>\
               <devices><interface type='user'/><disk type='file'><source file='/x'/><target dev='vda'/></disk>\
               </devices></domain>";
    let mut def = Domain::parse(xml, ParseOptions::default()).unwrap();
    complete(&mut def, &caps);
    let once = def.clone();
    complete(&mut def, &caps);
    assert_eq!(def, once);
    let format = vir_xml::Format { inactive: true, secure: true, ..Default::default() };
    let mut again = Domain::parse(&once.to_xml(format), ParseOptions::default()).unwrap();
    complete(&mut again, &caps);
    assert_eq!(again.to_xml(format), once.to_xml(format));
}

#[test]
fn booting_a_kernel() {
    let options = line(
        "<domain type='kvm'><name>g,h</name><memory>65536</memory><os><type>hvm</type><kernel>/k</kernel>\
         <initrd>/i</initrd><cmdline>console=ttyS0 panic=1</cmdline></os><on_reboot>destroy</on_reboot></domain>",
    );
    has(
        &options,
        &[
            "-name guest=g,,h,debug-threads=on",
            "-accel kvm",
            "-kernel /k",
            "-initrd /i",
            "-append console=ttyS0 panic=1",
        ],
    );
}
