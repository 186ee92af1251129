/* SPDX-License-Identifier: MIT */
/*
 * One operation as a function of the classic arguments: what must hold of them, and the inputs
 * taken from them.  The call and what follows it are bridge-loop.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "bridge.h"

/* ---- lists of parameters and arguments ---- */

static bool takes_vendor(const struct c_bridge *bridge)
{
    return bridge->run->transfer == C_TRANSFER_ARGUMENT;
}

void c_write_bridge_params(const struct c_bridge *bridge, size_t column, bool command)
{
    const struct c_run *run = bridge->run;
    const char *declarations[2 + sizeof(bridge->args) / sizeof(bridge->args[0])];
    size_t count = 0;

    if (takes_vendor(bridge))
        declarations[count++] = "enum xen_hypercall_vendor vendor_";
    for (size_t i = 0; i < bridge->arg_count; i++) {
        const struct c_classic_arg *arg = &bridge->args[i];

        if (i != bridge->command || command)
            declarations[count++] = fastabi_emission_printf(run->emission, "%s%s%s", arg->type,
                                                            arg->is_pointer ? "" : " ", arg->name);
    }
    declarations[count++] = fastabi_emission_printf(run->emission, "%s *result_", run->result);
    c_write_params(run, column, declarations, count);
}

void c_write_bridge_args(const struct c_bridge *bridge, bool command)
{
    struct fastabi_writer *writer = bridge->run->writer;

    fastabi_write(writer, takes_vendor(bridge) ? "(vendor_, " : "(");
    for (size_t i = 0; i < bridge->arg_count; i++) {
        if (i != bridge->command || command)
            fastabi_write(writer, "%s, ", bridge->args[i].name);
    }
    fastabi_write(writer, "result_)");
}

/* ---- inputs ---- */

static void write_local_name(const struct c_carry *carry, const struct fastabi_param *param)
{
    fastabi_write(carry->bridge->run->writer, "in_%s_", fastabi_param_flat_name(param));
}

/* The locals that the stub is called with; outputs start as 0, so that no compiler wonders. */
static void write_locals(const struct c_carry *carry)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;

    for (size_t i = 0; i < carry->stub.argument_count; i++) {
        const struct c_argument *argument = &carry->stub.arguments[i];
        bool is_input = fastabi_param_in(argument->param) != FASTABI_NO_REGISTER;

        fastabi_write(writer, "    %s in_%s_%s;\n", argument->type,
                      fastabi_param_flat_name(argument->param), is_input ? "" : " = 0");
    }
}

/* (uint64_t)in_count, or a field, or a number */
static void write_count(const struct c_carry *carry, const struct fastabi_xen_array *array)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;
    const struct fastabi_param *param = c_count_param(carry->stub.op, array);

    if (param) {
        fastabi_write(writer, "(uint64_t)");
        write_local_name(carry, param);
    } else if (fastabi_xen_array_count_field(array)) {
        fastabi_write(writer, "(uint64_t)param_->%s", fastabi_xen_array_count_field(array));
    } else {
        fastabi_write(writer, "%uu", fastabi_xen_array_count(array));
    }
}

/* Its number among the arrays: what stands for its struct is named after that. */
static size_t place_of(const struct c_carry *carry, const struct fastabi_xen_array *array)
{
    size_t i = 0;

    while (fastabi_op_xen_array(carry->stub.op, i) != array)
        i++;
    return i;
}

static void write_element_size(const struct c_carry *carry, const struct fastabi_xen_array *array)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;

    if (fastabi_xen_array_struct(array))
        fastabi_write(writer, "sizeof(xen_fastabi_struct_0element%zu_%s)", place_of(carry, array),
                      carry->stub.id);
    else
        fastabi_write(writer, "%uu", fastabi_xen_array_size(array));
}

/* An array's address: there are some elements, and all are where the first one is. */
static void write_address(const struct c_carry *carry, const struct fastabi_param *param,
                          const struct fastabi_xen_array *array)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;
    const char *indent = "    ";

    fastabi_write(writer, "    in_%s_ = 0;\n", fastabi_param_flat_name(param));
    if (fastabi_xen_array_is_optional(array)) {
        fastabi_write(writer, "    if (");
        c_write_handle(carry, array);
        fastabi_write(writer, ") {\n");
        indent = "        ";
    }
    fastabi_write(writer, "%sif (", indent);
    write_count(carry, array);
    fastabi_write(writer, " - 1u >= 0x100000u ||\n%s    !XEN_FASTABI_CONTIGUOUS(", indent);
    c_write_handle(carry, array);
    fastabi_write(writer, ", ");
    write_count(carry, array);
    fastabi_write(writer, " * ");
    write_element_size(carry, array);
    fastabi_write(writer, "))\n%s    return 0;\n%sin_%s_ = XEN_FASTABI_PHYS(", indent, indent,
                  fastabi_param_flat_name(param));
    c_write_handle(carry, array);
    fastabi_write(writer, ");\n%sif (in_%s_ == XEN_FASTABI_NO_PHYS)\n%s    return 0;\n%s", indent,
                  fastabi_param_flat_name(param), indent,
                  fastabi_xen_array_is_optional(array) ? "    }\n" : "");
}

