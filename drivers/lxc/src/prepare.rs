//! From a document to a definition that can be run as a container: passes of its own among those that are common
//! to all hypervisors. Pure: what depends on the host is given.

use crate::namespace;
use vir_base::Result;
use vir_model::domain::defaults::Hypervisor;
use vir_model::domain::device::chardev::ConsoleTargetType;
use vir_model::domain::namespaces::LXC;
use vir_model::domain::os::OsType;
use vir_model::domain::pass::guests::{self, Guest};
use vir_model::domain::pass::offers::Offers;
use vir_model::domain::{Domain, ParseOptions, VirtType};

/// Containers, as this host has them.
#[derive(Clone, Debug)]
pub struct Lxc {
    /// The host's architecture.
    pub arch: String,
    /// The program that keeps a container.
    pub emulator: String,
}

/// Nothing of what only some hypervisors offer.
const OFFERS: Offers = Offers {
    memory_hotplug: false,
    offline_vcpupin: false,
    individual_vcpus: false,
    any_net_model: false,
    disk_descriptors: false,
    chosen_firmware: false,
    user_aliases: false,
};

/// Architectures whose kernels run programs of a smaller one too.
const SMALLER: &[(&str, &str)] = &[
    ("x86_64", "i686"),
    ("s390x", "s390"),
    ("ppc64", "ppc"),
    ("parisc64", "parisc"),
    ("sparc64", "sparc"),
    ("mips64", "mips"),
    ("mips64el", "mipsel"),
    ("aarch64", "armv7l"),
];

impl Lxc {
    /// Reads a document; [`vir_model::domain::defaults::complete`] sets what it leaves open.
    ///
    /// # Errors
    /// As for [`Domain::parse`], and what is wrong with elements of containers' own.
    pub fn read(&self, xml: &str, options: ParseOptions) -> Result<Domain> {
        let mut domain = Domain::parse_with(xml, options, LXC, namespace::PREFIX)?;
        if !options.live {
            OFFERS.forget_aliases(&mut domain);
        }
        namespace::settle(&mut domain)?;
        Ok(domain)
    }

    /// The kinds of container that this host runs.
    pub fn guests(&self) -> Vec<Guest> {
        let smaller = SMALLER.iter().find(|(arch, _)| *arch == self.arch).map(|(_, smaller)| *smaller);
        let guest = |arch: &str| Guest { os: OsType::Exe, arch: arch.to_owned(), kind: VirtType::Lxc };
        [self.arch.as_str()].into_iter().chain(smaller).map(guest).collect()
    }
}

impl Hypervisor for Lxc {
    fn machine(&self, domain: &mut Domain) -> Result<()> {
        guests::settle(domain, &self.arch, &self.guests())?;
        domain.devices.emulator.get_or_insert_with(|| self.emulator.clone());
        Ok(())
    }

    fn devices(&self, domain: &mut Domain) -> Result<()> {
        for console in &mut domain.devices.consoles {
            console.target.get_or_insert_default().kind.get_or_insert(ConsoleTargetType::Lxc);
        }
        Ok(())
    }

    fn place(&self, domain: &mut Domain) -> Result<()> {
        OFFERS.check(domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::domain::defaults::{Kernel, complete};

    #[test]
    fn a_container_has_its_program_and_console_and_its_hosts_architecture() {
        let lxc = Lxc { arch: "aarch64".into(), emulator: "/usr/libexec/libvirt_lxc".into() };
        let with = |arch: &str| {
            let xml = format!(
                "<domain type='lxc'><name>n</name><memory>1</memory><os><type{arch}>exe</type>\
                 <init>/i</init></os><devices><console type='pty'/></devices></domain>"
            );
            let mut domain = lxc.read(&xml, ParseOptions::default()).unwrap();
            complete(&mut domain, &lxc, &mut Kernel).map(|()| domain)
        };
        let domain = with("").unwrap();
        assert_eq!(domain.os.arch(), "aarch64");
        assert_eq!(domain.devices.emulator.as_deref(), Some("/usr/libexec/libvirt_lxc"));
        let target = domain.devices.consoles[0].target.clone().unwrap();
        assert_eq!((target.kind, target.port), (Some(ConsoleTargetType::Lxc), Some(0)));
        with(" arch='armv7l'").unwrap();
        with(" arch='x86_64'").unwrap_err();
    }
}
