//! GnuTLS's priority strings, as far as rustls can do what they ask for.
//!
//! Nothing is passed over: what is asked for and cannot be done is refused. To take away what is not
//! there anyway is done by doing nothing.

use rustls::crypto::ring::{self, cipher_suite::*, kx_group::*};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::version::{TLS12, TLS13};
use rustls::{SupportedCipherSuite, SupportedProtocolVersion};
use std::sync::Arc;
use vir_base::{Error, Result, err};

/// Which versions, ciphers and groups may be agreed on, the best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority {
    versions: Vec<&'static str>,
    ciphers: Vec<&'static str>,
    exchanges: Vec<&'static str>,
    macs: Vec<&'static str>,
    groups: Vec<&'static str>,
    /// Signatures, compression and types of certificates: there is one choice of each.
    others: Vec<&'static str>,
    server_decides: bool,
}

/// One kind of thing that a string names.
struct Kind {
    /// What the names begin with.
    prefixes: &'static [&'static str],
    /// What the name for all of them is.
    all: &'static [&'static str],
    ours: &'static [&'static str],
    /// Known to GnuTLS, and not done here.
    others: &'static [&'static str],
    list: fn(&mut Priority) -> &mut Vec<&'static str>,
}

const VERSIONS: Kind = Kind {
    prefixes: &["VERS-"],
    all: &["VERS-ALL", "VERS-TLS-ALL"],
    ours: &["TLS1.3", "TLS1.2"],
    others: &["TLS1.1", "TLS1.0", "SSL3.0", "DTLS1.2", "DTLS1.0", "DTLS0.9", "DTLS-ALL"],
    list: |it| &mut it.versions,
};
const CIPHERS: Kind = Kind {
    prefixes: &[""],
    all: &["CIPHER-ALL"],
    ours: &["AES-256-GCM", "CHACHA20-POLY1305", "AES-128-GCM"],
    others: &[
        "AES-128-CBC",
        "AES-192-CBC",
        "AES-256-CBC",
        "AES-128-CCM",
        "AES-256-CCM",
        "AES-128-CCM-8",
        "AES-256-CCM-8",
        "3DES-CBC",
        "ARCFOUR-128",
        "CAMELLIA-128-CBC",
        "CAMELLIA-192-CBC",
        "CAMELLIA-256-CBC",
        "CAMELLIA-128-GCM",
        "CAMELLIA-256-GCM",
        "SALSA20-256",
        "ESTREAM-SALSA20-256",
        "NULL",
    ],
    list: |it| &mut it.ciphers,
};
const EXCHANGES: Kind = Kind {
    prefixes: &[""],
    all: &["KX-ALL"],
    ours: &["ECDHE-ECDSA", "ECDHE-RSA"],
    others: &[
        "RSA",
        "DHE-RSA",
        "DHE-DSS",
        "ANON-DH",
        "ANON-ECDH",
        "PSK",
        "DHE-PSK",
        "ECDHE-PSK",
        "RSA-PSK",
        "SRP",
        "SRP-RSA",
        "SRP-DSS",
        "RSA-EXPORT",
    ],
    list: |it| &mut it.exchanges,
};
const MACS: Kind = Kind {
    prefixes: &[""],
    all: &["MAC-ALL"],
    ours: &["AEAD"],
    others: &["SHA1", "SHA256", "SHA384", "SHA512", "MD5", "UMAC-96", "UMAC-128"],
    list: |it| &mut it.macs,
};
const GROUPS: Kind = Kind {
    prefixes: &["GROUP-", "CURVE-"],
    all: &["GROUP-ALL", "CURVE-ALL", "GROUP-EC-ALL"],
    ours: &["X25519", "SECP256R1", "SECP384R1"],
    others: &[
        "SECP192R1",
        "SECP224R1",
        "SECP521R1",
        "X448",
        "FFDHE2048",
        "FFDHE3072",
        "FFDHE4096",
        "FFDHE6144",
        "FFDHE8192",
        "DH-ALL",
    ],
    list: |it| &mut it.groups,
};
const OTHERS: Kind = Kind {
    prefixes: &[""],
    all: &[],
    ours: &["SIGN-ALL", "COMP-NULL", "CTYPE-X509"],
    others: &[
        "COMP-DEFLATE",
        "CTYPE-OPENPGP",
        "CTYPE-RAWPK",
        "SIGN-RSA-MD5",
        "SIGN-RSA-SHA1",
        "SIGN-DSA-SHA1",
        "SIGN-ECDSA-SHA1",
        "SIGN-DSA-SHA224",
        "SIGN-DSA-SHA256",
        "SIGN-RSA-SHA224",
        "SIGN-ECDSA-SHA224",
    ],
    list: |it| &mut it.others,
};
const KINDS: [Kind; 6] = [VERSIONS, CIPHERS, EXCHANGES, MACS, GROUPS, OTHERS];

