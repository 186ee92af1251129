/* SPDX-License-Identifier: MIT */
/* Paths as text; knows nothing of what is there. */
#include "base/path.h"

#include <stdbool.h>
#include <string.h>

char *fastabi_path_join(struct fastabi_arena *arena, const char *folder, const char *name)
{
    size_t length = strlen(folder);
    bool slash = length && folder[length - 1] != '/';

    return fastabi_arena_printf(arena, "%s%s%s", folder, slash ? "/" : "", name);
}

const char *fastabi_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

char *fastabi_path_next(struct fastabi_arena *arena, const char **list)
{
    size_t length;
    char *folder;

    *list += strspn(*list, ":");
    length = strcspn(*list, ":");
    folder = length ? fastabi_arena_copy(arena, *list, length) : NULL;
    if (folder)
        *list += length;
    return folder;
}
