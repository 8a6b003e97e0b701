//! What sources of storage share: how we prove who we are, encryption, reservations, labels.

use crate::words::Checked;
use vir_base::{Result, Uuid, bail, err};
use vir_xml::{Content, Element, Value, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// How we prove who we are.
    pub enum AuthType { Chap = "chap", Ceph = "ceph", }
    unsaid ["none", ""]
    refused Storage ConfigUnsupported "unknown auth type '{}'"
    /// How content is encrypted.
    pub enum EncryptionFormat {
        Default = "default", Qcow = "qcow", Luks = "luks", Luks2 = "luks2", LuksAny = "luks-any",
    }
    unsaid [""]
    refused Storage ConfigUnsupported "unknown volume encryption format type {}"
    /// Who decrypts.
    pub enum EncryptionEngine { Qemu = "qemu", Librbd = "librbd", }
}

element! {
    /// How we prove who we are to a server: a user's name and a secret.
    pub struct Auth "auth" => settle {
        /// Kind of proof: `chap` of iSCSI, `ceph` of RBD; where it is missing, the secret says it.
        attr kind "type": Option<AuthType>,
        /// Name of the user.
        attr username "username": Option<String>,
        /// What is kept secret.
        child secret "secret": Option<SecretRef>,
    }
    /// Which secret, by its UUID or its use. Since 0.7.1.
    pub struct SecretRef "secret" => settle {
        /// What it is for: `iscsi`, `ceph`, `passphrase`.
        attr kind "type": Option<String>,
        /// Its UUID.
        attr uuid "uuid": Option<Checked<Uuid>>,
        /// Instead of the UUID, what it is used for, as the secret's own document says. Since 0.9.7.
        attr usage "usage": Option<String>,
    }
    /// How content is encrypted. Since 0.7.1.
    pub struct Encryption "encryption" => settle {
        /// Format; `luks` since 2.1.0, `luks2` since 7.9.0, `luks-any` (either of the two, for RBD) since
        /// 9.3.0. `default` lets the making of a volume choose.
        attr format "format": Option<EncryptionFormat>,
        /// Who decrypts; `qemu` if nothing is said, `librbd` for RBD images that Ceph encrypts itself. Since 7.9.0.
        attr engine "engine": Option<EncryptionEngine>,
        /// Passphrases: one, and with `librbd` one for each layer (since 9.3.0), the outermost first.
        list secrets "secret": Vec<SecretRef>,
        /// Cipher, of a LUKS volume to be made. Since 2.1.0. Drivers: storage.
        child cipher "cipher": Option<Cipher>,
        /// How initialisation vectors are made, of a LUKS volume to be made. Since 2.1.0. Drivers: storage.
        child ivgen "ivgen": Option<Ivgen>,
    }
    /// A cipher. Since 2.1.0.
    pub struct Cipher "cipher" {
        /// Name: `aes`, `serpent`, `twofish`, …
        attr name "name": Option<String>,
        /// Length of the key in bits: `256`.
        attr size "size": u32,
        /// Mode: `xts`, `cbc`, `ecb`.
        attr mode "mode": Option<String>,
        /// Hash: `sha256`, …
        attr hash "hash": Option<String>,
    }
    /// How initialisation vectors are made. Since 2.1.0.
    pub struct Ivgen "ivgen" {
        /// Method: `plain64`, `essiv`, …
        attr name "name": Option<String>,
        /// Hash.
        attr hash "hash": Option<String>,
    }
    /// Who we are to an iSCSI server.
    pub struct Initiator "initiator" {
        /// The name.
        maybe iqn "iqn": Option<Iqn>,
    }
    /// An iSCSI name.
    pub struct Iqn "iqn" {
        /// The name itself.
        attr name "name": Option<String>,
    }
    /// A security driver's label of a source, instead of the domain's.
    pub struct SourceLabel "seclabel" => settle {
        /// Driver: `selinux`, `dac`, `apparmor`.
        attr model "model": Option<String>,
        /// `yes` on a running domain's source that could not be labelled, as on some file servers. Since 1.1.2.
        attr labelskip "labelskip": Option<YesNo>,
        /// Whether the source is labelled; `yes` if nothing is said.
        attr relabel "relabel": Option<YesNo>,
        /// The label, instead of one made up.
        leaf label "label": Option<String>,
    }
}

/// Persistent reservations: who makes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reservations {
    /// Whether the daemon starts the helper.
    pub managed: Option<YesNo>,
    /// Socket of the helper.
    pub path: Option<String>,
}

