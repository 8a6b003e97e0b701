//! `<storagepoolCapabilities>`: which kinds of pools there are, and the formats of each.

use super::kind::{Formats, PoolType};
use vir_xml::{Format, YesNo, element};

element! {
    /// Kinds of pools. Since 5.2.0. Drivers: storage.
    pub struct PoolCapabilities "storagepoolCapabilities" {
        /// A kind each.
        blocks pools "pool": Vec<PoolCapability>,
    }
    /// A kind of pool.
    pub struct PoolCapability "pool" {
        /// The kind.
        attr kind "type": Option<PoolType>,
        /// Whether it is served here.
        attr supported "supported": Option<YesNo>,
        /// Formats of sources.
        child source "poolOptions": Option<SourceOptions>,
        /// Formats of volumes.
        child volume "volOptions": Option<VolumeOptions>,
    }
    /// Formats of sources.
    pub struct SourceOptions "poolOptions" {
        /// The one that is meant if nothing is said.
        child default "defaultFormat": Option<DefaultFormat>,
        /// All of them.
        block formats "enum": Option<Names>,
    }
    /// Formats of volumes.
    pub struct VolumeOptions "volOptions" {
        /// The one that is meant if nothing is said.
        child default "defaultFormat": Option<DefaultFormat>,
        /// All of them.
        block formats "enum": Option<Names>,
    }
    /// A format that is meant if nothing is said.
    pub struct DefaultFormat "defaultFormat" {
        /// Its name.
        attr kind "type": Option<String>,
    }
    /// Formats.
    pub struct Names "enum" {
        /// What they are formats of.
        attr name "name": Option<String>,
        /// A name each.
        leaves values "value": Vec<String>,
    }
}

fn options(formats: Formats, name: &str) -> (Option<DefaultFormat>, Option<Names>) {
    let values = formats.listed().iter().map(|&name| name.to_owned()).collect();
    (
        Some(DefaultFormat { kind: Some(formats.default().to_owned()) }),
        Some(Names { name: Some(name.to_owned()), values }),
    )
}

impl PoolCapabilities {
    /// All kinds, of which some are served.
    pub fn new(served: impl Fn(PoolType) -> bool) -> Self {
        let pool = |&kind: &PoolType| PoolCapability {
            kind: Some(kind),
            supported: Some(served(kind).into()),
            source: kind.source_formats().map(|formats| {
                let (default, formats) = options(formats, "sourceFormatType");
                SourceOptions { default, formats }
            }),
            volume: kind.volume_formats().map(|formats| {
                let (default, formats) = options(formats, "targetFormatType");
                VolumeOptions { default, formats }
            }),
        };
        Self { pools: PoolType::ALL.iter().map(pool).collect() }
    }

    /// The document.
    pub fn to_document(&self) -> String {
        self.to_xml(Format::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_xml::Content;

    #[test]
    fn what_is_written_reads_the_same() {
        let all = PoolCapabilities::new(|kind| kind == PoolType::Fs);
        let text = all.to_document();
        assert!(text.contains("  <pool type='mpath' supported='no'>\n  </pool>\n"));
        assert!(text.contains(
            "<pool type='fs' supported='yes'>\n    <poolOptions>\n      <defaultFormat type='auto'/>"
        ));
        assert!(text.contains("<enum name='targetFormatType'>\n      </enum>"), "what rbd lists: nothing");
        let tree = vir_xml::parse(&text, None).unwrap();
        assert_eq!(PoolCapabilities::read(&tree).unwrap(), all);
    }
}