/// Names for the same thing.
const ALIASES: [(&str, &str); 3] =
    [("COMP-ALL", "COMP-NULL"), ("CTYPE-ALL", "CTYPE-X509"), ("CTYPE-X.509", "CTYPE-X509")];

/// What holds here anyway: no renegotiation, no tickets, no CBC, no RSA key under 2048 bits.
const VACUOUS: [&str; 9] = [
    "SAFE_RENEGOTIATION",
    "PARTIAL_RENEGOTIATION",
    "DISABLE_SAFE_RENEGOTIATION",
    "NO_TICKETS",
    "FORCE_ETM",
    "NO_ETM",
    "PROFILE_VERY_WEAK",
    "PROFILE_LOW",
    "PROFILE_MEDIUM",
];

/// GnuTLS's word for a string that says nothing it knows.
const INVALID: &str = "The request is invalid.";
/// And for one by which nothing can be agreed on.
const INSUFFICIENT: &str = "No or insufficient priorities were set.";

impl Default for Priority {
    /// `NORMAL`.
    fn default() -> Self {
        let mut it = Self::none();
        for kind in KINDS {
            (kind.list)(&mut it).extend(kind.ours);
        }
        it
    }
}

impl Priority {
    fn none() -> Self {
        Self {
            versions: vec![],
            ciphers: vec![],
            exchanges: vec![],
            macs: vec![],
            groups: vec![],
            others: vec![],
            server_decides: false,
        }
    }

