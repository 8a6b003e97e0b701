//! Two ends meet over a loopback socket, with certificates made for the occasion.

use ferrovirt_tests::authority::Authority;
use rcgen::{BasicConstraints, IsCa, date_time_ymd};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use vir_base::{Error, ErrorCode, ErrorDomain, Result};
use vir_rpc::transport::{Encryption, Socket, Transport};
use vir_tls::{ClientContext, Files, Priority, ServerContext, ServerRules, check::Role};

/// The two ends, with what an authority has signed for them.
trait Ends {
    fn server(&self, rules: ServerRules) -> Result<ServerContext>;
    fn client(&self, priority: &str, strict: bool) -> Result<ClientContext>;
}

impl Ends for Authority {
    fn server(&self, rules: ServerRules) -> Result<ServerContext> {
        let dir = self.path().to_owned();
        ServerContext::new(move || Files::locate(Some(&dir), false, Role::Server), rules)
    }

    fn client(&self, priority: &str, strict: bool) -> Result<ClientContext> {
        let files = Files::locate(Some(self.path()), false, Role::Client);
        ClientContext::new(&files, &Priority::parse(priority)?, true, strict)
    }
}

fn rules() -> ServerRules {
    ServerRules { sane: true, strict: true, ..ServerRules::default() }
}

type End = Box<dyn Transport>;

/// What both ends make of each other: the client's end, and what the server's end is or why it is not.
fn meet(server: ServerContext, client: &ClientContext, host: &str) -> (Result<End>, Result<End, String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let socket = Socket::new(listener.accept().unwrap().0.into()).unwrap();
        let mut end = server.accept(socket).unwrap();
        loop {
            match end.open() {
                Ok(true) => return Ok(end),
                Ok(false) => wait(&*end),
                Err(error) => return Err(error.to_string()),
            }
        }
    });
    let socket = Socket::new(TcpStream::connect(address).unwrap().into()).unwrap();
    let ours = client.connect(socket, host);
    (ours, serving.join().unwrap())
}

fn wait(end: &dyn Transport) {
    use rustix::event::{PollFd, PollFlags, poll};
    poll(&mut [PollFd::from_borrowed_fd(end.fd(), PollFlags::IN)], None).unwrap();
}

fn refused(result: Result<End>) -> Error {
    result.err().expect("nobody should have been let in")
}

#[test]
fn bytes_go_both_ways_whatever_was_agreed_on() {
    let authority = Authority::new("one");
    for (priority, bits) in [("NORMAL", 256), ("NORMAL:-VERS-TLS1.3", 256), ("PERFORMANCE", 128)] {
        let (server, client) =
            (authority.server(rules()).unwrap(), authority.client(priority, true).unwrap());
        let (ours, theirs) = meet(server, &client, "host.example");
        let (mut ours, mut theirs) = (ours.unwrap(), theirs.unwrap());
        assert_eq!((ours.key_bits(), theirs.key_bits()), (Some(bits), Some(bits)));
        assert_eq!(theirs.peer_name().as_deref(), Some("O=Acme,CN=client"));
        let sent: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
        let expected = sent.clone();
        let reading = thread::spawn(move || {
            let (mut got, mut part) = (vec![], vec![0; 10_000]);
            while got.len() < expected.len() {
                match theirs.recv(&mut part, &mut Default::default()) {
                    Ok(0) => panic!("the end"),
                    Ok(len) => got.extend_from_slice(&part[..len]),
                    Err(_) => wait(&*theirs),
                }
            }
            assert!(got == expected);
            // the end is seen
            while theirs.recv(&mut part, &mut Default::default()).ok() != Some(0) {
                wait(&*theirs);
            }
        });
        let mut at = 0;
        while at < sent.len() || ours.has_unsent() {
            use std::io::IoSlice;
            let end = (at + 100_000).min(sent.len());
            match ours.send(&[IoSlice::new(&sent[at..end])]) {
                Ok(len) => at += len,
                Err(_) => thread::yield_now(),
            }
            ours.flush().unwrap();
        }
        drop(ours);
        reading.join().unwrap();
    }
}

#[test]
fn a_server_that_is_not_who_it_should_be() {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let refusal = |authority: &Authority, client: &ClientContext, host: &str, why: &str| {
        let rules = ServerRules { sane: false, ..rules() };
        let error = refused(meet(authority.server(rules).unwrap(), client, host).0);
        assert_eq!((error.domain(), error.code()), (ErrorDomain::Rpc, ErrorCode::AuthFailed));
        assert_eq!(error.message(), "authentication failed: Failed to verify peer's certificate");
        assert!(error.hint().unwrap().contains(why), "{error:?}");
    };
    let client = authority.client("NORMAL", true).unwrap();
    refusal(&authority, &client, "other.example", "does not match the hostname other.example");
    refusal(&other, &client, "host.example", "hasn't got a known issuer");
    authority.revoke();
    let careful = authority.client("NORMAL", true);
    refusal(&authority, &careful.unwrap(), "host.example", "has been revoked");
    std::fs::remove_file(authority.path().join("cacrl.pem")).unwrap();
    authority.sign_expired("server");
    refusal(&authority, &client, "host.example", "is not trusted");
    // as the user wishes
    let easy = authority.client("NORMAL", false).unwrap();
    let rules = ServerRules { sane: false, ..rules() };
    assert!(meet(authority.server(rules).unwrap(), &easy, "other.example").0.is_ok());
}

