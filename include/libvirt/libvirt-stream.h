/*
 * libvirt-stream.h: streams of bytes beside calls.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_PARTS
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_STREAM_H
#define FERROVIRT_LIBVIRT_STREAM_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * virStreamFlags:
 * Flags of virStreamNew.
 */
typedef enum {
    VIR_STREAM_NONBLOCK = (1 << 0) /* Since: 0.7.2 */
} virStreamFlags;

/**
 * virStreamRecvFlagsValues:
 * Flags of virStreamRecvFlags.
 */
typedef enum {
    VIR_STREAM_RECV_STOP_AT_HOLE = (1 << 0) /* Since: 3.4.0 */
} virStreamRecvFlagsValues;

/**
 * virStreamSourceFunc:
 * Gives what is to be sent, at most @nbytes. Returns how many bytes, 0 at the end, or -1 to abort.
 *
 * Since: 0.7.2
 */
typedef int (*virStreamSourceFunc)(virStreamPtr st, char *data, size_t nbytes, void *opaque);

/**
 * virStreamSourceHoleFunc:
 * Tells whether data or a hole comes next, and how long it is. Returns 0, or -1 to abort.
 *
 * Since: 3.4.0
 */
typedef int (*virStreamSourceHoleFunc)(
        virStreamPtr st, int *inData, long long *length, void *opaque);

/**
 * virStreamSourceSkipFunc:
 * Passes over a hole of @length bytes. Returns 0, or -1 to abort.
 *
 * Since: 3.4.0
 */
typedef int (*virStreamSourceSkipFunc)(virStreamPtr st, long long length, void *opaque);

/**
 * virStreamSinkFunc:
 * Takes what came from a stream. Returns how many bytes it took, or -1 to abort.
 *
 * Since: 0.7.2
 */
typedef int (*virStreamSinkFunc)(virStreamPtr st, const char *data, size_t nbytes, void *opaque);

/**
 * virStreamSinkHoleFunc:
 * Takes a hole of @length bytes. Returns 0, or -1 to abort.
 *
 * Since: 3.4.0
 */
typedef int (*virStreamSinkHoleFunc)(virStreamPtr st, long long length, void *opaque);

/**
 * virStreamEventType:
 * What happens to a stream.
 */
typedef enum {
    VIR_STREAM_EVENT_READABLE = (1 << 0), /* Since: 0.7.2 */
    VIR_STREAM_EVENT_WRITABLE = (1 << 1), /* Since: 0.7.2 */
    VIR_STREAM_EVENT_ERROR = (1 << 2), /* Since: 0.7.2 */
    VIR_STREAM_EVENT_HANGUP = (1 << 3) /* Since: 0.7.2 */
} virStreamEventType;

/**
 * virStreamEventCallback:
 * A stream can be read or written, or has failed. @events are virStreamEventType.
 *
 * Since: 0.7.2
 */
typedef void (*virStreamEventCallback)(virStreamPtr stream, int events, void *opaque);

/**
 * virStreamNew:
 * Makes a stream, which a later call connects to something.
 *
 * @conn: a connection
 * @flags: 0, or virStreamFlags or-ed together
 *
 * Returns: a new reference, to be given up with virStreamFree(); NULL on failure.
 * Errors: VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_ARG.
 * Since: 0.7.2
 */
virStreamPtr virStreamNew(virConnectPtr conn, unsigned int flags);

/**
 * virStreamRef:
 * Takes another reference to a stream.
 *
 * @stream: a stream
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM.
 * Since: 0.7.2
 */
int virStreamRef(virStreamPtr stream);

/**
 * virStreamSend:
 * Writes to a stream.
 *
 * @stream: a stream
 * @data: the bytes
 * @nbytes: how many bytes at most
 *
 * Returns: how many bytes were taken, which can be fewer; -1 on failure, -2 if it would have to wait.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 0.7.2
 */
int virStreamSend(virStreamPtr stream, const char *data, size_t nbytes);

/**
 * virStreamRecv:
 * Reads from a stream.
 *
 * @stream: a stream
 * @data: the bytes
 * @nbytes: how many bytes at most
 *
 * Returns: how many bytes were read, 0 at the end, -1 on failure, -2 if it would have to wait.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 0.7.2
 */
int virStreamRecv(virStreamPtr stream, char *data, size_t nbytes);

