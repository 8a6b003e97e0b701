//! `<tpm>` and `<smartcard>`: devices that keep secrets.

use super::chardev::{CharSource, CharType};
use super::info::DeviceInfo;
use super::private::TpmPrivate;
use vir_base::{Result, Uuid, bail};
use vir_xml::{Content, Element, Part, Value, Writer, YesNo, attr, element, missing, xml_enum};

xml_enum! {
    /// A TPM as the guest sees it.
    pub enum TpmModel {
        TpmTis = "tpm-tis", TpmCrb = "tpm-crb", TpmSpapr = "tpm-spapr", SpaprTpmProxy = "spapr-tpm-proxy",
    }
    /// What is behind it.
    pub enum TpmBackendType { Passthrough = "passthrough", Emulator = "emulator", External = "external", }
    /// Version of the specification.
    pub enum TpmVersion { V1_2 = "1.2", V2_0 = "2.0", }
    /// Where an emulator's state lies.
    pub enum TpmSourceType { File = "file", Dir = "dir", }
    /// Hashes that a TPM computes, in the order in which they are printed.
    pub enum PcrBank { Sha1 = "sha1", Sha256 = "sha256", Sha384 = "sha384", Sha512 = "sha512", }
    /// What is taken out of a profile.
    pub enum RemoveDisabled { Check = "check", FipsHost = "fips-host", }
    unsaid ["none"]
    /// Where a smart card is.
    pub enum SmartcardMode {
        Host = "host", HostCertificates = "host-certificates", Passthrough = "passthrough",
    }
}

element! {
    /// A TPM.
    pub struct Tpm "tpm" => settle {
        /// What the guest sees.
        attr model "model": Option<TpmModel>,
        /// What is behind it.
        child backend "backend": Option<TpmBackend>,
        part info "": DeviceInfo,
        /// What the daemon notes of it. Since 4.5.0. Drivers: qemu.
        private private "privateData": Option<TpmPrivate>,
    }
    /// What a profile of an emulator is made of. Since 10.10.0. Drivers: qemu.
    pub struct TpmProfile "profile" {
        /// File or built-in profile that it begins with.
        attr source "source": Option<String>,
        /// What is taken out of it.
        attr remove_disabled "removeDisabled": Option<RemoveDisabled>,
        /// Its name, once it is made.
        attr name "name": Option<String>,
    }
    /// Where an emulator's state lies. Since 9.0.0. Drivers: qemu.
    pub struct TpmSource "source" {
        /// `file` or `dir`.
        attr kind "type": Option<TpmSourceType>,
        /// Its path.
        attr path "path": Option<String>,
    }
}

/// What is behind a TPM.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TpmBackend {
    /// Which kind.
    pub kind: Option<TpmBackendType>,
    /// Version, of an emulator.
    pub version: Option<TpmVersion>,
    /// Whether the state outlives the definition.
    pub persistent_state: bool,
    /// Level of the emulator's log; 0 for none.
    pub debug: u32,
    /// Device of the host, of `passthrough`.
    pub device: Option<String>,
    /// Secret that encrypts the state.
    pub secret: Option<Uuid>,
    /// Hashes that it computes; its default if nothing is said.
    pub banks: Option<Vec<PcrBank>>,
    /// Where the state lies.
    pub source: Option<TpmSource>,
    /// What the emulator offers.
    pub profile: Option<TpmProfile>,
    /// Socket of an external one.
    pub external: Option<Box<CharSource>>,
}

impl Content for TpmBackend {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::TpmBackend::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let Some(kind) = attr::<TpmBackendType>(element, "type")? else {
            return Err(missing("type", "backend"));
        };
        let mut it = Self { kind: Some(kind), ..Self::default() };
        match kind {
            TpmBackendType::Passthrough => {
                let path = element.child("device").and_then(|device| device.attr("path"));
                it.device = Some(path.filter(|path| !path.is_empty()).unwrap_or("/dev/tpm0").to_owned());
            }
            TpmBackendType::Emulator => it.read_emulator(element)?,
            TpmBackendType::External => {
                let source = element.child("source");
                let Some(text) = source.and_then(|s| s.attr("type")).filter(|text| !text.is_empty()) else {
                    bail!(Domain, XmlError, "missing external TPM backend source type")
                };
                let Some(kind) = CharType::parse(text) else {
                    bail!(Domain, ConfigUnsupported, "unknown backend source type '{text}' for external TPM")
                };
                let mut source = CharSource::new(kind);
                for child in element.children() {
                    source.take_child(element, child)?;
                }
                source.settle()?;
                it.external = Some(Box::new(source));
            }
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("type", self.kind.map(TpmBackendType::as_str));
        w.attr_opt("version", self.version.map(TpmVersion::as_str));
        if self.persistent_state {
            w.attr("persistent_state", "yes");
        }
        if self.debug != 0 {
            w.attr("debug", &self.debug.to_string());
        }
        if let Some(path) = &self.device {
            w.element("device", |w| w.attr("path", path));
        }
        if let Some(secret) = self.secret {
            w.element("encryption", |w| w.attr("secret", &secret.to_string()));
        }
        if let Some(banks) = &self.banks {
            w.maybe("active_pcr_banks", |w| banks.iter().for_each(|bank| w.empty(bank.as_str())));
        }
        if let Some(source) = &self.source {
            w.maybe("source", |w| source.write(w));
        }
        if let Some(profile) = &self.profile {
            w.maybe("profile", |w| profile.write(w));
        }
        if let Some(external) = &self.external
            && external.kind() == CharType::Unix
        {
            w.start("source");
            w.attr("type", "unix");
            w.attr("mode", "connect");
            w.attr_opt("path", external.path());
            w.end();
        }
    }
}

