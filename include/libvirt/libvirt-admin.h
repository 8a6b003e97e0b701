/*
 * libvirt-admin.h: administration of daemons.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_ADMIN_H
#define FERROVIRT_LIBVIRT_ADMIN_H

#define FERROVIRT_ADMIN_PARTS
#include <libvirt/libvirt-common.h>
#undef FERROVIRT_ADMIN_PARTS

#ifdef __cplusplus
extern "C" {
#endif

/* Names of typed parameters and statistics. What ends in PREFIX or SUFFIX stands around a number. */

#define VIR_THREADPOOL_WORKERS_MIN "minWorkers" /* Since: 2.0.0 */

#define VIR_THREADPOOL_WORKERS_MAX "maxWorkers" /* Since: 2.0.0 */

#define VIR_THREADPOOL_WORKERS_PRIORITY "prioWorkers" /* Since: 2.0.0 */

#define VIR_THREADPOOL_WORKERS_FREE "freeWorkers" /* Since: 2.0.0 */

#define VIR_THREADPOOL_WORKERS_CURRENT "nWorkers" /* Since: 2.0.0 */

#define VIR_THREADPOOL_JOB_QUEUE_DEPTH "jobQueueDepth" /* Since: 2.0.0 */

#define VIR_CLIENT_INFO_READONLY "readonly" /* Since: 2.0.0 */

#define VIR_CLIENT_INFO_SOCKET_ADDR "sock_addr" /* Since: 2.0.0 */

#define VIR_CLIENT_INFO_SASL_USER_NAME "sasl_user_name" /* Since: 2.0.0 */

#define VIR_CLIENT_INFO_X509_DISTINGUISHED_NAME "tls_x509_dname" /* Since: 2.0.0 */

#define VIR_CLIENT_INFO_UNIX_USER_ID "unix_user_id" /* Since: 2.0.0 */
#define VIR_CLIENT_INFO_UNIX_USER_NAME "unix_user_name" /* Since: 2.0.0 */
#define VIR_CLIENT_INFO_UNIX_GROUP_ID "unix_group_id" /* Since: 2.0.0 */
#define VIR_CLIENT_INFO_UNIX_GROUP_NAME "unix_group_name" /* Since: 2.0.0 */
#define VIR_CLIENT_INFO_UNIX_PROCESS_ID "unix_process_id" /* Since: 2.0.0 */

#define VIR_CLIENT_INFO_SELINUX_CONTEXT "selinux_context" /* Since: 2.0.0 */

#define VIR_SERVER_CLIENTS_MAX "nclients_max" /* Since: 2.0.0 */

#define VIR_SERVER_CLIENTS_CURRENT "nclients" /* Since: 2.0.0 */

#define VIR_SERVER_CLIENTS_UNAUTH_MAX "nclients_unauth_max" /* Since: 2.0.0 */
#define VIR_SERVER_CLIENTS_UNAUTH_CURRENT "nclients_unauth" /* Since: 2.0.0 */

/**
 * virAdmConnect:
 * What is in it is not for programs.
 */
typedef struct _virAdmConnect virAdmConnect;

/**
 * virAdmServer:
 * What is in it is not for programs.
 */
typedef struct _virAdmServer virAdmServer;

/**
 * virAdmClient:
 * What is in it is not for programs.
 */
typedef struct _virAdmClient virAdmClient;

/** virAdmConnectPtr: a pointer to virAdmConnect. Since: 2.0.0 */
typedef virAdmConnect *virAdmConnectPtr;

/** virAdmServerPtr: a pointer to virAdmServer. Since: 2.0.0 */
typedef virAdmServer *virAdmServerPtr;

/** virAdmClientPtr: a pointer to virAdmClient. Since: 2.0.0 */
typedef virAdmClient *virAdmClientPtr;

/**
 * virAdmConnectCloseFunc:
 * Is called when a connection is closed.
 *
 * Since: 2.0.0
 */
typedef void (*virAdmConnectCloseFunc)(virAdmConnectPtr conn, int reason, void *opaque);

/**
 * virClientTransport:
 * How a client is connected.
 */