#[test]
fn a_client_that_is_not_let_in() {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let refusal = |rules: ServerRules, client: &ClientContext, why: &str| {
        let (ours, theirs) = meet(authority.server(rules).unwrap(), client, "host.example");
        assert_eq!(theirs.err().unwrap(), "authentication failed: Failed to verify peer's certificate");
        let error = refused(ours);
        assert_eq!((error.domain(), error.code()), (ErrorDomain::Rpc, ErrorCode::SystemError), "{why}");
        assert_eq!(error.message(), "Unable to read TLS confirmation: Input/output error", "{why}");
        assert!(error.hint().is_some());
    };
    let client = authority.client("NORMAL", true).unwrap();
    let named = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        ServerRules { allowed: Some(Arc::from(names)), ..rules() }
    };
    refusal(named(&["CN=nobody"]), &client, "not in the list");
    assert!(
        meet(authority.server(named(&["x", "O=Ac*CN=cl?ent"])).unwrap(), &client, "host.example").0.is_ok()
    );
    std::fs::copy(authority.path().join("cacert.pem"), other.path().join("cacert.pem")).unwrap();
    let files = Files::locate(Some(other.path()), false, Role::Client);
    let stranger = ClientContext::new(&files, &Priority::default(), false, true).unwrap();
    refusal(rules(), &stranger, "signed by somebody else");
    std::fs::remove_file(other.path().join("clientcert.pem")).unwrap();
    let nobody = ClientContext::new(&files, &Priority::default(), true, true).unwrap();
    refusal(rules(), &nobody, "without a certificate");
    let easy = ServerRules { strict: false, ..rules() };
    assert!(meet(authority.server(easy).unwrap(), &nobody, "host.example").1.unwrap().peer_name().is_none());
    // number 7 is the server's as well, of which the server thinks nothing
    authority.revoke();
    refusal(rules(), &client, "revoked");
}

#[test]
fn our_own_certificates_are_looked_at_first() {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let told = |authority: &Authority| {
        let error = authority.client("NORMAL", true).err().unwrap();
        assert_eq!(error.code(), ErrorCode::SystemError);
        error.message().replace(authority.path().to_str().unwrap(), "DIR")
    };
    authority.sign_expired("client");
    assert_eq!(told(&authority), "The client certificate DIR/clientcert.pem has expired");
    authority.sign("client", |params| params.not_before = date_time_ymd(2199, 1, 1));
    assert_eq!(told(&authority), "The client certificate DIR/clientcert.pem is not yet active");
    authority.sign("client", |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    assert_eq!(
        told(&authority),
        "The certificate DIR/clientcert.pem basic constraints show a CA, but we need one for a client"
    );
    std::fs::copy(other.path().join("clientcert.pem"), authority.path().join("clientcert.pem")).unwrap();
    assert_eq!(
        told(&authority),
        "Our own certificate DIR/clientcert.pem failed validation against DIR/cacert.pem: The certificate \
         hasn't got a known issuer."
    );
    authority.sign("client", |_| {});
    std::fs::copy(other.path().join("clientkey.pem"), authority.path().join("clientkey.pem")).unwrap();
    assert_eq!(
        told(&authority),
        "Unable to set x509 key and certificate: DIR/clientkey.pem, DIR/clientcert.pem: The certificate and \
         the given key do not match."
    );
    std::fs::remove_file(authority.path().join("serverkey.pem")).unwrap();
    let error = authority.server(rules()).err().unwrap();
    assert!(error.message().starts_with("Cannot read private key '"), "{error:?}");
}

#[test]
fn keys_are_read_again_only_if_they_are_good() {
    let authority = Authority::new("one");
    let server = authority.server(rules()).unwrap();
    authority.sign_expired("server");
    assert!(server.reload().unwrap_err().message().ends_with("servercert.pem has expired"));
    let client = authority.client("NORMAL", true).unwrap();
    // what held before goes on to hold
    let (ours, theirs) = meet(server, &client, "host.example");
    assert!(ours.is_ok() && theirs.is_ok());
    let server = authority.server(ServerRules { sane: false, ..rules() }).unwrap();
    authority.sign("server", |_| {});
    server.reload().unwrap();
    assert!(meet(server, &client, "host.example").0.is_ok());
}

#[test]
fn who_speaks_no_tls_is_told() {
    let authority = Authority::new("one");
    let client = authority.client("NORMAL", true).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = Socket::new(TcpStream::connect(listener.local_addr().unwrap()).unwrap().into()).unwrap();
    let (mut other, _) = listener.accept().unwrap();
    std::io::Write::write_all(&mut other, b"SSH-2.0-x\r\n and a few bytes more").unwrap();
    let error = refused(client.connect(socket, "host.example"));
    assert_eq!(error.code(), ErrorCode::AuthFailed);
    assert!(
        error.message().contains("TLS handshake failed An unexpected TLS packet was received."),
        "{error:?}"
    );
    let socket = Socket::new(TcpStream::connect(listener.local_addr().unwrap()).unwrap().into()).unwrap();
    drop(listener.accept().unwrap());
    let error = refused(client.connect(socket, "host.example"));
    assert!(error.message().ends_with("The TLS connection was non-properly terminated."), "{error:?}");
}
