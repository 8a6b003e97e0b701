/*
 * libvirt-host.h: connections and the hosts behind them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_HOST_H
#define FERROVIRT_LIBVIRT_HOST_H

#ifdef __cplusplus
extern "C" {
#endif

/** VIR_SECURITY_LABEL_BUFLEN: Characters, with the NUL. Since: 0.6.1 */
#define VIR_SECURITY_LABEL_BUFLEN 4097

/** VIR_SECURITY_MODEL_BUFLEN: Characters, with the NUL. Since: 0.6.1 */
#define VIR_SECURITY_MODEL_BUFLEN 257

/** VIR_SECURITY_DOI_BUFLEN: Characters, with the NUL. Since: 0.6.1 */
#define VIR_SECURITY_DOI_BUFLEN 257

/** VIR_NODE_CPU_STATS_FIELD_LENGTH: Characters of a name, with the NUL. Since: 0.9.3 */
#define VIR_NODE_CPU_STATS_FIELD_LENGTH 80

/** VIR_NODE_MEMORY_STATS_FIELD_LENGTH: Characters of a name, with the NUL. Since: 0.9.3 */
#define VIR_NODE_MEMORY_STATS_FIELD_LENGTH 80

/** VIR_UUID_BUFLEN: Bytes of a UUID. Since: 0.2.0 */
#define VIR_UUID_BUFLEN 16

/** VIR_UUID_STRING_BUFLEN: Characters of a UUID as text, with the NUL. Since: 0.2.0 */
#define VIR_UUID_STRING_BUFLEN 37

/* Names of typed parameters and statistics. What ends in PREFIX or SUFFIX stands around a number. */

#define VIR_NODE_CPU_STATS_KERNEL "kernel" /* Since: 0.9.3 */
#define VIR_NODE_CPU_STATS_USER "user" /* Since: 0.9.3 */
#define VIR_NODE_CPU_STATS_IDLE "idle" /* Since: 0.9.3 */
#define VIR_NODE_CPU_STATS_IOWAIT "iowait" /* Since: 0.9.3 */
#define VIR_NODE_CPU_STATS_INTR "intr" /* Since: 1.2.2 */
#define VIR_NODE_CPU_STATS_UTILIZATION "utilization" /* Since: 0.9.3 */

#define VIR_NODE_MEMORY_STATS_TOTAL "total" /* Since: 0.9.3 */
#define VIR_NODE_MEMORY_STATS_FREE "free" /* Since: 0.9.3 */
#define VIR_NODE_MEMORY_STATS_BUFFERS "buffers" /* Since: 0.9.3 */
#define VIR_NODE_MEMORY_STATS_CACHED "cached" /* Since: 0.9.3 */

#define VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN "shm_pages_to_scan" /* Since: 0.10.2 */
#define VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS "shm_sleep_millisecs" /* Since: 0.10.2 */
#define VIR_NODE_MEMORY_SHARED_PAGES_SHARED "shm_pages_shared" /* Since: 0.10.2 */
#define VIR_NODE_MEMORY_SHARED_PAGES_SHARING "shm_pages_sharing" /* Since: 0.10.2 */
#define VIR_NODE_MEMORY_SHARED_PAGES_UNSHARED "shm_pages_unshared" /* Since: 0.10.2 */
#define VIR_NODE_MEMORY_SHARED_PAGES_VOLATILE "shm_pages_volatile" /* Since: 0.10.2 */
#define VIR_NODE_MEMORY_SHARED_FULL_SCANS "shm_full_scans" /* Since: 0.10.2 */
#define VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES "shm_merge_across_nodes" /* Since: 1.0.0 */

#define VIR_NODE_SEV_PDH "pdh" /* Since: 4.5.0 */

#define VIR_NODE_SEV_CERT_CHAIN "cert-chain" /* Since: 4.5.0 */

#define VIR_NODE_SEV_CPU0_ID "cpu0-id" /* Since: 8.4.0 */

#define VIR_NODE_SEV_CBITPOS "cbitpos" /* Since: 4.5.0 */

#define VIR_NODE_SEV_REDUCED_PHYS_BITS "reduced-phys-bits" /* Since: 4.5.0 */

#define VIR_NODE_SEV_MAX_GUESTS "max-guests" /* Since: 8.0.0 */
#define VIR_NODE_SEV_MAX_ES_GUESTS "max-es-guests" /* Since: 8.0.0 */

