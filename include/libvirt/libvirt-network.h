/*
 * libvirt-network.h: virtual networks and their ports.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_NETWORK_H
#define FERROVIRT_LIBVIRT_NETWORK_H

#ifdef __cplusplus
extern "C" {
#endif

/* Names of typed parameters and statistics. What ends in PREFIX or SUFFIX stands around a number. */

#define VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE "inbound.average" /* Since: 5.5.0 */
#define VIR_NETWORK_PORT_BANDWIDTH_IN_PEAK "inbound.peak" /* Since: 5.5.0 */
#define VIR_NETWORK_PORT_BANDWIDTH_IN_BURST "inbound.burst" /* Since: 5.5.0 */
#define VIR_NETWORK_PORT_BANDWIDTH_IN_FLOOR "inbound.floor" /* Since: 5.5.0 */
#define VIR_NETWORK_PORT_BANDWIDTH_OUT_AVERAGE "outbound.average" /* Since: 5.5.0 */
#define VIR_NETWORK_PORT_BANDWIDTH_OUT_PEAK "outbound.peak" /* Since: 5.5.0 */
#define VIR_NETWORK_PORT_BANDWIDTH_OUT_BURST "outbound.burst" /* Since: 5.5.0 */

/**
 * virNetwork:
 * What is in it is not for programs.
 */
typedef struct _virNetwork virNetwork;

/**
 * virNetworkPort:
 * What is in it is not for programs.
 */
typedef struct _virNetworkPort virNetworkPort;

typedef struct _virNetworkDHCPLease virNetworkDHCPLease;

/**
 * virNetworkXMLFlags:
 * Flags of virNetworkGetXMLDesc.
 */
typedef enum {
    VIR_NETWORK_XML_INACTIVE = (1 << 0) /* Since: 0.9.10 */
} virNetworkXMLFlags;

/** virNetworkPtr: a pointer to virNetwork. Since: 0.2.0 */
typedef virNetwork *virNetworkPtr;

/** virNetworkPortPtr: a pointer to virNetworkPort. Since: 5.5.0 */
typedef virNetworkPort *virNetworkPortPtr;

/**
 * virConnectListAllNetworksFlags:
 * Flags of virConnectListAllNetworks.
 */
typedef enum {
    VIR_CONNECT_LIST_NETWORKS_INACTIVE = (1 << 0), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NETWORKS_ACTIVE = (1 << 1), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NETWORKS_PERSISTENT = (1 << 2), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NETWORKS_TRANSIENT = (1 << 3), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NETWORKS_AUTOSTART = (1 << 4), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART = (1 << 5) /* Since: 0.10.2 */
} virConnectListAllNetworksFlags;

/**
 * virNetworkCreateFlags:
 * Flags of virNetworkCreateXMLFlags.
 */
typedef enum {
    VIR_NETWORK_CREATE_VALIDATE = (1 << 0) /* Since: 7.8.0 */
} virNetworkCreateFlags;

/**
 * virNetworkDefineFlags:
 * Flags of virNetworkDefineXMLFlags.
 */
typedef enum {
    VIR_NETWORK_DEFINE_VALIDATE = (1 << 0) /* Since: 7.7.0 */
} virNetworkDefineFlags;

/**
 * virNetworkUpdateCommand:
 * What is done to a part of a network.
 */
