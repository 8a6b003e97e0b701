//! Printing `<graphics>`: attributes by kind, and places to listen as older programs know them.

use super::{Connected, Graphics, GraphicsType, Listen, ListenType, SharePolicy, SpiceMode};
use vir_xml::{Content, Writer, YesNo};

impl Graphics {
    pub(super) fn write_element(&self, w: &mut Writer) {
        w.attr("type", self.kind().as_str());
        match self.kind() {
            GraphicsType::Vnc | GraphicsType::Spice => self.write_ports(w),
            GraphicsType::Rdp => self.write_rdp(w),
            _ => {}
        }
        w.attr_opt("display", self.display.as_deref());
        w.attr_opt("xauth", self.xauth.as_deref());
        if self.fullscreen {
            w.attr("fullscreen", "yes");
        }
        if self.p2p {
            w.attr("p2p", "yes");
        }
        w.attr_opt("address", self.address.as_deref());
        w.attr_opt("keymap", self.keymap.as_deref());
        w.attr_opt("sharePolicy", self.share_policy.map(SharePolicy::as_str));
        w.attr_opt("powerControl", self.power_control.map(YesNo::as_str));
        w.attr_opt("defaultMode", self.default_mode.map(SpiceMode::as_str));
        w.attr_opt("username", self.username.as_deref());
        if w.format().secure {
            w.attr_opt("passwd", self.passwd.as_deref());
        }
        w.attr_opt("passwdValidTo", self.passwd_valid_to.as_deref());
        w.attr_opt("connected", self.connected.map(Connected::as_str));
        self.write_listens(w);
        for channel in &self.channels {
            part(w, "channel", Some(channel));
        }
        part(w, "image", self.image.as_ref());
        part(w, "jpeg", self.jpeg.as_ref());
        part(w, "zlib", self.zlib.as_ref());
        part(w, "playback", self.playback.as_ref());
        part(w, "streaming", self.streaming.as_ref());
        part(w, "mouse", self.mouse.as_ref());
        part(w, "clipboard", self.clipboard.as_ref());
        part(w, "filetransfer", self.filetransfer.as_ref());
        if let Some(gl) = &self.gl {
            w.maybe("gl", |w| gl.write(w));
        }
        part(w, "audio", self.audio.as_ref());
    }

    fn write_ports(&self, w: &mut Writer) {
        let inactive = w.format().inactive;
        let Some(listen) = self.listens.first() else { return };
        let vnc = self.kind() == GraphicsType::Vnc;
        match listen.kind {
            Some(ListenType::Socket) if vnc => w.attr_opt("socket", listen.socket.as_deref()),
            Some(ListenType::Address | ListenType::Network) => {
                let shown = |port: Option<i32>| if vnc && self.autoport && inactive { None } else { port };
                match shown(self.port) {
                    Some(port) => w.attr("port", &port.to_string()),
                    None if vnc && self.autoport => w.attr("port", "-1"),
                    None => {}
                }
                w.attr_opt("tlsPort", self.tls_port.map(|port| port.to_string()).as_deref());
                w.attr("autoport", YesNo::from(self.autoport).as_str());
                w.attr_opt("websocket", self.websocket.map(|port| port.to_string()).as_deref());
                if vnc && w.format().status {
                    w.attr("websocketGenerated", YesNo::from(self.websocket_generated).as_str());
                }
                let moving = w.format().migratable;
                let known = match listen.kind {
                    Some(ListenType::Address) => !(moving && listen.is_from_config()),
                    _ => !(inactive || moving),
                };
                if known {
                    w.attr_opt("listen", listen.address.as_deref());
                }
            }
            Some(ListenType::None) if !vnc && w.format().migratable => w.attr("autoport", "no"),
            _ => {}
        }
    }

    fn write_rdp(&self, w: &mut Writer) {
        match self.port {
            Some(port) => w.attr("port", &port.to_string()),
            None if self.autoport => w.attr("port", "0"),
            None => {}
        }
        if self.autoport {
            w.attr("autoport", "yes");
        }
        if self.replace_user {
            w.attr("replaceUser", "yes");
        }
        if self.multi_user {
            w.attr("multiUser", "yes");
        }
        let Some(listen) = self.listens.first() else { return };
        let hidden = w.format().inactive || w.format().migratable;
        if listen.kind != Some(ListenType::Network) || !hidden {
            w.attr_opt("listen", listen.address.as_deref());
        }
    }

    fn write_listens(&self, w: &mut Writer) {
        let format = w.format();
        let vnc = self.kind() == GraphicsType::Vnc;
        for listen in &self.listens {
            // older programs know these two by attributes alone
            let old = match listen.kind {
                Some(ListenType::Socket) => vnc && listen.socket.is_some(),
                Some(ListenType::None) => !vnc,
                _ => false,
            };
            if format.migratable && (old || listen.is_from_config()) {
                continue;
            }
            let mut listen = listen.clone();
            listen.from_config = Some(u32::from(listen.is_from_config()));
            listen.auto_generated.get_or_insert(YesNo::No);
            if format.inactive && listen.kind == Some(ListenType::Network) {
                listen.address = None;
            }
            w.start(Listen::NAME);
            listen.write(w);
            w.end();
        }
    }
}

fn part<T: Content>(w: &mut Writer, name: &'static str, content: Option<&T>) {
    if let Some(content) = content {
        w.start(name);
        content.write(w);
        w.end();
    }
}
