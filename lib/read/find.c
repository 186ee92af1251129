/* SPDX-License-Identifier: MIT */
/*
 * What a user calls a specification, made into paths of files.  Knows nothing of what is in them.
 */
#include "read/find.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fastabi/spec.h>

#include "base/context.h"
#include "base/diag.h"

static bool ends_with(const char *name, const char *suffix)
{
    size_t length = strlen(name), own = strlen(suffix);

    return length > own && !strcmp(name + length - own, suffix);
}

static bool is_specification(const char *name)
{
    return name[0] != '.' && (ends_with(name, ".yml") || ends_with(name, ".yaml"));
}

/* Not the name of an installed specification? */
static bool is_path(const char *argument)
{
    return strchr(argument, '/') || !strcmp(argument, ".") || !strcmp(argument, "..") ||
           ends_with(argument, ".yml") || ends_with(argument, ".yaml");
}

static char *join(const char *folder, size_t folder_length, const char *name, const char *suffix)
{
    size_t name_length = strlen(name);
    size_t suffix_length = strlen(suffix);
    char *path = malloc(folder_length + name_length + suffix_length + 2);
    char *next = path;

    if (!path)
        return NULL;
    memcpy(next, folder, folder_length);
    next += folder_length;
    if (folder_length && next[-1] != '/')
        *next++ = '/';
    memcpy(next, name, name_length);
    memcpy(next + name_length, suffix, suffix_length + 1);
    return path;
}

/* Call func for each folder that is searched, until it returns something else than 0. */
static int each_folder(const struct fastabi_context *context,
                       int (*func)(const char *folder, size_t length, void *data), void *data)
{
    const char *list = context->flags & FASTABI_CONTEXT_NO_ENV ? NULL : getenv("FASTABI_ABI_PATH");
    int status = 0;

    for (size_t i = 0; i < context->spec_dir_count && !status; i++)
        status = func(context->spec_dirs[i], strlen(context->spec_dirs[i]), data);
    while (list && *list && !status) {
        size_t length = strcspn(list, ":");

        if (length)
            status = func(list, length, data);
        list += length + (list[length] == ':');
    }
    return status ? status : func(FASTABI_ABI_DIR, strlen(FASTABI_ABI_DIR), data);
}

int fastabi_context_add_spec_dir(struct fastabi_context *context, const char *dir)
{
    char **dirs;
    char *copy;

    if (!context || !dir || !*dir)
        return fastabi_refuse_argument(context, __func__, "it needs a folder");
    dirs = realloc(context->spec_dirs, (context->spec_dir_count + 1) * sizeof(*dirs));
    if (dirs)
        context->spec_dirs = dirs;
    copy = dirs ? strdup(dir) : NULL;
    if (!copy)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    dirs[context->spec_dir_count++] = copy;
    return 0;
}

/* ---- one file by its name ---- */

struct search {
    const char *name;
    const char *suffix;
    char *path;
};

static int look(const char *folder, size_t length, void *data)
{
    struct search *search = data;
    char *path = join(folder, length, search->name, search->suffix);

    if (!path)
        return -ENOMEM;
    if (access(path, F_OK)) {
        free(path);
        return 0;
    }
    search->path = path;
    return 1;
}

int fastabi_find_installed(struct fastabi_context *context, const char *relative, char **path)
{
    struct search search = { .name = relative, .suffix = "" };
    int status = each_folder(context, look, &search);

    *path = search.path;
    return status < 0 ? status : 0;
}

/* ---- the files of a folder ---- */

struct listing {
    char **names;
    size_t count;
};

static void free_listing(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        free(listing->names[i]);
    free(listing->names);
}

static int add_name(struct listing *listing, const char *name)
{
    char **names = realloc(listing->names, (listing->count + 1) * sizeof(*names));

    if (!names)
        return -ENOMEM;
    listing->names = names;
    names[listing->count] = strdup(name);
    if (!names[listing->count])
        return -ENOMEM;
    listing->count++;
    return 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_folder(const char *folder, struct listing *listing)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;
    int status = 0;

    if (!stream)
        return -errno;
    while (!status && (errno = 0, entry = readdir(stream))) {
        if (is_specification(entry->d_name))
            status = add_name(listing, entry->d_name);
    }
    if (!status && errno)
        status = -errno;
    closedir(stream);
    if (listing->count)
        qsort(listing->names, listing->count, sizeof(*listing->names), compare_names);
    return status;
}

