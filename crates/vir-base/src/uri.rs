//! Connection URIs: `driver[+transport]://[user@][host][:port]/[path][?name=value&…]`.
//!
//! Reads and writes them; which drivers, transports and parameters there are is others' business.

use crate::conf::Conf;
use crate::{Result, bail, err};
use std::fmt;

/// A URI in its parts, unescaped except for the query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uri {
    /// `qemu`, `qemu+ssh`; `None` for a mere path.
    pub scheme: Option<String>,
    /// What stands before the `@`, possibly with a password.
    pub user: Option<String>,
    /// Host, without the brackets of an IPv6 address.
    pub server: Option<String>,
    /// Port; 0 for none.
    pub port: u16,
    /// Path.
    pub path: Option<String>,
    /// All behind the `?`, as written.
    pub query: Option<String>,
    /// All behind the `#`.
    pub fragment: Option<String>,
    /// What the query says.
    pub params: Vec<Param>,
}

/// A parameter of a URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Name, compared without regard to case.
    pub name: String,
    /// Value; empty where there was none.
    pub value: String,
    /// Left out by [`Uri::format_params`]: used up on this side.
    pub ignore: bool,
}

impl Uri {
    /// Reads a URI.
    ///
    /// # Errors
    /// "Unable to parse URI …".
    pub fn parse(text: &str) -> Result<Self> {
        split(text).ok_or_else(|| err!(Uri, InternalError, "Unable to parse URI {text}"))
    }

    /// The part of the scheme before `+`.
    pub fn driver(&self) -> Option<&str> {
        self.scheme.as_deref().map(|s| s.split_once('+').map_or(s, |(driver, _)| driver))
    }

    /// The part of the scheme after `+`.
    pub fn transport(&self) -> Option<&str> {
        self.scheme.as_deref()?.split_once('+').map(|(_, transport)| transport)
    }

    /// The value of the first parameter of that name, in any case.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|p| p.name.eq_ignore_ascii_case(name)).map(|p| p.value.as_str())
    }

    /// As [`Uri::param`], for one that must be there.
    ///
    /// # Errors
    /// "Missing URI parameter …".
    pub fn need_param(&self, name: &str) -> Result<&str> {
        self.param(name).ok_or_else(|| err!(Uri, InvalidArg, "Missing URI parameter '{name}'"))
    }

    /// The parameters that are not ignored, as a query.
    pub fn format_params(&self) -> String {
        let shown = self.params.iter().filter(|p| !p.ignore);
        let pairs: Vec<_> =
            shown.map(|p| format!("{}={}", p.name, escape(&p.value, |c| b"-._~".contains(&c)))).collect();
        pairs.join("&")
    }
}

/// The URI that `alias` stands for in the `uri_aliases` of a configuration, if it is there.
///
/// # Errors
/// A malformed entry, found before the alias was.
pub fn resolve_alias(conf: &Conf, alias: &str) -> Result<Option<String>> {
    for entry in conf.strings("uri_aliases", false)?.unwrap_or_default() {
        let Some((name, uri)) = entry.split_once('=') else {
            bail!(
                Uri,
                ConfSyntax,
                "Malformed 'uri_aliases' config entry '{entry}', expected 'alias=uri://host/path'"
            );
        };
        if !name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'-') {
            bail!(
                Uri,
                ConfSyntax,
                "Malformed 'uri_aliases' config entry '{entry}', aliases may only contain 'a-Z, 0-9, _, -'"
            );
        }
        if name == alias {
            return Ok(Some(uri.to_owned()));
        }
    }
    Ok(None)
}

/// The grammar of RFC 3986, with nothing optional beyond it.
fn split(text: &str) -> Option<Uri> {
    let (text, fragment) = cut(text, '#');
    let (text, query) = cut(text, '?');
    let legal = |part: Option<&str>| part.is_none_or(|p| is_legal(p, b":@/?"));
    if !legal(fragment) || !legal(query) {
        return None;
    }
    let scheme_end = text.find([':', '/']).filter(|at| text.as_bytes()[*at] == b':');
    let (scheme, rest) = match scheme_end {
        Some(at) => (Some(&text[..at]), &text[at + 1..]),
        None => (None, text),
    };
    let is_scheme = |s: &str| {
        let legal = |c: u8| c.is_ascii_alphanumeric() || b"+-.".contains(&c);
        s.starts_with(|c: char| c.is_ascii_alphabetic()) && s.bytes().all(legal)
    };
    if scheme.is_some_and(|s| !is_scheme(s)) {
        return None;
    }
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            (Some(&rest[..end]), &rest[end..])
        }
        None => (None, rest),
    };
    if !is_legal(path, b":@/") {
        return None;
    }
    let mut uri = Uri {
        scheme: scheme.map(str::to_owned),
        path: (!path.is_empty()).then(|| unescape(path)),
        query: query.map(str::to_owned),
        fragment: fragment.map(unescape),
        params: query.map(parse_params).unwrap_or_default(),
        ..Uri::default()
    };
    if let Some(authority) = authority {
        split_authority(authority, &mut uri)?;
    }
    Some(uri)
}

