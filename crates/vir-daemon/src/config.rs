//! What a daemon's configuration file says. Every key of the peer's file is known here, also those
//! whose subject is not served; what they ask for is then refused where it would take effect.
//!
//! Reading only: nothing is opened or applied.

use crate::spec::DaemonSpec;
use vir_base::conf::Conf;
use vir_base::{Result, bail};

/// How clients prove who they are, as the configuration names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Whoever can open the socket may use it.
    None,
    /// SASL.
    Sasl,
    /// The host's policy.
    Polkit,
}

/// The network side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkConfig {
    /// `listen_tcp`.
    pub listen_tcp: bool,
    /// `listen_tls`.
    pub listen_tls: bool,
    /// `tcp_port`: a number, or a service's name.
    pub tcp_port: String,
    /// `tls_port`.
    pub tls_port: String,
    /// `listen_addr`; all addresses if `None`.
    pub listen_addr: Option<String>,
    /// `auth_tcp`.
    pub auth_tcp: Auth,
    /// `auth_tls`.
    pub auth_tls: Auth,
    /// `tcp_min_ssf`: the weakest encryption that SASL may agree on, in bits.
    pub tcp_min_ssf: u32,
    /// `tls_no_sanity_certificate`.
    pub tls_no_sanity_certificate: bool,
    /// `tls_no_verify_certificate`.
    pub tls_no_verify_certificate: bool,
    /// `key_file`.
    pub key_file: Option<String>,
    /// `cert_file`.
    pub cert_file: Option<String>,
    /// `ca_file`.
    pub ca_file: Option<String>,
    /// `crl_file`.
    pub crl_file: Option<String>,
    /// `tls_allowed_dn_list`.
    pub tls_allowed_dn_list: Option<Vec<String>>,
    /// `tls_priority`.
    pub tls_priority: Option<String>,
    /// `sasl_allowed_username_list`.
    pub sasl_allowed_username_list: Option<Vec<String>>,
}

/// The limits of one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Workers kept.
    pub min_workers: u32,
    /// Workers at most.
    pub max_workers: u32,
    /// Workers for calls that are sure to end soon.
    pub prio_workers: u32,
    /// Clients at once.
    pub max_clients: u32,
    /// Connections the kernel keeps waiting for us.
    pub max_queued_clients: u32,
    /// Clients at once that have not authenticated; 0 is no limit of its own.
    pub max_anonymous_clients: u32,
    /// Calls of one client at a time.
    pub max_client_requests: u32,
    /// Seconds of silence before we ask; less than 1 is never.
    pub keepalive_interval: i32,
    /// Questions without an answer before we give up.
    pub keepalive_count: u32,
}

/// The sockets in the file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixConfig {
    /// `auth_unix_rw`.
    pub auth_rw: Auth,
    /// `auth_unix_ro`.
    pub auth_ro: Auth,
    /// `unix_sock_group`.
    pub group: Option<String>,
    /// `unix_sock_rw_perms`, as written.
    pub rw_perms: String,
    /// `unix_sock_ro_perms`, as written.
    pub ro_perms: String,
    /// `unix_sock_admin_perms`, as written.
    pub admin_perms: String,
    /// `unix_sock_dir`.
    pub dir: Option<String>,
}

/// A daemon's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Sockets in the file system.
    pub unix: UnixConfig,
    /// The network side.
    pub network: NetworkConfig,
    /// The limits of the server for everybody.
    pub limits: Limits,
    /// The limits of the administration's server.
    pub admin_limits: Limits,
    /// `access_drivers`.
    pub access_drivers: Vec<String>,
    /// `log_level`; `None` and 0 leave the default.
    pub log_level: Option<u32>,
    /// `log_filters`.
    pub log_filters: Option<String>,
    /// `log_outputs`.
    pub log_outputs: Option<String>,
    /// `audit_level`: 0 never, 1 where the host audits, 2 always.
    pub audit_level: u32,
    /// `audit_logging`: audit messages into the log too.
    pub audit_logging: bool,
    /// `host_uuid`.
    pub host_uuid: Option<String>,
    /// `host_uuid_source`.
    pub host_uuid_source: Option<String>,
    /// `ovs_timeout`, in seconds.
    pub ovs_timeout: u32,
}

