/* SPDX-License-Identifier: MIT */
/*
 * style=bridge: after the stubs of a hypercall, one function that takes the arguments of the
 * classic call, makes the FastABI call, or returns false.  Names no operation: which arguments
 * there are, and what a command stands for, follows from the specification.
 */
#include "bridge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the classic arguments ---- */

/* Would the bridge be called as the typedef of a named type may be? */
static bool is_type_name(const char *name)
{
    size_t length = strlen(name);

    return length > 2 && !strcmp(name + length - 2, "_t");
}

/* Has the classic call no more arguments than a hypercall can have? */
static bool has_classic_call(const struct fastabi_op *op)
{
    return fastabi_op_xen_arg_count(op) <= FASTABI_XEN_ARGS_MAX;
}

/* Where the sub-operation's index is: where the first operation that has it says. */
static size_t find_command(const struct fastabi_spec *spec)
{
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(spec, i);

        if (fastabi_op_is_direct(op) || !has_classic_call(op))
            continue;
        for (size_t j = 0; j < fastabi_op_xen_arg_count(op); j++) {
            if (fastabi_op_xen_arg(op, j, NULL, NULL) == FASTABI_XEN_OP)
                return j;
        }
    }
    return C_NO_ARG;
}

/* As wide as its widest parameter; a pointer if one operation has a handle there. */
static void merge_arg(struct c_classic_arg *arg, const struct fastabi_op *op, size_t i)
{
    const struct fastabi_param *param;

    switch (fastabi_op_xen_arg(op, i, &param, NULL)) {
    case FASTABI_XEN_STRUCT:
    case FASTABI_XEN_ARRAY:
        arg->is_pointer = arg->is_used = true;
        break;
    case FASTABI_XEN_PARAM:
        if (!arg->name || arg->width < fastabi_param_width(param))
            arg->name = fastabi_param_flat_name(param);
        if (arg->width < fastabi_param_width(param)) {
            arg->width = fastabi_param_width(param);
            arg->type = fastabi_param_c_integer(param);
        }
        arg->is_used = true;
        break;
    default:
        break;
    }
}

/* Would it be called as a local of the bridge is, or as the arguments that have no name? */
static bool is_bridges_own(const char *name)
{
    static const char *const own[] = { "result", "i",     "length",  "step",
                                       "run",    "other", "address", "params" };

    if (!strncmp(name, "arg", 3) && name[3] >= '0' && name[3] <= '9')
        return true;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (!strcmp(name, own[i]))
            return true;
    }
    return false;
}

/* Whether an argument before that one, or the command, has its name. */
static bool has_name_before(const struct c_bridge *bridge, size_t i)
{
    const char *name = bridge->args[i].name;

    for (size_t j = 0; j < i; j++) {
        if (!strcmp(name, bridge->args[j].name))
            return true;
    }
    return bridge->command != C_NO_ARG && !strcmp(name, c_argument_name(bridge->run, "cmd"));
}

static void plan_args(struct c_bridge *bridge)
{
    const struct c_run *run = bridge->run;

    bridge->command = find_command(bridge->spec);
    for (size_t i = 0; i < fastabi_spec_op_count(bridge->spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(bridge->spec, i);
        size_t count = fastabi_op_xen_arg_count(op);

        if (fastabi_op_is_direct(op) != (bridge->command == C_NO_ARG) || !has_classic_call(op))
            continue;
        if (count > bridge->arg_count)
            bridge->arg_count = count;
        for (size_t j = 0; j < count; j++)
            merge_arg(&bridge->args[j], op, j);
    }
    for (size_t i = 0; i < bridge->arg_count; i++) {
        struct c_classic_arg *arg = &bridge->args[i];

        if (i == bridge->command) {
            arg->name = c_argument_name(run, "cmd");
            arg->type = "unsigned int";
            continue;
        }
        if (arg->is_pointer) {
            arg->type = "void *";
            arg->name = "arg";
        } else if (!arg->is_used) {
            arg->type = "unsigned long";
            arg->name = "number";
        }
        arg->name = is_bridges_own(arg->name) ? NULL : c_argument_name(run, arg->name);
        if (!arg->name || has_name_before(bridge, i))
            arg->name = fastabi_emission_printf(run->emission, "arg%zu_", i);
    }
}

/* ---- commands ---- */

/* What one command of the classic call may be carried by. */
struct choice {
    uint32_t command;
    size_t place; /* among the operations */
    bool is_linear;
};

static int compare_choices(const void *a, const void *b)
{
    const struct choice *first = a, *second = b;

    if (first->command != second->command)
        return first->command < second->command ? -1 : 1;
    return (first->place > second->place) - (first->place < second->place);
}

/* return xen_fastabi_carry_...(vendor, arg, result); */
static void write_choice(const struct c_carry *carry, const char *function, bool is_last)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;

    fastabi_write(writer,
                  is_last ? "        return xen_fastabi_%s_%s" : "        if (xen_fastabi_%s_%s",
                  function, carry->stub.id);
    c_write_bridge_args(carry->bridge, false);
    fastabi_write(writer, is_last ? ";\n" : ")\n            return 1;\n");
}

