//! Documents that are refused, and the words that refuse them.

use crate::caps::{Accelerated, Caps, Flag, Flags};
use crate::monitor::MachineInfo;
use crate::prepare::{Host, Swtpm, Terms};
use vir_model::domain::device::secure::TpmVersion;
use vir_model::domain::{Domain, ParseOptions, defaults};

/// An emulator that can do all but what is `missing`, for PCs and mainframes alike.
fn caps(arch: &str, missing: &[Flag]) -> Caps {
    let machine = |name: &str, acpi| MachineInfo {
        name: name.into(),
        cpu_max: 255,
        default_ram_id: Some("ram".into()),
        acpi: Some(acpi),
        ..MachineInfo::default()
    };
    let machines = vec![
        machine("pc", true),
        machine("q35", true),
        machine("virt", true),
        machine("pseries", false),
        machine("s390-ccw-virtio", false),
    ];
    let mut flags: Flags = Flag::ALL.iter().copied().collect();
    missing.iter().for_each(|flag| flags.clear(*flag));
    Caps { arch: arch.into(), tcg: Accelerated { machines, ..Default::default() }, flags, ..Caps::default() }
}

/// What is said of a document of that machine, with `before` among its elements and `inside` among its devices.
fn said(machine: &str, before: &str, inside: &str, missing: &[Flag]) -> Result<(), String> {
    let arch = match machine {
        "virt" => "aarch64",
        "pseries" => "ppc64",
        "s390-ccw-virtio" => "s390x",
        _ => "x86_64",
    };
    let host = Host {
        arch: arch.into(),
        swtpm: Swtpm::of(vec![TpmVersion::V2_0]),
        address_bits: Some(46),
        ..Host::default()
    };
    let caps = caps(arch, missing);
    let terms = Terms { caps: &caps, host: &host, abi_update: true };
    let os = match before.contains("<os") {
        true => String::new(),
        false => format!("<os><type arch='{arch}' machine='{machine}'>hvm</type></os>"),
    };
    let xml = format!(
        "<domain type='qemu'><name>g</name><memory unit='MiB'>512</memory>{os}{before}<devices><emulator>/e</emulator>\
         {inside}</devices></domain>"
    );
    let mut def = Domain::parse(&xml, ParseOptions::default()).map_err(|error| error.message().to_owned())?;
    terms.complete(&mut def, &mut defaults::Kernel).map_err(|error| error.message().to_owned())
}

