//! From the configuration to keys and certificates.

use std::sync::Arc;
use vir_base::{Result, bail};
use vir_daemon::config::NetworkConfig;
use vir_rpc::transport::Encryption;
use vir_tls::{Files, Priority, ServerContext, ServerRules, check::Role};

/// What encrypts the connections of this daemon's clients.
///
/// # Errors
/// In libvirt's words: files that are missing or not usable.
pub fn encryption(config: &NetworkConfig, privileged: bool) -> Result<Arc<dyn Encryption>> {
    let given = given(config)?;
    let locate = move || given.clone().unwrap_or_else(|| Files::locate(None, !privileged, Role::Server));
    let rules = ServerRules {
        allowed: config.tls_allowed_dn_list.as_deref().map(Arc::from),
        priority: config.tls_priority.as_deref().map(Priority::parse).transpose()?.unwrap_or_default(),
        sane: !config.tls_no_sanity_certificate,
        strict: !config.tls_no_verify_certificate,
    };
    Ok(Arc::new(ServerContext::new(locate, rules)?))
}

/// The files that the configuration names: all of them or none.
fn given(config: &NetworkConfig) -> Result<Option<Files>> {
    let NetworkConfig { ca_file, cert_file, key_file, crl_file, .. } = config;
    let (ca, cert, key) = match (ca_file, cert_file, key_file) {
        (None, None, None) => return Ok(None),
        (Some(ca), Some(cert), Some(key)) => (ca, cert, key),
        (None, ..) => {
            bail!(Rpc, ConfigUnsupported, "No CA certificate path set to match server key/cert");
        }
        (_, None, _) => {
            bail!(Rpc, ConfigUnsupported, "No server certificate path set to match server key");
        }
        (.., None) => bail!(Rpc, ConfigUnsupported, "No server key path set to match server cert"),
    };
    // an empty one is none
    let crl = crl_file.as_ref().filter(|crl| !crl.is_empty()).map(Into::into);
    Ok(Some(Files { ca: ca.into(), crl, cert: cert.into(), key: key.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_base::conf::{Conf, Format};

    fn of(text: &str) -> Result<Option<Files>, String> {
        let conf = Conf::parse("c", text.as_bytes(), Format::Plain).unwrap();
        let config = vir_daemon::config::Config::from_conf(&vir_daemon::LIBVIRTD, &conf, "c").unwrap();
        given(&config.network).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn files_are_named_together_or_not_at_all() {
        assert_eq!(of("crl_file = '/crl'"), Ok(None));
        let files = of("ca_file='/ca'\ncert_file='/cert'\nkey_file='/key'").unwrap().unwrap();
        assert_eq!((files.ca.to_str(), files.crl), (Some("/ca"), None));
        let refusal = of("ca_file='/ca'\ncert_file='/cert'").unwrap_err();
        assert!(refusal.ends_with("No server key path set to match server cert"), "{refusal}");
        let refusal = of("key_file='/key'").unwrap_err();
        assert!(refusal.ends_with("No CA certificate path set to match server key/cert"), "{refusal}");
    }
}
