/* SPDX-License-Identifier: MIT */
/* fastabi-gen show: choosing what to show.  Knows nothing of how it is drawn. */
#include "commands.h"
#include "show.h"

#include <stdlib.h>
#include <string.h>

enum key {
    KEY_DECODE = 256,
};

static const struct tool_option options[] = {
    { KEY_DECODE, "decode", NULL,
      "Name the call behind REGISTER=VALUE arguments. Other\n"
      "registers than the ABI's are passed over, so that a\n"
      "whole dump can be given. Without SPEC, all installed\n"
      "specifications are looked at." },
    { 0, NULL, NULL, NULL },
};

struct request {
    bool is_decode;
    struct tool_list specs;
    struct tool_list registers;
};

/* ---- SPEC[.OP] ---- */

/*
 * Where the operation starts in an argument, at its '.', or NULL: "abi/vcpu.yml.up", "vcpu.up".
 * A name with a slash and without ".yml" is a folder.
 */
static const char *find_op(const char *argument)
{
    const char *name = strrchr(argument, '/');
    const char *extension = strstr(name ? name : argument, ".yml");

    if (extension && extension[4] == '.')
        return extension + 4;
    if (extension && !extension[4])
        return NULL;
    return name ? NULL : strchr(argument, '.');
}

static const struct fastabi_op *find_named(const struct fastabi_spec *spec, const char *name)
{
    const struct fastabi_op *op = fastabi_spec_op_by_name(spec, name);

    if (op || strcmp(name, "direct") || !fastabi_spec_op_count(spec))
        return op;
    op = fastabi_spec_op(spec, 0);
    return fastabi_op_is_direct(op) ? op : NULL;
}

static enum tool_status report_missing(const struct tool_command *command,
                                       const struct fastabi_spec *spec, const char *argument,
                                       const char *name)
{
    struct tool_guess guess = { .word = name };
    int length = (int)(strlen(argument) - strlen(name) - 1);

    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        tool_guess_try(&guess, show_op_name(fastabi_spec_op(spec, i)));
    if (guess.best) {
        return tool_usage_error(command, "%s has no operation '%s'; did you mean '%s'?",
                                fastabi_spec_name(spec), name, guess.best);
    }
    return tool_usage_error(command, "%s has no operation '%s'; 'fastabi-gen show %.*s' lists them",
                            fastabi_spec_name(spec), name, length, argument);
}

/* Show the operation that name says of each specification, or all of it for NULL. */
static enum tool_status show_specs(const struct tool_command *command,
                                   const struct tool_specs *specs, const char *argument,
                                   const char *name)
{
    bool is_path = strchr(argument, '/') || strstr(argument, ".yml");
    enum tool_status status = TOOL_DONE;

    for (size_t i = 0; i < specs->count && !status; i++) {
        const struct fastabi_spec *spec = specs->items[i];
        const struct fastabi_op *op = name ? find_named(spec, name) : NULL;

        if (i)
            putchar('\n');
        if (op)
            status = show_op(spec, op);
        else if (name)
            status = report_missing(command, spec, argument, name);
        else
            status = show_spec(spec, is_path ? fastabi_spec_path(spec) : fastabi_spec_name(spec));
    }
    return status;
}

static enum tool_status show_argument(const struct tool_command *command,
                                      struct fastabi_context *context, const char *argument)
{
    const char *op = find_op(argument);
    struct tool_specs specs = { NULL, 0, 0 };
    char *spec = op ? strndup(argument, (size_t)(op - argument)) : strdup(argument);
    enum tool_status status = spec ? tool_load_specs(context, spec, &specs) : tool_out_of_memory();

    if (!status)
        status = show_specs(command, &specs, argument, op ? op + 1 : NULL);
    tool_free_specs(&specs);
    free(spec);
    return status;
}

/* ---- the command ---- */

static enum tool_status decode(const struct tool_command *command, struct fastabi_context *context,
                               const struct request *request)
{
    struct tool_specs specs = { NULL, 0, 0 };
    enum tool_status status = TOOL_DONE;

    if (!request->specs.count)
        status = tool_load_specs(context, NULL, &specs);
    for (size_t i = 0; i < request->specs.count && !status; i++)
        status = tool_load_specs(context, request->specs.items[i], &specs);
    if (!status)
        status = show_call(command, &specs, &request->registers);
    tool_free_specs(&specs);
    return status;
}

static enum tool_status show(const struct tool_command *command, const struct request *request)
{
    struct fastabi_context *context;
    enum tool_status status = TOOL_DONE;

    if (request->registers.count && !request->is_decode)
        return tool_usage_error(command, "'%s' is for --decode", request->registers.items[0]);
    if (!request->is_decode && !request->specs.count)
        return tool_usage_error(command, "name a specification, or SPEC.OPERATION");
    context = tool_make_context(0, tool_print_diag, NULL);
    if (!context)
        return TOOL_SYSTEM;
    if (request->is_decode)
        status = decode(command, context, request);
    for (size_t i = 0; i < request->specs.count && !request->is_decode && !status; i++) {
        if (i)
            putchar('\n');
        status = show_argument(command, context, request->specs.items[i]);
    }
    fastabi_context_free(context);
    return status;
}

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;
    struct tool_list *list = &request->specs;

    switch (key) {
    case TOOL_OPERAND:
        if (strchr(value, '=') && !strchr(value, '/'))
            list = &request->registers;
        return tool_list_add(list, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    case KEY_DECODE:
        request->is_decode = true;
        return TOOL_ARGUMENTS_END;
    default:
        return key;
    }
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { .is_decode = false };
    enum tool_status status;
    int key = tool_take_arguments(command, argument, take_argument, &request);

    status = key == TOOL_ARGUMENTS_END ? show(command, &request) : tool_status_of_key(key);
    free(request.specs.items);
    free(request.registers.items);
    return status;
}

const struct tool_command tool_show = {
    "show",
    "SPEC[.OPERATION]... | --decode REGISTER=VALUE... [SPEC]...",
    "Show an operation's registers, or the call behind a register dump.",
    "SPEC alone lists its operations. Behind a path, the operation follows the\n"
    "'.yml': abi/vcpu.yml.up. Values are decimal or 0x hexadecimal.\n\n"
    "Examples: fastabi-gen show event_channel.status\n"
    "          fastabi-gen show --decode rax=0x40000020 rdi=5 rsi=0x7ff0\n",
    options,
    run,
};
