//! What of a certificate is looked at besides its signature.

use crate::der::{self, Malformed, Reader};
use crate::name;

/// A certificate's content, as far as libvirt asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// The name of its owner.
    pub name: String,
    pub(crate) common_names: Vec<String>,
    /// The first second in which it holds, since 1970.
    pub not_before: i64,
    /// The last second in which it holds, since 1970.
    pub not_after: i64,
    /// Whether it is an authority's, if it says.
    pub is_authority: Option<bool>,
    /// What its key may be used for, if it says.
    pub usage: Option<Usage>,
    /// Which programs it is for, as object identifiers; none is for all.
    pub purposes: Vec<String>,
    /// Whether it must not be used for other purposes.
    pub purposes_critical: bool,
    /// Hosts that it is for.
    pub(crate) dns: Vec<Vec<u8>>,
    /// Addresses that it is for.
    pub(crate) addresses: Vec<Vec<u8>>,
}

/// What a key may be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// To sign.
    pub digital_signature: bool,
    /// To encrypt keys.
    pub key_encipherment: bool,
    /// To sign certificates.
    pub certificate_signing: bool,
    /// And nothing else.
    pub critical: bool,
}

/// For a server.
pub(crate) const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
/// For a client.
pub(crate) const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
/// For anything.
pub(crate) const ANY_PURPOSE: &str = "2.5.29.37.0";

const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
const ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];

impl Certificate {
    /// Reads a certificate in DER; `None` if it is none.
    pub fn read(der: &[u8]) -> Option<Self> {
        Self::parse(der).ok()
    }

    fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut all = Reader::new(bytes).sequence()?.sequence()?;
        all.optional(0xa0)?; // version
        all.expect(der::INTEGER)?; // serial number
        all.sequence()?; // signature
        all.sequence()?; // issuer
        let mut validity = all.sequence()?;
        let (not_before, not_after) = (time(validity.any()?)?, time(validity.any()?)?);
        let owner = all.expect(der::SEQUENCE)?;
        all.sequence()?; // key
        all.optional(0x81)?;
        all.optional(0x82)?;
        let mut certificate = Self {
            name: name::text(owner)?,
            common_names: name::common_names(owner)?,
            not_before,
            not_after,
            ..Self::default()
        };
        if let Some(extensions) = all.optional(0xa3)? {
            let mut extensions = Reader::new(extensions).sequence()?;
            while !extensions.is_empty() {
                certificate.extension(extensions.sequence()?)?;
            }
        }
        Ok(certificate)
    }

    fn extension(&mut self, mut extension: Reader<'_>) -> Result<(), Malformed> {
        let oid = extension.expect(der::OID)?;
        let critical = extension.optional(der::BOOLEAN)?.is_some_and(|value| value != [0]);
        let mut value = Reader::new(extension.expect(der::OCTET_STRING)?);
        match oid {
            KEY_USAGE => {
                let [_, bits @ ..] = value.expect(der::BIT_STRING)? else { return Err(Malformed) };
                let has = |bit: u8| bits.first().is_some_and(|bits| bits & 0x80 >> bit != 0);
                self.usage = Some(Usage {
                    digital_signature: has(0),
                    key_encipherment: has(2),
                    certificate_signing: has(5),
                    critical,
                });
            }
            BASIC_CONSTRAINTS => {
                let is_authority = value.sequence()?.optional(der::BOOLEAN)?;
                self.is_authority = Some(is_authority.is_some_and(|value| value != [0]));
            }
            EXTENDED_KEY_USAGE => {
                let mut purposes = value.sequence()?;
                while !purposes.is_empty() {
                    self.purposes.push(der::dotted(purposes.expect(der::OID)?));
                }
                self.purposes_critical = critical;
            }
            ALTERNATIVE_NAME => {
                let mut names = value.sequence()?;
                while !names.is_empty() {
                    match names.any()? {
                        (0x82, name) => self.dns.push(name.to_vec()),
                        (0x87, address) => self.addresses.push(address.to_vec()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Seconds since 1970.
fn time((tag, text): (u8, &[u8])) -> Result<i64, Malformed> {
    let text = std::str::from_utf8(text).map_err(|_| Malformed)?;
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|c| c.is_ascii_digit()));
    let digits = digits.ok_or(Malformed)?;
    let number = |from: usize, to: usize| -> Result<i64, Malformed> {
        digits.get(from..to).and_then(|part| part.parse().ok()).ok_or(Malformed)
    };
    let (year, at) = match (tag, digits.len()) {
        (der::UTC_TIME, 12) => {
            let year = number(0, 2)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, 2)
        }
        (der::GENERALIZED_TIME, 14) => (number(0, 4)?, 4),
        _ => return Err(Malformed),
    };
    let part = |index: usize| number(at + 2 * index, at + 2 * index + 2);
    let (month, day) = (part(0)?, part(1)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Err(Malformed);
    }
    // years that begin in March put the leap day at their end
    let years = year - i64::from(month <= 2);
    let days = 365 * years + years.div_euclid(4) - years.div_euclid(100)
        + years.div_euclid(400)
        + (153 * ((month + 9) % 12) + 2) / 5
        + day
        - 1
        - 719_468;
    Ok(((days * 24 + part(2)?) * 60 + part(3)?) * 60 + part(4)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let of = |tag, text: &str| time((tag, text.as_bytes()));
        assert_eq!(of(der::UTC_TIME, "700101000000Z"), Ok(0));
        assert_eq!(of(der::UTC_TIME, "261123104500Z"), Ok(1_795_430_700));
        assert_eq!(of(der::GENERALIZED_TIME, "20000229235959Z"), Ok(951_868_799));
        assert_eq!(of(der::GENERALIZED_TIME, "99991231235959Z"), Ok(253_402_300_799));
        for bad in ["", "Z", "700101000000", "701301000000Z", "7001010000Z", "70010100000\u{e9}Z"] {
            assert_eq!(of(der::UTC_TIME, bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn what_a_certificate_says() {
        use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["host.example".to_owned(), "10.0.0.1".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "Acme");
        params.distinguished_name.push(DnType::CommonName, "host");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let der = params.self_signed(&key).unwrap();
        let read = Certificate::read(der.der()).unwrap();
        assert_eq!(read.name, "O=Acme,CN=host");
        assert_eq!(
            (read.dns[0].as_slice(), read.addresses[0].as_slice()),
            (&b"host.example"[..], &[10, 0, 0, 1][..])
        );
        assert_eq!(read.purposes, [SERVER_AUTH]);
        let usage = read.usage.unwrap();
        assert!(usage.digital_signature && !usage.key_encipherment && !usage.certificate_signing);
        assert!(read.not_before < read.not_after && read.is_authority.is_none());
        // cut anywhere it is none, and nothing breaks
        for len in 0..der.der().len() {
            assert_eq!(Certificate::read(&der.der()[..len]), None);
        }
        let mut changed = der.der().to_vec();
        for at in 0..changed.len() {
            for bits in [1, 0x10, 0x80, 0xff] {
                changed[at] ^= bits;
                let _ = Certificate::read(&changed);
                changed[at] ^= bits;
            }
        }
    }
}
