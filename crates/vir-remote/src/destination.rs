//! Which URI a program means: aliases, defaults, and what no driver of a client is for.

use vir_base::conf::Conf;
use vir_base::paths::Paths;
use vir_base::uri::{Uri, resolve_alias};
use vir_base::{Result, bail};

/// Drivers that libvirt's library can have itself, and this one has not.
const NOT_BUILT: [&str; 5] = ["esx", "gsx", "vpx", "hyperv", "parallels"];

/// Schemes whose path names an instance, so that one slash too few is a likely mistake.
const WITH_INSTANCE: [&str; 3] = ["qemu", "vbox", "vz"];

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To objects in this process, by the test driver.
    Here(String),
    /// To a daemon; an empty URI leaves the choice to it.
    Daemon(String),
}

impl Destination {
    /// What `name` means: an alias if `aliases`, a URI, or the user's default if it is empty.
    ///
    /// # Errors
    /// It is no URI, or one that nothing here can open.
    pub fn of(name: &str, aliases: bool) -> Result<Self> {
        let conf = configuration()?;
        let meant = match name {
            "" => default_uri(&conf)?,
            // names from before there were URIs
            name if name.eq_ignore_ascii_case("xen") || name == "xen://" => "xen:///system".to_owned(),
            name => name.to_owned(),
        };
        if meant.is_empty() {
            return Ok(Self::Daemon(meant));
        }
        let alias = if aliases { resolve_alias(&conf, &meant)? } else { None };
        let text = alias.unwrap_or(meant);
        let uri = Uri::parse(&text)?;
        let Some(scheme) = uri.scheme.as_deref() else {
            bail!(None, NoConnect, "URI '{name}' does not include a driver name");
        };
        if let Some(server @ ("session" | "system")) = uri.server.as_deref()
            && WITH_INSTANCE.contains(&scheme)
        {
            bail!(None, InternalError, "invalid URI {text} (maybe you want {scheme}:///{server})");
        }
        if uri.path.as_deref() == Some("/embed") {
            embedded(&uri, scheme)?;
        }
        if NOT_BUILT.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
            bail!(None, ConfigUnsupported, "libvirt was built without the '{scheme}' driver");
        }
        Ok(if scheme == "test" && uri.server.is_none() { Self::Here(text) } else { Self::Daemon(text) })
    }
}

/// What `libvirt.conf` says: the user's own, or the system's for root.
pub(crate) fn configuration() -> Result<Conf> {
    Conf::read_if_exists(Paths::of_this_user()?.config_file("libvirt"))
}

fn default_uri(conf: &Conf) -> Result<String> {
    if let Some(uri) = std::env::var("LIBVIRT_DEFAULT_URI").ok().filter(|uri| !uri.is_empty()) {
        return Ok(uri);
    }
    Ok(conf.string("uri_default")?.unwrap_or_default().to_owned())
}

/// A hypervisor's driver inside of the program: none here is made for that.
fn embedded(uri: &Uri, scheme: &str) -> Result<()> {
    if !scheme.bytes().all(|c| c.is_ascii_lowercase()) {
        bail!(None, NoConnect, "URI scheme '{scheme}' for embedded driver is not valid");
    }
    if !uri.need_param("root")?.starts_with('/') {
        bail!(None, ConfigUnsupported, "root path must be absolute");
    }
    bail!(None, ConfigUnsupported, "Driver {scheme} cannot be used in embedded mode");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Result<Destination, String> {
        Destination::of(name, false).map_err(|error| error.message().to_string())
    }

    #[test]
    fn the_test_driver_is_here_and_others_are_daemons() {
        for here in ["test:///default", "test:/", "test:///a.xml?x=y"] {
            assert_eq!(of(here), Ok(Destination::Here(here.into())));
        }
        for there in ["qemu:///system", "test://host/default", "test+unix:///default", "foo:///"] {
            assert_eq!(of(there), Ok(Destination::Daemon(there.into())));
        }
        assert_eq!(of("xen"), Ok(Destination::Daemon("xen:///system".into())));
    }

    #[test]
    fn mistakes_are_told() {
        for (name, words) in [
            ("nothing", "does not include a driver name"),
            ("bad uri", "Unable to parse URI bad uri"),
            ("qemu://system", "invalid URI qemu://system (maybe you want qemu:///system)"),
            ("esx://host/", "libvirt was built without the 'esx' driver"),
            ("qemu:///embed", "Missing URI parameter 'root'"),
            ("qemu:///embed?root=a", "root path must be absolute"),
        ] {
            let error = of(name).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
