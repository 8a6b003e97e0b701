//! Domains put aside: managed save, saved images and core dumps.
//!
//! An image is the magic with its NUL, the length of the domain's document as a native 32-bit number,
//! and the document. A core dump is the magic alone.

use crate::definition::Definition;
use crate::driver::Driver;
use crate::lifecycle::{run, stopped};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use vir_api::constants as c;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorDomain, Result, bail};

const MAGIC: &[u8; 15] = b"TestGuestMagic\0";

/// Longest document that is read back.
const MAX_DOCUMENT: i32 = 8192;

pub(crate) fn save(
    driver: &Driver,
    dom: &DomainRef,
    path: &str,
    dxml: Option<&str>,
    flags: u32,
) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSaveFlags")?;
    refuse_changes(dxml)?;
    let (name, document) = driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        let document = guest.current.to_xml(Some(guest.id), c::VIR_DOMAIN_XML_SECURE);
        Ok((guest.name().to_owned(), document))
    })?;
    write_image(&name, path, &document)?;
    driver.with(|state| {
        state.domains.find(dom)?.check_active()?;
        stopped(state, dom, c::VIR_DOMAIN_SHUTOFF_SAVED, c::VIR_DOMAIN_EVENT_STOPPED_SAVED)
    })
}

pub(crate) fn restore(driver: &Driver, path: &str, dxml: Option<&str>, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainRestoreFlags")?;
    refuse_changes(dxml)?;
    let definition = read_image(path)?;
    driver.with(|state| {
        run(state, definition, c::VIR_DOMAIN_RUNNING_RESTORED, c::VIR_DOMAIN_EVENT_STARTED_RESTORED)
    })?;
    Ok(())
}

fn refuse_changes(dxml: Option<&str>) -> Result<()> {
    match dxml {
        Some(_) => bail!(Test, ArgumentUnsupported, "xml modification unsupported"),
        None => Ok(()),
    }
}

pub(crate) fn image_xml(_: &Driver, path: &str, flags: u32) -> Result<String> {
    check_flags(
        ErrorDomain::Test,
        flags,
        c::VIR_DOMAIN_SAVE_IMAGE_XML_SECURE,
        "testDomainSaveImageGetXMLDesc",
    )?;
    Ok(read_image(path)?.to_xml(None, c::VIR_DOMAIN_XML_SECURE))
}

pub(crate) fn define_image(_: &Driver, path: &str, dxml: &str, flags: u32) -> Result<()> {
    let supported = c::VIR_DOMAIN_SAVE_RUNNING | c::VIR_DOMAIN_SAVE_PAUSED;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainSaveImageDefineXML")?;
    read_image(path)?;
    let definition = Definition::parse(dxml)?;
    write_image(definition.name(), path, &definition.to_xml(None, c::VIR_DOMAIN_XML_SECURE))
}

/// Writes an image; on failure, none is left.
fn write_image(name: &str, path: &str, document: &str) -> Result<()> {
    let failed = |error: &io::Error, what: &str| {
        Error::io(ErrorDomain::Test, error, format!("saving domain '{name}' to '{path}': {what} failed"))
    };
    let result = private_file(path).map_err(|e| failed(&e, "open")).and_then(|mut file| {
        let length = i32::try_from(document.len()).unwrap_or(i32::MAX).to_ne_bytes();
        file.write_all(&[MAGIC, &length[..], document.as_bytes()].concat()).map_err(|e| failed(&e, "write"))
    });
    if result.is_err() {
        let _ = std::fs::remove_file(path);
    }
    result
}

fn private_file(path: &str) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)
}

fn read_image(path: &str) -> Result<Definition> {
    let failed = |error: &io::Error, what: String| Error::io(ErrorDomain::Test, error, what);
    let mut file = File::open(path).map_err(|e| failed(&e, format!("cannot read domain image '{path}'")))?;
    let mut magic = [0; MAGIC.len()];
    fill(&mut file, &mut magic).map_err(|e| failed(&e, format!("incomplete save header in '{path}'")))?;
    if &magic != MAGIC {
        bail!(Test, InternalError, "mismatched header magic");
    }
    let mut length = [0; 4];
    fill(&mut file, &mut length)
        .map_err(|e| failed(&e, format!("failed to read metadata length in '{path}'")))?;
    let length = i32::from_ne_bytes(length);
    let length = match usize::try_from(length) {
        Ok(bytes) if (1..=MAX_DOCUMENT).contains(&length) => bytes,
        _ => bail!(Test, InternalError, "length of metadata out of range"),
    };
    let mut document = vec![0; length];
    fill(&mut file, &mut document).map_err(|e| failed(&e, format!("incomplete metadata in '{path}'")))?;
    Definition::parse(&String::from_utf8_lossy(&document))
}

/// Fills `buffer`; what ends too early fails without an error number of its own.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<()> {
    file.read_exact(buffer).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::from_raw_os_error(0),
        _ => e,
    })
}

pub(crate) fn core_dump(driver: &Driver, dom: &DomainRef, to: &str, format: u32, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, c::VIR_DUMP_CRASH, "testDomainCoreDumpWithFormat")?;
    driver.with(|state| state.domains.find(dom)?.check_active())?;
    let name = &dom.name;
    let failed = |error: &io::Error, what: &str| {
        Error::io(ErrorDomain::Test, error, format!("domain '{name}' coredump: {what} {to}"))
    };
    let mut file = private_file(to).map_err(|e| failed(&e, "failed to open"))?;
    file.write_all(MAGIC).map_err(|e| failed(&e, "failed to write header to"))?;
    if format != c::VIR_DOMAIN_CORE_DUMP_FORMAT_RAW.cast_unsigned() {
        bail!(Test, OperationUnsupported, "kdump-compressed format is not supported here");
    }
    if flags & c::VIR_DUMP_CRASH == 0 {
        return Ok(());
    }
    driver.with(|state| {
        state.domains.find(dom)?.check_active()?;
        stopped(state, dom, c::VIR_DOMAIN_SHUTOFF_CRASHED, c::VIR_DOMAIN_EVENT_STOPPED_CRASHED)
    })
}

/// Nothing is written: that there is such an image is a mark on the domain.
pub(crate) fn managed_save(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<()> {
    let supported = c::VIR_DOMAIN_SAVE_BYPASS_CACHE | c::VIR_DOMAIN_SAVE_RUNNING | c::VIR_DOMAIN_SAVE_PAUSED;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainManagedSave")?;
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        guest.check_active()?;
        if !guest.persistent {
            bail!(Test, OperationInvalid, "cannot do managed save for transient domain");
        }
        guest.managed_save = true;
        stopped(state, dom, c::VIR_DOMAIN_SHUTOFF_SAVED, c::VIR_DOMAIN_EVENT_STOPPED_SAVED)
    })
}

pub(crate) fn has_managed_save(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<i32> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainHasManagedSaveImage")?;
    driver.with(|state| Ok(state.domains.find(dom)?.managed_save.into()))
}

pub(crate) fn remove_managed_save(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainManagedSaveRemove")?;
    driver.with(|state| {
        state.domains.find_mut(dom)?.managed_save = false;
        Ok(())
    })
}
