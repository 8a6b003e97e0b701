//! A connection that is encrypted from some point on, by what the two ends have agreed on over it.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vir_rpc::transport::{Transport, TransportKind};
use vir_sasl::{Layer, Opener, Sealer};

/// Bytes that are encrypted at a time.
const PIECE: usize = 64 * 1024;

/// What the connection is encrypted by: nothing yet.
#[derive(Clone, Default)]
pub(crate) struct Seal(Arc<Mutex<Option<Layer>>>);

impl Seal {
    /// All that is sent and received from now on is encrypted.
    pub(crate) fn put(&self, layer: Layer) {
        *self.lock() = Some(layer);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Layer>> {
        // what is done under the lock does not panic
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transport, and what it is encrypted by.
pub(crate) struct Sealed<T> {
    below: T,
    seal: Seal,
    /// Received and decrypted, not read yet.
    plain: VecDeque<u8>,
    /// Encrypted, not sent yet.
    unsent: Vec<u8>,
}

impl<T: Transport> Sealed<T> {
    /// Over `below`.
    pub(crate) fn new(below: T, seal: Seal) -> Self {
        Self { below, seal, plain: VecDeque::new(), unsent: vec![] }
    }

    fn open_more(&mut self, fds: &mut VecDeque<OwnedFd>) -> io::Result<usize> {
        let mut sealed = vec![0; PIECE];
        let got = self.below.recv(&mut sealed, fds)?;
        let mut plain = vec![];
        if let Some(Layer { opener, .. }) = &mut *self.seal.lock() {
            open(opener, &sealed[..got], &mut plain)?;
        }
        self.plain.extend(plain);
        Ok(got)
    }
}

fn open(opener: &mut Opener, sealed: &[u8], plain: &mut Vec<u8>) -> io::Result<()> {
    let broken = |failure: vir_sasl::Failure| {
        io::Error::new(io::ErrorKind::InvalidData, format!("failed to decode SASL data: {failure}"))
    };
    opener.open(sealed, plain).map_err(broken)
}

fn seal(sealer: &mut Sealer, parts: &[IoSlice<'_>], sealed: &mut Vec<u8>) -> usize {
    let mut taken = 0;
    for part in parts {
        let piece = &part[..part.len().min(PIECE - taken)];
        sealer.seal(piece, sealed);
        taken += piece.len();
    }
    taken
}

impl<T: Transport> Transport for Sealed<T> {
    fn open(&mut self) -> io::Result<bool> {
        self.below.open()
    }

    fn recv(&mut self, buffer: &mut [u8], fds: &mut VecDeque<OwnedFd>) -> io::Result<usize> {
        if self.seal.lock().is_none() {
            return self.below.recv(buffer, fds);
        }
        // a part of a message is nothing to read
        while self.plain.is_empty() {
            if self.open_more(fds)? == 0 {
                return Ok(0);
            }
        }
        let length = buffer.len().min(self.plain.len());
        for (place, byte) in buffer.iter_mut().zip(self.plain.drain(..length)) {
            *place = byte;
        }
        Ok(length)
    }

    fn send(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        if !self.flush()? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let taken = match &mut *self.seal.lock() {
            None => return self.below.send(parts),
            Some(Layer { sealer, .. }) => seal(sealer, parts, &mut self.unsent),
        };
        self.flush()?;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<bool> {
        while !self.unsent.is_empty() {
            match self.below.send(&[IoSlice::new(&self.unsent)]) {
                Ok(sent) => drop(self.unsent.drain(..sent)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.below.flush()
    }

    fn has_unsent(&self) -> bool {
        !self.unsent.is_empty() || self.below.has_unsent()
    }

    fn send_fd(&mut self, fd: BorrowedFd<'_>) -> io::Result<()> {
        self.below.send_fd(fd)
    }

    fn fd(&self) -> BorrowedFd<'_> {
        self.below.fd()
    }

    fn kind(&self) -> TransportKind {
        self.below.kind()
    }

    fn has_buffered(&self) -> bool {
        !self.plain.is_empty() || self.below.has_buffered()
    }

    fn key_bits(&self) -> Option<u32> {
        match &*self.seal.lock() {
            Some(_) => Some(Layer::BITS),
            None => self.below.key_bits(),
        }
    }
}
