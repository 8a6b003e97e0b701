//! Addresses that the host has on a network, what it hands out there, and routes to other networks.

use super::lan;
use crate::domain::device::netparts::Mac;
use crate::words::{Checked, said};
use std::net::IpAddr;
use vir_base::{Error, Result, bail, err};
use vir_xml::{Element, Value, YesNo, element, xml_enum};

xml_enum! {
    /// What leases are counted in.
    pub enum LeaseUnit { Seconds = "seconds", Minutes = "minutes", Hours = "hours", }
}

element! {
    /// An address of the host on a network.
    pub struct Ip "ip" => settle {
        /// `ipv4`, which it is if nothing is said, or `ipv6`. Since 0.8.7.
        attr family "family": Option<String>,
        /// The address.
        attr address "address": Option<Checked<IpAddr>>,
        /// The network's mask, for `ipv4`.
        attr netmask "netmask": Option<Checked<IpAddr>>,
        /// Length of the network's part, instead. Since 0.8.7.
        count prefix "prefix": Option<u32>,
        /// Whether names are found for the network's addresses here. Since 3.0.0.
        attr local_ptr "localPtr": Option<YesNo>,
        /// Files for guests that start from the network, for `ipv4`. Since 0.7.1.
        maybe tftp "tftp": Option<Tftp>,
        /// Addresses for guests.
        maybe dhcp "dhcp": Option<Dhcp>,
    }
    /// Files for guests that start from the network.
    pub struct Tftp "tftp" {
        /// Where they are.
        attr root "root": Option<String>,
    }
    /// Addresses for guests.
    pub struct Dhcp "dhcp" {
        /// Addresses that anyone may get.
        list ranges "range": Vec<DhcpRange>,
        /// Addresses for known hosts.
        list hosts "host": Vec<DhcpHost>,
        /// What guests start from.
        child bootp "bootp": Option<Bootp>,
    }
    /// Addresses that anyone may get.
    pub struct DhcpRange "range" {
        /// The first.
        attr start "start": Option<IpAddr>,
        /// The last.
        attr end "end": Option<IpAddr>,
        /// For how long. Since 6.3.0.
        child lease "lease": Option<Lease>,
    }
    /// An address for a known host. Since 0.4.5.
    pub struct DhcpHost "host" {
        /// The host's MAC address, for `ipv4`.
        attr mac "mac": Option<String>,
        /// The host's identifier, for `ipv6`. Since 1.0.3.
        attr id "id": Option<String>,
        /// Its name.
        attr name "name": Option<String>,
        /// The address.
        attr ip "ip": Option<Checked<IpAddr>>,
        /// For how long. Since 6.3.0.
        child lease "lease": Option<Lease>,
    }
    /// How long an address is lent.
    pub struct Lease "lease" => settle {
        /// How long; 0 for ever.
        attr expiry "expiry": Option<u64>,
        /// What that is counted in: minutes if nothing is said.
        attr unit "unit": Option<LeaseUnit>,
    }
    /// What guests start from. Since 0.7.1.
    pub struct Bootp "bootp" {
        /// The file.
        attr file "file": String,
        /// The server that has it, if it is another. Since 0.7.3.
        attr server "server": Option<IpAddr>,
    }
    /// A route to another network. Since 1.0.6.
    pub struct Route "route" {
        /// `ipv4`, which it is if nothing is said, or `ipv6`.
        attr family "family": Option<String>,
        /// The network's address.
        attr address "address": Option<Checked<IpAddr>>,
        /// The network's mask, for `ipv4`.
        attr netmask "netmask": Option<Checked<IpAddr>>,
        /// Length of the network's part, instead.
        attr prefix "prefix": Option<u32>,
        /// Who knows the way.
        attr gateway "gateway": Option<Checked<IpAddr>>,
        /// How far it is.
        attr metric "metric": Option<u32>,
    }
}

/// The address in a field that may have none.
fn address(field: &Option<Checked<IpAddr>>) -> Option<IpAddr> {
    field.as_ref().and_then(Checked::good).copied()
}

impl Ip {
    /// The host's address.
    pub fn address(&self) -> Option<IpAddr> {
        address(&self.address)
    }

    /// The network's mask.
    pub fn netmask(&self) -> Option<IpAddr> {
        address(&self.netmask)
    }

    /// The length of the network's part, said in whichever way.
    pub fn prefix_length(&self) -> Option<u32> {
        self.prefix
            .or_else(|| self.netmask().and_then(lan::mask_length))
            .or_else(|| self.address().and_then(lan::natural_prefix))
    }

    /// Whether it hands out addresses.
    pub fn has_dhcp(&self) -> bool {
        self.dhcp.as_ref().is_some_and(|dhcp| !dhcp.ranges.is_empty() || !dhcp.hosts.is_empty())
    }

    fn settle(&mut self, _: &Element) -> Result<()> {
        said(&mut self.family);
        for field in [&mut self.address, &mut self.netmask] {
            field.take_if(|field| *field == Checked::Bad(String::new()));
        }
        Ok(())
    }

