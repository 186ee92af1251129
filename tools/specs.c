/* SPDX-License-Identifier: MIT */
/* Specifications that arguments stand for: files, installed ones, standard input. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STDIN_MAX ((size_t)65 << 20) /* more than the library takes, which then says so */

struct loading {
    struct fastabi_context *context;
    struct tool_specs *specs;
    enum tool_status status; /* the worst so far */
};

static bool make_room(struct tool_specs *specs)
{
    size_t capacity = specs->capacity ? 2 * specs->capacity : 16;
    struct fastabi_spec **items;

    if (specs->count < specs->capacity)
        return true;
    items = realloc(specs->items, capacity * sizeof(*items));
    if (!items)
        return false;
    specs->items = items;
    specs->capacity = capacity;
    return true;
}

enum tool_status tool_parse_spec(struct fastabi_context *context, const char *name,
                                 const char *text, size_t length, struct tool_specs *specs)
{
    struct fastabi_spec *spec;
    enum tool_status status;

    if (!make_room(specs))
        return tool_out_of_memory();
    status = tool_status_of(fastabi_spec_parse(context, name, text, length, &spec));
    if (!status)
        specs->items[specs->count++] = spec;
    return status;
}

bool tool_read_stdin(char **text, size_t *length)
{
    size_t capacity = 0;

    *text = NULL;
    *length = 0;
    do {
        bool is_full = *length + 1 >= capacity;
        char *larger = is_full ? realloc(*text, 2 * capacity + 65536) : *text;

        if (!larger) {
            free(*text);
            tool_out_of_memory();
            return false;
        }
        if (is_full)
            capacity = 2 * capacity + 65536;
        *text = larger;
        *length += fread(*text + *length, 1, capacity - 1 - *length, stdin);
    } while (!feof(stdin) && !ferror(stdin) && *length <= STDIN_MAX);
    (*text)[*length] = '\0';
    if (!ferror(stdin))
        return true;
    tool_system_error("CANNOT_READ", "<stdin>", errno, "redirect a file or a pipe to it");
    free(*text);
    return false;
}

/* Standard input can be read once. */
static enum tool_status load_stdin(struct fastabi_context *context, struct tool_specs *specs)
{
    static bool was_read;
    enum tool_status status;
    size_t length;
    char *text;

    if (was_read)
        return tool_usage_error(NULL, "'-', standard input, is given twice; it can be read once");
    was_read = true;
    if (!tool_read_stdin(&text, &length))
        return TOOL_SYSTEM;
    status = tool_parse_spec(context, "<stdin>", text, length, specs);
    free(text);
    return status;
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

enum tool_status tool_load_one(struct fastabi_context *context, const char *argument,
                               struct tool_specs *specs)
{
    struct loading loading = { context, specs, TOOL_DONE };
    enum tool_status status;

    if (argument && !strcmp(argument, "-"))
        return load_stdin(context, specs);
    status = tool_status_of(fastabi_spec_find(context, argument, load_spec, &loading));
    return status > loading.status ? status : loading.status;
}

enum tool_status tool_check_together(struct fastabi_context *context,
                                     const struct tool_specs *specs)
{
    return tool_status_of(fastabi_spec_check_together(context, specs->items, specs->count));
}

enum tool_status tool_load_specs(struct fastabi_context *context, const struct tool_list *arguments,
                                 struct tool_specs *specs)
{
    enum tool_status status = arguments->count ? TOOL_DONE : tool_load_one(context, NULL, specs);

    for (size_t i = 0; i < arguments->count; i++) {
        enum tool_status loaded = tool_load_one(context, arguments->items[i], specs);

        status = loaded > status ? loaded : status;
    }
    return status;
}

enum tool_status tool_load_together(struct fastabi_context *context,
                                    const struct tool_list *arguments, struct tool_specs *specs)
{
    enum tool_status status = tool_load_specs(context, arguments, specs);
    enum tool_status together = tool_check_together(context, specs);

    return together > status ? together : status;
}

enum tool_status tool_select(struct fastabi_context *context, const struct tool_list *patterns,
                             struct tool_specs *specs)
{
    struct fastabi_spec **parts;
    enum tool_status status;

    if (!patterns->count)
        return TOOL_DONE;
    parts = calloc(specs->count + 1, sizeof(struct fastabi_spec *));
    if (!parts)
        return tool_out_of_memory();
    status = tool_status_of(fastabi_spec_select(context, specs->items, specs->count,
                                                patterns->items, patterns->count, parts));
    if (status) {
        free(parts);
        return status;
    }
    specs->wholes = specs->items;
    specs->items = parts;
    return TOOL_DONE;
}

void tool_free_specs(struct tool_specs *specs)
{
    for (size_t i = 0; i < specs->count; i++)
        fastabi_spec_free(specs->items[i]);
    for (size_t i = 0; i < specs->count && specs->wholes; i++)
        fastabi_spec_free(specs->wholes[i]);
    free(specs->items);
    free(specs->wholes);
}
