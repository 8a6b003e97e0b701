//! Guests that boot with UEFI, which is chosen for them.

use ferrovirt_tests::console::Terminal;
use ferrovirt_tests::stage;
use std::path::Path;
use std::time::Duration;

/// Firmware is slow where its instructions are emulated.
const PATIENCE: Duration = Duration::from_secs(240);

fn nvram(xml: &str) -> Option<&str> {
    let element = &xml[xml.find("<nvram")?..];
    let text = &element[element.find('>')? + 1..];
    text.split('<').next().filter(|path| path.starts_with('/'))
}

#[test]
fn a_guest_that_asks_for_uefi_gets_it_with_variables_of_its_own() {
    if !Path::new("/usr/share/qemu/firmware").is_dir() || !Path::new("/usr/share/OVMF").is_dir() {
        skip::skip!("needs the package ovmf");
    }
    let stage = stage!(System, Ours, "qemu");
    let linux = stage.linux("uefi");
    let (head, rest) = linux.split_once("<os>").expect("it has one");
    let (_, tail) = rest.split_once("</os>").expect("it ends");
    // without a kernel the firmware has to find something itself
    let os = "<os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type>\
              <firmware><feature enabled='no' name='secure-boot'/></firmware></os>";
    let file = stage.file("uefi.xml", &format!("{head}{os}{tail}"));
    stage.ok(&["define", &file]);
    let xml = stage.ok(&["dumpxml", "uefi"]);
    assert!(xml.contains("<loader readonly='yes' type='pflash' format='raw'>/usr/share/OVMF/"), "{xml}");
    let path = nvram(&xml).unwrap_or_else(|| panic!("no variables in {xml}")).to_owned();
    assert!(!Path::new(&path).exists(), "they are made when the guest starts");

    let mut command = stage.virsh.command(&["start", "--console", "uefi"]);
    let mut console = Terminal::start(&mut command).expect("a console");
    let seen = console.read_until("BdsDxe", PATIENCE, &stage.virsh.interrupted, |_| {});
    seen.unwrap_or_else(|error| panic!("{error}\nThe daemon says:\n{}", stage.daemon.log()));
    console.leave().expect("it ends");
    assert!(Path::new(&path).is_file());
    stage.ok(&["destroy", "uefi"]);
    assert!(stage.fails(&["undefine", "uefi"]).contains("cannot undefine domain with nvram"));
    stage.ok(&["undefine", "--nvram", "uefi"]);
    assert!(!Path::new(&path).exists());
}

#[test]
fn what_no_firmware_can_do_is_refused_at_once() {
    if !Path::new("/usr/share/OVMF").is_dir() {
        skip::skip!("needs the package ovmf");
    }
    let stage = stage!(System, Ours, "qemu");
    let linux = stage.linux("picky");
    let (head, rest) = linux.split_once("<os>").expect("it has one");
    let (_, tail) = rest.split_once("</os>").expect("it ends");
    let os = "<os firmware='efi'><type arch='x86_64' machine='pc'>hvm</type>\
              <firmware><feature enabled='yes' name='secure-boot'/></firmware></os>";
    let file = stage.file("picky.xml", &format!("{head}{os}{tail}"));
    let said = stage.fails(&["define", &file]);
    assert!(said.contains("Unable to find 'efi' firmware that is compatible"), "{said}");
}
