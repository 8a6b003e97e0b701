//! What a guest agent, a keyboard and a screen would do.

use crate::driver::Driver;
use crate::guest::Guest;
use crate::info::on_active;
use crate::keycodes;
use rustix::fs::{MemfdFlags, memfd_create};
use std::fs::File;
use std::io::{Seek, Write};
use vir_api::constants as c;
use vir_api::stream::StreamBody;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorDomain, Result, bail};

/// What every screen shows.
const SCREENSHOT: &[u8] = include_bytes!("screenshot.png");

/// The mount points of every guest, in the order of [`Guest::frozen`].
const MOUNT_POINTS: [&str; 2] = ["/", "/boot"];

/// Freezes (`frozen` true) or thaws file systems, all for no mount points; gives how many changed.
pub(crate) fn set_frozen(
    driver: &Driver,
    dom: &DomainRef,
    mount_points: &[String],
    flags: u32,
    frozen: bool,
) -> Result<i32> {
    let function = if frozen { "testDomainFSFreeze" } else { "testDomainFSThaw" };
    check_flags(ErrorDomain::Test, flags, 0, function)?;
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        guest.check_active()?;
        let mut after = guest.frozen;
        if mount_points.is_empty() {
            after = [frozen; 2];
        }
        for name in mount_points {
            after[mount_point(name)?] = frozen;
        }
        let changed = after.iter().zip(&guest.frozen).filter(|(after, before)| after != before).count();
        guest.frozen = after;
        Ok(i32::try_from(changed).unwrap_or(0))
    })
}

fn mount_point(name: &str) -> Result<usize> {
    match MOUNT_POINTS.iter().position(|known| *known == name) {
        Some(at) => Ok(at),
        None => bail!(Test, OperationInvalid, "mount point not found: {name}"),
    }
}

pub(crate) fn trim(driver: &Driver, dom: &DomainRef, name: Option<&str>, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainFSTrim")?;
    on_active(driver, dom, |_| name.map_or(Ok(()), |name| mount_point(name).map(drop)))
}

pub(crate) fn set_password(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, c::VIR_DOMAIN_PASSWORD_ENCRYPTED, "testDomainSetUserPassword")?;
    on_active(driver, dom, |_: &Guest| Ok(()))
}

pub(crate) fn inject_nmi(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainInjectNMI")?;
    on_active(driver, dom, |_| Ok(()))
}

pub(crate) fn send_key(driver: &Driver, dom: &DomainRef, set: u32, codes: &[u32], flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSendKey")?;
    on_active(driver, dom, |_| match codes.iter().find(|code| !keycodes::exists(set, **code)) {
        Some(code) => {
            let set = keycodes::set_name(set).unwrap_or("(null)");
            bail!(Test, InternalError, "invalid keycode {code} of {set} codeset")
        }
        None => Ok(()),
    })
}

pub(crate) fn send_signal(driver: &Driver, dom: &DomainRef, pid: i64, signal: u32, flags: u32) -> Result<()> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSendProcessSignal")?;
    if pid != 1 {
        bail!(Test, InvalidArg, "only sending a signal to pid 1 is supported");
    }
    if signal >= c::VIR_DOMAIN_PROCESS_SIGNAL_LAST.cast_unsigned() {
        bail!(Test, InvalidArg, "signum value {signal} is out of range");
    }
    driver.with(|state| state.domains.find(dom).map(drop))
}

/// The domain need not exist, as in the peer.
pub(crate) fn screenshot(_: &Driver, flags: u32) -> Result<(Option<String>, StreamBody)> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainScreenshot")?;
    let failed = |error: std::io::Error| Error::io(ErrorDomain::Test, &error, "cannot keep the screenshot");
    let mut file =
        File::from(memfd_create("screenshot", MemfdFlags::CLOEXEC).map_err(|errno| failed(errno.into()))?);
    file.write_all(SCREENSHOT).and_then(|()| file.rewind()).map_err(failed)?;
    Ok((Some("image/png".to_owned()), StreamBody::Fd(file.into())))
}
