/* SPDX-License-Identifier: MIT */
#ifndef _SYS_TYPES_H_
#define _SYS_TYPES_H_

#include <sys/cdefs.h>

typedef signed char __int8_t;
typedef unsigned char __uint8_t;
typedef short __int16_t;
typedef unsigned short __uint16_t;
typedef int __int32_t;
typedef unsigned int __uint32_t;
typedef long __int64_t;
typedef unsigned long __uint64_t;

typedef __int8_t int8_t;
typedef __uint8_t uint8_t;
typedef __int16_t int16_t;
typedef __uint16_t uint16_t;
typedef __int32_t int32_t;
typedef __uint32_t uint32_t;
typedef __int64_t int64_t;
typedef __uint64_t uint64_t;
typedef __uint64_t uintptr_t;
typedef __uint64_t size_t;

typedef unsigned char u_char;
typedef unsigned int u_int;
typedef unsigned long u_long;

#define major(x) ((int)((u_long)(x) >> 8 & 0xff))
#define minor(x) ((int)((u_long)(x)&0xff))

#endif
