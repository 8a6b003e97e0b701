/*
 * harness.c: runs each call in a process of its own, and says on a line what it gave.
 *
 * The first argument is the URI, the second the URI for administration (or nothing). A line has, between tabs:
 * function, variant, result, error code, domain, level, message.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "harness.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>

/* Seconds that a call may take. */
#define PATIENCE 10

static const char *uri;
static const char *admin_uri;
static int for_reading;

static const char *volume_xml =
    "<volume><name>v1</name><capacity>1048576</capacity><target><path>/default-pool/v1</path></target></volume>";

void read_only(void)
{
    for_reading = 1;
}

virConnectPtr a_connection(void)
{
    static virConnectPtr conn;
    if (!conn)
        conn = for_reading ? virConnectOpenReadOnly(uri) : virConnectOpen(uri);
    return conn;
}

/* A connection that may write, to prepare what calls need. */
static virConnectPtr preparing(void)
{
    static virConnectPtr conn;
    if (!for_reading)
        return a_connection();
    if (!conn)
        conn = virConnectOpen(uri);
    return conn;
}

virDomainPtr a_domain(void)
{
    return virDomainLookupByName(a_connection(), "test");
}

virDomainSnapshotPtr a_snapshot(void)
{
    virDomainPtr domain = virDomainLookupByName(preparing(), "test");
    virDomainSnapshotPtr made = virDomainSnapshotCreateXML(
        domain, "<domainsnapshot><name>s1</name></domainsnapshot>", 0);
    virDomainSnapshotPtr found;
    if (made)
        virDomainSnapshotFree(made);
    found = virDomainSnapshotLookupByName(a_domain(), "s1", 0);
    return found;
}

virDomainCheckpointPtr a_checkpoint(void)
{
    virDomainPtr domain = virDomainLookupByName(preparing(), "test");
    virDomainCheckpointPtr made = virDomainCheckpointCreateXML(
        domain, "<domaincheckpoint><name>c1</name></domaincheckpoint>", 0);
    if (made)
        virDomainCheckpointFree(made);
    return virDomainCheckpointLookupByName(a_domain(), "c1", 0);
}

virNetworkPtr a_network(void)
{
    return virNetworkLookupByName(a_connection(), "default");
}

virNetworkPortPtr a_port(void)
{
    virNetworkPtr network = virNetworkLookupByName(preparing(), "default");
    return virNetworkPortCreateXML(network,
                                   "<networkport><uuid>5f0f2a4a-7a3f-4a2b-8a5c-0b5a7a3f4a2b</uuid>"
                                   "<owner><name>test</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid></owner>"
                                   "<mac address='52:54:00:7b:35:93'/></networkport>",
                                   0);
}

virStoragePoolPtr a_pool(void)
{
    return virStoragePoolLookupByName(a_connection(), "default-pool");
}

virStorageVolPtr a_volume(void)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(preparing(), "default-pool");
    virStorageVolPtr made = virStorageVolCreateXML(pool, volume_xml, 0);
    if (made)
        virStorageVolFree(made);
    return virStorageVolLookupByName(a_pool(), "v1");
}

virInterfacePtr an_interface(void)
{
    return virInterfaceLookupByName(a_connection(), "eth1");
}

virNodeDevicePtr a_device(void)
{
    return virNodeDeviceLookupByName(a_connection(), "computer");
}

virSecretPtr a_secret(void)
{
    return virSecretDefineXML(preparing(),
                              "<secret ephemeral='no' private='no'><uuid>aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa</uuid>"
                              "<usage type='volume'><volume>/x</volume></usage></secret>",
                              0);
}

virNWFilterPtr a_filter(void)
{
    return virNWFilterDefineXML(preparing(), "<filter name='f1' chain='root'/>");
}

virNWFilterBindingPtr a_binding(void)
{
    return virNWFilterBindingLookupByPortDev(a_connection(), "vnet0");
}

virStreamPtr a_stream(void)
{
    return virStreamNew(a_connection(), VIR_STREAM_NONBLOCK);
}

virAdmConnectPtr an_administration(void)
{
    static virAdmConnectPtr conn;
    if (!conn && *admin_uri)
        conn = virAdmConnectOpen(admin_uri, 0);
    return conn;
}

virAdmServerPtr a_server(void)
{
    return virAdmConnectLookupServer(an_administration(), "libvirtd", 0);
}

