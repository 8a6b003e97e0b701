//! The third protocol, with parameters (its extension) or with what it had before those.

use super::{FEATURE_CHANGE_PROTECTION, ONLY_SOURCE, PAUSED, Side, THIRD_HAS, Wishes, unsupported};
use crate::constants::*;
use vir_base::error::{Error, ErrorCode, ErrorDomain};
use vir_base::refs::DomainRef;
use vir_base::{Result, err};

/// A migration that is led from here.
struct Led<'a> {
    source: Side<'a>,
    target: Side<'a>,
    dom: &'a DomainRef,
    wishes: Wishes,
    /// By parameters.
    extensible: bool,
    /// Flags for the source: nobody may change the domain meanwhile, if it can see to that.
    protection: u32,
}

impl Led<'_> {
    fn source_flags(&self) -> u32 {
        self.wishes.flags | self.protection
    }

    fn target_flags(&self) -> u32 {
        self.wishes.flags & !ONLY_SOURCE
    }

    /// The cookie for the target, and the document that it is to start from.
    fn begin(&self) -> Result<(Vec<u8>, String)> {
        let (Side { conn, caller }, dom, flags) = (self.source, self.dom, self.source_flags());
        let driver = &conn.hypervisor;
        if self.extensible {
            let ret = driver.domain_migrate_begin3_params(caller, dom, &self.wishes.params, flags)?;
            return Ok((ret.cookie_out, ret.xml));
        }
        let (xml, name) = (self.wishes.xml()?, self.wishes.name()?);
        let bandwidth = self.wishes.bandwidth()?;
        let ret = driver.domain_migrate_begin3(caller, dom, xml, flags.into(), name, bandwidth)?;
        Ok((ret.cookie_out, ret.xml))
    }

    fn is_paused(&self) -> bool {
        let Side { conn, caller } = self.source;
        if self.extensible {
            let state = conn.hypervisor.domain_get_state(caller, self.dom, 0);
            return state.is_ok_and(|ret| ret.state == PAUSED);
        }
        let info = conn.hypervisor.domain_get_info(caller, self.dom);
        info.is_ok_and(|ret| i32::from(ret.state) == PAUSED)
    }

    /// The cookie for the source, and where the target listens.
    fn prepare(&mut self, cookie: &[u8], xml: &str) -> Result<(Vec<u8>, Option<String>)> {
        let (Side { conn, caller }, flags) = (self.target, self.target_flags());
        let driver = &conn.hypervisor;
        if self.extensible {
            self.wishes.set(VIR_MIGRATE_PARAM_DEST_XML, xml);
            let ret = driver.domain_migrate_prepare3_params(caller, &self.wishes.params, cookie, flags)?;
            return Ok((ret.cookie_out, ret.uri_out));
        }
        let (uri, name, bandwidth) = (self.wishes.uri()?, self.wishes.name()?, self.wishes.bandwidth()?);
        let ret = driver.domain_migrate_prepare3(caller, cookie, uri, flags.into(), name, bandwidth, xml)?;
        Ok((ret.cookie_out, ret.uri_out))
    }

    /// The cookie for the target.
    fn perform(&self, cookie: &[u8]) -> Result<Vec<u8>> {
        let (Side { conn, caller }, dom, flags) = (self.source, self.dom, self.source_flags());
        let driver = &conn.hypervisor;
        if self.extensible {
            let params = &self.wishes.params;
            return driver.domain_migrate_perform3_params(caller, dom, None, params, cookie, flags);
        }
        let (uri, name, bandwidth) = (self.wishes.uri()?, self.wishes.name()?, self.wishes.bandwidth()?);
        let flags = flags.into();
        driver.domain_migrate_perform3(caller, dom, None, cookie, None, uri, flags, name, bandwidth)
    }

    /// The domain on the target, and the cookie for the source.
    fn finish(&mut self, cookie: &[u8], cancelled: bool) -> Result<(DomainRef, Vec<u8>)> {
        let (Side { conn, caller }, flags) = (self.target, self.target_flags());
        let (driver, cancelled) = (&conn.hypervisor, i32::from(cancelled));
        if self.extensible {
            if self.wishes.name()?.is_none() {
                self.wishes.set(VIR_MIGRATE_PARAM_DEST_NAME, &self.dom.name);
            }
            let params = &self.wishes.params;
            let ret = driver.domain_migrate_finish3_params(caller, params, cookie, flags, cancelled)?;
            return Ok((ret.dom, ret.cookie_out));
        }
        let (name, uri) = (self.wishes.name()?.unwrap_or(&self.dom.name), self.wishes.uri()?);
        let ret = driver.domain_migrate_finish3(caller, name, cookie, None, uri, flags.into(), cancelled)?;
        Ok((ret.dom, ret.cookie_out))
    }

    fn confirm(&self, cookie: &[u8], cancelled: bool) {
        let (Side { conn, caller }, dom, flags) = (self.source, self.dom, self.source_flags());
        let (driver, cancelled) = (&conn.hypervisor, i32::from(cancelled));
        // it is over either way; a source that fails here may have left the guest paused
        let _ = if self.extensible {
            let params = &self.wishes.params;
            driver.domain_migrate_confirm3_params(caller, dom, params, cookie, flags, cancelled)
        } else {
            driver.domain_migrate_confirm3(caller, dom, cookie, flags.into(), cancelled)
        };
    }
}

