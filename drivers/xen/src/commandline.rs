//! `<xen:commandline>`: arguments that a document adds to the device model's.

use vir_base::{Result, err};
use vir_model::domain::Domain;
use vir_model::domain::namespaces::{Foreign, XEN};

/// The prefix that they are printed with.
pub const PREFIX: &str = "xen";

/// Keeps what is known of the document's elements of Xen's own.
///
/// # Errors
/// An argument without a value.
pub fn settle(domain: &mut Domain) -> Result<()> {
    let arguments = arguments(domain)?;
    domain.foreign = Foreign::command_line(XEN, PREFIX, &arguments);
    Ok(())
}

/// The arguments, in their order.
///
/// # Errors
/// As for [`settle`].
pub fn arguments(domain: &Domain) -> Result<Vec<String>> {
    let missing = || err!(Libxl, InternalError, "No device model command-line argument specified");
    let arguments = domain.foreign.as_ref().map(Foreign::arguments).unwrap_or_default();
    arguments.into_iter().map(|argument| argument.ok_or_else(missing)).collect()
}
