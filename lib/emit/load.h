/* SPDX-License-Identifier: MIT */
/* Shared objects as backends.  Knows nothing of which there are, or of what they emit. */
#ifndef FASTABI_LIB_LOAD_H
#define FASTABI_LIB_LOAD_H

#include <stdbool.h>

#include "base/diag.h"
#include "emit/plugin.h"

/* What is being made a backend. */
struct fastabi_candidate {
    const char *path;
    bool is_searched; /* found in a directory: whatever is wrong with it is only a warning */
};

/* Report what is wrong with it.  Returns -ENOTSUP. */
int fastabi_load_refuse(struct fastabi_context *context, const struct fastabi_candidate *candidate,
                        enum fastabi_diag_id id, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

/* A checked copy of a backend.  NULL: an error, which was reported and is in *error. */
struct fastabi_plugin *fastabi_load_copy(struct fastabi_context *context,
                                         const struct fastabi_candidate *candidate,
                                         const struct fastabi_backend *backend, int *error);

/*
 * The backend of a shared object: with FASTABI_CONTEXT_ISOLATE its description, which a child
 * process made, else with its hooks.  NULL as above.
 */
struct fastabi_plugin *fastabi_load(struct fastabi_context *context,
                                    const struct fastabi_candidate *candidate, int *error);

/* In a child: the same with its hooks, for a description. */
struct fastabi_plugin *fastabi_load_hooks(struct fastabi_context *context,
                                          const struct fastabi_plugin *description);

#endif
