//! An image: where it is, and what is known of it.

use crate::format::Format;
use crate::header::Header;
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::{DiskSource, NetProtocol};

/// An image.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// The kind of storage that it is in.
    pub kind: DiskType,
    /// Where it is.
    pub source: DiskSource,
    /// Its format.
    pub format: Format,
    /// Its name as the image before it has it, if that is relative to where that one is.
    pub relative: Option<String>,
    /// What its header says, once it was read.
    pub header: Header,
    /// Where its data is, if not in itself.
    pub data_file: Option<Box<Image>>,
}

impl Image {
    /// An image somewhere.
    pub fn new(kind: DiskType, source: DiskSource, format: Format) -> Self {
        Self { kind, source, format, relative: None, header: Header::default(), data_file: None }
    }

    /// An image in the host's file system.
    pub fn local(kind: DiskType, path: &str, format: Format) -> Self {
        let mut it = Self::new(kind, DiskSource::default(), format);
        *it.slot() = Some(path.to_owned());
        it
    }

    /// Where its path stands, for its kind of storage.
    fn slot(&mut self) -> &mut Option<String> {
        match self.kind {
            DiskType::File => &mut self.source.file,
            DiskType::Block | DiskType::Vhostvdpa => &mut self.source.dev,
            DiskType::Dir => &mut self.source.dir,
            DiskType::Network => &mut self.source.name,
            DiskType::Volume => &mut self.source.volume,
            DiskType::Nvme | DiskType::Vhostuser => &mut self.source.path,
        }
    }

    /// Its path, or its name on a server.
    pub fn path(&self) -> Option<&str> {
        match self.kind {
            DiskType::File => self.source.file.as_deref(),
            DiskType::Block | DiskType::Vhostvdpa => self.source.dev.as_deref(),
            DiskType::Dir => self.source.dir.as_deref(),
            DiskType::Network => self.source.name.as_deref(),
            DiskType::Volume => self.source.volume.as_deref(),
            DiskType::Nvme | DiskType::Vhostuser => self.source.path.as_deref(),
        }
    }

    /// As [`Image::path`], for errors.
    pub(crate) fn shown(&self) -> &str {
        self.path().unwrap_or("(null)")
    }

    /// Whether it is in the host's file system.
    pub fn is_local(&self) -> bool {
        matches!(self.kind, DiskType::File | DiskType::Block | DiskType::Dir)
    }

    /// The same place, of another kind of storage.
    pub(crate) fn turn_into(&mut self, kind: DiskType) {
        let path = self.slot().take();
        self.kind = kind;
        *self.slot() = path;
    }

    /// The image of this name where this one is.
    pub(crate) fn beside(&self, name: &str) -> Self {
        let path = self.path().unwrap_or_default();
        let (volume, path) = match self.source.protocol {
            Some(NetProtocol::Gluster | NetProtocol::Rbd) => match path.split_once('/') {
                Some((volume, path)) => (format!("{volume}/"), path),
                None => (String::new(), path),
            },
            _ => (String::new(), path),
        };
        let path = match directory(path) {
            "/" => format!("{volume}/{name}"),
            directory => format!("{volume}{directory}/{name}"),
        };
        let mut it = match self.kind {
            DiskType::Network => {
                let DiskSource { protocol, hosts, .. } = &self.source;
                let (protocol, hosts) = (*protocol, hosts.clone());
                let source = DiskSource { protocol, hosts, name: Some(path), ..DiskSource::default() };
                Self::new(DiskType::Network, source, Format::Unset)
            }
            _ => Self::local(DiskType::File, &path, Format::Unset),
        };
        it.relative = Some(name.to_owned());
        it
    }
}

/// The directory that something is in: `.` if its path does not say.
pub(crate) fn directory(path: &str) -> &str {
    match path.rfind('/') {
        None => ".",
        Some(at) => match path[..at].trim_end_matches('/') {
            "" => "/",
            directory => directory,
        },
    }
}

/// Whether what an image says of another is a path, and not a protocol with a place: no colon before the first slash.
pub(crate) fn is_file(name: &str) -> bool {
    match (name.find(':'), name.find('/')) {
        (Some(colon), Some(slash)) => slash < colon,
        (Some(_), None) => false,
        (None, _) => true,
    }
}
