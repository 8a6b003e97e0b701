//! What networks hold and parts by hand read, as tables: see [`crate::domain::tables`].

use vir_xml::describe;

describe! {
    /// What other programs keep with a network.
    pub struct Metadata "" {
        /// Elements, each in a namespace of its own.
        tree "metadata": Element,
    }
    /// Options for dnsmasq, in its own namespace.
    pub struct DnsmasqOptions "" {
        /// Lines of its configuration; `xmlns:dnsmasq` is `http://libvirt.org/schemas/network/dnsmasq/1.0`.
        child "dnsmasq:options": Options,
    }
    /// Lines of dnsmasq's configuration.
    pub struct Options "dnsmasq:options" {
        /// One of them.
        list "dnsmasq:option": DnsmasqOption,
    }
    /// A line of dnsmasq's configuration.
    pub struct DnsmasqOption "dnsmasq:option" {
        /// The line.
        attr "value": Option<String>,
    }
}
