//! From a document to a definition that libxl can run: passes of its own, one subject a file, among those that
//! are common to all hypervisors. Pure: what depends on the host is given.

mod devices;
mod machine;
mod validate;

use crate::commandline;
use vir_base::Result;
use vir_model::domain::defaults::{Hypervisor, Rules};
use vir_model::domain::namespaces::XEN;
use vir_model::domain::pass::guests::{self, Guest};
use vir_model::domain::pass::offers::Offers;
use vir_model::domain::{Domain, ParseOptions};

/// Xen, as this host has it.
#[derive(Clone, Debug)]
pub struct Xen {
    /// The host's architecture.
    pub arch: String,
    /// The kinds of guest that it runs.
    pub guests: Vec<Guest>,
    /// Emulators of the device model of old (`qemu-dm`); all others are QEMU's own.
    pub traditional: Vec<String>,
}

/// What libxl offers of what only some hypervisors do.
const OFFERS: Offers = Offers {
    memory_hotplug: false,
    offline_vcpupin: false,
    individual_vcpus: false,
    any_net_model: true,
    disk_descriptors: false,
    chosen_firmware: true,
    user_aliases: true,
};

impl Xen {
    /// Reads a document; [`vir_model::domain::defaults::complete`] sets what it leaves open.
    ///
    /// # Errors
    /// As for [`Domain::parse`], and what is wrong with elements of Xen's own.
    pub fn read(&self, xml: &str, options: ParseOptions) -> Result<Domain> {
        let mut domain = Domain::parse_with(xml, options, XEN, commandline::PREFIX)?;
        commandline::settle(&mut domain)?;
        Ok(domain)
    }

    /// Whether a guest's devices are emulated by the device model of old.
    fn is_traditional(&self, domain: &Domain) -> bool {
        domain.devices.emulator.as_ref().is_some_and(|emulator| self.traditional.contains(emulator))
    }
}

impl Hypervisor for Xen {
    fn rules(&self) -> Rules {
        Rules { mac_prefix: [0x00, 0x16, 0x3e], ..Rules::default() }
    }

    fn machine(&self, domain: &mut Domain) -> Result<()> {
        guests::settle(domain, &self.arch, &self.guests)?;
        machine::settle(domain);
        Ok(())
    }

    fn devices(&self, domain: &mut Domain) -> Result<()> {
        devices::settle(domain, self.is_traditional(domain))
    }

    fn place(&self, domain: &mut Domain) -> Result<()> {
        OFFERS.check(domain)
    }

    fn check(&self, domain: &Domain) -> Result<()> {
        validate::check(domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::domain::VirtType;
    use vir_model::domain::defaults::{Kernel, complete};
    use vir_model::domain::os::OsType;
    use vir_xml::Format;

    fn completed(os: &str, inside: &str) -> Result<String> {
        let guest = |os| Guest { os, arch: "x86_64".into(), kind: VirtType::Xen };
        let guests = vec![guest(OsType::Hvm), guest(OsType::Xen), guest(OsType::Xenpvh)];
        let xen = Xen { arch: "x86_64".into(), guests, traditional: vec!["/old".into()] };
        let xml = format!(
            "<domain type='xen' xmlns:xen='http://libvirt.org/schemas/domain/xen/1.0'><name>n</name>\
             <memory>2048</memory><os>{os}</os>{inside}</domain>"
        );
        let mut domain = xen.read(&xml, ParseOptions::default())?;
        complete(&mut domain, &xen, &mut Kernel)?;
        let once = domain.clone();
        complete(&mut domain, &xen, &mut Kernel)?;
        assert_eq!(domain, once, "done twice, the second time changes something");
        Ok(domain.to_xml(Format::default()))
    }

    fn has(printed: &str, expected: &[&str]) {
        for line in expected {
            assert!(printed.contains(line), "{line} is not in\n{printed}");
        }
    }

    #[test]
    fn a_guest_of_its_own_kind_has_xens_devices() {
        let printed = completed("<type>linux</type>", "<devices><graphics type='vnc'/></devices>").unwrap();
        has(
            &printed,
            &[
                "<type arch='x86_64'>linux</type>",
                "<target type='xen' port='0'/>",
                "<input type='mouse' bus='xen'/>",
                "<input type='keyboard' bus='xen'/>",
                "<model type='xen' vram='4096' heads='1' primary='yes'/>",
                "<memballoon model='xen'/>",
                "<controller type='xenbus' index='0'/>",
            ],
        );
        assert!(!printed.contains("<pae/>"), "{printed}");
    }

    #[test]
    fn a_guest_of_any_other_kind_has_a_pcs() {
        let devices = "<disk type='file'><source file='/d'/><target dev='hda'/></disk><console type='pty'/>\
             <interface type='bridge'><source bridge='b'/><model type='odd'/></interface>\
             <graphics type='vnc'/>";
        let printed = completed("<type>hvm</type>", &format!("<devices>{devices}</devices>")).unwrap();
        has(
            &printed,
            &[
                "<pae/>",
                "<driver type='raw'/>",
                "<mac address='00:16:3e:",
                "<target type='serial' port='0'/>",
                "<input type='mouse' bus='ps2'/>",
                "<model type='cirrus' vram='8192' heads='1' primary='yes'/>",
            ],
        );
        let old = format!("<devices><emulator>/old</emulator>{devices}</devices>");
        has(&completed("<type>hvm</type>", &old).unwrap(), &["<model type='cirrus' vram='4096'"]);
    }

    #[test]
    fn what_libxl_cannot_do_is_refused() {
        let pci = "<source><address bus='1'/></source>";
        for (os, inside, says) in [
            ("", "<devices><sound model='ich9'/></devices>", "unsupported audio model ich9"),
            (
                "",
                "<devices><interface type='bridge'><source bridge='b'/><filterref filter='f'/></interface></devices>",
                "filterref is not supported in xen",
            ),
            (
                "",
                &format!("<devices><hostdev type='pci'><driver name='vfio'/>{pci}</hostdev></devices>"),
                "XEN does not support device assignment mode 'vfio'",
            ),
            (
                "<loader type='pflash' secure='yes' readonly='yes'>/l</loader>",
                "",
                "Secure boot is not supported on Xen",
            ),
            ("<acpi><table type='msdm'>/t</table></acpi>", "", "ACPI table type 'msdm' is not supported"),
            (
                "",
                "<xen:commandline><xen:arg/></xen:commandline>",
                "No device model command-line argument specified",
            ),
        ] {
            let error = completed(&format!("<type>hvm</type>{os}"), inside).unwrap_err();
            assert!(error.message().ends_with(says), "{error}");
        }
    }
}
