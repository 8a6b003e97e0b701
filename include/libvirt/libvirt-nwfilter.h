/*
 * libvirt-nwfilter.h: network filters and their bindings.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_NWFILTER_H
#define FERROVIRT_LIBVIRT_NWFILTER_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virNWFilter:
 * What is in it is not for programs.
 */
typedef struct _virNWFilter virNWFilter;

/**
 * virNWFilterBinding:
 * What is in it is not for programs.
 */
typedef struct _virNWFilterBinding virNWFilterBinding;

/** virNWFilterPtr: a pointer to virNWFilter. Since: 0.8.0 */
typedef virNWFilter *virNWFilterPtr;

/** virNWFilterBindingPtr: a pointer to virNWFilterBinding. Since: 4.5.0 */
typedef virNWFilterBinding *virNWFilterBindingPtr;

/**
 * virNWFilterDefineFlags:
 * Flags of virNWFilterDefineXMLFlags.
 */
typedef enum {
    VIR_NWFILTER_DEFINE_VALIDATE = (1 << 0) /* Since: 7.7.0 */
} virNWFilterDefineFlags;

/**
 * virNWFilterBindingCreateFlags:
 * Flags of virNWFilterBindingCreateXML.
 */
typedef enum {
    VIR_NWFILTER_BINDING_CREATE_VALIDATE = (1 << 0) /* Since: 7.8.0 */
} virNWFilterBindingCreateFlags;

/**
 * virConnectNumOfNWFilters:
 * Counts network filters.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virConnectNumOfNWFilters(virConnectPtr conn);

/**
 * virConnectListNWFilters:
 * Lists the names of network filters.
 *
 * @conn: a connection
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virConnectListNWFilters(virConnectPtr conn, char ** const names, int maxnames);

/**
 * virConnectListAllNWFilters:
 * Lists network filters.
 *
 * @conn: a connection
 * @filters: set to an array with a NULL at the end; each object is given up with virNWFilterFree(),
 *     the array with free(). NULL to count only
 * @flags: none are defined: 0
 *
 * Returns: the number of filters, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virConnectListAllNWFilters(virConnectPtr conn, virNWFilterPtr **filters, unsigned int flags);

/**
 * virNWFilterLookupByName:
 * Finds a network filter by its name.
 *
 * @conn: a connection
 * @name: its name
 *
 * Returns: a new reference, to be given up with virNWFilterFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NWFILTER, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
virNWFilterPtr virNWFilterLookupByName(virConnectPtr conn, const char *name);

/**
 * virNWFilterLookupByUUID:
 * Finds a network filter by its UUID.
 *
 * @conn: a connection
 * @uuid: VIR_UUID_BUFLEN bytes
 *
 * Returns: a new reference, to be given up with virNWFilterFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NWFILTER, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
virNWFilterPtr virNWFilterLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/**
 * virNWFilterLookupByUUIDString:
 * Finds a network filter by its UUID as text.
 *
 * @conn: a connection
 * @uuidstr: the UUID as text
 *
 * Returns: a new reference, to be given up with virNWFilterFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NWFILTER, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
virNWFilterPtr virNWFilterLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/**
 * virNWFilterDefineXML:
 * Defines a network filter, or changes it wherever it applies.
 *
 * @conn: a connection
 * @xmlDesc: its document
 *
 * Returns: a new reference, to be given up with virNWFilterFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
virNWFilterPtr virNWFilterDefineXML(virConnectPtr conn, const char *xmlDesc);

/**
 * virNWFilterDefineXMLFlags:
 * Defines a network filter, or changes it wherever it applies.
 *
 * @conn: a connection
 * @xmlDesc: its document
 * @flags: 0, or virNWFilterDefineFlags or-ed together
 *
 * Returns: a new reference, to be given up with virNWFilterFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 7.7.0
 */
virNWFilterPtr virNWFilterDefineXMLFlags(virConnectPtr conn, const char *xmlDesc,
                                         unsigned int flags);

/**
 * virNWFilterUndefine:
 * Removes a network filter that nobody uses.
 *
 * @nwfilter: a network filter
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
int virNWFilterUndefine(virNWFilterPtr nwfilter);

/**
 * virNWFilterRef:
 * Takes another reference to a network filter.
 *
 * @nwfilter: a network filter
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER.
 * Since: 0.8.0
 */
int virNWFilterRef(virNWFilterPtr nwfilter);