/* An array of structs that is one struct comes first; a loop over them last. */
static void write_choices(const struct c_bridge *bridge, const struct choice *choices, size_t count)
{
    struct fastabi_writer *writer = bridge->run->writer;
    size_t loops = 0;
    struct c_carry carry;

    for (size_t i = 0; i < count; i++) {
        (void)c_plan_carry(bridge, fastabi_spec_op(bridge->spec, choices[i].place), &carry);
        if (carry.count_arg == C_NO_ARG)
            continue;
        loops++;
        fastabi_write(writer, "        if (%s == 1u)\n    ", c_elements(bridge, carry.count_arg));
        write_choice(&carry, "carry", true);
    }
    for (size_t i = 0, rest = count - loops; i < count; i++) {
        (void)c_plan_carry(bridge, fastabi_spec_op(bridge->spec, choices[i].place), &carry);
        if (carry.count_arg != C_NO_ARG)
            continue;
        rest--;
        write_choice(&carry, choices[i].is_linear ? "linear" : "carry", !rest && !loops);
    }
    for (size_t i = 0; i < count && loops; i++) {
        (void)c_plan_carry(bridge, fastabi_spec_op(bridge->spec, choices[i].place), &carry);
        if (carry.count_arg == C_NO_ARG)
            continue;
        if (c_has_each(&carry))
            write_choice(&carry, "each", true);
        else
            fastabi_write(writer, "        break;\n");
        break;
    }
}

static void write_switch(const struct c_bridge *bridge, const struct choice *choices, size_t count)
{
    struct fastabi_writer *writer = bridge->run->writer;

    fastabi_write(writer, "    switch (cmd_) {\n");
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && choices[next].command == choices[i].command; next++)
            ;
        fastabi_write(writer, "    case %uu:\n", choices[i].command);
        write_choices(bridge, choices + i, next - i);
    }
    fastabi_write(writer, "    default:\n        break;\n    }\n");
}

/* ---- the functions ---- */

static void write_head(const struct c_bridge *bridge, const char *qualifiers, const char *prefix)
{
    const size_t column = strlen("xen_fastabi_bool xen_fastabi_(") + strlen(prefix) +
                          strlen(bridge->name);

    fastabi_write(bridge->run->writer, "%s\nxen_fastabi_bool xen_fastabi_%s%s(", qualifiers, prefix,
                  bridge->name);
    c_write_bridge_params(bridge, column, true);
    fastabi_write(bridge->run->writer, "{\n");
}

static void write_unused(const struct c_bridge *bridge)
{
    struct fastabi_writer *writer = bridge->run->writer;

    if (bridge->run->transfer == C_TRANSFER_ARGUMENT)
        fastabi_write(writer, "    (void)vendor_;\n");
    for (size_t i = 0; i < bridge->arg_count; i++)
        fastabi_write(writer, "    (void)%s;\n", bridge->args[i].name);
    fastabi_write(writer, "    (void)result_;\n");
}

