//! Storage: pools, their volumes, sources to make pools of, and which kinds of pools there are. Reading, checks in the
//! peer's words, printing. Nothing here looks at a disk, and nothing knows whether a pool is on.

mod adapter;
mod capabilities;
mod kind;
mod options;
mod parts;
mod pool;
mod same;
mod source;
mod tables;
#[cfg(test)]
mod tests;
mod volume;

pub use adapter::{Adapter, AdapterType, HostAddress, ParentAddress};
pub use capabilities::{
    DefaultFormat, Names, PoolCapabilities, PoolCapability, SourceOptions, VolumeOptions,
};
pub use kind::{Formats, IMAGES, PoolType, Sources, VolumeType};
pub use options::{Choice, FS, Options, RBD};
pub use parts::{Extent, Extents, Id, Mode, Permissions, Size, Told, clean_path};
pub use pool::{Allocation, Cow, Features, Pool, Refresh, RefreshVolume, Target};
pub use source::{Device, Dir, FormatName, Host, Named, Protocol, Source, SourceList};
pub use volume::{
    Backing, Capacity, ClusterSize, NoCow, Timestamp, Timestamps, Volume, VolumeFeatures, VolumeSource,
    VolumeTarget,
};
