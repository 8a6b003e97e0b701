//! Documents made up from the tables, for tests: grown from the least document of a kind, an attribute or element at a
//! time, of which those stay that the model reads. The same seed gives the same documents.

use vir_model::documents::Document;
use vir_xml::table::{Inside, Row, Table};
use vir_xml::{Attr, Element, Format, Node, Tree, Writer};

/// Random numbers from a seed: SplitMix64.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The numbers that follow from this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next one.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    /// True once in `n` times.
    fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        (!all.is_empty()).then(|| &all[self.below(all.len())])
    }
}

/// What a value may be: numbers, names, paths, addresses; of these the ones that fit are taken.
const VALUES: [&str; 40] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "16",
    "100",
    "512",
    "4096",
    "65536",
    "0x1",
    "0x1f",
    "0x0a00",
    "-1",
    "yes",
    "no",
    "on",
    "off",
    "default",
    "none",
    "a",
    "vda",
    "sda",
    "eth0",
    "net-1",
    "www.example.com",
    "/var/lib/a",
    "/dev/sda1",
    "some words",
    "a'b\"<&>c",
    "zażółć",
    "0-3,^2",
    "1.10",
    "3e3fce45-4f53-4fa7-bb32-11f34168b82b",
    "52:54:00:12:34:56",
    "192.0.2.1",
    "2001:db8::1",
    "KiB",
    "2010-11-28T14:29:01",
    "naa.5123456789abcde0",
];

/// The deepest that a made up element goes.
const DEPTH: usize = 4;
/// The most attempts to find something that the model reads, for each that is kept.
const ATTEMPTS: usize = 8;

/// A document that grows.
#[derive(Clone, Debug)]
pub struct Growing<'a> {
    document: &'a Document,
    tree: Tree,
    dice: Dice,
}

impl<'a> Growing<'a> {
    /// The least document of this kind, which grows as `seed` says.
    pub fn new(document: &'a Document, seed: u64) -> Self {
        let tree = vir_xml::parse(document.least, None).unwrap_or_default();
        Self { document, tree, dice: Dice::new(seed) }
    }

    /// Grows by something that the model reads, and gives the text; `None` if nothing was found in several attempts.
    pub fn grow(&mut self) -> Option<String> {
        let table = (self.document.table)()?;
        for _ in 0..ATTEMPTS {
            let mut tree = self.tree.clone();
            change(&mut tree, &[table], &mut self.dice);
            let text = print(&tree);
            if (self.document.round)(&text).is_ok() {
                self.tree = tree;
                return Some(text);
            }
        }
        None
    }

    /// The document as it is now.
    pub fn text(&self) -> String {
        print(&self.tree)
    }
}

fn print(tree: &Element) -> String {
    let mut w = Writer::new(Format::default());
    w.tree(tree);
    w.finish()
}

/// Changes something in the element or below.
fn change(element: &mut Tree, tables: &[&'static Table], dice: &mut Dice) {
    let rows: Vec<&'static Row> = tables.iter().flat_map(|table| table.flat()).collect();
    let inner: Vec<usize> = (0..element.nodes.len())
        .filter(|i| matches!(&element.nodes[*i], Node::Element(child) if !inside(&rows, child).is_empty()))
        .collect();
    if let Some(&place) = dice.one(&inner).filter(|_| !dice.clone().once_in(3))
        && let Node::Element(child) = &mut element.nodes[place]
    {
        dice.roll();
        let tables = inside(&rows, child);
        return change(child, &tables, dice);
    }
    dice.roll();
    // now and then something goes
    if !element.attrs.is_empty() && dice.once_in(12) {
        let place = dice.below(element.attrs.len());
        element.attrs.remove(place);
        return;
    }
    if let Some(row) = dice.one(&rows) {
        add(element, row, 0, dice);
    }
}

/// The tables that a child is read by.
fn inside(rows: &[&'static Row], child: &Element) -> Vec<&'static Table> {
    let named = rows.iter().filter(|row| row.is_child() && row.name == child.name);
    named.filter_map(|row| row.table()).collect()
}

/// Gives the element what the row says.
fn add(element: &mut Tree, row: &'static Row, depth: usize, dice: &mut Dice) {
    if row.is_attr() {
        let value = value(row, dice);
        match element.attrs.iter_mut().find(|attr| attr.name == row.name) {
            Some(attr) => attr.value = value.into(),
            None => element.attrs.push(Attr { name: row.name.into(), value: value.into() }),
        }
    } else if row.kind == "text" {
        if !element.nodes.iter().any(|node| matches!(node, Node::Element(_))) {
            element.nodes = vec![Node::Text(value(row, dice).into())];
        }
    } else if row.is_child() && !row.name.contains(':') {
        let child = make(row, depth, dice);
        let there = element.nodes.iter_mut().find_map(|node| match node {
            Node::Element(other) if other.name == child.name => Some(other),
            _ => None,
        });
        match there.filter(|_| !row.repeats()) {
            Some(other) => *other = child,
            None => element.nodes.push(Node::Element(child)),
        }
    }
}

/// A child as the row says.
fn make(row: &'static Row, depth: usize, dice: &mut Dice) -> Tree {
    let mut child = Element { name: row.name.into(), ..Element::default() };
    match row.inside {
        Inside::Value(..) => child.nodes.push(Node::Text(value(row, dice).into())),
        Inside::Nothing => {}
        Inside::Table(_) | Inside::Known(_) => {
            let Some(table) = row.table() else { return child };
            // sometimes everything, mostly a little
            let density = *dice.one(&[1, 2, 2, 3, 5]).unwrap_or(&2);
            for row in table.flat() {
                let deep = row.is_child() && depth >= DEPTH;
                if !deep && (row.required || dice.once_in(density + depth)) {
                    add(&mut child, row, depth + 1, dice);
                }
            }
        }
    }
    child
}

fn value(row: &Row, dice: &mut Dice) -> String {
    let words = row.words();
    if let Some(word) = dice.one(words) {
        return (*word).to_owned();
    }
    let fitting: Vec<&&str> = VALUES.iter().filter(|value| row.fits(value)).collect();
    dice.one(&fitting).map(|value| (**value).to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::documents::DOCUMENTS;

    #[test]
    fn the_same_seed_gives_the_same_documents() {
        let document = vir_model::documents::named("network").unwrap();
        let grown = |seed| {
            let mut it = Growing::new(document, seed);
            (0..20).filter_map(|_| it.grow()).collect::<Vec<_>>()
        };
        assert_eq!(grown(1), grown(1));
        assert_ne!(grown(1), grown(2));
    }

    #[test]
    fn every_kind_grows() {
        for document in DOCUMENTS {
            let mut it = Growing::new(document, 7);
            let grown = (0..60).filter_map(|_| it.grow()).count();
            assert!(grown > 10, "{}: {grown}", document.name);
            assert!(it.text().len() > document.least.len(), "{}", document.name);
        }
    }
}
