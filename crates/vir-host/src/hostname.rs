//! The host's name.
#![allow(unsafe_code)] // for getaddrinfo, which no safe crate of ours wraps

use std::ffi::{CStr, CString};
use std::ptr;
use vir_base::giveup;

/// The host's name, completed by the resolver if it has no dot and is not `localhost`. A resolver
/// that does not answer, or answers `localhost`, leaves it as it is.
pub fn hostname() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.starts_with("localhost") || name.contains('.') {
        return name;
    }
    let asked = name.clone();
    let answer = giveup::within(giveup::PATIENCE, "look up the host's name", move || canonical(&asked));
    match answer {
        Ok(Some(canonical)) if !canonical.starts_with("localhost") => canonical,
        Ok(_) => name,
        Err(error) => {
            log::warn!("{error}");
            name
        }
    }
}

/// What the resolver calls a host.
fn canonical(name: &str) -> Option<String> {
    let name = CString::new(name).ok()?;
    let mut found: *mut libc::addrinfo = ptr::null_mut();
    // SAFETY: a structure of integers and pointers, for which all zeros is valid
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_flags = libc::AI_CANONNAME;
    hints.ai_family = libc::AF_UNSPEC;
    // SAFETY: name and hints are valid for the call; it fills in `found` if it returns 0
    let result = unsafe { libc::getaddrinfo(name.as_ptr(), ptr::null(), &hints, &mut found) };
    if result != 0 || found.is_null() {
        return None;
    }
    // SAFETY: the list and its strings are valid until it is freed, once, after the copy
    unsafe {
        let canonical = (*found).ai_canonname;
        let name = (!canonical.is_null()).then(|| CStr::from_ptr(canonical).to_string_lossy().into_owned());
        libc::freeaddrinfo(found);
        name
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_a_name() {
        assert!(!super::hostname().is_empty());
        assert_eq!(super::canonical("127.0.0.1").as_deref(), Some("127.0.0.1"));
        assert_eq!(super::canonical("no such\0name"), None);
    }
}
