//! What DIGEST-MD5 agrees on for all that follows: each message encrypted, signed and numbered.

use crate::failure::{Code, Failure};
use hmac::{Hmac, Mac as _};
use md5::{Digest as _, Md5};

type HmacMd5 = Hmac<Md5>;

/// What follows a message: a part of its signature, the number of the layer's version, and its own number.
const SIGNATURE: usize = 10;
const TRAILER: usize = SIGNATURE + 2 + 4;
const VERSION: [u8; 2] = [0, 1];
/// The length before each message.
const PREFIX: usize = 4;

/// Which end one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Client,
    #[cfg(test)]
    Server,
}

/// Both directions.
pub struct Layer {
    /// What is sent.
    pub sealer: Sealer,
    /// What is received.
    pub opener: Opener,
}

impl Layer {
    /// How strong it is, in bits of the key.
    pub const BITS: u32 = 128;

    /// With the `secret` that both ends have from the exchange; neither end takes longer messages than said.
    pub(crate) fn new(secret: &[u8], end: End, send_max: usize, receive_max: usize) -> Result<Self, Failure> {
        if send_max <= PREFIX + TRAILER {
            return Err(Failure::new(Code::BadProtocol, "Invalid maxbuf parameter"));
        }
        let to_server = Direction::new(secret, "client-to-server");
        let to_client = Direction::new(secret, "server-to-client");
        let (sent, received) = match end {
            End::Client => (to_server, to_client),
            #[cfg(test)]
            End::Server => (to_client, to_server),
        };
        let sealer = Sealer { direction: sent, max: send_max - PREFIX - TRAILER };
        Ok(Self { sealer, opener: Opener { direction: received, max: receive_max, pending: vec![] } })
    }
}

/// The keys and the number of the next message of one direction.
struct Direction {
    signing: HmacMd5,
    cipher: Rc4,
    number: u32,
}

impl Direction {
    fn new(secret: &[u8], way: &str) -> Self {
        let key = |kind: &str| {
            let hash = Md5::new_with_prefix(secret);
            hash.chain_update(format!("Digest {kind}")).finalize()
        };
        let signing_key = key(&format!("session key to {way} signing key magic constant"));
        let cipher_key = key(&format!("H(A1) to {way} sealing key magic constant"));
        let mut block = [0; 64];
        block[..signing_key.len()].copy_from_slice(&signing_key);
        Self { signing: HmacMd5::new(&block.into()), cipher: Rc4::new(&cipher_key), number: 0 }
    }

    fn signature(&self, message: &[u8]) -> HmacMd5 {
        self.signing.clone().chain_update(self.number.to_be_bytes()).chain_update(message)
    }
}

/// Encrypts.
pub struct Sealer {
    direction: Direction,
    max: usize,
}

impl Sealer {
    /// Appends `plain` to `sealed`, in as many messages as it takes.
    pub fn seal(&mut self, plain: &[u8], sealed: &mut Vec<u8>) {
        for message in plain.chunks(self.max) {
            let length = u32::try_from(message.len() + TRAILER).unwrap_or(u32::MAX);
            sealed.extend_from_slice(&length.to_be_bytes());
            let start = sealed.len();
            sealed.extend_from_slice(message);
            let signature = self.direction.signature(message).finalize().into_bytes();
            sealed.extend_from_slice(&signature[..SIGNATURE]);
            self.direction.cipher.apply(&mut sealed[start..]);
            sealed.extend_from_slice(&VERSION);
            sealed.extend_from_slice(&self.direction.number.to_be_bytes());
            self.direction.number = self.direction.number.wrapping_add(1);
        }
    }
}

/// Decrypts.
pub struct Opener {
    direction: Direction,
    max: usize,
    pending: Vec<u8>,
}

