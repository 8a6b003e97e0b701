//! What libvirt demands of certificates besides a good signature, in its words.
//!
//! Values only; whom a certificate is trusted for is in `trust`.

use crate::Certificate;
use crate::certificate::{ANY_PURPOSE, CLIENT_AUTH, SERVER_AUTH, Usage};
use crate::hostname;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};
use vir_base::{Result, bail};

/// Whose certificate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A server's.
    Server,
    /// A client's.
    Client,
    /// An authority's.
    Authority,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Authority => "CA",
        })
    }
}

/// What the other end's certificate is called, which is from no file.
pub(crate) const SESSION: &str = "[session]";

/// Now, in seconds since 1970.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

impl Certificate {
    /// Whether it holds now.
    ///
    /// # Errors
    /// It has expired or does not hold yet; `name` is what it is called then.
    pub fn check_times(&self, name: &str, role: Role) -> Result<()> {
        let now = now();
        if self.not_after < now {
            bail!(None, SystemError, "The {role} certificate {name} has expired");
        }
        if self.not_before > now {
            bail!(None, SystemError, "The {role} certificate {name} is not yet active");
        }
        Ok(())
    }

    fn check_constraints(&self, name: &str, role: Role) -> Result<()> {
        match (self.is_authority, role) {
            (Some(true), Role::Server | Role::Client) => bail!(
                None,
                SystemError,
                "The certificate {name} basic constraints show a CA, but we need one for a {role}"
            ),
            (Some(false), Role::Authority) => {
                bail!(None, SystemError, "The certificate {name} basic constraints do not show a CA")
            }
            (None, Role::Authority) => {
                bail!(None, SystemError, "The certificate {name} is missing basic constraints for a CA")
            }
            _ => Ok(()),
        }
    }

    fn check_usage(&self, name: &str, role: Role) -> Result<()> {
        let Some(Usage { digital_signature, key_encipherment, certificate_signing, critical }) = self.usage
        else {
            return Ok(());
        };
        let needs: &[(bool, &str)] = match role {
            Role::Authority => &[(certificate_signing, "certificate signing")],
            _ => &[(digital_signature, "digital signature"), (key_encipherment, "key encipherment")],
        };
        for (has, what) in needs {
            match (has, critical) {
                (true, _) => {}
                (false, true) => {
                    bail!(None, SystemError, "Certificate {name} usage does not permit {what}")
                }
                (false, false) => log::warn!("Certificate {name} usage does not permit {what}"),
            }
        }
        Ok(())
    }

    fn check_purposes(&self, name: &str, role: Role) -> Result<()> {
        let (ours, other) = match role {
            Role::Authority => return Ok(()),
            Role::Server => (SERVER_AUTH, CLIENT_AUTH),
            Role::Client => (CLIENT_AUTH, SERVER_AUTH),
        };
        // one that is for something else altogether is taken for both, as libvirt takes it
        let allows = |purpose: &String| purpose == ours || purpose == ANY_PURPOSE || purpose != other;
        if self.purposes.is_empty() || self.purposes.iter().any(allows) {
            return Ok(());
        }
        let text = format!("Certificate {name} purpose does not allow use for with a TLS {role}");
        if self.purposes_critical {
            bail!(None, SystemError, "{text}");
        }
        log::warn!("{text}");
        Ok(())
    }

    /// Whether it may be used in this role.
    ///
    /// # Errors
    /// What is wrong with it; `name` is what it is called then.
    pub fn check(&self, name: &str, role: Role) -> Result<()> {
        self.check_times(name, role)?;
        self.check_constraints(name, role)?;
        self.check_usage(name, role)?;
        self.check_purposes(name, role)
    }

