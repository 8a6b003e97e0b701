//! The status as a table for people and as JSON for programs.

use super::ask::{Source, Status};
use super::wire::Told;
use crate::record::OwnerRecord;
use serde_json::{Value, json};
use std::fmt::Write;
use vir_base::log::date;

const TITLES: [&str; 9] =
    ["Lockspace", "Resource", "Path", "Mode", "Guest", "UUID", "PID", "Since", "Owner is"];

/// One row for each owner of each lease.
pub(super) fn table(status: &Status) -> String {
    let mut rows: Vec<[String; 9]> = vec![TITLES.map(str::to_owned)];
    for told in &status.leases {
        rows.extend(owners(told).map(|(owner, life)| row(told, owner, life)));
    }
    let mut widths = [0; 9];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    if status.source == Source::Journal {
        out.push_str("No lock daemon runs. This is what the last one left:\n\n");
    }
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!(" {cell:<width$}  "));
        let _ = writeln!(out, "{}", cells.collect::<String>().trim_end());
        if index == 0 {
            let _ = writeln!(out, "{}", "-".repeat(widths.iter().map(|width| width + 3).sum()));
        }
    }
    for fault in &status.faults {
        let _ = writeln!(out, "\nNot all could be read: {fault}");
    }
    out
}

fn owners(told: &Told) -> impl Iterator<Item = (&OwnerRecord, &str)> {
    let lives = told.lives.iter().map(String::as_str).chain(std::iter::repeat(""));
    told.lease.owners.iter().zip(lives)
}

fn row(told: &Told, owner: &OwnerRecord, life: &str) -> [String; 9] {
    let lease = &told.lease;
    let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { plain(text) };
    let mode = match (lease.is_shared(), owner.count) {
        (false, _) => "exclusive".to_owned(),
        (true, 1) => "shared".to_owned(),
        (true, count) => format!("shared x{count}"),
    };
    [
        or_dash(&lease.space),
        plain(&lease.name),
        plain(&lease.path),
        mode,
        or_dash(&owner.name),
        owner.uuid.to_string(),
        owner.pid.to_string(),
        utc(owner.since),
        life.to_owned(),
    ]
}

/// Names are anybody's: no control characters reach the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A time as `2026-11-23 00:17:36Z`.
fn utc(seconds: i64) -> String {
    let (days, time) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
    let [year, month, day] = date(days);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z")
}

/// One object, with a list of leases that each have a list of owners.
pub(super) fn json(status: &Status) -> String {
    let leases: Vec<Value> = status.leases.iter().map(lease).collect();
    let source = match status.source {
        Source::Daemon => "daemon",
        Source::Journal => "journal",
    };
    format!("{:#}\n", json!({ "source": source, "leases": leases, "faults": status.faults }))
}

fn lease(told: &Told) -> Value {
    let lease = &told.lease;
    let owners: Vec<Value> = owners(told)
        .map(|(owner, life)| {
            json!({
                "pid": owner.pid,
                "start": owner.start,
                "id": owner.owner_id,
                "name": *owner.name,
                "uuid": owner.uuid.to_string(),
                "count": owner.count,
                "since": owner.since,
                "state": life,
            })
        })
        .collect();
    json!({
        "id": lease.id,
        "lockspace": *lease.space,
        "resource": *lease.name,
        "path": *lease.path,
        "dev": lease.file.dev,
        "ino": lease.file.ino,
        "mode": if lease.is_shared() { "shared" } else { "exclusive" },
        "autocreate": lease.is_autocreated(),
        "owners": owners,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{FileId, LeaseRecord, SHARED};

    fn status() -> Status {
        let owner = OwnerRecord {
            pid: 4321,
            start: Some(9),
            owner_id: 1,
            name: "vm\x1b".into(),
            uuid: vir_base::Uuid([0x11; 16]),
            count: 2,
            since: 1_795_392_656,
        };
        let lease = LeaseRecord {
            id: 1,
            fd: 9,
            space: "".into(),
            name: "/d".into(),
            path: "/d".into(),
            file: FileId { dev: 1, ino: 2 },
            flags: SHARED,
            owners: vec![owner],
        };
        let leases = vec![Told { lease, lives: vec!["alive".into()] }];
        Status { source: Source::Daemon, leases, faults: vec![] }
    }

    #[test]
    fn a_row_for_each_owner() {
        let expected = [
            " Lockspace   Resource   Path   Mode        Guest   \
             UUID                                   PID    Since                  Owner is",
            &"-".repeat(130),
            " -           /d         /d     shared x2   vm?     \
             11111111-1111-1111-1111-111111111111   4321   2026-11-23 00:10:56Z   alive",
            "",
        ]
        .join("\n");
        assert_eq!(table(&status()), expected);
    }

    #[test]
    fn programs_get_everything() {
        let value: Value = serde_json::from_str(&json(&status())).unwrap();
        assert_eq!(value["source"], "daemon");
        assert_eq!(value["leases"][0]["owners"][0]["name"], "vm\u{1b}");
        assert_eq!(value["leases"][0]["mode"], "shared");
        assert_eq!(value["leases"][0]["owners"][0]["state"], "alive");
    }
}
