//! `<lxc:namespace>`: namespaces that a container shares with something else.

use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::namespaces::{Foreign, LXC, local};
use vir_xml::{Attr, Element, Node, Value as _, xml_enum};

/// The prefix that they are printed with.
pub const PREFIX: &str = "lxc";

xml_enum! {
    /// What is shared.
    pub enum Shared { Net = "sharenet", Ipc = "shareipc", Uts = "shareuts", }
    /// What it is shared with: the container of that name, the process of that number, the named network.
    pub enum With { None = "none", Name = "name", Pid = "pid", Netns = "netns", }
}

/// A namespace that is shared, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which.
    pub what: Shared,
    /// With what kind of thing.
    pub with: With,
    /// Its name or number.
    pub value: String,
}

/// What a definition shares; of several of a kind the last counts.
///
/// # Errors
/// A namespace or a kind that there is not, and what is missing.
pub fn shares(domain: &Domain) -> Result<Vec<Share>> {
    let mut shares: Vec<Share> = vec![];
    for element in domain.foreign.iter().flat_map(|foreign| foreign.inside("namespace")) {
        let name = local(&element.name);
        let Some(what) = Shared::parse(name) else {
            bail!(Lxc, ConfigUnsupported, "unsupported Namespace feature: {name}");
        };
        let Some(kind) = element.attr("type") else {
            bail!(Lxc, InternalError, "No lxc environment type specified");
        };
        let Some(with) = With::parse(kind) else {
            bail!(Lxc, InternalError, "Unknown LXC namespace source '{kind}'");
        };
        let Some(value) = element.attr("value") else {
            bail!(Lxc, InternalError, "No lxc environment type specified");
        };
        shares.retain(|share| share.what != what);
        shares.push(Share { what, with, value: value.to_owned() });
    }
    shares.sort_by_key(|share| share.what as u8);
    Ok(shares)
}

/// Keeps what is known of the document's elements of containers' own.
///
/// # Errors
/// As for [`shares`].
pub fn settle(domain: &mut Domain) -> Result<()> {
    let shares = shares(domain)?;
    let element = |share: &Share| {
        let attr =
            |name: &'static str, value: &str| Attr { name: name.into(), value: value.to_owned().into() };
        let attrs = vec![attr("type", share.with.as_str()), attr("value", &share.value)];
        Element { name: format!("{PREFIX}:{}", share.what).into(), attrs, ..Element::default() }
    };
    let shown = shares.iter().filter(|share| share.with != With::None);
    let nodes = shown.map(|share| Node::Element(element(share))).collect();
    let namespace = Element { name: format!("{PREFIX}:namespace").into(), nodes, ..Element::default() };
    let foreign = Foreign { prefix: PREFIX.to_owned(), uri: LXC.to_owned(), elements: vec![namespace] };
    domain.foreign = (!shares.is_empty()).then_some(foreign);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::Lxc;
    use vir_model::domain::ParseOptions;

    fn read(inside: &str) -> vir_base::Result<vir_model::domain::Domain> {
        let xml = format!(
            "<domain type='lxc' xmlns:c='http://libvirt.org/schemas/domain/lxc/1.0'><name>n</name>\
             <memory>1</memory><os><type>exe</type><init>/i</init></os>\
             <c:namespace>{inside}</c:namespace></domain>"
        );
        Lxc { arch: "x86_64".into(), emulator: "/e".into() }.read(&xml, ParseOptions::default())
    }

    #[test]
    fn what_is_shared_is_printed_in_order_under_the_usual_prefix() {
        let domain = read("<c:shareuts type='name' value='a'/><c:sharenet type='none' value=''/>").unwrap();
        let printed = domain.to_xml(vir_xml::Format::default());
        assert!(printed.contains("xmlns:lxc='"), "{printed}");
        let shares = "  <lxc:namespace>\n    <lxc:shareuts type='name' value='a'/>\n  </lxc:namespace>\n";
        assert!(printed.contains(shares), "{printed}");
        assert!(read("").unwrap().foreign.is_none());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (inside, says) in [
            ("<c:sharepid type='name' value='a'/>", "unsupported Namespace feature: sharepid"),
            ("<c:sharenet value='a'/>", "No lxc environment type specified"),
            ("<c:sharenet type='name'/>", "No lxc environment type specified"),
            ("<c:sharenet type='file' value='a'/>", "Unknown LXC namespace source 'file'"),
        ] {
            let error = read(inside).unwrap_err();
            assert!(error.message().ends_with(says), "{error}");
        }
    }
}
