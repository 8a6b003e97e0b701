//! `.vbox`: VirtualBox's own document of a machine, with its disks and snapshots.
//!
//! Disks and the tree of snapshots are typed, because they are what has to be changed; hardware and controllers are
//! kept as they are. The files are ISO-8859-1, so this reads and gives bytes.

use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_xml::{Attr, Element, Format, Node, Tree, Writer};

/// VirtualBox's namespace.
const NAMESPACE: &str = "http://www.innotek.de/VirtualBox-settings";

/// What stands before the document.
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n\
<!--WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE\n\
OVERWRITTEN AND LOST.\n\
Changes to this xml configuration should be made using Virtualbox\n\
or other application using the libvirt API-->\n";

/// A machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// Its UUID, in braces.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// The UUID of the snapshot that it runs on.
    pub current_snapshot: Option<String>,
    /// Where snapshots' disks are.
    pub snapshot_folder: String,
    /// Whether it has changed since then.
    pub modified: bool,
    /// When it last started or stopped.
    pub last_change: String,
    /// Disks.
    pub disks: Vec<HardDisk>,
    /// Other media, as they stand in the registry.
    pub other_media: Vec<Tree>,
    /// Its hardware.
    pub hardware: Tree,
    /// What front ends keep with it.
    pub extra: Option<Tree>,
    /// Its controllers, and what is attached to them.
    pub controllers: Tree,
    /// Its first snapshot.
    pub snapshot: Option<Snapshot>,
}

/// A disk, and the disks that hold what differs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HardDisk {
    /// Its UUID.
    pub uuid: String,
    /// Its path.
    pub location: String,
    /// Its format, "VDI".
    pub format: String,
    /// Its kind, "Normal".
    pub kind: Option<String>,
    /// Disks that hold what differs.
    pub children: Vec<HardDisk>,
}

/// A snapshot, and those that were made on top of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Its UUID.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub time: String,
    /// What it is, for people.
    pub description: Option<String>,
    /// The hardware at that time.
    pub hardware: Tree,
    /// The controllers at that time.
    pub controllers: Tree,
    /// Those on top of it.
    pub children: Vec<Snapshot>,
}

/// "Cannot parse …".
fn wrong(what: &str) -> vir_base::Error {
    err!(Vbox, XmlError, "Cannot parse {what}")
}

fn needed<'a>(element: &'a Element, name: &str) -> Result<&'a str> {
    element.attr(name).ok_or_else(|| wrong(&format!("<{}> '{name}' attribute", element.name)))
}

/// A UUID that stands in braces.
fn braced(element: &Element, name: &str) -> Result<String> {
    let uuid = element.attr(name).map(|text| text.trim_start_matches('{').trim_end_matches('}'));
    let uuid = uuid.filter(|uuid| uuid.len() == 36 && uuid.parse::<Uuid>().is_ok());
    uuid.map(str::to_owned).ok_or_else(|| wrong(&format!("<{}> '{name}' attribute", element.name)))
}

/// A child that must be there.
fn inside<'a, 'x>(element: &'a Element<'x>, name: &str) -> Result<&'a Element<'x>> {
    element.child(name).ok_or_else(|| wrong(&format!("<{}> <{name}> node", element.name)))
}

impl Machine {
    /// Reads a file. Disks that are told of by a relative path are below `directory`.
    ///
    /// # Errors
    /// Something that must be there is not.
    pub fn parse(file: &[u8], directory: &str) -> Result<Self> {
        let head = String::from_utf8_lossy(file.get(..100).unwrap_or(file));
        let text = match head.to_ascii_uppercase().contains("ISO-8859-1") {
            // each byte is a character
            true => file.iter().map(|byte| char::from(*byte)).collect(),
            false => String::from_utf8_lossy(file).into_owned(),
        };
        let root = vir_xml::parse_as(ErrorDomain::Vbox, &text, None)?;
        let machine = match root.attr("xmlns") {
            Some(NAMESPACE) => root.child("Machine"),
            _ => None,
        };
        let machine = machine.ok_or_else(|| wrong("<VirtualBox> <Machine> node"))?;
        let text = |name| needed(machine, name).map(str::to_owned);
        let current = machine.attr("currentSnapshot").map(|_| braced(machine, "currentSnapshot"));
        let (uuid, name, current_snapshot) = (text("uuid")?, text("name")?, current.transpose()?);
        let (snapshot_folder, last_change) = (text("snapshotFolder")?, text("lastStateChange")?);
        let (hardware, controllers) = (inside(machine, "Hardware")?, inside(machine, "StorageControllers")?);
        let media = inside(machine, "MediaRegistry")?;
        let disks = media.child("HardDisks").into_iter().flat_map(HardDisk::inside);
        Ok(Self {
            uuid,
            name,
            current_snapshot,
            snapshot_folder,
            modified: machine.attr("currentStateModified") == Some("true"),
            last_change,
            disks: disks.map(|disk| HardDisk::read(disk, directory)).collect::<Result<_>>()?,
            other_media: media
                .children()
                .filter(|child| child.name != "HardDisks")
                .map(Element::to_tree)
                .collect(),
            hardware: hardware.to_tree(),
            extra: machine.child("ExtraData").map(Element::to_tree),
            controllers: controllers.to_tree(),
            snapshot: machine.child("Snapshot").map(Snapshot::read).transpose()?,
        })
    }

