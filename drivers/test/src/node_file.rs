//! `test:///FILE`: a machine and its objects, described in a `<node>` document.
//!
//! ```xml
//! <node>
//!   <cpu><mhz>6000</mhz><model>i986</model><active>50</active><nodes>4</nodes>
//!     <sockets>4</sockets><cores>4</cores><threads>2</threads></cpu>
//!   <memory>8192000</memory>
//!   <domain file="fc4.xml"/>
//!   <network>…</network> <interface>…</interface> <pool>…</pool> <device>…</device>
//! </node>
//! ```
//!
//! An object is written out, or stands in a file of its own, named relative to this one.

use crate::definition::Definition;
use crate::driver::{Driver, State};
use crate::factory::add;
use crate::host::Host;
use crate::interface::{Interface, Interfaces};
use crate::network::Network;
use crate::node_device::Device;
use crate::pool::Pool;
use std::path::Path;
use vir_api::OpenRequest;
use vir_api::auth::Login;
use vir_base::auth_file::AuthFile;
use vir_base::uri::Uri;
use vir_base::{Error, ErrorDomain, Result, bail, err};
use vir_model as model;
use vir_model::nodedev::{NodeDevice, Origin};
use vir_model::storage::Capacity;
use vir_xml::{Element, Tree};

/// Longest file that is read.
const MAX_FILE: u64 = 64 << 20;

/// Who may open the connection is asked who they are, if the description says so.
fn authenticate(node: &Element, request: &OpenRequest<'_>) -> Result<()> {
    let mut users = vec![];
    for auth in node.children().filter(|child| child.name == "auth") {
        for user in auth.children().filter(|child| child.name == "user") {
            let name = user.text();
            if name.is_empty() {
                bail!(Test, XmlError, "missing username in /node/auth/user field");
            }
            users.push((name, user.attr("password").map(str::to_owned)));
        }
    }
    if users.is_empty() {
        return Ok(());
    }
    let uri = Uri::parse(&request.uri)?;
    let file = AuthFile::of(Some(&uri))?;
    let login = Login { file, credentials: request.credentials, service: "test", host: "localhost" };
    let name = login.username(None)?;
    let found = users.iter().find(|(user, _)| *user == name);
    // who is not known is asked for a password as well
    let given = match found {
        Some((_, None)) => None,
        _ => Some(login.password(&name)?),
    };
    if found.is_none_or(|(_, password)| *password != given) {
        bail!(Test, AuthFailed, "authentication failed, see test XML for the correct username/password");
    }
    Ok(())
}

/// Reads a description and everything that it names.
///
/// # Errors
/// Files that cannot be read, and what is wrong in them.
pub(crate) fn open(path: &str, request: &OpenRequest<'_>) -> Result<Driver> {
    let node = read(Path::new(path), "node")?;
    let mut host = Host::without_cells();
    read_host(&node, &mut host)?;
    let mut state = State::default();
    for domain in objects(&node, "domain", path) {
        let (definition, mut initial) = Definition::from_tree(&domain?)?;
        for snapshot in &mut initial.snapshots {
            *snapshot = object(snapshot, "domainsnapshot", path)?;
        }
        add(&mut state, definition, &initial)?;
    }
    for network in objects(&node, "network", path) {
        state.networks.push(read_network(&network?)?);
    }
    let mut interfaces = vec![];
    for interface in objects(&node, "interface", path) {
        interfaces.push(read_interface(&interface?)?);
    }
    state.interfaces = Interfaces::from(interfaces);
    for pool in objects(&node, "pool", path) {
        let pool = read_pool(&pool?, path)?;
        pool.check_against(&state.pools)?;
        state.pools.push(pool);
    }
    for device in objects(&node, "device", path) {
        state.devices.push(read_device(&device?)?);
    }
    state.devices.sort_by(|a, b| a.name().cmp(b.name()));
    authenticate(&node, request)?;
    Ok(Driver::new(host, state))
}

