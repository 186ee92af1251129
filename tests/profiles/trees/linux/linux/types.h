/* SPDX-License-Identifier: MIT */
/* As the kernel has them: no <stdint.h>, and a macro that arguments must not be called. */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;

typedef s8 int8_t;
typedef s16 int16_t;
typedef s32 int32_t;
typedef s64 int64_t;
typedef u8 uint8_t;
typedef u16 uint16_t;
typedef u32 uint32_t;
typedef u64 uint64_t;
typedef unsigned long uintptr_t;
typedef unsigned long size_t;
typedef _Bool bool;

struct task_struct;
struct task_struct *get_current(void);
#define current get_current()

#define inline inline __attribute__((__gnu_inline__)) __attribute__((__unused__))
#define __always_inline inline __attribute__((__always_inline__))
#define barrier()       __asm__ __volatile__("" : : : "memory")
#define min(x, y)       ((x) < (y) ? (x) : (y))
#define cpu_relax()     barrier()

#endif
