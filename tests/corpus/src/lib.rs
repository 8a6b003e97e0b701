//! Cases of input and expected output, run area by area.
//!
//! A directory of cases has one directory for each area, and in it an `index.json`: a list of cases, each with its
//! name, its files by role, the conditions under which the output is right, and what is expected. How an area's cases
//! are run is an [`Area`], one file in `areas/`. Cases that fail today are listed in `failing.txt`, which may only
//! shrink.

pub mod areas;
pub mod diff;
pub mod failing;
pub mod report;

use serde_json::Value;
use std::fmt;
use std::path::{Path, PathBuf};

/// How the cases of one area are run.
pub trait Area: Sync {
    /// The area's name: its directory's.
    fn name(&self) -> &'static str;

    /// Runs a case.
    fn run(&self, case: &Case) -> Outcome;
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Otherwise: what was expected and what came.
    Differs {
        /// What was expected.
        expected: String,
        /// What came.
        actual: String,
    },
    /// It failed before there was anything to compare, or did not fail as expected.
    Failed(String),
    /// Cases of this kind are not run, and why.
    NotRun(String),
}

impl Outcome {
    /// Compares texts as the cases' own rules want it: a last newline may be missing in what came, and a backslash
    /// before a newline joins lines in what was expected.
    pub fn of_texts(expected: &str, actual: &str) -> Outcome {
        let expected = expected.replace("\\\n", "");
        let mut actual = actual.to_owned();
        if !actual.is_empty() && !actual.ends_with('\n') {
            actual.push('\n');
        }
        if expected == actual { Outcome::Passed } else { Outcome::Differs { expected, actual } }
    }
}

/// A case.
#[derive(Debug)]
pub struct Case {
    /// The directory of all areas.
    pub root: PathBuf,
    /// Its area.
    pub area: String,
    /// Its name.
    pub name: String,
    entry: Value,
}

impl Case {
    /// Conditions of the case; `null` if there is none of that name.
    pub fn param(&self, name: &str) -> &Value {
        &self.entry["params"][name]
    }

    /// A condition that is a word.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.param(name).as_str()
    }

    /// A condition that holds or not; not if nothing is said.
    pub fn holds(&self, name: &str) -> bool {
        self.param(name).as_bool().unwrap_or(false)
    }

    /// What sort of case it is, in areas that have several.
    pub fn kind(&self) -> &str {
        self.entry["kind"].as_str().unwrap_or("")
    }

    /// What is expected: `ok`, `parse-error`, `fail`, …
    pub fn expect(&self) -> &str {
        self.entry["expect"].as_str().unwrap_or("ok")
    }

    /// Everything that the index says of it.
    pub fn entry(&self) -> &Value {
        &self.entry
    }

    /// The directory of its area.
    pub fn directory(&self) -> PathBuf {
        self.root.join(&self.area)
    }

    /// The path of its file in this role.
    pub fn path(&self, role: &str) -> Option<PathBuf> {
        Some(self.directory().join(self.entry["files"][role].as_str()?))
    }

    /// Its file in this role.
    ///
    /// # Errors
    /// It has none, or it cannot be read.
    pub fn file(&self, role: &str) -> Result<String, String> {
        let path = self.path(role).ok_or_else(|| format!("the case has no {role}"))?;
        let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.area, self.name)
    }
}

/// The cases of an area.
///
/// # Errors
/// Its index cannot be read.
pub fn cases(root: &Path, area: &str) -> Result<Vec<Case>, String> {
    let path = root.join(area).join("index.json");
    let wrong = |error: &dyn fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(&error))?;
    let entries: Vec<Value> = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    let case = |entry: Value| match entry["case"].as_str() {
        Some(name) => Ok(Case { root: root.to_owned(), area: area.to_owned(), name: name.to_owned(), entry }),
        None => Err(wrong(&"a case without a name")),
    };
    entries.into_iter().map(case).collect()
}

/// The areas of a directory: those of its directories that have an index.
pub fn areas_of(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().join("index.json").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// Runs a case; a panic is a failure of that case alone.
pub fn run(area: &dyn Area, case: &Case) -> Outcome {
    let run = std::panic::AssertUnwindSafe(|| area.run(case));
    std::panic::catch_unwind(run).unwrap_or_else(|panic| {
        let text =
            panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
        Outcome::Failed(format!("it panicked: {}", text.unwrap_or("")))
    })
}

/// Where cases are looked for unless a directory is named: beside the checkout.
pub fn default_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus")
}
