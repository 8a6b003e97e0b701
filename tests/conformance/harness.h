/*
 * harness.h: what the generated calls of every function stand on.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_CONFORMANCE_HARNESS_H
#define FERROVIRT_CONFORMANCE_HARNESS_H

#define VIR_ENUM_SENTINELS
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt-lxc.h>
#include <libvirt/libvirt-admin.h>

/* How a function is called. */
struct call {
    const char *function;
    const char *variant;
    void (*run)(const char *function, const char *variant);
};

/* All calls, up to one without a name: generated from the headers. */
extern const struct call calls[];

/* Objects to call with: NULL if there is no such object here. */
virConnectPtr a_connection(void);
virDomainPtr a_domain(void);
virDomainSnapshotPtr a_snapshot(void);
virDomainCheckpointPtr a_checkpoint(void);
virNetworkPtr a_network(void);
virNetworkPortPtr a_port(void);
virStoragePoolPtr a_pool(void);
virStorageVolPtr a_volume(void);
virInterfacePtr an_interface(void);
virNodeDevicePtr a_device(void);
virSecretPtr a_secret(void);
virNWFilterPtr a_filter(void);
virNWFilterBindingPtr a_binding(void);
virStreamPtr a_stream(void);
virAdmConnectPtr an_administration(void);
virAdmServerPtr a_server(void);
virAdmClientPtr a_client(void);

/* One object of all, for calls that take another kind. */
void *something_else(const char *type);

/* The connection is for reading only from now on. */
void read_only(void);

/* Room that is zero, for results and structures. */
void *room(int which);

/* One parameter of that name and type, whose value is 1 or "x". */
virTypedParameterPtr a_parameter(const char *name, int type);

/* UUIDs as 16 bytes. */
const unsigned char *uuid_of(const char *text);

/* Stands for every callback: does nothing. */
int nothing(void);

/* Says what a call gave. */
void gave_number(const char *function, const char *variant, long long value);
void gave_text(const char *function, const char *variant, const char *text);
void gave_pointer(const char *function, const char *variant, const void *pointer);

/* Adds what a call put somewhere, for the same line. */
void put_number(const char *name, long long value);
void put_text(const char *name, const char *text);

#endif
