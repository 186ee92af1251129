/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the bridges' test share: the memory of the caller, what happens in a trial, and
 * what was called.  bridge-play.c plays the hypervisor, bridge-fill.c chooses the trials, bridge.c
 * makes them.
 */
#ifndef TESTS_STUBS_BRIDGE_PLAY_H
#define TESTS_STUBS_BRIDGE_PLAY_H

#include "bridge.h"

#define PAGE   4096ul
#define ARENA  (16 * PAGE)
#define PARAMS 16
#define ARRAYS 4
#define TRACES 64

/* The caller's memory: structs in the first half, arrays in the second. */
extern uint8_t arena[ARENA];

/* What happens in this trial. */
struct script {
    int fail_at;      /* the element that fails, counted over all calls; -1: none */
    int64_t error;    /* how */
    int64_t success;  /* else */
    uint64_t refused; /* operations that give a fallback error, a bit each */
    bool no_phys;
    uint64_t portions; /* how much a call does before it is interrupted */
};

/* A FastABI call that was made. */
struct trace {
    const struct operation *op;
    uint64_t inputs[PARAMS];
    int64_t result;
};

struct inputs {
    uint64_t values[PARAMS];
    uint8_t *arrays[ARRAYS]; /* linear; NULL: none */
};

extern struct script script;
extern const struct hypercall *call; /* whose bridge is tried */
extern int elements;                 /* executed so far */
extern uint64_t effects;             /* a hash of what they were given */
extern struct trace trace[TRACES];
extern int traps;
extern uint64_t seed;

uint64_t random64(void);
uint64_t extend(uint64_t value, unsigned int width, bool is_signed);
uint64_t load(const uint8_t *at, unsigned int size);
void store(uint8_t *at, unsigned int size, uint64_t value);

/* bridge-play.c */
uint64_t count_of(const struct array *array, const struct inputs *in);
uint64_t field_value(const uint8_t *at, struct place field, const struct parameter *p);
/* The inputs of a classic call, from its arguments and its struct. */
void read_inputs(const struct operation *op, const uint64_t *args, const uint8_t *at,
                 struct inputs *in);
int64_t classic_call(const struct operation *op, const uint64_t *args, uint8_t *at);
/* FastABI calls are traps from here on. */
void catch_traps(void);

/* bridge-fill.c */
void choose_script(void);
uint64_t choose_buffer(uint64_t size, int n);
uint64_t choose_count(void);
/* One struct's fields, the arrays that they point to, and the arguments beside it. */
void fill_struct(const struct operation *op, uint64_t *args, uint8_t *at);

#endif