    /// The file.
    ///
    /// # Errors
    /// A time that is none.
    pub fn to_file(&self) -> Result<Vec<u8>> {
        let mut machine = element("Machine");
        set(&mut machine, "uuid", &self.uuid);
        set(&mut machine, "name", &self.name);
        if let Some(uuid) = &self.current_snapshot {
            set(&mut machine, "currentSnapshot", &format!("{{{uuid}}}"));
        }
        set(&mut machine, "snapshotFolder", &self.snapshot_folder);
        set(&mut machine, "currentStateModified", if self.modified { "true" } else { "false" });
        set(&mut machine, "OSType", "Other");
        set(&mut machine, "lastStateChange", &stamp(&self.last_change)?);
        let disks = with(element("HardDisks"), self.disks.iter().map(HardDisk::to_element));
        let media = self.other_media.iter().cloned().chain([disks]);
        let parts = [with(element("MediaRegistry"), media), self.hardware.clone()];
        let snapshot = self.snapshot.as_ref().map(Snapshot::to_element).transpose()?;
        let parts = parts.into_iter().chain(self.extra.clone()).chain([self.controllers.clone()]);
        let mut root = element("VirtualBox");
        set(&mut root, "version", "1.12-linux");
        set(&mut root, "xmlns", NAMESPACE);
        let mut w = Writer::new(Format::default());
        w.tree(&with(root, [with(machine, parts.chain(snapshot))]));
        Ok(encode(&format!("{HEAD}{}", w.finish())))
    }
}

impl HardDisk {
    fn inside<'a, 'x>(element: &'a Element<'x>) -> impl Iterator<Item = &'a Element<'x>> {
        element.children().filter(|child| child.name == "HardDisk")
    }

    fn read(element: &Element, directory: &str) -> Result<Self> {
        let children = Self::inside(element).map(|child| Self::read(child, directory));
        let children = children.collect::<Result<_>>()?;
        let uuid = braced(element, "uuid")?;
        let location = match needed(element, "location")? {
            absolute if absolute.starts_with('/') => absolute.to_owned(),
            relative => format!("{directory}{relative}"),
        };
        let format = needed(element, "format")?.to_owned();
        Ok(Self { uuid, location, format, kind: element.attr("type").map(str::to_owned), children })
    }

    fn to_element(&self) -> Tree {
        let mut it = element("HardDisk");
        set(&mut it, "uuid", &format!("{{{}}}", self.uuid));
        set(&mut it, "location", &self.location);
        set(&mut it, "format", &self.format);
        if let Some(kind) = &self.kind {
            set(&mut it, "type", kind);
        }
        with(it, self.children.iter().map(Self::to_element))
    }
}

impl Snapshot {
    fn read(element: &Element) -> Result<Self> {
        let (uuid, name, time) =
            (braced(element, "uuid")?, needed(element, "name")?, needed(element, "timeStamp")?);
        let (hardware, controllers) = (inside(element, "Hardware")?, inside(element, "StorageControllers")?);
        let children = element.child("Snapshots").into_iter().flat_map(Element::children);
        let children = children.filter(|child| child.name == "Snapshot").map(Self::read);
        Ok(Self {
            uuid,
            name: name.to_owned(),
            time: time.to_owned(),
            description: element.child("Description").map(|it| it.text().into_owned()),
            hardware: hardware.to_tree(),
            controllers: controllers.to_tree(),
            children: children.collect::<Result<_>>()?,
        })
    }

