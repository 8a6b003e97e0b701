//! The files in `etc/` say what the daemon does.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use vir_base::conf::{Conf, Format};
use vir_daemon::config::Config;
use vir_daemon::{LIBVIRTD, VIRTLOCKD, spec::DaemonSpec};

fn etc(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../etc").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The commented keys, as settings.
fn samples(name: &str) -> Conf {
    let text = etc(name);
    let keys = text.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| !line.starts_with(' '));
    let settings: Vec<_> = keys.filter(|line| line.contains(" = ")).collect();
    Conf::parse(name, settings.join("\n").as_bytes(), Format::Plain).unwrap()
}

#[test]
fn the_sample_configuration_shows_the_defaults() {
    let mut conf = samples("libvirtd.conf");
    // samples of what is not set by default
    for key in [
        "listen_addr",
        "unix_sock_group",
        "unix_sock_dir",
        "access_drivers",
        "tcp_min_ssf",
        "key_file",
        "cert_file",
        "ca_file",
        "crl_file",
        "tls_allowed_dn_list",
        "tls_priority",
        "sasl_allowed_username_list",
        "log_level",
        "log_filters",
        "log_outputs",
        "host_uuid",
        "host_uuid_source",
    ] {
        assert!(conf.get(key).is_some(), "{key}");
        conf.remove(key);
    }
    assert_eq!(Config::from_conf(&LIBVIRTD, &conf, "sample").unwrap(), Config::new(&LIBVIRTD));
}

#[test]
fn the_sample_configuration_can_be_used() {
    let conf = samples("libvirtd.conf");
    Config::from_conf(&LIBVIRTD, &conf, "sample").unwrap();
    // as many keys as the daemon knows
    assert_eq!(conf.iter().count(), 49);
}

#[test]
fn the_units_open_every_socket() {
    let names = |suffix: &str, public_only: bool| -> BTreeSet<String> {
        let DaemonSpec { socket_prefix, stands_for, .. } = LIBVIRTD;
        let others = stands_for.iter().filter(|other| other.public || !public_only).map(|other| other.name);
        let names = std::iter::once(socket_prefix).chain(others);
        names.map(|name| format!("/run/libvirt/{name}-{suffix}")).collect()
    };
    let listens = |unit: &str| -> BTreeSet<String> {
        etc(unit).lines().filter_map(|l| l.strip_prefix("ListenStream=")).map(str::to_owned).collect()
    };
    assert_eq!(listens("systemd/libvirtd.socket"), names("sock", true));
    assert_eq!(listens("systemd/libvirtd-ro.socket"), names("sock-ro", true));
    assert_eq!(listens("systemd/libvirtd-admin.socket"), names("admin-sock", false));
    let network = Config::new(&LIBVIRTD).network;
    assert_eq!(listens("systemd/libvirtd-tcp.socket"), BTreeSet::from([network.tcp_port]));
    assert_eq!(listens("systemd/libvirtd-tls.socket"), BTreeSet::from([network.tls_port]));
}

#[test]
fn the_small_daemons_files_show_the_defaults_too() {
    // the log daemon's own keys are its own matter, the others are the same
    for (name, own) in [("virtlockd", 0), ("virtlogd", 4)] {
        let mut conf = samples(&format!("{name}.conf"));
        assert_eq!(conf.iter().count(), 5 + own, "{name}");
        for key in ["log_level", "log_filters", "log_outputs"] {
            assert!(conf.get(key).is_some(), "{key}");
            conf.remove(key);
        }
        assert_eq!(Config::from_conf(&VIRTLOCKD, &conf, "sample").unwrap(), Config::new(&VIRTLOCKD));
    }
}

#[test]
fn the_small_daemons_units_open_their_sockets_and_keep_what_they_hold() {
    for name in ["virtlockd", "virtlogd"] {
        for (unit, socket) in [("", "sock"), ("-admin", "admin-sock")] {
            let text = etc(&format!("systemd/{name}{unit}.socket"));
            assert!(text.contains(&format!("\nListenStream=/run/libvirt/{name}-{socket}\n")), "{text}");
            assert!(text.contains(&format!("\nService={name}.service\n")), "{text}");
        }
        let text = etc(&format!("systemd/{name}.service"));
        for line in ["Type=notify", "KillMode=process", "ExecReload=/bin/kill -USR1 $MAINPID"] {
            assert!(text.lines().any(|l| l == line), "{name}: {line}");
        }
    }
}
