//! Texts edited by the user in an editor of their choice.

use crate::failure::{Failure, Outcome, fail};
use crate::shell::Shell;
use crate::terminal::Raw;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use vir_base::Uuid;
use vir_base::error::errno_text;

/// Whether the user may switch off the check of what they wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relax {
    Possible,
    Impossible,
}

/// A file of our own, gone when this goes.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What the user makes of `text`; one line end at the end is taken off, since editors add it.
pub(crate) fn text(text: &str) -> Outcome<String> {
    let scratch = write(text)?;
    run_editor(&scratch.0)?;
    let mut edited = read(&scratch.0)?;
    if edited.ends_with('\n') {
        edited.pop();
    }
    Ok(edited)
}

/// Lets the user edit the document that `get` gives and hands it to `put`, with a second chance when
/// that fails or the document changed meanwhile. `put` is told whether to leave out checks. `None` if
/// the user left the document as it was.
pub(crate) fn document<T>(
    shell: &mut Shell,
    get: impl Fn() -> Outcome<String>,
    mut put: impl FnMut(&str, bool) -> Outcome<T>,
    relax: Relax,
) -> Outcome<Option<T>> {
    let mut before = get()?;
    let scratch = write(&before)?;
    let mut relaxed = false;
    'edit: loop {
        run_editor(&scratch.0)?;
        let edited = read(&scratch.0)?;
        if edited == before {
            return Ok(None);
        }
        loop {
            let now = get()?;
            let failure = if now != before {
                before = now;
                Failure::new("The XML configuration was changed by another user.")
            } else {
                match put(&edited, relaxed) {
                    Ok(done) => return Ok(Some(done)),
                    Err(failure) => failure.context("Failed."),
                }
            };
            let may_relax = relax == Relax::Possible && !relaxed;
            match ask(shell, &failure, may_relax) {
                Some('y') => continue 'edit,
                Some('f') => {}
                Some('i') => relaxed = true,
                Some(_) => return Err(Failure::silent()),
                None => return Err(failure),
            }
        }
    }
}

/// Asks whether to try again; `None` if there is nobody to ask.
fn ask(shell: &mut Shell, failure: &Failure, may_relax: bool) -> Option<char> {
    let mut lines: Vec<&str> = failure.lines().collect();
    let question = lines.remove(0);
    for line in lines {
        shell.out.error(line);
    }
    let _raw = Raw::enter().ok()?;
    let choice = loop {
        let keys = if may_relax { "[y,n,i,f,?]" } else { "[y,n,f,?]" };
        shell.out.print(format!("\r{question} Try again? {keys}: "));
        let mut key = [0];
        std::io::stdin().read_exact(&mut key).ok()?;
        match char::from(key[0]).to_ascii_lowercase() {
            '?' => {
                shell.out.print("\r\ny - yes, start editor again\r\nn - no, throw away my changes\r\n");
                if may_relax {
                    shell.out.print("i - turn off validation and try to redefine again\r\n");
                }
                shell.out.print("f - force, try to redefine again\r\n? - print this help\r\n");
            }
            choice @ ('y' | 'n' | 'f') => break choice,
            'i' if may_relax => break 'i',
            _ => {}
        }
    };
    shell.out.print("\r\n");
    Some(choice)
}

fn os(error: &std::io::Error) -> String {
    errno_text(error.raw_os_error().unwrap_or_default())
}

fn write(text: &str) -> Outcome<Scratch> {
    let directory = std::env::var("TMPDIR").unwrap_or_else(|_| "/tmp".to_owned());
    let name: String = Uuid::random().to_string().chars().take(6).collect();
    let path = PathBuf::from(format!("{directory}/virsh{name}.xml"));
    let created = std::fs::File::options().write(true).create_new(true).mode(0o600).open(&path);
    let mut file = match created {
        Ok(file) => file,
        Err(error) => fail!("g_mkstemp_full: failed to create temporary file: {}", os(&error)),
    };
    let scratch = Scratch(path);
    if let Err(error) = file.write_all(text.as_bytes()) {
        fail!("write: {}: failed to write to temporary file: {}", scratch.0.display(), os(&error));
    }
    Ok(scratch)
}

fn read(path: &Path) -> Outcome<String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) => fail!("{}: failed to read temporary file: {}", path.display(), os(&error)),
    }
}

/// Characters of an editor's name that need no shell.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "-/_.:@".contains(c))
}

fn run_editor(path: &Path) -> Outcome {
    let editor =
        std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR")).unwrap_or_else(|_| "vi".to_owned());
    let shown = path.display().to_string();
    let mut command = if is_plain(&editor) {
        let mut command = Command::new(&editor);
        command.arg(path);
        command
    } else if is_plain(&shown) {
        // an editor with options: a shell takes them apart
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{editor} {shown}"));
        command
    } else {
        fail!(
            "{shown}: temporary filename contains shell meta or other unacceptable characters (is $TMPDIR wrong?)"
        );
    };
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => fail!("internal error: Child process ({editor} {shown}) unexpected {status}"),
        Err(error) => fail!("Cannot find '{editor}' in path: {}", os(&error)),
    }
}