    fn to_element(&self) -> Result<Tree> {
        let mut it = element("Snapshot");
        set(&mut it, "uuid", &format!("{{{}}}", self.uuid));
        set(&mut it, "name", &self.name);
        set(&mut it, "timeStamp", &stamp(&self.time)?);
        let description = self.description.as_ref().map(|text| {
            let mut it = element("Description");
            it.nodes.push(Node::Text(text.clone().into()));
            it
        });
        let children = self.children.iter().map(Self::to_element).collect::<Result<Vec<_>>>()?;
        let children = Some(children).filter(|children| !children.is_empty());
        let children = children.map(|children| with(element("Snapshots"), children));
        let parts = description.into_iter().chain([self.hardware.clone(), self.controllers.clone()]);
        Ok(with(it, parts.chain(children)))
    }
}

fn element(name: &'static str) -> Tree {
    Element { name: name.into(), ..Element::default() }
}

fn set(element: &mut Tree, name: &'static str, value: &str) {
    element.attrs.push(Attr { name: name.into(), value: value.to_owned().into() });
}

fn with(mut element: Tree, children: impl IntoIterator<Item = Tree>) -> Tree {
    element.nodes.extend(children.into_iter().map(Node::Element));
    element
}

/// A time as VirtualBox writes it, of one that says more or less: the first date and the first time in it.
fn stamp(text: &str) -> Result<String> {
    let find = |pattern: &[u8]| {
        let fits = |window: &&[u8]| {
            window.iter().zip(pattern).all(|(c, p)| if *p == b'0' { c.is_ascii_digit() } else { c == p })
        };
        let found = text.as_bytes().windows(pattern.len()).find(fits);
        found.map(|found| String::from_utf8_lossy(found).into_owned())
    };
    match (find(b"0000-00-00"), find(b"00:00:00")) {
        (Some(date), Some(time)) => Ok(format!("{date}T{time}Z")),
        _ => bail!(Vbox, InternalError, "'{text}' is no time"),
    }
}

/// ISO-8859-1; what it has not is written as a reference.
fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend(format!("&#{};", u32::from(c)).bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(machine: &str) -> String {
        format!("<VirtualBox xmlns=\"{NAMESPACE}\">{machine}</VirtualBox>")
    }

    const INSIDE: &str = "<MediaRegistry><HardDisks>\
        <HardDisk uuid='{105122e9-f6d2-42c1-9c11-c01699c79517}' location='a.vdi' format='VDI'/>\
        </HardDisks></MediaRegistry><Hardware version='2'/><StorageControllers/>";

    #[test]
    fn a_machine_with_a_snapshot_comes_back() {
        let snapshot = "<Snapshot uuid='{94afa063-9281-4e15-b586-a5e1fc5e17bf}' name='Äpfel' \
            timeStamp='2014-05-15 09:52:49.1+0200'><Description>r&#8364;d</Description>\
            <Hardware/><StorageControllers/></Snapshot>";
        let text = file(&format!(
            "<Machine uuid='u' name='n' snapshotFolder='/s' lastStateChange='2014-05-15T11:49:46Z'>{INSIDE}{snapshot}</Machine>"
        ));
        let machine = Machine::parse(text.as_bytes(), "/vm/").unwrap();
        assert_eq!(machine.disks[0].location, "/vm/a.vdi");
        let printed = machine.to_file().unwrap();
        let latin = |text: &str| text.chars().map(|c| u8::try_from(c).unwrap()).collect::<Vec<u8>>();
        let holds = |text: &str| printed.windows(text.chars().count()).any(|window| window == latin(text));
        assert!(holds("name=\"Äpfel\" timeStamp=\"2014-05-15T09:52:49Z\""));
        assert!(holds("<Description>r&#8364;d</Description>"));
        let again = Machine::parse(&printed, "/elsewhere/").unwrap();
        assert_eq!(again.to_file().unwrap(), printed);
        assert_eq!(again.snapshot.unwrap().name, "Äpfel");
    }

    #[test]
    fn what_is_missing_is_named() {
        let said =
            |machine: &str| Machine::parse(file(machine).as_bytes(), "").unwrap_err().message().to_owned();
        for (machine, expected) in [
            ("", "<VirtualBox> <Machine> node"),
            ("<Machine/>", "<Machine> 'uuid' attribute"),
            ("<Machine uuid='u' name='n' currentSnapshot='x'/>", "<Machine> 'currentSnapshot' attribute"),
            (
                "<Machine uuid='u' name='n' snapshotFolder='s' lastStateChange='l'/>",
                "<Machine> <Hardware> node",
            ),
        ] {
            assert_eq!(said(machine), format!("XML error: Cannot parse {expected}"));
        }
    }
}
