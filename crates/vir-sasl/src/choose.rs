//! Which of the mechanisms that a server offers is used.

use crate::digest_md5::DigestMd5;
use crate::failure::{Code, Failure};
use crate::plain::Plain;
use crate::scram::{Hash, Scram};
use crate::{Client, Secret, Secrets};

/// What a mechanism has to be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules<'a> {
    /// The host that the user has named.
    pub host: &'a str,
    /// Others can read what is said: the mechanism has to encrypt it, with so many bits at least.
    pub encrypt: Option<u32>,
}

/// Starts with the best of the mechanisms in `offered` (separated by commas or spaces).
///
/// # Errors
/// None of them is known here and good enough.
pub fn start(offered: &str, rules: Rules<'_>, secrets: &dyn Secrets) -> Result<Box<dyn Client>, Failure> {
    let offers = |name: &str| offered.split([',', ' ']).any(|offer| offer.eq_ignore_ascii_case(name));
    let found = match rules.encrypt {
        // all mechanisms that are here want a password
        _ if !secrets.knows(Secret::Password) => None,
        None => Hash::ALL
            .into_iter()
            .find(|hash| offers(hash.mechanism()))
            .map(|hash| -> Box<dyn Client> { Box::new(Scram::new(hash)) })
            .or_else(|| offers(DigestMd5::NAME).then(|| DigestMd5::boxed(rules)))
            .or_else(|| offers(Plain::NAME).then(|| -> Box<dyn Client> { Box::new(Plain) })),
        Some(_) => offers(DigestMd5::NAME).then(|| DigestMd5::boxed(rules)),
    };
    found.ok_or_else(|| Failure::new(Code::NoMechanism, "No worthy mechs found"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Question;

    /// A user with a name and a password.
    pub(crate) struct User {
        pub(crate) name: &'static str,
        pub(crate) password: &'static str,
        pub(crate) acts_as: Option<&'static str>,
    }

    impl Secrets for User {
        fn knows(&self, secret: Secret) -> bool {
            secret != Secret::Username || self.acts_as.is_some()
        }

        fn ask(&mut self, questions: &[Question]) -> vir_base::Result<Vec<String>> {
            let answer = |question: &Question| match question.secret {
                Secret::Username => self.acts_as.unwrap_or_default().to_owned(),
                Secret::Authname => self.name.to_owned(),
                Secret::Password => self.password.to_owned(),
                Secret::Realm => question.default.clone().unwrap_or_default(),
            };
            Ok(questions.iter().map(answer).collect())
        }
    }

    pub(crate) const USER: User = User { name: "user", password: "pencil", acts_as: None };

    #[test]
    fn the_best_that_both_know() {
        let chosen = |offered, encrypt| {
            start(offered, Rules { host: "h", encrypt }, &USER).map(|client| client.name()).ok()
        };
        assert_eq!(chosen("PLAIN,SCRAM-SHA-1,SCRAM-SHA-256", None), Some("SCRAM-SHA-256"));
        assert_eq!(chosen("plain digest-md5", None), Some("DIGEST-MD5"));
        assert_eq!(chosen("GSSAPI,PLAIN", None), Some("PLAIN"));
        assert_eq!(chosen("SCRAM-SHA-256,DIGEST-MD5", Some(56)), Some("DIGEST-MD5"));
        assert_eq!(chosen("SCRAM-SHA-256,PLAIN", Some(56)), None);
    }

    #[test]
    fn kerberos_is_told_to_be_missing() {
        let Err(error) = start("GSSAPI,GSS-SPNEGO", Rules { host: "h", encrypt: None }, &USER) else {
            panic!("chosen")
        };
        assert_eq!(error.to_string(), "-4 (SASL(-4): no mechanism available: No worthy mechs found)");
    }
}
