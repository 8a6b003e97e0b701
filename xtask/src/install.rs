//! `make install`: everything at the places where distributions have it.
//!
//! `DESTDIR`, `PREFIX`, `LIBDIR`, `SYSCONFDIR`, `LOCALSTATEDIR` and `UNITDIR` are read from the environment.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::headers::{self, SISTERS, api_xml};
use crate::library::NAMES;
use crate::outcome::Outcome;
use crate::{manual, paths, programs};

/// What the libraries' files are called behind `.so.`.
const VERSION: &str = "0.11003.0";

/// Where things are, as programs see them.
struct Places {
    destination: PathBuf,
    prefix: PathBuf,
    libraries: PathBuf,
    settings: PathBuf,
    state: PathBuf,
    units: PathBuf,
}

impl Places {
    fn from_environment() -> Self {
        let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let prefix = named("PREFIX").unwrap_or_else(|| "/usr/local".into());
        Self {
            destination: named("DESTDIR").unwrap_or_default(),
            libraries: named("LIBDIR").unwrap_or_else(|| prefix.join("lib").join(multiarch())),
            // where the programs look, whatever the prefix
            settings: named("SYSCONFDIR").unwrap_or_else(|| "/etc".into()),
            state: named("LOCALSTATEDIR").unwrap_or_else(|| "/var".into()),
            units: named("UNITDIR").unwrap_or_else(|| prefix.join("lib/systemd/system")),
            prefix,
        }
    }

    /// Where a path of the installed system is now.
    fn at(&self, path: &Path) -> PathBuf {
        if self.destination.as_os_str().is_empty() {
            return path.to_owned();
        }
        self.destination.join(path.strip_prefix("/").unwrap_or(path))
    }

    fn put(&self, path: &Path, content: impl AsRef<[u8]>, mode: u32) -> Outcome {
        let place = self.at(path);
        make_directory(place.parent().unwrap_or(&self.destination))?;
        // a program that runs cannot be written to, but replaced
        let new = place.with_extension("new");
        fs::write(&new, content)
            .and_then(|()| fs::set_permissions(&new, fs::Permissions::from_mode(mode)))
            .and_then(|()| fs::rename(&new, &place))
            .map_err(|error| format!("{}: {error}", place.display()))
    }

    fn copy(&self, from: &Path, to: &Path, mode: u32) -> Outcome {
        self.put(to, fs::read(from).map_err(|error| format!("{}: {error}", from.display()))?, mode)
    }

    fn link(&self, name: &Path, target: &str) -> Outcome {
        let place = self.at(name);
        let _ = fs::remove_file(&place);
        symlink(target, &place).map_err(|error| format!("{}: {error}", place.display()))
    }
}

fn make_directory(path: &Path) -> Outcome {
    fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// `x86_64-linux-gnu` where the distribution has libraries there.
fn multiarch() -> String {
    let said = Command::new("cc").arg("-print-multiarch").output().map(|output| output.stdout);
    let name = String::from_utf8(said.unwrap_or_default()).unwrap_or_default().trim().to_owned();
    if Path::new("/usr/lib").join(&name).is_dir() { name } else { String::new() }
}

/// The files in a directory whose names end so.
fn files(directory: &Path, end: &str) -> Result<Vec<(PathBuf, String)>, String> {
    let found = fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut found: Vec<_> = found
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            (name.ends_with(end) && entry.path().is_file()).then(|| (entry.path(), name))
        })
        .collect();
    found.sort();
    Ok(found)
}

/// `cargo xtask install [--debug]`
pub(crate) fn chore(arguments: &[String]) -> Outcome {
    let (built, libraries) = match arguments {
        [] => {
            programs::release()?;
            (paths::target().join("release"), paths::target().join("release"))
        }
        // what has been built for tests
        [debug] if debug == "--debug" => (paths::target().join("debug"), paths::target().join("debug/lib")),
        _ => return Err("only --debug is known".into()),
    };
    let places = Places::from_environment();
    let root = paths::workspace();
    for (directory, names) in [
        ("bin", &["virsh", "virt-ssh-helper", "virt-xml-validate"][..]),
        ("sbin", &["libvirtd", "virtlockd", "virtlogd"]),
    ] {
        for name in names {
            places.copy(&built.join(name), &places.prefix.join(directory).join(name), 0o755)?;
        }
    }
    install_libraries(&places, &libraries)?;
    for (path, name) in files(&root.join("include/libvirt"), ".h")? {
        places.copy(&path, &places.prefix.join("include/libvirt").join(name), 0o644)?;
    }
    for (name, text) in api_xml::documents(&headers::all(&root)?) {
        places.put(&places.prefix.join("share/libvirt/api").join(name), text, 0o644)?;
    }
    for (path, name) in files(&root.join("etc"), ".conf")? {
        let place = places.settings.join("libvirt").join(name);
        // what a person has changed stays
        if !places.at(&place).exists() {
            places.copy(&path, &place, 0o600)?;
        }
    }
    for (path, name) in files(&root.join("etc/systemd"), "")? {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let sbin = places.prefix.join("sbin");
        let text = text.replace("/usr/sbin/", &format!("{}/", sbin.display()));
        places.put(&places.units.join(name), text, 0o644)?;
    }
    for (path, name) in files(&root.join("etc/polkit"), ".policy")? {
        places.copy(&path, &places.prefix.join("share/polkit-1/actions").join(name), 0o644)?;
    }
    for (path, name) in files(&root.join("docs/man"), ".md")? {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let page = name.trim_end_matches(".md");
        let section = page.rsplit('.').next().unwrap_or("8");
        let place = places.prefix.join(format!("share/man/man{section}")).join(page);
        places.put(&place, manual::page(page, &text), 0o644)?;
    }
    for kind in ["lib", "log", "cache"] {
        make_directory(&places.at(&places.state.join(kind).join("libvirt")))?;
    }
    schemas(&places, &built)?;
    println!("installed below {}", places.at(&places.prefix).display());
    Ok(())
}

