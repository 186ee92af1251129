/* SPDX-License-Identifier: MIT */
/* fastabi-gen diff: what has changed, and whether it breaks callers.  Knows no rule. */
#include "commands.h"

#include <stdlib.h>

#include "layout.h"

static const struct tool_option options[] = { { 0, NULL, NULL, NULL } };

/* One side: specifications, or a snapshot. */
struct side {
    struct tool_specs specs;
    struct fastabi_layout *layout;
};

static enum tool_status load(struct fastabi_context *context, const char *argument,
                             struct side *side)
{
    const struct layout_choice choice = { .snapshot = argument };
    const struct tool_list only = { &argument, 1 };

    if (fastabi_layout_is_snapshot(argument))
        return layout_open(context, &choice, &side->specs, 0, &side->layout);
    return tool_load_together(context, &only, &side->specs);
}

static void free_side(struct side *side)
{
    fastabi_layout_free(side->layout);
    tool_free_specs(&side->specs);
}

static enum tool_status compare(const struct tool_command *command, const struct tool_list *names)
{
    struct fastabi_context *context = tool_make_context(FASTABI_CONTEXT_NOTES |
                                                            FASTABI_CONTEXT_LAYOUT,
                                                        tool_print_diag, NULL, NULL);
    struct side sides[2] = { { .layout = NULL }, { .layout = NULL } };
    enum tool_status status = context ? TOOL_DONE : TOOL_SYSTEM;

    for (size_t i = 0; i < 2 && context; i++) {
        enum tool_status loaded = load(context, names->items[i], &sides[i]);

        status = loaded > status ? loaded : status;
    }
    if (!status && !sides[0].layout != !sides[1].layout)
        status = tool_usage_error(
            command, "a snapshot and a specification cannot be compared; name two of one kind");
    else if (!status && sides[0].layout)
        status = tool_status_of(fastabi_layout_diff(context, sides[0].layout, sides[1].layout));
    else if (!status)
        status = tool_status_of(fastabi_spec_diff(context, sides[0].specs.items,
                                                  sides[0].specs.count, sides[1].specs.items,
                                                  sides[1].specs.count));
    free_side(&sides[0]);
    free_side(&sides[1]);
    tool_free_context(context);
    return status;
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct tool_arguments arguments = { command, argument, false };
    struct tool_list names = { NULL, 0 };
    enum tool_status status;
    const char *value;
    int key;

    while ((key = tool_next_argument(&arguments, &value)) == TOOL_OPERAND) {
        if (!tool_list_add(&names, value)) {
            key = TOOL_NO_MEMORY;
            break;
        }
    }
    if (key != TOOL_ARGUMENTS_END)
        status = tool_status_of_key(key);
    else if (names.count != 2)
        status = tool_usage_error(command,
                                  "two are compared, and %zu given; name the old and the new one",
                                  names.count);
    else
        status = compare(command, &names);
    free(names.items);
    return status;
}

const struct tool_command tool_diff = {
    "diff",
    "OLD NEW",
    "Say what has changed, and whether it breaks callers.",
    "OLD and NEW are specifications, directories of them, or snapshots of headers.\n"
    "Errors are changes that break callers built from OLD; notes are those that do not.\n"
    "Exit status 1: something breaks.\n\n"
    "Example: fastabi-gen diff released/abi abi/\n",
    "SPEC",
    options,
    run,
};
