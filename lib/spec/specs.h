/* SPDX-License-Identifier: MIT */
/* Several specifications as arguments of public functions.  Knows nothing of what is in one. */
#ifndef FASTABI_LIB_SPECS_H
#define FASTABI_LIB_SPECS_H

#include <fastabi/spec.h>

/*
 * Whether each element is there; an empty array may be NULL.  0, or -EINVAL, reported for that
 * function.
 */
int fastabi_specs_check(struct fastabi_context *context, const char *function, fastabi_specs specs,
                        size_t count);

#endif
