/* SPDX-License-Identifier: MIT */
/* Names of <stdint.h> for Xen's headers: another type than a compiler has for them. */
#ifndef _XEN_TYPES_H
#define _XEN_TYPES_H

#include <ntdef.h>

typedef CHAR int8_t;
typedef UCHAR uint8_t;
typedef SHORT int16_t;
typedef USHORT uint16_t;
typedef LONG int32_t;
typedef ULONG uint32_t;
typedef LONGLONG int64_t;
typedef ULONGLONG uint64_t;

#endif
