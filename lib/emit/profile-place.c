/* SPDX-License-Identifier: MIT */
/* Where profiles are: in directories, and in the library.  Knows nothing of what is in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/path.h"
#include "emit/profile.h"
#include "read/find.h"

static const char *const suffixes[] = { ".yml", ".yaml" };

/* Call func for each directory that is searched, until it returns something else than 0. */
static int each_directory(struct fastabi_context *context, struct fastabi_arena *arena,
                          int (*func)(const char *directory, void *data), void *data)
{
    const char *list = context->flags & FASTABI_CONTEXT_NO_ENV ? NULL
                                                               : getenv("FASTABI_PROFILE_PATH");
    int status = 0;

    while (list && *list && !status) {
        const char *directory = fastabi_path_next(arena, &list);

        if (directory)
            status = func(directory, data);
        else if (*list)
            status = -ENOMEM;
    }
    return status ? status : func(FASTABI_PROFILE_DIR, data);
}

/* ---- all of them ---- */

struct listing {
    struct fastabi_arena *arena;
    struct fastabi_list names; /* without endings */
};

static int add_directory(const char *directory, void *data)
{
    struct listing *all = data;
    struct fastabi_list files = { NULL, 0, 0 };
    int status = fastabi_find_list(directory, all->arena, &files);

    if (status == -ENOENT || status == -ENOTDIR)
        return 0;
    for (size_t i = 0; i < files.count && !status; i++) {
        const char *file = files.items[i];
        const char *name = fastabi_arena_copy(all->arena, file,
                                              (size_t)(strrchr(file, '.') - file));

        status = name ? fastabi_list_add_once(&all->names, all->arena, name) : -ENOMEM;
    }
    return status;
}

static int list_all(struct fastabi_context *context, struct listing *all)
{
    int status = each_directory(context, all->arena, add_directory, all);

    for (const struct fastabi_built_in_profile *own = fastabi_built_in_profiles;
         own->name && !status; own++)
        status = fastabi_list_add_once(&all->names, all->arena, own->name);
    fastabi_list_sort(&all->names, 0);
    return status;
}

int fastabi_profile_find(struct fastabi_context *context, fastabi_path_func func, void *data)
{
    struct fastabi_arena arena = { 0 };
    struct listing all = { .arena = &arena };
    int status;

    if (!context || !func)
        return fastabi_refuse_argument(context, __func__, "it needs a function to call");
    status = list_all(context, &all);
    if (status)
        fastabi_report_system(context, FASTABI_DIAG_CANNOT_READ, NULL, status);
    for (size_t i = 0; i < all.names.count && status >= 0; i++)
        status = func(all.names.items[i], data);
    fastabi_arena_free(&arena);
    return status;
}

/* ---- one by its name ---- */

struct search {
    struct fastabi_arena *arena;
    const char *name;
    const char *path;
};

static int look(const char *directory, void *data)
{
    struct search *search = data;

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        const char *file = fastabi_arena_printf(search->arena, "%s%s", search->name, suffixes[i]);
        const char *path = file ? fastabi_path_join(search->arena, directory, file) : NULL;

        if (!path)
            return -ENOMEM;
        if (!fastabi_find_is_there(path))
            continue;
        search->path = path;
        return 1;
    }
    return 0;
}

static int report_missing(struct fastabi_context *context, struct fastabi_arena *arena,
                          const char *name)
{
    struct listing all = { .arena = arena };
    struct fastabi_guess guess = { .size = sizeof(guess), .word = name };
    const char *joined;

    joined = list_all(context, &all) ? NULL : fastabi_list_join(&all.names, arena);
    for (size_t i = 0; i < all.names.count; i++)
        fastabi_guess_try(&guess, all.names.items[i]);
    if (!joined)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    if (guess.best)
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_PROFILE, NULL,
                       "no profile '%.100s'; did you mean '%s'?", name, guess.best);
    else
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_PROFILE, NULL,
                       "no profile '%.100s'; choose one of %s, or name a file, as ./mine.yml", name,
                       joined);
    return -ENOTSUP;
}

int fastabi_profile_place(struct fastabi_context *context, struct fastabi_arena *arena,
                          const char *name, struct fastabi_profile_place *place)
{
    struct search search = { .arena = arena, .name = name };
    int status;

    *place = (struct fastabi_profile_place){ .path = name };
    if (fastabi_find_is_path(name))
        return 0;
    status = *name ? each_directory(context, arena, look, &search) : 0;
    if (status < 0)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, status);
    place->path = search.path;
    if (search.path)
        return 0;
    for (const struct fastabi_built_in_profile *own = fastabi_built_in_profiles; own->name; own++) {
        if (!strcmp(own->name, name)) {
            place->text = own->text;
            return 0;
        }
    }
    return report_missing(context, arena, name);
}
