//! Nonces and the alphabet of 64 letters.

use crate::failure::{Code, Failure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom as _, SystemRandom};

/// Bytes of a nonce.
const NONCE: usize = 24;

/// Letters that nobody can guess.
pub(crate) fn nonce() -> Result<String, Failure> {
    let mut bytes = [0; NONCE];
    let failed = |_| Failure::new(Code::Fail, "no random numbers");
    SystemRandom::new().fill(&mut bytes).map_err(failed)?;
    Ok(encode(&bytes))
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>, Failure> {
    STANDARD.decode(text).map_err(|_| Failure::protocol("a value is not in base 64"))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