/* The function that users call. */
static void write_doc(const struct c_bridge *bridge)
{
    struct fastabi_writer *writer = bridge->run->writer;

    fastabi_write(writer,
                  "/**\n"
                  " * xen_fastabi_%s - Hypercall %u, %s, with its classic arguments.\n",
                  bridge->name, fastabi_spec_hypercall_index(bridge->spec),
                  fastabi_spec_name(bridge->spec));
    if (bridge->run->transfer == C_TRANSFER_ARGUMENT)
        fastabi_write(writer, " * @vendor_: whose instruction makes the call.\n");
    for (size_t i = 0; i < bridge->arg_count; i++)
        fastabi_write(writer,
                      i == bridge->command ? " * @%s: the sub-operation; best a constant.\n"
                                           : " * @%s: as the classic call has it.\n",
                      bridge->args[i].name);
    fastabi_write(writer, " * @result_: what the call returned; meaningless if it was not made.\n"
                          " *\n"
                          " * Return: true if the call was made; false to make the classic one.\n"
                          " */\n");
}

static void write_functions(const struct c_bridge *bridge, const struct choice *choices,
                            size_t count)
{
    struct fastabi_writer *writer = bridge->run->writer;
    bool has_command = bridge->command != C_NO_ARG;
    struct c_carry carry;

    write_head(bridge, "XEN_FASTABI_INLINE", "switch_");
    write_unused(bridge);
    if (has_command && count) {
        write_switch(bridge, choices, count);
    } else if (count) {
        (void)c_plan_carry(bridge, fastabi_spec_op(bridge->spec, choices[0].place), &carry);
        fastabi_write(writer, carry.count_arg == C_NO_ARG ? "    if (1)\n" : "    do {\n");
        write_choices(bridge, choices, count);
        fastabi_write(writer, carry.count_arg == C_NO_ARG ? "" : "    } while (0);\n");
    }
    fastabi_write(writer, "    return 0;\n}\n\n");
    if (has_command) {
        write_head(bridge, "XEN_FASTABI_OUTLINE", "command_");
        fastabi_write(writer, "    return xen_fastabi_switch_%s", bridge->name);
        c_write_bridge_args(bridge, true);
        fastabi_write(writer, ";\n}\n\n");
    }
    write_doc(bridge);
    write_head(bridge, "XEN_FASTABI_INLINE", "");
    fastabi_write(writer, "    if (!XEN_FASTABI_BRIDGE_ENABLED())\n        return 0;\n");
    if (has_command) {
        fastabi_write(writer,
                      "    if (!__builtin_constant_p(cmd_))\n"
                      "        return xen_fastabi_command_%s",
                      bridge->name);
        c_write_bridge_args(bridge, true);
        fastabi_write(writer, ";\n");
    }
    fastabi_write(writer, "    return xen_fastabi_switch_%s", bridge->name);
    c_write_bridge_args(bridge, true);
    fastabi_write(writer, ";\n}\n\n");
}

int c_write_bridge(const struct c_run *run, const struct fastabi_spec *spec)
{
    struct c_bridge bridge = { .run = run, .spec = spec, .name = fastabi_spec_name(spec) };
    size_t ops = fastabi_spec_op_count(spec), count = 0;
    struct choice *choices = malloc(2 * ops * sizeof(*choices));

    if (!choices)
        return -ENOMEM;
    if (c_is_taken(bridge.name) || is_type_name(bridge.name))
        bridge.name = fastabi_emission_printf(run->emission, "op_%s", bridge.name);
    plan_args(&bridge);
    for (size_t i = 0; i < ops; i++) {
        struct c_carry carry;
        uint32_t index;

        if (!c_plan_carry(&bridge, fastabi_spec_op(spec, i), &carry))
            continue;
        c_write_carry(&carry);
        choices[count++] = (struct choice){ carry.command, i, false };
        if (!c_has_linear(&carry))
            continue;
        (void)fastabi_op_classic_linear(carry.stub.op, NULL, &index, NULL);
        choices[count++] = (struct choice){ index, i, true };
    }
    qsort(choices, count, sizeof(*choices), compare_choices);
    write_functions(&bridge, choices, count);
    free(choices);
    return 0;
}
