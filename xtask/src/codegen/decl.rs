//! The declarations as values, and the reader of `api/*.api`.
//!
//! The language is line based. A block starts in the first column with `program`, `trait`, `errors`,
//! `type`, `fn`, `proc`, `event`, `enum` or `names`; its head may go on over indented lines until the
//! parentheses close; then come its clauses, one an indented line. `docs/declaration.md` describes it.

use std::collections::BTreeMap;
use std::path::Path;

/// Everything that `api/` says.
#[derive(Default)]
pub struct Api {
    /// Programs by name.
    pub programs: BTreeMap<String, Program>,
    /// Files, in the order of their names.
    pub files: Vec<File>,
    /// Enumerations and name lists, in the order of the file.
    pub constants: Vec<Constants>,
}

/// A program of the protocol.
pub struct Program {
    pub number: u32,
    pub version: u32,
}

/// One `.api` file: an object of the API.
pub struct File {
    /// The file's name without its ending.
    pub name: String,
    /// The first comment line: what the file is about.
    pub title: String,
    /// The driver trait its functions belong to; none for programs that drivers do not serve.
    pub driver: Option<String>,
    /// The error domain of "not supported" and "read only" errors.
    pub errors: String,
    pub types: Vec<Struct>,
    pub calls: Vec<Call>,
    pub events: Vec<Call>,
}

/// A structure that occurs inside others.
pub struct Struct {
    pub name: String,
    pub fields: Vec<Field>,
}

#[derive(Clone)]
pub struct Field {
    pub name: String,
    pub ty: Type,
}

/// A wire type, with its bound where it has one.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    I32,
    U32,
    I64,
    U64,
    F64,
    /// Small integers travel as four bytes.
    I8,
    U8,
    U16,
    Uuid,
    /// Text; the bound in bytes if it is not the usual 4 MiB.
    Str(Option<u32>),
    Bytes(u32),
    /// `char name<max>`: a character in four bytes.
    Chars(u32),
    CharArray(u32),
    /// A named structure: a reference to an object, `param`, or a declared one.
    Named(String),
    Option(Box<Type>),
    List(Box<Type>, u32),
    Array(Box<Type>, u32),
}

/// When a call is refused on a read-only connection.
#[derive(Clone, PartialEq)]
pub enum Write {
    Never,
    Always,
    /// Only if the argument `field` has a bit of `constant`; with the words of the refusal.
    If {
        field: String,
        constant: String,
        words: Option<String>,
    },
}

/// A function, a procedure without a public function, or an event.
pub struct Call {
    /// `virDomainCreateXML`, or the name of a procedure that no public function has.
    pub name: String,
    pub args: Vec<Field>,
    pub rets: Vec<Field>,
    pub since: Option<String>,
    /// The C prototype: what the function returns, and its parameters as type and name.
    pub c: Option<(String, Vec<(String, String)>)>,
    pub program: String,
    pub number: u32,
    pub high: bool,
    pub acl: Vec<String>,
    pub filter: Vec<String>,
    pub write: Write,
    /// Pairs of flags of which the C function takes one at most.
    pub excludes: Vec<[String; 2]>,
    /// Pairs of flags of which the first is not without the second.
    pub requires: Vec<[String; 2]>,
    pub stream: Option<Stream>,
    pub fds_in: bool,
    pub fds_out: bool,
    /// The server's entry is written by hand.
    pub server_by_hand: bool,
}

/// Which way the bytes of a call's stream go, seen from the daemon.
#[derive(Clone, Copy, PartialEq)]
pub enum Stream {
    In,
    Out,
}

pub struct Constants {
    pub name: String,
    /// Values are bits.
    pub flags: bool,
    /// A list of names rather than of numbers.
    pub names: bool,
    pub values: Vec<(String, String)>,
}

impl Call {
    /// `domain_create_xml`.
    pub fn snake(&self) -> String {
        snake(self.name.strip_prefix("vir").unwrap_or(&self.name))
    }

    /// `DomainCreateXml`.
    pub fn camel(&self) -> String {
        camel(&self.snake())
    }

    /// `need_results` in, a list and its length out: callers see just the list.
    pub fn is_listing(&self) -> bool {
        self.args.iter().any(|f| f.name == "need_results")
    }

    /// `nparams` in, parameters and their number out: callers see just the parameters.
    pub fn counts_params(&self) -> bool {
        self.args.iter().any(|f| f.name == "nparams") && self.rets.iter().any(|f| f.name == "nparams")
    }

    /// The arguments a driver's method takes.
    pub fn driver_args(&self) -> impl Iterator<Item = &Field> {
        let (listing, counts) = (self.is_listing(), self.counts_params());
        self.args
            .iter()
            .filter(move |f| !(listing && f.name == "need_results" || counts && f.name == "nparams"))
    }

