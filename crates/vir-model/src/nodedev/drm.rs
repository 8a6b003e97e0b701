//! Nodes of graphics devices.

use crate::words::Checked;
use vir_base::{Result, bail};
use vir_xml::{element, xml_enum};

xml_enum! {
    /// What a node is for.
    pub enum DrmType { Primary = "primary", Control = "control", Render = "render", }
}

element! {
    /// A graphics node. Since 3.1.0.
    pub struct Drm "capability" {
        /// What it is for.
        leaf kind "type": Option<Checked<DrmType>>,
    }
}

impl Drm {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        let text = match &self.kind {
            Some(Checked::Good(_)) => return Ok(()),
            Some(Checked::Bad(text)) if !text.is_empty() => text,
            // what C prints for no text
            _ => "(null)",
        };
        bail!(Nodedev, ConfigUnsupported, "unknown drm type '{text}' for '{device}'")
    }
}
