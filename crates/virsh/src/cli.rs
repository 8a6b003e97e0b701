//! The program's own options, before the command.

use crate::commands::GROUPS;
use crate::help;
use crate::number;
use crate::output::Level;
use crate::prompt;
use crate::shell::Shell;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A long option, the letter that means the same, and what it takes.
struct Long {
    name: &'static str,
    letter: char,
    value: Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    None,
    Required,
    Optional,
}

const fn long(name: &'static str, letter: char, value: Value) -> Long {
    Long { name, letter, value }
}

const OPTIONS: &[Long] = &[
    long("connect", 'c', Value::Required),
    long("debug", 'd', Value::Required),
    long("escape", 'e', Value::Required),
    long("help", 'h', Value::None),
    long("keepalive-interval", 'k', Value::Required),
    long("keepalive-count", 'K', Value::Required),
    long("log", 'l', Value::Required),
    long("quiet", 'q', Value::None),
    long("readonly", 'r', Value::None),
    long("timing", 't', Value::None),
    long("version", 'v', Value::Optional),
];

/// Runs the program with these arguments, the first of which is its name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut args = args.into_iter().map(|arg| arg.to_string_lossy().into_owned());
    let program = args.next().unwrap_or_else(|| "virsh".to_owned());
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    let words: Vec<String> = args.collect();

    let mut shell = Shell::new(&program, GROUPS);
    read_environment(&mut shell);
    let used = match read_options(&mut shell, &words) {
        Ok(used) => used,
        Err(code) => return code,
    };
    match run(&mut shell, &words[used..]) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn run(shell: &mut Shell, words: &[String]) -> bool {
    let commands = match words {
        [] => None,
        [text] => {
            shell.out.trace(Level::Info, &format!("commands: \"{text}\""));
            // an empty text is refused without a word
            let Some(commands) = (!text.is_empty()).then(|| shell.parse_text(text)).flatten() else {
                return false;
            };
            Some(commands)
        }
        words => {
            let Some(commands) = shell.parse_words(words) else { return false };
            Some(commands)
        }
    };
    shell.interactive = commands.is_none();
    // a connection that was asked for must work; the default one waits until it is needed
    if shell.session.uri.is_some()
        && let Err(failure) = shell.session.connect(&mut shell.out, None, false)
    {
        shell.show(&failure);
        return false;
    }
    if shell.session.uri.is_none() {
        shell.session.uri = std::env::var("VIRSH_DEFAULT_CONNECT_URI").ok();
    }
    match commands {
        Some(commands) => shell.run(&commands),
        None => prompt::converse(shell),
    }
}

fn read_environment(shell: &mut Shell) {
    if let Ok(text) = std::env::var("VIRSH_DEBUG") {
        match number::signed(&text).and_then(Level::from_number) {
            Some(level) => shell.out.debug = level,
            None => shell.out.error("VIRSH_DEBUG not set with a valid numeric value"),
        }
    }
    if let Ok(path) = std::env::var("VIRSH_LOG_FILE")
        && !path.is_empty()
        && !shell.out.log_to(&path)
    {
        shell.out.error("failed to open the log file. check the log file path");
        std::process::exit(1);
    }
}

/// Applies the options at the start of `words`; tells how many words they were, or that the program is done.
fn read_options(shell: &mut Shell, words: &[String]) -> Result<usize, ExitCode> {
    let mut used = 0;
    while let Some(word) = words.get(used) {
        if word == "-" || !word.starts_with('-') {
            break;
        }
        used += 1;
        if word == "--" {
            break;
        }
        match word.strip_prefix("--") {
            Some(name) => read_long(shell, word, name, words, &mut used)?,
            None => read_letters(shell, &word[1..], words, &mut used)?,
        }
    }
    Ok(used)
}

fn refuse<T>(shell: &mut Shell, message: String) -> Result<T, ExitCode> {
    shell.out.error(&message);
    Err(ExitCode::FAILURE)
}

fn read_long(
    shell: &mut Shell,
    word: &str,
    name: &str,
    words: &[String],
    used: &mut usize,
) -> Result<(), ExitCode> {
    let (name, mut value) = match name.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (name, None),
    };
    // an abbreviation will do if it means one option only
    let mut matching = OPTIONS.iter().filter(|option| option.name.starts_with(name));
    let exact = OPTIONS.iter().find(|option| option.name == name);
    let option = exact.or_else(|| matching.next().filter(|_| matching.next().is_none()));
    let Some(option) = option else {
        return refuse(shell, format!("unsupported option '{word}'. See --help."));
    };
    match option.value {
        Value::None if value.is_some() => {
            return refuse(shell, format!("unsupported option '-{}'. See --help.", option.letter));
        }
        Value::Required if value.is_none() => value = Some(next_word(shell, option.letter, words, used)?),
        _ => {}
    }
    apply(shell, option.letter, &format!("--{}", option.name), value)
}

