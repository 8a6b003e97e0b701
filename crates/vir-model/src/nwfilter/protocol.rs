//! Protocols that rules are about, and what of their packets a rule may look at: tables, in the order in which
//! attributes are printed.

use super::item::Kind;

/// A protocol.
#[derive(Debug)]
pub struct Protocol {
    /// The element's name.
    pub name: &'static str,
    /// What a rule may look at, in groups.
    groups: &'static [&'static [Field]],
    /// Items that are negated as another is: the item, the other.
    leaders: &'static [&'static [(&'static str, &'static str)]],
    /// Whether sets of addresses are looked at as the peer does it.
    sets: bool,
}

impl PartialEq for Protocol {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Something of a packet.
#[derive(Debug, PartialEq)]
pub struct Field {
    /// The attribute's name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means.
    pub doc: &'static str,
}

impl Protocol {
    /// Everything that a rule may look at.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.groups.iter().flat_map(|group| group.iter())
    }

    /// The item that this one is negated with.
    pub(super) fn leader(&self, item: &str) -> Option<&'static str> {
        self.leaders.iter().flat_map(|group| group.iter()).find(|(name, _)| *name == item).map(|pair| pair.1)
    }

    /// Whether a set without sides gets one, and sides or a set that says more goes.
    pub(super) fn settles_sets(&self) -> bool {
        self.sets
    }
}

const fn field(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, doc }
}

const fn number(max: u32) -> Kind {
    Kind::Number { min: 0, max, hex: true, names: &[], decimal: false }
}

const U8: Kind = number(0xff);
const U16: Kind = number(0xffff);
const U32: Kind = number(u32::MAX);
const DSCP: Kind = number(63);

const ETHER_TYPES: &[(u32, &str)] =
    &[(0x806, "arp"), (0x8035, "rarp"), (0x800, "ipv4"), (0x86dd, "ipv6"), (0x8100, "vlan")];
const OPCODES: &[(u32, &str)] = &[
    (1, "Request"),
    (2, "Reply"),
    (3, "Request_Reverse"),
    (4, "Reply_Reverse"),
    (5, "DRARP_Request"),
    (6, "DRARP_Reply"),
    (7, "DRARP_Error"),
    (8, "InARP_Request"),
    (9, "ARP_NAK"),
];
const IP_PROTOCOLS: &[(u32, &str)] = &[
    (6, "tcp"),
    (17, "udp"),
    (136, "udplite"),
    (50, "esp"),
    (51, "ah"),
    (1, "icmp"),
    (2, "igmp"),
    (132, "sctp"),
    (58, "icmpv6"),
];

const fn named(min: u32, max: u32, names: &'static [(u32, &'static str)], decimal: bool) -> Kind {
    Kind::Number { min, max, hex: true, names, decimal }
}

const COMMENT: &[Field] = &[field("comment", Kind::Comment, "Text for people. Since 0.8.5.")];

const SOURCE_MAC: &[Field] = &[
    field("srcmacaddr", Kind::Mac, "MAC address of the sender."),
    field("srcmacmask", Kind::MacMask, "Mask for it."),
];
const TARGET_MAC: &[Field] = &[
    field("dstmacaddr", Kind::Mac, "MAC address of the receiver."),
    field("dstmacmask", Kind::MacMask, "Mask for it."),
];
const MAC: &[Field] =
    &[field("protocolid", named(0x600, 0xffff, ETHER_TYPES, false), "Protocol that the frame carries.")];
