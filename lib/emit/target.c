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

#define LINKS_MAX   40  /* as Linux */
#define NAME_KEPT   180 /* bytes of a name that its hidden sibling repeats: NAME_MAX is 255 */
#define SUFFIX_ROOM 48  /* "/..fastabi-PID-NUMBER" and the end */

char *fastabi_target_join(const char *folder, const char *name)
{
    size_t folder_length = strlen(folder);
    size_t name_length = strlen(name);
    char *path = malloc(folder_length + 1 + name_length + 1);

    if (!path)
        return NULL;
    memcpy(path, folder, folder_length);
    if (folder_length && folder[folder_length - 1] != '/')
        path[folder_length++] = '/';
    memcpy(path + folder_length, name, name_length + 1);
    return path;
}

/* The part of a path behind its last slash. */
static const char *find_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The folder a path is in, malloced: "." where the path names none. */
static char *copy_folder(const char *path)
{
    size_t length = (size_t)(find_name(path) - path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    return length ? strndup(path, length) : strdup(".");
}

/* Replace *path by what the link it is points to, and so on. */
static int follow_links(char **path)
{
    char text[PATH_MAX];

    for (int i = 0; i < LINKS_MAX; i++) {
        ssize_t length = readlink(*path, text, sizeof(text) - 1);
        char *folder;
        char *next;

        if (length < 0)
            return errno == EINVAL || errno == ENOENT ? 0 : -errno;
        text[length] = '\0';
        if (text[0] == '/') {
            next = strdup(text);
        } else {
            folder = copy_folder(*path);
            next = folder ? fastabi_target_join(folder, text) : NULL;
            free(folder);
        }
        if (!next)
            return -ENOMEM;
        free(*path);
        *path = next;
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
static int make_folder(const char *path, struct fastabi_folders *folders)
{
    struct stat status;
    char *above;
    int error;

    if (!stat(path, &status))
        return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
    if (errno != ENOENT)
        return -errno;
    above = copy_folder(path);
    if (!above)
        return -ENOMEM;
    error = strcmp(above, path) ? make_folder(above, folders) : -ENOENT;
    free(above);
    if (error)
        return error;
    if (mkdir(path, 0777))
        return errno == EEXIST ? 0 : -errno;
    error = add_folder(folders, path);
    if (error)
        rmdir(path);
    return error;
}

int fastabi_target_resolve(const char *path, struct fastabi_folders *folders, char **target)
{
    char *followed = strdup(path);
    char *folder = NULL;
    char *real = NULL;
    const char *name;
    int error;

    if (!followed)
        return -ENOMEM;
    error = follow_links(&followed);
    if (error)
        goto out;
    name = find_name(followed);
    error = -EISDIR;
    if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
        goto out;
    error = -ENOMEM;
    folder = copy_folder(followed);
    if (!folder)
        goto out;
    error = make_folder(folder, folders);
    if (error)
        goto out;
    real = realpath(folder, NULL);
    error = real ? -ENOMEM : -errno;
    if (!real)
        goto out;
    *target = fastabi_target_join(real, name);
    if (*target)
        error = 0;
out:
    free(followed);
    free(folder);
    free(real);
    return error;
}

char *fastabi_target_beside(const char *target, unsigned int number)
{
    const char *name = find_name(target);
    int folder = (int)(name - target);
    size_t size = strlen(target) + SUFFIX_ROOM;
    char *path = malloc(size);

    if (path) {
        snprintf(path, size, "%.*s.%.*s.fastabi-%ld-%u", folder, target, NAME_KEPT, name,
                 (long)getpid(), number);
    }
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
