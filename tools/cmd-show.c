/* SPDX-License-Identifier: MIT */
/* fastabi-gen show: choosing what to show.  Knows nothing of how it is drawn. */
#include "commands.h"
#include "show.h"

#include <stdlib.h>
#include <string.h>

enum key {
    KEY_DECODE = TOOL_FIRST_LONG_KEY,
};

static const struct tool_option options[] = {
    { KEY_DECODE, "decode", NULL,
      "Name the call in a register dump, or the error in its\n"
      "rax. REGISTER=VALUE, and dumps as Xen, Linux, QEMU and\n"
      "gdb print them, are accepted as arguments; with '-'\n"
      "standard input is read: a dump, or a call per line.\n"
      "Registers that are not the ABI's are passed over. With-\n"
      "out SPEC, all installed specifications are looked at." },
    { 0, NULL, NULL, NULL },
};

struct request {
    bool is_decode;
    bool is_stdin; /* "-" */
    struct tool_list operands;
};

/* ---- SPEC[.OP] ---- */

/*
 * Where the operation starts in an argument, at its '.', or NULL: "abi/vcpu.yml.up", "vcpu.up",
 * "-.up". A name with a slash that does not end in ".yml" or ".yaml" is a directory.
 */
static const char *find_op(const char *argument)
{
    static const char *const extensions[] = { ".yml", ".yaml" };
    const char *name = strrchr(argument, '/');

    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        const char *extension = strstr(name ? name : argument, extensions[i]);
        char after = extension ? extension[strlen(extensions[i])] : 'x';

        if (after == '.')
            return extension + strlen(extensions[i]);
        if (!after)
            return NULL;
    }
    if (!strcmp(argument, ".") || !strcmp(argument, ".."))
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
    struct fastabi_guess guess = { .size = sizeof(guess), .word = name };
    int length = (int)(strlen(argument) - strlen(name) - 1);

    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        fastabi_guess_try(&guess, show_op_name(fastabi_spec_op(spec, i)));
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
    struct tool_specs specs = { .items = NULL };
    char *spec = op ? strndup(argument, (size_t)(op - argument)) : strdup(argument);
    enum tool_status status = spec ? tool_load_one(context, spec, &specs) : tool_out_of_memory();

    if (!status)
        status = tool_check_together(context, &specs);
    if (!status)
        status = show_specs(command, &specs, argument, op ? op + 1 : NULL);
    tool_free_specs(&specs);
    free(spec);
    return status;
}

/* ---- --decode ---- */

/* All parts of a dump as one text, malloced; the other arguments become specs. */
static char *join_dump(const struct request *request, struct tool_list *specs)
{
    size_t size = 1;
    bool after_part = false;
    char *text, *next;

    for (size_t i = 0; i < request->operands.count; i++)
        size += strlen(request->operands.items[i]) + 1;
    text = next = malloc(size);
    if (!text) {
        tool_out_of_memory();
        return NULL;
    }
    for (size_t i = 0; i < request->operands.count; i++) {
        const char *argument = request->operands.items[i];

        after_part = dump_is_part(argument, after_part);
        if (!after_part && !tool_list_add(specs, argument)) {
            free(text);
            return NULL;
        }
        if (after_part)
            // cppcheck-suppress uninitdata -- written to, not read
            next += sprintf(next, "%s\n", argument);
    }
    *next = '\0';
    return text;
}

static enum tool_status decode_text(const struct tool_command *command,
                                    const struct tool_specs *specs, const char *text)
{
    struct dump dump = { .known = 0 };
    struct dump_fault fault;

    if (!dump_read(&dump, text, &fault))
        return tool_usage_error(command, "%s", fault.text);
    dump_settle(&dump);
    return show_call(command, specs, &dump);
}

static enum tool_status decode_stdin(const struct tool_command *command,
                                     const struct tool_specs *specs)
{
    enum tool_status status;
    size_t length;
    char *text;

    if (!tool_read_stdin(&text, &length))
        return TOOL_SYSTEM;
    /* No text has a byte of zero, and each of Xen's trace records has some. */
    status = memchr(text, '\0', length) ? show_records(specs, text, length)
                                        : show_trace(command, specs, text);
    free(text);
    return status;
}

