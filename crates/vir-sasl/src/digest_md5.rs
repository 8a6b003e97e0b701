//! DIGEST-MD5 (RFC 2831): the only mechanism with a password that also encrypts what is said afterwards, and
//! so the only one for plain TCP.
//!
//! Of its ciphers RC4 with 128 bits is here, which every server with ciphers has.

use crate::failure::{Code, Failure};
use crate::layer::{End, Layer};
use crate::{Client, Question, Rules, Secret, Secrets, Step, identity, text};
use md5::{Digest as _, Md5};

/// Encryption with RC4, in bits.
const RC4_BITS: u32 = 128;
/// How long what the other end sends may be, in bytes.
const MAX_BUFFER: usize = 65536;
/// Ends what is hashed for the second half where more than authentication was agreed on.
const NO_BODY: &str = ":00000000000000000000000000000000";

enum State {
    Start,
    /// The server has been asked for its challenge.
    Asked {
        identity: [String; 3],
    },
    /// Our answer is out; this is to come back.
    Answered {
        proof: String,
    },
    Done,
}

/// A client's side.
pub(crate) struct DigestMd5 {
    uri: String,
    encrypt: Option<u32>,
    state: State,
    layer: Option<Layer>,
    /// For tests, which know it beforehand.
    nonce: Option<String>,
}

impl DigestMd5 {
    pub(crate) const NAME: &'static str = "DIGEST-MD5";

    fn new(service: &str, rules: Rules<'_>) -> Self {
        let uri = format!("{service}/{}", rules.host);
        Self { uri, encrypt: rules.encrypt, state: State::Start, layer: None, nonce: None }
    }

    pub(crate) fn boxed(rules: Rules<'_>) -> Box<dyn Client> {
        Box::new(Self::new("libvirt", rules))
    }

    fn answer(
        &mut self,
        challenge: &Challenge,
        [acts_as, name, password]: [String; 3],
        secrets: &mut dyn Secrets,
    ) -> Result<Step, Failure> {
        let nonce = challenge.one("nonce")?.ok_or_else(|| Failure::protocol("no nonce in the challenge"))?;
        if challenge.one("algorithm")? != Some("md5-sess") {
            return Err(Failure::protocol("'algorithm' has to be 'md5-sess'"));
        }
        let qop = self.quality(challenge)?;
        let realm = realm(challenge, secrets)?;
        let cnonce = match self.nonce.take() {
            Some(nonce) => nonce,
            None => text::nonce()?,
        };
        let utf8 = challenge.one("charset")?.is_some_and(|charset| charset.eq_ignore_ascii_case("utf-8"));
        let credentials = [single(&name), single(realm.as_deref().unwrap_or_default()), single(&password)];
        let mut first = Md5::digest(credentials.join(&b':')).to_vec();
        first.extend_from_slice(format!(":{nonce}:{cnonce}").as_bytes());
        if !acts_as.is_empty() {
            first.extend_from_slice(format!(":{acts_as}").as_bytes());
        }
        let secret = Md5::digest(&first);
        let response = |method: &str| {
            let body = if qop == "auth" { "" } else { NO_BODY };
            let second = text::hex(&Md5::digest(format!("{method}:{}{body}", self.uri)));
            let all = format!("{}:{nonce}:00000001:{cnonce}:{qop}:{second}", text::hex(&secret));
            text::hex(&Md5::digest(all))
        };
        let mut said = format!("username={}", quoted(&name));
        if let Some(realm) = &realm {
            said.push_str(&format!(",realm={}", quoted(realm)));
        }
        said.push_str(&format!(",nonce={},cnonce={},nc=00000001,qop={qop}", quoted(nonce), quoted(&cnonce)));
        if self.encrypt.is_some() {
            said.push_str(&format!(",cipher=rc4,maxbuf={MAX_BUFFER}"));
        }
        said.push_str(&format!(",digest-uri={},response={}", quoted(&self.uri), response("AUTHENTICATE")));
        if utf8 {
            said.push_str(",charset=utf-8");
        }
        if !acts_as.is_empty() {
            said.push_str(&format!(",authzid={}", quoted(&acts_as)));
        }
        let proof = response("");
        if self.encrypt.is_some() {
            let theirs = challenge.one("maxbuf")?.map_or(Ok(MAX_BUFFER), str::parse);
            let theirs = theirs.map_err(|_| Failure::protocol("Invalid maxbuf parameter"))?;
            self.layer = Some(Layer::new(&secret, End::Client, theirs.min(MAX_BUFFER), MAX_BUFFER)?);
        }
        self.state = State::Answered { proof };
        Ok(Step { data: Some(said.into_bytes()), complete: false })
    }

