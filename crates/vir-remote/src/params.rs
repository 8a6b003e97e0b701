//! What a URI's parameters and `libvirt.conf` say of the way to the daemon, and what is left for the daemon.
//!
//! Reading only: which socket or program follows from it is others' business.

use vir_base::conf::Conf;
use vir_base::uri::Uri;
use vir_base::{Result, bail};

/// Which daemon's socket is meant where there may be more than one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The socket that is there.
    #[default]
    Auto,
    /// The one daemon for everything.
    Legacy,
    /// The daemon of the URI's driver.
    Direct,
}

/// What runs on the other host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// The helper where it is, else `nc`.
    Auto,
    /// `nc`.
    Netcat,
    /// The helper.
    Native,
}

/// What is said of the way to the daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Params {
    /// `name`: what the daemon is told instead of the URI.
    pub name: Option<String>,
    /// `command`: the program that leads there, or the one to run as `ssh`.
    pub command: Option<String>,
    /// `socket`.
    pub socket: Option<String>,
    /// `auth`: how to prove who we are: `sasl`, `sasl.MECHANISM`, `polkit`.
    pub auth: Option<String>,
    /// `netcat`: the program to run on the other host.
    pub netcat: Option<String>,
    /// `keyfile`: the key for `ssh`.
    pub keyfile: Option<String>,
    /// `pkipath`: the directory of certificates.
    pub pkipath: Option<String>,
    /// `tls_priority`, of the URI or the configuration.
    pub tls_priority: Option<String>,
    /// `mode`, or the configuration's `remote_mode`.
    pub mode: Mode,
    /// `proxy`, or the configuration's `remote_proxy`.
    pub proxy: Option<Proxy>,
    /// A person can be asked: no `no_tty`.
    pub tty: bool,
    /// Our own certificates are looked at before they are used: no `no_sanity`.
    pub sanity: bool,
    /// Whose certificate or key it is on the other end matters: no `no_verify`.
    pub verify: bool,
    /// The URI for the daemon, with all that is not ours.
    told: String,
    /// The same with `mode` and `socket`, for the helper on another host.
    told_helper: String,
}

impl Params {
    /// Reads `uri`, or what holds without one.
    ///
    /// # Errors
    /// A value is not of its kind.
    pub fn of(uri: Option<&Uri>, conf: &Conf) -> Result<Self> {
        let mut all = Self {
            name: None,
            command: None,
            socket: None,
            auth: None,
            netcat: None,
            keyfile: None,
            pkipath: None,
            tls_priority: None,
            mode: Mode::default(),
            proxy: None,
            tty: true,
            sanity: true,
            verify: true,
            told: String::new(),
            told_helper: String::new(),
        };
        let (mut mode, mut proxy) = (None, None);
        let Some(uri) = uri else {
            return all.with_conf(conf, mode, proxy);
        };
        let mut left = uri.clone();
        for param in &mut left.params {
            let text = || Some(param.value.clone());
            // what comes later holds
            match param.name.to_ascii_lowercase().as_str() {
                "name" => all.name = text(),
                "command" => all.command = text(),
                "socket" => all.socket = text(),
                "auth" => all.auth = text(),
                "netcat" => all.netcat = text(),
                "keyfile" => all.keyfile = text(),
                "pkipath" => all.pkipath = text(),
                "tls_priority" => all.tls_priority = text(),
                "mode" => mode = text(),
                "proxy" => proxy = text(),
                "no_tty" => all.tty = is_zero(&param.name, &param.value)?,
                "no_sanity" => all.sanity = is_zero(&param.name, &param.value)?,
                "no_verify" => all.verify = is_zero(&param.name, &param.value)?,
                // of libraries that speak SSH themselves; ours is a program with a configuration of its own
                "sshauth" | "known_hosts" | "known_hosts_verify" | "authfile" => {}
                _ => continue,
            }
            param.ignore = true;
        }
        // whatever runs there looks for its own default
        if all.name.is_none() && uri.driver() != Some("remote") {
            all.told = told(&left);
            for param in &mut left.params {
                param.ignore &= !matches!(param.name.as_str(), "mode" | "socket");
            }
            all.told_helper = told(&left);
        }
        all.with_conf(conf, mode, proxy)
    }

