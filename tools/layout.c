/* SPDX-License-Identifier: MIT */
/* --headers, --layout and --target.  Knows no command. */
#include "layout.h"

#include <stdlib.h>

int layout_take_argument(struct layout_choice *choice, int key, const char *value)
{
    switch (key) {
    case KEY_HEADERS:
        return tool_list_add(&choice->headers, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    case KEY_INCLUDE:
        return tool_list_add(&choice->includes, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    case KEY_PRELUDE:
        return tool_list_add(&choice->preludes, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    case KEY_LAYOUT:
        choice->snapshot = value;
        return TOOL_ARGUMENTS_END;
    case KEY_TARGET:
        choice->target = value;
        return TOOL_ARGUMENTS_END;
    default:
        return key;
    }
}

enum tool_status layout_check_choice(const struct tool_command *command,
                                     const struct layout_choice *choice)
{
    if (choice->snapshot && choice->headers.count)
        return tool_usage_error(command,
                                "--headers and --layout exclude each other; leave out one");
    if (choice->includes.count && !choice->headers.count)
        return tool_usage_error(command, "-I is for --headers; add --headers DIR");
    if (choice->preludes.count && !choice->headers.count)
        return tool_usage_error(command, "--include is for --headers; add --headers DIR");
    if (choice->target && !choice->headers.count)
        return tool_usage_error(
            command, "--target is for --headers, and a snapshot has its own; leave it out");
    return TOOL_DONE;
}

bool layout_is_chosen(const struct layout_choice *choice)
{
    return choice->snapshot || choice->headers.count;
}

enum tool_status layout_open(struct fastabi_context *context, const struct layout_choice *choice,
                             const struct tool_specs *specs, uint32_t flags,
                             struct fastabi_layout **layout)
{
    const struct fastabi_layout_options options = {
        .size = sizeof(options),
        .flags = flags,
        .header_dirs = choice->headers.items,
        .header_dir_count = (uint32_t)choice->headers.count,
        .include_dirs = choice->includes.items,
        .include_dir_count = (uint32_t)choice->includes.count,
        .include_files = choice->preludes.items,
        .include_file_count = (uint32_t)choice->preludes.count,
        .snapshot = choice->snapshot,
        .target = choice->target,
        .interface_version = choice->interface_version,
    };

    return tool_status_of(
        fastabi_layout_open(context, specs->items, specs->count, &options, layout));
}

void layout_free_choice(struct layout_choice *choice)
{
    free(choice->headers.items);
    free(choice->includes.items);
    free(choice->preludes.items);
}
