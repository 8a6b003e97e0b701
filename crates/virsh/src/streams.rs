//! Streams read to their end.

use std::io::{Read, Seek, SeekFrom, Write};
use vir_api::stream::{StreamBody, StreamChannel, StreamRead};
use vir_base::{Error, ErrorDomain, Result};

fn failed(error: std::io::Error, what: &str) -> Error {
    Error::io(ErrorDomain::None, &error, what)
}

/// Writes all that the stream gives to a file; holes stay holes.
pub(crate) fn receive<F: Write + Seek>(stream: StreamBody, to: &mut F) -> Result<()> {
    match stream {
        StreamBody::Fd(fd) => {
            let mut from = std::fs::File::from(fd);
            let mut buffer = vec![0; 64 << 10];
            loop {
                match from.read(&mut buffer).map_err(|e| failed(e, "cannot read from stream"))? {
                    0 => return Ok(()),
                    count => to.write_all(&buffer[..count]).map_err(|e| failed(e, "cannot write to file"))?,
                }
            }
        }
        StreamBody::Channel(mut channel) => match drain(channel.as_mut(), to) {
            Ok(()) => channel.finish(),
            Err(error) => {
                let _ = channel.abort();
                Err(error)
            }
        },
    }
}

fn drain<F: Write + Seek>(from: &mut dyn StreamChannel, to: &mut F) -> Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        match from.read(&mut buffer)? {
            StreamRead::Data(0) => return Ok(()),
            StreamRead::Data(count) => {
                to.write_all(&buffer[..count]).map_err(|e| failed(e, "cannot write to file"))?;
            }
            StreamRead::Hole(length) => {
                to.seek(SeekFrom::Current(length as i64)).map_err(|e| failed(e, "cannot seek in file"))?;
            }
            StreamRead::WouldBlock => from.wait(None)?,
        }
    }
}