impl Opener {
    /// Appends to `plain` what can be read of all that has come until now, `sealed` being the next of it.
    ///
    /// # Errors
    /// It is not what the other end has sent.
    pub fn open(&mut self, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), Failure> {
        self.pending.extend_from_slice(sealed);
        let mut at = 0;
        while let Some((prefix, rest)) = self.pending[at..].split_first_chunk::<PREFIX>() {
            let length = u32::from_be_bytes(*prefix) as usize;
            if !(TRAILER..=self.max).contains(&length) {
                return Err(Failure::protocol("a message of no possible length"));
            }
            let Some(message) = rest.get(..length) else { break };
            let (body, trailer) = message.split_at(length - TRAILER + SIGNATURE);
            if trailer[..2] != VERSION || trailer[2..] != self.direction.number.to_be_bytes() {
                return Err(Failure::protocol("Incorrect sequence number"));
            }
            let mut body = body.to_vec();
            self.direction.cipher.apply(&mut body);
            let (message, signature) = body.split_at(body.len() - SIGNATURE);
            let wanted = self.direction.signature(message);
            if wanted.verify_truncated_left(signature).is_err() {
                return Err(Failure::protocol("CMAC doesn't match"));
            }
            plain.extend_from_slice(message);
            self.direction.number = self.direction.number.wrapping_add(1);
            at += PREFIX + length;
        }
        self.pending.drain(..at);
        Ok(())
    }
}

/// The cipher: a stream of bytes that depends on the key alone, and goes on from message to message.
struct Rc4 {
    table: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    fn new(key: &[u8]) -> Self {
        let mut table: [u8; 256] = std::array::from_fn(|at| at as u8);
        let mut j = 0u8;
        for (i, letter) in (0..256).zip(key.iter().cycle()) {
            j = j.wrapping_add(table[i]).wrapping_add(*letter);
            table.swap(i, usize::from(j));
        }
        Self { table, i: 0, j: 0 }
    }

    fn apply(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.i = self.i.wrapping_add(1);
            let a = self.table[usize::from(self.i)];
            self.j = self.j.wrapping_add(a);
            let b = self.table[usize::from(self.j)];
            self.table.swap(usize::from(self.i), usize::from(self.j));
            *byte ^= self.table[usize::from(a.wrapping_add(b))];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends() -> [Layer; 2] {
        [End::Client, End::Server].map(|end| Layer::new(b"0123456789abcdef", end, 64, 128).unwrap())
    }

    #[test]
    fn the_cipher_by_known_examples() {
        for (key, plain, sealed) in [
            ("Key", "Plaintext", [0xbb, 0xf3, 0x16, 0xe8, 0xd9, 0x40, 0xaf, 0x0a, 0xd3].as_slice()),
            ("Wiki", "pedia", &[0x10, 0x21, 0xbf, 0x04, 0x20]),
        ] {
            let mut bytes = plain.as_bytes().to_vec();
            Rc4::new(key.as_bytes()).apply(&mut bytes);
            assert_eq!(bytes, sealed);
        }
    }

    #[test]
    fn what_is_sealed_here_is_opened_there_whatever_the_pieces() {
        let [mut client, mut server] = ends();
        let text: Vec<u8> = (0..1000).map(|at| at as u8).collect();
        let mut sealed = vec![];
        client.sealer.seal(&text[..100], &mut sealed);
        client.sealer.seal(&text[100..], &mut sealed);
        assert!(!sealed.windows(20).any(|piece| piece == &text[..20]));
        let mut opened = vec![];
        for piece in sealed.chunks(7) {
            server.opener.open(piece, &mut opened).unwrap();
        }
        assert_eq!(opened, text);
        // and back, with other keys
        let (mut back, mut opened) = (vec![], vec![]);
        server.sealer.seal(&text[..100], &mut back);
        assert_ne!(back[4..20], sealed[4..20]);
        client.opener.open(&back, &mut opened).unwrap();
        assert_eq!(opened, text[..100]);
    }

    #[test]
    fn what_was_changed_on_the_way_is_not_taken() {
        let mut sealed = vec![];
        ends()[0].sealer.seal(b"some words", &mut sealed);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 0x40;
            let mut opened = vec![];
            let result = ends()[1].opener.open(&changed, &mut opened);
            assert!(result.is_err() || opened.is_empty(), "{at}");
        }
        // nor is what came twice
        let [_, mut server] = ends();
        server.opener.open(&sealed, &mut vec![]).unwrap();
        assert!(server.opener.open(&sealed, &mut vec![]).is_err());
    }
}
