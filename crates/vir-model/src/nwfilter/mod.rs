//! `<filter>`: rules for the traffic of guests. What a protocol's element may hold is in [`protocol`], what stands in
//! its attributes in [`item`]; which filter a guest's interface has in [`binding`].

pub mod binding;
pub mod item;
pub mod protocol;
mod rule;
mod tables;

pub use rule::{Action, Direction, Item, Rule};

use crate::domain::device::netparts::FilterRef;
use crate::words::root;
use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_xml::{Content, Element, Format, Writer, missing};

/// The largest priority of chains and rules; the smallest is as far below zero.
const MAX_PRIORITY: i32 = 1000;
/// The most bytes of a chain's name.
const CHAIN_BYTES: usize = 12;

/// Chains, and names of others begin with one of these; with the priority that one has if nothing is said.
const CHAINS: [(&str, i32); 8] = [
    ("root", 0),
    ("mac", -800),
    ("vlan", -750),
    ("stp", 0),
    ("arp", -500),
    ("rarp", -400),
    ("ipv4", -700),
    ("ipv6", -600),
];

/// A filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Its name.
    pub name: String,
    /// The chain that its rules are in.
    pub chain: String,
    /// Which chain comes first; 0 says nothing.
    pub priority: i32,
    /// Its UUID; `None` if it has yet to get one.
    pub uuid: Option<Uuid>,
    /// Rules, and other filters that are part of this one, in their order.
    pub entries: Vec<Entry>,
}

/// What stands in a filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A rule.
    Rule(Box<Rule>),
    /// All of another filter.
    Include(FilterRef),
}

impl Filter {
    /// Reads a document.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::Nwfilter, xml, None)?;
        Self::read(root(&tree, "filter")?)
    }

    /// The document.
    pub fn to_document(&self) -> String {
        let mut w = Writer::new(Format::default());
        w.start("filter");
        self.write(&mut w);
        w.end_full();
        w.finish()
    }
}

impl Content for Filter {
    fn table() -> Option<&'static vir_xml::table::Table> {
        tables::Filter::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let said = |name: &str| element.attr(name).filter(|text| !text.is_empty());
        let Some(name) = said("name") else { bail!(Nwfilter, InternalError, "filter has no name") };
        let priority = said("priority").map(chain_priority).transpose()?;
        let mut it = Self { name: name.to_owned(), chain: "root".to_owned(), ..Self::default() };
        if let Some(chain) = said("chain") {
            let natural = natural_priority(chain)?;
            it.chain = chain.to_owned();
            it.priority = priority.unwrap_or(natural);
        }
        let uuid = element.child("uuid").map(Element::text).filter(|text| !text.is_empty());
        if let Some(text) = uuid {
            let uuid = text.parse().map_err(|_| err!(Nwfilter, XmlError, "malformed uuid element"))?;
            it.uuid = Some(uuid);
        }
        for child in element.children() {
            match &*child.name {
                "rule" => it.entries.push(Entry::Rule(Box::new(Rule::read(child)?))),
                "filterref" => {
                    if child.attr("filter").is_none() {
                        return Err(missing("filter", "filterref").with_hint(child.position.to_string()));
                    }
                    it.entries.push(Entry::Include(FilterRef::read(child)?));
                }
                _ => {}
            }
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr("name", &self.name);
        w.attr("chain", &self.chain);
        if self.priority != 0 {
            w.attr("priority", &self.priority.to_string());
        }
        if let Some(uuid) = &self.uuid {
            w.leaf("uuid", &uuid.to_string());
        }
        for entry in &self.entries {
            match entry {
                Entry::Rule(rule) => w.element("rule", |w| rule.write(w)),
                Entry::Include(other) => w.element("filterref", |w| other.write(w)),
            }
        }
    }
}

fn chain_priority(text: &str) -> Result<i32> {
    let Ok(priority) = text.trim_start().parse::<i32>() else {
        bail!(Nwfilter, InvalidArg, "Could not parse chain priority '{text}'")
    };
    if priority.abs() > MAX_PRIORITY {
        bail!(
            Nwfilter,
            InvalidArg,
            "Priority '{priority}' is outside valid range of [{},{MAX_PRIORITY}]",
            -MAX_PRIORITY
        );
    }
    Ok(priority)
}

/// The priority of a chain that says none, if its name may be one.
fn natural_priority(chain: &str) -> Result<i32> {
    if chain.len() > CHAIN_BYTES {
        bail!(Nwfilter, InvalidArg, "Name of chain is longer than {CHAIN_BYTES} characters");
    }
    if !chain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)) {
        bail!(Nwfilter, InvalidArg, "Chain name contains invalid characters");
    }
    let fits = |name: &str| if name == "root" { chain == name } else { chain.starts_with(name) };
    match CHAINS.iter().find(|(name, _)| fits(name)) {
        Some((_, priority)) => Ok(*priority),
        None => {
            let prefixes: Vec<&str> = CHAINS[1..].iter().map(|(name, _)| *name).collect();
            bail!(
                Nwfilter,
                InvalidArg,
                "Invalid chain name '{chain}'. Please use a chain name called 'root' or any of the following prefixes: {}",
                prefixes.join(", ")
            )
        }
    }
}
