//! What KVM says about the host's processor.
#![allow(unsafe_code)] // for ioctl

use crate::cpuid::Tsc;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use vir_base::{Error, ErrorDomain, Result};

const DEVICE: &str = "/dev/kvm";

// linux/kvm.h
const CREATE_VM: libc::c_ulong = 0xae01;
const CHECK_EXTENSION: libc::c_ulong = 0xae03;
const CREATE_VCPU: libc::c_ulong = 0xae41;
const GET_TSC_KHZ: libc::c_ulong = 0xaea3;
const GET_MSRS: libc::c_ulong = 0xc008_ae88;
const CAP_NR_VCPUS: libc::c_ulong = 9;
const CAP_TSC_CONTROL: libc::c_ulong = 60;
const CAP_MAX_VCPUS: libc::c_ulong = 66;

/// How many virtual processors a guest may have at most.
///
/// # Errors
/// "Unable to open /dev/kvm".
pub fn max_vcpus() -> Result<u32> {
    let kvm = OpenOptions::new()
        .read(true)
        .open(DEVICE)
        .map_err(|e| Error::io(ErrorDomain::None, &e, format!("Unable to open {DEVICE}")))?;
    let limits = [CAP_MAX_VCPUS, CAP_NR_VCPUS].into_iter().filter_map(|cap| extension(&kvm, cap));
    // 4 is what the kernel's documentation says to take where it says nothing
    Ok(limits.into_iter().find(|limit| *limit > 0).map_or(4, |limit| limit as u32))
}

/// The pace of the time stamp counter.
pub(crate) fn tsc() -> Option<Tsc> {
    let kvm = File::open(DEVICE).ok()?;
    let vm = created(&kvm, CREATE_VM)?;
    let vcpu = created(&vm, CREATE_VCPU)?;
    let khz = call(&vcpu, GET_TSC_KHZ, 0).ok()?;
    let scaling = extension(&kvm, CAP_TSC_CONTROL)? > 0;
    Some(Tsc { frequency: u64::try_from(khz).ok()? * 1000, scaling })
}

/// A model-specific register that tells of features.
pub(crate) fn msr(index: u32) -> Option<u64> {
    #[repr(C)]
    struct Msrs {
        count: u32,
        pad: u32,
        index: u32,
        reserved: u32,
        data: u64,
    }
    let kvm = File::open(DEVICE).ok()?;
    let mut msrs = Msrs { count: 1, pad: 0, index, reserved: 0, data: 0 };
    // SAFETY: the structure has the layout that this request reads and writes, with room for the
    // one entry that it announces
    let got = unsafe { libc::ioctl(kvm.as_raw_fd(), GET_MSRS as _, &raw mut msrs) };
    (got == 1).then_some(msrs.data)
}

fn extension(kvm: &File, number: libc::c_ulong) -> Option<i32> {
    call(kvm, CHECK_EXTENSION, number).ok()
}

/// A request that makes a descriptor.
fn created(on: &impl AsRawFd, request: libc::c_ulong) -> Option<OwnedFd> {
    let fd = call(on, request, 0).ok()?;
    // SAFETY: these requests answer with a new descriptor that nobody else owns
    Some(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn call(on: &impl AsRawFd, request: libc::c_ulong, argument: libc::c_ulong) -> io::Result<i32> {
    // SAFETY: only for requests that take a number and touch no memory of ours
    match unsafe { libc::ioctl(on.as_raw_fd(), request as _, argument) } {
        -1 => Err(io::Error::last_os_error()),
        result => Ok(result),
    }
}
