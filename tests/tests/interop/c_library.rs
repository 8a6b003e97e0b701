//! Our `libvirt.so.0` in place of libvirt's: its symbols, and the Python binding on it.

use std::path::{Path, PathBuf};
use std::process::Command;

use ferrovirt_tests::{paths, skip};

/// What every test of this project's programs builds first (`cargo xtask test`).
fn library() -> Option<PathBuf> {
    let directory = paths::target().join("debug/lib");
    directory.join("libvirt.so.0").exists().then_some(directory)
}

#[test]
fn symbols_and_their_versions_are_libvirts() {
    let Some(directory) = library() else { skip!("needs libvirt.so.0, which `cargo xtask test` links") };
    let Some(nm) = paths::program("nm") else { skip!("needs nm") };
    let said =
        Command::new(nm).args(["-D", "--defined-only"]).arg(directory.join("libvirt.so.0")).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let mut have: Vec<&str> = said
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        // absolute symbols are the version nodes
        .filter(|words| words[words.len() - 2] != "A")
        .map(|words| words[words.len() - 1])
        .collect();
    let mut want: Vec<String> = include_str!("../../../api/c-symbols.list")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(node, rest)| Some(format!("{}@@{node}", rest.split_once(' ')?.0)))
        .collect();
    have.sort_unstable();
    want.sort_unstable();
    assert_eq!(have, want);
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