fn split_authority(authority: &str, uri: &mut Uri) -> Option<()> {
    let (user, host) = match authority.split_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if user.is_some_and(|u| !is_legal(u, b":")) {
        return None;
    }
    uri.user = user.map(unescape);
    let (server, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            (address, port)
        }
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    if !host.starts_with('[') && !is_legal(server, b"") {
        return None;
    }
    uri.server = Some(unescape(server)).filter(|name| !name.is_empty());
    if !port.is_empty() {
        let digits = port.strip_prefix(':').filter(|p| p.bytes().all(|c| c.is_ascii_digit()))?;
        let number = digits.parse().ok()?;
        uri.port = if server.is_empty() { 0 } else { number };
    }
    Some(())
}

/// Parameters between `&`, or `;` where no `&` is left; without a name they do not count.
fn parse_params(query: &str) -> Vec<Param> {
    let mut params = Vec::new();
    let mut rest = query;
    while !rest.is_empty() {
        let end = rest.find('&').or_else(|| rest.find(';')).unwrap_or(rest.len());
        let (name, value) = rest[..end].split_once('=').unwrap_or((&rest[..end], ""));
        if !name.is_empty() {
            params.push(Param { name: unescape(name), value: unescape(value), ignore: false });
        }
        rest = rest.get(end + 1..).unwrap_or("");
    }
    params
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// Unreserved characters, sub-delimiters, `%XX`, and what else is allowed in this place.
fn is_legal(text: &str, also: &[u8]) -> bool {
    let bytes = text.as_bytes();
    (0..bytes.len()).all(|i| match bytes[i] {
        b'%' => bytes.get(i + 1..i + 3).is_some_and(|h| h.iter().all(u8::is_ascii_hexdigit)),
        c => c.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&c) || also.contains(&c),
    })
}

fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let code = text.get(i + 1..i + 3).filter(|h| h.bytes().all(|c| c.is_ascii_hexdigit()));
        match code.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) if bytes[i] == b'%' => {
                plain.push(byte);
                i += 3;
            }
            _ => {
                plain.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn escape(text: &str, also_plain: impl Fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || also_plain(byte) {
            true => escaped.push(byte as char),
            false => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = |c: u8| b"-_.!~*'()".contains(&c);
        if let Some(scheme) = &self.scheme {
            write!(f, "{scheme}:")?;
        }
        // without a host as well: scheme:///path, not scheme:/path
        if self.server.is_some() || self.scheme.is_some() {
            f.write_str("//")?;
        }
        if let Some(server) = &self.server {
            if let Some(user) = &self.user {
                write!(f, "{}@", escape(user, |c| mark(c) || b";:&=+$,".contains(&c)))?;
            }
            match server.contains(':') {
                true => write!(f, "[{server}]")?,
                false => f.write_str(server)?,
            }
            if self.port > 0 {
                write!(f, ":{}", self.port)?;
            }
        }
        if let Some(path) = &self.path {
            f.write_str(&escape(path, |c| mark(c) || b"/;@&=+$,".contains(&c)))?;
        }
        if let Some(query) = &self.query {
            write!(f, "?{query}")?;
        }
        if let Some(fragment) = &self.fragment {
            write!(f, "#{}", escape(fragment, |c| mark(c) || b";/?:@&=+$,[]".contains(&c)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(uri: &Uri) -> Vec<(&str, &str)> {
        uri.params.iter().map(|p| (p.name.as_str(), p.value.as_str())).collect()
    }

    #[test]
    fn parts_are_found_and_put_together_again() {
        for (text, scheme, user, server, port, path) in [
            ("qemu:///system", "qemu", None, None, 0, Some("/system")),
            ("test://example.com", "test", None, Some("example.com"), 0, None),
            ("qemu+ssh://root@host:22/session", "qemu+ssh", Some("root"), Some("host"), 22, Some("/session")),
            ("test://foo:pass@h/", "test", Some("foo:pass"), Some("h"), 0, Some("/")),
            ("esx://[2001:41c8:1::2]:443/", "esx", None, Some("2001:41c8:1::2"), 443, Some("/")),
        ] {
            let uri = Uri::parse(text).unwrap();
            assert_eq!(uri.scheme.as_deref(), Some(scheme), "{text}");
            assert_eq!(uri.user.as_deref(), user, "{text}");
            assert_eq!(uri.server.as_deref(), server, "{text}");
            assert_eq!((uri.port, uri.path.as_deref()), (port, path), "{text}");
            assert_eq!(uri.to_string(), text);
        }
        let uri = Uri::parse("qemu+tls://h/system?no_verify=1#x").unwrap();
        assert_eq!((uri.driver(), uri.transport()), (Some("qemu"), Some("tls")));
        assert_eq!(uri.param("NO_VERIFY"), Some("1"));
        assert_eq!(uri.need_param("x").unwrap_err().message(), "invalid argument: Missing URI parameter 'x'");
        assert_eq!(uri.to_string(), "qemu+tls://h/system?no_verify=1#x");
        assert_eq!(Uri::parse("/just/a/path").unwrap().scheme, None);
    }

    #[test]
    fn parameters_are_separated_and_unescaped() {
        for (query, expected) in [
            ("foo=one&bar=two", &[("foo", "one"), ("bar", "two")][..]),
            ("foo=one&&foo=two", &[("foo", "one"), ("foo", "two")]),
            ("foo=one;foo=two", &[("foo", "one"), ("foo", "two")]),
            ("foo=%26one", &[("foo", "&one")]),
            ("foo", &[("foo", "")]),
            ("foo=&&", &[("foo", "")]),
            ("=bogus&foo=one%20two", &[("foo", "one two")]),
        ] {
            assert_eq!(params(&Uri::parse(&format!("test://h/?{query}")).unwrap()), expected, "{query}");
        }
        let mut uri = Uri::parse("x://h/?a=C=X,O=Y%20Z&b=1&c=2").unwrap();
        uri.params[1].ignore = true;
        assert_eq!(uri.format_params(), "a=C%3DX%2CO%3DY%20Z&c=2");
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        for text in ["qemu:///sys tem", "1x://h", "x://h:port/", "x://[::1/", "x://h/%zz", "x://h:99999/"] {
            let error = Uri::parse(text).unwrap_err();
            assert_eq!(error.message(), format!("internal error: Unable to parse URI {text}"));
        }
    }

    #[test]
    fn aliases() {
        let conf = |text: &str| Conf::parse("f", text.as_bytes(), Default::default()).unwrap();
        let good = conf("uri_aliases = [ 'a=qemu:///system', 'b-1=test:///x=y' ]");
        assert_eq!(resolve_alias(&good, "b-1").unwrap().as_deref(), Some("test:///x=y"));
        assert_eq!(resolve_alias(&good, "c").unwrap(), None);
        for bad in ["uri_aliases = [ 'a' ]", "uri_aliases = [ 'a b=x' ]"] {
            let error = resolve_alias(&conf(bad), "c").unwrap_err();
            assert!(error.message().contains("Malformed 'uri_aliases' config entry 'a"), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_an_answer_or_an_error(text in "\\PC{0,60}", path in "[%0-9a-fzé/:?#&;=@\\[\\]]{0,30}") {
            for text in [text, format!("x://{path}")] {
                let Ok(uri) = Uri::parse(&text) else { continue };
                // as with the peer, what is written means the same only for URIs that make sense
                let plain = |host: &str| host.bytes().all(|c| c.is_ascii_alphanumeric() || b".:-".contains(&c));
                let rooted = uri.path.as_deref().is_none_or(|path| path.starts_with('/'));
                if uri.scheme.is_some() && rooted && uri.server.as_deref().is_none_or(plain) {
                    let again = Uri::parse(&uri.to_string()).unwrap();
                    proptest::prop_assert_eq!(&again.path, &uri.path);
                    proptest::prop_assert_eq!(&again.params, &uri.params);
                }
            }
        }
    }
}
