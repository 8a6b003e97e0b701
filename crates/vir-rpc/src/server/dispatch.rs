//! From a call to its answer: refused, answered in place, or handed to a worker.

use super::Server;
use super::handle::{ClientHandle, answer, unanswered};
use super::mailbox::Letter;
use super::program::{Call, Outcome, Placement, Program, Reply, refusal};
use super::stream::NewStream;
use crate::frame::{Header, MessageType, Status};
use crate::session::{Incoming, Session};
use crate::wire;
use rustix::fd::{BorrowedFd, OwnedFd};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use vir_base::Result;

thread_local! {
    /// Where answers are made on the loop, so that a program that goes wrong spoils its own only.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Serves one call; an answer made in place is queued when this returns, and a stream that it opens
/// is returned.
pub(crate) fn call(
    server: &Server,
    client: &ClientHandle,
    session: &mut Session,
    message: Incoming<'_>,
    socket: BorrowedFd<'_>,
) -> Option<NewStream> {
    let header = message.header;
    let program = server.program(header.program, header.version);
    let entry = program.map(|program| program.procedure(header.procedure));
    log::debug!(
        "client {} calls program {:#x} procedure {} serial {}",
        client.id(),
        header.program,
        header.procedure,
        header.serial
    );
    if let Some(error) = refusal(&header, entry, client.is_authenticated()) {
        let answer = header.answer(MessageType::REPLY, Status::ERROR);
        wire::append_error(session.out.writer(), &answer, &error);
        return None;
    }
    let (program, mut placement) = (program?, entry??.placement);
    let mut fds = message.fds;
    if placement == Placement::InPlace {
        let mut call = Call { header, args: message.payload, fds, on_loop: true, socket: Some(socket) };
        let mut bytes = BUFFER.take();
        bytes.clear();
        let mut reply = Reply::start(&mut bytes, &header);
        let result = guarded(&**program, client, &mut call, &mut reply);
        let outcome = result.as_ref().copied().unwrap_or(Outcome::Done);
        reply.finish(&header, result);
        let (reply_fds, stream) = (std::mem::take(&mut reply.fds), reply.stream.take());
        BUFFER.set(session.out.push_from(bytes));
        match outcome {
            Outcome::MayWait(on) => (fds, placement) = (call.fds, on),
            Outcome::Later => {
                session.call_started();
                return None;
            }
            Outcome::Done | Outcome::NoReply => {
                session.out.attach(reply_fds);
                return stream.map(|end| NewStream { header, end });
            }
        }
    }
    session.call_started();
    let (program, client) = (Arc::clone(program), client.clone());
    let args = message.payload.to_vec();
    let job = Box::new(move || run(&*program, &client, &header, &args, fds));
    server.pool.submit(job, placement == Placement::PriorityWorker);
    None
}

/// On a worker.
fn run(program: &dyn Program, client: &ClientHandle, header: &Header, args: &[u8], fds: Vec<OwnedFd>) {
    let mut call = Call { header: *header, args, fds, on_loop: false, socket: None };
    let mut later = false;
    let mut outgoing = answer(header, |reply| match guarded(program, client, &mut call, reply) {
        Ok(Outcome::MayWait(_)) => Err(unanswered()),
        Ok(outcome) => {
            later = outcome == Outcome::Later;
            Ok(outcome)
        }
        Err(error) => Err(error),
    });
    // Then the one who took it over finishes it.
    outgoing.finishes = !later;
    if outgoing.finishes || !outgoing.bytes.is_empty() {
        client.0.mailbox.post(Letter::Send(client.0.token, outgoing));
    }
}

/// A panic in a program is an internal error of one call.
fn guarded(
    program: &dyn Program,
    client: &ClientHandle,
    call: &mut Call<'_>,
    reply: &mut Reply<'_>,
) -> Result<Outcome> {
    catch_unwind(AssertUnwindSafe(|| program.call(client, call, reply))).unwrap_or_else(|_| Err(unanswered()))
}