typedef enum {
    VIR_NETWORK_UPDATE_COMMAND_NONE = 0, /* Since: 0.10.2 */
    VIR_NETWORK_UPDATE_COMMAND_MODIFY = 1, /* Since: 0.10.2 */
    VIR_NETWORK_UPDATE_COMMAND_DELETE = 2, /* Since: 0.10.2 */
    VIR_NETWORK_UPDATE_COMMAND_ADD_LAST = 3, /* Since: 0.10.2 */
    VIR_NETWORK_UPDATE_COMMAND_ADD_FIRST = 4 /* Since: 0.10.2 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_NETWORK_UPDATE_COMMAND_LAST = 5
#endif
} virNetworkUpdateCommand;

/**
 * virNetworkUpdateSection:
 * Which part of a network is changed.
 */
typedef enum {
    VIR_NETWORK_SECTION_NONE = 0, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_BRIDGE = 1, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_DOMAIN = 2, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_IP = 3, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_IP_DHCP_HOST = 4, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_IP_DHCP_RANGE = 5, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_FORWARD = 6, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_FORWARD_INTERFACE = 7, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_FORWARD_PF = 8, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_PORTGROUP = 9, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_DNS_HOST = 10, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_DNS_TXT = 11, /* Since: 0.10.2 */
    VIR_NETWORK_SECTION_DNS_SRV = 12 /* Since: 0.10.2 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_NETWORK_SECTION_LAST = 13
#endif
} virNetworkUpdateSection;

/**
 * virNetworkUpdateFlags:
 * Flags of virNetworkUpdate.
 */
typedef enum {
    VIR_NETWORK_UPDATE_AFFECT_CURRENT = 0, /* Since: 0.10.2 */
    VIR_NETWORK_UPDATE_AFFECT_LIVE = (1 << 0), /* Since: 0.10.2 */
    VIR_NETWORK_UPDATE_AFFECT_CONFIG = (1 << 1) /* Since: 0.10.2 */
} virNetworkUpdateFlags;

/**
 * virNetworkEventLifecycleType:
 * What happened to a network.
 */
typedef enum {
    VIR_NETWORK_EVENT_DEFINED = 0, /* Since: 1.2.1 */
    VIR_NETWORK_EVENT_UNDEFINED = 1, /* Since: 1.2.1 */
    VIR_NETWORK_EVENT_STARTED = 2, /* Since: 1.2.1 */
    VIR_NETWORK_EVENT_STOPPED = 3 /* Since: 1.2.1 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_NETWORK_EVENT_LAST = 4
#endif
} virNetworkEventLifecycleType;

/**
 * virConnectNetworkEventLifecycleCallback:
 * A network was defined, started …: @event is a virNetworkEventLifecycleType.
 *
 * Since: 1.2.1
 */
typedef void (*virConnectNetworkEventLifecycleCallback)(
        virConnectPtr conn, virNetworkPtr net, int event, int detail, void *opaque);

/**
 * virConnectNetworkEventGenericCallback:
 * Stands for all types of callbacks of networks.
 *
 * Since: 1.2.1
 */
typedef void (*virConnectNetworkEventGenericCallback)(
        virConnectPtr conn, virNetworkPtr net, void *opaque);

/**
 * virNetworkEventID:
 * Kinds of events of networks; each has a type of callback.
 */
typedef enum {
    VIR_NETWORK_EVENT_ID_LIFECYCLE = 0, /* Since: 1.2.1 */
    VIR_NETWORK_EVENT_ID_METADATA_CHANGE = 1 /* Since: 9.8.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_NETWORK_EVENT_ID_LAST = 2
#endif
} virNetworkEventID;

/**
 * virIPAddrType:
 * Kinds of IP addresses.
 */
typedef enum {
    VIR_IP_ADDR_TYPE_IPV4 = 0, /* Since: 1.2.6 */
    VIR_IP_ADDR_TYPE_IPV6 = 1 /* Since: 1.2.6 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_IP_ADDR_TYPE_LAST = 2
#endif
} virIPAddrType;

/**
 * virNetworkDHCPLease:
 * An address that a DHCP server has given out. @expirytime is in seconds since 1970.
 */
struct _virNetworkDHCPLease {
    char *iface;
    long long expirytime;
    int type;
    char *mac;
    char *iaid;
    char *ipaddr;
    unsigned int prefix;
    char *hostname;
    char *clientid;
};

/** virNetworkDHCPLeasePtr: a pointer to virNetworkDHCPLease. Since: 1.2.6 */
typedef virNetworkDHCPLease *virNetworkDHCPLeasePtr;

/**
 * virNetworkPortCreateFlags:
 * Flags of virNetworkPortCreateXML.
 */
typedef enum {
    VIR_NETWORK_PORT_CREATE_RECLAIM = (1 << 0), /* Since: 5.5.0 */
    VIR_NETWORK_PORT_CREATE_VALIDATE = (1 << 1) /* Since: 7.8.0 */
} virNetworkPortCreateFlags;

/**
 * virNetworkMetadataType:
 * What virNetworkGetMetadata and virNetworkSetMetadata are about.
 */
typedef enum {
    VIR_NETWORK_METADATA_DESCRIPTION = 0, /* Since: 9.7.0 */
    VIR_NETWORK_METADATA_TITLE = 1, /* Since: 9.7.0 */
    VIR_NETWORK_METADATA_ELEMENT = 2 /* Since: 9.7.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_NETWORK_METADATA_LAST = 3
#endif
} virNetworkMetadataType;

/**
 * virConnectNetworkEventMetadataChangeCallback:
 * Metadata of a network changed.
 *
 * Since: 9.8.0
 */
typedef void (*virConnectNetworkEventMetadataChangeCallback)(
        virConnectPtr conn, virNetworkPtr net, int type, const char *nsuri, void *opaque);

/**
 * VIR_NETWORK_EVENT_CALLBACK:
 * Passes a function as a callback of networks, whatever its type.
 *
 * Since: 1.2.1
 */
#define VIR_NETWORK_EVENT_CALLBACK(cb) ((virConnectNetworkEventGenericCallback)(cb))

/**
 * virNetworkGetConnect:
 * Gives the connection that a network belongs to.
 *
 * @net: a network
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK.
 * Since: 0.3.0
 */
virConnectPtr virNetworkGetConnect(virNetworkPtr net);

/**
 * virConnectNumOfNetworks:
 * Counts the active networks.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
int virConnectNumOfNetworks(virConnectPtr conn);

/**
 * virConnectListNetworks:
 * Lists the names of active networks.
 *
 * @conn: a connection
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
int virConnectListNetworks(virConnectPtr conn, char ** const names, int maxnames);

/**
 * virConnectNumOfDefinedNetworks:
 * Counts the networks that are not active.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
int virConnectNumOfDefinedNetworks(virConnectPtr conn);

/**
 * virConnectListDefinedNetworks:
 * Lists the names of networks that are not active.
 *
 * @conn: a connection
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
int virConnectListDefinedNetworks(virConnectPtr conn, char ** const names, int maxnames);

/**
 * virConnectListAllNetworks:
 * Lists virtual networks.
 *
 * @conn: a connection
 * @nets: set to an array with a NULL at the end; each object is given up with virNetworkFree(), the
 *     array with free(). NULL to count only
 * @flags: 0, or virConnectListAllNetworksFlags or-ed together
 *
 * Returns: the number of networks, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virConnectListAllNetworks(virConnectPtr conn, virNetworkPtr **nets, unsigned int flags);

/**
 * virNetworkLookupByName:
 * Finds a network by its name.
 *
 * @conn: a connection
 * @name: its name
 *
 * Returns: a new reference, to be given up with virNetworkFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NETWORK, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
virNetworkPtr virNetworkLookupByName(virConnectPtr conn, const char *name);

/**
 * virNetworkLookupByUUID:
 * Finds a network by its UUID.
 *
 * @conn: a connection
 * @uuid: VIR_UUID_BUFLEN bytes
 *
 * Returns: a new reference, to be given up with virNetworkFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NETWORK, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
virNetworkPtr virNetworkLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/**
 * virNetworkLookupByUUIDString:
 * Finds a network by its UUID as text.
 *
 * @conn: a connection
 * @uuidstr: the UUID as text
 *
 * Returns: a new reference, to be given up with virNetworkFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NETWORK, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
virNetworkPtr virNetworkLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/**
 * virNetworkCreateXML:
 * Starts a network from a document. It is transient: when it stops, it is gone.
 *
 * @conn: a connection
 * @xmlDesc: its document
 *
 * Returns: a new reference, to be given up with virNetworkFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
virNetworkPtr virNetworkCreateXML(virConnectPtr conn, const char *xmlDesc);

/**
 * virNetworkCreateXMLFlags:
 * Starts a network from a document. It is transient: when it stops, it is gone.
 *
 * @conn: a connection
 * @xmlDesc: its document
 * @flags: 0, or virNetworkCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virNetworkFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 7.8.0
 */
virNetworkPtr virNetworkCreateXMLFlags(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/**
 * virNetworkDefineXML:
 * Defines a network, or changes the configuration of the one of that name and UUID.
 *
 * @conn: a connection
 * @xml: its document
 *
 * Returns: a new reference, to be given up with virNetworkFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
virNetworkPtr virNetworkDefineXML(virConnectPtr conn, const char *xml);

/**
 * virNetworkDefineXMLFlags:
 * Defines a network, or changes the configuration of the one of that name and UUID.
 *
 * @conn: a connection
 * @xml: its document
 * @flags: 0, or virNetworkDefineFlags or-ed together
 *
 * Returns: a new reference, to be given up with virNetworkFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 7.7.0
 */
virNetworkPtr virNetworkDefineXMLFlags(virConnectPtr conn, const char *xml, unsigned int flags);

/**
 * virNetworkUndefine:
 * Removes the configuration of a network. If it is active, it goes on as a transient one.
 *
 * @network: a network
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
int virNetworkUndefine(virNetworkPtr network);

/**
 * virNetworkUpdate:
 * Changes a part of a network: a host, a range, a port group.
 *
 * @network: a network
 * @command: a virNetworkUpdateCommand
 * @section: a virNetworkUpdateSection
 * @parentIndex: which of several parents the part belongs to; -1 if there is one, or it does not
 *     matter
 * @xml: the element to be added, removed or changed
 * @flags: 0, or virNetworkUpdateFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virNetworkUpdate(virNetworkPtr network, unsigned int command, unsigned int section,
                     int parentIndex, const char *xml, unsigned int flags);

/**
 * virNetworkCreate:
 * Starts a network that is defined.
 *
 * @network: a network
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
int virNetworkCreate(virNetworkPtr network);

/**
 * virNetworkDestroy:
 * Stops a network. A transient one is gone then.
 *
 * @network: a network
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
int virNetworkDestroy(virNetworkPtr network);

/**
 * virNetworkRef:
 * Takes another reference to a network.
 *
 * @network: a network
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK.
 * Since: 0.6.0
 */
int virNetworkRef(virNetworkPtr network);

/**
 * virNetworkFree:
 * Gives up a reference to a network. The network itself goes on.
 *
 * @network: a network
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK.
 * Since: 0.2.0
 */
int virNetworkFree(virNetworkPtr network);

/**
 * virNetworkGetName:
 * Gives the name of a network.
 *
 * @network: a network
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK.
 * Since: 0.2.0
 */
const char *virNetworkGetName(virNetworkPtr network);

/**
 * virNetworkGetUUID:
 * Gives the UUID of a network.
 *
 * @network: a network
 * @uuid: a place for VIR_UUID_BUFLEN bytes
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG.
 * Since: 0.2.0
 */
int virNetworkGetUUID(virNetworkPtr network, unsigned char *uuid);

/**
 * virNetworkGetUUIDString:
 * Gives the UUID of a network as text.
 *
 * @network: a network
 * @buf: a place for VIR_UUID_STRING_BUFLEN characters, the NUL included
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG.
 * Since: 0.2.0
 */
int virNetworkGetUUIDString(virNetworkPtr network, char *buf);

/**
 * virNetworkGetXMLDesc:
 * Gives a network's document.
 *
 * @network: a network
 * @flags: 0, or virNetworkXMLFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
char *virNetworkGetXMLDesc(virNetworkPtr network, unsigned int flags);

/**
 * virNetworkGetBridgeName:
 * Names the bridge of a network.
 *
 * @network: a network
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.0
 */
char *virNetworkGetBridgeName(virNetworkPtr network);

/**
 * virNetworkGetAutostart:
 * Tells whether a network starts with the host.
 *
 * @network: a network
 * @autostart: set to 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.1
 */
int virNetworkGetAutostart(virNetworkPtr network, int *autostart);

/**
 * virNetworkSetAutostart:
 * Sets whether a network starts with the host.
 *
 * @network: a network
 * @autostart: 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.2.1
 */
int virNetworkSetAutostart(virNetworkPtr network, int autostart);

/**
 * virNetworkIsActive:
 * Tells whether a network is active.
 *
 * @net: a network
 *
 * Returns: 1 if it is, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virNetworkIsActive(virNetworkPtr net);

/**
 * virNetworkIsPersistent:
 * Tells whether a network stays when it stops.
 *
 * @net: a network
 *
 * Returns: 1 if it does, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.3
 */
int virNetworkIsPersistent(virNetworkPtr net);

/**
 * virNetworkDHCPLeaseFree:
 * Frees a lease that virNetworkGetDHCPLeases gave. NULL is passed over.
 *
 * @lease: a lease
 *
 * Since: 1.2.6
 */
void virNetworkDHCPLeaseFree(virNetworkDHCPLeasePtr lease);

/**
 * virNetworkGetDHCPLeases:
 * Lists the addresses that a network's DHCP server has given out.
 *
 * @network: a network
 * @mac: the MAC address of one guest, or NULL for all
 * @leases: set to an array; each entry is freed with virNetworkDHCPLeaseFree, the array with free().
 *     NULL to count only
 * @flags: none are defined: 0
 *
 * Returns: the number of leases, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.6
 */
int virNetworkGetDHCPLeases(virNetworkPtr network, const char *mac,
                            virNetworkDHCPLeasePtr **leases, unsigned int flags);

/**
 * virConnectNetworkEventRegisterAny:
 * Asks for events of one kind, of one network or of all.
 *
 * @conn: a connection
 * @net: the network, or NULL for all networks
 * @eventID: a virNetworkEventID; it says which type @cb really has
 * @cb: the function, passed through VIR_NETWORK_EVENT_CALLBACK
 * @opaque: what @cb is given
 * @freecb: frees @opaque when the registration ends; may be NULL
 *
 * Returns: a number that ends the registration (it can be 0), -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.1
 */
int virConnectNetworkEventRegisterAny(virConnectPtr conn, virNetworkPtr net, int eventID,
                                      virConnectNetworkEventGenericCallback cb, void *opaque,
                                      virFreeCallback freecb);

/**
 * virConnectNetworkEventDeregisterAny:
 * Ends a registration for events of networks.
 *
 * @conn: a connection
 * @callbackID: what the registration gave
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.1
 */
int virConnectNetworkEventDeregisterAny(virConnectPtr conn, int callbackID);

/**
 * virNetworkPortLookupByUUID:
 * Finds a port of a network by its UUID.
 *
 * @net: a network
 * @uuid: VIR_UUID_BUFLEN bytes
 *
 * Returns: a new reference, to be given up with virNetworkPortFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NETWORK_PORT, VIR_ERR_NO_SUPPORT.
 * Since: 5.5.0
 */
virNetworkPortPtr virNetworkPortLookupByUUID(virNetworkPtr net, const unsigned char *uuid);

/**
 * virNetworkPortLookupByUUIDString:
 * Finds a port of a network by its UUID as text.
 *
 * @net: a network
 * @uuidstr: the UUID as text
 *
 * Returns: a new reference, to be given up with virNetworkPortFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NETWORK_PORT, VIR_ERR_NO_SUPPORT.
 * Since: 5.5.0
 */
virNetworkPortPtr virNetworkPortLookupByUUIDString(virNetworkPtr net, const char *uuidstr);

/**
 * virNetworkPortCreateXML:
 * Plugs something into a network.
 *
 * @net: a network
 * @xmldesc: its document
 * @flags: 0, or virNetworkPortCreateFlags or-ed together
 *
 * Returns: a new reference, to be given up with virNetworkPortFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 5.5.0
 */
virNetworkPortPtr virNetworkPortCreateXML(virNetworkPtr net, const char *xmldesc,
                                          unsigned int flags);

/**
 * virNetworkPortGetNetwork:
 * Gives the network that a port belongs to, without a reference of the caller's own.
 *
 * @port: a port of a network
 *
 * Returns: a pointer that must not be freed, NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK_PORT.
 * Since: 5.5.0
 */
virNetworkPtr virNetworkPortGetNetwork(virNetworkPortPtr port);

/**
 * virNetworkPortGetXMLDesc:
 * Gives a port's document.
 *
 * @port: a port of a network
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK_PORT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 5.5.0
 */
char *virNetworkPortGetXMLDesc(virNetworkPortPtr port, unsigned int flags);

/**
 * virNetworkPortGetUUID:
 * Gives the UUID of a port.
 *
 * @port: a port of a network
 * @uuid: a place for VIR_UUID_BUFLEN bytes
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK_PORT, VIR_ERR_INVALID_ARG.
 * Since: 5.5.0
 */
int virNetworkPortGetUUID(virNetworkPortPtr port, unsigned char *uuid);

/**
 * virNetworkPortGetUUIDString:
 * Gives the UUID of a port as text.
 *
 * @port: a port of a network
 * @buf: a place for VIR_UUID_STRING_BUFLEN characters, the NUL included
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK_PORT, VIR_ERR_INVALID_ARG.
 * Since: 5.5.0
 */
int virNetworkPortGetUUIDString(virNetworkPortPtr port, char *buf);

/**
 * virNetworkPortSetParameters:
 * Sets bandwidth limits of a port.
 *
 * @port: a port of a network
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK_PORT, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 5.5.0
 */
int virNetworkPortSetParameters(virNetworkPortPtr port, virTypedParameterPtr params, int nparams,
                                unsigned int flags);

/**
 * virNetworkPortGetParameters:
 * Tells the bandwidth limits of a port.
 *
 * @port: a port of a network
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK_PORT, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 5.5.0
 */
int virNetworkPortGetParameters(virNetworkPortPtr port, virTypedParameterPtr *params,
                                int *nparams, unsigned int flags);

/**
 * virNetworkPortDelete:
 * Unplugs what is in a port of a network.
 *
 * @port: a port of a network
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK_PORT, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 5.5.0
 */
int virNetworkPortDelete(virNetworkPortPtr port, unsigned int flags);

/**
 * virNetworkListAllPorts:
 * Lists what is plugged into a network.
 *
 * @network: a network
 * @ports: set to an array with a NULL at the end; each object is given up with virNetworkPortFree(),
 *     the array with free(). NULL to count only
 * @flags: none are defined: 0
 *
 * Returns: the number of ports, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 5.5.0
 */
int virNetworkListAllPorts(virNetworkPtr network, virNetworkPortPtr **ports, unsigned int flags);

/**
 * virNetworkPortFree:
 * Gives up a reference to a port. The port itself stays.
 *
 * @port: a port of a network
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK_PORT.
 * Since: 5.5.0
 */
int virNetworkPortFree(virNetworkPortPtr port);

/**
 * virNetworkPortRef:
 * Takes another reference to a port.
 *
 * @port: a port of a network
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK_PORT.
 * Since: 5.5.0
 */
int virNetworkPortRef(virNetworkPortPtr port);

/**
 * virNetworkSetMetadata:
 * Sets the title, the description, or the element that a program keeps in a network.
 *
 * @network: a network
 * @type: its type
 * @metadata: the text or the element; NULL to remove it
 * @key: prefix of its namespace
 * @uri: URI under which a program keeps its element
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 9.7.0
 */
int virNetworkSetMetadata(virNetworkPtr network, int type, const char *metadata, const char *key,
                          const char *uri, unsigned int flags);

/**
 * virNetworkGetMetadata:
 * Reads the title, the description, or the element that a program keeps in a network.
 *
 * @network: a network
 * @type: its type
 * @uri: URI under which a program keeps its element
 * @flags: 0, or virDomainModificationImpact or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NETWORK, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 9.7.0
 */
char *virNetworkGetMetadata(virNetworkPtr network, int type, const char *uri, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_NETWORK_H */
