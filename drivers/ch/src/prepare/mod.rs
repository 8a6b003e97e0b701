//! From a document to a definition that Cloud Hypervisor can run: passes of its own among those that are common
//! to all hypervisors. Pure: what depends on the host is given.

mod validate;

use vir_base::{Result, err};
use vir_model::domain::defaults::{Hypervisor, Rules};
use vir_model::domain::os::OsType;
use vir_model::domain::pass::guests::{self, Guest};
use vir_model::domain::pass::offers::Offers;
use vir_model::domain::{Domain, ParseOptions, VirtType};

/// Cloud Hypervisor, as this host has it.
#[derive(Clone, Debug, Default)]
pub struct Ch {
    /// The host's architecture.
    pub arch: String,
    /// The program, if there is one.
    pub emulator: Option<String>,
    /// Whether the kernel has KVM.
    pub kvm: bool,
    /// Whether it has the Microsoft Hypervisor.
    pub mshv: bool,
    /// Whether this version has a serial port and a console at once.
    pub serial_and_console: bool,
    /// Whether this version connects a serial port to a socket.
    pub serial_socket: bool,
}

/// What it offers of what only some hypervisors do.
const OFFERS: Offers = Offers {
    memory_hotplug: false,
    offline_vcpupin: false,
    individual_vcpus: false,
    any_net_model: false,
    disk_descriptors: false,
    chosen_firmware: false,
    user_aliases: true,
};

impl Ch {
    /// Reads a document; [`vir_model::domain::defaults::complete`] sets what it leaves open.
    ///
    /// # Errors
    /// As for [`Domain::parse`].
    pub fn read(&self, xml: &str, options: ParseOptions) -> Result<Domain> {
        Domain::parse(xml, options)
    }

    /// The kinds of guest that this host runs.
    pub fn guests(&self) -> Vec<Guest> {
        let kinds = [(self.kvm, VirtType::Kvm), (self.mshv, VirtType::Hyperv)];
        let guest = |kind| Guest { os: OsType::Hvm, arch: self.arch.clone(), kind };
        kinds.into_iter().filter(|(there, _)| *there).map(|(_, kind)| guest(kind)).collect()
    }
}

impl Hypervisor for Ch {
    fn rules(&self) -> Rules {
        Rules { mirror_console: false, ..Rules::default() }
    }

    fn machine(&self, domain: &mut Domain) -> Result<()> {
        if domain.devices.emulator.is_none() {
            let none = || err!(Ch, ConfigUnsupported, "No emulator found for cloud-hypervisor");
            domain.devices.emulator = Some(self.emulator.clone().ok_or_else(none)?);
        }
        guests::settle(domain, &self.arch, &self.guests())
    }

    fn place(&self, domain: &mut Domain) -> Result<()> {
        OFFERS.check(domain)
    }

    fn check(&self, domain: &Domain) -> Result<()> {
        validate::check(self, domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::domain::defaults::{Kernel, complete};

    fn completed(ch: &Ch, devices: &str) -> Result<Domain> {
        let xml = format!(
            "<domain type='kvm'><name>n</name><memory>1</memory><os><type>hvm</type></os>\
             <devices>{devices}</devices></domain>"
        );
        let mut domain = ch.read(&xml, ParseOptions::default())?;
        complete(&mut domain, ch, &mut Kernel).map(|()| domain)
    }

    fn host() -> Ch {
        Ch { arch: "x86_64".into(), emulator: Some("/ch".into()), kvm: true, ..Ch::default() }
    }

    #[test]
    fn a_console_is_no_serial_port_here() {
        let domain = completed(&host(), "<console type='pty'/>").unwrap();
        assert_eq!((domain.devices.consoles.len(), domain.devices.serials.len()), (1, 0));
        let printed = domain.to_xml(vir_xml::Format::default());
        assert!(printed.contains("<target type='serial' port='0'/>"), "{printed}");
    }

    #[test]
    fn what_it_cannot_do_is_refused() {
        let cases = [
            ("<rng model='virtio'><backend model='random'/></rng>", "doesn't support 'rng' device"),
            (
                "<serial type='pty'/><console type='pty'/>",
                "Only a single console or serial can be configured",
            ),
            ("<serial type='pty'/><serial type='pty'/>", "Only a single serial can be configured"),
            ("<console type='file'><source path='/f'/></console>", "Console only works in PTY mode"),
            ("<serial type='null'/>", "Serial only works in UNIX/PTY modes"),
            ("<serial type='unix'><source mode='bind' path='/s'/></serial>", "Unix Socket backend"),
        ];
        for (devices, says) in cases {
            let error = completed(&host(), devices).unwrap_err();
            assert!(error.message().contains(says), "{error}");
        }
        let newer = Ch { serial_and_console: true, serial_socket: true, ..host() };
        completed(&newer, cases[1].0).unwrap();
        completed(&newer, cases[5].0).unwrap();
        let error = completed(&Ch { emulator: None, ..host() }, "").unwrap_err();
        assert!(error.message().ends_with("No emulator found for cloud-hypervisor"), "{error}");
        completed(&Ch { kvm: false, ..host() }, "").unwrap_err();
    }
}
