/* SPDX-License-Identifier: MIT */
/* One call with every register under control; for C and assembly. */
#ifndef BUILDER_CALL_H
#define BUILDER_CALL_H

/* Places in struct registers. */
#define IN_RAX        0
#define IN_RDI        1
#define IN_RSI        2
#define IN_R8         3
#define IN_R9         4
#define IN_R10        5
#define IN_R11        6
#define IN_R12        7
#define IN_RBX        8
#define IN_RCX        9
#define IN_RDX        10
#define IN_RBP        11
#define IN_R13        12
#define IN_R14        13
#define IN_R15        14
#define IN_RSP        15
#define IN_FLAGS      16
#define ALL_REGISTERS 17

/* Carry, parity, adjust, zero, sign, direction, overflow, and whether interrupts may come. */
#define FLAG_INTERRUPTS 0x200u
#define FLAGS_MASK      0xed5u

#ifndef __ASSEMBLER__
#include <stdint.h>

/* The eight that carry parameters come first, in the specification's order. */
struct registers {
    uint64_t r[ALL_REGISTERS];
};

/*
 * Load all registers but rsp, call the hypervisor, store all registers, interrupts off again.  Of
 * the flags only FLAGS_MASK is loaded.  *in gets the stack pointer at the call, so that it can be
 * compared too.
 */
void call_registers(struct registers *in, struct registers *out);
#endif

#endif
