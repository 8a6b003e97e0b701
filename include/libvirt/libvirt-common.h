/*
 * libvirt-common.h: what all parts of the API use: versions, typed parameters.
 *
 * Functions that can fail report why: virGetLastError() in virterror.h. What the Errors lines name
 * comes from the call itself; besides, any call can fail with VIR_ERR_RPC, VIR_ERR_SYSTEM_ERROR,
 * VIR_ERR_INTERNAL_ERROR, VIR_ERR_ACCESS_DENIED and VIR_ERR_NO_MEMORY, and those that read a
 * document with VIR_ERR_XML_ERROR, VIR_ERR_XML_DETAIL and VIR_ERR_CONFIG_UNSUPPORTED.
 * VIR_ERR_NO_SUPPORT is what the driver does not have. Strings are UTF-8 and end with NUL;
 * arguments are not kept and stay the caller's. Enumerations of numbers end with a ..._LAST if
 * VIR_ENUM_SENTINELS is defined, which grows with each version.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if !defined(FERROVIRT_LIBVIRT_PARTS) && !defined(FERROVIRT_ADMIN_PARTS)
# error "Include libvirt/libvirt.h instead of this file"
#endif

#ifndef FERROVIRT_LIBVIRT_COMMON_H
#define FERROVIRT_LIBVIRT_COMMON_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef VIR_DEPRECATED
# ifdef __GNUC__
#  define VIR_DEPRECATED __attribute__((__deprecated__))
# else
#  define VIR_DEPRECATED
# endif
#endif

#ifndef VIR_EXPORT_VAR
# define VIR_EXPORT_VAR extern
#endif

/** LIBVIR_VERSION_NUMBER: The version of these headers: major * 1000000 + minor * 1000 + micro. Since: 0.0.1 */
#define LIBVIR_VERSION_NUMBER 11003000

/** VIR_TYPED_PARAM_FIELD_LENGTH: Characters of a parameter's name, with the NUL. Since: 0.9.2 */
#define VIR_TYPED_PARAM_FIELD_LENGTH 80

typedef struct _virTypedParameter virTypedParameter;

/**
 * virFreeCallback:
 * Frees what was given to a callback, once it is not called any more.
 *
 * Since: 0.5.0
 */
typedef void (*virFreeCallback)(void *opaque);

/**
 * virConnectCloseReason:
 * Why a connection was closed.
 */
