//! `cargo xtask corpus [--root DIR] [--area NAME] [--case NAME] [--json FILE] [--failing] [--details]`: runs cases of input and
//! expected output, says how each area went, and fails if a case fails that is not listed, or a listed one passes.
//!
//! With `--case` or `--details` the differences are shown at length; `--failing` prints what the list would have to be.

use ferrovirt_corpus::default_root;
use ferrovirt_corpus::report::{Report, Wanted};
use std::io::IsTerminal as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("corpus: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, String> {
    let mut wanted = Wanted { root: default_root(), ..Wanted::default() };
    let (mut json, mut failing, mut details) = (None, false, false);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--root" => wanted.root = value()?.into(),
            "--area" => wanted.area = Some(value()?),
            "--case" => wanted.case = Some(value()?),
            "--json" => json = Some(value()?),
            "--failing" => failing = true,
            "--details" => details = true,
            _ => {
                return Err(format!(
                    "{word} is not understood: --root, --area, --case, --json, --failing, --details"
                ));
            }
        }
    }
    let report = Report::of(&wanted)?;
    if failing {
        for (case, _) in report.0.values().flat_map(|summary| &summary.failed) {
            println!("{case}");
        }
        return Ok(true);
    }
    if details || wanted.case.is_some() {
        print!("{}", report.details(std::io::stdout().is_terminal()));
    }
    print!("{}", report.lines());
    if let Some(path) = json {
        std::fs::write(&path, report.to_json().to_string()).map_err(|error| format!("{path}: {error}"))?;
    }
    let complaints = report.complaints();
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    Ok(complaints.is_empty())
}
