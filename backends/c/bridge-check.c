/* SPDX-License-Identifier: MIT */
/*
 * The arguments of a classic call, looked at: constants that must hold, so that FastABI can say it,
 * and inputs that are single values.
 */
#include <inttypes.h>
#include <string.h>

#include "bridge.h"

/* A number for one operation may be a pointer for another one. */
const char *c_elements(const struct c_bridge *bridge, size_t arg)
{
    return fastabi_emission_printf(bridge->run->emission, "(uint32_t)%s%s",
                                   c_pointer_cast(bridge->args[arg].is_pointer),
                                   bridge->args[arg].name);
}

void c_write_unused(const struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;

    for (size_t i = 0; i < carry->bridge->arg_count; i++) {
        enum fastabi_xen_kind kind = fastabi_op_xen_arg(op, i, NULL, NULL);

        if (i != carry->bridge->command &&
            (kind == FASTABI_XEN_NONE || i == carry->count_arg ||
             (kind == FASTABI_XEN_STRUCT && carry->struct_arg == C_NO_ARG)))
            fastabi_write(carry->bridge->run->writer, "    (void)%s;\n",
                          carry->bridge->args[i].name);
    }
}

/* ---- what must hold ---- */

/* Is an argument a constant of the operation?  Writes how it is seen to be another one. */
static bool write_arg_condition(const struct c_carry *carry, size_t i, const char *before)
{
    const struct c_bridge *bridge = carry->bridge;
    bool is_pointer = bridge->args[i].is_pointer;
    int64_t number;

    if (i == bridge->command || i == carry->count_arg ||
        fastabi_op_xen_arg(carry->stub.op, i, NULL, &number) != FASTABI_XEN_NUMBER)
        return false;
    fastabi_write(bridge->run->writer, "%s%s%s != (%s)%s", before, c_pointer_cast(is_pointer),
                  bridge->args[i].name, is_pointer ? "__UINTPTR_TYPE__" : bridge->args[i].type,
                  c_number(bridge->run, number, false));
    return true;
}

/* Constants among the arguments. */
void c_write_arg_checks(const struct c_carry *carry)
{
    for (size_t i = 0; i < fastabi_op_xen_arg_count(carry->stub.op); i++) {
        if (write_arg_condition(carry, i, "    if ("))
            fastabi_write(carry->bridge->run->writer, ")\n        return 0;\n");
    }
}

static void write_field_check(const struct c_run *run, const char *field, int64_t number)
{
    fastabi_write(run->writer,
                  "    if (param_->%s != (__typeof__(param_->%s))%s)\n"
                  "        return 0;\n",
                  field, field, c_number(run, number, false));
}

/* The field that something fills: the n-th of all of an operation, or NULL. */
static const char *filled_field(const struct fastabi_op *op, size_t n)
{
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        const char *field = fastabi_param_field(param);

        if (field && !n--)
            return field;
        for (size_t j = 0; j < fastabi_param_part_count(param); j++) {
            if (!n--)
                return fastabi_param_part(param, j, NULL, NULL, NULL);
        }
    }
    if (n < fastabi_op_fixed_count(op))
        return fastabi_op_fixed(op, n, NULL);
    n -= fastabi_op_fixed_count(op);
    if (n < fastabi_op_xen_field_count(op))
        return fastabi_op_xen_field(op, n, NULL, NULL);
    n -= fastabi_op_xen_field_count(op);
    if (n < fastabi_op_classic_success_count(op))
        return fastabi_op_classic_success(op, n, NULL);
    n -= fastabi_op_classic_success_count(op);
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = fastabi_op_xen_array(op, i);

        if (!fastabi_xen_array_is_argument(array) && !n--)
            return fastabi_xen_array_name(array);
    }
    return NULL;
}

/* The first from *n on that is a part of another one; or NULL. */
static const char *find_part(const struct fastabi_op *op, const char *whole, size_t *n)
{
    for (const char *field; (field = filled_field(op, *n)); ++*n) {
        if (c_is_part(field, whole))
            return field;
    }
    return NULL;
}

