//! The client's end.

use crate::check::Role;
use crate::transport::{Judge, Tls};
use crate::trust::Trust;
use crate::{Files, Priority};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, IpAddr, Ipv4Addr, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};
use std::sync::Arc;
use std::time::{Duration, Instant};
use vir_base::{Result, err};
use vir_rpc::transport::{Socket, Transport};

/// How long a server may take until it has let us in.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a client connects with.
pub struct ClientContext {
    config: Arc<ClientConfig>,
    trust: Arc<Trust>,
    strict: bool,
}

impl ClientContext {
    /// Reads keys and certificates. `sane`: ours are checked first. `strict`: the server's must be good.
    ///
    /// # Errors
    /// In libvirt's words, and what is wrong with the priority string.
    pub fn new(files: &Files, priority: &Priority, sane: bool, strict: bool) -> Result<Self> {
        if sane {
            files.check(Role::Client)?;
        }
        let trust = files.trust()?;
        let own = files.own(Role::Client)?;
        let verifier = Arc::new(Later(crate::trust::algorithms()));
        let builder = ClientConfig::builder_with_provider(priority.provider())
            .with_protocol_versions(priority.versions())
            .map_err(|error| err!(Rpc, SystemError, "Failed to initialize TLS session: {error}"))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match own {
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| files.bad_own(&key_words(&error)))?,
            None => builder.with_no_client_auth(),
        };
        config.resumption = Resumption::disabled();
        Ok(Self { config: Arc::new(config), trust: Arc::new(trust), strict })
    }

    /// Agrees with the server at the other end of `socket`, which must be `host`; waits for that, but not
    /// for ever.
    ///
    /// # Errors
    /// In libvirt's words.
    pub fn connect(&self, socket: Socket, host: &str) -> Result<Box<dyn Transport>> {
        let failed = |error: &dyn std::fmt::Display| {
            err!(Rpc, SystemError, "Failed to initialize TLS session: {error}")
        };
        // what is no name is not told to the server; it is compared all the same
        let nobody = || ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0; 4])));
        let name = ServerName::try_from(host.to_owned()).unwrap_or_else(|_| nobody());
        let connection = ClientConnection::new(Arc::clone(&self.config), name).map_err(|e| failed(&e))?;
        let judge = Judge {
            trust: Arc::clone(&self.trust),
            role: Role::Server,
            host: Some(host.to_owned()),
            allowed: None,
            strict: self.strict,
        };
        let mut tls = Tls::new(socket, connection.into(), judge);
        let end = Instant::now() + PATIENCE;
        while !tls.advance()? {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(err!(Rpc, AuthFailed, "TLS handshake failed The operation timed out"));
            }
            let mut flags = PollFlags::IN;
            flags.set(PollFlags::OUT, tls.has_unsent());
            let time = Timespec::try_from(left).map_err(|e| failed(&e))?;
            // interrupted or not: whatever there is is looked at
            let _ = poll(&mut [PollFd::from_borrowed_fd(tls.fd(), flags)], Some(&time));
        }
        Ok(Box::new(tls))
    }
}

/// GnuTLS's words for a key that does not go with its certificate.
pub(crate) fn key_words(error: &Error) -> String {
    match error {
        Error::InconsistentKeys(_) => "The certificate and the given key do not match.".into(),
        other => other.to_string(),
    }
}

/// Whom the certificate is of is judged when the handshake is over, before any byte is sent: here only
/// that the server has the key to it.
#[derive(Debug)]
pub(crate) struct Later(pub(crate) WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Later {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