/// Weakest encryption that may be configured for SASL, in bits.
const SSF_MIN: u32 = 112;

impl Config {
    /// What holds without a file.
    pub fn new(spec: &DaemonSpec) -> Self {
        let limits = Limits {
            min_workers: 5,
            max_workers: 20,
            prio_workers: 5,
            max_clients: 5000,
            max_queued_clients: 1000,
            max_anonymous_clients: 20,
            max_client_requests: 5,
            keepalive_interval: 5,
            keepalive_count: 5,
        };
        let admin_limits =
            Limits { prio_workers: 0, max_queued_clients: 20, max_anonymous_clients: 0, ..limits };
        let (limits, admin_limits) = match spec.one_thread {
            true => (Limits::one_thread(1024), Limits::one_thread(5000)),
            false => (limits, admin_limits),
        };
        Self {
            unix: UnixConfig {
                auth_rw: Auth::None,
                auth_ro: Auth::None,
                group: None,
                rw_perms: "0700".into(),
                ro_perms: "0777".into(),
                admin_perms: "0700".into(),
                dir: None,
            },
            network: NetworkConfig {
                listen_tcp: false,
                // needs --listen on top, where there is one
                listen_tls: spec.network,
                tcp_port: "16509".into(),
                tls_port: "16514".into(),
                listen_addr: None,
                // not to be had by whoever reaches the port, unless they say so
                auth_tcp: Auth::Sasl,
                auth_tls: Auth::None,
                tcp_min_ssf: 56,
                tls_no_sanity_certificate: false,
                tls_no_verify_certificate: false,
                key_file: None,
                cert_file: None,
                ca_file: None,
                crl_file: None,
                tls_allowed_dn_list: None,
                tls_priority: None,
                sasl_allowed_username_list: None,
            },
            limits,
            admin_limits,
            access_drivers: Vec::new(),
            log_level: None,
            log_filters: None,
            log_outputs: None,
            audit_level: 1,
            audit_logging: false,
            host_uuid: None,
            host_uuid_source: None,
            ovs_timeout: 5,
        }
    }

    /// Reads the file's content; `name` is what errors call it.
    ///
    /// # Errors
    /// In the peer's words: a value of the wrong type or out of range.
    pub fn from_conf(spec: &DaemonSpec, conf: &Conf, name: &str) -> Result<Self> {
        let mut config = Self::new(spec);
        let keys = Keys { conf, name };
        config.log_level = conf.u32("log_level")?;
        keys.text("log_filters", &mut config.log_filters)?;
        keys.text("log_outputs", &mut config.log_outputs)?;
        if spec.one_thread {
            config.limits.read_clients(&keys, "max_clients")?;
            config.admin_limits.read_clients(&keys, "admin_max_clients")?;
            return Ok(config);
        }
        if spec.network {
            config.network.read(&keys)?;
        }
        config.unix.read(&keys)?;
        keys.strings("access_drivers", &mut config.access_drivers)?;
        config.limits.read(&keys, "")?;
        keys.u32("max_anonymous_clients", &mut config.limits.max_anonymous_clients)?;
        keys.u32("prio_workers", &mut config.limits.prio_workers)?;
        config.admin_limits.read(&keys, "admin_")?;
        keys.u32("audit_level", &mut config.audit_level)?;
        keys.bool("audit_logging", &mut config.audit_logging)?;
        keys.text("host_uuid", &mut config.host_uuid)?;
        keys.text("host_uuid_source", &mut config.host_uuid_source)?;
        keys.u32("ovs_timeout", &mut config.ovs_timeout)?;
        Ok(config)
    }
}

