//! Documents of our own: each reads, and prints as itself or as its `.out` neighbour; and printing is
//! stable.

use std::path::{Path, PathBuf};
use vir_base::Uuid;
use vir_model::domain::defaults::{self, Random, Rules};
use vir_model::domain::{Domain, ParseOptions};
use vir_xml::Format;

/// Choices that are always the same.
struct Fixed;

impl Random for Fixed {
    fn uuid(&mut self) -> Uuid {
        Uuid(std::array::from_fn(|i| i as u8 + 1))
    }

    fn mac_tail(&mut self) -> [u8; 3] {
        [1, 2, 3]
    }
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/domain")
}

fn round(xml: &str, live: bool) -> String {
    let mut domain = Domain::parse(xml, ParseOptions { live }).unwrap();
    defaults::apply(&mut domain, Rules::default(), &mut Fixed).unwrap();
    domain.to_xml(Format { secure: true, inactive: !live, ..Format::default() })
}

#[test]
fn every_document_prints_as_expected() {
    let mut seen = 0;
    for entry in std::fs::read_dir(data()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "xml") {
            continue;
        }
        let xml = std::fs::read_to_string(&path).unwrap();
        let expected = std::fs::read_to_string(path.with_extension("out")).unwrap_or_else(|_| xml.clone());
        let live = path.to_string_lossy().contains("live");
        let printed = round(&xml, live);
        assert_eq!(printed, expected, "{}", path.display());
        assert_eq!(round(&printed, live), printed, "{}: printing is not stable", path.display());
        seen += 1;
    }
    assert!(seen > 2);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let around = |inside: &str| {
        format!(
            "<domain type='qemu'>\n<name>a</name><memory>1</memory><os><type>hvm</type></os>\n{inside}\n</domain>"
        )
    };
    for (inside, message, hint) in [
        (
            "<devices><disk type='fiel'><target dev='a'/></disk></devices>",
            "XML error: Invalid value for attribute 'type' in element 'disk': 'fiel'.",
            Some("line 3, column 10: did you mean 'file'?"),
        ),
        (
            "<features><acpy/></features>",
            "unsupported configuration: unexpected feature 'acpy'",
            Some("line 3, column 11: did you mean <acpi>?"),
        ),
        ("<devices><tpm model='tpm-tis'/></devices>", "XML error: missing TPM device backend", None),
        (
            "<devices><disk><driver iothread='0'/><target dev='a'/></disk></devices>",
            "XML error: Invalid value for attribute 'iothread' in element 'driver': Zero is not permitted",
            None,
        ),
    ] {
        let error = Domain::parse(&around(inside), ParseOptions::default()).unwrap_err();
        assert_eq!(error.message(), message);
        assert_eq!(error.hint(), hint, "{inside}");
    }
}

#[test]
fn what_is_not_known_is_passed_over() {
    let xml = "<domain type='qemu'><name>a</name><memory>1</memory><memroy/><os><type>hvm</type></os>\
               <pm>text</pm><devices><disk tpye='file'><target dev='a'/></disk></devices></domain>";
    assert!(Domain::parse(xml, ParseOptions::default()).is_ok());
}

#[test]
fn what_is_missing_is_said_as_the_peer_says_it() {
    for (xml, message) in [
        ("<domain/>", "missing name information"),
        ("<domain><name>a</name></domain>", "internal error: missing domain type attribute"),
        (
            "<domain type='qemu'><name>a</name><os><type arch='x68'>hvm</type></os></domain>",
            "unsupported configuration: Unknown architecture x68",
        ),
        ("<domain type='qemu'/>", "missing name information"),
        ("<network type='qemu'/>", "XML error: expecting root element of 'domain', not 'network'"),
        (
            "<domain type='qemu'><name>a</name><memory>1</memory></domain>",
            "XML error: an os <type> must be specified",
        ),
    ] {
        assert_eq!(Domain::parse(xml, ParseOptions::default()).unwrap_err().message(), message, "{xml}");
    }
}
