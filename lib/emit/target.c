/* SPDX-License-Identifier: MIT */
/*
 * Paths of output files: what a path stands for on this file system, and the folders above it.
 * Knows nothing of what is written.
 */
#include "emit/target.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"

#define LINKS_MAX 40  /* as Linux */
#define NAME_KEPT 180 /* bytes of a name that its hidden sibling repeats: NAME_MAX is 255 */

/* The folder a path is in: "." where the path names none. */
static char *copy_folder(struct fastabi_arena *arena, const char *path)
{
    size_t length = (size_t)(fastabi_path_name(path) - path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    return length ? fastabi_arena_copy(arena, path, length) : fastabi_arena_copy(arena, ".", 1);
}

/* Replace *path by what the link it is points to, and so on. */
static int follow_links(struct fastabi_arena *arena, const char **path)
{
    char text[PATH_MAX];

    for (int i = 0; i < LINKS_MAX; i++) {
        ssize_t length = readlink(*path, text, sizeof(text) - 1);
        const char *folder;

        if (length < 0)
            return errno == EINVAL || errno == ENOENT ? 0 : -errno;
        if ((size_t)length == sizeof(text) - 1)
            return -ENAMETOOLONG;
        text[length] = '\0';
        folder = text[0] == '/' ? "" : copy_folder(arena, *path);
        *path = folder ? fastabi_path_join(arena, folder, text) : NULL;
        if (!*path)
            return -ENOMEM;
    }
    return -ELOOP;
}

static int add_folder(struct fastabi_folders *folders, const char *path)
{
    char **paths = realloc(folders->paths, (folders->count + 1) * sizeof(*paths));

    if (!paths)
        return -ENOMEM;
    folders->paths = paths;
    paths[folders->count] = strdup(path);
    if (!paths[folders->count])
        return -ENOMEM;
    folders->count++;
    return 0;
}

/* Make a folder and those above it.  Another process may make them at the same time. */
static int make_folder(struct fastabi_arena *arena, const char *path,
                       struct fastabi_folders *folders)
{
    struct stat status;
    const char *above;
    int error;

    if (!stat(path, &status))
        return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
    if (errno != ENOENT)
        return -errno;
    above = copy_folder(arena, path);
    if (!above)
        return -ENOMEM;
    error = strcmp(above, path) ? make_folder(arena, above, folders) : -ENOENT;
    if (error)
        return error;
    if (mkdir(path, 0777))
        return errno == EEXIST ? 0 : -errno;
    error = add_folder(folders, path);
    if (error)
        rmdir(path);
    return error;
}

static int resolve(struct fastabi_arena *arena, const char *path, struct fastabi_folders *folders,
                   char **target)
{
    const char *name, *folder;
    char *real;
    int error = follow_links(arena, &path);

    if (error)
        return error;
    name = fastabi_path_name(path);
    if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
        return -EISDIR;
    folder = copy_folder(arena, path);
    if (!folder)
        return -ENOMEM;
    error = make_folder(arena, folder, folders);
    if (error)
        return error;
    real = realpath(folder, NULL);
    if (!real)
        return -errno;
    if (asprintf(target, "%s%s%s", real, strcmp(real, "/") ? "/" : "", name) < 0) {
        *target = NULL;
        error = -ENOMEM;
    }
    free(real);
    return error;
}

int fastabi_target_resolve(const char *path, struct fastabi_folders *folders, char **target)
{
    struct fastabi_arena arena = { 0 };
    int error = resolve(&arena, path, folders, target);

    fastabi_arena_free(&arena);
    return error;
}

char *fastabi_target_beside(const char *target, unsigned int number)
{
    const char *name = fastabi_path_name(target);
    int folder = (int)(name - target);
    char *path;

    if (asprintf(&path, "%.*s.%.*s.fastabi-%ld-%u", folder, target, NAME_KEPT, name, (long)getpid(),
                 number) < 0)
        return NULL;
    return path;
}

void fastabi_folders_remove(struct fastabi_folders *folders)
{
    for (size_t i = folders->count; i; i--)
        rmdir(folders->paths[i - 1]);
    fastabi_folders_keep(folders);
}

void fastabi_folders_keep(struct fastabi_folders *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        free(folders->paths[i]);
    free(folders->paths);
    folders->paths = NULL;
    folders->count = 0;
}
