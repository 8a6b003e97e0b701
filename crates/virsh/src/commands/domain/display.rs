//! Graphical displays and screenshots.

use crate::args::Args;
use crate::clock;
use crate::document::Node;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{ANY, Command, Completer, domain, domains, flag, number, text};
use crate::number;
use crate::shell::Shell;
use crate::streams;
use std::fs::File;
use std::net::IpAddr;
use vir_api::constants::*;

/// `domdisplay`: domain display connection URI.
pub(crate) const DOMDISPLAY: Command = Command::new("domdisplay", "domain display connection URI")
    .describe("Output the IP address and port number for the graphical display.")
    .options(&[
        domain(domains::ACTIVE),
        flag("include-password", "includes the password into the connection URI if available"),
        text("type", "select particular graphical display (e.g. \"vnc\", \"spice\", \"rdp\", \"dbus\")")
            .positional(),
        flag("all", "show all possible graphical displays"),
    ])
    .run(display);

/// `domdisplay-reload`: Reload domain's graphics display certificates.
pub(crate) const DOMDISPLAY_RELOAD: Command =
    Command::new("domdisplay-reload", "Reload domain's graphics display certificates")
        .describe("Reload domain's graphics display certificates")
        .options(&[domain(ANY), number("type", "graphics display type")]);

/// `vncdisplay`: vnc display.
pub(crate) const VNCDISPLAY: Command = Command::new("vncdisplay", "vnc display")
    .describe("Output the IP address and port number for the VNC display.")
    .options(&[domain(domains::ACTIVE)])
    .run(vnc);

/// `screenshot`: take a screenshot of a current domain console and store it into a file.
pub(crate) const SCREENSHOT: Command =
    Command::new("screenshot", "take a screenshot of a current domain console and store it into a file")
        .describe("screenshot of a current domain console")
        .options(&[
            domain(domains::ACTIVE),
            text("file", "where to store the screenshot").tolerated().completes(Completer::Path),
            number("screen", "ID of a screen to take screenshot of").tolerated(),
        ])
        .run(screenshot);

fn display(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("all", "type")?;
    let dom = Domain::find(shell, args)?;
    if !dom.is_active() {
        fail!("Domain is not running");
    }
    let flags = if args.has("include-password") { VIR_DOMAIN_XML_SECURE } else { 0 };
    let wanted = args.text("type")?;
    let document = dom.document(flags)?;
    let all = args.has("all");
    let mut found = false;
    for scheme in ["vnc", "spice", "rdp", "dbus"] {
        if wanted.is_some_and(|wanted| wanted != scheme) {
            continue;
        }
        let graphics = document.all("devices/graphics");
        let of_kind: Vec<&Node> =
            graphics.into_iter().filter(|node| node.attribute("type") == Some(scheme)).collect();
        let address = match scheme {
            "dbus" => dbus_address(shell, &of_kind),
            _ => address(scheme, &of_kind, &dom.link.parts.uri),
        };
        let Some(address) = address else { continue };
        found = true;
        shell.out.print(address);
        if !all {
            break;
        }
        shell.out.print("\n");
    }
    match (found, wanted) {
        (true, _) => Ok(()),
        (false, Some(kind)) => fail!("No graphical display with type '{kind}' found"),
        (false, None) => fail!("No graphical display found"),
    }
}

/// The first non-empty attribute among nodes of one kind.
fn first<'a>(nodes: &[&'a Node], name: &str) -> Option<&'a str> {
    nodes.iter().find_map(|node| node.attribute(name))
}

fn first_at<'a>(nodes: &[&'a Node], path: &str, name: &str) -> Option<&'a str> {
    nodes.iter().find_map(|node| node.attribute_at(path, name))
}

/// The URI by which a client reaches a display.
fn address(scheme: &str, nodes: &[&Node], uri: &str) -> Option<String> {
    let port = |name| first(nodes, name).and_then(number::signed::<i32>).unwrap_or(0);
    let (plain, tls) = (port("port"), port("tlsPort"));
    let socket = match first_at(nodes, "listen", "type") {
        Some("socket") => first_at(nodes, "listen", "socket"),
        _ => None,
    };
    if plain == 0 && tls == 0 && socket.is_none() {
        return None;
    }
    let listen = match first(nodes, "listen") {
        // an address that means all of the host's is no place to connect to
        Some(listen) if listen.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified()) => server_of(uri),
        Some(listen) => Some(listen.to_owned()),
        None => first_at(nodes, "listen", "address").map(str::to_owned),
    };
    let password = first(nodes, "passwd");
    let mut out = match socket {
        Some(_) => format!("{scheme}+unix://"),
        None => format!("{scheme}://"),
    };
    if let (Some(password), "vnc") = (password, scheme) {
        out.push_str(&format!(":{password}@"));
    }
    out.push_str(&match (socket, listen) {
        (Some(path), _) => path.to_owned(),
        (None, None) => "localhost".to_owned(),
        (None, Some(host)) if host.contains(':') => format!("[{host}]"),
        (None, Some(host)) => host,
    });
    if plain != 0 {
        // clients of VNC count their ports from 5900
        out.push_str(&format!(":{}", if scheme == "vnc" { plain - 5900 } else { plain }));
    }
    let mut options = Vec::new();
    if tls != 0 {
        options.push(format!("tls-port={tls}"));
    }
    if let (Some(password), "spice") = (password, scheme) {
        options.push(format!("password={password}"));
    }
    if !options.is_empty() {
        out.push_str(&format!("?{}", options.join("&")));
    }
    Some(out)
}

