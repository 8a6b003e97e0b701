//! All cases that there are beside the checkout.

use ferrovirt_corpus::default_root;
use ferrovirt_corpus::report::{Report, Wanted};

#[test]
fn only_listed_cases_fail_and_all_listed_cases_do() {
    if !default_root().is_dir() {
        skip::skip!("needs ../shared/corpus");
    }
    let report = Report::of(&Wanted { root: default_root(), ..Wanted::default() }).unwrap();
    println!("{}", report.lines());
    let complaints = report.complaints();
    assert!(complaints.is_empty(), "{}\n{}", complaints.join("\n"), report.details(false));
}

#[test]
fn a_directory_of_the_same_shape_is_run_the_same_way() {
    let root = tempfile::tempdir().unwrap();
    let area = root.path().join("genericxml2xml");
    std::fs::create_dir(&area).unwrap();
    let index = r#"[{"case": "one", "files": {"input_xml": "one.xml"}, "params": {}, "expect": "parse-error"},
                    {"case": "two", "files": {"input_xml": "two.xml"}, "params": {}, "expect": "parse-error"}]"#;
    std::fs::write(area.join("index.json"), index).unwrap();
    std::fs::write(area.join("one.xml"), "<domain").unwrap();
    std::fs::write(
        area.join("two.xml"),
        "<domain type='qemu'><name>n</name><memory>1</memory><os><type>hvm</type></os></domain>",
    )
    .unwrap();
    let report = Report::of(&Wanted { root: root.path().to_owned(), ..Wanted::default() }).unwrap();
    assert_eq!(report.lines(), "genericxml2xml 1/2\ncorpus: 1 passed, 1 failed, 0 not run\n");
    assert_eq!(report.complaints(), ["genericxml2xml two: fails"]);
    assert!(report.details(false).contains("genericxml2xml two\n"));
    assert_eq!(report.to_json()["genericxml2xml"]["passed"][0], "genericxml2xml one");
}
