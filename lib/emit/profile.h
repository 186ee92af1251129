/* SPDX-License-Identifier: MIT */
/* A profile in memory, and where profiles are.  Knows nothing of runs. */
#ifndef FASTABI_LIB_PROFILE_H
#define FASTABI_LIB_PROFILE_H

#include <fastabi/profile.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/list.h"

/* One option that a profile sets. */
struct fastabi_profile_option {
    const char *backend;
    const char *name;
    const char *value;
};

struct fastabi_profile {
    struct fastabi_arena arena;
    const char *name;
    const char *path; /* NULL: built in */
    const char *doc;
    struct fastabi_profile_option *options;
    size_t count;
    size_t capacity;
};

/* A profile that the library has by itself: text of a file.  The last one has no name. */
struct fastabi_built_in_profile {
    const char *name;
    const char *text;
};

/* Made from profiles/ when building. */
extern const struct fastabi_built_in_profile fastabi_built_in_profiles[];

/* Where a profile is: a path, or the text of a built-in one. */
struct fastabi_profile_place {
    const char *path;
    const char *text;
};

/*
 * Find what a user calls a profile; in the arena.  0 or a negative errno, reported: -ENOTSUP if
 * there is none.
 */
int fastabi_profile_place(struct fastabi_context *context, struct fastabi_arena *arena,
                          const char *name, struct fastabi_profile_place *place);

#endif
