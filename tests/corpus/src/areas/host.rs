//! What a host says of itself.

use crate::{Area, Case, Outcome};
use vir_base::{Result, err};
use vir_model::domain::sysinfo::Smbios;
use vir_node::sysinfo;

/// `sysinfo`.
pub struct Sysinfo;

/// What `dmidecode --dump --oem-string` says of a number.
fn oem_string(number: u32) -> Result<String> {
    match number {
        2 => Ok("Some valid OEM string".into()),
        3 => Ok("Ha ha ha try parsing\\n\n      String 3: this correctly\n      String 4:then".into()),
        _ => Err(err!(None, InternalError, "No OEM string number {number}")),
    }
}

fn read(case: &Case) -> Result<Smbios> {
    let (tables, cpuinfo) = (case.file("proc_sysinfo_or_dmidecode"), case.file("proc_cpuinfo"));
    let cpuinfo = cpuinfo.unwrap_or_default();
    let dmi = || match &tables {
        Ok(tables) => sysinfo::of_dmi(tables, &mut oem_string),
        Err(_) => Ok(Smbios::default()),
    };
    match case.text("reader") {
        Some("s390") => sysinfo::of_s390(&tables.clone().unwrap_or_default(), &cpuinfo),
        Some("ppc") => Ok(sysinfo::of_power(&cpuinfo)),
        Some("arm") => match dmi() {
            Ok(tables) if tables != Smbios::default() => Ok(tables),
            _ => Ok(sysinfo::of_arm(&cpuinfo)),
        },
        _ => dmi(),
    }
}

impl Area for Sysinfo {
    fn name(&self) -> &'static str {
        "sysinfo"
    }

    fn run(&self, case: &Case) -> Outcome {
        match (read(case), case.file("expected_xml")) {
            (Ok(tables), Ok(expected)) => Outcome::of_texts(&expected, &tables.to_document()),
            (Err(error), _) => Outcome::Failed(error.message().to_owned()),
            (_, Err(error)) => Outcome::Failed(error),
        }
    }
}