    /// Whether the other end may be who has this certificate: `host`, if it is to be that, and one of the
    /// `allowed`, if not everybody is.
    ///
    /// # Errors
    /// It may not.
    pub fn check_session(&self, role: Role, host: Option<&str>, allowed: Option<&[String]>) -> Result<()> {
        self.check_times(SESSION, role)?;
        if let Some(allowed) = allowed
            && !allowed.iter().any(|pattern| fits(pattern, &self.name))
        {
            log::info!("the distinguished name '{}' is not in tls_allowed_dn_list", self.name);
            bail!(
                None,
                SystemError,
                "Client's Distinguished Name is not on the list of allowed clients (tls_allowed_dn_list).  Use \
                 'virt-pki-query-dn clientcert.pem' to view the Distinguished Name field in the client \
                 certificate, or run this daemon with --verbose option."
            );
        }
        if let Some(host) = host
            && !hostname::matches(self, host)
        {
            bail!(None, Rpc, "Certificate {SESSION} owner does not match the hostname {host}");
        }
        self.check_constraints(SESSION, role)?;
        self.check_usage(SESSION, role)?;
        self.check_purposes(SESSION, role)
    }
}

/// Whether a text fits a pattern with `*` for anything and `?` for one character.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // where to go on if what follows the last star does not fit here
    let mut retry = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match retry {
                Some((after, from)) => {
                    (p, t) = (after, from + 1);
                    retry = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Certificate {
        Certificate { not_after: i64::MAX, name: "O=a,CN=b".into(), ..Certificate::default() }
    }

    fn refusal(certificate: &Certificate, role: Role) -> String {
        certificate.check("f.pem", role).unwrap_err().message().to_owned()
    }

    #[test]
    fn dates_constraints_usage_and_purposes() {
        assert!(good().check("f.pem", Role::Client).is_ok());
        let expired = Certificate { not_after: 1, ..good() };
        assert_eq!(refusal(&expired, Role::Client), "The client certificate f.pem has expired");
        assert_eq!(refusal(&expired, Role::Authority), "The CA certificate f.pem has expired");
        let early = Certificate { not_before: i64::MAX, ..good() };
        assert_eq!(refusal(&early, Role::Server), "The server certificate f.pem is not yet active");
        let authority = Certificate { is_authority: Some(true), ..good() };
        assert!(authority.check("f.pem", Role::Authority).is_ok());
        assert_eq!(
            refusal(&authority, Role::Server),
            "The certificate f.pem basic constraints show a CA, but we need one for a server"
        );
        assert_eq!(
            refusal(&good(), Role::Authority),
            "The certificate f.pem is missing basic constraints for a CA"
        );
        let mut used = good();
        used.usage = Some(Usage { digital_signature: true, ..Usage::default() });
        assert!(used.check("f.pem", Role::Client).is_ok());
        used.usage = Some(Usage { digital_signature: true, critical: true, ..Usage::default() });
        let text = "Certificate f.pem usage does not permit key encipherment";
        assert_eq!(refusal(&used, Role::Client), text);
        let mut other = Certificate { purposes: vec![SERVER_AUTH.into()], ..good() };
        assert!(other.check("f.pem", Role::Client).is_ok());
        other.purposes_critical = true;
        assert_eq!(
            refusal(&other, Role::Client),
            "Certificate f.pem purpose does not allow use for with a TLS client"
        );
        assert!(other.check("f.pem", Role::Server).is_ok());
    }

    #[test]
    fn who_may_come_in() {
        let of = |allowed: &[&str]| {
            let allowed: Vec<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
            good().check_session(Role::Client, None, Some(&allowed)).is_ok()
        };
        assert!(of(&["x", "O=a,CN=b"]) && of(&["*CN=b"]) && of(&["O=?,*"]) && of(&["*"]) && of(&["*=*=*"]));
        assert!(!of(&[]) && !of(&["O=a"]) && !of(&["*CN=c"]) && !of(&["O=a,CN=b?"]) && !of(&["o=a,cn=b"]));
        let error = good().check_session(Role::Server, Some("h"), None).unwrap_err();
        assert!(error.message().ends_with("Certificate [session] owner does not match the hostname h"));
    }
}
