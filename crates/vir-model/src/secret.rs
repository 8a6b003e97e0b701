//! `<secret>`: what a secret is for; never its value.

use crate::words::{Checked, root, said};
use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_xml::{Content, Element, Format, YesNo, element, xml_enum};

xml_enum! {
    /// What a secret is used for.
    pub enum UsageType {
        None = "none", Volume = "volume", Ceph = "ceph", Iscsi = "iscsi", Tls = "tls", Vtpm = "vtpm",
    }
}

#[allow(clippy::derivable_impls)] // the macro derives, and none is its first value by chance only
impl Default for UsageType {
    fn default() -> Self {
        Self::None
    }
}

element! {
    /// A secret: a passphrase or key that other objects refer to. Since 0.7.1. Drivers: secret.
    pub struct Secret "secret" => settle {
        /// Whether it is kept in memory only: `yes` or `no`.
        attr ephemeral "ephemeral": Option<Checked<YesNo>>,
        /// Whether its value is never told to anybody but the host: `yes` or `no`.
        attr private "private": Option<Checked<YesNo>>,
        /// Its UUID; made up if nothing is said.
        leaf uuid "uuid": Option<Checked<Uuid>>,
        /// What it is, for people.
        leaf description "description": Option<String>,
        /// What uses it.
        child usage "usage": Option<Usage>,
    }
    /// What uses a secret: with the kind it must be unique.
    pub struct Usage "usage" => settle {
        /// The kind of use.
        attr kind "type": UsageType,
        /// Path of the encrypted volume, for `volume`.
        leaf volume "volume": Option<String>,
        /// Name by which it is found, for `ceph`, `tls` and `vtpm`. Since 0.9.7.
        leaf name "name": Option<String>,
        /// Name of the target, for `iscsi`. Since 1.0.4.
        leaf target "target": Option<String>,
    }
}

impl Secret {
    /// Reads a document.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::Secret, xml, None)?;
        Self::read(root(&tree, Self::NAME)?)
    }

    /// Whether it is kept in memory only.
    pub fn is_ephemeral(&self) -> bool {
        self.ephemeral == Some(Checked::Good(YesNo::Yes))
    }

    /// Whether its value is told to nobody.
    pub fn is_private(&self) -> bool {
        self.private == Some(Checked::Good(YesNo::Yes))
    }

    /// Its UUID, unless it has yet to get one.
    pub fn uuid(&self) -> Option<Uuid> {
        self.uuid.as_ref().and_then(Checked::good).copied()
    }

    /// The document.
    pub fn to_document(&self) -> String {
        self.to_xml(Format::default())
    }

    fn settle(&mut self, element: &Element) -> Result<()> {
        for (value, name) in [(&mut self.ephemeral, "ephemeral"), (&mut self.private, "private")] {
            // what is empty says nothing
            if element.attr(name) == Some("") {
                *value = None;
            }
            let value = value.get_or_insert(Checked::Good(YesNo::No));
            value.check(|_| err!(Secret, XmlError, "invalid value of '{name}'"))?;
        }
        self.uuid.take_if(|uuid| *uuid == Checked::Bad(String::new()));
        if let Some(uuid) = &self.uuid {
            uuid.check(|_| err!(Secret, InternalError, "malformed uuid element"))?;
        }
        said(&mut self.description);
        self.usage.take_if(|usage| usage.kind == UsageType::None);
        Ok(())
    }
}

impl Usage {
    /// What it is found by.
    pub fn id(&self) -> Option<&str> {
        match self.kind {
            UsageType::None => None,
            UsageType::Volume => self.volume.as_deref(),
            UsageType::Iscsi => self.target.as_deref(),
            UsageType::Ceph | UsageType::Tls | UsageType::Vtpm => self.name.as_deref(),
        }
    }

    fn settle(&mut self, _: &Element) -> Result<()> {
        let Self { volume, name, target, .. } = self;
        [&mut *volume, &mut *name, &mut *target].into_iter().for_each(said);
        if self.kind != UsageType::Volume {
            *volume = None;
        }
        if self.kind != UsageType::Iscsi {
            *target = None;
        }
        if matches!(self.kind, UsageType::None | UsageType::Volume | UsageType::Iscsi) {
            *name = None;
        }
        if self.id().is_none() {
            let what = match self.kind {
                UsageType::None => return Ok(()),
                UsageType::Volume => "volume usage specified, but volume path is missing",
                UsageType::Ceph => "Ceph usage specified, but name is missing",
                UsageType::Iscsi => "iSCSI usage specified, but target is missing",
                UsageType::Tls => "TLS usage specified, but name is missing",
                UsageType::Vtpm => "vTPM usage specified, but name is missing",
            };
            bail!(Secret, InternalError, "{what}");
        }
        Ok(())
    }
}