/* The struct starts a frame. */
static void write_frame(const struct c_carry *carry, const struct fastabi_param *param)
{
    const char *name = fastabi_param_flat_name(param);
    const char *arg = carry->bridge->args[carry->struct_arg].name;

    fastabi_write(carry->bridge->run->writer,
                  "    if ((__UINTPTR_TYPE__)%s & 0xfffu)\n        return 0;\n"
                  "    in_%s_ = XEN_FASTABI_PHYS(%s);\n"
                  "    if (in_%s_ == XEN_FASTABI_NO_PHYS)\n        return 0;\n"
                  "    in_%s_ >>= 12;\n",
                  arg, name, arg, name, name);
}

/* Values first: addresses need the counts among them. */
static void write_inputs(const struct c_carry *carry)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < carry->stub.argument_count; i++) {
            const struct c_argument *argument = &carry->stub.arguments[i];
            const struct fastabi_xen_array *array = NULL;
            const char *field;
            size_t arg, element;
            enum c_source source;

            if (fastabi_param_in(argument->param) == FASTABI_NO_REGISTER)
                continue;
            source = c_find_source(carry, argument->param, &arg, &field, &array, &element);
            if (source == C_SOURCE_ADDRESS || source == C_SOURCE_FRAME) {
                if (pass && source == C_SOURCE_ADDRESS)
                    write_address(carry, argument->param, array);
                else if (pass)
                    write_frame(carry, argument->param);
            } else if (!pass && source != C_SOURCE_SEQUENCE) {
                c_write_value(carry, argument);
            }
        }
    }
}

/* ---- structs that the includer's headers may lack ---- */

/* A struct of an older interface version has other fields: it counts as one that is not there. */
static const char *struct_macro(const struct c_carry *carry)
{
    const struct c_run *run = carry->bridge->run;
    uint32_t version = fastabi_op_classic_interface_version(carry->stub.op);

    if (!version)
        return C_STRUCT;
    fastabi_write(run->writer,
                  "#if defined(__XEN_INTERFACE_VERSION__) && __XEN_INTERFACE_VERSION__ < 0x%xu\n"
                  "# define XEN_FASTABI_STRUCT_%s XEN_FASTABI_NO_STRUCT\n"
                  "#else\n# define XEN_FASTABI_STRUCT_%s XEN_FASTABI_STRUCT\n#endif\n",
                  version, carry->stub.id, carry->stub.id);
    return fastabi_emission_printf(run->emission, "XEN_FASTABI_STRUCT_%s", carry->stub.id);
}

/* No operation's name starts with a digit. */
static void write_stand_ins(const struct c_carry *carry)
{
    const struct c_run *run = carry->bridge->run;
    struct c_fields fields;

    if (carry->structure) {
        (void)c_collect_fields(carry, &fields);
        c_write_stand_in(run, struct_macro(carry),
                         fastabi_emission_printf(run->emission, "0classic_%s", carry->stub.id),
                         carry->structure, &fields);
    }
    for (size_t i = 0; i < fastabi_op_xen_array_count(carry->stub.op); i++) {
        const char *element = fastabi_xen_array_struct(fastabi_op_xen_array(carry->stub.op, i));

        fields.count = 0;
        fields.is_aligned = true;
        if (element)
            c_write_stand_in(run, C_STRUCT,
                             fastabi_emission_printf(run->emission, "0element%zu_%s", i,
                                                     carry->stub.id),
                             element, &fields);
    }
}

/* Has none of the fields a higher element of the same array? */
static bool is_highest(const struct c_fields *fields, const char *field)
{
    size_t length = (size_t)(strrchr(field, '[') - field) + 1;

    for (size_t i = 0; i < fields->count; i++) {
        const char *other = fields->paths[i];

        if (!strncmp(other, field, length) &&
            strtoul(other + length, NULL, 10) > strtoul(field + length, NULL, 10))
            return false;
    }
    return true;
}