typedef enum {
    VIR_CLIENT_TRANS_UNIX = 0, /* Since: 2.0.0 */
    VIR_CLIENT_TRANS_TCP = 1, /* Since: 2.0.0 */
    VIR_CLIENT_TRANS_TLS = 2 /* Since: 2.0.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_CLIENT_TRANS_LAST = 3
#endif
} virClientTransport;

/**
 * virAdmConnectDaemonShutdownFlags:
 * Flags of virAdmConnectDaemonShutdown.
 */
typedef enum {
    VIR_DAEMON_SHUTDOWN_PRESERVE = (1 << 0) /* Since: 11.2.0 */
} virAdmConnectDaemonShutdownFlags;

/**
 * virAdmInitialize:
 * Sets the library up. Calls that need it do it themselves.
 *
 * Returns: 0, -1 on failure.
 * Since: 2.0.0
 */
int virAdmInitialize(void);

/**
 * virAdmConnectOpen:
 * Opens a connection to a daemon, to administer it.
 *
 * @name: URI; NULL for the one of the configuration, or the system daemon
 * @flags: none are defined: 0
 *
 * Returns: a connection, to be given up with virAdmConnectClose(); NULL on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
virAdmConnectPtr virAdmConnectOpen(const char *name, unsigned int flags);

/**
 * virAdmConnectClose:
 * Gives up a reference to a connection, which closes with the last one.
 *
 * @conn: a connection to a daemon
 *
 * Returns: how many references are left, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN.
 * Since: 2.0.0
 */
int virAdmConnectClose(virAdmConnectPtr conn);

/**
 * virAdmConnectRef:
 * Takes another reference to a connection.
 *
 * @conn: a connection to a daemon
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN.
 * Since: 2.0.0
 */
int virAdmConnectRef(virAdmConnectPtr conn);

/**
 * virAdmConnectIsAlive:
 * Tells whether the connection works still.
 *
 * @conn: a connection to a daemon
 *
 * Returns: 1 if it does, 0 if not, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN.
 * Since: 2.0.0
 */
int virAdmConnectIsAlive(virAdmConnectPtr conn);

/**
 * virAdmServerFree:
 * Gives up a reference to a server.
 *
 * @srv: a server of a daemon
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmServerFree(virAdmServerPtr srv);

/**
 * virAdmConnectListServers:
 * Lists the servers of a daemon.
 *
 * @conn: a connection to a daemon
 * @servers: set to an array with a NULL at the end; each object is given up with virAdmServerFree(),
 *     the array with free(). NULL to count only
 * @flags: none are defined: 0
 *
 * Returns: the number of servers, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmConnectListServers(virAdmConnectPtr conn, virAdmServerPtr **servers, unsigned int flags);

/**
 * virAdmGetVersion:
 * Tells the version of this library.
 *
 * @libVer: set to major * 1000000 + minor * 1000 + micro
 *
 * Returns: 0, -1 on failure.
 * Since: 2.0.0
 */
int virAdmGetVersion(unsigned long long *libVer);

/**
 * virAdmConnectGetURI:
 * Gives the URI of the connection.
 *
 * @conn: a connection to a daemon
 *
 * Returns: text, which the caller frees with free(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN.
 * Since: 2.0.0
 */
char *virAdmConnectGetURI(virAdmConnectPtr conn);

/**
 * virAdmConnectGetLibVersion:
 * Tells the version of the daemon's library.
 *
 * @conn: a connection to a daemon
 * @libVer: set to major * 1000000 + minor * 1000 + micro
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmConnectGetLibVersion(virAdmConnectPtr conn, unsigned long long *libVer);

/**
 * virAdmConnectRegisterCloseCallback:
 * Asks for a call when the connection is lost. There can be one for each connection.
 *
 * @conn: a connection to a daemon
 * @cb: the function
 * @opaque: what @cb is given
 * @freecb: frees @opaque when the registration ends; may be NULL
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmConnectRegisterCloseCallback(virAdmConnectPtr conn, virAdmConnectCloseFunc cb,
                                       void *opaque, virFreeCallback freecb);

/**
 * virAdmConnectUnregisterCloseCallback:
 * Ends what virAdmConnectRegisterCloseCallback began.
 *
 * @conn: a connection to a daemon
 * @cb: the function
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmConnectUnregisterCloseCallback(virAdmConnectPtr conn, virAdmConnectCloseFunc cb);

/**
 * virAdmServerGetName:
 * Gives the name of a server.
 *
 * @srv: a server of a daemon
 *
 * Returns: text that lasts as long as the object and must not be freed; NULL on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
const char *virAdmServerGetName(virAdmServerPtr srv);

/**
 * virAdmConnectLookupServer:
 * Finds a server of a daemon by its name.
 *
 * @conn: a connection to a daemon
 * @name: its name
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virAdmServerFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
virAdmServerPtr virAdmConnectLookupServer(virAdmConnectPtr conn, const char *name,
                                          unsigned int flags);

/**
 * virAdmServerGetThreadPoolParameters:
 * Tells how many workers a server has and may have.
 *
 * @srv: a server of a daemon
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmServerGetThreadPoolParameters(virAdmServerPtr srv, virTypedParameterPtr *params,
                                        int *nparams, unsigned int flags);

/**
 * virAdmServerSetThreadPoolParameters:
 * Sets how many workers a server may have.
 *
 * @srv: a server of a daemon
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmServerSetThreadPoolParameters(virAdmServerPtr srv, virTypedParameterPtr params,
                                        int nparams, unsigned int flags);

/**
 * virAdmClientGetID:
 * Gives the number of a client.
 *
 * @client: a client of a server
 *
 * Returns: the number, (unsigned long long)-1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
unsigned long long virAdmClientGetID(virAdmClientPtr client);

/**
 * virAdmClientGetTimestamp:
 * Tells when a client connected.
 *
 * @client: a client of a server
 *
 * Returns: seconds since 1970, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
long long virAdmClientGetTimestamp(virAdmClientPtr client);

/**
 * virAdmClientGetTransport:
 * Tells how a client is connected.
 *
 * @client: a client of a server
 *
 * Returns: a virClientTransport, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmClientGetTransport(virAdmClientPtr client);

/**
 * virAdmClientFree:
 * Gives up a reference to a client. The client stays connected.
 *
 * @client: a client of a server
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmClientFree(virAdmClientPtr client);

/**
 * virAdmServerListClients:
 * Lists the clients of a server.
 *
 * @srv: a server of a daemon
 * @clients: set to an array with a NULL at the end; each object is given up with virAdmClientFree(),
 *     the array with free(). NULL to count only
 * @flags: none are defined: 0
 *
 * Returns: the number of clients, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmServerListClients(virAdmServerPtr srv, virAdmClientPtr **clients, unsigned int flags);

/**
 * virAdmServerLookupClient:
 * Finds a client of a server by its number.
 *
 * @srv: a server of a daemon
 * @id: its number
 * @flags: none are defined: 0
 *
 * Returns: a new reference, to be given up with virAdmClientFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
virAdmClientPtr virAdmServerLookupClient(virAdmServerPtr srv, unsigned long long id,
                                         unsigned int flags);

/**
 * virAdmClientGetInfo:
 * Tells who a client is.
 *
 * @client: a client of a server
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmClientGetInfo(virAdmClientPtr client, virTypedParameterPtr *params, int *nparams,
                        unsigned int flags);

/**
 * virAdmClientClose:
 * Disconnects a client of the daemon.
 *
 * @client: a client of a server
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmClientClose(virAdmClientPtr client, unsigned int flags);

/**
 * virAdmServerGetClientLimits:
 * Tells how many clients a server has and may have.
 *
 * @srv: a server of a daemon
 * @params: set to an array, which the caller frees with virTypedParamsFree()
 * @nparams: set to how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmServerGetClientLimits(virAdmServerPtr srv, virTypedParameterPtr *params, int *nparams,
                                unsigned int flags);

/**
 * virAdmServerSetClientLimits:
 * Sets how many clients a server may have.
 *
 * @srv: a server of a daemon
 * @params: typed parameters
 * @nparams: how many there are
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmServerSetClientLimits(virAdmServerPtr srv, virTypedParameterPtr params, int nparams,
                                unsigned int flags);

/**
 * virAdmServerUpdateTlsFiles:
 * Has a server read its certificates and keys again.
 *
 * @srv: a server of a daemon
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_ARG.
 * Since: 2.0.0
 */
int virAdmServerUpdateTlsFiles(virAdmServerPtr srv, unsigned int flags);

/**
 * virAdmConnectGetLoggingOutputs:
 * Tells the daemon's log outputs as text.
 *
 * @conn: a connection to a daemon
 * @outputs: set to text, which the caller frees with free()
 * @flags: none are defined: 0
 *
 * Returns: the number of outputs, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 3.0.0
 */
int virAdmConnectGetLoggingOutputs(virAdmConnectPtr conn, char **outputs, unsigned int flags);

/**
 * virAdmConnectGetLoggingFilters:
 * Tells the daemon's log filters as text.
 *
 * @conn: a connection to a daemon
 * @filters: set to text, which the caller frees with free()
 * @flags: none are defined: 0
 *
 * Returns: the number of filters, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 3.0.0
 */
int virAdmConnectGetLoggingFilters(virAdmConnectPtr conn, char **filters, unsigned int flags);

/**
 * virAdmConnectSetLoggingOutputs:
 * Sets the daemon's log outputs, until it ends.
 *
 * @conn: a connection to a daemon
 * @outputs: the outputs, with spaces between them; NULL or empty for the usual one
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 3.0.0
 */
int virAdmConnectSetLoggingOutputs(virAdmConnectPtr conn, const char *outputs, unsigned int flags);

/**
 * virAdmConnectSetLoggingFilters:
 * Sets the daemon's log filters, until it ends.
 *
 * @conn: a connection to a daemon
 * @filters: the filters, with spaces between them; NULL or empty for none
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 3.0.0
 */
int virAdmConnectSetLoggingFilters(virAdmConnectPtr conn, const char *filters, unsigned int flags);

/**
 * virAdmConnectSetDaemonTimeout:
 * Sets after which time without clients and running guests the daemon ends by itself.
 *
 * @conn: a connection to a daemon
 * @timeout: seconds; 0 for never
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 8.6.0
 */
int virAdmConnectSetDaemonTimeout(virAdmConnectPtr conn, unsigned int timeout, unsigned int flags);

/**
 * virAdmConnectDaemonShutdown:
 * Asks the daemon to end.
 *
 * @conn: a connection to a daemon
 * @flags: 0, or virAdmConnectDaemonShutdownFlags or-ed together
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 11.2.0
 */
int virAdmConnectDaemonShutdown(virAdmConnectPtr conn, unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_ADMIN_H */