pub(super) fn run(
    source: Side<'_>,
    dom: &DomainRef,
    target: Side<'_>,
    wishes: Wishes,
    extensible: bool,
) -> Result<DomainRef> {
    let protection = if source.has(FEATURE_CHANGE_PROTECTION) { VIR_MIGRATE_CHANGE_PROTECTION } else { 0 };
    let mut led = Led { source, target, dom, wishes, extensible, protection };
    let (cookie, xml) = led.begin()?;
    if !led.wishes.has(VIR_MIGRATE_POSTCOPY_RESUME) && led.is_paused() {
        led.wishes.flags |= VIR_MIGRATE_PAUSED;
    }
    let prepared = led.prepare(&cookie, &xml);
    let (cookie, listens) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            if led.protection != 0 {
                led.confirm(&[], true);
            }
            return Err(error);
        }
    };
    if let Some(uri) = listens {
        led.wishes.set(VIR_MIGRATE_PARAM_URI, &uri);
    }
    let performed = match led.wishes.uri() {
        Err(error) => Performed::Not(error, cookie),
        Ok(None) => {
            Performed::Not(err!(Domain, InternalError, "domainMigratePrepare3 did not set uri"), cookie)
        }
        Ok(Some(_)) if led.wishes.has(VIR_MIGRATE_OFFLINE) => Performed::Done(vec![]),
        Ok(Some(_)) => match led.perform(&cookie) {
            Ok(cookie) => Performed::Done(cookie),
            // the source has undone it by itself
            Err(error) => Performed::Failed(error),
        },
    };
    end(&mut led, performed)
}

/// How the source fared.
enum Performed {
    /// It has, and this is its cookie for the target.
    Done(Vec<u8>),
    Failed(Error),
    /// It was not asked to; the target's cookie.
    Not(Error, Vec<u8>),
}

fn end(led: &mut Led<'_>, performed: Performed) -> Result<DomainRef> {
    let (error, cookie, tell_source) = match performed {
        Performed::Done(cookie) => (None, cookie, true),
        Performed::Failed(error) => (Some(error), vec![], false),
        Performed::Not(error, cookie) => (Some(error), cookie, true),
    };
    let finished = led.finish(&cookie, error.is_some());
    if tell_source {
        let cookie = finished.as_ref().map_or(&[][..], |(_, cookie)| cookie);
        led.confirm(cookie, finished.is_err());
    }
    match (finished, error) {
        (Ok((dom, _)), _) => Ok(dom),
        (Err(target), None) => Err(target),
        (Err(target), Some(source)) => Err(both(source, &target)),
    }
}

/// What the source said, with what the target said if that explains it.
fn both(source: Error, target: &Error) -> Error {
    let qemu = |error: &Error| error.domain() == ErrorDomain::Qemu;
    let failed = qemu(&source) && source.code() == ErrorCode::OperationFailed;
    if failed && qemu(target) && target.code() != ErrorCode::MigrateFinishOk {
        let (source, target) = (source.message(), target.message());
        return err!(
            Domain,
            OperationFailed,
            "migration failed. Message from the source host: {source}. Message from the destination host: {target}"
        );
    }
    source
}

/// Its one step on the source alone.
pub(super) fn alone(source: Side<'_>, dom: &DomainRef, daemon: Option<&str>, wishes: &Wishes) -> Result<()> {
    if !wishes.only(&THIRD_HAS) {
        return Err(unsupported("Some parameters are not supported by migration protocol 3"));
    }
    let (uri, name, xml) = (wishes.uri()?, wishes.name()?, wishes.xml()?);
    let (flags, bandwidth) = (wishes.flags.into(), wishes.bandwidth()?);
    let driver = &source.conn.hypervisor;
    driver
        .domain_migrate_perform3(source.caller, dom, xml, &[], daemon, uri, flags, name, bandwidth)
        .map(drop)
}
