/*
 * libvirt-domain-snapshot.h: snapshots: domains as they were.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_DOMAIN_SNAPSHOT_H
#define FERROVIRT_LIBVIRT_DOMAIN_SNAPSHOT_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virDomainSnapshot:
 * What is in it is not for programs.
 */
typedef struct _virDomainSnapshot virDomainSnapshot;

/** virDomainSnapshotPtr: a pointer to virDomainSnapshot. Since: 0.8.0 */
typedef virDomainSnapshot *virDomainSnapshotPtr;

/**
 * virDomainSnapshotCreateFlags:
 * Flags of virDomainSnapshotCreateXML.
 */
typedef enum {
    VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE = (1 << 0), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT = (1 << 1), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA = (1 << 2), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_HALT = (1 << 3), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY = (1 << 4), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT = (1 << 5), /* Since: 0.9.10 */
    VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE = (1 << 6), /* Since: 0.9.10 */
    VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC = (1 << 7), /* Since: 0.9.11 */
    VIR_DOMAIN_SNAPSHOT_CREATE_LIVE = (1 << 8), /* Since: 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE = (1 << 9) /* Since: 5.6.0 */
} virDomainSnapshotCreateFlags;

/**
 * virDomainSnapshotXMLFlags:
 * Flags of virDomainSnapshotGetXMLDesc.
 */
typedef enum {
    VIR_DOMAIN_SNAPSHOT_XML_SECURE = VIR_DOMAIN_XML_SECURE /* Since: 5.1.0 */
} virDomainSnapshotXMLFlags;

/**
 * virDomainSnapshotListFlags:
 * Flags of virDomainListAllSnapshots, virDomainSnapshotListAllChildren,
 * virDomainSnapshotListChildrenNames and others.
 */
typedef enum {
    VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS = (1 << 0), /* Since: 0.9.7 */
    VIR_DOMAIN_SNAPSHOT_LIST_ROOTS = (1 << 0), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_LIST_METADATA = (1 << 1), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_LIST_LEAVES = (1 << 2), /* Since: 0.9.7 */
    VIR_DOMAIN_SNAPSHOT_LIST_NO_LEAVES = (1 << 3), /* Since: 0.9.13 */
    VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA = (1 << 4), /* Since: 0.9.13 */
    VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE = (1 << 5), /* Since: 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE = (1 << 6), /* Since: 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY = (1 << 7), /* Since: 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL = (1 << 8), /* Since: 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL = (1 << 9), /* Since: 1.0.1 */
    VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL = (1 << 10) /* Since: 5.2.0 */
} virDomainSnapshotListFlags;

/**
 * virDomainSnapshotRevertFlags:
 * Flags of virDomainRevertToSnapshot.
 */
typedef enum {
    VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING = (1 << 0), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED = (1 << 1), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_REVERT_FORCE = (1 << 2), /* Since: 0.9.7 */
    VIR_DOMAIN_SNAPSHOT_REVERT_RESET_NVRAM = (1 << 3) /* Since: 8.1.0 */
} virDomainSnapshotRevertFlags;

/**
 * virDomainSnapshotDeleteFlags:
 * Flags of virDomainSnapshotDelete.
 */
typedef enum {
    VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN = (1 << 0), /* Since: 0.8.0 */
    VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY = (1 << 1), /* Since: 0.9.5 */
    VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY = (1 << 2) /* Since: 0.9.5 */
} virDomainSnapshotDeleteFlags;

/**
 * virDomainSnapshotGetName:
 * Gives the name of a snapshot.
 *
 * @snapshot: a snapshot
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 * Since: 0.9.5
 */
const char *virDomainSnapshotGetName(virDomainSnapshotPtr snapshot);

/**
 * virDomainSnapshotGetDomain:
 * Gives the domain that a snapshot belongs to.
 *
 * @snapshot: a snapshot
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 * Since: 0.9.5
 */
virDomainPtr virDomainSnapshotGetDomain(virDomainSnapshotPtr snapshot);

/**
 * virDomainSnapshotGetConnect:
 * Gives the connection that a snapshot belongs to.
 *
 * @snapshot: a snapshot
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 * Since: 0.9.5
 */
virConnectPtr virDomainSnapshotGetConnect(virDomainSnapshotPtr snapshot);

/**
 * virDomainSnapshotCreateXML:
 * Makes a snapshot of a domain: its disks, its memory, or both.
 *
 * @domain: a domain
 * @xmlDesc: its document
 * @flags: 0, or virDomainSnapshotCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virDomainSnapshotFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
virDomainSnapshotPtr virDomainSnapshotCreateXML(virDomainPtr domain, const char *xmlDesc,
                                                unsigned int flags);

/**
 * virDomainSnapshotGetXMLDesc:
 * Gives a snapshot's document.
 *
 * @snapshot: a snapshot
 * @flags: 0, or virDomainSnapshotXMLFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
char *virDomainSnapshotGetXMLDesc(virDomainSnapshotPtr snapshot, unsigned int flags);

/**
 * virDomainSnapshotNum:
 * Counts the snapshots of a domain.
 *
 * @domain: a domain
 * @flags: 0, or virDomainSnapshotListFlags or-ed together
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainSnapshotNum(virDomainPtr domain, unsigned int flags);

/**
 * virDomainSnapshotListNames:
 * Lists the names of a domain's snapshots. virDomainListAllSnapshots does it without a race.
 *
 * @domain: a domain
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @nameslen: how many names there is room for
 * @flags: 0, or virDomainSnapshotListFlags or-ed together
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainSnapshotListNames(virDomainPtr domain, char **names, int nameslen, unsigned int flags);

/**
 * virDomainListAllSnapshots:
 * Lists the snapshots of a domain.
 *
 * @domain: a domain
 * @snaps: set to an array with a NULL at the end; each object is given up with
 *     virDomainSnapshotFree(), the array with free(). NULL to count only
 * @flags: 0, or virDomainSnapshotListFlags or-ed together
 *
 * Returns: the number of snapshots, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.13
 */