    pub(super) fn check(&mut self, network: &str) -> Result<()> {
        let wrong = |what: &str| err!(Network, XmlError, "{what} in network '{network}'");
        let Some(address) = &self.address else {
            bail!(Network, XmlError, "Missing required address attribute in network '{network}'");
        };
        let address = *address.check(|text| wrong(&format!("Invalid address '{text}'")))?;
        if let Some(netmask) = &self.netmask {
            netmask.check(|text| wrong(&format!("Invalid netmask '{text}'")))?;
        }
        self.check_family(network, address)?;
        let lan = (address, self.prefix_length());
        if let Some(dhcp) = &mut self.dhcp {
            dhcp.check(network, lan)?;
        }
        if let Some(tftp) = &mut self.tftp {
            if address.is_ipv6() {
                bail!(
                    Network,
                    ConfigUnsupported,
                    "Unsupported <tftp> element in an IPv6 element in network '{network}'"
                );
            }
            said(&mut tftp.root);
        }
        if !self.has_dhcp() {
            self.dhcp = None;
        }
        Ok(())
    }

    fn check_family(&self, network: &str, address: IpAddr) -> Result<()> {
        let unsupported = |what: String| Err(err!(Network, ConfigUnsupported, "{what}"));
        let prefix = self.prefix.unwrap_or(0);
        match self.family.as_deref() {
            None | Some("ipv4") => {
                let family = self.family.as_deref().unwrap_or("no");
                if address.is_ipv6() {
                    return unsupported(format!(
                        "{family} family specified for non-IPv4 address '{address}' in network '{network}'"
                    ));
                }
                match self.netmask() {
                    Some(netmask) if netmask.is_ipv6() => unsupported(format!(
                        "Invalid netmask '{netmask}' for address '{address}' in network '{network}' (both must be IPv4)"
                    )),
                    Some(_) if prefix > 0 => unsupported(format!(
                        "Network '{network}' IP address cannot have both a prefix and a netmask"
                    )),
                    None if prefix > 32 => {
                        unsupported(format!("Invalid IPv4 prefix '{prefix}' in network '{network}'"))
                    }
                    _ => Ok(()),
                }
            }
            Some("ipv6") => {
                if address.is_ipv4() {
                    return unsupported(format!(
                        "Family 'ipv6' specified for non-IPv6 address '{address}' in network '{network}'"
                    ));
                }
                if self.netmask.is_some() {
                    return unsupported(format!(
                        "netmask not allowed for IPv6 address '{address}' in network '{network}'"
                    ));
                }
                if prefix > 128 {
                    return unsupported(format!("Invalid IPv6 prefix '{prefix}' in network '{network}'"));
                }
                Ok(())
            }
            Some(family) => {
                bail!(Network, XmlError, "Unrecognized family '{family}' in network '{network}'")
            }
        }
    }
}

impl Dhcp {
    fn check(&mut self, network: &str, lan: (IpAddr, Option<u32>)) -> Result<()> {
        self.ranges.iter_mut().try_for_each(|range| range.check(network, lan))?;
        self.hosts.iter_mut().try_for_each(|host| host.check(network, lan.0, false))?;
        if lan.0.is_ipv6() {
            self.bootp = None;
        }
        Ok(())
    }
}

impl DhcpRange {
    pub(super) fn check(&mut self, network: &str, lan: (IpAddr, Option<u32>)) -> Result<()> {
        let missing = |name: &str| {
            err!(Network, XmlError, "Missing '{name}' attribute in dhcp range for network '{network}'")
        };
        let start = self.start.ok_or_else(|| missing("start"))?;
        let end = self.end.ok_or_else(|| missing("end"))?;
        lan::check_range(start, end, Some(lan))?;
        self.lease.take_if(|lease| lease.expiry.is_none());
        Ok(())
    }
}

impl DhcpHost {
    /// Its address.
    pub fn ip(&self) -> Option<IpAddr> {
        address(&self.ip)
    }

