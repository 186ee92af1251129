/* SPDX-License-Identifier: MIT */
/*
 * Parts of specifications: the same with fewer operations.  Knows nothing of why operations stay.
 */
#ifndef FASTABI_LIB_VIEW_H
#define FASTABI_LIB_VIEW_H

#include <fastabi/spec.h>

struct fastabi_arena;

/*
 * Whether an operation stays: 1; 0; or a negative errno.  *why, NULL at first, may become a text,
 * which is copied: why it does not.
 */
typedef int (*fastabi_keeps_func)(const struct fastabi_op *op, void *data, const char **why);

/*
 * Make a part of a specification, or of a part of one.  It shares what it has with spec, which has
 * to outlive it.  0; -ENOMEM, not reported; or what keeps returned.
 */
int fastabi_view_make(const struct fastabi_spec *spec, fastabi_keeps_func keeps, void *data,
                      struct fastabi_spec **view);

#endif
