//! Security: labels of single files, and what a guest that is kept from its host is started with.

use crate::domain::Domain;
use crate::domain::device::Device;
use crate::domain::device::storage::SourceLabel;
use crate::domain::security::LaunchSecurityType;
use vir_base::{Result, bail};

/// A file's own label stands only where labels are set at all.
///
/// # Errors
/// One that does not.
pub fn labels(domain: &Domain, device: Device<'_>) -> Result<()> {
    let own: &[SourceLabel] = match device {
        Device::Disk(disk) => disk.source.as_ref().map_or(&[], |source| &source.seclabels),
        other => {
            let end = other.char_source().and_then(|source| source.sources.first());
            end.map_or(&[], |end| &end.seclabels)
        }
    };
    let fixed = |label: &SourceLabel| {
        domain.seclabels.iter().any(|shared| shared.model == label.model && !shared.relabel)
    };
    if own.iter().any(fixed) {
        bail!(
            Domain,
            ConfigUnsupported,
            "label overrides require relabeling to be enabled at the domain level"
        );
    }
    Ok(())
}

/// How many bytes a text in base 64 stands for; what is no digit does not count.
fn decoded_length(text: &str) -> usize {
    let digits = text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).count();
    // four digits are three bytes; what is left of another four is none
    let missing = text.chars().filter(|c| *c == '=').count().min(2);
    ((digits + missing) / 4 * 3).saturating_sub(missing)
}

/// What a guest is started with is as long as the processor wants it.
///
/// # Errors
/// It is not.
pub fn launch(domain: &Domain) -> Result<()> {
    let Some(security) = &domain.launch_security else { return Ok(()) };
    if security.kind != Some(LaunchSecurityType::SevSnp) {
        return Ok(());
    }
    for (text, name, length) in [
        (&security.guest_visible_workarounds, "guestVisibleWorkarounds", 16),
        (&security.id_block, "idBlock", 96),
        (&security.id_auth, "idAuth", 4096),
        (&security.host_data, "hostData", 32),
    ] {
        if let Some(found) = text.as_deref().map(decoded_length)
            && found != length
        {
            bail!(Domain, ConfigUnsupported, "Unexpected length of '{name}', expected {length} got {found}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::decoded_length;

    #[test]
    fn padding_is_no_content() {
        for (text, length) in [("", 0), ("QQ==", 1), ("QUI=", 2), ("QUJD", 3), ("QUJD\nQQ==", 4)] {
            assert_eq!(decoded_length(text), length, "{text}");
        }
    }
}
