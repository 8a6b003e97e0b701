//! Which instance of a daemon this is: the host's, a user's, or a private one.

use crate::cli::Options;
use crate::config::Config;
use rustix::process::geteuid;
use std::path::{Path, PathBuf};
use vir_base::conf::Conf;
use vir_base::paths::Paths;
use vir_base::{Result, Uuid, file};

/// What drivers need to know of the daemon they are in.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its directories.
    pub paths: Paths,
    /// It runs as root.
    pub privileged: bool,
    /// Where the administrator's scripts are: for users' sessions too.
    pub hooks: PathBuf,
    /// What the configuration says the host's UUID is; `None` leaves it to the firmware.
    pub host_uuid: Option<Uuid>,
    /// The configuration file's content, for keys that are the daemon's own.
    pub settings: Conf,
    /// How long Open vSwitch's tool may take, in seconds.
    pub ovs_timeout: u32,
}

/// The directories, as the command line and the user say.
pub fn paths(options: &Options) -> Result<Paths> {
    let privileged = geteuid().is_root();
    let Some(root) = &options.root else { return Paths::of_this_user() };
    // the daemon may leave the directory it was started in
    let root = std::path::absolute(root).unwrap_or_else(|_| root.clone());
    Ok(Paths { system: privileged, ..Paths::system_under(root) })
}

/// The directory of the administrator's scripts.
pub fn hooks(options: &Options, paths: &Paths) -> PathBuf {
    match paths.system || options.root.is_some() {
        true => paths.config.join("hooks"),
        false => Paths::system().config.join("hooks"),
    }
}

/// What the configuration says the host's UUID is, if it does.
///
/// # Errors
/// Why the host's UUID cannot be had from where it should be.
pub fn host_uuid(config: &Config) -> Result<Option<Uuid>, String> {
    const MACHINE_ID: &str = "/etc/machine-id";
    let text = match (&config.host_uuid, config.host_uuid_source.as_deref()) {
        (Some(text), _) => text.clone(),
        (None, None | Some("smbios")) => return Ok(None),
        (None, Some("machine-id")) => {
            let text = file::read_text(Path::new(MACHINE_ID), 64);
            text.map_err(|_| format!("Can't read {MACHINE_ID}"))?.trim_end().to_owned()
        }
        (None, Some(source)) => return Err(format!("invalid UUID source: {source}")),
    };
    match text.parse::<Uuid>() {
        Ok(uuid) if uuid.is_valid() => Ok(Some(uuid)),
        _ => Err(format!("invalid host UUID: {text}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::LIBVIRTD;

    #[test]
    fn the_hosts_uuid() {
        let mut config = Config::new(&LIBVIRTD);
        assert_eq!(host_uuid(&config), Ok(None));
        config.host_uuid_source = Some("dice".into());
        assert_eq!(host_uuid(&config), Err("invalid UUID source: dice".into()));
        config.host_uuid = Some("1".into());
        assert_eq!(host_uuid(&config), Err("invalid host UUID: 1".into()));
        config.host_uuid = Some("11111111-1111-1111-1111-111111111111".into());
        assert!(host_uuid(&config).is_err());
        config.host_uuid = Some("c7a5fdbd-edaf-9455-926a-d65c16db1809".into());
        assert!(host_uuid(&config).unwrap().is_some());
    }

    #[test]
    fn a_private_instance_is_whole_below_its_root() {
        let options = Options { root: Some("/tmp/r".into()), ..Options::default() };
        let paths = paths(&options).unwrap();
        assert_eq!(paths.config_file("libvirtd"), Path::new("/tmp/r/etc/libvirt/libvirtd.conf"));
        assert_eq!(paths.pid_file("libvirtd"), Path::new("/tmp/r/run/libvirtd.pid"));
        assert_eq!(paths.system, geteuid().is_root());
    }
}
