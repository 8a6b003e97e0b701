/*
 * libvirt-domain-checkpoint.h: checkpoints: moments since when changes of disks are tracked.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_DOMAIN_CHECKPOINT_H
#define FERROVIRT_LIBVIRT_DOMAIN_CHECKPOINT_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virDomainCheckpoint:
 * What is in it is not for programs.
 */
typedef struct _virDomainCheckpoint virDomainCheckpoint;

/** virDomainCheckpointPtr: a pointer to virDomainCheckpoint. Since: 5.2.0 */
typedef virDomainCheckpoint *virDomainCheckpointPtr;

/**
 * virDomainCheckpointCreateFlags:
 * Flags of virDomainCheckpointCreateXML.
 */
typedef enum {
    VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE = (1 << 0), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE = (1 << 1), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE = (1 << 2) /* Since: 6.10.0 */
} virDomainCheckpointCreateFlags;

/**
 * virDomainCheckpointXMLFlags:
 * Flags of virDomainCheckpointGetXMLDesc.
 */
typedef enum {
    VIR_DOMAIN_CHECKPOINT_XML_SECURE = (1 << 0), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN = (1 << 1), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_XML_SIZE = (1 << 2) /* Since: 5.6.0 */
} virDomainCheckpointXMLFlags;

/**
 * virDomainCheckpointListFlags:
 * Flags of virDomainCheckpointListAllChildren, virDomainListAllCheckpoints.
 */
typedef enum {
    VIR_DOMAIN_CHECKPOINT_LIST_DESCENDANTS = (1 << 0), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_LIST_ROOTS = (1 << 0), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL = (1 << 1), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_LIST_LEAVES = (1 << 2), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_LIST_NO_LEAVES = (1 << 3) /* Since: 5.6.0 */
} virDomainCheckpointListFlags;

/**
 * virDomainCheckpointDeleteFlags:
 * Flags of virDomainCheckpointDelete.
 */
typedef enum {
    VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN = (1 << 0), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY = (1 << 1), /* Since: 5.6.0 */
    VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY = (1 << 2) /* Since: 5.6.0 */
} virDomainCheckpointDeleteFlags;

/**
 * virDomainCheckpointGetName:
 * Gives the name of a checkpoint.
 *
 * @checkpoint: a checkpoint
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_CHECKPOINT.
 * Since: 5.6.0
 */
const char *virDomainCheckpointGetName(virDomainCheckpointPtr checkpoint);

/**
 * virDomainCheckpointGetDomain:
 * Gives the domain that a checkpoint belongs to.
 *
 * @checkpoint: a checkpoint
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_CHECKPOINT.
 * Since: 5.6.0
 */
virDomainPtr virDomainCheckpointGetDomain(virDomainCheckpointPtr checkpoint);

/**
 * virDomainCheckpointGetConnect:
 * Gives the connection that a checkpoint belongs to.
 *
 * @checkpoint: a checkpoint
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_CHECKPOINT.
 * Since: 5.6.0
 */
virConnectPtr virDomainCheckpointGetConnect(virDomainCheckpointPtr checkpoint);

/**
 * virDomainCheckpointCreateXML:
 * Makes a checkpoint: from now on changes of disks are tracked under its name.
 *
 * @domain: a domain
 * @xmlDesc: its document
 * @flags: 0, or virDomainCheckpointCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virDomainCheckpointFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 5.6.0
 */
virDomainCheckpointPtr virDomainCheckpointCreateXML(
        virDomainPtr domain, const char *xmlDesc, unsigned int flags);

/**
 * virDomainCheckpointGetXMLDesc:
 * Gives a checkpoint's document.
 *
 * @checkpoint: a checkpoint
 * @flags: 0, or virDomainCheckpointXMLFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_CHECKPOINT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 5.6.0
 */
char *virDomainCheckpointGetXMLDesc(virDomainCheckpointPtr checkpoint, unsigned int flags);

/**
 * virDomainListAllCheckpoints:
 * Lists the checkpoints of a domain.
 *
 * @domain: a domain
 * @checkpoints: set to an array with a NULL at the end; each object is given up with
 *     virDomainCheckpointFree(), the array with free(). NULL to count only
 * @flags: 0, or virDomainCheckpointListFlags or-ed together
 *
 * Returns: the number of checkpoints, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 5.6.0
 */
int virDomainListAllCheckpoints(virDomainPtr domain, virDomainCheckpointPtr **checkpoints,
                                unsigned int flags);

/**
 * virDomainCheckpointListAllChildren:
 * Lists the checkpoints after one.
 *
 * @checkpoint: a checkpoint
 * @children: set to an array with a NULL at the end; each object is given up with
 *     virDomainCheckpointFree(), the array with free(). NULL to count only
 * @flags: 0, or virDomainCheckpointListFlags or-ed together
 *
 * Returns: the number of checkpoints, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_CHECKPOINT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 5.6.0
 */
int virDomainCheckpointListAllChildren(virDomainCheckpointPtr checkpoint,
                                       virDomainCheckpointPtr **children, unsigned int flags);

/**
 * virDomainCheckpointLookupByName:
 * Finds a checkpoint of a domain by its name.
 *
 * @domain: a domain
 * @name: its name
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virDomainCheckpointFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_DOMAIN_CHECKPOINT,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 5.6.0
 */
virDomainCheckpointPtr virDomainCheckpointLookupByName(
        virDomainPtr domain, const char *name, unsigned int flags);

/**
 * virDomainCheckpointGetParent:
 * Finds the checkpoint before one.
 *
 * @checkpoint: a checkpoint
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virDomainCheckpointFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_CHECKPOINT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_DOMAIN_CHECKPOINT,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 5.6.0
 */
virDomainCheckpointPtr virDomainCheckpointGetParent(
        virDomainCheckpointPtr checkpoint, unsigned int flags);

/**
 * virDomainCheckpointDelete:
 * Removes a checkpoint; its parent takes over what it tracked.
 *
 * @checkpoint: a checkpoint
 * @flags: 0, or virDomainCheckpointDeleteFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_CHECKPOINT, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a
 *     read-only connection, VIR_ERR_NO_SUPPORT.
 * Since: 5.6.0
 */
int virDomainCheckpointDelete(virDomainCheckpointPtr checkpoint, unsigned int flags);

/**
 * virDomainCheckpointRef:
 * Takes another reference to a checkpoint.
 *
 * @checkpoint: a checkpoint
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_CHECKPOINT.
 * Since: 5.6.0
 */
int virDomainCheckpointRef(virDomainCheckpointPtr checkpoint);

/**
 * virDomainCheckpointFree:
 * Gives up a reference to a checkpoint. The checkpoint itself stays.
 *
 * @checkpoint: a checkpoint
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN_CHECKPOINT.
 * Since: 5.6.0
 */
int virDomainCheckpointFree(virDomainCheckpointPtr checkpoint);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_DOMAIN_CHECKPOINT_H */
