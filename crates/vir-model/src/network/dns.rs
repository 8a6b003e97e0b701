//! Names that a network's server knows.

use crate::words::Checked;
use std::net::IpAddr;
use vir_base::{Result, bail, err};
use vir_xml::{YesNo, element};

/// The most bytes of a service's name.
const SERVICE_BYTES: usize = 482;

element! {
    /// Names.
    pub struct Dns "dns" {
        /// Whether names are served at all. Since 2.2.0.
        attr enable "enable": Option<YesNo>,
        /// Whether questions about names without a dot are passed on. Since 1.1.2.
        attr forward_plain_names "forwardPlainNames": Option<YesNo>,
        /// Who is asked instead. Since 1.1.3.
        list forwarders "forwarder": Vec<Forwarder>,
        /// Texts. Since 0.9.3.
        list txts "txt": Vec<Txt>,
        /// Services. Since 0.9.9.
        list srvs "srv": Vec<Srv>,
        /// Hosts. Since 0.9.3.
        list hosts "host": Vec<DnsHost>,
    }
    /// A server that is asked.
    pub struct Forwarder "forwarder" {
        /// Names below this only. Since 2.2.0.
        attr domain "domain": Option<String>,
        /// The server's address; without it, names of the domain are answered here.
        attr addr "addr": Option<Checked<IpAddr>>,
    }
    /// A text.
    pub struct Txt "txt" {
        /// Its name.
        attr name "name": Option<String>,
        /// The text.
        attr value "value": Option<String>,
    }
    /// A service.
    pub struct Srv "srv" {
        /// Its name.
        attr service "service": Option<String>,
        /// How it is spoken to: `tcp`, `udp`.
        attr protocol "protocol": Option<String>,
        /// The domain it is of.
        attr domain "domain": Option<String>,
        /// The host that serves it.
        attr target "target": Option<String>,
        /// Its port.
        attr port "port": Option<Checked<u32>>,
        /// Which is asked first.
        attr priority "priority": Option<Checked<u32>>,
        /// How the work is shared.
        attr weight "weight": Option<Checked<u32>>,
    }
    /// A host.
    pub struct DnsHost "host" {
        /// Its address.
        attr ip "ip": Option<Checked<IpAddr>>,
        /// Its names.
        leaves names "hostname": Vec<String>,
    }
}

impl Dns {
    pub(super) fn check(&mut self, network: &str) -> Result<()> {
        for forwarder in &self.forwarders {
            if let Some(addr) = &forwarder.addr {
                addr.check(|text| {
                    err!(Network, XmlError, "Invalid forwarder IP address '{text}' in network '{network}'")
                })?;
            } else if forwarder.domain.is_none() {
                bail!(
                    Network,
                    XmlError,
                    "Invalid forwarder element, must contain at least one of addr or domain"
                );
            }
        }
        self.hosts.iter().try_for_each(|host| host.check(network, false))?;
        self.srvs.iter_mut().try_for_each(|srv| srv.check(network, false))?;
        self.txts.iter().try_for_each(|txt| txt.check(network, false))?;
        let empty = self.forwarders.is_empty() && self.hosts.is_empty();
        if self.enable == Some(YesNo::No) && !(empty && self.srvs.is_empty() && self.txts.is_empty()) {
            bail!(Network, XmlError, "Extra data in disabled network '{network}'");
        }
        Ok(())
    }
}

impl DnsHost {
    /// Its address.
    pub fn ip(&self) -> Option<IpAddr> {
        self.ip.as_ref().and_then(Checked::good).copied()
    }

    /// Checks it; a part is enough to find one.
    pub(super) fn check(&self, network: &str, part: bool) -> Result<()> {
        let wrong = |what: &str| err!(Network, XmlDetail, "{what} in network '{network}' DNS HOST record");
        if self.names.iter().any(String::is_empty) || self.names.is_empty() && !part {
            return Err(wrong("Missing hostname"));
        }
        match &self.ip {
            Some(ip) => ip.check(|_| wrong("Invalid IP address")).map(|_| ()),
            None if !part => Err(wrong("Missing IP address")),
            None if self.names.is_empty() => Err(wrong("Missing ip and hostname")),
            None => Ok(()),
        }
    }
}

impl Srv {
    /// Checks it; a part is enough to find one.
    pub(super) fn check(&mut self, network: &str, part: bool) -> Result<()> {
        let strange = |text: &str, more: &str| {
            !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.as_bytes().contains(&byte))
        };
        match &self.service {
            None if !part => bail!(
                Network,
                XmlDetail,
                "missing required service attribute in DNS SRV record of network '{network}'"
            ),
            Some(service) if service.len() > SERVICE_BYTES => bail!(
                Network,
                XmlDetail,
                "service attribute '{service}' in network '{network}' is too long, limit is {SERVICE_BYTES} bytes"
            ),
            Some(service) if strange(service, "_-+/*") => bail!(
                Network,
                XmlDetail,
                "invalid character in service attribute '{service}' in DNS SRV record of network '{network}'"
            ),
            _ => {}
        }
        let service = self.service.as_deref().unwrap_or("(null)");
        match &self.protocol {
            None if !part => bail!(
                Network,
                XmlDetail,
                "missing required protocol attribute in DNS SRV record '{service}' of network '{network}'"
            ),
            Some(protocol) if strange(protocol, "-+/") => bail!(
                Network,
                XmlDetail,
                "invalid character in protocol attribute '{protocol}' in DNS SRV record of network '{network}'"
            ),
            _ => {}
        }
        for (value, name, least, invalid) in [
            (&mut self.port, "port", 1, "invalid"),
            (&mut self.priority, "priority", 0, "Invalid"),
            (&mut self.weight, "weight", 0, "invalid"),
        ] {
            // what is empty says nothing
            value.take_if(|value| *value == Checked::Bad(String::new()));
            let wrong = |_: &str| {
                err!(
                    Network,
                    XmlDetail,
                    "{invalid} DNS SRV {name} attribute for service '{service}' in network '{network}'"
                )
            };
            let Some(checked) = value else { continue };
            if checked.good().is_some() && self.target.is_none() {
                bail!(
                    Network,
                    XmlDetail,
                    "DNS SRV {name} attribute not permitted without target for service '{service}' in network '{network}'"
                );
            }
            let number = *checked.check(wrong)?;
            if !(least..=65535).contains(&number) {
                return Err(wrong(""));
            }
            value.take_if(|_| number == 0);
        }
        Ok(())
    }
}

impl Txt {
    /// Checks it; its name is enough to find one.
    pub(super) fn check(&self, network: &str, part: bool) -> Result<()> {
        let Some(name) = &self.name else {
            bail!(
                Network,
                XmlDetail,
                "missing required name attribute in DNS TXT record of network {network}"
            )
        };
        if name.contains([' ', ',']) {
            bail!(
                Network,
                XmlDetail,
                "prohibited character in DNS TXT record name '{name}' of network {network}"
            );
        }
        if self.value.is_none() && !part {
            bail!(
                Network,
                XmlDetail,
                "missing required value attribute in DNS TXT record named '{name}' of network {network}"
            );
        }
        Ok(())
    }
}
