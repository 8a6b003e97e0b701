//! Runs areas and says how it went.

use crate::{Area, Case, Outcome, areas, areas_of, cases, diff, failing, run};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What to run.
#[derive(Debug, Default)]
pub struct Wanted {
    /// The directory of all areas.
    pub root: PathBuf,
    /// Only this area.
    pub area: Option<String>,
    /// Only cases of this name.
    pub case: Option<String>,
}

/// How an area went.
#[derive(Debug, Default)]
pub struct Summary {
    /// Cases that went as expected.
    pub passed: Vec<String>,
    /// Cases that did not, with what is wrong.
    pub failed: Vec<(String, Outcome)>,
    /// Cases that were not run, with the reason.
    pub not_run: Vec<(String, String)>,
}

impl Summary {
    fn all(&self) -> usize {
        self.passed.len() + self.failed.len() + self.not_run.len()
    }
}

/// How all areas went.
#[derive(Debug, Default)]
pub struct Report(pub BTreeMap<String, Summary>);

impl Report {
    /// Runs what is wanted.
    ///
    /// # Errors
    /// There is no such directory or area, or an index cannot be read.
    pub fn of(wanted: &Wanted) -> Result<Report, String> {
        let mut names = areas_of(&wanted.root);
        if names.is_empty() {
            return Err(format!("{} has no areas", wanted.root.display()));
        }
        if let Some(area) = &wanted.area {
            names.retain(|name| name == area);
            if names.is_empty() {
                return Err(format!("{} has no area {area}", wanted.root.display()));
            }
        }
        let mut report = Report::default();
        for name in names {
            let summary = run_area(&wanted.root, &name, wanted.case.as_deref())?;
            if summary.all() > 0 {
                report.0.insert(name, summary);
            }
        }
        Ok(report)
    }

    /// A line for each area that was run, and the closing line.
    pub fn lines(&self) -> String {
        let mut text = String::new();
        for (area, summary) in &self.0 {
            if summary.not_run.len() < summary.all() {
                let _ = writeln!(text, "{area} {}/{}", summary.passed.len(), summary.all());
            }
        }
        let count = |of: fn(&Summary) -> usize| self.0.values().map(of).sum::<usize>();
        let _ = writeln!(
            text,
            "corpus: {} passed, {} failed, {} not run",
            count(|summary| summary.passed.len()),
            count(|summary| summary.failed.len()),
            count(|summary| summary.not_run.len())
        );
        text
    }

    /// What is wrong with each failed case, at length.
    pub fn details(&self, colour: bool) -> String {
        let mut text = String::new();
        for (case, outcome) in self.0.values().flat_map(|summary| &summary.failed) {
            let _ = match outcome {
                Outcome::Differs { expected, actual } => {
                    writeln!(text, "{case}\n{}", diff::show(expected, actual, colour))
                }
                Outcome::Failed(why) => writeln!(text, "{case}\n  {why}"),
                Outcome::Passed | Outcome::NotRun(_) => Ok(()),
            };
        }
        text
    }

    /// The same for programs.
    pub fn to_json(&self) -> Value {
        let area = |summary: &Summary| {
            json!({
                "passed": summary.passed,
                "failed": summary.failed.iter().map(|(case, _)| case).collect::<Vec<_>>(),
                "not_run": summary.not_run.iter().map(|(case, why)| json!([case, why])).collect::<Vec<_>>(),
            })
        };
        self.0.iter().map(|(name, summary)| (name.clone(), area(summary))).collect()
    }

    /// What is new: failures that are not listed, listed cases that pass.
    pub fn complaints(&self) -> Vec<String> {
        let names =
            |summary: &Summary| summary.failed.iter().map(|(case, _)| case.clone()).collect::<Vec<_>>();
        let failed: Vec<String> = self.0.values().flat_map(names).collect();
        let passed: Vec<String> = self.0.values().flat_map(|summary| summary.passed.clone()).collect();
        failing::complaints(&failing::listed(), &failed, &passed)
    }
}

fn run_area(root: &Path, name: &str, only: Option<&str>) -> Result<Summary, String> {
    let area = areas::ALL.iter().find(|area| area.name() == name);
    let mut summary = Summary::default();
    for case in cases(root, name)?.into_iter().filter(|case| only.is_none_or(|only| case.name == only)) {
        let outcome = match area {
            Some(area) => run(*area, &case),
            None => Outcome::NotRun("no area of that name is known".into()),
        };
        keep(&mut summary, &case, outcome);
    }
    Ok(summary)
}

fn keep(summary: &mut Summary, case: &Case, outcome: Outcome) {
    match outcome {
        Outcome::Passed => summary.passed.push(case.to_string()),
        Outcome::NotRun(why) => summary.not_run.push((case.to_string(), why)),
        outcome => summary.failed.push((case.to_string(), outcome)),
    }
}

/// The areas that are known, for tests of this crate.
pub fn known() -> impl Iterator<Item = &'static dyn Area> {
    areas::ALL.iter().copied()
}
