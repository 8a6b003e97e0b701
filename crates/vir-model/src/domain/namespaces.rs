//! Elements of single hypervisors, under namespaces of their own: kept, checked by the hypervisor's
//! reader, and written with the namespace declared at the root.

use vir_xml::{Attr, Element, Node, Tree};

/// QEMU's: its command line, overrides of devices and capabilities.
pub const QEMU: &str = "http://libvirt.org/schemas/domain/qemu/1.0";
/// Containers': which namespaces are shared.
pub const LXC: &str = "http://libvirt.org/schemas/domain/lxc/1.0";
/// Xen's command line.
pub const XEN: &str = "http://libvirt.org/schemas/domain/xen/1.0";
/// bhyve's command line.
pub const BHYVE: &str = "http://libvirt.org/schemas/domain/bhyve/1.0";
/// VMware's data center path and object.
pub const VMWARE: &str = "http://libvirt.org/schemas/domain/vmware/1.0";

/// The elements of one namespace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreign {
    /// The prefix that they are printed with.
    pub prefix: String,
    /// The namespace.
    pub uri: String,
    /// The elements, in the order in which they are printed; names bear the prefix.
    pub elements: Vec<Tree>,
}

impl Foreign {
    /// The elements of a document that stand under `uri`, with their names under `prefix`.
    pub fn of(root: &Element, uri: &str, prefix: &str) -> Option<Self> {
        let within = |child: &&Element| namespace(&child.name, &[child, root]) == Some(uri);
        let elements: Vec<Tree> =
            root.children().filter(within).map(|child| renamed(child, &[root], uri, prefix)).collect();
        (!elements.is_empty()).then(|| Self { prefix: prefix.to_owned(), uri: uri.to_owned(), elements })
    }

    /// The elements inside all elements of the local name `outer`.
    pub fn inside<'a>(&'a self, outer: &'a str) -> impl Iterator<Item = &'a Tree> {
        let outer = self.elements.iter().filter(move |element| local(&element.name) == outer);
        outer.flat_map(Element::children)
    }

    /// The values of a command line's arguments, `None` for one that has none.
    pub fn arguments(&self) -> Vec<Option<String>> {
        let own = |element: &&Element| {
            element.name.split_once(':').is_some_and(|(prefix, name)| prefix == self.prefix && name == "arg")
        };
        let value = |element: &Element| element.attr("value").map(str::to_owned);
        self.inside("commandline").filter(own).map(value).collect()
    }

    /// A command line of such arguments; nothing if there are none.
    pub fn command_line(uri: &str, prefix: &str, arguments: &[String]) -> Option<Self> {
        let argument = |value: &String| {
            let attrs = vec![Attr { name: "value".into(), value: value.clone().into() }];
            Node::Element(Element { name: format!("{prefix}:arg").into(), attrs, ..Element::default() })
        };
        let nodes: Vec<Node> = arguments.iter().map(argument).collect();
        let element = Element { name: format!("{prefix}:commandline").into(), nodes, ..Element::default() };
        let it = || Self { prefix: prefix.to_owned(), uri: uri.to_owned(), elements: vec![element] };
        (!arguments.is_empty()).then(it)
    }

    /// The first element of that local name.
    pub fn child(&self, name: &str) -> Option<&Tree> {
        self.elements.iter().find(|element| local(&element.name) == name)
    }
}

/// A name without its prefix.
pub fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// The namespace of a name, as the innermost of `scopes` declares it; those come from the inside out.
fn namespace<'a>(name: &str, scopes: &[&'a Element]) -> Option<&'a str> {
    let declaration = match name.split_once(':') {
        Some((prefix, _)) => format!("xmlns:{prefix}"),
        None => "xmlns".to_owned(),
    };
    scopes.iter().find_map(|scope| scope.attr(&declaration))
}

/// An element with all names of the namespace `uri` under one prefix.
fn renamed(element: &Element, around: &[&Element], uri: &str, prefix: &str) -> Tree {
    let scopes: Vec<&Element> = std::iter::once(element).chain(around.iter().copied()).collect();
    let mut copy = element.to_tree();
    if namespace(&element.name, &scopes) == Some(uri) {
        copy.name = format!("{prefix}:{}", local(&element.name)).into();
    }
    copy.attrs.retain(|attr| !attr.name.starts_with("xmlns"));
    for node in &mut copy.nodes {
        if let vir_xml::Node::Element(child) = node {
            *child = renamed(child, &scopes, uri, prefix);
        }
    }
    copy
}
