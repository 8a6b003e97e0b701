//! A guest's document, and what people and programs note in it.

use super::core::Core;
use super::{ErrorDomain::Qemu, affects, define, one_def};
use crate::guest::job::Kind;
use crate::model::Domain;
use std::sync::Arc;
use vir_api::constants::*;
use vir_api::event::DomainEvent;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, bail};
use vir_model::domain::memory::Kib;
use vir_xml::{Attr, Element, Format, Node, Tree, Writer};

/// `virDomainGetXMLDesc`.
pub(super) fn get(core: &Core, dom: &DomainRef, flags: u32) -> Result<String> {
    let known = VIR_DOMAIN_XML_SECURE
        | VIR_DOMAIN_XML_INACTIVE
        | VIR_DOMAIN_XML_UPDATE_CPU
        | VIR_DOMAIN_XML_MIGRATABLE;
    check_flags(Qemu, flags, known, "qemuDomainGetXMLDesc")?;
    let view = core.find(dom)?.view();
    let inactive = flags & VIR_DOMAIN_XML_INACTIVE != 0;
    let def = match (&view.live, &view.config) {
        (Some(live), Some(config)) => {
            if inactive {
                config
            } else {
                &live.def
            }
        }
        (Some(live), None) => &live.def,
        (None, Some(config)) => config,
        (None, None) => bail!(Qemu, NoDomain, "no domain with matching uuid '{}' ({})", dom.uuid, dom.name),
    };
    let migratable = flags & VIR_DOMAIN_XML_MIGRATABLE != 0;
    let format = Format {
        inactive: inactive || !view.active() || migratable,
        secure: flags & VIR_DOMAIN_XML_SECURE != 0,
        migratable,
        status: false,
    };
    match view.live.as_ref().and_then(|l| l.balloon).filter(|_| !inactive) {
        // what the balloon told last
        Some(kib) if kib != def.current_kib() => {
            let mut now = Domain::clone(def);
            now.current_memory = Some(Kib(kib));
            Ok(now.to_xml(format))
        }
        _ => Ok(def.to_xml(format)),
    }
}

/// `virDomainGetMetadata`.
pub(super) fn metadata(
    core: &Core,
    dom: &DomainRef,
    kind: i32,
    uri: Option<&str>,
    flags: u32,
) -> Result<String> {
    check_flags(Qemu, flags, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, "virDomainObjGetMetadata")?;
    let view = core.find(dom)?.view();
    let def = one_def(&view, flags)?;
    let found = match kind {
        VIR_DOMAIN_METADATA_DESCRIPTION => def.description.clone(),
        VIR_DOMAIN_METADATA_TITLE => def.title.clone(),
        VIR_DOMAIN_METADATA_ELEMENT => {
            let element = def.metadata.as_ref().and_then(|m| m.children().find(|c| belongs_to(c, uri)));
            element.map(|e| as_text(&without_prefix(e)).trim_end().to_owned())
        }
        _ => bail!(Domain, InvalidArg, "unknown metadata type '{kind}'"),
    };
    found.ok_or_else(|| {
        Error::new(
            ErrorDomain::Domain,
            ErrorCode::NoDomainMetadata,
            "Requested metadata element is not present",
        )
    })
}

fn prefix(name: &str) -> Option<&str> {
    name.split_once(':').map(|(prefix, _)| prefix)
}

/// Whether an element is of the name space `uri`, which it declares itself.
fn belongs_to(element: &Element, uri: Option<&str>) -> bool {
    let declared = match prefix(&element.name) {
        Some(prefix) => element.attr(&format!("xmlns:{prefix}")),
        None => element.attr("xmlns"),
    };
    declared.is_some() && declared == uri
}

