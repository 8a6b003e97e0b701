//! Guests that QEMU, or the installed one, cannot run: each is refused when it is defined, in words that hold for our
//! daemon and for the C one alike.

use ferrovirt_tests::stage;

/// A machine, elements of the domain, elements among its devices, and the refusal.
#[rustfmt::skip]
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("pc", "<features><htm state='on'/></features>", "",
     "unsupported configuration: The 'htm' feature is not supported for architecture 'x86_64' or machine type \
      'pc'"),
    ("pc", "<on_poweroff>preserve</on_poweroff>", "",
     "unsupported configuration: qemu driver doesn't support the 'preserve' action for 'on_reboot'/'on_poweroff'"),
    ("q35", "<vcpu>4</vcpu><cpu><topology sockets='1' cores='2' threads='1'/></cpu>", "",
     "unsupported configuration: CPU topology doesn't match maximum vcpu count"),
    ("pc", "<clock offset='utc'><timer name='rtc' tickpolicy='merge'/></clock>", "",
     "unsupported configuration: unsupported rtc timer tickpolicy 'merge'"),
    ("pc", "<memoryBacking><hugepages/><source type='anonymous'/></memoryBacking>", "",
     "unsupported configuration: hugepages are not allowed with anonymous memory source"),
    ("pc", "", "<disk type='file'><driver iothread='3'/><source file='/d'/><target dev='vda'/></disk>",
     "unsupported configuration: Disk iothread '3' not defined in iothreadid"),
    ("pc", "", "<disk type='file'><source file='/d'/><target dev='vda'/><serial>a,b</serial></disk>",
     "internal error: driver serial 'a,b' contains unsafe characters"),
    ("pc", "", "<controller type='pci' index='0' model='pci-root'><target busNr='3'/></controller>",
     "unsupported configuration: Option 'busNr' is not valid for PCI controller with index '0', model 'pci-root' and \
      modelName 'none'"),
    ("pc", "", "<interface type='user'><mtu size='1400'/></interface>",
     "unsupported configuration: setting MTU on interface type user is not supported yet"),
    ("pc", "", "<channel type='spicevmc'><target type='virtio'/></channel>",
     "unsupported configuration: chardev 'spicevmc' not supported without spice graphics"),
    ("pc", "", "<graphics type='vnc' passwd='much too long'/>",
     "unsupported configuration: VNC password is 13 characters long, only 8 permitted"),
    ("pc", "", "<panic model='s390'/>",
     "unsupported configuration: only S390 guests support panic device of model 's390'"),
    ("pc", "", "<filesystem><driver type='virtiofs'/><source dir='/a'/><target dir='b'/></filesystem>",
     "unsupported configuration: 'virtiofs' requires shared memory"),
    ("pc", "", "<input type='tablet' bus='usb'/><controller type='usb' model='none'/>",
     "unsupported configuration: Can't add USB input device. USB bus is disabled"),
    ("pc", "", "<video><model type='vga' primary='yes'/></video><video><model type='cirrus' primary='yes'/></video>",
     "unsupported configuration: Only one primary video device is supported"),
    ("vax", "", "", "XML error: No PCI buses available"),
];

#[test]
fn what_cannot_be_run_is_refused_in_the_same_words() {
    let stage = stage!(System, Peer, "qemu");
    for (machine, before, inside, refusal) in REFUSED {
        let file = stage.file(
            "refused.xml",
            &format!(
                "<domain type='qemu'><name>g</name><memory unit='MiB'>512</memory><os><type arch='x86_64' \
                 machine='{machine}'>hvm</type></os>{before}<devices>{inside}</devices></domain>"
            ),
        );
        let error = stage.fails(&["define", &file]);
        // which machine `pc` stands for is the emulator's own matter
        let found = match error.split_once("'pc-i440fx-") {
            Some((start, _)) => format!("{start}'pc'"),
            None => error,
        };
        let wanted = format!("error: Failed to define domain from {file}\nerror: {refusal}");
        assert_eq!(found, wanted, "{before}{inside}");
    }
    assert_eq!(stage.ok(&["list", "--all", "--name"]), "");
}
