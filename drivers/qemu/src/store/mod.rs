//! What the driver keeps on disk: definitions, the state of running guests, saved guests.

pub mod config;
pub mod image;
pub mod status;

use vir_xml::Format;

/// How a definition is written for ourselves to read again.
pub const STORED: Format = Format { inactive: true, secure: true, migratable: false, status: false };

/// The note at the head of a file that people should not edit by hand; `command` is what they
/// should use.
fn warning(command: &str) -> String {
    format!(
        "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE\n\
         OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:\n  {command}\n\
         or other application using the libvirt API.\n-->\n\n"
    )
}
