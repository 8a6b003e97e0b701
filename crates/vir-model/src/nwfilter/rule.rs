//! A rule of a filter: what happens to packets of a protocol that look as its items say.

use super::MAX_PRIORITY;
use super::item::Datum;
use super::protocol::{Field, PROTOCOLS, Protocol};
use vir_base::{Result, bail, err};
use vir_xml::{Content, Element, Writer, missing, value_of, xml_enum};

xml_enum! {
    /// What happens to a packet.
    pub enum Action {
        Drop = "drop", Accept = "accept", Reject = "reject", Return = "return", Continue = "continue",
    }
    /// Which way a packet goes, as the guest sees it.
    pub enum Direction { In = "in", Out = "out", Inout = "inout", }
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What happens.
    pub action: Action,
    /// To packets that go this way.
    pub direction: Direction,
    /// Which rule comes first: the smallest.
    pub priority: i32,
    /// Whether answers pass by themselves.
    pub statematch: bool,
    /// The protocol; `None` for all packets.
    pub protocol: Option<&'static Protocol>,
    /// How packets look, in the order of the protocol's fields.
    pub items: Vec<Item>,
}

/// One thing that packets have, or must not have.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is of a packet.
    pub field: &'static Field,
    /// Its value.
    pub datum: Datum,
    /// Whether packets that have it are those that the rule is not about.
    pub negated: bool,
}

impl Rule {
    /// The item of that name.
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.field.name == name)
    }

    /// Takes the attributes of an element of the rule's protocol; all bad ones are looked at, and the last is told.
    fn take(&mut self, element: &Element, protocol: &'static Protocol) -> Result<()> {
        let negated = element.attr("match") == Some("no");
        let mut result = Ok(());
        for field in protocol.fields() {
            let Some(text) = element.attr(field.name) else { continue };
            match field.kind.read(text) {
                Some(datum) => {
                    self.items.retain(|item| item.field.name != field.name);
                    self.items.push(Item { field, datum, negated });
                }
                None => {
                    result = Err(err!(Nwfilter, InternalError, "{} has illegal value {text}", field.name)
                        .with_hint(element.position.to_string()));
                }
            }
        }
        result
    }

    /// Ports belong to protocols that have some.
    fn check(&self, protocol: &Protocol) -> Result<()> {
        let label = match protocol.name {
            "ip" => "IP",
            "ipv6" => "IPv6",
            _ => return Ok(()),
        };
        let ports = ["srcportstart", "dstportstart", "srcportend", "dstportend"];
        let has_ports = ports.iter().any(|name| self.item(name).is_some());
        let fits = self
            .item("protocol")
            .is_some_and(|item| matches!(item.datum, Datum::Number { value: 6 | 17 | 33 | 132, .. }));
        if has_ports && !fits {
            bail!(
                Nwfilter,
                InternalError,
                "{label} rule with port specification requires protocol specification with protocol to be either one of tcp(6), udp(17), dccp(33), or sctp(132)"
            );
        }
        Ok(())
    }

    /// Some items are negated as another is, whatever their own element says; a set has a side.
    fn settle(&mut self, protocol: &'static Protocol) {
        // what is passed on once is passed on as it was said
        let said: Vec<(&str, bool)> = self.items.iter().map(|item| (item.field.name, item.negated)).collect();
        for item in &mut self.items {
            if let Some(leader) = protocol.leader(item.field.name) {
                item.negated = said.iter().any(|(name, negated)| *name == leader && *negated);
            }
        }
        if protocol.settles_sets() {
            let bare = self.item("ipset").is_some() && self.item("ipsetflags").is_none();
            self.items
                .retain(|item| !(item.field.name == "ipsetflags" || !bare && item.field.name == "ipset"));
            let field = protocol.fields().find(|field| field.name == "ipsetflags");
            if let (true, Some(field)) = (bare, field) {
                self.items.push(Item { field, datum: Datum::Sides(vec![true]), negated: false });
            }
        }
        let place = |name: &str| protocol.fields().position(|field| field.name == name);
        self.items.sort_by_key(|item| place(item.field.name));
    }
}

impl Content for Rule {
    fn table() -> Option<&'static vir_xml::table::Table> {
        Some(super::tables::rule())
    }

    fn read(element: &Element) -> Result<Self> {
        let need = |name: &str| {
            let hint = || element.position.to_string();
            element.attr(name).ok_or_else(|| missing(name, &element.name).with_hint(hint()))
        };
        let priority = vir_xml::attr::<i32>(element, "priority")?;
        let statematch = element.attr("statematch");
        let mut it = Self {
            action: value_of(need("action")?, "action", element)?,
            direction: value_of(need("direction")?, "direction", element)?,
            priority: priority.filter(|priority| priority.abs() <= MAX_PRIORITY).unwrap_or(MAX_PRIORITY / 2),
            statematch: !statematch.is_some_and(|text| text == "0" || text.eq_ignore_ascii_case("false")),
            protocol: None,
            items: vec![],
        };
        let known = |child: &Element| PROTOCOLS.iter().find(|protocol| protocol.name == child.name);
        // the first element that is a protocol's says which one the rule is about
        let Some(protocol) = element.children().find_map(known) else { return Ok(it) };
        it.protocol = Some(protocol);
        for child in element.children().filter(|child| child.name == protocol.name) {
            it.take(child, protocol)?;
        }
        it.check(protocol)?;
        it.settle(protocol);
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr("action", self.action.as_str());
        w.attr("direction", self.direction.as_str());
        w.attr("priority", &self.priority.to_string());
        if !self.statematch {
            w.attr("statematch", "false");
        }
        let Some(protocol) = self.protocol else { return };
        if self.items.is_empty() {
            w.empty(protocol.name);
        }
        for negated in [false, true] {
            let mut items = self.items.iter().filter(|item| item.negated == negated).peekable();
            if items.peek().is_none() {
                continue;
            }
            w.start(protocol.name);
            if negated {
                w.attr("match", "no");
            }
            for item in items {
                w.attr(item.field.name, &item.field.kind.print(&item.datum));
            }
            w.end();
        }
    }
}
