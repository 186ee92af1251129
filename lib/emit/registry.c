/* SPDX-License-Identifier: MIT */
/*
 * The backends there are: a table of those in the tree, and shared objects that a context
 * loads when asked for one by path, or for a name that is not in the table.  A shared object is
 * looked at with suspicion, but it runs in our process.  Knows nothing of what backends emit.
 */
#include "emit/registry.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/c-locale.h"
#include "base/context.h"
#include "base/diag.h"
#include "base/list.h"
#include "base/names.h"
#include "base/path.h"
#include "emit/isolate.h"
#include "emit/option.h"

#define OPTIONS_MAX 256u /* of one backend */

/* Of a backend of the first headers of its version. */
#define SIZE_MIN offsetof(struct fastabi_backend, structs_unless)

#define STRINGIFY_(text) #text
#define STRINGIFY(text)  STRINGIFY_(text)

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

#define KNOWN_FLAGS                                                                                \
    (FASTABI_BACKEND_STUBS | FASTABI_BACKEND_ONE_FILE | FASTABI_BACKEND_FLAT_NAMES |               \
     FASTABI_BACKEND_UNIQUE_INDEX | FASTABI_BACKEND_STRUCTS | FASTABI_BACKEND_HANDLERS)

#define BUILT_IN_COUNT (sizeof(built_in) / sizeof(built_in[0]))

/* A loaded or registered backend. */
struct plugin {
    struct plugin *next;
    void *handle; /* NULL: registered */
    struct fastabi_backend backend;
    struct fastabi_backend_option *options;
};

/* What a context loaded, in order. */
struct registry {
    struct fastabi_owned owned;
    struct plugin *plugins;
    bool is_searched;
};

static void free_plugin(struct plugin *plugin)
{
    if (!plugin)
        return;
    if (plugin->handle)
        dlclose(plugin->handle);
    free(plugin->options);
    free(plugin);
}

static void free_registry(struct fastabi_owned *owned)
{
    struct registry *registry = (struct registry *)owned;

    while (registry->plugins) {
        struct plugin *plugin = registry->plugins;

        registry->plugins = plugin->next;
        free_plugin(plugin);
    }
    free(registry);
}

static struct plugin *first_plugin(const struct fastabi_context *context)
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
    for (const struct plugin *plugin = first_plugin(context); plugin; plugin = plugin->next) {
        if (!strcmp(plugin->backend.name, name))
            return &plugin->backend;
    }
    return NULL;
}

static struct plugin **find_last(struct registry *registry)
{
    struct plugin **last = &registry->plugins;

    while (*last)
        last = &(*last)->next;
    return last;
}

/* ---- what a backend must look like ---- */

/* What is wrong with an option, or NULL. */
static const char *find_option_fault(const struct fastabi_backend *backend, uint32_t i)
{
    const struct fastabi_backend_option *option = &backend->options[i];

    if (!option->name || !fastabi_is_identifier(option->name))
        return "the name of an option is not a valid identifier; rename it";
    if (!option->help || !option->default_value)
        return "an option without help or default; add both";
    if (!fastabi_option_type_is_known(option->type))
        return "an option of an unknown type; use one of enum fastabi_option_type";
    if (fastabi_option_type_choices(option->type) == (option->choices ? -1 : 1))
        return "choices for an option that is not a choice, or a choice without them; set both or "
               "neither";
    if (!fastabi_option_takes(option, option->default_value))
        return "a default that its option does not take; use one of the choices, or what the type "
               "takes";
    for (uint32_t j = 0; j < i; j++) {
        if (!strcmp(backend->options[j].name, option->name))
            return "two options of one name; rename one";
    }
    return NULL;
}

/* What is wrong with a backend of the right version, or NULL. */
static const char *find_fault(const struct fastabi_backend *backend)
{
    const char *fault = NULL;

    if (!backend->name || !fastabi_is_identifier(backend->name))
        return "its name is not a valid identifier; rename it";
    if (!backend->description)
        return "it has no description; add one";
    if (backend->flags & ~KNOWN_FLAGS)
        return "it has unknown flags; leave them out";
    if (backend->option_count > OPTIONS_MAX || (backend->option_count && !backend->options))
        return "its options are missing, or too many; correct option_count";
    for (uint32_t i = 0; i < backend->option_count && !fault; i++)
        fault = find_option_fault(backend, i);
    if (!fault && backend->structs_unless &&
        !fastabi_option_is_setting(backend, backend->structs_unless))
        fault = "structs_unless names no choice of an option; write OPTION=CHOICE";
    return fault;
}

