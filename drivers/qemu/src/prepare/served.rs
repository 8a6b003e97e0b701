//! What of a document this driver makes use of. The model knows all that a domain can say, and all of it can be
//! defined; a guest that asks for more than is served here is refused by name when it starts, not started without it.
//!
//! `served.list` has a line an element: its path, the attributes that are served, and `**` where
//! everything below is. `type=a|b` names the values that are.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_xml::{Element, Format};

/// What is served of one element.
#[derive(Debug, Default)]
struct Served {
    /// Attributes, each with its values if not all are served.
    attrs: Vec<(&'static str, Option<Vec<&'static str>>)>,
    /// All that is below, too.
    all: bool,
}

static SERVED: LazyLock<BTreeMap<&'static str, Served>> =
    LazyLock::new(|| include_str!("served.list").lines().filter_map(line).collect());

fn line(text: &'static str) -> Option<(&'static str, Served)> {
    let mut words = text.split_ascii_whitespace();
    let path = words.next()?;
    let mut served = Served::default();
    for word in words {
        match word.split_once('=') {
            _ if word == "**" => served.all = true,
            Some((name, values)) => served.attrs.push((name, Some(values.split('|').collect()))),
            None => served.attrs.push((word, None)),
        }
    }
    Some((path, served))
}

/// Checks that all that a definition says is served.
///
/// # Errors
/// `VIR_ERR_CONFIG_UNSUPPORTED`: the first element, attribute or value that is not.
pub fn check(def: &Domain) -> Result<()> {
    let xml = def.to_xml(Format { inactive: true, secure: true, ..Format::default() });
    let root = vir_xml::parse(&xml, None)?;
    element(&root, ".")
}

fn element(element_: &Element, path: &str) -> Result<()> {
    let Some(served) = SERVED.get(path) else { return Ok(()) };
    for attr in &element_.attrs {
        match served.attrs.iter().find(|(name, _)| *name == attr.name) {
            None if served.all || attr.name.starts_with("xmlns") => {}
            None => return Err(vir_xml::unsupported_attribute(element_, attr, &[])),
            Some((name, Some(values))) if !values.contains(&&*attr.value) => {
                bail!(
                    Xml,
                    ConfigUnsupported,
                    "{name} '{}' in element '{}' is not supported",
                    attr.value,
                    element_.name
                );
            }
            Some(_) => {}
        }
    }
    for child in element_.children().filter(|_| !served.all) {
        let below = if path == "." { child.name.to_string() } else { format!("{path}/{}", child.name) };
        if !SERVED.contains_key(below.as_str()) {
            return Err(vir_xml::unsupported_element(element_, child, &[]));
        }
        element(child, &below)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::domain::ParseOptions;

    fn checked(inside: &str) -> std::result::Result<(), String> {
        let xml = format!(
            "<domain type='qemu'><name>a</name><memory>1024</memory><os><type>hvm</type></os>{inside}</domain>"
        );
        let def = Domain::parse(&xml, ParseOptions::default()).unwrap();
        check(&def).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn what_is_not_served_is_named() {
        assert_eq!(checked("<devices><disk><target dev='vda' bus='virtio'/></disk></devices>"), Ok(()));
        assert_eq!(
            checked(
                "<devices><disk type='dir'><source dir='/a'/><target dev='vda' bus='virtio'/></disk></devices>"
            ),
            Err("unsupported configuration: type 'dir' in element 'disk' is not supported".into())
        );
        assert_eq!(
            checked("<devices><tpm model='tpm-tis'><backend type='emulator'/></tpm></devices>"),
            Err("unsupported configuration: element 'tpm' in element 'devices' is not supported".into())
        );
    }

    #[test]
    fn arguments_of_its_own_are_refused() {
        let xml = "<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name>\
                   <memory>1024</memory><os><type>hvm</type></os>\
                   <qemu:commandline><qemu:arg value='-S'/></qemu:commandline></domain>";
        let uri = vir_model::domain::namespaces::QEMU;
        let def = Domain::parse_with(xml, ParseOptions::default(), uri, "qemu").unwrap();
        let error = check(&def).unwrap_err();
        assert!(error.message().contains("commandline' in element 'domain' is not supported"));
    }
}