/**
 * virNWFilterFree:
 * Gives up a reference to a network filter.
 *
 * @nwfilter: a network filter
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER.
 * Since: 0.8.0
 */
int virNWFilterFree(virNWFilterPtr nwfilter);

/**
 * virNWFilterGetName:
 * Gives the name of a network filter.
 *
 * @nwfilter: a network filter
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER.
 * Since: 0.8.0
 */
const char *virNWFilterGetName(virNWFilterPtr nwfilter);

/**
 * virNWFilterGetUUID:
 * Gives the UUID of a network filter.
 *
 * @nwfilter: a network filter
 * @uuid: a place for VIR_UUID_BUFLEN bytes
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER, VIR_ERR_INVALID_ARG.
 * Since: 0.8.0
 */
int virNWFilterGetUUID(virNWFilterPtr nwfilter, unsigned char *uuid);

/**
 * virNWFilterGetUUIDString:
 * Gives the UUID of a network filter as text.
 *
 * @nwfilter: a network filter
 * @buf: a place for VIR_UUID_STRING_BUFLEN characters, the NUL included
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER, VIR_ERR_INVALID_ARG.
 * Since: 0.8.0
 */
int virNWFilterGetUUIDString(virNWFilterPtr nwfilter, char *buf);

/**
 * virNWFilterGetXMLDesc:
 * Gives a network filter's document.
 *
 * @nwfilter: a network filter
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.0
 */
char *virNWFilterGetXMLDesc(virNWFilterPtr nwfilter, unsigned int flags);

/**
 * virNWFilterBindingLookupByPortDev:
 * Finds the binding of a port.
 *
 * @conn: a connection
 * @portdev: name of the port's device
 *
 * Returns: a new reference, to be given up with virNWFilterBindingFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NWFILTER_BINDING, VIR_ERR_NO_SUPPORT.
 * Since: 4.5.0
 */
virNWFilterBindingPtr virNWFilterBindingLookupByPortDev(virConnectPtr conn, const char *portdev);

/**
 * virNWFilterBindingGetPortDev:
 * Names the port of a binding.
 *
 * @binding: a binding
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER_BINDING.
 * Since: 4.5.0
 */
const char *virNWFilterBindingGetPortDev(virNWFilterBindingPtr binding);

/**
 * virNWFilterBindingGetFilterName:
 * Names the filter of a binding.
 *
 * @binding: a binding
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER_BINDING.
 * Since: 4.5.0
 */
const char *virNWFilterBindingGetFilterName(virNWFilterBindingPtr binding);

/**
 * virConnectListAllNWFilterBindings:
 * Lists the bindings of filters to ports.
 *
 * @conn: a connection
 * @bindings: set to an array with a NULL at the end; each object is given up with
 *     virNWFilterBindingFree(), the array with free(). NULL to count only
 * @flags: none are defined: 0
 *
 * Returns: the number of bindings, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 4.5.0
 */
int virConnectListAllNWFilterBindings(virConnectPtr conn, virNWFilterBindingPtr **bindings,
                                      unsigned int flags);

/**
 * virNWFilterBindingCreateXML:
 * Applies a filter to a port.
 *
 * @conn: a connection
 * @xml: its document
 * @flags: 0, or virNWFilterBindingCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virNWFilterBindingFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 4.5.0
 */
virNWFilterBindingPtr virNWFilterBindingCreateXML(virConnectPtr conn, const char *xml,
                                                  unsigned int flags);

/**
 * virNWFilterBindingGetXMLDesc:
 * Gives a binding's document.
 *
 * @binding: a binding
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER_BINDING, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 4.5.0
 */
char *virNWFilterBindingGetXMLDesc(virNWFilterBindingPtr binding, unsigned int flags);

/**
 * virNWFilterBindingDelete:
 * Takes a filter from a port.
 *
 * @binding: a binding
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER_BINDING, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 4.5.0
 */
int virNWFilterBindingDelete(virNWFilterBindingPtr binding);

/**
 * virNWFilterBindingRef:
 * Takes another reference to a binding.
 *
 * @binding: a binding
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER_BINDING.
 * Since: 4.5.0
 */
int virNWFilterBindingRef(virNWFilterBindingPtr binding);

/**
 * virNWFilterBindingFree:
 * Gives up a reference to a binding. The binding itself stays.
 *
 * @binding: a binding
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NWFILTER_BINDING.
 * Since: 4.5.0
 */
int virNWFilterBindingFree(virNWFilterBindingPtr binding);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_NWFILTER_H */
