//! The host's policy: whether a process may do something, as polkit says.

use crate::bus::Bus;
use crate::bus::wire::{Broken, Message, Method, Reader, Writer};
use std::time::Duration;
use vir_base::{Result, bail, err};

/// How long it may take, a person being asked for a password included.
const LIMIT: Duration = Duration::from_secs(30);
/// A person may be asked.
const INTERACTIVE: u32 = 1;

/// A process, so that no other can be taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its number.
    pub pid: i32,
    /// When it started, in clock ticks since the host did.
    pub start: u64,
    /// Its user.
    pub uid: u32,
}

/// Whether `who` may do `action`; `Ok` if it may.
///
/// # Errors
/// It may not, the user has given up, there is nobody to ask the user, or there is no polkit.
pub fn check(who: Subject, action: &str) -> Result<()> {
    ask(Bus::system(LIMIT)?, who, action)
}

fn ask(mut bus: Bus, who: Subject, action: &str) -> Result<()> {
    let method = Method {
        service: "org.freedesktop.PolicyKit1",
        path: "/org/freedesktop/PolicyKit1/Authority",
        interface: "org.freedesktop.PolicyKit1.Authority",
        name: "CheckAuthorization",
    };
    let answer = bus.call(&method, "(sa{sv})sa{ss}us", &question(who, action), "(bba{ss})")?;
    let broken = |_| err!(Dbus, DbusService, "the answer to '{action}' cannot be read");
    match Answer::of(&answer).map_err(broken)? {
        Answer::Yes => Ok(()),
        Answer::Dismissed => bail!(Polkit, AuthCancelled, "user cancelled authentication process"),
        Answer::NobodyAsks => {
            bail!(Polkit, AuthUnavailable, "no polkit agent available to authenticate action '{action}'")
        }
        Answer::No => bail!(Polkit, AuthFailed, "access denied by policy"),
    }
}

fn question(who: Subject, action: &str) -> Writer {
    let mut out = Writer::default();
    out.text("unix-process");
    out.array(8, |about| {
        let entry = |about: &mut Writer, name: &str, kind: &str| {
            about.align(8);
            about.text(name);
            about.signature(kind);
        };
        entry(about, "pid", "u");
        about.u32(who.pid.cast_unsigned());
        entry(about, "start-time", "t");
        about.u64(who.start);
        entry(about, "uid", "i");
        about.u32(who.uid);
    });
    out.text(action);
    // nothing more is said of the action
    out.array(8, |_| {});
    out.u32(INTERACTIVE);
    // nobody will want to take the question back
    out.text("");
    out
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// The user would have to prove who it is, and nobody is there to ask.
    NobodyAsks,
    /// The user was asked and did not want to.
    Dismissed,
}

