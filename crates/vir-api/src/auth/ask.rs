//! A user's name and password: from the file of credentials, or by asking.

use super::{Credential, CredentialKind as Kind, Credentials};
use vir_base::auth_file::AuthFile;
use vir_base::{Result, bail, err};

/// Where credentials may come from, and for what.
pub struct Login<'a> {
    /// The file's answers come first.
    pub file: AuthFile,
    /// Who is asked then.
    pub credentials: Option<&'a dyn Credentials>,
    /// "libvirt", "esx", "test".
    pub service: &'a str,
    /// The host, as the user knows it.
    pub host: &'a str,
}

impl<'a> Login<'a> {
    /// The user's name; `default` is meant by no answer.
    ///
    /// # Errors
    /// Nobody knows it.
    pub fn username(&self, default: Option<&str>) -> Result<String> {
        if let Some(known) = self.file.lookup(self.service, self.host, "username")? {
            return Ok(known.to_owned());
        }
        let asked = self.asked()?;
        if !asked.kinds().contains(&Kind::Authname) {
            bail!(Auth, AuthFailed, "Missing VIR_CRED_AUTHNAME credential type");
        }
        let mut prompt = format!("Enter username for {}", self.host);
        if let Some(default) = default {
            prompt.push_str(&format!(" [{default}]"));
        }
        let challenge = Some(self.host.to_owned());
        let default = default.map(str::to_owned);
        let failed = || err!(Auth, AuthFailed, "Username request failed");
        one(asked, Credential { kind: Kind::Authname, prompt, challenge, default, answer: None })
            .ok_or_else(failed)
    }

    /// The password of `user`.
    ///
    /// # Errors
    /// Nobody knows it.
    pub fn password(&self, user: &str) -> Result<String> {
        if let Some(known) = self.file.lookup(self.service, self.host, "password")? {
            return Ok(known.to_owned());
        }
        let asked = self.asked()?;
        let hidden = |kind: &Kind| matches!(kind, Kind::Passphrase | Kind::NoEchoPrompt);
        let Some(kind) = asked.kinds().into_iter().find(hidden) else {
            bail!(Auth, OperationUnsupported, "no suitable callback authentication callback was found");
        };
        let prompt = format!("Enter {user}'s password for {}", self.host);
        let failed =
            || err!(Auth, OperationFailed, "failed to retrieve user response for authentication callback");
        one(asked, Credential { kind, prompt, challenge: None, default: None, answer: None })
            .ok_or_else(failed)
    }

    fn asked(&self) -> Result<&'a dyn Credentials> {
        self.credentials.ok_or_else(|| err!(Auth, InvalidArg, "Missing authentication credentials"))
    }
}

fn one(asked: &dyn Credentials, wanted: Credential) -> Option<String> {
    let mut wanted = [wanted];
    asked.ask(&mut wanted).ok()?;
    let [credential] = wanted;
    credential.answer
}
