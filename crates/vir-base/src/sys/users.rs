//! The host's database of users and groups, by the C library, which asks all sources that the host
//! is set up with.

use libc::{c_char, c_int, group, passwd, size_t};
use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::ptr;

/// Records larger than this are taken for broken.
const RECORD_MAX: usize = 1 << 20;

/// The name of a user, if it has one.
pub fn user_name(uid: u32) -> Option<String> {
    // SAFETY: the arguments are those of a look-up by number; the record is whole while it is read
    look_up(
        |record, buffer, size, result| unsafe { libc::getpwuid_r(uid, record, buffer, size, result) },
        |record: &passwd| text(record.pw_name),
    )
}

/// The name of a group, if it has one.
pub fn group_name(gid: u32) -> Option<String> {
    // SAFETY: as above
    look_up(
        |record, buffer, size, result| unsafe { libc::getgrgid_r(gid, record, buffer, size, result) },
        |record: &group| text(record.gr_name),
    )
}

/// The numbers of a user and of its main group.
pub fn user_by_name(name: &str) -> Option<(u32, u32)> {
    let name = CString::new(name).ok()?;
    // SAFETY: as above; the name is a C string
    look_up(
        |record, buffer, size, result| unsafe {
            libc::getpwnam_r(name.as_ptr(), record, buffer, size, result)
        },
        |record: &passwd| (record.pw_uid, record.pw_gid),
    )
}

/// The number of a group.
pub fn group_by_name(name: &str) -> Option<u32> {
    let name = CString::new(name).ok()?;
    // SAFETY: as above
    look_up(
        |record, buffer, size, result| unsafe {
            libc::getgrnam_r(name.as_ptr(), record, buffer, size, result)
        },
        |record: &group| record.gr_gid,
    )
}

/// All groups of a user, `gid` first among them; that one alone where the database cannot say.
pub fn groups_of(name: &str, gid: u32) -> Vec<u32> {
    let Ok(name) = CString::new(name) else { return vec![gid] };
    let mut groups: Vec<u32> = vec![0; 32];
    loop {
        let mut count = groups.len() as c_int;
        // SAFETY: the name is a C string, and the list has room for as many as `count` says
        let found = unsafe { libc::getgrouplist(name.as_ptr(), gid, groups.as_mut_ptr(), &raw mut count) };
        match usize::try_from(count) {
            Ok(count) if found >= 0 => {
                groups.truncate(count);
                return groups;
            }
            // more than there was room for; the count says how many, or nothing of use
            Ok(count) if count > groups.len() && count < RECORD_MAX => groups.resize(count, 0),
            _ => return vec![gid],
        }
    }
}

/// Calls one of the four functions with a buffer that is large enough, and takes from the record
/// what is wanted while its buffer is there.
fn look_up<R, T>(
    call: impl Fn(*mut R, *mut c_char, size_t, *mut *mut R) -> c_int,
    take: impl FnOnce(&R) -> T,
) -> Option<T> {
    let mut buffer: Vec<c_char> = vec![0; 1024];
    let mut record = MaybeUninit::<R>::uninit();
    loop {
        let mut found = ptr::null_mut();
        match call(record.as_mut_ptr(), buffer.as_mut_ptr(), buffer.len(), &mut found) {
            0 if found.is_null() => return None,
            // SAFETY: success: `found` is `record`, filled, with pointers into `buffer`
            0 => return Some(take(unsafe { &*found })),
            libc::EINTR => {}
            libc::ERANGE if buffer.len() < RECORD_MAX => {
                let size = buffer.len() * 4;
                buffer.resize(size, 0);
            }
            _ => return None,
        }
    }
}

fn text(name: *const c_char) -> String {
    // SAFETY: names in records are C strings
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_superuser_is_known_everywhere() {
        assert_eq!(user_name(0).as_deref(), Some("root"));
        assert_eq!(group_name(0).as_deref(), Some("root"));
        assert_eq!(user_by_name("root"), Some((0, 0)));
        assert_eq!(group_by_name("root"), Some(0));
        assert_eq!(user_by_name("no such user"), None);
        assert_eq!(group_by_name("with\0nul"), None);
        assert_eq!(user_name(u32::MAX - 7), None);
        assert!(groups_of("root", 12345).contains(&12345));
    }
}
