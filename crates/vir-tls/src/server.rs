//! The server's end.

use crate::check::Role;
use crate::client::{Later, key_words};
use crate::transport::{Judge, Tls};
use crate::trust::Trust;
use crate::{Files, Priority};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, ServerConfig, ServerConnection, SignatureScheme,
};
use std::sync::{Arc, Mutex};
use vir_base::{Result, err};
use vir_rpc::transport::{Encryption, Socket, Transport};

/// Whom a server lets in.
#[derive(Clone, Debug, Default)]
pub struct ServerRules {
    /// Names of clients, with `*` and `?`; everybody if `None`.
    pub allowed: Option<Arc<[String]>>,
    /// The priority string.
    pub priority: Priority,
    /// Whether our own certificates are checked first.
    pub sane: bool,
    /// Whether a client must have a good certificate.
    pub strict: bool,
}

/// What a server accepts connections with.
pub struct ServerContext {
    locate: Box<dyn Fn() -> Files + Send + Sync>,
    rules: ServerRules,
    loaded: Mutex<Loaded>,
}

#[derive(Clone)]
struct Loaded {
    config: Arc<ServerConfig>,
    trust: Arc<Trust>,
}

impl ServerContext {
    /// Reads keys and certificates from where `locate` says, which is asked again when they are to be
    /// read again.
    ///
    /// # Errors
    /// In libvirt's words.
    pub fn new(locate: impl Fn() -> Files + Send + Sync + 'static, rules: ServerRules) -> Result<Self> {
        let loaded = Mutex::new(load(&locate(), &rules, rules.sane)?);
        Ok(Self { locate: Box::new(locate), rules, loaded })
    }
}

fn load(files: &Files, rules: &ServerRules, sane: bool) -> Result<Loaded> {
    if sane {
        files.check(Role::Server)?;
    }
    let trust = files.trust()?;
    let (chain, key) = files.own(Role::Server)?.ok_or_else(|| files.bad_own("No certificate was found."))?;
    let verifier = Arc::new(Asking { names: trust.names(), later: Later(crate::trust::algorithms()) });
    let mut config = ServerConfig::builder_with_provider(rules.priority.provider())
        .with_protocol_versions(rules.priority.versions())
        .map_err(|error| err!(Rpc, SystemError, "Failed to initialize TLS session: {error}"))?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(|error| files.bad_own(&key_words(&error)))?;
    // each connection proves anew who is there
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.ignore_client_order = rules.priority.server_decides();
    Ok(Loaded { config: Arc::new(config), trust: Arc::new(trust) })
}

impl Encryption for ServerContext {
    fn accept(&self, socket: Socket) -> Result<Box<dyn Transport>> {
        let Loaded { config, trust } = self.loaded.lock().unwrap_or_else(|e| e.into_inner()).clone();
        let connection = ServerConnection::new(config)
            .map_err(|error| err!(Rpc, SystemError, "Failed to initialize TLS session: {error}"))?;
        let ServerRules { allowed, strict, .. } = self.rules.clone();
        let judge = Judge { trust, role: Role::Client, host: None, allowed, strict };
        Ok(Box::new(Tls::new(socket, connection.into(), judge)))
    }

    fn reload(&self) -> Result<()> {
        let loaded = load(&(self.locate)(), &self.rules, true)?;
        *self.loaded.lock().unwrap_or_else(|e| e.into_inner()) = loaded;
        Ok(())
    }
}

/// Asks a client for a certificate; whether it has one, and whose, is judged later.
#[derive(Debug)]
struct Asking {
    names: Vec<DistinguishedName>,
    later: Later,
}

impl ClientCertVerifier for Asking {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.names
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.later.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.later.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.later.supported_verify_schemes()
    }
}
