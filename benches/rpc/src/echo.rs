//! The floor: a server that answers any call with eight bytes, from one epoll loop, and does
//! nothing else. No daemon can be faster.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use rustix::event::epoll;

use crate::wire::{HEADER, frame_length};

struct Client {
    stream: UnixStream,
    input: Vec<u8>,
}

/// Serves until the process is ended.
pub(crate) fn serve(socket: &Path) -> io::Result<()> {
    let listener = UnixListener::bind(socket)?;
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&poll, &listener, epoll::EventData::new_u64(0), epoll::EventFlags::IN)?;
    let mut clients: Vec<Option<Client>> = vec![None];
    let mut free = Vec::new();
    let mut events = Vec::with_capacity(256);
    let mut answers = Vec::new();
    loop {
        events.clear();
        epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), None)?;
        for event in &events {
            let token = usize::try_from(event.data.u64()).unwrap_or(0);
            if token == 0 {
                let (stream, _) = listener.accept()?;
                let token = free.pop().unwrap_or_else(|| {
                    clients.push(None);
                    clients.len() - 1
                });
                epoll::add(
                    &poll,
                    stream.as_fd(),
                    epoll::EventData::new_u64(token as u64),
                    epoll::EventFlags::IN,
                )?;
                clients[token] = Some(Client { stream, input: Vec::with_capacity(4096) });
            } else if let Some(client) = &mut clients[token]
                && !answer(client, &mut answers)
            {
                clients[token] = None;
                free.push(token);
            }
        }
    }
}

/// Answers all calls that are there; false when the client is gone.
fn answer(client: &mut Client, answers: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 65536];
    let n = match client.stream.read(&mut buffer) {
        Ok(0) | Err(_) => return false,
        Ok(n) => n,
    };
    client.input.extend_from_slice(&buffer[..n]);
    answers.clear();
    let mut at = 0;
    while let Some(length) = frame_length(&client.input[at..])
        && length >= HEADER
        && client.input.len() - at >= length
    {
        let header = &client.input[at..at + HEADER];
        answers.extend_from_slice(&u32::to_be_bytes(36));
        answers.extend_from_slice(&header[4..16]);
        answers.extend_from_slice(&1_u32.to_be_bytes());
        answers.extend_from_slice(&header[20..28]);
        answers.extend_from_slice(&[0; 8]);
        at += length;
    }
    client.input.drain(..at);
    client.stream.write_all(answers).is_ok()
}
