//! The sockets of a daemon: which there are, as values, and opening them.

mod activation;
mod tcp;
mod unix;

pub use unix::BoundPath;

use crate::config::{Auth, Config};
use crate::spec::DaemonSpec;
use activation::Activation;
use rustix::fd::OwnedFd;
use std::path::{Path, PathBuf};
use vir_base::{Error, ErrorCode, ErrorDomain, Result, bail, err, users};
use vir_rpc::auth::AuthMethod;
use vir_rpc::server::ListenerOptions;

/// Which of the daemon's servers the clients of a socket reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serves {
    /// The one for everybody.
    Everybody,
    /// The administration.
    Admin,
}

/// A socket that listens.
#[derive(Debug)]
pub struct Listening {
    /// The descriptor.
    pub fd: OwnedFd,
    /// Where its clients get to.
    pub serves: Serves,
    /// What they may do.
    pub options: ListenerOptions,
    /// They speak TLS.
    pub encrypted: bool,
    /// The file that goes away with it, if this process made it.
    pub path: Option<BoundPath>,
}

/// A socket in the file system that should be there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct UnixSocket {
    /// The name of its systemd unit.
    unit: String,
    path: PathBuf,
    serves: Serves,
    options: ListenerOptions,
    mode: u32,
    backlog: u32,
    /// It is another daemon's, and left to it if that is there.
    borrowed: bool,
}

/// What the command line and the user decide.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The directory for sockets without `unix_sock_dir`.
    pub dir: &'a Path,
    /// Running as root.
    pub privileged: bool,
    /// `--listen`.
    pub listen: bool,
}

/// Opens all sockets, or takes those that systemd has opened: then those and no others, since the
/// administrator has chosen them by enabling units.
///
/// # Errors
/// In the peer's words; what was opened is closed again.
pub fn open(spec: &DaemonSpec, config: &Config, request: Request<'_>) -> Result<Vec<Listening>> {
    let activation = Activation::take();
    if activation.is_some() && request.listen {
        return Err(plain(
            "--listen parameter not permitted with systemd activation sockets, see 'man libvirtd' for further guidance",
        ));
    }
    let plan = plan(spec, config, request)?;
    match activation {
        Some(activation) => take_activated(activation, spec, config, &plan),
        None => open_all(spec, config, request, &plan),
    }
}

/// Opens the sockets in the file system of one of the servers: where a program before this one should
/// have left them, and has not.
///
/// # Errors
/// In the peer's words; what was opened is closed again.
pub fn open_again(
    spec: &DaemonSpec,
    config: &Config,
    request: Request<'_>,
    serves: Serves,
) -> Result<Vec<Listening>> {
    let mut plan = plan(spec, config, request)?;
    plan.retain(|socket| socket.serves == serves);
    open_all(spec, config, Request { listen: false, ..request }, &plan)
}

fn open_all(
    spec: &DaemonSpec,
    config: &Config,
    request: Request<'_>,
    plan: &[UnixSocket],
) -> Result<Vec<Listening>> {
    let group = config.unix.group.as_deref().map(users::parse_group).transpose()?;
    let table = unix::Table::default();
    let mut open = Vec::with_capacity(plan.len());
    for socket in plan {
        if socket.borrowed && table.in_use(&socket.path) {
            log::info!("leaving socket '{}' to the daemon that listens there", socket.path.display());
            continue;
        }
        let (fd, path) = unix::listen(&table, &socket.path, socket.mode, group, socket.backlog)?;
        let UnixSocket { serves, options, .. } = *socket;
        open.push(Listening { fd, serves, options, encrypted: false, path: Some(path) });
    }
    let network = &config.network;
    if spec.network && request.listen && network.listen_tcp {
        let options = network_options("auth_tcp", network.auth_tcp)?;
        let fds = tcp::listen(network.listen_addr.as_deref(), &network.tcp_port)?;
        open.extend(fds.into_iter().map(|fd| on_network(fd, options, false)));
    }
    if spec.network && request.listen && network.listen_tls {
        let options = network_options("auth_tls", network.auth_tls)?;
        let fds = tcp::listen(network.listen_addr.as_deref(), &network.tls_port)?;
        open.extend(fds.into_iter().map(|fd| on_network(fd, options, true)));
    }
    Ok(open)
}

fn take_activated(
    mut activation: Activation,
    spec: &DaemonSpec,
    config: &Config,
    plan: &[UnixSocket],
) -> Result<Vec<Listening>> {
    let mut open = Vec::new();
    for socket in plan {
        for fd in activation.claim_at(&socket.unit, &socket.path) {
            let UnixSocket { serves, options, .. } = *socket;
            open.push(Listening { fd, serves, options, encrypted: false, path: None });
        }
    }
    if spec.network {
        for fd in activation.claim(&format!("{}-tcp.socket", spec.name)) {
            open.push(on_network(fd, network_options("auth_tcp", config.network.auth_tcp)?, false));
        }
        for fd in activation.claim(&format!("{}-tls.socket", spec.name)) {
            open.push(on_network(fd, network_options("auth_tls", config.network.auth_tls)?, true));
        }
    }
    activation.complete()?;
    Ok(open)
}

