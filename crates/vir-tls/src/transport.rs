//! One encrypted connection: the handshake, the judgement on the other end, and then bytes.
//!
//! Nothing here waits. Until the judgement has been passed no byte is handed out or taken.

use crate::Certificate;
use crate::check::Role;
use crate::trust::Trust;
use rustix::fd::{BorrowedFd, OwnedFd};
use rustls::pki_types::CertificateDer;
use rustls::{Connection, SupportedCipherSuite};
use std::collections::VecDeque;
use std::io::{self, IoSlice, Read, Write};
use std::sync::Arc;
use vir_base::{Error, ErrorDomain, Result, err};
use vir_rpc::transport::{Socket, Transport, TransportKind};

/// Bytes read from the socket at a time: two records and a bit.
const INPUT: usize = 36 * 1024;

/// What a server says when it lets a client in.
const COME_IN: u8 = 1;

/// Who the other end must be.
pub(crate) struct Judge {
    pub(crate) trust: Arc<Trust>,
    /// Its role.
    pub(crate) role: Role,
    pub(crate) host: Option<String>,
    pub(crate) allowed: Option<Arc<[String]>>,
    /// Whether one with a bad certificate is refused.
    pub(crate) strict: bool,
}

impl Judge {
    /// The name of the other end, if its certificate is good.
    fn name(&self, chain: &[CertificateDer<'_>]) -> Result<String> {
        if chain.is_empty() {
            return Err(err!(Rpc, SystemError, "Unable to verify TLS peer: No certificate was found."));
        }
        self.trust
            .verify(chain)
            .map_err(|reason| err!(Rpc, SystemError, "Certificate failed validation: {reason}"))?;
        let read = |der: &CertificateDer<'_>| {
            Certificate::read(der).ok_or_else(|| err!(Rpc, SystemError, "Unable to load certificate"))
        };
        let certificate = read(&chain[0])?;
        certificate.check_session(self.role, self.host.as_deref(), self.allowed.as_deref())?;
        for der in &chain[1..] {
            read(der)?.check_times(crate::check::SESSION, Role::Authority)?;
        }
        Ok(certificate.name)
    }

