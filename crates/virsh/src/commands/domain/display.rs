//! Graphical displays and screenshots.

use crate::grammar::{ANY, Command, Completer, domain, domains, flag, number, text};

/// `domdisplay`: domain display connection URI.
pub(crate) const DOMDISPLAY: Command = Command::new("domdisplay", "domain display connection URI")
    .describe("Output the IP address and port number for the graphical display.")
    .options(&[
        domain(domains::ACTIVE),
        flag("include-password", "includes the password into the connection URI if available"),
        text("type", "select particular graphical display (e.g. \"vnc\", \"spice\", \"rdp\", \"dbus\")")
            .positional(),
        flag("all", "show all possible graphical displays"),
    ]);

/// `domdisplay-reload`: Reload domain's graphics display certificates.
pub(crate) const DOMDISPLAY_RELOAD: Command =
    Command::new("domdisplay-reload", "Reload domain's graphics display certificates")
        .describe("Reload domain's graphics display certificates")
        .options(&[domain(ANY), number("type", "graphics display type")]);

/// `vncdisplay`: vnc display.
pub(crate) const VNCDISPLAY: Command = Command::new("vncdisplay", "vnc display")
    .describe("Output the IP address and port number for the VNC display.")
    .options(&[domain(domains::ACTIVE)]);

/// `screenshot`: take a screenshot of a current domain console and store it into a file.
pub(crate) const SCREENSHOT: Command =
    Command::new("screenshot", "take a screenshot of a current domain console and store it into a file")
        .describe("screenshot of a current domain console")
        .options(&[
            domain(domains::ACTIVE),
            text("file", "where to store the screenshot").tolerated().completes(Completer::Path),
            number("screen", "ID of a screen to take screenshot of").tolerated(),
        ]);
