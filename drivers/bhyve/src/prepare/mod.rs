//! From a document to a definition that bhyve can run: passes of its own, one subject a file, among those that
//! are common to all hypervisors. Pure: what depends on the host is given.

mod controllers;
mod devices;
mod pci;
mod validate;

use crate::commandline;
use vir_base::Result;
use vir_model::domain::defaults::Hypervisor;
use vir_model::domain::namespaces::BHYVE;
use vir_model::domain::os::OsType;
use vir_model::domain::pass::guests::{self, Guest};
use vir_model::domain::pass::offers::Offers;
use vir_model::domain::{Domain, ParseOptions, VirtType};

/// bhyve, as this host has it.
#[derive(Clone, Debug)]
pub struct Bhyve {
    /// The host's architecture.
    pub arch: String,
    /// Whether a SATA controller takes 32 disks (`BHYVE_CAP_AHCI32SLOT`), not one.
    pub many_ports: bool,
}

/// What bhyve offers of what only some hypervisors do.
const OFFERS: Offers = Offers {
    memory_hotplug: false,
    offline_vcpupin: false,
    individual_vcpus: false,
    any_net_model: false,
    disk_descriptors: false,
    chosen_firmware: true,
    user_aliases: false,
};

impl Bhyve {
    /// Reads a document; [`vir_model::domain::defaults::complete`] sets what it leaves open.
    ///
    /// # Errors
    /// As for [`Domain::parse`], and what is wrong with elements of bhyve's own.
    pub fn read(&self, xml: &str, options: ParseOptions) -> Result<Domain> {
        let mut domain = Domain::parse_with(xml, options, BHYVE, commandline::PREFIX)?;
        if !options.live {
            OFFERS.forget_aliases(&mut domain);
        }
        commandline::settle(&mut domain)?;
        Ok(domain)
    }
}

impl Hypervisor for Bhyve {
    fn machine(&self, domain: &mut Domain) -> Result<()> {
        let guest = Guest { os: OsType::Hvm, arch: "x86_64".into(), kind: VirtType::Bhyve };
        guests::settle(domain, &self.arch, &[guest])?;
        controllers::add(domain);
        Ok(())
    }

    fn devices(&self, domain: &mut Domain) -> Result<()> {
        controllers::check(domain)?;
        devices::settle(domain, self.many_ports)
    }

    fn place(&self, domain: &mut Domain) -> Result<()> {
        pci::assign(domain)?;
        OFFERS.check(domain)
    }

