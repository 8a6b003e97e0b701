//! The program that tells what is held, on the administration's socket: one of our own, with a number
//! of our own, since the peer's programs are the peer's.
//!
//! The list comes in pages, in the order of the leases' numbers: each call asks for what comes after
//! the last one it has seen.

use crate::record::{FileId, LeaseRecord, OwnerRecord};
use std::sync::Arc;
use vir_proto::xdr::{Decoder, Encoder, Xdr, XdrError};

/// Its number.
pub const PROGRAM: u32 = 0x46_56_4c_53;
/// Its version.
pub const VERSION: u32 = 1;
/// Lists leases: [`ListArgs`], [`ListRet`].
pub const LIST: i32 = 1;

/// The longest text.
const TEXT_MAX: u32 = 1 << 18;
/// The most of anything in one answer.
const LIST_MAX: u32 = 1 << 20;

/// Asks for a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListArgs {
    /// Leases with larger numbers than this.
    pub after: u64,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRet {
    /// The leases.
    pub leases: Vec<Told>,
    /// Whether there are more.
    pub more: bool,
}

/// A lease, and for each of its owners a word about whether it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The lease.
    pub lease: LeaseRecord,
    /// As many as it has owners.
    pub lives: Vec<String>,
}

impl Told {
    /// About as many bytes as it takes.
    pub fn size(&self) -> usize {
        let LeaseRecord { space, name, path, owners, .. } = &self.lease;
        let owners: usize = owners.iter().map(|owner| owner.name.len() + 80).sum();
        space.len() + name.len() + path.len() + owners + 80
    }
}

impl Xdr for ListArgs {
    fn encode(&self, e: &mut Encoder) {
        self.after.encode(e);
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        Ok(Self { after: Xdr::decode(d)? })
    }
}

impl Xdr for ListRet {
    fn encode(&self, e: &mut Encoder) {
        e.list(&self.leases, LIST_MAX);
        self.more.encode(e);
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        Ok(Self { leases: d.list(LIST_MAX)?, more: Xdr::decode(d)? })
    }
}

impl Xdr for Told {
    fn encode(&self, e: &mut Encoder) {
        let LeaseRecord { id, fd, space, name, path, file, flags, owners } = &self.lease;
        id.encode(e);
        fd.encode(e);
        e.string(space, TEXT_MAX);
        e.string(name, TEXT_MAX);
        e.string(path, TEXT_MAX);
        file.dev.encode(e);
        file.ino.encode(e);
        flags.encode(e);
        let lives = self.lives.iter().map(String::as_str).chain(std::iter::repeat(""));
        let owners: Vec<_> =
            owners.iter().zip(lives).map(|(owner, life)| TellOwner(owner.clone(), life.to_owned())).collect();
        e.list(&owners, LIST_MAX);
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        let (id, fd) = (Xdr::decode(d)?, Xdr::decode(d)?);
        let mut text = || d.string(TEXT_MAX).map(Arc::from);
        let (space, name, path) = (text()?, text()?, text()?);
        let file = FileId { dev: Xdr::decode(d)?, ino: Xdr::decode(d)? };
        let flags = Xdr::decode(d)?;
        let told: Vec<TellOwner> = d.list(LIST_MAX)?;
        let (owners, lives) = told.into_iter().map(|TellOwner(owner, life)| (owner, life)).unzip();
        Ok(Self { lease: LeaseRecord { id, fd, space, name, path, file, flags, owners }, lives })
    }
}

struct TellOwner(OwnerRecord, String);

impl Xdr for TellOwner {
    fn encode(&self, e: &mut Encoder) {
        let OwnerRecord { pid, start, owner_id, name, uuid, count, since } = &self.0;
        pid.encode(e);
        start.encode(e);
        owner_id.encode(e);
        e.string(name, TEXT_MAX);
        uuid.encode(e);
        count.encode(e);
        since.encode(e);
        e.string(&self.1, TEXT_MAX);
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Self, XdrError> {
        let owner = OwnerRecord {
            pid: Xdr::decode(d)?,
            start: Xdr::decode(d)?,
            owner_id: Xdr::decode(d)?,
            name: d.string(TEXT_MAX)?.into(),
            uuid: Xdr::decode(d)?,
            count: Xdr::decode(d)?,
            since: Xdr::decode(d)?,
        };
        Ok(Self(owner, d.string(TEXT_MAX)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_base::Uuid;
    use vir_proto::xdr::to_bytes;

    #[test]
    fn a_page_comes_back_as_it_went() {
        let owner = OwnerRecord {
            pid: 7,
            start: Some(9),
            owner_id: 1,
            name: "vm".into(),
            uuid: Uuid([3; 16]),
            count: 2,
            since: 5,
        };
        let lease = LeaseRecord {
            id: 1 << 40,
            fd: 9,
            space: "/s".into(),
            name: "n".into(),
            path: "/s/n".into(),
            file: FileId { dev: 1, ino: u64::MAX },
            flags: 3,
            owners: vec![owner.clone(), OwnerRecord { start: None, ..owner }],
        };
        let lives = vec!["alive".into(), "dead".into()];
        let page = ListRet { leases: vec![Told { lease, lives }], more: true };
        assert_eq!(Decoder::whole::<ListRet>(&to_bytes(&page).unwrap()), Ok(page));
    }
}
