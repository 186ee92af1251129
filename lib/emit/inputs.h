/* SPDX-License-Identifier: MIT */
/* Files that a run reads, which its output must not replace.  Knows nothing of what is in them. */
#ifndef FASTABI_LIB_INPUTS_H
#define FASTABI_LIB_INPUTS_H

#include <fastabi/layout.h>

#include "base/arena.h"

/* The files, as the system knows them; zero-initialised means none. */
struct fastabi_inputs {
    struct fastabi_input *items;
    size_t count;
};

/*
 * Collect the files of specifications, of a layout or NULL, and of a profile or NULL, in an arena.
 * 0 or -ENOMEM.
 */
int fastabi_inputs_collect(struct fastabi_inputs *inputs, struct fastabi_arena *arena,
                           fastabi_specs specs, size_t count, const struct fastabi_layout *layout,
                           const char *profile);

/* Refuse to write to one of them, by any of its names.  0, or -EINVAL after a report. */
int fastabi_inputs_refuse(const struct fastabi_inputs *inputs, struct fastabi_context *context,
                          const char *path);

#endif
