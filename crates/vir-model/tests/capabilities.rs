//! Capability documents read and print as themselves.

use vir_model::capabilities::{self, Capabilities};
use vir_model::domaincaps::{Choices, CpuModel, DomainCapabilities};
use vir_xml::Content;

#[test]
fn capabilities_print_with_empty_lines_between_their_parts() {
    let text = "<capabilities>\n\n  <host>\n    <uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>\n    <cpu>\n      <arch>x86_64</arch>\n      <topology sockets='1' dies='1' clusters='1' cores='2' threads='1'/>\n      <pages unit='KiB' size='4'/>\n    </cpu>\n    <power_management/>\n    <iommu support='no'/>\n    <migration_features>\n      <live/>\n      <uri_transports>\n        <uri_transport>tcp</uri_transport>\n      </uri_transports>\n    </migration_features>\n    <topology>\n      <cells num='1'>\n        <cell id='0'>\n          <memory unit='KiB'>1000</memory>\n          <pages unit='KiB' size='4'>250</pages>\n          <distances>\n            <sibling id='0' value='10'/>\n          </distances>\n          <cpus num='1'>\n            <cpu id='0' socket_id='0' die_id='0' cluster_id='0' core_id='0' siblings='0'/>\n          </cpus>\n        </cell>\n      </cells>\n    </topology>\n  </host>\n\n  <guest>\n    <os_type>hvm</os_type>\n    <arch name='x86_64'>\n      <wordsize>64</wordsize>\n      <machine canonical='pc-q35-9.0' maxCpus='288' deprecated='yes'>q35</machine>\n      <domain type='qemu'/>\n    </arch>\n    <features>\n      <acpi default='on' toggle='yes'/>\n      <cpuselection/>\n    </features>\n  </guest>\n\n</capabilities>\n";
    let tree = vir_xml::parse(text, None).unwrap();
    let read = Capabilities::read(&tree).unwrap();
    assert_eq!(capabilities::print(&read), text);
}

#[test]
fn domain_capabilities_print_as_they_were_made() {
    let mut caps = DomainCapabilities {
        memory_backing: Some(Choices::of(&[("sourceType", &["file"])])),
        ..Default::default()
    };
    caps.path = Some("/usr/bin/q".into());
    let model = CpuModel { usable: Some("yes".into()), name: Some("486".into()), ..Default::default() };
    let mut cpu = vir_model::domaincaps::CpuCaps::default();
    cpu.modes.push(vir_model::domaincaps::CpuMode {
        name: "custom".into(),
        models: [model].into_iter().collect(),
        ..Default::default()
    });
    caps.cpu = Some(cpu);
    let text = caps.to_xml(Default::default());
    assert!(text.contains("      <model usable='yes'>486</model>\n"), "{text}");
    let again = DomainCapabilities::read(&vir_xml::parse(&text, None).unwrap()).unwrap();
    assert_eq!(again, caps);
}