impl Answer {
    fn of(message: &Message) -> Result<Self, Broken> {
        let mut reader = Reader::new(&message.body, message.big);
        let (allowed, asks) = (reader.bool()?, reader.bool()?);
        let mut dismissed = false;
        reader.array(8, |details| {
            details.align(8);
            let detail = (details.text()?, details.text()?);
            dismissed |= detail == ("polkit.dismissed", "true");
            Ok(())
        })?;
        Ok(match (allowed, dismissed, asks) {
            (true, ..) => Self::Yes,
            (_, true, _) => Self::Dismissed,
            (.., true) => Self::NobodyAsks,
            (.., false) => Self::No,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::wire::{self, ANSWER, FIXED, REFUSAL};
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::{UnixListener, UnixStream};
    use vir_base::ErrorCode;

    const WHO: Subject = Subject { pid: 42, start: 4711, uid: 1000 };

    /// A message of a service, in answer to the call with that serial.
    fn message(kind: u8, serial: u32, error: Option<&str>, signature: &str, body: &Writer) -> Vec<u8> {
        let mut out = Writer::default();
        [b'l', kind, 1, 1].into_iter().for_each(|byte| out.byte(byte));
        out.u32(body.bytes().len() as u32);
        out.u32(99);
        out.array(8, |fields| {
            fields.byte(5);
            fields.signature("u");
            fields.u32(serial);
            if let Some(error) = error {
                fields.align(8);
                fields.byte(4);
                fields.signature("s");
                fields.text(error);
            }
            fields.align(8);
            fields.byte(8);
            fields.signature("g");
            fields.signature(signature);
        });
        out.align(8);
        [out.bytes(), body.bytes()].concat()
    }

    fn receive(stream: &mut UnixStream) -> Message {
        let mut fixed = [0; FIXED];
        stream.read_exact(&mut fixed).unwrap();
        let mut whole = fixed.to_vec();
        whole.resize(wire::length(&fixed).unwrap(), 0);
        stream.read_exact(&mut whole[FIXED..]).unwrap();
        wire::parse(&whole).unwrap()
    }

    fn line(stream: &mut UnixStream) -> String {
        let mut line = vec![];
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap()
    }

    /// What comes of it on a bus whose policy service gives this answer.
    fn asked(kind: u8, error: Option<&'static str>, signature: &'static str, body: Writer) -> Result<()> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bus");
        let listener = UnixListener::bind(&path).unwrap();
        let service = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let uid = rustix::process::geteuid().as_raw().to_string();
            let hex: String = uid.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(line(&mut stream), format!("\0AUTH EXTERNAL {hex}\r\n"));
            stream.write_all(b"OK 0123\r\n").unwrap();
            assert_eq!(line(&mut stream), "BEGIN\r\n");
            receive(&mut stream);
            let mut name = Writer::default();
            name.text(":1.7");
            stream.write_all(&message(ANSWER, 1, None, "s", &name)).unwrap();
            // what the bus says to everybody answers nothing
            let mut signal = message(ANSWER, 77, None, "s", &name);
            signal[1] = 4;
            stream.write_all(&signal).unwrap();
            let call = receive(&mut stream);
            assert_eq!(call.signature, "(sa{sv})sa{ss}us");
            let mut reader = Reader::new(&call.body, false);
            assert_eq!(reader.text(), Ok("unix-process"));
            let found = call.body.windows(8).any(|bytes| bytes == 4711u64.to_le_bytes());
            assert!(found, "{:?}", call.body);
            stream.write_all(&message(kind, 2, error, signature, &body)).unwrap();
        });
        let address = format!("unix:path={},guid=00", path.display());
        let result = Bus::at(&address, LIMIT).and_then(|bus| ask(bus, WHO, "org.libvirt.unix.manage"));
        service.join().unwrap();
        result
    }

    fn verdict(allowed: bool, asks: bool, dismissed: bool) -> Result<()> {
        let mut body = Writer::default();
        body.bool(allowed);
        body.bool(asks);
        body.array(8, |details| {
            if dismissed {
                details.align(8);
                details.text("polkit.dismissed");
                details.text("true");
            }
        });
        asked(ANSWER, None, "(bba{ss})", body)
    }

    #[test]
    fn verdicts() {
        assert!(verdict(true, false, false).is_ok());
        for (asks, dismissed, code, words) in [
            (false, false, ErrorCode::AuthFailed, "access denied by policy"),
            (
                true,
                false,
                ErrorCode::AuthUnavailable,
                "no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
            ),
            (true, true, ErrorCode::AuthCancelled, "user cancelled authentication process"),
        ] {
            let error = verdict(false, asks, dismissed).unwrap_err();
            assert_eq!((error.domain(), error.code()), (vir_base::ErrorDomain::Polkit, code));
            assert!(error.message().ends_with(words), "{error}");
        }
    }

    #[test]
    fn no_service_no_answer_no_bus() {
        let mut body = Writer::default();
        body.text("The name is not there");
        let error = asked(REFUSAL, Some("org.x.ServiceUnknown"), "s", body).unwrap_err();
        assert_eq!(
            error.message(),
            "error from service: GDBus.Error:org.x.ServiceUnknown: The name is not there"
        );
        assert_eq!((error.domain(), error.code()), (vir_base::ErrorDomain::Dbus, ErrorCode::DbusService));
        let error = asked(ANSWER, None, "s", Writer::default()).unwrap_err();
        assert!(error.message().contains("but expected “((bba{ss}))”"), "{error}");
        let Err(error) = Bus::at("unix:path=/nonexistent/bus", LIMIT) else { panic!("a bus") };
        assert_eq!(
            error.message(),
            "internal error: Unable to get system bus connection: Could not connect: No such file or directory"
        );
    }
}