static enum tool_status decode(const struct tool_command *command, struct fastabi_context *context,
                               const struct request *request)
{
    struct tool_list names = { NULL, 0 };
    struct tool_specs specs = { .items = NULL };
    char *text = join_dump(request, &names);
    enum tool_status status = text ? TOOL_DONE : TOOL_SYSTEM;

    if (!status && request->is_stdin && *text)
        status = tool_usage_error(command, "'-' reads the dump from standard input; leave out the "
                                           "registers, or '-'");
    if (!status)
        status = tool_load_together(context, &names, &specs);
    if (!status)
        status = request->is_stdin ? decode_stdin(command, &specs)
                                   : decode_text(command, &specs, text);
    tool_free_specs(&specs);
    free(names.items);
    free(text);
    return status;
}

/* ---- the command ---- */

static enum tool_status check_request(const struct tool_command *command,
                                      const struct request *request)
{
    for (size_t i = 0; i < request->operands.count && !request->is_decode; i++) {
        const char *argument = request->operands.items[i];

        if (dump_is_part(argument, false))
            return tool_usage_error(command, "'%.200s' is a register; add --decode", argument);
    }
    if (!request->is_decode && !request->operands.count)
        return tool_usage_error(command, "a specification is missing; name one, or "
                                         "SPEC.OPERATION: 'fastabi-gen list' lists them");
    return TOOL_DONE;
}

static enum tool_status show(const struct tool_command *command, const struct request *request)
{
    struct fastabi_context *context;
    enum tool_status status = check_request(command, request);

    if (status)
        return status;
    context = tool_make_context(0, tool_print_diag, NULL, NULL);
    if (!context)
        return TOOL_SYSTEM;
    if (request->is_decode)
        status = decode(command, context, request);
    for (size_t i = 0; i < request->operands.count && !request->is_decode && !status; i++) {
        if (i)
            putchar('\n');
        status = show_argument(command, context, request->operands.items[i]);
    }
    tool_free_context(context);
    return status;
}

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;

    switch (key) {
    case TOOL_OPERAND:
        return tool_list_add(&request->operands, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    case KEY_DECODE:
        request->is_decode = true;
        return TOOL_ARGUMENTS_END;
    default:
        return key;
    }
}

/* With --decode "-" is the dump, not a specification. */
static void take_stdin(struct request *request)
{
    size_t kept = 0;

    for (size_t i = 0; i < request->operands.count; i++) {
        if (strcmp(request->operands.items[i], "-"))
            request->operands.items[kept++] = request->operands.items[i];
        else
            request->is_stdin = true;
    }
    request->operands.count = kept;
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { .is_decode = false };
    enum tool_status status;
    int key = tool_take_arguments(command, argument, take_argument, &request);

    if (request.is_decode)
        take_stdin(&request);
    status = key == TOOL_ARGUMENTS_END ? show(command, &request) : tool_status_of_key(key);
    free(request.operands.items);
    return status;
}

const struct tool_command tool_show = {
    "show",
    "SPEC[.OPERATION]... | --decode REGISTER=VALUE...|- [SPEC]...",
    "Show an operation's registers, or the call in a register dump.",
    "SPEC alone lists its operations. After a path, the operation follows the\n"
    "'.yml': abi/vcpu.yml.up. Values are decimal or 0x hexadecimal; of 16 hexadecimal\n"
    "digits, as dumps have them, the 0x can be left out.\n\n"
    "Examples: fastabi-gen show event_channel.status\n"
    "          fastabi-gen show --decode rax=0x40000020 rdi=5 rsi=0x7ff0\n"
    "          fastabi-gen show --decode \"RAX: 000000004000001d RDI: 0000000000000001\"\n"
    "          fastabi-gen show --decode rax=-38\n"
    "          fastabi-gen show --decode - <trace\n\n"
    "Standard input is text, with a call in each line, or what xentrace writes of a\n"
    "Xen with FastABI.\n",
    "SPEC.OPERATION",
    options,
    run,
};
