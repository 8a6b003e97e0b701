//! What filters may hold, as tables: see [`crate::domain::tables`]. Protocols' are made of their own.

use super::item::Kind;
use super::protocol::PROTOCOLS;
use super::{Action, Direction};
use crate::domain::device::netparts::FilterRef;
use std::sync::LazyLock;
use vir_base::Uuid;
use vir_xml::describe;
use vir_xml::table::{Inside, Row, Table};

describe! {
    /// Rules for the traffic of guests. Since 0.8.0. Drivers: nwfilter.
    pub struct Filter "filter" {
        /// Its name.
        attr "name": String,
        /// The chain that its rules are in; `root` if nothing is said.
        attr "chain": Option<String>,
        /// Which chain comes first: -1000 to 1000; that of the chain's kind if nothing is said. Since 0.9.8.
        attr "priority": Option<i32>,
        /// Its UUID; made up if nothing is said.
        leaf "uuid": Option<Uuid>,
        /// A rule.
        list "rule": Vec<super::Rule>,
        /// Another filter that is part of this one.
        list "filterref": Option<FilterRef>,
    }
    /// What happens to packets of a protocol that look as it says.
    struct RuleAttrs "rule" {
        /// What happens.
        attr "action": Option<Action>,
        /// Which way they go, as the guest sees it.
        attr "direction": Option<Direction>,
        /// Which rule comes first, the smallest; 500 if nothing is said.
        attr "priority": Option<i32>,
        /// Whether answers pass by themselves; `true` if nothing is said. Since 0.8.3.
        attr "statematch": Option<String>,
    }
    /// What packets of a protocol look like.
    struct Match "" {
        /// `no` for packets that do not look like this.
        attr "match": Option<vir_xml::YesNo>,
    }
}

/// Rows that last: there is one set of them.
fn lasting(rows: Vec<Row>) -> &'static [Row] {
    Box::leak(rows.into_boxed_slice())
}

fn value(kind: Kind) -> &'static str {
    match kind {
        Kind::Number { .. } => "Number",
        Kind::Mac | Kind::MacMask => "Mac",
        Kind::Ipv4 | Kind::Ipv6 => "IpAddr",
        Kind::Flag => "bool",
        Kind::Ipv4Mask
        | Kind::Ipv6Mask
        | Kind::Comment
        | Kind::States
        | Kind::TcpFlags
        | Kind::Set
        | Kind::Sides => "String",
    }
}

/// What a rule may hold.
pub fn rule() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let parts = |name, table| Row {
            kind: "parts",
            name,
            doc: &[],
            ty: name,
            required: false,
            inside: Inside::Table(table),
        };
        let mut rows = vec![parts("", RuleAttrs::table)];
        for protocol in &PROTOCOLS {
            let mut fields = vec![parts("", Match::table)];
            fields.extend(protocol.fields().map(|field| Row {
                kind: "attr",
                name: field.name,
                doc: Box::leak(Box::new([field.doc])),
                ty: value(field.kind),
                required: false,
                inside: Inside::Value(|| &[], |_| true),
            }));
            let table = Table {
                name: protocol.name,
                element: protocol.name,
                doc: &[" Packets of this protocol."],
                settles: false,
                rows: lasting(fields),
            };
            rows.push(Row {
                kind: "list",
                name: protocol.name,
                doc: match protocol.name {
                    "vlan" | "stp" => &[" What packets of this protocol look like. Since 0.9.8."],
                    _ => &[" What packets of this protocol look like."],
                },
                ty: "Protocol",
                required: false,
                inside: Inside::Known(Box::leak(Box::new(table))),
            });
        }
        Table {
            name: "Rule",
            element: "rule",
            doc: &[" What happens to packets of a protocol that look as it says."],
            settles: false,
            rows: lasting(rows),
        }
    });
    &TABLE
}
