//! Running guests of QEMU, as daemons keep them, and what daemons tell each other of those that move.

use super::generic::Counting;
use super::qemu::host;
use crate::{Area, Case, Outcome};
use std::path::Path;
use vir_base::Uuid;
use vir_driver_qemu::caps::{Caps, Flag};
use vir_driver_qemu::documents::cookie::{self, Here, Party};
use vir_driver_qemu::documents::status::complete;
use vir_driver_qemu::prepare::Terms;
use vir_model::migration::{Cookie, DirtyBitmaps, Feature};
use vir_model::status::Status;

/// `qemustatusxml2xml`: from document to document.
pub struct Kept;

/// What the guest's QEMU can do, as far as its own state says.
fn caps(status: &Status) -> Caps {
    let mut caps = Caps::default();
    caps.arch = status.domain.os.arch().to_owned();
    let flags = status.notes.caps.iter().flat_map(|caps| &caps.flags);
    let known = |name: &str| Flag::ALL.iter().copied().find(|flag| flag.name() == name);
    for flag in flags.filter_map(|flag| known(flag.name.as_deref()?)) {
        caps.flags.set(flag);
    }
    caps
}

/// Reads a document, and fills in what an older daemon left out.
pub fn read(case: &Case, name: &str) -> Result<Status, String> {
    let mut status = Status::parse(&case.file(name)?).map_err(|error| error.message().to_owned())?;
    let caps = caps(&status);
    let host = host(case, &caps);
    let terms = Terms { caps: &caps, host: &host, abi_update: false };
    // what cannot be completed runs nevertheless
    let mut def = status.domain.clone();
    if terms.settle(&mut def, &mut Counting).is_ok() {
        status.domain = def;
    }
    let short = format!("{}-{}", status.domain.id.unwrap_or(-1), status.domain.name);
    complete(&mut status, &Path::new("/var/lib/libvirt/qemu/ram").join(short));
    Ok(status)
}

impl Area for Kept {
    fn name(&self) -> &'static str {
        "qemustatusxml2xml"
    }

    fn run(&self, case: &Case) -> Outcome {
        let printed = read(case, "input_xml").map(|status| status.to_document());
        match (printed, case.file("expected_xml")) {
            (Ok(printed), Ok(expected)) => Outcome::of_texts(&expected, &printed),
            (Err(error), _) | (_, Err(error)) => Outcome::Failed(error),
        }
    }
}

/// `qemumigrationcookie`: what is told of a guest, and what is understood of it.
pub struct Moved;

fn here(hostname: &str, uuid: &str) -> Here {
    let uuid = uuid.parse().unwrap_or(Uuid::default());
    Here { hostname: hostname.to_owned(), uuid, spice_listen: "127.0.0.1".to_owned(), spice_tls: false }
}

/// The host that the cases' guests are on.
fn local() -> Here {
    here("hostname", "4a802f00-4cba-5df6-9679-a08c4c5b577f")
}

fn told(case: &Case, status: &Status) -> Result<Outcome, String> {
    let wanted: Vec<Feature> = Feature::ALL.iter().copied().filter(|it| *it != Feature::Lockstate).collect();
    let here = here("hostname2", "8b3f4dc4-6a8e-5f9b-94a5-4c35babd8d95");
    for (name, party) in [("expected_source", Party::Source), ("expected_dest", Party::Destination)] {
        let cookie = cookie::of_guest(&status.domain, &here, &wanted, &[], party);
        let outcome = Outcome::of_texts(&case.file(name)?, &cookie.to_document());
        if outcome != Outcome::Passed {
            return Ok(outcome);
        }
    }
    Ok(Outcome::Passed)
}

fn heard(case: &Case, status: &Status) -> Result<(Cookie, Outcome), String> {
    let text = case.file("input_xml")?;
    let heard = cookie::read(&text, &status.domain, &local(), Feature::ALL);
    let mut heard = heard.map_err(|error| error.message().to_owned())?;
    cookie::sign(&mut heard, &local());
    let outcome = Outcome::of_texts(&case.file("expected_xml")?, &heard.to_document());
    Ok((heard, outcome))
}

/// The parameter that the maps of changes make; the first of each disk is stored.
fn mapped(case: &Case, status: &Status, bitmaps: &DirtyBitmaps) -> Result<Outcome, String> {
    let first = |target: &str, name: &str| {
        let disk = bitmaps.disks.iter().find(|disk| disk.target.as_deref() == Some(target));
        disk.and_then(|disk| disk.bitmaps.first()).is_some_and(|it| it.name.as_deref() == Some(name))
    };
    let mapping = cookie::bitmap_mapping(bitmaps, &status.domain, first);
    let mapping = mapping.map_err(|error| error.message().to_owned())?;
    let params = serde_json::json!({ "block-bitmap-mapping": mapping });
    let text = serde_json::to_string_pretty(&params).map_err(|error| error.to_string())? + "\n";
    Ok(Outcome::of_texts(&case.file("expected_migparams")?, &text))
}

fn moved(case: &Case) -> Result<Outcome, String> {
    let status = read(case, "status_xml")?;
    if case.file("expected_source").is_ok() {
        return told(case, &status);
    }
    let (heard, outcome) = heard(case, &status)?;
    match &heard.bitmaps {
        Some(bitmaps) if outcome == Outcome::Passed => mapped(case, &status, bitmaps),
        _ => Ok(outcome),
    }
}

impl Area for Moved {
    fn name(&self) -> &'static str {
        "qemumigrationcookie"
    }

    fn run(&self, case: &Case) -> Outcome {
        moved(case).unwrap_or_else(Outcome::Failed)
    }
}