impl NetworkConfig {
    fn read(&mut self, keys: &Keys<'_>) -> Result<()> {
        keys.bool("listen_tcp", &mut self.listen_tcp)?;
        keys.bool("listen_tls", &mut self.listen_tls)?;
        keys.string("tls_port", &mut self.tls_port)?;
        keys.string("tcp_port", &mut self.tcp_port)?;
        keys.text("listen_addr", &mut self.listen_addr)?;
        keys.auth("auth_tcp", &mut self.auth_tcp)?;
        keys.auth("auth_tls", &mut self.auth_tls)?;
        keys.bool("tls_no_sanity_certificate", &mut self.tls_no_sanity_certificate)?;
        keys.bool("tls_no_verify_certificate", &mut self.tls_no_verify_certificate)?;
        keys.text("key_file", &mut self.key_file)?;
        keys.text("cert_file", &mut self.cert_file)?;
        keys.text("ca_file", &mut self.ca_file)?;
        keys.text("crl_file", &mut self.crl_file)?;
        self.tls_allowed_dn_list = keys.conf.strings("tls_allowed_dn_list", false)?;
        keys.text("tls_priority", &mut self.tls_priority)?;
        if let Some(bits) = keys.conf.u32("tcp_min_ssf")? {
            if bits < SSF_MIN {
                bail!(Conf, ConfigUnsupported, "minimum SSF levels lower than {SSF_MIN} are not supported");
            }
            self.tcp_min_ssf = bits;
        }
        self.sasl_allowed_username_list = keys.conf.strings("sasl_allowed_username_list", false)?;
        Ok(())
    }
}

impl UnixConfig {
    fn read(&mut self, keys: &Keys<'_>) -> Result<()> {
        keys.auth("auth_unix_rw", &mut self.auth_rw)?;
        if self.auth_rw == Auth::Polkit {
            // the policy decides then, not the file's mode
            self.rw_perms = "0777".into();
        }
        keys.auth("auth_unix_ro", &mut self.auth_ro)?;
        keys.text("unix_sock_group", &mut self.group)?;
        keys.string("unix_sock_admin_perms", &mut self.admin_perms)?;
        keys.string("unix_sock_ro_perms", &mut self.ro_perms)?;
        keys.string("unix_sock_rw_perms", &mut self.rw_perms)?;
        keys.text("unix_sock_dir", &mut self.dir)
    }
}

impl Limits {
    /// Of a daemon with one thread.
    fn one_thread(clients: u32) -> Self {
        Self {
            min_workers: 0,
            max_workers: 0,
            prio_workers: 0,
            max_clients: clients,
            max_queued_clients: 30,
            max_anonymous_clients: clients,
            max_client_requests: 1,
            keepalive_interval: -1,
            keepalive_count: 0,
        }
    }

    /// Where nobody has to authenticate, who has not is just a client.
    fn read_clients(&mut self, keys: &Keys<'_>, key: &str) -> Result<()> {
        keys.u32(key, &mut self.max_clients)?;
        self.max_anonymous_clients = self.max_clients;
        Ok(())
    }

    fn read(&mut self, keys: &Keys<'_>, prefix: &str) -> Result<()> {
        let key = |name: &str| format!("{prefix}{name}");
        keys.u32(&key("min_workers"), &mut self.min_workers)?;
        keys.u32(&key("max_workers"), &mut self.max_workers)?;
        if prefix.is_empty() && self.max_workers < 1 {
            bail!(Conf, InternalError, "'max_workers' must be greater than 0");
        }
        keys.u32(&key("max_clients"), &mut self.max_clients)?;
        keys.u32(&key("max_queued_clients"), &mut self.max_queued_clients)?;
        keys.u32(&key("max_client_requests"), &mut self.max_client_requests)?;
        if let Some(interval) = keys.conf.i32(&key("keepalive_interval"))? {
            self.keepalive_interval = interval;
        }
        keys.u32(&key("keepalive_count"), &mut self.keepalive_count)
    }
}

/// Look-ups that leave the default where the file says nothing.
struct Keys<'a> {
    conf: &'a Conf,
    name: &'a str,
}

