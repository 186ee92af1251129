/* SPDX-License-Identifier: MIT */
/*
 * What the harness, the tables that tests/stubs/run writes, and the wrappers in the language under
 * test agree on. Must not know any stub language: a wrapper gets a struct call and calls one stub
 * twice.
 */
#ifndef STUBS_HARNESS_H
#define STUBS_HARNESS_H

#include <stdint.h>

#define MAX_PARAMS  14 /* seven inputs, seven outputs */
#define KEPT_VALUES 12 /* values that a wrapper keeps alive across its calls */
#define CALLS       2  /* calls in a row */
#define STAGE_SEEN                                                                                 \
    100        /* what the hypervisor adds to stage: memory changes behind the compiler's back */
#define CELL 8 /* offset of a pointed-to value in its 32 bytes */

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One call of a wrapper.  Parameters are numbered in the specification's order: inputs, then pure
 * outputs.
 */
struct call {
    uint64_t in[MAX_PARAMS]; /* arguments by value; garbage above their width */
    void *cell[MAX_PARAMS];  /* arguments by pointer */
    void *mem;               /* the struct */
    uint64_t keep[KEPT_VALUES];
    uint64_t kept[KEPT_VALUES];
    int64_t result[CALLS];
    uint64_t stage;       /* n + 1 before call n; the hypervisor adds STAGE_SEEN */
    uint64_t seen[CALLS]; /* stage, read after call n */
    int vendor;           /* 0 Intel, 1 AMD: for stubs that choose at run time */
};

/* Where a field is, as the language under test sees it. */
struct field {
    uint32_t offset;
    uint32_t size;
    uint32_t is_signed;
};

struct layout {
    uint32_t size;
    struct field fields[MAX_PARAMS];
};

enum place { BY_VALUE, BY_POINTER, IN_STRUCT };

struct param {
    const char *name;
    int8_t reg_in, reg_out; /* 0 to 7, -1: none */
    uint8_t width;          /* bits; 0: the field's */
    uint8_t is_signed;
    uint8_t place; /* enum place */
};

/* A comparison of an output's condition. */
enum comparison { EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL };

struct term {
    uint8_t param; /* its number */
    uint8_t comparison;
    int64_t number;
};

/* When an output means something; where it does not, it is 0 or, in a struct, left alone. */
struct condition {
    uint8_t param; /* its number */
    uint8_t any;   /* one comparison is enough */
    uint8_t term_count;
    const struct term *terms;
};

enum variant { FIXED_INTEL, FIXED_AMD, AT_RUN_TIME, VARIANTS };

struct op {
    const char *title; /* "vcpu.get_runstate_info" */
    uint32_t group;
    uint32_t rax, index;
    uint8_t has_sub;      /* rdi carries the index */
    uint8_t clobbers;     /* bit n: register n */
    uint8_t drops_result; /* a wrapper returns 0 for every success */
    uint8_t param_count;
    const struct param *params;
    uint8_t condition_count;
    const struct condition *conditions;           /* in the order in which they are looked at */
    const struct layout *layout;                  /* or NULL */
    void (*wrapper[VARIANTS])(struct call *call); /* NULL: none */
};

/* Operations of one style and transfer. */
struct group {
    const char *name;
    uint8_t marker[VARIANTS]; /* the byte that must follow the trap */
    uint8_t patched;          /* sites must be in the section xen_fastabi_sites */
};

#define MARK_VMCALL  0xc1
#define MARK_VMMCALL 0xd9
#define MARK_MACRO   0x4d

extern const struct group groups[];
extern const struct op ops[];
extern const uint32_t op_count, group_count;

#ifdef __cplusplus
}
#endif
#endif
