/* SPDX-License-Identifier: MIT */
/* What the specifications say of each operation; the table is made by ops.py. */
#ifndef BUILDER_OPS_H
#define BUILDER_OPS_H

#include <stdbool.h>
#include <stdint.h>

/* Registers by their numbers in specifications: rax rdi rsi r8 r9 r10 r11 r12. */
#define REGISTERS  8
#define MAX_PARAMS 8

struct param {
    uint8_t reg, width, is_signed;
    uint16_t kind; /* index into kind_names */
};

struct op {
    const char *name;
    uint32_t rax, index;
    bool direct;      /* no sub-operations: register 1 is an ordinary one */
    bool alone;       /* not while another vCPU makes a call with this mark */
    uint8_t clobbers; /* mask of registers */
    uint8_t inputs;
    struct param input[MAX_PARAMS];
    uint8_t outputs;
    struct param output[MAX_PARAMS];
};

extern const struct op ops[];
extern const unsigned int op_count;

/* Names of types: domid, gfn, u32, ... */
extern const char *const kind_names[];
extern const unsigned int kind_count;

#endif
