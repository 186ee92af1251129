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
#include "base/list.h"
#include "base/path.h"

bool fastabi_find_is_there(const char *path)
{
    struct stat status;

    return !lstat(path, &status) || (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG);
}

static bool ends_with(const char *name, const char *suffix)
{
    size_t length = strlen(name), own = strlen(suffix);

    return length > own && !strcmp(name + length - own, suffix);
}

static bool is_yaml(const char *name)
{
    return name[0] != '.' && (ends_with(name, ".yml") || ends_with(name, ".yaml"));
}

bool fastabi_find_is_path(const char *argument)
{
    return strchr(argument, '/') || !strcmp(argument, ".") || !strcmp(argument, "..") ||
           ends_with(argument, ".yml") || ends_with(argument, ".yaml");
}

/* Call func for each directory that is searched, until it returns something else than 0. */
static int each_directory(const struct fastabi_context *context, struct fastabi_arena *arena,
                          int (*func)(const char *directory, void *data), void *data)
{
    const char *list = context->flags & FASTABI_CONTEXT_NO_ENV ? NULL : getenv("FASTABI_ABI_PATH");
    int status = 0;

    for (size_t i = 0; i < context->spec_dir_count && !status; i++)
        status = func(context->spec_dirs[i], data);
    while (list && *list && !status) {
        const char *directory = fastabi_path_next(arena, &list);

        if (directory)
            status = func(directory, data);
        else if (*list)
            status = -ENOMEM;
    }
    return status ? status : func(FASTABI_ABI_DIR, data);
}

int fastabi_context_add_spec_dir(struct fastabi_context *context, const char *dir)
{
    char **dirs;
    char *copy;

    if (!context || !dir || !*dir)
        return fastabi_refuse_argument(context, __func__, "it needs a directory");
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
    struct fastabi_arena *arena;
    const char *name;
    const char *path;
};

static int look(const char *directory, void *data)
{
    struct search *search = data;
    const char *path = fastabi_path_join(search->arena, directory, search->name);

    if (!path)
        return -ENOMEM;
    if (!fastabi_find_is_there(path))
        return 0;
    search->path = path;
    return 1;
}

int fastabi_find_installed(struct fastabi_context *context, struct fastabi_arena *arena,
                           const char *relative, const char **path)
{
    struct search search = { .arena = arena, .name = relative };
    int status = each_directory(context, arena, look, &search);

    *path = search.path;
    return status < 0 ? status : 0;
}

/* ---- the files of a directory ---- */

int fastabi_find_list(const char *directory, struct fastabi_arena *arena,
                      struct fastabi_list *names)
{
    DIR *stream = opendir(directory);
    struct dirent *entry;
    int status = 0;

    if (!stream)
        return -errno;
    while (!status && (errno = 0, entry = readdir(stream))) {
        if (is_yaml(entry->d_name))
            status = fastabi_list_add_once(names, arena, entry->d_name);
    }
    if (!status && errno)
        status = -errno;
    closedir(stream);
    fastabi_list_sort(names, 0);
    return status;
}

static int visit_directory(struct fastabi_context *context, struct fastabi_arena *arena,
                           const char *directory, fastabi_path_func func, void *data)
{
    struct fastabi_list names = { NULL, 0, 0 };
    struct fastabi_place place = { .file = directory };
    int status = fastabi_find_list(directory, arena, &names);

    if (status)
        fastabi_report_system(context, FASTABI_DIAG_CANNOT_READ, directory, status);
    else if (!names.count) {
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_SPEC, &place,
                       "this directory has no specification; they end in .yml or .yaml");
        status = -ENOENT;
    }
    for (size_t i = 0; i < names.count && status >= 0; i++) {
        const char *path = fastabi_path_join(arena, directory, names.items[i]);

        status = path ? func(path, data)
                      : fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    }
    return status;
}

/* ---- every installed specification ---- */

struct listing {
    struct fastabi_arena *arena;
    struct fastabi_list names;
};

