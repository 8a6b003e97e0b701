use super::*;
use proptest::prelude::*;

#[test]
fn what_is_wrong_is_shown_where_it_is() {
    for (text, message) in [
        (
            "<domain><name>a</domain>",
            "at line 1: Opening and ending tag mismatch: name line 1 and domain\n<domain><name>a</domain>\n------------------------^",
        ),
        ("<domain>", "at line 1: Premature end of data in tag domain line 1\n<domain>\n--------^"),
        ("", "at line 1: Document is empty\n(null)\n^"),
        ("foo", "at line 1: Start tag expected, '<' not found\nfoo\n^"),
        ("<domain type=kvm/>", "at line 1: AttValue: \" or ' expected\n<domain type=kvm/>\n-------------^"),
        (
            "<domain type='a' type='b'/>",
            "at line 1: Attribute type redefined\n<domain type='a' type='b'/>\n-------------------------^",
        ),
        (
            "<domain>&foo;</domain>",
            "at line 1: Entity 'foo' not defined\n<domain>&foo;</domain>\n-------------^",
        ),
        ("<domain/><x/>", "at line 1: Extra content at the end of the document\n<domain/><x/>\n---------^"),
        ("<a b='c'", "at line 1: attributes construct error\n<a b='c'\n--------^"),
        ("<a></>", "at line 1: Opening and ending tag mismatch: a line 1 and unparsable\n<a></>\n------^"),
        ("<x:a></b>", "at line 1: Opening and ending tag mismatch: a line 1 and b\n<x:a></b>\n---------^"),
        ("<a>&#xz;</a>", "at line 1: CharRef: invalid hexadecimal value\n<a>&#xz;</a>\n------^"),
        ("<a>&#6;</a>", "at line 1: xmlParseCharRef: invalid xmlChar value 6\n<a>&#6;</a>\n-------^"),
        (
            "<a>&#1114112;</a>",
            "at line 1: xmlParseCharRef: character reference out of bounds\n<a>&#1114112;</a>\n-------------^",
        ),
        (
            "<a><!-- x -- y --></a>",
            "at line 1: Double hyphen within comment: <!-- x \n<a><!-- x -- y --></a>\n----------^",
        ),
        ("<a><!-- x</a>", "at line 1: Comment not terminated\n<a><!-- x</a>\n-------------^"),
        ("<a><?pi x</a>", "at line 1: ParsePI: PI pi never end ...\n<a><?pi x</a>\n-------------^"),
        (
            "<a><![CDATA[x</a>",
            "at line 1: CData section not finished\nx</\n<a><![CDATA[x</a>\n-----------------^",
        ),
        ("\n", "at line 2: Start tag expected, '<' not found\n(null)\n^"),
        ("<dom&ain/>", "at line 1: error parsing attribute name\n<dom&ain/>\n----^"),
    ] {
        assert_eq!(parse(text, None).unwrap_err().message(), message, "{text}");
    }
}

#[test]
fn the_tree_keeps_order_and_position() {
    let root = parse("<a x='1&amp;2'>\n  <b/>t<!--c--><![CDATA[<]]></a>", None).unwrap();
    assert_eq!(root.attr("x"), Some("1&2"));
    assert_eq!(root.child("b").unwrap().position, Position { line: 2, column: 3 });
    assert_eq!(root.text(), "\n  t<");
    assert_eq!(root.nodes.len(), 5);
}

#[test]
fn entities_are_not_expanded_and_depth_is_bounded() {
    let bomb = "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>";
    assert!(parse(bomb, None).is_err());
    let deep = "<a>".repeat(100_000);
    assert!(parse(&deep, None).unwrap_err().message().contains("Excessive depth"));
}

proptest! {
    #[test]
    fn any_text_gives_a_tree_or_an_error(text in "[<>a-c/'\"=& !\\[\\]?\\-x\n\u{e9}]{0,80}") {
        let _ = parse(&text, None);
    }
}
