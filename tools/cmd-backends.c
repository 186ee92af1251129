/* SPDX-License-Identifier: MIT */
/* fastabi-gen backends: which there are, and their options.  Knows none of them. */
#include "commands.h"

#include <stdlib.h>

#include "text.h"

enum key {
    KEY_PLUGIN = TOOL_FIRST_LONG_KEY,
};

static const struct tool_option options[] = {
    { KEY_PLUGIN, "plugin", "FILE", "Load a backend from a shared object." },
    TOOL_PLUGIN_SECONDS_OPTION,
    { 0, NULL, NULL, NULL },
};

static void print_backend(const struct fastabi_backend *backend)
{
    size_t width = text_width();

    printf("%s: ", backend->name);
    text_print_wrapped(backend->description, 4, width);
    if (backend->flags & FASTABI_BACKEND_ONE_FILE)
        puts("    Writes one file for all specifications: -o names it.");
    for (uint32_t i = 0; i < backend->option_count; i++) {
        const struct fastabi_backend_option *option = &backend->options[i];

        const char *kind = fastabi_option_type_name(option->type);

        printf("\n    -O %s=%s%s%s", option->name, option->choices ? option->choices : "",
               option->choices && kind ? "|" : "", kind ? kind : "");
        if (*option->default_value)
            printf("  (default: %s)", option->default_value);
        fputs("\n        ", stdout);
        text_print_wrapped(option->help, 8, width);
    }
}

static enum tool_status list(const struct tool_list *plugins, const struct fastabi_limits *limits)
{
    struct fastabi_context *context = tool_make_context(0, tool_print_diag, NULL, limits);
    const struct fastabi_backend *backend;
    enum tool_status status = TOOL_DONE;

    if (!context)
        return TOOL_SYSTEM;
    for (size_t i = 0; i < plugins->count && !status; i++)
        status = tool_status_of(fastabi_backend_load(context, plugins->items[i]));
    for (size_t i = 0; !status && (backend = fastabi_backend_at(context, i)); i++) {
        if (i)
            putchar('\n');
        print_backend(backend);
    }
    if (!status && fastabi_context_error_count(context))
        status = TOOL_SYSTEM; /* memory ran out while looking for them */
    tool_free_context(context);
    return status;
}

struct request {
    struct tool_list plugins;
    struct fastabi_limits limits;
};

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;

    switch (key) {
    case KEY_PLUGIN:
        return tool_list_add(&request->plugins, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    case TOOL_KEY_PLUGIN_SECONDS:
        return tool_take_plugin_seconds(&tool_backends, value, &request->limits);
    case TOOL_OPERAND:
        tool_usage_error(&tool_backends, "'%s' is one argument too many; leave it out", value);
        return TOOL_ARGUMENTS_BAD;
    default:
        return key;
    }
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { .limits = { .size = sizeof(request.limits) } };
    int key = tool_take_arguments(command, argument, take_argument, &request);
    enum tool_status status = key == TOOL_ARGUMENTS_END ? list(&request.plugins, &request.limits)
                                                        : tool_status_of_key(key);

    free(request.plugins.items);
    return status;
}

const struct tool_command tool_backends = {
    "backends",
    "[OPTION]...",
    "List the backends with their options.",
    "Backends are looked for in the library, in the directories of\n"
    "FASTABI_BACKEND_PATH, and in the installation.\n\n"
    "Example: fastabi-gen backends\n",
    NULL,
    options,
    run,
};
