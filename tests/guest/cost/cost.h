/* SPDX-License-Identifier: MIT */
#ifndef GUEST_COST_H
#define GUEST_COST_H

#include "kernel/run.h"

/*
 * cases.c: of operations that have none yet; and calls as kernels make them, each with its own row
 */
extern const struct test_case cost_cases[], kernel_cases[];

/* measure.S: make the call in a struct, or none, and say how long it took. */
uint64_t measure_vmcall(struct registers *r);
uint64_t measure_vmmcall(struct registers *r);
uint64_t measure_nothing(struct registers *r);

#endif
