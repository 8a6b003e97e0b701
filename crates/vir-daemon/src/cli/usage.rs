//! The help text.

use crate::spec::DaemonSpec;
use std::fmt::Write;

const OPTIONS: &[(&str, &str)] = &[
    ("-h | --help", "Display program help"),
    ("-v | --verbose", "Verbose messages"),
    ("-d | --daemon", "Run as a daemon & write PID file"),
    ("-l | --listen", "Listen for TCP/IP connections"),
    ("-t | --timeout <secs>", "Exit after timeout period"),
    ("-f | --config <file>", "Configuration file"),
    ("-V | --version", "Display version information"),
    ("-p | --pid-file <file>", "Change name of PID file"),
];

const OPTIONS_OF_SMALL: &[(&str, &str)] = &[
    ("-h | --help", "Display program help:"),
    ("-v | --verbose", "Verbose messages."),
    ("-d | --daemon", "Run as a daemon & write PID file."),
    ("-t | --timeout <secs>", "Exit after timeout period."),
    ("-f | --config <file>", "Configuration file."),
    ("-V | --version", "Display version information."),
    ("-p | --pid-file <file>", "Change name of PID file."),
];

/// The help text. It does not name `--root`: users of the peer compare it, and the manual page
/// does.
pub fn usage(spec: &DaemonSpec, program: &str, privileged: bool) -> String {
    if spec.one_thread {
        return usage_of_small(spec, program, privileged);
    }
    let (config, run, pid) = match privileged {
        true => ("/etc", "/run", "/run"),
        false => ("$XDG_CONFIG_HOME", "$XDG_RUNTIME_DIR", "$XDG_RUNTIME_DIR/libvirt"),
    };
    let mut options = String::new();
    for (name, text) in OPTIONS.iter().filter(|o| spec.network || !o.0.contains("--listen")) {
        let _ = writeln!(options, "  {name:<22} {text}");
    }
    let (name, title, prefix) = (spec.name, spec.title, spec.socket_prefix);
    let mut sockets = format!("      {run}/libvirt/{prefix}-sock\n");
    if privileged && spec.read_only {
        let _ = writeln!(sockets, "      {run}/libvirt/{prefix}-sock-ro");
    }
    let tls = match (spec.network, privileged) {
        (false, _) => String::new(),
        (true, true) => tls("/etc/pki/CA", "/etc/pki/libvirt", "/etc/pki/libvirt/private"),
        (true, false) => tls("$HOME/.pki/libvirt", "$HOME/.pki/libvirt", "$HOME/.pki/libvirt"),
    };
    format!(
        "\nUsage:\n  {program} [options]\n\nOptions:\n{options}\n{title}\n\n  Default paths:\n\n    \
         Configuration file (unless overridden by -f):\n      {config}/libvirt/{name}.conf\n\n    \
         Sockets:\n{sockets}\n{tls}    \
         PID file (unless overridden by -p):\n      {pid}/{name}.pid\n\n"
    )
}

/// That of the small daemons, which is worded a little differently.
fn usage_of_small(spec: &DaemonSpec, program: &str, privileged: bool) -> String {
    let (config, run, pid, pid_note) = match privileged {
        true => ("/etc", "/run", "/run", " (unless overridden by -p)"),
        false => ("$XDG_CONFIG_HOME", "$XDG_RUNTIME_DIR", "$XDG_RUNTIME_DIR/libvirt", ""),
    };
    let (name, title, prefix) = (spec.name, spec.title, spec.socket_prefix);
    let mut options = String::new();
    for (option, text) in OPTIONS_OF_SMALL {
        let _ = writeln!(options, "  {option:<22} {text}");
    }
    format!(
        "\nUsage:\n  {program} [options]\n\nOptions:\n{options}\n{title}\n\n  Default paths:\n\n    \
         Configuration file (unless overridden by -f):\n      {config}/libvirt/{name}.conf\n\n    \
         Sockets:\n      {run}/libvirt/{prefix}-sock\n\n    \
         PID file{pid_note}:\n      {pid}/{name}.pid\n\n"
    )
}

fn tls(ca: &str, cert: &str, key: &str) -> String {
    format!(
        "    TLS:\n      CA certificate: {ca}/cacert.pem\n      \
         Server certificate: {cert}/servercert.pem\n      \
         Server private key: {key}/serverkey.pem\n\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{LIBVIRTD, VIRTLOCKD};

    #[test]
    fn paths_are_those_of_the_instance() {
        let system = usage(&LIBVIRTD, "libvirtd", true);
        assert!(system.starts_with("\nUsage:\n  libvirtd [options]\n\nOptions:\n  -h | --help            D"));
        assert!(system.contains("      /run/libvirt/libvirt-sock\n      /run/libvirt/libvirt-sock-ro\n\n"));
        assert_eq!(system.len(), 892);
        let session = usage(&LIBVIRTD, "libvirtd", false);
        assert!(session.ends_with("      $XDG_RUNTIME_DIR/libvirt/libvirtd.pid\n\n"));
        assert!(!session.contains("sock-ro"));
    }

    #[test]
    fn the_lock_daemons_is_as_the_peers() {
        let system = usage(&VIRTLOCKD, "virtlockd", true);
        let expected = "\nUsage:\n  virtlockd [options]\n\nOptions:\n  \
            -h | --help            Display program help:\n  -v | --verbose         Verbose messages.\n  \
            -d | --daemon          Run as a daemon & write PID file.\n  \
            -t | --timeout <secs>  Exit after timeout period.\n  \
            -f | --config <file>   Configuration file.\n  \
            -V | --version         Display version information.\n  \
            -p | --pid-file <file> Change name of PID file.\n\n\
            libvirt lock management daemon:\n\n  Default paths:\n\n    \
            Configuration file (unless overridden by -f):\n      /etc/libvirt/virtlockd.conf\n\n    \
            Sockets:\n      /run/libvirt/virtlockd-sock\n\n    \
            PID file (unless overridden by -p):\n      /run/virtlockd.pid\n\n";
        assert_eq!(system, expected);
        let session = usage(&VIRTLOCKD, "virtlockd", false);
        assert!(session.ends_with("    PID file:\n      $XDG_RUNTIME_DIR/libvirt/virtlockd.pid\n\n"));
    }
}
