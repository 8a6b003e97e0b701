//! Adds the distribution's backports to apt's sources, where something can come only from there.

use std::fs;
use std::path::{Path, PathBuf};

use super::apt;
use crate::outcome::{Context as _, Outcome};

const ADDED: &str = "/etc/apt/sources.list.d/ferrovirt-backports.sources";

/// Where the host gets its packages: an archive and the key that signs it.
#[derive(Debug, PartialEq, Eq)]
struct Archive {
    uri: String,
    signed_by: Option<String>,
}

/// The name of the backports suite, which is among apt's sources afterwards.
pub(super) fn backports() -> Outcome<String> {
    let release = fs::read_to_string("/etc/os-release").context("reading /etc/os-release")?;
    let codename = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .map(|name| name.trim_matches('"').to_owned())
        .ok_or("/etc/os-release has no VERSION_CODENAME")?;
    let suite = format!("{codename}-backports");
    if apt::has_suite(&suite)? {
        return Ok(suite);
    }
    let archive = source_files()
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .find_map(|text| find_archive(&text, &codename))
        .ok_or_else(|| format!("apt's sources have no archive with the suite {codename}"))?;
    println!("setup adds {suite} of {} to apt's sources, as {ADDED}", archive.uri);
    fs::write(ADDED, stanza(&archive, &suite)).context(format_args!("writing {ADDED}"))?;
    apt::refresh()?;
    Ok(suite)
}

fn source_files() -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(entries) = fs::read_dir("/etc/apt/sources.list.d") {
        let mut found: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        found.retain(|path: &PathBuf| {
            let extension = Path::extension(path);
            extension.is_some_and(|extension| extension == "list" || extension == "sources")
        });
        found.sort();
        files.extend(found);
    }
    files
}

/// The archive from which `codename` itself comes, from a file of either of apt's two formats.
fn find_archive(text: &str, codename: &str) -> Option<Archive> {
    let paragraphs = text.split("\n\n").filter_map(|paragraph| from_paragraph(paragraph, codename));
    let lines = text.lines().filter_map(|line| from_line(line, codename));
    paragraphs.chain(lines).next()
}

fn from_paragraph(paragraph: &str, codename: &str) -> Option<Archive> {
    let field = |key: &str| {
        let mut lines = paragraph.lines().filter(|line| !line.starts_with('#'));
        lines.find_map(|line| line.strip_prefix(key)).map(str::trim)
    };
    let wanted = field("Types:")?.split_whitespace().any(|kind| kind == "deb")
        && field("Suites:")?.split_whitespace().any(|suite| suite == codename);
    let uri = field("URIs:")?.split_whitespace().next()?.to_owned();
    wanted.then(|| Archive { uri, signed_by: field("Signed-By:").map(str::to_owned) })
}

fn from_line(line: &str, codename: &str) -> Option<Archive> {
    let rest = line.trim().strip_prefix("deb ")?.trim();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace();
    let uri = words.next()?.to_owned();
    let signed_by = options.split_whitespace().find_map(|option| option.strip_prefix("signed-by="));
    (words.next()? == codename).then(|| Archive { uri, signed_by: signed_by.map(str::to_owned) })
}

fn stanza(archive: &Archive, suite: &str) -> String {
    let mut text = format!("Types: deb\nURIs: {}\nSuites: {suite}\nComponents: main\n", archive.uri);
    if let Some(key) = &archive.signed_by {
        text.push_str(&format!("Signed-By: {key}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Archive, find_archive, stanza};

    #[test]
    fn the_archive_is_found_in_both_formats() {
        let key = Some("/usr/share/keyrings/k.gpg".to_owned());
        let paragraphs = "Types: deb\nURIs: http://a.test/security\nSuites: bookworm-security\n\n\
                          Types: deb\n# snapshot\nURIs: http://a.test/debian\n\
                          Suites: bookworm bookworm-updates\nSigned-By: /usr/share/keyrings/k.gpg\n";
        let wanted = Archive { uri: "http://a.test/debian".into(), signed_by: key };
        assert_eq!(find_archive(paragraphs, "bookworm").as_ref(), Some(&wanted));
        let line = "# deb http://b.test x main\ndeb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] \
                    http://a.test/debian bookworm main\n";
        assert_eq!(find_archive(line, "bookworm").as_ref(), Some(&wanted));
        assert_eq!(find_archive("deb http://a.test/debian trixie main", "bookworm"), None);
        assert_eq!(
            stanza(&wanted, "bookworm-backports"),
            "Types: deb\nURIs: http://a.test/debian\nSuites: bookworm-backports\nComponents: main\n\
             Signed-By: /usr/share/keyrings/k.gpg\n"
        );
    }
}
