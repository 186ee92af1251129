/* SPDX-License-Identifier: MIT */
/* What the commands share between them and the library.  Knows no command. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
    fprintf(stderr, "fastabi-gen: cannot read standard input: %s\n", strerror(errno));
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

enum tool_status tool_load_specs(struct fastabi_context *context, const char *argument,
                                 struct tool_specs *specs)
{
    struct loading loading = { context, specs, TOOL_DONE };
    enum tool_status status;

    if (argument && !strcmp(argument, "-"))
        return load_stdin(context, specs);
    status = tool_status_of(fastabi_spec_find(context, argument, load_spec, &loading));
    return status > loading.status ? status : loading.status;
}

void tool_free_specs(struct tool_specs *specs)
{
    for (size_t i = 0; i < specs->count; i++)
        fastabi_spec_free(specs->items[i]);
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

int tool_take_format(const struct tool_command *command, const char *value, bool *is_json)
{
    struct fastabi_guess guess = { .size = sizeof(guess), .word = value };

    *is_json = !strcmp(value, "json");
    if (*is_json || !strcmp(value, "text"))
        return TOOL_ARGUMENTS_END;
    fastabi_guess_try(&guess, "json");
    fastabi_guess_try(&guess, "text");
    if (guess.best)
        tool_unknown(command, "format", &guess);
    else
        tool_usage_error(command, "unknown format '%.200s'; write text or json", value);
    return TOOL_ARGUMENTS_BAD;
}
