//! Distinguished names as text, in GnuTLS's form: what `tls_allowed_dn_list` is matched with, and what
//! `virt-pki-query-dn` shows.
//!
//! The order is the certificate's own, not the reversed one of RFC 4514.

use crate::der::{self, Malformed, Reader};

const PRINTABLE_STRING: u8 = 0x13;
const TELETEX_STRING: u8 = 0x14;
const BMP_STRING: u8 = 0x1e;
const UNIVERSAL_STRING: u8 = 0x1c;

/// What GnuTLS calls the attributes that it knows.
const NAMES: [(&str, &str); 37] = [
    ("1.3.6.1.5.5.7.9.1", "dateOfBirth"),
    ("1.3.6.1.5.5.7.9.2", "placeOfBirth"),
    ("1.3.6.1.5.5.7.9.3", "gender"),
    ("1.3.6.1.5.5.7.9.4", "countryOfCitizenship"),
    ("1.3.6.1.5.5.7.9.5", "countryOfResidence"),
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "surName"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.65", "pseudonym"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113556.1.4.656", "userPrincipalName"),
    ("1.2.840.113549.1.9.1", "EMAIL"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionOfIncorporationLocalityName"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionOfIncorporationStateOrProvinceName"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionOfIncorporationCountryName"),
    ("1.3.6.1.5.5.7.8.5", "XmppAddr"),
    ("1.2.643.100.1", "OGRN"),
    ("1.2.643.100.3", "SNILS"),
    ("1.2.643.100.5", "OGRNIP"),
    ("1.2.643.3.131.1.1", "INN"),
];

/// Attributes that are of one string type only; in another one their value is shown as it is encoded.
const PRINTABLE_ONLY: [&str; 4] = ["2.5.4.5", "2.5.4.6", "2.5.4.20", "2.5.4.46"];

/// The text of a name, given its content.
pub(crate) fn text(name: &[u8]) -> Result<String, Malformed> {
    let (mut out, mut sets) = (String::new(), Reader::new(name));
    while !sets.is_empty() {
        let mut set = Reader::new(sets.expect(der::SET)?);
        let mut separator = if out.is_empty() { "" } else { "," };
        while !set.is_empty() {
            let mut attribute = set.sequence()?;
            let oid = der::dotted(attribute.expect(der::OID)?);
            let (tag, value, whole) = attribute.whole()?;
            out += separator;
            append(&mut out, &oid, tag, value, whole);
            separator = "+";
        }
    }
    Ok(out)
}

/// The values of all common names, in order.
pub(crate) fn common_names(name: &[u8]) -> Result<Vec<String>, Malformed> {
    let (mut found, mut sets) = (vec![], Reader::new(name));
    while !sets.is_empty() {
        let mut set = Reader::new(sets.expect(der::SET)?);
        while !set.is_empty() {
            let mut attribute = set.sequence()?;
            let is_common = attribute.expect(der::OID)? == [0x55, 4, 3];
            let (tag, value) = attribute.any()?;
            if is_common {
                found.push(decode(tag, value).ok_or(Malformed)?);
            }
        }
    }
    Ok(found)
}

fn append(out: &mut String, oid: &str, tag: u8, value: &[u8], whole: &[u8]) {
    let name = NAMES.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name);
    let odd = PRINTABLE_ONLY.contains(&oid) && tag != PRINTABLE_STRING;
    let text = if odd { None } else { name.and_then(|_| decode(tag, value)) };
    *out += name.unwrap_or(oid);
    out.push('=');
    match text {
        Some(text) => escape(out, &text),
        None => {
            out.push('#');
            out.extend(whole.iter().map(|byte| format!("{byte:02x}")));
        }
    }
}

/// The text in a string of any type; `None` if it is none.
fn decode(tag: u8, value: &[u8]) -> Option<String> {
    match tag {
        BMP_STRING => {
            let units = value.chunks(2).map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)));
            String::from_utf16(&units.collect::<Option<Vec<_>>>()?).ok()
        }
        UNIVERSAL_STRING => {
            let units = value.chunks(4).map(|four| char::from_u32(u32::from_be_bytes(four.try_into().ok()?)));
            units.collect()
        }
        TELETEX_STRING if !value.is_ascii() => None,
        // UTF-8, printable, IA5, numeric, visible
        0x0c | 0x12..=0x16 | 0x1a => String::from_utf8(value.to_vec()).ok(),
        _ => None,
    }
}

fn escape(out: &mut String, text: &str) {
    let last = text.chars().count().saturating_sub(1);
    for (index, c) in text.chars().enumerate() {
        let special = matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';');
        let at_edge = c == ' ' && (index == 0 || index == last) || c == '#' && index == 0;
        match c {
            '\0' => *out += "\\00",
            _ if special || at_edge => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        let wrap = |tag: u8, parts: &[&[u8]]| {
            let content = parts.concat();
            [&[tag, content.len() as u8][..], &content].concat()
        };
        let pair = wrap(der::SEQUENCE, &[&wrap(der::OID, &[oid]), &wrap(tag, &[value])]);
        wrap(der::SET, &[&pair])
    }

    #[test]
    fn names_are_as_gnutls_writes_them() {
        let parts = [
            attribute(&[0x55, 4, 6], 0x13, b"GB"),
            attribute(&[0x55, 4, 8], 0x0c, b"Lon, don+x"),
            attribute(&[0x55, 4, 10], 0x0c, "S\u{fc}d <a>".as_bytes()),
            attribute(&[0x55, 4, 3], 0x0c, b" #a "),
            attribute(&[0x55, 4, 3], 0x1e, &[0, b'#', 0, b'b']),
            attribute(&[0x55, 4, 20], 0x0c, b"123"),
            attribute(&[0x55, 4, 18], 0x0c, b"pob"),
        ];
        // what virt-pki-query-dn shows of such certificates
        let shown = "C=GB,ST=Lon\\, don\\+x,O=S\u{fc}d \\<a\\>,CN=\\ #a\\ ,CN=\\#b,telephoneNumber=#0c03313233,2.5.4.18=#0c03706f62";
        assert_eq!(text(&parts.concat()).as_deref(), Ok(shown));
        assert_eq!(common_names(&parts.concat()).unwrap(), [" #a ", "#b"]);
        assert_eq!(text(&[0x31, 9]), Err(Malformed));
    }
}