const VLAN: &[Field] = &[
    field("vlanid", number(4095), "Number of the VLAN."),
    field("encap-protocol", named(0x3c, 0xffff, ETHER_TYPES, false), "Protocol that the frame carries."),
];
const STP: &[Field] = &[
    field("type", U8, "Kind of message."),
    field("flags", U8, "Flags of the message."),
    field("root-priority", U16, "Priority of the root."),
    field("root-priority-hi", U16, "The largest, if there is a range."),
    field("root-address", Kind::Mac, "MAC address of the root."),
    field("root-address-mask", Kind::MacMask, "Mask for it."),
    field("root-cost", U32, "Cost of the way to the root."),
    field("root-cost-hi", U32, "The largest, if there is a range."),
    field("sender-priority", U16, "Priority of the sender."),
    field("sender-priority-hi", U16, "The largest, if there is a range."),
    field("sender-address", Kind::Mac, "MAC address of the sender."),
    field("sender-address-mask", Kind::MacMask, "Mask for it."),
    field("port", U16, "Number of the port."),
    field("port-hi", U16, "The largest, if there is a range."),
    field("age", U16, "Age of the message."),
    field("age-hi", U16, "The largest, if there is a range."),
    field("max-age", U16, "Largest age of messages."),
    field("max-age-hi", U16, "The largest, if there is a range."),
    field("hello-time", U16, "Time between messages."),
    field("hello-time-hi", U16, "The largest, if there is a range."),
    field("forward-delay", U16, "Time until a port forwards."),
    field("forward-delay-hi", U16, "The largest, if there is a range."),
];
const ARP: &[Field] = &[
    field("hwtype", U16, "Kind of hardware."),
    field("protocoltype", U16, "Protocol that addresses are of."),
    field("opcode", named(0, 0xffff, OPCODES, true), "What is asked or answered."),
    field("arpsrcmacaddr", Kind::Mac, "MAC address of who asks."),
    field("arpdstmacaddr", Kind::Mac, "MAC address of who is asked."),
    field("arpsrcipaddr", Kind::Ipv4, "Address of who asks."),
    field("arpsrcipmask", Kind::Ipv4Mask, "Mask for it. Since 1.2.3."),
    field("arpdstipaddr", Kind::Ipv4, "Address that is asked for."),
    field("arpdstipmask", Kind::Ipv4Mask, "Mask for it. Since 1.2.3."),
    field("gratuitous", Kind::Flag, "Whether nobody asked. Since 0.9.2."),
];
const IP4_ADDRESSES: &[Field] = &[
    field("srcipaddr", Kind::Ipv4, "Address of the sender."),
    field("srcipmask", Kind::Ipv4Mask, "Mask for it."),
    field("dstipaddr", Kind::Ipv4, "Address of the receiver."),
    field("dstipmask", Kind::Ipv4Mask, "Mask for it."),
];
const IP4_RANGES: &[Field] = &[
    field("srcipfrom", Kind::Ipv4, "First address of senders."),
    field("srcipto", Kind::Ipv4, "Last address of senders."),
    field("dstipfrom", Kind::Ipv4, "First address of receivers."),
];
const IP6_ADDRESSES: &[Field] = &[
    field("srcipaddr", Kind::Ipv6, "Address of the sender."),
    field("srcipmask", Kind::Ipv6Mask, "Mask for it."),
    field("dstipaddr", Kind::Ipv6, "Address of the receiver."),
    field("dstipmask", Kind::Ipv6Mask, "Mask for it."),
];
const IP6_RANGES: &[Field] = &[
    field("srcipfrom", Kind::Ipv6, "First address of senders."),
    field("srcipto", Kind::Ipv6, "Last address of senders."),
    field("dstipfrom", Kind::Ipv6, "First address of receivers."),
];
// the peer reads it as an IPv4 address for both
const LAST_RECEIVER: &[Field] = &[field("dstipto", Kind::Ipv4, "Last address of receivers.")];
const PROTOCOL: &[Field] =
    &[field("protocol", named(0, 0xff, IP_PROTOCOLS, false), "Protocol that the packet carries.")];
const PORTS: &[Field] = &[
    field("srcportstart", U16, "First port of the sender."),
    field("srcportend", U16, "Last port of the sender."),
    field("dstportstart", U16, "First port of the receiver."),
    field("dstportend", U16, "Last port of the receiver."),
];
const SERVICE: &[Field] = &[field("dscp", DSCP, "Class of service.")];
const ICMP6_TYPES: &[Field] = &[
    field("type", U8, "First kind of message."),
    field("typeend", U8, "Last kind of message. Since 1.2.12."),
    field("code", U8, "First code of the message."),
    field("codeend", U8, "Last code of the message. Since 1.2.12."),
];
const SENDER: &[Field] = &[field("srcmacaddr", Kind::Mac, "MAC address of the sender.")];
const CONNECTION: &[Field] = &[
    field("dscp", DSCP, "Class of service."),
    field(
        "connlimit-above",
        Kind::Number { min: 0, max: 0xffff, hex: false, names: &[], decimal: true },
        "More connections than this.",
    ),
    field("state", Kind::States, "States of the connection. Since 0.8.5."),
    field("ipset", Kind::Set, "Name of a set of addresses. Since 0.9.13."),
    field("ipsetflags", Kind::Sides, "Sides of the packet that are looked up in it: src, dst. Since 0.9.13."),
];
const OPTION: &[Field] = &[field("option", U8, "An option of TCP.")];
const TCP_FLAGS: &[Field] =
    &[field("flags", Kind::TcpFlags, "Flags of TCP: those looked at, a slash, those set. Since 0.9.1.")];
const ICMP: &[Field] = &[field("type", U8, "Kind of message."), field("code", U8, "Code of the message.")];

type Leaders = &'static [(&'static str, &'static str)];

const SOURCE_MAC_LEADS: Leaders = &[("srcmacmask", "srcmacaddr")];
const TARGET_MAC_LEADS: Leaders = &[("dstmacmask", "dstmacaddr")];
const STP_LEADS: Leaders = &[
    ("root-priority-hi", "root-priority"),
    ("root-address-mask", "root-address"),
    ("root-cost-hi", "root-cost"),
    ("sender-priority-hi", "sender-priority"),
    ("sender-address-mask", "sender-address"),
    ("port-hi", "port"),
    ("age-hi", "age"),
    ("max-age-hi", "max-age"),
    ("hello-time-hi", "hello-time"),
    ("forward-delay-hi", "forward-delay"),
];
const ADDRESSES_LEAD: Leaders = &[("srcipmask", "srcipaddr"), ("dstipmask", "dstipaddr")];
const RANGES_LEAD: Leaders = &[("srcipto", "srcipfrom"), ("dstipto", "dstipfrom")];
const PORTS_LEAD: Leaders =
    &[("srcportend", "srcportstart"), ("dstportstart", "srcportstart"), ("dstportend", "srcportstart")];
