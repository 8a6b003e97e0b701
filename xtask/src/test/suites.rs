//! The suites of bindings, which run on our library: got from the registries that have them, as far as they do.
//!
//! What cannot be had is said, and its test then skips itself by name.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::{Context as _, Outcome};
use crate::{paths, process};

/// Where Debian has its Python's packages.
const PYTHON_PACKAGES: &str = "/usr/lib/python3/dist-packages";

/// The crate whose tests are run, of a version that they are known to pass with on libvirt's library.
const CRATE: &str = "virt-0.5.0";

/// A suite: the variable that names its source to the test, and how it is got.
struct Suite {
    variable: &'static str,
    directory: fn() -> Option<PathBuf>,
    get: fn(&Path) -> Outcome,
}

const SUITES: [Suite; 2] = [
    Suite { variable: "LIBVIRT_PYTHON_SOURCE", directory: python_source, get: python },
    Suite { variable: "VIRT_CRATE_SOURCE", directory: || Some(place().join(CRATE)), get: rust },
];

fn place() -> PathBuf {
    paths::target().join("suites")
}

/// Gets what is not there yet and was not named by the caller.
pub(crate) fn get() -> Outcome {
    let place = place();
    std::fs::create_dir_all(&place).context(format_args!("{}", place.display()))?;
    for suite in SUITES.iter().filter(|suite| std::env::var_os(suite.variable).is_none()) {
        let Some(directory) = (suite.directory)().filter(|directory| !directory.exists()) else { continue };
        if let Err(error) = (suite.get)(&directory) {
            println!("interop: {} is not to be had: {error}", directory.display());
            // what is half there must not be taken for all of it; it may not be there at all
            let _ = std::fs::remove_dir_all(&directory);
        }
    }
    Ok(())
}

/// The variables for those that are there.
pub(crate) fn variables() -> impl Iterator<Item = (&'static str, PathBuf)> {
    let unnamed = SUITES.iter().filter(|suite| std::env::var_os(suite.variable).is_none());
    unnamed.filter_map(|suite| Some((suite.variable, (suite.directory)().filter(|place| place.exists())?)))
}

/// The source of the version that is installed.
fn python_source() -> Option<PathBuf> {
    let installed = std::fs::read_dir(PYTHON_PACKAGES).ok()?;
    let names = installed.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let version = names
        .filter_map(|name| Some(name.strip_prefix("libvirt_python-")?.strip_suffix(".egg-info")?.to_owned()))
        .next()?;
    Some(place().join(format!("libvirt-python-{version}")))
}

fn python(directory: &Path) -> Outcome {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    let version = name.rsplit('-').next().unwrap_or_default();
    let mut pip = Command::new("/usr/bin/python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest"]);
    process::output(pip.arg(place()).arg(format!("libvirt-python=={version}")))?;
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(place().join(format!("{name}.tar.gz"))).arg("-C").arg(place());
    process::output(&mut unpack).map(drop)
}

/// The crate as cargo gets it, in a place where its tests can be built; they are, as far as that is possible.
fn rust(directory: &Path) -> Outcome {
    let (name, version) = CRATE.split_once('-').unwrap_or_default();
    let asking = place().join("asking");
    let write = |file: &str, text: &str| {
        let path = asking.join(file);
        std::fs::write(&path, text).context(format_args!("{}", path.display()))
    };
    std::fs::create_dir_all(asking.join("src")).context("making a crate")?;
    write("src/lib.rs", "")?;
    let about = "[package]\nname = \"asking\"\nversion = \"0.0.0\"\n\n[workspace]\n\n[dependencies]\n";
    write("Cargo.toml", &format!("{about}{name} = \"={version}\"\n"))?;
    let known = process::output(
        Command::new(paths::cargo()).args(["metadata", "--format-version", "1"]).current_dir(&asking),
    )?;
    let end = format!("/{CRATE}/Cargo.toml");
    let manifest = known.split('"').find(|word| word.ends_with(&end)).ok_or("cargo does not say where")?;
    let from = Path::new(manifest).parent().ok_or("cargo does not say where")?;
    process::output(Command::new("cp").arg("-r").arg(from).arg(directory))?;
    // the versions that it was made with; those of now are asked for, and it stands by itself
    let _ = std::fs::remove_file(directory.join("Cargo.lock"));
    let manifest = directory.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).context("its manifest")?;
    std::fs::write(&manifest, format!("{text}\n[workspace]\n")).context("its manifest")?;
    process::output(Command::new(paths::cargo()).args(["test", "--no-run"]).current_dir(directory)).map(drop)
}