/* ---- loading ---- */

/* A shared object that is being loaded. */
struct candidate {
    const char *path;
    bool is_searched; /* found in a directory: whatever is wrong with it is only a warning */
    void *handle;
    const struct fastabi_backend *backend;
};

static int refuse(struct fastabi_context *context, const struct candidate *candidate,
                  enum fastabi_diag_id id, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

static int refuse(struct fastabi_context *context, const struct candidate *candidate,
                  enum fastabi_diag_id id, const char *format, ...)
{
    struct fastabi_place place = { .file = candidate->path };
    va_list arguments;

    if (candidate->is_searched)
        id = FASTABI_DIAG_BACKEND_SKIPPED;
    va_start(arguments, format);
    fastabi_report_va(context, id, &place, format, arguments);
    va_end(arguments);
    return -ENOTSUP;
}

/* dlopen() looks for a name without a slash elsewhere. */
static int open_object(struct fastabi_context *context, struct candidate *candidate)
{
    struct fastabi_arena arena = { 0 };
    const char *path = fastabi_path_join(&arena, strchr(candidate->path, '/') ? "" : ".",
                                         candidate->path);
    struct fastabi_c_locale locale;
    const char *error;
    size_t length;
    int result = 0;

    if (!path)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    candidate->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!candidate->handle) {
        fastabi_c_locale_enter(&locale);
        error = dlerror();
        fastabi_c_locale_leave(&locale);
        if (!error)
            error = "cannot be loaded";
        length = strlen(path);
        if (!strncmp(error, path, length) && !strncmp(error + length, ": ", 2))
            error += length + 2;
        result = refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                        "%s; name the shared object of a backend", error);
    }
    fastabi_arena_free(&arena);
    return result;
}

static int refuse_version(struct fastabi_context *context, const struct candidate *candidate,
                          uint32_t version)
{
    if (version == FASTABI_BACKEND_ABI_VERSION) {
        return refuse(context, candidate, FASTABI_DIAG_BACKEND_ABI,
                      "its size is smaller than that of its version of the interface; set it to "
                      "sizeof(struct fastabi_backend)");
    }
    return refuse(context, candidate, FASTABI_DIAG_BACKEND_ABI,
                  "is made for version %u of the backend interface, and this is %u; build it again",
                  version, FASTABI_BACKEND_ABI_VERSION);
}

/* Whether it is a backend of this version, as far as its members are known. */
static int check_size(struct fastabi_context *context, const struct candidate *candidate)
{
    const struct fastabi_backend *backend = candidate->backend;
    const unsigned char *bytes = (const unsigned char *)backend;

    if (backend->abi_version != FASTABI_BACKEND_ABI_VERSION || backend->size < SIZE_MIN)
        return refuse_version(context, candidate, backend->abi_version);
    for (size_t i = sizeof(*backend); i < backend->size; i++) {
        if (bytes[i]) {
            return refuse(context, candidate, FASTABI_DIAG_BACKEND_ABI,
                          "has members that this version of the interface does not have; install a "
                          "newer library");
        }
    }
    return 0;
}

static int ask_for_backend(struct fastabi_context *context, struct candidate *candidate)
{
    const struct fastabi_backend *backend;
    fastabi_backend_entry_func entry;

    *(void **)&entry = dlsym(candidate->handle, STRINGIFY(FASTABI_BACKEND_ENTRY));
    if (!entry) {
        return refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                      "is not a backend, as it has no " STRINGIFY(
                          FASTABI_BACKEND_ENTRY) "; export that function from it");
    }
    backend = entry();
    if (!backend)
        return refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                      "offers no backend; return one from its entry");
    candidate->backend = backend;
    return check_size(context, candidate);
}

static bool is_loaded(const struct fastabi_context *context, const void *handle)
{
    for (const struct plugin *plugin = first_plugin(context); plugin; plugin = plugin->next) {
        if (plugin->handle == handle)
            return true;
    }
    return false;
}

