//! `<seclabel>`, `<launchSecurity>` and `<keywrap>`: what keeps a guest apart from its host and others.

use super::device::memdev::HexAddress;
use vir_base::{Result, bail};
use vir_xml::{Content, Element, Value, Writer, YesNo, attr, element, missing, xml_enum};

xml_enum! {
    /// How a domain is labelled.
    pub enum SeclabelType { Default = "default", None = "none", Dynamic = "dynamic", Static = "static", }
    /// How a guest's memory is kept from the host.
    pub enum LaunchSecurityType { Sev = "sev", SevSnp = "sev-snp", S390Pv = "s390-pv", }
    /// A cipher of keys on s390.
    pub enum CipherName { Aes = "aes", Dea = "dea", }
}

element! {
    /// Whether an s390 guest's keys are wrapped.
    pub struct KeyWrap "keywrap" => settle {
        /// For each cipher.
        list ciphers "cipher": Vec<KeyCipher>,
    }
    /// Whether keys of a cipher are wrapped.
    pub struct KeyCipher "cipher" => settle {
        /// The cipher.
        attr name "name": Option<CipherName>,
        /// Whether.
        attr state "state": Option<vir_xml::OnOff>,
    }
    /// How a guest's memory is kept from the host.
    pub struct LaunchSecurity "launchSecurity" => settle {
        /// Technique.
        attr kind "type": Option<LaunchSecurityType>,
        /// Whether kernel, initrd and command line are measured. Since 8.0.0.
        attr kernel_hashes "kernelHashes": Option<YesNo>,
        /// Whether an author's key is given, of `sev-snp`. Since 10.5.0.
        attr author_key "authorKey": Option<YesNo>,
        /// Whether the chip's own key signs, of `sev-snp`. Since 10.5.0.
        attr vcek "vcek": Option<YesNo>,
        /// Position of the bit that marks encrypted pages.
        leaf cbitpos "cbitpos": Option<u32>,
        /// Bits of addresses that are lost to encryption.
        leaf reduced_phys_bits "reducedPhysBits": Option<u32>,
        /// What the guest's owner allows, in hexadecimal.
        part policy "": PolicyPart,
        /// Owner's certificate, of `sev`.
        leaf dh_cert "dhCert": Option<String>,
        /// Owner's session, of `sev`.
        leaf session "session": Option<String>,
        /// Work-arounds that the guest is told of, of `sev-snp`. Since 10.5.0.
        leaf guest_visible_workarounds "guestVisibleWorkarounds": Option<String>,
        /// Block that identifies the guest, of `sev-snp`. Since 10.5.0.
        leaf id_block "idBlock": Option<String>,
        /// Signature of that block. Since 10.5.0.
        leaf id_auth "idAuth": Option<String>,
        /// What the host adds to the report. Since 10.5.0.
        leaf host_data "hostData": Option<String>,
    }
}

/// What a guest's owner allows, and with how many digits it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PolicyPart {
    /// Bits of the technique's own.
    pub policy: Option<u64>,
    /// Digits.
    pub digits: usize,
}

impl vir_xml::Part for PolicyPart {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::PolicyPart::table()
    }

    fn take_attr(&mut self, _: &Element, _: &vir_xml::Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        if child.name != "policy" {
            return Ok(false);
        }
        self.policy = HexAddress::parse(child.text().trim()).map(|value| value.0);
        Ok(true)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if let Some(policy) = self.policy {
            w.leaf("policy", &format!("0x{policy:0digits$x}", digits = self.digits));
        }
    }
}

impl KeyCipher {
    fn settle(&mut self, _: &Element) -> Result<()> {
        match (self.name, self.state) {
            (None, _) => Err(missing("name", "cipher")),
            (_, None) => Err(missing("state", "cipher")),
            _ => Ok(()),
        }
    }
}

impl KeyWrap {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.ciphers.sort_by_key(|cipher| cipher.name);
        for pair in self.ciphers.windows(2) {
            if pair[0].name == pair[1].name {
                let name = pair[0].name.map_or("", CipherName::as_str);
                bail!(
                    Domain,
                    InternalError,
                    "A domain definition can have no more than one cipher node with name {name}"
                );
            }
        }
        Ok(())
    }
}

