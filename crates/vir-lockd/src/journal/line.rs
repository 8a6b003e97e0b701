//! One line of the journal: a checksum (CRC-32, as gzip has it) of eight hexadecimal digits, a blank, a compact JSON object.
//!
//! Text only; what lines mean together is [`super::read`]'s matter. A line is written and read without a
//! tree in between, since there is one for every lease. Its members stand in one order.

use crate::record::{Change, FileId, LeaseRecord, OwnerRecord};
use crate::scan::{Scan, put_number, put_text};
use std::fmt::Write as _;

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The first line.
    Head(Head),
    /// Any other.
    Change(Change),
}

/// What the journal says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How the rest is written: [`VERSION`].
    pub version: u64,
    /// Which start of the machine it is about (`/proc/sys/kernel/random/boot_id`): no lease outlives
    /// that.
    pub boot: String,
    /// Numbers of leases below this one may have been used.
    pub next_id: u64,
}

/// The version that is written and read.
pub const VERSION: u64 = 1;

/// Length of the checksum and the blank.
const PREFIX: usize = 9;

/// The line for an entry, with its end.
pub fn encode(entry: &Entry) -> String {
    let mut text = String::with_capacity(512);
    match entry {
        Entry::Head(head) => line(&mut text, |text| put_head(text, head)),
        Entry::Change(change) => put(&mut text, change),
    }
    text
}

