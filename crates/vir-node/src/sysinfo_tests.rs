use super::*;

const TABLES: &str = "\
BIOS Information
\tVendor: Pome & Sons
\tVersion: 2.1\x20\x20
\tRelease Date: 04/01/2024

System Information
\tManufacturer: Pome
\tProduct Name: Orchard
\tSerial Number:\x20\x20\x20
\tUUID: 0b7c2a54-8a0e-4b5e-9a51-0d7c6a1f2e10

Base Board Information
\tManufacturer: Pome
\tLocation In Chassis: left

Base Board Information
\tAsset Tag: A7

OEM Strings
\tString 1: plain
\tString 2: with.dots
\tString 3:\x20

Processor Information
\tSocket Designation: P0
\tType: Central Processor
\tMax Speed: 3 GHz

Memory Device
\tSize: 8 GB
\tLocator: D0

Memory Device
\tSize: No Module Installed
\tLocator: D1
";

#[test]
fn tables_become_a_document() {
    let mut asked = vec![];
    let tables = of_dmi(TABLES, &mut |number| {
        asked.push(number);
        Ok("with\ntwo lines".into())
    });
    let tables = tables.unwrap();
    assert_eq!(asked, [2]);
    assert_eq!(tables.oem_strings, ["plain", "with\ntwo lines"]);
    assert_eq!(
        tables.bios,
        [("vendor", "Pome & Sons".to_owned()), ("version", "2.1".into()), ("date", "04/01/2024".into())]
    );
    assert!(!tables.system.iter().any(|(name, _)| *name == "serial"));
    // a label that a section lacks is found in the next one, as with the peer
    assert!(tables.base_boards[0].contains(&("asset", "A7".to_owned())));
    assert_eq!((tables.base_boards.len(), tables.processors.len(), tables.memory.len()), (2, 1, 1));
    let text = tables.to_document();
    assert!(
        text.starts_with(
            "<sysinfo type='smbios'>\n  <bios>\n    <entry name='vendor'>Pome &amp; Sons</entry>"
        )
    );
    assert!(text.contains("  <memory_device>\n    <entry name='size'>8 GB</entry>\n"));
    assert_eq!(of_dmi("nothing", &mut |_| Ok(String::new())).unwrap(), Smbios::default());
    for bad in ["OEM Strings\nString x: y\n", "OEM Strings\nString 1 y\n", "OEM Strings\nString 1: y"] {
        let error = of_dmi(bad, &mut |_| Ok(String::new())).unwrap_err();
        assert_eq!(error.message(), "internal error: Malformed output of dmidecode");
    }
}

#[test]
fn a_host_without_tables_tells_by_proc() {
    let power = of_power("processor : 0\ncpu : POWER9\nrevision : 2.2\n\nplatform : pSeries\nmodel : M1\n");
    assert_eq!(power.system, [("serial", "M1".to_owned()), ("family", "pSeries".into())]);
    assert_eq!(power.processors[0].len(), 3);
    let arm = of_arm("Processor : A64\nprocessor : 0\nprocessor : 1\n");
    assert_eq!(arm.processors[1], [("socket_destination", "1".to_owned()), ("type", "A64".into())]);
    assert!(of_arm("processor : 0\n").processors.is_empty());
    let sysinfo = "Manufacturer: IBM\nType: 2964\nSequence Code: 0012\n";
    let cpuinfo = "vendor_id : IBM/S390\nprocessor 0: version = 00,  identification = 14, machine = 2964\n\
                   cpu number : 0\ncpu MHz static : 5000\ncpu number : 7\ncpu MHz static : 1\n";
    let main_frame = of_s390(sysinfo, cpuinfo).unwrap();
    let names: Vec<_> = main_frame.processors[0].iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["family", "manufacturer", "version", "max_speed", "serial_number"]);
    assert!(of_s390("", cpuinfo).is_err());
}