    /// Reads a string.
    ///
    /// # Errors
    /// It is none, or asks for what cannot be done here.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_with(text, &system_keyword)
    }

    fn parse_with(text: &str, system: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let refuse = |reason: &str, hint: String| -> Error {
            let error = err!(Rpc, SystemError, "Failed to set TLS session priority to {text}: {reason}");
            if hint.is_empty() { error } else { error.with_hint(hint) }
        };
        let whole = match text.strip_prefix('@') {
            Some(rest) => {
                let (names, items) = rest.split_once(':').map_or((rest, None), |(a, b)| (a, Some(b)));
                let meant = names.split(',').find_map(system).ok_or_else(|| {
                    refuse(INSUFFICIENT, format!("the system's configuration of GnuTLS has no {names}"))
                })?;
                items.map_or(meant.clone(), |items| format!("{meant}:{items}"))
            }
            None => text.to_owned(),
        };
        let mut items = whole.split(':').filter(|item| !item.is_empty());
        let first = items.next().unwrap_or_default();
        let mut it = Self::keyword(first).ok_or_else(|| refuse(INVALID, format!("'{first}' is no level")))?;
        for item in items {
            it.apply(item).map_err(|(reason, hint)| refuse(reason, hint))?;
        }
        if it.suites().is_empty() || it.groups.is_empty() || it.others.len() < OTHERS.ours.len() {
            return Err(refuse(INSUFFICIENT, String::new()));
        }
        let usable = |version: &&&'static SupportedProtocolVersion| {
            it.suites().iter().any(|suite| suite.version().version == version.version)
        };
        if it.versions().iter().any(|version| !usable(&version)) {
            return Err(refuse(INSUFFICIENT, "a version is left without ciphers".into()));
        }
        Ok(it)
    }

    fn keyword(name: &str) -> Option<Self> {
        let mut it = Self::default();
        match name {
            "NORMAL" | "LEGACY" | "PFS" | "SECURE128" => {}
            "PERFORMANCE" => it.ciphers = vec!["AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305"],
            "SECURE192" | "SECURE256" => {
                it.ciphers.retain(|cipher| *cipher != "AES-128-GCM");
                it.groups = vec!["SECP384R1"];
            }
            "SUITEB128" | "SUITEB192" => {
                it.versions = vec!["TLS1.2"];
                it.exchanges = vec!["ECDHE-ECDSA"];
                (it.ciphers, it.groups) = match name {
                    "SUITEB128" => (vec!["AES-128-GCM"], vec!["SECP256R1"]),
                    _ => (vec!["AES-256-GCM"], vec!["SECP384R1"]),
                };
            }
            "NONE" => it = Self::none(),
            _ => return None,
        }
        Some(it)
    }

    fn apply(&mut self, item: &str) -> Result<(), (&'static str, String)> {
        let (sign, name) = item.split_at_checked(1).unwrap_or_default();
        let cannot = |what: &str| Err((INSUFFICIENT, format!("{what} cannot be done by this program")));
        match sign {
            "%" if VACUOUS.contains(&name) => return Ok(()),
            "%" if name == "SERVER_PRECEDENCE" => {
                self.server_decides = true;
                return Ok(());
            }
            "%" => return cannot(item),
            "+" | "-" | "!" => {}
            _ => return Err((INVALID, format!("'{item}' begins with none of + - ! %"))),
        }
        let name = ALIASES.iter().find(|(other, _)| *other == name).map_or(name, |(_, meant)| meant);
        for kind in KINDS {
            let list = (kind.list)(self);
            let short = kind.prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or("");
            let found: &[&'static str] = if kind.all.contains(&name) {
                kind.ours
            } else if let Some(at) = kind.ours.iter().position(|ours| *ours == short) {
                &kind.ours[at..=at]
            } else if kind.others.contains(&short) {
                return if sign == "+" { cannot(name) } else { Ok(()) };
            } else {
                continue;
            };
            match sign {
                "+" => {
                    let new: Vec<_> = found.iter().filter(|new| !list.contains(new)).collect();
                    list.extend(new);
                }
                _ => list.retain(|had| !found.contains(had)),
            }
            return Ok(());
        }
        if name.starts_with("SIGN-") {
            return cannot(name);
        }
        Err((INVALID, format!("'{name}' is unknown")))
    }

    /// The versions of TLS.
    pub(crate) fn versions(&self) -> &'static [&'static SupportedProtocolVersion] {
        static BOTH: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
        match (self.versions.contains(&"TLS1.3"), self.versions.contains(&"TLS1.2")) {
            (true, true) => &BOTH,
            (true, false) => &BOTH[..1],
            (false, true) => &BOTH[1..],
            (false, false) => &[],
        }
    }

    fn suites(&self) -> Vec<SupportedCipherSuite> {
        let mut suites = vec![];
        if !self.macs.contains(&"AEAD") {
            return suites;
        }
        let (new, old) = (self.versions.contains(&"TLS1.3"), self.versions.contains(&"TLS1.2"));
        let (ecdsa, rsa) = (self.exchanges.contains(&"ECDHE-ECDSA"), self.exchanges.contains(&"ECDHE-RSA"));
        for cipher in &self.ciphers {
            let each = match *cipher {
                "AES-256-GCM" => [
                    TLS13_AES_256_GCM_SHA384,
                    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                ],
                "AES-128-GCM" => [
                    TLS13_AES_128_GCM_SHA256,
                    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                ],
                _ => [
                    TLS13_CHACHA20_POLY1305_SHA256,
                    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
                ],
            };
            let wanted = [new, old && ecdsa, old && rsa];
            suites.extend(each.into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(suite, _)| suite));
        }
        suites
    }

    /// What rustls needs to do it.
    pub(crate) fn provider(&self) -> Arc<CryptoProvider> {
        let group = |name: &&str| -> &'static dyn SupportedKxGroup {
            match *name {
                "X25519" => X25519,
                "SECP256R1" => SECP256R1,
                _ => SECP384R1,
            }
        };
        Arc::new(CryptoProvider {
            cipher_suites: self.suites(),
            kx_groups: self.groups.iter().map(group).collect(),
            ..ring::default_provider()
        })
    }

    /// Whether the server's order counts and not the client's.
    pub(crate) fn server_decides(&self) -> bool {
        self.server_decides
    }
}

