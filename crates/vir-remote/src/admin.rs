//! The administration interface of a daemon, as its clients see it: where it listens, and its calls.

use crate::closing::Closing;
use rustix::process::geteuid;
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::time::Duration;
use vir_base::conf::Conf;
use vir_base::paths::Paths;
use vir_base::uri::{Uri, resolve_alias};
use vir_base::{Result, TypedParam, bail};
use vir_proto::procedures::admin;
use vir_proto::wire::*;
use vir_proto::xdr::Xdr;
use vir_rpc::client::{Client, Target};

pub use vir_proto::wire::{AdminClient, AdminServer};

/// A connection to a daemon's administration interface.
pub struct Admin {
    client: Client,
    closing: Closing,
    uri: String,
}

/// Where the configuration and the environment say that programs without a URI go; with `aliases`, a
/// name of the configuration's is replaced by what it stands for.
///
/// # Errors
/// The configuration is broken.
pub fn admin_uri(name: Option<&str>, aliases: bool) -> Result<String> {
    let conf = Conf::read_if_exists(Paths::of_this_user()?.config_file("libvirt-admin"))?;
    let uri = match name {
        Some(name) => name.to_owned(),
        None => match std::env::var("LIBVIRT_ADMIN_DEFAULT_URI").ok().filter(|uri| !uri.is_empty()) {
            Some(uri) => uri,
            None => match conf.string("uri_default")? {
                Some(uri) => uri.to_owned(),
                None if geteuid().is_root() => "libvirtd:///system".to_owned(),
                None => "libvirtd:///session".to_owned(),
            },
        },
    };
    let found = if aliases { resolve_alias(&conf, &uri)? } else { None };
    Ok(found.unwrap_or(uri))
}

/// The socket that `uri` names.
fn socket(uri: &Uri) -> Result<PathBuf> {
    if let Some(unknown) = uri.params.iter().find(|param| param.name != "socket") {
        bail!(Admin, ConfigUnsupported, "Unknown URI parameter '{}'", unknown.name);
    }
    if let Some(path) = uri.param("socket") {
        return Ok(path.into());
    }
    let Some(scheme) = uri.scheme.as_deref() else {
        bail!(Admin, ConfigUnsupported, "No URI scheme specified");
    };
    let base = match scheme {
        "libvirtd" => "libvirt",
        daemon if daemon.starts_with("virt") => daemon,
        other => bail!(Admin, ConfigUnsupported, "Unsupported URI scheme '{other}'"),
    };
    let name = format!("{base}-admin-sock");
    match uri.path.as_deref().unwrap_or_default() {
        "/system" => Ok(Paths::system().state.join(name)),
        "/session" => Ok(Paths::session()?.run.join(name)),
        path => bail!(Admin, ConfigUnsupported, "Invalid URI path '{path}', try '/system'"),
    }
}

impl Admin {
    /// Connects to the daemon of `uri`.
    ///
    /// # Errors
    /// The URI names no daemon, or the daemon does not let us in.
    pub fn open(uri: &str, flags: u32) -> Result<Self> {
        let parsed = Uri::parse(uri)?;
        let client = Client::connect_unix(&socket(&parsed)?)?;
        let closing = Closing::default();
        closing.watch(&client);
        let this = Self { client, closing, uri: uri.to_owned() };
        this.call::<_, ()>(admin::ADM_CONNECT_OPEN, &AdmConnectOpenArgs { flags })?;
        Ok(this)
    }

    fn call<A: Xdr, R: Xdr>(&self, procedure: i32, args: &A) -> Result<R> {
        let target = Target { program: admin::PROGRAM, version: admin::VERSION, procedure };
        self.client.call_value(target, args)
    }

    /// What it was opened by.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// False once the connection is known to be broken.
    pub fn is_alive(&self) -> bool {
        self.client.is_alive()
    }

    /// `told` is called when the connection ends by itself, with `virConnectCloseReason`; none: nobody
    /// wants to hear.
    pub fn on_close(&self, told: Option<Box<dyn FnOnce(i32) + Send>>) {
        drop(self.closing.set(told));
    }