fn read_letters(
    shell: &mut Shell,
    letters: &str,
    words: &[String],
    used: &mut usize,
) -> Result<(), ExitCode> {
    let mut rest = letters.chars();
    while let Some(letter) = rest.next() {
        let option = OPTIONS.iter().find(|option| option.letter == letter);
        let value = match option {
            Some(option) if option.value == Value::Required => match rest.as_str() {
                "" => Some(next_word(shell, letter, words, used)?),
                attached => Some(attached.to_owned()),
            },
            Some(_) => None,
            None if letter == 'V' => None,
            None => return refuse(shell, format!("unsupported option '-{letter}'. See --help.")),
        };
        let done = value.is_some();
        apply(shell, letter, &format!("-{letter}"), value)?;
        if done {
            break;
        }
    }
    Ok(())
}

fn next_word(
    shell: &mut Shell,
    letter: char,
    words: &[String],
    used: &mut usize,
) -> Result<String, ExitCode> {
    match words.get(*used) {
        Some(word) => {
            *used += 1;
            Ok(word.clone())
        }
        None => {
            let name = OPTIONS.iter().find(|option| option.letter == letter).map_or("", |option| option.name);
            refuse(shell, format!("option '-{letter}'/'--{name}' requires an argument"))
        }
    }
}

/// Applies one option; `spelling` is how the user wrote it.
fn apply(shell: &mut Shell, letter: char, spelling: &str, value: Option<String>) -> Result<(), ExitCode> {
    let text = value.as_deref().unwrap_or_default();
    match letter {
        'c' => shell.session.uri = Some(text.to_owned()),
        'd' => match number::signed::<i32>(text) {
            None => return refuse(shell, format!("option {spelling} takes a numeric argument")),
            Some(number) => match Level::from_number(number) {
                Some(level) => shell.out.debug = level,
                None => shell.out.error(&format!("ignoring debug level {number} out of range [0-4]")),
            },
        },
        'e' if is_escape(text) => shell.escape = text.to_owned(),
        'e' => return refuse(shell, format!("Invalid string '{text}' for escape sequence")),
        'h' => {
            shell.out.print(help::usage(&shell.out.program, shell.groups));
            return Err(ExitCode::SUCCESS);
        }
        'k' => shell.session.keepalive_interval = Some(keepalive(shell, spelling, text)?),
        'K' => shell.session.keepalive_count = Some(keepalive(shell, spelling, text)?),
        'l' if !shell.out.log_to(text) => {
            return refuse(shell, "failed to open the log file. check the log file path".to_owned());
        }
        'l' => {}
        'q' => shell.out.quiet = true,
        'r' => shell.session.readonly = true,
        't' => shell.timing = true,
        'v' if value.as_deref() != Some("long") => {
            shell.out.print(format!("{VERSION}\n"));
            return Err(ExitCode::SUCCESS);
        }
        _ => {
            shell.out.print(long_version());
            return Err(ExitCode::SUCCESS);
        }
    }
    Ok(())
}

/// `^` and a character that control turns into another, or a plain character.
fn is_escape(text: &str) -> bool {
    match text.as_bytes() {
        [b'^', c] => matches!(c, b'a'..=b'z' | b'@'..=b'_'),
        [c] => *c != b'^',
        _ => false,
    }
}

fn keepalive(shell: &mut Shell, spelling: &str, text: &str) -> Result<i32, ExitCode> {
    match number::any_base(text) {
        None => refuse(shell, format!("Invalid value for option {spelling}")),
        Some(value) if value < 0 => {
            refuse(shell, format!("option {spelling} requires a positive integer argument"))
        }
        Some(value) => Ok(value),
    }
}

/// What this program is and what it was built with.
fn long_version() -> String {
    format!(
        "Virsh command line tool of libvirt {VERSION}\n\
         See web site at https://libvirt.org/\n\n\
         Compiled with support for:\n \
         Hypervisors: QEMU/KVM LXC LibXL OpenVZ VMware VirtualBox ESX Test\n \
         Networking: Remote Network Bridging Interface udev Nwfilter\n \
         Storage: Dir Disk Filesystem SCSI Multipath iSCSI iSCSI-direct LVM RBD Gluster ZFS\n \
         Miscellaneous: Daemon Nodedev AppArmor SELinux Secrets Debug DTrace Readline\n"
    )
}

/// True if standard input is a terminal.
pub(crate) fn at_terminal() -> bool {
    std::io::stdin().is_terminal()
}
