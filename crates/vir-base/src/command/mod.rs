//! Running other programs, with exact control over what they get: arguments, environment,
//! descriptors by number, user, limits.
//!
//! A new process gets what is asked for here and nothing by accident: no descriptor that happens
//! to be open, no blocked or ignored signal. What the program means is its caller's business.

mod child;
mod output;
mod shell;

pub use child::{Child, Exit, Held};
pub use output::Output;
pub use shell::quote;

use crate::sys::spawn::{Identity, Image, Limit};
use crate::{Error, ErrorDomain, Result, bail};
use rustix::io::Errno;
use std::ffi::CString;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where a standard descriptor of the new process leads.
#[derive(Debug, Default)]
pub enum Io {
    /// `/dev/null`.
    #[default]
    Null,
    /// Where this process's own leads.
    Inherit,
    /// To this file, socket or pipe.
    Fd(OwnedFd),
}

/// A limit of the new process (`setrlimit`); `u64::MAX` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named as in setrlimit(2)
pub enum Resource {
    LockedMemory,
    Processes,
    OpenFiles,
    CoreSize,
}

/// A program to run.
#[derive(Debug)]
pub struct Command {
    program: String,
    args: Vec<String>,
    env: Option<Vec<(String, String)>>,
    cwd: Option<PathBuf>,
    io: [Io; 3],
    passed: Vec<(OwnedFd, RawFd)>,
    connect: Option<(PathBuf, RawFd)>,
    input: Option<Vec<u8>>,
    umask: Option<u32>,
    session: bool,
    orphan: bool,
    death_signal: Option<i32>,
    identity: Option<(u32, u32, Vec<u32>)>,
    limits: Vec<(Resource, u64, bool)>,
}

