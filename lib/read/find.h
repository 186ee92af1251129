/* SPDX-License-Identifier: MIT */
/* Finding files of the installed specifications. */
#ifndef FASTABI_LIB_FIND_H
#define FASTABI_LIB_FIND_H

#include <fastabi/context.h>

#include "base/arena.h"

/* The path of such a file ("common/types.yml"), in the arena; NULL: none.  0 or -ENOMEM. */
int fastabi_find_installed(struct fastabi_context *context, struct fastabi_arena *arena,
                           const char *relative, const char **path);

#endif