/// All sockets in the file system.
fn plan(spec: &DaemonSpec, config: &Config, request: Request<'_>) -> Result<Vec<UnixSocket>> {
    let unix = &config.unix;
    let dir = unix.dir.as_ref().map_or(request.dir, Path::new);
    let main = (mode(&unix.rw_perms)?, options("auth_unix_rw", unix.auth_rw, false)?);
    let reader = (mode(&unix.ro_perms)?, options("auth_unix_ro", unix.auth_ro, true)?);
    let admin = (mode(&unix.admin_perms)?, ListenerOptions::default());
    // as the peer has it: a session with a directory of its own has no administration
    let has_admin = request.privileged || unix.dir.is_none();
    let has_reader = request.privileged && spec.read_only;

    let mut plan = Vec::new();
    let mut add = |name: &str, prefix: &str, public: bool, borrowed: bool| {
        let mut socket = |infix: &str, suffix: &str, serves, (mode, options), backlog| {
            let unit = format!("{name}{infix}.socket");
            let path = dir.join(format!("{prefix}-{suffix}"));
            plan.push(UnixSocket { unit, path, serves, options, mode, backlog, borrowed });
        };
        let backlog = config.limits.max_queued_clients;
        if public {
            socket("", "sock", Serves::Everybody, main, backlog);
        }
        if public && has_reader {
            socket("-ro", "sock-ro", Serves::Everybody, reader, backlog);
        }
        if has_admin {
            socket("-admin", "admin-sock", Serves::Admin, admin, config.admin_limits.max_queued_clients);
        }
    };
    add(spec.name, spec.socket_prefix, true, false);
    for other in spec.stands_for {
        add(other.name, other.name, other.public, true);
    }
    Ok(plan)
}

/// An octal mode; only the bits that a socket's file can have count.
fn mode(text: &str) -> Result<u32> {
    match i32::from_str_radix(text, 8) {
        Ok(mode) => Ok(mode as u32 & 0o777),
        Err(_) => Err(plain(format!("Failed to parse mode '{text}'"))),
    }
}

/// An error whose text stands alone, without its code's words in front.
fn plain(text: impl Into<String>) -> Error {
    let mut data = Error::bare(ErrorDomain::Rpc, ErrorCode::InternalError).data().clone();
    data.message = Some(text.into());
    Error::from_data(data)
}

fn options(key: &str, auth: Auth, readonly: bool) -> Result<ListenerOptions> {
    let auth = match auth {
        Auth::None => AuthMethod::None,
        Auth::Polkit => AuthMethod::Polkit,
        Auth::Sasl => {
            return Err(err!(Conf, ConfigUnsupported, "{key}: this daemon has no SASL")
                .with_hint(format!("set {key} = \"none\" if whoever reaches the socket may use it")));
        }
    };
    Ok(ListenerOptions { auth, readonly })
}

fn on_network(fd: OwnedFd, options: ListenerOptions, encrypted: bool) -> Listening {
    Listening { fd, serves: Serves::Everybody, options, encrypted, path: None }
}

fn network_options(key: &str, auth: Auth) -> Result<ListenerOptions> {
    if auth == Auth::Polkit {
        bail!(Conf, ConfigUnsupported, "{key}: polkit knows local clients only");
    }
    options(key, auth, false)
}

/// The refusal of a daemon that was built without TLS.
pub fn no_tls() -> Error {
    err!(Conf, ConfigUnsupported, "listen_tls: this daemon has no TLS")
        .with_hint("set listen_tls = 0; reach the daemon over SSH (qemu+ssh://HOST/system) instead")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::LIBVIRTD;

    fn names(config: &Config, privileged: bool) -> Vec<String> {
        let request = Request { dir: Path::new("/run/libvirt"), privileged, listen: false };
        let plan = plan(&LIBVIRTD, config, request).unwrap();
        plan.iter().map(|s| s.path.display().to_string()).collect()
    }

    #[test]
    fn every_name_a_client_may_look_for() {
        let config = Config::new(&LIBVIRTD);
        let all = names(&config, true);
        for name in ["libvirt-sock", "libvirt-sock-ro", "libvirt-admin-sock", "virtqemud-sock-ro"] {
            assert!(all.contains(&format!("/run/libvirt/{name}")), "{name}");
        }
        assert!(all.contains(&"/run/libvirt/virtproxyd-admin-sock".to_owned()));
        assert!(!all.contains(&"/run/libvirt/virtproxyd-sock".to_owned()));
        assert_eq!(all.len(), 25);
        let session = names(&config, false);
        assert!(!session.iter().any(|name| name.ends_with("-ro")));
        assert!(session.contains(&"/run/libvirt/libvirt-admin-sock".to_owned()));
    }

    #[test]
    fn modes_and_authentication_follow_the_configuration() {
        let mut config = Config::new(&LIBVIRTD);
        config.unix.rw_perms = "0660".into();
        config.unix.auth_rw = Auth::Polkit;
        config.unix.dir = Some("/x".into());
        let request = Request { dir: Path::new("/run/libvirt"), privileged: true, listen: false };
        let sockets = plan(&LIBVIRTD, &config, request).unwrap();
        assert_eq!((sockets[0].mode, sockets[0].path.as_path()), (0o660, Path::new("/x/libvirt-sock")));
        assert_eq!(sockets[0].options.auth, AuthMethod::Polkit);
        assert!(sockets[1].options.readonly && sockets[1].options.auth == AuthMethod::None);
        assert_eq!((sockets[2].serves, sockets[2].backlog), (Serves::Admin, 20));
        assert_eq!(sockets[2].unit, "libvirtd-admin.socket");

        config.unix.ro_perms = "99".into();
        let error = plan(&LIBVIRTD, &config, request).unwrap_err();
        assert_eq!(error.message(), "Failed to parse mode '99'");
    }

    #[test]
    fn nobody_gets_in_by_tcp_without_being_asked_unless_told_so() {
        let mut config = Config::new(&LIBVIRTD);
        let of = |config: &Config| network_options("auth_tcp", config.network.auth_tcp);
        assert!(of(&config).unwrap_err().message().contains("auth_tcp: this daemon has no SASL"));
        config.network.auth_tcp = Auth::None;
        assert_eq!(of(&config).unwrap(), ListenerOptions::default());
    }
}