/* An omitted field is 0, except for its parts that something fills. */
static void write_zero_check(const struct c_carry *carry, const char *field)
{
    const struct fastabi_op *op = carry->stub.op;
    struct fastabi_writer *writer = carry->bridge->run->writer;
    size_t n = 0;
    const char *part = find_part(op, field, &n);

    if (!part) {
        fastabi_write(
            writer,
            "    if (!xen_fastabi_is_zero(&param_->%s, (unsigned int)sizeof(param_->%s)))\n"
            "        return 0;\n",
            field, field);
        return;
    }
    fastabi_write(writer,
                  "    {\n        unsigned int i_;\n\n"
                  "        for (i_ = 0; i_ < (unsigned int)sizeof(param_->%s); i_++) {\n"
                  "            if (",
                  field);
    for (; part; n++, part = find_part(op, field, &n))
        fastabi_write(writer,
                      "!XEN_FASTABI_IS_PART(param_->%s, param_->%s, i_) &&\n"
                      "                ",
                      field, part);
    fastabi_write(writer,
                  "!xen_fastabi_is_zero((const volatile char *)&param_->%s + i_, 1))\n"
                  "                return 0;\n        }\n    }\n",
                  field);
}

/* Constants among the fields: those that the hypervisor fills in, and the zeros of what is left. */
void c_write_field_checks(const struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;
    int64_t number;

    if (!carry->structure)
        return;
    for (size_t i = 0; i < fastabi_op_fixed_count(op); i++) {
        const char *field = fastabi_op_fixed(op, i, &number);

        write_field_check(carry->bridge->run, field, number);
    }
    for (size_t i = 0; i < fastabi_op_xen_field_count(op); i++) {
        const struct fastabi_param *param;
        const char *field = fastabi_op_xen_field(op, i, &param, &number);

        if (!param)
            write_field_check(carry->bridge->run, field, number);
    }
    for (size_t i = 0; i < fastabi_op_omit_count(op); i++) {
        const char *field = fastabi_op_omit(op, i, NULL);

        if (!c_is_accounted_for(op, field))
            write_zero_check(carry, field);
    }
}

bool c_has_field_checks(const struct c_carry *carry)
{
    const struct fastabi_op *op = carry->stub.op;

    for (size_t i = 0; i < fastabi_op_xen_field_count(op); i++) {
        const struct fastabi_param *param;

        fastabi_op_xen_field(op, i, &param, NULL);
        if (!param)
            return true;
    }
    for (size_t i = 0; i < fastabi_op_omit_count(op); i++) {
        if (!c_is_accounted_for(op, fastabi_op_omit(op, i, NULL)))
            return true;
    }
    return fastabi_op_fixed_count(op) > 0;
}

bool c_write_misfit(const struct c_carry *carry, const char *before)
{
    const char *start = before;

    for (size_t i = 0; i < fastabi_op_xen_arg_count(carry->stub.op); i++) {
        if (write_arg_condition(carry, i, before))
            before = " || ";
    }
    if (c_has_field_checks(carry)) {
        fastabi_write(carry->bridge->run->writer, "%s!xen_fastabi_fits_%s(param_)", before,
                      carry->stub.id);
        before = " || ";
    }
    return before != start;
}

/* ---- inputs ---- */

static void write_pack(const struct c_carry *carry, const struct fastabi_param *param)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;

    fastabi_write(writer, "%s(", c_pack_name(carry->bridge->run, carry->stub.op, param));
    for (size_t i = 0; i < fastabi_param_part_count(param); i++) {
        unsigned int width;
        bool is_signed;
        const char *field = fastabi_param_part(param, i, NULL, &width, &is_signed);

        fastabi_write(writer, is_signed ? "%s(int%u_t)param_->%s" : "%s(uint%u_t)param_->%s",
                      i ? ",\n        " : "", width, field);
    }
    fastabi_write(writer, ")");
}

void c_write_value(const struct c_carry *carry, const struct c_argument *argument)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;
    const struct fastabi_param *param = argument->param;
    bool is_pointer = c_is_pointer_type(argument->type);
    const struct fastabi_xen_array *array;
    const char *field;
    size_t arg, element;
    enum c_source source = c_find_source(carry, param, &arg, &field, &array, &element);

    fastabi_write(writer, "    in_%s_ = (%s)%s", fastabi_param_flat_name(param), argument->type,
                  c_pointer_cast(is_pointer));
    switch (source) {
    case C_SOURCE_ARG:
        fastabi_write(writer, "%s%s",
                      c_pointer_cast(carry->bridge->args[arg].is_pointer && !is_pointer),
                      carry->bridge->args[arg].name);
        break;
    case C_SOURCE_FIELD:
        fastabi_write(writer, "param_->%s", field);
        break;
    case C_SOURCE_PACK:
        write_pack(carry, param);
        break;
    default:
        fastabi_write(writer, "XEN_FASTABI_ELEMENT(%u, ", fastabi_param_width(param));
        c_write_handle(carry, array);
        fastabi_write(writer, ", %zu)", element);
        break;
    }
    fastabi_write(writer, ";\n");
}