impl Command {
    /// A program: a path, or a name to be looked up in `PATH`.
    ///
    /// It starts with this process's environment, `/dev/null` as its standard descriptors, and the
    /// same user, directory and session.
    pub fn new(program: impl Into<String>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            env: None,
            cwd: None,
            io: Default::default(),
            passed: Vec::new(),
            connect: None,
            input: None,
            umask: None,
            session: false,
            orphan: false,
            death_signal: None,
            identity: None,
            limits: Vec::new(),
        }
    }

    /// Appends an argument.
    pub fn arg(&mut self, arg: impl Into<String>) -> &mut Self {
        self.args.push(arg.into());
        self
    }

    /// Appends arguments.
    pub fn args<T: Into<String>>(&mut self, args: impl IntoIterator<Item = T>) -> &mut Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable. From the first such call on, the program gets what these calls say
    /// instead of this process's environment.
    pub fn env(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        let (name, value) = (name.into(), value.into());
        let env = self.env.get_or_insert_default();
        env.retain(|(n, _)| *n != name);
        env.push((name, value));
        self
    }

    /// An environment of its own, empty until variables are added.
    pub fn env_clear(&mut self) -> &mut Self {
        self.env = Some(Vec::new());
        self
    }

    /// Passes on a variable of this process, if it is set; see [`Command::env`].
    pub fn env_pass(&mut self, name: &str) -> &mut Self {
        self.env.get_or_insert_default();
        if let Ok(value) = std::env::var(name) {
            self.env(name, value);
        }
        self
    }

    /// What every helper program gets: the C locale, search paths, and who the user is.
    pub fn env_common(&mut self) -> &mut Self {
        self.env("LC_ALL", "C");
        for name in ["LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "HOME", "USER", "LOGNAME", "TMPDIR"] {
            self.env_pass(name);
        }
        self
    }

    /// The working directory.
    pub fn cwd(&mut self, dir: impl Into<PathBuf>) -> &mut Self {
        self.cwd = Some(dir.into());
        self
    }

    /// Standard input.
    pub fn stdin(&mut self, io: Io) -> &mut Self {
        self.io[0] = io;
        self
    }

    /// Standard output; [`Command::output`] captures it instead.
    pub fn stdout(&mut self, io: Io) -> &mut Self {
        self.io[1] = io;
        self
    }

    /// Standard error; [`Command::output`] captures it instead.
    pub fn stderr(&mut self, io: Io) -> &mut Self {
        self.io[2] = io;
        self
    }

    /// What [`Command::output`] writes to standard input.
    pub fn input(&mut self, data: impl Into<Vec<u8>>) -> &mut Self {
        self.input = Some(data.into());
        self
    }

    /// Gives the program this descriptor as number `target`, 3 or above. A later one of the same
    /// number replaces it.
    pub fn pass_fd(&mut self, fd: OwnedFd, target: RawFd) -> &mut Self {
        self.passed.retain(|(_, t)| *t != target);
        self.passed.push((fd, target));
        self
    }

    /// Gives the program this descriptor as the lowest number that is not given yet, and says
    /// which.
    pub fn pass_fd_anywhere(&mut self, fd: OwnedFd) -> RawFd {
        let taken = |n: &RawFd| self.passed.iter().any(|(_, t)| t == n);
        let target = (3..).find(|n| !taken(n)).unwrap_or(3);
        self.pass_fd(fd, target);
        target
    }

    /// Has the new process itself connect to a unix socket, before it becomes the program and while it
    /// still is the user that this process is. The program has the connection as the number that is
    /// given back, and who listens there sees the new process at the other end; `fd` is a stream
    /// socket, and a duplicate of it in this process is then connected as well.
    pub fn connect_itself(&mut self, fd: OwnedFd, path: impl Into<PathBuf>) -> RawFd {
        let number = self.pass_fd_anywhere(fd);
        self.connect = Some((path.into(), number));
        number
    }

    /// The file mode creation mask.
    pub fn umask(&mut self, mask: u32) -> &mut Self {
        self.umask = Some(mask);
        self
    }

    /// A session of its own: no terminal reaches it, and it survives this process.
    pub fn session(&mut self) -> &mut Self {
        self.session = true;
        self
    }

    /// A session of its own, and no child of this process: nobody here has to collect it, and
    /// nobody here learns its exit status.
    pub fn orphan(&mut self) -> &mut Self {
        self.orphan = true;
        self.session()
    }

    /// A signal that it gets when the thread that starts it ends.
    pub fn death_signal(&mut self, number: i32) -> &mut Self {
        self.death_signal = Some(number);
        self
    }

    /// Its user, group, and supplementary groups (exactly these).
    pub fn user(&mut self, uid: u32, gid: u32, groups: Vec<u32>) -> &mut Self {
        self.identity = Some((uid, gid, groups));
        self
    }

    /// A limit. If it is not `required`, failing to set it is no reason not to start.
    pub fn limit(&mut self, resource: Resource, value: u64, required: bool) -> &mut Self {
        self.limits.push((resource, value, required));
        self
    }

    /// The program as given.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// The arguments, without the program.
    pub fn arguments(&self) -> &[String] {
        &self.args
    }

    /// The variables set so far; `None` while it is this process's environment.
    pub fn environment(&self) -> Option<&[(String, String)]> {
        self.env.as_deref()
    }

    /// As a shell would take it, each option on a line of its own if `breaks` says so.
    pub fn to_shell(&self, breaks: bool) -> String {
        shell::line(self.env.as_deref().unwrap_or_default(), &self.program, &self.args, breaks)
    }

    /// Starts it, but keeps it waiting just before it becomes the program: to put it into a cgroup,
    /// say.
    ///
    /// # Errors
    /// The program is not found, or the process could not be set up as asked.
    pub fn hold(self) -> Result<Held> {
        Held::new(self)
    }

    /// Starts it.
    ///
    /// # Errors
    /// As [`Command::hold`], and that it could not be executed.
    pub fn spawn(self) -> Result<Child> {
        self.hold()?.go()
    }

    /// All that the new process is made from.
    fn into_image(mut self) -> Result<Image> {
        let program = find_program(&self.program)?;
        let mut fds = Vec::with_capacity(3 + self.passed.len());
        for (target, io) in (0..).zip(std::mem::take(&mut self.io)) {
            fds.push((open_io(io, target)?, target));
        }
        fds.append(&mut self.passed);
        let env: Vec<CString> = match &self.env {
            Some(env) => {
                env.iter().map(|(n, v)| c_string(format!("{n}={v}").as_bytes())).collect::<Result<_>>()?
            }
            None => std::env::vars_os()
                .map(|(n, v)| c_string(&[n.as_bytes(), b"=", v.as_bytes()].concat()))
                .collect::<Result<_>>()?,
        };
        let argv = std::iter::once(&self.program).chain(&self.args);
        Ok(Image {
            argv: argv.map(|a| c_string(a.as_bytes())).collect::<Result<_>>()?,
            program: c_string(program.as_os_str().as_bytes())?,
            env,
            cwd: self.cwd.as_ref().map(|d| c_string(d.as_os_str().as_bytes())).transpose()?,
            fds,
            connect: self
                .connect
                .map(|(path, number)| Ok::<_, Error>((number, address(&path)?)))
                .transpose()?,
            umask: self.umask,
            session: self.session,
            orphan: self.orphan,
            death_signal: self.death_signal,
            identity: self.identity.map(|(uid, gid, groups)| Identity { uid, gid, groups }),
            limits: self.limits.iter().map(|(r, v, required)| r.to_limit(*v, *required)).collect(),
        })
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_shell(false))
    }
}

