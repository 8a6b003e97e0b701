/*
 * libvirt-storage.h: storage pools and volumes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_STORAGE_H
#define FERROVIRT_LIBVIRT_STORAGE_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virStoragePool:
 * What is in it is not for programs.
 */
typedef struct _virStoragePool virStoragePool;

/**
 * virStorageVol:
 * What is in it is not for programs.
 */
typedef struct _virStorageVol virStorageVol;

typedef struct _virStoragePoolInfo virStoragePoolInfo;

typedef struct _virStorageVolInfo virStorageVolInfo;

/** virStoragePoolPtr: a pointer to virStoragePool. Since: 0.4.1 */
typedef virStoragePool *virStoragePoolPtr;

/**
 * virStoragePoolState:
 * What a pool is doing.
 */
typedef enum {
    VIR_STORAGE_POOL_INACTIVE = 0, /* Since: 0.4.1 */
    VIR_STORAGE_POOL_BUILDING = 1, /* Since: 0.4.1 */
    VIR_STORAGE_POOL_RUNNING = 2, /* Since: 0.4.1 */
    VIR_STORAGE_POOL_DEGRADED = 3, /* Since: 0.4.1 */
    VIR_STORAGE_POOL_INACCESSIBLE = 4 /* Since: 0.8.2 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_STORAGE_POOL_STATE_LAST = 5
#endif
} virStoragePoolState;

/**
 * virStoragePoolBuildFlags:
 * Flags of virStoragePoolBuild.
 */
typedef enum {
    VIR_STORAGE_POOL_BUILD_NEW = 0, /* Since: 0.4.1 */
    VIR_STORAGE_POOL_BUILD_REPAIR = (1 << 0), /* Since: 0.4.1 */
    VIR_STORAGE_POOL_BUILD_RESIZE = (1 << 1), /* Since: 0.4.1 */
    VIR_STORAGE_POOL_BUILD_NO_OVERWRITE = (1 << 2), /* Since: 0.9.5 */
    VIR_STORAGE_POOL_BUILD_OVERWRITE = (1 << 3) /* Since: 0.9.5 */
} virStoragePoolBuildFlags;

/**
 * virStoragePoolDeleteFlags:
 * Flags of virStoragePoolDelete.
 */
typedef enum {
    VIR_STORAGE_POOL_DELETE_NORMAL = 0, /* Since: 0.4.1 */
    VIR_STORAGE_POOL_DELETE_ZEROED = (1 << 0) /* Since: 0.4.1 */
} virStoragePoolDeleteFlags;

/**
 * virStoragePoolCreateFlags:
 * Flags of virStoragePoolCreate, virStoragePoolCreateXML.
 */
typedef enum {
    VIR_STORAGE_POOL_CREATE_NORMAL = 0, /* Since: 1.3.1 */
    VIR_STORAGE_POOL_CREATE_WITH_BUILD = (1 << 0), /* Since: 1.3.1 */
    VIR_STORAGE_POOL_CREATE_WITH_BUILD_OVERWRITE = (1 << 1), /* Since: 1.3.1 */
    VIR_STORAGE_POOL_CREATE_WITH_BUILD_NO_OVERWRITE = (1 << 2) /* Since: 1.3.1 */
} virStoragePoolCreateFlags;

/**
 * virStoragePoolInfo:
 * A pool. Sizes are in bytes.
 */
struct _virStoragePoolInfo {
    int state;
    unsigned long long capacity;
    unsigned long long allocation;
    unsigned long long available;
};

/** virStoragePoolInfoPtr: a pointer to virStoragePoolInfo. Since: 0.4.1 */
typedef virStoragePoolInfo *virStoragePoolInfoPtr;

/** virStorageVolPtr: a pointer to virStorageVol. Since: 0.4.1 */
typedef virStorageVol *virStorageVolPtr;

/**
 * virStorageVolType:
 * What a volume is.
 */
typedef enum {
    VIR_STORAGE_VOL_FILE = 0, /* Since: 0.4.1 */
    VIR_STORAGE_VOL_BLOCK = 1, /* Since: 0.4.1 */
    VIR_STORAGE_VOL_DIR = 2, /* Since: 0.9.5 */
    VIR_STORAGE_VOL_NETWORK = 3, /* Since: 0.9.13 */
    VIR_STORAGE_VOL_NETDIR = 4, /* Since: 1.2.0 */
    VIR_STORAGE_VOL_PLOOP = 5 /* Since: 1.3.4 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_STORAGE_VOL_LAST = 6
#endif
} virStorageVolType;

/**
 * virStorageVolDeleteFlags:
 * Flags of virStorageVolDelete.
 */
typedef enum {
    VIR_STORAGE_VOL_DELETE_NORMAL = 0, /* Since: 0.4.1 */
    VIR_STORAGE_VOL_DELETE_ZEROED = (1 << 0), /* Since: 0.4.1 */
    VIR_STORAGE_VOL_DELETE_WITH_SNAPSHOTS = (1 << 1) /* Since: 1.2.21 */
} virStorageVolDeleteFlags;

/**
 * virStorageVolWipeAlgorithm:
 * Ways to overwrite a volume.
 */
typedef enum {
    VIR_STORAGE_VOL_WIPE_ALG_ZERO = 0, /* Since: 0.9.10 */
    VIR_STORAGE_VOL_WIPE_ALG_NNSA = 1, /* Since: 0.9.10 */
    VIR_STORAGE_VOL_WIPE_ALG_DOD = 2, /* Since: 0.9.10 */
    VIR_STORAGE_VOL_WIPE_ALG_BSI = 3, /* Since: 0.9.10 */
    VIR_STORAGE_VOL_WIPE_ALG_GUTMANN = 4, /* Since: 0.9.10 */
    VIR_STORAGE_VOL_WIPE_ALG_SCHNEIER = 5, /* Since: 0.9.10 */
    VIR_STORAGE_VOL_WIPE_ALG_PFITZNER7 = 6, /* Since: 0.9.10 */
    VIR_STORAGE_VOL_WIPE_ALG_PFITZNER33 = 7, /* Since: 0.9.10 */
    VIR_STORAGE_VOL_WIPE_ALG_RANDOM = 8, /* Since: 0.9.10 */
    VIR_STORAGE_VOL_WIPE_ALG_TRIM = 9 /* Since: 1.3.2 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_STORAGE_VOL_WIPE_ALG_LAST = 10
#endif
} virStorageVolWipeAlgorithm;

/**
 * virStorageVolInfoFlags:
 * Flags of virStorageVolGetInfoFlags.
 */
typedef enum {
    VIR_STORAGE_VOL_USE_ALLOCATION = 0, /* Since: 3.0.0 */
    VIR_STORAGE_VOL_GET_PHYSICAL = (1 << 0) /* Since: 3.0.0 */
} virStorageVolInfoFlags;

/**
 * virStorageVolInfo:
 * A volume. Sizes are in bytes.
 */
struct _virStorageVolInfo {
    int type;
    unsigned long long capacity;
    unsigned long long allocation;
};

/** virStorageVolInfoPtr: a pointer to virStorageVolInfo. Since: 0.4.1 */
typedef virStorageVolInfo *virStorageVolInfoPtr;

/**
 * virStorageXMLFlags:
 * Flags of virStoragePoolGetXMLDesc.
 */
typedef enum {
    VIR_STORAGE_XML_INACTIVE = (1 << 0) /* Since: 0.9.13 */
} virStorageXMLFlags;

/**
 * virConnectListAllStoragePoolsFlags:
 * Flags of virConnectListAllStoragePools.
 */
typedef enum {
    VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE = (1 << 0), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE = (1 << 1), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT = (1 << 2), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT = (1 << 3), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART = (1 << 4), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART = (1 << 5), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_DIR = (1 << 6), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_FS = (1 << 7), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_NETFS = (1 << 8), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_LOGICAL = (1 << 9), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_DISK = (1 << 10), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI = (1 << 11), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_SCSI = (1 << 12), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_MPATH = (1 << 13), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_RBD = (1 << 14), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_SHEEPDOG = (1 << 15), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_STORAGE_POOLS_GLUSTER = (1 << 16), /* Since: 1.2.1 */
    VIR_CONNECT_LIST_STORAGE_POOLS_ZFS = (1 << 17), /* Since: 1.2.8 */
    VIR_CONNECT_LIST_STORAGE_POOLS_VSTORAGE = (1 << 18), /* Since: 3.1.0 */
    VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI_DIRECT = (1 << 19) /* Since: 5.6.0 */
} virConnectListAllStoragePoolsFlags;

/**
 * virStoragePoolDefineFlags:
 * Flags of virStoragePoolDefineXML.
 */
typedef enum {
    VIR_STORAGE_POOL_DEFINE_VALIDATE = (1 << 0) /* Since: 7.7.0 */
} virStoragePoolDefineFlags;

/**
 * virStorageVolCreateFlags:
 * Flags of virStorageVolCreateXML, virStorageVolCreateXMLFrom.
 */
typedef enum {
    VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA = (1 << 0), /* Since: 1.0.1 */
    VIR_STORAGE_VOL_CREATE_REFLINK = (1 << 1), /* Since: 1.2.13 */
    VIR_STORAGE_VOL_CREATE_VALIDATE = (1 << 2) /* Since: 8.10.0 */
} virStorageVolCreateFlags;

/**
 * virStorageVolDownloadFlags:
 * Flags of virStorageVolDownload.
 */
typedef enum {
    VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM = (1 << 0) /* Since: 3.4.0 */
} virStorageVolDownloadFlags;

/**
 * virStorageVolUploadFlags:
 * Flags of virStorageVolUpload.
 */
typedef enum {
    VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM = (1 << 0) /* Since: 3.4.0 */
} virStorageVolUploadFlags;

/**
 * virStorageVolResizeFlags:
 * Flags of virStorageVolResize.
 */
typedef enum {
    VIR_STORAGE_VOL_RESIZE_ALLOCATE = (1 << 0), /* Since: 0.9.10 */
    VIR_STORAGE_VOL_RESIZE_DELTA = (1 << 1), /* Since: 0.9.10 */
    VIR_STORAGE_VOL_RESIZE_SHRINK = (1 << 2) /* Since: 0.9.10 */
} virStorageVolResizeFlags;

/**
 * virConnectStoragePoolEventGenericCallback:
 * Stands for all types of callbacks of pools.
 *
 * Since: 2.0.0
 */
typedef void (*virConnectStoragePoolEventGenericCallback)(
        virConnectPtr conn, virStoragePoolPtr pool, void *opaque);

/**
 * virStoragePoolEventID:
 * Kinds of events of pools; each has a type of callback.
 */
typedef enum {
    VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE = 0, /* Since: 2.0.0 */
    VIR_STORAGE_POOL_EVENT_ID_REFRESH = 1 /* Since: 2.0.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_STORAGE_POOL_EVENT_ID_LAST = 2
#endif
} virStoragePoolEventID;

/**
 * virStoragePoolEventLifecycleType:
 * What happened to a pool.
 */
typedef enum {
    VIR_STORAGE_POOL_EVENT_DEFINED = 0, /* Since: 2.0.0 */
    VIR_STORAGE_POOL_EVENT_UNDEFINED = 1, /* Since: 2.0.0 */
    VIR_STORAGE_POOL_EVENT_STARTED = 2, /* Since: 2.0.0 */
    VIR_STORAGE_POOL_EVENT_STOPPED = 3, /* Since: 2.0.0 */
    VIR_STORAGE_POOL_EVENT_CREATED = 4, /* Since: 3.8.0 */
    VIR_STORAGE_POOL_EVENT_DELETED = 5 /* Since: 3.8.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_STORAGE_POOL_EVENT_LAST = 6
#endif
} virStoragePoolEventLifecycleType;

/**
 * virConnectStoragePoolEventLifecycleCallback:
 * A pool was defined, started …: @event is a virStoragePoolEventLifecycleType.
 *
 * Since: 2.0.0
 */
typedef void (*virConnectStoragePoolEventLifecycleCallback)(
        virConnectPtr conn, virStoragePoolPtr pool, int event, int detail, void *opaque);

/**
 * VIR_STORAGE_POOL_EVENT_CALLBACK:
 * Passes a function as a callback of pools, whatever its type.
 *
 * Since: 2.0.0
 */
#define VIR_STORAGE_POOL_EVENT_CALLBACK(cb) ((virConnectStoragePoolEventGenericCallback)(cb))

/**
 * virStoragePoolGetConnect:
 * Gives the connection that a pool belongs to.
 *
 * @pool: a storage pool
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL.
 * Since: 0.4.1
 */
virConnectPtr virStoragePoolGetConnect(virStoragePoolPtr pool);

/**
 * virConnectGetStoragePoolCapabilities:
 * Tells which types of pools and volumes there are, as a document.
 *
 * @conn: a connection
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 5.2.0
 */
char *virConnectGetStoragePoolCapabilities(virConnectPtr conn, unsigned int flags);

/**
 * virConnectNumOfStoragePools:
 * Counts the active pools.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virConnectNumOfStoragePools(virConnectPtr conn);

/**
 * virConnectListStoragePools:
 * Lists the names of active pools.
 *
 * @conn: a connection
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virConnectListStoragePools(virConnectPtr conn, char ** const names, int maxnames);

/**
 * virConnectNumOfDefinedStoragePools:
 * Counts the pools that are not active.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virConnectNumOfDefinedStoragePools(virConnectPtr conn);

/**
 * virConnectListDefinedStoragePools:
 * Lists the names of pools that are not active.
 *
 * @conn: a connection
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virConnectListDefinedStoragePools(virConnectPtr conn, char ** const names, int maxnames);

/**
 * virConnectListAllStoragePools:
 * Lists storage pools.
 *
 * @conn: a connection
 * @pools: set to an array with a NULL at the end; each object is given up with virStoragePoolFree(),
 *     the array with free(). NULL to count only
 * @flags: 0, or virConnectListAllStoragePoolsFlags or-ed together
 *
 * Returns: the number of pools, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virConnectListAllStoragePools(virConnectPtr conn, virStoragePoolPtr **pools,
                                  unsigned int flags);

/**
 * virConnectFindStoragePoolSources:
 * Looks for sources of storage pools of a type, and tells of them in a document.
 *
 * @conn: a connection
 * @type: type of pool, such as "netfs"
 * @srcSpec: a source element that says where to look; NULL for types that need none
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.5
 */
char *virConnectFindStoragePoolSources(virConnectPtr conn, const char *type, const char *srcSpec,
                                       unsigned int flags);

/**
 * virStoragePoolLookupByName:
 * Finds a pool by its name.
 *
 * @conn: a connection
 * @name: its name
 *
 * Returns: a new reference, to be given up with virStoragePoolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStoragePoolPtr virStoragePoolLookupByName(virConnectPtr conn, const char *name);

/**
 * virStoragePoolLookupByUUID:
 * Finds a pool by its UUID.
 *
 * @conn: a connection
 * @uuid: VIR_UUID_BUFLEN bytes
 *
 * Returns: a new reference, to be given up with virStoragePoolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStoragePoolPtr virStoragePoolLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/**
 * virStoragePoolLookupByUUIDString:
 * Finds a pool by its UUID as text.
 *
 * @conn: a connection
 * @uuidstr: the UUID as text
 *
 * Returns: a new reference, to be given up with virStoragePoolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStoragePoolPtr virStoragePoolLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/**
 * virStoragePoolLookupByVolume:
 * Finds the pool that a volume is in.
 *
 * @vol: a volume
 *
 * Returns: a new reference, to be given up with virStoragePoolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStoragePoolPtr virStoragePoolLookupByVolume(virStorageVolPtr vol);

/**
 * virStoragePoolLookupByTargetPath:
 * Finds the active pool whose volumes lie under a path.
 *
 * @conn: a connection
 * @path: the path
 *
 * Returns: a new reference, to be given up with virStoragePoolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_SUPPORT.
 * Since: 4.1.0
 */
virStoragePoolPtr virStoragePoolLookupByTargetPath(virConnectPtr conn, const char *path);

/**
 * virStoragePoolCreateXML:
 * Starts a pool from a document. It is transient: when it stops, it is gone.
 *
 * @conn: a connection
 * @xmlDesc: its document
 * @flags: 0, or virStoragePoolCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virStoragePoolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStoragePoolPtr virStoragePoolCreateXML(virConnectPtr conn, const char *xmlDesc,
                                          unsigned int flags);

/**
 * virStoragePoolDefineXML:
 * Defines a pool, or changes the configuration of the one of that name and UUID.
 *
 * @conn: a connection
 * @xml: its document
 * @flags: 0, or virStoragePoolDefineFlags or-ed together
 *
 * Returns: a new reference, to be given up with virStoragePoolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStoragePoolPtr virStoragePoolDefineXML(virConnectPtr conn, const char *xml, unsigned int flags);

/**
 * virStoragePoolBuild:
 * Prepares the storage of a pool: makes its directory, file system or volume group.
 *
 * @pool: a storage pool
 * @flags: 0, or virStoragePoolBuildFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolBuild(virStoragePoolPtr pool, unsigned int flags);

/**
 * virStoragePoolUndefine:
 * Removes the configuration of a pool that is not active.
 *
 * @pool: a storage pool
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolUndefine(virStoragePoolPtr pool);

/**
 * virStoragePoolCreate:
 * Starts a pool that is defined.
 *
 * @pool: a storage pool
 * @flags: 0, or virStoragePoolCreateFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolCreate(virStoragePoolPtr pool, unsigned int flags);

/**
 * virStoragePoolDestroy:
 * Stops a pool. Its storage and volumes stay.
 *
 * @pool: a storage pool
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolDestroy(virStoragePoolPtr pool);

/**
 * virStoragePoolDelete:
 * Removes the storage of a pool that is not active. What is in it is lost.
 *
 * @pool: a storage pool
 * @flags: 0, or virStoragePoolDeleteFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolDelete(virStoragePoolPtr pool, unsigned int flags);

/**
 * virStoragePoolRef:
 * Takes another reference to a pool.
 *
 * @pool: a storage pool
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL.
 * Since: 0.6.0
 */
int virStoragePoolRef(virStoragePoolPtr pool);

/**
 * virStoragePoolFree:
 * Gives up a reference to a pool.
 *
 * @pool: a storage pool
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL.
 * Since: 0.4.1
 */
int virStoragePoolFree(virStoragePoolPtr pool);

/**
 * virStoragePoolRefresh:
 * Looks again which volumes there are in a pool.
 *
 * @pool: a storage pool
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolRefresh(virStoragePoolPtr pool, unsigned int flags);

/**
 * virStoragePoolGetName:
 * Gives the name of a pool.
 *
 * @pool: a storage pool
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL.
 * Since: 0.4.1
 */
const char *virStoragePoolGetName(virStoragePoolPtr pool);

/**
 * virStoragePoolGetUUID:
 * Gives the UUID of a pool.
 *
 * @pool: a storage pool
 * @uuid: a place for VIR_UUID_BUFLEN bytes
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG.
 * Since: 0.4.1
 */
int virStoragePoolGetUUID(virStoragePoolPtr pool, unsigned char *uuid);

/**
 * virStoragePoolGetUUIDString:
 * Gives the UUID of a pool as text.
 *
 * @pool: a storage pool
 * @buf: a place for VIR_UUID_STRING_BUFLEN characters, the NUL included
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG.
 * Since: 0.4.1
 */
int virStoragePoolGetUUIDString(virStoragePoolPtr pool, char *buf);

/**
 * virStoragePoolGetInfo:
 * Tells a pool's state and sizes, in bytes.
 *
 * @pool: a storage pool
 * @info: set to what is asked for
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolGetInfo(virStoragePoolPtr pool, virStoragePoolInfoPtr info);

/**
 * virStoragePoolGetXMLDesc:
 * Gives a pool's document.
 *
 * @pool: a storage pool
 * @flags: 0, or virStorageXMLFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
char *virStoragePoolGetXMLDesc(virStoragePoolPtr pool, unsigned int flags);

/**
 * virStoragePoolGetAutostart:
 * Tells whether a pool starts with the host.
 *
 * @pool: a storage pool
 * @autostart: set to 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolGetAutostart(virStoragePoolPtr pool, int *autostart);

/**
 * virStoragePoolSetAutostart:
 * Sets whether a pool starts with the host.
 *
 * @pool: a storage pool
 * @autostart: 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolSetAutostart(virStoragePoolPtr pool, int autostart);

/**
 * virStoragePoolNumOfVolumes:
 * Counts the volumes in a pool.
 *
 * @pool: a storage pool
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolNumOfVolumes(virStoragePoolPtr pool);

/**
 * virStoragePoolListVolumes:
 * Lists the names of the volumes in a pool.
 *
 * @pool: a storage pool
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStoragePoolListVolumes(virStoragePoolPtr pool, char ** const names, int maxnames);

/**
 * virStoragePoolListAllVolumes:
 * Lists the volumes in a pool.
 *
 * @pool: a storage pool
 * @vols: set to an array with a NULL at the end; each object is given up with virStorageVolFree(), the
 *     array with free(). NULL to count only
 * @flags: none are defined: 0
 *
 * Returns: the number of volumes, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virStoragePoolListAllVolumes(virStoragePoolPtr pool, virStorageVolPtr **vols,
                                 unsigned int flags);

/**
 * virStorageVolGetConnect:
 * Gives the connection that a volume belongs to.
 *
 * @vol: a volume
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL.
 * Since: 0.4.1
 */
virConnectPtr virStorageVolGetConnect(virStorageVolPtr vol);

/**
 * virStorageVolLookupByName:
 * Finds a volume of a pool by its name.
 *
 * @pool: a storage pool
 * @name: its name
 *
 * Returns: a new reference, to be given up with virStorageVolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_NO_STORAGE_VOL,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStorageVolPtr virStorageVolLookupByName(virStoragePoolPtr pool, const char *name);

/**
 * virStorageVolLookupByKey:
 * Finds a volume by its key.
 *
 * @conn: a connection
 * @key: prefix of its namespace
 *
 * Returns: a new reference, to be given up with virStorageVolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_STORAGE_VOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStorageVolPtr virStorageVolLookupByKey(virConnectPtr conn, const char *key);

/**
 * virStorageVolLookupByPath:
 * Finds a volume by its path on the host.
 *
 * @conn: a connection
 * @path: the path
 *
 * Returns: a new reference, to be given up with virStorageVolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_STORAGE_VOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStorageVolPtr virStorageVolLookupByPath(virConnectPtr conn, const char *path);

/**
 * virStorageVolGetName:
 * Gives the name of a volume in its pool.
 *
 * @vol: a volume
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL.
 * Since: 0.4.1
 */
const char *virStorageVolGetName(virStorageVolPtr vol);

/**
 * virStorageVolGetKey:
 * Gives the key of a volume, by which it is known everywhere.
 *
 * @vol: a volume
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL.
 * Since: 0.4.1
 */
const char *virStorageVolGetKey(virStorageVolPtr vol);

/**
 * virStorageVolCreateXML:
 * Makes a volume in a pool.
 *
 * @pool: a storage pool
 * @xmlDesc: its document
 * @flags: 0, or virStorageVolCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virStorageVolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
virStorageVolPtr virStorageVolCreateXML(virStoragePoolPtr pool, const char *xmlDesc,
                                        unsigned int flags);

/**
 * virStorageVolCreateXMLFrom:
 * Makes a volume in a pool with the content of another.
 *
 * @pool: a storage pool
 * @xmlDesc: its document
 * @clonevol: the volume that is copied; it can be in another pool
 * @flags: 0, or virStorageVolCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virStorageVolFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
virStorageVolPtr virStorageVolCreateXMLFrom(virStoragePoolPtr pool, const char *xmlDesc,
                                            virStorageVolPtr clonevol, unsigned int flags);

/**
 * virStorageVolDownload:
 * Has a stream give the content of a volume.
 *
 * @vol: a volume
 * @stream: a stream
 * @offset: where to begin, in bytes
 * @length: how many bytes; 0 for all from @offset on
 * @flags: 0, or virStorageVolDownloadFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.0
 */
int virStorageVolDownload(virStorageVolPtr vol, virStreamPtr stream, unsigned long long offset,
                          unsigned long long length, unsigned int flags);

/**
 * virStorageVolUpload:
 * Has a stream replace the content of a volume.
 *
 * @vol: a volume
 * @stream: a stream
 * @offset: where to begin, in bytes
 * @length: how many bytes at most; 0 for no limit
 * @flags: 0, or virStorageVolUploadFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.0
 */
int virStorageVolUpload(virStorageVolPtr vol, virStreamPtr stream, unsigned long long offset,
                        unsigned long long length, unsigned int flags);

/**
 * virStorageVolDelete:
 * Removes a volume with its content.
 *
 * @vol: a volume
 * @flags: 0, or virStorageVolDeleteFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStorageVolDelete(virStorageVolPtr vol, unsigned int flags);

/**
 * virStorageVolWipe:
 * Overwrites a volume, so that what was in it cannot be read.
 *
 * @vol: a volume
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virStorageVolWipe(virStorageVolPtr vol, unsigned int flags);

/**
 * virStorageVolWipePattern:
 * Overwrites a volume in a given way, so that what was in it cannot be read.
 *
 * @vol: a volume
 * @algorithm: a virStorageVolWipeAlgorithm
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.10
 */
int virStorageVolWipePattern(virStorageVolPtr vol, unsigned int algorithm, unsigned int flags);

/**
 * virStorageVolRef:
 * Takes another reference to a volume.
 *
 * @vol: a volume
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL.
 * Since: 0.6.0
 */
int virStorageVolRef(virStorageVolPtr vol);

/**
 * virStorageVolFree:
 * Gives up a reference to a volume.
 *
 * @vol: a volume
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL.
 * Since: 0.4.1
 */
int virStorageVolFree(virStorageVolPtr vol);

/**
 * virStorageVolGetInfo:
 * Tells a volume's type and sizes, in bytes.
 *
 * @vol: a volume
 * @info: set to what is asked for
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
int virStorageVolGetInfo(virStorageVolPtr vol, virStorageVolInfoPtr info);

/**
 * virStorageVolGetInfoFlags:
 * Tells a volume's type and sizes, in bytes.
 *
 * @vol: a volume
 * @info: set to what is asked for
 * @flags: 0, or virStorageVolInfoFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 3.0.0
 */
int virStorageVolGetInfoFlags(virStorageVolPtr vol, virStorageVolInfoPtr info, unsigned int flags);

/**
 * virStorageVolGetXMLDesc:
 * Gives a volume's document.
 *
 * @vol: a volume
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
char *virStorageVolGetXMLDesc(virStorageVolPtr vol, unsigned int flags);

/**
 * virStorageVolGetPath:
 * Gives the path of a volume on the host.
 *
 * @vol: a volume
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.4.1
 */
char *virStorageVolGetPath(virStorageVolPtr vol);

/**
 * virStorageVolResize:
 * Changes the size of a volume.
 *
 * @vol: a volume
 * @capacity: the new size in bytes; with VIR_STORAGE_VOL_RESIZE_DELTA, how much it grows
 * @flags: 0, or virStorageVolResizeFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_VOL, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.10
 */
int virStorageVolResize(virStorageVolPtr vol, unsigned long long capacity, unsigned int flags);

/**
 * virStoragePoolIsActive:
 * Tells whether a pool is active.
 *
 * @pool: a storage pool
 *
 * Returns: 1 if it is, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virStoragePoolIsActive(virStoragePoolPtr pool);

/**
 * virStoragePoolIsPersistent:
 * Tells whether a pool stays when it stops.
 *
 * @pool: a storage pool
 *
 * Returns: 1 if it does, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_STORAGE_POOL, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virStoragePoolIsPersistent(virStoragePoolPtr pool);

/**
 * virConnectStoragePoolEventRegisterAny:
 * Asks for events of one kind, of one pool or of all.
 *
 * @conn: a connection
 * @pool: the pool, or NULL for all pools
 * @eventID: a virStoragePoolEventID; it says which type @cb really has
 * @cb: the function, passed through VIR_STORAGE_POOL_EVENT_CALLBACK
 * @opaque: what @cb is given
 * @freecb: frees @opaque when the registration ends; may be NULL
 *
 * Returns: a number that ends the registration (it can be 0), -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 2.0.0
 */
int virConnectStoragePoolEventRegisterAny(virConnectPtr conn, virStoragePoolPtr pool, int eventID,
                                          virConnectStoragePoolEventGenericCallback cb,
                                          void *opaque, virFreeCallback freecb);

/**
 * virConnectStoragePoolEventDeregisterAny:
 * Ends a registration for events of pools.
 *
 * @conn: a connection
 * @callbackID: what the registration gave
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 2.0.0
 */
int virConnectStoragePoolEventDeregisterAny(virConnectPtr conn, int callbackID);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_STORAGE_H */
