/*
 * libvirt-qemu.h: what only QEMU's domains have.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_QEMU_H
#define FERROVIRT_LIBVIRT_QEMU_H

#include <libvirt/libvirt.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virDomainQemuMonitorCommandFlags:
 * Flags of virDomainQemuMonitorCommand, virDomainQemuMonitorCommandWithFiles.
 */
typedef enum {
    VIR_DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT = 0, /* Since: 0.8.8 */
    VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP = (1 << 0) /* Since: 0.8.8 */
} virDomainQemuMonitorCommandFlags;

/**
 * virDomainQemuAgentCommandTimeoutValues:
 * Special values for the time to wait for the agent.
 */
typedef enum {
    VIR_DOMAIN_QEMU_AGENT_COMMAND_BLOCK = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK, /* Since: 0.10.0 */
    VIR_DOMAIN_QEMU_AGENT_COMMAND_MIN = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK, /* Since: 0.10.0 */
    VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT, /* Since: 0.10.0 */
    VIR_DOMAIN_QEMU_AGENT_COMMAND_NOWAIT = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_NOWAIT, /* Since: 0.10.0 */
    VIR_DOMAIN_QEMU_AGENT_COMMAND_SHUTDOWN = 60 /* Since: 1.2.15 */
} virDomainQemuAgentCommandTimeoutValues;

/**
 * virConnectDomainQemuMonitorEventCallback:
 * An event of QEMU's monitor, with what it says in JSON.
 *
 * Since: 1.2.3
 */
typedef void (*virConnectDomainQemuMonitorEventCallback)(
        virConnectPtr conn, virDomainPtr dom, const char *event, long long seconds,
        unsigned int micros, const char *details, void *opaque);

/**
 * virConnectDomainQemuMonitorEventRegisterFlags:
 * Flags of virConnectDomainQemuMonitorEventRegister.
 */
typedef enum {
    VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX = (1 << 0), /* Since: 1.2.3 */
    VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE = (1 << 1) /* Since: 1.2.3 */
} virConnectDomainQemuMonitorEventRegisterFlags;

/**
 * virDomainQemuMonitorCommand:
 * Sends a command to QEMU's monitor, behind libvirt's back.
 *
 * @domain: a domain
 * @cmd: the command, in JSON unless flags say otherwise
 * @result: set to the answer, which the caller frees with free()
 * @flags: 0, or virDomainQemuMonitorCommandFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.8.3
 */
int virDomainQemuMonitorCommand(virDomainPtr domain, const char *cmd, char **result,
                                unsigned int flags);

/**
 * virDomainQemuMonitorCommandWithFiles:
 * Sends a command to QEMU's monitor, with file descriptors.
 *
 * @domain: a domain
 * @cmd: the command, in JSON unless flags say otherwise
 * @ninfiles: how many there are
 * @infiles: descriptors that go with the command
 * @noutfiles: set to how many there are; may be NULL
 * @outfiles: set to an array of descriptors that came with the answer; the caller closes them and
 *     frees the array with free(). May be NULL
 * @result: set to the answer, which the caller frees with free()
 * @flags: 0, or virDomainQemuMonitorCommandFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 8.2.0
 */
int virDomainQemuMonitorCommandWithFiles(virDomainPtr domain, const char *cmd,
                                         unsigned int ninfiles, int *infiles,
                                         unsigned int *noutfiles, int **outfiles, char **result,
                                         unsigned int flags);

/**
 * virDomainQemuAttach:
 * Takes over a QEMU process that was started without libvirt. No longer supported.
 *
 * @conn: a connection
 * @pid_value: its process number
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virDomainFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.9.4
 */
virDomainPtr virDomainQemuAttach(virConnectPtr conn, unsigned int pid_value, unsigned int flags);

/**
 * virDomainQemuAgentCommand:
 * Sends a command to the agent in the guest.
 *
 * @domain: a domain
 * @cmd: the command, in JSON unless flags say otherwise
 * @timeout: seconds, or one of virDomainQemuAgentCommandTimeoutValues
 * @flags: none are defined: 0
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_DOMAIN, VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED on a read-only
 *     connection, VIR_ERR_NO_SUPPORT.
 * Since: 0.10.0
 */
char *virDomainQemuAgentCommand(virDomainPtr domain, const char *cmd, int timeout,
                                unsigned int flags);

/**
 * virConnectDomainQemuMonitorEventRegister:
 * Asks for events as QEMU's monitor tells them.
 *
 * @conn: a connection
 * @dom: the domain, or NULL for all domains
 * @event: name of the event, or NULL for all
 * @cb: the function
 * @opaque: what @cb is given
 * @freecb: frees @opaque when the registration ends; may be NULL
 * @flags: 0, or virConnectDomainQemuMonitorEventRegisterFlags or-ed together
 *
 * Returns: a number that ends the registration (it can be 0), -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.3
 */
int virConnectDomainQemuMonitorEventRegister(virConnectPtr conn, virDomainPtr dom,
                                             const char *event,
                                             virConnectDomainQemuMonitorEventCallback cb,
                                             void *opaque, virFreeCallback freecb,
                                             unsigned int flags);

/**
 * virConnectDomainQemuMonitorEventDeregister:
 * Ends a registration for events of QEMU's monitor.
 *
 * @conn: a connection
 * @callbackID: what the registration gave
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG, VIR_ERR_NO_SUPPORT.
 * Since: 1.2.3
 */
int virConnectDomainQemuMonitorEventDeregister(virConnectPtr conn, int callbackID);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_QEMU_H */