static int add_directory(const char *directory, void *data)
{
    struct listing *all = data;
    int status = fastabi_find_list(directory, all->arena, &all->names);

    return status == -ENOENT || status == -ENOTDIR ? 0 : status;
}

static int visit_installed(struct fastabi_context *context, struct fastabi_arena *arena,
                           fastabi_path_func func, void *data)
{
    struct listing all = { .arena = arena };
    int status = each_directory(context, arena, add_directory, &all);

    if (status < 0)
        fastabi_report_system(context, FASTABI_DIAG_CANNOT_READ, NULL, status);
    for (size_t i = 0; i < all.names.count && status >= 0; i++) {
        const char *path;

        status = fastabi_find_installed(context, arena, all.names.items[i], &path);
        if (status < 0)
            fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, status);
        else if (path)
            status = func(path, data);
    }
    return status;
}

static const char *const suffixes[] = { ".yml", ".yaml" };

/* A file here with that name and an ending, or NULL. */
static const char *find_local(struct fastabi_arena *arena, const char *name)
{
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        const char *file = fastabi_arena_printf(arena, "%s%s", name, suffixes[i]);

        if (file && !access(file, F_OK))
            return file;
    }
    return NULL;
}

static int report_unknown(struct fastabi_context *context, struct fastabi_arena *arena,
                          const char *name)
{
    const char *file = find_local(arena, name);
    struct fastabi_guess guess = { .size = sizeof(guess), .word = name };
    struct listing all = { .arena = arena };

    (void)each_directory(context, arena, add_directory, &all); /* without memory there is no hint */
    for (size_t i = 0; i < all.names.count; i++) {
        const char *entry = all.names.items[i];
        const char *known = fastabi_arena_copy(arena, entry, (size_t)(strrchr(entry, '.') - entry));

        if (known)
            fastabi_guess_try(&guess, known);
    }
    if (!file && guess.best)
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_SPEC, NULL,
                       "no installed specification '%.100s'; did you mean '%.100s'?", name,
                       guess.best);
    else if (file)
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_SPEC, NULL,
                       "no installed specification '%.100s'; for the file write '%.100s'", name,
                       file);
    else if (!access(name, F_OK))
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_SPEC, NULL,
                       "no installed specification '%.100s'; for the path write './%.100s'", name,
                       name);
    else
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_SPEC, NULL,
                       "no installed specification '%.100s'; a path has a '/' or ends in .yml",
                       name);
    return -ENOENT;
}

static int visit_name(struct fastabi_context *context, struct fastabi_arena *arena,
                      const char *name, fastabi_path_func func, void *data)
{
    const char *path = NULL;
    int status = 0;

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]) && !status && !path; i++) {
        const char *file = fastabi_arena_printf(arena, "%s%s", name, suffixes[i]);

        status = file ? fastabi_find_installed(context, arena, file, &path) : -ENOMEM;
    }
    if (status)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, status);
    return path ? func(path, data) : report_unknown(context, arena, name);
}

static int visit(struct fastabi_context *context, struct fastabi_arena *arena, const char *argument,
                 fastabi_path_func func, void *data)
{
    struct stat status;

    if (!argument)
        return visit_installed(context, arena, func, data);
    if (!fastabi_find_is_path(argument))
        return visit_name(context, arena, argument, func, data);
    if (stat(argument, &status))
        return fastabi_report_system(context, FASTABI_DIAG_CANNOT_READ, argument, -errno);
    if (S_ISDIR(status.st_mode))
        return visit_directory(context, arena, argument, func, data);
    return func(argument, data);
}

int fastabi_spec_find(struct fastabi_context *context, const char *argument, fastabi_path_func func,
                      void *data)
{
    struct fastabi_arena arena = { 0 };
    int status;

    if (!context || !func)
        return fastabi_refuse_argument(context, __func__, "it needs a function to call");
    status = visit(context, &arena, argument, func, data);
    fastabi_arena_free(&arena);
    return status;
}
