//! Linking the C libraries from the archives that cargo makes: with libvirt's symbol versions, which
//! cargo's own shared objects cannot have beside the list of symbols that it gives the linker.

use std::path::Path;
use std::process::Command;

use crate::headers::SISTERS;
use crate::outcome::Outcome;
use crate::{paths, process};

/// The libraries' names, as in `libvirt-qemu.so.0`; the one of all first.
pub(crate) const NAMES: [&str; 4] = ["libvirt", "libvirt-qemu", "libvirt-lxc", "libvirt-admin"];

/// Links all four, and the names that compilers look for, into `into`.
pub(crate) fn link(profile: &str, into: &Path) -> Outcome {
    let Some(cc) = paths::program("cc") else {
        println!("build: no libvirt.so.0, since no C compiler's driver (cc) is there to link it");
        return Ok(());
    };
    let archives = paths::target().join(profile);
    let start = |name: &str, map: &str| {
        let mut link = Command::new(&cc);
        let script = paths::workspace().join("crates").join(map);
        link.args(["-shared", "-Wl,--gc-sections", "-Wl,-z,relro,-z,now"]);
        link.arg(format!("-Wl,-soname,{name}.so.0"));
        link.arg(format!("-Wl,--version-script={}", script.display()));
        link.arg("-o").arg(into.join(format!("{name}.so.0")));
        if profile == "release" {
            link.arg("-s");
        }
        link
    };
    let mut link = start("libvirt", "libvirt/libvirt.map");
    link.arg("-Wl,--whole-archive").arg(archives.join("libvirt.a")).arg("-Wl,--no-whole-archive");
    link.args(packed_relocations(&cc));
    link.args(["-lgcc_s", "-lpthread", "-lm", "-ldl", "-lc"]);
    process::run(&mut link)?;
    for sister in SISTERS {
        let name = format!("libvirt-{sister}");
        let mut link = start(&name, &format!("libvirt-sisters/{name}.map"));
        // only what it exports is taken from the archive
        link.args(symbols(sister)?.iter().map(|symbol| format!("-Wl,-u,{symbol}")));
        link.arg(archives.join("libvirt_sisters.a")).arg(into.join("libvirt.so.0"));
        process::run(link.args(["-nodefaultlibs", "-lc"]))?;
    }
    for name in NAMES {
        let short = into.join(format!("{name}.so"));
        let _ = std::fs::remove_file(&short);
        std::os::unix::fs::symlink(format!("{name}.so.0"), &short)
            .map_err(|error| format!("{}: {error}", short.display()))?;
    }
    Ok(())
}

/// The option by which the places that move with the library are listed in bits and not in 24 bytes each, which
/// makes it a twelfth smaller; where the linker has it, and the C library knows what to do with it (2.36).
fn packed_relocations(cc: &Path) -> Option<&'static str> {
    const OPTION: &str = "-Wl,-z,pack-relative-relocs";
    let version = process::output(Command::new("getconf").arg("GNU_LIBC_VERSION")).ok()?;
    let (major, minor) = version.trim().strip_prefix("glibc ")?.split_once('.')?;
    let known = (major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?) >= (2, 36);
    let linker = process::output(Command::new(cc).args(["-Wl,--help"])).ok()?;
    (known && linker.contains("pack-relative-relocs")).then_some(OPTION)
}

/// The public functions of a sister.
fn symbols(sister: &str) -> Result<Vec<String>, String> {
    let path = paths::workspace().join(format!("api/c-symbols-{sister}.list"));
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    Ok(rows.filter_map(|row| row.split(' ').nth(1)).map(str::to_owned).collect())
}
