//! Changes to a part of a network: an entry is added, replaced or taken out, and nothing else is touched. Pure: who
//! holds the network applies the change to a copy and keeps that if all goes well.

use super::{
    Dhcp, DhcpHost, DhcpRange, DnsHost, Forward, ForwardInterface, Ip, Network, PortGroup, Srv, Txt,
};
use crate::domain::device::netparts::Mac;
use std::fmt::Display;
use std::net::IpAddr;
use vir_base::{Error, ErrorDomain, Result, bail, err};
use vir_xml::{Content, Element, Value};

/// What is done with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Replaces the one that matches.
    Modify,
    /// Takes out the one that matches.
    Delete,
    /// Adds it after all others.
    AddLast,
    /// Adds it before all others.
    AddFirst,
    /// A number that means nothing.
    Unknown(u32),
}

impl Command {
    /// The command of that number in the protocol.
    pub fn of(number: u32) -> Self {
        match number {
            1 => Self::Modify,
            2 => Self::Delete,
            3 => Self::AddLast,
            4 => Self::AddFirst,
            number => Self::Unknown(number),
        }
    }

    fn adds(self) -> bool {
        matches!(self, Self::AddFirst | Self::AddLast)
    }

    /// Puts a new entry into a list.
    fn add<T>(self, list: &mut Vec<T>, entry: T) {
        match self {
            Self::AddFirst => list.insert(0, entry),
            _ => list.push(entry),
        }
    }
}

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named as in the API
pub enum Section {
    Bridge,
    Domain,
    Ip,
    DhcpHost,
    DhcpRange,
    Forward,
    ForwardInterface,
    ForwardPf,
    PortGroup,
    DnsHost,
    DnsTxt,
    DnsSrv,
    /// A number that means nothing.
    Unknown,
}

impl Section {
    /// The section of that number in the protocol.
    pub fn of(number: u32) -> Self {
        use Section::{
            Bridge, DhcpHost, DhcpRange, DnsHost, DnsSrv, DnsTxt, Domain, Forward, ForwardInterface,
            ForwardPf, Ip, PortGroup, Unknown,
        };
        let all = [
            Bridge,
            Domain,
            Ip,
            DhcpHost,
            DhcpRange,
            Forward,
            ForwardInterface,
            ForwardPf,
            PortGroup,
            DnsHost,
            DnsTxt,
            DnsSrv,
        ];
        number.checked_sub(1).and_then(|at| all.get(at as usize).copied()).unwrap_or(Unknown)
    }
}

