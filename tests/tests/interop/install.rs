//! `make install`: a C program finds what it needs by `pkg-config`, and runs.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use ferrovirt_tests::{paths, skip};

const PROGRAM: &str = r#"
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>

int main(void)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    virDomainPtr domain = virDomainLookupByName(conn, "test");
    printf("%s %d\n", virDomainGetName(domain), virDomainIsActive(domain));
    virDomainFree(domain);
    return virConnectClose(conn);
}
"#;

fn good(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).trim().to_owned()
}

#[test]
fn a_program_finds_the_library_and_runs() {
    let xtask = paths::target().join("debug/xtask");
    if !xtask.exists() || !paths::target().join("debug/lib/libvirt-admin.so.0").exists() {
        skip!("needs libvirt.so.0, which `cargo xtask test` links");
    }
    let Some(pkg_config) = paths::program("pkg-config") else { skip!("needs pkg-config") };
    let Some(cc) = paths::program("cc") else { skip!("needs a C compiler") };
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    good(
        Command::new(&xtask)
            .args(["install", "--debug"])
            .env("DESTDIR", &root)
            .env("PREFIX", "/opt/there")
            .env("LIBDIR", "/opt/there/lib64"),
    );
    for expected in [
        "opt/there/bin/virsh",
        "opt/there/bin/virt-xml-validate",
        "opt/there/sbin/libvirtd",
        "opt/there/sbin/virtlockd",
        "opt/there/sbin/virtlogd",
        "opt/there/lib64/libvirt.so.0.11003.0",
        "opt/there/lib64/libvirt-admin.so",
        "opt/there/lib/systemd/system/libvirtd.socket",
        "opt/there/share/libvirt/schemas/domain.rng",
        "opt/there/share/man/man8/virtlockd.8",
        "etc/libvirt/libvirtd.conf",
        "opt/there/share/polkit-1/actions/org.libvirt.unix.policy",
        "var/lib/libvirt",
    ] {
        assert!(root.join(expected).exists(), "{expected} is not there");
    }
    let unit = fs::read_to_string(root.join("opt/there/lib/systemd/system/libvirtd.service")).unwrap();
    assert!(unit.contains("/opt/there/sbin/libvirtd"), "{unit}");
    let asked = |arguments: &[&str]| {
        good(
            Command::new(&pkg_config)
                .args(arguments)
                .env("PKG_CONFIG_LIBDIR", root.join("opt/there/lib64/pkgconfig"))
                .env("PKG_CONFIG_SYSROOT_DIR", &root),
        )
    };
    for library in ["libvirt", "libvirt-qemu", "libvirt-lxc", "libvirt-admin"] {
        assert_eq!(asked(&["--modversion", library]), "11.3.0");
        let variable = format!("--variable={}_api", library.replace('-', "_"));
        let api = asked(&[&variable, library]);
        let api = api.strip_prefix(&root.display().to_string()).unwrap_or(&api);
        let text = fs::read_to_string(root.join(api.trim_start_matches('/'))).unwrap();
        assert!(text.contains(&format!("<api name='{library}'>")), "{api}");
    }
    let source = directory.path().join("program.c");
    let program = directory.path().join("program");
    fs::write(&source, PROGRAM).unwrap();
    let flags = asked(&["--cflags", "--libs", "libvirt"]);
    good(Command::new(cc).arg(&source).arg("-o").arg(&program).args(flags.split_whitespace()));
    let library = root.join("opt/there/lib64");
    let said = good(Command::new(&program).env("LD_LIBRARY_PATH", Path::new(&library)));
    assert_eq!(said, "test 1");
}