/* Copy the options, whose size may be that of another version.  0, or what is wrong. */
static const char *copy_options(struct fastabi_backend_option *copy,
                                const struct fastabi_backend *backend)
{
    const char *bytes = (const char *)backend->options;
    size_t size = backend->option_size ? backend->option_size : sizeof(*copy);

    for (uint32_t i = 0; i < backend->option_count; i++) {
        const char *option = bytes + i * size;

        for (size_t j = sizeof(*copy); j < size; j++) {
            if (option[j])
                return "an option with members that this version does not have; install a newer "
                       "library";
        }
        memcpy(&copy[i], option, size < sizeof(*copy) ? size : sizeof(*copy));
    }
    return NULL;
}

/* A copy of a backend of the right version, and whether it is a valid one.  NULL: refused. */
static struct plugin *make_plugin(struct fastabi_context *context,
                                  const struct candidate *candidate, int *error)
{
    struct plugin *plugin = calloc(1, sizeof(*plugin));
    const struct fastabi_backend *backend = candidate->backend;
    uint32_t count = backend->option_count <= OPTIONS_MAX ? backend->option_count : 0;
    const char *fault = NULL;

    *error = 0;
    if (plugin)
        plugin->options = calloc(count + 1, sizeof(*plugin->options));
    if (!plugin || !plugin->options) {
        *error = fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    } else {
        memcpy(&plugin->backend, backend,
               backend->size < sizeof(*backend) ? backend->size : sizeof(*backend));
        if (backend->options && count) {
            fault = copy_options(plugin->options, backend);
            plugin->backend.options = plugin->options;
        }
        if (!fault)
            fault = find_fault(&plugin->backend);
        if (fault)
            *error = refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD, "%s", fault);
    }
    if (!*error)
        return plugin;
    free_plugin(plugin);
    return NULL;
}

/* Keep a loaded backend.  The first of a name holds, so that a directory cannot replace ours. */
static int add_plugin(struct fastabi_context *context, const struct candidate *candidate)
{
    struct registry *registry = want_registry(context);
    struct plugin *plugin;
    int error;

    if (!registry)
        return -ENOMEM;
    plugin = make_plugin(context, candidate, &error);
    if (!plugin)
        return error;
    if (find_known(context, plugin->backend.name)) {
        free_plugin(plugin);
        return refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                      "there is already a backend of its name; rename it");
    }
    plugin->handle = candidate->handle;
    *find_last(registry) = plugin;
    return 0;
}

struct probe {
    struct fastabi_context *context;
    struct candidate candidate;
};

static void load_and_unload(void *data)
{
    struct probe *probe = data;
    int error;

    if (open_object(probe->context, &probe->candidate))
        return;
    if (!ask_for_backend(probe->context, &probe->candidate))
        free_plugin(make_plugin(probe->context, &probe->candidate, &error));
    dlclose(probe->candidate.handle);
}

/* Load it where a crash does no harm, before it is loaded here. */
static int try_to_load(struct fastabi_context *context, const struct candidate *candidate)
{
    struct probe probe = { context, *candidate };
    char end[FASTABI_ISOLATE_TEXT];
    int error;

    if (!(context->flags & FASTABI_CONTEXT_ISOLATE))
        return 0;
    error = fastabi_isolate_probe(context, load_and_unload, &probe, end);
    if (error != -EFAULT)
        return error;
    return refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                  "crashes when it is loaded: %s; correct the backend", end);
}

static int load(struct fastabi_context *context, const char *path, bool is_searched)
{
    struct candidate candidate = { .path = path, .is_searched = is_searched };
    int error = try_to_load(context, &candidate);

    if (!error)
        error = open_object(context, &candidate);
    if (error)
        return error;
    if (is_loaded(context, candidate.handle)) {
        dlclose(candidate.handle);
        return 0;
    }
    error = ask_for_backend(context, &candidate);
    if (!error)
        error = add_plugin(context, &candidate);
    if (error)
        dlclose(candidate.handle);
    return error;
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
    struct candidate candidate = { .path = "fastabi_backend_register", .backend = backend };
    int error;

    if (!context || !backend)
        return fastabi_refuse_argument(context, __func__, "it needs a backend");
    error = check_size(context, &candidate);
    return error ? error : add_plugin(context, &candidate);
}

bool fastabi_registry_is_plugin(const struct fastabi_context *context,
                                const struct fastabi_backend *backend)
{
    for (const struct plugin *plugin = first_plugin(context); plugin; plugin = plugin->next) {
        if (&plugin->backend == backend)
            return plugin->handle;
    }
    return false;
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
    const struct plugin *plugin;

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