impl Network {
    /// Changes an entry of a section; `parent` says which `<ip>` it is in, or -1 for the one that fits best. On error
    /// the network may be left half changed: work on a copy.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn update(&mut self, command: Command, section: Section, parent: i32, xml: &str) -> Result<()> {
        let tree = vir_xml::parse_as(ErrorDomain::Network, xml, None)?;
        let unsupported = |what: &str| {
            err!(Network, OperationUnsupported, "can't update '{what}' section of network '{}'", self.name())
        };
        match section {
            Section::Bridge => Err(unsupported("bridge")),
            Section::Domain => Err(unsupported("domain")),
            Section::Ip => Err(unsupported("ip")),
            Section::Forward => Err(unsupported("forward")),
            Section::ForwardPf => Err(unsupported("forward pf")),
            Section::DhcpHost => self.update_dhcp_host(command, parent, &tree),
            Section::DhcpRange => self.update_dhcp_range(command, parent, &tree),
            Section::ForwardInterface => self.update_interface(command, &tree),
            Section::PortGroup => self.update_portgroup(command, &tree),
            Section::DnsHost => self.update_dns_host(command, &tree),
            Section::DnsTxt => self.update_dns_txt(command, &tree),
            Section::DnsSrv => self.update_dns_srv(command, &tree),
            Section::Unknown => {
                bail!(Network, OperationUnsupported, "can't update unrecognized section of network")
            }
        }
    }

    /// The entry, if it is an element of that name.
    fn entry<T: Content>(&self, tree: &Element, name: &str) -> Result<T> {
        if tree.name != name {
            bail!(
                Network,
                XmlError,
                "unexpected element <{}>, expecting <{name}>, while updating network '{}'",
                tree.name,
                self.name()
            );
        }
        T::read(tree)
    }

    /// Which `<ip>` is meant.
    fn ip_at(&self, parent: i32) -> Result<usize> {
        if let Ok(parent) = usize::try_from(parent) {
            return match parent < self.ips.len() {
                true => Ok(parent),
                false => Err(invalid(format!(
                    "couldn't update dhcp host entry - no <ip> element found at index {parent} in network '{}'",
                    self.name()
                ))),
            };
        }
        let find = |fits: fn(&Ip) -> bool| self.ips.iter().position(fits);
        let v4 = |ip: &Ip| ip.address().is_some_and(|address| address.is_ipv4());
        let found = find(Ip::has_dhcp).or_else(|| find(v4)).or_else(|| find(|_| true));
        found.ok_or_else(|| {
            invalid(format!(
                "couldn't update dhcp host entry - no <ip> element found in network '{}'",
                self.name()
            ))
        })
    }

    /// Addresses are handed out by one `<ip>` of each family.
    fn check_single_dhcp(&self, at: usize) -> Result<()> {
        let v4 = |ip: &Ip| ip.address().is_some_and(|address| address.is_ipv4());
        let mine = v4(&self.ips[at]);
        let other = |(i, ip): (usize, &Ip)| i != at && v4(ip) == mine && ip.has_dhcp();
        if self.ips.iter().enumerate().any(other) {
            let family = if mine { "IPv4" } else { "IPv6" };
            return Err(invalid(format!(
                "dhcp is supported only for a single {family} address on each network"
            )));
        }
        Ok(())
    }

    fn update_dhcp_host(&mut self, command: Command, parent: i32, tree: &Element) -> Result<()> {
        let ip = self.ip_at(parent);
        let mut host: DhcpHost = self.entry(tree, DhcpHost::NAME)?;
        let at = ip?;
        let part = command == Command::Delete;
        let name = self.name().to_owned();
        let Some(lan) = self.ips[at].address() else { return Ok(()) };
        host.check(&name, lan, part)?;
        if !part && host.ip().is_some_and(|ip| ip.is_ipv4() != lan.is_ipv4()) {
            return Err(invalid(
                "the address family of a host entry IP must match the address family of the dhcp element's parent",
            ));
        }
        if command.adds() {
            self.check_single_dhcp(at)?;
        }
        let dhcp = self.ips[at].dhcp.get_or_insert_default();
        let mac = host.mac.as_deref().and_then(Mac::parse);
        let mac_of = |other: &DhcpHost| other.mac.as_deref().and_then(Mac::parse);
        let any = |other: &DhcpHost| {
            mac.is_some() && mac == mac_of(other)
                || host.ip().is_some() && host.ip() == other.ip()
                || host.name.is_some() && host.name == other.name
        };
        let all = |other: &DhcpHost| {
            (mac.is_none() || other.mac.is_none() || mac == mac_of(other))
                && (host.name.is_none() || host.name == other.name)
                && (host.ip().is_none() || host.ip() == other.ip())
        };
        let said_mac = host.mac.as_deref().unwrap_or("unknown").to_owned();
        let said_name = host.name.as_deref().unwrap_or("(null)").to_owned();
        let said_ip = host.ip().map_or_else(|| "unknown".into(), |ip| ip.to_string());
        match command {
            Command::Modify => match dhcp.hosts.iter().position(any) {
                Some(at) => dhcp.hosts[at] = host,
                None => {
                    return Err(invalid(format!(
                        "couldn't locate an existing dhcp host entry with \"mac='{said_mac}'\" \"name='{said_name}'\" \"ip='{said_ip}'\" in network '{name}'"
                    )));
                }
            },
            Command::AddFirst | Command::AddLast => {
                if dhcp.hosts.iter().any(any) {
                    return Err(invalid(format!(
                        "there is an existing dhcp host entry in network '{name}' that matches \"<host mac='{said_mac}' name='{said_name}' ip='{said_ip}'/>\""
                    )));
                }
                command.add(&mut dhcp.hosts, host);
            }
            Command::Delete => {
                let found = dhcp.hosts.iter().position(all);
                take(&mut dhcp.hosts, found, "dhcp host entry", &format!("'{name}'"))?;
            }
            Command::Unknown(number) => return Err(unknown(number)),
        }
        self.drop_empty_dhcp(at);
        Ok(())
    }

    fn update_dhcp_range(&mut self, command: Command, parent: i32, tree: &Element) -> Result<()> {
        let ip = self.ip_at(parent);
        if tree.name == DhcpRange::NAME && ip.is_ok() && command == Command::Modify {
            bail!(Network, OperationUnsupported, "dhcp ranges cannot be modified, only added or deleted");
        }
        let mut range: DhcpRange = self.entry(tree, DhcpRange::NAME)?;
        let at = ip?;
        let name = self.name().to_owned();
        let Some(address) = self.ips[at].address() else { return Ok(()) };
        range.check(&name, (address, self.ips[at].prefix_length()))?;
        if command.adds() {
            self.check_single_dhcp(at)?;
        }
        let dhcp: &mut Dhcp = self.ips[at].dhcp.get_or_insert_default();
        let same = |other: &DhcpRange| (other.start, other.end) == (range.start, range.end);
        let found = dhcp.ranges.iter().position(same);
        match command {
            Command::AddFirst | Command::AddLast if found.is_some() => {
                let show = |address: Option<IpAddr>| address.map_or_else(String::new, |ip| ip.to_string());
                return Err(invalid(format!(
                    "there is an existing dhcp range entry in network '{name}' that matches \"<range start='{}' end='{}'/>\"",
                    show(range.start),
                    show(range.end)
                )));
            }
            Command::AddFirst | Command::AddLast => command.add(&mut dhcp.ranges, range),
            Command::Delete => {
                take(&mut dhcp.ranges, found, "dhcp range entry", &format!("'{name}'"))?;
            }
            Command::Modify => {}
            Command::Unknown(number) => return Err(unknown(number)),
        }
        self.drop_empty_dhcp(at);
        Ok(())
    }

    /// An `<ip>` that hands nothing out says nothing of it, unless it says what guests start from.
    fn drop_empty_dhcp(&mut self, at: usize) {
        if !self.ips[at].has_dhcp() {
            self.ips[at].dhcp.take_if(|dhcp| dhcp.bootp.is_none());
        }
    }

    fn update_interface(&mut self, command: Command, tree: &Element) -> Result<()> {
        if tree.name == ForwardInterface::NAME && command == Command::Modify {
            bail!(
                Network,
                OperationUnsupported,
                "forward interface entries cannot be modified, only added or deleted"
            );
        }
        let mut entry: ForwardInterface = self.entry(tree, ForwardInterface::NAME)?;
        entry.connections = None;
        let Some(dev) = entry.dev.clone() else {
            bail!(Network, XmlError, "missing dev attribute in <interface> element")
        };
        let name = self.name().to_owned();
        // a network that forwards nothing has no place to keep one, and does not show it
        let mut nowhere = Forward::default();
        let forward = self.forward.as_mut().unwrap_or(&mut nowhere);
        let found = forward.interfaces.iter().position(|other| other.dev.as_ref() == Some(&dev));
        match (command, found) {
            (Command::AddFirst | Command::AddLast, Some(_)) => {
                return Err(invalid(format!(
                    "there is an existing interface entry in network '{name}' that matches \"<interface dev='{dev}'>\""
                )));
            }
            (Command::AddFirst | Command::AddLast, None) => command.add(&mut forward.interfaces, entry),
            (Command::Delete, None) => {
                return Err(invalid(format!(
                    "couldn't find an interface entry in network '{name}' matching <interface dev='{dev}'>"
                )));
            }
            (Command::Delete, Some(at)) => {
                if let Some(count @ 1..) = forward.interfaces[at].connections {
                    return Err(invalid(format!(
                        "unable to delete interface '{dev}' in network '{name}'. It is currently being used by {count} domains."
                    )));
                }
                forward.interfaces.remove(at);
            }
            (Command::Modify, _) => {}
            (Command::Unknown(number), _) => return Err(unknown(number)),
        }
        forward.sync_dev();
        Ok(())
    }

    fn update_portgroup(&mut self, command: Command, tree: &Element) -> Result<()> {
        let mut group: PortGroup = self.entry(tree, PortGroup::NAME)?;
        group.check()?;
        let label = group.name.clone().unwrap_or_default();
        let name = self.name().to_owned();
        let groups = &mut self.portgroups;
        let found = groups.iter().position(|other| other.name == group.name);
        let default = groups.iter().position(PortGroup::is_default);
        match (command, found) {
            (Command::Modify | Command::Delete, None) => {
                return Err(invalid(format!(
                    "couldn't find a portgroup entry in network '{name}' matching <portgroup name='{label}'>"
                )));
            }
            (Command::AddFirst | Command::AddLast, Some(_)) => {
                return Err(invalid(format!(
                    "there is an existing portgroup entry in network '{name}' that matches \"<portgroup name='{label}'>\""
                )));
            }
            _ => {}
        }
        if command != Command::Delete && group.is_default() && default.is_some() && default != found {
            return Err(invalid(format!(
                "a different portgroup entry in network '{name}' is already set as the default. Only one default is allowed."
            )));
        }
        match (command, found) {
            (Command::Modify, Some(at)) => groups[at] = group,
            (Command::Delete, Some(at)) => drop(groups.remove(at)),
            (Command::Unknown(number), _) => return Err(unknown(number)),
            _ => command.add(groups, group),
        }
        Ok(())
    }

    fn update_dns_host(&mut self, command: Command, tree: &Element) -> Result<()> {
        let host: DnsHost = self.entry(tree, DnsHost::NAME)?;
        let name = self.name().to_owned();
        host.check(&name, !command.adds())?;
        let hosts = &mut self.dns.get_or_insert_default().hosts;
        let matches = |other: &DnsHost| {
            host.ip() == other.ip()
                || command == Command::Delete && host.names.iter().any(|name| other.names.contains(name))
        };
        let found: Vec<usize> =
            hosts.iter().enumerate().filter(|(_, other)| matches(other)).map(|(at, _)| at).collect();
        match (command, &found[..]) {
            (Command::AddFirst | Command::AddLast, []) => command.add(hosts, host),
            (Command::AddFirst | Command::AddLast, _) => {
                return Err(invalid(format!(
                    "there is already at least one DNS HOST record with a matching field in network {name}"
                )));
            }
            (Command::Delete, [at]) => drop(hosts.remove(*at)),
            (Command::Modify, [at]) => hosts[*at] = host,
            (Command::Delete | Command::Modify, []) => {
                return Err(invalid(format!("couldn't locate a matching DNS HOST record in network {name}")));
            }
            (Command::Delete | Command::Modify, _) => {
                return Err(invalid(format!(
                    "multiple matching DNS HOST records were found in network {name}"
                )));
            }
            (Command::Unknown(number), _) => return Err(unknown(number)),
        }
        Ok(())
    }

    fn update_dns_srv(&mut self, command: Command, tree: &Element) -> Result<()> {
        if command == Command::Modify {
            bail!(Network, OperationUnsupported, "DNS SRV records cannot be modified, only added or deleted");
        }
        let mut srv: Srv = self.entry(tree, Srv::NAME)?;
        let name = self.name().to_owned();
        srv.check(&name, !command.adds())?;
        let srvs = &mut self.dns.get_or_insert_default().srvs;
        let same = |mine: &Option<String>, other: &Option<String>| mine.is_none() || mine == other;
        let matches = |other: &Srv| {
            same(&srv.domain, &other.domain)
                && same(&srv.service, &other.service)
                && same(&srv.protocol, &other.protocol)
                && same(&srv.target, &other.target)
        };
        let count = srvs.iter().filter(|other| matches(other)).count();
        let found = srvs.iter().rposition(matches);
        match command {
            Command::AddFirst | Command::AddLast if count > 0 => {
                return Err(invalid(format!(
                    "there is already at least one DNS SRV record matching all specified fields in network {name}"
                )));
            }
            Command::AddFirst | Command::AddLast => command.add(srvs, srv),
            Command::Delete if count > 1 => {
                return Err(invalid(format!(
                    "multiple DNS SRV records matching all specified fields were found in network {name}"
                )));
            }
            Command::Delete => take(srvs, found, "DNS SRV record", &name)?,
            Command::Modify => {}
            Command::Unknown(number) => return Err(unknown(number)),
        }
        Ok(())
    }

    fn update_dns_txt(&mut self, command: Command, tree: &Element) -> Result<()> {
        let txt: Txt = self.entry(tree, Txt::NAME)?;
        let name = self.name().to_owned();
        txt.check(&name, !command.adds())?;
        let txts = &mut self.dns.get_or_insert_default().txts;
        let found = txts.iter().position(|other| other.name == txt.name);
        match (command, found) {
            (Command::AddFirst | Command::AddLast, Some(_)) => {
                return Err(invalid(format!(
                    "there is already a DNS TXT record with name '{}' in network {name}",
                    txt.name.unwrap_or_default()
                )));
            }
            (Command::AddFirst | Command::AddLast, None) => command.add(txts, txt),
            (Command::Delete | Command::Modify, None) => {
                return Err(invalid(format!("couldn't locate a matching DNS TXT record in network {name}")));
            }
            (Command::Delete, Some(at)) => drop(txts.remove(at)),
            (Command::Modify, Some(_)) if txt.value.is_none() => {
                return Err(invalid(format!("missing value of modifying DNS TXT record in network {name}")));
            }
            (Command::Modify, Some(at)) => txts[at].value = txt.value,
            (Command::Unknown(number), _) => return Err(unknown(number)),
        }
        Ok(())
    }
}

/// Takes out the entry that was found.
fn take<T>(list: &mut Vec<T>, found: Option<usize>, what: &str, network: &str) -> Result<()> {
    match found {
        Some(at) => {
            list.remove(at);
            Ok(())
        }
        None => Err(invalid(format!("couldn't locate a matching {what} in network {network}"))),
    }
}

fn invalid(what: impl Display) -> Error {
    err!(Network, OperationInvalid, "{what}")
}

fn unknown(number: u32) -> Error {
    err!(Network, OperationUnsupported, "unrecognized network update command code {number}")
}