impl Keys<'_> {
    fn bool(&self, key: &str, value: &mut bool) -> Result<()> {
        set(value, self.conf.bool(key)?)
    }

    fn u32(&self, key: &str, value: &mut u32) -> Result<()> {
        set(value, self.conf.u32(key)?)
    }

    fn string(&self, key: &str, value: &mut String) -> Result<()> {
        set(value, self.conf.string(key)?.map(str::to_owned))
    }

    fn text(&self, key: &str, value: &mut Option<String>) -> Result<()> {
        *value = self.conf.string(key)?.map(str::to_owned);
        Ok(())
    }

    fn strings(&self, key: &str, value: &mut Vec<String>) -> Result<()> {
        set(value, self.conf.strings(key, false)?)
    }

    fn auth(&self, key: &str, value: &mut Auth) -> Result<()> {
        *value = match self.conf.string(key)? {
            None => return Ok(()),
            Some("none") => Auth::None,
            Some("sasl") => Auth::Sasl,
            Some("polkit") => Auth::Polkit,
            Some(other) => bail!(Conf, ConfigUnsupported, "{}: {key}: unsupported auth {other}", self.name),
        };
        Ok(())
    }
}

fn set<T>(value: &mut T, new: Option<T>) -> Result<()> {
    if let Some(new) = new {
        *value = new;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::LIBVIRTD;
    use vir_base::conf::Format;

    fn read(text: &str) -> Result<Config> {
        let conf = Conf::parse("c", text.as_bytes(), Format::Plain)?;
        Config::from_conf(&LIBVIRTD, &conf, "c")
    }

    fn refusal(text: &str) -> String {
        read(text).unwrap_err().message().to_owned()
    }

    #[test]
    fn without_a_file() {
        let config = read("").unwrap();
        assert_eq!(config, Config::new(&LIBVIRTD));
        assert_eq!(config.unix.rw_perms, "0700");
        assert_eq!((config.limits.max_clients, config.admin_limits.max_queued_clients), (5000, 20));
    }

    #[test]
    fn keys_of_the_two_servers_do_not_mix() {
        let config = read(
            "max_clients = 7\nadmin_max_clients = 3\nmax_workers = 9\nkeepalive_interval = -1\n\
             admin_keepalive_count = 0\nprio_workers = 1\n",
        )
        .unwrap();
        assert_eq!((config.limits.max_clients, config.admin_limits.max_clients), (7, 3));
        assert_eq!((config.limits.max_workers, config.admin_limits.max_workers), (9, 20));
        assert_eq!((config.limits.keepalive_interval, config.admin_limits.keepalive_interval), (-1, 5));
        assert_eq!((config.limits.keepalive_count, config.admin_limits.keepalive_count), (5, 0));
        assert_eq!((config.limits.prio_workers, config.admin_limits.prio_workers), (1, 0));
    }

    #[test]
    fn a_daemon_of_one_thread_has_few_settings() {
        let text = "max_clients = 7\nadmin_max_clients = 3\nmax_workers = 9\nlog_level = 1\n";
        let conf = Conf::parse("c", text.as_bytes(), Format::Plain).unwrap();
        let config = Config::from_conf(&crate::spec::VIRTLOCKD, &conf, "c").unwrap();
        assert_eq!(config.log_level, Some(1));
        assert_eq!((config.limits.max_clients, config.limits.max_anonymous_clients), (7, 7));
        assert_eq!((config.admin_limits.max_clients, config.limits.max_workers), (3, 0));
        assert_eq!(Config::new(&crate::spec::VIRTLOCKD).limits.max_clients, 1024);
    }

    #[test]
    fn polkit_opens_the_socket_unless_a_mode_is_given() {
        assert_eq!(read("auth_unix_rw = 'polkit'").unwrap().unix.rw_perms, "0777");
        let both = read("unix_sock_rw_perms = '0770'\nauth_unix_rw = 'polkit'").unwrap();
        assert_eq!(both.unix.rw_perms, "0770");
    }

    #[test]
    fn refusals_in_the_peers_words() {
        assert_eq!(
            refusal("auth_unix_rw = 'foo'"),
            "unsupported configuration: c: auth_unix_rw: unsupported auth foo"
        );
        assert_eq!(refusal("max_workers = 0"), "internal error: 'max_workers' must be greater than 0");
        assert_eq!(
            refusal("max_clients = 'x'"),
            "internal error: c: expected an unsigned integer for 'max_clients' parameter"
        );
        assert_eq!(
            refusal("tcp_min_ssf = 5"),
            "unsupported configuration: minimum SSF levels lower than 112 are not supported"
        );
    }
}