    fn judge(&self, chain: &[CertificateDer<'_>]) -> Result<Option<String>> {
        match self.name(chain) {
            Ok(name) => Ok(Some(name)),
            Err(error) => {
                log::warn!("Certificate check failed {}", error.message());
                if self.strict {
                    return Err(err!(Rpc, AuthFailed, "Failed to verify peer's certificate")
                        .with_hint(error.message()));
                }
                log::info!("Ignoring bad certificate at user request");
                Ok(None)
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Handshake,
    /// A client waits to be let in.
    Confirmation,
    Open,
    /// The other end is not to be talked to, not even to say farewell.
    Refused,
}

/// An encrypted connection over a socket.
pub struct Tls {
    socket: Socket,
    connection: Connection,
    judge: Judge,
    stage: Stage,
    peer_name: Option<String>,
    /// Read from the socket and not looked at yet: from `at` on.
    input: Vec<u8>,
    at: usize,
}

impl Tls {
    pub(crate) fn new(socket: Socket, connection: Connection, judge: Judge) -> Self {
        Self { socket, connection, judge, stage: Stage::Handshake, peer_name: None, input: vec![], at: 0 }
    }

    /// Goes on with the handshake; `true` once the connection is open.
    ///
    /// # Errors
    /// In libvirt's words.
    pub(crate) fn advance(&mut self) -> Result<bool> {
        if self.stage == Stage::Handshake && !self.shake_hands()? {
            return Ok(false);
        }
        if self.stage == Stage::Confirmation {
            return self.confirmation();
        }
        Ok(self.stage == Stage::Open)
    }

    fn shake_hands(&mut self) -> Result<bool> {
        let failed = |error: io::Error| {
            let (words, hint) = handshake_words(&error);
            let error = err!(Rpc, AuthFailed, "TLS handshake failed {words}");
            if hint.is_empty() { error } else { error.with_hint(hint) }
        };
        loop {
            self.push().map_err(failed)?;
            if !self.connection.is_handshaking() {
                break;
            }
            match self.pull() {
                Ok(true) => {}
                Ok(false) => return Err(failed(io::ErrorKind::UnexpectedEof.into())),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(failed(error)),
            }
        }
        // a resumed session is never offered: who is there is proved by each handshake anew
        let chain = self.connection.peer_certificates().unwrap_or_default();
        match self.judge.judge(chain) {
            Ok(name) => self.peer_name = name,
            Err(error) => {
                self.stage = Stage::Refused;
                return Err(error);
            }
        }
        self.stage = match &mut self.connection {
            Connection::Client(_) => Stage::Confirmation,
            Connection::Server(server) => {
                let _ = server.writer().write(&[COME_IN]).map_err(failed)?;
                self.push().map_err(failed)?;
                Stage::Open
            }
        };
        Ok(true)
    }

    /// Waits for the server's word.
    fn confirmation(&mut self) -> Result<bool> {
        let hint = "the server does not accept our certificate: its log says why";
        let mut word = [0];
        match self.take(&mut word) {
            Ok(1) if word[0] == COME_IN => {
                self.stage = Stage::Open;
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Ok(_) if self.said_farewell() || word[0] != 0 => {
                let what = "server verification (of our certificate or IP address) failed";
                Err(err!(Rpc, Rpc, "{what}").with_hint(hint))
            }
            Ok(_) | Err(_) => {
                let error = rustix::io::Errno::IO.raw_os_error();
                Err(Error::system(ErrorDomain::Rpc, error, "Unable to read TLS confirmation").with_hint(hint))
            }
        }
    }

    /// Whether the other end has ended the connection in good form.
    fn said_farewell(&mut self) -> bool {
        matches!(self.connection.reader().read(&mut [0]), Ok(0))
    }

    /// Decrypted bytes; 0 at the end, however that came.
    fn take(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.connection.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // messages know their length, so that nobody can pass a part off as the whole
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                result => return result,
            }
            if !self.pull()? {
                return Ok(0);
            }
        }
    }

    /// Takes in what the socket has; false at its end.
    fn pull(&mut self) -> io::Result<bool> {
        if self.at == self.input.len() {
            self.input.resize(INPUT, 0);
            let got = self.socket.recv(&mut self.input, &mut VecDeque::new());
            self.input.truncate(*got.as_ref().unwrap_or(&0));
            self.at = 0;
            if got? == 0 {
                return Ok(false);
            }
        }
        let mut rest = &self.input[self.at..];
        let taken = self.connection.read_tls(&mut rest)?;
        self.at += taken;
        if taken == 0 {
            return Ok(false); // it has said farewell: what follows is nothing
        }
        if let Err(error) = self.connection.process_new_packets() {
            // there may be an alert that tells the other end
            let _ = self.push();
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        Ok(true)
    }

    /// Sends encrypted bytes; whether all are out.
    fn push(&mut self) -> io::Result<bool> {
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut Out(&mut self.socket)) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn check_open(&self) -> io::Result<()> {
        if self.stage == Stage::Open { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
    }
}

impl Transport for Tls {
    fn open(&mut self) -> io::Result<bool> {
        self.advance().map_err(io::Error::other)
    }

    fn recv(&mut self, buffer: &mut [u8], _: &mut VecDeque<OwnedFd>) -> io::Result<usize> {
        self.check_open()?;
        self.take(buffer)
    }

    fn send(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.check_open()?;
        // what is encrypted is encrypted for good: no more of it than the socket is likely to take
        if !self.push()? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let taken = self.connection.writer().write_vectored(parts)?;
        if taken == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.push()?;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<bool> {
        self.push()
    }

    fn has_unsent(&self) -> bool {
        self.connection.wants_write()
    }

    fn send_fd(&mut self, _: BorrowedFd<'_>) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn fd(&self) -> BorrowedFd<'_> {
        self.socket.fd()
    }

    fn kind(&self) -> TransportKind {
        TransportKind::Tls
    }

    fn has_buffered(&self) -> bool {
        self.at < self.input.len()
    }

    fn key_bits(&self) -> Option<u32> {
        let name = match self.connection.negotiated_cipher_suite()? {
            SupportedCipherSuite::Tls12(suite) => suite.common.suite,
            SupportedCipherSuite::Tls13(suite) => suite.common.suite,
        };
        Some(if format!("{name:?}").contains("AES_128") { 128 } else { 256 })
    }

    fn peer_name(&self) -> Option<String> {
        self.peer_name.clone()
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        if self.stage == Stage::Open {
            self.connection.send_close_notify();
            let _ = self.push();
        }
    }
}

/// The socket, to write to.
struct Out<'a>(&'a mut Socket);

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.send(parts)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// GnuTLS's words for what went wrong, where it has them; and what there is to say besides.
fn handshake_words(error: &io::Error) -> (String, String) {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::AlertReceived(alert)) => {
            ("A TLS fatal alert has been received.".into(), format!("the other end says: {alert:?}"))
        }
        Some(rustls::Error::InvalidMessage(_)) => {
            ("An unexpected TLS packet was received.".into(), "does it speak TLS at that port?".into())
        }
        Some(other) => (other.to_string(), String::new()),
        None => match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                ("The TLS connection was non-properly terminated.".into(), String::new())
            }
            _ => ("Error in the pull function.".into(), error.to_string()),
        },
    }
}
