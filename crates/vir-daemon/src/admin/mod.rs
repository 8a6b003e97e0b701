//! The administration of a running daemon: its servers, their clients and workers, its log and its
//! end.
//!
//! Served on sockets of its own, to the daemon's own user only.

mod client;
mod logging;
mod server;

use crate::control::Control;
use rustix::process::geteuid;
use std::sync::Arc;
use std::time::Duration;
use vir_api::constants::VIR_DAEMON_SHUTDOWN_PRESERVE;
use vir_base::{Error, ErrorDomain, Result, bail, err};
use vir_proto::procedures::admin::*;
use vir_proto::wire::*;
use vir_rpc::server::{
    Call, ClientHandle, ClientHooks, Outcome, Placement, Procedure, Program, Reply, Server,
};

/// The version of the library that we stand for: major * 1,000,000 + minor * 1,000 + release.
const LIB_VERSION: u64 = 11_003_000;

/// Serves the program `admin`.
pub struct AdminProgram {
    control: Arc<Control>,
}

impl AdminProgram {
    /// The administration of this daemon.
    pub(crate) fn new(control: Arc<Control>) -> Self {
        Self { control }
    }

    /// A server by its name.
    fn server(&self, name: &str) -> Result<Arc<Server>> {
        self.control.server(name).ok_or_else(|| err!(Rpc, NoServer, "No server named '{name}'"))
    }

    /// As [`AdminProgram::server`], where the peer has other words for it.
    fn matching_server(&self, name: &str) -> Result<Arc<Server>> {
        self.control
            .server(name)
            .ok_or_else(|| err!(Admin, NoServer, "no server with matching name '{name}' found"))
    }

    fn list_servers(&self, args: &AdmConnectListServersArgs) -> Result<AdmConnectListServersRet> {
        check_flags(args.flags, "adminConnectListServers")?;
        let servers = self.control.servers();
        let wanted = if args.need_results == 0 { &[][..] } else { &servers[..] };
        Ok(AdmConnectListServersRet {
            servers: wanted.iter().map(|server| server_ref(server)).collect(),
            ret: servers.len() as u32,
        })
    }

    fn shut_down(&self, client: &ClientHandle, args: &AdmConnectDaemonShutdownArgs) -> Result<()> {
        vir_base::error::check_flags(
            ErrorDomain::Admin,
            args.flags,
            VIR_DAEMON_SHUTDOWN_PRESERVE,
            "adminConnectDaemonShutdown",
        )?;
        // a daemon without guests has nothing to do for it
        if args.flags & VIR_DAEMON_SHUTDOWN_PRESERVE != 0 && !self.control.drivers.is_empty() {
            bail!(Admin, OperationUnsupported, "no driver of this daemon can preserve its guests' state");
        }
        self.control.quit_after(client.id());
        Ok(())
    }
}

impl Program for AdminProgram {
    fn number(&self) -> u32 {
        PROGRAM
    }

    fn version(&self) -> u32 {
        VERSION
    }

    fn procedure(&self, procedure: i32) -> Option<Procedure> {
        let placement = match procedure {
            // the user database may be across a network, and files on it; threads are started
            ADM_CLIENT_GET_INFO
            | ADM_CONNECT_SET_LOGGING_OUTPUTS
            | ADM_SERVER_SET_THREAD_POOL_PARAMETERS
            | ADM_SERVER_UPDATE_TLS_FILES => Placement::Worker,
            ADM_CONNECT_OPEN..=ADM_CONNECT_DAEMON_SHUTDOWN => Placement::InPlace,
            _ => return None,
        };
        Some(Procedure { placement, needs_auth: true })
    }

