/* SPDX-License-Identifier: MIT */
/*
 * The backends there are: a table of those in the tree, and shared objects that a context
 * loads when asked for one by path, or for a name that is not in the table.  Knows nothing of what
 * backends emit.
 */
#include "emit/registry.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/diag.h"
#include "base/list.h"
#include "base/path.h"
#include "emit/load.h"

extern const struct fastabi_backend fastabi_backend_asm;
extern const struct fastabi_backend fastabi_backend_c;
extern const struct fastabi_backend fastabi_backend_html;
extern const struct fastabi_backend fastabi_backend_json;
extern const struct fastabi_backend fastabi_backend_markdown;
extern const struct fastabi_backend fastabi_backend_rust;
extern const struct fastabi_backend fastabi_backend_xen;

static const struct fastabi_backend *const built_in[] = {
    &fastabi_backend_c,        &fastabi_backend_rust, &fastabi_backend_asm, &fastabi_backend_json,
    &fastabi_backend_markdown, &fastabi_backend_html, &fastabi_backend_xen,
};

#define BUILT_IN_COUNT (sizeof(built_in) / sizeof(built_in[0]))

/* What a context loaded, in order. */
struct registry {
    struct fastabi_owned owned;
    struct fastabi_plugin *plugins;
    bool is_searched;
};

static void free_registry(struct fastabi_owned *owned)
{
    struct registry *registry = (struct registry *)owned;

    while (registry->plugins) {
        struct fastabi_plugin *plugin = registry->plugins;

        registry->plugins = plugin->next;
        fastabi_plugin_free(plugin);
    }
    free(registry);
}

static struct fastabi_plugin *first_plugin(const struct fastabi_context *context)
{
    struct fastabi_owned *owned = fastabi_context_owned(context, NULL, free_registry);

    return owned ? ((struct registry *)owned)->plugins : NULL;
}

/* The context's registry, made when there is none; NULL: no memory, reported. */
static struct registry *want_registry(struct fastabi_context *context)
{
    struct fastabi_owned *owned = fastabi_context_owned(context, NULL, free_registry);
    struct registry *registry = (struct registry *)owned;

    if (registry)
        return registry;
    registry = calloc(1, sizeof(*registry));
    if (!registry) {
        fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
        return NULL;
    }
    registry->owned.free = free_registry;
    fastabi_context_own(context, &registry->owned);
    return registry;
}

/* ---- looking up ---- */

static const struct fastabi_backend *find_known(const struct fastabi_context *context,
                                                const char *name)
{
    for (size_t i = 0; i < BUILT_IN_COUNT; i++) {
        if (!strcmp(built_in[i]->name, name))
            return built_in[i];
    }
    for (const struct fastabi_plugin *plugin = first_plugin(context); plugin;
         plugin = plugin->next) {
        if (!strcmp(plugin->backend.name, name))
            return &plugin->backend;
    }
    return NULL;
}

static struct fastabi_plugin **find_last(struct registry *registry)
{
    struct fastabi_plugin **last = &registry->plugins;

    while (*last)
        last = &(*last)->next;
    return last;
}

/* ---- loading ---- */

static bool is_loaded(const struct fastabi_context *context, const struct fastabi_plugin *plugin)
{
    const struct fastabi_plugin *other = first_plugin(context);

    while (other && (other->device != plugin->device || other->inode != plugin->inode))
        other = other->next;
    return other && plugin->inode;
}

/* Keep a backend.  The first of a name holds, so that a directory cannot replace ours. */
static int add_plugin(struct fastabi_context *context, const struct fastabi_candidate *candidate,
                      struct fastabi_plugin *plugin)
{
    struct registry *registry = want_registry(context);

    if (registry && !find_known(context, plugin->backend.name)) {
        *find_last(registry) = plugin;
        return 0;
    }
    fastabi_plugin_free(plugin);
    if (!registry)
        return -ENOMEM;
    return fastabi_load_refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                               "there is already a backend of its name; rename it");
}

static int load(struct fastabi_context *context, const char *path, bool is_searched)
{
    const struct fastabi_candidate candidate = { path, is_searched };
    int error;
    struct fastabi_plugin *plugin = fastabi_load(context, &candidate, &error);

    if (!plugin)
        return error;
    if (!is_loaded(context, plugin))
        return add_plugin(context, &candidate, plugin);
    fastabi_plugin_free(plugin);
    return 0;
}

int fastabi_backend_load(struct fastabi_context *context, const char *path)
{
    if (!context || !path)
        return fastabi_refuse_argument(context, __func__, "it needs a path");
    if (!*path) {
        fastabi_report(context, FASTABI_DIAG_BACKEND_LOAD, NULL,
                       "the path of a backend is empty; name its file");
        return -ENOTSUP;
    }
    return load(context, path, false);
}

