//! `<graphics>`: displays that people look at from elsewhere.

mod read;
mod write;

pub use super::audio::AudioRef;
use vir_base::Result;
use vir_xml::{Content, Element, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// How a display is shown.
    pub enum GraphicsType {
        Sdl = "sdl", Vnc = "vnc", Rdp = "rdp", Desktop = "desktop", Spice = "spice", EglHeadless = "egl-headless",
        Dbus = "dbus",
    }
    /// Where a display listens.
    pub enum ListenType { None = "none", Address = "address", Network = "network", Socket = "socket", }
    /// Who may share a VNC display.
    pub enum SharePolicy {
        AllowExclusive = "allow-exclusive", ForceShared = "force-shared", Ignore = "ignore",
    }
    unsaid ["default"]
    /// What becomes of connected viewers when the password changes.
    pub enum Connected { Fail = "fail", Disconnect = "disconnect", Keep = "keep", }
    /// A kind of traffic, in the order in which they are printed.
    pub enum SpiceChannelName {
        Main = "main", Display = "display", Inputs = "inputs", Cursor = "cursor", Playback = "playback",
        Record = "record", Smartcard = "smartcard", Usbredir = "usbredir",
    }
    /// Whether traffic is encrypted.
    pub enum SpiceMode { Any = "any", Secure = "secure", Insecure = "insecure", }
    /// How pictures are made smaller.
    pub enum ImageCompression {
        AutoGlz = "auto_glz", AutoLz = "auto_lz", Quic = "quic", Glz = "glz", Lz = "lz", Off = "off",
    }
    /// When something is made smaller on slow lines.
    pub enum WanCompression { Auto = "auto", Never = "never", Always = "always", }
    /// How moving pictures are found.
    pub enum StreamingMode { Filter = "filter", All = "all", Off = "off", }
    /// Who draws the pointer.
    pub enum MouseMode { Server = "server", Client = "client", }
}

element! {
    /// Where a display listens.
    pub struct Listen "listen" {
        /// What it listens on.
        attr kind "type": Option<ListenType>,
        /// Address, of `address`; of `network` the one that was found.
        attr address "address": Option<String>,
        /// Name of the network whose address it is, of `network`.
        attr network "network": Option<String>,
        /// Path of the socket, of `socket`.
        attr socket "socket": Option<String>,
        /// Chosen by the hypervisor's configuration; only a running guest's state file says so.
        attr from_config "fromConfig": Option<u32>,
    }

    /// What SPICE does with one kind of traffic.
    pub struct SpiceChannel "channel" {
        /// The kind of traffic.
        attr name "name": Option<SpiceChannelName>,
        /// Whether it is encrypted.
        attr mode "mode": Option<SpiceMode>,
    }
    /// How pictures are made smaller.
    pub struct SpiceImage "image" {
        /// How.
        attr compression "compression": Option<ImageCompression>,
    }
    /// When something is made smaller on slow lines.
    pub struct SpiceWan "" {
        /// When.
        attr compression "compression": Option<WanCompression>,
    }
    /// Whether sound is made smaller.
    pub struct SpicePlayback "playback" {
        /// Whether.
        attr compression "compression": Option<vir_xml::OnOff>,
    }
    /// How moving pictures are found.
    pub struct SpiceStreaming "streaming" {
        /// How.
        attr mode "mode": Option<StreamingMode>,
    }
    /// Who draws the pointer.
    pub struct SpiceMouse "mouse" {
        /// Who.
        attr mode "mode": Option<MouseMode>,
    }
    /// Whether text can be taken over.
    pub struct SpiceClipboard "clipboard" {
        /// Whether; `yes` if nothing is said.
        attr copypaste "copypaste": Option<YesNo>,
    }
    /// Whether files can be sent.
    pub struct SpiceFiles "filetransfer" {
        /// Whether; `yes` if nothing is said.
        attr enable "enable": Option<YesNo>,
    }
    /// Whether the host's graphics card draws.
    pub struct Gl "gl" {
        /// Whether.
        attr enable "enable": Option<YesNo>,
        /// Device of the card: `/dev/dri/renderD128`.
        attr rendernode "rendernode": Option<String>,
    }
}

/// A display.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub struct Graphics {
    pub kind: Option<GraphicsType>,
    /// TCP port; none for one that is chosen at start.
    pub port: Option<i32>,
    pub tls_port: Option<i32>,
    /// The ports are chosen at start.
    pub autoport: bool,
    pub websocket: Option<i32>,
    pub keymap: Option<String>,
    pub share_policy: Option<SharePolicy>,
    pub power_control: Option<YesNo>,
    pub default_mode: Option<SpiceMode>,
    pub username: Option<String>,
    pub passwd: Option<String>,
    /// UTC, as `2010-11-28T14:29:01`.
    pub passwd_valid_to: Option<String>,
    pub connected: Option<Connected>,
    /// Never empty for VNC and SPICE.
    pub listens: Vec<Listen>,
    pub channels: Vec<SpiceChannel>,
    pub image: Option<SpiceImage>,
    pub jpeg: Option<SpiceWan>,
    pub zlib: Option<SpiceWan>,
    pub playback: Option<SpicePlayback>,
    pub streaming: Option<SpiceStreaming>,
    pub mouse: Option<SpiceMouse>,
    pub clipboard: Option<SpiceClipboard>,
    pub filetransfer: Option<SpiceFiles>,
    pub gl: Option<Gl>,
    pub audio: Option<AudioRef>,
    /// The host's display, of SDL and `desktop`.
    pub display: Option<String>,
    /// File that lets us use it.
    pub xauth: Option<String>,
    /// Whether it fills the screen.
    pub fullscreen: bool,
    /// A later viewer puts an earlier one out, of RDP.
    pub replace_user: bool,
    /// Several viewers look at once.
    pub multi_user: bool,
    /// Viewers connect without a bus, of D-Bus.
    pub p2p: bool,
    /// Address of the bus.
    pub address: Option<String>,
}

impl Listen {
    /// The hypervisor's configuration chose it, not the document.
    pub fn is_from_config(&self) -> bool {
        self.from_config.is_some_and(|n| n != 0)
    }
}

impl Graphics {
    /// The kind.
    pub fn kind(&self) -> GraphicsType {
        self.kind.unwrap_or(GraphicsType::Vnc)
    }

    /// Whether viewers connect to it over the network or a socket.
    pub fn listens_somewhere(&self) -> bool {
        matches!(self.kind(), GraphicsType::Vnc | GraphicsType::Spice | GraphicsType::Rdp)
    }

    /// The first place where it listens.
    pub fn listen(&self) -> Option<&Listen> {
        self.listens.first()
    }

    /// The socket that a VNC server listens on, if it does on one.
    pub fn socket(&self) -> Option<&str> {
        self.listens.first().filter(|l| l.kind == Some(ListenType::Socket)).and_then(|l| l.socket.as_deref())
    }

    /// Takes what only a running guest's document can say: ports that were chosen for it.
    pub fn forget_live(&mut self) {
        if self.autoport {
            self.port = None;
            self.tls_port = None;
        }
        for listen in &mut self.listens {
            listen.from_config = None;
            if listen.kind == Some(ListenType::Network) {
                listen.address = None;
            }
        }
    }
}

impl Content for Graphics {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::Graphics::table()
    }
    fn read(element: &Element) -> Result<Self> {
        Self::read_element(element)
    }

    fn write(&self, w: &mut Writer) {
        self.write_element(w);
    }
}