    /// The quality of protection, which the server has to offer.
    fn quality(&self, challenge: &Challenge) -> Result<&'static str, Failure> {
        let offers = |key: &str, wanted: &str, default: &str| -> Result<bool, Failure> {
            let offered = challenge.one(key)?.unwrap_or(default);
            Ok(offered.split(',').any(|one| one.trim().eq_ignore_ascii_case(wanted)))
        };
        match self.encrypt {
            None if offers("qop", "auth", "auth")? => Ok("auth"),
            Some(bits)
                if bits <= RC4_BITS
                    && offers("qop", "auth-conf", "auth")?
                    && offers("cipher", "rc4", "")? =>
            {
                Ok("auth-conf")
            }
            _ => Err(Failure::new(Code::TooWeak, "Server doesn't support required security")),
        }
    }
}

/// The user's realm, if there are any: the only one, or what the user says.
fn realm(challenge: &Challenge, secrets: &mut dyn Secrets) -> Result<Option<String>, Failure> {
    let realms: Vec<&str> = challenge.all("realm").collect();
    match realms[..] {
        [] => Ok(None),
        [one] => Ok(Some(one.to_owned())),
        [first, ..] if !secrets.knows(Secret::Realm) => Ok(Some(first.to_owned())),
        [first, ..] => {
            let question = Question {
                secret: Secret::Realm,
                challenge: Some(format!("{{{}}}", realms.join(", "))),
                default: Some(first.to_owned()),
            };
            Ok(secrets.ask(&[question])?.pop())
        }
    }
}

impl Client for DigestMd5 {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn step(&mut self, challenge: Option<&[u8]>, secrets: &mut dyn Secrets) -> Result<Step, Failure> {
        if matches!(self.state, State::Start) {
            // the user is asked before the server is
            self.state = State::Asked { identity: identity(secrets)? };
            return Ok(Step { data: None, complete: false });
        }
        let challenge = Challenge::parse(challenge.unwrap_or_default())?;
        match std::mem::replace(&mut self.state, State::Done) {
            State::Asked { identity } => self.answer(&challenge, identity, secrets),
            State::Answered { proof } => match challenge.one("rspauth")? {
                Some(theirs) if theirs == proof => Ok(Step { data: None, complete: true }),
                _ => Err(Failure::new(
                    Code::BadServer,
                    "DIGEST-MD5: This server wants us to believe it knows shared secret",
                )),
            },
            State::Start | State::Done => Err(Failure::protocol("a message out of order")),
        }
    }

    fn layer(&mut self) -> Option<Layer> {
        self.layer.take()
    }
}

/// Names and their values, in the order in which they came.
struct Challenge(Vec<(String, String)>);

