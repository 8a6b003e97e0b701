//! Arithmetic on addresses: networks, masks and ranges, and the peer's words for those that make no sense.

use std::net::IpAddr;
use vir_base::{Result, bail};

/// An address as a number, and how many bits it has.
fn number(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    }
}

/// The bits of an address that its network has; nothing for a prefix that is longer than the address.
pub fn masked(address: IpAddr, prefix: u32) -> Option<u128> {
    let (value, bits) = number(address);
    let host = bits.checked_sub(prefix)?;
    Some(if host >= 128 { 0 } else { value >> host << host })
}

/// Whether an address is that of a network of this prefix.
pub fn is_network(address: IpAddr, prefix: u32) -> bool {
    masked(address, prefix) == Some(number(address).0)
}

/// The length of a mask; `None` if its bits are not ones and then zeros.
pub fn mask_length(mask: IpAddr) -> Option<u32> {
    let (value, bits) = number(mask);
    let ones = (value << (128 - bits)).leading_ones();
    (masked(mask, ones) == Some(value)).then_some(ones)
}

/// The length that a network has if nothing is said: that of its class, or 64.
pub fn natural_prefix(address: IpAddr) -> Option<u32> {
    match address {
        IpAddr::V4(v4) => match v4.octets()[0] {
            0..=127 => Some(8),
            128..=191 => Some(16),
            192..=223 => Some(24),
            224.. => None,
        },
        IpAddr::V6(_) => Some(64),
    }
}

/// Checks a range of addresses, which lies within a network if one is given.
///
/// # Errors
/// As the peer says them.
pub fn check_range(start: IpAddr, end: IpAddr, network: Option<(IpAddr, Option<u32>)>) -> Result<()> {
    if start.is_ipv4() != end.is_ipv4() {
        bail!(None, InternalError, "mismatch of address family in range {start} - {end}");
    }
    if let Some((network, prefix)) = network {
        check_inside(start, end, network, prefix)?;
    }
    let ((first, _), (last, _)) = (number(start), number(end));
    if start.is_ipv4() {
        if last < first {
            bail!(None, InternalError, "range {start} - {end} is reversed ");
        }
        if last - first > 65535 {
            bail!(None, InternalError, "range {start} - {end} is too large (> 65535)");
        }
    } else {
        if first >> 16 != last >> 16 {
            bail!(None, InternalError, "range {start} - {end} is too large (> 65535)");
        }
        if last < first {
            bail!(None, InternalError, "range {start} - {end} start larger than end");
        }
    }
    Ok(())
}

fn check_inside(start: IpAddr, end: IpAddr, network: IpAddr, prefix: Option<u32>) -> Result<()> {
    if start.is_ipv4() != network.is_ipv4() {
        bail!(
            None,
            InternalError,
            "mismatch of address family in range {start} - {end} for network {network}"
        );
    }
    let bits = number(network).1;
    let Some(prefix) = prefix.filter(|prefix| *prefix <= bits) else {
        let prefix = prefix.map_or(-1, i64::from);
        bail!(
            None,
            InternalError,
            "bad prefix {prefix} for network {network} when checking range {start} - {end}"
        );
    };
    let base = masked(network, prefix);
    if masked(start, prefix) != base || masked(end, prefix) != base {
        bail!(None, InternalError, "range {start} - {end} is not entirely within network {network}/{prefix}");
    }
    if start.is_ipv4() {
        let base = base.unwrap_or_default();
        let hosts = (1u128 << (bits - prefix)) - 1;
        for (address, at, edge, what) in
            [(start, base, "start", "network"), (end, base | hosts, "end", "broadcast")]
        {
            if number(address).0 == at {
                bail!(
                    None,
                    InternalError,
                    "{edge} of range {start} - {end} in network {network}/{prefix} is the {what} address"
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn masks_and_networks() {
        assert_eq!(mask_length(ip("255.255.255.0")), Some(24));
        assert_eq!(mask_length(ip("0.0.0.0")), Some(0));
        assert_eq!(mask_length(ip("255.0.255.0")), None);
        assert!(is_network(ip("10.0.0.0"), 8) && !is_network(ip("10.0.0.1"), 24));
        assert!(is_network(ip("::"), 0) && !is_network(ip("10.0.0.0"), 33));
        assert_eq!(natural_prefix(ip("172.16.0.1")), Some(16));
    }

    #[test]
    fn ranges_lie_within_their_network() {
        let check = |start: &str, end: &str| {
            check_range(ip(start), ip(end), Some((ip("192.168.1.1"), Some(24))))
                .err()
                .map(|error| error.message().to_owned())
        };
        assert_eq!(check("192.168.1.2", "192.168.1.254"), None);
        for (start, end, words) in [
            ("192.168.1.9", "192.168.1.2", "range 192.168.1.9 - 192.168.1.2 is reversed "),
            (
                "192.168.1.0",
                "192.168.1.9",
                "start of range 192.168.1.0 - 192.168.1.9 in network 192.168.1.1/24 is the network address",
            ),
            (
                "192.168.1.2",
                "192.168.2.2",
                "range 192.168.1.2 - 192.168.2.2 is not entirely within network 192.168.1.1/24",
            ),
        ] {
            assert_eq!(check(start, end), Some(format!("internal error: {words}")));
        }
    }
}
