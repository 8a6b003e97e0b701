/*
 * libvirt-domain.h: domains: guests, running or defined.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_DOMAIN_H
#define FERROVIRT_LIBVIRT_DOMAIN_H

#ifdef __cplusplus
extern "C" {
#endif

/** VIR_DOMAIN_BLOCK_STATS_FIELD_LENGTH: Characters of a name, with the NUL. Since: 0.9.5 */
#define VIR_DOMAIN_BLOCK_STATS_FIELD_LENGTH VIR_TYPED_PARAM_FIELD_LENGTH

/** VIR_DOMAIN_MEMORY_PARAM_UNLIMITED: No limit, in KiB. Since: 0.8.8 */
#define VIR_DOMAIN_MEMORY_PARAM_UNLIMITED 9007199254740991LL

/** VIR_KEYCODE_SET_RFB: The former name of VIR_KEYCODE_SET_QNUM. Since: 0.9.5 */
#define VIR_KEYCODE_SET_RFB VIR_KEYCODE_SET_QNUM

/** VIR_DOMAIN_SEND_KEY_MAX_KEYS: How many keys can be pressed at a time. Since: 0.9.3 */
#define VIR_DOMAIN_SEND_KEY_MAX_KEYS 16

/** VIR_DOMAIN_SCHED_FIELD_LENGTH: Characters of a name, with the NUL. Since: 0.2.3 */
#define VIR_DOMAIN_SCHED_FIELD_LENGTH VIR_TYPED_PARAM_FIELD_LENGTH

/** VIR_DOMAIN_BLKIO_FIELD_LENGTH: Characters of a name, with the NUL. Since: 0.9.0 */
#define VIR_DOMAIN_BLKIO_FIELD_LENGTH VIR_TYPED_PARAM_FIELD_LENGTH

/** VIR_DOMAIN_MEMORY_FIELD_LENGTH: Characters of a name, with the NUL. Since: 0.8.5 */
#define VIR_DOMAIN_MEMORY_FIELD_LENGTH VIR_TYPED_PARAM_FIELD_LENGTH

/* Names of typed parameters and statistics. What ends in PREFIX or SUFFIX stands around a number. */

#define VIR_DOMAIN_SCHEDULER_CPU_SHARES "cpu_shares" /* Since: 0.9.7 */

#define VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD "global_period" /* Since: 1.3.3 */
#define VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA "global_quota" /* Since: 1.3.3 */

#define VIR_DOMAIN_SCHEDULER_VCPU_PERIOD "vcpu_period" /* Since: 0.9.7 */
#define VIR_DOMAIN_SCHEDULER_VCPU_QUOTA "vcpu_quota" /* Since: 0.9.7 */

#define VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD "emulator_period" /* Since: 0.10.0 */
#define VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA "emulator_quota" /* Since: 0.10.0 */

#define VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD "iothread_period" /* Since: 2.2.0 */
#define VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA "iothread_quota" /* Since: 2.2.0 */

#define VIR_DOMAIN_SCHEDULER_WEIGHT "weight" /* Since: 0.9.7 */

#define VIR_DOMAIN_SCHEDULER_CAP "cap" /* Since: 0.9.7 */

#define VIR_DOMAIN_SCHEDULER_RESERVATION "reservation" /* Since: 0.9.7 */

#define VIR_DOMAIN_SCHEDULER_LIMIT "limit" /* Since: 0.9.7 */

#define VIR_DOMAIN_SCHEDULER_SHARES "shares" /* Since: 0.9.7 */

#define VIR_DOMAIN_BLOCK_STATS_READ_BYTES "rd_bytes" /* Since: 0.9.5 */
#define VIR_DOMAIN_BLOCK_STATS_READ_REQ "rd_operations" /* Since: 0.9.5 */
#define VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES "rd_total_times" /* Since: 0.9.5 */
#define VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES "wr_bytes" /* Since: 0.9.5 */
#define VIR_DOMAIN_BLOCK_STATS_WRITE_REQ "wr_operations" /* Since: 0.9.5 */
#define VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES "wr_total_times" /* Since: 0.9.5 */
#define VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ "flush_operations" /* Since: 0.9.5 */
#define VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES "flush_total_times" /* Since: 0.9.5 */
#define VIR_DOMAIN_BLOCK_STATS_ERRS "errs" /* Since: 0.9.5 */

#define VIR_MIGRATE_PARAM_URI "migrate_uri" /* Since: 1.1.0 */

#define VIR_MIGRATE_PARAM_DEST_NAME "destination_name" /* Since: 1.1.0 */
#define VIR_MIGRATE_PARAM_DEST_XML "destination_xml" /* Since: 1.1.0 */

#define VIR_MIGRATE_PARAM_PERSIST_XML "persistent_xml" /* Since: 1.3.4 */

#define VIR_MIGRATE_PARAM_BANDWIDTH "bandwidth" /* Since: 1.1.0 */
#define VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY "bandwidth.postcopy" /* Since: 5.1.0 */
#define VIR_MIGRATE_PARAM_BANDWIDTH_AVAIL_SWITCHOVER "bandwidth.avail.switchover" /* Since: 11.1.0 */

#define VIR_MIGRATE_PARAM_GRAPHICS_URI "graphics_uri" /* Since: 1.1.0 */

#define VIR_MIGRATE_PARAM_LISTEN_ADDRESS "listen_address" /* Since: 1.1.4 */

#define VIR_MIGRATE_PARAM_MIGRATE_DISKS "migrate_disks" /* Since: 1.2.17 */
#define VIR_MIGRATE_PARAM_MIGRATE_DISKS_DETECT_ZEROES "migrate_disks_detect_zeroes" /* Since: 10.9.0 */

#define VIR_MIGRATE_PARAM_DISKS_PORT "disks_port" /* Since: 1.3.3 */
#define VIR_MIGRATE_PARAM_DISKS_URI "disks_uri" /* Since: 6.8.0 */

#define VIR_MIGRATE_PARAM_COMPRESSION "compression" /* Since: 1.3.4 */
#define VIR_MIGRATE_PARAM_COMPRESSION_MT_LEVEL "compression.mt.level" /* Since: 1.3.4 */
#define VIR_MIGRATE_PARAM_COMPRESSION_MT_THREADS "compression.mt.threads" /* Since: 1.3.4 */
#define VIR_MIGRATE_PARAM_COMPRESSION_MT_DTHREADS "compression.mt.dthreads" /* Since: 1.3.4 */
#define VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE "compression.xbzrle.cache" /* Since: 1.3.4 */
#define VIR_MIGRATE_PARAM_COMPRESSION_ZLIB_LEVEL "compression.zlib.level" /* Since: 9.4.0 */
#define VIR_MIGRATE_PARAM_COMPRESSION_ZSTD_LEVEL "compression.zstd.level" /* Since: 9.4.0 */

#define VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL "auto_converge.initial" /* Since: 2.0.0 */
#define VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT "auto_converge.increment" /* Since: 2.0.0 */

#define VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS "parallel.connections" /* Since: 5.2.0 */

#define VIR_MIGRATE_PARAM_TLS_DESTINATION "tls.destination" /* Since: 6.0.0 */

#define VIR_DOMAIN_SAVE_PARAM_FILE "file" /* Since: 8.4.0 */
#define VIR_DOMAIN_SAVE_PARAM_DXML "dxml" /* Since: 8.4.0 */
#define VIR_DOMAIN_SAVE_PARAM_IMAGE_FORMAT "image_format" /* Since: 11.2.0 */
#define VIR_DOMAIN_SAVE_PARAM_PARALLEL_CHANNELS "parallel.channels" /* Since: 11.2.0 */

#define VIR_DOMAIN_CPU_STATS_CPUTIME "cpu_time" /* Since: 0.9.10 */
#define VIR_DOMAIN_CPU_STATS_USERTIME "user_time" /* Since: 0.9.11 */
#define VIR_DOMAIN_CPU_STATS_SYSTEMTIME "system_time" /* Since: 0.9.11 */
#define VIR_DOMAIN_CPU_STATS_VCPUTIME "vcpu_time" /* Since: 0.9.13 */

#define VIR_DOMAIN_BLKIO_WEIGHT "weight" /* Since: 0.9.0 */

#define VIR_DOMAIN_BLKIO_DEVICE_WEIGHT "device_weight" /* Since: 0.9.8 */
#define VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS "device_read_iops_sec" /* Since: 1.2.2 */
#define VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS "device_write_iops_sec" /* Since: 1.2.2 */
#define VIR_DOMAIN_BLKIO_DEVICE_READ_BPS "device_read_bytes_sec" /* Since: 1.2.2 */
#define VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS "device_write_bytes_sec" /* Since: 1.2.2 */

#define VIR_DOMAIN_MEMORY_HARD_LIMIT "hard_limit" /* Since: 0.8.5 */

#define VIR_DOMAIN_MEMORY_SOFT_LIMIT "soft_limit" /* Since: 0.8.5 */

#define VIR_DOMAIN_MEMORY_MIN_GUARANTEE "min_guarantee" /* Since: 0.8.5 */

#define VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT "swap_hard_limit" /* Since: 0.8.5 */

#define VIR_DOMAIN_NUMA_NODESET "numa_nodeset" /* Since: 0.9.9 */

#define VIR_DOMAIN_NUMA_MODE "numa_mode" /* Since: 0.9.9 */

#define VIR_DOMAIN_BANDWIDTH_IN_AVERAGE "inbound.average" /* Since: 0.9.9 */
#define VIR_DOMAIN_BANDWIDTH_IN_PEAK "inbound.peak" /* Since: 0.9.9 */
#define VIR_DOMAIN_BANDWIDTH_IN_BURST "inbound.burst" /* Since: 0.9.9 */
#define VIR_DOMAIN_BANDWIDTH_IN_FLOOR "inbound.floor" /* Since: 1.2.19 */

#define VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE "outbound.average" /* Since: 0.9.9 */
#define VIR_DOMAIN_BANDWIDTH_OUT_PEAK "outbound.peak" /* Since: 0.9.9 */
#define VIR_DOMAIN_BANDWIDTH_OUT_BURST "outbound.burst" /* Since: 0.9.9 */

#define VIR_DOMAIN_IOTHREAD_POLL_MAX_NS "poll_max_ns" /* Since: 4.10.0 */
#define VIR_DOMAIN_IOTHREAD_POLL_GROW "poll_grow" /* Since: 4.10.0 */
#define VIR_DOMAIN_IOTHREAD_POLL_SHRINK "poll_shrink" /* Since: 4.10.0 */

#define VIR_DOMAIN_IOTHREAD_THREAD_POOL_MIN "thread_pool_min" /* Since: 8.5.0 */
#define VIR_DOMAIN_IOTHREAD_THREAD_POOL_MAX "thread_pool_max" /* Since: 8.5.0 */

#define VIR_DOMAIN_STATS_STATE_STATE "state.state" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_STATE_REASON "state.reason" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_CPU_TIME "cpu.time" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_USER "cpu.user" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_SYSTEM "cpu.system" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_HALTPOLL_SUCCESS_TIME "cpu.haltpoll.success.time" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_HALTPOLL_FAIL_TIME "cpu.haltpoll.fail.time" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_CACHE_MONITOR_COUNT "cpu.cache.monitor.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_CACHE_MONITOR_PREFIX "cpu.cache.monitor." /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_CACHE_MONITOR_SUFFIX_NAME ".name" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_CACHE_MONITOR_SUFFIX_VCPUS ".vcpus" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_CACHE_MONITOR_SUFFIX_BANK_COUNT ".bank.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_CACHE_MONITOR_SUFFIX_BANK_PREFIX ".bank." /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_CACHE_MONITOR_SUFFIX_BANK_SUFFIX_ID ".id" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CPU_CACHE_MONITOR_SUFFIX_BANK_SUFFIX_BYTES ".bytes" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_BALLOON_CURRENT "balloon.current" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_MAXIMUM "balloon.maximum" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_SWAP_IN "balloon.swap_in" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_SWAP_OUT "balloon.swap_out" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_MAJOR_FAULT "balloon.major_fault" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_MINOR_FAULT "balloon.minor_fault" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_UNUSED "balloon.unused" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_AVAILABLE "balloon.available" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_RSS "balloon.rss" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_USABLE "balloon.usable" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_LAST_UPDATE "balloon.last-update" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_DISK_CACHES "balloon.disk_caches" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_HUGETLB_PGALLOC "balloon.hugetlb_pgalloc" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BALLOON_HUGETLB_PGFAIL "balloon.hugetlb_pgfail" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_VCPU_CURRENT "vcpu.current" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_VCPU_MAXIMUM "vcpu.maximum" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_VCPU_PREFIX "vcpu." /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_VCPU_SUFFIX_STATE ".state" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_VCPU_SUFFIX_TIME ".time" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_VCPU_SUFFIX_WAIT ".wait" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_VCPU_SUFFIX_HALTED ".halted" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_VCPU_SUFFIX_DELAY ".delay" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_CUSTOM_SUFFIX_TYPE_CUR ".cur" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CUSTOM_SUFFIX_TYPE_SUM ".sum" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_CUSTOM_SUFFIX_TYPE_MAX ".max" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_NET_COUNT "net.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_PREFIX "net." /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_SUFFIX_NAME ".name" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_SUFFIX_RX_BYTES ".rx.bytes" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_SUFFIX_RX_PKTS ".rx.pkts" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_SUFFIX_RX_ERRS ".rx.errs" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_SUFFIX_RX_DROP ".rx.drop" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_SUFFIX_TX_BYTES ".tx.bytes" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_SUFFIX_TX_PKTS ".tx.pkts" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_SUFFIX_TX_ERRS ".tx.errs" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_NET_SUFFIX_TX_DROP ".tx.drop" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_BLOCK_COUNT "block.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_PREFIX "block." /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_NAME ".name" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_BACKINGINDEX ".backingIndex" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_PATH ".path" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_RD_REQS ".rd.reqs" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_RD_BYTES ".rd.bytes" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_RD_TIMES ".rd.times" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_WR_REQS ".wr.reqs" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_WR_BYTES ".wr.bytes" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_WR_TIMES ".wr.times" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_FL_REQS ".fl.reqs" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_FL_TIMES ".fl.times" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_ERRORS ".errors" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_ALLOCATION ".allocation" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_CAPACITY ".capacity" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_PHYSICAL ".physical" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_BLOCK_SUFFIX_THRESHOLD ".threshold" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_PERF_CMT "perf.cmt" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_MBMT "perf.mbmt" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_MBML "perf.mbml" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_CACHE_MISSES "perf.cache_misses" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_CACHE_REFERENCES "perf.cache_references" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_INSTRUCTIONS "perf.instructions" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_CPU_CYCLES "perf.cpu_cycles" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_BRANCH_INSTRUCTIONS "perf.branch_instructions" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_BRANCH_MISSES "perf.branch_misses" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_BUS_CYCLES "perf.bus_cycles" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_STALLED_CYCLES_FRONTEND "perf.stalled_cycles_frontend" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_STALLED_CYCLES_BACKEND "perf.stalled_cycles_backend" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_REF_CPU_CYCLES "perf.ref_cpu_cycles" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_CPU_CLOCK "perf.cpu_clock" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_TASK_CLOCK "perf.task_clock" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_PAGE_FAULTS "perf.page_faults" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_CONTEXT_SWITCHES "perf.context_switches" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_CPU_MIGRATIONS "perf.cpu_migrations" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_PAGE_FAULTS_MIN "perf.page_faults_min" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_PAGE_FAULTS_MAJ "perf.page_faults_maj" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_ALIGNMENT_FAULTS "perf.alignment_faults" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_PERF_EMULATION_FAULTS "perf.emulation_faults" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_IOTHREAD_COUNT "iothread.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_IOTHREAD_PREFIX "iothread." /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_IOTHREAD_SUFFIX_POLL_MAX_NS ".poll-max-ns" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_IOTHREAD_SUFFIX_POLL_GROW ".poll-grow" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_IOTHREAD_SUFFIX_POLL_SHRINK ".poll-shrink" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_MEMORY_BANDWIDTH_MONITOR_COUNT "memory.bandwidth.monitor.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_MEMORY_BANDWIDTH_MONITOR_PREFIX "memory.bandwidth.monitor." /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_MEMORY_BANDWIDTH_MONITOR_SUFFIX_NAME ".name" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_MEMORY_BANDWIDTH_MONITOR_SUFFIX_VCPUS ".vcpus" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_MEMORY_BANDWIDTH_MONITOR_SUFFIX_NODE_COUNT ".node.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_MEMORY_BANDWIDTH_MONITOR_SUFFIX_NODE_PREFIX ".node." /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_MEMORY_BANDWIDTH_MONITOR_SUFFIX_NODE_SUFFIX_ID ".id" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_MEMORY_BANDWIDTH_MONITOR_SUFFIX_NODE_SUFFIX_BYTES_LOCAL ".bytes.local" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_MEMORY_BANDWIDTH_MONITOR_SUFFIX_NODE_SUFFIX_BYTES_TOTAL ".bytes.total" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_DIRTYRATE_CALC_STATUS "dirtyrate.calc_status" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_DIRTYRATE_CALC_START_TIME "dirtyrate.calc_start_time" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_DIRTYRATE_CALC_PERIOD "dirtyrate.calc_period" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_DIRTYRATE_MEGABYTES_PER_SECOND "dirtyrate.megabytes_per_second" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_DIRTYRATE_CALC_MODE "dirtyrate.calc_mode" /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_DIRTYRATE_VCPU_PREFIX "dirtyrate.vcpu." /* Since: 11.2.0 */
#define VIR_DOMAIN_STATS_DIRTYRATE_VCPU_SUFFIX_MEGABYTES_PER_SECOND ".megabytes_per_second" /* Since: 11.2.0 */

#define VIR_DOMAIN_STATS_VM_PREFIX "vm." /* Since: 11.2.0 */

#define VIR_PERF_PARAM_CMT "cmt" /* Since: 1.3.3 */

#define VIR_PERF_PARAM_MBMT "mbmt" /* Since: 1.3.5 */

#define VIR_PERF_PARAM_MBML "mbml" /* Since: 1.3.5 */

#define VIR_PERF_PARAM_CACHE_MISSES "cache_misses" /* Since: 2.3.0 */
#define VIR_PERF_PARAM_CACHE_REFERENCES "cache_references" /* Since: 2.3.0 */

#define VIR_PERF_PARAM_INSTRUCTIONS "instructions" /* Since: 2.3.0 */

#define VIR_PERF_PARAM_CPU_CYCLES "cpu_cycles" /* Since: 2.3.0 */

#define VIR_PERF_PARAM_BRANCH_INSTRUCTIONS "branch_instructions" /* Since: 3.0.0 */
#define VIR_PERF_PARAM_BRANCH_MISSES "branch_misses" /* Since: 3.0.0 */

#define VIR_PERF_PARAM_BUS_CYCLES "bus_cycles" /* Since: 3.0.0 */

#define VIR_PERF_PARAM_STALLED_CYCLES_FRONTEND "stalled_cycles_frontend" /* Since: 3.0.0 */
#define VIR_PERF_PARAM_STALLED_CYCLES_BACKEND "stalled_cycles_backend" /* Since: 3.0.0 */

#define VIR_PERF_PARAM_REF_CPU_CYCLES "ref_cpu_cycles" /* Since: 3.0.0 */

#define VIR_PERF_PARAM_CPU_CLOCK "cpu_clock" /* Since: 3.2.0 */

#define VIR_PERF_PARAM_TASK_CLOCK "task_clock" /* Since: 3.2.0 */

#define VIR_PERF_PARAM_PAGE_FAULTS "page_faults" /* Since: 3.2.0 */

#define VIR_PERF_PARAM_CONTEXT_SWITCHES "context_switches" /* Since: 3.2.0 */

#define VIR_PERF_PARAM_CPU_MIGRATIONS "cpu_migrations" /* Since: 3.2.0 */

#define VIR_PERF_PARAM_PAGE_FAULTS_MIN "page_faults_min" /* Since: 3.2.0 */
#define VIR_PERF_PARAM_PAGE_FAULTS_MAJ "page_faults_maj" /* Since: 3.2.0 */

#define VIR_PERF_PARAM_ALIGNMENT_FAULTS "alignment_faults" /* Since: 3.2.0 */

#define VIR_PERF_PARAM_EMULATION_FAULTS "emulation_faults" /* Since: 3.2.0 */

#define VIR_DOMAIN_BLOCK_COPY_BANDWIDTH "bandwidth" /* Since: 1.2.8 */
#define VIR_DOMAIN_BLOCK_COPY_GRANULARITY "granularity" /* Since: 1.2.8 */
#define VIR_DOMAIN_BLOCK_COPY_BUF_SIZE "buf-size" /* Since: 1.2.8 */

#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC "total_bytes_sec" /* Since: 0.9.8 */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC "read_bytes_sec" /* Since: 0.9.8 */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC "write_bytes_sec" /* Since: 0.9.8 */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC "total_iops_sec" /* Since: 0.9.8 */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC "read_iops_sec" /* Since: 0.9.8 */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC "write_iops_sec" /* Since: 0.9.8 */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX "total_bytes_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX "read_bytes_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX "write_bytes_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX "total_iops_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX "read_iops_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX "write_iops_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX_LENGTH "total_bytes_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX_LENGTH "read_bytes_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX_LENGTH "write_bytes_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX_LENGTH "total_iops_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX_LENGTH "read_iops_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX_LENGTH "write_iops_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_BLOCK_IOTUNE_SIZE_IOPS_SEC "size_iops_sec" /* Since: 1.2.11 */
#define VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME "group_name" /* Since: 3.0.0 */

#define VIR_DOMAIN_JOB_OPERATION "operation" /* Since: 3.3.0 */

#define VIR_DOMAIN_JOB_TIME_ELAPSED "time_elapsed" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_TIME_ELAPSED_NET "time_elapsed_net" /* Since: 1.2.15 */
#define VIR_DOMAIN_JOB_TIME_REMAINING "time_remaining" /* Since: 1.0.3 */

#define VIR_DOMAIN_JOB_DOWNTIME "downtime" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_DOWNTIME_NET "downtime_net" /* Since: 1.2.15 */

#define VIR_DOMAIN_JOB_SETUP_TIME "setup_time" /* Since: 1.2.9 */

#define VIR_DOMAIN_JOB_DATA_TOTAL "data_total" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_DATA_PROCESSED "data_processed" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_DATA_REMAINING "data_remaining" /* Since: 1.0.3 */