/**
 * virStreamRecvFlags:
 * Reads from a stream that may have holes.
 *
 * @stream: a stream
 * @data: the bytes
 * @nbytes: how many bytes at most
 * @flags: 0, or virStreamRecvFlagsValues or-ed together
 *
 * Returns: how many bytes were read, 0 at the end, -1 on failure, -2 if it would have to wait, -3 at a
 *     hole with VIR_STREAM_RECV_STOP_AT_HOLE.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 3.4.0
 */
int virStreamRecvFlags(virStreamPtr stream, char *data, size_t nbytes, unsigned int flags);

/**
 * virStreamSendHole:
 * Sends a hole instead of zeros.
 *
 * @stream: a stream
 * @length: its length in bytes
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 3.4.0
 */
int virStreamSendHole(virStreamPtr stream, long long length, unsigned int flags);

/**
 * virStreamRecvHole:
 * Passes over a hole in a stream.
 *
 * @stream: a stream
 * @length: set to its length in bytes
 * @flags: none are defined: 0
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 3.4.0
 */
int virStreamRecvHole(virStreamPtr stream, long long *length, unsigned int flags);

/**
 * virStreamSendAll:
 * Writes to a stream all that a function gives, until it gives nothing. The stream must be blocking.
 *
 * @stream: a stream
 * @handler: the function
 * @opaque: what @cb is given
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 0.7.2
 */
int virStreamSendAll(virStreamPtr stream, virStreamSourceFunc handler, void *opaque);

/**
 * virStreamSparseSendAll:
 * Writes to a stream all that a function gives, with holes.
 *
 * @stream: a stream
 * @handler: the function
 * @holeHandler: the function for holes
 * @skipHandler: passes over a hole in the source
 * @opaque: what @cb is given
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 3.4.0
 */
int virStreamSparseSendAll(virStreamPtr stream, virStreamSourceFunc handler,
                           virStreamSourceHoleFunc holeHandler,
                           virStreamSourceSkipFunc skipHandler, void *opaque);

/**
 * virStreamRecvAll:
 * Reads a stream to its end, and gives what comes to a function. The stream must be blocking.
 *
 * @stream: a stream
 * @handler: the function
 * @opaque: what @cb is given
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 0.7.2
 */
int virStreamRecvAll(virStreamPtr stream, virStreamSinkFunc handler, void *opaque);

/**
 * virStreamSparseRecvAll:
 * Reads a stream to its end, and gives data and holes to one function each.
 *
 * @stream: a stream
 * @handler: the function
 * @holeHandler: the function for holes
 * @opaque: what @cb is given
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 3.4.0
 */
int virStreamSparseRecvAll(virStreamPtr stream, virStreamSinkFunc handler,
                           virStreamSinkHoleFunc holeHandler, void *opaque);

/**
 * virStreamEventAddCallback:
 * Asks for a call when a stream can be read or written without waiting.
 *
 * @stream: a stream
 * @events: which events
 * @cb: the function
 * @opaque: what @cb is given
 * @ff: frees @opaque when it is not used any more; may be NULL
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 0.7.2
 */
int virStreamEventAddCallback(virStreamPtr stream, int events, virStreamEventCallback cb,
                              void *opaque, virFreeCallback ff);

/**
 * virStreamEventUpdateCallback:
 * Changes which events of a stream are watched.
 *
 * @stream: a stream
 * @events: which events
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM, VIR_ERR_INVALID_ARG.
 * Since: 0.7.2
 */
int virStreamEventUpdateCallback(virStreamPtr stream, int events);

/**
 * virStreamEventRemoveCallback:
 * Ends what virStreamEventAddCallback began.
 *
 * @stream: a stream
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM.
 * Since: 0.7.2
 */
int virStreamEventRemoveCallback(virStreamPtr stream);

/**
 * virStreamFinish:
 * Ends a stream that is complete, and waits until the other side has all of it.
 *
 * @stream: a stream
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM.
 * Since: 0.7.2
 */
int virStreamFinish(virStreamPtr stream);

/**
 * virStreamAbort:
 * Ends a stream before its end: the other side takes it for a failure.
 *
 * @stream: a stream
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM.
 * Since: 0.7.2
 */
int virStreamAbort(virStreamPtr stream);

/**
 * virStreamFree:
 * Gives up a reference to a stream. One that was not ended is aborted with the last one.
 *
 * @stream: a stream
 *
 * Returns: 0, -1 on failure.
 * Errors: VIR_ERR_INVALID_STREAM.
 * Since: 0.7.2
 */
int virStreamFree(virStreamPtr stream);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_STREAM_H */
