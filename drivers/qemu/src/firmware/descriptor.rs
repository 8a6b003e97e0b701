//! A firmware's descriptor: a small JSON file, by which a package says which firmware it brings for which guests.
//! The format is QEMU's (`docs/interop/firmware.json` there).

use serde_json::{Map, Value, json};
use vir_base::{Error, Result, err};

/// What a firmware offers a boot loader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the documents' own
pub enum Interface {
    Bios,
    OpenFirmware,
    Uboot,
    Uefi,
}

/// What a firmware can do, or wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the documents' own
pub enum Feature {
    AcpiS3,
    AcpiS4,
    AmdSev,
    AmdSevEs,
    AmdSevSnp,
    EnrolledKeys,
    RequiresSmm,
    SecureBoot,
    VerboseDynamic,
    VerboseStatic,
}

/// How a flash device is made of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlashMode {
    /// Code in one file that guests share, variables in a copy of a template.
    #[default]
    Split,
    /// Both in one file.
    Combined,
    /// Variables are not kept.
    Stateless,
}

/// A file of a flash device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlashFile {
    /// Its path.
    pub filename: String,
    /// `raw`, `qcow2`, …
    pub format: String,
}

/// How the guest gets the firmware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// As flash memory.
    Flash {
        /// How it is made of files.
        mode: FlashMode,
        /// The code.
        executable: FlashFile,
        /// What a guest's variables are at first; there if they are split from the code.
        nvram_template: Option<FlashFile>,
    },
    /// As the guest's kernel.
    Kernel {
        /// Its path.
        filename: String,
    },
    /// In memory that the guest cannot write.
    Memory {
        /// Its path.
        filename: String,
    },
}

/// Guests that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// In libvirt's name.
    pub architecture: String,
    /// Patterns of machine types, with `*` and `?`.
    pub machines: Vec<String>,
}

/// A descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firmware {
    /// What it offers a boot loader.
    pub interfaces: Vec<Interface>,
    /// How the guest gets it.
    pub mapping: Mapping,
    /// Guests that it is for.
    pub targets: Vec<Target>,
    /// Those that are known; others are left out.
    pub features: Vec<Feature>,
}

/// A name and what it means.
type Names<T> = &'static [(&'static str, T)];

const INTERFACES: Names<Interface> = &[
    ("bios", Interface::Bios),
    ("openfirmware", Interface::OpenFirmware),
    ("uboot", Interface::Uboot),
    ("uefi", Interface::Uefi),
];

const FEATURES: Names<Feature> = &[
    ("acpi-s3", Feature::AcpiS3),
    ("acpi-s4", Feature::AcpiS4),
    ("amd-sev", Feature::AmdSev),
    ("amd-sev-es", Feature::AmdSevEs),
    ("amd-sev-snp", Feature::AmdSevSnp),
    ("enrolled-keys", Feature::EnrolledKeys),
    ("requires-smm", Feature::RequiresSmm),
    ("secure-boot", Feature::SecureBoot),
    ("verbose-dynamic", Feature::VerboseDynamic),
    ("verbose-static", Feature::VerboseStatic),
];

const MODES: Names<FlashMode> =
    &[("split", FlashMode::Split), ("combined", FlashMode::Combined), ("stateless", FlashMode::Stateless)];

fn find<T: Copy>(names: Names<T>, name: &str) -> Option<T> {
    names.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn name<T: PartialEq>(names: Names<T>, value: &T) -> &'static str {
    names.iter().find(|(_, known)| known == value).map_or("", |(name, _)| name)
}

impl Firmware {
    /// Reads the descriptor that was found at `path`.
    ///
    /// # Errors
    /// It is no JSON, or lacks what a descriptor must have.
    pub fn parse(text: &str, path: &str) -> Result<Self> {
        let broken = |what: String| err!(Qemu, InternalError, "{what} '{path}'");
        let doc: Value =
            serde_json::from_str(text).map_err(|error| broken(format!("cannot parse json {error}:")))?;
        let interfaces = list(&doc, "interface-types", path)?
            .into_iter()
            .map(|name| {
                find(INTERFACES, name).ok_or_else(|| broken(format!("unknown interface type: '{name}' in")))
            })
            .collect::<Result<_>>()?;
        let targets = array(&doc, "targets", path)?
            .iter()
            .map(|target| read_target(target, path))
            .collect::<Result<_>>()?;
        let features =
            list(&doc, "features", path)?.into_iter().filter_map(|name| find(FEATURES, name)).collect();
        let mapping = doc.get("mapping").ok_or_else(|| lacks("mapping", path))?;
        Ok(Self { interfaces, mapping: read_mapping(mapping, path)?, targets, features })
    }

    /// The descriptor, with what is understood of it.
    pub fn to_json(&self) -> Value {
        let names = |interface: &Interface| Value::from(name(INTERFACES, interface));
        json!({
            "interface-types": self.interfaces.iter().map(names).collect::<Vec<_>>(),
            "mapping": write_mapping(&self.mapping),
            "targets": self.targets.iter().map(|target| json!({
                "architecture": crate::caps::arch_to_qemu(&target.architecture),
                "machines": target.machines,
            })).collect::<Vec<_>>(),
            "features": self.features.iter().map(|feature| name(FEATURES, feature)).collect::<Vec<_>>(),
        })
    }

    /// Whether it is for guests of this architecture and machine type.
    pub fn is_for(&self, architecture: &str, machine: &str) -> bool {
        let mine = |target: &&Target| target.architecture == architecture;
        self.targets
            .iter()
            .filter(mine)
            .flat_map(|target| &target.machines)
            .any(|pattern| matches(pattern, machine))
    }

    /// Whether it has a feature.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }
}

