use super::*;

fn read(text: &str) -> Result<Config> {
    let conf = Conf::parse("qemu.conf", text.as_bytes(), Format::Plain)?;
    Config::of(&conf, "qemu.conf", false)
}

fn refused(text: &str) -> String {
    read(text).unwrap_err().message().to_owned()
}

#[test]
fn defaults_without_a_file() {
    let config = read("").unwrap();
    assert_eq!(config.keys, Keys::default());
    assert_eq!(config.account, None, "a user's own daemon runs guests as that user");
    assert!(!config.gives_files());
    assert!(config.keys.asked_in_vain().is_empty());
}

#[test]
fn every_key_is_named_once() {
    let mut names = Keys::KEYS.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Keys::KEYS.len());
    assert_eq!(names.len(), 106);
}

#[test]
fn keys_that_do_nothing_yet_are_named() {
    let config =
        read("spice_listen = \"0.0.0.0\"\nmac_filter = 1\nvnc_listen = \"::\"\nmax_queued = 0\n").unwrap();
    assert_eq!(config.keys.asked_in_vain(), ["spice_listen", "mac_filter"]);
    assert_eq!(config.keys.vnc_listen, "::");
}

#[test]
fn wrong_types_and_values_are_refused_in_the_known_words() {
    let internal = "internal error: ";
    for (text, words) in [
        ("vnc_tls = 2", "internal error: qemu.conf: value for 'vnc_tls' parameter must be 0 or 1"),
        ("vnc_tls = \"yes\"", "internal error: qemu.conf: expected a bool for 'vnc_tls' parameter"),
        ("vnc_listen = 1", "internal error: qemu.conf: expected a string for 'vnc_listen' parameter"),
        ("save_image_format = \"zip\"", "unsupported configuration: Invalid save_image_format 'zip'"),
        ("stdio_handler = \"x\"", "unsupported configuration: Unknown stdio handler x"),
        ("sched_core = \"x\"", "unsupported configuration: Unknown sched_core value x"),
        ("max_core = \"x\"", "unsupported configuration: Unknown core size 'x'"),
        ("auto_shutdown_poweroff = \"x\"", "invalid argument: unknown auto_shutdown_poweroff 'x'"),
        (
            "auto_shutdown_try_save = \"all\"",
            "invalid argument: managed save cannot be requested for transient domains",
        ),
        (
            "allow_disk_format_probing = 1",
            "unsupported configuration: allow_disk_format_probing is no longer supported",
        ),
        (
            "remote_display_port_min = 80",
            "internal error: qemu.conf: remote_display_port_min: port must be greater than or equal to 5900",
        ),
        (
            "remote_display_port_max = 65536",
            "internal error: qemu.conf: remote_display_port_max: port must be between the minimal port and 65535",
        ),
        (
            "migration_port_max = 9",
            "internal error: qemu.conf: migration_port_max: port must be between the minimal port 49152 and 65535",
        ),
        (
            "migration_host = \"[::1]\"",
            "configuration file syntax error: migration_host must not be the address of the local machine: ::1",
        ),
        (
            "vnc_tls_x509_cert_dir = \"/no/such\"",
            "configuration file syntax error: vnc_tls_x509_cert_dir directory '/no/such' does not exist",
        ),
        (
            "security_driver = [ \"dac\", \"dac\" ]",
            "configuration file syntax error: Duplicate security driver dac",
        ),
        ("security_driver = \"selinux\"", "unsupported configuration: Security driver selinux not enabled"),
        ("cgroup_controllers = [ \"x\" ]", "configuration file syntax error: Unknown cgroup controller 'x'"),
        ("namespaces = [ \"mount\" ]", "unsupported configuration: cannot use namespaces in session mode"),
        ("lock_manager = \"sanlock\"", "unsupported configuration: lock manager 'sanlock' is not supported"),
    ] {
        assert_eq!(refused(text), words, "{text}");
        assert!(words.starts_with(internal) || words.contains(": "), "{words}");
    }
}

#[test]
fn accounts_come_from_the_file() {
    let conf =
        Conf::parse("c", b"user = \"root\"\ngroup = \"+7\"\ndynamic_ownership = 0\n", Format::Plain).unwrap();
    let config = Config::of(&conf, "c", true).unwrap();
    let account = config.account.clone().unwrap();
    assert_eq!((account.uid, account.gid), (0, 7));
    assert!(account.groups.contains(&7));
    assert!(config.runs_as_root() && !config.gives_files() && !config.remembers_owners());
    let conf = Conf::parse("c", b"user = \"nobody-there\"\n", Format::Plain).unwrap();
    let error = Config::of(&conf, "c", true).unwrap_err();
    assert_eq!(error.message(), "invalid argument: Failed to parse user 'nobody-there'");
}

#[test]
fn long_passwords_are_cut() {
    let config = read("vnc_password = \"123456789\"").unwrap();
    assert_eq!(config.keys.vnc_password.as_deref(), Some("12345678"));
}

#[test]
fn tls_falls_back_to_the_general_keys() {
    let config =
        read("vnc_tls = 1\ndefault_tls_x509_cert_dir = \"/\"\ndefault_tls_x509_verify = 1\n").unwrap();
    assert_eq!(config.vnc_tls(), Some(Tls { directory: "/".into(), verify: true }));
    assert_eq!(read("").unwrap().vnc_tls(), None);
}