virAdmClientPtr a_client(void)
{
    virAdmServerPtr server = virAdmConnectLookupServer(an_administration(), "admin", 0);
    virAdmClientPtr *clients = NULL;
    int count = virAdmServerListClients(server, &clients, 0);
    return count > 0 ? clients[count - 1] : NULL;
}

void *something_else(const char *type)
{
    if (strcmp(type, "virConnectPtr") == 0)
        return a_domain();
    return a_connection();
}

void *room(int which)
{
    static char *rooms[16];
    if (!rooms[which])
        rooms[which] = calloc(1, 65536);
    return rooms[which];
}

virTypedParameterPtr a_parameter(const char *name, int type)
{
    virTypedParameterPtr parameter = calloc(2, sizeof(*parameter));
    strncpy(parameter->field, name, VIR_TYPED_PARAM_FIELD_LENGTH - 1);
    parameter->type = type;
    if (type == VIR_TYPED_PARAM_STRING)
        parameter->value.s = strdup("x");
    else if (type == VIR_TYPED_PARAM_DOUBLE)
        parameter->value.d = 1;
    else
        parameter->value.ul = 1;
    return parameter;
}

const unsigned char *uuid_of(const char *text)
{
    static unsigned char uuid[16];
    int at = 0;
    for (; *text && at < 16; text++) {
        unsigned int byte;
        if (*text == '-')
            continue;
        sscanf(text, "%2x", &byte);
        uuid[at++] = (unsigned char)byte;
        text++;
    }
    return uuid;
}

int nothing(void)
{
    return 0;
}

static char put[8192];

/* Text on one line. */
static void plain(char *to, size_t size, const char *text)
{
    size_t at = 0;
    for (; text && *text && at + 3 < size; text++) {
        if (*text == '\n' || *text == '\t' || *text == '\r') {
            to[at++] = '\\';
            to[at++] = *text == '\n' ? 'n' : *text == '\t' ? 't' : 'r';
        } else {
            to[at++] = *text;
        }
    }
    to[at] = 0;
}

void put_number(const char *name, long long value)
{
    size_t used = strlen(put);
    if (value)
        snprintf(put + used, sizeof(put) - used, " %s=%lld", name, value);
}

void put_text(const char *name, const char *text)
{
    size_t used = strlen(put);
    char shown[4096];
    if (!text)
        return;
    plain(shown, sizeof(shown), text);
    snprintf(put + used, sizeof(put) - used, " %s=%s", name, shown);
}

static void line(const char *function, const char *variant, const char *result)
{
    virErrorPtr error = virGetLastError();
    char message[4096] = "";
    if (error)
        plain(message, sizeof(message), error->message);
    printf("%s\t%s\t%s%s\t%d\t%d\t%d\t%s\n", function, variant, result, put, error ? error->code : 0,
           error ? error->domain : 0, error ? (int)error->level : 0, message);
    fflush(stdout);
}

void gave_number(const char *function, const char *variant, long long value)
{
    char text[32];
    snprintf(text, sizeof(text), "%lld", value);
    line(function, variant, text);
}

void gave_text(const char *function, const char *variant, const char *text)
{
    static char shown[16384];
    plain(shown, sizeof(shown), text);
    line(function, variant, text ? shown : "NULL");
}

void gave_pointer(const char *function, const char *variant, const void *pointer)
{
    line(function, variant, pointer ? "object" : "NULL");
}

static void quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

int main(int argc, char **argv)
{
    const struct call *call;
    const char *only = argc > 3 ? argv[3] : NULL;
    uri = argc > 1 ? argv[1] : "test:///default";
    admin_uri = argc > 2 ? argv[2] : "";
    /* without these the C library's thread-local error is no error but garbage */
    if (virInitialize() < 0 || virAdmInitialize() < 0)
        return 1;
    virSetErrorFunc(NULL, quiet);
    for (call = calls; call->function; call++) {
        int status;
        pid_t child;
        if (only && strcmp(only, call->function) != 0)
            continue;
        child = fork();
        if (child == 0) {
            alarm(PATIENCE);
            if (strcmp(call->variant, "reading") == 0)
                read_only();
            call->run(call->function, call->variant);
            _exit(0);
        }
        if (child < 0 || waitpid(child, &status, 0) < 0)
            return 1;
        if (WIFSIGNALED(status))
            printf("%s\t%s\t%s\t0\t0\t0\t\n", call->function, call->variant,
                   WTERMSIG(status) == SIGALRM ? "TIMEOUT" : "CRASH");
        fflush(stdout);
    }
    return 0;
}
