//! What the keeper may do: hardly anything; and the program that checks a state document: less. They never
//! run another program, so that what they are bound by binds nobody else; the daemon must not be confined,
//! since that would survive its exec.
//!
//! A call that is not allowed fails, and does not end the process: it has leases to hold.

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
use std::collections::BTreeMap;
use std::path::Path;

/// Confines this process for good. `dir` is the run state directory.
///
/// # Errors
/// What the kernel does not do; the process is then confined as far as it does.
pub(super) fn confine(dir: &Path) -> Result<(), String> {
    let files = confine_files(dir).map_err(|error| format!("no Landlock: {error}"));
    let calls = allow_only(CALLS).map_err(|error| format!("no seccomp: {error}"));
    files.and(calls)
}

/// Confines this process, which has all that it needs, to reading and writing what is open.
///
/// # Errors
/// What the kernel does not do; the process is then confined as far as it does.
pub(crate) fn confine_checker() -> Result<(), String> {
    let files = || -> Result<(), Box<dyn std::error::Error>> {
        let abi = ABI::V5;
        Ruleset::default()
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .create()?
            .restrict_self()?;
        Ok(())
    };
    let files = files().map_err(|error| format!("no Landlock: {error}"));
    let calls = allow_only(CHECKER_CALLS).map_err(|error| format!("no seccomp: {error}"));
    files.and(calls)
}

/// It reads what `/proc` says about processes, reads and writes the journal, and removes files that
/// are to go with their lease, which may be anywhere.
fn confine_files(dir: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let abi = ABI::V5;
    let own: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::RemoveFile;
    // whatever of this the kernel does not know is left out
    Ruleset::default()
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .create()?
        .add_rule(PathBeneath::new(PathFd::new("/")?, AccessFs::RemoveFile))?
        .add_rule(PathBeneath::new(PathFd::new("/proc")?, AccessFs::ReadFile | AccessFs::ReadDir))?
        .add_rule(PathBeneath::new(PathFd::new(dir)?, own))?
        .restrict_self()?;
    Ok(())
}

fn allow_only(calls: &[i64]) -> Result<(), Box<dyn std::error::Error>> {
    let arch: TargetArch = std::env::consts::ARCH.try_into()?;
    let rules: BTreeMap<i64, Vec<_>> = calls.iter().map(|call| (*call, vec![])).collect();
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let filter = SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch)?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)?;
    Ok(())
}

/// Reading documents, and saying what is wrong with them.
const CHECKER_CALLS: &[i64] = &[
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_pwrite64,
    libc::SYS_close,
    // whether a descriptor came with the process, and what it is
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_futex,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigprocmask,
    libc::SYS_sigaltstack,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
];

/// No new program or process, no signal to anyone, no new socket, no other identity or mount.
const CALLS: &[i64] = &[
    // descriptors
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_pwrite64,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_dup3,
    libc::SYS_fcntl,
    libc::SYS_unshare,
    libc::SYS_lseek,
    // waiting
    libc::SYS_ppoll,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_ctl,
    libc::SYS_futex,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigreturn,
    // sockets that it has
    libc::SYS_accept4,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
    libc::SYS_sendmsg,
    libc::SYS_sendto,
    libc::SYS_recvmsg,
    libc::SYS_recvfrom,
    // the journal, the files of leases, /proc
    libc::SYS_openat,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_getdents64,
    libc::SYS_readlinkat,
    libc::SYS_unlinkat,
    // owners
    libc::SYS_pidfd_open,
    // itself
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_geteuid,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_rt_sigprocmask,
    libc::SYS_sigaltstack,
    libc::SYS_exit,
    libc::SYS_exit_group,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_dup2,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_epoll_wait,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
];
