//! The group "Host and Hypervisor".

mod about;
mod capabilities;
mod cpu;
mod node_cpu;
mod node_memory;
mod suspend;

use crate::grammar::Group;

/// The group, in the order of the help.
pub(crate) const GROUP: Group = Group {
    title: "Host and Hypervisor",
    keyword: "host",
    commands: &[
        &node_memory::ALLOCPAGES,
        &capabilities::CAPABILITIES,
        &cpu::CPU_BASELINE,
        &cpu::CPU_COMPARE,
        &cpu::CPU_MODELS,
        &capabilities::DOMCAPABILITIES,
        &node_memory::FREECELL,
        &node_memory::FREEPAGES,
        &about::HOSTNAME,
        &cpu::HYPERVISOR_CPU_BASELINE,
        &cpu::HYPERVISOR_CPU_COMPARE,
        &cpu::HYPERVISOR_CPU_MODELS,
        &capabilities::MAXVCPUS,
        &node_memory::NODE_MEMORY_TUNE,
        &node_cpu::NODECPUMAP,
        &node_cpu::NODECPUSTATS,
        &node_cpu::NODEINFO,
        &node_memory::NODEMEMSTATS,
        &capabilities::NODESEVINFO,
        &suspend::NODESUSPEND,
        &about::SYSINFO,
        &about::URI,
        &about::VERSION,
    ],
};
