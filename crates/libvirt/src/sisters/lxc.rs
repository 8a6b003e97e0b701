//! What `libvirt-lxc.so.0` has: it moves the calling process into a container.

use crate::boundary::entry;
use crate::convert::At;
use crate::handle::{Domain, object};
use std::ffi::{CStr, c_char, c_int, c_uint};
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use vir_base::error::{Error, ErrorDomain, check_flags};
use vir_base::{Result, bail};

const fn at(function: &'static str) -> At {
    At { domain: ErrorDomain::None, function }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virDomainLxcOpenNamespace(
    domain: *mut Domain,
    fdlist: *mut *mut c_int,
    flags: c_uint,
) -> c_int {
    let at = at("virDomainLxcOpenNamespace");
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let domain = object(domain, at.function)?;
        let conn = domain.connection();
        let list = at.place(fdlist, "fdlist")?;
        conn.writable(at)?;
        let caller = conn.caller(at.function);
        let files = conn.parts.hypervisor.domain_lxc_open_namespace(&caller, domain.reference(), flags)?;
        let count = crate::convert::number(files.len())?;
        *list = super::give_files(files);
        Ok(count)
    })
}

/// The namespaces of this process, in the order in which they can be entered again.
fn own_namespaces() -> Vec<OwnedFd> {
    let open = |name| fs::File::open(format!("/proc/self/ns/{name}")).ok().map(OwnedFd::from);
    ["user", "ipc", "uts", "net", "pid", "mnt"].into_iter().filter_map(open).collect()
}

fn join(files: &[c_int]) -> Result<()> {
    if files.is_empty() {
        let text = "Expected at least one file descriptor";
        return Err(Error::bad_argument(ErrorDomain::None, "virProcessSetNamespaces", "nfdlist", text));
    }
    for file in files.iter().filter(|file| **file >= 0) {
        // SAFETY: a number; what it names is the kernel's to judge.
        if unsafe { libc::setns(*file, 0) } < 0 {
            let error = io::Error::last_os_error();
            // the process is there already
            if error.raw_os_error() != Some(libc::EINVAL) {
                return Err(Error::io(ErrorDomain::None, &error, "Unable to join domain namespace"));
            }
        }
    }
    Ok(())
}

/// The domain is not looked at: the descriptors say where to go.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virDomainLxcEnterNamespace(
    _domain: *mut Domain,
    count: c_uint,
    files: *const c_int,
    old_count: *mut c_uint,
    old_files: *mut *mut c_int,
    flags: c_uint,
) -> c_int {
    let at = at("virDomainLxcEnterNamespace");
    // SAFETY: the program's list and places.
    entry(|| unsafe {
        check_flags(at.domain, flags, 0, at.function)?;
        let before = if old_files.is_null() || old_count.is_null() { vec![] } else { own_namespaces() };
        let joined = at.list(files, count.into(), "fdlist").and_then(join);
        // none of them are given if it was not left
        super::put_files(if joined.is_ok() { before } else { vec![] }, old_files, old_count);
        joined?;
        Ok(0)
    })
}

/// `virSecurityModel`.
#[repr(C)]
pub struct Model {
    model: [c_char; 257],
    doi: [c_char; 257],
}

/// `virSecurityLabel`.
#[repr(C)]
pub struct Label {
    label: [c_char; 4097],
    enforcing: c_int,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virDomainLxcEnterSecurityLabel(
    model: *const Model,
    label: *const Label,
    old: *mut Label,
    flags: c_uint,
) -> c_int {
    let at = at("virDomainLxcEnterSecurityLabel");
    // SAFETY: the program's structures; their texts end within them.
    entry(|| unsafe {
        check_flags(at.domain, flags, 0, at.function)?;
        let model = model.as_ref().ok_or_else(|| at.null("model"))?;
        let label = label.as_ref().ok_or_else(|| at.null("label"))?;
        let model = text(&model.model);
        let old = old.as_mut().map(|old| {
            *old = Label { label: [0; 4097], enforcing: 0 };
            old
        });
        let text = text(&label.label);
        match model.as_str() {
            "selinux" => {
                if let Some(old) = old {
                    let now = read_attribute("current").map_err(|e| {
                        failed(&e, format!("unable to get PID {} security context", std::process::id()))
                    })?;
                    for (to, from) in old.label[..4096].iter_mut().zip(now.bytes()) {
                        *to = from.cast_signed();
                    }
                    let enforce = fs::read_to_string("/sys/fs/selinux/enforce")
                        .map_err(|e| failed(&e, "error calling security_getenforce()".into()))?;
                    old.enforcing = c_int::from(enforce.trim() == "1");
                }
                fs::write("/proc/thread-self/attr/exec", &text)
                    .map_err(|e| failed(&e, format!("Cannot set context {text}")))?;
            }
            "apparmor" => fs::write("/proc/thread-self/attr/current", format!("changeprofile {text}"))
                .map_err(|e| failed(&e, format!("error changing profile to {text}")))?,
            "none" => {}
            other => bail!(None, ArgumentUnsupported, "Security model {other} cannot be entered"),
        }
        Ok(0)
    })
}

fn failed(error: &io::Error, what: String) -> Error {
    Error::io(ErrorDomain::None, error, what)
}

fn read_attribute(name: &str) -> io::Result<String> {
    let text = fs::read_to_string(format!("/proc/thread-self/attr/{name}"))?;
    Ok(text.trim_end_matches(['\0', '\n']).to_owned())
}

/// A text that ends with a zero byte, or with its room.
fn text(room: &[c_char]) -> String {
    let bytes: Vec<u8> = room.iter().map(|c| c.cast_unsigned()).chain([0]).collect();
    CStr::from_bytes_until_nul(&bytes).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Where a process is in each hierarchy of control groups: the directories, as this process sees them.
fn groups_of(pid: i32) -> io::Result<Vec<PathBuf>> {
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let mounts: Vec<Vec<&str>> = mounts.lines().map(|line| line.split(' ').collect()).collect();
    let who = if pid < 0 { "self".to_owned() } else { pid.to_string() };
    let mut found = vec![];
    for line in fs::read_to_string(format!("/proc/{who}/cgroup"))?.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let here = |mount: &&Vec<&str>| match mount[..] {
            [_, _, "cgroup2", ..] => controllers.is_empty(),
            [_, _, "cgroup", options, ..] => {
                let mut have = options.split(',');
                !controllers.is_empty() && controllers.split(',').all(|c| have.clone().any(|o| o == c))
                    || have.any(|option| option == controllers)
            }
            _ => false,
        };
        if let Some(mount) = mounts.iter().find(here) {
            found.push(PathBuf::from(mount[1]).join(path.trim_start_matches('/')));
        }
    }
    Ok(found)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virDomainLxcEnterCGroup(domain: *mut Domain, flags: c_uint) -> c_int {
    let at = at("virDomainLxcEnterCGroup");
    // SAFETY: the program's handle.
    entry(|| unsafe {
        let domain = object(domain, at.function)?;
        domain.connection().writable(at)?;
        check_flags(at.domain, flags, 0, at.function)?;
        let id = domain.id.load(Ordering::Acquire);
        let groups = groups_of(id).map_err(|e| failed(&e, format!("Unable to open '/proc/{id}/cgroup'")))?;
        let own = std::process::id().to_string();
        for tasks in groups.iter().map(|group| group.join("cgroup.procs")) {
            fs::write(&tasks, &own)
                .map_err(|e| failed(&e, format!("Unable to write to '{}'", tasks.display())))?;
        }
        Ok(0)
    })
}