/// A machine; elements of the domain; elements among its devices; what the emulator lacks; and the refusal.
type Row = (&'static str, &'static str, &'static str, &'static [Flag], &'static str);

fn all(rows: &[Row]) {
    for (machine, before, inside, missing, refusal) in rows {
        let found = said(machine, before, inside, missing);
        assert_eq!(found, Err(format!("unsupported configuration: {refusal}")), "{before}{inside}");
    }
}

const DISK: &str = "<disk type='file'><source file='/d'/><target dev='vda' bus='virtio'/></disk>";

#[test]
fn what_can_be_done_is_not_refused() {
    for (machine, inside) in [
        ("pc", DISK),
        (
            "q35",
            "<interface type='user'/><graphics type='vnc'/><tpm model='tpm-crb'><backend type='emulator'/></tpm>",
        ),
        ("virt", "<panic/><video><model type='virtio'/></video>"),
        ("pseries", "<panic/><serial type='pty'/>"),
        ("s390-ccw-virtio", "<console type='pty'/><rng model='virtio'><backend model='builtin'/></rng>"),
    ] {
        assert_eq!(said(machine, "", inside, &[]), Ok(()), "{inside}");
    }
}

#[test]
fn machines_and_firmware() {
    all(&[
        ("pc", "", "", &[Flag::Tcg], "Emulator '/e' does not support virt type 'qemu'"),
        ("pseries", "<features><acpi/></features>", "", &[], "machine type 'pseries' does not support ACPI"),
        ("virt", "<features><acpi/></features>", "", &[], "ACPI requires UEFI on this architecture"),
        ("pc", "<genid/>", "", &[Flag::DeviceVmgenid], "this QEMU does not support the 'genid' capability"),
        (
            "pc",
            "<on_poweroff>preserve</on_poweroff>",
            "",
            &[],
            "qemu driver doesn't support the 'preserve' action for 'on_reboot'/'on_poweroff'",
        ),
        ("virt", "<pm><suspend-to-mem enabled='no'/></pm>", "", &[], "setting ACPI S3/S4 not supported"),
        (
            "pc",
            "<sysinfo type='fwcfg'><entry name='opt/ovmf/a'>b</entry></sysinfo>",
            "",
            &[],
            "That firmware name is reserved",
        ),
        (
            "pc",
            "<launchSecurity type='s390-pv'/>",
            "",
            &[],
            "S390 PV launch security is not supported by this host or kernel",
        ),
    ]);
}

#[test]
fn processors_features_and_clocks() {
    all(&[
        ("pc", "<vcpu>256</vcpu>", "", &[], "Maximum CPUs greater than specified machine type limit 255"),
        (
            "pc",
            "<cpu mode='host-model'><cache level='3' mode='passthrough'/></cpu>",
            "",
            &[],
            "CPU cache mode 'passthrough' can only be used with 'host-passthrough' / 'maximum' CPUs",
        ),
        (
            "pc",
            "<cpu mode='maximum'><maxphysaddr mode='emulate' bits='52'/></cpu>",
            "",
            &[],
            "The number of virtual CPU address bits cannot exceed the number supported by the host CPU",
        ),
        ("pc", "<cpu mode='maximum'/>", "", &[Flag::CpuMax], "maximum CPU is not supported by QEMU binary"),
        (
            "virt",
            "<features><pvspinlock state='on'/></features>",
            "",
            &[],
            "The 'pvspinlock' feature is not supported for architecture 'aarch64' or machine type 'virt'",
        ),
        (
            "pc",
            "<features><htm state='on'/></features>",
            "",
            &[],
            "The 'htm' feature is not supported for architecture 'x86_64' or machine type 'pc'",
        ),
        (
            "pc",
            "<features><ps2 state='on'/></features>",
            "",
            &[Flag::MachineI8042Opt],
            "ps2 feature state cannot be controlled with this QEMU binary",
        ),
        (
            "pc",
            "<features><tcg><tb-cache unit='KiB'>1025</tb-cache></tcg></features>",
            "",
            &[],
            "tb-cache size must be an integer multiple of MiB",
        ),
        (
            "pc",
            "<clock offset='utc'><timer name='rtc' tickpolicy='merge'/></clock>",
            "",
            &[],
            "unsupported rtc timer tickpolicy 'merge'",
        ),
        (
            "s390-ccw-virtio",
            "<clock offset='utc'><timer name='hpet' present='yes'/></clock>",
            "",
            &[],
            "hpet timer is not supported by this architecture",
        ),
        (
            "virt",
            "<clock offset='utc'><timer name='armvtimer'/></clock>",
            "",
            &[],
            "Configuring the 'armvtimer' timer is not supported for virtType=qemu arch=aarch64 machine=virt guests",
        ),
    ]);
}

#[test]
fn memory() {
    all(&[
        (
            "pc",
            "<memoryBacking><hugepages/><source type='anonymous'/></memoryBacking>",
            "",
            &[],
            "hugepages are not allowed with anonymous memory source",
        ),
        (
            "pc",
            "",
            "<memory model='dimm'><target><size unit='MiB'>256</size></target></memory>",
            &[],
            "cannot use/hotplug a memory device when domain 'maxMemory' is not defined",
        ),
        (
            "pc",
            "",
            "<filesystem type='mount'><driver type='virtiofs'/><source dir='/a'/><target dir='b'/></filesystem>",
            &[],
            "'virtiofs' requires shared memory",
        ),
        (
            "pc",
            "",
            "<shmem name='a'><model type='ivshmem'/></shmem>",
            &[],
            "ivshmem device is no longer supported",
        ),
    ]);
}

#[test]
fn disks_and_what_is_in_them() {
    all(&[
        (
            "pc",
            "",
            "<disk type='file'><driver type='iso'/><source file='/d'/><target dev='vda'/></disk>",
            &[],
            "storage format 'iso' is not directly supported by QEMU, use 'raw' instead",
        ),
        (
            "pc",
            "",
            "<disk type='file'><driver type='qcow2'/><source file='/d'/><target dev='vda'/><shareable/></disk>",
            &[],
            "shared access for disk 'vda' requires use of supported storage format",
        ),
        (
            "pc",
            "",
            "<disk type='file'><source file='/d'/><target dev='vda1'/></disk>",
            &[],
            "invalid disk target 'vda1', partitions can't appear in disk targets",
        ),
        (
            "pc",
            "",
            "<disk type='file' device='cdrom'><target dev='sda' bus='usb'/></disk>",
            &[],
            "'usb' disk must not be empty",
        ),
        (
            "pc",
            "",
            "<disk type='file'><driver iothread='3'/><source file='/d'/><target dev='vda'/></disk>",
            &[],
            "Disk iothread '3' not defined in iothreadid",
        ),
        (
            "pc",
            "<iothreads>1</iothreads>",
            "<disk type='file'><driver queues='2'><iothreads><iothread id='1'><queue id='0'/></iothread></iothreads>\
             </driver><source file='/d'/><target dev='vda'/></disk>",
            &[],
            "missing iothread mapping for queue '1'",
        ),
        (
            "pc",
            "",
            "<disk type='network'><source protocol='nbd' tls='yes' tlsHostname='h'><host name='a'/></source><target \
             dev='vda'/></disk>",
            &[Flag::BlockdevNbdTlsHostname],
            "'tlsHostname' field is not supported by this QEMU",
        ),
        (
            "pc",
            "",
            "<disk type='file'><driver io='native'/><source file='/d'/><target dev='vda'/></disk>",
            &[],
            "io='native' needs either no disk cache or directsync cache mode",
        ),
    ]);
    let low =
        "<disk type='file'><source file='/d'/><target dev='vda' bus='virtio'/><serial>a,b</serial></disk>";
    assert_eq!(
        said("pc", "", low, &[]),
        Err("internal error: driver serial 'a,b' contains unsafe characters".into())
    );
}

#[test]
fn controllers_and_places() {
    all(&[
        (
            "pc",
            "",
            "<controller type='scsi' model='lsilogic'/>",
            &[Flag::ScsiLsi],
            "This QEMU doesn't support the LSI 53C895A SCSI controller",
        ),
        (
            "q35",
            "",
            "<controller type='ide' index='0'/>",
            &[],
            "IDE controllers are unsupported for this QEMU binary or machine type",
        ),
        (
            "pc",
            "",
            "<controller type='scsi' model='lsilogic'><driver queues='2'/></controller>",
            &[],
            "'queues' is only supported by virtio-scsi controller",
        ),
        (
            "q35",
            "",
            "<controller type='pci' index='1' model='dmi-to-pci-bridge'><target chassis='3'/></controller>",
            &[],
            "Option 'chassis' is not valid for PCI controller with index '1', model 'dmi-to-pci-bridge' and modelName \
             'i82801b11-bridge'",
        ),
        (
            "pc",
            "",
            "<interface type='user'><address type='pci'><zpci uid='1' fid='1'/></address></interface>",
            &[Flag::DeviceZpci],
            "This QEMU binary doesn't support zPCI",
        ),
        (
            "pc",
            "",
            "<rng model='virtio'><backend model='builtin'/><address type='ccw' cssid='0xfe' ssid='0' devno='1'/></rng>",
            &[],
            "CCW addresses are not supported by machine type 'pc'",
        ),
    ]);
}

#[test]
fn networks_and_character_devices() {
    all(&[
        (
            "pc",
            "",
            "<interface type='user'><ip address='10.0.0.1'/><ip address='10.0.0.2'/></interface>",
            &[],
            "Only one IPv4 address per interface is allowed",
        ),
        (
            "pc",
            "",
            "<interface type='bridge'><source bridge='b'/><model type='virtio'/><driver rss='on'/></interface>",
            &[Flag::VirtioNetRss],
            "virtio rss is not supported with this QEMU binary",
        ),
        (
            "pc",
            "",
            "<interface type='user'><mtu size='1400'/></interface>",
            &[],
            "setting MTU on interface type user is not supported yet",
        ),
        (
            "pc",
            "",
            "<serial type='pty'><target type='sclp-serial'/></serial>",
            &[],
            "Serial device with target type 'sclp-serial' and target model 'sclpconsole' not compatible with guest \
             architecture or machine type",
        ),
        ("s390-ccw-virtio", "", "<parallel type='pty'/>", &[], "parallel ports are not supported"),
        (
            "pc",
            "",
            "<channel type='spicevmc'><target type='virtio'/></channel>",
            &[],
            "chardev 'spicevmc' not supported without spice graphics",
        ),
    ]);
}

#[test]
fn displays_and_other_devices() {
    all(&[
        (
            "pc",
            "",
            "<video><model type='cirrus' heads='2'/></video>",
            &[],
            "video type 'cirrus' doesn't support multiple 'heads'",
        ),
        (
            "pc",
            "",
            "<graphics type='vnc' passwd='much too long'/>",
            &[],
            "VNC password is 13 characters long, only 8 permitted",
        ),
        ("pc", "", "<graphics type='rdp'/>", &[], "rdp graphics are not supported with this QEMU"),
        (
            "pc",
            "",
            "<sound model='virtio'/>",
            &[Flag::DeviceVirtioSound],
            "virtio-sound controller is not supported in this QEMU binary",
        ),
        (
            "pc",
            "",
            "<tpm model='tpm-tis'><backend type='emulator' version='1.2'/></tpm>",
            &[],
            "TPM version '1.2' is not supported",
        ),
        ("pc", "", "<watchdog model='itco'/>", &[], "itco model of watchdog is only part of q35 machine"),
        (
            "q35",
            "",
            "<watchdog model='i6300esb' action='reset'/><watchdog model='i6300esb' action='pause'/>",
            &[],
            "watchdogs with different actions are not supported with this QEMU binary",
        ),
        ("pc", "", "<panic model='s390'/>", &[], "only S390 guests support panic device of model 's390'"),
        (
            "pc",
            "",
            "<iommu model='intel'/>",
            &[],
            "IOMMU device: 'intel' is only supported with Q35 machines",
        ),
        (
            "pc",
            "",
            "<hostdev mode='subsystem' type='mdev' model='vfio-pci' display='on'><source><address \
             uuid='53764d0e-85a0-42b4-af5c-2046b460b1dc'/></source></hostdev>",
            &[],
            "graphics device is needed for attribute value 'display=on' in <hostdev>",
        ),
        (
            "pc",
            "",
            "<crypto model='virtio' type='qemu'><backend model='lkcf'/></crypto>",
            &[Flag::ObjectCryptoLkcf],
            "crypto backend lkcf is not supported",
        ),
        (
            "pc",
            "",
            "<memballoon model='xen'/>",
            &[],
            "Memory balloon device type 'xen' is not supported by this version of qemu",
        ),
    ]);
}
