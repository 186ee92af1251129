/* SPDX-License-Identifier: MIT */
/* Paths as text; knows nothing of what is there. */
#ifndef FASTABI_LIB_PATH_H
#define FASTABI_LIB_PATH_H

#include "base/arena.h"

/*
 * directory/name, with one slash between them; name alone when directory is "".  NULL: no memory.
 */
char *fastabi_path_join(struct fastabi_arena *arena, const char *directory, const char *name);

/* The part of a path after its last slash. */
const char *fastabi_path_name(const char *path);

/* What of a path is the directory, with the slash after it; 0: the path is not in it. */
size_t fastabi_path_in(const char *path, const char *directory);

/*
 * The next directory of a list like PATH, after which *list then stands; empty ones are left out.
 * NULL: there is none, and *list is empty, or there is no memory.
 */
char *fastabi_path_next(struct fastabi_arena *arena, const char **list);

#endif
