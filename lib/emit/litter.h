/* SPDX-License-Identifier: MIT */
/*
 * Names on disk that must go if a run does not come to its end: temporaries, and directories made
 * for them.  Knows nothing of their content.
 */
#ifndef FASTABI_LIB_LITTER_H
#define FASTABI_LIB_LITTER_H

#include <stdbool.h>

struct fastabi_context;
struct fastabi_litter;

/* The litter of a context; NULL: no memory, which is not reported. */
struct fastabi_litter *fastabi_litter_of(struct fastabi_context *context);

/* Note a name, before it is made: fastabi_context_abandon() removes it.  0 or -ENOMEM. */
int fastabi_litter_add(struct fastabi_litter *litter, const char *path, bool is_directory);

/* Forget all names.  NULL is fine. */
void fastabi_litter_forget(struct fastabi_litter *litter);

#endif
