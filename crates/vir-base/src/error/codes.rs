//! Error numbers and error domains: the numbers clients compare and the texts they show.
//!
//! Source of the facts: the public header `virterror.h` and the messages that libvirt 11.3.0 prints.

macro_rules! codes {
    ($($name:ident = $num:literal, $c:literal, $short:literal, $long:literal;)*) => {
        /// What went wrong (`virErrorNumber`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(i32)]
        #[allow(missing_docs)] // each name is its own documentation
        pub enum ErrorCode { $($name = $num,)* }

        impl ErrorCode {
            /// Every code there is, in the order of the numbers.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name,)*];

            /// The code with this number, if there is one.
            pub fn from_raw(raw: i32) -> Option<Self> {
                match raw { $($num => Some(Self::$name),)* _ => None }
            }

            /// The name in the C headers.
            pub fn c_name(self) -> &'static str {
                match self { $(Self::$name => $c,)* }
            }

            /// The message without a detail, and the message with `%s` where the detail goes.
            pub fn templates(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($short, $long),)* }
            }
        }
    };
}

macro_rules! domains {
    ($($name:ident = $num:literal, $c:literal, $title:literal;)*) => {
        /// Which part of the system raised the error (`virErrorDomain`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(i32)]
        #[allow(missing_docs)] // each name is its own documentation
        pub enum ErrorDomain { $($name = $num,)* }

        impl ErrorDomain {
            /// The domain with this number, if there is one.
            pub fn from_raw(raw: i32) -> Option<Self> {
                match raw { $($num => Some(Self::$name),)* _ => None }
            }

            /// The name in the C headers.
            pub fn c_name(self) -> &'static str {
                match self { $(Self::$name => $c,)* }
            }

            /// The words shown to people, empty for [`ErrorDomain::None`].
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    InternalError = 1, "VIR_ERR_INTERNAL_ERROR", "internal error", "internal error: %s";
    NoMemory = 2, "VIR_ERR_NO_MEMORY", "out of memory", "out of memory: %s";
    NoSupport = 3, "VIR_ERR_NO_SUPPORT", "this function is not supported by the connection driver", "this function is not supported by the connection driver: %s";
    UnknownHost = 4, "VIR_ERR_UNKNOWN_HOST", "unknown host", "unknown host %s";
    NoConnect = 5, "VIR_ERR_NO_CONNECT", "no connection driver available", "no connection driver available for %s";
    InvalidConn = 6, "VIR_ERR_INVALID_CONN", "invalid connection pointer in", "invalid connection pointer in %s";
    InvalidDomain = 7, "VIR_ERR_INVALID_DOMAIN", "invalid domain pointer in", "invalid domain pointer in %s";
    InvalidArg = 8, "VIR_ERR_INVALID_ARG", "invalid argument", "invalid argument: %s";
    OperationFailed = 9, "VIR_ERR_OPERATION_FAILED", "operation failed", "operation failed: %s";
    GetFailed = 10, "VIR_ERR_GET_FAILED", "GET operation failed", "GET operation failed: %s";
    PostFailed = 11, "VIR_ERR_POST_FAILED", "POST operation failed", "POST operation failed: %s";
    HttpError = 12, "VIR_ERR_HTTP_ERROR", "got unknown HTTP error code", "got unknown HTTP error code %s";
    SexprSerial = 13, "VIR_ERR_SEXPR_SERIAL", "failed to serialize S-Expr", "failed to serialize S-Expr: %s";
    NoXen = 14, "VIR_ERR_NO_XEN", "could not use Xen hypervisor entry", "could not use Xen hypervisor entry %s";
    XenCall = 15, "VIR_ERR_XEN_CALL", "failed Xen syscall", "failed Xen syscall %s";
    OsType = 16, "VIR_ERR_OS_TYPE", "unknown OS type", "unknown OS type %s";
    NoKernel = 17, "VIR_ERR_NO_KERNEL", "missing kernel information", "missing kernel information: %s";
    NoRoot = 18, "VIR_ERR_NO_ROOT", "missing root device information", "missing root device information in %s";
    NoSource = 19, "VIR_ERR_NO_SOURCE", "missing source information for device", "missing source information for device %s";
    NoTarget = 20, "VIR_ERR_NO_TARGET", "missing target information for device", "missing target information for device %s";
    NoName = 21, "VIR_ERR_NO_NAME", "missing name information", "missing name information in %s";
    NoOs = 22, "VIR_ERR_NO_OS", "missing operating system information", "missing operating system information for %s";
    NoDevice = 23, "VIR_ERR_NO_DEVICE", "missing devices information", "missing devices information for %s";
    NoXenstore = 24, "VIR_ERR_NO_XENSTORE", "could not connect to Xen Store", "could not connect to Xen Store %s";
    DriverFull = 25, "VIR_ERR_DRIVER_FULL", "too many drivers registered", "too many drivers registered in %s";
    CallFailed = 26, "VIR_ERR_CALL_FAILED", "library call failed", "library call failed: %s";
    XmlError = 27, "VIR_ERR_XML_ERROR", "XML description is invalid or not well formed", "XML error: %s";
    DomExist = 28, "VIR_ERR_DOM_EXIST", "this domain exists already", "domain %s exists already";
    OperationDenied = 29, "VIR_ERR_OPERATION_DENIED", "operation forbidden for read only access", "operation forbidden: %s";
    OpenFailed = 30, "VIR_ERR_OPEN_FAILED", "failed to open configuration file", "failed to open configuration file %s";
    ReadFailed = 31, "VIR_ERR_READ_FAILED", "failed to read configuration file", "failed to read configuration file %s";
    ParseFailed = 32, "VIR_ERR_PARSE_FAILED", "failed to parse configuration file", "failed to parse configuration file %s";
    ConfSyntax = 33, "VIR_ERR_CONF_SYNTAX", "configuration file syntax error", "configuration file syntax error: %s";
    WriteFailed = 34, "VIR_ERR_WRITE_FAILED", "failed to write configuration file", "failed to write configuration file: %s";
    XmlDetail = 35, "VIR_ERR_XML_DETAIL", "parser error", "%s";
    InvalidNetwork = 36, "VIR_ERR_INVALID_NETWORK", "invalid network pointer in", "invalid network pointer in %s";
    NetworkExist = 37, "VIR_ERR_NETWORK_EXIST", "this network exists already", "network %s exists already";
    SystemError = 38, "VIR_ERR_SYSTEM_ERROR", "system call error", "%s";
    Rpc = 39, "VIR_ERR_RPC", "RPC error", "%s";
    GnutlsError = 40, "VIR_ERR_GNUTLS_ERROR", "GNUTLS call error", "%s";
    WarNoNetwork = 41, "VIR_WAR_NO_NETWORK", "Failed to find the network", "Failed to find the network: %s";
    NoDomain = 42, "VIR_ERR_NO_DOMAIN", "Domain not found", "Domain not found: %s";
    NoNetwork = 43, "VIR_ERR_NO_NETWORK", "Network not found", "Network not found: %s";
    InvalidMac = 44, "VIR_ERR_INVALID_MAC", "invalid MAC address", "invalid MAC address: %s";
    AuthFailed = 45, "VIR_ERR_AUTH_FAILED", "authentication failed", "authentication failed: %s";
    InvalidStoragePool = 46, "VIR_ERR_INVALID_STORAGE_POOL", "invalid storage pool pointer in", "invalid storage pool pointer in %s";
    InvalidStorageVol = 47, "VIR_ERR_INVALID_STORAGE_VOL", "invalid storage volume pointer in", "invalid storage volume pointer in %s";
    WarNoStorage = 48, "VIR_WAR_NO_STORAGE", "Failed to find a storage driver", "Failed to find a storage driver: %s";
    NoStoragePool = 49, "VIR_ERR_NO_STORAGE_POOL", "Storage pool not found", "Storage pool not found: %s";
    NoStorageVol = 50, "VIR_ERR_NO_STORAGE_VOL", "Storage volume not found", "Storage volume not found: %s";
    WarNoNode = 51, "VIR_WAR_NO_NODE", "Failed to find a node driver", "Failed to find a node driver: %s";
    InvalidNodeDevice = 52, "VIR_ERR_INVALID_NODE_DEVICE", "invalid node device pointer", "invalid node device pointer in %s";
    NoNodeDevice = 53, "VIR_ERR_NO_NODE_DEVICE", "Node device not found", "Node device not found: %s";
    NoSecurityModel = 54, "VIR_ERR_NO_SECURITY_MODEL", "Security model not found", "Security model not found: %s";
    OperationInvalid = 55, "VIR_ERR_OPERATION_INVALID", "Requested operation is not valid", "Requested operation is not valid: %s";
    WarNoInterface = 56, "VIR_WAR_NO_INTERFACE", "Failed to find the interface", "Failed to find the interface: %s";
    NoInterface = 57, "VIR_ERR_NO_INTERFACE", "Interface not found", "Interface not found: %s";
    InvalidInterface = 58, "VIR_ERR_INVALID_INTERFACE", "invalid interface pointer in", "invalid interface pointer in %s";
    MultipleInterfaces = 59, "VIR_ERR_MULTIPLE_INTERFACES", "multiple matching interfaces found", "multiple matching interfaces found: %s";
    WarNoNwfilter = 60, "VIR_WAR_NO_NWFILTER", "Failed to start the nwfilter driver", "Failed to start the nwfilter driver: %s";
    InvalidNwfilter = 61, "VIR_ERR_INVALID_NWFILTER", "Invalid network filter", "Invalid network filter: %s";
    NoNwfilter = 62, "VIR_ERR_NO_NWFILTER", "Network filter not found", "Network filter not found: %s";
    BuildFirewall = 63, "VIR_ERR_BUILD_FIREWALL", "Error while building firewall", "Error while building firewall: %s";
    WarNoSecret = 64, "VIR_WAR_NO_SECRET", "Failed to find a secret storage driver", "Failed to find a secret storage driver: %s";
    InvalidSecret = 65, "VIR_ERR_INVALID_SECRET", "Invalid secret", "Invalid secret: %s";
    NoSecret = 66, "VIR_ERR_NO_SECRET", "Secret not found", "Secret not found: %s";
    ConfigUnsupported = 67, "VIR_ERR_CONFIG_UNSUPPORTED", "unsupported configuration", "unsupported configuration: %s";
    OperationTimeout = 68, "VIR_ERR_OPERATION_TIMEOUT", "Timed out during operation", "Timed out during operation: %s";
    MigratePersistFailed = 69, "VIR_ERR_MIGRATE_PERSIST_FAILED", "Failed to make domain persistent after migration", "Failed to make domain persistent after migration: %s";
    HookScriptFailed = 70, "VIR_ERR_HOOK_SCRIPT_FAILED", "Hook script execution failed", "Hook script execution failed: %s";
    InvalidDomainSnapshot = 71, "VIR_ERR_INVALID_DOMAIN_SNAPSHOT", "Invalid domain snapshot", "Invalid domain snapshot: %s";
    NoDomainSnapshot = 72, "VIR_ERR_NO_DOMAIN_SNAPSHOT", "Domain snapshot not found", "Domain snapshot not found: %s";
    InvalidStream = 73, "VIR_ERR_INVALID_STREAM", "invalid stream pointer", "invalid stream pointer in %s";
    ArgumentUnsupported = 74, "VIR_ERR_ARGUMENT_UNSUPPORTED", "argument unsupported", "argument unsupported: %s";
    StorageProbeFailed = 75, "VIR_ERR_STORAGE_PROBE_FAILED", "Storage pool probe failed", "Storage pool probe failed: %s";
    StoragePoolBuilt = 76, "VIR_ERR_STORAGE_POOL_BUILT", "Storage pool already built", "Storage pool already built: %s";
    SnapshotRevertRisky = 77, "VIR_ERR_SNAPSHOT_REVERT_RISKY", "revert requires force", "revert requires force: %s";
    OperationAborted = 78, "VIR_ERR_OPERATION_ABORTED", "operation aborted", "operation aborted: %s";
    AuthCancelled = 79, "VIR_ERR_AUTH_CANCELLED", "authentication cancelled", "authentication cancelled: %s";
    NoDomainMetadata = 80, "VIR_ERR_NO_DOMAIN_METADATA", "metadata not found", "metadata not found: %s";
    MigrateUnsafe = 81, "VIR_ERR_MIGRATE_UNSAFE", "Unsafe migration", "Unsafe migration: %s";
    Overflow = 82, "VIR_ERR_OVERFLOW", "numerical overflow", "numerical overflow: %s";
    BlockCopyActive = 83, "VIR_ERR_BLOCK_COPY_ACTIVE", "block copy still active", "block copy still active: %s";
    OperationUnsupported = 84, "VIR_ERR_OPERATION_UNSUPPORTED", "Operation not supported", "Operation not supported: %s";
    Ssh = 85, "VIR_ERR_SSH", "SSH transport error", "SSH transport error: %s";
    AgentUnresponsive = 86, "VIR_ERR_AGENT_UNRESPONSIVE", "Guest agent is not responding", "Guest agent is not responding: %s";
    ResourceBusy = 87, "VIR_ERR_RESOURCE_BUSY", "resource busy", "resource busy: %s";
    AccessDenied = 88, "VIR_ERR_ACCESS_DENIED", "access denied", "access denied: %s";
    DbusService = 89, "VIR_ERR_DBUS_SERVICE", "error from service", "error from service: %s";
    StorageVolExist = 90, "VIR_ERR_STORAGE_VOL_EXIST", "this storage volume exists already", "storage volume %s exists already";
    CpuIncompatible = 91, "VIR_ERR_CPU_INCOMPATIBLE", "the CPU is incompatible with host CPU", "the CPU is incompatible with host CPU: %s";
    XmlInvalidSchema = 92, "VIR_ERR_XML_INVALID_SCHEMA", "XML document failed to validate against schema", "XML document failed to validate against schema: %s";
    MigrateFinishOk = 93, "VIR_ERR_MIGRATE_FINISH_OK", "migration successfully aborted", "migration successfully aborted: %s";
    AuthUnavailable = 94, "VIR_ERR_AUTH_UNAVAILABLE", "authentication unavailable", "authentication unavailable: %s";
    NoServer = 95, "VIR_ERR_NO_SERVER", "Server not found", "Server not found: %s";
    NoClient = 96, "VIR_ERR_NO_CLIENT", "Client not found", "Client not found: %s";
    AgentUnsynced = 97, "VIR_ERR_AGENT_UNSYNCED", "guest agent replied with wrong id to guest-sync command", "guest agent replied with wrong id to guest-sync command: %s";
    Libssh = 98, "VIR_ERR_LIBSSH", "libssh transport error", "libssh transport error: %s";
    DeviceMissing = 99, "VIR_ERR_DEVICE_MISSING", "device not found", "device not found: %s";
    InvalidNwfilterBinding = 100, "VIR_ERR_INVALID_NWFILTER_BINDING", "Invalid network filter binding", "Invalid network filter binding: %s";
    NoNwfilterBinding = 101, "VIR_ERR_NO_NWFILTER_BINDING", "Network filter binding not found", "Network filter binding not found: %s";
    InvalidDomainCheckpoint = 102, "VIR_ERR_INVALID_DOMAIN_CHECKPOINT", "Invalid domain checkpoint", "Invalid domain checkpoint: %s";
    NoDomainCheckpoint = 103, "VIR_ERR_NO_DOMAIN_CHECKPOINT", "Domain checkpoint not found", "Domain checkpoint not found: %s";
    NoDomainBackup = 104, "VIR_ERR_NO_DOMAIN_BACKUP", "Domain backup job id not found", "Domain backup job id not found: %s";
    InvalidNetworkPort = 105, "VIR_ERR_INVALID_NETWORK_PORT", "Invalid network port pointer", "Invalid network port pointer: %s";
    NetworkPortExist = 106, "VIR_ERR_NETWORK_PORT_EXIST", "this network port exists already", "network port %s exists already";
    NoNetworkPort = 107, "VIR_ERR_NO_NETWORK_PORT", "network port not found", "network port not found: %s";
    NoHostname = 108, "VIR_ERR_NO_HOSTNAME", "no hostname found", "no hostname found: %s";
    CheckpointInconsistent = 109, "VIR_ERR_CHECKPOINT_INCONSISTENT", "checkpoint inconsistent", "checkpoint inconsistent: %s";
    MultipleDomains = 110, "VIR_ERR_MULTIPLE_DOMAINS", "multiple matching domains found", "multiple matching domains found: %s";
    NoNetworkMetadata = 111, "VIR_ERR_NO_NETWORK_METADATA", "metadata not found", "metadata not found: %s";
    AgentCommandTimeout = 112, "VIR_ERR_AGENT_COMMAND_TIMEOUT", "guest agent command timed out", "guest agent command timed out: %s";
    AgentCommandFailed = 113, "VIR_ERR_AGENT_COMMAND_FAILED", "guest agent command failed", "guest agent command failed: %s";
}

domains! {
    None = 0, "VIR_FROM_NONE", "";
    Xen = 1, "VIR_FROM_XEN", "Xen Driver";
    Xend = 2, "VIR_FROM_XEND", "Xen Daemon";
    Xenstore = 3, "VIR_FROM_XENSTORE", "Xen Store";
    Sexpr = 4, "VIR_FROM_SEXPR", "S-Expression";
    Xml = 5, "VIR_FROM_XML", "XML Util";
    Dom = 6, "VIR_FROM_DOM", "Domain";
    Rpc = 7, "VIR_FROM_RPC", "XML-RPC";
    Proxy = 8, "VIR_FROM_PROXY", "Proxy Daemon";
    Conf = 9, "VIR_FROM_CONF", "Config File";
    Qemu = 10, "VIR_FROM_QEMU", "QEMU Driver";
    Net = 11, "VIR_FROM_NET", "Network";
    Test = 12, "VIR_FROM_TEST", "Test Driver";
    Remote = 13, "VIR_FROM_REMOTE", "Remote Driver";
    Openvz = 14, "VIR_FROM_OPENVZ", "OpenVZ Driver";
    Xenxm = 15, "VIR_FROM_XENXM", "Xen XM Driver";
    StatsLinux = 16, "VIR_FROM_STATS_LINUX", "Linux Statistics";
    Lxc = 17, "VIR_FROM_LXC", "LXC Driver";
    Storage = 18, "VIR_FROM_STORAGE", "Storage Driver";
    Network = 19, "VIR_FROM_NETWORK", "Network Driver";
    Domain = 20, "VIR_FROM_DOMAIN", "Domain Config";
    Uml = 21, "VIR_FROM_UML", "User Mode Linux Driver";
    Nodedev = 22, "VIR_FROM_NODEDEV", "Node Device Driver";
    XenInotify = 23, "VIR_FROM_XEN_INOTIFY", "Xen Inotify Driver";
    Security = 24, "VIR_FROM_SECURITY", "Security Driver";
    Vbox = 25, "VIR_FROM_VBOX", "VirtualBox Driver";
    Interface = 26, "VIR_FROM_INTERFACE", "Network Interface Driver";
    One = 27, "VIR_FROM_ONE", "Open Nebula Driver";
    Esx = 28, "VIR_FROM_ESX", "ESX Driver";
    Phyp = 29, "VIR_FROM_PHYP", "Power Hypervisor Driver";
    Secret = 30, "VIR_FROM_SECRET", "Secrets Driver";
    Cpu = 31, "VIR_FROM_CPU", "CPU Driver";
    Xenapi = 32, "VIR_FROM_XENAPI", "XenAPI Driver";
    Nwfilter = 33, "VIR_FROM_NWFILTER", "Network Filter Driver";
    Hook = 34, "VIR_FROM_HOOK", "Lifecycle Hook";
    DomainSnapshot = 35, "VIR_FROM_DOMAIN_SNAPSHOT", "Domain Snapshot";
    Audit = 36, "VIR_FROM_AUDIT", "Audit Utils";
    Sysinfo = 37, "VIR_FROM_SYSINFO", "Sysinfo Utils";
    Streams = 38, "VIR_FROM_STREAMS", "I/O Stream Utils";
    Vmware = 39, "VIR_FROM_VMWARE", "VMware Driver";
    Event = 40, "VIR_FROM_EVENT", "Event Loop";
    Libxl = 41, "VIR_FROM_LIBXL", "Xen Light Driver";
    Locking = 42, "VIR_FROM_LOCKING", "Lock Driver";
    Hyperv = 43, "VIR_FROM_HYPERV", "Hyper-V Driver";
    Capabilities = 44, "VIR_FROM_CAPABILITIES", "Capabilities Utils";
    Uri = 45, "VIR_FROM_URI", "URI Utils";
    Auth = 46, "VIR_FROM_AUTH", "Authentication Utils";
    Dbus = 47, "VIR_FROM_DBUS", "DBus Utils";
    Parallels = 48, "VIR_FROM_PARALLELS", "Parallels Cloud Server";
    Device = 49, "VIR_FROM_DEVICE", "Device Config";
    Ssh = 50, "VIR_FROM_SSH", "SSH transport layer";
    Lockspace = 51, "VIR_FROM_LOCKSPACE", "Lock Space";
    Initctl = 52, "VIR_FROM_INITCTL", "Init control";
    Identity = 53, "VIR_FROM_IDENTITY", "Identity";
    Cgroup = 54, "VIR_FROM_CGROUP", "Cgroup";
    Access = 55, "VIR_FROM_ACCESS", "Access Manager";
    Systemd = 56, "VIR_FROM_SYSTEMD", "Systemd";
    Bhyve = 57, "VIR_FROM_BHYVE", "Bhyve";
    Crypto = 58, "VIR_FROM_CRYPTO", "Crypto";
    Firewall = 59, "VIR_FROM_FIREWALL", "Firewall";
    Polkit = 60, "VIR_FROM_POLKIT", "Polkit";
    Thread = 61, "VIR_FROM_THREAD", "Thread jobs";
    Admin = 62, "VIR_FROM_ADMIN", "Admin Interface";
    Logging = 63, "VIR_FROM_LOGGING", "Log Manager";
    Xenxl = 64, "VIR_FROM_XENXL", "Xen XL Config";
    Perf = 65, "VIR_FROM_PERF", "Perf";
    Libssh = 66, "VIR_FROM_LIBSSH", "Libssh transport layer";
    Resctrl = 67, "VIR_FROM_RESCTRL", "Resource control";
    Firewalld = 68, "VIR_FROM_FIREWALLD", "FirewallD";
    DomainCheckpoint = 69, "VIR_FROM_DOMAIN_CHECKPOINT", "Domain Checkpoint";
    Tpm = 70, "VIR_FROM_TPM", "TPM";
    Bpf = 71, "VIR_FROM_BPF", "BPF";
    Ch = 72, "VIR_FROM_CH", "Cloud-Hypervisor Driver";
}
