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

static enum tool_status list(const struct tool_list *plugins)
{
    struct fastabi_context *context = tool_make_context(0, tool_print_diag, NULL);
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
    fastabi_context_free(context);
    return status;
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct tool_arguments arguments = { command, argument, false };
    struct tool_list plugins = { NULL, 0 };
    enum tool_status status;
    const char *value;
    int key;

    while ((key = tool_next_argument(&arguments, &value)) == KEY_PLUGIN) {
        if (!tool_list_add(&plugins, value)) {
            key = TOOL_NO_MEMORY;
            break;
        }
    }
    if (key == TOOL_ARGUMENTS_END)
        status = list(&plugins);
    else if (key == TOOL_OPERAND)
        status = tool_usage_error(command, "'%s' is one argument too many; leave it out", value);
    else
        status = tool_status_of_key(key);
    free(plugins.items);
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