static int visit_folder(struct fastabi_context *context, const char *folder, fastabi_path_func func,
                        void *data)
{
    struct listing listing = { NULL, 0 };
    struct fastabi_place place = { .file = folder };
    int status = list_folder(folder, &listing);

    if (status)
        fastabi_report_system(context, FASTABI_DIAG_CANNOT_READ, folder, status);
    else if (!listing.count) {
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_SPEC, &place,
                       "this folder has no specification; they end in .yml or .yaml");
        status = -ENOENT;
    }
    for (size_t i = 0; i < listing.count && status >= 0; i++) {
        char *path = join(folder, strlen(folder), listing.names[i], "");

        status = path ? func(path, data)
                      : fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
        free(path);
    }
    free_listing(&listing);
    return status;
}

/* ---- every installed specification ---- */

static int add_folder(const char *folder, size_t length, void *data)
{
    struct listing *all = data;
    struct listing listing = { NULL, 0 };
    char *path = join(folder, length, "", "");
    int status = path ? list_folder(path, &listing) : -ENOMEM;

    for (size_t i = 0; i < listing.count && !status; i++) {
        bool known = false;

        for (size_t j = 0; j < all->count; j++)
            known |= !strcmp(all->names[j], listing.names[i]);
        if (!known)
            status = add_name(all, listing.names[i]);
    }
    free_listing(&listing);
    free(path);
    return status == -ENOENT || status == -ENOTDIR ? 0 : status;
}

static int visit_installed(struct fastabi_context *context, fastabi_path_func func, void *data)
{
    struct listing all = { NULL, 0 };
    int status = each_folder(context, add_folder, &all);

    if (status < 0)
        fastabi_report_system(context, FASTABI_DIAG_CANNOT_READ, NULL, status);
    if (all.count)
        qsort(all.names, all.count, sizeof(*all.names), compare_names);
    for (size_t i = 0; i < all.count && status >= 0; i++) {
        char *path;

        status = fastabi_find_installed(context, all.names[i], &path);
        if (status < 0)
            fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, status);
        else if (path)
            status = func(path, data);
        free(path);
    }
    free_listing(&all);
    return status;
}

static int report_unknown(struct fastabi_context *context, const char *name)
{
    struct fastabi_guess guess = { .size = sizeof(guess), .word = name };
    struct listing all = { NULL, 0 };

    (void)each_folder(context, add_folder, &all); /* without memory there is no hint */
    for (size_t i = 0; i < all.count; i++) {
        *strrchr(all.names[i], '.') = '\0';
        fastabi_guess_try(&guess, all.names[i]);
    }
    if (guess.best)
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_SPEC, NULL,
                       "no installed specification '%.100s'; did you mean '%.100s'?", name,
                       guess.best);
    else if (!access(name, F_OK))
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_SPEC, NULL,
                       "no installed specification '%.100s'; for the path write './%.100s'", name,
                       name);
    else
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_SPEC, NULL,
                       "no installed specification '%.100s'; a path has a '/' or ends in .yml",
                       name);
    free_listing(&all);
    return -ENOENT;
}

static int visit_name(struct fastabi_context *context, const char *name, fastabi_path_func func,
                      void *data)
{
    struct search search = { .name = name, .suffix = ".yml" };
    int status = each_folder(context, look, &search);

    if (!status) {
        search.suffix = ".yaml";
        status = each_folder(context, look, &search);
    }
    if (status < 0)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, status);
    if (!search.path)
        return report_unknown(context, name);
    status = func(search.path, data);
    free(search.path);
    return status;
}

int fastabi_spec_find(struct fastabi_context *context, const char *argument, fastabi_path_func func,
                      void *data)
{
    struct stat status;

    if (!context || !func)
        return fastabi_refuse_argument(context, __func__, "it needs a function to call");
    if (!argument)
        return visit_installed(context, func, data);
    if (!is_path(argument))
        return visit_name(context, argument, func, data);
    if (stat(argument, &status))
        return fastabi_report_system(context, FASTABI_DIAG_CANNOT_READ, argument, -errno);
    if (S_ISDIR(status.st_mode))
        return visit_folder(context, argument, func, data);
    return func(argument, data);
}
