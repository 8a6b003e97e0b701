//! Against tables of facts about the protocol, made elsewhere: every procedure is there, and values
//! laid out by the tables' own description of the types go through our code unchanged.

use serde_json::Value;
use std::path::PathBuf;
use vir_proto::sample::Sampler;
use vir_proto::wire::probe;

fn facts() -> Option<PathBuf> {
    let root = std::env::var_os("FERROVIRT_FACTS")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/facts"));
    root.join("rpc").is_dir().then_some(root)
}

/// Lays out random values of the types of one program.
struct Layout<'a> {
    types: &'a Value,
    /// Types that other programs' tables define (`remote_nonnull_domain`).
    shared: &'a Value,
    s: Sampler,
}

impl Layout<'_> {
    fn fields(&mut self, fields: &[Value], out: &mut Vec<u8>) {
        for field in fields {
            self.field(field, out);
        }
    }

    fn field(&mut self, field: &Value, out: &mut Vec<u8>) {
        if field["pointer"] == true {
            let some = self.s.below(2);
            word(some as u32, out);
            if some == 0 {
                return;
            }
        }
        let ty = field["type"].as_str().unwrap();
        match field["array"].as_str() {
            Some("variable") => {
                let max = field["max"].as_u64().unwrap_or(u64::from(u32::MAX));
                if ty == "opaque" || ty == "string" {
                    let text: Vec<u8> = (0..self.s.below(max.min(9) + 1)).map(|i| b'a' + i as u8).collect();
                    word(text.len() as u32, out);
                    out.extend(&text);
                    out.resize(out.len().next_multiple_of(4), 0);
                } else {
                    let count = self.s.below(max.min(3) + 1);
                    word(count as u32, out);
                    (0..count).for_each(|_| self.plain(ty, out));
                }
            }
            Some("fixed") => {
                let len = field["len"].as_u64().unwrap();
                match ty {
                    "opaque" => (0..len).for_each(|_| out.push(self.s.bits() as u8)),
                    // text: letters, then NULs
                    "char" => (0..len).for_each(|i| word(if i < 3 { 0x61 } else { 0 }, out)),
                    _ => (0..len).for_each(|_| self.plain(ty, out)),
                }
            }
            _ => self.plain(ty, out),
        }
    }

    fn plain(&mut self, ty: &str, out: &mut Vec<u8>) {
        match ty {
            "int" | "unsigned int" | "unsigned" => word(self.s.bits() as u32, out),
            "hyper" | "unsigned hyper" => out.extend(self.s.bits().to_be_bytes()),
            "double" => out.extend(1.25f64.to_be_bytes()),
            "char" | "unsigned char" | "short" | "unsigned short" => word(self.s.below(100) as u32, out),
            name => {
                let known = if self.types[name].is_null() { &self.shared[name] } else { &self.types[name] };
                let known = known.clone();
                match known["kind"].as_str() {
                    Some("typedef") => self.field(&known, out),
                    Some("struct") => self.fields(known["fields"].as_array().unwrap(), out),
                    Some("enum") => word(1, out),
                    Some("union") => {
                        let arms = known["arms"].as_array().unwrap();
                        let arm = &arms[self.s.below(arms.len() as u64) as usize];
                        word(arm["value"].as_u64().unwrap() as u32, out);
                        // a boolean is an int of which we keep whether it is 0
                        if arm["value"] == 6 { word(1, out) } else { self.field(arm, out) }
                    }
                    other => panic!("{name}: a type of kind {other:?}"),
                }
            }
        }
    }
}

fn word(value: u32, out: &mut Vec<u8>) {
    out.extend(value.to_be_bytes());
}

#[test]
fn every_procedure_has_the_layout_of_the_tables() {
    let Some(root) = facts() else { skip::skip!("needs the tables of facts (set FERROVIRT_FACTS)") };
    let read = |name: &str| -> Value {
        let text = std::fs::read_to_string(root.join("rpc").join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let remote = read("remote.json");
    let mut seen = 0;
    for name in ["remote", "qemu", "lxc", "admin", "keepalive", "lock", "logging"] {
        let facts = read(&format!("{name}.json"));
        let program = facts["program_number"].as_u64().unwrap() as u32;
        for procedure in facts["procedures"].as_array().unwrap() {
            let number = procedure["number"].as_i64().unwrap() as i32;
            let what = procedure["name"].as_str().unwrap();
            seen += 1;
            for seed in 0..32 {
                let s = Sampler::new(seed);
                let mut layout = Layout { types: &facts["types"], shared: &remote["types"], s };
                for (part, decode) in
                    [("args", probe::args as fn(u32, i32, &[u8]) -> _), ("ret", probe::rets)]
                {
                    let mut bytes = vec![];
                    layout.fields(procedure[part].as_array().unwrap(), &mut bytes);
                    let again =
                        decode(program, number, &bytes).unwrap_or_else(|| panic!("{what} is not declared"));
                    assert_eq!(again.as_ref(), Ok(&bytes), "{what}: {part}");
                }
            }
        }
    }
    assert_eq!(seen, probe::ALL.len(), "procedures declared that the tables do not have");
}
