//! Networks, their ports, filters of traffic, secrets and the host's interfaces.

use crate::{Area, Case, Outcome};
use vir_base::Result;
use vir_model::interface::Interface;
use vir_model::network::Network;
use vir_model::network::port::NetworkPort;
use vir_model::network::update::{Command, Section};
use vir_model::nwfilter::Filter;
use vir_model::nwfilter::binding::Binding;
use vir_model::secret::Secret;
use vir_xml::Format;

/// An area whose cases read a document and print it.
pub struct Round {
    name: &'static str,
    run: fn(&Case, &str) -> Result<String>,
}

/// `networkxml2xml`.
pub const NETWORK: Round = Round {
    name: "networkxml2xml",
    run: |case, xml| {
        let flags = case.param("format_flags").as_array().map_or(&[][..], Vec::as_slice);
        let inactive = flags.iter().any(|flag| flag == "VIR_NETWORK_XML_INACTIVE");
        Ok(Network::parse(xml, true)?.to_document(Format { inactive, ..Format::default() }))
    },
};

/// `networkport`.
pub const PORT: Round =
    Round { name: "networkport", run: |_, xml| Ok(NetworkPort::parse(xml)?.to_document()) };

/// `nwfilterxml2xml`.
pub const FILTER: Round =
    Round { name: "nwfilterxml2xml", run: |_, xml| Ok(Filter::parse(xml)?.to_document()) };

/// `nwfilterbinding`.
pub const BINDING: Round =
    Round { name: "nwfilterbinding", run: |_, xml| Ok(Binding::parse(xml)?.to_document()) };

/// `secretxml2xml`.
pub const SECRET: Round =
    Round { name: "secretxml2xml", run: |_, xml| Ok(Secret::parse(xml)?.to_document()) };

/// `interface`.
pub const INTERFACE: Round =
    Round { name: "interface", run: |_, xml| Ok(Interface::parse(xml)?.to_document()) };

impl Area for Round {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&self, case: &Case) -> Outcome {
        let input = match case.file("input_xml") {
            Ok(input) => input,
            Err(error) => return Outcome::Failed(error),
        };
        outcome(case, (self.run)(case, &input))
    }
}

/// `networkxml2xmlupdate`.
pub struct Update;

impl Update {
    fn change(case: &Case, xml: &str, entry: &str) -> Result<String> {
        let command = match case.text("command") {
            Some("VIR_NETWORK_UPDATE_COMMAND_MODIFY") => 1,
            Some("VIR_NETWORK_UPDATE_COMMAND_DELETE") => 2,
            Some("VIR_NETWORK_UPDATE_COMMAND_ADD_LAST") => 3,
            Some("VIR_NETWORK_UPDATE_COMMAND_ADD_FIRST") => 4,
            _ => 0,
        };
        let sections = [
            "BRIDGE",
            "DOMAIN",
            "IP",
            "IP_DHCP_HOST",
            "IP_DHCP_RANGE",
            "FORWARD",
            "FORWARD_INTERFACE",
            "FORWARD_PF",
            "PORTGROUP",
            "DNS_HOST",
            "DNS_TXT",
            "DNS_SRV",
        ];
        let wanted = case.text("section").and_then(|name| name.strip_prefix("VIR_NETWORK_SECTION_"));
        let section = sections.iter().position(|name| Some(*name) == wanted).map_or(0, |at| at as u32 + 1);
        let parent = case.param("parent_index").as_i64().unwrap_or(0) as i32;
        let mut network = Network::parse(xml, false)?;
        network.update(Command::of(command), Section::of(section), parent, entry)?;
        let inactive = case.holds("format_inactive");
        Ok(network.to_document(Format { inactive, ..Format::default() }))
    }
}

impl Area for Update {
    fn name(&self) -> &'static str {
        "networkxml2xmlupdate"
    }

    fn run(&self, case: &Case) -> Outcome {
        match (case.file("network_xml"), case.file("update_xml")) {
            (Ok(network), Ok(entry)) => outcome(case, Self::change(case, &network, &entry)),
            (Err(error), _) | (_, Err(error)) => Outcome::Failed(error),
        }
    }
}

/// Compares what reading and printing a document gave with what is expected.
pub(super) fn outcome(case: &Case, result: Result<String>) -> Outcome {
    match (case.expect(), result) {
        ("parse-error" | "fail" | "ok-or-parse-error", Err(_)) => Outcome::Passed,
        ("parse-error" | "fail", Ok(_)) => Outcome::Failed("it was accepted".into()),
        (_, Err(error)) => Outcome::Failed(error.message().to_owned()),
        (_, Ok(printed)) => match case.file("expected_xml") {
            Ok(expected) => Outcome::of_texts(&expected, &printed),
            Err(error) => Outcome::Failed(error),
        },
    }
}