    /// The socket, to poll it.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.client.fd()
    }

    /// Whether something waits to be written.
    pub fn wants_write(&self) -> bool {
        self.client.wants_write()
    }

    /// How long [`Admin::dispatch`] may wait to be called while the socket is quiet.
    pub fn next_timeout(&self) -> Option<Duration> {
        self.client.next_timeout()
    }

    /// `told` is called when [`Admin::wants_write`] has become true and no thread sees to it.
    pub fn when_unsent(&self, told: impl Fn() + Send + Sync + 'static) {
        self.client.set_unsent_sink(told);
    }

    /// Reads and writes without waiting.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn dispatch(&self) -> Result<()> {
        self.client.dispatch_pending()
    }

    /// The daemon's version: major * 1,000,000 + minor * 1,000 + release.
    ///
    /// # Errors
    /// What the daemon says, as for all that follow.
    pub fn lib_version(&self) -> Result<u64> {
        Ok(self.call::<_, AdmConnectGetLibVersionRet>(admin::ADM_CONNECT_GET_LIB_VERSION, &())?.lib_ver)
    }

    /// The daemon's servers, if they are wanted, and their number.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn servers(&self, wanted: bool, flags: u32) -> Result<(Vec<AdminServer>, u32)> {
        let args = AdmConnectListServersArgs { need_results: wanted.into(), flags };
        let ret: AdmConnectListServersRet = self.call(admin::ADM_CONNECT_LIST_SERVERS, &args)?;
        Ok((ret.servers, ret.ret))
    }

    /// The server of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn server(&self, name: &str, flags: u32) -> Result<AdminServer> {
        let args = AdmConnectLookupServerArgs { name: name.to_owned(), flags };
        Ok(self.call::<_, AdmConnectLookupServerRet>(admin::ADM_CONNECT_LOOKUP_SERVER, &args)?.srv)
    }

    /// How many workers a server has, and may have.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn thread_pool(&self, srv: &AdminServer, flags: u32) -> Result<Vec<TypedParam>> {
        let args = AdmServerGetThreadPoolParametersArgs { srv: srv.clone(), flags };
        let ret: AdmServerGetThreadPoolParametersRet =
            self.call(admin::ADM_SERVER_GET_THREAD_POOL_PARAMETERS, &args)?;
        Ok(ret.params)
    }

    /// Changes how many workers a server may have.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn set_thread_pool(&self, srv: &AdminServer, params: Vec<TypedParam>, flags: u32) -> Result<()> {
        let args = AdmServerSetThreadPoolParametersArgs { srv: srv.clone(), params, flags };
        self.call(admin::ADM_SERVER_SET_THREAD_POOL_PARAMETERS, &args)
    }

    /// A server's clients, if they are wanted, and their number.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn clients(&self, srv: &AdminServer, wanted: bool, flags: u32) -> Result<(Vec<AdminClient>, u32)> {
        let args = AdmServerListClientsArgs { srv: srv.clone(), need_results: wanted.into(), flags };
        let ret: AdmServerListClientsRet = self.call(admin::ADM_SERVER_LIST_CLIENTS, &args)?;
        Ok((ret.clients, ret.ret))
    }

    /// The client of that number.
    ///
    /// # Errors
    /// There is none.
    pub fn client(&self, srv: &AdminServer, id: u64, flags: u32) -> Result<AdminClient> {
        let args = AdmServerLookupClientArgs { srv: srv.clone(), id, flags };
        Ok(self.call::<_, AdmServerLookupClientRet>(admin::ADM_SERVER_LOOKUP_CLIENT, &args)?.clnt)
    }

    /// Who a client is.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn client_info(&self, clnt: &AdminClient, flags: u32) -> Result<Vec<TypedParam>> {
        let args = AdmClientGetInfoArgs { clnt: clnt.clone(), flags };
        Ok(self.call::<_, AdmClientGetInfoRet>(admin::ADM_CLIENT_GET_INFO, &args)?.params)
    }

    /// Ends a client's connection.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn close_client(&self, clnt: &AdminClient, flags: u32) -> Result<()> {
        self.call(admin::ADM_CLIENT_CLOSE, &AdmClientCloseArgs { clnt: clnt.clone(), flags })
    }

    /// How many clients a server has, and may have.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn client_limits(&self, srv: &AdminServer, flags: u32) -> Result<Vec<TypedParam>> {
        let args = AdmServerGetClientLimitsArgs { srv: srv.clone(), flags };
        let ret: AdmServerGetClientLimitsRet = self.call(admin::ADM_SERVER_GET_CLIENT_LIMITS, &args)?;
        Ok(ret.params)
    }

    /// Changes how many clients a server may have.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn set_client_limits(&self, srv: &AdminServer, params: Vec<TypedParam>, flags: u32) -> Result<()> {
        let args = AdmServerSetClientLimitsArgs { srv: srv.clone(), params, flags };
        self.call(admin::ADM_SERVER_SET_CLIENT_LIMITS, &args)
    }

    /// Where the daemon logs to, and how many places that are.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn log_outputs(&self, flags: u32) -> Result<(String, u32)> {
        let args = AdmConnectGetLoggingOutputsArgs { flags };
        let ret: AdmConnectGetLoggingOutputsRet = self.call(admin::ADM_CONNECT_GET_LOGGING_OUTPUTS, &args)?;
        Ok((ret.outputs, ret.noutputs))
    }

    /// What the daemon logs, and how many rules that are.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn log_filters(&self, flags: u32) -> Result<(Option<String>, u32)> {
        let args = AdmConnectGetLoggingFiltersArgs { flags };
        let ret: AdmConnectGetLoggingFiltersRet = self.call(admin::ADM_CONNECT_GET_LOGGING_FILTERS, &args)?;
        Ok((ret.filters, ret.nfilters))
    }

    /// Says where to log to; none: the default.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn set_log_outputs(&self, outputs: Option<&str>, flags: u32) -> Result<()> {
        let args = AdmConnectSetLoggingOutputsArgs { outputs: outputs.map(str::to_owned), flags };
        self.call(admin::ADM_CONNECT_SET_LOGGING_OUTPUTS, &args)
    }

    /// Says what to log; none: the default.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn set_log_filters(&self, filters: Option<&str>, flags: u32) -> Result<()> {
        let args = AdmConnectSetLoggingFiltersArgs { filters: filters.map(str::to_owned), flags };
        self.call(admin::ADM_CONNECT_SET_LOGGING_FILTERS, &args)
    }

    /// Has a server read its certificates again.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn update_tls_files(&self, srv: &AdminServer, flags: u32) -> Result<()> {
        self.call(
            admin::ADM_SERVER_UPDATE_TLS_FILES,
            &AdmServerUpdateTlsFilesArgs { srv: srv.clone(), flags },
        )
    }

    /// Has the daemon end after so many seconds without clients; 0: never.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn set_daemon_timeout(&self, timeout: u32, flags: u32) -> Result<()> {
        self.call(admin::ADM_CONNECT_SET_DAEMON_TIMEOUT, &AdmConnectSetDaemonTimeoutArgs { timeout, flags })
    }

    /// Ends the daemon.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn shut_daemon_down(&self, flags: u32) -> Result<()> {
        self.call(admin::ADM_CONNECT_DAEMON_SHUTDOWN, &AdmConnectDaemonShutdownArgs { flags })
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        // a daemon that is gone needs no farewell
        let _: Result<()> = self.call(admin::ADM_CONNECT_CLOSE, &());
        self.client.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn daemons_have_their_sockets() {
        let of = |text: &str| socket(&Uri::parse(text).unwrap()).map_err(|error| error.message().to_owned());
        assert_eq!(of("libvirtd:///system?socket=/x"), Ok("/x".into()));
        assert!(of("virtlockd:///system").unwrap().ends_with("libvirt/virtlockd-admin-sock"));
        assert!(of("libvirtd:///system").unwrap().ends_with("libvirt/libvirt-admin-sock"));
        assert!(of("qemu:///system").unwrap_err().ends_with("Unsupported URI scheme 'qemu'"));
        assert!(of("libvirtd:///x").unwrap_err().ends_with("Invalid URI path '/x', try '/system'"));
        assert!(of("libvirtd:///system?a=b").unwrap_err().ends_with("Unknown URI parameter 'a'"));
    }
}