typedef enum {
    VIR_CONNECT_CLOSE_REASON_ERROR = 0, /* Since: 0.10.0 */
    VIR_CONNECT_CLOSE_REASON_EOF = 1, /* Since: 0.10.0 */
    VIR_CONNECT_CLOSE_REASON_KEEPALIVE = 2, /* Since: 0.10.0 */
    VIR_CONNECT_CLOSE_REASON_CLIENT = 3 /* Since: 0.10.0 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_CONNECT_CLOSE_REASON_LAST = 4
#endif
} virConnectCloseReason;

/**
 * virTypedParameterType:
 * Types of values in typed parameters.
 */
typedef enum {
    VIR_TYPED_PARAM_INT = 1, /* Since: 0.9.2 */
    VIR_TYPED_PARAM_UINT = 2, /* Since: 0.9.2 */
    VIR_TYPED_PARAM_LLONG = 3, /* Since: 0.9.2 */
    VIR_TYPED_PARAM_ULLONG = 4, /* Since: 0.9.2 */
    VIR_TYPED_PARAM_DOUBLE = 5, /* Since: 0.9.2 */
    VIR_TYPED_PARAM_BOOLEAN = 6, /* Since: 0.9.2 */
    VIR_TYPED_PARAM_STRING = 7 /* Since: 0.9.8 */
#ifdef VIR_ENUM_SENTINELS
    , VIR_TYPED_PARAM_LAST = 8
#endif
} virTypedParameterType;

/**
 * virTypedParameterFlags:
 * Flags of virDomainBlockStatsFlags, virDomainGetCPUStats.
 */
typedef enum {
    VIR_TYPED_PARAM_STRING_OKAY = (1 << 2) /* Since: 0.9.8 */
} virTypedParameterFlags;

/**
 * virTypedParameter:
 * A parameter: its name, the type of its value (virTypedParameterType), its value.
 */
struct _virTypedParameter {
    char field[VIR_TYPED_PARAM_FIELD_LENGTH];
    int type;
    union {
        int i;
        unsigned int ui;
        long long int l;
        unsigned long long int ul;
        double d;
        char b;
        char *s;
    } value;
};

/** virTypedParameterPtr: a pointer to virTypedParameter. Since: 0.9.2 */
typedef virTypedParameter *virTypedParameterPtr;

/**
 * LIBVIR_CHECK_VERSION:
 * True if these headers are of the given version or newer.
 *
 * Since: 1.2.0
 */
#define LIBVIR_CHECK_VERSION(major, minor, micro) \
    ((major) * 1000000 + (minor) * 1000 + (micro) <= LIBVIR_VERSION_NUMBER)

/**
 * virTypedParamsGet:
 * Finds a parameter by its name; the first one if there are several.
 *
 * @params: typed parameters
 * @nparams: how many there are
 * @name: its name
 *
 * Returns: a pointer into @params, NULL if there is none of that name.
 * Since: 1.0.2
 */
virTypedParameterPtr virTypedParamsGet(virTypedParameterPtr params, int nparams, const char *name);

/**
 * virTypedParamsGetInt:
 * Finds a number of type int by its name.
 *
 * @params: typed parameters
 * @nparams: how many there are
 * @name: its name
 * @value: its value
 *
 * Returns: 1 if @value is set, 0 if there is none of that name, -1 if it has another type.
 * Since: 1.0.2
 */
int virTypedParamsGetInt(virTypedParameterPtr params, int nparams, const char *name, int *value);

/**
 * virTypedParamsGetUInt:
 * Finds a number of type unsigned int by its name.
 *
 * @params: typed parameters
 * @nparams: how many there are
 * @name: its name
 * @value: its value
 *
 * Returns: 1 if @value is set, 0 if there is none of that name, -1 if it has another type.
 * Since: 1.0.2
 */
int virTypedParamsGetUInt(virTypedParameterPtr params, int nparams, const char *name,
                          unsigned int *value);

/**
 * virTypedParamsGetLLong:
 * Finds a number of type long long by its name.
 *
 * @params: typed parameters
 * @nparams: how many there are
 * @name: its name
 * @value: its value
 *
 * Returns: 1 if @value is set, 0 if there is none of that name, -1 if it has another type.
 * Since: 1.0.2
 */
int virTypedParamsGetLLong(virTypedParameterPtr params, int nparams, const char *name,
                           long long *value);

/**
 * virTypedParamsGetULLong:
 * Finds a number of type unsigned long long by its name.
 *
 * @params: typed parameters
 * @nparams: how many there are
 * @name: its name
 * @value: its value
 *
 * Returns: 1 if @value is set, 0 if there is none of that name, -1 if it has another type.
 * Since: 1.0.2
 */
int virTypedParamsGetULLong(virTypedParameterPtr params, int nparams, const char *name,
                            unsigned long long *value);

/**
 * virTypedParamsGetDouble:
 * Finds a number of type double by its name.
 *
 * @params: typed parameters
 * @nparams: how many there are
 * @name: its name
 * @value: its value
 *
 * Returns: 1 if @value is set, 0 if there is none of that name, -1 if it has another type.
 * Since: 1.0.2
 */
int virTypedParamsGetDouble(virTypedParameterPtr params, int nparams, const char *name,
                            double *value);

/**
 * virTypedParamsGetBoolean:
 * Finds a truth value by its name.
 *
 * @params: typed parameters
 * @nparams: how many there are
 * @name: its name
 * @value: its value
 *
 * Returns: 1 if @value is set, 0 if there is none of that name, -1 if it has another type.
 * Since: 1.0.2
 */
int virTypedParamsGetBoolean(virTypedParameterPtr params, int nparams, const char *name,
                             int *value);

/**
 * virTypedParamsGetString:
 * Finds a string by its name. It belongs to @params.
 *
 * @params: typed parameters
 * @nparams: how many there are
 * @name: its name
 * @value: its value
 *
 * Returns: 1 if @value is set, 0 if there is none of that name, -1 if it has another type.
 * Since: 1.0.2
 */
int virTypedParamsGetString(virTypedParameterPtr params, int nparams, const char *name,
                            const char **value);

/**
 * virTypedParamsAddInt:
 * Appends a number of type int to an array of typed parameters, which grows as needed.
 *
 * @params: the array; NULL at first
 * @nparams: how many are in it; kept by these functions
 * @maxparams: how many the array has room for; kept by these functions
 * @name: its name
 * @value: its value
 *
 * Returns: 0, -1 on failure.
 * Since: 1.0.2
 */
int virTypedParamsAddInt(virTypedParameterPtr *params, int *nparams, int *maxparams,
                         const char *name, int value);

/**
 * virTypedParamsAddUInt:
 * Appends a number of type unsigned int to an array of typed parameters, which grows as needed.
 *
 * @params: the array; NULL at first
 * @nparams: how many are in it; kept by these functions
 * @maxparams: how many the array has room for; kept by these functions
 * @name: its name
 * @value: its value
 *
 * Returns: 0, -1 on failure.
 * Since: 1.0.2
 */
int virTypedParamsAddUInt(virTypedParameterPtr *params, int *nparams, int *maxparams,
                          const char *name, unsigned int value);

/**
 * virTypedParamsAddLLong:
 * Appends a number of type long long to an array of typed parameters, which grows as needed.
 *
 * @params: the array; NULL at first
 * @nparams: how many are in it; kept by these functions
 * @maxparams: how many the array has room for; kept by these functions
 * @name: its name
 * @value: its value
 *
 * Returns: 0, -1 on failure.
 * Since: 1.0.2
 */
int virTypedParamsAddLLong(virTypedParameterPtr *params, int *nparams, int *maxparams,
                           const char *name, long long value);

/**
 * virTypedParamsAddULLong:
 * Appends a number of type unsigned long long to an array of typed parameters, which grows as needed.
 *
 * @params: the array; NULL at first
 * @nparams: how many are in it; kept by these functions
 * @maxparams: how many the array has room for; kept by these functions
 * @name: its name
 * @value: its value
 *
 * Returns: 0, -1 on failure.
 * Since: 1.0.2
 */
int virTypedParamsAddULLong(virTypedParameterPtr *params, int *nparams, int *maxparams,
                            const char *name, unsigned long long value);

/**
 * virTypedParamsAddDouble:
 * Appends a number of type double to an array of typed parameters, which grows as needed.
 *
 * @params: the array; NULL at first
 * @nparams: how many are in it; kept by these functions
 * @maxparams: how many the array has room for; kept by these functions
 * @name: its name
 * @value: its value
 *
 * Returns: 0, -1 on failure.
 * Since: 1.0.2
 */
int virTypedParamsAddDouble(virTypedParameterPtr *params, int *nparams, int *maxparams,
                            const char *name, double value);

/**
 * virTypedParamsAddBoolean:
 * Appends a truth value to an array of typed parameters, which grows as needed.
 *
 * @params: the array; NULL at first
 * @nparams: how many are in it; kept by these functions
 * @maxparams: how many the array has room for; kept by these functions
 * @name: its name
 * @value: its value
 *
 * Returns: 0, -1 on failure.
 * Since: 1.0.2
 */
int virTypedParamsAddBoolean(virTypedParameterPtr *params, int *nparams, int *maxparams,
                             const char *name, int value);

/**
 * virTypedParamsAddString:
 * Appends a copy of a string to an array of typed parameters, which grows as needed.
 *
 * @params: the array; NULL at first
 * @nparams: how many are in it; kept by these functions
 * @maxparams: how many the array has room for; kept by these functions
 * @name: its name
 * @value: its value
 *
 * Returns: 0, -1 on failure.
 * Since: 1.0.2
 */
int virTypedParamsAddString(virTypedParameterPtr *params, int *nparams, int *maxparams,
                            const char *name, const char *value);

/**
 * virTypedParamsAddStringList:
 * Appends several strings, all under the same name.
 *
 * @params: the array; NULL at first
 * @nparams: how many are in it; kept by these functions
 * @maxparams: how many the array has room for; kept by these functions
 * @name: its name
 * @values: strings with a NULL at the end
 *
 * Returns: 0, -1 on failure.
 * Since: 1.2.17
 */
int virTypedParamsAddStringList(virTypedParameterPtr *params, int *nparams, int *maxparams,
                                const char *name, const char **values);

/**
 * virTypedParamsAddFromString:
 * Appends a parameter of a given type whose value is read from text.
 *
 * @params: the array; NULL at first
 * @nparams: how many are in it; kept by these functions
 * @maxparams: how many the array has room for; kept by these functions
 * @name: its name
 * @type: a virTypedParameterType
 * @value: the value as text; numbers in decimal
 *
 * Returns: 0, -1 on failure.
 * Since: 1.0.2
 */
int virTypedParamsAddFromString(virTypedParameterPtr *params, int *nparams, int *maxparams,
                                const char *name, int type, const char *value);

/**
 * virTypedParamsClear:
 * Frees the strings in an array of typed parameters, and leaves the array itself to its owner.
 *
 * @params: typed parameters
 * @nparams: how many there are
 *
 * Since: 1.0.2
 */
void virTypedParamsClear(virTypedParameterPtr params, int nparams);

/**
 * virTypedParamsFree:
 * Frees an array of typed parameters with all that is in it. NULL is passed over.
 *
 * @params: typed parameters
 * @nparams: how many there are
 *
 * Since: 1.0.2
 */
void virTypedParamsFree(virTypedParameterPtr params, int nparams);

#ifdef __cplusplus
}
#endif

#endif /* FERROVIRT_LIBVIRT_COMMON_H */
