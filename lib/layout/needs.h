/* SPDX-License-Identifier: MIT */
/* What an operation needs of the headers so that code can be made of it.  Knows no backend. */
#ifndef FASTABI_LIB_LAYOUT_NEEDS_H
#define FASTABI_LIB_LAYOUT_NEEDS_H

#include "layout/check.h"

/* The struct of the classic ABI, the fields that are carried, and the C types of arguments. */
#define FASTABI_NEEDS_STRUCT (1u << 0)
/* The struct of the hypervisor's handler, and its fields. */
#define FASTABI_NEEDS_HANDLER (1u << 1)
/* The width of every parameter, from wherever it is known. */
#define FASTABI_NEEDS_WIDTH (1u << 2)
/* What of the handler's struct a classic call has in it, where there is such a struct. */
#define FASTABI_NEEDS_FIELDS (1u << 3)

/*
 * Whether the layout lacks something that is needed.  If so, says why and what to do, in two texts:
 * "the headers have no struct 'a'" and "did you mean 'b'?".  check is prepared by
 * fastabi_needs_prepare().
 */
bool fastabi_needs_find(struct fastabi_check *check, const struct fastabi_op *op,
                        unsigned int needs, char why[FASTABI_HINT_SIZE],
                        char hint[FASTABI_HINT_SIZE]);

void fastabi_needs_prepare(struct fastabi_check *check, struct fastabi_context *context,
                           const struct fastabi_layout *layout);

/*
 * Take those headers out of a part of a specification that code for its operations must not include
 * as they are not there, and keep them as its absent ones.  0 or -ENOMEM.
 */
int fastabi_needs_headers(struct fastabi_check *check, struct fastabi_spec *view,
                          unsigned int needs);

#endif
