//! The group "Domain Management".

mod address;
mod attach;
mod attach_disk;
mod attach_interface;
mod autostart;
mod block;
mod block_jobs;
mod console;
mod cpu_stats;
mod define;
mod describe;
mod detach;
mod dirty_rate;
mod display;
mod dump;
mod fds;
mod filesystems;
mod guest;
mod identity;
mod input;
mod iothreads;
mod jobs;
mod launch_security;
mod lifecycle;
mod links;
mod lxc;
mod managedsave;
mod media;
mod memory;
mod migrate;
mod power;
mod qemu;
mod save;
mod start;
mod tuning;
mod undefine;
mod vcpu_count;
mod vcpu_pin;
mod vcpu_set;
mod xml;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Domain Management",
    keyword: "domain",
    commands: &[
        &attach::ATTACH_DEVICE,
        &attach_disk::ATTACH_DISK,
        &attach_interface::ATTACH_INTERFACE,
        &autostart::AUTOSTART,
        &block::BLKDEVIOTUNE,
        &block::DOMTHROTTLEGROUPSET,
        &block::DOMTHROTTLEGROUPDEL,
        &block::DOMTHROTTLEGROUPINFO,
        &block::DOMTHROTTLEGROUPLIST,
        &tuning::BLKIOTUNE,
        &block_jobs::BLOCKCOMMIT,
        &block_jobs::BLOCKCOPY,
        &block_jobs::BLOCKJOB,
        &block_jobs::BLOCKPULL,
        &block::BLOCKRESIZE,
        &media::CHANGE_MEDIA,
        &console::CONSOLE,
        &cpu_stats::CPU_STATS,
        &define::CREATE,
        &define::DEFINE,
        &describe::DESC,
        &power::DESTROY,
        &detach::DETACH_DEVICE,
        &detach::DETACH_DEVICE_ALIAS,
        &detach::DETACH_DISK,
        &detach::DETACH_INTERFACE,
        &display::DOMDISPLAY,
        &filesystems::DOMFSFREEZE,
        &filesystems::DOMFSTHAW,
        &filesystems::DOMFSINFO,
        &filesystems::DOMFSTRIM,
        &guest::DOMHOSTNAME,
        &identity::DOMID,
        &links::DOMIF_SETLINK,
        &links::DOMIFTUNE,
        &jobs::DOMJOBABORT,
        &jobs::DOMJOBINFO,
        &launch_security::DOMLAUNCHSECINFO,
        &launch_security::DOMSETLAUNCHSECSTATE,
        &identity::DOMNAME,
        &identity::DOMRENAME,
        &power::DOMPMSUSPEND,
        &power::DOMPMWAKEUP,
        &identity::DOMUUID,
        &xml::DOMXML_FROM_NATIVE,
        &xml::DOMXML_TO_NATIVE,
        &dump::DUMP,
        &xml::DUMPXML,
        &xml::EDIT,
        &guest::GET_USER_SSHKEYS,
        &power::INJECT_NMI,
        &iothreads::IOTHREADINFO,
        &iothreads::IOTHREADPIN,
        &iothreads::IOTHREADADD,
        &iothreads::IOTHREADSET,
        &iothreads::IOTHREADDEL,
        &input::SEND_KEY,
        &input::SEND_PROCESS_SIGNAL,
        &lxc::LXC_ENTER_NAMESPACE,
        &managedsave::MANAGEDSAVE,
        &managedsave::MANAGEDSAVE_REMOVE,
        &managedsave::MANAGEDSAVE_EDIT,
        &managedsave::MANAGEDSAVE_DUMPXML,
        &managedsave::MANAGEDSAVE_DEFINE,
        &memory::MEMTUNE,
        &tuning::PERF,
        &describe::METADATA,
        &migrate::MIGRATE,
        &migrate::MIGRATE_SETMAXDOWNTIME,
        &migrate::MIGRATE_GETMAXDOWNTIME,
        &migrate::MIGRATE_COMPCACHE,
        &migrate::MIGRATE_SETSPEED,
        &migrate::MIGRATE_GETSPEED,
        &migrate::MIGRATE_POSTCOPY,
        &tuning::NUMATUNE,
        &qemu::QEMU_ATTACH,
        &qemu::QEMU_MONITOR_COMMAND,
        &qemu::QEMU_MONITOR_EVENT,
        &guest::QEMU_AGENT_COMMAND,
        &guest::GUEST_AGENT_TIMEOUT,
        &power::REBOOT,
        &power::RESET,
        &save::RESTORE,
        &power::RESUME,
        &save::SAVE,
        &save::SAVE_IMAGE_DEFINE,
        &save::SAVE_IMAGE_DUMPXML,
        &save::SAVE_IMAGE_EDIT,
        &tuning::SCHEDINFO,
        &display::SCREENSHOT,
        &lifecycle::SET_LIFECYCLE_ACTION,
        &guest::SET_USER_SSHKEYS,
        &guest::SET_USER_PASSWORD,
        &memory::SETMAXMEM,
        &memory::SETMEM,
        &vcpu_set::SETVCPUS,
        &power::SHUTDOWN,
        &start::START,
        &power::SUSPEND,
        &console::TTYCONSOLE,
        &undefine::UNDEFINE,
        &detach::UPDATE_DEVICE,
        &memory::UPDATE_MEMORY_DEVICE,
        &vcpu_count::VCPUCOUNT,
        &vcpu_pin::VCPUINFO,
        &vcpu_pin::VCPUPIN,
        &vcpu_pin::EMULATORPIN,
        &display::VNCDISPLAY,
        &vcpu_set::GUESTVCPUS,
        &vcpu_set::SETVCPU,
        &block::DOMBLKTHRESHOLD,
        &guest::GUESTINFO,
        &dirty_rate::DOMDIRTYRATE_CALC,
        &fds::DOM_FD_ASSOCIATE,
        &display::DOMDISPLAY_RELOAD,
    ],
};