impl Content for Reservations {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::Reservations::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let managed = vir_xml::attr(element, "managed")?;
        let Some(managed) = managed else { return Err(vir_xml::missing("managed", "reservations")) };
        let source = element.child("source");
        let of = |name| source.and_then(|source| source.attr(name)).filter(|text| !text.is_empty());
        let (kind, path, mode) = (of("type"), of("path"), of("mode"));
        if managed == YesNo::No || kind.is_some() || path.is_some() || mode.is_some() {
            match kind {
                None => bail!(Storage, XmlError, "missing connection type for <reservations/>"),
                Some(kind) if path.is_some() && mode.is_some() && kind != "unix" => {
                    bail!(Storage, XmlError, "unsupported connection type for <reservations/>: {kind}")
                }
                Some(_) => {}
            }
            if path.is_none() {
                bail!(Storage, XmlError, "missing path for <reservations/>");
            }
            match mode {
                None => bail!(Storage, XmlError, "missing connection mode for <reservations/>"),
                Some("client") => {}
                Some(mode) => {
                    bail!(Storage, XmlError, "unsupported connection mode for <reservations/>: {mode}")
                }
            }
        }
        Ok(Self { managed: Some(managed), path: path.map(str::to_owned) })
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("managed", self.managed.map(YesNo::as_str));
        if let Some(path) = &self.path
            && (self.managed == Some(YesNo::No) || !w.format().migratable)
        {
            w.start("source");
            w.attr("type", "unix");
            w.attr("path", path);
            w.attr("mode", "client");
            w.end();
        }
    }
}

impl Auth {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let place = || element.position.to_string();
        self.username = self.username.take().filter(|name| !name.is_empty());
        if self.username.is_none() {
            return Err(err!(Storage, XmlError, "missing username for auth").with_hint(place()));
        }
        if self.secret.is_none() {
            return Err(err!(Storage, XmlError, "Missing <secret> element in auth").with_hint(place()));
        }
        Ok(())
    }
}

impl SecretRef {
    /// Its UUID, if it is named by that.
    pub fn uuid(&self) -> Option<Uuid> {
        self.uuid.as_ref().and_then(Checked::good).copied()
    }

    fn settle(&mut self, element: &Element) -> Result<()> {
        let place = || element.position.to_string();
        match (&self.uuid, &self.usage) {
            (None, None) => {
                Err(err!(None, XmlError, "missing secret uuid or usage attribute").with_hint(place()))
            }
            (Some(_), Some(_)) => {
                Err(err!(None, XmlError, "either secret uuid or usage expected").with_hint(place()))
            }
            (Some(uuid), None) => {
                let invalid = |text: &str| err!(None, XmlError, "invalid secret uuid '{text}'");
                uuid.check(|text| invalid(text).with_hint(place())).map(|_| ())
            }
            (None, Some(_)) => Ok(()),
        }
    }
}

impl Encryption {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.format.is_none() {
            return Err(err!(Storage, XmlError, "unknown volume encryption format")
                .with_hint(element.position.to_string()));
        }
        for secret in &self.secrets {
            match secret.kind.as_deref() {
                Some("passphrase") => {}
                None | Some("") => bail!(Storage, XmlError, "unknown volume encryption secret type"),
                Some(kind) => {
                    bail!(Storage, ConfigUnsupported, "unknown volume encryption secret type {kind}")
                }
            }
        }
        if self.format != Some(EncryptionFormat::Luks) {
            (self.cipher, self.ivgen) = (None, None);
        }
        if self.cipher.as_ref().is_some_and(|cipher| cipher.name.is_none()) {
            bail!(Storage, XmlError, "cipher info missing 'name' attribute");
        }
        if self.ivgen.is_some() && self.cipher.is_none() {
            bail!(Storage, XmlError, "ivgen element found, but cipher is missing");
        }
        if self.ivgen.as_ref().is_some_and(|ivgen| ivgen.name.is_none()) {
            bail!(Storage, XmlError, "missing ivgen info name string");
        }
        Ok(())
    }
}

impl SourceLabel {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let skipped = self.labelskip == Some(YesNo::Yes);
        self.labelskip = self.labelskip.filter(|_| skipped);
        self.label = self.label.take().filter(|label| !label.is_empty());
        match skipped {
            true => self.relabel = None,
            false => _ = self.relabel.get_or_insert(YesNo::Yes),
        }
        if self.label.is_some() && self.relabel == Some(YesNo::No) {
            return Err(err!(
                Domain,
                XmlError,
                "Cannot specify a label if relabelling is turned off. model={}",
                self.model.as_deref().unwrap_or("(null)")
            )
            .with_hint(element.position.to_string()));
        }
        Ok(())
    }

    /// Whether it says anything of a domain that does not run.
    pub fn is_lasting(&self) -> bool {
        self.label.is_some() || self.relabel == Some(YesNo::No)
    }
}

/// The format of encryption by its name.
pub fn encryption_format(text: &str) -> Option<EncryptionFormat> {
    EncryptionFormat::parse(text)
}
