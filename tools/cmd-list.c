/* SPDX-License-Identifier: MIT */
/*
 * fastabi-gen list: the installed specifications and their operations.  Knows nothing of registers.
 */
#include "commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"
#include "text.h"

#define DOC_COLUMN 36 /* where the text after an operation starts */

enum key { KEY_NAMES = TOOL_FIRST_LONG_KEY };

static const struct tool_option options[] = {
    { KEY_NAMES, "names", NULL, "Print names only, one a line." },
    TOOL_ONLY_OPTION,
    { 0, NULL, NULL, NULL },
};

struct request {
    bool is_names;
    struct tool_list specs;
    struct tool_list only;
};

/* The first sentence of a text, as far as a line has room. */
static void print_sentence(const char *doc, size_t room)
{
    size_t length = strcspn(doc, "\n");
    const char *end = strstr(doc, ". ");

    if (end && (size_t)(end - doc) < length)
        length = (size_t)(end - doc) + 1;
    if (length <= room) {
        printf("%.*s", (int)length, doc);
        return;
    }
    for (length = room - 3; length && doc[length] != ' ';)
        length--;
    printf("%.*s...", (int)length, doc);
}

static void list_op(const struct fastabi_spec *spec, const struct fastabi_op *op, size_t width)
{
    const char *doc = fastabi_op_doc(op);
    int length = printf("  %s.%s", fastabi_spec_name(spec), show_op_name(op));

    if (doc) {
        printf("%*s", length < DOC_COLUMN ? DOC_COLUMN - length : 1, "");
        print_sentence(doc, width - (size_t)(length < DOC_COLUMN ? DOC_COLUMN : length + 1));
    }
    putchar('\n');
}

static void list_spec(const struct fastabi_spec *spec, size_t width)
{
    printf("%s: hypercall %" PRIu32 ", ", fastabi_spec_name(spec),
           fastabi_spec_hypercall_index(spec));
    fastabi_text_print(fastabi_spec_path(spec), stdout);
    putchar('\n');
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        list_op(spec, fastabi_spec_op(spec, i), width);
}

static void list_names(const struct fastabi_spec *spec)
{
    puts(fastabi_spec_name(spec));
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        printf("%s.%s\n", fastabi_spec_name(spec), show_op_name(fastabi_spec_op(spec, i)));
}

static void list_specs(const struct request *request, const struct tool_specs *specs)
{
    size_t width = text_width();
    bool is_first = true;

    for (size_t i = 0; i < specs->count; i++) {
        if (!fastabi_spec_op_count(specs->items[i]))
            continue;
        if (request->is_names) {
            list_names(specs->items[i]);
            continue;
        }
        if (!is_first)
            putchar('\n');
        is_first = false;
        list_spec(specs->items[i], width);
    }
}

static enum tool_status list(const struct request *request)
{
    struct fastabi_context *context = tool_make_context(0, tool_print_diag, NULL, NULL);
    struct tool_specs specs = { .items = NULL };
    enum tool_status status;

    if (!context)
        return TOOL_SYSTEM;
    status = tool_load_specs(context, &request->specs, &specs);
    if (!status)
        status = tool_select(context, &request->only, &specs);
    if (!status || !request->only.count)
        list_specs(request, &specs);
    tool_free_specs(&specs);
    tool_free_context(context);
    return status;
}

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;

    if (key == TOOL_OPERAND)
        return tool_list_add(&request->specs, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    if (key == TOOL_KEY_ONLY)
        return tool_list_add(&request->only, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    if (key != KEY_NAMES)
        return key;
    request->is_names = true;
    return TOOL_ARGUMENTS_END;
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { .is_names = false };
    int key = tool_take_arguments(command, argument, take_argument, &request);
    enum tool_status status = key == TOOL_ARGUMENTS_END ? list(&request) : tool_status_of_key(key);

    free(request.specs.items);
    free(request.only.items);
    return status;
}

const struct tool_command tool_list_command = {
    "list",
    "[OPTION]... [SPEC]...",
    "List specifications and their operations.",
    "Without SPEC, all installed specifications are listed. Specifications are looked\n"
    "for in the directories of FASTABI_ABI_PATH and in the installation.\n\n"
    "Example: fastabi-gen list\n",
    "SPEC",
    options,
    run,
};
