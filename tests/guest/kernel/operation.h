/* SPDX-License-Identifier: MIT */
/*
 * The operations of the specifications, as tests/guest/tables.py writes them out: what FastABI has
 * in which register, and how the classic ABI takes the same.  Also the three ways to make a call.
 */
#ifndef GUEST_OPERATION_H
#define GUEST_OPERATION_H

#include "boot/runtime.h"

#define FASTABI_MASK   0x40000000u
#define NO_REGISTER    0xff
#define MAX_PARAMS     14
#define MAX_OPERATIONS 1024
#define ENDS                                                                                       \
    {                                                                                              \
        0                                                                                          \
    }

/* Where Xen keeps the arguments of vCPU 0's calls: 4.17's address, and two pages. */
#define ARGUMENT_AREA      0x0000020080000000
#define ARGUMENT_AREA_SIZE (2 * PAGE_SIZE)
/* What handlers are given for the first vCPU's: as much after where Xen maps it once more. */
#define ARGUMENT_MIRROR 0xffff820080000000
#define ARGUMENT_HANDLE (ARGUMENT_MIRROR + ARGUMENT_AREA_SIZE)

/* A parameter.  Values are 64 bits wide in memory, zeros above the width. */
struct param {
    const char *name;
    uint8_t reg_in, reg_out; /* or NO_REGISTER */
    uint8_t width;           /* bits; 0 ends a list */
    bool is_signed;
    uint16_t offset, size;              /* the field, in bytes; size 0: none */
    bool (*valid)(const uint64_t *out); /* NULL: always */
};

enum source {
    FROM_NOTHING,
    FROM_SUBOP,
    FROM_STRUCT,
    FROM_PARAM,
    FROM_CONSTANT,
    FROM_ADDRESS,  /* of the parameter's value, and those of the next ones after it */
    FROM_PART,     /* of a packed parameter: shifted right, and masked with the constant */
    FROM_SEQUENCE, /* an array: from a parameter on, in steps of 1 << another, as many as a third */
};

/* Where an argument or a field of the classic call comes from; FROM_NOTHING ends a list. */
struct item {
    enum source source;
    uint16_t offset, size; /* of a field */
    unsigned param, shift;
    uint64_t constant;
};

struct operation {
    const char *name; /* "event_channel.send" */
    unsigned hypercall, subop;
    bool direct;       /* no sub-operation: reg1 is an ordinary register */
    uint16_t clobbers; /* registers, by bit */
    const struct param *params;
    size_t struct_size;
    void (*mark)(void *area);  /* nonzero bytes where the struct has fields, zeros in its padding */
    const struct item *args;   /* of the classic call */
    const struct item *fields; /* besides the parameters' own */
    const struct item *omitted; /* fields that the hypervisor may change unsaid: offset and size */
    long (*stub)(const uint64_t *in, uint64_t *out);
};

extern const struct operation operations[]; /* the last has no name */
extern const char guest_language[];

const struct operation *operation_find(const char *name);
int param_find(const struct operation *op, const char *name); /* its number, or -1 */
unsigned param_count(const struct operation *op);

/* Is the field of an output in the classic struct set before the call, by it or another input? */
bool param_is_filled(const struct operation *op, unsigned n);

static inline uint64_t value_mask(const struct param *p)
{
    return p->width == 64 ? ~0ull : (1ull << p->width) - 1;
}

/* As it is in a register: zero or sign bits above. */
static inline uint64_t value_extend(const struct param *p, uint64_t value)
{
    value &= value_mask(p);
    return p->is_signed && p->width < 64 && value >> (p->width - 1) ? value | ~value_mask(p)
                                                                    : value;
}

/* ---- registers.S: a call with all registers given ---- */

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, REGISTERS };

struct registers {
    uint64_t general[REGISTERS]; /* rsp is left alone */
    uint64_t flags;
    uint32_t mxcsr, reserved[3];
    unsigned char xmm[16][16];
};

/* The arithmetic flags and DF, the only ones taken from struct registers. */
#define FLAGS_GIVEN 0xcd5u

void registers_call(struct registers *r);
extern const char registers_vmcall[], registers_vmmcall[]; /* the two instructions in it */

extern const uint8_t fastabi_registers[8]; /* enum of register n of the ABI */

/* ---- call.c ---- */

/* What the hypervisor did to the struct of a classic call. */
struct struct_report {
    uint64_t changed; /* outputs, by number, whose bytes changed */
    bool undeclared;  /* bytes of no output changed */
    uint16_t offset;  /* the first of them */
};

/* What the hypervisor did to registers that are not its to change. */
struct register_report {
    bool lost;
    char what[48];
    uint64_t before, after;
};

/*
 * IN and OUT by number of the parameter; OUT is poisoned by the caller, and left alone when the
 * call fails.
 */
long call_classic(const struct operation *op, const uint64_t *in, uint64_t *out,
                  struct struct_report *report);
long call_stub(const struct operation *op, const uint64_t *in, uint64_t *out);
long call_registers(const struct operation *op, const uint64_t *in, uint64_t *out, uint64_t *seed,
                    struct register_report *report);

/*
 * Parts of the last one: random values everywhere, then the operation's; is the rest as it was?
 * What is above an input's width stays random, as callers with 16-bit and 32-bit operands leave it.
 */
void registers_fill(struct registers *r, uint64_t *seed);
void registers_set(struct registers *r, const struct operation *op, const uint64_t *in);
void registers_compare(const struct registers *before, const struct registers *after,
                       uint32_t changeable, struct register_report *report);
uint32_t registers_changeable(const struct operation *op); /* by bit of the enum */

#endif
