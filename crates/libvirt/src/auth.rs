//! Credentials by the program's callback, and the callback that asks on the terminal.

use crate::convert::c_text;
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::io::{BufRead as _, Write as _};
use std::ptr::{null, null_mut};
use vir_api::auth::{Credential, CredentialKind, Credentials};
use vir_base::{Result, err};

/// `virConnectCredential`.
#[repr(C)]
pub struct CCredential {
    kind: c_int,
    prompt: *const c_char,
    challenge: *const c_char,
    default: *const c_char,
    /// Made by the callback; ours to free.
    result: *mut c_char,
    length: c_uint,
}

type Callback = unsafe extern "C" fn(*mut CCredential, c_uint, *mut c_void) -> c_int;

/// `virConnectAuth`.
#[repr(C)]
pub struct Auth {
    kinds: *const c_int,
    count: c_uint,
    callback: Option<Callback>,
    data: *mut c_void,
}

/// A pointer that programs read.
#[repr(transparent)]
pub struct Constant(*const Auth);

// SAFETY: nothing writes what it points to.
unsafe impl Sync for Constant {}

#[repr(transparent)]
struct Shared(Auth);

// SAFETY: nothing writes it, and its callback has no data.
unsafe impl Sync for Shared {}

/// What a terminal can be asked for.
static ASKED: [c_int; 6] = [
    CredentialKind::Authname as c_int,
    CredentialKind::EchoPrompt as c_int,
    CredentialKind::Realm as c_int,
    CredentialKind::Passphrase as c_int,
    CredentialKind::NoEchoPrompt as c_int,
    CredentialKind::External as c_int,
];

static TERMINAL: Shared = Shared(Auth {
    kinds: ASKED.as_ptr(),
    count: ASKED.len() as c_uint,
    callback: Some(ask_on_terminal),
    data: null_mut(),
});

#[unsafe(no_mangle)]
pub static virConnectAuthPtrDefault: Constant = Constant(&raw const TERMINAL.0);

impl Credentials for Auth {
    fn kinds(&self) -> Vec<CredentialKind> {
        if self.kinds.is_null() {
            return vec![];
        }
        // SAFETY: the program says that there are so many.
        let kinds = unsafe { std::slice::from_raw_parts(self.kinds, self.count as usize) };
        kinds.iter().filter_map(|kind| CredentialKind::from_raw(*kind)).collect()
    }

    fn ask(&self, wanted: &mut [Credential]) -> Result<()> {
        let gave_up = || err!(None, AuthFailed, "Failed to collect auth credentials");
        let Some(callback) = self.callback else { return Err(gave_up()) };
        let texts: Vec<[Option<CString>; 3]> = wanted
            .iter()
            .map(|c| {
                let text = |text: Option<&str>| text.map(|t| CString::new(t).unwrap_or_default());
                [text(Some(&c.prompt)), text(c.challenge.as_deref()), text(c.default.as_deref())]
            })
            .collect();
        let mut asked: Vec<CCredential> = wanted
            .iter()
            .zip(&texts)
            .map(|(credential, texts)| {
                let [prompt, challenge, default] =
                    texts.each_ref().map(|t| t.as_ref().map_or(null(), |t| t.as_ptr()));
                let kind = credential.kind as c_int;
                CCredential { kind, prompt, challenge, default, result: null_mut(), length: 0 }
            })
            .collect();
        // SAFETY: the program's function and argument, with a list that lives through the call.
        let ret = unsafe { callback(asked.as_mut_ptr(), asked.len() as c_uint, self.data) };
        for (credential, asked) in wanted.iter_mut().zip(&asked) {
            if asked.result.is_null() {
                continue;
            }
            // SAFETY: the callback made it by `malloc`, with so many bytes; it is read before it is freed.
            unsafe {
                let bytes = std::slice::from_raw_parts(asked.result.cast::<u8>(), asked.length as usize);
                credential.answer = Some(String::from_utf8_lossy(bytes).into_owned());
                libc::free(asked.result.cast());
            }
        }
        if ret < 0 { Err(gave_up()) } else { Ok(()) }
    }
}

unsafe extern "C" fn ask_on_terminal(asked: *mut CCredential, count: c_uint, _: *mut c_void) -> c_int {
    for at in 0..count as usize {
        // SAFETY: the caller's list of so many.
        let credential = unsafe { &mut *asked.add(at) };
        let text = |text: *const c_char| {
            // SAFETY: a text that ends with a zero byte.
            (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
        };
        let answer = match CredentialKind::from_raw(credential.kind) {
            // the user may have been let in by an agent already
            Some(CredentialKind::External) if text(credential.challenge).as_deref() == Some("PolicyKit") => {
                continue;
            }
            Some(
                CredentialKind::Username
                | CredentialKind::Authname
                | CredentialKind::EchoPrompt
                | CredentialKind::Realm,
            ) => line(&text(credential.prompt).unwrap_or_default(), true),
            Some(CredentialKind::Passphrase | CredentialKind::NoEchoPrompt) => {
                line(&text(credential.prompt).unwrap_or_default(), false)
            }
            _ => return -1,
        };
        let Ok(answer) = answer else { return -1 };
        let answer = match answer.is_empty() {
            true => text(credential.default).unwrap_or_default(),
            false => answer,
        };
        credential.length = c_uint::try_from(answer.len()).unwrap_or(c_uint::MAX);
        credential.result = c_text(&answer);
    }
    0
}

/// Asks for a line; `shown` if it may be seen while it is typed.
fn line(prompt: &str, shown: bool) -> std::io::Result<String> {
    let mut out = std::io::stdout();
    write!(out, "{prompt}: ")?;
    out.flush()?;
    let quiet = if shown { None } else { Quiet::new() };
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if quiet.is_some() {
        writeln!(out)?;
    }
    Ok(answer.trim_end_matches('\n').to_owned())
}

/// While it lives, the terminal does not show what is typed.
struct Quiet(libc::termios);

impl Quiet {
    fn new() -> Option<Self> {
        // SAFETY: plain data, filled by the call before it is used.
        unsafe {
            let mut before: libc::termios = std::mem::zeroed();
            if libc::tcgetattr(0, &raw mut before) != 0 {
                return None;
            }
            let mut now = before;
            now.c_lflag &= !libc::ECHO;
            libc::tcsetattr(0, libc::TCSAFLUSH, &raw const now);
            Some(Self(before))
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // SAFETY: what the terminal was before.
        unsafe { libc::tcsetattr(0, libc::TCSAFLUSH, &raw const self.0) };
    }
}
