/* SPDX-License-Identifier: MIT */
/* Whether a parser comes to the end of the files that it is given. */
#ifndef FASTABI_LIB_LAYOUT_REGULAR_H
#define FASTABI_LIB_LAYOUT_REGULAR_H

#include "base/arena.h"
#include "base/diag.h"

struct stat;

/* Is it a regular file, and not too large?  0, or reported at place. */
int fastabi_check_regular(struct fastabi_context *context, const struct fastabi_place *place,
                          const struct stat *status);

/* The same of each header in a directory and below it, whichever is included. */
int fastabi_check_headers(struct fastabi_context *context, struct fastabi_arena *arena,
                          const char *directory);

#endif
