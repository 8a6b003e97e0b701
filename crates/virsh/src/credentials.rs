//! Asking the person at the terminal for names and passwords.

use crate::terminal::Unseen;
use std::io::{self, BufRead as _, Write as _};
use vir_api::auth::{Credential, CredentialKind, Credentials};
use vir_base::{Result, err};

/// Whoever sits at the terminal.
pub(crate) struct Person;

impl Credentials for Person {
    fn kinds(&self) -> Vec<CredentialKind> {
        use CredentialKind as K;
        vec![K::Authname, K::EchoPrompt, K::Realm, K::Passphrase, K::NoEchoPrompt, K::External]
    }

    fn ask(&self, wanted: &mut [Credential]) -> Result<()> {
        for credential in wanted {
            // who has to do something elsewhere may have done it
            if credential.kind == CredentialKind::External {
                continue;
            }
            let hidden = matches!(credential.kind, CredentialKind::Passphrase | CredentialKind::NoEchoPrompt);
            let line = line(&credential.prompt, hidden)
                .map_err(|_| err!(None, AuthFailed, "Failed to collect auth credentials"))?;
            credential.answer = if line.is_empty() { credential.default.clone() } else { Some(line) };
        }
        Ok(())
    }
}

/// The end of the input is an empty line.
fn line(prompt: &str, hidden: bool) -> io::Result<String> {
    let mut out = io::stdout();
    write!(out, "{prompt}: ")?;
    out.flush()?;
    let unseen = if hidden { Unseen::enter().ok() } else { None };
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    if unseen.is_some() {
        writeln!(out)?;
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
