/*
 * libvirt-event.h: event loops.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_EVENT_H
#define FERROVIRT_LIBVIRT_EVENT_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virEventHandleType:
 * What happens to a file descriptor.
 */
typedef enum {
    VIR_EVENT_HANDLE_READABLE = (1 << 0), /* Since: 0.5.0 */
    VIR_EVENT_HANDLE_WRITABLE = (1 << 1), /* Since: 0.5.0 */
    VIR_EVENT_HANDLE_ERROR = (1 << 2), /* Since: 0.5.0 */
    VIR_EVENT_HANDLE_HANGUP = (1 << 3) /* Since: 0.5.0 */
} virEventHandleType;

/**
 * virEventHandleCallback:
 * Something happened to a file descriptor.
 *
 * Since: 0.5.0
 */
typedef void (*virEventHandleCallback)(int watch, int fd, int events, void *opaque);

/**
 * virEventAddHandleFunc:
 * A program's event loop is to watch a file descriptor. Returns a number for it, or -1.
 *
 * Since: 0.5.0
 */
typedef int (*virEventAddHandleFunc)(
        int fd, int event, virEventHandleCallback cb, void *opaque, virFreeCallback ff);

/**
 * virEventUpdateHandleFunc:
 * A program's event loop is to watch other events of a file descriptor.
 *
 * Since: 0.5.0
 */
typedef void (*virEventUpdateHandleFunc)(int watch, int event);

/**
 * virEventRemoveHandleFunc:
 * A program's event loop is to watch a file descriptor no longer, and to call its free function later,
 * not from here.
 *
 * Since: 0.5.0
 */
typedef int (*virEventRemoveHandleFunc)(int watch);

/**
 * virEventTimeoutCallback:
 * A timer fires.
 *
 * Since: 0.5.0
 */
typedef void (*virEventTimeoutCallback)(int timer, void *opaque);

/**
 * virEventAddTimeoutFunc:
 * A program's event loop is to call @cb every @timeout milliseconds. Returns a number for it, or -1.
 *
 * Since: 0.5.0
 */
typedef int (*virEventAddTimeoutFunc)(
        int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff);

/**
 * virEventUpdateTimeoutFunc:
 * A program's event loop is to fire a timer in another interval.
 *
 * Since: 0.5.0
 */
typedef void (*virEventUpdateTimeoutFunc)(int timer, int timeout);

/**
 * virEventRemoveTimeoutFunc:
 * A program's event loop is to forget a timer, and to call its free function later, not from here.
 *
 * Since: 0.5.0
 */
typedef int (*virEventRemoveTimeoutFunc)(int timer);

/**
 * virEventRegisterImpl:
 * Registers the program's own event loop. To be called once, before connections are opened.
 *
 * @addHandle: watches a descriptor
 * @updateHandle: changes a watch
 * @removeHandle: ends a watch
 * @addTimeout: adds a timer
 * @updateTimeout: changes a timer
 * @removeTimeout: removes a timer
 *
 * Since: 0.5.0
 */
void virEventRegisterImpl(virEventAddHandleFunc addHandle, virEventUpdateHandleFunc updateHandle,
                          virEventRemoveHandleFunc removeHandle,
                          virEventAddTimeoutFunc addTimeout,
                          virEventUpdateTimeoutFunc updateTimeout,
                          virEventRemoveTimeoutFunc removeTimeout);

/**
 * virEventRegisterDefaultImpl:
 * Registers the library's own event loop, which virEventRunDefaultImpl runs. To be called once, before
 * connections are opened.
 *
 * Returns: 0, -1 on failure.
 * Since: 0.9.0
 */
int virEventRegisterDefaultImpl(void);

/**
 * virEventRunDefaultImpl:
 * Runs one round of the library's own event loop: waits until something happens, and calls whom it
 * concerns.
 *
 * Returns: 0, -1 on failure.
 * Since: 0.9.0
 */
int virEventRunDefaultImpl(void);

/**
 * virEventAddHandle:
 * Has the registered event loop watch a file descriptor.
 *
 * @fd: the file descriptor; it stays the caller's
 * @events: which events
 * @cb: the function
 * @opaque: what @cb is given
 * @ff: frees @opaque when it is not used any more; may be NULL
 *
 * Returns: a number by which it is changed and removed, -1 on failure.
 * Since: 0.9.3
 */
int virEventAddHandle(int fd, int events, virEventHandleCallback cb, void *opaque,
                      virFreeCallback ff);

/**
 * virEventUpdateHandle:
 * Changes which events of a file descriptor are watched.
 *
 * @watch: what the registration gave
 * @events: which events
 *
 * Since: 0.9.3
 */
void virEventUpdateHandle(int watch, int events);

/**
 * virEventRemoveHandle:
 * Ends the watch of a file descriptor. It can be called within a callback.
 *
 * @watch: what the registration gave
 *
 * Returns: 0, -1 on failure.
 * Since: 0.9.3
 */
int virEventRemoveHandle(int watch);

/**
 * virEventAddTimeout:
 * Has the registered event loop call a function again and again.
 *
 * @timeout: milliseconds between calls; 0 for as often as can be, -1 for not yet
 * @cb: the function
 * @opaque: what @cb is given
 * @ff: frees @opaque when it is not used any more; may be NULL
 *
 * Returns: a number by which it is changed and removed, -1 on failure.
 * Since: 0.9.3
 */
int virEventAddTimeout(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff);

/**
 * virEventUpdateTimeout:
 * Changes how often a timer fires.
 *
 * @timer: what the registration gave
 * @timeout: milliseconds between calls; 0 for as often as can be, -1 to stop it
 *
 * Since: 0.9.3
 */
void virEventUpdateTimeout(int timer, int timeout);

/**
 * virEventRemoveTimeout:
 * Removes a timer. It can be called within a callback.
 *
 * @timer: what the registration gave
 *
 * Returns: 0, -1 on failure.
 * Since: 0.9.3
 */
int virEventRemoveTimeout(int timer);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_EVENT_H */
