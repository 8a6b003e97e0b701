/*
 * libvirt-lxc.h: what only containers have.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_LXC_H
#define FERROVIRT_LIBVIRT_LXC_H

#include <libvirt/libvirt.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virDomainLxcOpenNamespace:
 * Opens the namespaces of a container.
 *
 * @domain: a domain
 * @fdlist: set to an array of descriptors; the caller closes them and frees the array with free()
 * @flags: none are defined: 0
 *
 * Returns: the number of descriptors, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.2
 */
int virDomainLxcOpenNamespace(virDomainPtr domain, int **fdlist, unsigned int flags);

/**
 * virDomainLxcEnterNamespace:
 * Moves the calling process into namespaces, by descriptors of virDomainLxcOpenNamespace.
 *
 * @domain: a domain
 * @nfdlist: how many there are
 * @fdlist: the descriptors
 * @noldfdlist: set to how many there are; may be NULL
 * @oldfdlist: set to descriptors of the namespaces it was in; may be NULL
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.2
 */
int virDomainLxcEnterNamespace(virDomainPtr domain, unsigned int nfdlist, int *fdlist,
                               unsigned int *noldfdlist, int **oldfdlist, unsigned int flags);

/**
 * virDomainLxcEnterSecurityLabel:
 * Gives the calling process a security label when it runs a program.
 *
 * @model: the security model
 * @label: the label
 * @oldlabel: set to the label it had; may be NULL
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.4
 */
int virDomainLxcEnterSecurityLabel(virSecurityModelPtr model, virSecurityLabelPtr label,
                                   virSecurityLabelPtr oldlabel, unsigned int flags);

/**
 * virDomainLxcEnterCGroup:
 * Moves the calling process into the control groups of a container.
 *
 * @domain: a domain
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 2.0.0
 */
int virDomainLxcEnterCGroup(virDomainPtr domain, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_LXC_H */