/// Adds the line for a change.
pub fn put(text: &mut String, change: &Change) {
    line(text, |text| match change {
        Change::Put(lease) => put_lease(text, lease),
        Change::Gone(id) => {
            text.push_str(r#"{"gone":"#);
            put_number(text, *id);
            text.push('}');
        }
        Change::Space(directory) => {
            text.push_str(r#"{"space":"#);
            put_text(text, directory);
            text.push('}');
        }
    });
}

/// Adds the line for a lease that is held.
pub fn put_lease_line(text: &mut String, lease: &LeaseRecord) {
    line(text, |text| put_lease(text, lease));
}

/// Adds a line, and its checksum in front.
fn line(text: &mut String, put: impl FnOnce(&mut String)) {
    let start = text.len();
    text.push_str("00000000 ");
    put(text);
    let sum = digits(crc32fast::hash(&text.as_bytes()[start + PREFIX..]));
    text.replace_range(start..start + PREFIX - 1, std::str::from_utf8(&sum).unwrap_or_default());
    text.push('\n');
}

/// A checksum as it is written.
fn digits(sum: u32) -> [u8; PREFIX - 1] {
    let mut shift = 32;
    [(); PREFIX - 1].map(|()| {
        shift -= 4;
        b"0123456789abcdef"[(sum >> shift & 15) as usize]
    })
}

/// What a line (without its end) says.
///
/// # Errors
/// What is wrong with it.
pub fn decode(line: &[u8]) -> Result<Entry, &'static str> {
    let (prefix, json) = line.split_at_checked(PREFIX).ok_or("it is torn")?;
    if prefix.strip_suffix(b" ") != Some(&digits(crc32fast::hash(json))) {
        return Err("its checksum is wrong");
    }
    entry(json).ok_or("a member is missing or wrong")
}

fn put_head(text: &mut String, head: &Head) {
    text.push_str(r#"{"head":{"version":"#);
    put_number(text, head.version);
    text.push_str(r#","boot":"#);
    put_text(text, &head.boot);
    text.push_str(r#","next":"#);
    put_number(text, head.next_id);
    text.push_str("}}");
}

fn put_lease(text: &mut String, lease: &LeaseRecord) {
    text.push_str(r#"{"put":{"id":"#);
    put_number(text, lease.id);
    text.push_str(r#","fd":"#);
    put_number(text, lease.fd);
    for (name, value) in [("space", &lease.space), ("name", &lease.name), ("path", &lease.path)] {
        text.push_str(",\"");
        text.push_str(name);
        text.push_str("\":");
        put_text(text, value);
    }
    let FileId { dev, ino } = lease.file;
    for (name, value) in [("dev", dev), ("ino", ino), ("flags", lease.flags.into())] {
        text.push_str(",\"");
        text.push_str(name);
        text.push_str("\":");
        put_number(text, value);
    }
    text.push_str(r#","owners":["#);
    for (index, owner) in lease.owners.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        put_owner(text, owner);
    }
    text.push_str("]}}");
}

fn put_owner(text: &mut String, owner: &OwnerRecord) {
    text.push_str(r#"{"pid":"#);
    put_number(text, owner.pid);
    text.push_str(r#","start":"#);
    match owner.start {
        Some(start) => put_number(text, start),
        None => text.push_str("null"),
    }
    text.push_str(r#","owner_id":"#);
    put_number(text, owner.owner_id);
    text.push_str(r#","name":"#);
    put_text(text, &owner.name);
    text.push_str(r#","uuid":""#);
    let _ = write!(text, "{}", owner.uuid);
    text.push_str(r#"","count":"#);
    put_number(text, owner.count);
    text.push_str(r#","since":"#);
    put_number(text, owner.since);
    text.push('}');
}

fn entry(json: &[u8]) -> Option<Entry> {
    let mut scan = Scan::new(json);
    let scan = &mut scan;
    let entry = if scan.skip(r#"{"put":"#) {
        Entry::Change(Change::Put(lease(scan)?))
    } else if scan.skip(r#"{"gone":"#) {
        Entry::Change(Change::Gone(scan.number()?))
    } else if scan.skip(r#"{"space":"#) {
        Entry::Change(Change::Space(scan.text()?.into_owned()))
    } else {
        scan.expect(r#"{"head":{"version":"#)?;
        let version = scan.number()?;
        scan.expect(r#","boot":"#)?;
        let boot = scan.text()?.into_owned();
        scan.expect(r#","next":"#)?;
        let next_id = scan.number()?;
        scan.expect("}")?;
        Entry::Head(Head { version, boot, next_id })
    };
    scan.expect("}")?;
    scan.is_at_end().then_some(entry)
}

fn lease(scan: &mut Scan<'_>) -> Option<LeaseRecord> {
    scan.expect(r#"{"id":"#)?;
    let id = scan.number()?;
    scan.expect(r#","fd":"#)?;
    let fd = scan.number()?;
    scan.expect(r#","space":"#)?;
    let space = scan.text()?.into();
    scan.expect(r#","name":"#)?;
    let name = scan.text()?.into();
    scan.expect(r#","path":"#)?;
    let path = scan.text()?.into();
    scan.expect(r#","dev":"#)?;
    let dev = scan.number()?;
    scan.expect(r#","ino":"#)?;
    let ino = scan.number()?;
    scan.expect(r#","flags":"#)?;
    let flags = scan.number()?;
    scan.expect(r#","owners":["#)?;
    let mut owners = vec![owner(scan)?];
    while scan.skip(",") {
        owners.push(owner(scan)?);
    }
    scan.expect("]}")?;
    Some(LeaseRecord { id, fd, space, name, path, file: FileId { dev, ino }, flags, owners })
}

fn owner(scan: &mut Scan<'_>) -> Option<OwnerRecord> {
    scan.expect(r#"{"pid":"#)?;
    let pid = scan.number()?;
    scan.expect(r#","start":"#)?;
    let start = scan.number_or_null()?;
    scan.expect(r#","owner_id":"#)?;
    let owner_id = scan.number()?;
    scan.expect(r#","name":"#)?;
    let name = scan.text()?.into();
    scan.expect(r#","uuid":"#)?;
    let uuid = scan.text()?.parse().ok()?;
    scan.expect(r#","count":"#)?;
    let count = scan.number()?;
    scan.expect(r#","since":"#)?;
    let since = scan.number()?;
    scan.expect("}")?;
    Some(OwnerRecord { pid, start, owner_id, name, uuid, count, since })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(decode(b"cbf43927 123456789"), Err("its checksum is wrong"));
        assert_eq!(decode(b"cbf43926 123456789"), Err("a member is missing or wrong"));
    }

    #[test]
    fn a_line_says_what_was_written() {
        let entries = [
            Entry::Head(Head { version: VERSION, boot: "a-b".into(), next_id: u64::MAX }),
            Entry::Change(Change::Gone(7)),
            Entry::Change(Change::Space("/with \"quotes\", \\ and\nlines\u{7f}ü".into())),
        ];
        for entry in entries {
            let line = encode(&entry);
            assert!(line.ends_with('\n') && !line.trim_end().contains('\n'), "{line}");
            assert_eq!(decode(line.trim_end().as_bytes()), Ok(entry));
        }
        let line = encode(&Entry::Change(Change::Gone(7)));
        assert_eq!(line.get(PREFIX..), Some("{\"gone\":7}\n"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(decode(b"1234"), Err("it is torn"));
        assert_eq!(decode(b"00000000 {\"gone\":7}"), Err("its checksum is wrong"));
        let summed = |json: &str| format!("{:08x} {json}", crc32fast::hash(json.as_bytes()));
        for json in [
            "",
            "{",
            "{}",
            "7",
            "{\"gone\":1} ",
            "{\"gone\":-1}",
            "{\"gone\":1,\"space\":\"\"}",
            "{\"put\":{}}",
            "{\"new\":1}",
        ] {
            assert_eq!(decode(summed(json).as_bytes()), Err("a member is missing or wrong"), "{json}");
        }
    }
}