#define VIR_DOMAIN_JOB_MEMORY_TOTAL "memory_total" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_MEMORY_PROCESSED "memory_processed" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_MEMORY_REMAINING "memory_remaining" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_MEMORY_CONSTANT "memory_constant" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_MEMORY_NORMAL "memory_normal" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_MEMORY_NORMAL_BYTES "memory_normal_bytes" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_MEMORY_BPS "memory_bps" /* Since: 1.2.9 */
#define VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE "memory_dirty_rate" /* Since: 1.3.1 */
#define VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE "memory_page_size" /* Since: 3.9.0 */
#define VIR_DOMAIN_JOB_MEMORY_ITERATION "memory_iteration" /* Since: 1.3.1 */
#define VIR_DOMAIN_JOB_MEMORY_POSTCOPY_REQS "memory_postcopy_requests" /* Since: 5.0.0 */

#define VIR_DOMAIN_JOB_DISK_TOTAL "disk_total" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_DISK_PROCESSED "disk_processed" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_DISK_REMAINING "disk_remaining" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_DISK_BPS "disk_bps" /* Since: 1.2.9 */

#define VIR_DOMAIN_JOB_COMPRESSION_CACHE "compression_cache" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_COMPRESSION_BYTES "compression_bytes" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_COMPRESSION_PAGES "compression_pages" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_COMPRESSION_CACHE_MISSES "compression_cache_misses" /* Since: 1.0.3 */
#define VIR_DOMAIN_JOB_COMPRESSION_OVERFLOW "compression_overflow" /* Since: 1.0.3 */

#define VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE "auto_converge_throttle" /* Since: 2.0.0 */

#define VIR_DOMAIN_JOB_SUCCESS "success" /* Since: 6.0.0 */

#define VIR_DOMAIN_JOB_ERRMSG "errmsg" /* Since: 6.3.0 */

#define VIR_DOMAIN_JOB_DISK_TEMP_USED "disk_temp_used" /* Since: 6.0.0 */
#define VIR_DOMAIN_JOB_DISK_TEMP_TOTAL "disk_temp_total" /* Since: 6.0.0 */

#define VIR_DOMAIN_JOB_VFIO_DATA_TRANSFERRED "vfio_data_transferred" /* Since: 10.6.0 */

#define VIR_DOMAIN_TUNABLE_CPU_VCPUPIN "cputune.vcpupin%u" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_CPU_EMULATORPIN "cputune.emulatorpin" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_CPU_IOTHREADSPIN "cputune.iothreadpin%u" /* Since: 1.2.14 */
#define VIR_DOMAIN_TUNABLE_CPU_CPU_SHARES "cputune.cpu_shares" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_CPU_GLOBAL_PERIOD "cputune.global_period" /* Since: 1.3.3 */
#define VIR_DOMAIN_TUNABLE_CPU_GLOBAL_QUOTA "cputune.global_quota" /* Since: 1.3.3 */
#define VIR_DOMAIN_TUNABLE_CPU_VCPU_PERIOD "cputune.vcpu_period" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_CPU_VCPU_QUOTA "cputune.vcpu_quota" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_CPU_EMULATOR_PERIOD "cputune.emulator_period" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_CPU_EMULATOR_QUOTA "cputune.emulator_quota" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_CPU_IOTHREAD_PERIOD "cputune.iothread_period" /* Since: 2.2.0 */
#define VIR_DOMAIN_TUNABLE_CPU_IOTHREAD_QUOTA "cputune.iothread_quota" /* Since: 2.2.0 */

#define VIR_DOMAIN_TUNABLE_BLKDEV_DISK "blkdeviotune.disk" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_BYTES_SEC "blkdeviotune.total_bytes_sec" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_BYTES_SEC "blkdeviotune.read_bytes_sec" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_BYTES_SEC "blkdeviotune.write_bytes_sec" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_IOPS_SEC "blkdeviotune.total_iops_sec" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_IOPS_SEC "blkdeviotune.read_iops_sec" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_IOPS_SEC "blkdeviotune.write_iops_sec" /* Since: 1.2.9 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_BYTES_SEC_MAX "blkdeviotune.total_bytes_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_BYTES_SEC_MAX "blkdeviotune.read_bytes_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_BYTES_SEC_MAX "blkdeviotune.write_bytes_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_IOPS_SEC_MAX "blkdeviotune.total_iops_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_IOPS_SEC_MAX "blkdeviotune.read_iops_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_IOPS_SEC_MAX "blkdeviotune.write_iops_sec_max" /* Since: 1.2.11 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_SIZE_IOPS_SEC "blkdeviotune.size_iops_sec" /* Since: 1.2.11 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_GROUP_NAME "blkdeviotune.group_name" /* Since: 3.0.0 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_BYTES_SEC_MAX_LENGTH "blkdeviotune.total_bytes_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_BYTES_SEC_MAX_LENGTH "blkdeviotune.read_bytes_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_BYTES_SEC_MAX_LENGTH "blkdeviotune.write_bytes_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_TOTAL_IOPS_SEC_MAX_LENGTH "blkdeviotune.total_iops_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_READ_IOPS_SEC_MAX_LENGTH "blkdeviotune.read_iops_sec_max_length" /* Since: 2.4.0 */
#define VIR_DOMAIN_TUNABLE_BLKDEV_WRITE_IOPS_SEC_MAX_LENGTH "blkdeviotune.write_iops_sec_max_length" /* Since: 2.4.0 */

#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_MEASUREMENT "sev-measurement" /* Since: 4.5.0 */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_API_MAJOR "sev-api-major" /* Since: 8.0.0 */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_API_MINOR "sev-api-minor" /* Since: 8.0.0 */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_BUILD_ID "sev-build-id" /* Since: 8.0.0 */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_POLICY "sev-policy" /* Since: 8.0.0 */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_SNP_POLICY "sev-snp-policy" /* Since: 10.5.0 */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_HEADER "sev-secret-header" /* Since: 8.0.0 */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET "sev-secret" /* Since: 8.0.0 */
#define VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_SET_ADDRESS "sev-secret-set-address" /* Since: 8.0.0 */

#define VIR_DOMAIN_GUEST_INFO_USER_COUNT "user.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_USER_PREFIX "user." /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_USER_SUFFIX_NAME ".name" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_USER_SUFFIX_DOMAIN ".domain" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_USER_SUFFIX_LOGIN_TIME ".login-time" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_ID "os.id" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_NAME "os.name" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_PRETTY_NAME "os.pretty-name" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_VERSION "os.version" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_VERSION_ID "os.version-id" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_KERNEL_RELEASE "os.kernel-release" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_KERNEL_VERSION "os.kernel-version" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_MACHINE "os.machine" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_VARIANT "os.variant" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_OS_VARIANT_ID "os.variant-id" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_TIMEZONE_NAME "timezone.name" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_TIMEZONE_OFFSET "timezone.offset" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_HOSTNAME_HOSTNAME "hostname" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_COUNT "fs.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_PREFIX "fs." /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_MOUNTPOINT ".mountpoint" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_NAME ".name" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_FSTYPE ".fstype" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_TOTAL_BYTES ".total-bytes" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_USED_BYTES ".used-bytes" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_DISK_COUNT ".disk.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_DISK_PREFIX ".disk." /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_DISK_SUFFIX_ALIAS ".alias" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_DISK_SUFFIX_SERIAL ".serial" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_FS_SUFFIX_DISK_SUFFIX_DEVICE ".device" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_COUNT "disk.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_PREFIX "disk." /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_SUFFIX_NAME ".name" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_SUFFIX_PARTITION ".partition" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_SUFFIX_DEPENDENCY_COUNT ".dependency.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_SUFFIX_DEPENDENCY_PREFIX ".dependency." /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_SUFFIX_DEPENDENCY_SUFFIX_NAME ".name" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_SUFFIX_SERIAL ".serial" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_SUFFIX_ALIAS ".alias" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_SUFFIX_GUEST_ALIAS ".guest_alias" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_DISK_SUFFIX_GUEST_BUS ".guest_bus" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_IF_COUNT "if.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_IF_PREFIX "if." /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_IF_SUFFIX_NAME ".name" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_IF_SUFFIX_HWADDR ".hwaddr" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_IF_SUFFIX_ADDR_COUNT ".addr.count" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_IF_SUFFIX_ADDR_PREFIX ".addr." /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_IF_SUFFIX_ADDR_SUFFIX_TYPE ".type" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_IF_SUFFIX_ADDR_SUFFIX_ADDR ".addr" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_IF_SUFFIX_ADDR_SUFFIX_PREFIX ".prefix" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_LOAD_1M "load.1m" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_LOAD_5M "load.5m" /* Since: 11.2.0 */
#define VIR_DOMAIN_GUEST_INFO_LOAD_15M "load.15m" /* Since: 11.2.0 */

/**
 * virDomain:
 * What is in it is not for programs.
 */
typedef struct _virDomain virDomain;

typedef struct _virDomainControlInfo virDomainControlInfo;

typedef struct _virDomainInfo virDomainInfo;

typedef struct _virDomainBlockStats virDomainBlockStatsStruct;

typedef struct _virDomainInterfaceStats virDomainInterfaceStatsStruct;

typedef struct _virDomainMemoryStat virDomainMemoryStatStruct;

typedef struct _virDomainBlockInfo virDomainBlockInfo;

typedef struct _virVcpuInfo virVcpuInfo;

typedef struct _virDomainIOThreadInfo virDomainIOThreadInfo;

typedef struct _virDomainStatsRecord virDomainStatsRecord;

typedef struct _virDomainBlockJobInfo virDomainBlockJobInfo;

typedef struct _virDomainDiskError virDomainDiskError;

typedef struct _virDomainJobInfo virDomainJobInfo;

typedef struct _virDomainEventGraphicsAddress virDomainEventGraphicsAddress;

typedef struct _virDomainEventGraphicsSubjectIdentity virDomainEventGraphicsSubjectIdentity;

typedef struct _virDomainEventGraphicsSubject virDomainEventGraphicsSubject;

typedef struct _virDomainFSInfo virDomainFSInfo;

typedef struct _virDomainInterfaceIPAddress virDomainIPAddress;

typedef struct _virDomainInterface virDomainInterface;

/** virDomainPtr: a pointer to virDomain. Since: 0.0.1 */
typedef virDomain *virDomainPtr;

/**
 * virDomainState:
 * What a domain is doing.
 */
