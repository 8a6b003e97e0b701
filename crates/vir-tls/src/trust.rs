//! Whom a certificate is trusted for: chains up to an authority, and what has been revoked.

use crate::Certificate;
use crate::check::now;
use rustls::DistinguishedName;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, TrustAnchor, UnixTime};
use std::time::Duration;
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, Error, ExpirationPolicy,
    ExtendedKeyUsageValidator, KeyPurposeIdIter, RevocationOptionsBuilder, UnknownStatusPolicy,
    anchor_from_trusted_cert,
};

/// Authorities and their revocations.
pub(crate) struct Trust {
    anchors: Vec<Anchor>,
    revoked: Vec<CertRevocationList<'static>>,
}

struct Anchor {
    anchor: TrustAnchor<'static>,
    holds: (i64, i64),
}

/// Which signatures can be verified.
pub(crate) fn algorithms() -> WebPkiSupportedAlgorithms {
    rustls::crypto::ring::default_provider().signature_verification_algorithms
}

impl Trust {
    /// Trusts these.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub(crate) fn new(
        authorities: Vec<CertificateDer<'static>>,
        revoked: Vec<CertRevocationList<'static>>,
    ) -> Result<Self, String> {
        let anchors = authorities.iter().map(|der| {
            let anchor = anchor_from_trusted_cert(der).map_err(|error| error.to_string())?.to_owned();
            let read = Certificate::read(der).ok_or("ASN1 parser: Error in DER parsing.")?;
            Ok(Anchor { anchor, holds: (read.not_before, read.not_after) })
        });
        Ok(Self { anchors: anchors.collect::<Result<_, String>>()?, revoked })
    }

    /// A list of revocations.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn revocation(
        der: &CertificateRevocationListDer<'_>,
    ) -> Result<CertRevocationList<'static>, String> {
        let list = BorrowedCertRevocationList::from_der(der).map_err(|error| error.to_string())?;
        Ok(list.to_owned().map_err(|error| error.to_string())?.into())
    }

    /// The names of the authorities, for clients to choose a certificate by.
    pub(crate) fn names(&self) -> Vec<DistinguishedName> {
        self.anchors.iter().map(|anchor| DistinguishedName::in_sequence(&anchor.anchor.subject)).collect()
    }

    /// Whether a certificate, with those that came along with it, leads to an authority.
    ///
    /// # Errors
    /// Why not, in libvirt's words.
    pub(crate) fn verify(&self, chain: &[CertificateDer<'_>]) -> Result<(), &'static str> {
        let [first, between @ ..] = chain else { return Err(reason(&Error::UnknownIssuer)) };
        let now = now();
        let holding = self.anchors.iter().filter(|anchor| (anchor.holds.0..=anchor.holds.1).contains(&now));
        let anchors: Vec<_> = holding.map(|anchor| anchor.anchor.clone()).collect();
        let lists: Vec<&CertRevocationList<'_>> = self.revoked.iter().collect();
        let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|options| {
            options
                // authorities without a list have revoked nothing
                .with_status_policy(UnknownStatusPolicy::Allow)
                .with_expiration_policy(ExpirationPolicy::Enforce)
                .build()
        });
        let time = UnixTime::since_unix_epoch(Duration::from_secs(now.try_into().unwrap_or(0)));
        let algorithms = algorithms().all;
        let verified = EndEntityCert::try_from(first).and_then(|end| {
            end.verify_for_usage(algorithms, &anchors, between, time, AnyPurpose, revocation, None).map(drop)
        });
        verified.map_err(|error| {
            log::debug!("a certificate is not trusted: {error}");
            reason(&error)
        })
    }
}

/// What a certificate is for is not the chain's question: `check` asks it, and is more lenient.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

fn reason(error: &Error) -> &'static str {
    match error {
        Error::UnknownIssuer => "The certificate hasn't got a known issuer.",
        Error::CertRevoked => "The certificate has been revoked.",
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            "The certificate uses an insecure algorithm"
        }
        _ => "The certificate is not trusted.",
    }
}
