//! What `qemu.conf` says. Every key of the peer's file is read and checked here; a key that asks for
//! what this driver does not do yet is named in the log, and one that asks for protection which it
//! cannot give is refused.
//!
//! Reading only: nothing is opened, started or given away.

mod keys;
mod table;
mod value;

pub use keys::Keys;
pub use value::{CoreSize, ImageFormat, SchedCore, ShutdownScope, StdioHandler, Strings};

use std::path::Path;
use vir_base::conf::{Conf, Format};
use vir_base::paths::Paths;
use vir_base::{Result, bail, users};

/// The account that Debian's libvirt runs QEMU as, and its group.
const QEMU_USER: &str = "libvirt-qemu";

/// A VNC server compares no more of a password.
const VNC_PASSWORD_MAX: usize = 8;

/// Whom QEMU runs as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// All groups, the first included.
    pub groups: Vec<u32>,
}

impl Account {
    /// A user's account with this group.
    fn new(uid: u32, gid: u32) -> Self {
        // those of the user's own, whatever group it is given: /dev/kvm is a matter of groups
        let name = users::user_name(uid);
        let own = name.as_ref().and_then(|name| users::user_by_name(name)).map_or(gid, |(_, own)| own);
        let mut groups = name.map_or_else(Vec::new, |name| users::groups_of(&name, own));
        if !groups.contains(&gid) {
            groups.push(gid);
        }
        Self { uid, gid, groups }
    }

    /// It may do everything.
    pub fn is_root(&self) -> bool {
        self.uid == 0
    }
}

/// How TLS is done by a server in QEMU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Where its certificates are.
    pub directory: String,
    /// Clients must show one.
    pub verify: bool,
}

/// The driver's configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// The keys.
    pub keys: Keys,
    /// Whom QEMU runs as, where that is not who we are.
    pub account: Option<Account>,
}

impl Config {
    /// Reads the file of an instance, if it has one. Keys that are set in vain are logged.
    ///
    /// # Errors
    /// A file that cannot be understood, values that are none, and protection that cannot be given.
    pub fn load(paths: &Paths) -> Result<Self> {
        let path = paths.config_file("qemu");
        let privileged = paths.system && rustix::process::geteuid().is_root();
        let conf = match rustix::fs::access(&path, rustix::fs::Access::READ_OK) {
            Ok(()) => Conf::read(&path, Format::Plain)?,
            Err(_) => {
                log::info!("Could not read qemu config file {}", path.display());
                Conf::new(path.to_string_lossy(), Format::Plain)
            }
        };
        let config = Self::of(&conf, &path.to_string_lossy(), privileged)?;
        for key in config.keys.asked_in_vain() {
            log::warn!("{}: '{key}' is set, but this driver does not serve it yet", path.display());
        }
        for (key, _) in conf.iter().filter(|(key, _)| !Keys::KEYS.contains(key)) {
            log::warn!("{}: there is no key '{key}'", path.display());
        }
        Ok(config)
    }

    fn of(conf: &Conf, path: &str, privileged: bool) -> Result<Self> {
        let mut keys = Keys::default();
        keys.read_keys(conf)?;
        if let Some(password) = keys.vnc_password.as_mut().filter(|p| p.len() > VNC_PASSWORD_MAX) {
            log::warn!(
                "VNC password is {} characters long, only {VNC_PASSWORD_MAX} permitted, truncating",
                password.len()
            );
            let end = (0..=VNC_PASSWORD_MAX).rev().find(|at| password.is_char_boundary(*at));
            password.truncate(end.unwrap_or(0));
        }
        check_ports(&keys, path)?;
        check_values(&keys)?;
        check_security(&keys, privileged)?;
        let account = if privileged { Some(account(&keys)?) } else { None };
        Ok(Self { keys, account })
    }

    /// Files of guests are given to QEMU's user while they run.
    pub fn gives_files(&self) -> bool {
        self.account.is_some() && self.keys.dynamic_ownership.unwrap_or(true)
    }

    /// And their owner is noted with them, to get them back.
    pub fn remembers_owners(&self) -> bool {
        self.gives_files() && self.keys.remember_owner.unwrap_or(true)
    }

    /// QEMU has the power of root.
    pub fn runs_as_root(&self) -> bool {
        match &self.account {
            Some(account) => account.is_root(),
            None => rustix::process::geteuid().is_root(),
        }
    }

    /// How VNC is encrypted, if it is.
    pub fn vnc_tls(&self) -> Option<Tls> {
        let keys = &self.keys;
        keys.vnc_tls.then(|| Tls {
            directory: self.tls_directory(keys.vnc_tls_x509_cert_dir.as_deref(), "vnc"),
            verify: keys.vnc_tls_x509_verify.or(keys.default_tls_x509_verify).unwrap_or(false),
        })
    }

    /// The directory that is named, else that of the service if there is one, else the general one.
    fn tls_directory(&self, named: Option<&str>, service: &str) -> String {
        let own = format!("/etc/pki/libvirt-{service}");
        match named {
            Some(directory) => directory.to_owned(),
            None if Path::new(&own).exists() => own,
            None => self.keys.default_tls_x509_cert_dir.clone().unwrap_or_else(|| "/etc/pki/qemu".into()),
        }
    }
}

/// Whom QEMU runs as under a privileged daemon: who is named, else the distribution's account if the
/// host has it. Where it has not, no package that could own it is installed, and QEMU stays root.
fn account(keys: &Keys) -> Result<Account> {
    let uid = match &keys.user {
        Some(user) => users::parse_user(user)?,
        None => users::user_by_name(QEMU_USER).map_or_else(
            || {
                log::warn!(
                    "this host has no user '{QEMU_USER}': guests run as root; set 'user' in qemu.conf"
                );
                0
            },
            |(uid, _)| uid,
        ),
    };
    let gid = match &keys.group {
        Some(group) => users::parse_group(group)?,
        None => match users::group_by_name(QEMU_USER) {
            Some(gid) => gid,
            // the user's own, so that one that was named alone is enough
            None => {
                users::user_name(uid).and_then(|name| users::user_by_name(&name)).map_or(0, |(_, gid)| gid)
            }
        },
    };
    Ok(Account::new(uid, gid))
}

