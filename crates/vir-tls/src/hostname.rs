//! Whether a certificate is for a host, as GnuTLS decides it.

use crate::Certificate;
use crate::certificate::{ANY_PURPOSE, SERVER_AUTH};
use std::net::IpAddr;

/// Whether `certificate` is for `host`: an address must be among its addresses; a name among its DNS
/// names or, where it has none, be its only common name.
pub(crate) fn matches(certificate: &Certificate, host: &str) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        let bytes = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        return certificate.addresses.contains(&bytes);
    }
    let host = host.as_bytes();
    if !certificate.dns.is_empty() {
        return certificate.dns.iter().any(|name| name.is_ascii() && fits(name, host));
    }
    let purposes = &certificate.purposes;
    let is_server = purposes.is_empty() || purposes.iter().any(|p| p == SERVER_AUTH || p == ANY_PURPOSE);
    match certificate.common_names.as_slice() {
        [name] => is_server && name.is_ascii() && fits(name.as_bytes(), host),
        _ => false,
    }
}

/// Whether a name, perhaps with a star in front, fits a host. The star stands for one label at most, and
/// at least two more must follow.
fn fits(name: &[u8], host: &[u8]) -> bool {
    match name {
        [b'*', rest @ ..] => {
            let dots = rest.iter().filter(|c| **c == b'.').count();
            if dots < 2 || rest.last() == Some(&b'.') {
                return false;
            }
            let label = host.iter().position(|c| *c == b'.').unwrap_or(host.len());
            (0..=label).any(|at| host[at..].eq_ignore_ascii_case(rest))
        }
        name => !name.contains(&0) && name.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(dns: &[&str], addresses: &[&[u8]], common: &[&str]) -> Certificate {
        Certificate {
            dns: dns.iter().map(|name| name.as_bytes().to_vec()).collect(),
            addresses: addresses.iter().map(|address| address.to_vec()).collect(),
            common_names: common.iter().map(|name| (*name).to_owned()).collect(),
            ..Certificate::default()
        }
    }

    #[test]
    fn names_addresses_and_stars() {
        let certificate = with(&["Host.example", "*.b.example"], &[&[127, 0, 0, 1]], &["other"]);
        for host in ["host.example", "HOST.EXAMPLE", "a.b.example", "127.0.0.1"] {
            assert!(matches(&certificate, host), "{host}");
        }
        for host in ["b.example", "x.a.b.example", "other", "127.0.0.2", "::1", "", "host.example."] {
            assert!(!matches(&certificate, host), "{host}");
        }
        assert!(!matches(&with(&["*.example"], &[], &[]), "a.example"));
        // an address is never a name
        assert!(!matches(&with(&["10.0.0.1"], &[], &["10.0.0.1"]), "10.0.0.1"));
    }

    #[test]
    fn a_common_name_counts_where_there_is_nothing_else() {
        assert!(matches(&with(&[], &[], &["host"]), "host"));
        assert!(matches(&with(&[], &[&[1, 2, 3, 4]], &["host"]), "host"));
        assert!(!matches(&with(&[], &[], &["host", "host"]), "host"));
        let mut client = with(&[], &[], &["host"]);
        client.purposes = vec![crate::certificate::CLIENT_AUTH.to_owned()];
        assert!(!matches(&client, "host"));
    }
}
