//! Options of a pool for what serves it, under namespaces of their own: of `mount` for file systems, of Ceph for RBD.

use super::kind::PoolType;
use vir_base::{Result, bail};
use vir_xml::table::Table;
use vir_xml::{Attr, Element, Part, Writer};

/// The namespace of options for `mount`.
pub const FS: &str = "http://libvirt.org/schemas/storagepool/fs/1.0";
/// The namespace of options for Ceph.
pub const RBD: &str = "http://libvirt.org/schemas/storagepool/rbd/1.0";

/// An option.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: Option<String>,
    /// Its value, for Ceph.
    pub value: Option<String>,
}

/// Options of a pool for what serves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// For `mount`: pools of kinds `fs` and `netfs`.
    pub mount: Vec<Choice>,
    /// For Ceph: pools of kind `rbd`.
    pub ceph: Vec<Choice>,
}

impl Options {
    /// Checks those of the pool's kind and drops others.
    pub(super) fn check(&mut self, kind: PoolType) -> Result<()> {
        match kind {
            PoolType::Fs | PoolType::Netfs => self.ceph.clear(),
            PoolType::Rbd => self.mount.clear(),
            _ => *self = Self::default(),
        }
        if self.mount.iter().any(|choice| choice.name.is_none()) {
            bail!(Storage, XmlError, "no fs mount option name specified");
        }
        for choice in &self.ceph {
            let name = match choice.name.as_deref() {
                None => bail!(Storage, XmlError, "no rbd option name specified"),
                Some("") => bail!(Storage, XmlError, "empty rbd option name specified"),
                Some(name) => name,
            };
            match choice.value.as_deref() {
                None => bail!(Storage, XmlError, "no rbd option value specified for name '{name}'"),
                Some("") => bail!(Storage, XmlError, "empty rbd option value specified for name '{name}'"),
                Some(_) => {}
            }
        }
        Ok(())
    }
}

impl Part for Options {
    fn table() -> Option<&'static Table> {
        super::tables::Namespaces::table()
    }

    fn take_attr(&mut self, _: &Element, attr: &Attr) -> Result<bool> {
        Ok(attr.name.starts_with("xmlns:"))
    }

    fn take_child(&mut self, element: &Element, child: &Element) -> Result<bool> {
        let Some((prefix, name)) = child.name.split_once(':') else { return Ok(false) };
        let declared = format!("xmlns:{prefix}");
        let options = match (child.attr(&declared).or_else(|| element.attr(&declared)), name) {
            (Some(FS), "mount_opts") => &mut self.mount,
            (Some(RBD), "config_opts") => &mut self.ceph,
            _ => return Ok(false),
        };
        let option = format!("{prefix}:option");
        options.extend(child.children().filter(|child| child.name == option).map(|child| Choice {
            name: child.attr("name").map(str::to_owned),
            value: child.attr("value").map(str::to_owned),
        }));
        Ok(true)
    }

    fn write_attrs(&self, w: &mut Writer) {
        if !self.mount.is_empty() {
            w.attr("xmlns:fs", FS);
        }
        if !self.ceph.is_empty() {
            w.attr("xmlns:rbd", RBD);
        }
    }

    fn write_children(&self, w: &mut Writer) {
        let sets = [
            (&self.mount, "fs:mount_opts", "fs:option", false),
            (&self.ceph, "rbd:config_opts", "rbd:option", true),
        ];
        for (options, all, one, values) in sets.into_iter().filter(|(options, ..)| !options.is_empty()) {
            w.start(all);
            for choice in options {
                w.start(one);
                w.attr_opt("name", choice.name.as_deref());
                w.attr_opt("value", choice.value.as_deref().filter(|_| values));
                w.end();
            }
            w.end();
        }
    }
}
