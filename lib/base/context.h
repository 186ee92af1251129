/* SPDX-License-Identifier: MIT */
/* What a context holds.  Only the library sees inside. */
#ifndef FASTABI_LIB_CONTEXT_H
#define FASTABI_LIB_CONTEXT_H

#include <stdbool.h>

#include <fastabi/context.h>

/* All of them. */
#define FASTABI_CONTEXT_FLAGS                                                                      \
    (FASTABI_CONTEXT_NOTES | FASTABI_CONTEXT_NO_ENV | FASTABI_CONTEXT_LAYOUT |                     \
     FASTABI_CONTEXT_ISOLATE | FASTABI_CONTEXT_FINISH)

/*
 * What a later layer keeps in a context: the first member of its own struct.  The function
 * that frees it also tells whose it is.
 */
struct fastabi_owned {
    struct fastabi_owned *next;
    void (*free)(struct fastabi_owned *owned);
};

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

    struct fastabi_owned *owned; /* of later layers, the newest first */
};

/* Give something to a context, which frees it with itself. */
void fastabi_context_own(struct fastabi_context *context, struct fastabi_owned *owned);

/* The newest of what that function frees, below after if that is not NULL; or NULL. */
struct fastabi_owned *fastabi_context_owned(const struct fastabi_context *context,
                                            const struct fastabi_owned *after,
                                            void (*free)(struct fastabi_owned *owned));

/*
 * Check an option struct that starts with its size: what comes after known must be zero.
 * Copies the known part.  Returns 0 or -EINVAL.
 */
int fastabi_options_copy(void *copy, size_t known, const void *options);

#endif
