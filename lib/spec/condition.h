/* SPDX-License-Identifier: MIT */
/* Conditions: the expressions of valid_when.  Knows nothing of YAML. */
#ifndef FASTABI_LIB_CONDITION_H
#define FASTABI_LIB_CONDITION_H

#include "spec/ir.h"

/* Is text a condition over parameters of op?  NULL, or what is wrong with it, in buffer. */
const char *fastabi_condition_fault(const struct fastabi_op *op, const char *text, char *buffer,
                                    size_t size);

/* Read the condition of a parameter, which has no fault; 0 or -ENOMEM. */
int fastabi_condition_read(struct fastabi_arena *arena, const struct fastabi_op *op,
                           struct fastabi_param *param);

/*
 * Once all conditions of an operation are read: in which order they are looked at, into rare; and
 * which ones every integer decides.
 */
void fastabi_condition_settle(struct fastabi_arena *arena, struct fastabi_op *op,
                              struct fastabi_op_rare *rare);

/*
 * Does every value of its parameter decide the i-th comparison of an output?  Then the text says
 * which and how, for a message; once, if the same is there several times.  One without a type is
 * not looked at: its header may know.
 */
bool fastabi_condition_is_idle(const struct fastabi_param *param, size_t i, char *text,
                               size_t size);

#endif
