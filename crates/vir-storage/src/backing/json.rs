//! QEMU's `json:` form: options of a block driver, nested or with dots in their names.

mod drivers;
mod unflatten;

use super::Parsed;
use serde_json::{Map, Value};
use vir_base::{Result, bail, err};

/// Options by their names.
type Options = Map<String, Value>;

/// Reads one, without its `json:`.
pub(super) fn parse(text: &str) -> Result<Parsed> {
    let tree: Value = serde_json::from_str(text)
        .map_err(|error| err!(None, InternalError, "failed to parse JSON: {error}"))?;
    let Value::Object(options) = tree else {
        bail!(Storage, InvalidArg, "JSON backing volume definition '{text}' lacks driver name");
    };
    let options = unflatten::unflatten(options)?;
    // either {"file": {"driver": …}} or {"driver": …}
    let wrapped = options.get("file").and_then(Value::as_object).filter(|_| !options.contains_key("driver"));
    drivers::image(wrapped.unwrap_or(&options), text, true)
}

/// A text among options.
fn text<'a>(options: &'a Options, name: &str) -> Option<&'a str> {
    options.get(name).and_then(Value::as_str)
}

/// A number among options, also one written as a text; none if there is no such option.
///
/// # Errors
/// It is no number that is not negative.
fn number(options: &Options, name: &str) -> std::result::Result<Option<u64>, ()> {
    match options.get(name) {
        None => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use vir_xml::Format;

    /// The source, and a star if that is not all.
    fn source(text: &str) -> String {
        match parse(text) {
            Ok(parsed) => {
                let star = if parsed.whole { "" } else { "*" };
                parsed.image.source.to_xml(Format { secure: true, ..Format::default() }) + star
            }
            Err(error) => error.message().to_owned(),
        }
    }

    #[test]
    fn options_of_every_driver_are_read() {
        for (json, expected) in [
            (r#"{"driver":"file","filename":"/p"}"#, "<source file='/p'/>\n"),
            (r#"{"file":{"driver":"host_device","filename":"/dev/sda"}}"#, "<source dev='/dev/sda'/>\n"),
            (r#"{"file.driver":"file","file.filename":"/p"}"#, "<source file='/p'/>\n"),
            (
                r#"{"driver":"raw","offset":10752,"size":4063232,"file":{"driver":"file","filename":"/p"}}"#,
                "<source file='/p'>\n  <slices>\n    <slice type='storage' offset='10752' size='4063232'/>\n  </slices>\n</source>\n",
            ),
            (
                r#"{"driver":"https","url":"https://h/p","sslverify":false,"timeout":2,"cookie":"a=b; c=d"}"#,
                "<source protocol='https' name='p'>\n  <host name='h' port='443'/>\n  <ssl verify='no'/>\n  <cookies>\n    <cookie name='a'>b</cookie>\n    <cookie name='c'>d</cookie>\n  </cookies>\n  <timeout seconds='2'/>\n</source>\n",
            ),
            (
                r#"{"driver":"gluster","volume":"v","path":"i","server":[{"type":"tcp","host":"h","port":"24007"},{"type":"unix","socket":"/s"}]}"#,
                "<source protocol='gluster' name='v/i'>\n  <host name='h' port='24007'/>\n  <host transport='unix' socket='/s'/>\n</source>\n",
            ),
            (
                r#"{"driver":"gluster","volume":"v","path":"i","server.0.type":"tcp","server.0.host":"h","server.1.type":"unix","server.1.path":"/s"}"#,
                "<source protocol='gluster' name='v/i'>\n  <host name='h' port='24007'/>\n  <host transport='unix' socket='/s'/>\n</source>\n",
            ),
            (
                r#"{"driver":"iscsi","transport":"tcp","portal":"h:860","target":"iqn.x","lun":6,"user":"u"}"#,
                "<source protocol='iscsi' name='iqn.x/6'>\n  <host name='h' port='860'/>\n</source>\n*",
            ),
            (
                r#"{"driver":"nbd","server":{"type":"inet","host":"h","port":"1"},"export":"e"}"#,
                "<source protocol='nbd' name='e'>\n  <host name='h' port='1'/>\n</source>\n",
            ),
            (
                r#"{"driver":"ssh","host":"h","path":"p","user":"u"}"#,
                "<source protocol='ssh' name='p'>\n  <host name='h' port='22'/>\n</source>\n",
            ),
            (
                r#"{"driver":"rbd","pool":"p","image":"i","snapshot":"s","conf":"/c","server":[{"host":"h","port":"6789"}]}"#,
                "<source protocol='rbd' name='p/i'>\n  <host name='h' port='6789'/>\n  <snapshot name='s'/>\n  <config file='/c'/>\n</source>\n",
            ),
            (
                r#"{"driver":"nfs","user":2,"group":9,"path":"/p","server":{"host":"h","type":"inet"}}"#,
                "<source protocol='nfs' name='/p'>\n  <host name='h'/>\n  <identity user='+2' group='+9'/>\n</source>\n",
            ),
            (
                r#"{"driver":"vxhs","vdisk-id":"v","server":{"host":"h","port":"9999"}}"#,
                "<source protocol='vxhs' name='v'>\n  <host name='h' port='9999'/>\n</source>\n",
            ),
            (
                r#"{"driver":"sheepdog","vdi":"v","server":{"type":"unix","path":"/s"}}"#,
                "<source protocol='sheepdog' name='v'>\n  <host transport='unix' socket='/s'/>\n</source>\n",
            ),
            (
                r#"{"driver":"nvme","device":"0000:01:00.0","namespace":1}"#,
                "<source type='pci' namespace='1'>\n  <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n</source>\n",
            ),
        ] {
            assert_eq!(source(&format!("json:{json}")), expected, "{json}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (json, words) in [
            ("{", "internal error: failed to parse JSON: "),
            ("[]", "invalid argument: JSON backing volume definition '[]' lacks driver name"),
            ("{}", "invalid argument: JSON backing volume definition '{}' lacks driver name"),
            (
                r#"{"driver":"floppy"}"#,
                "internal error: missing parser implementation for JSON backing volume driver 'floppy'",
            ),
            (
                r#"{"driver":"raw","file":{"driver":"raw","file":{}}}"#,
                r#"invalid argument: JSON backing volume definition '{"driver":"raw","file":{"driver":"raw","file":{}}}' must not have nested format drivers"#,
            ),
            (r#"{"file":{"driver":"file"},"file.filename":"x","file":3}"#, "invalid argument: "),
            (r#"{"driver":"nbd","host":"h","port":"70000"}"#, "invalid argument: port '70000' out of range"),
        ] {
            let said = source(&format!("json:{json}"));
            assert!(said.starts_with(words), "{json}: {said}");
        }
    }

    #[test]
    fn nothing_nests_deeper_than_a_stack_bears() {
        let dots = format!(r#"json:{{"{}driver":"file"}}"#, "a.".repeat(20_000));
        assert!(source(&dots).starts_with("invalid argument: invalid nested value key 'a.a."));
        let braces = format!("json:{}1{}", r#"{"a":"#.repeat(20_000), "}".repeat(20_000));
        assert!(source(&braces).starts_with("internal error: failed to parse JSON: "));
    }
}
