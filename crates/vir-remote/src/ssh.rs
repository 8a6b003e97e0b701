//! The command line of `ssh`, and of what it runs on the other host: `virt-ssh-helper`, or `nc` where
//! that is not installed.

use crate::params::{Params, Proxy};
use crate::sockets::Sockets;
use vir_base::uri::Uri;
use vir_base::{Result, bail};

/// The program and its arguments that lead to the daemon of `uri`, by `ssh`.
///
/// # Errors
/// Parameters that go not together.
pub fn command(uri: &Uri, params: &Params, transport: &str, read_only: bool) -> Result<Vec<String>> {
    let mut words = vec![params.command.as_deref().unwrap_or("ssh").to_owned()];
    let mut add = |more: &[&str]| words.extend(more.iter().map(|word| (*word).to_owned()));
    if uri.port != 0 {
        add(&["-p", &uri.port.to_string()]);
    }
    if let Some(user) = &uri.user {
        add(&["-l", user]);
    }
    if let Some(keyfile) = &params.keyfile {
        add(&["-i", keyfile]);
    }
    add(&["-T", "-e", "none"]);
    if !params.tty {
        add(&["-o", "BatchMode=yes"]);
    }
    if !params.verify {
        add(&["-o", "StrictHostKeyChecking=no"]);
    }
    let host = uri.server.as_deref().unwrap_or("localhost");
    add(&["--", host, &on_the_other_host(uri, params, transport, read_only)?]);
    Ok(words)
}

fn on_the_other_host(uri: &Uri, params: &Params, transport: &str, read_only: bool) -> Result<String> {
    let netcat = params.netcat.as_deref();
    let sockets = Sockets::of(Some(uri), read_only)?;
    let proxy = params.proxy.unwrap_or(match &params.socket {
        // the helper knows no socket but those of its own host's daemons
        Some(_) => Proxy::Netcat,
        // where a user's own daemon listens is known there only
        None if sockets.user => Proxy::Native,
        None => Proxy::Auto,
    });
    let socket = match &params.socket {
        Some(socket) => socket.to_owned(),
        None => sockets.elsewhere(params.mode, transport)?.display().to_string(),
    };
    let proxy = match proxy {
        Proxy::Auto if netcat.is_some() => Proxy::Netcat,
        Proxy::Native if netcat.is_some() => {
            bail!(Rpc, InvalidArg, "netcat path not valid with native proxy mode")
        }
        proxy => proxy,
    };
    // quoted for the shell that ssh runs, and for the one that this one runs
    let twice = |text: &str| quoted(&quoted(text));
    let program = twice(netcat.unwrap_or("nc"));
    let by_netcat = format!(
        "if '{program}' -q 2>&1 | grep \"requires an argument\" >/dev/null 2>&1; then ARG=-q0;else ARG=;fi;\
         '{program}' $ARG -U {socket}"
    );
    let by_helper =
        format!("virt-ssh-helper{}'{}'", if read_only { " -r " } else { " " }, twice(params.helper_uri()));
    Ok(match proxy {
        Proxy::Netcat => format!("sh -c '{by_netcat}'"),
        Proxy::Native => format!("sh -c '{by_helper}'"),
        Proxy::Auto => format!(
            "sh -c 'which virt-ssh-helper 1>/dev/null 2>&1; if test $? = 0; then     {by_helper}; else    {by_netcat}; fi'"
        ),
    })
}

/// Text that a shell reads as what it is; as it stands where nothing in it means anything to a shell.
fn quoted(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    if !text.contains(|c: char| "\r\t\n !\"#$&'()*;<>?[\\]^`{|}~".contains(c)) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_base::conf::Conf;

    fn try_words(text: &str) -> Result<Vec<String>> {
        let uri = Uri::parse(text)?;
        command(&uri, &Params::of(Some(&uri), &Conf::default())?, "ssh", false)
    }

    fn words(text: &str) -> Vec<String> {
        try_words(text).unwrap()
    }

    #[test]
    fn the_command_line() {
        assert_eq!(
            words("qemu+ssh://me@host:22/session?keyfile=/key&no_tty=1&no_verify=1&proxy=native"),
            [
                "ssh",
                "-p",
                "22",
                "-l",
                "me",
                "-i",
                "/key",
                "-T",
                "-e",
                "none",
                "-o",
                "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=no",
                "--",
                "host",
                "sh -c 'virt-ssh-helper 'qemu:///session''",
            ]
        );
        let by_netcat = words("qemu+ssh://host/system?socket=/s&netcat=/bin/my%20nc&command=/my/ssh");
        assert_eq!(by_netcat[0], "/my/ssh");
        let last = by_netcat.last().unwrap();
        assert!(last.starts_with("sh -c 'if '''\\''/bin/my nc'\\'''' -q 2>&1"), "{last}");
        assert!(last.ends_with("$ARG -U /s'"), "{last}");
    }

    #[test]
    fn the_helper_where_it_is() {
        let words = words("qemu+ssh://host/system");
        let last = words.last().unwrap();
        let helper = "sh -c 'which virt-ssh-helper 1>/dev/null 2>&1; if test $? = 0; then     virt-ssh-helper 'qemu:///system'; else    if 'nc' -q";
        assert!(last.starts_with(helper), "{last}");
        assert!(last.ends_with("'nc' $ARG -U /var/run/libvirt/libvirt-sock; fi'"), "{last}");
    }

    #[test]
    fn what_does_not_go_together() {
        let refused = |text: &str| try_words(text).unwrap_err().message().to_owned();
        assert!(refused("qemu+ssh://h/system?proxy=native&netcat=nc").contains("netcat path not valid"));
    }
}
