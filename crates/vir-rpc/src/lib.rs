//! Connections over the wire protocol: the server half and the client half.
//!
//! What a message means is for programs to know; here are frames, limits, keepalive, streams,
//! descriptors and threads. The protocol itself is a plain value ([`session::Session`]) that reads
//! no socket and no clock.
//!
//! # Serving a program
//! ```
//! use std::sync::Arc;
//! use vir_base::Result;
//! use vir_rpc::server::*;
//!
//! struct Clock;
//!
//! impl Program for Clock {
//!     fn number(&self) -> u32 { 0x1234_5678 }
//!     fn version(&self) -> u32 { 1 }
//!
//!     fn procedure(&self, procedure: i32) -> Option<Procedure> {
//!         let placement = match procedure {
//!             1 => Placement::InPlace,        // answered where it is read
//!             2 => Placement::Worker,         // may wait
//!             3 => Placement::InPlace,        // opens a stream
//!             _ => return None,               // "unknown procedure"
//!         };
//!         Some(Procedure { placement, needs_auth: true })
//!     }
//!
//!     fn call(&self, client: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
//!         match call.header.procedure {
//!             1 => reply.encode(&42u64)?,
//!             2 => {
//!                 let seconds: u32 = call.decode()?;
//!                 std::thread::sleep(std::time::Duration::from_secs(seconds.into()));
//!                 // An event; the client never makes this wait.
//!                 client.send_event(self.number(), self.version(), 9, &[])?;
//!             }
//!             _ => {
//!                 let (end, stream) = StreamEnd::pair(false);
//!                 reply.open_stream(end);
//!                 std::thread::spawn(move || {
//!                     let _ = stream.send(b"tick");           // waits while the client is slow
//!                     let _ = stream.send(b"");               // no more data
//!                     if stream.recv() == StreamItem::Finish {
//!                         stream.finish();
//!                     }
//!                 });
//!             }
//!         }
//!         Ok(Outcome::Done)
//!     }
//! }
//!
//! # fn main() -> std::io::Result<()> {
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("sock");
//! let mut event_loop = EventLoop::new()?;
//! let server = Server::builder("clock").program(Arc::new(Clock)).workers(1, 4, 1).build(&event_loop)?;
//! event_loop.listen(&server, listen_unix(&path, 0o700, 128)?, ListenerOptions::default())?;
//! let handle = event_loop.handle();               // to end it, from a signal watcher for example
//! handle.shut_down(std::time::Duration::from_secs(5));
//! event_loop.run()
//! # }
//! ```
//!
//! # Calling it
//! ```no_run
//! use vir_rpc::client::{Client, Target};
//!
//! # fn main() -> vir_base::Result<()> {
//! let client = Client::connect_unix("/run/clock/sock".as_ref())?;
//! client.set_event_sink(|event| println!("event {}", event.procedure));
//! let now = |procedure| Target { program: 0x1234_5678, version: 1, procedure };
//! let answer: u64 = client.call_value(now(1), &())?;
//! let (_, stream) = client.call_stream(now(3), &[], false)?;
//! let mut buffer = [0; 1024];
//! stream.recv(&mut buffer)?;
//! stream.finish()
//! # }
//! ```
//!
//! # What holds here
//! - A call that needs no waiting costs one wait, one read and one write, and no allocation.
//! - Nothing on the loop's thread waits for anything but epoll.
//! - Every queue has an end: what a client does not read makes it wait, or costs it the connection.

pub mod auth;
pub mod client;
pub mod keepalive;
pub mod outbox;
pub mod server;
pub mod session;
pub mod transport;
pub mod tunnel;

mod wire;

pub use vir_proto::frame;
