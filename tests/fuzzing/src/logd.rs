//! The log daemon: calls whose arguments are anything.

use vir_logd::logs::Logs;
use vir_logd::program::{Asked, Text};
use vir_logd::rotation::{Limits, Position};
use vir_proto::procedures::log::*;
use vir_proto::xdr::{Encoder, Xdr};

/// Calls one after the other: the first byte of each says which and how long its arguments are. Paths are
/// kept in a directory, whatever they say.
pub fn calls(mut data: &[u8]) {
    let Ok(dir) = tempfile::tempdir() else { return };
    let mut logs = Logs::new(Limits { size: 100, backups: 2 });
    let mut ends = Vec::new();
    while let Some((first, rest)) = data.split_first() {
        let length = usize::from(first >> 2).saturating_mul(4).min(rest.len());
        let (args, after) = rest.split_at(length);
        data = after;
        let Ok(asked) = Asked::decode(i32::from(first & 3) + LOG_DOMAIN_OPEN_LOG_FILE, args) else {
            continue;
        };
        let path = |text: &Text| dir.path().join(format!("{}.log", text.bytes().len() % 4));
        match asked {
            Asked::Open { guest, path: at, truncate } => {
                ends.extend(logs.open(guest, &path(&at), truncate).map(|(_, end, _)| end));
            }
            Asked::Position { path: at } => {
                let _ = logs.position(&path(&at));
            }
            Asked::Read { path: at, position, max } => {
                let read = logs.read(&path(&at), position, max).unwrap_or_default();
                assert!(read.len() <= max);
            }
            Asked::Append { path: at, message } => {
                if logs.append(&path(&at), message.bytes()).is_ok()
                    && let Ok(Position { offset, .. }) = logs.position(&path(&at))
                {
                    assert!(offset <= 100);
                }
            }
        }
        if ends.len() > 2 {
            ends.clear();
            for id in logs.ids() {
                logs.ready(id);
            }
        }
    }
}

/// Good calls.
pub fn seeds() -> Vec<Vec<u8>> {
    let call = |which: u8, args: &dyn Fn(&mut Encoder)| {
        let mut encoder = Encoder::default();
        args(&mut encoder);
        let args = encoder.finish().unwrap_or_default();
        let words = u8::try_from(args.len() / 4).unwrap_or(u8::MAX >> 2);
        [vec![words << 2 | which], args].concat()
    };
    let text = |e: &mut Encoder, text: &str| text.to_owned().encode(e);
    let open = call(0, &|e| {
        text(e, "qemu");
        e.raw(&[7; 16]);
        text(e, "g");
        text(e, "/a");
        1_u32.encode(e);
    });
    let position = call(1, &|e| {
        text(e, "/a");
        0_u32.encode(e);
    });
    let read = call(2, &|e| {
        text(e, "/a");
        1_u64.encode(e);
        0_u64.encode(e);
        50_u64.encode(e);
        0_u32.encode(e);
    });
    let append = call(3, &|e| {
        text(e, "qemu");
        e.raw(&[7; 16]);
        text(e, "g");
        text(e, "/a");
        text(e, "some words\nthat are longer than a file may be, if they are said again\n");
        0_u32.encode(e);
    });
    vec![[open.clone(), append.clone(), append, position.clone(), read].concat(), open, position]
}
