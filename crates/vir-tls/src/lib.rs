//! Encrypted connections: what goes over TLS for the remote driver and for the daemons that listen on a
//! network, as libvirt with GnuTLS does it.
//!
//! - [`ClientContext`] and [`ServerContext`] are keys, certificates and rules; [`Tls`] is one connection.
//! - Who may talk is decided after the handshake, by [`check`] and the trust in an authority, so that
//!   both ends refuse in libvirt's order and words. The server then sends one byte for "come in".
//! - TLS itself is rustls's, chains and revocation are webpki's. Here certificates are read once more, for
//!   what libvirt looks at and those do not tell: names in GnuTLS's form, dates, purposes.
//!
//! Programs that do not link this crate have no TLS: `vir_rpc` knows only its traits.

mod certificate;
pub mod check;
mod client;
mod der;
mod files;
mod hostname;
mod name;
mod priority;
mod server;
mod transport;
mod trust;

pub use certificate::Certificate;
pub use client::ClientContext;
pub use files::Files;
pub use priority::Priority;
pub use server::{ServerContext, ServerRules};
pub use transport::Tls;
