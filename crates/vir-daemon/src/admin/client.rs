//! The clients of a server.

use super::{check_flags, server_ref};
use vir_base::typed::push;
use vir_base::{Result, TypedParams, err, users};
use vir_proto::wire::*;
use vir_rpc::server::{ClientHandle, Server};
use vir_rpc::transport::TransportKind;

pub(super) fn list(server: &Server, args: &AdmServerListClientsArgs) -> Result<AdmServerListClientsRet> {
    check_flags(args.flags, "adminServerListClients")?;
    let clients = server.clients();
    let wanted = if args.need_results == 0 { &[][..] } else { &clients[..] };
    Ok(AdmServerListClientsRet {
        clients: wanted.iter().map(|client| client_ref(server, client)).collect(),
        ret: clients.len() as u32,
    })
}

pub(super) fn look_up(server: &Server, args: &AdmServerLookupClientArgs) -> Result<AdmServerLookupClientRet> {
    check_flags(args.flags, "adminServerLookupClient")?;
    Ok(AdmServerLookupClientRet { clnt: client_ref(server, &find(server, args.id)?) })
}

pub(super) fn close(server: &Server, args: &AdmClientCloseArgs) -> Result<()> {
    let client = find(server, args.clnt.id)?;
    check_flags(args.flags, "adminClientClose")?;
    client.close();
    Ok(())
}

pub(super) fn info(server: &Server, args: &AdmClientGetInfoArgs) -> Result<AdmClientGetInfoRet> {
    let id = args.clnt.id;
    let client =
        server.client(id).ok_or_else(|| err!(Admin, NoClient, "no client with matching id '{id}' found"))?;
    check_flags(args.flags, "adminClientGetInfo")?;
    let identity = client.identity();
    let mut params = TypedParams::new();
    push(&mut params, "readonly", client.is_readonly());
    if let Some(name) = identity.sasl_user {
        push(&mut params, "sasl_user_name", name);
    }
    if client.info().transport == TransportKind::Unix {
        if let Some(unix) = identity.unix {
            push(&mut params, "unix_user_id", unix.uid as i32);
            push(&mut params, "unix_user_name", users::user_name(unix.uid).unwrap_or_default());
            push(&mut params, "unix_group_id", unix.gid as i32);
            push(&mut params, "unix_group_name", users::group_name(unix.gid).unwrap_or_default());
            push(&mut params, "unix_process_id", unix.pid);
        }
    } else {
        push(&mut params, "sock_addr", client.info().address.as_str());
        if let Some(name) = identity.x509_name {
            push(&mut params, "tls_x509_dname", name);
        }
    }
    Ok(AdmClientGetInfoRet { params })
}

fn find(server: &Server, id: u64) -> Result<ClientHandle> {
    server.client(id).ok_or_else(|| err!(Rpc, NoClient, "No client with matching ID '{id}'"))
}

fn client_ref(server: &Server, client: &ClientHandle) -> AdminClient {
    let transport = match client.info().transport {
        TransportKind::Unix => 0,
        TransportKind::Tcp => 1,
        TransportKind::Tls => 2,
    };
    AdminClient { srv: server_ref(server), id: client.id(), timestamp: client.info().connected_at, transport }
}
