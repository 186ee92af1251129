/* SPDX-License-Identifier: MIT */
/* What the commands share between them and the library.  Knows no command. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>

enum tool_status tool_status_of(int error)
{
    switch (error) {
    case 0:
        return TOOL_DONE;
    case -EINVAL:
        return TOOL_FAULT;
    case -ENOTSUP:
        return TOOL_USAGE;
    default:
        return TOOL_SYSTEM;
    }
}

enum tool_status tool_out_of_memory(void)
{
    fputs("fastabi-gen: out of memory\n", stderr);
    return TOOL_SYSTEM;
}

void tool_print_diag(const struct fastabi_diag *diag, void *data)
{
    (void)data;
    if (!diag->file)
        fputs("fastabi-gen: ", stderr);
    fastabi_diag_print(diag, stderr);
}

struct fastabi_context *tool_make_context(uint32_t flags, fastabi_diag_func on_diag, void *data)
{
    const struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = flags | FASTABI_CONTEXT_ISOLATE,
        .on_diag = on_diag,
        .data = data,
    };
    struct fastabi_context *context;

    if (fastabi_context_new(&options, &context)) {
        tool_out_of_memory();
        return NULL;
    }
#ifdef FASTABI_UNINSTALLED_ABI_DIR
    if (fastabi_context_add_spec_dir(context, FASTABI_UNINSTALLED_ABI_DIR)) {
        tool_out_of_memory();
        fastabi_context_free(context);
        return NULL;
    }
#endif
    return context;
}

/* ---- specifications ---- */

struct loading {
    struct fastabi_context *context;
    struct tool_specs *specs;
    enum tool_status status; /* the worst so far */
};

static bool make_room(struct tool_specs *specs)
{
    size_t capacity = specs->capacity ? 2 * specs->capacity : 16;
    const struct fastabi_spec **items;

    if (specs->count < specs->capacity)
        return true;
    items = realloc(specs->items, capacity * sizeof(*items));
    if (!items)
        return false;
    specs->items = items;
    specs->capacity = capacity;
    return true;
}

/* A fastabi_path_func. */
static int load_spec(const char *path, void *data)
{
    struct loading *loading = data;
    struct fastabi_spec *spec;
    enum tool_status status;

    if (!make_room(loading->specs)) {
        loading->status = tool_out_of_memory();
        return -ENOMEM;
    }
    status = tool_status_of(fastabi_spec_load(loading->context, path, &spec));
    if (status > loading->status)
        loading->status = status;
    if (!status)
        loading->specs->items[loading->specs->count++] = spec;
    return 0;
}

enum tool_status tool_load_specs(struct fastabi_context *context, const char *argument,
                                 struct tool_specs *specs)
{
    struct loading loading = { context, specs, TOOL_DONE };
    enum tool_status status = tool_status_of(
        fastabi_spec_find(context, argument, load_spec, &loading));

    return status > loading.status ? status : loading.status;
}

void tool_free_specs(struct tool_specs *specs)
{
    for (size_t i = 0; i < specs->count; i++)
        fastabi_spec_free((struct fastabi_spec *)specs->items[i]);
    free(specs->items);
}

bool tool_list_add(struct tool_list *list, const char *item)
{
    const char **items = realloc(list->items, (list->count + 1) * sizeof(*items));

    if (!items) {
        tool_out_of_memory();
        return false;
    }
    list->items = items;
    items[list->count++] = item;
    return true;
}
