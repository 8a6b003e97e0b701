/*
 * libvirt-interface.h: network interfaces of a host.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_INTERFACE_H
#define FERROVIRT_LIBVIRT_INTERFACE_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virInterface:
 * What is in it is not for programs.
 */
typedef struct _virInterface virInterface;

/** virInterfacePtr: a pointer to virInterface. Since: 0.6.4 */
typedef virInterface *virInterfacePtr;

/**
 * virConnectListAllInterfacesFlags:
 * Flags of virConnectListAllInterfaces.
 */
typedef enum {
    VIR_CONNECT_LIST_INTERFACES_INACTIVE = (1 << 0), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_INTERFACES_ACTIVE = (1 << 1) /* Since: 0.10.2 */
} virConnectListAllInterfacesFlags;

/**
 * virInterfaceXMLFlags:
 * Flags of virInterfaceGetXMLDesc.
 */
typedef enum {
    VIR_INTERFACE_XML_INACTIVE = (1 << 0) /* Since: 0.7.3 */
} virInterfaceXMLFlags;

/**
 * virInterfaceDefineFlags:
 * Flags of virInterfaceDefineXML.
 */
typedef enum {
    VIR_INTERFACE_DEFINE_VALIDATE = (1 << 0) /* Since: 7.7.0 */
} virInterfaceDefineFlags;

/**
 * virInterfaceGetConnect:
 * Gives the connection that an interface belongs to.
 *
 * @iface: a network interface
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE.
 * Since: 0.6.4
 */
virConnectPtr virInterfaceGetConnect(virInterfacePtr iface);

/**
 * virConnectNumOfInterfaces:
 * Counts the interfaces that are up.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
int virConnectNumOfInterfaces(virConnectPtr conn);

/**
 * virConnectListInterfaces:
 * Lists the names of interfaces that are up.
 *
 * @conn: a connection
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
int virConnectListInterfaces(virConnectPtr conn, char ** const names, int maxnames);

/**
 * virConnectNumOfDefinedInterfaces:
 * Counts the interfaces that are down.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.0
 */
int virConnectNumOfDefinedInterfaces(virConnectPtr conn);

/**
 * virConnectListDefinedInterfaces:
 * Lists the names of interfaces that are down.
 *
 * @conn: a connection
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.0
 */
int virConnectListDefinedInterfaces(virConnectPtr conn, char ** const names, int maxnames);

/**
 * virConnectListAllInterfaces:
 * Lists network interfaces of the host.
 *
 * @conn: a connection
 * @ifaces: set to an array with a NULL at the end; each object is given up with virInterfaceFree(),
 *     the array with free(). NULL to count only
 * @flags: 0, or virConnectListAllInterfacesFlags or-ed together
 *
 * Returns: the number of interfaces, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virConnectListAllInterfaces(virConnectPtr conn, virInterfacePtr **ifaces, unsigned int flags);

/**
 * virInterfaceLookupByName:
 * Finds an interface by its name.
 *
 * @conn: a connection
 * @name: its name
 *
 * Returns: a new reference, to be given up with virInterfaceFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_INTERFACE, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
virInterfacePtr virInterfaceLookupByName(virConnectPtr conn, const char *name);

/**
 * virInterfaceLookupByMACString:
 * Finds an interface by its MAC address, if only one has it.
 *
 * @conn: a connection
 * @macstr: the MAC address as text
 *
 * Returns: a new reference, to be given up with virInterfaceFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_INTERFACE, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
virInterfacePtr virInterfaceLookupByMACString(virConnectPtr conn, const char *macstr);

/**
 * virInterfaceGetName:
 * Gives the name of an interface.
 *
 * @iface: a network interface
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE.
 * Since: 0.6.4
 */
const char *virInterfaceGetName(virInterfacePtr iface);

/**
 * virInterfaceGetMACString:
 * Gives the MAC address of an interface as text.
 *
 * @iface: a network interface
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE.
 * Since: 0.6.4
 */
const char *virInterfaceGetMACString(virInterfacePtr iface);

/**
 * virInterfaceGetXMLDesc:
 * Gives an interface's document.
 *
 * @iface: a network interface
 * @flags: 0, or virInterfaceXMLFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
char *virInterfaceGetXMLDesc(virInterfacePtr iface, unsigned int flags);

/**
 * virInterfaceDefineXML:
 * Defines an interface of the host, or changes its configuration.
 *
 * @conn: a connection
 * @xml: its document
 * @flags: 0, or virInterfaceDefineFlags or-ed together
 *
 * Returns: a new reference, to be given up with virInterfaceFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
virInterfacePtr virInterfaceDefineXML(virConnectPtr conn, const char *xml, unsigned int flags);

/**
 * virInterfaceUndefine:
 * Removes the configuration of an interface.
 *
 * @iface: a network interface
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
int virInterfaceUndefine(virInterfacePtr iface);

/**
 * virInterfaceCreate:
 * Brings an interface up.
 *
 * @iface: a network interface
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
int virInterfaceCreate(virInterfacePtr iface, unsigned int flags);

/**
 * virInterfaceDestroy:
 * Takes an interface down.
 *
 * @iface: a network interface
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.4
 */
int virInterfaceDestroy(virInterfacePtr iface, unsigned int flags);

/**
 * virInterfaceRef:
 * Takes another reference to an interface.
 *
 * @iface: a network interface
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE.
 * Since: 0.6.4
 */
int virInterfaceRef(virInterfacePtr iface);

/**
 * virInterfaceFree:
 * Gives up a reference to an interface.
 *
 * @iface: a network interface
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE.
 * Since: 0.6.4
 */
int virInterfaceFree(virInterfacePtr iface);

/**
 * virInterfaceChangeBegin:
 * Keeps the present configuration of interfaces, so that changes can be undone.
 *
 * @conn: a connection
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
int virInterfaceChangeBegin(virConnectPtr conn, unsigned int flags);

/**
 * virInterfaceChangeCommit:
 * Keeps the changes since virInterfaceChangeBegin.
 *
 * @conn: a connection
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
int virInterfaceChangeCommit(virConnectPtr conn, unsigned int flags);

/**
 * virInterfaceChangeRollback:
 * Undoes the changes since virInterfaceChangeBegin.
 *
 * @conn: a connection
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.2
 */
int virInterfaceChangeRollback(virConnectPtr conn, unsigned int flags);

/**
 * virInterfaceIsActive:
 * Tells whether an interface is up.
 *
 * @iface: a network interface
 *
 * Returns: 1 if it is, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_INTERFACE, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virInterfaceIsActive(virInterfacePtr iface);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_INTERFACE_H */