int fastabi_backend_register(struct fastabi_context *context, const struct fastabi_backend *backend)
{
    const struct fastabi_candidate candidate = { .path = "fastabi_backend_register" };
    struct fastabi_plugin *plugin;
    int error;

    if (!context || !backend)
        return fastabi_refuse_argument(context, __func__, "it needs a backend");
    plugin = fastabi_load_copy(context, &candidate, backend, &error);
    return plugin ? add_plugin(context, &candidate, plugin) : error;
}

static const struct fastabi_plugin *find_plugin(const struct fastabi_context *context,
                                                const struct fastabi_backend *backend)
{
    const struct fastabi_plugin *plugin = first_plugin(context);

    while (plugin && &plugin->backend != backend)
        plugin = plugin->next;
    return plugin;
}

bool fastabi_registry_is_isolated(const struct fastabi_context *context,
                                  const struct fastabi_backend *backend)
{
    const struct fastabi_plugin *plugin = find_plugin(context, backend);

    return plugin && plugin->path;
}

const struct fastabi_backend *fastabi_registry_load_hooks(struct fastabi_context *context,
                                                          const struct fastabi_backend *backend)
{
    const struct fastabi_plugin *plugin = find_plugin(context, backend);

    plugin = plugin ? fastabi_load_hooks(context, plugin) : NULL;
    return plugin ? &plugin->backend : NULL;
}

/* ---- searching ---- */

static int is_object(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return entry->d_name[0] != '.' && length > 3 && !strcmp(entry->d_name + length - 3, ".so");
}

/* alphasort() would ask the locale. */
static int compare_entries(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Load what is in a directory.  It need not exist.  0 or -ENOMEM. */
static int search_directory(struct fastabi_context *context, struct fastabi_arena *arena,
                            const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_object, compare_entries);
    int error = count < 0 && errno == ENOMEM ? -ENOMEM : 0;

    for (int i = 0; i < count; i++) {
        const char *path = fastabi_path_join(arena, directory, entries[i]->d_name);

        if (!path || load(context, path, true) == -ENOMEM)
            error = -ENOMEM;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return error;
}

/* What FASTABI_BACKEND_PATH and the installation offer. */
static int search_directories(struct fastabi_context *context, struct fastabi_arena *arena)
{
    const char *list = context->flags & FASTABI_CONTEXT_NO_ENV ? NULL
                                                               : getenv("FASTABI_BACKEND_PATH");
    int error = 0;

    while (list && *list && !error) {
        const char *directory = fastabi_path_next(arena, &list);

        if (directory)
            error = search_directory(context, arena, directory);
        else if (*list)
            error = -ENOMEM;
    }
    return error ? error : search_directory(context, arena, FASTABI_BACKEND_DIR);
}

/* Load what the directories offer, once. */
static void search(struct fastabi_context *context)
{
    struct registry *registry = want_registry(context);
    struct fastabi_arena arena = { 0 };

    if (!registry || registry->is_searched)
        return;
    registry->is_searched = true;
    if (search_directories(context, &arena))
        fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    fastabi_arena_free(&arena);
}

const struct fastabi_backend *fastabi_backend_at(struct fastabi_context *context, size_t i)
{
    const struct fastabi_plugin *plugin;

    if (!context)
        return NULL;
    if (i < BUILT_IN_COUNT)
        return built_in[i];
    search(context);
    plugin = first_plugin(context);
    for (i -= BUILT_IN_COUNT; plugin && i; i--)
        plugin = plugin->next;
    return plugin ? &plugin->backend : NULL;
}

const struct fastabi_backend *fastabi_backend_by_name(struct fastabi_context *context,
                                                      const char *name)
{
    const struct fastabi_backend *backend;

    if (!context || !name)
        return NULL;
    backend = find_known(context, name);
    if (backend)
        return backend;
    search(context);
    return find_known(context, name);
}

/* ---- messages ---- */

int fastabi_registry_report_missing(struct fastabi_context *context,
                                    const struct fastabi_place *place, const char *name)
{
    struct fastabi_arena arena = { 0 };
    struct fastabi_list names = { NULL, 0, 0 };
    struct fastabi_guess guess = { .size = sizeof(guess), .word = name };
    const struct fastabi_backend *backend;
    const char *joined;
    int error = 0;

    for (size_t i = 0; !error && (backend = fastabi_backend_at(context, i)); i++) {
        error = fastabi_list_add(&names, &arena, backend->name);
        fastabi_guess_try(&guess, backend->name);
    }
    joined = error ? NULL : fastabi_list_join(&names, &arena);
    if (joined && guess.best)
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_BACKEND, place,
                       "no backend '%.200s'; did you mean '%s'?", name, guess.best);
    else if (joined)
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_BACKEND, place,
                       "no backend '%.200s'; choose one of %s", name, joined);
    else
        fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    fastabi_arena_free(&arena);
    return joined ? -ENOTSUP : -ENOMEM;
}
