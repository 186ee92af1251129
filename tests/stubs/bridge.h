/* SPDX-License-Identifier: MIT */
/*
 * What describes the classic calls of a hypercall to bridge.c, which plays the hypervisor and runs
 * bridges.  The tables are made by bridge.py from specifications alone.
 */
#ifndef TESTS_STUBS_BRIDGE_H
#define TESTS_STUBS_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BIAS 0x0000100000000000u /* between linear and guest-physical addresses */

struct place {
    uint32_t offset, size;
    bool is_signed;
};

/* Where a parameter is in the classic call. */
enum where { IN_FIELD, IN_ARG, IN_ELEMENT, IN_PARTS, IN_ADDRESS, IN_SEQUENCE, IN_FRAME, IN_COUNT };

struct part {
    struct place field;
    unsigned int shift, width;
};

struct term {
    int param;
    int comparison; /* "=", "!", "<", "l", ">", "g" */
    int64_t number;
};

struct parameter {
    const char *name;
    int in, out; /* registers, or -1 */
    unsigned int width;
    bool is_signed;
    int where; /* enum where: an int, so that -fshort-enums changes nothing */
    struct place field;
    int arg, array, element;
    const struct part *parts;
    int part_count;
    const struct term *terms; /* when an output means something */
    int term_count;
    bool is_any, advances;
};

enum direction { VALUE, SEQUENCE, FROM, TO, BOTH };

struct array {
    int direction;        /* enum direction */
    int arg;              /* the argument that is the handle, or -1: the field */
    struct place field;   /* the handle's */
    int count_param;      /* the input that counts elements, or -1 */
    uint32_t count, size; /* a number; bytes of an element */
    bool is_optional, stores_result;
    int order; /* the input, or -1 */
};

struct constant {
    struct place field; /* or size 0: an argument */
    int arg;
    int64_t number;
};

enum loop { ONCE, PROGRESS, RUNS, RANGE };

struct operation {
    const char *name;
    uint32_t index, command; /* FastABI's and the classic sub-operation */
    bool is_direct;
    uint32_t struct_size;
    int struct_arg, count_arg; /* count_arg: of an array of structs */
    const struct parameter *params;
    int param_count;
    const int *settled; /* outputs with a condition, in the order in which they are looked at */
    int settled_count;
    const struct array *arrays;
    int array_count;
    const struct constant *constants; /* that must hold */
    int constant_count;
    const struct place *zeros; /* that must be 0 */
    int zero_count;
    const struct constant *success;
    int success_count;
    const int *fallback;
    int fallback_count;
    int loop;        /* enum loop */
    int count_param; /* of a loop */
    int elements_of; /* FastABI's batch: the operation of an element, or -1 */
    bool is_linear;  /* the sub-operation that takes a linear address */
    struct place linear, physical;
    uint32_t linear_size;
    bool has_none;
    int64_t none;
    bool is_carried;
};

struct hypercall {
    const char *name;
    uint32_t index;
    int command_arg; /* or -1 */
    int arg_count;
    unsigned int pointers; /* which arguments are */
    const struct operation *operations;
    int operation_count;
    bool (*variable)(uint32_t command, const uint64_t *args, long *result);
    bool (*constant)(uint32_t command, const uint64_t *args, long *result);
};

extern const struct hypercall hypercalls[];
extern const int hypercall_count;
extern unsigned char xen_fastabi_bridge_flag;
uint64_t find_phys(const void *linear);

#endif
