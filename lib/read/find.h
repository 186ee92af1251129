/* SPDX-License-Identifier: MIT */
/* Finding files of the installed specifications. */
#ifndef FASTABI_LIB_FIND_H
#define FASTABI_LIB_FIND_H

#include <stdbool.h>

#include <fastabi/context.h>

#include "base/arena.h"
#include "base/list.h"

/*
 * Is there anything of that name?  Also what cannot be read, such as a link to nothing: another
 * file of that name must not take its place without a word.
 */
bool fastabi_find_is_there(const char *path);

/* Is it a path, and not the name of something that is installed? */
bool fastabi_find_is_path(const char *argument);

/* Add the names of a directory's YAML files, sorted, each once.  0 or a negative errno. */
int fastabi_find_list(const char *directory, struct fastabi_arena *arena,
                      struct fastabi_list *names);

/* The path of such a file ("common/types.yml"), in the arena; NULL: none.  0 or -ENOMEM. */
int fastabi_find_installed(struct fastabi_context *context, struct fastabi_arena *arena,
                           const char *relative, const char **path);

#endif
