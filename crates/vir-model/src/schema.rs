//! Whether a document is of the right form, for those who ask for it: it holds nothing that its tables do not know, and
//! every value is one. Whether it makes sense is another question.

use vir_base::{Error, Result, err};
use vir_xml::{Content, Element, table};

/// Checks the form of a document; `schema` is what the peer calls it (`storagepool.rng`).
///
/// # Errors
/// `VIR_ERR_XML_INVALID_SCHEMA`, with what is not known, and where it stands.
pub fn check<T: Content>(tree: &Element, schema: &str) -> Result<()> {
    let invalid = |details: &str| -> Error {
        err!(
            Xml,
            XmlInvalidSchema,
            "Unable to validate doc against /usr/share/libvirt/schemas/{schema}\n{details}"
        )
    };
    let unknown = T::table().map(|table| table::unknown(tree, table)).unwrap_or_default();
    if let Some(unknown) = unknown.first() {
        let details = format!("{}: {} is not known", unknown.position, unknown.path);
        return Err(match unknown.nearest {
            None => invalid(&details),
            Some(name) => invalid(&details).with_hint(format!("did you mean '{name}'?")),
        });
    }
    T::read(tree).map(|_| ()).map_err(|error| invalid(error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Volume;

    #[test]
    fn what_is_not_known_and_what_is_no_value_is_named() {
        let check = |xml: &str| {
            let tree = vir_xml::parse(xml, None).unwrap();
            check::<Volume>(&tree, "storagevol.rng").err().map(|error| error.message().to_owned())
        };
        assert_eq!(check("<volume><name>v</name></volume>"), None);
        let unknown = check("<volume><nmae>v</nmae></volume>").unwrap();
        assert!(
            unknown.starts_with(
                "XML document failed to validate against schema: Unable to validate doc against "
            )
        );
        assert!(unknown.ends_with("/volume/nmae is not known"), "{unknown}");
        assert!(check("<volume type='x'/>").unwrap().ends_with("unknown volume type 'x'"));
    }
}
