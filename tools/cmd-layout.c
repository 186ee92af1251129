/* SPDX-License-Identifier: MIT */
/*
 * fastabi-gen layout: save what headers say, for builds without LLVM.  Knows nothing of the format.
 */
#include "commands.h"

#include <stdlib.h>

#include "layout.h"

static const struct tool_option options[] = {
    { TOOL_KEY_OUTPUT, NULL, "FILE", "Write the snapshot here; '-': to standard output." },
    TOOL_ONLY_OPTION,
    LAYOUT_HEADERS_OPTION,
    LAYOUT_INCLUDE_OPTION,
    LAYOUT_PRELUDE_OPTION,
    LAYOUT_TARGET_OPTION,
    { 0, NULL, NULL, NULL },
};

struct request {
    const char *output;
    struct layout_choice choice;
    struct tool_list specs;
    struct tool_list only;
};

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;

    if (key == TOOL_OPERAND)
        return tool_list_add(&request->specs, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    if (key == TOOL_KEY_ONLY)
        return tool_list_add(&request->only, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    if (key == TOOL_KEY_OUTPUT) {
        request->output = value;
        return TOOL_ARGUMENTS_END;
    }
    return layout_take_argument(&request->choice, key, value);
}

static enum tool_status check_request(const struct tool_command *command,
                                      const struct request *request)
{
    if (!request->choice.headers.count)
        return tool_usage_error(command,
                                "the headers are missing; name their directory with --headers");
    if (!request->output)
        return tool_usage_error(command, "the output is missing; name a file with -o");
    if (!request->specs.count)
        return tool_usage_error(command,
                                "a specification is missing; name a path, or an installed one");
    return TOOL_DONE;
}

static enum tool_status save(const struct request *request)
{
    struct fastabi_context *context = tool_make_context(FASTABI_CONTEXT_LAYOUT, tool_print_diag,
                                                        NULL, NULL);
    struct tool_specs specs = { .items = NULL };
    struct fastabi_layout *layout = NULL;
    enum tool_status status = context ? tool_load_together(context, &request->specs, &specs)
                                      : TOOL_SYSTEM;

    if (!status)
        status = tool_select(context, &request->only, &specs);
    if (!status)
        status = layout_open(context, &request->choice, &specs, FASTABI_LAYOUT_PARTIAL, &layout);
    if (!status)
        status = tool_status_of(
            fastabi_layout_save(context, layout, specs.items, specs.count, request->output));
    fastabi_layout_free(layout);
    tool_free_specs(&specs);
    tool_free_context(context);
    return status;
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { .output = NULL };
    enum tool_status status;
    int key = tool_take_arguments(command, argument, take_argument, &request);

    status = key == TOOL_ARGUMENTS_END ? check_request(command, &request) : tool_status_of_key(key);
    if (key == TOOL_ARGUMENTS_END && !status)
        status = save(&request);
    free(request.specs.items);
    free(request.only.items);
    layout_free_choice(&request.choice);
    return status;
}

const struct tool_command tool_layout = {
    "layout",
    "--headers DIR -o FILE SPEC...",
    "Save what Xen's headers say of specifications.",
    "The snapshot serves check --layout and generate --layout where there are no headers or\n"
    "no libclang.  It is text, the same for the same headers wherever they are.\n\n"
    "Example: fastabi-gen layout --headers /usr/include -o xen-4.17.yml abi/\n",
    "SPEC",
    options,
    run,
};