impl Challenge {
    fn parse(bytes: &[u8]) -> Result<Self, Failure> {
        let broken = || Failure::protocol("Parse error");
        let mut rest = std::str::from_utf8(bytes).map_err(|_| broken())?.trim();
        let mut all = vec![];
        while !rest.is_empty() {
            let (name, after) = rest.split_once('=').ok_or_else(broken)?;
            let (value, after) = match after.strip_prefix('"') {
                Some(after) => unquote(after).ok_or_else(broken)?,
                None => {
                    let end = after.find(',').unwrap_or(after.len());
                    (after[..end].trim().to_owned(), &after[end..])
                }
            };
            all.push((name.trim().to_ascii_lowercase(), value));
            let after = after.trim_start();
            if !after.is_empty() && !after.starts_with(',') {
                return Err(broken());
            }
            rest = after.trim_start_matches([',', ' ', '\t', '\r', '\n']);
        }
        Ok(Self(all))
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn one<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, Failure> {
        let mut all = self.all(name);
        let first = all.next();
        match all.next() {
            None => Ok(first),
            Some(_) => Err(Failure::protocol(format!("{name} more than once"))),
        }
    }
}

/// Reads up to the closing quotation mark; gives what was quoted and what follows.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A text as it is hashed: one byte for each character if that is possible.
fn single(text: &str) -> Vec<u8> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    bytes.unwrap_or_else(|| text.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choose::tests::User;

    const CHRIS: User = User { name: "chris", password: "secret", acts_as: None };
    const CHALLENGE: &str = "realm=\"elwood.innosoft.com\",nonce=\"OA6MG9tEQGm2hh\",qop=\"auth\",algorithm=md5-sess,charset=utf-8";

    fn asked() -> DigestMd5 {
        let rules = Rules { host: "elwood.innosoft.com", encrypt: None };
        let mut client =
            DigestMd5 { nonce: Some("OA6MHXh6VqTrRk".to_owned()), ..DigestMd5::new("imap", rules) };
        assert_eq!(client.step(None, &mut { CHRIS }).unwrap(), Step { data: None, complete: false });
        client
    }

    #[test]
    fn the_example_of_the_standard() {
        let mut client = asked();
        let step = client.step(Some(CHALLENGE.as_bytes()), &mut { CHRIS }).unwrap();
        let said = String::from_utf8(step.data.unwrap()).unwrap();
        for part in [
            "username=\"chris\",realm=\"elwood.innosoft.com\"",
            "cnonce=\"OA6MHXh6VqTrRk\",nc=00000001,qop=auth",
            "response=d388dad90d4bbd760a152321f2143af7",
            "digest-uri=\"imap/elwood.innosoft.com\"",
        ] {
            assert!(said.contains(part), "{said}");
        }
        let end = client.step(Some(b"rspauth=ea40f60335c427b5527b84dbabcdfffd"), &mut { CHRIS });
        assert!(end.unwrap().complete);
    }

    #[test]
    fn a_server_that_only_pretends_to_know_the_password() {
        let mut client = asked();
        client.step(Some(CHALLENGE.as_bytes()), &mut { CHRIS }).unwrap();
        let error = client.step(Some(b"rspauth=00"), &mut { CHRIS }).unwrap_err();
        assert!(matches!(error, Failure::Refused(Code::BadServer, _)), "{error}");
    }

    #[test]
    fn challenges_that_are_none() {
        for challenge in ["", "nonce", "nonce=\"open", "nonce=\"a\"b=c", "nonce=\"a\"", "\u{e9}=\"a\""] {
            let error = asked().step(Some(challenge.as_bytes()), &mut { CHRIS }).unwrap_err();
            assert!(matches!(error, Failure::Refused(Code::BadProtocol, _)), "{challenge}");
        }
        let weak = CHALLENGE.replace("\"auth\"", "\"auth-int\"");
        let error = asked().step(Some(weak.as_bytes()), &mut { CHRIS }).unwrap_err();
        assert!(matches!(error, Failure::Refused(Code::TooWeak, _)), "{error}");
    }

    #[test]
    fn one_of_several_realms_is_chosen() {
        let two = CHALLENGE.replace("nonce=", "realm=\"other\",nonce=");
        let step = asked().step(Some(two.as_bytes()), &mut { CHRIS }).unwrap();
        let said = String::from_utf8(step.data.unwrap()).unwrap();
        assert!(said.contains("realm=\"elwood.innosoft.com\""), "{said}");
    }

    #[test]
    fn texts_as_they_are_hashed() {
        assert_eq!(single("\u{e9}"), [0xe9]);
        assert_eq!(single("\u{20ac}\u{e9}"), "\u{20ac}\u{e9}".as_bytes());
        assert_eq!(unquote("a\\\"b\",c"), Some(("a\"b".into(), ",c")));
        assert_eq!(quoted("a\"\\"), "\"a\\\"\\\\\"");
    }
}
