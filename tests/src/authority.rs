//! An authority that signs certificates for the occasion, in files under libvirt's names.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType, IsCa,
    Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What a certificate of this host says that it is for, besides 127.0.0.1.
pub const HOST: &str = "host.example";

/// The number of every certificate, so that one revocation is of all.
const SERIAL: u64 = 7;

/// An authority, and the directory of what it has signed: `cacert.pem`, `servercert.pem`, `serverkey.pem`,
/// `clientcert.pem` and `clientkey.pem`.
#[derive(Debug)]
pub struct Authority {
    dir: TempDir,
    params: CertificateParams,
    key: KeyPair,
}

/// Nothing here depends on what it is given, but on the host.
const WORKS: &str = "certificates can be made";

impl Authority {
    /// An authority of this name, and one certificate for each end.
    ///
    /// # Panics
    /// If files cannot be written.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let (mut params, key) = (CertificateParams::default(), KeyPair::generate().expect(WORKS));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let authority = Self { dir: tempfile::tempdir().expect(WORKS), params, key };
        authority.write("cacert.pem", &authority.params.self_signed(&authority.key).expect(WORKS).pem());
        authority.sign("server", |_| {});
        authority.sign("client", |_| {});
        authority
    }

    /// Makes a certificate for a role, `server` or `client`, as `O=Acme,CN=ROLE` with changes.
    ///
    /// # Panics
    /// If files cannot be written.
    pub fn sign(&self, role: &str, change: impl FnOnce(&mut CertificateParams)) {
        self.sign_key(role, &KeyPair::generate().expect(WORKS), change);
    }

    /// The same with an RSA key, which `openssl` makes.
    ///
    /// # Panics
    /// If it does not.
    pub fn sign_rsa(&self, role: &str, openssl: &Path) {
        let key = ["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
        let made = Command::new(openssl).args(key).output().expect(WORKS);
        let pem = String::from_utf8_lossy(&made.stdout);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        self.sign_key(role, &KeyPair::from_pem(&pem).expect(WORKS), |_| {});
    }

    fn sign_key(&self, role: &str, key: &KeyPair, change: impl FnOnce(&mut CertificateParams)) {
        let mut params = CertificateParams::new([HOST.to_owned(), "127.0.0.1".to_owned()]).expect(WORKS);
        params.distinguished_name = name(role);
        params.serial_number = Some(SerialNumber::from(SERIAL));
        change(&mut params);
        self.write(&format!("{role}cert.pem"), &params.signed_by(key, &self.issuer()).expect(WORKS).pem());
        self.write(&format!("{role}key.pem"), &key.serialize_pem());
    }

    /// The same, in someone's name.
    pub fn sign_as(&self, role: &str, common_name: &str) {
        self.sign(role, |params| params.distinguished_name = name(common_name));
    }

    /// The same, out of date.
    pub fn sign_expired(&self, role: &str) {
        self.sign(role, |params| params.not_after = date_time_ymd(2020, 1, 1));
    }

    /// Says in `cacrl.pem` that no certificate holds any more.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn revoke(&self) {
        let revoked = RevokedCertParams {
            serial_number: SerialNumber::from(SERIAL),
            revocation_time: date_time_ymd(2020, 1, 2),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(2199, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let signed = list.signed_by(&self.issuer()).expect(WORKS);
        self.write("cacrl.pem", &signed.pem().expect(WORKS));
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).expect(WORKS);
    }
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Acme");
    name.push(DnType::CommonName, common_name);
    name
}