fn read(path: &Path, root: &str) -> Result<Tree> {
    let name = path.display().to_string();
    let failed = |error: &std::io::Error, what: &str| {
        Error::io(ErrorDomain::None, error, format!("Failed to {what} file '{name}'"))
    };
    let file = std::fs::File::open(path).map_err(|e| failed(&e, "open"))?;
    let mut text = vec![];
    std::io::Read::read_to_end(&mut std::io::Read::take(file, MAX_FILE), &mut text)
        .map_err(|e| failed(&e, "read"))?;
    let tree = vir_xml::parse(&String::from_utf8_lossy(&text), Some(&name))?.to_tree();
    match tree.name == root {
        true => Ok(tree),
        false => bail!(Test, XmlError, "expecting root element of '{root}', not '{}'", tree.name),
    }
}

/// The objects of a kind, each from here or from its own file.
fn objects<'a>(node: &'a Element, kind: &'a str, path: &'a str) -> impl Iterator<Item = Result<Tree>> + 'a {
    node.children().filter(move |child| child.name == kind).map(move |child| object(child, kind, path))
}

/// What an element of the file `path` is, or names.
fn object(element: &Element, kind: &str, path: &str) -> Result<Tree> {
    match element.attr("file") {
        None => Ok(Element { name: kind.to_owned().into(), ..element.to_tree() }),
        // joined to an absolute name, that one stands alone
        Some(file) => read(&Path::new(path).parent().unwrap_or(Path::new("")).join(file), kind),
    }
}

fn read_host(node: &Element, host: &mut Host) -> Result<()> {
    if let Some(cpu) = node.child("cpu") {
        let info = &mut host.info;
        for (name, field) in [
            ("nodes", &mut info.nodes),
            ("sockets", &mut info.sockets),
            ("cores", &mut info.cores),
            ("threads", &mut info.threads),
            ("mhz", &mut info.mhz),
        ] {
            *field = number(cpu, name)?.unwrap_or(*field);
        }
        info.cpus = i32::try_from(i64::from(info.cores) * i64::from(info.threads))
            .ok()
            .and_then(|n| n.checked_mul(info.sockets))
            .and_then(|n| n.checked_mul(info.nodes))
            .unwrap_or(i32::MAX);
        if let Some(active) = number(cpu, "active")? {
            info.cpus = info.cpus.min(active);
        }
        if let Some(model) = cpu.child("model").map(Element::text).filter(|model| !model.is_empty()) {
            if model.len() > 31 {
                bail!(Test, InternalError, "Model {model} too big for destination");
            }
            info.model = model.into_owned();
        }
    }
    if let Some(memory) = node.child("memory").map(Element::text).filter(|text| !text.is_empty()) {
        host.info.memory =
            memory.trim().parse().map_err(|_| err!(Test, XmlError, "invalid node memory value"))?;
    }
    Ok(())
}

fn number(cpu: &Element, name: &str) -> Result<Option<i32>> {
    match cpu.child(name).map(Element::text).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => match text.trim().parse::<u32>().ok().and_then(|n| i32::try_from(n).ok()) {
            Some(number) => Ok(Some(number)),
            None => bail!(Test, XmlError, "invalid node cpu {name} value"),
        },
    }
}

fn read_network(element: &Element) -> Result<Network> {
    Ok(Network::new(model::network::Network::of(element, false)?, true, true))
}

fn read_interface(element: &Element) -> Result<Interface> {
    Ok(Interface { def: model::interface::Interface::of(element)?, active: true })
}

fn read_pool(element: &Element, path: &str) -> Result<Pool> {
    let mut pool = Pool::new(model::storage::Pool::of(element)?, true, true);
    for volume in objects(element, "volume", path) {
        pool.add(model::storage::Volume::of(&volume?, pool.def.kind, Capacity::Needed)?)?;
    }
    Ok(pool)
}

fn read_device(element: &Element) -> Result<Device> {
    Ok(Device::new(NodeDevice::of(element, Origin::Existing)?))
}
