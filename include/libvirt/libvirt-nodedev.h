/*
 * libvirt-nodedev.h: devices of a host.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_NODEDEV_H
#define FERROVIRT_LIBVIRT_NODEDEV_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virNodeDevice:
 * What is in it is not for programs.
 */
typedef struct _virNodeDevice virNodeDevice;

/** virNodeDevicePtr: a pointer to virNodeDevice. Since: 0.5.0 */
typedef virNodeDevice *virNodeDevicePtr;

/**
 * virConnectListAllNodeDeviceFlags:
 * Flags of virConnectListAllNodeDevices.
 */
typedef enum {
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SYSTEM = (1 << 0), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV = (1 << 1), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV = (1 << 2), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_INTERFACE = (1 << 3), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET = (1 << 4), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_HOST = (1 << 5), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_TARGET = (1 << 6), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI = (1 << 7), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_STORAGE = (1 << 8), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_FC_HOST = (1 << 9), /* Since: 1.0.4 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPORTS = (1 << 10), /* Since: 1.0.4 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_GENERIC = (1 << 11), /* Since: 1.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_DRM = (1 << 12), /* Since: 3.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV_TYPES = (1 << 13), /* Since: 3.4.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV = (1 << 14), /* Since: 3.4.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCW_DEV = (1 << 15), /* Since: 3.4.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CSS_DEV = (1 << 16), /* Since: 6.8.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_VDPA = (1 << 17), /* Since: 6.9.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_CARD = (1 << 18), /* Since: 7.0.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_QUEUE = (1 << 19), /* Since: 7.0.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_AP_MATRIX = (1 << 20), /* Since: 7.0.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPD = (1 << 21), /* Since: 7.9.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCWGROUP_DEV = (1 << 22), /* Since: 11.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_CAP_CCWGROUP_MEMBER = (1 << 23), /* Since: 11.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_PERSISTENT = (1 << 28), /* Since: 10.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_TRANSIENT = (1 << 29), /* Since: 10.1.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE = (1 << 30), /* Since: 7.3.0 */
    VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE = (1U << 31) /* Since: 7.3.0 */
} virConnectListAllNodeDeviceFlags;

/**
 * virNodeDeviceXMLFlags:
 * Flags of virNodeDeviceGetXMLDesc.
 */
typedef enum {
    VIR_NODE_DEVICE_XML_INACTIVE = (1 << 0) /* Since: 10.1.0 */
} virNodeDeviceXMLFlags;

/**
 * virNodeDeviceCreateXMLFlags:
 * Flags of virNodeDeviceCreateXML.
 */
typedef enum {
    VIR_NODE_DEVICE_CREATE_XML_VALIDATE = (1 << 0) /* Since: 8.10.0 */
} virNodeDeviceCreateXMLFlags;

/**
 * virNodeDeviceDefineXMLFlags:
 * Flags of virNodeDeviceDefineXML.
 */
typedef enum {
    VIR_NODE_DEVICE_DEFINE_XML_VALIDATE = (1 << 0) /* Since: 8.10.0 */
} virNodeDeviceDefineXMLFlags;

/**
 * virNodeDeviceUpdateFlags:
 * Flags of virNodeDeviceUpdate.
 */
typedef enum {
    VIR_NODE_DEVICE_UPDATE_AFFECT_CURRENT = 0, /* Since: 10.1.0 */
    VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE = (1 << 0), /* Since: 10.1.0 */
    VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG = (1 << 1) /* Since: 10.1.0 */
} virNodeDeviceUpdateFlags;

/**
 * virConnectNodeDeviceEventGenericCallback:
 * Stands for all types of callbacks of devices.
 *
 * Since: 2.2.0
 */
typedef void (*virConnectNodeDeviceEventGenericCallback)(
        virConnectPtr conn, virNodeDevicePtr dev, void *opaque);

/**
 * virNodeDeviceEventID:
 * Kinds of events of devices; each has a type of callback.
 */