impl Resource {
    fn to_limit(self, value: u64, required: bool) -> Limit {
        let resource = match self {
            Self::LockedMemory => libc::RLIMIT_MEMLOCK,
            Self::Processes => libc::RLIMIT_NPROC,
            Self::OpenFiles => libc::RLIMIT_NOFILE,
            Self::CoreSize => libc::RLIMIT_CORE,
        };
        Limit { resource, soft: value, hard: value, required }
    }
}

/// The file of a program: `name` itself if it has a slash, else the first executable one in `PATH`.
///
/// # Errors
/// "Cannot find 'NAME' in path".
pub fn find_program(name: &str) -> Result<PathBuf> {
    if name.contains('/') {
        return Ok(name.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    let found = std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| is_executable(file));
    found.ok_or_else(|| {
        let what = format!("Cannot find '{name}' in path");
        Error::system(ErrorDomain::None, Errno::NOENT.raw_os_error(), what)
    })
}

/// Whether this is a file that may be executed.
pub fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// A path as the kernel takes a socket's address.
fn address(path: &Path) -> Result<libc::sockaddr_un> {
    let bytes = path.as_os_str().as_bytes();
    let mut address = crate::sys::spawn::no_address();
    if bytes.len() >= address.sun_path.len() {
        let what = format!("Path {} too long for unix socket", path.display());
        return Err(Error::system(ErrorDomain::Rpc, Errno::NOMEM.raw_os_error(), what));
    }
    for (to, from) in address.sun_path.iter_mut().zip(bytes) {
        *to = *from as libc::c_char;
    }
    Ok(address)
}

fn open_io(io: Io, number: RawFd) -> Result<OwnedFd> {
    let own = match number {
        0 => std::io::stdin().as_fd().try_clone_to_owned(),
        1 => std::io::stdout().as_fd().try_clone_to_owned(),
        _ => std::io::stderr().as_fd().try_clone_to_owned(),
    };
    let null = || OpenOptions::new().read(true).write(true).open("/dev/null").map(File::into);
    let fd = match io {
        Io::Fd(fd) => Ok(fd),
        // closed here: the new process gets something that behaves
        Io::Inherit => own.or_else(|_| null()),
        Io::Null => null(),
    };
    fd.map_err(|e| Error::io(ErrorDomain::None, &e, "cannot open /dev/null"))
}

fn c_string(bytes: &[u8]) -> Result<CString> {
    match CString::new(bytes) {
        Ok(text) => Ok(text),
        Err(_) => bail!(None, InternalError, "invalid use of command API"),
    }
}