fn install_libraries(places: &Places, libraries: &Path) -> Outcome {
    for name in NAMES {
        let from = libraries.join(format!("{name}.so.0"));
        if !from.exists() {
            return Err(format!("{} is not there: it takes a C compiler (cc) to link it", from.display()));
        }
        let file = format!("{name}.so.{VERSION}");
        places.copy(&from, &places.libraries.join(&file), 0o644)?;
        places.link(&places.libraries.join(format!("{name}.so.0")), &file)?;
        places.link(&places.libraries.join(format!("{name}.so")), &format!("{name}.so.0"))?;
    }
    for (name, text) in package_files(
        &places.prefix,
        &places.libraries,
        &places.prefix.join("include"),
        &places.prefix.join("share/libvirt/api"),
    ) {
        places.put(&places.libraries.join("pkgconfig").join(name), text, 0o644)?;
    }
    Ok(())
}

/// What `pkg-config` reads: the files' names and texts.
fn package_files(prefix: &Path, libraries: &Path, include: &Path, api: &Path) -> Vec<(String, String)> {
    let head = format!(
        "prefix={}\nexec_prefix=${{prefix}}\nlibdir={}\nincludedir={}\n\n",
        prefix.display(),
        libraries.display(),
        include.display()
    );
    let variable =
        |library: &str| format!("{}_api={}/{library}-api.xml\n", library.replace('-', "_"), api.display());
    let whole = |library: &str, variables: String, title: &str, needs: &str| {
        let link = library.trim_start_matches("lib");
        let text = format!(
            "{head}{variables}\nName: {library}\nVersion: 11.3.0\nDescription: {title}\nRequires: {needs}\nLibs: -L${{libdir}} -l{link}\nCflags: -I${{includedir}}\n"
        );
        (format!("{library}.pc"), text)
    };
    let mut found = vec![];
    // older generators look for all of them in the first
    let variables: String = ["libvirt", "libvirt-qemu", "libvirt-lxc"].map(variable).concat();
    found.push(whole("libvirt", variables, "libvirt library", ""));
    for sister in SISTERS {
        let name = format!("libvirt-{sister}");
        let title = match sister {
            "admin" => "libvirt admin library".to_owned(),
            other => format!("libvirt {} library", other.to_uppercase()),
        };
        let needs = if sister == "admin" { "" } else { "libvirt" };
        found.push(whole(&name, variable(&name), &title, needs));
    }
    found
}

/// After a build: what points `pkg-config` at the build itself.
pub(crate) fn uninstalled(libraries: &Path) -> Outcome {
    let root = paths::workspace();
    let api = libraries.join("api");
    let include = root.join("include");
    let own = libraries.join("pkgconfig");
    make_directory(&api)?;
    make_directory(&own)?;
    let documents =
        api_xml::documents(&headers::all(&root)?).into_iter().map(|(name, text)| (api.join(name), text));
    let packages = package_files(libraries, libraries, &include, &api);
    let packages = packages.into_iter().map(|(name, text)| (own.join(name), text));
    for (path, text) in documents.chain(packages) {
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Kinds of documents that have a schema.
const SCHEMAS: [&str; 17] = [
    "capability",
    "cpu",
    "domain",
    "domainbackup",
    "domaincaps",
    "domaincheckpoint",
    "domainsnapshot",
    "interface",
    "network",
    "networkport",
    "nodedev",
    "nwfilter",
    "nwfilterbinding",
    "secret",
    "storagepool",
    "storagepoolcaps",
    "storagevol",
];

/// The schemas, printed by the program that needs none.
fn schemas(places: &Places, built: &Path) -> Outcome {
    let program = built.join("virt-xml-validate");
    for name in SCHEMAS {
        let said = Command::new(&program).args(["--emit-schema", "rng", name]).output();
        let said = said.map_err(|error| format!("{}: {error}", program.display()))?;
        if !said.status.success() {
            return Err(format!("no schema of {name}: {}", String::from_utf8_lossy(&said.stderr)));
        }
        let place = places.prefix.join("share/libvirt/schemas").join(format!("{name}.rng"));
        places.put(&place, said.stdout, 0o644)?;
    }
    Ok(())
}