fn check_ports(keys: &Keys, path: &str) -> Result<()> {
    let displays = (keys.remote_display_port_min, keys.remote_display_port_max);
    let websockets = (keys.remote_websocket_port_min, keys.remote_websocket_port_max);
    for (name, (min, max), floor) in
        [("remote_websocket_port", websockets, 5700), ("remote_display_port", displays, 5900)]
    {
        if min < floor {
            bail!(Qemu, InternalError, "{path}: {name}_min: port must be greater than or equal to {floor}");
        }
        if max > 65535 || max < min {
            bail!(Qemu, InternalError, "{path}: {name}_max: port must be between the minimal port and 65535");
        }
    }
    let (min, max) = (keys.migration_port_min, keys.migration_port_max);
    if min == 0 {
        bail!(Qemu, InternalError, "{path}: migration_port_min: port must be greater than 0");
    }
    if max > 65535 || max < min {
        bail!(
            Qemu,
            InternalError,
            "{path}: migration_port_max: port must be between the minimal port {min} and 65535"
        );
    }
    for (key, address) in
        [("migration_host", &keys.migration_host), ("migration_address", &keys.migration_address)]
    {
        let Some(address) = address else { continue };
        let address = address.strip_prefix('[').and_then(|a| a.strip_suffix(']')).unwrap_or(address);
        let loopback = address.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if loopback || address.starts_with("localhost") {
            bail!(Qemu, ConfSyntax, "{key} must not be the address of the local machine: {address}");
        }
    }
    Ok(())
}

fn check_values(keys: &Keys) -> Result<()> {
    if matches!(keys.auto_shutdown_try_save, Some(ShutdownScope::All | ShutdownScope::Transient)) {
        bail!(Qemu, InvalidArg, "managed save cannot be requested for transient domains");
    }
    if keys.allow_disk_format_probing {
        bail!(Qemu, ConfigUnsupported, "allow_disk_format_probing is no longer supported");
    }
    for (key, directory) in [
        ("default_tls_x509_cert_dir", &keys.default_tls_x509_cert_dir),
        ("vnc_tls_x509_cert_dir", &keys.vnc_tls_x509_cert_dir),
        ("spice_tls_x509_cert_dir", &keys.spice_tls_x509_cert_dir),
        ("rdp_tls_x509_cert_dir", &keys.rdp_tls_x509_cert_dir),
        ("chardev_tls_x509_cert_dir", &keys.chardev_tls_x509_cert_dir),
        ("migrate_tls_x509_cert_dir", &keys.migrate_tls_x509_cert_dir),
        ("backup_tls_x509_cert_dir", &keys.backup_tls_x509_cert_dir),
        ("vxhs_tls_x509_cert_dir", &keys.vxhs_tls_x509_cert_dir),
        ("nbd_tls_x509_cert_dir", &keys.nbd_tls_x509_cert_dir),
    ] {
        if let Some(directory) = directory.as_ref().filter(|d| !Path::new(d).exists()) {
            bail!(Qemu, ConfSyntax, "{key} directory '{directory}' does not exist");
        }
    }
    Ok(())
}

/// The kernel's cgroup controllers by the names that the file may use.
const CONTROLLERS: &[&str] = &[
    "cpu",
    "cpuacct",
    "cpuset",
    "memory",
    "devices",
    "freezer",
    "blkio",
    "net_cls",
    "perf_event",
    "name=systemd",
];

fn check_security(keys: &Keys, privileged: bool) -> Result<()> {
    let drivers = keys.security_driver.as_ref().map_or(&[][..], |strings| &strings.0);
    for (at, driver) in drivers.iter().enumerate() {
        if drivers[at + 1..].contains(driver) {
            bail!(Qemu, ConfSyntax, "Duplicate security driver {driver}");
        }
    }
    for driver in drivers {
        match driver.as_str() {
            "none" | "dac" => {}
            // who asks for confinement must not get guests without it
            "selinux" | "apparmor" => {
                bail!(Security, ConfigUnsupported, "Security driver {driver} not enabled")
            }
            _ => bail!(Security, ConfigUnsupported, "Security driver {driver} not found"),
        }
    }
    for controller in keys.cgroup_controllers.iter().flatten() {
        if !CONTROLLERS.contains(&controller.as_str()) {
            bail!(Qemu, ConfSyntax, "Unknown cgroup controller '{controller}'");
        }
    }
    for namespace in keys.namespaces.iter().flatten() {
        if namespace != "mount" {
            bail!(Qemu, ConfSyntax, "Unknown namespace: {namespace}");
        }
        if !privileged {
            bail!(Qemu, ConfigUnsupported, "cannot use namespaces in session mode");
        }
        log::warn!("'namespaces' asks for '{namespace}', which this driver does not give guests yet");
    }
    if keys.cgroup_controllers.as_ref().is_some_and(|list| !list.is_empty()) {
        log::warn!("'cgroup_controllers' is set, but this driver puts no guest into cgroups yet");
    }
    match keys.lock_manager.as_deref() {
        None | Some("nop" | "lockd") => Ok(()),
        // a guest must never run without the lease that was asked for
        Some(other) => bail!(Qemu, ConfigUnsupported, "lock manager '{other}' is not supported"),
    }
}

#[cfg(test)]
mod tests;
