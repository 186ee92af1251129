/* SPDX-License-Identifier: MIT */
/* Files that are included before the headers. */
#ifndef FASTABI_LIB_LAYOUT_PRELUDE_H
#define FASTABI_LIB_LAYOUT_PRELUDE_H

#include "layout/plan.h"

/* Add a file to the request, if a parser can read all of it.  0 or a reported negative errno. */
int fastabi_prelude_add(struct fastabi_context *context, struct fastabi_plan *plan,
                        const char *path);

/* A file that a provider opened, as its user calls it: a part of path. */
const char *fastabi_prelude_name(const struct fastabi_layout_request *request, const char *path);

#endif