typedef enum {
    VIR_DOMAIN_NOSTATE = 0, /* Since: 0.0.1 */
    VIR_DOMAIN_RUNNING = 1, /* Since: 0.0.1 */
    VIR_DOMAIN_BLOCKED = 2, /* Since: 0.0.1 */
    VIR_DOMAIN_PAUSED = 3, /* Since: 0.0.1 */
    VIR_DOMAIN_SHUTDOWN = 4, /* Since: 0.0.1 */
    VIR_DOMAIN_SHUTOFF = 5, /* Since: 0.0.1 */
    VIR_DOMAIN_CRASHED = 6, /* Since: 0.0.2 */
    VIR_DOMAIN_PMSUSPENDED = 7 /* Since: 0.9.11 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_LAST = 8
#endif
} virDomainState;

/**
 * virDomainNostateReason:
 * Why a domain has no state.
 */
typedef enum {
    VIR_DOMAIN_NOSTATE_UNKNOWN = 0 /* Since: 0.9.2 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_NOSTATE_LAST = 1
#endif
} virDomainNostateReason;

/**
 * virDomainRunningReason:
 * Why a domain runs.
 */
typedef enum {
    VIR_DOMAIN_RUNNING_UNKNOWN = 0, /* Since: 0.9.2 */
    VIR_DOMAIN_RUNNING_BOOTED = 1, /* Since: 0.9.2 */
    VIR_DOMAIN_RUNNING_MIGRATED = 2, /* Since: 0.9.2 */
    VIR_DOMAIN_RUNNING_RESTORED = 3, /* Since: 0.9.2 */
    VIR_DOMAIN_RUNNING_FROM_SNAPSHOT = 4, /* Since: 0.9.2 */
    VIR_DOMAIN_RUNNING_UNPAUSED = 5, /* Since: 0.9.2 */
    VIR_DOMAIN_RUNNING_MIGRATION_CANCELED = 6, /* Since: 0.9.2 */
    VIR_DOMAIN_RUNNING_SAVE_CANCELED = 7, /* Since: 0.9.2 */
    VIR_DOMAIN_RUNNING_WAKEUP = 8, /* Since: 0.9.11 */
    VIR_DOMAIN_RUNNING_CRASHED = 9, /* Since: 1.1.1 */
    VIR_DOMAIN_RUNNING_POSTCOPY = 10, /* Since: 1.3.3 */
    VIR_DOMAIN_RUNNING_POSTCOPY_FAILED = 11 /* Since: 8.5.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_RUNNING_LAST = 12
#endif
} virDomainRunningReason;

/**
 * virDomainBlockedReason:
 * Why a domain is blocked.
 */
typedef enum {
    VIR_DOMAIN_BLOCKED_UNKNOWN = 0 /* Since: 0.9.2 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_BLOCKED_LAST = 1
#endif
} virDomainBlockedReason;

/**
 * virDomainPausedReason:
 * Why a domain is paused.
 */
typedef enum {
    VIR_DOMAIN_PAUSED_UNKNOWN = 0, /* Since: 0.9.2 */
    VIR_DOMAIN_PAUSED_USER = 1, /* Since: 0.9.2 */
    VIR_DOMAIN_PAUSED_MIGRATION = 2, /* Since: 0.9.2 */
    VIR_DOMAIN_PAUSED_SAVE = 3, /* Since: 0.9.2 */
    VIR_DOMAIN_PAUSED_DUMP = 4, /* Since: 0.9.2 */
    VIR_DOMAIN_PAUSED_IOERROR = 5, /* Since: 0.9.2 */
    VIR_DOMAIN_PAUSED_WATCHDOG = 6, /* Since: 0.9.2 */
    VIR_DOMAIN_PAUSED_FROM_SNAPSHOT = 7, /* Since: 0.9.2 */
    VIR_DOMAIN_PAUSED_SHUTTING_DOWN = 8, /* Since: 0.9.5 */
    VIR_DOMAIN_PAUSED_SNAPSHOT = 9, /* Since: 1.0.1 */
    VIR_DOMAIN_PAUSED_CRASHED = 10, /* Since: 1.1.1 */
    VIR_DOMAIN_PAUSED_STARTING_UP = 11, /* Since: 1.2.14 */
    VIR_DOMAIN_PAUSED_POSTCOPY = 12, /* Since: 1.3.3 */
    VIR_DOMAIN_PAUSED_POSTCOPY_FAILED = 13, /* Since: 1.3.3 */
    VIR_DOMAIN_PAUSED_API_ERROR = 14 /* Since: 9.2.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_PAUSED_LAST = 15
#endif
} virDomainPausedReason;

/**
 * virDomainShutdownReason:
 * Why a domain shuts down.
 */
typedef enum {
    VIR_DOMAIN_SHUTDOWN_UNKNOWN = 0, /* Since: 0.9.2 */
    VIR_DOMAIN_SHUTDOWN_USER = 1 /* Since: 0.9.2 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_SHUTDOWN_LAST = 2
#endif
} virDomainShutdownReason;

/**
 * virDomainShutoffReason:
 * Why a domain does not run.
 */
typedef enum {
    VIR_DOMAIN_SHUTOFF_UNKNOWN = 0, /* Since: 0.9.2 */
    VIR_DOMAIN_SHUTOFF_SHUTDOWN = 1, /* Since: 0.9.2 */
    VIR_DOMAIN_SHUTOFF_DESTROYED = 2, /* Since: 0.9.2 */
    VIR_DOMAIN_SHUTOFF_CRASHED = 3, /* Since: 0.9.2 */
    VIR_DOMAIN_SHUTOFF_MIGRATED = 4, /* Since: 0.9.2 */
    VIR_DOMAIN_SHUTOFF_SAVED = 5, /* Since: 0.9.2 */
    VIR_DOMAIN_SHUTOFF_FAILED = 6, /* Since: 0.9.2 */
    VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT = 7, /* Since: 0.9.2 */
    VIR_DOMAIN_SHUTOFF_DAEMON = 8 /* Since: 4.10.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_SHUTOFF_LAST = 9
#endif
} virDomainShutoffReason;

/**
 * virDomainCrashedReason:
 * Why a domain has crashed.
 */
typedef enum {
    VIR_DOMAIN_CRASHED_UNKNOWN = 0, /* Since: 0.9.2 */
    VIR_DOMAIN_CRASHED_PANICKED = 1 /* Since: 1.1.1 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_CRASHED_LAST = 2
#endif
} virDomainCrashedReason;

/**
 * virDomainPMSuspendedReason:
 * Why a domain sleeps.
 */
typedef enum {
    VIR_DOMAIN_PMSUSPENDED_UNKNOWN = 0 /* Since: 0.9.11 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_PMSUSPENDED_LAST = 1
#endif
} virDomainPMSuspendedReason;

/**
 * virDomainPMSuspendedDiskReason:
 * Why a domain sleeps on disk.
 */
typedef enum {
    VIR_DOMAIN_PMSUSPENDED_DISK_UNKNOWN = 0 /* Since: 1.0.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_PMSUSPENDED_DISK_LAST = 1
#endif
} virDomainPMSuspendedDiskReason;

/**
 * virDomainControlState:
 * The state of a domain's control channel.
 */
typedef enum {
    VIR_DOMAIN_CONTROL_OK = 0, /* Since: 0.9.3 */
    VIR_DOMAIN_CONTROL_JOB = 1, /* Since: 0.9.3 */
    VIR_DOMAIN_CONTROL_OCCUPIED = 2, /* Since: 0.9.3 */
    VIR_DOMAIN_CONTROL_ERROR = 3 /* Since: 0.9.3 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_CONTROL_LAST = 4
#endif
} virDomainControlState;

/**
 * virDomainControlErrorReason:
 * Why a control channel fails.
 */
typedef enum {
    VIR_DOMAIN_CONTROL_ERROR_REASON_NONE = 0, /* Since: 1.2.14 */
    VIR_DOMAIN_CONTROL_ERROR_REASON_UNKNOWN = 1, /* Since: 1.2.14 */
    VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR = 2, /* Since: 1.2.14 */
    VIR_DOMAIN_CONTROL_ERROR_REASON_INTERNAL = 3 /* Since: 1.2.14 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_CONTROL_ERROR_REASON_LAST = 4
#endif
} virDomainControlErrorReason;

/**
 * virDomainControlInfo:
 * A control channel; @stateTime is how long it has been so, in milliseconds.
 */
struct _virDomainControlInfo {
    unsigned int state;
    unsigned int details;
    unsigned long long stateTime;
};

/** virDomainControlInfoPtr: a pointer to virDomainControlInfo. Since: 0.9.3 */
typedef virDomainControlInfo *virDomainControlInfoPtr;

/**
 * virDomainModificationImpact:
 * What a call is about: the running domain, its configuration, or what its state suggests.
 */
typedef enum {
    VIR_DOMAIN_AFFECT_CURRENT = 0, /* Since: 0.9.2 */
    VIR_DOMAIN_AFFECT_LIVE = (1 << 0), /* Since: 0.9.2 */
    VIR_DOMAIN_AFFECT_CONFIG = (1 << 1) /* Since: 0.9.2 */
} virDomainModificationImpact;

/**
 * virDomainInfo:
 * A domain: state, memory it can have and has in KiB, processors, processor time in nanoseconds.
 */
struct _virDomainInfo {
    unsigned char state;
    unsigned long maxMem;
    unsigned long memory;
    unsigned short nrVirtCpu;
    unsigned long long cpuTime;
};

/** virDomainInfoPtr: a pointer to virDomainInfo. Since: 0.0.1 */
typedef virDomainInfo *virDomainInfoPtr;

/**
 * virDomainCreateFlags:
 * Flags of virDomainCreateWithFiles, virDomainCreateWithFlags, virDomainCreateXML,
 * virDomainCreateXMLWithFiles.
 */
typedef enum {
    VIR_DOMAIN_NONE = 0, /* Since: 0.0.1 */
    VIR_DOMAIN_START_PAUSED = (1 << 0), /* Since: 0.8.2 */
    VIR_DOMAIN_START_AUTODESTROY = (1 << 1), /* Since: 0.9.3 */
    VIR_DOMAIN_START_BYPASS_CACHE = (1 << 2), /* Since: 0.9.4 */
    VIR_DOMAIN_START_FORCE_BOOT = (1 << 3), /* Since: 0.9.5 */
    VIR_DOMAIN_START_VALIDATE = (1 << 4), /* Since: 1.2.12 */
    VIR_DOMAIN_START_RESET_NVRAM = (1 << 5) /* Since: 8.1.0 */
} virDomainCreateFlags;

/**
 * virDomainBlockStatsStruct:
 * Requests to a disk; -1 for what is not known.
 */
struct _virDomainBlockStats {
    long long rd_req;
    long long rd_bytes;
    long long wr_req;
    long long wr_bytes;
    long long errs;
};

/** virDomainBlockStatsPtr: a pointer to virDomainBlockStatsStruct. Since: 0.3.2 */
typedef virDomainBlockStatsStruct *virDomainBlockStatsPtr;

/**
 * virDomainInterfaceStatsStruct:
 * What went through a network interface; -1 for what is not known.
 */
struct _virDomainInterfaceStats {
    long long rx_bytes;
    long long rx_packets;
    long long rx_errs;
    long long rx_drop;
    long long tx_bytes;
    long long tx_packets;
    long long tx_errs;
    long long tx_drop;
};

/** virDomainInterfaceStatsPtr: a pointer to virDomainInterfaceStatsStruct. Since: 0.3.2 */
typedef virDomainInterfaceStatsStruct *virDomainInterfaceStatsPtr;

/**
 * virDomainMemoryStatTags:
 * What a number of virDomainMemoryStats means.
 */
typedef enum {
    VIR_DOMAIN_MEMORY_STAT_SWAP_IN = 0, /* Since: 0.7.5 */
    VIR_DOMAIN_MEMORY_STAT_SWAP_OUT = 1, /* Since: 0.7.5 */
    VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT = 2, /* Since: 0.7.5 */
    VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT = 3, /* Since: 0.7.5 */
    VIR_DOMAIN_MEMORY_STAT_UNUSED = 4, /* Since: 0.7.5 */
    VIR_DOMAIN_MEMORY_STAT_AVAILABLE = 5, /* Since: 0.7.5 */
    VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON = 6, /* Since: 0.9.3 */
    VIR_DOMAIN_MEMORY_STAT_RSS = 7, /* Since: 0.9.10 */
    VIR_DOMAIN_MEMORY_STAT_USABLE = 8, /* Since: 2.1.0 */
    VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE = 9, /* Since: 2.1.0 */
    VIR_DOMAIN_MEMORY_STAT_DISK_CACHES = 10, /* Since: 4.6.0 */
    VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC = 11, /* Since: 5.4.0 */
    VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL = 12 /* Since: 5.4.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_MEMORY_STAT_NR = 13
    , VIR_DOMAIN_MEMORY_STAT_LAST = VIR_DOMAIN_MEMORY_STAT_NR
#endif
} virDomainMemoryStatTags;

/**
 * virDomainMemoryStatStruct:
 * A number about a guest's memory. @tag is one of virDomainMemoryStatTags.
 */
struct _virDomainMemoryStat {
    int tag;
    unsigned long long val;
};

/** virDomainMemoryStatPtr: a pointer to virDomainMemoryStatStruct. Since: 0.7.5 */
typedef virDomainMemoryStatStruct *virDomainMemoryStatPtr;

/**
 * virDomainCoreDumpFlags:
 * Flags of virDomainCoreDump, virDomainCoreDumpWithFormat.
 */
typedef enum {
    VIR_DUMP_CRASH = (1 << 0), /* Since: 0.7.5 */
    VIR_DUMP_LIVE = (1 << 1), /* Since: 0.7.5 */
    VIR_DUMP_BYPASS_CACHE = (1 << 2), /* Since: 0.9.4 */
    VIR_DUMP_RESET = (1 << 3), /* Since: 0.9.7 */
    VIR_DUMP_MEMORY_ONLY = (1 << 4) /* Since: 0.9.13 */
} virDomainCoreDumpFlags;

/**
 * virDomainCoreDumpFormat:
 * Formats of files with a guest's memory.
 */
typedef enum {
    VIR_DOMAIN_CORE_DUMP_FORMAT_RAW = 0, /* Since: 1.2.3 */
    VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_ZLIB = 1, /* Since: 1.2.3 */
    VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_LZO = 2, /* Since: 1.2.3 */
    VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_SNAPPY = 3, /* Since: 1.2.3 */
    VIR_DOMAIN_CORE_DUMP_FORMAT_WIN_DMP = 4 /* Since: 7.4.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_CORE_DUMP_FORMAT_LAST = 5
#endif
} virDomainCoreDumpFormat;

/**
 * virDomainMigrateFlags:
 * Flags of virDomainMigrate, virDomainMigrate2, virDomainMigrate3 and others.
 */
typedef enum {
    VIR_MIGRATE_LIVE = (1 << 0), /* Since: 0.3.2 */
    VIR_MIGRATE_PEER2PEER = (1 << 1), /* Since: 0.7.2 */
    VIR_MIGRATE_TUNNELLED = (1 << 2), /* Since: 0.7.2 */
    VIR_MIGRATE_PERSIST_DEST = (1 << 3), /* Since: 0.7.3 */
    VIR_MIGRATE_UNDEFINE_SOURCE = (1 << 4), /* Since: 0.7.3 */
    VIR_MIGRATE_PAUSED = (1 << 5), /* Since: 0.7.5 */
    VIR_MIGRATE_NON_SHARED_DISK = (1 << 6), /* Since: 0.8.2 */
    VIR_MIGRATE_NON_SHARED_INC = (1 << 7), /* Since: 0.8.2 */
    VIR_MIGRATE_CHANGE_PROTECTION = (1 << 8), /* Since: 0.9.4 */
    VIR_MIGRATE_UNSAFE = (1 << 9), /* Since: 0.9.11 */
    VIR_MIGRATE_OFFLINE = (1 << 10), /* Since: 1.0.1 */
    VIR_MIGRATE_COMPRESSED = (1 << 11), /* Since: 1.0.3 */
    VIR_MIGRATE_ABORT_ON_ERROR = (1 << 12), /* Since: 1.1.0 */
    VIR_MIGRATE_AUTO_CONVERGE = (1 << 13), /* Since: 1.2.3 */
    VIR_MIGRATE_RDMA_PIN_ALL = (1 << 14), /* Since: 1.2.9 */
    VIR_MIGRATE_POSTCOPY = (1 << 15), /* Since: 1.3.3 */
    VIR_MIGRATE_TLS = (1 << 16), /* Since: 3.2.0 */
    VIR_MIGRATE_PARALLEL = (1 << 17), /* Since: 5.2.0 */
    VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES = (1 << 18), /* Since: 8.0.0 */
    VIR_MIGRATE_POSTCOPY_RESUME = (1 << 19), /* Since: 8.5.0 */
    VIR_MIGRATE_ZEROCOPY = (1 << 20) /* Since: 8.5.0 */
} virDomainMigrateFlags;

/**
 * virDomainMigrateMaxSpeedFlags:
 * Flags of virDomainMigrateGetMaxSpeed, virDomainMigrateSetMaxSpeed.
 */
typedef enum {
    VIR_DOMAIN_MIGRATE_MAX_SPEED_POSTCOPY = (1 << 0) /* Since: 5.1.0 */
} virDomainMigrateMaxSpeedFlags;

/**
 * virConnectGetDomainCapabilitiesFlags:
 * Flags of virConnectGetDomainCapabilities.
 */
typedef enum {
    VIR_CONNECT_GET_DOMAIN_CAPABILITIES_DISABLE_DEPRECATED_FEATURES = (1 << 0) /* Since: 11.0.0 */
} virConnectGetDomainCapabilitiesFlags;

/**
 * virDomainShutdownFlagValues:
 * Flags of virDomainShutdownFlags.
 */
typedef enum {
    VIR_DOMAIN_SHUTDOWN_DEFAULT = 0, /* Since: 0.9.10 */
    VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN = (1 << 0), /* Since: 0.9.10 */
    VIR_DOMAIN_SHUTDOWN_GUEST_AGENT = (1 << 1), /* Since: 0.9.10 */
    VIR_DOMAIN_SHUTDOWN_INITCTL = (1 << 2), /* Since: 1.0.1 */
    VIR_DOMAIN_SHUTDOWN_SIGNAL = (1 << 3), /* Since: 1.0.1 */
    VIR_DOMAIN_SHUTDOWN_PARAVIRT = (1 << 4) /* Since: 1.2.5 */
} virDomainShutdownFlagValues;

/**
 * virDomainRebootFlagValues:
 * Flags of virDomainReboot.
 */
typedef enum {
    VIR_DOMAIN_REBOOT_DEFAULT = 0, /* Since: 0.9.10 */
    VIR_DOMAIN_REBOOT_ACPI_POWER_BTN = (1 << 0), /* Since: 0.9.10 */
    VIR_DOMAIN_REBOOT_GUEST_AGENT = (1 << 1), /* Since: 0.9.10 */
    VIR_DOMAIN_REBOOT_INITCTL = (1 << 2), /* Since: 1.0.1 */
    VIR_DOMAIN_REBOOT_SIGNAL = (1 << 3), /* Since: 1.0.1 */
    VIR_DOMAIN_REBOOT_PARAVIRT = (1 << 4) /* Since: 1.2.5 */
} virDomainRebootFlagValues;

/**
 * virDomainDestroyFlagsValues:
 * Flags of virDomainDestroyFlags.
 */
typedef enum {
    VIR_DOMAIN_DESTROY_DEFAULT = 0, /* Since: 0.9.10 */
    VIR_DOMAIN_DESTROY_GRACEFUL = (1 << 0), /* Since: 0.9.10 */
    VIR_DOMAIN_DESTROY_REMOVE_LOGS = (1 << 1) /* Since: 8.3.0 */
} virDomainDestroyFlagsValues;

/**
 * virDomainSaveRestoreFlags:
 * Flags of virDomainManagedSave, virDomainManagedSaveDefineXML, virDomainRestoreFlags and others.
 */
typedef enum {
    VIR_DOMAIN_SAVE_BYPASS_CACHE = (1 << 0), /* Since: 0.9.4 */
    VIR_DOMAIN_SAVE_RUNNING = (1 << 1), /* Since: 0.9.5 */
    VIR_DOMAIN_SAVE_PAUSED = (1 << 2), /* Since: 0.9.5 */
    VIR_DOMAIN_SAVE_RESET_NVRAM = (1 << 3) /* Since: 8.1.0 */
} virDomainSaveRestoreFlags;

/**
 * virDomainMemoryModFlags:
 * Flags of virDomainSetMemoryFlags, virDomainSetMemoryStatsPeriod.
 */
typedef enum {
    VIR_DOMAIN_MEM_CURRENT = VIR_DOMAIN_AFFECT_CURRENT, /* Since: 0.9.1 */
    VIR_DOMAIN_MEM_LIVE = VIR_DOMAIN_AFFECT_LIVE, /* Since: 0.9.0 */
    VIR_DOMAIN_MEM_CONFIG = VIR_DOMAIN_AFFECT_CONFIG, /* Since: 0.9.0 */
    VIR_DOMAIN_MEM_MAXIMUM = (1 << 2) /* Since: 0.9.1 */
} virDomainMemoryModFlags;

/**
 * virDomainNumatuneMemMode:
 * How memory is placed on NUMA nodes.
 */
typedef enum {
    VIR_DOMAIN_NUMATUNE_MEM_STRICT = 0, /* Since: 0.9.9 */
    VIR_DOMAIN_NUMATUNE_MEM_PREFERRED = 1, /* Since: 0.9.9 */
    VIR_DOMAIN_NUMATUNE_MEM_INTERLEAVE = 2, /* Since: 0.9.9 */
    VIR_DOMAIN_NUMATUNE_MEM_RESTRICTIVE = 3 /* Since: 7.3.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_NUMATUNE_MEM_LAST = 4
#endif
} virDomainNumatuneMemMode;

/**
 * virDomainGetHostnameFlags:
 * Flags of virDomainGetHostname.
 */
typedef enum {
    VIR_DOMAIN_GET_HOSTNAME_LEASE = (1 << 0), /* Since: 6.1.0 */
    VIR_DOMAIN_GET_HOSTNAME_AGENT = (1 << 1) /* Since: 6.1.0 */
} virDomainGetHostnameFlags;

/**
 * virDomainMetadataType:
 * What virDomainGetMetadata and virDomainSetMetadata are about.
 */
typedef enum {
    VIR_DOMAIN_METADATA_DESCRIPTION = 0, /* Since: 0.9.10 */
    VIR_DOMAIN_METADATA_TITLE = 1, /* Since: 0.9.10 */
    VIR_DOMAIN_METADATA_ELEMENT = 2 /* Since: 0.9.10 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_METADATA_LAST = 3
#endif
} virDomainMetadataType;

/**
 * virDomainXMLFlags:
 * Flags of virDomainGetXMLDesc.
 */
typedef enum {
    VIR_DOMAIN_XML_SECURE = (1 << 0), /* Since: 0.3.3 */
    VIR_DOMAIN_XML_INACTIVE = (1 << 1), /* Since: 0.3.3 */
    VIR_DOMAIN_XML_UPDATE_CPU = (1 << 2), /* Since: 0.8.0 */
    VIR_DOMAIN_XML_MIGRATABLE = (1 << 3) /* Since: 1.0.0 */
} virDomainXMLFlags;

/**
 * virDomainSaveImageXMLFlags:
 * Flags of virDomainManagedSaveGetXMLDesc, virDomainSaveImageGetXMLDesc.
 */
typedef enum {
    VIR_DOMAIN_SAVE_IMAGE_XML_SECURE = VIR_DOMAIN_XML_SECURE /* Since: 5.1.0 */
} virDomainSaveImageXMLFlags;

/**
 * virDomainBlockResizeFlags:
 * Flags of virDomainBlockResize.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_RESIZE_BYTES = (1 << 0), /* Since: 0.9.11 */
    VIR_DOMAIN_BLOCK_RESIZE_CAPACITY = (1 << 1) /* Since: 10.0.0 */
} virDomainBlockResizeFlags;

/**
 * virDomainBlockInfo:
 * Sizes of a disk's image, in bytes: what the guest sees, what is in use, where the image ends.
 */
struct _virDomainBlockInfo {
    unsigned long long capacity;
    unsigned long long allocation;
    unsigned long long physical;
};

/** virDomainBlockInfoPtr: a pointer to virDomainBlockInfo. Since: 0.8.1 */
typedef virDomainBlockInfo *virDomainBlockInfoPtr;

/**
 * virDomainMemoryFlags:
 * Flags of virDomainMemoryPeek; one of them must be given.
 */
typedef enum {
    VIR_MEMORY_VIRTUAL = (1 << 0), /* Since: 0.4.4 */
    VIR_MEMORY_PHYSICAL = (1 << 1) /* Since: 0.7.0 */
} virDomainMemoryFlags;

/**
 * virDomainDefineFlags:
 * Flags of virDomainDefineXMLFlags.
 */
typedef enum {
    VIR_DOMAIN_DEFINE_VALIDATE = (1 << 0) /* Since: 1.2.12 */
} virDomainDefineFlags;

/**
 * virDomainUndefineFlagsValues:
 * Flags of virDomainUndefineFlags.
 */
typedef enum {
    VIR_DOMAIN_UNDEFINE_MANAGED_SAVE = (1 << 0), /* Since: 0.9.4 */
    VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA = (1 << 1), /* Since: 0.9.5 */
    VIR_DOMAIN_UNDEFINE_NVRAM = (1 << 2), /* Since: 1.2.9 */
    VIR_DOMAIN_UNDEFINE_KEEP_NVRAM = (1 << 3), /* Since: 2.3.0 */
    VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA = (1 << 4), /* Since: 5.6.0 */
    VIR_DOMAIN_UNDEFINE_TPM = (1 << 5), /* Since: 8.9.0 */
    VIR_DOMAIN_UNDEFINE_KEEP_TPM = (1 << 6) /* Since: 8.9.0 */
} virDomainUndefineFlagsValues;

/**
 * virConnectListAllDomainsFlags:
 * Flags of virConnectListAllDomains.
 */
typedef enum {
    VIR_CONNECT_LIST_DOMAINS_ACTIVE = (1 << 0), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_INACTIVE = (1 << 1), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_PERSISTENT = (1 << 2), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_TRANSIENT = (1 << 3), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_RUNNING = (1 << 4), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_PAUSED = (1 << 5), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_SHUTOFF = (1 << 6), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_OTHER = (1 << 7), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE = (1 << 8), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE = (1 << 9), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_AUTOSTART = (1 << 10), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART = (1 << 11), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT = (1 << 12), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT = (1 << 13), /* Since: 0.9.13 */
    VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT = (1 << 14), /* Since: 5.6.0 */
    VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT = (1 << 15) /* Since: 5.6.0 */
} virConnectListAllDomainsFlags;

/**
 * virVcpuState:
 * What a virtual processor is doing.
 */
typedef enum {
    VIR_VCPU_OFFLINE = 0, /* Since: 0.1.4 */
    VIR_VCPU_RUNNING = 1, /* Since: 0.1.4 */
    VIR_VCPU_BLOCKED = 2 /* Since: 0.1.4 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_VCPU_LAST = 3
#endif
} virVcpuState;

/**
 * virVcpuHostCpuState:
 * Special values for the processor that a virtual one runs on.
 */
typedef enum {
    VIR_VCPU_INFO_CPU_UNAVAILABLE = -2, /* Since: 6.10.0 */
    VIR_VCPU_INFO_CPU_OFFLINE = -1 /* Since: 6.10.0 */
} virVcpuHostCpuState;

/**
 * virVcpuInfo:
 * A virtual processor. @cpuTime is in nanoseconds; @cpu is where it runs, or one of
 * virVcpuHostCpuState.
 */
struct _virVcpuInfo {
    unsigned int number;
    int state;
    unsigned long long cpuTime;
    int cpu;
};

/** virVcpuInfoPtr: a pointer to virVcpuInfo. Since: 0.1.4 */
typedef virVcpuInfo *virVcpuInfoPtr;

/**
 * virDomainVcpuFlags:
 * Flags of virDomainGetVcpusFlags, virDomainSetVcpusFlags.
 */
typedef enum {
    VIR_DOMAIN_VCPU_CURRENT = VIR_DOMAIN_AFFECT_CURRENT, /* Since: 0.9.4 */
    VIR_DOMAIN_VCPU_LIVE = VIR_DOMAIN_AFFECT_LIVE, /* Since: 0.8.5 */
    VIR_DOMAIN_VCPU_CONFIG = VIR_DOMAIN_AFFECT_CONFIG, /* Since: 0.8.5 */
    VIR_DOMAIN_VCPU_MAXIMUM = (1 << 2), /* Since: 0.8.5 */
    VIR_DOMAIN_VCPU_GUEST = (1 << 3), /* Since: 1.1.0 */
    VIR_DOMAIN_VCPU_HOTPLUGGABLE = (1 << 4) /* Since: 2.4.0 */
} virDomainVcpuFlags;

/**
 * virDomainIOThreadInfo:
 * An I/O thread and the processors it runs on.
 */
struct _virDomainIOThreadInfo {
    unsigned int iothread_id;
    unsigned char *cpumap;
    int cpumaplen;
};

/** virDomainIOThreadInfoPtr: a pointer to virDomainIOThreadInfo. Since: 1.2.14 */
typedef virDomainIOThreadInfo *virDomainIOThreadInfoPtr;

/**
 * virDomainDeviceModifyFlags:
 * Flags of virDomainAttachDeviceFlags, virDomainDetachDeviceAlias, virDomainDetachDeviceFlags,
 * virDomainUpdateDeviceFlags.
 */
typedef enum {
    VIR_DOMAIN_DEVICE_MODIFY_CURRENT = VIR_DOMAIN_AFFECT_CURRENT, /* Since: 0.7.7 */
    VIR_DOMAIN_DEVICE_MODIFY_LIVE = VIR_DOMAIN_AFFECT_LIVE, /* Since: 0.7.7 */
    VIR_DOMAIN_DEVICE_MODIFY_CONFIG = VIR_DOMAIN_AFFECT_CONFIG, /* Since: 0.7.7 */
    VIR_DOMAIN_DEVICE_MODIFY_FORCE = (1 << 2) /* Since: 0.8.6 */
} virDomainDeviceModifyFlags;

/**
 * virDomainStatsRecord:
 * Statistics of a domain.
 */
struct _virDomainStatsRecord {
    virDomainPtr dom;
    virTypedParameterPtr params;
    int nparams;
};

/** virDomainStatsRecordPtr: a pointer to virDomainStatsRecord. Since: 1.2.8 */
typedef virDomainStatsRecord *virDomainStatsRecordPtr;

/**
 * virDomainStatsTypes:
 * Groups of statistics.
 */
typedef enum {
    VIR_DOMAIN_STATS_STATE = (1 << 0), /* Since: 1.2.8 */
    VIR_DOMAIN_STATS_CPU_TOTAL = (1 << 1), /* Since: 1.2.9 */
    VIR_DOMAIN_STATS_BALLOON = (1 << 2), /* Since: 1.2.9 */
    VIR_DOMAIN_STATS_VCPU = (1 << 3), /* Since: 1.2.9 */
    VIR_DOMAIN_STATS_INTERFACE = (1 << 4), /* Since: 1.2.9 */
    VIR_DOMAIN_STATS_BLOCK = (1 << 5), /* Since: 1.2.9 */
    VIR_DOMAIN_STATS_PERF = (1 << 6), /* Since: 1.3.3 */
    VIR_DOMAIN_STATS_IOTHREAD = (1 << 7), /* Since: 4.10.0 */
    VIR_DOMAIN_STATS_MEMORY = (1 << 8), /* Since: 6.0.0 */
    VIR_DOMAIN_STATS_DIRTYRATE = (1 << 9), /* Since: 7.2.0 */
    VIR_DOMAIN_STATS_VM = (1 << 10) /* Since: 8.9.0 */
} virDomainStatsTypes;

/**
 * virConnectGetAllDomainStatsFlags:
 * Flags of virConnectGetAllDomainStats, virDomainListGetStats.
 */
typedef enum {
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE = VIR_CONNECT_LIST_DOMAINS_ACTIVE, /* Since: 1.2.8 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE = VIR_CONNECT_LIST_DOMAINS_INACTIVE, /* Since: 1.2.8 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT = VIR_CONNECT_LIST_DOMAINS_PERSISTENT, /* Since: 1.2.8 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT = VIR_CONNECT_LIST_DOMAINS_TRANSIENT, /* Since: 1.2.8 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING = VIR_CONNECT_LIST_DOMAINS_RUNNING, /* Since: 1.2.8 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED = VIR_CONNECT_LIST_DOMAINS_PAUSED, /* Since: 1.2.8 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF = VIR_CONNECT_LIST_DOMAINS_SHUTOFF, /* Since: 1.2.8 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER = VIR_CONNECT_LIST_DOMAINS_OTHER, /* Since: 1.2.8 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT = (1 << 29), /* Since: 4.5.0 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING = (1 << 30), /* Since: 1.2.12 */
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS = (1U << 31) /* Since: 1.2.8 */
} virConnectGetAllDomainStatsFlags;

/**
 * virDomainBlockJobType:
 * What a block job does.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_JOB_TYPE_UNKNOWN = 0, /* Since: 0.9.4 */
    VIR_DOMAIN_BLOCK_JOB_TYPE_PULL = 1, /* Since: 0.9.4 */
    VIR_DOMAIN_BLOCK_JOB_TYPE_COPY = 2, /* Since: 0.9.12 */
    VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT = 3, /* Since: 0.10.2 */
    VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT = 4, /* Since: 1.2.6 */
    VIR_DOMAIN_BLOCK_JOB_TYPE_BACKUP = 5 /* Since: 6.0.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_BLOCK_JOB_TYPE_LAST = 6
#endif
} virDomainBlockJobType;

/**
 * virDomainBlockJobAbortFlags:
 * Flags of virDomainBlockJobAbort.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC = (1 << 0), /* Since: 0.9.12 */
    VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT = (1 << 1) /* Since: 0.9.12 */
} virDomainBlockJobAbortFlags;

/**
 * virDomainBlockJobInfoFlags:
 * Flags of virDomainGetBlockJobInfo.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES = (1 << 0) /* Since: 1.2.9 */
} virDomainBlockJobInfoFlags;

/** virDomainBlockJobCursor: how far a block job is, in units of its own. Since: 0.9.4 */
typedef unsigned long long virDomainBlockJobCursor;

/**
 * virDomainBlockJobInfo:
 * How far a block job is. @bandwidth is in MiB/s, or bytes/s where that was asked for.
 */
struct _virDomainBlockJobInfo {
    int type;
    unsigned long bandwidth;
    virDomainBlockJobCursor cur;
    virDomainBlockJobCursor end;
};

/** virDomainBlockJobInfoPtr: a pointer to virDomainBlockJobInfo. Since: 0.9.4 */
typedef virDomainBlockJobInfo *virDomainBlockJobInfoPtr;

/**
 * virDomainBlockJobSetSpeedFlags:
 * Flags of virDomainBlockJobSetSpeed.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES = (1 << 0) /* Since: 1.2.9 */
} virDomainBlockJobSetSpeedFlags;

/**
 * virDomainBlockPullFlags:
 * Flags of virDomainBlockPull.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES = (1 << 6) /* Since: 1.2.9 */
} virDomainBlockPullFlags;

/**
 * virDomainBlockRebaseFlags:
 * Flags of virDomainBlockRebase.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_REBASE_SHALLOW = (1 << 0), /* Since: 0.9.12 */
    VIR_DOMAIN_BLOCK_REBASE_REUSE_EXT = (1 << 1), /* Since: 0.9.12 */
    VIR_DOMAIN_BLOCK_REBASE_COPY_RAW = (1 << 2), /* Since: 0.9.12 */
    VIR_DOMAIN_BLOCK_REBASE_COPY = (1 << 3), /* Since: 0.9.12 */
    VIR_DOMAIN_BLOCK_REBASE_RELATIVE = (1 << 4), /* Since: 1.2.7 */
    VIR_DOMAIN_BLOCK_REBASE_COPY_DEV = (1 << 5), /* Since: 1.2.9 */
    VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES = (1 << 6) /* Since: 1.2.9 */
} virDomainBlockRebaseFlags;

/**
 * virDomainBlockCopyFlags:
 * Flags of virDomainBlockCopy.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_COPY_SHALLOW = (1 << 0), /* Since: 1.2.8 */
    VIR_DOMAIN_BLOCK_COPY_REUSE_EXT = (1 << 1), /* Since: 1.2.8 */
    VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB = (1 << 2), /* Since: 3.5.0 */
    VIR_DOMAIN_BLOCK_COPY_SYNCHRONOUS_WRITES = (1 << 3) /* Since: 8.0.0 */
} virDomainBlockCopyFlags;

/**
 * virDomainBlockCommitFlags:
 * Flags of virDomainBlockCommit.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_COMMIT_SHALLOW = (1 << 0), /* Since: 0.10.2 */
    VIR_DOMAIN_BLOCK_COMMIT_DELETE = (1 << 1), /* Since: 0.10.2 */
    VIR_DOMAIN_BLOCK_COMMIT_ACTIVE = (1 << 2), /* Since: 1.2.6 */
    VIR_DOMAIN_BLOCK_COMMIT_RELATIVE = (1 << 3), /* Since: 1.2.7 */
    VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES = (1 << 4) /* Since: 1.2.9 */
} virDomainBlockCommitFlags;

/**
 * virDomainDiskErrorCode:
 * What is wrong with a disk.
 */
typedef enum {
    VIR_DOMAIN_DISK_ERROR_NONE = 0, /* Since: 0.9.10 */
    VIR_DOMAIN_DISK_ERROR_UNSPEC = 1, /* Since: 0.9.10 */
    VIR_DOMAIN_DISK_ERROR_NO_SPACE = 2 /* Since: 0.9.10 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_DISK_ERROR_LAST = 3
#endif
} virDomainDiskErrorCode;

/**
 * virDomainDiskError:
 * A disk that failed. @error is a virDomainDiskErrorCode.
 */
struct _virDomainDiskError {
    char *disk;
    int error;
};

/** virDomainDiskErrorPtr: a pointer to virDomainDiskError. Since: 0.9.10 */
typedef virDomainDiskError *virDomainDiskErrorPtr;

/**
 * virKeycodeSet:
 * What the numbers of keys mean.
 */
typedef enum {
    VIR_KEYCODE_SET_LINUX = 0, /* Since: 0.9.3 */
    VIR_KEYCODE_SET_XT = 1, /* Since: 0.9.3 */
    VIR_KEYCODE_SET_ATSET1 = 2, /* Since: 0.9.3 */
    VIR_KEYCODE_SET_ATSET2 = 3, /* Since: 0.9.3 */
    VIR_KEYCODE_SET_ATSET3 = 4, /* Since: 0.9.3 */
    VIR_KEYCODE_SET_OSX = 5, /* Since: 0.9.4 */
    VIR_KEYCODE_SET_XT_KBD = 6, /* Since: 0.9.4 */
    VIR_KEYCODE_SET_USB = 7, /* Since: 0.9.4 */
    VIR_KEYCODE_SET_WIN32 = 8, /* Since: 0.9.4 */
    VIR_KEYCODE_SET_QNUM = 9 /* Since: 4.2.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_KEYCODE_SET_LAST = 10
#endif
} virKeycodeSet;

/**
 * virDomainProcessSignal:
 * Signals to processes in a guest, by numbers that depend on no system.
 */
typedef enum {
    VIR_DOMAIN_PROCESS_SIGNAL_NOP = 0, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_HUP = 1, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_INT = 2, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_QUIT = 3, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_ILL = 4, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_TRAP = 5, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_ABRT = 6, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_BUS = 7, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_FPE = 8, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_KILL = 9, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_USR1 = 10, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_SEGV = 11, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_USR2 = 12, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_PIPE = 13, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_ALRM = 14, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_TERM = 15, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_STKFLT = 16, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_CHLD = 17, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_CONT = 18, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_STOP = 19, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_TSTP = 20, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_TTIN = 21, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_TTOU = 22, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_URG = 23, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_XCPU = 24, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_XFSZ = 25, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_VTALRM = 26, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_PROF = 27, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_WINCH = 28, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_POLL = 29, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_PWR = 30, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_SYS = 31, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT0 = 32, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT1 = 33, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT2 = 34, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT3 = 35, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT4 = 36, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT5 = 37, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT6 = 38, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT7 = 39, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT8 = 40, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT9 = 41, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT10 = 42, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT11 = 43, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT12 = 44, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT13 = 45, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT14 = 46, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT15 = 47, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT16 = 48, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT17 = 49, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT18 = 50, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT19 = 51, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT20 = 52, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT21 = 53, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT22 = 54, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT23 = 55, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT24 = 56, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT25 = 57, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT26 = 58, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT27 = 59, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT28 = 60, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT29 = 61, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT30 = 62, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT31 = 63, /* Since: 1.0.1 */
    VIR_DOMAIN_PROCESS_SIGNAL_RT32 = 64 /* Since: 1.0.1 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_PROCESS_SIGNAL_LAST = 65
#endif
} virDomainProcessSignal;

/**
 * virDomainEventType:
 * What happened to a domain.
 */
typedef enum {
    VIR_DOMAIN_EVENT_DEFINED = 0, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_UNDEFINED = 1, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STARTED = 2, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_SUSPENDED = 3, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_RESUMED = 4, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STOPPED = 5, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_SHUTDOWN = 6, /* Since: 0.9.8 */
    VIR_DOMAIN_EVENT_PMSUSPENDED = 7, /* Since: 0.10.2 */
    VIR_DOMAIN_EVENT_CRASHED = 8 /* Since: 1.1.1 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_LAST = 9
#endif
} virDomainEventType;

/**
 * virDomainEventDefinedDetailType:
 * More about VIR_DOMAIN_EVENT_DEFINED.
 */
typedef enum {
    VIR_DOMAIN_EVENT_DEFINED_ADDED = 0, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_DEFINED_UPDATED = 1, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_DEFINED_RENAMED = 2, /* Since: 1.2.19 */
    VIR_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT = 3 /* Since: 1.3.3 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_DEFINED_LAST = 4
#endif
} virDomainEventDefinedDetailType;

/**
 * virDomainEventUndefinedDetailType:
 * More about VIR_DOMAIN_EVENT_UNDEFINED.
 */
typedef enum {
    VIR_DOMAIN_EVENT_UNDEFINED_REMOVED = 0, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_UNDEFINED_RENAMED = 1 /* Since: 1.2.19 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_UNDEFINED_LAST = 2
#endif
} virDomainEventUndefinedDetailType;

/**
 * virDomainEventStartedDetailType:
 * More about VIR_DOMAIN_EVENT_STARTED.
 */
typedef enum {
    VIR_DOMAIN_EVENT_STARTED_BOOTED = 0, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STARTED_MIGRATED = 1, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STARTED_RESTORED = 2, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT = 3, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_STARTED_WAKEUP = 4 /* Since: 0.9.11 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_STARTED_LAST = 5
#endif
} virDomainEventStartedDetailType;

/**
 * virDomainEventSuspendedDetailType:
 * More about VIR_DOMAIN_EVENT_SUSPENDED.
 */
typedef enum {
    VIR_DOMAIN_EVENT_SUSPENDED_PAUSED = 0, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED = 1, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_SUSPENDED_IOERROR = 2, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG = 3, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_SUSPENDED_RESTORED = 4, /* Since: 0.9.5 */
    VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT = 5, /* Since: 0.9.5 */
    VIR_DOMAIN_EVENT_SUSPENDED_API_ERROR = 6, /* Since: 1.0.1 */
    VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY = 7, /* Since: 1.3.3 */
    VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED = 8 /* Since: 1.3.3 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_SUSPENDED_LAST = 9
#endif
} virDomainEventSuspendedDetailType;

/**
 * virDomainEventResumedDetailType:
 * More about VIR_DOMAIN_EVENT_RESUMED.
 */
typedef enum {
    VIR_DOMAIN_EVENT_RESUMED_UNPAUSED = 0, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_RESUMED_MIGRATED = 1, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT = 2, /* Since: 0.9.5 */
    VIR_DOMAIN_EVENT_RESUMED_POSTCOPY = 3, /* Since: 1.3.3 */
    VIR_DOMAIN_EVENT_RESUMED_POSTCOPY_FAILED = 4 /* Since: 8.5.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_RESUMED_LAST = 5
#endif
} virDomainEventResumedDetailType;

/**
 * virDomainEventStoppedDetailType:
 * More about VIR_DOMAIN_EVENT_STOPPED.
 */
typedef enum {
    VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN = 0, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STOPPED_DESTROYED = 1, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STOPPED_CRASHED = 2, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STOPPED_MIGRATED = 3, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STOPPED_SAVED = 4, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STOPPED_FAILED = 5, /* Since: 0.5.0 */
    VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT = 6 /* Since: 0.8.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_STOPPED_LAST = 7
#endif
} virDomainEventStoppedDetailType;

/**
 * virDomainEventShutdownDetailType:
 * More about VIR_DOMAIN_EVENT_SHUTDOWN.
 */
typedef enum {
    VIR_DOMAIN_EVENT_SHUTDOWN_FINISHED = 0, /* Since: 0.9.8 */
    VIR_DOMAIN_EVENT_SHUTDOWN_GUEST = 1, /* Since: 3.4.0 */
    VIR_DOMAIN_EVENT_SHUTDOWN_HOST = 2 /* Since: 3.4.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_SHUTDOWN_LAST = 3
#endif
} virDomainEventShutdownDetailType;

/**
 * virDomainEventPMSuspendedDetailType:
 * More about VIR_DOMAIN_EVENT_PMSUSPENDED.
 */
typedef enum {
    VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY = 0, /* Since: 0.10.2 */
    VIR_DOMAIN_EVENT_PMSUSPENDED_DISK = 1 /* Since: 1.0.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_PMSUSPENDED_LAST = 2
#endif
} virDomainEventPMSuspendedDetailType;

/**
 * virDomainEventCrashedDetailType:
 * More about VIR_DOMAIN_EVENT_CRASHED.
 */
typedef enum {
    VIR_DOMAIN_EVENT_CRASHED_PANICKED = 0, /* Since: 1.1.1 */
    VIR_DOMAIN_EVENT_CRASHED_CRASHLOADED = 1 /* Since: 6.1.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_CRASHED_LAST = 2
#endif
} virDomainEventCrashedDetailType;

/**
 * virDomainMemoryFailureRecipientType:
 * Who is told of failing memory.
 */
typedef enum {
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_HYPERVISOR = 0, /* Since: 6.9.0 */
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_GUEST = 1 /* Since: 6.9.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_LAST = 2
#endif
} virDomainMemoryFailureRecipientType;

/**
 * virDomainMemoryFailureActionType:
 * What is done about failing memory.
 */
typedef enum {
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_IGNORE = 0, /* Since: 6.9.0 */
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_INJECT = 1, /* Since: 6.9.0 */
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_FATAL = 2, /* Since: 6.9.0 */
    VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_RESET = 3 /* Since: 6.9.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_LAST = 4
#endif
} virDomainMemoryFailureActionType;

/**
 * virDomainMemoryFailureFlags:
 * More about failing memory.
 */
typedef enum {
    VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED = (1 << 0), /* Since: 6.9.0 */
    VIR_DOMAIN_MEMORY_FAILURE_RECURSIVE = (1 << 1) /* Since: 6.9.0 */
} virDomainMemoryFailureFlags;

/**
 * virConnectDomainEventCallback:
 * A domain started, stopped, was paused, defined …: @event is a virDomainEventType. The result is
 * ignored.
 *
 * Since: 0.5.0
 */
typedef int (*virConnectDomainEventCallback)(
        virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque);

/**
 * virDomainJobType:
 * What became of a job.
 */
typedef enum {
    VIR_DOMAIN_JOB_NONE = 0, /* Since: 0.7.7 */
    VIR_DOMAIN_JOB_BOUNDED = 1, /* Since: 0.7.7 */
    VIR_DOMAIN_JOB_UNBOUNDED = 2, /* Since: 0.7.7 */
    VIR_DOMAIN_JOB_COMPLETED = 3, /* Since: 0.7.7 */
    VIR_DOMAIN_JOB_FAILED = 4, /* Since: 0.7.7 */
    VIR_DOMAIN_JOB_CANCELLED = 5 /* Since: 0.7.7 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_JOB_LAST = 6
#endif
} virDomainJobType;

/**
 * virDomainJobInfo:
 * How far a job is. Times are in milliseconds, the rest in bytes.
 */
struct _virDomainJobInfo {
    int type;
    unsigned long long timeElapsed;
    unsigned long long timeRemaining;
    unsigned long long dataTotal;
    unsigned long long dataProcessed;
    unsigned long long dataRemaining;
    unsigned long long memTotal;
    unsigned long long memProcessed;
    unsigned long long memRemaining;
    unsigned long long fileTotal;
    unsigned long long fileProcessed;
    unsigned long long fileRemaining;
};

/** virDomainJobInfoPtr: a pointer to virDomainJobInfo. Since: 0.7.7 */
typedef virDomainJobInfo *virDomainJobInfoPtr;

/**
 * virDomainGetJobStatsFlags:
 * Flags of virDomainGetJobStats.
 */
typedef enum {
    VIR_DOMAIN_JOB_STATS_COMPLETED = (1 << 0), /* Since: 1.2.9 */
    VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED = (1 << 1) /* Since: 6.0.0 */
} virDomainGetJobStatsFlags;

/**
 * virDomainAbortJobFlagsValues:
 * Flags of virDomainAbortJobFlags.
 */
typedef enum {
    VIR_DOMAIN_ABORT_JOB_POSTCOPY = (1 << 0) /* Since: 8.5.0 */
} virDomainAbortJobFlagsValues;

/**
 * virDomainJobOperation:
 * What a job does.
 */
typedef enum {
    VIR_DOMAIN_JOB_OPERATION_UNKNOWN = 0, /* Since: 3.3.0 */
    VIR_DOMAIN_JOB_OPERATION_START = 1, /* Since: 3.3.0 */
    VIR_DOMAIN_JOB_OPERATION_SAVE = 2, /* Since: 3.3.0 */
    VIR_DOMAIN_JOB_OPERATION_RESTORE = 3, /* Since: 3.3.0 */
    VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN = 4, /* Since: 3.3.0 */
    VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT = 5, /* Since: 3.3.0 */
    VIR_DOMAIN_JOB_OPERATION_SNAPSHOT = 6, /* Since: 3.3.0 */
    VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT = 7, /* Since: 3.3.0 */
    VIR_DOMAIN_JOB_OPERATION_DUMP = 8, /* Since: 3.3.0 */
    VIR_DOMAIN_JOB_OPERATION_BACKUP = 9, /* Since: 6.0.0 */
    VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_DELETE = 10 /* Since: 9.0.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_JOB_OPERATION_LAST = 11
#endif
} virDomainJobOperation;

/**
 * virConnectDomainEventGenericCallback:
 * Stands for all types of callbacks of domains.
 *
 * Since: 0.8.0
 */
typedef void (*virConnectDomainEventGenericCallback)(
        virConnectPtr conn, virDomainPtr dom, void *opaque);

/**
 * virConnectDomainEventRTCChangeCallback:
 * The guest set its clock: @utcoffset seconds from UTC.
 *
 * Since: 0.8.0
 */
typedef void (*virConnectDomainEventRTCChangeCallback)(
        virConnectPtr conn, virDomainPtr dom, long long utcoffset, void *opaque);

/**
 * virDomainEventWatchdogAction:
 * What a watchdog did.
 */
typedef enum {
    VIR_DOMAIN_EVENT_WATCHDOG_NONE = 0, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_WATCHDOG_PAUSE = 1, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_WATCHDOG_RESET = 2, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF = 3, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN = 4, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_WATCHDOG_DEBUG = 5, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI = 6 /* Since: 1.2.17 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_WATCHDOG_LAST = 7
#endif
} virDomainEventWatchdogAction;

/**
 * virConnectDomainEventWatchdogCallback:
 * A watchdog acted. @action is a virDomainEventWatchdogAction.
 *
 * Since: 0.8.0
 */
typedef void (*virConnectDomainEventWatchdogCallback)(
        virConnectPtr conn, virDomainPtr dom, int action, void *opaque);

/**
 * virDomainEventIOErrorAction:
 * What is done about a failure of a disk.
 */
typedef enum {
    VIR_DOMAIN_EVENT_IO_ERROR_NONE = 0, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_IO_ERROR_PAUSE = 1, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_IO_ERROR_REPORT = 2 /* Since: 0.8.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_IO_ERROR_LAST = 3
#endif
} virDomainEventIOErrorAction;

/**
 * virConnectDomainEventIOErrorCallback:
 * A disk failed. @action is a virDomainEventIOErrorAction.
 *
 * Since: 0.8.0
 */
typedef void (*virConnectDomainEventIOErrorCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *srcPath, const char *devAlias,
        int action, void *opaque);

/**
 * virConnectDomainEventIOErrorReasonCallback:
 * A disk failed, with the reason as text.
 *
 * Since: 0.8.1
 */
typedef void (*virConnectDomainEventIOErrorReasonCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *srcPath, const char *devAlias,
        int action, const char *reason, void *opaque);

/**
 * virDomainEventGraphicsPhase:
 * How far a graphics client is.
 */
typedef enum {
    VIR_DOMAIN_EVENT_GRAPHICS_CONNECT = 0, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE = 1, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT = 2 /* Since: 0.8.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_GRAPHICS_LAST = 3
#endif
} virDomainEventGraphicsPhase;

/**
 * virDomainEventGraphicsAddressType:
 * Kinds of addresses of graphics clients.
 */
typedef enum {
    VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4 = 0, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6 = 1, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX = 2 /* Since: 0.9.7 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_LAST = 3
#endif
} virDomainEventGraphicsAddressType;

/**
 * virDomainEventGraphicsAddress:
 * One side of a graphics connection. @family is a virDomainEventGraphicsAddressType.
 */
struct _virDomainEventGraphicsAddress {
    int family;
    char *node;
    char *service;
};

/** virDomainEventGraphicsAddressPtr: a pointer to virDomainEventGraphicsAddress. Since: 0.8.0 */
typedef virDomainEventGraphicsAddress *virDomainEventGraphicsAddressPtr;

/**
 * virDomainEventGraphicsSubjectIdentity:
 * One name of who is on the other side.
 */
struct _virDomainEventGraphicsSubjectIdentity {
    char *type;
    char *name;
};

/** virDomainEventGraphicsSubjectIdentityPtr: a pointer to virDomainEventGraphicsSubjectIdentity. Since: 0.8.0 */
typedef virDomainEventGraphicsSubjectIdentity *virDomainEventGraphicsSubjectIdentityPtr;

/**
 * virDomainEventGraphicsSubject:
 * Who is on the other side of a graphics connection.
 */
struct _virDomainEventGraphicsSubject {
    int nidentity;
    virDomainEventGraphicsSubjectIdentityPtr identities;
};

/** virDomainEventGraphicsSubjectPtr: a pointer to virDomainEventGraphicsSubject. Since: 0.8.0 */
typedef virDomainEventGraphicsSubject *virDomainEventGraphicsSubjectPtr;

/**
 * virConnectDomainEventGraphicsCallback:
 * A client of a graphics server came, was recognized, or went.
 *
 * Since: 0.8.0
 */
typedef void (*virConnectDomainEventGraphicsCallback)(
        virConnectPtr conn, virDomainPtr dom, int phase,
        const virDomainEventGraphicsAddress *local, const virDomainEventGraphicsAddress *remote,
        const char *authScheme, const virDomainEventGraphicsSubject *subject, void *opaque);

/**
 * virConnectDomainEventBlockJobStatus:
 * What became of a block job.
 */
typedef enum {
    VIR_DOMAIN_BLOCK_JOB_COMPLETED = 0, /* Since: 0.9.4 */
    VIR_DOMAIN_BLOCK_JOB_FAILED = 1, /* Since: 0.9.4 */
    VIR_DOMAIN_BLOCK_JOB_CANCELED = 2, /* Since: 0.9.12 */
    VIR_DOMAIN_BLOCK_JOB_READY = 3 /* Since: 1.0.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_BLOCK_JOB_LAST = 4
#endif
} virConnectDomainEventBlockJobStatus;

/**
 * virConnectDomainEventBlockJobCallback:
 * A block job has ended, or is ready to be ended. @type is a virDomainBlockJobType, @status a
 * virConnectDomainEventBlockJobStatus.
 *
 * Since: 0.9.4
 */
typedef void (*virConnectDomainEventBlockJobCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *disk, int type, int status, void *opaque);

/**
 * virConnectDomainEventDiskChangeReason:
 * Why a disk's source changed.
 */
typedef enum {
    VIR_DOMAIN_EVENT_DISK_CHANGE_MISSING_ON_START = 0, /* Since: 0.9.7 */
    VIR_DOMAIN_EVENT_DISK_DROP_MISSING_ON_START = 1 /* Since: 1.1.2 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_DISK_CHANGE_LAST = 2
#endif
} virConnectDomainEventDiskChangeReason;

/**
 * virConnectDomainEventDiskChangeCallback:
 * The source of a disk changed.
 *
 * Since: 0.9.7
 */
typedef void (*virConnectDomainEventDiskChangeCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *oldSrcPath, const char *newSrcPath,
        const char *devAlias, int reason, void *opaque);

/**
 * virDomainEventTrayChangeReason:
 * Whether a tray was opened or closed.
 */
typedef enum {
    VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN = 0, /* Since: 0.9.11 */
    VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE = 1 /* Since: 0.9.11 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_TRAY_CHANGE_LAST = 2
#endif
} virDomainEventTrayChangeReason;

/**
 * virConnectDomainEventTrayChangeCallback:
 * A tray was opened or closed.
 *
 * Since: 0.9.11
 */
typedef void (*virConnectDomainEventTrayChangeCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *devAlias, int reason, void *opaque);

/**
 * virConnectDomainEventPMWakeupCallback:
 * The guest woke.
 *
 * Since: 0.9.11
 */
typedef void (*virConnectDomainEventPMWakeupCallback)(
        virConnectPtr conn, virDomainPtr dom, int reason, void *opaque);

/**
 * virConnectDomainEventPMSuspendCallback:
 * The guest put itself to sleep.
 *
 * Since: 0.9.11
 */
typedef void (*virConnectDomainEventPMSuspendCallback)(
        virConnectPtr conn, virDomainPtr dom, int reason, void *opaque);

/**
 * virConnectDomainEventBalloonChangeCallback:
 * The guest uses another amount of memory: @actual KiB.
 *
 * Since: 0.10.0
 */
typedef void (*virConnectDomainEventBalloonChangeCallback)(
        virConnectPtr conn, virDomainPtr dom, unsigned long long actual, void *opaque);

/**
 * virConnectDomainEventPMSuspendDiskCallback:
 * The guest put itself to sleep on disk.
 *
 * Since: 1.0.0
 */
typedef void (*virConnectDomainEventPMSuspendDiskCallback)(
        virConnectPtr conn, virDomainPtr dom, int reason, void *opaque);

/**
 * virConnectDomainEventDeviceRemovedCallback:
 * A device is gone.
 *
 * Since: 1.1.1
 */
typedef void (*virConnectDomainEventDeviceRemovedCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *devAlias, void *opaque);

/**
 * virConnectDomainEventDeviceAddedCallback:
 * A device was attached.
 *
 * Since: 1.2.15
 */
typedef void (*virConnectDomainEventDeviceAddedCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *devAlias, void *opaque);

/**
 * virConnectDomainEventDeviceRemovalFailedCallback:
 * The guest did not let a device go.
 *
 * Since: 1.3.4
 */
typedef void (*virConnectDomainEventDeviceRemovalFailedCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *devAlias, void *opaque);

/**
 * virConnectDomainEventMetadataChangeCallback:
 * Metadata changed.
 *
 * Since: 3.0.0
 */
typedef void (*virConnectDomainEventMetadataChangeCallback)(
        virConnectPtr conn, virDomainPtr dom, int type, const char *nsuri, void *opaque);

/**
 * virConnectDomainEventMigrationIterationCallback:
 * A migration begins to send memory once more.
 *
 * Since: 1.3.2
 */
typedef void (*virConnectDomainEventMigrationIterationCallback)(
        virConnectPtr conn, virDomainPtr dom, int iteration, void *opaque);

/**
 * virConnectDomainEventJobCompletedCallback:
 * A job has ended; @params tell of it.
 *
 * Since: 1.3.3
 */
typedef void (*virConnectDomainEventJobCompletedCallback)(
        virConnectPtr conn, virDomainPtr dom, virTypedParameterPtr params, int nparams,
        void *opaque);

/**
 * virConnectDomainEventTunableCallback:
 * Limits changed; @params tell which.
 *
 * Since: 1.2.9
 */
typedef void (*virConnectDomainEventTunableCallback)(
        virConnectPtr conn, virDomainPtr dom, virTypedParameterPtr params, int nparams,
        void *opaque);

/**
 * virConnectDomainEventAgentLifecycleState:
 * Whether the agent in a guest is connected.
 */
typedef enum {
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED = 1, /* Since: 1.2.11 */
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED = 2 /* Since: 1.2.11 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_LAST = 3
#endif
} virConnectDomainEventAgentLifecycleState;

/**
 * virConnectDomainEventAgentLifecycleReason:
 * Why the agent in a guest came or went.
 */
typedef enum {
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_UNKNOWN = 0, /* Since: 1.2.11 */
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED = 1, /* Since: 1.2.11 */
    VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL = 2 /* Since: 1.2.11 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_LAST = 3
#endif
} virConnectDomainEventAgentLifecycleReason;

/**
 * virConnectDomainEventAgentLifecycleCallback:
 * The agent in a guest came or went.
 *
 * Since: 1.2.11
 */
typedef void (*virConnectDomainEventAgentLifecycleCallback)(
        virConnectPtr conn, virDomainPtr dom, int state, int reason, void *opaque);

/**
 * virConnectDomainEventBlockThresholdCallback:
 * An image was written beyond a threshold, by @excess bytes.
 *
 * Since: 3.2.0
 */
typedef void (*virConnectDomainEventBlockThresholdCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *dev, const char *path,
        unsigned long long threshold, unsigned long long excess, void *opaque);

/**
 * virConnectDomainEventMemoryFailureCallback:
 * Memory of the host failed.
 *
 * Since: 6.9.0
 */
typedef void (*virConnectDomainEventMemoryFailureCallback)(
        virConnectPtr conn, virDomainPtr dom, int recipient, int action, unsigned int flags,
        void *opaque);

/**
 * virConnectDomainEventMemoryDeviceSizeChangeCallback:
 * A memory device has another size: @size KiB.
 *
 * Since: 7.9.0
 */
typedef void (*virConnectDomainEventMemoryDeviceSizeChangeCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *alias, unsigned long long size,
        void *opaque);

/**
 * virConnectDomainEventNICMACChangeCallback:
 * The guest gave an interface another MAC address.
 *
 * Since: 11.2.0
 */
typedef void (*virConnectDomainEventNICMACChangeCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *alias, const char *oldMAC,
        const char *newMAC, void *opaque);

/**
 * virDomainEventID:
 * Kinds of events of domains; each has a type of callback.
 */
typedef enum {
    VIR_DOMAIN_EVENT_ID_LIFECYCLE = 0, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_ID_REBOOT = 1, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_ID_RTC_CHANGE = 2, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_ID_WATCHDOG = 3, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_ID_IO_ERROR = 4, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_ID_GRAPHICS = 5, /* Since: 0.8.0 */
    VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON = 6, /* Since: 0.8.1 */
    VIR_DOMAIN_EVENT_ID_CONTROL_ERROR = 7, /* Since: 0.9.2 */
    VIR_DOMAIN_EVENT_ID_BLOCK_JOB = 8, /* Since: 0.9.4 */
    VIR_DOMAIN_EVENT_ID_DISK_CHANGE = 9, /* Since: 0.9.7 */
    VIR_DOMAIN_EVENT_ID_TRAY_CHANGE = 10, /* Since: 0.9.11 */
    VIR_DOMAIN_EVENT_ID_PMWAKEUP = 11, /* Since: 0.9.11 */
    VIR_DOMAIN_EVENT_ID_PMSUSPEND = 12, /* Since: 0.9.11 */
    VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE = 13, /* Since: 0.10.0 */
    VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK = 14, /* Since: 1.0.0 */
    VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED = 15, /* Since: 1.1.1 */
    VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2 = 16, /* Since: 1.2.6 */
    VIR_DOMAIN_EVENT_ID_TUNABLE = 17, /* Since: 1.2.9 */
    VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE = 18, /* Since: 1.2.11 */
    VIR_DOMAIN_EVENT_ID_DEVICE_ADDED = 19, /* Since: 1.2.15 */
    VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION = 20, /* Since: 1.3.2 */
    VIR_DOMAIN_EVENT_ID_JOB_COMPLETED = 21, /* Since: 1.3.3 */
    VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED = 22, /* Since: 1.3.4 */
    VIR_DOMAIN_EVENT_ID_METADATA_CHANGE = 23, /* Since: 3.0.0 */
    VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD = 24, /* Since: 3.2.0 */
    VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE = 25, /* Since: 6.9.0 */
    VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE = 26, /* Since: 7.9.0 */
    VIR_DOMAIN_EVENT_ID_NIC_MAC_CHANGE = 27 /* Since: 11.2.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_EVENT_ID_LAST = 28
#endif
} virDomainEventID;

/**
 * virDomainConsoleFlags:
 * Flags of virDomainOpenConsole.
 */
typedef enum {
    VIR_DOMAIN_CONSOLE_FORCE = (1 << 0), /* Since: 0.9.11 */
    VIR_DOMAIN_CONSOLE_SAFE = (1 << 1) /* Since: 0.9.11 */
} virDomainConsoleFlags;

/**
 * virDomainChannelFlags:
 * Flags of virDomainOpenChannel.
 */
typedef enum {
    VIR_DOMAIN_CHANNEL_FORCE = (1 << 0) /* Since: 1.0.2 */
} virDomainChannelFlags;

/**
 * virDomainOpenGraphicsFlags:
 * Flags of virDomainOpenGraphics, virDomainOpenGraphicsFD.
 */
typedef enum {
    VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH = (1 << 0) /* Since: 0.9.7 */
} virDomainOpenGraphicsFlags;

/**
 * virDomainFSInfo:
 * A file system in a guest.
 */
struct _virDomainFSInfo {
    char *mountpoint;
    char *name;
    char *fstype;
    size_t ndevAlias;
    char **devAlias;
};

/** virDomainFSInfoPtr: a pointer to virDomainFSInfo. Since: 1.2.11 */
typedef virDomainFSInfo *virDomainFSInfoPtr;

/**
 * virDomainSetTimeFlags:
 * Flags of virDomainSetTime.
 */
typedef enum {
    VIR_DOMAIN_TIME_SYNC = (1 << 0) /* Since: 1.2.5 */
} virDomainSetTimeFlags;

/**
 * virSchedParameterType:
 * The former names of virTypedParameterType for schedulers.
 */
typedef enum {
    VIR_DOMAIN_SCHED_FIELD_INT = VIR_TYPED_PARAM_INT, /* Since: 0.2.3 */
    VIR_DOMAIN_SCHED_FIELD_UINT = VIR_TYPED_PARAM_UINT, /* Since: 0.2.3 */
    VIR_DOMAIN_SCHED_FIELD_LLONG = VIR_TYPED_PARAM_LLONG, /* Since: 0.2.3 */
    VIR_DOMAIN_SCHED_FIELD_ULLONG = VIR_TYPED_PARAM_ULLONG, /* Since: 0.2.3 */
    VIR_DOMAIN_SCHED_FIELD_DOUBLE = VIR_TYPED_PARAM_DOUBLE, /* Since: 0.2.3 */
    VIR_DOMAIN_SCHED_FIELD_BOOLEAN = VIR_TYPED_PARAM_BOOLEAN /* Since: 0.2.3 */
} virSchedParameterType;

/**
 * virSchedParameter:
 * The former name of virTypedParameter for schedulers.
 */
#define _virSchedParameter _virTypedParameter
typedef struct _virTypedParameter virSchedParameter;

/** virSchedParameterPtr: a pointer to virSchedParameter. Since: 0.2.3 */
typedef virSchedParameter *virSchedParameterPtr;

/**
 * virBlkioParameterType:
 * The former names of virTypedParameterType for block I/O.
 */
typedef enum {
    VIR_DOMAIN_BLKIO_PARAM_INT = VIR_TYPED_PARAM_INT, /* Since: 0.9.0 */
    VIR_DOMAIN_BLKIO_PARAM_UINT = VIR_TYPED_PARAM_UINT, /* Since: 0.9.0 */
    VIR_DOMAIN_BLKIO_PARAM_LLONG = VIR_TYPED_PARAM_LLONG, /* Since: 0.9.0 */
    VIR_DOMAIN_BLKIO_PARAM_ULLONG = VIR_TYPED_PARAM_ULLONG, /* Since: 0.9.0 */
    VIR_DOMAIN_BLKIO_PARAM_DOUBLE = VIR_TYPED_PARAM_DOUBLE, /* Since: 0.9.0 */
    VIR_DOMAIN_BLKIO_PARAM_BOOLEAN = VIR_TYPED_PARAM_BOOLEAN /* Since: 0.9.0 */
} virBlkioParameterType;

/**
 * virBlkioParameter:
 * The former name of virTypedParameter for block I/O.
 */
#define _virBlkioParameter _virTypedParameter
typedef struct _virTypedParameter virBlkioParameter;

/** virBlkioParameterPtr: a pointer to virBlkioParameter. Since: 0.9.0 */
typedef virBlkioParameter *virBlkioParameterPtr;

/**
 * virMemoryParameterType:
 * The former names of virTypedParameterType for memory.
 */
typedef enum {
    VIR_DOMAIN_MEMORY_PARAM_INT = VIR_TYPED_PARAM_INT, /* Since: 0.8.5 */
    VIR_DOMAIN_MEMORY_PARAM_UINT = VIR_TYPED_PARAM_UINT, /* Since: 0.8.5 */
    VIR_DOMAIN_MEMORY_PARAM_LLONG = VIR_TYPED_PARAM_LLONG, /* Since: 0.8.5 */
    VIR_DOMAIN_MEMORY_PARAM_ULLONG = VIR_TYPED_PARAM_ULLONG, /* Since: 0.8.5 */
    VIR_DOMAIN_MEMORY_PARAM_DOUBLE = VIR_TYPED_PARAM_DOUBLE, /* Since: 0.8.5 */
    VIR_DOMAIN_MEMORY_PARAM_BOOLEAN = VIR_TYPED_PARAM_BOOLEAN /* Since: 0.8.5 */
} virMemoryParameterType;

/**
 * virMemoryParameter:
 * The former name of virTypedParameter for memory.
 */
#define _virMemoryParameter _virTypedParameter
typedef struct _virTypedParameter virMemoryParameter;

/** virMemoryParameterPtr: a pointer to virMemoryParameter. Since: 0.8.5 */
typedef virMemoryParameter *virMemoryParameterPtr;

/**
 * virDomainInterfaceAddressesSource:
 * Who is asked for a guest's addresses.
 */
typedef enum {
    VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE = 0, /* Since: 1.2.14 */
    VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT = 1, /* Since: 1.2.14 */
    VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP = 2 /* Since: 4.2.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LAST = 3
#endif
} virDomainInterfaceAddressesSource;

/**
 * virDomainIPAddress:
 * An address of a guest. @type is a virIPAddrType.
 */
struct _virDomainInterfaceIPAddress {
    int type;
    char *addr;
    unsigned int prefix;
};

/** virDomainIPAddressPtr: a pointer to virDomainIPAddress. Since: 1.2.14 */
typedef virDomainIPAddress *virDomainIPAddressPtr;

/**
 * virDomainInterface:
 * A network interface of a guest.
 */
struct _virDomainInterface {
    char *name;
    char *hwaddr;
    unsigned int naddrs;
    virDomainIPAddressPtr addrs;
};

/** virDomainInterfacePtr: a pointer to virDomainInterface. Since: 1.2.14 */
typedef virDomainInterface *virDomainInterfacePtr;

/**
 * virDomainSetUserPasswordFlags:
 * Flags of virDomainSetUserPassword.
 */
typedef enum {
    VIR_DOMAIN_PASSWORD_ENCRYPTED = (1 << 0) /* Since: 1.2.16 */
} virDomainSetUserPasswordFlags;

/**
 * virDomainLifecycle:
 * How a guest ends.
 */
typedef enum {
    VIR_DOMAIN_LIFECYCLE_POWEROFF = 0, /* Since: 3.9.0 */
    VIR_DOMAIN_LIFECYCLE_REBOOT = 1, /* Since: 3.9.0 */
    VIR_DOMAIN_LIFECYCLE_CRASH = 2 /* Since: 3.9.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_LIFECYCLE_LAST = 3
#endif
} virDomainLifecycle;

/**
 * virDomainLifecycleAction:
 * What is done when a guest ends.
 */
typedef enum {
    VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY = 0, /* Since: 3.9.0 */
    VIR_DOMAIN_LIFECYCLE_ACTION_RESTART = 1, /* Since: 3.9.0 */
    VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME = 2, /* Since: 3.9.0 */
    VIR_DOMAIN_LIFECYCLE_ACTION_PRESERVE = 3, /* Since: 3.9.0 */
    VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY = 4, /* Since: 3.9.0 */
    VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART = 5 /* Since: 3.9.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_LIFECYCLE_ACTION_LAST = 6
#endif
} virDomainLifecycleAction;

/**
 * virDomainGuestInfoTypes:
 * What the agent in a guest is asked for.
 */
typedef enum {
    VIR_DOMAIN_GUEST_INFO_USERS = (1 << 0), /* Since: 5.7.0 */
    VIR_DOMAIN_GUEST_INFO_OS = (1 << 1), /* Since: 5.7.0 */
    VIR_DOMAIN_GUEST_INFO_TIMEZONE = (1 << 2), /* Since: 5.7.0 */
    VIR_DOMAIN_GUEST_INFO_HOSTNAME = (1 << 3), /* Since: 5.7.0 */
    VIR_DOMAIN_GUEST_INFO_FILESYSTEM = (1 << 4), /* Since: 5.7.0 */
    VIR_DOMAIN_GUEST_INFO_DISKS = (1 << 5), /* Since: 7.0.0 */
    VIR_DOMAIN_GUEST_INFO_INTERFACES = (1 << 6), /* Since: 7.10.0 */
    VIR_DOMAIN_GUEST_INFO_LOAD = (1 << 7) /* Since: 11.2.0 */
} virDomainGuestInfoTypes;

/**
 * virDomainAgentResponseTimeoutValues:
 * Special values for the time to wait for an agent.
 */
typedef enum {
    VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK = -2, /* Since: 5.10.0 */
    VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT = -1, /* Since: 5.10.0 */
    VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_NOWAIT = 0 /* Since: 5.10.0 */
} virDomainAgentResponseTimeoutValues;

/**
 * virDomainBackupBeginFlags:
 * Flags of virDomainBackupBegin.
 */
typedef enum {
    VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL = (1 << 0) /* Since: 6.0.0 */
} virDomainBackupBeginFlags;

/**
 * virDomainAuthorizedSSHKeysSetFlags:
 * Flags of virDomainAuthorizedSSHKeysSet.
 */
typedef enum {
    VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND = (1 << 0), /* Since: 6.10.0 */
    VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE = (1 << 1) /* Since: 6.10.0 */
} virDomainAuthorizedSSHKeysSetFlags;

/**
 * virDomainMessageType:
 * What messages are about.
 */
typedef enum {
    VIR_DOMAIN_MESSAGE_DEPRECATION = (1 << 0), /* Since: 7.1.0 */
    VIR_DOMAIN_MESSAGE_TAINTING = (1 << 1), /* Since: 7.1.0 */
    VIR_DOMAIN_MESSAGE_IOERRORS = (1 << 2) /* Since: 11.1.0 */
} virDomainMessageType;

/**
 * virDomainDirtyRateStatus:
 * How far the measurement of memory changes is.
 */
typedef enum {
    VIR_DOMAIN_DIRTYRATE_UNSTARTED = 0, /* Since: 7.2.0 */
    VIR_DOMAIN_DIRTYRATE_MEASURING = 1, /* Since: 7.2.0 */
    VIR_DOMAIN_DIRTYRATE_MEASURED = 2 /* Since: 7.2.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_DIRTYRATE_LAST = 3
#endif
} virDomainDirtyRateStatus;

/**
 * virDomainDirtyRateCalcFlags:
 * Flags of virDomainStartDirtyRateCalc.
 */
typedef enum {
    VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING = 0, /* Since: 8.1.0 */
    VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP = (1 << 0), /* Since: 8.1.0 */
    VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING = (1 << 1) /* Since: 8.1.0 */
} virDomainDirtyRateCalcFlags;

/**
 * virDomainFDAssociateFlags:
 * Flags of virDomainFDAssociate.
 */
typedef enum {
    VIR_DOMAIN_FD_ASSOCIATE_SECLABEL_RESTORE = (1 << 0), /* Since: 9.0.0 */
    VIR_DOMAIN_FD_ASSOCIATE_SECLABEL_WRITABLE = (1 << 1) /* Since: 9.0.0 */
} virDomainFDAssociateFlags;

/**
 * virDomainGraphicsReloadType:
 * Whose certificates are read again.
 */
typedef enum {
    VIR_DOMAIN_GRAPHICS_RELOAD_TYPE_ANY = 0, /* Since: 10.2.0 */
    VIR_DOMAIN_GRAPHICS_RELOAD_TYPE_VNC = 1 /* Since: 10.2.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_DOMAIN_GRAPHICS_RELOAD_TYPE_LAST = 2
#endif
} virDomainGraphicsReloadType;

/**
 * VIR_USE_CPU:
 * Puts a processor into a map.
 *
 * Since: 0.1.4
 */
#define VIR_USE_CPU(cpumap, cpu) ((cpumap)[(cpu) / 8] |= (1 << ((cpu) % 8)))

/**
 * VIR_UNUSE_CPU:
 * Takes a processor out of a map.
 *
 * Since: 0.1.4
 */
#define VIR_UNUSE_CPU(cpumap, cpu) ((cpumap)[(cpu) / 8] &= ~(1 << ((cpu) % 8)))

/**
 * VIR_CPU_USED:
 * Whether processor @cpu is in a map.
 *
 * Since: 1.0.0
 */
#define VIR_CPU_USED(cpumap, cpu) ((cpumap)[(cpu) / 8] & (1 << ((cpu) % 8)))

/**
 * VIR_CPU_MAPLEN:
 * How many bytes a map of @cpu processors has.
 *
 * Since: 0.1.4
 */
#define VIR_CPU_MAPLEN(cpu) (((cpu) + 7) / 8)

/**
 * VIR_CPU_USABLE:
 * Whether virtual processor @vcpu may run on processor @cpu.
 *
 * Since: 0.1.4
 */
#define VIR_CPU_USABLE(cpumaps, maplen, vcpu, cpu) \
    VIR_CPU_USED(VIR_GET_CPUMAP(cpumaps, maplen, vcpu), cpu)

/**
 * VIR_GET_CPUMAP:
 * The map of virtual processor @vcpu in the maps of virDomainGetVcpus.
 *
 * Since: 0.1.4
 */
#define VIR_GET_CPUMAP(cpumaps, maplen, vcpu) (&((cpumaps)[(vcpu) * (maplen)]))

/**
 * VIR_COPY_CPUMAP:
 * Copies the map of virtual processor @vcpu out of the maps of virDomainGetVcpus.
 *
 * Since: 0.1.4
 */
#define VIR_COPY_CPUMAP(cpumaps, maplen, vcpu, cpumap) \
    memcpy(cpumap, VIR_GET_CPUMAP(cpumaps, maplen, vcpu), maplen)

/**
 * VIR_DOMAIN_EVENT_CALLBACK:
 * Passes a function as a callback of domains, whatever its type.
 *
 * Since: 0.8.0
 */
#define VIR_DOMAIN_EVENT_CALLBACK(cb) ((virConnectDomainEventGenericCallback)(cb))

/**
 * virDomainGetSchedulerParameters:
 * Tells how the host schedules a domain, in the parameters that virDomainGetSchedulerType announced.
 *
 * @domain: a domain
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.3
 */
int virDomainGetSchedulerParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams);

/**
 * virDomainGetSchedulerParametersFlags:
 * Tells how the host schedules a domain.
 *
 * @domain: a domain
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
int virDomainGetSchedulerParametersFlags(virDomainPtr domain, virTypedParameterPtr params,
                                         int *nparams, unsigned int flags);

/**
 * virDomainSetSchedulerParameters:
 * Sets how the host schedules a domain.
 *
 * @domain: a domain
 * @params: typed parameters
 * @nparams: how many there are
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.3
 */
int virDomainSetSchedulerParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams);

/**
 * virDomainSetSchedulerParametersFlags:
 * Sets how the host schedules a domain.
 *
 * @domain: a domain
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
int virDomainSetSchedulerParametersFlags(virDomainPtr domain, virTypedParameterPtr params,
                                         int nparams, unsigned int flags);

/**
 * virDomainMigrate:
 * Moves a domain to another host, with both connections open here.
 *
 * @domain: a domain
 * @dconn: a connection
 * @flags: 0, or virDomainMigrateFlags or-ed together
 * @dname: the name on the other side, or NULL for the same
 * @uri: URI under which a program keeps its element
 * @bandwidth: limit in MiB/s; 0 for none
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.3.2
 */
virDomainPtr virDomainMigrate(virDomainPtr domain, virConnectPtr dconn, unsigned long flags,
                              const char *dname, const char *uri, unsigned long bandwidth);

/**
 * virDomainMigrate2:
 * Moves a domain to another host, where it can have a changed document.
 *
 * @domain: a domain
 * @dconn: a connection
 * @dxml: a changed document, or NULL
 * @flags: 0, or virDomainMigrateFlags or-ed together
 * @dname: the name on the other side, or NULL for the same
 * @uri: URI under which a program keeps its element
 * @bandwidth: limit in MiB/s; 0 for none
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
virDomainPtr virDomainMigrate2(virDomainPtr domain, virConnectPtr dconn, const char *dxml,
                               unsigned long flags, const char *dname, const char *uri,
                               unsigned long bandwidth);

/**
 * virDomainMigrate3:
 * Moves a domain to another host, with parameters.
 *
 * @domain: a domain
 * @dconn: a connection
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainMigrateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.1.0
 */
virDomainPtr virDomainMigrate3(virDomainPtr domain, virConnectPtr dconn,
                               virTypedParameterPtr params, unsigned int nparams,
                               unsigned int flags);

/**
 * virDomainMigrateToURI:
 * Moves a domain to another host; the daemon here speaks to the other one, or with the hypervisor
 * there.
 *
 * @domain: a domain
 * @duri: URI of the other host: of its daemon, or of its hypervisor
 * @flags: 0, or virDomainMigrateFlags or-ed together
 * @dname: the name on the other side, or NULL for the same
 * @bandwidth: limit in MiB/s; 0 for none
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.2
 */
int virDomainMigrateToURI(virDomainPtr domain, const char *duri, unsigned long flags,
                          const char *dname, unsigned long bandwidth);

/**
 * virDomainMigrateToURI2:
 * Moves a domain to another host, where it can have a changed document; the daemon here speaks to the
 * other one.
 *
 * @domain: a domain
 * @dconnuri: URI of the other host's daemon
 * @miguri: URI by which the data goes; NULL to have it chosen
 * @dxml: a changed document, or NULL
 * @flags: 0, or virDomainMigrateFlags or-ed together
 * @dname: the name on the other side, or NULL for the same
 * @bandwidth: limit in MiB/s; 0 for none
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
int virDomainMigrateToURI2(virDomainPtr domain, const char *dconnuri, const char *miguri,
                           const char *dxml, unsigned long flags, const char *dname,
                           unsigned long bandwidth);

/**
 * virDomainMigrateToURI3:
 * Moves a domain to another host, with parameters; the daemon here speaks to the other one.
 *
 * @domain: a domain
 * @dconnuri: URI of the other host's daemon; with VIR_MIGRATE_PEER2PEER only
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainMigrateFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.1.0
 */
int virDomainMigrateToURI3(virDomainPtr domain, const char *dconnuri, virTypedParameterPtr params,
                           unsigned int nparams, unsigned int flags);

/**
 * virDomainMigrateGetMaxDowntime:
 * Tells how long a guest may pause at the end of a migration.
 *
 * @domain: a domain
 * @downtime: milliseconds
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 3.7.0
 */
int virDomainMigrateGetMaxDowntime(virDomainPtr domain, unsigned long long *downtime,
                                   unsigned int flags);

/**
 * virDomainMigrateSetMaxDowntime:
 * Sets how long a guest may pause at the end of a migration.
 *
 * @domain: a domain
 * @downtime: milliseconds
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainMigrateSetMaxDowntime(virDomainPtr domain, unsigned long long downtime,
                                   unsigned int flags);

/**
 * virDomainMigrateGetCompressionCache:
 * Tells the size of the cache that compresses memory that is sent again.
 *
 * @domain: a domain
 * @cacheSize: bytes
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.3
 */
int virDomainMigrateGetCompressionCache(virDomainPtr domain, unsigned long long *cacheSize,
                                        unsigned int flags);

/**
 * virDomainMigrateSetCompressionCache:
 * Sets the size of the cache that compresses memory that is sent again.
 *
 * @domain: a domain
 * @cacheSize: bytes
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.3
 */
int virDomainMigrateSetCompressionCache(virDomainPtr domain, unsigned long long cacheSize,
                                        unsigned int flags);

/**
 * virDomainMigrateSetMaxSpeed:
 * Limits how fast migrations may send.
 *
 * @domain: a domain
 * @bandwidth: limit in MiB/s; 0 for none
 * @flags: 0, or virDomainMigrateMaxSpeedFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.0
 */
int virDomainMigrateSetMaxSpeed(virDomainPtr domain, unsigned long bandwidth, unsigned int flags);

/**
 * virDomainMigrateGetMaxSpeed:
 * Tells how fast migrations may send.
 *
 * @domain: a domain
 * @bandwidth: limit in MiB/s; 0 for none
 * @flags: 0, or virDomainMigrateMaxSpeedFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.5
 */
int virDomainMigrateGetMaxSpeed(virDomainPtr domain, unsigned long *bandwidth, unsigned int flags);

/**
 * virDomainMigrateStartPostCopy:
 * Has a migration that was begun with VIR_MIGRATE_POSTCOPY continue on the other side at once, which
 * fetches memory as it needs it.
 *
 * @domain: a domain
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.3.3
 */
int virDomainMigrateStartPostCopy(virDomainPtr domain, unsigned int flags);

/**
 * virConnectGetDomainCapabilities:
 * Tells what a domain of the given emulator, architecture, machine and virtualization type can have,
 * as a document.
 *
 * @conn: a connection
 * @emulatorbin: path of the emulator; NULL for the usual one
 * @arch: architecture, such as "x86_64"; NULL for the usual one
 * @machine: machine type; NULL for the usual one
 * @virttype: virtualization type, such as "kvm"; NULL for the usual one
 * @flags: 0, or virConnectGetDomainCapabilitiesFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.7
 */
char *virConnectGetDomainCapabilities(virConnectPtr conn, const char *emulatorbin,
                                      const char *arch, const char *machine, const char *virttype,
                                      unsigned int flags);

/**
 * virConnectListDomains:
 * Lists the numbers of running domains. virConnectListAllDomains does it without a race.
 *
 * @conn: a connection
 * @ids: an array of @maxids, to be filled
 * @maxids: how many there is room for
 *
 * Returns: the number of ids written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virConnectListDomains(virConnectPtr conn, int *ids, int maxids);

/**
 * virConnectNumOfDomains:
 * Counts the running domains.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virConnectNumOfDomains(virConnectPtr conn);

/**
 * virDomainGetConnect:
 * Gives the connection that a domain belongs to.
 *
 * @dom: a domain
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN.
 * Since: 0.3.0
 */
virConnectPtr virDomainGetConnect(virDomainPtr dom);

/**
 * virDomainCreateXML:
 * Starts a domain from a document. It is transient: when it stops, it is gone.
 *
 * @conn: a connection
 * @xmlDesc: its document
 * @flags: 0, or virDomainCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
virDomainPtr virDomainCreateXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/**
 * virDomainCreateXMLWithFiles:
 * Starts a transient domain from a document, and gives it open files.
 *
 * @conn: a connection
 * @xmlDesc: its document
 * @nfiles: how many there are
 * @files: descriptors that the guest gets; they stay open here
 * @flags: 0, or virDomainCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.1.1
 */
virDomainPtr virDomainCreateXMLWithFiles(virConnectPtr conn, const char *xmlDesc,
                                         unsigned int nfiles, int *files, unsigned int flags);

/**
 * virDomainLookupByName:
 * Finds a domain by its name.
 *
 * @conn: a connection
 * @name: its name
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
virDomainPtr virDomainLookupByName(virConnectPtr conn, const char *name);

/**
 * virDomainLookupByID:
 * Finds a running domain by its number.
 *
 * @conn: a connection
 * @id: its number
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
virDomainPtr virDomainLookupByID(virConnectPtr conn, int id);

/**
 * virDomainLookupByUUID:
 * Finds a domain by its UUID.
 *
 * @conn: a connection
 * @uuid: VIR_UUID_BUFLEN bytes
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.5
 */
virDomainPtr virDomainLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/**
 * virDomainLookupByUUIDString:
 * Finds a domain by its UUID as text.
 *
 * @conn: a connection
 * @uuidstr: the UUID as text
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.1
 */
virDomainPtr virDomainLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/**
 * virDomainShutdown:
 * Asks the guest to shut down. That it was asked does not mean that it does.
 *
 * @domain: a domain
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virDomainShutdown(virDomainPtr domain);

/**
 * virDomainShutdownFlags:
 * Asks the guest to shut down. That it was asked does not mean that it does.
 *
 * @domain: a domain
 * @flags: 0, or virDomainShutdownFlagValues or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.10
 */
int virDomainShutdownFlags(virDomainPtr domain, unsigned int flags);

/**
 * virDomainReboot:
 * Asks the guest to boot again. That it was asked does not mean that it does.
 *
 * @domain: a domain
 * @flags: 0, or virDomainRebootFlagValues or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.0
 */
int virDomainReboot(virDomainPtr domain, unsigned int flags);

/**
 * virDomainReset:
 * Resets a running guest, as the button on a machine does.
 *
 * @domain: a domain
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.7
 */
int virDomainReset(virDomainPtr domain, unsigned int flags);

/**
 * virDomainDestroy:
 * Stops a domain at once, as if its power were cut. A transient one is gone then.
 *
 * @domain: a domain
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virDomainDestroy(virDomainPtr domain);

/**
 * virDomainDestroyFlags:
 * Stops a domain at once, as if its power were cut. A transient one is gone then.
 *
 * @domain: a domain
 * @flags: 0, or virDomainDestroyFlagsValues or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
int virDomainDestroyFlags(virDomainPtr domain, unsigned int flags);

/**
 * virDomainRef:
 * Takes another reference to a domain.
 *
 * @domain: a domain
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN.
 * Since: 0.6.0
 */
int virDomainRef(virDomainPtr domain);

/**
 * virDomainFree:
 * Gives up a reference to a domain. The domain itself goes on.
 *
 * @domain: a domain
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN.
 * Since: 0.0.3
 */
int virDomainFree(virDomainPtr domain);

/**
 * virDomainSuspend:
 * Pauses a domain: it keeps its memory, but does not run.
 *
 * @domain: a domain
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virDomainSuspend(virDomainPtr domain);

/**
 * virDomainResume:
 * Lets a paused domain go on.
 *
 * @domain: a domain
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virDomainResume(virDomainPtr domain);

/**
 * virDomainPMSuspendForDuration:
 * Has the guest put itself to sleep. The agent in the guest does it.
 *
 * @dom: a domain
 * @target: a virNodeSuspendTarget
 * @duration: seconds until it wakes; only 0, until it is woken, is supported
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.10
 */
int virDomainPMSuspendForDuration(virDomainPtr dom, unsigned int target,
                                  unsigned long long duration, unsigned int flags);

/**
 * virDomainPMWakeup:
 * Wakes a guest that put itself to sleep.
 *
 * @dom: a domain
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.11
 */
int virDomainPMWakeup(virDomainPtr dom, unsigned int flags);

/**
 * virDomainSave:
 * Writes a running domain into a file, and stops it.
 *
 * @domain: a domain
 * @to: path of the file
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virDomainSave(virDomainPtr domain, const char *to);

/**
 * virDomainSaveFlags:
 * Writes a running domain into a file, possibly with a changed document, and stops it.
 *
 * @domain: a domain
 * @to: path of the file
 * @dxml: a changed document, or NULL
 * @flags: 0, or virDomainSaveRestoreFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
int virDomainSaveFlags(virDomainPtr domain, const char *to, const char *dxml, unsigned int flags);

/**
 * virDomainSaveParams:
 * Writes a running domain into a file, with parameters, and stops it.
 *
 * @domain: a domain
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainSaveRestoreFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 8.4.0
 */
int virDomainSaveParams(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                        unsigned int flags);

/**
 * virDomainRestore:
 * Resumes a domain from a file that virDomainSave wrote.
 *
 * @conn: a connection
 * @from: path of the file
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virDomainRestore(virConnectPtr conn, const char *from);

/**
 * virDomainRestoreFlags:
 * Resumes a domain from a file, possibly with a changed document.
 *
 * @conn: a connection
 * @from: path of the file
 * @dxml: a changed document, or NULL
 * @flags: 0, or virDomainSaveRestoreFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
int virDomainRestoreFlags(virConnectPtr conn, const char *from, const char *dxml,
                          unsigned int flags);

/**
 * virDomainRestoreParams:
 * Resumes a domain from a file, with parameters.
 *
 * @conn: a connection
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainSaveRestoreFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 8.4.0
 */
int virDomainRestoreParams(virConnectPtr conn, virTypedParameterPtr params, int nparams,
                           unsigned int flags);

/**
 * virDomainSaveImageGetXMLDesc:
 * Gives the document in a file of a saved domain.
 *
 * @conn: a connection
 * @file: path of the file
 * @flags: 0, or virDomainSaveImageXMLFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
char *virDomainSaveImageGetXMLDesc(virConnectPtr conn, const char *file, unsigned int flags);

/**
 * virDomainSaveImageDefineXML:
 * Changes the document in a file of a saved domain, where that does not change what the guest sees.
 *
 * @conn: a connection
 * @file: path of the file
 * @dxml: a changed document, or NULL
 * @flags: 0, or virDomainSaveRestoreFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
int virDomainSaveImageDefineXML(virConnectPtr conn, const char *file, const char *dxml,
                                unsigned int flags);

/**
 * virDomainManagedSave:
 * Saves a running domain to a place that libvirt keeps, and stops it. The next start resumes it.
 *
 * @dom: a domain
 * @flags: 0, or virDomainSaveRestoreFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainManagedSave(virDomainPtr dom, unsigned int flags);

/**
 * virDomainHasManagedSaveImage:
 * Tells whether the next start resumes what virDomainManagedSave put aside.
 *
 * @dom: a domain
 * @flags: none are defined: 0
 *
 * Returns: 1 if so, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainHasManagedSaveImage(virDomainPtr dom, unsigned int flags);

/**
 * virDomainManagedSaveRemove:
 * Removes what virDomainManagedSave put aside: the next start boots.
 *
 * @dom: a domain
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainManagedSaveRemove(virDomainPtr dom, unsigned int flags);

/**
 * virDomainManagedSaveGetXMLDesc:
 * Gives the document that the next start resumes.
 *
 * @domain: a domain
 * @flags: 0, or virDomainSaveImageXMLFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 3.7.0
 */
char *virDomainManagedSaveGetXMLDesc(virDomainPtr domain, unsigned int flags);

/**
 * virDomainManagedSaveDefineXML:
 * Changes the document that the next start resumes, where that does not change what the guest sees.
 *
 * @domain: a domain
 * @dxml: a changed document, or NULL
 * @flags: 0, or virDomainSaveRestoreFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 3.7.0
 */
int virDomainManagedSaveDefineXML(virDomainPtr domain, const char *dxml, unsigned int flags);

/**
 * virDomainCoreDump:
 * Writes the guest's memory into a file on the host.
 *
 * @domain: a domain
 * @to: path of the file
 * @flags: 0, or virDomainCoreDumpFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.9
 */
int virDomainCoreDump(virDomainPtr domain, const char *to, unsigned int flags);

/**
 * virDomainCoreDumpWithFormat:
 * Writes the guest's memory into a file on the host, in a given format.
 *
 * @domain: a domain
 * @to: path of the file
 * @dumpformat: a virDomainCoreDumpFormat
 * @flags: 0, or virDomainCoreDumpFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.3
 */
int virDomainCoreDumpWithFormat(virDomainPtr domain, const char *to, unsigned int dumpformat,
                                unsigned int flags);

/**
 * virDomainScreenshot:
 * Takes a picture of a screen of the guest and sends it through a stream.
 *
 * @domain: a domain
 * @stream: a stream
 * @screen: which screen, from 0 on
 * @flags: none are defined: 0
 *
 * Returns: the picture's MIME type, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
char *virDomainScreenshot(virDomainPtr domain, virStreamPtr stream, unsigned int screen,
                          unsigned int flags);

/**
 * virDomainGetInfo:
 * Tells a domain's state, memory in KiB, virtual processors and processor time in nanoseconds.
 *
 * @domain: a domain
 * @info: set to what is asked for
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virDomainGetInfo(virDomainPtr domain, virDomainInfoPtr info);

/**
 * virDomainGetState:
 * Tells a domain's state and why it is in it.
 *
 * @domain: a domain
 * @state: set to the state
 * @reason: set to a reason whose enumeration depends on @state; may be NULL
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
int virDomainGetState(virDomainPtr domain, int *state, int *reason, unsigned int flags);

/**
 * virDomainGetCPUStats:
 * Tells the processor time that a domain has used on each processor of the host, or in total.
 *
 * @domain: a domain
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there are
 * @start_cpu: the first processor, or -1 for the total
 * @ncpus: how many processors
 * @flags: 0, or virTypedParameterFlags or-ed together
 *
 * Returns: the number of parameters set for each processor; with @params NULL, the number of
 *     parameters or of processors; -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.10
 */
int virDomainGetCPUStats(virDomainPtr domain, virTypedParameterPtr params, unsigned int nparams,
                         int start_cpu, unsigned int ncpus, unsigned int flags);

/**
 * virDomainGetControlInfo:
 * Tells whether the hypervisor's control channel of a domain is free, busy or failing.
 *
 * @domain: a domain
 * @info: set to what is asked for
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.3
 */
int virDomainGetControlInfo(virDomainPtr domain, virDomainControlInfoPtr info, unsigned int flags);

/**
 * virDomainGetSchedulerType:
 * Names the scheduler, and tells how many parameters it has.
 *
 * @domain: a domain
 * @nparams: set to how many parameters there are; may be NULL
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.3
 */
char *virDomainGetSchedulerType(virDomainPtr domain, int *nparams);

/**
 * virDomainSetBlkioParameters:
 * Sets weights and limits of a domain's block I/O.
 *
 * @domain: a domain
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.0
 */
int virDomainSetBlkioParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                                unsigned int flags);

/**
 * virDomainGetBlkioParameters:
 * Tells the weights and limits of a domain's block I/O. With @nparams 0, sets @nparams to the number
 * of parameters there are.
 *
 * @domain: a domain
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.0
 */
int virDomainGetBlkioParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams,
                                unsigned int flags);

/**
 * virDomainSetMemoryParameters:
 * Sets limits of a domain's memory on the host, in KiB.
 *
 * @domain: a domain
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.5
 */
int virDomainSetMemoryParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                                 unsigned int flags);

/**
 * virDomainGetMemoryParameters:
 * Tells the limits of a domain's memory on the host, in KiB. With @nparams 0, sets @nparams to the
 * number of parameters there are.
 *
 * @domain: a domain
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.5
 */
int virDomainGetMemoryParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams,
                                 unsigned int flags);

/**
 * virDomainSetNumaParameters:
 * Sets on which NUMA nodes of the host a domain's memory lies.
 *
 * @domain: a domain
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.9
 */
int virDomainSetNumaParameters(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                               unsigned int flags);

/**
 * virDomainGetNumaParameters:
 * Tells on which NUMA nodes of the host a domain's memory lies. With @nparams 0, sets @nparams to the
 * number of parameters there are.
 *
 * @domain: a domain
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.9
 */
int virDomainGetNumaParameters(virDomainPtr domain, virTypedParameterPtr params, int *nparams,
                               unsigned int flags);

/**
 * virDomainGetName:
 * Gives the name of a domain.
 *
 * @domain: a domain
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN.
 * Since: 0.0.3
 */
const char *virDomainGetName(virDomainPtr domain);

/**
 * virDomainGetID:
 * Tells the number of the running instance.
 *
 * @domain: a domain
 *
 * Returns: the number, (unsigned int)-1 if the domain does not run or on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN.
 * Since: 0.0.3
 */
unsigned int virDomainGetID(virDomainPtr domain);

/**
 * virDomainGetUUID:
 * Gives the UUID of a domain.
 *
 * @domain: a domain
 * @uuid: a place for VIR_UUID_BUFLEN bytes
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG.
 * Since: 0.0.5
 */
int virDomainGetUUID(virDomainPtr domain, unsigned char *uuid);

/**
 * virDomainGetUUIDString:
 * Gives the UUID of a domain as text.
 *
 * @domain: a domain
 * @buf: a place for VIR_UUID_STRING_BUFLEN characters, the NUL included
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG.
 * Since: 0.1.1
 */
int virDomainGetUUIDString(virDomainPtr domain, char *buf);

/**
 * virDomainGetOSType:
 * Tells the type of the operating system's interface, such as "hvm".
 *
 * @domain: a domain
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
char *virDomainGetOSType(virDomainPtr domain);

/**
 * virDomainGetMaxMemory:
 * Tells how much memory a domain can have.
 *
 * @domain: a domain
 *
 * Returns: KiB, 0 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
unsigned long virDomainGetMaxMemory(virDomainPtr domain);

/**
 * virDomainSetMaxMemory:
 * Sets how much memory a domain can have.
 *
 * @domain: a domain
 * @memory: KiB
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virDomainSetMaxMemory(virDomainPtr domain, unsigned long memory);

/**
 * virDomainSetMemory:
 * Sets how much memory a running guest is to use.
 *
 * @domain: a domain
 * @memory: KiB
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.1
 */
int virDomainSetMemory(virDomainPtr domain, unsigned long memory);

/**
 * virDomainSetMemoryFlags:
 * Sets how much memory a guest is to use, or can have.
 *
 * @domain: a domain
 * @memory: KiB
 * @flags: 0, or virDomainMemoryModFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.0
 */
int virDomainSetMemoryFlags(virDomainPtr domain, unsigned long memory, unsigned int flags);

/**
 * virDomainSetMemoryStatsPeriod:
 * Sets how often the guest tells how it uses its memory.
 *
 * @domain: a domain
 * @period: seconds; 0 for never
 * @flags: 0, or virDomainMemoryModFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.1.1
 */
int virDomainSetMemoryStatsPeriod(virDomainPtr domain, int period, unsigned int flags);

/**
 * virDomainGetMaxVcpus:
 * Tells how many virtual processors a running domain can have.
 *
 * @domain: a domain
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.1
 */
int virDomainGetMaxVcpus(virDomainPtr domain);

/**
 * virDomainGetSecurityLabel:
 * Tells the security label of a running domain, of the first model.
 *
 * @domain: a domain
 * @seclabel: set to the label
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.1
 */
int virDomainGetSecurityLabel(virDomainPtr domain, virSecurityLabelPtr seclabel);

/**
 * virDomainGetHostname:
 * Tells the host name of the guest, from a lease or from the agent.
 *
 * @domain: a domain
 * @flags: 0, or virDomainGetHostnameFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.0
 */
char *virDomainGetHostname(virDomainPtr domain, unsigned int flags);

/**
 * virDomainGetSecurityLabelList:
 * Tells the security labels of a running domain, of all models.
 *
 * @domain: a domain
 * @seclabels: set to an array, which the caller frees with free()
 *
 * Returns: the number of labels, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.0
 */
int virDomainGetSecurityLabelList(virDomainPtr domain, virSecurityLabelPtr *seclabels);

/**
 * virDomainSetMetadata:
 * Sets the title, the description, or the element that a program keeps in a domain.
 *
 * @domain: a domain
 * @type: its type
 * @metadata: the text or the element; NULL to remove it
 * @key: prefix of its namespace
 * @uri: URI under which a program keeps its element
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.10
 */
int virDomainSetMetadata(virDomainPtr domain, int type, const char *metadata, const char *key,
                         const char *uri, unsigned int flags);

/**
 * virDomainGetMetadata:
 * Reads the title, the description, or the element that a program keeps in a domain.
 *
 * @domain: a domain
 * @type: its type
 * @uri: URI under which a program keeps its element
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.10
 */
char *virDomainGetMetadata(virDomainPtr domain, int type, const char *uri, unsigned int flags);

/**
 * virDomainGetXMLDesc:
 * Gives a domain's document.
 *
 * @domain: a domain
 * @flags: 0, or virDomainXMLFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
char *virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags);

/**
 * virConnectDomainXMLFromNative:
 * Turns a configuration in a hypervisor's own format into a domain's document.
 *
 * @conn: a connection
 * @nativeFormat: name of the format, such as "qemu-argv" or "xen-xl"
 * @nativeConfig: the configuration
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
char *virConnectDomainXMLFromNative(virConnectPtr conn, const char *nativeFormat,
                                    const char *nativeConfig, unsigned int flags);

/**
 * virConnectDomainXMLToNative:
 * Turns a domain's document into a configuration in the hypervisor's own format.
 *
 * @conn: a connection
 * @nativeFormat: name of the format
 * @domainXml: the document
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
char *virConnectDomainXMLToNative(virConnectPtr conn, const char *nativeFormat,
                                  const char *domainXml, unsigned int flags);

/**
 * virDomainBlockStats:
 * Counts requests to a disk, in a structure of fixed fields.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @stats: set to the numbers
 * @size: sizeof(*@stats)
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.3.2
 */
int virDomainBlockStats(virDomainPtr dom, const char *disk, virDomainBlockStatsPtr stats,
                        size_t size);

/**
 * virDomainBlockStatsFlags:
 * Counts requests to a disk. With @nparams 0, sets @nparams to the number of parameters there are.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: 0, or virTypedParameterFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.5
 */
int virDomainBlockStatsFlags(virDomainPtr dom, const char *disk, virTypedParameterPtr params,
                             int *nparams, unsigned int flags);

/**
 * virDomainInterfaceStats:
 * Counts what went through a network interface.
 *
 * @dom: a domain
 * @device: the interface's name on the host, or its MAC address
 * @stats: set to the numbers
 * @size: sizeof(*@stats)
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.3.2
 */
int virDomainInterfaceStats(virDomainPtr dom, const char *device,
                            virDomainInterfaceStatsPtr stats, size_t size);

/**
 * virDomainSetInterfaceParameters:
 * Sets bandwidth limits of a network interface.
 *
 * @domain: a domain
 * @device: the interface's name on the host, or its MAC address
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.9
 */
int virDomainSetInterfaceParameters(virDomainPtr domain, const char *device,
                                    virTypedParameterPtr params, int nparams, unsigned int flags);

/**
 * virDomainGetInterfaceParameters:
 * Tells the bandwidth limits of a network interface. With @nparams 0, sets @nparams to the number of
 * parameters there are.
 *
 * @domain: a domain
 * @device: the interface's name on the host, or its MAC address
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.9
 */
int virDomainGetInterfaceParameters(virDomainPtr domain, const char *device,
                                    virTypedParameterPtr params, int *nparams, unsigned int flags);

/**
 * virDomainBlockPeek:
 * Reads from a disk of the domain.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @offset: where to begin, in bytes
 * @size: how many bytes; at most 4 MiB at a time
 * @buffer: a place for @size bytes
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.2
 */
int virDomainBlockPeek(virDomainPtr dom, const char *disk, unsigned long long offset, size_t size,
                       void *buffer, unsigned int flags);

/**
 * virDomainBlockResize:
 * Changes the size of a disk while the domain runs.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @size: the new size in KiB; in bytes with VIR_DOMAIN_BLOCK_RESIZE_BYTES
 * @flags: 0, or virDomainBlockResizeFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.8
 */
int virDomainBlockResize(virDomainPtr dom, const char *disk, unsigned long long size,
                         unsigned int flags);

/**
 * virDomainGetBlockInfo:
 * Tells the sizes of a disk's image.
 *
 * @domain: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @info: set to what is asked for
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.1
 */
int virDomainGetBlockInfo(virDomainPtr domain, const char *disk, virDomainBlockInfoPtr info,
                          unsigned int flags);

/**
 * virDomainMemoryStats:
 * Tells how the guest uses its memory, in KiB and counts, as virDomainMemoryStatTags says.
 *
 * @dom: a domain
 * @stats: an array of @nr_stats, to be filled
 * @nr_stats: how many entries @stats has
 * @flags: none are defined: 0
 *
 * Returns: the number of entries set in @stats, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.5
 */
int virDomainMemoryStats(virDomainPtr dom, virDomainMemoryStatPtr stats, unsigned int nr_stats,
                         unsigned int flags);

/**
 * virDomainMemoryPeek:
 * Reads from the guest's memory.
 *
 * @dom: a domain
 * @start: where to begin, in bytes
 * @size: how many bytes; at most 4 MiB at a time
 * @buffer: a place for @size bytes
 * @flags: 0, or virDomainMemoryFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.2
 */
int virDomainMemoryPeek(virDomainPtr dom, unsigned long long start, size_t size, void *buffer,
                        unsigned int flags);

/**
 * virDomainDefineXML:
 * Defines a domain, or changes the configuration of the one of that name and UUID. It does not start
 * it.
 *
 * @conn: a connection
 * @xml: its document
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.1
 */
virDomainPtr virDomainDefineXML(virConnectPtr conn, const char *xml);

/**
 * virDomainDefineXMLFlags:
 * Defines a domain, or changes the configuration of the one of that name and UUID. It does not start
 * it.
 *
 * @conn: a connection
 * @xml: its document
 * @flags: 0, or virDomainDefineFlags or-ed together
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.12
 */
virDomainPtr virDomainDefineXMLFlags(virConnectPtr conn, const char *xml, unsigned int flags);

/**
 * virDomainUndefine:
 * Removes the configuration of a domain. If it runs, it goes on as a transient one.
 *
 * @domain: a domain
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.1.1
 */
int virDomainUndefine(virDomainPtr domain);

/**
 * virDomainUndefineFlags:
 * Removes the configuration of a domain, and what else the flags name. If it runs, it goes on as a
 * transient one.
 *
 * @domain: a domain
 * @flags: 0, or virDomainUndefineFlagsValues or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
int virDomainUndefineFlags(virDomainPtr domain, unsigned int flags);

/**
 * virConnectNumOfDefinedDomains:
 * Counts the domains that do not run.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.5
 */
int virConnectNumOfDefinedDomains(virConnectPtr conn);

/**
 * virConnectListDefinedDomains:
 * Lists the names of domains that do not run. virConnectListAllDomains does it without a race.
 *
 * @conn: a connection
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.1
 */
int virConnectListDefinedDomains(virConnectPtr conn, char ** const names, int maxnames);

/**
 * virConnectListAllDomains:
 * Lists domains. In each group of flags, none of them means all domains.
 *
 * @conn: a connection
 * @domains: set to an array with a NULL at the end; each object is given up with virDomainFree(), the
 *     array with free(). NULL to count only
 * @flags: 0, or virConnectListAllDomainsFlags or-ed together
 *
 * Returns: the number of domains, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.13
 */
int virConnectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags);

/**
 * virDomainCreate:
 * Starts a domain that is defined.
 *
 * @domain: a domain
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.1.1
 */
int virDomainCreate(virDomainPtr domain);

/**
 * virDomainCreateWithFlags:
 * Starts a domain that is defined.
 *
 * @domain: a domain
 * @flags: 0, or virDomainCreateFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.2
 */
int virDomainCreateWithFlags(virDomainPtr domain, unsigned int flags);

/**
 * virDomainCreateWithFiles:
 * Starts a domain that is defined, and gives it open files.
 *
 * @domain: a domain
 * @nfiles: how many there are
 * @files: descriptors that the guest gets; they stay open here
 * @flags: 0, or virDomainCreateFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.1.1
 */
int virDomainCreateWithFiles(virDomainPtr domain, unsigned int nfiles, int *files,
                             unsigned int flags);

/**
 * virDomainGetAutostart:
 * Tells whether a domain starts with the host.
 *
 * @domain: a domain
 * @autostart: set to 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.1
 */
int virDomainGetAutostart(virDomainPtr domain, int *autostart);

/**
 * virDomainSetAutostart:
 * Sets whether a domain starts with the host.
 *
 * @domain: a domain
 * @autostart: 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.1
 */
int virDomainSetAutostart(virDomainPtr domain, int autostart);

/**
 * virDomainGetAutostartOnce:
 * Tells whether a domain starts with the host the next time, and only then.
 *
 * @domain: a domain
 * @autostart: set to 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 11.2.0
 */
int virDomainGetAutostartOnce(virDomainPtr domain, int *autostart);

/**
 * virDomainSetAutostartOnce:
 * Sets whether a domain starts with the host the next time, and only then.
 *
 * @domain: a domain
 * @autostart: 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 11.2.0
 */
int virDomainSetAutostartOnce(virDomainPtr domain, int autostart);

/**
 * virDomainSetVcpus:
 * Sets how many virtual processors a running domain uses.
 *
 * @domain: a domain
 * @nvcpus: how many
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.4
 */
int virDomainSetVcpus(virDomainPtr domain, unsigned int nvcpus);

/**
 * virDomainSetVcpusFlags:
 * Sets how many virtual processors a domain uses, or can use.
 *
 * @domain: a domain
 * @nvcpus: how many
 * @flags: 0, or virDomainVcpuFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.5
 */
int virDomainSetVcpusFlags(virDomainPtr domain, unsigned int nvcpus, unsigned int flags);

/**
 * virDomainGetVcpusFlags:
 * Tells how many virtual processors a domain has, or can have.
 *
 * @domain: a domain
 * @flags: 0, or virDomainVcpuFlags or-ed together
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.5
 */
int virDomainGetVcpusFlags(virDomainPtr domain, unsigned int flags);

/**
 * virDomainPinVcpu:
 * Sets on which processors of the host a virtual processor may run.
 *
 * @domain: a domain
 * @vcpu: which virtual processor
 * @cpumap: a map of processors: bit N of it, from the lowest of the first byte on, stands for
 *     processor N
 * @maplen: how many bytes the map has
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.4
 */
int virDomainPinVcpu(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap, int maplen);

/**
 * virDomainPinVcpuFlags:
 * Sets on which processors of the host a virtual processor may run.
 *
 * @domain: a domain
 * @vcpu: which virtual processor
 * @cpumap: a map of processors: bit N of it, from the lowest of the first byte on, stands for
 *     processor N
 * @maplen: how many bytes the map has
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.3
 */
int virDomainPinVcpuFlags(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap,
                          int maplen, unsigned int flags);

/**
 * virDomainGetVcpuPinInfo:
 * Tells on which processors of the host each virtual processor may run.
 *
 * @domain: a domain
 * @ncpumaps: how many maps there is room for
 * @cpumaps: an array of maps of @maplen bytes each; bit N of a map stands for processor N
 * @maplen: how many bytes the map has
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: the number of virtual processors described, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.3
 */
int virDomainGetVcpuPinInfo(virDomainPtr domain, int ncpumaps, unsigned char *cpumaps, int maplen,
                            unsigned int flags);

/**
 * virDomainPinEmulator:
 * Sets on which processors of the host the emulator's own threads run.
 *
 * @domain: a domain
 * @cpumap: a map of processors: bit N of it, from the lowest of the first byte on, stands for
 *     processor N
 * @maplen: how many bytes the map has
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.0
 */
int virDomainPinEmulator(virDomainPtr domain, unsigned char *cpumap, int maplen,
                         unsigned int flags);

/**
 * virDomainGetEmulatorPinInfo:
 * Tells on which processors of the host the emulator's own threads run.
 *
 * @domain: a domain
 * @cpumap: a map of processors: bit N of it, from the lowest of the first byte on, stands for
 *     processor N
 * @maplen: how many bytes the map has
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 1 if @cpumap is set, 0 if they are not pinned, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.0
 */
int virDomainGetEmulatorPinInfo(virDomainPtr domain, unsigned char *cpumap, int maplen,
                                unsigned int flags);

/**
 * virDomainIOThreadInfoFree:
 * Frees what virDomainGetIOThreadInfo gave. NULL is passed over.
 *
 * @info: set to what is asked for
 *
 * Since: 1.2.14
 */
void virDomainIOThreadInfoFree(virDomainIOThreadInfoPtr info);

/**
 * virDomainGetIOThreadInfo:
 * Lists a domain's I/O threads with the processors that they run on.
 *
 * @dom: a domain
 * @info: set to an array; each entry is freed with virDomainIOThreadInfoFree, the array with free()
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: the number of threads, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.14
 */
int virDomainGetIOThreadInfo(virDomainPtr dom, virDomainIOThreadInfoPtr **info, unsigned int flags);

/**
 * virDomainPinIOThread:
 * Sets on which processors of the host an I/O thread runs.
 *
 * @domain: a domain
 * @iothread_id: the I/O thread's number
 * @cpumap: a map of processors: bit N of it, from the lowest of the first byte on, stands for
 *     processor N
 * @maplen: how many bytes the map has
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.14
 */
int virDomainPinIOThread(virDomainPtr domain, unsigned int iothread_id, unsigned char *cpumap,
                         int maplen, unsigned int flags);

/**
 * virDomainAddIOThread:
 * Adds an I/O thread to a domain.
 *
 * @domain: a domain
 * @iothread_id: the I/O thread's number
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.15
 */
int virDomainAddIOThread(virDomainPtr domain, unsigned int iothread_id, unsigned int flags);

/**
 * virDomainDelIOThread:
 * Removes an I/O thread that no disk uses.
 *
 * @domain: a domain
 * @iothread_id: the I/O thread's number
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.15
 */
int virDomainDelIOThread(virDomainPtr domain, unsigned int iothread_id, unsigned int flags);

/**
 * virDomainSetIOThreadParams:
 * Sets how an I/O thread polls.
 *
 * @domain: a domain
 * @iothread_id: the I/O thread's number
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 4.10.0
 */
int virDomainSetIOThreadParams(virDomainPtr domain, unsigned int iothread_id,
                               virTypedParameterPtr params, int nparams, unsigned int flags);

/**
 * virDomainGetVcpus:
 * Tells the state of each virtual processor of a running domain, and where it may run.
 *
 * @domain: a domain
 * @info: an array of @maxinfo, to be filled
 * @maxinfo: how many entries @info has
 * @cpumaps: an array of maps of @maplen bytes each; bit N of a map stands for processor N
 * @maplen: how many bytes the map has
 *
 * Returns: the number of entries set in @info, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.4
 */
int virDomainGetVcpus(virDomainPtr domain, virVcpuInfoPtr info, int maxinfo,
                      unsigned char *cpumaps, int maplen);

/**
 * virDomainAttachDevice:
 * Attaches a device to a running domain, until it stops.
 *
 * @domain: a domain
 * @xml: its document
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.9
 */
int virDomainAttachDevice(virDomainPtr domain, const char *xml);

/**
 * virDomainDetachDevice:
 * Detaches a device from a running domain. With most devices the guest must let go first; an event
 * tells when it has.
 *
 * @domain: a domain
 * @xml: its document
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.9
 */
int virDomainDetachDevice(virDomainPtr domain, const char *xml);

/**
 * virDomainAttachDeviceFlags:
 * Attaches a device to a running domain, to its configuration, or both.
 *
 * @domain: a domain
 * @xml: its document
 * @flags: 0, or virDomainDeviceModifyFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.7
 */
int virDomainAttachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags);

/**
 * virDomainDetachDeviceFlags:
 * Detaches a device from a running domain, from its configuration, or both.
 *
 * @domain: a domain
 * @xml: its document
 * @flags: 0, or virDomainDeviceModifyFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.7
 */
int virDomainDetachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags);

/**
 * virDomainUpdateDeviceFlags:
 * Changes a device: another medium, another network, another password.
 *
 * @domain: a domain
 * @xml: its document
 * @flags: 0, or virDomainDeviceModifyFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainUpdateDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags);

/**
 * virDomainDetachDeviceAlias:
 * Begins to detach the device of an alias; an event tells when the guest has let it go.
 *
 * @domain: a domain
 * @alias: the device's alias
 * @flags: 0, or virDomainDeviceModifyFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 4.4.0
 */
int virDomainDetachDeviceAlias(virDomainPtr domain, const char *alias, unsigned int flags);

/**
 * virConnectGetAllDomainStats:
 * Gathers statistics of all domains that the flags let pass.
 *
 * @conn: a connection
 * @stats: virDomainStatsTypes, or 0 for all that are known
 * @retStats: set to an array with a NULL at the end, which the caller frees with
 *     virDomainStatsRecordListFree()
 * @flags: 0, or virConnectGetAllDomainStatsFlags or-ed together
 *
 * Returns: the number of records, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.8
 */
int virConnectGetAllDomainStats(virConnectPtr conn, unsigned int stats,
                                virDomainStatsRecordPtr **retStats, unsigned int flags);

/**
 * virDomainListGetStats:
 * Gathers statistics of the given domains, which must belong to one connection.
 *
 * @doms: the domains, with a NULL at the end
 * @stats: virDomainStatsTypes, or 0 for all that are known
 * @retStats: set to an array with a NULL at the end, which the caller frees with
 *     virDomainStatsRecordListFree()
 * @flags: 0, or virConnectGetAllDomainStatsFlags or-ed together
 *
 * Returns: the number of records, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.8
 */
int virDomainListGetStats(virDomainPtr *doms, unsigned int stats,
                          virDomainStatsRecordPtr **retStats, unsigned int flags);

/**
 * virDomainStatsRecordListFree:
 * Frees what virConnectGetAllDomainStats or virDomainListGetStats gave. NULL is passed over.
 *
 * @stats: set to the numbers
 *
 * Since: 1.2.8
 */
void virDomainStatsRecordListFree(virDomainStatsRecordPtr *stats);

/**
 * virDomainGetPerfEvents:
 * Tells which performance events of a domain are counted.
 *
 * @domain: a domain
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.3.3
 */
int virDomainGetPerfEvents(virDomainPtr domain, virTypedParameterPtr *params, int *nparams,
                           unsigned int flags);

/**
 * virDomainSetPerfEvents:
 * Sets which performance events of a domain are counted.
 *
 * @domain: a domain
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.3.3
 */
int virDomainSetPerfEvents(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                           unsigned int flags);

/**
 * virDomainBlockJobAbort:
 * Ends the block job of a disk: cancels it, or takes the copy into use.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @flags: 0, or virDomainBlockJobAbortFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
int virDomainBlockJobAbort(virDomainPtr dom, const char *disk, unsigned int flags);

/**
 * virDomainGetBlockJobInfo:
 * Tells how far a disk's block job is.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @info: set to what is asked for
 * @flags: 0, or virDomainBlockJobInfoFlags or-ed together
 *
 * Returns: 1 if @info is set, 0 if there is no job, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
int virDomainGetBlockJobInfo(virDomainPtr dom, const char *disk, virDomainBlockJobInfoPtr info,
                             unsigned int flags);

/**
 * virDomainBlockJobSetSpeed:
 * Limits how fast a block job goes.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @bandwidth: limit in MiB/s; 0 for none
 * @flags: 0, or virDomainBlockJobSetSpeedFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
int virDomainBlockJobSetSpeed(virDomainPtr dom, const char *disk, unsigned long bandwidth,
                              unsigned int flags);

/**
 * virDomainBlockPull:
 * Begins to copy everything from backing images into a disk's active image, which then needs them no
 * longer.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @bandwidth: limit in MiB/s; 0 for none
 * @flags: 0, or virDomainBlockPullFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
int virDomainBlockPull(virDomainPtr dom, const char *disk, unsigned long bandwidth,
                       unsigned int flags);

/**
 * virDomainBlockRebase:
 * Begins to copy from backing images above @base into the active image; with
 * VIR_DOMAIN_BLOCK_REBASE_COPY, begins a copy to the path @base.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @base: path of the image that stays as the backing image, or NULL for none; or where the copy goes
 * @bandwidth: limit in MiB/s; 0 for none
 * @flags: 0, or virDomainBlockRebaseFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.10
 */
int virDomainBlockRebase(virDomainPtr dom, const char *disk, const char *base,
                         unsigned long bandwidth, unsigned int flags);

/**
 * virDomainBlockCopy:
 * Begins to mirror a disk to another place. virDomainBlockJobAbort ends it, on the old or the new
 * place.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @destxml: a disk element: where the copy goes
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainBlockCopyFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.8
 */
int virDomainBlockCopy(virDomainPtr dom, const char *disk, const char *destxml,
                       virTypedParameterPtr params, int nparams, unsigned int flags);

/**
 * virDomainBlockCommit:
 * Begins to write what overlays hold down into an image below them. It goes on by itself; events and
 * virDomainGetBlockJobInfo tell how far it is.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @base: path of the image that takes the data, "vda[2]", or NULL for the bottom of the chain
 * @top: path of the topmost overlay to be merged, "vda[1]", or NULL for the active one
 * @bandwidth: limit in MiB/s; 0 for none
 * @flags: 0, or virDomainBlockCommitFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virDomainBlockCommit(virDomainPtr dom, const char *disk, const char *base, const char *top,
                         unsigned long bandwidth, unsigned int flags);

/**
 * virDomainSetBlockIoTune:
 * Sets limits of a disk's I/O.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.8
 */
int virDomainSetBlockIoTune(virDomainPtr dom, const char *disk, virTypedParameterPtr params,
                            int nparams, unsigned int flags);

/**
 * virDomainGetBlockIoTune:
 * Tells the limits of a disk's I/O. With @nparams 0, sets @nparams to the number of parameters there
 * are.
 *
 * @dom: a domain
 * @disk: the disk's target, such as "vda", or the path of its image
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.8
 */
int virDomainGetBlockIoTune(virDomainPtr dom, const char *disk, virTypedParameterPtr params,
                            int *nparams, unsigned int flags);

/**
 * virDomainGetDiskErrors:
 * Lists disks on which I/O has failed.
 *
 * @dom: a domain
 * @errors: an array of @maxerrors; the caller frees the name in each with free()
 * @maxerrors: how many there is room for
 * @flags: none are defined: 0
 *
 * Returns: the number of disks with errors, or of disks if @errors is NULL, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.10
 */
int virDomainGetDiskErrors(virDomainPtr dom, virDomainDiskErrorPtr errors, unsigned int maxerrors,
                           unsigned int flags);

/**
 * virDomainSendKey:
 * Presses keys at the guest's keyboard, all at the same time.
 *
 * @domain: a domain
 * @codeset: a virKeycodeSet: what the numbers mean
 * @holdtime: how long they are held, in milliseconds
 * @keycodes: the keys; at most VIR_DOMAIN_SEND_KEY_MAX_KEYS
 * @nkeycodes: how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.3
 */
int virDomainSendKey(virDomainPtr domain, unsigned int codeset, unsigned int holdtime,
                     unsigned int *keycodes, int nkeycodes, unsigned int flags);

/**
 * virDomainSendProcessSignal:
 * Sends a signal to a process in the guest.
 *
 * @domain: a domain
 * @pid_value: the process, by its number in the guest; negative for a group
 * @signum: a virDomainProcessSignal
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.1
 */
int virDomainSendProcessSignal(virDomainPtr domain, long long pid_value, unsigned int signum,
                               unsigned int flags);

/**
 * virDomainCreateLinux:
 * The former name of virDomainCreateXML.
 *
 * @conn: a connection
 * @xmlDesc: its document
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
virDomainPtr virDomainCreateLinux(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/**
 * virConnectDomainEventRegister:
 * Asks for lifecycle events of all domains. New programs use virConnectDomainEventRegisterAny, which
 * knows all events.
 *
 * @conn: a connection
 * @cb: the function
 * @opaque: what @cb is given
 * @freecb: frees @opaque when the registration ends; may be NULL
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
int virConnectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb,
                                  void *opaque, virFreeCallback freecb);

/**
 * virConnectDomainEventDeregister:
 * Ends what virConnectDomainEventRegister began, by its function. New programs use
 * virConnectDomainEventDeregisterAny.
 *
 * @conn: a connection
 * @cb: the function
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
int virConnectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb);

/**
 * virDomainIsActive:
 * Tells whether a domain runs.
 *
 * @dom: a domain
 *
 * Returns: 1 if it does, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virDomainIsActive(virDomainPtr dom);

/**
 * virDomainIsPersistent:
 * Tells whether a domain stays when it stops.
 *
 * @dom: a domain
 *
 * Returns: 1 if it does, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virDomainIsPersistent(virDomainPtr dom);

/**
 * virDomainIsUpdated:
 * Tells whether a domain was changed since it started.
 *
 * @dom: a domain
 *
 * Returns: 1 if it was, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.6
 */
int virDomainIsUpdated(virDomainPtr dom);

/**
 * virDomainGetJobInfo:
 * Tells how far the job is that the domain has under way; its type is VIR_DOMAIN_JOB_NONE without one.
 *
 * @domain: a domain
 * @info: set to what is asked for
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.7
 */
int virDomainGetJobInfo(virDomainPtr domain, virDomainJobInfoPtr info);

/**
 * virDomainGetJobStats:
 * Tells all that is known of the domain's job, or of the last one.
 *
 * @domain: a domain
 * @type: set to a virDomainJobType
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: 0, or virDomainGetJobStatsFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.3
 */
int virDomainGetJobStats(virDomainPtr domain, int *type, virTypedParameterPtr *params,
                         int *nparams, unsigned int flags);

/**
 * virDomainAbortJob:
 * Cancels the job that the domain has under way, such as a migration.
 *
 * @domain: a domain
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.7.7
 */
int virDomainAbortJob(virDomainPtr domain);

/**
 * virDomainAbortJobFlags:
 * Cancels the job that the domain has under way, such as a migration.
 *
 * @domain: a domain
 * @flags: 0, or virDomainAbortJobFlagsValues or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 8.5.0
 */
int virDomainAbortJobFlags(virDomainPtr domain, unsigned int flags);

/**
 * virConnectDomainEventRegisterAny:
 * Asks for events of one kind, of one domain or of all. An event loop must have been registered before
 * the connection was opened.
 *
 * @conn: a connection
 * @dom: the domain, or NULL for all domains
 * @eventID: a virDomainEventID; it says which type @cb really has
 * @cb: the function, passed through VIR_DOMAIN_EVENT_CALLBACK
 * @opaque: what @cb is given
 * @freecb: frees @opaque when the registration ends; may be NULL
 *
 * Returns: a number that ends the registration (it can be 0), -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virConnectDomainEventRegisterAny(virConnectPtr conn, virDomainPtr dom, int eventID,
                                     virConnectDomainEventGenericCallback cb, void *opaque,
                                     virFreeCallback freecb);

/**
 * virConnectDomainEventDeregisterAny:
 * Ends a registration for events of domains.
 *
 * @conn: a connection
 * @callbackID: what the registration gave
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virConnectDomainEventDeregisterAny(virConnectPtr conn, int callbackID);

/**
 * virDomainOpenConsole:
 * Connects a stream to a console, serial or parallel port of the guest.
 *
 * @dom: a domain
 * @dev_name: the device's alias, or NULL for the first
 * @st: a stream
 * @flags: 0, or virDomainConsoleFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.6
 */
int virDomainOpenConsole(virDomainPtr dom, const char *dev_name, virStreamPtr st,
                         unsigned int flags);

/**
 * virDomainOpenChannel:
 * Connects a stream to a channel of the guest.
 *
 * @dom: a domain
 * @name: its name
 * @st: a stream
 * @flags: 0, or virDomainChannelFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.2
 */
int virDomainOpenChannel(virDomainPtr dom, const char *name, virStreamPtr st, unsigned int flags);

/**
 * virDomainOpenGraphics:
 * Connects a socket that the caller made to a graphics server of the domain.
 *
 * @dom: a domain
 * @idx: which graphics device, from 0 on
 * @fd: one end of a pair of sockets
 * @flags: 0, or virDomainOpenGraphicsFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.7
 */
int virDomainOpenGraphics(virDomainPtr dom, unsigned int idx, int fd, unsigned int flags);

/**
 * virDomainOpenGraphicsFD:
 * Gives a socket that is connected to a graphics server of the domain.
 *
 * @dom: a domain
 * @idx: which graphics device, from 0 on
 * @flags: 0, or virDomainOpenGraphicsFlags or-ed together
 *
 * Returns: a file descriptor that the caller closes, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.8
 */
int virDomainOpenGraphicsFD(virDomainPtr dom, unsigned int idx, unsigned int flags);

/**
 * virDomainInjectNMI:
 * Sends the guest a non-maskable interrupt.
 *
 * @domain: a domain
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
int virDomainInjectNMI(virDomainPtr domain, unsigned int flags);

/**
 * virDomainFSTrim:
 * Has the guest tell its storage which blocks its file systems do not use.
 *
 * @dom: a domain
 * @mountPoint: one file system, or NULL for all
 * @minimum: shortest free range that is worth it, in bytes
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.1
 */
int virDomainFSTrim(virDomainPtr dom, const char *mountPoint, unsigned long long minimum,
                    unsigned int flags);

/**
 * virDomainFSFreeze:
 * Freezes file systems in the guest: what is written waits until they thaw. The agent in the guest
 * does it.
 *
 * @dom: a domain
 * @mountpoints: where they are mounted in the guest; NULL for all
 * @nmountpoints: how many there are
 * @flags: none are defined: 0
 *
 * Returns: how many file systems were frozen, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.5
 */
int virDomainFSFreeze(virDomainPtr dom, const char **mountpoints, unsigned int nmountpoints,
                      unsigned int flags);

/**
 * virDomainFSThaw:
 * Lets frozen file systems in the guest go on.
 *
 * @dom: a domain
 * @mountpoints: where they are mounted in the guest; NULL for all
 * @nmountpoints: how many there are
 * @flags: none are defined: 0
 *
 * Returns: how many file systems were thawed, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.5
 */
int virDomainFSThaw(virDomainPtr dom, const char **mountpoints, unsigned int nmountpoints,
                    unsigned int flags);

/**
 * virDomainFSInfoFree:
 * Frees what virDomainGetFSInfo gave. NULL is passed over.
 *
 * @info: set to what is asked for
 *
 * Since: 1.2.11
 */
void virDomainFSInfoFree(virDomainFSInfoPtr info);

/**
 * virDomainGetFSInfo:
 * Lists the file systems in the guest with the disks they lie on. The agent in the guest answers.
 *
 * @dom: a domain
 * @info: set to an array; each entry is freed with virDomainFSInfoFree, the array with free()
 * @flags: none are defined: 0
 *
 * Returns: the number of file systems, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.11
 */
int virDomainGetFSInfo(virDomainPtr dom, virDomainFSInfoPtr **info, unsigned int flags);

/**
 * virDomainGetTime:
 * Tells the time in the guest.
 *
 * @dom: a domain
 * @seconds: seconds since 1970 UTC
 * @nseconds: nanoseconds of the second
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.5
 */
int virDomainGetTime(virDomainPtr dom, long long *seconds, unsigned int *nseconds,
                     unsigned int flags);

/**
 * virDomainSetTime:
 * Sets the clock of the guest.
 *
 * @dom: a domain
 * @seconds: seconds since 1970 UTC
 * @nseconds: nanoseconds of the second
 * @flags: 0, or virDomainSetTimeFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.5
 */
int virDomainSetTime(virDomainPtr dom, long long seconds, unsigned int nseconds,
                     unsigned int flags);

/**
 * virDomainInterfaceAddresses:
 * Lists the guest's network interfaces with their addresses.
 *
 * @dom: a domain
 * @ifaces: set to an array; each entry is freed with virDomainInterfaceFree, the array with free()
 * @source: who is asked: a virDomainInterfaceAddressesSource
 * @flags: none are defined: 0
 *
 * Returns: the number of interfaces, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.14
 */
int virDomainInterfaceAddresses(virDomainPtr dom, virDomainInterfacePtr **ifaces,
                                unsigned int source, unsigned int flags);

/**
 * virDomainInterfaceFree:
 * Frees what virDomainInterfaceAddresses gave. NULL is passed over.
 *
 * @iface: what is freed
 *
 * Since: 1.2.14
 */
void virDomainInterfaceFree(virDomainInterfacePtr iface);

/**
 * virDomainSetUserPassword:
 * Sets the password of a user of the guest. The agent in the guest does it.
 *
 * @dom: a domain
 * @user: name of the user
 * @password: the new password
 * @flags: 0, or virDomainSetUserPasswordFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.16
 */
int virDomainSetUserPassword(virDomainPtr dom, const char *user, const char *password,
                             unsigned int flags);

/**
 * virDomainRename:
 * Gives a domain that does not run another name. The caller's reference keeps the old one.
 *
 * @dom: a domain
 * @new_name: the new name
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.19
 */
int virDomainRename(virDomainPtr dom, const char *new_name, unsigned int flags);

/**
 * virDomainGetGuestVcpus:
 * Asks the agent in the guest which of its processors are on and which can be switched off.
 *
 * @domain: a domain
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 2.0.0
 */
int virDomainGetGuestVcpus(virDomainPtr domain, virTypedParameterPtr *params,
                           unsigned int *nparams, unsigned int flags);

/**
 * virDomainSetGuestVcpus:
 * Has the agent in the guest switch processors on or off.
 *
 * @domain: a domain
 * @cpumap: the processors as text, such as "0-3,^2"
 * @state: 1 to switch on, 0 to switch off
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 2.0.0
 */
int virDomainSetGuestVcpus(virDomainPtr domain, const char *cpumap, int state, unsigned int flags);

/**
 * virDomainSetVcpu:
 * Switches virtual processors on or off, each by its number.
 *
 * @domain: a domain
 * @vcpumap: the processors as text, such as "0-3,^2"
 * @state: 1 to switch on, 0 to switch off
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 3.1.0
 */
int virDomainSetVcpu(virDomainPtr domain, const char *vcpumap, int state, unsigned int flags);

/**
 * virDomainSetBlockThreshold:
 * Asks for an event when a disk's image is written beyond an offset. It comes once.
 *
 * @domain: a domain
 * @dev: the disk's target, or one of its chain such as "vda[1]"
 * @threshold: bytes; 0 for none
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 3.1.0
 */
int virDomainSetBlockThreshold(virDomainPtr domain, const char *dev, unsigned long long threshold,
                               unsigned int flags);

/**
 * virDomainSetLifecycleAction:
 * Sets what happens when the guest powers off, reboots or crashes.
 *
 * @domain: a domain
 * @type: a virDomainLifecycle
 * @action: a virDomainLifecycleAction
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 3.9.0
 */
int virDomainSetLifecycleAction(virDomainPtr domain, unsigned int type, unsigned int action,
                                unsigned int flags);

/**
 * virDomainGetLaunchSecurityInfo:
 * Tells the measurement and state of a guest whose memory is encrypted.
 *
 * @domain: a domain
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 4.5.0
 */
int virDomainGetLaunchSecurityInfo(virDomainPtr domain, virTypedParameterPtr *params,
                                   int *nparams, unsigned int flags);

/**
 * virDomainSetLaunchSecurityState:
 * Gives the guest its secret before it runs, where its memory is encrypted.
 *
 * @domain: a domain
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 8.0.0
 */
int virDomainSetLaunchSecurityState(virDomainPtr domain, virTypedParameterPtr params, int nparams,
                                    unsigned int flags);

/**
 * virDomainGetGuestInfo:
 * Asks the agent in the guest about its users, operating system, time zone, host name, file systems,
 * disks, interfaces and load.
 *
 * @domain: a domain
 * @types: virDomainGuestInfoTypes, or 0 for all that are known
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 5.7.0
 */
int virDomainGetGuestInfo(virDomainPtr domain, unsigned int types, virTypedParameterPtr *params,
                          int *nparams, unsigned int flags);

/**
 * virDomainAgentSetResponseTimeout:
 * Sets how long calls wait for the agent in the guest.
 *
 * @domain: a domain
 * @timeout: seconds, or one of virDomainAgentResponseTimeoutValues
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 5.10.0
 */
int virDomainAgentSetResponseTimeout(virDomainPtr domain, int timeout, unsigned int flags);

/**
 * virDomainBackupBegin:
 * Begins a backup of the domain's disks, with a checkpoint at the same moment on request. An event
 * tells of its end.
 *
 * @domain: a domain
 * @backupXML: document of the backup
 * @checkpointXML: document of the checkpoint, or NULL
 * @flags: 0, or virDomainBackupBeginFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 6.0.0
 */
int virDomainBackupBegin(virDomainPtr domain, const char *backupXML, const char *checkpointXML,
                         unsigned int flags);

/**
 * virDomainBackupGetXMLDesc:
 * Describes the backup that is under way.
 *
 * @domain: a domain
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 6.0.0
 */
char *virDomainBackupGetXMLDesc(virDomainPtr domain, unsigned int flags);

/**
 * virDomainAuthorizedSSHKeysGet:
 * Reads the SSH keys with which one can log in as a user of the guest; the agent in the guest answers.
 *
 * @domain: a domain
 * @user: name of the user
 * @keys: set to an array of that many strings; the caller frees each of them and the array with free()
 * @flags: none are defined: 0
 *
 * Returns: the number of keys, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 6.10.0
 */
int virDomainAuthorizedSSHKeysGet(virDomainPtr domain, const char *user, char ***keys,
                                  unsigned int flags);

/**
 * virDomainAuthorizedSSHKeysSet:
 * Replaces, extends or reduces the SSH keys of a user of the guest.
 *
 * @domain: a domain
 * @user: name of the user
 * @keys: the keys, in the format of authorized_keys; may be NULL to remove all
 * @nkeys: how many there are
 * @flags: 0, or virDomainAuthorizedSSHKeysSetFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 6.10.0
 */
int virDomainAuthorizedSSHKeysSet(virDomainPtr domain, const char *user, const char **keys,
                                  unsigned int nkeys, unsigned int flags);

/**
 * virDomainGetMessages:
 * Lists what there is to warn of: use of deprecated features, what taints the domain.
 *
 * @domain: a domain
 * @msgs: set to an array of strings; the caller frees each of them and the array with free()
 * @flags: 0, or virDomainMessageType or-ed together
 *
 * Returns: the number of messages, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 7.1.0
 */
int virDomainGetMessages(virDomainPtr domain, char ***msgs, unsigned int flags);

/**
 * virDomainStartDirtyRateCalc:
 * Begins to measure how fast the guest changes its memory; the result is in its statistics.
 *
 * @domain: a domain
 * @seconds: how long it is measured: 1 to 60
 * @flags: 0, or virDomainDirtyRateCalcFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 7.2.0
 */
int virDomainStartDirtyRateCalc(virDomainPtr domain, int seconds, unsigned int flags);

/**
 * virDomainFDAssociate:
 * Gives a domain file descriptors under a name, by which a disk of its document can refer to them.
 * They last until the connection closes.
 *
 * @domain: a domain
 * @name: its name
 * @nfds: how many there are
 * @fds: the descriptors; they stay open here
 * @flags: 0, or virDomainFDAssociateFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 9.0.0
 */
int virDomainFDAssociate(virDomainPtr domain, const char *name, unsigned int nfds, int *fds,
                         unsigned int flags);

/**
 * virDomainGraphicsReload:
 * Has the graphics server read its certificates again.
 *
 * @domain: a domain
 * @type: a virDomainGraphicsReloadType
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 10.2.0
 */
int virDomainGraphicsReload(virDomainPtr domain, unsigned int type, unsigned int flags);

/**
 * virDomainSetThrottleGroup:
 * Makes a throttle group, or changes its limits.
 *
 * @dom: a domain
 * @group: name of the group
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 11.2.0
 */
int virDomainSetThrottleGroup(virDomainPtr dom, const char *group, virTypedParameterPtr params,
                              int nparams, unsigned int flags);

/**
 * virDomainDelThrottleGroup:
 * Removes a throttle group that no disk uses.
 *
 * @dom: a domain
 * @group: name of the group
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 11.2.0
 */
int virDomainDelThrottleGroup(virDomainPtr dom, const char *group, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_DOMAIN_H */
