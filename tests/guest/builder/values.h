/* SPDX-License-Identifier: MIT */
/* Values for parameters: random, with a bias to what an operation may take. */
#ifndef BUILDER_VALUES_H
#define BUILDER_VALUES_H

#include <stdint.h>

#include "ops.h"

/*
 * Memory that random calls may do anything to: far from the kernel, filled with a pattern.  The
 * first frame has the context of a vCPU, the second is the grant table's, and the others nothing
 * special.
 */
#define ARENA       0x400000u
#define ARENA_PAGES 256u
#define GRANT_TABLE (ARENA + 4096u)

/* Each vCPU has its own sequence of numbers; what calls returned is learned by all. */
void values_initialise(uint64_t seed);
uint64_t value_random(void);
uint64_t value_edge(void);

/* For a parameter, mostly within its width. */
uint64_t value_for(const struct param *param);

/* An output came back: a later input of the same type may be this. */
void value_learn(const struct param *param, uint64_t value);

#endif
