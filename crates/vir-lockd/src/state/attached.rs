//! Leases as one program of ours leaves them to the next: lines of text, which take little time to
//! write and to read, since nobody is served meanwhile.
//!
//! Each line is a JSON object with one member: how many `leases` there are, the first and the last number
//! of each row of their `descriptors`, a `space`, an `owner`, a `lease` (which names its lockspace and its
//! owners by their place in the list), and at last the `next` lease's number, without which it is not
//! whole.

use super::read::LEASED;
use crate::record::{AUTOCREATE, FileId, SHARED};
use crate::scan::{Scan, put_number, put_text};
use crate::table::{Handle, Holder, Lease, Mixing, Table, Who};
use std::collections::{HashMap, HashSet};
use std::os::fd::RawFd;
use std::sync::Arc;
use vir_base::err;
use vir_daemon::reexec::{Faults, Named};

/// No process has more.
const DESCRIPTORS_MAX: usize = 1 << 21;

/// Writes down all leases, and the descriptors that they are on.
pub fn write<F: Handle>(table: &Table<F>, fds: &mut Vec<RawFd>) -> String {
    let mut text = String::with_capacity(256 + 128 * table.len());
    text.push_str(r#"{"leases":"#);
    put_number(&mut text, table.len() as u64);
    text.push_str("}\n");
    let first = fds.len();
    fds.extend(table.all().map(|(_, lease)| lease.handle.number()));
    fds[first..].sort_unstable();
    put_descriptors(&mut text, &fds[first..]);
    for directory in table.spaces() {
        text.push_str(r#"{"space":"#);
        put_text(&mut text, directory);
        text.push_str("}\n");
    }
    let mut owners: HashMap<*const Who, u64, Mixing> = HashMap::default();
    for (id, lease) in table.all() {
        for holder in &lease.owners {
            let next = owners.len() as u64;
            owners.entry(Arc::as_ptr(&holder.who)).or_insert_with(|| {
                put_owner(&mut text, &holder.who);
                next
            });
        }
        put_lease(&mut text, id, lease, |who| owners.get(&Arc::as_ptr(who)).copied().unwrap_or(u64::MAX));
    }
    text.push_str(r#"{"next":"#);
    put_number(&mut text, table.next_id());
    text.push_str("}\n");
    text
}

fn put_descriptors(text: &mut String, sorted: &[RawFd]) {
    text.push_str(r#"{"descriptors":["#);
    let rows = sorted.chunk_by(|one, next| one + 1 == *next);
    for (index, row) in rows.enumerate() {
        text.push_str(if index == 0 { "[" } else { ",[" });
        put_number(text, row.first().copied().unwrap_or(-1));
        text.push(',');
        put_number(text, row.last().copied().unwrap_or(-1));
        text.push(']');
    }
    text.push_str("]}\n");
}

fn put_owner(text: &mut String, who: &Who) {
    text.push_str(r#"{"owner":["#);
    put_number(text, who.pid);
    text.push(',');
    match who.start {
        Some(start) => put_number(text, start),
        None => text.push_str("null"),
    }
    text.push(',');
    put_number(text, who.id);
    text.push(',');
    put_text(text, &who.name);
    text.push_str(",\"");
    text.push_str(&who.uuid.to_string());
    text.push_str("\"]}\n");
}

fn put_lease<F: Handle>(text: &mut String, id: u64, lease: &Lease<F>, owner: impl Fn(&Arc<Who>) -> u64) {
    text.push_str(r#"{"lease":["#);
    let FileId { dev, ino } = lease.file;
    put_number(text, id);
    for number in [i128::from(lease.handle.number()), lease.flags.into(), dev.into(), ino.into()] {
        text.push(',');
        put_number(text, number);
    }
    text.push(',');
    put_number(text, lease.space as u64);
    text.push(',');
    put_text(text, &lease.name);
    text.push(',');
    match &lease.path {
        Some(path) => put_text(text, path),
        None => text.push_str("null"),
    }
    for holder in &lease.owners {
        text.push_str(",[");
        put_number(text, owner(&holder.who));
        text.push(',');
        put_number(text, holder.count);
        text.push(',');
        put_number(text, holder.since);
        text.push(']');
    }
    text.push_str("]}\n");
}

/// What a line says.
pub enum Line {
    /// So many leases follow.
    Leases(usize),
    /// The leases are on these.
    Descriptors(Vec<RawFd>),
    /// There is a lockspace for this directory.
    Space(String),
    /// A lease is held, on the file at its descriptor, whose number stands for it here.
    Lease(u64, Lease<RawFd>),
    /// The next lease gets this number, and that was all.
    Next(u64),
}

/// Reads what was written, line by line; `Err` is a line that makes no sense, by its number from 1.
pub fn read(text: &[u8]) -> impl Iterator<Item = Result<Line, usize>> + '_ {
    let mut owners: Vec<Arc<Who>> = Vec::new();
    let mut lines = text.split(|byte| *byte == b'\n').enumerate();
    std::iter::from_fn(move || {
        for (index, line) in lines.by_ref().filter(|(_, line)| !line.is_empty()) {
            let mut scan = Scan::new(line);
            if scan.skip(r#"{"owner":"#) {
                match owner(&mut scan).filter(|_| scan.is_at_end()) {
                    Some(who) => owners.push(Arc::new(who)),
                    None => return Some(Err(index + 1)),
                }
                continue;
            }
            let read = read_line(&mut scan, &owners).filter(|_| scan.is_at_end());
            return Some(read.ok_or(index + 1));
        }
        None
    })
}

fn read_line(scan: &mut Scan<'_>, owners: &[Arc<Who>]) -> Option<Line> {
    let line = if scan.skip(r#"{"lease":["#) {
        let (id, lease) = lease(scan, owners)?;
        Line::Lease(id, lease)
    } else if scan.skip(r#"{"space":"#) {
        Line::Space(scan.text()?.into_owned())
    } else if scan.skip(r#"{"leases":"#) {
        Line::Leases(scan.number()?)
    } else if scan.skip(r#"{"descriptors":["#) {
        Line::Descriptors(descriptors(scan)?)
    } else {
        scan.expect(r#"{"next":"#)?;
        Line::Next(scan.number()?)
    };
    scan.expect("}")?;
    Some(line)
}

fn descriptors(scan: &mut Scan<'_>) -> Option<Vec<RawFd>> {
    let mut numbers = vec![];
    while scan.skip("[") {
        let first: RawFd = scan.number()?;
        scan.expect(",")?;
        let last: RawFd = scan.number()?;
        scan.expect("]")?;
        let count = usize::try_from(last.checked_sub(first)?).ok()? + 1;
        if numbers.len() + count > DESCRIPTORS_MAX {
            return None;
        }
        numbers.extend(first..=last);
        scan.skip(",");
    }
    scan.expect("]")?;
    Some(numbers)
}

fn owner(scan: &mut Scan<'_>) -> Option<Who> {
    scan.expect("[")?;
    let pid = scan.number()?;
    scan.expect(",")?;
    let start = scan.number_or_null()?;
    scan.expect(",")?;
    let id = scan.number()?;
    scan.expect(",")?;
    let name = scan.text()?.into();
    scan.expect(",")?;
    let uuid = scan.text()?.parse().ok()?;
    scan.expect("]}")?;
    Some(Who { pid, start, id, name, uuid })
}

fn lease(scan: &mut Scan<'_>, owners: &[Arc<Who>]) -> Option<(u64, Lease<RawFd>)> {
    let id = scan.number()?;
    scan.expect(",")?;
    let handle = scan.number()?;
    scan.expect(",")?;
    let flags = scan.number::<u32>()? & (SHARED | AUTOCREATE);
    scan.expect(",")?;
    let dev = scan.number()?;
    scan.expect(",")?;
    let ino = scan.number()?;
    scan.expect(",")?;
    let space = scan.number()?;
    scan.expect(",")?;
    let name = scan.text()?.into();
    scan.expect(",")?;
    let path = if scan.skip("null") { None } else { Some(scan.text()?.into()) };
    let mut holders = Vec::with_capacity(1);
    while scan.skip(",[") {
        let who = Arc::clone(owners.get(scan.number::<usize>()?)?);
        scan.expect(",")?;
        let count = scan.number()?;
        scan.expect(",")?;
        let since = scan.number()?;
        scan.expect("]")?;
        holders.push(Holder { who, count, since });
    }
    scan.expect("]")?;
    (!holders.is_empty() && id > 0).then_some(())?;
    Some((id, Lease { space, name, path, file: FileId { dev, ino }, flags, owners: holders, handle }))
}

/// Notes what is wrong with what was attached, and the descriptors that it names.
pub fn check(text: &[u8], named: &mut Vec<Named>, faults: &mut Faults) {
    let (mut spaces, mut whole, mut ids) = (1, false, HashSet::new());
    for line in read(text) {
        match line {
            Ok(Line::Lease(id, lease)) => {
                if lease.space >= spaces || !ids.insert(id) {
                    faults.add(err!(Rpc, InternalError, "lease {id} is there twice, or of no lockspace"));
                }
                named.push(Named::new(lease.handle, LEASED, format!("the lease on {}", lease.name)));
            }
            Ok(Line::Space(_)) => spaces += 1,
            Ok(Line::Leases(_) | Line::Descriptors(_)) => {}
            Ok(Line::Next(_)) => whole = true,
            Err(line) => faults.add(err!(Rpc, InternalError, "line {line} of the leases is damaged")),
        }
    }
    if !whole {
        faults.add(err!(Rpc, InternalError, "the leases are not whole"));
    }
}
