//! The least server there is, for measuring: answers every procedure of the remote program with
//! eight bytes, those above 1000 from a worker.
//!
//! `answer SOCKET [MAX_CLIENT_REQUESTS]`

use std::path::Path;
use std::sync::Arc;
use vir_base::Result;
use vir_rpc::server::{
    Call, ClientHandle, EventLoop, Limits, ListenerOptions, Outcome, Placement, Procedure, Program, Reply,
    Server, listen_unix,
};

struct Answer;

impl Program for Answer {
    fn number(&self) -> u32 {
        0x2000_8086
    }

    fn version(&self) -> u32 {
        1
    }

    fn procedure(&self, procedure: i32) -> Option<Procedure> {
        let placement = if procedure > 1000 { Placement::Worker } else { Placement::InPlace };
        Some(Procedure { placement, needs_auth: false })
    }

    fn call(&self, client: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
        if call.header.procedure == 2 {
            client.close_after_reply();
        }
        reply.encode(&11_003_000u64)?;
        Ok(Outcome::Done)
    }
}

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap_or_else(|| "answer.sock".to_owned());
    let max_client_requests = args.next().and_then(|arg| arg.parse().ok()).unwrap_or(5);
    let mut event_loop = EventLoop::new()?;
    let limits = Limits { max_client_requests, ..Limits::default() };
    let server = Server::builder("answer").program(Arc::new(Answer)).limits(limits).build(&event_loop)?;
    event_loop.listen(&server, listen_unix(Path::new(&path), 0o700, 1024)?, ListenerOptions::default())?;
    event_loop.run()
}
