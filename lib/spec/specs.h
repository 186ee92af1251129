/* SPDX-License-Identifier: MIT */
/* Several specifications as arguments of public functions.  Knows nothing of what is in one. */
#ifndef FASTABI_LIB_SPECS_H
#define FASTABI_LIB_SPECS_H

#include <stdbool.h>

#include <fastabi/spec.h>

/*
 * Whether each element is there; an empty array may be NULL.  0, or -EINVAL, reported for that
 * function.
 */
int fastabi_specs_check(struct fastabi_context *context, const char *function, fastabi_specs specs,
                        size_t count);

/* As fastabi_spec_check_together(), but one index of two may be no more than a warning. */
int fastabi_specs_check_together(struct fastabi_context *context, fastabi_specs specs, size_t count,
                                 bool is_warning);

#endif
