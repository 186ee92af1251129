/* SPDX-License-Identifier: MIT */
/* What a context holds.  Only the library sees inside. */
#ifndef FASTABI_LIB_CONTEXT_H
#define FASTABI_LIB_CONTEXT_H

#include <stdbool.h>

#include <fastabi/context.h>

/* All that there are. */
#define FASTABI_CONTEXT_FLAGS                                                                      \
 (FASTABI_CONTEXT_NOTES | FASTABI_CONTEXT_NO_ENV | FASTABI_CONTEXT_LAYOUT | FASTABI_CONTEXT_ISOLATE)

struct fastabi_plugin;
struct fastabi_types;

struct fastabi_context {
    uint32_t flags;
    fastabi_diag_func on_diag;
    void *data;
    struct fastabi_limits limits; /* defaults filled in */

    struct fastabi_diag *diags; /* kept ones; strings malloced */
    size_t diag_count;
    size_t diag_capacity;
    size_t error_count;

    char **spec_dirs; /* in the order they are searched */
    size_t spec_dir_count;

    struct fastabi_types *types;    /* files of named types read so far, types.c's */
    struct fastabi_plugin *plugins; /* loaded backends, registry.c's */
    bool plugins_searched;
};

/*
 * Check an option struct that starts with its size: what is behind known must be zero.
 * Copies the known part.  Returns 0 or -EINVAL.
 */
int fastabi_options_copy(void *copy, size_t known, const void *options);

#endif