    /// The results a driver's method gives.
    pub fn driver_rets(&self) -> Vec<&Field> {
        match self.is_listing() || self.counts_params() {
            true => self.rets.iter().take(1).collect(),
            false => self.rets.iter().collect(),
        }
    }
}

/// `GetXMLDesc` to `get_xml_desc`; names already in that form stay.
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(i + 1);
        if c.is_ascii_uppercase()
            && before.is_some_and(|b| {
                !b.is_ascii_uppercase() && b != '_'
                    || b.is_ascii_uppercase() && after.is_some_and(|a| a.is_ascii_lowercase())
            })
        {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// `get_xml_desc` to `GetXmlDesc`.
pub fn camel(name: &str) -> String {
    name.split('_')
        .map(|part| {
            let mut chars = part.chars();
            chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
        })
        .collect()
}

/// Reads every `.api` file of `dir`.
pub fn read(dir: &Path) -> Result<Api, String> {
    let mut paths: Vec<_> = std::fs::read_dir(dir)
        .map_err(|e| format!("{}: {e}", dir.display()))?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "api"))
        .collect();
    paths.sort();
    let mut api = Api::default();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let name = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        read_file(&mut api, name, &text)
            .map_err(|(line, what)| format!("{}:{line}: {what}", path.display()))?;
    }
    Ok(api)
}

type At<T> = Result<T, (usize, String)>;

fn read_file(api: &mut Api, name: String, text: &str) -> At<()> {
    let title = text.lines().next().and_then(|l| l.strip_prefix("# ")).unwrap_or_default().to_owned();
    let mut file = File {
        name,
        title,
        driver: None,
        errors: "None".into(),
        types: vec![],
        calls: vec![],
        events: vec![],
    };
    let mut lines =
        text.lines().enumerate().map(|(i, l)| (i + 1, l)).filter(|(_, l)| !l.starts_with('#')).peekable();
    while let Some((at, line)) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        let mut head = line.to_owned();
        while head.matches('(').count() > head.matches(')').count() {
            let Some((_, more)) = lines.next() else { return Err((at, "unclosed parenthesis".into())) };
            head.push(' ');
            head.push_str(more.trim());
        }
        let mut clauses = vec![];
        while let Some((at, clause)) = lines.next_if(|(_, l)| l.starts_with("    ")) {
            clauses.push((at, clause.trim()));
        }
        block(api, &mut file, at, &head, &clauses)?;
    }
    if file.driver.is_some() || !file.calls.is_empty() || !file.types.is_empty() || !file.events.is_empty() {
        api.files.push(file);
    }
    Ok(())
}

fn block(api: &mut Api, file: &mut File, at: usize, head: &str, clauses: &[(usize, &str)]) -> At<()> {
    let (word, rest) = head.split_once(' ').ok_or((at, "a block needs a name".to_owned()))?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    match word {
        "program" => {
            let [name, number, version] = words[..] else {
                return Err((at, "program NAME NUMBER VERSION".into()));
            };
            let number =
                u32::from_str_radix(number.trim_start_matches("0x"), 16).map_err(|e| (at, e.to_string()))?;
            let version = version.parse().map_err(|_| (at, "bad version".to_owned()))?;
            api.programs.insert(name.to_owned(), Program { number, version });
        }
        "trait" => file.driver = Some(rest.trim().to_owned()),
        "errors" => file.errors = rest.trim().to_owned(),
        "enum" | "names" => {
            let mut values = vec![];
            for (at, clause) in clauses {
                let (name, value) = clause.split_once(' ').ok_or((*at, "NAME VALUE".to_owned()))?;
                values.push((name.to_owned(), value.to_owned()));
            }
            let flags = words.get(1) == Some(&"flags");
            api.constants.push(Constants {
                name: words[0].to_owned(),
                flags,
                names: word == "names",
                values,
            });
        }
        "type" => {
            let (name, args, _) = signature(at, rest)?;
            file.types.push(Struct { name, fields: args });
        }
        "fn" | "proc" | "event" => {
            let (name, args, rets) = signature(at, rest)?;
            let mut call = Call {
                name,
                args,
                rets,
                since: None,
                c: None,
                program: String::new(),
                number: 0,
                high: false,
                acl: vec![],
                filter: vec![],
                write: Write::Never,
                excludes: vec![],
                requires: vec![],
                stream: None,
                fds_in: false,
                fds_out: false,
                server_by_hand: false,
            };
            for (at, text) in clauses {
                clause(&mut call, *at, text)?;
            }
            if call.program.is_empty() {
                return Err((at, format!("{} has no rpc clause", call.name)));
            }
            match word {
                "event" => file.events.push(call),
                _ => file.calls.push(call),
            }
        }
        _ => return Err((at, format!("unknown block '{word}'"))),
    }
    Ok(())
}

