/* SPDX-License-Identifier: MIT */
#ifndef _TYPES_H_
#define _TYPES_H_

typedef signed char s8;
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long int64_t;
typedef unsigned long uint64_t;
typedef unsigned long uintptr_t;
typedef unsigned long size_t;

#endif
