//! The capabilities documents.

use crate::driver::Driver;
use crate::host::{Cell, Host};
use std::fmt::Write;
use vir_base::error::check_flags;
use vir_base::{ErrorDomain, Result, bail};
use vir_model::domain::os::ARCHITECTURES;

/// What the firmware says of the machine.
pub(crate) const SYSINFO: &str = "\
<sysinfo type='smbios'>
  <bios>
    <entry name='vendor'>LENOVO</entry>
    <entry name='version'>G4ETA1WW (2.61 )</entry>
    <entry name='date'>05/07/2014</entry>
    <entry name='release'>2.61</entry>
  </bios>
</sysinfo>
";

const HOST_HEAD: &str = "\
<capabilities>

  <host>
    <cpu>
      <arch>i686</arch>
      <features>
        <pae/>
        <nonpae/>
      </features>
      <pages unit='KiB' size='4'/>
      <pages unit='KiB' size='8'/>
      <pages unit='KiB' size='2048'/>
      <pages unit='KiB' size='1048576'/>
    </cpu>
    <power_management/>
    <iommu support='no'/>
    <topology>
";

const HOST_TAIL: &str = "    </topology>
    <secmodel>
      <model>testSecurity</model>
      <doi></doi>
    </secmodel>
  </host>

";

/// The capabilities of the machine and of its two kinds of guests.
pub(crate) fn of_host(host: &Host) -> String {
    let mut xml = HOST_HEAD.to_owned();
    let _ = writeln!(xml, "      <cells num='{}'>", host.cells.len());
    for (id, cell) in host.cells.iter().enumerate() {
        write_cell(&mut xml, id, cell);
    }
    xml.push_str("      </cells>\n");
    xml.push_str(HOST_TAIL);
    for os_type in ["hvm", "xen"] {
        let _ = write!(
            xml,
            "  <guest>
    <os_type>{os_type}</os_type>
    <arch name='i686'>
      <wordsize>32</wordsize>
      <emulator>/usr/bin/test-hv</emulator>
      <domain type='test'/>
    </arch>
    <features>
      <pae/>
      <nonpae/>
    </features>
  </guest>

"
        );
    }
    xml.push_str("</capabilities>\n");
    xml
}

fn write_cell(xml: &mut String, id: usize, cell: &Cell) {
    let Cell { memory, page, first_cpu, cpus, .. } = cell;
    let pages = memory / page.max(&1);
    let _ = write!(
        xml,
        "        <cell id='{id}'>
          <memory unit='KiB'>{memory}</memory>
          <pages unit='KiB' size='{page}'>{pages}</pages>
          <pages unit='KiB' size='2048'>0</pages>
          <pages unit='KiB' size='1048576'>0</pages>
          <cpus num='{cpus}'>
"
    );
    for core in 0..*cpus {
        let cpu = first_cpu + core;
        let _ = writeln!(
            xml,
            "            <cpu id='{cpu}' socket_id='{id}' die_id='0' cluster_id='0' core_id='{core}' \
             siblings='{cpu}'/>"
        );
    }
    xml.push_str("          </cpus>\n        </cell>\n");
}

/// Kinds of domains that documents may name.
#[rustfmt::skip]
const DOMAIN_TYPES: &[&str] = &[
    "none", "qemu", "kqemu", "kvm", "xen", "lxc", "uml", "openvz", "test", "vmware", "hyperv", "vbox", "phyp",
    "parallels", "bhyve", "vz", "hvf",
];

/// What domains of that kind can have: nothing in particular.
pub(crate) fn of_domain(
    _: &Driver,
    emulator: Option<&str>,
    arch: Option<&str>,
    machine: Option<&str>,
    domain_type: Option<&str>,
    flags: u32,
) -> Result<String> {
    check_flags(ErrorDomain::Test, flags, 0, "testConnectGetDomainCapabilities")?;
    let arch = arch.unwrap_or("i686");
    if !ARCHITECTURES.contains(&arch) {
        bail!(Test, InvalidArg, "unknown architecture: {arch}");
    }
    let domain_type = domain_type.unwrap_or("test");
    if !DOMAIN_TYPES.contains(&domain_type) {
        bail!(Test, InvalidArg, "unknown virttype: {domain_type}");
    }
    let mut xml = "<domainCapabilities>\n".to_owned();
    if let Some(emulator) = emulator {
        let _ = writeln!(xml, "  <path>{}</path>", escape(emulator));
    }
    let _ = writeln!(xml, "  <domain>{domain_type}</domain>");
    if let Some(machine) = machine {
        let _ = writeln!(xml, "  <machine>{}</machine>", escape(machine));
    }
    let _ = writeln!(xml, "  <arch>{arch}</arch>");
    xml.push_str(
        "  <cpu>
    <mode name='host-passthrough' supported='no'/>
    <mode name='maximum' supported='no'/>
    <mode name='host-model' supported='no'/>
    <mode name='custom' supported='no'/>
  </cpu>
  <devices>
  </devices>
  <features>
    <sev supported='no'/>
    <sgx supported='no'/>
  </features>
</domainCapabilities>
",
    );
    Ok(xml)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            c => escaped.push(c),
        }
    }
    escaped
}
