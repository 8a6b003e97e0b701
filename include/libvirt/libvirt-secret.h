/*
 * libvirt-secret.h: secrets.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_SECRET_H
#define FERROVIRT_LIBVIRT_SECRET_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virSecret:
 * What is in it is not for programs.
 */
typedef struct _virSecret virSecret;

/** virSecretPtr: a pointer to virSecret. Since: 0.7.1 */
typedef virSecret *virSecretPtr;

/**
 * virSecretUsageType:
 * What a secret is used for.
 */
typedef enum {
    VIR_SECRET_USAGE_TYPE_NONE = 0, /* Since: 0.7.1 */
    VIR_SECRET_USAGE_TYPE_VOLUME = 1, /* Since: 0.7.1 */
    VIR_SECRET_USAGE_TYPE_CEPH = 2, /* Since: 0.9.7 */
    VIR_SECRET_USAGE_TYPE_ISCSI = 3, /* Since: 1.0.4 */
    VIR_SECRET_USAGE_TYPE_TLS = 4, /* Since: 2.3.0 */
    VIR_SECRET_USAGE_TYPE_VTPM = 5 /* Since: 5.6.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_SECRET_USAGE_TYPE_LAST = 6
#endif
} virSecretUsageType;

/**
 * virConnectListAllSecretsFlags:
 * Flags of virConnectListAllSecrets.
 */
typedef enum {
    VIR_CONNECT_LIST_SECRETS_EPHEMERAL = (1 << 0), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL = (1 << 1), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_SECRETS_PRIVATE = (1 << 2), /* Since: 0.10.2 */
    VIR_CONNECT_LIST_SECRETS_NO_PRIVATE = (1 << 3) /* Since: 0.10.2 */
} virConnectListAllSecretsFlags;

/**
 * virSecretDefineFlags:
 * Flags of virSecretDefineXML.
 */
typedef enum {
    VIR_SECRET_DEFINE_VALIDATE = (1 << 0) /* Since: 7.7.0 */
} virSecretDefineFlags;

/**
 * virConnectSecretEventGenericCallback:
 * Stands for all types of callbacks of secrets.
 *
 * Since: 3.0.0
 */
typedef void (*virConnectSecretEventGenericCallback)(
        virConnectPtr conn, virSecretPtr secret, void *opaque);

/**
 * virSecretEventID:
 * Kinds of events of secrets; each has a type of callback.
 */
typedef enum {
    VIR_SECRET_EVENT_ID_LIFECYCLE = 0, /* Since: 3.0.0 */
    VIR_SECRET_EVENT_ID_VALUE_CHANGED = 1 /* Since: 3.0.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_SECRET_EVENT_ID_LAST = 2
#endif
} virSecretEventID;

/**
 * virSecretEventLifecycleType:
 * What happened to a secret.
 */
typedef enum {
    VIR_SECRET_EVENT_DEFINED = 0, /* Since: 3.0.0 */
    VIR_SECRET_EVENT_UNDEFINED = 1 /* Since: 3.0.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_SECRET_EVENT_LAST = 2
#endif
} virSecretEventLifecycleType;

/**
 * virConnectSecretEventLifecycleCallback:
 * A secret was defined or removed: @event is a virSecretEventLifecycleType.
 *
 * Since: 3.0.0
 */
typedef void (*virConnectSecretEventLifecycleCallback)(
        virConnectPtr conn, virSecretPtr secret, int event, int detail, void *opaque);

/**
 * VIR_SECRET_EVENT_CALLBACK:
 * Passes a function as a callback of secrets, whatever its type.
 *
 * Since: 3.0.0
 */
#define VIR_SECRET_EVENT_CALLBACK(cb) ((virConnectSecretEventGenericCallback)(cb))

/**
 * virSecretGetConnect:
 * Gives the connection that a secret belongs to.
 *
 * @secret: a secret
 *
 * Returns: a pointer that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_SECRET.
 * Since: 0.7.1
 */
virConnectPtr virSecretGetConnect(virSecretPtr secret);

/**
 * virConnectNumOfSecrets:
 * Counts secrets.
 *
 * @conn: a connection
 *
 * Returns: the number, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
int virConnectNumOfSecrets(virConnectPtr conn);

/**
 * virConnectListSecrets:
 * Lists the UUIDs of secrets as text.
 *
 * @conn: a connection
 * @uuids: an array of @maxuuids; the caller frees each string set in it with free()
 * @maxuuids: how many there is room for
 *
 * Returns: the number of UUIDs written, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
int virConnectListSecrets(virConnectPtr conn, char **uuids, int maxuuids);

/**
 * virConnectListAllSecrets:
 * Lists secrets.
 *
 * @conn: a connection
 * @secrets: set to an array with a NULL at the end; each object is given up with virSecretFree(), the
 *     array with free(). NULL to count only
 * @flags: 0, or virConnectListAllSecretsFlags or-ed together
 *
 * Returns: the number of secrets, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.2
 */
int virConnectListAllSecrets(virConnectPtr conn, virSecretPtr **secrets, unsigned int flags);

/**
 * virSecretLookupByUUID:
 * Finds a secret by its UUID.
 *
 * @conn: a connection
 * @uuid: VIR_UUID_BUFLEN bytes
 *
 * Returns: a new reference, to be given up with virSecretFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SECRET, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
virSecretPtr virSecretLookupByUUID(virConnectPtr conn, const unsigned char *uuid);

/**
 * virSecretLookupByUUIDString:
 * Finds a secret by its UUID as text.
 *
 * @conn: a connection
 * @uuidstr: the UUID as text
 *
 * Returns: a new reference, to be given up with virSecretFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SECRET, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
virSecretPtr virSecretLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/**
 * virSecretLookupByUsage:
 * Finds a secret by what it is used for.
 *
 * @conn: a connection
 * @usageType: a virSecretUsageType
 * @usageID: what it is used for, in the form of the type
 *
 * Returns: a new reference, to be given up with virSecretFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SECRET, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
virSecretPtr virSecretLookupByUsage(virConnectPtr conn, int usageType, const char *usageID);

/**
 * virSecretDefineXML:
 * Defines a secret, without its value, or changes what it is used for.
 *
 * @conn: a connection
 * @xml: its document
 * @flags: 0, or virSecretDefineFlags or-ed together
 *
 * Returns: a new reference, to be given up with virSecretFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
virSecretPtr virSecretDefineXML(virConnectPtr conn, const char *xml, unsigned int flags);

/**
 * virSecretGetUUID:
 * Gives the UUID of a secret.
 *
 * @secret: a secret
 * @uuid: a place for VIR_UUID_BUFLEN bytes
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_SECRET, VIR_ERR_INVALID_ARG.
 * Since: 0.7.1
 */
int virSecretGetUUID(virSecretPtr secret, unsigned char *uuid);

/**
 * virSecretGetUUIDString:
 * Gives the UUID of a secret as text.
 *
 * @secret: a secret
 * @buf: a place for VIR_UUID_STRING_BUFLEN characters, the NUL included
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_SECRET, VIR_ERR_INVALID_ARG.
 * Since: 0.7.1
 */
int virSecretGetUUIDString(virSecretPtr secret, char *buf);

/**
 * virSecretGetUsageType:
 * Tells what kind of thing a secret is used for.
 *
 * @secret: a secret
 *
 * Returns: a virSecretUsageType, -1 on failure.
 * Errors: VIR_ERR_INVALID_SECRET.
 * Since: 0.7.1
 */
int virSecretGetUsageType(virSecretPtr secret);

/**
 * virSecretGetUsageID:
 * Names what a secret is used for; its form depends on the usage type.
 *
 * @secret: a secret
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_SECRET.
 * Since: 0.7.1
 */
const char *virSecretGetUsageID(virSecretPtr secret);

/**
 * virSecretGetXMLDesc:
 * Gives a secret's document, which never has its value.
 *
 * @secret: a secret
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_SECRET, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
char *virSecretGetXMLDesc(virSecretPtr secret, unsigned int flags);

/**
 * virSecretSetValue:
 * Sets the value of a secret.
 *
 * @secret: a secret
 * @value: its value
 * @value_size: how many bytes
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_SECRET, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
int virSecretSetValue(virSecretPtr secret, const unsigned char *value, size_t value_size,
                      unsigned int flags);

/**
 * virSecretGetValue:
 * Gives the value of a secret, unless it is private.
 *
 * @secret: a secret
 * @value_size: how many bytes
 * @flags: none are defined: 0
 *
 * Returns: @value_size bytes, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_SECRET, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
unsigned char *virSecretGetValue(virSecretPtr secret, size_t *value_size, unsigned int flags);

/**
 * virSecretUndefine:
 * Removes a secret with its value.
 *
 * @secret: a secret
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_SECRET, VIR_ERR_OPERATION_DENIED on a read-only connection,
 *     VIR_ERR_NO_SUPPORT.
 * Since: 0.7.1
 */
int virSecretUndefine(virSecretPtr secret);

/**
 * virSecretRef:
 * Takes another reference to a secret.
 *
 * @secret: a secret
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_SECRET.
 * Since: 0.7.1
 */
int virSecretRef(virSecretPtr secret);

/**
 * virSecretFree:
 * Gives up a reference to a secret.
 *
 * @secret: a secret
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_SECRET.
 * Since: 0.7.1
 */
int virSecretFree(virSecretPtr secret);

/**
 * virConnectSecretEventRegisterAny:
 * Asks for events of one kind, of one secret or of all.
 *
 * @conn: a connection
 * @secret: the secret, or NULL for all secrets
 * @eventID: a virSecretEventID; it says which type @cb really has
 * @cb: the function, passed through VIR_SECRET_EVENT_CALLBACK
 * @opaque: what @cb is given
 * @freecb: frees @opaque when the registration ends; may be NULL
 *
 * Returns: a number that ends the registration (it can be 0), -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 3.0.0
 */
int virConnectSecretEventRegisterAny(virConnectPtr conn, virSecretPtr secret, int eventID,
                                     virConnectSecretEventGenericCallback cb, void *opaque,
                                     virFreeCallback freecb);

/**
 * virConnectSecretEventDeregisterAny:
 * Ends a registration for events of secrets.
 *
 * @conn: a connection
 * @callbackID: what the registration gave
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 3.0.0
 */
int virConnectSecretEventDeregisterAny(virConnectPtr conn, int callbackID);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_SECRET_H */
