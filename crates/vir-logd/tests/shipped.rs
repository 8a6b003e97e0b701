//! The files in `etc/` say what the daemon does.

use std::fs;
use std::path::{Path, PathBuf};
use vir_base::conf::{Conf, Format};
use vir_daemon::config::Config;
use vir_logd::VIRTLOGD;
use vir_logd::settings::Settings;

fn etc(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../etc").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_sample_configuration_shows_the_defaults() {
    let text = etc("virtlogd.conf");
    let keys = text.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| !line.starts_with(' '));
    let settings: Vec<_> = keys.filter(|line| line.contains(" = ")).collect();
    let mut conf = Conf::parse("etc/virtlogd.conf", settings.join("\n").as_bytes(), Format::Plain).unwrap();
    // as many keys as the daemon knows
    assert_eq!(conf.iter().count(), 9);
    Config::from_conf(&VIRTLOGD, &conf, "sample").unwrap();
    // samples of what is not set by default
    for key in ["log_level", "log_filters", "log_outputs"] {
        conf.remove(key);
    }
    assert_eq!(Config::from_conf(&VIRTLOGD, &conf, "sample").unwrap(), Config::new(&VIRTLOGD));
    let root = Path::new("/elsewhere");
    let read = Settings::read(&conf, root).unwrap();
    assert_eq!(Settings { log_root: root.into(), ..read.clone() }, Settings::new(root));
    assert_eq!(read.log_root, Path::new("/var/log/libvirt"));
}
