//! Where keys and certificates are, and reading them.

use crate::Certificate;
use crate::check::Role;
use crate::trust::Trust;
use rustix::fs::{Access, access};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use vir_base::{Error, ErrorDomain, Result, bail, err, file};

/// The files of one end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Certificates of authorities.
    pub ca: PathBuf,
    /// Certificates that no longer hold.
    pub crl: Option<PathBuf>,
    /// Our certificate, and those of the authorities between it and the one that others trust.
    pub cert: PathBuf,
    /// The key to it.
    pub key: PathBuf,
}

/// Where the system's are.
const SYSTEM: &str = "/etc/pki";

/// More bytes than any of these files has.
const MAX: u64 = 1 << 16;

impl Files {
    /// Where they are by default: all in `dir` if it is given; else, each as far as `user` and it is
    /// there, in the user's own directory; else in the system's.
    pub fn locate(dir: Option<&Path>, user: bool, role: Role) -> Self {
        if let Some(dir) = dir {
            return Self::within(dir, role);
        }
        let mut files = Self::of_system(role);
        if let Some(home) = std::env::home_dir().filter(|_| user) {
            let own = Self::within(&home.join(".pki/libvirt"), role);
            if own.ca.exists() {
                files.ca = own.ca;
            }
            if own.crl.as_ref().is_some_and(|crl| crl.exists()) {
                files.crl = own.crl;
            }
            // one is of no use without the other
            if own.cert.exists() && own.key.exists() {
                (files.cert, files.key) = (own.cert, own.key);
            }
        }
        files
    }

    fn within(dir: &Path, role: Role) -> Self {
        Self {
            ca: dir.join("cacert.pem"),
            crl: Some(dir.join("cacrl.pem")),
            cert: dir.join(format!("{role}cert.pem")),
            key: dir.join(format!("{role}key.pem")),
        }
    }

    fn of_system(role: Role) -> Self {
        let dir = |name: &str| Path::new(SYSTEM).join(name);
        Self {
            ca: dir("CA/cacert.pem"),
            crl: Some(dir("CA/cacrl.pem")),
            cert: dir("libvirt").join(format!("{role}cert.pem")),
            key: dir("libvirt/private").join(format!("{role}key.pem")),
        }
    }

    /// Whether our own certificates are such that the other end can be content: what an administrator got
    /// wrong is better heard of here than there. What is not there is not looked at.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn check(&self, role: Role) -> Result<()> {
        let name = self.cert.display();
        let mut own = None;
        if access(&self.cert, Access::READ_OK).is_ok() {
            let bytes = file::read_all(&self.cert, MAX)?;
            let der = CertificateDer::from_pem_slice(&bytes).ok();
            let read = der.and_then(|der| Certificate::read(&der).map(|read| (der, read)));
            own = Some(
                read.ok_or_else(|| err!(None, SystemError, "Unable to import {role} certificate {name}"))?,
            );
        }
        let mut authorities = vec![];
        if access(&self.ca, Access::READ_OK).is_ok() {
            let bytes = file::read_all(&self.ca, MAX)?;
            let bad = || {
                let ca = self.ca.display();
                err!(None, SystemError, "Unable to import CA certificate list {ca}")
            };
            authorities = certificates(&bytes).map_err(|_| bad())?;
            for der in &authorities {
                Certificate::read(der).ok_or_else(bad)?;
            }
        }
        if let Some((_, certificate)) = &own {
            certificate.check(&name.to_string(), role)?;
        }
        for certificate in authorities.iter().filter_map(|der| Certificate::read(der)) {
            certificate.check(&self.ca.display().to_string(), Role::Authority)?;
        }
        if let (Some((der, _)), false) = (own, authorities.is_empty()) {
            let ca = self.ca.display();
            let trust = Trust::new(authorities, vec![])
                .map_err(|_| err!(None, SystemError, "Unable to import CA certificate list {ca}"))?;
            if let Err(reason) = trust.verify(&[der]) {
                bail!(
                    None,
                    SystemError,
                    "Our own certificate {name} failed validation against {ca}: {reason}"
                );
            }
        }
        Ok(())
    }

    /// The authorities' certificates.
    ///
    /// # Errors
    /// There are none.
    pub(crate) fn authorities(&self) -> Result<Vec<CertificateDer<'static>>> {
        let ca = self.ca.display();
        require("CA certificate", &self.ca)?;
        certificates(&file::read_all(&self.ca, MAX)?).map_err(|error| {
            err!(Rpc, SystemError, "Unable to set x509 CA certificate: {ca}: {}", pem_words(&error))
        })
    }

    /// The lists of what no longer holds; none where there is no file.
    ///
    /// # Errors
    /// There is something else in it.
    pub(crate) fn revocations(&self) -> Result<Vec<CertificateRevocationListDer<'static>>> {
        let Some(crl) = self.crl.as_deref().filter(|crl| crl.exists()) else { return Ok(vec![]) };
        let bytes = file::read_all(crl, u64::from(u32::MAX))?;
        let lists: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(&bytes).collect();
        match lists {
            Ok(lists) if !lists.is_empty() => Ok(lists),
            other => Err(self.bad_revocations(&pem_words(&other.err().unwrap_or(pem::Error::NoItemsFound)))),
        }
    }

    /// The error of a list that cannot be used.
    pub(crate) fn bad_revocations(&self, reason: &str) -> Error {
        let crl = self.crl.as_deref().unwrap_or(Path::new("")).display();
        err!(Rpc, SystemError, "Unable to set x509 certificate revocation list: {crl}: {reason}")
    }

    /// Whom we trust.
    ///
    /// # Errors
    /// What is wrong with the authorities' certificates or revocations.
    pub(crate) fn trust(&self) -> Result<Trust> {
        let authorities = self.authorities()?;
        let lists = self.revocations()?;
        let revoked = lists.iter().map(Trust::revocation).collect::<Result<_, String>>();
        let revoked = revoked.map_err(|reason| self.bad_revocations(&reason))?;
        let ca = self.ca.display();
        Trust::new(authorities, revoked)
            .map_err(|reason| err!(Rpc, SystemError, "Unable to set x509 CA certificate: {ca}: {reason}"))
    }

    /// Our certificate with those that lead to it, and its key. A client may have none.
    ///
    /// # Errors
    /// They cannot be read, or there is something else in them.
    pub(crate) fn own(&self, role: Role) -> Result<Option<Own>> {
        for (what, path) in [("certificate", &self.cert), ("private key", &self.key)] {
            match require(what, path) {
                Err(_) if role == Role::Client => return Ok(None),
                result => result?,
            }
        }
        let chain =
            certificates(&file::read_all(&self.cert, MAX)?).map_err(|e| self.bad_own(&pem_words(&e)))?;
        let key = PrivateKeyDer::from_pem_slice(&file::read_all(&self.key, MAX)?)
            .map_err(|e| self.bad_own(&pem_words(&e)))?;
        Ok(Some((chain, key)))
    }

    /// The error of a key or certificate of ours that cannot be used.
    pub(crate) fn bad_own(&self, reason: &str) -> Error {
        let (key, cert) = (self.key.display(), self.cert.display());
        err!(Rpc, SystemError, "Unable to set x509 key and certificate: {key}, {cert}: {reason}")
    }
}