fn clause(call: &mut Call, at: usize, text: &str) -> At<()> {
    let mut words = text.split_whitespace();
    let word = words.next().unwrap_or_default();
    let rest: Vec<&str> = words.collect();
    let all = || rest.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    match (word, &rest[..]) {
        ("since", [version]) => call.since = Some((*version).to_owned()),
        ("c", _) => call.c = Some(prototype(at, text)?),
        ("rpc", [program, number, priority @ ..]) => {
            call.program = (*program).to_owned();
            call.number = number.parse().map_err(|_| (at, "bad procedure number".to_owned()))?;
            call.high = *priority == ["high"];
        }
        ("acl", _) => call.acl = all(),
        ("filter", _) => call.filter = all(),
        ("write", []) => call.write = Write::Always,
        ("write", ["if", field, constant, ..]) => {
            let words = text.split_once('"').map(|(_, w)| w.trim_end_matches('"').to_owned());
            call.write = Write::If { field: (*field).to_owned(), constant: (*constant).to_owned(), words };
        }
        ("excludes", [one, other]) => call.excludes.push([one, other].map(|w| (*w).to_owned())),
        ("requires", [one, other]) => call.requires.push([one, other].map(|w| (*w).to_owned())),
        ("stream", ["in", ..]) => call.stream = Some(Stream::In),
        ("stream", ["out", ..]) => call.stream = Some(Stream::Out),
        ("fds", ["in"]) => call.fds_in = true,
        ("fds", ["out"]) => call.fds_out = true,
        ("server", ["hand"]) => call.server_by_hand = true,
        _ => return Err((at, format!("unknown clause '{text}'"))),
    }
    Ok(())
}

/// `name(args) -> (rets)`.
fn signature(at: usize, text: &str) -> At<(String, Vec<Field>, Vec<Field>)> {
    let (name, rest) = text.split_once('(').ok_or((at, "a signature needs parentheses".to_owned()))?;
    let (args, rest) = rest.split_once(')').ok_or((at, "unclosed parenthesis".to_owned()))?;
    let rets = match rest.trim().strip_prefix("->") {
        Some(rets) => rets.trim().trim_start_matches('(').trim_end_matches(')'),
        None => "",
    };
    Ok((name.trim().to_owned(), fields(at, args)?, fields(at, rets)?))
}

fn fields(at: usize, text: &str) -> At<Vec<Field>> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, ty) = part.split_once(':').ok_or((at, format!("'{part}': NAME: TYPE")))?;
            Ok(Field { name: name.trim().to_owned(), ty: parse_type(ty.trim()).map_err(|e| (at, e))? })
        })
        .collect()
}

fn parse_type(text: &str) -> Result<Type, String> {
    let number = |t: &str| t.parse::<u32>().map_err(|_| format!("'{text}': bad bound"));
    if let Some(inner) = text.strip_suffix('?') {
        return Ok(Type::Option(Box::new(parse_type(inner)?)));
    }
    if let Some((base, bound)) = text.strip_suffix('>').and_then(|t| t.rsplit_once('<')) {
        return Ok(match base {
            "bytes" => Type::Bytes(number(bound)?),
            "chars" => Type::Chars(number(bound)?),
            _ => Type::List(Box::new(parse_type(base)?), number(bound)?),
        });
    }
    if let Some((base, len)) = text.strip_suffix(']').and_then(|t| t.rsplit_once('[')) {
        return Ok(match base {
            "chars" => Type::CharArray(number(len)?),
            _ => Type::Array(Box::new(parse_type(base)?), number(len)?),
        });
    }
    Ok(match text {
        "i32" => Type::I32,
        "u32" => Type::U32,
        "i64" => Type::I64,
        "u64" => Type::U64,
        "f64" => Type::F64,
        "i8" => Type::I8,
        "u8" => Type::U8,
        "u16" => Type::U16,
        "uuid" => Type::Uuid,
        "str" => Type::Str(None),
        "str65536" => Type::Str(Some(65536)),
        name => Type::Named(name.to_owned()),
    })
}

/// `int (virDomainPtr dom, const char *name)`.
fn prototype(at: usize, text: &str) -> At<(String, Vec<(String, String)>)> {
    let text = text.trim_start_matches('c').trim();
    let (ret, params) = text
        .strip_suffix(')')
        .and_then(|t| t.split_once('('))
        .ok_or_else(|| (at, "a C prototype is RETURNS (PARAMETERS)".to_owned()))?;
    let mut list = vec![];
    for param in params.split(',').map(str::trim).filter(|p| !p.is_empty() && *p != "void") {
        let start = param.rfind([' ', '*']).map_or(0, |i| i + 1);
        list.push((param[..start].trim().to_owned(), param[start..].to_owned()));
    }
    Ok((ret.trim().to_owned(), list))
}