impl TpmBackend {
    fn read_emulator(&mut self, element: &Element) -> Result<()> {
        self.version = attr(element, "version")?;
        self.debug = attr(element, "debug")?.unwrap_or(0);
        let secret = element.child("encryption").and_then(|encryption| encryption.attr("secret"));
        if let Some(text) = secret.filter(|text| !text.is_empty()) {
            match text.parse() {
                Ok(uuid) => self.secret = Some(uuid),
                Err(_) => bail!(Domain, InternalError, "Unable to parse secret uuid '{text}'"),
            }
        }
        self.source = element.child("source").map(Content::read).transpose()?;
        if self.source.as_ref().is_some_and(|source| source.path.is_none()) {
            bail!(Domain, XmlError, "missing TPM source path");
        }
        self.persistent_state = match element.attr("persistent_state") {
            None => false,
            Some(text) => match YesNo::parse(text) {
                Some(value) => value.is_yes(),
                None => bail!(Domain, InternalError, "Invalid persistent_state value, either 'yes' or 'no'"),
            },
        };
        if let Some(banks) = element.child("active_pcr_banks") {
            let mut named = vec![];
            for bank in banks.children() {
                match PcrBank::parse(&bank.name) {
                    Some(bank) => named.push(bank),
                    None => bail!(Domain, ConfigUnsupported, "Unsupported PCR banks '{}'", bank.name),
                }
            }
            named.sort();
            named.dedup();
            self.banks = Some(named).filter(|named| !named.is_empty());
        }
        self.profile = element.child("profile").map(Content::read).transpose()?;
        self.profile.take_if(|profile| profile.source.is_none() && profile.name.is_none());
        Ok(())
    }
}

impl Tpm {
    fn settle(&mut self, element: &Element) -> Result<()> {
        match element.children().filter(|child| child.name == "backend").count() {
            0 => bail!(Domain, XmlError, "missing TPM device backend"),
            1 => Ok(()),
            _ => bail!(Domain, XmlError, "only one TPM backend is supported"),
        }
    }
}

/// A smart card.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Smartcard {
    /// Where it is.
    pub mode: Option<SmartcardMode>,
    /// Names of three certificates, of `host-certificates`.
    pub certificates: Vec<String>,
    /// Directory that they lie in.
    pub database: Option<String>,
    /// What leads to it, of `passthrough`.
    pub source: Option<Box<CharSource>>,
    /// What every device has.
    pub info: DeviceInfo,
}

impl Content for Smartcard {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::Smartcard::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let Some(mode) = attr::<SmartcardMode>(element, "mode")? else {
            return Err(missing("mode", "smartcard"));
        };
        let mut it = Self { mode: Some(mode), ..Self::default() };
        match mode {
            SmartcardMode::Host => {}
            SmartcardMode::HostCertificates => {
                let named = element.children().filter(|child| child.name == "certificate");
                it.certificates = named.map(|it| it.text().into_owned()).collect();
                if it.certificates.len() != 3 {
                    bail!(Domain, XmlError, "host-certificates mode needs exactly three certificates");
                }
                let database = element
                    .child("database")
                    .map(|it| it.text().into_owned())
                    .filter(|path| !path.is_empty());
                if let Some(path) = database.as_ref().filter(|path| !path.starts_with('/')) {
                    bail!(Domain, XmlError, "expecting absolute path: {path}");
                }
                it.database = database;
            }
            SmartcardMode::Passthrough => {
                let Some(kind) = element.attr("type") else {
                    bail!(Domain, XmlError, "passthrough mode requires a character device type attribute")
                };
                let Some(kind) = CharType::parse(kind) else {
                    bail!(
                        Domain,
                        ConfigUnsupported,
                        "unknown type presented to host for character device: {kind}"
                    )
                };
                let mut source = CharSource::new(kind);
                for child in element.children() {
                    source.take_child(element, child)?;
                }
                source.settle()?;
                it.source = Some(Box::new(source));
            }
        }
        for child in element.children() {
            it.info.take_child(element, child)?;
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("mode", self.mode.map(SmartcardMode::as_str));
        if let Some(source) = &self.source {
            source.write_attrs(w);
        }
        for certificate in &self.certificates {
            w.leaf("certificate", certificate);
        }
        if let Some(database) = &self.database {
            w.leaf("database", database);
        }
        if let Some(source) = &self.source {
            source.write_children(w);
        }
        self.info.write_children(w);
    }
}
