/* SPDX-License-Identifier: MIT */
/* Names of functions in languages without modules: NAME_OP.  Knows nothing of backends. */
#ifndef FASTABI_LIB_FLAT_H
#define FASTABI_LIB_FLAT_H

#include <fastabi/spec.h>

/*
 * Every operation of all specifications has its own flat name.  0, or a negative errno that
 * was reported.
 */
int fastabi_flat_check(struct fastabi_context *context, fastabi_specs specs, size_t count);

#endif
