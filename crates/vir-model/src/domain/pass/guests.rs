//! Kinds of guest: which a hypervisor runs on this host, and whether a definition is of one of them.

use crate::domain::os::OsType;
use crate::domain::{Domain, VirtType};
use vir_base::{Result, bail};

/// A kind of guest that a hypervisor runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// What the guest is.
    pub os: OsType,
    /// Its architecture.
    pub arch: String,
    /// What runs it.
    pub kind: VirtType,
}

/// Sets the architecture where the document does not say, and checks that guests of its kind are run.
///
/// # Errors
/// They are not.
pub fn settle(domain: &mut Domain, host_arch: &str, guests: &[Guest]) -> Result<()> {
    if let Some(kind) = &mut domain.os.kind {
        kind.arch.get_or_insert_with(|| host_arch.to_owned());
    }
    let (os, arch, kind) = (domain.os.os_type(), domain.os.arch(), domain.virt_type());
    if guests.iter().any(|guest| (Some(guest.os), guest.arch.as_str(), guest.kind) == (os, arch, kind)) {
        return Ok(());
    }
    // the peer has no words for its first kind
    let os = os.filter(|os| *os != OsType::Hvm).map_or(String::new(), |os| format!("ostype={os} "));
    bail!(Capabilities, InvalidArg, "could not find capabilities for {os}arch={arch} domaintype={kind} ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ParseOptions;

    fn domain(kind: &str, os: &str) -> Domain {
        let xml = format!(
            "<domain type='{kind}'><name>n</name><memory>1</memory><os>{os}<init>/i</init></os></domain>"
        );
        Domain::parse(&xml, ParseOptions::default()).unwrap()
    }

    #[test]
    fn a_guest_of_another_kind_is_refused_by_what_it_is() {
        let guests = [Guest { os: OsType::Exe, arch: "x86_64".into(), kind: VirtType::Lxc }];
        let mut known = domain("lxc", "<type>exe</type>");
        settle(&mut known, "x86_64", &guests).unwrap();
        assert_eq!(known.os.arch(), "x86_64");
        for (kind, os, says) in [
            ("lxc", "<type arch='i686'>exe</type>", "ostype=exe arch=i686 domaintype=lxc "),
            ("kvm", "<type>hvm</type>", "arch=x86_64 domaintype=kvm "),
        ] {
            let error = settle(&mut domain(kind, os), "x86_64", &guests).unwrap_err();
            let says = format!("invalid argument: could not find capabilities for {says}");
            assert_eq!(error.message(), says);
        }
    }
}
