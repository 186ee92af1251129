/* SPDX-License-Identifier: MIT */
/* Segment selectors, for C and assembly; the descriptors are in start.S. */
#ifndef GUEST_SEGMENTS_H
#define GUEST_SEGMENTS_H

#define CODE64      0x08
#define DATA64      0x10
#define CODE32      0x18
#define USER_CODE32 0x23
#define USER_DATA   0x2b
#define USER_CODE64 0x33
#define FIRST_TSS   0x38 /* 16 bytes each, one a vCPU */

#define MAX_CPUS 16

#endif
