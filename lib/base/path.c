/* SPDX-License-Identifier: MIT */
/* Paths as text; knows nothing of what is there. */
#include "base/path.h"

#include <stdbool.h>
#include <string.h>

char *fastabi_path_join(struct fastabi_arena *arena, const char *directory, const char *name)
{
    size_t length = strlen(directory);
    bool slash = length && directory[length - 1] != '/';

    return fastabi_arena_printf(arena, "%s%s%s", directory, slash ? "/" : "", name);
}

const char *fastabi_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

size_t fastabi_path_in(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return length && !strncmp(path, directory, length) && path[length] == '/' ? length + 1 : 0;
}

char *fastabi_path_next(struct fastabi_arena *arena, const char **list)
{
    size_t length;
    char *directory;

    *list += strspn(*list, ":");
    length = strcspn(*list, ":");
    directory = length ? fastabi_arena_copy(arena, *list, length) : NULL;
    if (directory)
        *list += length;
    return directory;
}