#define VIR_CONNECT_IDENTITY_USER_NAME "user-name" /* Since: 5.8.0 */

#define VIR_CONNECT_IDENTITY_UNIX_USER_ID "unix-user-id" /* Since: 5.8.0 */

#define VIR_CONNECT_IDENTITY_GROUP_NAME "group-name" /* Since: 5.8.0 */

#define VIR_CONNECT_IDENTITY_UNIX_GROUP_ID "unix-group-id" /* Since: 5.8.0 */

#define VIR_CONNECT_IDENTITY_PROCESS_ID "process-id" /* Since: 5.8.0 */
#define VIR_CONNECT_IDENTITY_PROCESS_TIME "process-time" /* Since: 5.8.0 */

#define VIR_CONNECT_IDENTITY_SASL_USER_NAME "sasl-user-name" /* Since: 5.8.0 */

#define VIR_CONNECT_IDENTITY_X509_DISTINGUISHED_NAME "x509-distinguished-name" /* Since: 5.8.0 */

#define VIR_CONNECT_IDENTITY_SELINUX_CONTEXT "selinux-context" /* Since: 5.8.0 */

/**
 * virConnect:
 * What is in it is not for programs.
 */
typedef struct _virConnect virConnect;

/**
 * virStream:
 * What is in it is not for programs.
 */
typedef struct _virStream virStream;

typedef struct _virSecurityLabel virSecurityLabel;

typedef struct _virSecurityModel virSecurityModel;

typedef struct _virNodeInfo virNodeInfo;

typedef struct _virNodeCPUStats virNodeCPUStats;

typedef struct _virNodeMemoryStats virNodeMemoryStats;

typedef struct _virConnectCredential virConnectCredential;

typedef struct _virConnectAuth virConnectAuth;

/** virConnectPtr: a pointer to virConnect. Since: 0.0.1 */
typedef virConnect *virConnectPtr;

/**
 * virNodeSuspendTarget:
 * How a host or a guest sleeps.
 */
