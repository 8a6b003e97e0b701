//! Which host this is.

use crate::Host;
use vir_base::{Error, ErrorDomain, Result, Uuid, bail, err};

/// Where the host's UUID comes from, as the daemon's configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum UuidSource {
    /// The firmware; a random one where it has none.
    #[default]
    Smbios,
    /// `/etc/machine-id`.
    MachineId,
    /// The configuration itself.
    Given(String),
}

impl UuidSource {
    /// From the keys `host_uuid_source` and `host_uuid` of a daemon's configuration.
    ///
    /// # Errors
    /// "invalid UUID source: …".
    pub fn from_config(source: Option<&str>, uuid: Option<&str>) -> Result<Self> {
        match (source, uuid) {
            (Some("smbios") | None, None) => Ok(Self::Smbios),
            (Some("machine-id"), _) => Ok(Self::MachineId),
            (Some("smbios"), Some(_)) => Ok(Self::Smbios),
            (None, Some(uuid)) => Ok(Self::Given(uuid.to_owned())),
            (Some(source), _) => bail!(None, InternalError, "invalid UUID source: {source}"),
        }
    }
}

impl Host {
    /// The host's UUID. A random one is another at each call: callers keep it.
    ///
    /// # Errors
    /// What is configured is not a UUID, or one whose bytes are all alike.
    pub fn uuid(&self, source: &UuidSource) -> Result<Uuid> {
        let text = match source {
            UuidSource::Smbios => return Ok(self.firmware_uuid().unwrap_or_else(Uuid::random)),
            UuidSource::Given(text) => text.clone(),
            UuidSource::MachineId => match self.value("etc/machine-id")? {
                Some(text) => text,
                None => {
                    let errno = rustix::io::Errno::NOENT.raw_os_error();
                    return Err(Error::system(ErrorDomain::None, errno, "Can't read /etc/machine-id"));
                }
            },
        };
        let parsed = text.parse::<Uuid>().ok().filter(Uuid::is_valid);
        parsed.ok_or_else(|| err!(None, InternalError, "invalid host UUID: {text}"))
    }

    /// What the firmware says. Boards whose maker did not care say all zeros or all ones.
    fn firmware_uuid(&self) -> Option<Uuid> {
        let files = ["sys/devices/virtual/dmi/id/product_uuid", "sys/class/dmi/id/product_uuid"];
        let text = files.iter().find_map(|file| self.value(file).ok().flatten())?;
        text.parse::<Uuid>().ok().filter(Uuid::is_valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_asked_as_configured() {
        let dir = tempfile::tempdir().unwrap();
        let host = Host::captured(dir.path(), "x86_64");
        let uuid = "c7a5fdbd-cdaf-9455-926a-d65c16db1809";
        let given = UuidSource::from_config(None, Some(uuid)).unwrap();
        assert_eq!(host.uuid(&given).unwrap().to_string(), uuid);
        assert!(host.uuid(&UuidSource::Given("00000000-0000-0000-0000-000000000000".into())).is_err());
        assert!(host.uuid(&UuidSource::MachineId).unwrap_err().message().contains("Can't read"));
        assert!(host.uuid(&UuidSource::Smbios).unwrap().is_valid());

        std::fs::create_dir_all(dir.path().join("sys/class/dmi/id")).unwrap();
        std::fs::write(dir.path().join("sys/class/dmi/id/product_uuid"), format!("{uuid}\n")).unwrap();
        assert_eq!(host.uuid(&UuidSource::Smbios).unwrap().to_string(), uuid);
        std::fs::create_dir(dir.path().join("etc")).unwrap();
        std::fs::write(dir.path().join("etc/machine-id"), "c7a5fdbdcdaf9455926ad65c16db1800\n").unwrap();
        assert!(host.uuid(&UuidSource::MachineId).unwrap().to_string().ends_with("1800"));

        assert!(UuidSource::from_config(Some("dice"), None).is_err());
        assert_eq!(UuidSource::from_config(Some("machine-id"), None).unwrap(), UuidSource::MachineId);
    }
}