/// The element as its owner gave it: without the prefix under which it is kept.
fn without_prefix(element: &Element) -> Tree {
    fn strip(element: &Element, prefix: &str) -> Tree {
        let mut new = element.to_tree();
        let own = format!("{prefix}:");
        if let Some(name) = element.name.strip_prefix(&own) {
            new.name = name.to_owned().into();
        }
        new.attrs.retain(|a| a.name != format!("xmlns:{prefix}"));
        for node in &mut new.nodes {
            if let Node::Element(child) = node {
                *child = strip(child, prefix);
            }
        }
        new
    }
    match prefix(&element.name) {
        Some(prefix) => strip(element, prefix),
        None => element.to_tree(),
    }
}

/// The element under the prefix `key` of the name space `uri`.
fn with_prefix(element: &Element, key: &str, uri: &str) -> Tree {
    fn prepend(element: &Element, key: &str) -> Tree {
        let mut new = element.to_tree();
        if prefix(&element.name).is_none() {
            new.name = format!("{key}:{}", element.name).into();
        }
        for node in &mut new.nodes {
            if let Node::Element(child) = node {
                *child = prepend(child, key);
            }
        }
        new
    }
    let mut new = prepend(element, key);
    new.attrs.retain(|a| a.name != "xmlns");
    new.attrs.insert(0, Attr { name: format!("xmlns:{key}").into(), value: uri.to_owned().into() });
    new
}

fn as_text(element: &Element) -> String {
    let mut w = Writer::new(Format::default());
    w.tree(element);
    w.finish()
}

/// One change of a note.
struct Note<'a> {
    kind: i32,
    text: Option<&'a str>,
    key: Option<&'a str>,
    uri: Option<&'a str>,
}

impl Note<'_> {
    fn apply(&self, def: &mut Domain) -> Result<()> {
        let text = self.text.map(str::to_owned).filter(|t| !t.is_empty());
        match self.kind {
            VIR_DOMAIN_METADATA_DESCRIPTION => def.description = text,
            VIR_DOMAIN_METADATA_TITLE => def.title = text,
            VIR_DOMAIN_METADATA_ELEMENT => {
                let new = match (self.text, self.key, self.uri) {
                    (Some(text), Some(key), Some(uri)) => {
                        Some(with_prefix(&vir_xml::parse(text, None)?, key, uri))
                    }
                    _ => None,
                };
                let mut all =
                    def.metadata.take().unwrap_or(Element { name: "metadata".into(), ..Element::default() });
                all.nodes.retain(|n| !matches!(n, Node::Element(e) if belongs_to(e, self.uri)));
                all.nodes.extend(new.map(Node::Element));
                let any = all.children().next().is_some();
                def.metadata = any.then_some(all);
            }
            other => bail!(Domain, InvalidArg, "unknown metadata type '{other}'"),
        }
        Ok(())
    }
}

/// `virDomainSetMetadata`.
#[allow(clippy::too_many_arguments)] // they are the function's own
pub(super) fn set_metadata(
    core: &Core,
    api: &str,
    dom: &DomainRef,
    kind: i32,
    text: Option<&str>,
    key: Option<&str>,
    uri: Option<&str>,
    flags: u32,
) -> Result<()> {
    check_flags(Qemu, flags, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, "qemuDomainSetMetadata")?;
    let note = Note { kind, text, key, uri };
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    let view = job.view();
    let (live, config) = affects(&view, flags)?;
    if live {
        let mut def = Domain::clone(&view.running()?.def);
        note.apply(&mut def)?;
        guest.update(|view| {
            if let Some(live) = view.live.as_mut() {
                live.def = Arc::new(def);
            }
        });
        core.save_status(&guest);
    }
    if config {
        define::edit_config(core, &job, |def| note.apply(def))?;
    }
    core.post(&view.domain_ref(), DomainEvent::MetadataChange { kind, nsuri: uri.map(str::to_owned) });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programs_element_comes_back_as_it_was_given() {
        let given = vir_xml::parse("<a b='1'><c/>text</a>", None).unwrap();
        let kept = with_prefix(&given, "x", "http://example.com/x");
        assert_eq!(kept.name, "x:a");
        assert!(belongs_to(&kept, Some("http://example.com/x")));
        assert!(!belongs_to(&kept, Some("http://example.com/y")));
        assert_eq!(without_prefix(&kept), given);
    }
}
