/*
 * speed.c: what is measured of the C library. One program for ours and for libvirt's own.
 *
 *   client lookup URI SECONDS    calls of virDomainLookupByName a second
 *   client cpu URI CALLS         microseconds of processor time of 1000 calls
 *   client open URI              opens and closes a connection
 *   client loaded URI            how many shared libraries the process has then
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libvirt/libvirt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double processor(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) / 1e6;
}

static void look_up(virConnectPtr conn)
{
    virDomainPtr domain = virDomainLookupByName(conn, "test");
    if (!domain)
        exit(1);
    virDomainFree(domain);
}

static int loaded(void)
{
    char line[4096], last[4096] = "";
    int count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof(line), maps)) {
        char *path = strchr(line, '/');
        if (path && strstr(path, ".so") && strcmp(path, last) != 0) {
            strcpy(last, path);
            count++;
        }
    }
    return count;
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    virConnectPtr conn = argc > 2 ? virConnectOpen(argv[2]) : NULL;
    long number = argc > 3 ? atol(argv[3]) : 0;
    if (!conn)
        return 1;
    if (strcmp(what, "lookup") == 0) {
        double start = now(), end = start + (double)number;
        long calls = 0;
        do {
            int at;
            for (at = 0; at < 1000; at++)
                look_up(conn);
            calls += 1000;
        } while (now() < end);
        printf("%.0f\n", (double)calls / (now() - start));
    } else if (strcmp(what, "cpu") == 0) {
        double before;
        long at;
        for (at = 0; at < 100; at++)
            look_up(conn);
        before = processor();
        for (at = 0; at < number; at++)
            look_up(conn);
        printf("%.1f\n", (processor() - before) * 1e6 / (double)number * 1000);
    } else if (strcmp(what, "loaded") == 0) {
        printf("%d\n", loaded());
    }
    return virConnectClose(conn) != 0;
}
