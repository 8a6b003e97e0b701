//! Domains that hypervisors other than QEMU complete.

use super::generic::Counting;
use super::network::outcome;
use crate::{Area, Case, Outcome};
use vir_base::{Result, Uuid};
use vir_driver_bhyve::Bhyve;
use vir_driver_ch::Ch;
use vir_driver_lxc::Lxc;
use vir_model::domain::abi;
use vir_model::domain::defaults::{Hypervisor, Random, complete};
use vir_model::domain::{Domain, ParseOptions};
use vir_xml::Format;

/// Made up MAC addresses are the prefix and zeroes.
struct ZeroMacs;

impl Random for ZeroMacs {
    fn uuid(&mut self) -> Uuid {
        Counting.uuid()
    }

    fn mac_tail(&mut self) -> [u8; 3] {
        [0, 0, 0]
    }
}

/// An area whose cases read a document, complete it and print it.
pub struct Round {
    name: &'static str,
    run: fn(&Case, &str, ParseOptions) -> Result<Domain>,
}

/// `bhyvexml2xml`.
pub const BHYVE: Round = Round {
    name: "bhyvexml2xml",
    run: |case, xml, options| {
        let flags = case.param("bhyve_caps").as_array().map_or(&[][..], Vec::as_slice);
        let many_ports = flags.iter().any(|flag| flag == "BHYVE_CAP_AHCI32SLOT");
        let bhyve = Bhyve { arch: "x86_64".into(), many_ports };
        completed(bhyve.read(xml, options)?, &bhyve, &mut ZeroMacs)
    },
};

/// `lxcxml2xml`.
pub const LXC: Round = Round {
    name: "lxcxml2xml",
    run: |_, xml, options| {
        let lxc = Lxc { arch: "x86_64".into(), emulator: "/usr/libexec/libvirt_lxc".into() };
        completed(lxc.read(xml, options)?, &lxc, &mut Counting)
    },
};

/// `chxml2xml`.
pub const CH: Round = Round {
    name: "chxml2xml",
    run: |_, xml, options| {
        let ch = Ch { arch: "x86_64".into(), kvm: true, mshv: true, ..Ch::default() };
        completed(ch.read(xml, options)?, &ch, &mut Counting)
    },
};

fn completed(mut domain: Domain, hypervisor: &dyn Hypervisor, random: &mut dyn Random) -> Result<Domain> {
    complete(&mut domain, hypervisor, random)?;
    abi::check(&domain, &domain, abi::Options::default())?;
    Ok(domain)
}

impl Area for Round {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&self, case: &Case) -> Outcome {
        let input = match case.file("input_xml") {
            Ok(input) => input,
            Err(error) => return Outcome::Failed(error),
        };
        let live = case.holds("live");
        let format = Format { secure: true, inactive: !live, ..Format::default() };
        let printed = (self.run)(case, &input, ParseOptions { live }).map(|domain| domain.to_xml(format));
        outcome(case, printed)
    }
}
