//! The user's terminal joined to a stream: what they type goes in, what comes out is shown.

use crate::failure::{Context, Failure, Outcome};
use crate::terminal::Raw;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{Read, Write};
use std::time::Duration;
use vir_api::stream::{StreamBody, StreamChannel, StreamRead};
use vir_base::{Error, ErrorDomain, Result, err};

/// How long the far side is waited for before the keyboard is looked at again.
const TURN: Duration = Duration::from_millis(10);

/// The key that the user's words for it mean: "^]" is Ctrl and ], anything else the key itself.
pub(crate) fn escape_byte(text: &str) -> u8 {
    match text.as_bytes() {
        [b'^', letter, ..] => letter.to_ascii_uppercase() ^ 0x40,
        [key, ..] => *key,
        [] => 0x1d,
    }
}

/// Joins terminal and stream until the user presses the escape key or the stream ends. `ready` runs
/// once everything is connected.
pub(crate) fn talk(stream: StreamBody, escape: u8, ready: impl FnOnce() -> Outcome) -> Outcome {
    let raw = Raw::enter().map_err(|error| {
        let text = vir_base::error::errno_text(error.raw_os_error().unwrap_or_default());
        Failure::new(format!("unable to set tty attributes: {text}"))
    })?;
    let outcome = ready().and_then(|()| match stream {
        StreamBody::Fd(fd) => Ok(join_descriptor(&std::fs::File::from(fd), escape)?),
        StreamBody::Channel(mut channel) => {
            let joined = join_channel(channel.as_mut(), escape);
            match joined {
                Ok(()) => channel.finish().context(|| "cannot terminate console stream"),
                Err(error) => {
                    let _ = channel.abort();
                    Err(error.into())
                }
            }
        }
    });
    drop(raw);
    outcome
}

/// What was typed up to the escape key, and whether that key was pressed.
fn typed(escape: u8) -> Result<(Vec<u8>, bool)> {
    let mut keys = [0; 1024];
    let count = std::io::stdin()
        .lock()
        .read(&mut keys)
        .map_err(|e| Error::io(ErrorDomain::None, &e, "cannot read from stdin"))?;
    if count == 0 {
        return Err(err!(None, InternalError, "EOF on stdin"));
    }
    let end = keys[..count].iter().position(|key| *key == escape);
    Ok((keys[..end.unwrap_or(count)].to_vec(), end.is_some()))
}

fn show(bytes: &[u8]) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(bytes)
        .and_then(|()| stdout.flush())
        .map_err(|error| Error::io(ErrorDomain::None, &error, "cannot write to stdout"))
}

fn join_descriptor(mut far: &std::fs::File, escape: u8) -> Result<()> {
    let stdin = std::io::stdin();
    let mut buffer = [0; 4096];
    loop {
        let mut ready = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(far, PollFlags::IN)];
        if let Err(error) = poll(&mut ready, None)
            && error != rustix::io::Errno::INTR
        {
            return Err(Error::system(
                ErrorDomain::None,
                error.raw_os_error(),
                "cannot wait for the console",
            ));
        }
        let (keyboard, stream) = (!ready[0].revents().is_empty(), !ready[1].revents().is_empty());
        if stream {
            match far.read(&mut buffer) {
                // a pseudo terminal whose other side is closed answers EIO
                Ok(0) | Err(_) => return Ok(()),
                Ok(count) => show(&buffer[..count])?,
            }
        }
        if keyboard {
            let (keys, leave) = typed(escape)?;
            far.write_all(&keys)
                .map_err(|e| Error::io(ErrorDomain::None, &e, "cannot write to the console"))?;
            if leave {
                return Ok(());
            }
        }
    }
}

fn join_channel(far: &mut dyn StreamChannel, escape: u8) -> Result<()> {
    let mut buffer = [0; 4096];
    let mut unsent: Vec<u8> = Vec::new();
    loop {
        let idle = loop {
            match far.read(&mut buffer)? {
                StreamRead::Data(0) => return Ok(()),
                StreamRead::Data(count) => show(&buffer[..count])?,
                StreamRead::Hole(_) => {}
                StreamRead::WouldBlock => break true,
            }
        };
        if !unsent.is_empty() {
            let sent = far.write(&unsent)?;
            unsent.drain(..sent);
        }
        let stdin = std::io::stdin();
        let mut ready = [PollFd::new(&stdin, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        if matches!(poll(&mut ready, Some(&now)), Ok(1..)) {
            let (keys, leave) = typed(escape)?;
            unsent.extend(keys);
            if leave {
                return Ok(());
            }
        } else if idle {
            far.wait(Some(TURN))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_escape_key_is_what_the_user_wrote() {
        assert_eq!(escape_byte("^]"), 0x1d);
        assert_eq!(escape_byte("^a"), 1);
        assert_eq!(escape_byte("x"), b'x');
    }
}