    fn call(&self, client: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
        match call.header.procedure {
            ADM_CONNECT_OPEN => {
                let args: AdmConnectOpenArgs = call.decode()?;
                check_flags(args.flags, "adminDispatchConnectOpen")?;
            }
            ADM_CONNECT_CLOSE => client.close_after_reply(),
            ADM_CONNECT_GET_LIB_VERSION => {
                reply.encode(&AdmConnectGetLibVersionRet { lib_ver: LIB_VERSION })?;
            }
            ADM_CONNECT_LIST_SERVERS => reply.encode(&self.list_servers(&call.decode()?)?)?,
            ADM_CONNECT_LOOKUP_SERVER => {
                let args: AdmConnectLookupServerArgs = call.decode()?;
                let srv = server_ref(&*self.server(&args.name)?);
                reply.encode(&AdmConnectLookupServerRet { srv })?;
            }
            ADM_SERVER_GET_THREAD_POOL_PARAMETERS => {
                let args: AdmServerGetThreadPoolParametersArgs = call.decode()?;
                let server = self.server(&args.srv.name)?;
                reply.encode(&server::pool(&server, args.flags)?)?;
            }
            ADM_SERVER_SET_THREAD_POOL_PARAMETERS => {
                let args: AdmServerSetThreadPoolParametersArgs = call.decode()?;
                let server = self.matching_server(&args.srv.name)?;
                server::set_pool(&server, &args.params, args.flags)?;
            }
            ADM_SERVER_GET_CLIENT_LIMITS => {
                let args: AdmServerGetClientLimitsArgs = call.decode()?;
                let server = self.server(&args.srv.name)?;
                reply.encode(&server::limits(&server, args.flags)?)?;
            }
            ADM_SERVER_SET_CLIENT_LIMITS => {
                let args: AdmServerSetClientLimitsArgs = call.decode()?;
                let server = self.matching_server(&args.srv.name)?;
                server::set_limits(&server, &args.params, args.flags)?;
            }
            ADM_SERVER_LIST_CLIENTS => {
                let args: AdmServerListClientsArgs = call.decode()?;
                let server = self.server(&args.srv.name)?;
                reply.encode(&client::list(&server, &args)?)?;
            }
            ADM_SERVER_LOOKUP_CLIENT => {
                let args: AdmServerLookupClientArgs = call.decode()?;
                let server = self.server(&args.srv.name)?;
                reply.encode(&client::look_up(&server, &args)?)?;
            }
            ADM_CLIENT_GET_INFO => {
                let args: AdmClientGetInfoArgs = call.decode()?;
                let server = self.matching_server(&args.clnt.srv.name)?;
                reply.encode(&client::info(&server, &args)?)?;
            }
            ADM_CLIENT_CLOSE => {
                let args: AdmClientCloseArgs = call.decode()?;
                let server = self.server(&args.clnt.srv.name)?;
                client::close(&server, &args)?;
            }
            ADM_CONNECT_GET_LOGGING_OUTPUTS => reply.encode(&logging::outputs(&call.decode()?)?)?,
            ADM_CONNECT_GET_LOGGING_FILTERS => reply.encode(&logging::filters(&call.decode()?)?)?,
            ADM_CONNECT_SET_LOGGING_OUTPUTS => logging::set_outputs(&call.decode()?)?,
            ADM_CONNECT_SET_LOGGING_FILTERS => logging::set_filters(&call.decode()?)?,
            ADM_SERVER_UPDATE_TLS_FILES => {
                let args: AdmServerUpdateTlsFilesArgs = call.decode()?;
                let server = self.server(&args.srv.name)?;
                check_flags(args.flags, "adminServerUpdateTlsFiles")?;
                let Some(encryption) = server.encryption() else {
                    bail!(Rpc, InternalError, "no tls service found, unable to update tls files");
                };
                encryption.reload()?;
            }
            ADM_CONNECT_SET_DAEMON_TIMEOUT => {
                let args: AdmConnectSetDaemonTimeoutArgs = call.decode()?;
                check_flags(args.flags, "adminConnectSetDaemonTimeout")?;
                self.control.set_timeout(Duration::from_secs(args.timeout.into()));
            }
            ADM_CONNECT_DAEMON_SHUTDOWN => self.shut_down(client, &call.decode()?)?,
            other => bail!(Rpc, Rpc, "unknown procedure: {other}"),
        }
        Ok(Outcome::Done)
    }
}

/// Lets only the daemon's own user in, whatever the socket's mode.
pub(crate) struct OwnUserOnly {
    /// The daemon's own book.
    pub(crate) attendance: Arc<dyn ClientHooks>,
    /// Who is told that one has left.
    pub(crate) control: Arc<Control>,
}

impl ClientHooks for OwnUserOnly {
    fn connected(&self, client: &ClientHandle) {
        self.attendance.connected(client);
        let who = client.identity().unix;
        if who.is_none_or(|who| who.uid != geteuid().as_raw()) {
            let (pid, uid) = who.map_or((0, 0), |who| (who.pid, who.uid));
            log::error!("access denied: Disallowing client {pid} with uid {uid}");
            client.close();
        }
    }

    fn disconnected(&self, client: &ClientHandle) {
        self.attendance.disconnected(client);
        self.control.admin_left(client.id());
    }

    fn leaves_at_once(&self, client: &ClientHandle) -> bool {
        self.attendance.leaves_at_once(client)
    }
}

fn server_ref(server: &Server) -> AdminServer {
    AdminServer { name: server.name().to_owned() }
}

/// No flags are defined for most functions.
fn check_flags(flags: u32, function: &str) -> Result<(), Error> {
    vir_base::error::check_flags(ErrorDomain::Admin, flags, 0, function)
}
