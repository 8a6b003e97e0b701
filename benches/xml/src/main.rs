//! `make bench-xml`: how fast domain documents are read and written.
//!
//! Figures of the model alone: a realistic document of 4 KB read and written; a large one, as megabytes a second; the
//! memory that 10,000 of them take. And beside the C library, where its Python binding is installed: the same document
//! defined on the test driver in the same process and described again, which is more than reading and writing (it is
//! checked, completed, copied and looked up), but the same on both sides. In turns, medians over the rounds.
//!
//! Arguments: the number of rounds, seconds a measurement.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

use vir_api::caller::Identity;
use vir_api::{Caller, DriverFactory as _, HypervisorDriver, OpenRequest};
use vir_driver_test::TestFactory;
use vir_model::domain::{Domain, ParseOptions};
use vir_xml::Format;

const GUEST: &str = include_str!("guest.xml");
/// Disks of the large document.
const DISKS: usize = 20_000;
/// Documents held in memory.
const HELD: usize = 10_000;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let rounds = words.next().and_then(|word| word.parse().ok()).unwrap_or(5);
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(1.0);
    match measure(rounds, Duration::from_secs_f64(seconds)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-xml: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(rounds: usize, time: Duration) -> Result<(), String> {
    let hypervisor = open()?;
    let large = large();
    let [mut both, mut fast, mut ours, mut theirs, mut nothing] = [const { Vec::new() }; 5];
    for _ in 0..rounds {
        both.push(median_time(time, || read_and_write(GUEST)).map_err(text)?);
        let began = Instant::now();
        read_and_write(&large).map_err(text)?;
        fast.push(large.len() as f64 / began.elapsed().as_secs_f64() / 1e6);
        ours.push(median_time(time, || define_and_describe(&*hypervisor)).map_err(text)?);
        if let Some((define, call)) = peer(time)? {
            theirs.push(define);
            nothing.push(call);
        }
    }
    println!("{:<52} {:>8.1} us", format!("{} bytes read and written", GUEST.len()), median(&mut both));
    println!(
        "{:<52} {:>8.1} MB/s",
        format!("{} MB read and written", large.len() / 1_000_000),
        median(&mut fast)
    );
    println!("{:<52} {:>8.1} KB", format!("memory of a model, {HELD} held"), held()?);
    let ours = median(&mut ours);
    println!("{:<52} {ours:>8.1} us", "defined on the test driver and described");
    if theirs.is_empty() {
        println!("the C library is not measured: there is no Python binding that loads it");
    } else {
        let (theirs, nothing) = (median(&mut theirs), median(&mut nothing));
        println!("{:<52} {theirs:>8.1} us", "  the same by the C library");
        println!("{:<52} {nothing:>8.1} us", "  of which its binding takes, about");
        println!("{:<52} {:>8.1} x", "  ours is faster by", (theirs - nothing) / ours);
    }
    Ok(())
}

fn text(error: vir_base::Error) -> String {
    error.to_string()
}

fn read_and_write(xml: &str) -> vir_base::Result<()> {
    let domain = Domain::parse(xml, ParseOptions { live: false })?;
    std::hint::black_box(domain.to_xml(Format::default()));
    Ok(())
}

fn open() -> Result<Arc<dyn HypervisorDriver>, String> {
    let identity = Arc::new(Identity::default());
    let request = OpenRequest { uri: "test:///default".into(), flags: 0, identity, credentials: None };
    Ok(TestFactory::default().open(&request).map_err(text)?.hypervisor)
}

fn define_and_describe(hypervisor: &dyn HypervisorDriver) -> vir_base::Result<()> {
    let caller = Caller { identity: Arc::default(), read_only: false, client: 0, api: "" };
    let domain = hypervisor.domain_define_xml(&caller, GUEST)?;
    std::hint::black_box(hypervisor.domain_get_xml_desc(&caller, &domain, 0)?);
    Ok(())
}

/// The guest with very many disks.
fn large() -> String {
    let (head, tail) = GUEST.split_once("    <controller").unwrap_or((GUEST, ""));
    let mut xml = head.to_owned();
    for number in 0..DISKS {
        xml += &format!(
            "    <disk type='file' device='disk'>\n      <driver name='qemu' type='qcow2' cache='none'/>\n      \
             <source file='/var/lib/libvirt/images/disk-{number}.qcow2'/>\n      <target dev='d{number}' bus='virtio'/>\n    </disk>\n"
        );
    }
    xml + "    <controller" + tail
}

/// Kilobytes a model takes, by what this process has grown.
fn held() -> Result<f64, String> {
    let before = resident();
    let mut all = Vec::with_capacity(HELD);
    for _ in 0..HELD {
        all.push(Domain::parse(GUEST, ParseOptions { live: false }).map_err(text)?);
    }
    let grown = resident() - before;
    drop(all);
    Ok(grown / HELD as f64)
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0)
}

/// The median time of `work` in microseconds.
fn median_time(time: Duration, mut work: impl FnMut() -> vir_base::Result<()>) -> vir_base::Result<f64> {
    let end = Instant::now() + time;
    let mut times = Vec::new();
    while Instant::now() < end {
        let began = Instant::now();
        work()?;
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    Ok(median(&mut times))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// What the C library takes, in microseconds: for a definition, and for a call that does nothing.
fn peer(time: Duration) -> Result<Option<(f64, f64)>, String> {
    let binding = Path::new("/usr/lib/python3/dist-packages/libvirt.py");
    if !binding.is_file() {
        return Ok(None);
    }
    let file = std::env::temp_dir().join(format!("ferrovirt-bench-{}.xml", std::process::id()));
    std::fs::write(&file, GUEST).map_err(|error| format!("{}: {error}", file.display()))?;
    let seconds = time.as_secs_f64().to_string();
    let output = Command::new("/usr/bin/python3")
        .args(["-c", include_str!("peer.py")])
        .arg(&file)
        .arg(seconds)
        // cargo has programs find the libraries that were built here: ours, in the place of the peer's
        .env_remove("LD_LIBRARY_PATH")
        .output();
    // nothing can be done if it stays
    let _ = std::fs::remove_file(&file);
    let output = output.map_err(|error| format!("python3: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = said.split_whitespace().filter_map(|word| word.parse().ok());
    Ok(numbers.next().zip(numbers.next()))
}
