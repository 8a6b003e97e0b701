//! The keys of `qemu.conf`.

use super::table::keys;
use super::value::{CoreSize, ImageFormat, SchedCore, ShutdownScope, StdioHandler, Strings};

keys! {
    /// `qemu.conf`. A field is what the key of its name says, or what holds where it is not set.
    pub struct Keys {
        /// Certificates for whatever has no directory of its own.
        default_tls_x509_cert_dir: Option<String> = None, served;
        /// Clients must show a certificate, where nothing else is said.
        default_tls_x509_verify: Option<bool> = None, served;
        /// The secret that opens the private key.
        default_tls_x509_secret_uuid: Option<String> = None, unserved;

        /// Where VNC displays listen that do not say.
        vnc_listen: String = "127.0.0.1".into(), served;
        /// VNC displays that say nothing listen on a socket in the file system.
        vnc_auto_unix_socket: bool = false, served;
        /// VNC is encrypted.
        vnc_tls: bool = false, served;
        /// VNC's certificates.
        vnc_tls_x509_cert_dir: Option<String> = None, served;
        /// The secret that opens VNC's private key.
        vnc_tls_x509_secret_uuid: Option<String> = None, unserved;
        /// VNC clients must show a certificate.
        vnc_tls_x509_verify: Option<bool> = None, served;
        /// The password of VNC displays that have none of their own.
        vnc_password: Option<String> = None, served;
        /// VNC clients authenticate by SASL.
        vnc_sasl: bool = false, served;
        /// Where SASL finds its configuration for VNC.
        vnc_sasl_dir: Option<String> = None, served;
        /// VNC guests may use the host's sound.
        vnc_allow_host_audio: bool = false, unserved;
        /// Guests without a display may use the host's sound.
        nographics_allow_host_audio: bool = false, unserved;

        /// SPICE is encrypted.
        spice_tls: bool = false, unserved;
        /// SPICE's certificates.
        spice_tls_x509_cert_dir: Option<String> = None, unserved;
        /// SPICE clients authenticate by SASL.
        spice_sasl: bool = false, unserved;
        /// Where SASL finds its configuration for SPICE.
        spice_sasl_dir: Option<String> = None, unserved;
        /// Where SPICE displays listen that do not say.
        spice_listen: String = "127.0.0.1".into(), unserved;
        /// The password of SPICE displays that have none of their own.
        spice_password: Option<String> = None, unserved;
        /// SPICE displays that say nothing listen on a socket in the file system.
        spice_auto_unix_socket: bool = false, unserved;

        /// RDP's certificates.
        rdp_tls_x509_cert_dir: Option<String> = None, unserved;
        /// Where RDP displays listen that do not say.
        rdp_listen: String = "127.0.0.1".into(), unserved;
        /// RDP's user.
        rdp_username: Option<String> = None, unserved;
        /// RDP's password.
        rdp_password: Option<String> = None, unserved;

        /// Veritas HyperScale disks are reached over TLS.
        vxhs_tls: bool = false, unserved;
        /// NBD disks are reached over TLS.
        nbd_tls: bool = false, unserved;
        /// Character devices over TCP are encrypted.
        chardev_tls: bool = false, unserved;
        /// Migration without TLS is refused.
        migrate_tls_force: bool = false, unserved;
        /// Certificates of character devices.
        chardev_tls_x509_cert_dir: Option<String> = None, unserved;
        /// The secret that opens their private key.
        chardev_tls_x509_secret_uuid: Option<String> = None, unserved;
        /// Their clients must show a certificate.
        chardev_tls_x509_verify: Option<bool> = None, unserved;
        /// Certificates of migration.
        migrate_tls_x509_cert_dir: Option<String> = None, unserved;
        /// The secret that opens its private key.
        migrate_tls_x509_secret_uuid: Option<String> = None, unserved;
        /// Its clients must show a certificate.
        migrate_tls_x509_verify: Option<bool> = None, unserved;
        /// Certificates of backups.
        backup_tls_x509_cert_dir: Option<String> = None, unserved;
        /// The secret that opens their private key.
        backup_tls_x509_secret_uuid: Option<String> = None, unserved;
        /// Their clients must show a certificate.
        backup_tls_x509_verify: Option<bool> = None, unserved;
        /// Certificates of VxHS disks.
        vxhs_tls_x509_cert_dir: Option<String> = None, unserved;
        /// The secret that opens their private key.
        vxhs_tls_x509_secret_uuid: Option<String> = None, unserved;
        /// Certificates of NBD disks.
        nbd_tls_x509_cert_dir: Option<String> = None, unserved;
        /// The secret that opens their private key.
        nbd_tls_x509_secret_uuid: Option<String> = None, unserved;

        /// The first TCP port for VNC's WebSocket.
        remote_websocket_port_min: u32 = 5700, unserved;
        /// The last one.
        remote_websocket_port_max: u32 = 65535, unserved;
        /// The first TCP port for displays.
        remote_display_port_min: u32 = 5900, served;
        /// The last one.
        remote_display_port_max: u32 = 65535, served;

        /// How saved guests are packed.
        save_image_format: ImageFormat = ImageFormat::Raw, unserved;
        /// How dumps are packed.
        dump_image_format: ImageFormat = ImageFormat::Raw, unserved;
        /// How the memory in snapshots is packed.
        snapshot_image_format: ImageFormat = ImageFormat::Raw, unserved;
        /// Where a guest's memory goes when its watchdog wants it dumped.
        auto_dump_path: Option<String> = None, unserved;
        /// Such dumps go past the host's cache.
        auto_dump_bypass_cache: bool = false, unserved;
        /// Guests that start with the host are restored past the host's cache.
        auto_start_bypass_cache: bool = false, unserved;
        /// Milliseconds between the starts of two guests that start with the host.
        auto_start_delay: u32 = 0, served;
        /// Guests that are saved when the host goes down.
        auto_shutdown_try_save: Option<ShutdownScope> = None, unserved;
        /// Guests that are shut down then.
        auto_shutdown_try_shutdown: Option<ShutdownScope> = None, unserved;
        /// Guests that are switched off then.
        auto_shutdown_poweroff: Option<ShutdownScope> = None, unserved;
        /// Seconds that shutting down may take.
        auto_shutdown_wait: u32 = 0, unserved;
        /// Guests that were saved then start again with the host.
        auto_shutdown_restore: bool = true, unserved;
        /// Such saves go past the host's cache.
        auto_save_bypass_cache: bool = false, unserved;

        /// Where file systems of huge pages are.
        hugetlbfs_mount: Option<Strings> = None, unserved;
        /// The program that plugs a user's guests into bridges.
        bridge_helper: String = "qemu-bridge-helper".into(), unserved;
        /// The program for persistent reservations.
        pr_helper: String = "qemu-pr-helper".into(), unserved;
        /// The program for user networking.
        slirp_helper: String = "slirp-helper".into(), unserved;
        /// The program for D-Bus displays.
        dbus_daemon: String = "dbus-daemon".into(), unserved;
        /// The program for RDP.
        qemu_rdp: String = "qemu-rdp".into(), unserved;
        /// Processes are called by their guests' names.
        set_process_name: bool = false, served;
        /// Processes that QEMU's user may have; 0 for as many as there may be anyway.
        max_processes: u32 = 0, served;
        /// Files that a QEMU may have open.
        max_files: u32 = 0, served;
        /// Threads that a QEMU may have.
        max_threads_per_process: u32 = 0, unserved;
        /// How much of a QEMU that crashes is kept.
        max_core: CoreSize = CoreSize::UNLIMITED, served;
        /// With its guest's memory.
        dump_guest_core: bool = false, served;
        /// Who writes down what QEMU says.
        stdio_handler: Option<StdioHandler> = None, served;
        /// Which threads may share a core.
        sched_core: SchedCore = SchedCore::None, unserved;

        /// Interfaces may send only from their own addresses.
        mac_filter: bool = false, unserved;
        /// PCI devices are handed on though their switch does not part them.
        relaxed_acs_check: bool = false, unserved;
        /// Who sees to it that no two guests write to one disk.
        lock_manager: Option<String> = None, served;
        /// The formats of disks are guessed. Refused: a guest could choose what is opened.
        allow_disk_format_probing: bool = false, served;

        /// Calls that may wait for one guest at a time; 0 for no limit.
        max_queued: u32 = 0, unserved;
        /// Seconds between the questions whether the other host of a migration is still there.
        keepalive_interval: i32 = 5, unserved;
        /// Questions without an answer before it counts as gone.
        keepalive_count: u32 = 5, unserved;

        /// The first TCP port for migration.
        migration_port_min: u32 = 49152, unserved;
        /// The last one.
        migration_port_max: u32 = 49215, unserved;
        /// The name under which other hosts find this one.
        migration_host: Option<String> = None, unserved;
        /// Where incoming migrations listen.
        migration_address: Option<String> = None, unserved;

        /// QEMU's messages carry the time.
        log_timestamp: bool = true, served;
        /// Firmware files and what their variables begin as.
        nvram: Option<Vec<String>> = None, served;
        /// How much Gluster says.
        gluster_debug_level: u32 = 4, unserved;
        /// virtiofsd says more.
        virtiofsd_debug: bool = false, unserved;
        /// What QEMU does when something deprecated is used.
        deprecation_behavior: String = "none".into(), unserved;

        /// Security drivers.
        security_driver: Option<Strings> = None, served;
        /// Guests are confined where nothing else is said.
        security_default_confined: bool = true, served;
        /// Guests that are not confined are refused.
        security_require_confined: bool = false, unserved;
        /// Whom QEMU runs as.
        user: Option<String> = None, served;
        /// And with which group.
        group: Option<String> = None, served;
        /// Files of guests are given to that user while they run.
        dynamic_ownership: Option<bool> = None, served;
        /// And back to their owner after that.
        remember_owner: Option<bool> = None, served;
        /// Cgroup controllers that guests are put under.
        cgroup_controllers: Option<Vec<String>> = None, served;
        /// Devices that guests may use.
        cgroup_device_acl: Option<Vec<String>> = None, unserved;
        /// Whether QEMU confines itself: 1, 0, or -1 to leave it to the program.
        seccomp_sandbox: i32 = -1, served;
        /// Namespaces of their own for guests.
        namespaces: Option<Vec<String>> = None, served;
        /// Where files stand that are guests' memory.
        memory_backing_dir: Option<String> = None, unserved;
        /// Whom the TPM's program runs as.
        swtpm_user: Option<String> = None, unserved;
        /// And with which group.
        swtpm_group: Option<String> = None, unserved;
        /// Capabilities of QEMU that are not to be used.
        capability_filters: Option<Vec<String>> = None, unserved;
        /// Remote disks are reached through nbdkit.
        storage_use_nbdkit: Option<bool> = None, unserved;
        /// File systems that other hosts see as well.
        shared_filesystems: Option<Vec<String>> = None, unserved;
    }
}