/* An element of a flexible array comes after the struct, and a caller need not have it. */
static void write_within(const struct c_carry *carry)
{
    const char *id = carry->stub.id;
    struct c_fields fields;

    (void)c_collect_fields(carry, &fields);
    for (size_t i = 0; i < fields.count; i++) {
        const char *field = fields.paths[i];

        if (strchr(field, '[') && is_highest(&fields, field))
            fastabi_write(carry->bridge->run->writer,
                          "    if (sizeof(xen_fastabi_struct_0classic_%s) <\n"
                          "        __builtin_offsetof(xen_fastabi_struct_0classic_%s, %s) +\n"
                          "            sizeof(((xen_fastabi_struct_0classic_%s *)0)->%s))\n"
                          "        return 0;\n",
                          id, id, field, id, field);
    }
}

/* Nothing is carried of a struct that is not there. */
static void write_presence(const struct c_carry *carry)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;

    if (carry->stub.structure)
        fastabi_write(writer, "    if (!xen_fastabi_has_%s)\n        return 0;\n", carry->stub.id);
    if (carry->structure)
        fastabi_write(writer, "    if (!xen_fastabi_has_0classic_%s)\n        return 0;\n",
                      carry->stub.id);
    if (carry->structure)
        write_within(carry);
    for (size_t i = 0; i < fastabi_op_xen_array_count(carry->stub.op); i++) {
        if (fastabi_xen_array_struct(fastabi_op_xen_array(carry->stub.op, i)))
            fastabi_write(writer, "    if (!xen_fastabi_has_0element%zu_%s)\n        return 0;\n",
                          i, carry->stub.id);
    }
}

/* ---- the functions ---- */

static void write_head(const struct c_carry *carry, const char *function)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;
    const size_t column = strlen("xen_fastabi_bool (") + strlen(function) + strlen(carry->stub.id);

    fastabi_write(writer, "XEN_FASTABI_INLINE\nxen_fastabi_bool %s%s(", function, carry->stub.id);
    c_write_bridge_params(carry->bridge, column, false);
    fastabi_write(writer, "{\n");
}

static void write_param(const struct c_carry *carry, const char *name)
{
    fastabi_write(
        carry->bridge->run->writer,
        "    xen_fastabi_struct_0classic_%s *const %s = (xen_fastabi_struct_0classic_%s *)%s;\n",
        carry->stub.id, name, carry->stub.id, carry->bridge->args[carry->struct_arg].name);
}

/*
 * Of each element before the first call, as a call that was made cannot be taken back; and of what
 * has a linear address.
 */
static void write_fits(const struct c_carry *carry)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;

    if ((!c_has_each(carry) && !c_has_linear(carry)) || !c_has_field_checks(carry))
        return;
    fastabi_write(writer,
                  "XEN_FASTABI_INLINE\nxen_fastabi_bool xen_fastabi_fits_%s("
                  "xen_fastabi_struct_0classic_%s *param_)\n{\n",
                  carry->stub.id, carry->stub.id);
    c_write_field_checks(carry);
    fastabi_write(writer, "    return 1;\n}\n\n");
}

void c_write_carry(const struct c_carry *carry)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;

    write_stand_ins(carry);
    write_fits(carry);
    write_head(carry, "xen_fastabi_carry_");
    if (carry->structure)
        write_param(carry, "param_");
    write_locals(carry);
    c_write_loop_locals(carry);
    c_write_unused(carry);
    if (carry->structure)
        fastabi_write(writer, "    (void)param_;\n");
    write_presence(carry);
    c_write_arg_checks(carry);
    c_write_field_checks(carry);
    write_inputs(carry);
    c_write_carry_call(carry);
    if (carry->count_arg == C_NO_ARG || carry->loop != C_LOOP_NONE)
        fastabi_write(writer, "    *result_ = %s;\n", c_told(carry->bridge->run, "ret_"));
    fastabi_write(writer, "    return 1;\n}\n\n");
    if (c_has_each(carry)) {
        write_head(carry, "xen_fastabi_each_");
        write_param(carry, "params_");
        fastabi_write(writer, "    uint32_t i_;\n\n");
        write_presence(carry);
        /* Before any struct is read: as many as a negative number says may not be there. */
        fastabi_write(writer, "    if (%s - 1u >= 0x7fffffffu)\n        return 0;\n",
                      c_elements(carry->bridge, carry->count_arg));
        if (c_has_field_checks(carry))
            fastabi_write(writer,
                          "    for (i_ = 0; i_ < %s; i_++) {\n"
                          "        if (!xen_fastabi_fits_%s(params_ + i_))\n"
                          "            return 0;\n    }\n",
                          c_elements(carry->bridge, carry->count_arg), carry->stub.id);
        c_write_each(carry);
    }
    if (c_has_linear(carry)) {
        write_head(carry, "xen_fastabi_linear_");
        write_param(carry, "param_");
        c_write_linear(carry);
    }
}