fn lacks(what: &str, path: &str) -> Error {
    err!(Qemu, InternalError, "failed to get {what} from '{path}'")
}

fn array<'a>(object: &'a Value, key: &str, path: &str) -> Result<&'a Vec<Value>> {
    object.get(key).and_then(Value::as_array).ok_or_else(|| lacks(key, path))
}

/// A list of words.
fn list<'a>(object: &'a Value, key: &str, path: &str) -> Result<Vec<&'a str>> {
    array(object, key, path)?.iter().map(|word| word.as_str().ok_or_else(|| lacks(key, path))).collect()
}

fn string(object: &Value, key: &str, path: &str) -> Result<String> {
    object.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| lacks(key, path))
}

fn read_target(target: &Value, path: &str) -> Result<Target> {
    let architecture = string(target, "architecture", path)?;
    let machines = list(target, "machines", path)?.into_iter().map(str::to_owned).collect();
    Ok(Target { architecture: crate::caps::arch_from_qemu(&architecture).to_owned(), machines })
}

fn read_file(mapping: &Value, key: &str, path: &str) -> Result<FlashFile> {
    let file = mapping.get(key).ok_or_else(|| lacks(key, path))?;
    Ok(FlashFile { filename: string(file, "filename", path)?, format: string(file, "format", path)? })
}

fn read_mapping(mapping: &Value, path: &str) -> Result<Mapping> {
    let filename = || string(mapping, "filename", path);
    match string(mapping, "device", path)?.as_str() {
        "flash" => {
            let mode = match mapping.get("mode").map(|mode| mode.as_str().unwrap_or_default()) {
                None => FlashMode::Split,
                Some(mode) => find(MODES, mode).ok_or_else(|| {
                    err!(Qemu, InternalError, "unknown flash mapping mode '{mode}' in '{path}'")
                })?,
            };
            let executable = read_file(mapping, "executable", path)?;
            let split = mode == FlashMode::Split;
            let nvram_template = split.then(|| read_file(mapping, "nvram-template", path)).transpose()?;
            Ok(Mapping::Flash { mode, executable, nvram_template })
        }
        "kernel" => Ok(Mapping::Kernel { filename: filename()? }),
        "memory" => Ok(Mapping::Memory { filename: filename()? }),
        device => Err(err!(Qemu, InternalError, "unknown device type '{device}' in '{path}'")),
    }
}

fn write_mapping(mapping: &Mapping) -> Value {
    let file = |file: &FlashFile| json!({"filename": file.filename, "format": file.format});
    match mapping {
        Mapping::Flash { mode, executable, nvram_template } => {
            let mut object = Map::new();
            object.insert("device".into(), "flash".into());
            object.insert("mode".into(), name(MODES, mode).into());
            object.insert("executable".into(), file(executable));
            if let Some(template) = nvram_template {
                object.insert("nvram-template".into(), file(template));
            }
            object.into()
        }
        Mapping::Kernel { filename } => json!({"device": "kernel", "filename": filename}),
        Mapping::Memory { filename } => json!({"device": "memory", "filename": filename}),
    }
}

/// A pattern with `*` (anything) and `?` (one character). Takes time in proportion to the product of both lengths
/// at most.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut seen, mut star, mut mark) = (0, 0, None, 0);
    while seen < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some(at);
                mark = seen;
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[seen] => {
                at += 1;
                seen += 1;
            }
            _ => match star {
                Some(position) => {
                    at = position + 1;
                    mark += 1;
                    seen = mark;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPLIT: &str = r#"{
        "description": "for people", "interface-types": ["uefi"],
        "mapping": {"device": "flash", "executable": {"filename": "/code", "format": "raw"},
                    "nvram-template": {"filename": "/vars", "format": "raw"}},
        "targets": [{"architecture": "arm", "machines": ["virt-*"]}],
        "features": ["secure-boot", "a-later-one", "requires-smm"], "tags": []}"#;

    #[test]
    fn what_is_understood_is_kept() {
        let firmware = Firmware::parse(SPLIT, "f").unwrap();
        assert_eq!(firmware.features, [Feature::SecureBoot, Feature::RequiresSmm]);
        assert!(firmware.is_for("armv7l", "virt-9.0"));
        assert!(!firmware.is_for("armv7l", "pc") && !firmware.is_for("x86_64", "virt-9.0"));
        let again = Firmware::parse(&firmware.to_json().to_string(), "f").unwrap();
        assert_eq!(again, firmware);
        assert_eq!(firmware.to_json()["targets"][0]["architecture"], "arm");
    }

    #[test]
    fn what_is_lacking_is_named() {
        for (without, error) in [
            ("\"interface-types\": [\"uefi\"],", "failed to get interface-types from 'f'"),
            (
                "\"executable\": {\"filename\": \"/code\", \"format\": \"raw\"},",
                "failed to get executable from 'f'",
            ),
        ] {
            assert_eq!(
                Firmware::parse(&SPLIT.replace(without, ""), "f").unwrap_err().message(),
                format!("internal error: {error}")
            );
        }
        assert!(Firmware::parse("{", "f").is_err());
        assert!(Firmware::parse("[]", "f").is_err());
    }

    #[test]
    fn patterns() {
        for (pattern, text, yes) in [
            ("*", "", true),
            ("pc-q35-*", "pc-q35-9.1", true),
            ("pc-q35-*", "pc-q35", false),
            ("p?", "pc", true),
            ("p?", "p", false),
            ("*a*b", "xxaxxbb", true),
            ("*a*b", "xxaxxbc", false),
            ("microvm", "microvm", true),
        ] {
            assert_eq!(matches(pattern, text), yes, "{pattern} {text}");
        }
    }
}
