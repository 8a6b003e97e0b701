//! `cargo xtask bench-api`: the C library beside libvirt's own, where that is installed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::outcome::Outcome;
use crate::{paths, process, programs};
use ferrovirt_tests::daemon::{Daemon, Kind, Mode};

const LOCAL: &str = "test:///default";

/// What programs may have to load with ours: other libraries, and megabytes on disk.
const LIMITS: [(&str, f64); 2] = [("shared libraries", 12.0), ("megabytes", 8.0)];

/// A library: its name in the table, and where it lies; none is the system's.
struct Library {
    name: &'static str,
    directory: Option<PathBuf>,
}

/// `cargo xtask bench-api [ROUNDS]`
pub(crate) fn chore(arguments: &[String]) -> Outcome {
    let rounds: usize = arguments.first().map_or(Ok(5), |a| a.parse()).map_err(|_| "ROUNDS is no number")?;
    programs::release()?;
    let release = paths::target().join("release");
    let client = release.join("bench-api-client");
    let root = paths::workspace();
    let cc = paths::program("cc").ok_or("needs a C compiler (cc)")?;
    let mut compile = Command::new(cc);
    compile.arg("-O2").arg("-I").arg(root.join("include")).arg(root.join("tests/conformance/speed.c"));
    process::run(compile.arg("-o").arg(&client).arg("-L").arg(&release).arg("-lvirt"))?;
    let mut libraries = vec![Library { name: "ours", directory: Some(release.clone()) }];
    if Path::new("/usr/lib/x86_64-linux-gnu/libvirt.so.0").exists() {
        libraries.push(Library { name: "libvirt's", directory: None });
    }
    let daemon = Daemon::start(&Kind::Ours(release.clone()), Mode::System)?;
    let remote = daemon.uri_of("test", "default");
    println!("best of {rounds} rounds, in turns");
    println!(
        "{:10} {:>14} {:>18} {:>12} {:>10} {:>10}",
        "library", "lookups/s", "CPU us/1000 remote", "open, ms", "libraries", "MB on disk"
    );
    let mut rows = vec![];
    for library in &libraries {
        rows.push([0.0, f64::MAX, f64::MAX, library.ask(&client, &["loaded", LOCAL])?, library.size()]);
    }
    for _ in 0..rounds {
        for (library, row) in libraries.iter().zip(&mut rows) {
            row[0] = row[0].max(library.ask(&client, &["lookup", LOCAL, "1"])?);
            row[1] = row[1].min(library.ask(&client, &["cpu", &remote, "20000"])?);
            for _ in 0..10 {
                let start = Instant::now();
                library.run(&client, &["open", LOCAL])?;
                row[2] = row[2].min(start.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    for (library, [lookups, cpu, open, loaded, size]) in libraries.iter().zip(&rows) {
        println!("{:10} {lookups:>14.0} {cpu:>18.0} {open:>12.2} {loaded:>10} {size:>10.2}", library.name);
    }
    if let [ours, theirs] = &rows[..] {
        println!(
            "lookups: {:.1} times; processor time of remote calls: {:.2} of libvirt's",
            ours[0] / theirs[0],
            ours[1] / theirs[1]
        );
    }
    let ours = rows.first().map_or(&[][..], |row| &row[3..]);
    match ours.iter().zip(LIMITS).find(|(have, (_, most))| *have > most) {
        Some((have, (what, most))) => Err(format!("our library has {have} {what}; {most} are the most")),
        None => Ok(()),
    }
}

impl Library {
    fn run(&self, client: &Path, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(client);
        match &self.directory {
            Some(directory) => command.env("LD_LIBRARY_PATH", directory),
            None => command.env_remove("LD_LIBRARY_PATH"),
        };
        let said =
            command.args(arguments).output().map_err(|error| format!("{}: {error}", client.display()))?;
        match said.status.success() {
            true => Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned()),
            false => Err(format!("{}: {}", self.name, String::from_utf8_lossy(&said.stderr))),
        }
    }

    fn ask(&self, client: &Path, arguments: &[&str]) -> Result<f64, String> {
        let said = self.run(client, arguments)?;
        said.parse().map_err(|_| format!("'{said}' is no number"))
    }

    /// Megabytes of `libvirt.so.0`.
    fn size(&self) -> f64 {
        let directory = self.directory.clone().unwrap_or_else(|| "/usr/lib/x86_64-linux-gnu".into());
        std::fs::metadata(directory.join("libvirt.so.0")).map_or(0.0, |file| file.len() as f64 / 1e6)
    }
}