int virDomainListAllSnapshots(virDomainPtr domain, virDomainSnapshotPtr **snaps,
                              unsigned int flags);

/**
 * virDomainSnapshotNumChildren:
 * Counts the snapshots after one.
 *
 * @snapshot: a snapshot
 * @flags: 0, or virDomainSnapshotListFlags or-ed together
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.7
 */
int virDomainSnapshotNumChildren(virDomainSnapshotPtr snapshot, unsigned int flags);

/**
 * virDomainSnapshotListChildrenNames:
 * Lists the names of the snapshots after one. virDomainSnapshotListAllChildren does it without a race.
 *
 * @snapshot: a snapshot
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @nameslen: how many names there is room for
 * @flags: 0, or virDomainSnapshotListFlags or-ed together
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.7
 */
int virDomainSnapshotListChildrenNames(virDomainSnapshotPtr snapshot, char **names, int nameslen,
                                       unsigned int flags);

/**
 * virDomainSnapshotListAllChildren:
 * Lists the snapshots after one.
 *
 * @snapshot: a snapshot
 * @snaps: set to an array with a NULL at the end; each object is given up with
 *     virDomainSnapshotFree(), the array with free(). NULL to count only
 * @flags: 0, or virDomainSnapshotListFlags or-ed together
 *
 * Returns: the number of snapshots, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.13
 */
int virDomainSnapshotListAllChildren(virDomainSnapshotPtr snapshot, virDomainSnapshotPtr **snaps,
                                     unsigned int flags);

/**
 * virDomainSnapshotLookupByName:
 * Finds a snapshot of a domain by its name.
 *
 * @domain: a domain
 * @name: its name
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virDomainSnapshotFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_DOMAIN_SNAPSHOT, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
virDomainSnapshotPtr virDomainSnapshotLookupByName(
        virDomainPtr domain, const char *name, unsigned int flags);

/**
 * virDomainHasCurrentSnapshot:
 * Tells whether the domain's state comes from a snapshot.
 *
 * @domain: a domain
 * @flags: none are defined: 0
 *
 * Returns: 1 if it does, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainHasCurrentSnapshot(virDomainPtr domain, unsigned int flags);

/**
 * virDomainSnapshotCurrent:
 * Finds the snapshot from which the domain's state comes.
 *
 * @domain: a domain
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virDomainSnapshotFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_DOMAIN_SNAPSHOT, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
virDomainSnapshotPtr virDomainSnapshotCurrent(virDomainPtr domain, unsigned int flags);

/**
 * virDomainSnapshotGetParent:
 * Finds the snapshot before one.
 *
 * @snapshot: a snapshot
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virDomainSnapshotFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_DOMAIN_SNAPSHOT,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.9.7
 */
virDomainSnapshotPtr virDomainSnapshotGetParent(virDomainSnapshotPtr snapshot, unsigned int flags);

/**
 * virDomainSnapshotIsCurrent:
 * Tells whether the domain's state comes from this snapshot.
 *
 * @snapshot: a snapshot
 * @flags: none are defined: 0
 *
 * Returns: 1 if it does, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.13
 */
int virDomainSnapshotIsCurrent(virDomainSnapshotPtr snapshot, unsigned int flags);

/**
 * virDomainSnapshotHasMetadata:
 * Tells whether libvirt keeps something about a snapshot, which would keep its domain from being
 * undefined.
 *
 * @snapshot: a snapshot
 * @flags: none are defined: 0
 *
 * Returns: 1 if it does, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.13
 */
int virDomainSnapshotHasMetadata(virDomainSnapshotPtr snapshot, unsigned int flags);

/**
 * virDomainRevertToSnapshot:
 * Takes a domain back to a snapshot. What happened since is lost.
 *
 * @snapshot: a snapshot
 * @flags: 0, or virDomainSnapshotRevertFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a
 *     read-only connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainRevertToSnapshot(virDomainSnapshotPtr snapshot, unsigned int flags);

/**
 * virDomainSnapshotDelete:
 * Removes a snapshot, its children, or both. The domain's state stays.
 *
 * @snapshot: a snapshot
 * @flags: 0, or virDomainSnapshotDeleteFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a
 *     read-only connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virDomainSnapshotDelete(virDomainSnapshotPtr snapshot, unsigned int flags);

/**
 * virDomainSnapshotRef:
 * Takes another reference to a snapshot.
 *
 * @snapshot: a snapshot
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 * Since: 0.9.13
 */
int virDomainSnapshotRef(virDomainSnapshotPtr snapshot);

/**
 * virDomainSnapshotFree:
 * Gives up a reference to a snapshot. The snapshot itself stays.
 *
 * @snapshot: a snapshot
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 * Since: 0.8.0
 */
int virDomainSnapshotFree(virDomainSnapshotPtr snapshot);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_DOMAIN_SNAPSHOT_H */