typedef enum {
    VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE = 0, /* Since: 2.2.0 */
    VIR_NODE_DEVICE_EVENT_ID_UPDATE = 1 /* Since: 2.2.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_NODE_DEVICE_EVENT_ID_LAST = 2
#endif
} virNodeDeviceEventID;

/**
 * virNodeDeviceEventLifecycleType:
 * What happened to a device.
 */
typedef enum {
    VIR_NODE_DEVICE_EVENT_CREATED = 0, /* Since: 2.2.0 */
    VIR_NODE_DEVICE_EVENT_DELETED = 1, /* Since: 2.2.0 */
    VIR_NODE_DEVICE_EVENT_DEFINED = 2, /* Since: 7.3.0 */
    VIR_NODE_DEVICE_EVENT_UNDEFINED = 3 /* Since: 7.3.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_NODE_DEVICE_EVENT_LAST = 4
#endif
} virNodeDeviceEventLifecycleType;

/**
 * virConnectNodeDeviceEventLifecycleCallback:
 * A device came or went: @event is a virNodeDeviceEventLifecycleType.
 *
 * Since: 2.2.0
 */
typedef void (*virConnectNodeDeviceEventLifecycleCallback)(
        virConnectPtr conn, virNodeDevicePtr dev, int event, int detail, void *opaque);

/**
 * VIR_NODE_DEVICE_EVENT_CALLBACK:
 * Passes a function as a callback of devices, whatever its type.
 *
 * Since: 2.2.0
 */
#define VIR_NODE_DEVICE_EVENT_CALLBACK(cb) ((virConnectNodeDeviceEventGenericCallback)(cb))

/**
 * virNodeNumOfDevices:
 * Counts devices, of one capability or all.
 *
 * @conn: a connection
 * @cap: a capability such as "pci", or NULL
 * @flags: none are defined: 0
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
int virNodeNumOfDevices(virConnectPtr conn, const char *cap, unsigned int flags);

/**
 * virNodeListDevices:
 * Lists the names of devices, of one capability or of all.
 *
 * @conn: a connection
 * @cap: a capability such as "pci", or NULL
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 * @flags: none are defined: 0
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
int virNodeListDevices(virConnectPtr conn, const char *cap, char ** const names, int maxnames,
                       unsigned int flags);

/**
 * virConnectListAllNodeDevices:
 * Lists devices of the host.
 *
 * @conn: a connection
 * @devices: set to an array with a NULL at the end; each object is given up with virNodeDeviceFree(),
 *     the array with free(). NULL to count only
 * @flags: 0, or virConnectListAllNodeDeviceFlags or-ed together
 *
 * Returns: the number of devices, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virConnectListAllNodeDevices(virConnectPtr conn, virNodeDevicePtr **devices,
                                 unsigned int flags);

/**
 * virNodeDeviceLookupByName:
 * Finds a device by its name.
 *
 * @conn: a connection
 * @name: its name
 *
 * Returns: a new reference, to be given up with virNodeDeviceFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_NODE_DEVICE, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
virNodeDevicePtr virNodeDeviceLookupByName(virConnectPtr conn, const char *name);

/**
 * virNodeDeviceLookupSCSIHostByWWN:
 * Finds a SCSI host by its world wide names.
 *
 * @conn: a connection
 * @wwnn: name of the node
 * @wwpn: name of the port
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virNodeDeviceFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.3
 */
virNodeDevicePtr virNodeDeviceLookupSCSIHostByWWN(virConnectPtr conn, const char *wwnn,
                                                  const char *wwpn, unsigned int flags);

/**
 * virNodeDeviceGetName:
 * Gives the name of a device.
 *
 * @dev: a device of the host
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE.
 * Since: 0.5.0
 */
const char *virNodeDeviceGetName(virNodeDevicePtr dev);

/**
 * virNodeDeviceGetParent:
 * Names the device that one hangs on.
 *
 * @dev: a device of the host
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
const char *virNodeDeviceGetParent(virNodeDevicePtr dev);

/**
 * virNodeDeviceNumOfCaps:
 * Counts what a device is able to do.
 *
 * @dev: a device of the host
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
int virNodeDeviceNumOfCaps(virNodeDevicePtr dev);

/**
 * virNodeDeviceListCaps:
 * Lists what a device is able to do.
 *
 * @dev: a device of the host
 * @names: an array of @maxnames; the caller frees each string set in it with free()
 * @maxnames: how many names there is room for
 *
 * Returns: the number of names written, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
int virNodeDeviceListCaps(virNodeDevicePtr dev, char ** const names, int maxnames);

/**
 * virNodeDeviceGetXMLDesc:
 * Gives a device's document.
 *
 * @dev: a device of the host
 * @flags: 0, or virNodeDeviceXMLFlags or-ed together
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.5.0
 */
char *virNodeDeviceGetXMLDesc(virNodeDevicePtr dev, unsigned int flags);

/**
 * virNodeDeviceRef:
 * Takes another reference to a device.
 *
 * @dev: a device of the host
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE.
 * Since: 0.6.0
 */
int virNodeDeviceRef(virNodeDevicePtr dev);

/**
 * virNodeDeviceFree:
 * Gives up a reference to a device.
 *
 * @dev: a device of the host
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE.
 * Since: 0.5.0
 */
int virNodeDeviceFree(virNodeDevicePtr dev);

/**
 * virNodeDeviceDettach:
 * Takes a device from the host, so that a guest can have it.
 *
 * @dev: a device of the host
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.6.1
 */
int virNodeDeviceDettach(virNodeDevicePtr dev);

/**
 * virNodeDeviceDetachFlags:
 * Takes a device from the host, so that a guest can have it.
 *
 * @dev: a device of the host
 * @driverName: the driver that holds it meanwhile, or NULL for the usual one
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 1.0.5
 */
int virNodeDeviceDetachFlags(virNodeDevicePtr dev, const char *driverName, unsigned int flags);

/**
 * virNodeDeviceReAttach:
 * Gives a device back to the host.
 *
 * @dev: a device of the host
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.6.1
 */
int virNodeDeviceReAttach(virNodeDevicePtr dev);

/**
 * virNodeDeviceReset:
 * Resets a device between users.
 *
 * @dev: a device of the host
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.6.1
 */
int virNodeDeviceReset(virNodeDevicePtr dev);

/**
 * virNodeDeviceCreateXML:
 * Makes a device on the host, such as a mediated one or a virtual host bus adapter.
 *
 * @conn: a connection
 * @xmlDesc: its document
 * @flags: 0, or virNodeDeviceCreateXMLFlags or-ed together
 *
 * Returns: a new reference, to be given up with virNodeDeviceFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.6.3
 */
virNodeDevicePtr virNodeDeviceCreateXML(virConnectPtr conn, const char *xmlDesc,
                                        unsigned int flags);

/**
 * virNodeDeviceDestroy:
 * Takes away a device that was made.
 *
 * @dev: a device of the host
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.6.3
 */
int virNodeDeviceDestroy(virNodeDevicePtr dev);

/**
 * virNodeDeviceDefineXML:
 * Defines a mediated device, which can be started.
 *
 * @conn: a connection
 * @xmlDesc: its document
 * @flags: 0, or virNodeDeviceDefineXMLFlags or-ed together
 *
 * Returns: a new reference, to be given up with virNodeDeviceFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 7.3.0
 */
virNodeDevicePtr virNodeDeviceDefineXML(virConnectPtr conn, const char *xmlDesc,
                                        unsigned int flags);

/**
 * virNodeDeviceUndefine:
 * Removes the configuration of a mediated device.
 *
 * @dev: a device of the host
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 7.3.0
 */
int virNodeDeviceUndefine(virNodeDevicePtr dev, unsigned int flags);

/**
 * virNodeDeviceCreate:
 * Starts a device that is defined.
 *
 * @dev: a device of the host
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 7.3.0
 */
int virNodeDeviceCreate(virNodeDevicePtr dev, unsigned int flags);

/**
 * virNodeDeviceSetAutostart:
 * Sets whether a device starts with the host.
 *
 * @dev: a device of the host
 * @autostart: 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 7.8.0
 */
int virNodeDeviceSetAutostart(virNodeDevicePtr dev, int autostart);

/**
 * virNodeDeviceGetAutostart:
 * Tells whether a device starts with the host.
 *
 * @dev: a device of the host
 * @autostart: set to 1 if it does, 0 if not
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 7.8.0
 */
int virNodeDeviceGetAutostart(virNodeDevicePtr dev, int *autostart);

/**
 * virNodeDeviceIsPersistent:
 * Tells whether a device is defined.
 *
 * @dev: a device of the host
 *
 * Returns: 1 if it is, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_NO_SUPPORT.
 * Since: 7.8.0
 */
int virNodeDeviceIsPersistent(virNodeDevicePtr dev);

/**
 * virNodeDeviceIsActive:
 * Tells whether a device is there.
 *
 * @dev: a device of the host
 *
 * Returns: 1 if it is, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_NO_SUPPORT.
 * Since: 7.8.0
 */
int virNodeDeviceIsActive(virNodeDevicePtr dev);

/**
 * virNodeDeviceUpdate:
 * Changes a mediated device.
 *
 * @dev: a device of the host
 * @xmlDesc: its document
 * @flags: 0, or virNodeDeviceUpdateFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_NODE_DEVICE, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 10.1.0
 */
int virNodeDeviceUpdate(virNodeDevicePtr dev, const char *xmlDesc, unsigned int flags);

/**
 * virConnectNodeDeviceEventRegisterAny:
 * Asks for events of one kind, of one device or of all.
 *
 * @conn: a connection
 * @dev: the device, or NULL for all devices
 * @eventID: a virNodeDeviceEventID; it says which type @cb really has
 * @cb: the function, passed through VIR_NODE_DEVICE_EVENT_CALLBACK
 * @opaque: what @cb is given
 * @freecb: frees @opaque when the registration ends; may be NULL
 *
 * Returns: a number that ends the registration (it can be 0), -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 2.2.0
 */
int virConnectNodeDeviceEventRegisterAny(virConnectPtr conn, virNodeDevicePtr dev, int eventID,
                                         virConnectNodeDeviceEventGenericCallback cb,
                                         void *opaque, virFreeCallback freecb);

/**
 * virConnectNodeDeviceEventDeregisterAny:
 * Ends a registration for events of devices.
 *
 * @conn: a connection
 * @callbackID: what the registration gave
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 2.2.0
 */
int virConnectNodeDeviceEventDeregisterAny(virConnectPtr conn, int callbackID);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_NODEDEV_H */