const ICMP_LEADS: Leaders = &[("code", "type")];
const ICMP6_LEADS: Leaders = &[("typeend", "type"), ("code", "type"), ("codeend", "type")];

/// A protocol above IP.
macro_rules! above_ip {
    ($name:literal, $addresses:ident, $ranges:ident, [$($more:ident),*], [$($leads:ident),*], $sets:literal) => {
        Protocol {
            name: $name,
            groups: &[SENDER, $addresses, $ranges, LAST_RECEIVER, CONNECTION, $($more,)* COMMENT],
            leaders: &[ADDRESSES_LEAD, RANGES_LEAD, $($leads),*],
            sets: $sets,
        }
    };
}

/// All protocols, in the order in which a rule's is looked for.
pub static PROTOCOLS: [Protocol; 24] = [
    Protocol { name: "arp", groups: &[SOURCE_MAC, TARGET_MAC, ARP, COMMENT], leaders: &[], sets: false },
    Protocol { name: "rarp", groups: &[SOURCE_MAC, TARGET_MAC, ARP, COMMENT], leaders: &[], sets: false },
    Protocol {
        name: "mac",
        groups: &[SOURCE_MAC, TARGET_MAC, MAC, COMMENT],
        leaders: &[SOURCE_MAC_LEADS, TARGET_MAC_LEADS],
        sets: false,
    },
    Protocol {
        name: "vlan",
        groups: &[SOURCE_MAC, TARGET_MAC, VLAN, COMMENT],
        leaders: &[SOURCE_MAC_LEADS, TARGET_MAC_LEADS],
        sets: false,
    },
    Protocol {
        name: "stp",
        groups: &[SOURCE_MAC, STP, COMMENT],
        leaders: &[SOURCE_MAC_LEADS, STP_LEADS],
        sets: false,
    },
    Protocol {
        name: "ip",
        groups: &[SOURCE_MAC, TARGET_MAC, IP4_ADDRESSES, PROTOCOL, PORTS, SERVICE, COMMENT],
        leaders: &[ADDRESSES_LEAD],
        sets: false,
    },
    Protocol {
        name: "ipv6",
        groups: &[SOURCE_MAC, TARGET_MAC, IP6_ADDRESSES, PROTOCOL, PORTS, ICMP6_TYPES, COMMENT],
        leaders: &[ADDRESSES_LEAD, ICMP6_LEADS],
        sets: false,
    },
    above_ip!("tcp", IP4_ADDRESSES, IP4_RANGES, [PORTS, OPTION, TCP_FLAGS], [PORTS_LEAD], true),
    above_ip!("udp", IP4_ADDRESSES, IP4_RANGES, [PORTS], [PORTS_LEAD], true),
    above_ip!("udplite", IP4_ADDRESSES, IP4_RANGES, [], [], true),
    above_ip!("esp", IP4_ADDRESSES, IP4_RANGES, [], [], true),
    above_ip!("ah", IP4_ADDRESSES, IP4_RANGES, [], [], true),
    above_ip!("sctp", IP4_ADDRESSES, IP4_RANGES, [PORTS], [PORTS_LEAD], true),
    above_ip!("icmp", IP4_ADDRESSES, IP4_RANGES, [ICMP], [ICMP_LEADS], true),
    above_ip!("all", IP4_ADDRESSES, IP4_RANGES, [], [], false),
    above_ip!("igmp", IP4_ADDRESSES, IP4_RANGES, [], [], true),
    above_ip!("tcp-ipv6", IP6_ADDRESSES, IP6_RANGES, [PORTS, OPTION], [PORTS_LEAD], true),
    above_ip!("udp-ipv6", IP6_ADDRESSES, IP6_RANGES, [PORTS], [PORTS_LEAD], true),
    above_ip!("udplite-ipv6", IP6_ADDRESSES, IP6_RANGES, [], [], true),
    above_ip!("esp-ipv6", IP6_ADDRESSES, IP6_RANGES, [], [], true),
    above_ip!("ah-ipv6", IP6_ADDRESSES, IP6_RANGES, [], [], true),
    above_ip!("sctp-ipv6", IP6_ADDRESSES, IP6_RANGES, [PORTS], [PORTS_LEAD], true),
    above_ip!("icmpv6", IP6_ADDRESSES, IP6_RANGES, [ICMP], [ICMP_LEADS], true),
    above_ip!("all-ipv6", IP6_ADDRESSES, IP6_RANGES, [], [], false),
];
