//! Counters of network devices.

use crate::Host;
use vir_base::{Error, ErrorDomain, Result, bail};

/// What went through a network device. 8 numbers in the API's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the API's
pub struct InterfaceStats {
    pub rx_bytes: i64,
    pub rx_packets: i64,
    pub rx_errs: i64,
    pub rx_drop: i64,
    pub tx_bytes: i64,
    pub tx_packets: i64,
    pub tx_errs: i64,
    pub tx_drop: i64,
}

impl InterfaceStats {
    /// As seen from the other end: what a tap device sends is what its guest receives.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self {
            rx_bytes: self.tx_bytes,
            rx_packets: self.tx_packets,
            rx_errs: self.tx_errs,
            rx_drop: self.tx_drop,
            tx_bytes: self.rx_bytes,
            tx_packets: self.rx_packets,
            tx_errs: self.rx_errs,
            tx_drop: self.rx_drop,
        }
    }
}

impl Host {
    /// The counters of a network device, as the host sees them.
    ///
    /// # Errors
    /// "/proc/net/dev: Interface not found".
    pub fn interface_stats(&self, name: &str) -> Result<InterfaceStats> {
        let text = std::fs::read_to_string(self.path("proc/net/dev"))
            .map_err(|e| Error::io(ErrorDomain::None, &e, "Could not open /proc/net/dev"))?;
        for (device, values) in text.lines().filter_map(|line| line.rsplit_once(':')) {
            if device.trim() != name {
                continue;
            }
            let values: Vec<i64> = values.split_ascii_whitespace().map_while(|v| v.parse().ok()).collect();
            if let &[rx_bytes, rx_packets, rx_errs, rx_drop, _, _, _, _, ref sent @ ..] = &values[..]
                && let &[tx_bytes, tx_packets, tx_errs, tx_drop, ..] = sent
            {
                let (rx, tx) = ((rx_bytes, rx_packets), (tx_bytes, tx_packets));
                return Ok(InterfaceStats {
                    rx_bytes: rx.0,
                    rx_packets: rx.1,
                    rx_errs,
                    rx_drop,
                    tx_bytes: tx.0,
                    tx_packets: tx.1,
                    tx_errs,
                    tx_drop,
                });
            }
        }
        bail!(None, InternalError, "/proc/net/dev: Interface not found")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_line_is_read() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("proc")).unwrap();
        let text = "Inter-|   Receive\n face |bytes\n  xeth0: 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n\
                    \x20 eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n";
        std::fs::write(dir.path().join("proc/net/dev"), text).unwrap_or_else(|_| {
            std::fs::create_dir(dir.path().join("proc/net")).unwrap();
            std::fs::write(dir.path().join("proc/net/dev"), text).unwrap();
        });
        let host = Host::captured(dir.path(), "x86_64");
        let stats = host.interface_stats("eth0").unwrap();
        assert_eq!([stats.rx_bytes, stats.rx_packets, stats.rx_errs, stats.rx_drop], [1, 2, 3, 4]);
        assert_eq!([stats.tx_bytes, stats.tx_packets, stats.tx_errs, stats.tx_drop], [9, 10, 11, 12]);
        assert_eq!(stats.swapped().rx_bytes, 9);
        assert_eq!(stats.swapped().swapped(), stats);
        let error = host.interface_stats("th0").unwrap_err();
        assert_eq!(error.message(), "internal error: /proc/net/dev: Interface not found");
    }
}
