/* SPDX-License-Identifier: MIT */
/*
 * Shared objects as backends, with suspicion: isolated, a child process loads one and sends its
 * description, and no code of it runs in this process.  Knows nothing of which backends there are,
 * or of what they emit.
 */
#include "emit/load.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/c-locale.h"
#include "base/context.h"
#include "base/path.h"
#include "emit/isolate.h"

/* Of a backend of the first headers of its version. */
#define SIZE_MIN offsetof(struct fastabi_backend, structs_unless)

#define DESCRIPTION_MOST ((size_t)1 << 24) /* bytes */

#define STRINGIFY_(text) #text
#define STRINGIFY(text)  STRINGIFY_(text)

int fastabi_load_refuse(struct fastabi_context *context, const struct fastabi_candidate *candidate,
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
static void *open_object(struct fastabi_context *context, const struct fastabi_candidate *candidate,
                         int *result)
{
    struct fastabi_arena arena = { 0 };
    const char *path = fastabi_path_join(&arena, strchr(candidate->path, '/') ? "" : ".",
                                         candidate->path);
    struct fastabi_c_locale locale;
    const char *error;
    void *handle;
    size_t length;

    *result = 0;
    if (!path) {
        *result = fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
        return NULL;
    }
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        fastabi_c_locale_enter(&locale);
        error = dlerror();
        fastabi_c_locale_leave(&locale);
        if (!error)
            error = "cannot be loaded";
        length = strlen(path);
        if (!strncmp(error, path, length) && !strncmp(error + length, ": ", 2))
            error += length + 2;
        *result = fastabi_load_refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                                      "%s; name the shared object of a backend", error);
    }
    fastabi_arena_free(&arena);
    return handle;
}

static int refuse_version(struct fastabi_context *context,
                          const struct fastabi_candidate *candidate, uint32_t version)
{
    if (version == FASTABI_BACKEND_ABI_VERSION) {
        return fastabi_load_refuse(
            context, candidate, FASTABI_DIAG_BACKEND_ABI,
            "its size is smaller than that of its version of the interface; set it to "
            "sizeof(struct fastabi_backend)");
    }
    return fastabi_load_refuse(
        context, candidate, FASTABI_DIAG_BACKEND_ABI,
        "is made for version %u of the backend interface, and this is %u; build it again", version,
        FASTABI_BACKEND_ABI_VERSION);
}

/* Whether it is a backend of this version, as far as its members are known. */
static int check_size(struct fastabi_context *context, const struct fastabi_candidate *candidate,
                      const struct fastabi_backend *backend)
{
    const unsigned char *bytes = (const unsigned char *)backend;

    if (backend->abi_version != FASTABI_BACKEND_ABI_VERSION || backend->size < SIZE_MIN)
        return refuse_version(context, candidate, backend->abi_version);
    for (size_t i = sizeof(*backend); i < backend->size; i++) {
        if (bytes[i]) {
            return fastabi_load_refuse(
                context, candidate, FASTABI_DIAG_BACKEND_ABI,
                "has members that this version of the interface does not have; install a "
                "newer library");
        }
    }
    return 0;
}

struct fastabi_plugin *fastabi_load_copy(struct fastabi_context *context,
                                         const struct fastabi_candidate *candidate,
                                         const struct fastabi_backend *backend, int *error)
{
    struct fastabi_plugin *plugin;
    const char *fault;

    *error = check_size(context, candidate, backend);
    if (*error)
        return NULL;
    plugin = fastabi_plugin_copy(backend, &fault);
    if (!plugin && fault)
        *error = fastabi_load_refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD, "%s", fault);
    else if (!plugin)
        *error = fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    return plugin;
}

/* ---- in this process ---- */

static struct fastabi_plugin *ask_for_backend(struct fastabi_context *context,
                                              const struct fastabi_candidate *candidate,
                                              void *handle, int *error)
{
    const struct fastabi_backend *backend;
    fastabi_backend_entry_func entry;

    *(void **)&entry = dlsym(handle, STRINGIFY(FASTABI_BACKEND_ENTRY));
    if (!entry) {
        *error = fastabi_load_refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                                     "is not a backend, as it has no " STRINGIFY(
                                         FASTABI_BACKEND_ENTRY) "; export that function from it");
        return NULL;
    }
    backend = entry();
    if (backend)
        return fastabi_load_copy(context, candidate, backend, error);
    *error = fastabi_load_refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                                 "offers no backend; return one from its entry");
    return NULL;
}

static struct fastabi_plugin *load_here(struct fastabi_context *context,
                                        const struct fastabi_candidate *candidate, int *error)
{
    void *handle = open_object(context, candidate, error);
    struct fastabi_plugin *plugin;

    if (!handle)
        return NULL;
    plugin = ask_for_backend(context, candidate, handle, error);
    if (plugin)
        plugin->handle = handle;
    else
        dlclose(handle);
    return plugin;
}

