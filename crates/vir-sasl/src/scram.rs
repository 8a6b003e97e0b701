//! SCRAM (RFC 5802, 7677): both ends prove that they know the password, and neither says it.
//!
//! Names and passwords are taken as they are written: those that RFC 4013 would change are rare, and the
//! servers that libvirt runs with do not change them either.

use crate::failure::{Code, Failure};
use crate::{Client, Secrets, Step, identity, text};
use ring::{digest, hmac, pbkdf2};
use std::num::NonZeroU32;

/// More rounds are no protection, but a way to keep a client busy.
const ROUNDS_MAX: u32 = 10_000_000;

/// Which hash the mechanism is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha512,
    Sha384,
    Sha256,
    Sha1,
}

impl Hash {
    /// The best first.
    pub(crate) const ALL: [Self; 4] = [Self::Sha512, Self::Sha384, Self::Sha256, Self::Sha1];

    pub(crate) fn mechanism(self) -> &'static str {
        match self {
            Self::Sha512 => "SCRAM-SHA-512",
            Self::Sha384 => "SCRAM-SHA-384",
            Self::Sha256 => "SCRAM-SHA-256",
            Self::Sha1 => "SCRAM-SHA-1",
        }
    }

    fn digest(self, data: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha512 => &digest::SHA512,
            Self::Sha384 => &digest::SHA384,
            Self::Sha256 => &digest::SHA256,
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        };
        digest::digest(algorithm, data).as_ref().to_vec()
    }

    fn key(self, key: &[u8]) -> hmac::Key {
        let algorithm = match self {
            Self::Sha512 => hmac::HMAC_SHA512,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        };
        hmac::Key::new(algorithm, key)
    }

    fn mac(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        hmac::sign(&self.key(key), data).as_ref().to_vec()
    }

    fn salted(self, password: &str, salt: &[u8], rounds: NonZeroU32) -> Vec<u8> {
        let (algorithm, length) = match self {
            Self::Sha512 => (pbkdf2::PBKDF2_HMAC_SHA512, 64),
            Self::Sha384 => (pbkdf2::PBKDF2_HMAC_SHA384, 48),
            Self::Sha256 => (pbkdf2::PBKDF2_HMAC_SHA256, 32),
            Self::Sha1 => (pbkdf2::PBKDF2_HMAC_SHA1, 20),
        };
        let mut salted = vec![0; length];
        pbkdf2::derive(algorithm, rounds, salt, password.as_bytes(), &mut salted);
        salted
    }
}

enum State {
    Start,
    /// The first message is out.
    Introduced {
        header: String,
        bare: String,
        nonce: String,
        password: String,
    },
    /// The proof is out; this is to come back.
    Proved {
        key: Vec<u8>,
        said: String,
    },
    Done,
}

/// A client's side.
pub(crate) struct Scram {
    hash: Hash,
    state: State,
    /// For tests, which know it beforehand.
    nonce: Option<String>,
}

impl Scram {
    pub(crate) fn new(hash: Hash) -> Self {
        Self { hash, state: State::Start, nonce: None }
    }

    fn introduce(&mut self, secrets: &mut dyn Secrets) -> Result<Step, Failure> {
        let [acts_as, name, password] = identity(secrets)?;
        let header = match acts_as.is_empty() {
            true => "n,,".to_owned(),
            false => format!("n,a={},", escaped(&acts_as)),
        };
        let nonce = match self.nonce.take() {
            Some(nonce) => nonce,
            None => text::nonce()?,
        };
        let bare = format!("n={},r={nonce}", escaped(&name));
        let data = Some(format!("{header}{bare}").into_bytes());
        self.state = State::Introduced { header, bare, nonce, password };
        Ok(Step { data, complete: false })
    }

    fn prove(&mut self, challenge: &str) -> Result<Step, Failure> {
        let State::Introduced { header, bare, nonce, password } =
            std::mem::replace(&mut self.state, State::Done)
        else {
            return Err(out_of_order());
        };
        let mut parts = challenge.split(',');
        let mut part = |name: &str| {
            let found = parts.next().and_then(|part| part.strip_prefix(name));
            found.ok_or_else(|| Failure::protocol(format!("{name} expected in server challenge")))
        };
        let whole_nonce = part("r=")?;
        if !whole_nonce.starts_with(&nonce) || whole_nonce.len() == nonce.len() {
            return Err(Failure::protocol("The nonce received from the server doesn't match that sent"));
        }
        let salt = text::decode(part("s=")?)?;
        let rounds: u32 = part("i=")?
            .parse()
            .map_err(|_| Failure::protocol("Invalid iteration-count in server challenge"))?;
        let Some(rounds) = NonZeroU32::new(rounds).filter(|rounds| rounds.get() <= ROUNDS_MAX) else {
            return Err(Failure::protocol("Invalid iteration-count in server challenge"));
        };
        let salted = self.hash.salted(&password, &salt, rounds);
        let client_key = self.hash.mac(&salted, b"Client Key");
        let without_proof = format!("c={},r={whole_nonce}", text::encode(header.as_bytes()));
        let said = format!("{bare},{challenge},{without_proof}");
        let signature = self.hash.mac(&self.hash.digest(&client_key), said.as_bytes());
        let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
        let data = format!("{without_proof},p={}", text::encode(&proof)).into_bytes();
        self.state = State::Proved { key: self.hash.mac(&salted, b"Server Key"), said };
        Ok(Step { data: Some(data), complete: false })
    }

