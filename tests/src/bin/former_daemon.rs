//! Stands for a C lock daemon that has just been told to replace its program: `former-daemon ROOT
//! PROGRAM`.
//!
//! It listens, locks two disks as the C daemon does, and takes a client. Then it reads a document from
//! its standard input, in which `@NAME@` stands for the number of a descriptor or of the process, puts
//! it where the C daemon does, and becomes PROGRAM.

use rustix::io::{FdFlags, fcntl_setfd};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use vir_base::sys::{LockKind, LockOwner, lock_first_byte};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, root, program] = &arguments[..] else { return ExitCode::FAILURE };
    match become_it(Path::new(root), program) {
        Err(error) => {
            eprintln!("former-daemon: {error}");
            ExitCode::FAILURE
        }
        Ok(never) => match never {},
    }
}

fn become_it(root: &Path, program: &str) -> std::io::Result<std::convert::Infallible> {
    let listen = |name: &str| UnixListener::bind(root.join("run/libvirt").join(name));
    let (socket, admin) = (listen("virtlockd-sock")?, listen("virtlockd-admin-sock")?);
    let lock = |name: &str, kind: LockKind| -> std::io::Result<File> {
        let file = File::options().read(true).write(true).open(root.join("disks").join(name))?;
        lock_first_byte(&file, LockOwner::Table, kind)?;
        Ok(file)
    };
    let (one, two) = (lock("one", LockKind::Write)?, lock("two", LockKind::Read)?);
    println!("ready");
    std::io::stdout().flush()?;
    let (client, _) = socket.accept()?;
    let mut document = Vec::new();
    std::io::stdin().read_to_end(&mut document)?;
    let mut text = String::from_utf8_lossy(&document).into_owned();
    for (name, number) in [
        ("@SOCKET@", socket.as_raw_fd()),
        ("@ADMIN@", admin.as_raw_fd()),
        ("@ONE@", one.as_raw_fd()),
        ("@TWO@", two.as_raw_fd()),
        ("@CLIENT@", client.as_raw_fd()),
        ("@PID@", rustix::process::getpid().as_raw_nonzero().get()),
    ] {
        text = text.replace(name, &number.to_string());
    }
    fs::write(root.join("run/virtlockd-restart-exec.json"), text)?;
    for fd in [socket.as_fd(), admin.as_fd(), one.as_fd(), two.as_fd(), client.as_fd()] {
        fcntl_setfd(fd, FdFlags::empty())?;
    }
    Err(Command::new(program).arg("--root").arg(root).exec())
}