/// The host in a connection URI.
fn server_of(uri: &str) -> Option<String> {
    let rest = uri.split_once("://")?.1;
    let authority = rest.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = match host.strip_prefix('[') {
        Some(host) => host.split(']').next()?,
        None => host.split(':').next()?,
    };
    (!host.is_empty()).then(|| host.to_owned())
}

fn dbus_address(shell: &mut Shell, nodes: &[&Node]) -> Option<String> {
    let address = first(nodes, "address")?;
    match address.strip_prefix("unix:path=") {
        Some(path) => Some(format!("dbus+unix://{path}")),
        None => {
            shell.out.error(&format!("'{address}' D-Bus address is not handled"));
            None
        }
    }
}

fn vnc(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    if !dom.is_active() {
        fail!("Domain is not running");
    }
    let document = dom.document(0)?;
    let graphics = document.all("devices/graphics");
    let nodes: Vec<&Node> =
        graphics.into_iter().filter(|node| node.attribute("type") == Some("vnc")).collect();
    let Some(port) = first(&nodes, "port").and_then(number::signed::<i32>) else {
        fail!("Failed to get VNC port. Is this domain using VNC?");
    };
    let listen = first(&nodes, "listen").or_else(|| first_at(&nodes, "listen", "address"));
    let host = listen.filter(|host| *host != "0.0.0.0").unwrap_or_default();
    shell.out.print(format!("{host}:{}\n", port - 5900));
    Ok(())
}

fn screenshot(shell: &mut Shell, args: &Args) -> Outcome {
    let file = args.text("file")?;
    let screen = args.uint("screen")?.unwrap_or(0);
    let dom = Domain::find(shell, args)?;
    let name = &dom.asked;
    let (mime, stream) = call!(dom.domain_screenshot(screen, 0))
        .context(|| format!("could not take a screenshot of {name}"))?;
    let mime = mime.unwrap_or_default();
    let path = file.map_or_else(
        || {
            let ending = match mime.as_str() {
                "image/x-portable-pixmap" => ".ppm",
                "image/png" => ".png",
                _ => "",
            };
            format!("{}-{}{ending}", dom.name, clock::local_now("%Y-%m-%d-%H:%M:%S"))
        },
        str::to_owned,
    );
    // a file that was there keeps its place when this fails, one of ours goes
    let (opened, ours) = match File::create_new(&path) {
        Ok(file) => (Ok(file), true),
        Err(_) => (File::options().write(true).truncate(true).open(&path), false),
    };
    let Ok(mut opened) = opened else { fail!("cannot create file {path}") };
    if let Err(error) = streams::receive(stream, &mut opened) {
        if ours {
            let _ = std::fs::remove_file(&path);
        }
        return Err(error).context(|| format!("could not receive data from domain '{name}'"));
    }
    shell.out.extra(format!("Screenshot saved to {path}, with type of {mime}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    fn shown(scheme: &str, xml: &str) -> Option<String> {
        address(scheme, &[&document::parse(xml).unwrap()], "qemu+ssh://me@host.example:22/system")
    }

    #[test]
    fn displays_have_addresses() {
        let vnc = "<graphics type='vnc' port='5901' listen='127.0.0.1' passwd='x'/>";
        assert_eq!(shown("vnc", vnc).as_deref(), Some("vnc://:x@127.0.0.1:1"));
        let spice = "<graphics port='5900' tlsPort='5902' listen='0.0.0.0'/>";
        assert_eq!(shown("spice", spice).as_deref(), Some("spice://host.example:5900?tls-port=5902"));
        let socket = "<graphics><listen type='socket' socket='/run/s'/></graphics>";
        assert_eq!(shown("vnc", socket).as_deref(), Some("vnc+unix:///run/s"));
        let six = "<graphics port='5900'><listen address='fe80::1'/></graphics>";
        assert_eq!(shown("vnc", six).as_deref(), Some("vnc://[fe80::1]:0"));
        assert_eq!(shown("vnc", "<graphics port='-1x'/>"), None);
    }
}
