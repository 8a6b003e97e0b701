//! The file of credentials (`auth.conf`): groups of keys, one group for each service on each host.

use crate::error::ErrorDomain;
use crate::paths::Paths;
use crate::uri::Uri;
use crate::{Error, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Longest file that is read.
const MAX: u64 = 1 << 20;

/// What a file of credentials has.
#[derive(Debug, Default)]
pub struct AuthFile {
    path: PathBuf,
    groups: BTreeMap<String, BTreeMap<String, String>>,
}

impl AuthFile {
    /// The file for a connection: the environment's, the URI's, the user's or the system's, and an empty
    /// one if there is none.
    ///
    /// # Errors
    /// It cannot be read, or is no such file.
    pub fn of(uri: Option<&Uri>) -> Result<Self> {
        if let Some(path) = std::env::var_os("LIBVIRT_AUTH_FILE") {
            return Self::read(Path::new(&path));
        }
        let named = uri.and_then(|uri| uri.params.iter().find(|param| param.name == "authfile"));
        if let Some(param) = named {
            return Self::read(Path::new(&param.value));
        }
        let session = Paths::session().map(|paths| paths.config_file("auth"));
        let places = session.into_iter().chain([Paths::system().config_file("auth")]);
        match places.into_iter().find(|path| std::fs::File::open(path).is_ok()) {
            Some(path) => Self::read(&path),
            None => Ok(Self::default()),
        }
    }

    fn read(path: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| {
            Error::io(ErrorDomain::Auth, &error, format!("cannot read '{}'", path.display()))
        };
        let size = std::fs::metadata(path).map_err(failed)?.len();
        if size > MAX {
            bail!(Auth, ConfSyntax, "'{}' is too long", path.display());
        }
        Self::parse(path, &std::fs::read_to_string(path).map_err(failed)?)
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let mut file = Self { path: path.to_owned(), ..Self::default() };
        let mut group: Option<String> = None;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                file.groups.entry(name.to_owned()).or_default();
                group = Some(name.to_owned());
                continue;
            }
            let (Some(group), Some((key, value))) = (&group, line.split_once('=')) else {
                bail!(Auth, ConfSyntax, "'{}' has a line that is neither a group nor a key", path.display());
            };
            let keys = file.groups.entry(group.clone()).or_default();
            keys.insert(key.trim().to_owned(), value.trim().to_owned());
        }
        Ok(file)
    }

    /// The credential `name` ("username", "password", …) for `service` on `host`; none if the file has none.
    ///
    /// # Errors
    /// The file names credentials that it does not have.
    pub fn lookup(&self, service: &str, host: &str, name: &str) -> Result<Option<&str>> {
        let groups = [format!("auth-{service}-{host}"), format!("auth-{service}-default")];
        let Some((group, keys)) = groups.iter().find_map(|group| Some((group, self.groups.get(group)?)))
        else {
            return Ok(None);
        };
        let path = self.path.display();
        let Some(named) = keys.get("credentials") else {
            bail!(Auth, ConfSyntax, "Missing item 'credentials' in group '{group}' in '{path}'");
        };
        let Some(credentials) = self.groups.get(&format!("credentials-{named}")) else {
            bail!(
                Auth,
                ConfSyntax,
                "Missing group 'credentials-{named}' referenced from group '{group}' in '{path}'"
            );
        };
        Ok(credentials.get(name).map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_by_service_and_host() {
        let text = "# mine\n[credentials-one]\nusername=a\npassword = p=q\n\n[auth-libvirt-far]\n\
                    credentials=one\n[auth-libvirt-default]\ncredentials=two\n[auth-esx-x]\n";
        let file = AuthFile::parse(Path::new("/f"), text).unwrap();
        assert_eq!(file.lookup("libvirt", "far", "password").unwrap(), Some("p=q"));
        assert_eq!(file.lookup("libvirt", "far", "realm").unwrap(), None);
        assert_eq!(file.lookup("vnc", "far", "username").unwrap(), None);
        let message =
            |service, host| file.lookup(service, host, "username").unwrap_err().message().to_string();
        assert!(message("libvirt", "near").ends_with(
            "Missing group 'credentials-two' referenced from group 'auth-libvirt-default' in '/f'"
        ));
        assert!(message("esx", "x").ends_with("Missing item 'credentials' in group 'auth-esx-x' in '/f'"));
        assert!(AuthFile::parse(Path::new("/f"), "a=b").is_err());
    }
}
