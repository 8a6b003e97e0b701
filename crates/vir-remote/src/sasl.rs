//! The user's answers to a mechanism's questions: from the file of credentials, or by asking.

use vir_api::auth::{Credential, CredentialKind, Credentials};
use vir_base::auth_file::AuthFile;
use vir_base::uri::Uri;
use vir_base::{Result, err};
use vir_sasl::{Question, Secret, Secrets};

/// What libvirt's part of the file is called.
const SERVICE: &str = "libvirt";

/// Where answers come from.
pub(crate) struct Answers<'a> {
    uri: Option<&'a Uri>,
    host: &'a str,
    credentials: Option<&'a dyn Credentials>,
}

impl<'a> Answers<'a> {
    /// For a connection to `host`.
    pub(crate) fn new(uri: Option<&'a Uri>, host: &'a str, credentials: Option<&'a dyn Credentials>) -> Self {
        Self { uri, host, credentials }
    }

    fn ask_user(&self, questions: &[&Question]) -> Result<Vec<String>> {
        let Some(credentials) = self.credentials else {
            return Err(err!(Remote, AuthFailed, "No authentication callback available"));
        };
        let mut wanted: Vec<Credential> = questions.iter().map(|question| in_words(question)).collect();
        credentials
            .ask(&mut wanted)
            .map_err(|_| err!(Remote, AuthFailed, "Failed to collect auth credentials"))?;
        let answer = |credential: Credential| credential.answer.or(credential.default).unwrap_or_default();
        Ok(wanted.into_iter().map(answer).collect())
    }
}

fn kind(secret: Secret) -> CredentialKind {
    match secret {
        Secret::Username => CredentialKind::Username,
        Secret::Authname => CredentialKind::Authname,
        Secret::Password => CredentialKind::Passphrase,
        Secret::Realm => CredentialKind::Realm,
    }
}

/// What the user reads.
fn in_words(question: &Question) -> Credential {
    let (prompt, subject) = match question.secret {
        Secret::Username => ("Please enter your authorization name", "Authorization Name"),
        Secret::Authname => ("Please enter your authentication name", "Authentication Name"),
        Secret::Password => ("Please enter your password", "Password"),
        Secret::Realm => ("Please enter your realm", "Realm"),
    };
    Credential {
        kind: kind(question.secret),
        prompt: prompt.to_owned(),
        challenge: Some(question.challenge.clone().unwrap_or_else(|| subject.to_owned())),
        default: question.default.clone(),
        answer: None,
    }
}

impl Secrets for Answers<'_> {
    fn knows(&self, secret: Secret) -> bool {
        // as the peer has it: what nobody can be asked for is not looked for in the file either
        self.credentials.is_some_and(|credentials| credentials.kinds().contains(&kind(secret)))
    }

    fn ask(&mut self, questions: &[Question]) -> Result<Vec<String>> {
        let file = AuthFile::of(self.uri)?;
        let mut answers = vec![];
        for question in questions {
            let name = match question.secret {
                Secret::Username => "username",
                Secret::Authname => "authname",
                Secret::Password => "password",
                Secret::Realm => "realm",
            };
            answers.push(file.lookup(SERVICE, self.host, name)?.map(str::to_owned));
        }
        let unknown: Vec<&Question> =
            questions.iter().zip(&answers).filter(|(_, known)| known.is_none()).map(|(q, _)| q).collect();
        let mut asked = match unknown.is_empty() {
            true => vec![],
            false => self.ask_user(&unknown)?,
        }
        .into_iter();
        Ok(answers.into_iter().map(|known| known.or_else(|| asked.next()).unwrap_or_default()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[derive(Default)]
    struct User(RefCell<Vec<Credential>>);

    impl Credentials for User {
        fn kinds(&self) -> Vec<CredentialKind> {
            vec![CredentialKind::Authname, CredentialKind::Passphrase]
        }

        fn ask(&self, wanted: &mut [Credential]) -> Result<()> {
            self.0.borrow_mut().extend_from_slice(wanted);
            wanted.iter_mut().for_each(|credential| credential.answer = Some(credential.prompt.clone()));
            Ok(())
        }
    }

    fn questions() -> Vec<Question> {
        [Secret::Authname, Secret::Password]
            .map(|secret| Question { secret, challenge: None, default: None })
            .to_vec()
    }

    #[test]
    fn the_user_is_asked_for_what_the_file_does_not_have() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mine.conf");
        std::fs::write(&path, "[credentials-a]\nauthname=fred\n[auth-libvirt-far]\ncredentials=a\n").unwrap();
        let uri = Uri::parse(&format!("qemu://far/system?authfile={}", path.display())).unwrap();
        let user = User::default();
        let answers = Answers::new(Some(&uri), "far", Some(&user)).ask(&questions()).unwrap();
        assert_eq!(answers, ["fred", "Please enter your password"]);
        assert_eq!(user.0.borrow().len(), 1);
        assert_eq!(user.0.borrow()[0].challenge.as_deref(), Some("Password"));
        // what is of another host is not taken
        let answers = Answers::new(Some(&uri), "near", Some(&user)).ask(&questions()).unwrap();
        assert_eq!(answers[0], "Please enter your authentication name");
        let error = Answers::new(Some(&uri), "far", None).ask(&questions()).unwrap_err();
        assert!(error.message().ends_with("No authentication callback available"), "{error}");
    }

    #[test]
    fn what_a_user_can_be_asked_for() {
        let user = User::default();
        let answers = Answers::new(None, "far", Some(&user));
        assert!(answers.knows(Secret::Authname) && !answers.knows(Secret::Username));
        assert!(!Answers::new(None, "far", None).knows(Secret::Password));
    }
}