    fn believe(&mut self, answer: &str) -> Result<Step, Failure> {
        let State::Proved { key, said } = std::mem::replace(&mut self.state, State::Done) else {
            return Err(out_of_order());
        };
        let first = answer.split(',').next().unwrap_or_default();
        if let Some(why) = first.strip_prefix("e=") {
            return Err(Failure::new(Code::BadAuthentication, why));
        }
        let signature = text::decode(first.strip_prefix("v=").unwrap_or_default())?;
        hmac::verify(&self.hash.key(&key), said.as_bytes(), &signature)
            .map_err(|_| Failure::new(Code::BadServer, "Server signature doesn't match"))?;
        Ok(Step { data: None, complete: true })
    }
}

impl Client for Scram {
    fn name(&self) -> &'static str {
        self.hash.mechanism()
    }

    fn step(&mut self, challenge: Option<&[u8]>, secrets: &mut dyn Secrets) -> Result<Step, Failure> {
        if matches!(self.state, State::Start) {
            return self.introduce(secrets);
        }
        let challenge = std::str::from_utf8(challenge.unwrap_or_default())
            .map_err(|_| Failure::protocol("server challenge is no text"))?;
        match self.state {
            State::Introduced { .. } => self.prove(challenge),
            State::Proved { .. } => self.believe(challenge),
            State::Start | State::Done => Err(out_of_order()),
        }
    }
}

fn out_of_order() -> Failure {
    Failure::protocol("a message out of order")
}

/// A name where commas and equals signs have a meaning.
fn escaped(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choose::tests::{USER, User};

    struct Example {
        hash: Hash,
        nonce: &'static str,
        challenge: &'static str,
        proof: &'static str,
        signature: &'static str,
    }

    /// The examples of RFC 5802 and RFC 7677.
    const EXAMPLES: [Example; 2] = [
        Example {
            hash: Hash::Sha1,
            nonce: "fyko+d2lbbFgONRv9qkxdawL",
            challenge: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            proof: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            signature: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        },
        Example {
            hash: Hash::Sha256,
            nonce: "rOprNGfwEbeRWgbNEkqO",
            challenge: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            proof: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            signature: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        },
    ];

    fn introduced(example: &Example) -> Scram {
        let nonce = Some(example.nonce.to_owned());
        let mut client = Scram { nonce, ..Scram::new(example.hash) };
        let step = client.step(None, &mut { USER }).unwrap();
        assert_eq!(step.data.unwrap(), format!("n,,n=user,r={}", example.nonce).into_bytes());
        client
    }

    #[test]
    fn the_examples_of_the_standards() {
        for example in &EXAMPLES {
            let mut client = introduced(example);
            let step = client.step(Some(example.challenge.as_bytes()), &mut { USER }).unwrap();
            assert_eq!(String::from_utf8(step.data.unwrap()).unwrap(), example.proof);
            let end = client.step(Some(example.signature.as_bytes()), &mut { USER }).unwrap();
            assert_eq!(end, Step { data: None, complete: true });
            assert!(client.step(Some(b"v="), &mut { USER }).is_err());
        }
    }

    #[test]
    fn a_server_that_only_pretends_to_know_the_password() {
        let mut client = introduced(&EXAMPLES[0]);
        client.step(Some(EXAMPLES[0].challenge.as_bytes()), &mut { USER }).unwrap();
        let error = client.step(Some(b"v=AAAAqV8S7suAoZWja4dJRkFsKQ="), &mut { USER }).unwrap_err();
        assert!(matches!(error, Failure::Refused(Code::BadProtocol | Code::BadServer, _)), "{error}");
        let mut client = introduced(&EXAMPLES[0]);
        client.step(Some(EXAMPLES[0].challenge.as_bytes()), &mut { USER }).unwrap();
        let error = client.step(Some(b"e=other-error"), &mut { USER }).unwrap_err();
        assert!(error.to_string().starts_with("-13 (SASL(-13): authentication failure: "), "{error}");
    }

    #[test]
    fn challenges_that_are_none() {
        for challenge in [
            "",
            "r=other,s=QSXCR+Q6sek8bf92,i=4096",
            // nothing of the server's own
            "r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",
            "r=fyko+d2lbbFgONRv9qkxdawLx,s=***,i=4096",
            "r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=0",
            "r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=4294967295",
            "m=what,r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=4096",
        ] {
            let error = introduced(&EXAMPLES[0]).step(Some(challenge.as_bytes()), &mut { USER }).unwrap_err();
            assert!(matches!(error, Failure::Refused(Code::BadProtocol, _)), "{challenge}");
        }
    }

    #[test]
    fn names_with_signs_that_mean_something() {
        let mut user = User { name: "a=b,c", acts_as: Some("d,e"), ..USER };
        let step = Scram::new(Hash::Sha512).step(None, &mut user).unwrap();
        let said = String::from_utf8(step.data.unwrap()).unwrap();
        assert!(said.starts_with("n,a=d=2Ce,n=a=3Db=2Cc,r="), "{said}");
    }
}
