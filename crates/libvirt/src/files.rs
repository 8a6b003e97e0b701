//! Functions that pass descriptors.

use crate::boundary::entry;
use crate::convert::At;
use crate::handle::{Connect, Domain, Object, connect, object};
use std::ffi::{c_char, c_int, c_uint};
use std::os::fd::{BorrowedFd, IntoRawFd as _, OwnedFd};
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, err};

fn at(function: &'static str) -> At {
    At { domain: ErrorDomain::Domain, function }
}

/// A descriptor of ours for one of the program's.
///
/// # Errors
/// It is none.
fn copy(fd: c_int) -> Result<OwnedFd> {
    if fd < 0 {
        let error = std::io::Error::from_raw_os_error(libc::EBADF);
        return Err(Error::io(ErrorDomain::Rpc, &error, format!("Unable to duplicate FD {fd}")));
    }
    // SAFETY: copied by the kernel, which says so if it is not open.
    let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
    borrowed
        .try_clone_to_owned()
        .map_err(|e| Error::io(ErrorDomain::Rpc, &e, format!("Unable to duplicate FD {fd}")))
}

/// # Safety
/// NULL or so many descriptors.
unsafe fn copies(at: At, fds: *const c_int, count: c_uint, name: &str) -> Result<Vec<OwnedFd>> {
    // SAFETY: the caller's contract.
    unsafe { at.list(fds, count.into(), name) }?.iter().map(|fd| copy(*fd)).collect()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainOpenGraphics(
    dom: *mut Domain,
    idx: c_uint,
    fd: c_int,
    flags: c_uint,
) -> c_int {
    let at = at("virDomainOpenGraphics");
    // SAFETY: the program's handle; the structure is filled before it is read.
    entry(|| unsafe {
        let dom = object(dom, at.function)?;
        let conn = dom.connection();
        at.not_negative(fd, "fd")?;
        let mut status: libc::stat = std::mem::zeroed();
        if libc::fstat(fd, &raw mut status) < 0 {
            let error = std::io::Error::last_os_error();
            return Err(Error::io(at.domain, &error, format!("Unable to access file descriptor {fd}")));
        }
        if status.st_mode & libc::S_IFMT != libc::S_IFSOCK {
            return Err(at.invalid("fd", format!("fd {fd} must be a socket")));
        }
        conn.writable(at)?;
        conn.carries_files(at)?;
        let files = vec![copy(fd)?];
        let caller = conn.caller(at.function);
        conn.parts.hypervisor.domain_open_graphics(&caller, dom.reference(), idx, flags, files)?;
        Ok(0)
    })
}

/// The descriptor is the program's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainOpenGraphicsFD(dom: *mut Domain, idx: c_uint, flags: c_uint) -> c_int {
    let at = at("virDomainOpenGraphicsFD");
    // SAFETY: the program's handle.
    entry(|| unsafe {
        let dom = object(dom, at.function)?;
        let conn = dom.connection();
        conn.writable(at)?;
        conn.carries_files(at)?;
        let caller = conn.caller(at.function);
        let files = conn.parts.hypervisor.domain_open_graphics_fd(&caller, dom.reference(), idx, flags)?;
        match files.into_iter().next() {
            Some(file) => Ok(file.into_raw_fd()),
            None => Err(err!(Remote, InternalError, "no file descriptor received")),
        }
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainCreateXMLWithFiles(
    conn: *mut Connect,
    xmlDesc: *const c_char,
    nfiles: c_uint,
    files: *const c_int,
    flags: c_uint,
) -> *mut Domain {
    let at = at("virDomainCreateXMLWithFiles");
    // SAFETY: the program's handle, text and list.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        let xml = at.text(xmlDesc, "xmlDesc")?;
        conn.writable(at)?;
        if nfiles > 0 {
            conn.carries_files(at)?;
        }
        let files = copies(at, files, nfiles, "files")?;
        let caller = conn.caller(at.function);
        let found = conn.parts.hypervisor.domain_create_xml_with_files(&caller, xml, flags, files)?;
        Ok(Object::make(conn, found))
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainCreateWithFiles(
    dom: *mut Domain,
    nfiles: c_uint,
    files: *const c_int,
    flags: c_uint,
) -> c_int {
    let at = at("virDomainCreateWithFiles");
    // SAFETY: the program's handle and list.
    entry(|| unsafe {
        let dom = object(dom, at.function)?;
        let conn = dom.connection();
        conn.writable(at)?;
        if nfiles > 0 {
            conn.carries_files(at)?;
        }
        let files = copies(at, files, nfiles, "files")?;
        let caller = conn.caller(at.function);
        let found = conn.parts.hypervisor.domain_create_with_files(&caller, dom.reference(), flags, files)?;
        dom.id.store(found.id, std::sync::atomic::Ordering::Release);
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainFDAssociate(
    dom: *mut Domain,
    name: *const c_char,
    nfds: c_uint,
    fds: *const c_int,
    flags: c_uint,
) -> c_int {
    let at = at("virDomainFDAssociate");
    // SAFETY: the program's handle, text and list.
    entry(|| unsafe {
        let dom = object(dom, at.function)?;
        let conn = dom.connection();
        conn.carries_files(at)?;
        at.not_zero(nfds as usize, "nfds")?;
        at.not_null(fds, "fds")?;
        conn.writable(at)?;
        let name = at.text(name, "name")?;
        let files = copies(at, fds, nfds, "fds")?;
        let caller = conn.caller(at.function);
        conn.parts.hypervisor.domain_fd_associate(&caller, dom.reference(), name, flags, files)?;
        Ok(0)
    })
}
