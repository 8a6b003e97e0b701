//! Our `libvirt.so.0` in place of libvirt's: its symbols, and the Python binding on it.

use std::path::{Path, PathBuf};
use std::process::Command;

use ferrovirt_tests::{paths, skip};

/// What every test of this project's programs builds first (`cargo xtask test`).
fn library() -> Option<PathBuf> {
    let directory = paths::target().join("debug/lib");
    directory.join("libvirt.so.0").exists().then_some(directory)
}

/// The public symbols of a library, with their version nodes.
fn symbols(library: &Path) -> Option<Vec<String>> {
    let said =
        Command::new(paths::program("nm")?).args(["-D", "--defined-only"]).arg(library).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let words = said.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    // absolute symbols are the version nodes; what the sisters call is in a node of its own
    let public = words
        .filter(|words| words[words.len() - 2] != "A")
        .filter(|words| !words[words.len() - 1].ends_with("_PRIVATE_11.3.0"));
    let mut names: Vec<String> = public.map(|words| words[words.len() - 1].to_owned()).collect();
    names.sort_unstable();
    Some(names)
}

#[test]
fn symbols_and_their_versions_are_libvirts() {
    let Some(directory) = library() else { skip!("needs libvirt.so.0, which `cargo xtask test` links") };
    let lists = [
        ("libvirt", include_str!("../../../api/c-symbols.list")),
        ("libvirt-qemu", include_str!("../../../api/c-symbols-qemu.list")),
        ("libvirt-lxc", include_str!("../../../api/c-symbols-lxc.list")),
        ("libvirt-admin", include_str!("../../../api/c-symbols-admin.list")),
    ];
    for (name, list) in lists {
        let file = format!("{name}.so.0");
        let Some(have) = symbols(&directory.join(&file)) else { skip!("needs nm") };
        let rows = list.lines().filter(|line| !line.starts_with('#'));
        let mut want: Vec<String> = rows
            .filter_map(|line| line.split_once(' '))
            .filter_map(|(node, rest)| Some(format!("{}@@{node}", rest.split_once(' ')?.0)))
            .collect();
        want.sort_unstable();
        assert_eq!(have, want, "{name}");
        let peer = Path::new("/usr/lib/x86_64-linux-gnu").join(format!("{file}.11003.0"));
        if let Some(peer) = symbols(&peer).filter(|names| !names.is_empty()) {
            assert_eq!(have, peer, "libvirt's own {name}");
        }
        let Some(readelf) = paths::program("readelf") else { skip!("needs readelf") };
        let said = Command::new(readelf).arg("-d").arg(directory.join(&file)).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains(&format!("Library soname: [{file}]")), "{said}");
        assert!(said.matches("(NEEDED)").count() <= 4, "{said}");
    }
}

#[test]
fn the_python_bindings_of_the_sisters_run_on_ours() {
    let Some(directory) = library() else { skip!("needs libvirt.so.0, which `cargo xtask test` links") };
    if !Path::new("/usr/lib/python3/dist-packages/libvirt_qemu.py").exists() {
        skip!("needs libvirt's Python binding");
    }
    let script = r#"
import libvirt, libvirt_qemu, libvirt_lxc
libvirt.registerErrorHandler(lambda context, error: None, None)
connection = libvirt.open('test:///default')
domain = connection.lookupByName('test')
for asked in (
    lambda: libvirt_qemu.qemuMonitorCommand(domain, 'info', 0),
    lambda: libvirt_qemu.qemuAgentCommand(domain, 'x', 1, 0),
    lambda: libvirt_qemu.qemuAttach(connection, 1, 0),
    lambda: libvirt_qemu.qemuMonitorEventRegister(connection, domain, 'X', lambda *a: None, None, 0),
    lambda: libvirt_lxc.lxcOpenNamespace(domain, 0),
):
    try:
        asked()
    except libvirt.libvirtError as error:
        print(error.get_error_code(), error.get_error_domain(), error.get_str1(), error.get_str2())
"#;
    let run = |directory: Option<&Path>| {
        let mut python = Command::new("/usr/bin/python3");
        if let Some(directory) = directory {
            python.env("LD_LIBRARY_PATH", directory);
        }
        let said = python.args(["-c", script]).output().unwrap();
        String::from_utf8_lossy(&said.stdout).into_owned()
    };
    let said = run(Some(&directory));
    assert_eq!(said.lines().count(), 5, "{said}");
    assert_eq!(said, run(None));
}

#[test]
fn the_python_binding_runs_on_our_library() {
    let Some(directory) = library() else { skip!("needs libvirt.so.0, which `cargo xtask test` links") };
    if !Path::new("/usr/lib/python3/dist-packages/libvirt.py").exists() {
        skip!("needs libvirt's Python binding");
    }
    let script = r#"
import libvirt, time
libvirt.registerErrorHandler(lambda context, error: None, None)
libvirt.virEventRegisterDefaultImpl()
fired = []
libvirt.virEventAddTimeout(0, lambda timer, data: (fired.append(data), libvirt.virEventRemoveTimeout(timer)), 'data')
while not fired:
    libvirt.virEventRunDefaultImpl()
assert fired == ['data'], fired
connection = libvirt.open('test:///default')
assert connection.getType() == 'TEST' and connection.getURI() == 'test:///default'
assert [d.name() for d in connection.listAllDomains()] == ['test']
domain = connection.lookupByName('test')
assert domain.UUIDString() == '6695eb01-f6a4-8304-79aa-97f2502e193f'
assert domain.ID() == 1 and domain.info()[1] == 8388608
domain.destroy()
assert domain.ID() == -1 and not domain.isActive()
domain.create()
assert domain.ID() > 1 and domain.isActive()
text = "<domain type='test'><name>n</name><memory>1024</memory><os><type>hvm</type></os></domain>"
defined = connection.defineXML(text)
assert '<name>n</name>' in defined.XMLDesc()
defined.undefine()
try:
    connection.lookupByName('n')
except libvirt.libvirtError as error:
    assert error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN
    assert error.get_error_domain() == libvirt.VIR_FROM_TEST
    print(error)
try:
    libvirt.openReadOnly('test:///default').lookupByName('test').destroy()
except libvirt.libvirtError as error:
    assert error.get_error_code() == libvirt.VIR_ERR_OPERATION_DENIED
    print(error)
"#;
    let said = Command::new("/usr/bin/python3")
        .args(["-c", script])
        .env("LD_LIBRARY_PATH", directory)
        .env_remove("LIBVIRT_DEFAULT_URI")
        .output()
        .unwrap();
    let (printed, complaint) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{complaint}");
    assert_eq!(
        printed, "Domain not found\noperation forbidden: read only access prevents virDomainDestroy\n",
        "{complaint}"
    );
}
