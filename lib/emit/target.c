/* SPDX-License-Identifier: MIT */
/*
 * Paths of output files: what a path stands for on this file system, and the directories above it.
 * Knows nothing of what is written.
 */
#include "emit/target.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "emit/litter.h"

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

/* Append a part to a path that ends without a slash, unless it is the root. */
static const char *append(struct fastabi_arena *arena, const char *path, const char *part,
                          size_t length)
{
    return fastabi_arena_printf(arena, "%s%s%.*s", path, strcmp(path, "/") ? "/" : "", (int)length,
                                part);
}

/*
 * Take one part of a directory's path: go up, into what exists, or into what does not exist yet.
 * real is what it leads to so far, and base the part of that which exists.
 */
static int take_part(struct fastabi_arena *arena, const char **real, const char **base,
                     const char *part, size_t length)
{
    bool is_dotdot = length == 2 && part[0] == '.' && part[1] == '.';
    const char *next = is_dotdot ? copy_directory(arena, *real)
                                 : append(arena, *real, part, length);
    bool is_there = *real == *base;
    struct stat status;

    if (!next)
        return -ENOMEM;
    if (is_dotdot) {
        if (is_there || !strcmp(next, *base))
            *base = next;
    } else if (is_there && !stat(next, &status)) {
        char *found = S_ISDIR(status.st_mode) ? realpath(next, NULL) : NULL;

        if (!found)
            return S_ISDIR(status.st_mode) ? -errno : -ENOTDIR;
        next = fastabi_arena_copy(arena, found, strlen(found));
        free(found);
        if (!next)
            return -ENOMEM;
        *base = next;
    } else if (is_there && errno != ENOENT) {
        return -errno;
    }
    *real = next;
    return 0;
}

/* The real path of a directory that may not exist, and how much of it does. */
static int find_directory(struct fastabi_arena *arena, const char *path, const char **real,
                          const char **base)
{
    char *found = realpath(path, NULL);
    int error = 0;

    if (!found && errno != ENOENT)
        return -errno;
    if (!found)
        found = *path == '/' ? strdup("/") : realpath(".", NULL);
    else
        path = "";
    if (!found)
        return -errno;
    *real = *base = fastabi_arena_copy(arena, found, strlen(found));
    free(found);
    if (!*real)
        return -ENOMEM;
    while (*path && !error) {
        size_t length = strcspn(path, "/");

        if (length && (length > 1 || *path != '.'))
            error = take_part(arena, real, base, path, length);
        path += length + (path[length] == '/');
    }
    return error;
}

static int resolve(struct fastabi_arena *arena, const char *path, char **target, char **base)
{
    const char *real = NULL, *existing = NULL;
    const char *name, *directory, *given = path;
    struct stat status;
    int error = follow_links(arena, &path);

    if (error)
        return error;
    name = fastabi_path_name(path);
    if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
        return -EISDIR;
    directory = copy_directory(arena, path);
    if (!directory)
        return -ENOMEM;
    error = find_directory(arena, directory, &real, &existing);
    if (!error && stat(existing, &status))
        error = -errno;
    else if (!error && !S_ISDIR(status.st_mode))
        error = -ENOTDIR;
    /* Directories are made where the path is, not wherever a link that lies there leads to. */
    else if (!error && path != given && strcmp(real, existing) != 0)
        error = -ENOENT;
    if (error)
        return error;
    *base = strdup(existing);
    if (!*base || asprintf(target, "%s%s%s", real, strcmp(real, "/") ? "/" : "", name) < 0) {
        *target = NULL;
        return -ENOMEM;
    }
    return 0;
}

int fastabi_target_resolve(const char *path, char **target, char **base)
{
    struct fastabi_arena arena = { 0 };
    int error = resolve(&arena, path, target, base);

    fastabi_arena_free(&arena);
    return error;
}

/* Another process may make it at the same time. */
static int make_directory(struct fastabi_directories *directories, const char *path,
                          struct fastabi_litter *litter)
{
    int error;

    if (!access(path, F_OK))
        return 0;
    error = litter ? fastabi_litter_add(litter, path, true) : 0;
    if (error)
        return error;
    if (mkdir(path, 0777))
        return errno == EEXIST ? 0 : -errno;
    error = add_directory(directories, path);
    if (error)
        rmdir(path);
    return error;
}

int fastabi_directories_make(struct fastabi_directories *directories, const char *base,
                             const char *target, struct fastabi_litter *litter)
{
    const char *name = fastabi_path_name(target);
    const char *next = target + strlen(base) + (strcmp(base, "/") != 0);
    int error = 0;

    while (next < name && !error) {
        const char *end = strchr(next, '/');
        char *path = strndup(target, (size_t)(end - target));

        error = path ? make_directory(directories, path, litter) : -ENOMEM;
        free(path);
        next = end + 1;
    }
    return error;
}

bool fastabi_target_is_in(const char *target, const char *directory)
{
    size_t length = strcmp(directory, "/") ? strlen(directory) : 0;

    return fastabi_path_name(target) == target + length + 1;
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