typedef enum {
    VIR_NODE_SUSPEND_TARGET_MEM = 0, /* Since: 0.9.8 */
    VIR_NODE_SUSPEND_TARGET_DISK = 1, /* Since: 0.9.8 */
    VIR_NODE_SUSPEND_TARGET_HYBRID = 2 /* Since: 0.9.8 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_NODE_SUSPEND_TARGET_LAST = 3
#endif
} virNodeSuspendTarget;

/** virStreamPtr: a pointer to virStream. Since: 0.7.2 */
typedef virStream *virStreamPtr;

/**
 * virSecurityLabel:
 * A security label and whether it is enforced.
 */
struct _virSecurityLabel {
    char label[VIR_SECURITY_LABEL_BUFLEN];
    int enforcing;
};

/** virSecurityLabelPtr: a pointer to virSecurityLabel. Since: 0.6.1 */
typedef virSecurityLabel *virSecurityLabelPtr;

/**
 * virSecurityModel:
 * A security model and its domain of interpretation.
 */
struct _virSecurityModel {
    char model[VIR_SECURITY_MODEL_BUFLEN];
    char doi[VIR_SECURITY_DOI_BUFLEN];
};

/** virSecurityModelPtr: a pointer to virSecurityModel. Since: 0.6.1 */
typedef virSecurityModel *virSecurityModelPtr;

/**
 * virNodeInfo:
 * A host: processor, memory in KiB, frequency in MHz, and how many NUMA nodes, sockets in each, cores
 * in each, threads in each.
 */
struct _virNodeInfo {
    char model[32];
    unsigned long memory;
    unsigned int cpus;
    unsigned int mhz;
    unsigned int nodes;
    unsigned int sockets;
    unsigned int cores;
    unsigned int threads;
};

/**
 * virNodeGetCPUStatsAllCPUs:
 * A number that stands for all processors.
 */
typedef enum {
    VIR_NODE_CPU_STATS_ALL_CPUS = -1 /* Since: 0.9.3 */
} virNodeGetCPUStatsAllCPUs;

/**
 * virNodeCPUStats:
 * How much time processors have spent, in nanoseconds.
 */
struct _virNodeCPUStats {
    char field[VIR_NODE_CPU_STATS_FIELD_LENGTH];
    unsigned long long value;
};

/**
 * virNodeGetMemoryStatsAllCells:
 * A number that stands for all NUMA nodes.
 */
typedef enum {
    VIR_NODE_MEMORY_STATS_ALL_CELLS = -1 /* Since: 0.9.3 */
} virNodeGetMemoryStatsAllCells;

/**
 * virNodeMemoryStats:
 * How memory is used, in KiB.
 */
struct _virNodeMemoryStats {
    char field[VIR_NODE_MEMORY_STATS_FIELD_LENGTH];
    unsigned long long value;
};

/** virNodeInfoPtr: a pointer to virNodeInfo. Since: 0.1.0 */
typedef virNodeInfo *virNodeInfoPtr;

/** virNodeCPUStatsPtr: a pointer to virNodeCPUStats. Since: 0.9.3 */
typedef virNodeCPUStats *virNodeCPUStatsPtr;

/** virNodeMemoryStatsPtr: a pointer to virNodeMemoryStats. Since: 0.9.3 */
typedef virNodeMemoryStats *virNodeMemoryStatsPtr;

/**
 * virConnectFlags:
 * Flags of virConnectOpenAuth.
 */
typedef enum {
    VIR_CONNECT_RO = (1 << 0), /* Since: 0.4.1 */
    VIR_CONNECT_NO_ALIASES = (1 << 1) /* Since: 0.9.7 */
} virConnectFlags;

/**
 * virConnectCredentialType:
 * What a caller is asked for.
 */
typedef enum {
    VIR_CRED_USERNAME = 1, /* Since: 0.4.1 */
    VIR_CRED_AUTHNAME = 2, /* Since: 0.4.1 */
    VIR_CRED_LANGUAGE = 3, /* Since: 0.4.1 */
    VIR_CRED_CNONCE = 4, /* Since: 0.4.1 */
    VIR_CRED_PASSPHRASE = 5, /* Since: 0.4.1 */
    VIR_CRED_ECHOPROMPT = 6, /* Since: 0.4.1 */
    VIR_CRED_NOECHOPROMPT = 7, /* Since: 0.4.1 */
    VIR_CRED_REALM = 8, /* Since: 0.4.1 */
    VIR_CRED_EXTERNAL = 9 /* Since: 0.4.1 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_CRED_LAST = 10
#endif
} virConnectCredentialType;

/**
 * virConnectCredential:
 * Something that the user is asked for.
 */
struct _virConnectCredential {
    int type;
    const char *prompt;
    const char *challenge;
    const char *defresult;
    char *result;
    unsigned int resultlen;
};

/** virConnectCredentialPtr: a pointer to virConnectCredential. Since: 0.4.1 */
typedef virConnectCredential *virConnectCredentialPtr;

/**
 * virConnectAuthCallbackPtr:
 * Asks the user for credentials. Sets the results in @cred, which the library frees. Returns 0, or -1
 * to give up.
 *
 * Since: 0.4.1
 */
typedef int (*virConnectAuthCallbackPtr)(
        virConnectCredentialPtr cred, unsigned int ncred, void *cbdata);

/**
 * virConnectAuth:
 * How a program asks its user for credentials.
 */
struct _virConnectAuth {
    int *credtype;
    unsigned int ncredtype;
    virConnectAuthCallbackPtr cb;
    void *cbdata;
};

/** virConnectAuthPtr: a pointer to virConnectAuth. Since: 0.4.1 */
typedef virConnectAuth *virConnectAuthPtr;

/**
 * virConnectCloseFunc:
 * Is called when a connection is closed.
 *
 * Since: 0.10.0
 */
typedef void (*virConnectCloseFunc)(virConnectPtr conn, int reason, void *opaque);

/**
 * virCPUCompareResult:
 * How a processor compares with the host's.
 */
typedef enum {
    VIR_CPU_COMPARE_ERROR = -1, /* Since: 0.7.5 */
    VIR_CPU_COMPARE_INCOMPATIBLE = 0, /* Since: 0.7.5 */
    VIR_CPU_COMPARE_IDENTICAL = 1, /* Since: 0.7.5 */
    VIR_CPU_COMPARE_SUPERSET = 2 /* Since: 0.7.5 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_CPU_COMPARE_LAST = 3
#endif
} virCPUCompareResult;

/**
 * virConnectCompareCPUFlags:
 * Flags of virConnectCompareCPU, virConnectCompareHypervisorCPU.
 */
typedef enum {
    VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE = (1 << 0), /* Since: 1.2.6 */
    VIR_CONNECT_COMPARE_CPU_VALIDATE_XML = (1 << 1) /* Since: 6.9.0 */
} virConnectCompareCPUFlags;

/**
 * virConnectBaselineCPUFlags:
 * Flags of virConnectBaselineCPU, virConnectBaselineHypervisorCPU.
 */
typedef enum {
    VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES = (1 << 0), /* Since: 1.1.2 */
    VIR_CONNECT_BASELINE_CPU_MIGRATABLE = (1 << 1) /* Since: 1.2.14 */
} virConnectBaselineCPUFlags;

/**
 * virNodeAllocPagesFlags:
 * Flags of virNodeAllocPages.
 */
typedef enum {
    VIR_NODE_ALLOC_PAGES_ADD = 0, /* Since: 1.2.9 */
    VIR_NODE_ALLOC_PAGES_SET = (1 << 0) /* Since: 1.2.9 */
} virNodeAllocPagesFlags;

/**
 * VIR_NODEINFO_MAXCPUS:
 * How many processors a host can have, given its virNodeInfo.
 *
 * Since: 0.1.4
 */
#define VIR_NODEINFO_MAXCPUS(nodeinfo) \
    ((nodeinfo).nodes * (nodeinfo).sockets * (nodeinfo).cores * (nodeinfo).threads)

/**
 * virConnectAuthPtrDefault:
 * Asks for credentials on the terminal.
 *
 * Since: 0.4.0
 */
VIR_EXPORT_VAR virConnectAuthPtr virConnectAuthPtrDefault;

/**
 * virNodeGetMemoryParameters:
 * Tells how the host merges equal pages of memory. With @nparams 0, sets @nparams to the number of
 * parameters there are.
 *
 * @conn: a connection
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virNodeGetMemoryParameters(virConnectPtr conn, virTypedParameterPtr params, int *nparams,
                               unsigned int flags);

/**
 * virNodeSetMemoryParameters:
 * Sets how the host merges equal pages of memory.
 *
 * @conn: a connection
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virNodeSetMemoryParameters(virConnectPtr conn, virTypedParameterPtr params, int nparams,
                               unsigned int flags);

/**
 * virNodeGetCPUMap:
 * Tells which processors of the host are there and on.
 *
 * @conn: a connection
 * @cpumap: set to a map, which the caller frees with free(); may be NULL
 * @online: set to how many are on; may be NULL
 * @flags: none are defined: 0
 *
 * Returns: the number of processors, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.0
 */
int virNodeGetCPUMap(virConnectPtr conn, unsigned char **cpumap, unsigned int *online,
                     unsigned int flags);

/**
 * virNodeGetSEVInfo:
 * Tells what the host's platform for encrypted guests says of itself.
 *
 * @conn: a connection
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 4.5.0
 */
int virNodeGetSEVInfo(virConnectPtr conn, virTypedParameterPtr *params, int *nparams,
                      unsigned int flags);

/**
 * virGetVersion:
 * Tells the version of the library, without a connection.
 *
 * @libVer: set to major * 1000000 + minor * 1000 + micro
 * @type: no longer used; NULL
 * @typeVer: no longer used; NULL or a place for the same number
 *
 * Returns: 0, -1 on failure.
 * Since: 0.0.3
 */
int virGetVersion(unsigned long *libVer, const char *type, unsigned long *typeVer);

/**
 * virInitialize:
 * Sets the library up. Calls that need it do it themselves; in programs of several threads it is best
 * called first.
 *
 * Returns: 0, -1 on failure.
 * Since: 0.1.0
 */
int virInitialize(void);

/**
 * virConnectOpen:
 * Opens a connection to a hypervisor.
 *
 * @name: URI; NULL for the one of LIBVIRT_DEFAULT_URI, of the configuration, or that is found
 *
 * Returns: a connection, to be given up with virConnectClose(); NULL on failure.
 * Errors: VIR_ERR_NO_CONNECT, VIR_ERR_AUTH_FAILED, VIR_ERR_AUTH_CANCELLED.
 * Since: 0.0.3
 */
virConnectPtr virConnectOpen(const char *name);

/**
 * virConnectOpenReadOnly:
 * Opens a connection that can change nothing.
 *
 * @name: URI; NULL for the one of LIBVIRT_DEFAULT_URI, of the configuration, or that is found
 *
 * Returns: a connection, to be given up with virConnectClose(); NULL on failure.
 * Errors: VIR_ERR_NO_CONNECT, VIR_ERR_AUTH_FAILED, VIR_ERR_AUTH_CANCELLED.
 * Since: 0.0.3
 */
virConnectPtr virConnectOpenReadOnly(const char *name);

/**
 * virConnectOpenAuth:
 * Opens a connection to a hypervisor, and asks for credentials through callbacks.
 *
 * @name: URI; NULL for the one of LIBVIRT_DEFAULT_URI, of the configuration, or that is found
 * @auth: how to ask for credentials; virConnectAuthPtrDefault asks on the terminal; may be NULL
 * @flags: 0, or virConnectFlags or-ed together
 *
 * Returns: a connection, to be given up with virConnectClose(); NULL on failure.
 * Errors: VIR_ERR_INVALID_ARG, VIR_ERR_NO_CONNECT, VIR_ERR_AUTH_FAILED, VIR_ERR_AUTH_CANCELLED.
 * Since: 0.4.0
 */
virConnectPtr virConnectOpenAuth(const char *name, virConnectAuthPtr auth, unsigned int flags);

/**
 * virConnectRef:
 * Takes another reference to a connection.
 *
 * @conn: a connection
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN.
 * Since: 0.6.0
 */
int virConnectRef(virConnectPtr conn);

/**
 * virConnectClose:
 * Gives up a reference to a connection, which closes with the last one.
 *
 * @conn: a connection
 *
 * Returns: how many references are left, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN.
 * Since: 0.0.3
 */
int virConnectClose(virConnectPtr conn);

/**
 * virConnectSetIdentity:
 * Tells the daemon on whose behalf this program acts. The daemon must trust it.
 *
 * @conn: a connection
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 5.8.0
 */
int virConnectSetIdentity(virConnectPtr conn, virTypedParameterPtr params, int nparams,
                          unsigned int flags);

/**
 * virConnectGetType:
 * Names the driver of the connection.
 *
 * @conn: a connection
 *
 * Returns: text that must not be freed, NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
const char *virConnectGetType(virConnectPtr conn);

/**
 * virConnectGetVersion:
 * Tells the version of the hypervisor, 0 if it has none.
 *
 * @conn: a connection
 * @hvVer: set to major * 1000000 + minor * 1000 + micro
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.0.3
 */
int virConnectGetVersion(virConnectPtr conn, unsigned long *hvVer);

/**
 * virConnectGetLibVersion:
 * Tells the version of the library that serves the connection; that of the daemon if there is one.
 *
 * @conn: a connection
 * @libVer: set to major * 1000000 + minor * 1000 + micro
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virConnectGetLibVersion(virConnectPtr conn, unsigned long *libVer);

/**
 * virConnectGetHostname:
 * Tells the host name of the machine that the hypervisor runs on.
 *
 * @conn: a connection
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.3.0
 */
char *virConnectGetHostname(virConnectPtr conn);

/**
 * virConnectGetURI:
 * Gives the URI of the connection, by which it can be opened again.
 *
 * @conn: a connection
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.3.0
 */
char *virConnectGetURI(virConnectPtr conn);

/**
 * virConnectGetSysinfo:
 * Tells what the firmware says of the host, as a document.
 *
 * @conn: a connection
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.8
 */
char *virConnectGetSysinfo(virConnectPtr conn, unsigned int flags);

/**
 * virConnectSetKeepAlive:
 * Has the connection closed when the other side does not answer for a while.
 *
 * @conn: a connection
 * @interval: seconds of silence until a message is sent; 0 or less for none
 * @count: how many of them may go without an answer
 *
 * Returns: 0, 1 if the other side cannot do it, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.8
 */
int virConnectSetKeepAlive(virConnectPtr conn, int interval, unsigned int count);

/**
 * virConnectRegisterCloseCallback:
 * Asks for a call when the connection is lost, or the other side closes it. There can be one for each
 * connection.
 *
 * @conn: a connection
 * @cb: the function
 * @opaque: what @cb is given
 * @freecb: frees @opaque when the registration ends; may be NULL
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.0
 */
int virConnectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque,
                                    virFreeCallback freecb);

/**
 * virConnectUnregisterCloseCallback:
 * Ends what virConnectRegisterCloseCallback began.
 *
 * @conn: a connection
 * @cb: the function
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.0
 */
int virConnectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb);

/**
 * virConnectGetMaxVcpus:
 * Tells how many virtual processors a domain can have.
 *
 * @conn: a connection
 * @type: a virtualization type of domain documents, or NULL for the usual one
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.1
 */
int virConnectGetMaxVcpus(virConnectPtr conn, const char *type);

/**
 * virNodeGetInfo:
 * Tells the host's processor model, memory in KiB, processors and topology.
 *
 * @conn: a connection
 * @info: set to what is asked for
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.1.0
 */
int virNodeGetInfo(virConnectPtr conn, virNodeInfoPtr info);

/**
 * virConnectGetCapabilities:
 * Tells what the host has and what its hypervisor can do, as a document.
 *
 * @conn: a connection
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.1
 */
char *virConnectGetCapabilities(virConnectPtr conn);

/**
 * virNodeGetCPUStats:
 * Tells how much time processors of the host have spent, in nanoseconds. With @nparams 0, sets
 * @nparams to the number of entries there are.
 *
 * @conn: a connection
 * @cpuNum: a processor, or VIR_NODE_CPU_STATS_ALL_CPUS
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.3
 */
int virNodeGetCPUStats(virConnectPtr conn, int cpuNum, virNodeCPUStatsPtr params, int *nparams,
                       unsigned int flags);

/**
 * virNodeGetMemoryStats:
 * Tells how the host uses its memory, in KiB. With @nparams 0, sets @nparams to the number of entries
 * there are.
 *
 * @conn: a connection
 * @cellNum: a NUMA node, or VIR_NODE_MEMORY_STATS_ALL_CELLS
 * @params: an array of @nparams, to be filled; may be NULL with @nparams 0
 * @nparams: how many there is room for; set to how many were filled
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.3
 */
int virNodeGetMemoryStats(virConnectPtr conn, int cellNum, virNodeMemoryStatsPtr params,
                          int *nparams, unsigned int flags);

/**
 * virNodeGetFreeMemory:
 * Tells how much memory is free on the host.
 *
 * @conn: a connection
 *
 * Returns: bytes, 0 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.3.3
 */
unsigned long long virNodeGetFreeMemory(virConnectPtr conn);

/**
 * virNodeGetSecurityModel:
 * Tells the security model that confines guests, and its domain of interpretation.
 *
 * @conn: a connection
 * @secmodel: set to the model
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.1
 */
int virNodeGetSecurityModel(virConnectPtr conn, virSecurityModelPtr secmodel);

/**
 * virNodeSuspendForDuration:
 * Puts the host to sleep for a while.
 *
 * @conn: a connection
 * @target: a virNodeSuspendTarget
 * @duration: seconds until it wakes; at least 60
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.8
 */
int virNodeSuspendForDuration(virConnectPtr conn, unsigned int target,
                              unsigned long long duration, unsigned int flags);

/**
 * virNodeGetCellsFreeMemory:
 * Tells how much memory is free on the host's NUMA nodes.
 *
 * @conn: a connection
 * @freeMems: an array of @maxCells, for bytes
 * @startCell: the first NUMA node
 * @maxCells: how many entries @freeMems has
 *
 * Returns: the number of entries set, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.3.3
 */
int virNodeGetCellsFreeMemory(virConnectPtr conn, unsigned long long *freeMems, int startCell,
                              int maxCells);

/**
 * virConnectIsEncrypted:
 * Tells whether others could read what the connection sends.
 *
 * @conn: a connection
 *
 * Returns: 1 if it is encrypted, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virConnectIsEncrypted(virConnectPtr conn);

/**
 * virConnectIsSecure:
 * Tells whether the connection is encrypted or stays on the host.
 *
 * @conn: a connection
 *
 * Returns: 1 if so, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virConnectIsSecure(virConnectPtr conn);

/**
 * virConnectIsAlive:
 * Tells whether the connection works still.
 *
 * @conn: a connection
 *
 * Returns: 1 if it does, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.8
 */
int virConnectIsAlive(virConnectPtr conn);

/**
 * virConnectCompareCPU:
 * Compares a processor with the host's.
 *
 * @conn: a connection
 * @xmlDesc: its document
 * @flags: 0, or virConnectCompareCPUFlags or-ed together
 *
 * Returns: a virCPUCompareResult.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.5
 */
int virConnectCompareCPU(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/**
 * virConnectCompareHypervisorCPU:
 * Compares a processor with what the hypervisor can offer on the host.
 *
 * @conn: a connection
 * @emulator: path of the emulator; NULL for the usual one
 * @arch: architecture, such as "x86_64"; NULL for the usual one
 * @machine: machine type; NULL for the usual one
 * @virttype: virtualization type, such as "kvm"; NULL for the usual one
 * @xmlCPU: its document
 * @flags: 0, or virConnectCompareCPUFlags or-ed together
 *
 * Returns: a virCPUCompareResult.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 4.4.0
 */
int virConnectCompareHypervisorCPU(virConnectPtr conn, const char *emulator, const char *arch,
                                   const char *machine, const char *virttype, const char *xmlCPU,
                                   unsigned int flags);

/**
 * virConnectGetCPUModelNames:
 * Lists the processor models that libvirt knows for an architecture.
 *
 * @conn: a connection
 * @arch: architecture, such as "x86_64"; NULL for the usual one
 * @models: set to an array of strings with a NULL at the end; the caller frees each of them and the
 *     array with free(). NULL to count only
 * @flags: none are defined: 0
 *
 * Returns: the number of models, -1 on failure; 0 if any model is accepted.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.1.3
 */
int virConnectGetCPUModelNames(virConnectPtr conn, const char *arch, char ***models,
                               unsigned int flags);

/**
 * virConnectBaselineCPU:
 * Computes the best processor that all given hosts can offer to a guest.
 *
 * @conn: a connection
 * @xmlCPUs: their documents
 * @ncpus: how many there are
 * @flags: 0, or virConnectBaselineCPUFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.7
 */
char *virConnectBaselineCPU(virConnectPtr conn, const char **xmlCPUs, unsigned int ncpus,
                            unsigned int flags);

/**
 * virConnectBaselineHypervisorCPU:
 * Computes the best processor that all given hosts can offer to a guest of the given hypervisor.
 *
 * @conn: a connection
 * @emulator: path of the emulator; NULL for the usual one
 * @arch: architecture, such as "x86_64"; NULL for the usual one
 * @machine: machine type; NULL for the usual one
 * @virttype: virtualization type, such as "kvm"; NULL for the usual one
 * @xmlCPUs: their documents
 * @ncpus: how many there are
 * @flags: 0, or virConnectBaselineCPUFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 4.4.0
 */
char *virConnectBaselineHypervisorCPU(virConnectPtr conn, const char *emulator, const char *arch,
                                      const char *machine, const char *virttype,
                                      const char **xmlCPUs, unsigned int ncpus, unsigned int flags);

/**
 * virNodeGetFreePages:
 * Tells how many pages are free on the host's NUMA nodes.
 *
 * @conn: a connection
 * @npages: how many sizes there are
 * @pages: the sizes of pages, in KiB, @npages of them
 * @startCell: the first NUMA node
 * @cellCount: how many NUMA nodes
 * @counts: an array of @npages * @cellCount, node by node
 * @flags: none are defined: 0
 *
 * Returns: the number of entries set, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.6
 */
int virNodeGetFreePages(virConnectPtr conn, unsigned int npages, unsigned int *pages,
                        int startCell, unsigned int cellCount, unsigned long long *counts,
                        unsigned int flags);

/**
 * virNodeAllocPages:
 * Adds huge pages to a host's NUMA nodes, or sets how many there are.
 *
 * @conn: a connection
 * @npages: how many sizes there are
 * @pageSizes: the sizes of pages, in KiB, @npages of them
 * @pageCounts: how many pages of each size
 * @startCell: the first NUMA node
 * @cellCount: how many NUMA nodes
 * @flags: 0, or virNodeAllocPagesFlags or-ed together
 *
 * Returns: how many pages were changed, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.9
 */
int virNodeAllocPages(virConnectPtr conn, unsigned int npages, unsigned int *pageSizes,
                      unsigned long long *pageCounts, int startCell, unsigned int cellCount,
                      unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_HOST_H */
