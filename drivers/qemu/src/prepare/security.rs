//! Labels of security drivers.

use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::security::SeclabelType;

/// Before there were several security drivers, a label did not say whose it is: it is the first one's. This driver has
/// none, by the name of `none`, and what that would do is nothing.
pub(super) fn settle(def: &mut Domain) -> Result<()> {
    let stored = def.id.is_none();
    let [label] = def.seclabels.as_mut_slice() else { return Ok(()) };
    if label.model.is_some() {
        return Ok(());
    }
    let derived = label.kind == SeclabelType::Dynamic && label.baselabel.is_none() && stored;
    if label.kind != SeclabelType::None && !derived {
        bail!(Domain, XmlError, "missing security model in domain seclabel");
    }
    label.model = Some("none".to_owned());
    if stored {
        (label.kind, label.relabel) = (SeclabelType::None, false);
    }
    Ok(())
}