    fn with_conf(mut self, conf: &Conf, mode: Option<String>, proxy: Option<String>) -> Result<Self> {
        let or_conf = |given: Option<String>, key: &str| match given {
            Some(given) => Ok(Some(given)),
            None => conf.string(key).map(|value| value.map(str::to_owned)),
        };
        self.mode = match or_conf(mode, "remote_mode")?.as_deref() {
            None | Some("auto") => Mode::Auto,
            Some("legacy") => Mode::Legacy,
            Some("direct") => Mode::Direct,
            Some(other) => {
                let error = vir_base::err!(Remote, InvalidArg, "Unknown remote mode '{other}'");
                return Err(error.with_hint("one of auto, legacy, direct"));
            }
        };
        self.proxy = match or_conf(proxy, "remote_proxy")?.as_deref() {
            None => None,
            Some("auto") => Some(Proxy::Auto),
            Some("netcat") => Some(Proxy::Netcat),
            Some("native") => Some(Proxy::Native),
            // in the peer's spelling
            Some(other) => bail!(Remote, InvalidArg, "Unnkown proxy type '{other}'"),
        };
        self.tls_priority = or_conf(self.tls_priority.take(), "tls_priority")?;
        Ok(self)
    }

    /// What the daemon opens; empty if it has to find that itself.
    pub fn daemon_uri(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.told)
    }

    /// What the helper on another host is told: it chooses the socket there.
    pub fn helper_uri(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.told_helper)
    }
}

/// Whether a switch that is named after what it turns off leaves that on.
fn is_zero(name: &str, value: &str) -> Result<bool> {
    match value.trim_start().parse::<i32>() {
        Ok(number) => Ok(number == 0),
        Err(_) => bail!(Remote, InvalidArg, "Failed to parse value of URI component {name}"),
    }
}

fn told(uri: &Uri) -> String {
    let told = Uri {
        scheme: uri.driver().map(str::to_owned),
        path: uri.path.clone(),
        query: Some(uri.format_params()).filter(|query| !query.is_empty()),
        fragment: uri.fragment.clone(),
        ..Uri::default()
    };
    told.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_base::conf::Format;

    fn conf(text: &str) -> Conf {
        Conf::parse("libvirt.conf", text.as_bytes(), Format::default()).unwrap()
    }

    fn of(uri: &str, text: &str) -> Result<Params> {
        Params::of(Some(&Uri::parse(uri).unwrap()), &conf(text))
    }

    #[test]
    fn the_daemon_is_told_only_what_is_its_own() {
        for (given, told, helper) in [
            ("qemu:///system", "qemu:///system", "qemu:///system"),
            (
                "qemu+ssh://h/system?socket=/x&mode=direct&AUTHFILE=/f",
                "qemu:///system",
                "qemu:///system?socket=%2Fx&mode=direct",
            ),
            ("test+tcp://host:1/default?a=b&no_tty=1", "test:///default?a=b", "test:///default?a=b"),
            ("qemu+unix:///system?name=test:///default", "test:///default", "test:///default"),
            ("remote+tcp://h/", "", ""),
        ] {
            let params = of(given, "").unwrap();
            assert_eq!((params.daemon_uri(), params.helper_uri()), (told, helper), "{given}");
        }
        assert_eq!(Params::of(None, &conf("")).unwrap().daemon_uri(), "");
    }

    #[test]
    fn what_the_uri_says_goes_before_the_configuration() {
        let text = "remote_mode = \"direct\"\nremote_proxy = \"native\"\ntls_priority = \"X\"\n";
        let params = of("qemu:///system", text).unwrap();
        assert_eq!((params.mode, params.proxy), (Mode::Direct, Some(Proxy::Native)));
        assert_eq!(params.tls_priority.as_deref(), Some("X"));
        let params =
            of("qemu:///system?mode=legacy&proxy=netcat&tls_priority=Y&tls_priority=Z", text).unwrap();
        assert_eq!((params.mode, params.proxy), (Mode::Legacy, Some(Proxy::Netcat)));
        assert_eq!(params.tls_priority.as_deref(), Some("Z"));
    }

    #[test]
    fn values_that_are_of_no_kind() {
        for (uri, text, words) in [
            ("x:///?mode=both", "", "Unknown remote mode 'both'"),
            ("x:///", "remote_mode = \"both\"", "Unknown remote mode 'both'"),
            ("x:///?proxy=y", "", "Unnkown proxy type 'y'"),
            ("x:///?No_Verify=yes", "", "Failed to parse value of URI component No_Verify"),
        ] {
            let error = of(uri, text).unwrap_err();
            assert!(error.message().ends_with(words), "{error}");
        }
        let params = of("x:///?no_verify=1&no_sanity=0&no_tty=2", "").unwrap();
        assert!(!params.verify && params.sanity && !params.tty);
    }
}