    /// Checks it as one of a network with this address; a part is enough to find one.
    pub(super) fn check(&mut self, network: &str, lan: IpAddr, part: bool) -> Result<()> {
        let wrong = |what: String| -> Error { err!(Network, XmlError, "{what}") };
        let v6 = lan.is_ipv6();
        if let Some(mac) = &self.mac {
            if v6 {
                return Err(wrong(format!(
                    "Invalid to specify MAC address '{mac}' in network '{network}' IPv6 static host definition"
                )));
            }
            let Some(parsed) = Mac::parse(mac) else {
                return Err(wrong(format!("Cannot parse MAC address '{mac}' in network '{network}'")));
            };
            if parsed.0[0] & 1 != 0 {
                return Err(wrong(format!(
                    "expected unicast mac address, found multicast '{mac}' in network '{network}'"
                )));
            }
        }
        if let Some(id) = &self.id
            && let Some(bad) = id.chars().find(|c| !c.is_ascii_hexdigit() && *c != ':')
        {
            return Err(wrong(format!("Invalid character '{bad}' in id '{id}' of network '{network}'")));
        }
        if let Some(name) = &self.name
            && !name.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            return Err(wrong(format!("Cannot use host name '{name}' in network '{network}'")));
        }
        if let Some(ip) = &self.ip {
            ip.check(|_| {
                wrong(format!("Invalid IP address in static host definition for network '{network}'"))
            })?;
        }
        let known = self.name.is_some();
        if part {
            if self.mac.is_none() && !known && self.ip.is_none() {
                return Err(wrong(format!(
                    "At least one of name, mac, or ip attribute must be specified for static host definition in network '{network}'"
                )));
            }
        } else if v6 && self.id.is_none() && !known {
            return Err(wrong(format!(
                "Static host definition in IPv6 network '{network}' must have id or name attribute"
            )));
        } else if !v6 && self.mac.is_none() && !known {
            return Err(wrong(format!(
                "Static host definition in IPv4 network '{network}' must have mac or name attribute"
            )));
        } else if self.ip.is_none() {
            return Err(wrong(format!(
                "Missing IP address in static host definition for network '{network}'"
            )));
        }
        self.lease.take_if(|lease| lease.expiry.is_none());
        Ok(())
    }
}

impl Lease {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let Some(expiry) = self.expiry else { return Ok(()) };
        let unit = *self.unit.get_or_insert(LeaseUnit::Minutes);
        let short = match unit {
            LeaseUnit::Seconds => expiry < 120,
            LeaseUnit::Minutes => expiry < 2,
            LeaseUnit::Hours => false,
        };
        if expiry > 0 && short {
            bail!(Network, ConfigUnsupported, "The minimum lease time should be greater than 2 minutes");
        }
        // for ever has no unit
        self.unit.take_if(|_| expiry == 0);
        Ok(())
    }
}

impl Route {
    /// Who knows the way.
    pub fn gateway(&self) -> Option<IpAddr> {
        address(&self.gateway)
    }

    /// The network's address.
    pub fn address(&self) -> Option<IpAddr> {
        address(&self.address)
    }

    /// Checks it; `whose` is what errors begin with.
    pub(super) fn check(&mut self, whose: &str) -> Result<()> {
        let wrong = |what: String| -> Error { err!(Network, XmlError, "{whose}: {what}") };
        let bad = |what: &str, text: &str| wrong(format!("Bad {what} '{text}' in route definition"));
        if self.metric == Some(0) {
            return Err(err!(
                Xml,
                XmlError,
                "Invalid value for attribute 'metric' in element 'route': Zero is not permitted"
            ));
        }
        let missing = |name| wrong(format!("Missing required {name} attribute in route definition"));
        let field = self.address.as_ref().ok_or_else(|| missing("address"))?;
        let way = self.gateway.as_ref().ok_or_else(|| missing("gateway"))?;
        let address = *field.check(|text| bad("network address", text))?;
        let gateway = *way.check(|text| bad("gateway address", text))?;
        let prefix = self.prefix.unwrap_or(0);
        let limit = match self.family.as_deref() {
            None | Some("ipv4") => {
                let family = if self.family.is_none() { "No" } else { "IPv4" };
                for (other, what) in [(address, "address"), (gateway, "gateway")] {
                    if other.is_ipv6() {
                        return Err(wrong(format!(
                            "{family} family specified for non-IPv4 {what} '{address}' in route definition"
                        )));
                    }
                }
                if let Some(netmask) = &self.netmask {
                    let netmask = *netmask.check(|text| bad("netmask address", text))?;
                    if netmask.is_ipv6() {
                        return Err(wrong(format!(
                            "Invalid netmask '{netmask}' for address '{address}' (both must be IPv4)"
                        )));
                    }
                    if self.prefix.is_some() {
                        return Err(wrong("Route definition cannot have both a prefix and a netmask".into()));
                    }
                }
                32
            }
            Some("ipv6") => {
                if address.is_ipv4() {
                    return Err(wrong(format!(
                        "ipv6 family specified for non-IPv6 address '{address}' in route definition"
                    )));
                }
                if self.netmask.is_some() {
                    return Err(wrong(format!(
                        "Specifying netmask invalid for IPv6 address '{address}' in route definition"
                    )));
                }
                if gateway.is_ipv4() {
                    return Err(wrong(format!(
                        "ipv6 specified for non-IPv6 gateway address '{gateway}' in route definition"
                    )));
                }
                128
            }
            Some(family) => {
                return Err(wrong(format!("Unrecognized family '{family}' in route definition")));
            }
        };
        if prefix > limit {
            return Err(wrong(format!(
                "Invalid prefix {prefix} specified in route definition, must be 0 - {limit}"
            )));
        }
        let length = self::address(&self.netmask).and_then(lan::mask_length).unwrap_or(prefix);
        if !lan::is_network(address, length) {
            return Err(wrong(format!("Address '{address}' in route definition is not a network address")));
        }
        Ok(())
    }
}
