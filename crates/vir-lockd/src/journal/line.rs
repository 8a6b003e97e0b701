//! One line of the journal: a checksum of eight hexadecimal digits, a blank, a compact JSON object.
//!
//! Text only; what lines mean together is [`super::read`]'s matter. A line is written without a tree
//! in between, since one is written for every lease that is acquired.

use crate::record::{Change, FileId, LeaseRecord, OwnerRecord};
use serde_json::Value;
use std::fmt::Write;

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
    text.push_str("00000000 ");
    // writing to a string does not fail
    let _ = match entry {
        Entry::Head(head) => put_head(&mut text, head),
        Entry::Change(Change::Put(lease)) => put_lease(&mut text, lease),
        Entry::Change(Change::Gone(id)) => write!(text, r#"{{"gone":{id}}}"#),
        Entry::Change(Change::Space(directory)) => {
            text.push_str(r#"{"space":"#);
            put_text(&mut text, directory);
            text.write_char('}')
        }
    };
    let sum = format!("{:08x}", crc32(&text.as_bytes()[PREFIX..]));
    text.replace_range(..PREFIX - 1, &sum);
    text.push('\n');
    text
}

/// What a line (without its end) says.
///
/// # Errors
/// What is wrong with it.
pub fn decode(line: &[u8]) -> Result<Entry, &'static str> {
    let (prefix, json) = line.split_at_checked(PREFIX).ok_or("it is torn")?;
    let sum = prefix.strip_suffix(b" ").and_then(|digits| std::str::from_utf8(digits).ok());
    // the digits as they are written, so that one line says one thing
    if sum != Some(format!("{:08x}", crc32(json)).as_str()) {
        return Err("its checksum is wrong");
    }
    let value: Value = serde_json::from_slice(json).map_err(|_| "it is no JSON")?;
    entry(&value).ok_or("a member is missing or wrong")
}

fn put_head(text: &mut String, head: &Head) -> std::fmt::Result {
    write!(text, r#"{{"head":{{"version":{},"boot":"#, head.version)?;
    put_text(text, &head.boot);
    write!(text, r#","next":{}}}}}"#, head.next_id)
}

fn put_lease(text: &mut String, lease: &LeaseRecord) -> std::fmt::Result {
    write!(text, r#"{{"put":{{"id":{},"fd":{},"space":"#, lease.id, lease.fd)?;
    put_text(text, &lease.space);
    text.push_str(r#","name":"#);
    put_text(text, &lease.name);
    text.push_str(r#","path":"#);
    put_text(text, &lease.path);
    let FileId { dev, ino } = lease.file;
    write!(text, r#","dev":{dev},"ino":{ino},"flags":{},"owners":["#, lease.flags)?;
    for (index, owner) in lease.owners.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        write!(text, r#"{{"pid":{},"start":"#, owner.pid)?;
        match owner.start {
            Some(start) => write!(text, "{start}")?,
            None => text.push_str("null"),
        }
        write!(text, r#","owner_id":{},"name":"#, owner.owner_id)?;
        put_text(text, &owner.name);
        let OwnerRecord { uuid, count, since, .. } = owner;
        write!(text, r#","uuid":"{uuid}","count":{count},"since":{since}}}"#)?;
    }
    text.push_str("]}}");
    Ok(())
}

fn put_text(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            c if c.is_ascii_control() => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

fn entry(value: &Value) -> Option<Entry> {
    let members = value.as_object()?;
    let (key, value) = members.iter().next()?;
    if members.len() != 1 {
        return None;
    }
    Some(match key.as_str() {
        "head" => Entry::Head(Head {
            version: value["version"].as_u64()?,
            boot: text(&value["boot"])?,
            next_id: value["next"].as_u64()?,
        }),
        "put" => Entry::Change(Change::Put(lease(value)?)),
        "gone" => Entry::Change(Change::Gone(value.as_u64()?)),
        "space" => Entry::Change(Change::Space(text(value)?)),
        _ => return None,
    })
}

fn lease(value: &Value) -> Option<LeaseRecord> {
    let owners: Option<Vec<_>> = value["owners"].as_array()?.iter().map(owner).collect();
    Some(LeaseRecord {
        id: value["id"].as_u64()?,
        fd: number(&value["fd"])?,
        space: text(&value["space"])?,
        name: text(&value["name"])?,
        path: text(&value["path"])?,
        file: FileId { dev: value["dev"].as_u64()?, ino: value["ino"].as_u64()? },
        flags: number(&value["flags"])?,
        owners: owners.filter(|owners| !owners.is_empty())?,
    })
}

fn owner(value: &Value) -> Option<OwnerRecord> {
    let start = match &value["start"] {
        Value::Null => None,
        start => Some(start.as_u64()?),
    };
    Some(OwnerRecord {
        pid: number(&value["pid"])?,
        start,
        owner_id: number(&value["owner_id"])?,
        name: text(&value["name"])?,
        uuid: value["uuid"].as_str()?.parse().ok()?,
        count: number(&value["count"])?,
        since: value["since"].as_i64()?,
    })
}

fn number<T: TryFrom<i64>>(value: &Value) -> Option<T> {
    T::try_from(value.as_i64()?).ok()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// CRC-32 as Ethernet and gzip have it.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            let (mut sum, mut bit) = (index as u32, 0);
            while bit < 8 {
                sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
                bit += 1;
            }
            table[index] = sum;
            index += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |sum, byte| TABLE[usize::from(sum as u8 ^ byte)] ^ sum >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
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
        let summed = |json: &str| format!("{:08x} {json}", crc32(json.as_bytes()));
        assert_eq!(decode(summed("{").as_bytes()), Err("it is no JSON"));
        for json in ["{}", "7", "{\"gone\":-1}", "{\"gone\":1,\"space\":\"\"}", "{\"put\":{}}", "{\"new\":1}"]
        {
            assert_eq!(decode(summed(json).as_bytes()), Err("a member is missing or wrong"), "{json}");
        }
    }
}
