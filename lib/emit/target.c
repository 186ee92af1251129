/* SPDX-License-Identifier: MIT */
/*
 * Paths of output files: what a path stands for on this file system, and the directories above it.
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

/* The directory a path is in: "." where the path names none. */
static char *copy_directory(struct fastabi_arena *arena, const char *path)
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
        const char *directory;

        if (length < 0)
            return errno == EINVAL || errno == ENOENT ? 0 : -errno;
        if ((size_t)length == sizeof(text) - 1)
            return -ENAMETOOLONG;
        text[length] = '\0';
        directory = text[0] == '/' ? "" : copy_directory(arena, *path);
        *path = directory ? fastabi_path_join(arena, directory, text) : NULL;
        if (!*path)
            return -ENOMEM;
    }
    return -ELOOP;
}

static int add_directory(struct fastabi_directories *directories, const char *path)
{
    char **paths = realloc(directories->paths, (directories->count + 1) * sizeof(*paths));

    if (!paths)
        return -ENOMEM;
    directories->paths = paths;
    paths[directories->count] = strdup(path);
    if (!paths[directories->count])
        return -ENOMEM;
    directories->count++;
    return 0;
}

/* Make a directory and those above it.  Another process may make them at the same time. */
static int make_directory(struct fastabi_arena *arena, const char *path,
                          struct fastabi_directories *directories)
{
    struct stat status;
    const char *above;
    int error;

    if (!stat(path, &status))
        return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
    if (errno != ENOENT)
        return -errno;
    above = copy_directory(arena, path);
    if (!above)
        return -ENOMEM;
    error = strcmp(above, path) ? make_directory(arena, above, directories) : -ENOENT;
    if (error)
        return error;
    if (mkdir(path, 0777))
        return errno == EEXIST ? 0 : -errno;
    error = add_directory(directories, path);
    if (error)
        rmdir(path);
    return error;
}

static int resolve(struct fastabi_arena *arena, const char *path,
                   struct fastabi_directories *directories, char **target)
{
    const char *name, *directory;
    char *real;
    int error = follow_links(arena, &path);

    if (error)
        return error;
    name = fastabi_path_name(path);
    if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
        return -EISDIR;
    directory = copy_directory(arena, path);
    if (!directory)
        return -ENOMEM;
    error = make_directory(arena, directory, directories);
    if (error)
        return error;
    real = realpath(directory, NULL);
    if (!real)
        return -errno;
    if (asprintf(target, "%s%s%s", real, strcmp(real, "/") ? "/" : "", name) < 0) {
        *target = NULL;
        error = -ENOMEM;
    }
    free(real);
    return error;
}

int fastabi_target_resolve(const char *path, struct fastabi_directories *directories, char **target)
{
    struct fastabi_arena arena = { 0 };
    int error = resolve(&arena, path, directories, target);

    fastabi_arena_free(&arena);
    return error;
}

char *fastabi_target_beside(const char *target, unsigned int number)
{
    const char *name = fastabi_path_name(target);
    int directory = (int)(name - target);
    char *path;

    if (asprintf(&path, "%.*s.%.*s.fastabi-%ld-%u", directory, target, NAME_KEPT, name,
                 (long)getpid(), number) < 0)
        return NULL;
    return path;
}

void fastabi_directories_remove(struct fastabi_directories *directories)
{
    for (size_t i = directories->count; i; i--)
        rmdir(directories->paths[i - 1]);
    fastabi_directories_keep(directories);
}

void fastabi_directories_keep(struct fastabi_directories *directories)
{
    for (size_t i = 0; i < directories->count; i++)
        free(directories->paths[i]);
    free(directories->paths);
    directories->paths = NULL;
    directories->count = 0;
}