/// What the host's administrator has configured for GnuTLS under a name.
fn system_keyword(name: &str) -> Option<String> {
    let path = std::env::var_os("GNUTLS_SYSTEM_PRIORITY_FILE").unwrap_or("/etc/gnutls/config".into());
    in_configuration(&std::fs::read_to_string(path).ok()?, name)
}

fn in_configuration(text: &str, name: &str) -> Option<String> {
    let mut here = false;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[') {
            here = section.trim_end_matches(']').trim().eq_ignore_ascii_case("priorities");
        } else if here
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == name
        {
            return Some(value.trim().to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Priority, String> {
        let system = |name: &str| in_configuration("[x]\nA=no\n[priorities]\n# A=no\nA = SECURE256\n", name);
        Priority::parse_with(text, &system).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn levels_and_what_is_added_and_taken() {
        assert_eq!(of("NORMAL").unwrap(), Priority::default());
        assert_eq!(Priority::default().suites().len(), 9);
        let without = of("NORMAL:-VERS-TLS1.3").unwrap();
        assert_eq!((without.versions().len(), without.suites().len()), (1, 6));
        let only = of("NORMAL:-VERS-ALL:+VERS-TLS1.3:%SERVER_PRECEDENCE").unwrap();
        assert!(only.versions() == [&TLS13] && only.server_decides());
        let strong = of("SECURE256").unwrap();
        assert_eq!(strong.ciphers, ["AES-256-GCM", "CHACHA20-POLY1305"]);
        let own = of(
            "NONE:+VERS-TLS1.2:+AES-128-GCM:+ECDHE-RSA:+AEAD:+SIGN-ALL:+COMP-NULL:+CTYPE-X509:+GROUP-X25519",
        );
        assert_eq!(own.unwrap().suites(), [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]);
        assert_eq!(
            of("NORMAL:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM").unwrap().ciphers,
            ["AES-128-GCM", "AES-256-GCM"]
        );
        assert_eq!(of("@B,A:-GROUP-ALL:+GROUP-X25519").unwrap().groups, ["X25519"]);
        // nothing to take away
        assert_eq!(
            of("NORMAL:-VERS-TLS1.0:-3DES-CBC:!RSA:-SHA1:-SIGN-RSA-SHA1").unwrap(),
            Priority::default()
        );
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        for (text, reason) in [
            ("", INVALID),
            ("normal", INVALID),
            ("NORMAL:AES-128-GCM", INVALID),
            ("NORMAL:+AES-512-GCM", INVALID),
            ("NORMAL:-\u{e9}", INVALID),
            ("NORMAL:+3DES-CBC", INSUFFICIENT),
            ("NORMAL:+VERS-TLS1.1", INSUFFICIENT),
            ("NORMAL:%COMPAT", INSUFFICIENT),
            ("NORMAL:-SIGN-RSA-SHA256", INSUFFICIENT),
            ("NORMAL:-VERS-ALL", INSUFFICIENT),
            ("NORMAL:-KX-ALL", INSUFFICIENT),
            ("NORMAL:-AEAD", INSUFFICIENT),
            ("NONE", INSUFFICIENT),
            ("@C", INSUFFICIENT),
        ] {
            let expected = format!("Failed to set TLS session priority to {text}: {reason}");
            assert_eq!(of(text), Err(expected));
        }
    }
}
