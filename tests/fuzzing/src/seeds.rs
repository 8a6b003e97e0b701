//! What fuzzing starts from: good inputs of every kind.

use std::path::Path;
use vir_proto::frame::{self, Header, MessageType, Status};
use vir_proto::sample::Sampler;
use vir_proto::wire::{probe, sample};

/// The seeds of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "frames" => frames(),
        "client" => crate::client::seeds(),
        "event" => crate::client::event_seeds(),
        "args" => args(),
        "rets" => rets(),
        "domain_xml" => files("../../crates/vir-model/tests/data/domain", "xml"),
        "kept_xml" => {
            let documents = "../../crates/vir-model/tests/documents";
            let kinds =
                ["domainstatus", "qemumigration"].map(|kind| files(&format!("{documents}/{kind}"), "xml"));
            kinds.into_iter().flatten().collect()
        }
        "storage_xml" => {
            let documents = "../../crates/vir-model/tests/documents";
            let kinds = ["pool", "volume"].map(|kind| files(&format!("{documents}/{kind}"), "xml"));
            kinds.concat()
        }
        "image" => crate::images::seeds(),
        "conf" => vec![b"a = 1\nb = \"x\" # c\nc = [ \"y\", 'z' ]\nd = \"\"\"many\nlines\"\"\"\n".to_vec()],
        "certificate" => files("seeds/certificate", "der"),
        "state" => files("seeds/state", "json"),
        "journal" => vec![JOURNAL.as_bytes().to_vec()],
        "lock_program" => crate::leases::seeds(),
        "log_daemon" => crate::logd::seeds(),
        _ => vec![],
    }
}

/// A head, a lockspace, a lease that is put twice and one that is gone.
const JOURNAL: &str = concat!(
    "877e82b5 {\"head\":{\"version\":1,\"boot\":\"11111111-2222-3333-4444-555555555555\",\"next\":3}}",
    "\n",
    "9786c4a4 {\"space\":\"/var/lib/libvirt/lockd/files\"}\n",
    "ded91ab8 {\"put\":{\"id\":3,\"fd\":12,\"space\":\"\",\"name\":\"/disk\",\"path\":\"/disk\",\"dev",
    "\":64768,\"ino\":12,\"flags\":1,\"owners\":[{\"pid\":1784,\"start\":5000,\"owner_id\":6,\"name\"",
    ":\"guest\",\"uuid\":\"97586ba9-df27-9459-c806-f016c8bbd224\",\"count\":2,\"since\":1795395392}]}",
    "}\n",
    "d26e4872 {\"put\":{\"id\":4,\"fd\":13,\"space\":\"/var/lib/libvirt/lockd/files\",\"name\":\"abc",
    "\",\"path\":\"/var/lib/libvirt/lockd/files/abc\",\"dev\":64768,\"ino\":13,\"flags\":2,\"owners\"",
    ":[{\"pid\":1785,\"start\":null,\"owner_id\":0,\"name\":\"\",\"uuid\":\"00000000-0000-0000-0000-0",
    "00000000000\",\"count\":1,\"since\":0}]}}\n",
    "86c7b390 {\"put\":{\"id\":3,\"fd\":12,\"space\":\"\",\"name\":\"/disk\",\"path\":\"/disk\",\"dev",
    "\":64768,\"ino\":12,\"flags\":1,\"owners\":[{\"pid\":1784,\"start\":5000,\"owner_id\":6,\"name\"",
    ":\"guest\",\"uuid\":\"97586ba9-df27-9459-c806-f016c8bbd224\",\"count\":1,\"since\":1795395392}]}",
    "}\n",
    "33814600 {\"gone\":4}\n",
);

fn frames() -> Vec<Vec<u8>> {
    let mut s = Sampler::new(1);
    let mut seeds = vec![];
    for (program, procedure, _) in probe::ALL.iter().step_by(40) {
        let payload = sample::args(*program, *procedure, &mut s).unwrap_or_default();
        let mut seed = vec![s.bits() as u8];
        for (kind, status) in [
            (MessageType::CALL, Status::OK),
            (MessageType::STREAM, Status::CONTINUE),
            (MessageType::STREAM_HOLE, Status::CONTINUE),
        ] {
            let header =
                Header { program: *program, version: 1, procedure: *procedure, kind, serial: 3, status };
            // short payloads fit
            let _ = frame::append(&mut seed, &header, &payload);
        }
        seeds.push(seed);
    }
    seeds
}

/// Arguments of every procedure.
pub fn args() -> Vec<Vec<u8>> {
    coded(sample::args)
}

/// Results of every procedure.
pub fn rets() -> Vec<Vec<u8>> {
    coded(sample::rets)
}

fn coded(make: fn(u32, i32, &mut Sampler) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut s = Sampler::new(2);
    probe::ALL
        .iter()
        .enumerate()
        .filter_map(|(which, (program, procedure, _))| {
            let mut seed = (which as u32).to_be_bytes().to_vec();
            seed.extend(make(*program, *procedure, &mut s)?);
            Some(seed)
        })
        .collect()
}

fn files(directory: &str, extension: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .filter_map(|path| std::fs::read(path).ok())
        .collect()
}