    fn check(&self, domain: &Domain) -> Result<()> {
        validate::check(domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::domain::defaults::{Kernel, complete};
    use vir_xml::Format;

    fn completed(attrs: &str, devices: &str, many_ports: bool) -> Result<Domain> {
        let xml = format!(
            "<domain type='bhyve'{attrs}><name>n</name><uuid>df3be7e7-a104-11e3-aeb0-50e5492bd3dc</uuid>\
             <memory>1</memory><os><type>hvm</type></os>{devices}</domain>"
        );
        let bhyve = Bhyve { arch: "x86_64".into(), many_ports };
        let mut domain = bhyve.read(&xml, ParseOptions::default())?;
        complete(&mut domain, &bhyve, &mut Kernel)?;
        let once = domain.clone();
        complete(&mut domain, &bhyve, &mut Kernel)?;
        assert_eq!(domain, once, "done twice, the second time changes something");
        Ok(domain)
    }

    fn with(devices: &str) -> Result<Domain> {
        completed("", &format!("<devices>{devices}</devices>"), true)
    }

    #[test]
    fn the_second_slot_is_the_bridges_and_the_rest_is_filled_in_turn() {
        let devices = "<disk type='file'><source file='/a'/><target dev='sdah' bus='sata'/></disk>\
             <interface type='bridge'><source bridge='b'/><address type='pci' slot='3'/></interface>\
             <serial type='nmdm'/><graphics type='vnc'/>";
        let domain = with(devices).unwrap();
        let printed = domain.to_xml(Format::default());
        for expected in [
            "<source master='/dev/nmdmdf3be7e7-a104-11e3-aeb0-50e5492bd3dcA' \
             slave='/dev/nmdmdf3be7e7-a104-11e3-aeb0-50e5492bd3dcB'/>",
            "<address type='drive' controller='1' bus='0' target='0' unit='1'/>",
            "<model type='gop' heads='1' primary='yes'/>",
        ] {
            assert!(printed.contains(expected), "{printed}");
        }
        let slots: Vec<_> = domain
            .devices
            .controllers
            .iter()
            .map(|c| (c.kind.unwrap().as_str(), c.info.pci().map(|pci| pci.slot)))
            .collect();
        let expected = [("pci", None), ("isa", Some(1)), ("sata", Some(2)), ("sata", Some(4))];
        assert_eq!(slots.len(), expected.len());
        assert!(expected.iter().all(|one| slots.contains(one)), "{slots:?}");
        assert_eq!(domain.devices.videos[0].info.pci().unwrap().slot, 5);
        // with a controller for each disk there is no room for so many
        let error = completed("", &format!("<devices>{devices}</devices>"), false).unwrap_err();
        assert!(error.message().ends_with("No more available PCI slots"), "{error}");
    }

    #[test]
    fn what_bhyve_cannot_do_is_refused() {
        let nic = |slot: &str| {
            format!("<interface type='user'><address type='pci' slot='0x03'{slot}/></interface>")
        };
        for (devices, says) in [
            (
                "<rng model='virtio'><backend model='builtin'/></rng>",
                "Only 'random' backend model is supported",
            ),
            (
                "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
                "Only /dev/random source is supported",
            ),
            (
                "<rng model='virtio-transitional'><backend model='random'/></rng>",
                "Only 'virio' RNG device model is supported",
            ),
            (
                "<controller type='pci' index='1' model='pci-root'/>",
                "pci-root and pcie-root controllers should have index 0",
            ),
            ("<controller type='isa' index='1'/>", "An error occurred, but the cause is unknown"),
            (&(nic("") + &nic("")), "Attempted double use of PCI Address 0000:00:03.0"),
            (&nic(" bus='1'"), "Invalid PCI address 0000:01:03.0. Only PCI buses up to 0 are available"),
            (&nic(" domain='1'"), "Invalid PCI address 0001:00:03.0. Only PCI domain 0 is available"),
            (&"<interface type='user'/>".repeat(31), "No more available PCI slots"),
            ("<interface type='user'><model type='odd'/></interface>", "does not support net model 'odd'"),
        ] {
            let error = with(devices).unwrap_err();
            assert!(error.message().ends_with(says), "{error}");
        }
        with(&"<interface type='user'/>".repeat(30)).unwrap();
    }

    #[test]
    fn arguments_are_kept_under_the_usual_prefix() {
        let attrs = " xmlns:b='http://libvirt.org/schemas/domain/bhyve/1.0'";
        let inside = "<b:commandline><b:arg value='-s'/><b:other/><b:arg value='&lt;'/></b:commandline>";
        let domain = completed(attrs, inside, true).unwrap();
        assert_eq!(commandline::arguments(&domain).unwrap(), ["-s", "<"]);
        let printed = domain.to_xml(Format::default());
        let expected = "  <bhyve:commandline>\n    <bhyve:arg value='-s'/>\n    <bhyve:arg value='&lt;'/>\n";
        assert!(printed.contains(expected), "{printed}");
        assert!(completed(attrs, "<b:commandline/>", true).unwrap().foreign.is_none());
        let error = completed(attrs, "<b:commandline><b:arg/></b:commandline>", true).unwrap_err();
        assert!(error.message().ends_with("No bhyve command-line argument specified"), "{error}");
    }
}
