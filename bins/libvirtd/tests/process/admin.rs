//! The administration, over the wire and with the peer's client.

use crate::daemon::{Root, eventually};
use skip::skip;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use vir_proto::frame::{self, Header, MessageType, Status};
use vir_proto::procedures::admin::*;
use vir_proto::wire::*;
use vir_proto::xdr::{Decoder, Xdr, to_bytes};

/// One call at a time.
struct Admin(UnixStream, u32);

impl Admin {
    fn connect(path: &Path) -> Self {
        Self(UnixStream::connect(path).unwrap(), 0)
    }

    /// The status and the payload of the answer.
    fn call(&mut self, procedure: i32, args: &impl Xdr) -> (Status, Vec<u8>) {
        self.1 += 1;
        let (program, version) = (PROGRAM, VERSION);
        let (kind, status) = (MessageType::CALL, Status::OK);
        let header = Header { program, version, procedure, kind, serial: self.1, status };
        let mut bytes = Vec::new();
        frame::append(&mut bytes, &header, &to_bytes(args).unwrap()).unwrap();
        self.0.write_all(&bytes).unwrap();
        let mut length = [0; 4];
        self.0.read_exact(&mut length).unwrap();
        let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
        self.0.read_exact(&mut rest).unwrap();
        let status = i32::from_be_bytes(rest[20..24].try_into().unwrap());
        (Status(status), rest.split_off(24))
    }

    fn ask<T: Xdr>(&mut self, procedure: i32, args: &impl Xdr) -> T {
        let (status, payload) = self.call(procedure, args);
        assert_eq!(status, Status::OK);
        Decoder::whole(&payload).unwrap()
    }
}

#[test]
fn servers_clients_and_the_end() {
    let root = Root::new();
    let daemon = root.start(&[]);
    let mut admin = Admin::connect(&root.socket("libvirt-admin-sock"));
    let all = AdmConnectListServersArgs { need_results: 1, flags: 0 };
    let servers: AdmConnectListServersRet = admin.ask(ADM_CONNECT_LIST_SERVERS, &all);
    let names: Vec<_> = servers.servers.iter().map(|server| server.name.as_str()).collect();
    assert_eq!((names, servers.ret), (vec!["libvirtd", "admin"], 2));

    // a client of the other server is seen, and can be thrown out
    let mut client = UnixStream::connect(root.socket("virtqemud-sock")).unwrap();
    let srv = AdminServer { name: "libvirtd".into() };
    let list = AdmServerListClientsArgs { srv: srv.clone(), need_results: 1, flags: 0 };
    let mut clients = AdmServerListClientsRet::default();
    eventually("the client", || {
        clients = admin.ask(ADM_SERVER_LIST_CLIENTS, &list);
        clients.ret == 1
    });
    let close = AdmClientCloseArgs { clnt: clients.clients[0].clone(), flags: 0 };
    assert_eq!(admin.call(ADM_CLIENT_CLOSE, &close).0, Status::OK);
    assert_eq!(client.read(&mut [0]).unwrap(), 0);

    let unknown = AdmConnectLookupServerArgs { name: "x".into(), flags: 0 };
    assert_eq!(admin.call(ADM_CONNECT_LOOKUP_SERVER, &unknown).0, Status::ERROR);
    assert_eq!(admin.call(77, &unknown).0, Status::ERROR);

    let end = AdmConnectDaemonShutdownArgs { flags: 0 };
    assert_eq!(admin.call(ADM_CONNECT_DAEMON_SHUTDOWN, &end).0, Status::OK);
    assert!(daemon.end().success());
}

#[test]
fn the_peers_client() {
    let root = Root::new();
    let _daemon = root.start(&[]);
    let uri = format!("libvirtd+unix:///system?socket={}", root.socket("libvirt-admin-sock").display());
    let run = |arguments: &[&str]| {
        let output = Command::new("virt-admin").args(["-c", &uri]).args(arguments).output();
        output.map(|o| String::from_utf8_lossy(&[o.stdout, o.stderr].concat()).into_owned())
    };
    let Ok(list) = run(&["srv-list"]) else { skip!("needs virt-admin") };
    assert_eq!(list, " Id   Name\n----------------\n 0    libvirtd\n 1    admin\n\n");
    let run = |arguments: &[&str]| run(arguments).unwrap();
    run(&["srv-threadpool-set", "libvirtd", "--max-workers", "30", "--min-workers", "7"]);
    let pool = run(&["srv-threadpool-info", "libvirtd"]);
    assert!(pool.starts_with("minWorkers     : 7\nmaxWorkers     : 30\nnWorkers       : 7\n"), "{pool}");
    let refused = run(&["srv-threadpool-set", "libvirtd", "--min-workers", "50"]);
    assert!(refused.contains("error: invalid argument: minWorkers cannot be larger than maxWorkers\n"));
    run(&["srv-clients-set", "libvirtd", "--max-clients", "100", "--max-unauth-clients", "50"]);
    let limits = run(&["srv-clients-info", "libvirtd"]);
    assert!(limits.starts_with("nclients_max        : 100\nnclients            : 0\n"), "{limits}");
    run(&["daemon-log-filters", "1:rpc 4:util"]);
    assert_eq!(run(&["daemon-log-filters"]), " Logging filters: 1:*rpc* 4:*util* \n\n");
    assert!(run(&["client-info", "admin", "999"]).contains("No client with matching ID '999'"));
}