impl LaunchSecurity {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let Some(kind) = self.kind else { return Err(missing("type", "launchSecurity")) };
        let it = std::mem::take(self);
        *self = match kind {
            LaunchSecurityType::S390Pv => Self { kind: Some(kind), ..Self::default() },
            LaunchSecurityType::Sev => Self {
                author_key: None,
                vcek: None,
                guest_visible_workarounds: None,
                id_block: None,
                id_auth: None,
                host_data: None,
                ..it
            },
            LaunchSecurityType::SevSnp => Self { dh_cert: None, session: None, ..it },
        };
        self.policy.digits = if kind == LaunchSecurityType::Sev { 4 } else { 8 };
        if kind != LaunchSecurityType::S390Pv && self.policy.policy.is_none() {
            bail!(Domain, XmlError, "failed to get launch security policy");
        }
        Ok(())
    }
}

/// How a domain is labelled by one security driver.
#[derive(Clone, Debug, PartialEq)]
pub struct Seclabel {
    /// How.
    pub kind: SeclabelType,
    /// The driver.
    pub model: Option<String>,
    /// Whether its files are labelled.
    pub relabel: bool,
    /// The label of its processes, given or made up.
    pub label: Option<String>,
    /// That of its files, while it runs.
    pub imagelabel: Option<String>,
    /// What the label is made up from.
    pub baselabel: Option<String>,
    /// It was added by us, and older programs need not know.
    pub implicit: bool,
}

impl Default for Seclabel {
    fn default() -> Self {
        Self {
            kind: SeclabelType::Dynamic,
            model: None,
            relabel: true,
            label: None,
            imagelabel: None,
            baselabel: None,
            implicit: false,
        }
    }
}

impl Content for Seclabel {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Seclabel::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let text =
            |name: &str| element.child(name).map(|it| it.text().into_owned()).filter(|text| !text.is_empty());
        let kind = match element.attr("type") {
            Some("default") => return Err(vir_xml::invalid_value("type", "seclabel", "default")),
            _ => attr(element, "type")?.unwrap_or(SeclabelType::Default),
        };
        let fixed = matches!(kind, SeclabelType::Static | SeclabelType::None);
        let relabel = attr::<YesNo>(element, "relabel")?.map_or(!fixed, YesNo::is_yes);
        let model = element.attr("model").map(str::to_owned);
        if kind == SeclabelType::Dynamic && !relabel {
            bail!(Domain, ConfigUnsupported, "dynamic label type must use resource relabeling");
        }
        if kind == SeclabelType::None && relabel {
            bail!(Domain, ConfigUnsupported, "resource relabeling is not compatible with 'none' label type");
        }
        if model.as_deref() == Some("none") {
            return Ok(Self { kind: SeclabelType::None, model, relabel: false, ..Self::default() });
        }
        let mut it = Self { kind, model, relabel, ..Self::default() };
        if kind != SeclabelType::None {
            it.label = text("label");
            it.imagelabel = text("imagelabel").filter(|_| relabel);
        }
        if kind == SeclabelType::Static && it.label.is_none() {
            bail!(Domain, XmlError, "security label is missing");
        }
        if kind == SeclabelType::Dynamic {
            it.baselabel = text("baselabel");
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr("type", self.kind.as_str());
        w.attr_opt("model", self.model.as_deref());
        if self.kind == SeclabelType::None {
            return;
        }
        w.attr("relabel", YesNo::from(self.relabel).as_str());
        let mut leaf = |name: &'static str, text: Option<&String>| {
            if let Some(text) = text {
                w.leaf(name, text);
            }
        };
        leaf("label", self.label.as_ref());
        leaf("imagelabel", self.imagelabel.as_ref().filter(|_| self.relabel));
        leaf("baselabel", self.baselabel.as_ref().filter(|_| self.kind == SeclabelType::Dynamic));
    }
}

impl Seclabel {
    /// Takes what only a running domain's document says.
    pub fn forget_live(&mut self) {
        if self.kind != SeclabelType::Static {
            self.label = None;
        }
        self.imagelabel = None;
    }

    /// Whether it is shown.
    pub fn is_shown(&self, migratable: bool) -> bool {
        let plain = matches!(self.model.as_deref(), Some("dac" | "none"));
        self.kind != SeclabelType::Default && !(migratable && self.implicit && plain)
    }
}

/// Checks that drivers are named where they must be, each once.
///
/// # Errors
/// One that is not.
pub fn check_labels(labels: &[Seclabel]) -> Result<()> {
    for (i, label) in labels.iter().enumerate() {
        if labels[..i].iter().any(|other| other.model == label.model) {
            let model = label.model.as_deref().unwrap_or("(null)");
            bail!(Domain, XmlDetail, "seclabel for model {model} is already provided");
        }
    }
    if labels.len() > 1 && labels.iter().any(|label| label.model.is_none()) {
        bail!(Domain, XmlError, "missing security model when using multiple labels");
    }
    Ok(())
}
