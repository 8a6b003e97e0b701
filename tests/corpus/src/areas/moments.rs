//! Snapshots, checkpoints and backups of QEMU domains.

use super::generic::Counting;
use super::qemu;
use crate::{Area, Case, Outcome};
use vir_base::Result;
use vir_driver_qemu::caps::Caps;
use vir_driver_qemu::prepare::{Host, Terms};
use vir_model::domain::device::disk::{Disk, DiskType};
use vir_model::domain::device::source::DiskSource;
use vir_model::domain::{Domain, ParseOptions};
use vir_model::moment::backup::Backup;
use vir_model::moment::checkpoint::{self, Checkpoint, CheckpointDisk, CheckpointType};
use vir_model::moment::snapshot::{self, Reading, Snapshot, SnapshotState};
use vir_xml::Element;

fn has(case: &Case, flag: &str) -> bool {
    case.param("flags").as_array().is_some_and(|flags| flags.iter().any(|known| known == flag))
}

fn compared(case: &Case, result: Result<String>) -> Outcome {
    match (case.expect(), result) {
        ("parse-error", Err(_)) => Outcome::Passed,
        ("parse-error", Ok(_)) => Outcome::Failed("it was accepted".into()),
        (_, Err(error)) => Outcome::Failed(error.message().to_owned()),
        (_, Ok(printed)) => match case.file("expected_xml") {
            Ok(expected) => Outcome::of_texts(&expected, &printed),
            Err(error) => Outcome::Failed(error),
        },
    }
}

/// Completes a domain that stands in another document as the cases' QEMU does.
fn complete(case: &Case) -> std::result::Result<impl Fn(&Element) -> Result<Domain>, String> {
    let caps: Caps = qemu::latest(&case.root)?;
    let host: Host = qemu::host(case, &caps);
    Ok(move |element: &Element| {
        let mut domain = Domain::read(element, ParseOptions::default())?;
        if let Some(kind) = &mut domain.os.kind {
            kind.arch.get_or_insert_with(|| "x86_64".into());
        }
        let terms = Terms { caps: &caps, host: &host, abi_update: false };
        terms.complete(&mut domain, &mut Counting)?;
        Ok(domain)
    })
}

/// `qemudomainsnapshot`.
pub struct Snapshots;

impl Area for Snapshots {
    fn name(&self) -> &'static str {
        "qemudomainsnapshot"
    }

    fn run(&self, case: &Case) -> Outcome {
        let (input, domain) = match (case.file("input_xml"), complete(case)) {
            (Ok(input), Ok(domain)) => (input, domain),
            (Err(error), _) | (_, Err(error)) => return Outcome::Failed(error),
        };
        let internal = has(case, "internal");
        let reading = Reading { redefine: has(case, "redefine"), internal, offline: false, domain: &domain };
        let printed = Snapshot::parse(&input, reading).map(|mut snapshot| {
            if let Some(created) = case.param("mock_creation_time").as_i64() {
                snapshot.moment.created = Some(created);
                snapshot.moment.name.get_or_insert_with(|| created.to_string());
            }
            if has(case, "running") {
                snapshot.state = Some(SnapshotState::Running);
            }
            snapshot.to_document(case.text("uuid"), snapshot::Shown { secure: true, internal })
        });
        compared(case, printed)
    }
}

/// `qemudomaincheckpoint`.
pub struct Checkpoints;

impl Area for Checkpoints {
    fn name(&self) -> &'static str {
        "qemudomaincheckpoint"
    }

    fn run(&self, case: &Case) -> Outcome {
        let (input, domain) = match (case.file("input_xml"), complete(case)) {
            (Ok(input), Ok(domain)) => (input, domain),
            (Err(error), _) | (_, Err(error)) => return Outcome::Failed(error),
        };
        let printed = Checkpoint::parse(&input, has(case, "redefine"), &domain).map(|mut checkpoint| {
            if let Some(created) = case.param("mock_creation_time").as_i64() {
                checkpoint.moment.created = Some(created);
                checkpoint.moment.name.get_or_insert_with(|| created.to_string());
            }
            if has(case, "parent") {
                checkpoint.moment.parent = Some("1525111885".into());
            }
            if has(case, "vda_bitmap") {
                let disks = &mut checkpoint.disks.disks;
                if disks.is_empty() {
                    disks.push(CheckpointDisk { name: Some("vda".into()), ..CheckpointDisk::default() });
                }
                disks[0].kind = Some(CheckpointType::Bitmap);
                disks[0].bitmap.clone_from(&checkpoint.moment.name);
            }
            if has(case, "size")
                && let Some(first) = checkpoint.disks.disks.first_mut()
            {
                first.size = Some(1 << 20);
            }
            let shown = checkpoint::Shown { secure: true, size: has(case, "size"), ..Default::default() };
            checkpoint.to_document(shown)
        });
        compared(case, printed)
    }
}

/// `domainbackup`.
pub struct Backups;

/// A domain with a file for each disk of the backup, and one more.
fn fake(backup: &Backup) -> Domain {
    let disk = |target: &str| {
        let mut disk = Disk { kind: Some(DiskType::File), ..Disk::default() };
        disk.target.get_or_insert_default().dev = Some(target.to_owned());
        let file = Some(format!("/fake/{target}.qcow2"));
        disk.source = Some(DiskSource { file, ..DiskSource::default() });
        disk
    };
    let named = backup.disks.iter().flat_map(|disks| &disks.disks).filter_map(|disk| disk.name.as_deref());
    let mut domain = Domain::default();
    domain.devices.disks = named.chain(["vdextradisk"]).map(disk).collect();
    domain
}

impl Area for Backups {
    fn name(&self) -> &'static str {
        "domainbackup"
    }

    fn run(&self, case: &Case) -> Outcome {
        let internal = case.holds("internal");
        let input = match case.file("input_xml") {
            Ok(input) => input,
            Err(error) => return Outcome::Failed(error),
        };
        let printed = Backup::parse(&input, internal).and_then(|mut backup| {
            let domain = fake(&backup);
            backup.align_disks(&domain, "SUFFIX")?;
            Ok(backup.to_document(internal))
        });
        compared(case, printed)
    }
}