/* ---- in a child ---- */

/* A description on its way. */
struct delivery {
    struct fastabi_context *context;
    const struct fastabi_candidate *candidate;
    struct fastabi_buffer texts;
};

static int describe_in_child(void *data, struct fastabi_channel *channel)
{
    const struct delivery *delivery = data;
    int error;
    struct fastabi_plugin *plugin = load_here(delivery->context, delivery->candidate, &error);

    if (!plugin)
        return error;
    error = fastabi_plugin_describe(&plugin->backend, fastabi_channel_write, channel);
    fastabi_plugin_free(plugin);
    return error;
}

static int take_description(void *data, const char *bytes, size_t length)
{
    struct delivery *delivery = data;

    if (length > DESCRIPTION_MOST - delivery->texts.length)
        return -EFAULT;
    if (fastabi_buffer_add(&delivery->texts, bytes, length))
        return fastabi_report_system(delivery->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    return 0;
}

/* Its description, of which the plug-in has nothing yet but the texts; 0: it is in delivery. */
static int ask_child(struct delivery *delivery)
{
    const struct fastabi_isolation isolation = {
        .run = describe_in_child,
        .on_write = take_description,
        .data = delivery,
    };
    struct fastabi_epitaph epitaph;
    int error = fastabi_isolate(delivery->context, &isolation, &epitaph);

    if (epitaph.ending == FASTABI_ENDING_GOOD)
        return error;
    if (epitaph.ending == FASTABI_ENDING_LIMIT) {
        return fastabi_load_refuse(delivery->context, delivery->candidate,
                                   FASTABI_DIAG_BACKEND_LOAD,
                                   "%s when it was loaded; correct the backend, or raise the limit",
                                   epitaph.text);
    }
    return fastabi_load_refuse(delivery->context, delivery->candidate, FASTABI_DIAG_BACKEND_LOAD,
                               "crashes when it is loaded: %s; correct the backend", epitaph.text);
}

static struct fastabi_plugin *load_description(struct fastabi_context *context,
                                               const struct fastabi_candidate *candidate,
                                               int *error)
{
    struct delivery delivery = { context, candidate, { NULL, 0, 0, false } };
    struct fastabi_plugin *plugin;
    const char *fault;

    *error = ask_child(&delivery);
    if (*error) {
        fastabi_buffer_free(&delivery.texts);
        return NULL;
    }
    plugin = fastabi_plugin_read(delivery.texts.bytes, delivery.texts.length, &fault);
    if (plugin) {
        plugin->path = strdup(candidate->path);
        if (plugin->path)
            return plugin;
        fastabi_plugin_free(plugin);
    } else if (fault) {
        *error = fastabi_load_refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD, "%s", fault);
        return NULL;
    }
    *error = fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    return NULL;
}

/* ---- either way ---- */

struct fastabi_plugin *fastabi_load(struct fastabi_context *context,
                                    const struct fastabi_candidate *candidate, int *error)
{
    struct fastabi_plugin *plugin;
    struct stat status;
    bool is_there = !stat(candidate->path, &status);

    if (is_there && !S_ISREG(status.st_mode)) { /* opening a pipe would wait for its other end */
        *error = fastabi_load_refuse(context, candidate, FASTABI_DIAG_BACKEND_LOAD,
                                     "is not a file; name the shared object of a backend");
        return NULL;
    }
    if (context->flags & FASTABI_CONTEXT_ISOLATE)
        plugin = load_description(context, candidate, error);
    else
        plugin = load_here(context, candidate, error);
    if (plugin && is_there) {
        plugin->device = status.st_dev;
        plugin->inode = status.st_ino;
    }
    return plugin;
}

/* Whether the options, whose values are known by their number, are still the same. */
static bool has_options(const struct fastabi_backend *backend, const struct fastabi_backend *before)
{
    bool is_same = backend->option_count == before->option_count;

    for (uint32_t i = 0; i < before->option_count && is_same; i++)
        is_same = !strcmp(backend->options[i].name, before->options[i].name);
    return is_same;
}

struct fastabi_plugin *fastabi_load_hooks(struct fastabi_context *context,
                                          const struct fastabi_plugin *description)
{
    const struct fastabi_candidate candidate = { .path = description->path };
    int error;
    struct fastabi_plugin *plugin = load_here(context, &candidate, &error);

    if (!plugin || has_options(&plugin->backend, &description->backend))
        return plugin;
    fastabi_load_refuse(context, &candidate, FASTABI_DIAG_BACKEND_LOAD,
                        "has changed since it was looked at; start again");
    fastabi_plugin_free(plugin);
    return NULL;
}
