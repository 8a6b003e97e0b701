//! `<bhyve:commandline>`: arguments that a document adds to bhyve's own.

use vir_base::{Result, err};
use vir_model::domain::Domain;
use vir_model::domain::namespaces::{BHYVE, Foreign};

/// The prefix that they are printed with.
pub const PREFIX: &str = "bhyve";

/// Keeps what is known of the document's elements of bhyve's own.
///
/// # Errors
/// An argument without a value.
pub fn settle(domain: &mut Domain) -> Result<()> {
    let arguments = arguments(domain)?;
    domain.foreign = Foreign::command_line(BHYVE, PREFIX, &arguments);
    Ok(())
}

/// The arguments, in their order.
///
/// # Errors
/// As for [`settle`].
pub fn arguments(domain: &Domain) -> Result<Vec<String>> {
    let missing = || err!(Bhyve, InternalError, "No bhyve command-line argument specified");
    let arguments = domain.foreign.as_ref().map(Foreign::arguments).unwrap_or_default();
    arguments.into_iter().map(|argument| argument.ok_or_else(missing)).collect()
}