/// A certificate, those that lead to it, and its key.
pub(crate) type Own = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn require(what: &str, path: &Path) -> Result<()> {
    let hint = "see 'virt-pki-validate', or name a directory with ?pkipath=DIR";
    match std::fs::metadata(path) {
        Ok(_) => Ok(()),
        Err(error) => {
            let what = format!("Cannot read {what} '{}'", path.display());
            Err(Error::io(ErrorDomain::Rpc, &error, what).with_hint(hint))
        }
    }
}

/// All certificates in PEM, of which there must be one.
fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    let all: Vec<_> = CertificateDer::pem_slice_iter(bytes).collect::<Result<_, _>>()?;
    if all.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(all) }
}

/// What GnuTLS says of such a file.
fn pem_words(error: &pem::Error) -> String {
    match error {
        pem::Error::NoItemsFound => "Base64 unexpected header error.".to_owned(),
        _ => "Base64 decoding error.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_they_are() {
        let files = Files::locate(Some(Path::new("/d")), true, Role::Client);
        assert_eq!(
            (files.ca.as_path(), files.key.as_path()),
            (Path::new("/d/cacert.pem"), Path::new("/d/clientkey.pem"))
        );
        let files = Files::locate(None, false, Role::Server);
        assert_eq!(files.crl.unwrap(), Path::new("/etc/pki/CA/cacrl.pem"));
        assert_eq!(files.cert, Path::new("/etc/pki/libvirt/servercert.pem"));
        assert_eq!(files.key, Path::new("/etc/pki/libvirt/private/serverkey.pem"));
    }

    #[test]
    fn what_is_missing_or_something_else_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::locate(Some(dir.path()), false, Role::Server);
        assert!(files.check(Role::Server).is_ok());
        let told = files.authorities().unwrap_err();
        let ca = files.ca.display();
        assert_eq!(told.message(), format!("Cannot read CA certificate '{ca}': No such file or directory"));
        assert!(files.own(Role::Server).unwrap_err().message().starts_with("Cannot read certificate '"));
        assert!(files.own(Role::Client).unwrap().is_none());
        assert!(files.revocations().unwrap().is_empty());
        std::fs::write(&files.ca, "no certificate").unwrap();
        assert_eq!(
            files.authorities().unwrap_err().message(),
            format!("Unable to set x509 CA certificate: {ca}: Base64 unexpected header error.")
        );
        assert_eq!(
            files.check(Role::Server).unwrap_err().message(),
            format!("Unable to import CA certificate list {ca}")
        );
    }
}
