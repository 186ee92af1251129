/* SPDX-License-Identifier: MIT */
/* The fields of a classic struct that a bridge looks at, beside those that its stub does. */
#include <string.h>

#include "bridge.h"

bool c_is_part(const char *field, const char *whole)
{
    size_t length = strlen(whole);

    return !strncmp(field, whole, length) && (field[length] == '.' || field[length] == '[');
}

bool c_is_accounted_for(const struct fastabi_op *op, const char *field)
{
    for (size_t i = 0; i < fastabi_op_classic_success_count(op); i++) {
        if (!strcmp(fastabi_op_classic_success(op, i, NULL), field))
            return true;
    }
    for (size_t i = 0; i < fastabi_op_classic_ignore_count(op); i++) {
        if (!strcmp(fastabi_op_classic_ignore(op, i), field))
            return true;
    }
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        if (!strcmp(fastabi_xen_array_name(fastabi_op_xen_array(op, i)), field))
            return true;
    }
    for (size_t i = 0; i < fastabi_op_xen_field_count(op); i++) {
        if (!strcmp(fastabi_op_xen_field(op, i, NULL, NULL), field))
            return true;
    }
    return false;
}

/* ---- handles ---- */

void c_write_handle(const struct c_carry *carry, const struct fastabi_xen_array *array)
{
    struct fastabi_writer *writer = carry->bridge->run->writer;

    for (size_t i = 0; i < fastabi_op_xen_arg_count(carry->stub.op); i++) {
        if (fastabi_op_xen_arg_array(carry->stub.op, i) == array) {
            fastabi_write(writer, "%s", carry->bridge->args[i].name);
            return;
        }
    }
    fastabi_write(writer, "XEN_FASTABI_HANDLE(param_->%s)", fastabi_xen_array_name(array));
}

/* ---- all of them ---- */

static bool add_array_field(const struct c_carry *carry, struct c_fields *fields, size_t i)
{
    const struct fastabi_xen_array *array = fastabi_op_xen_array(carry->stub.op, i);

    return fastabi_xen_array_is_argument(array) ||
           c_add_field(carry->bridge->run, fields, fastabi_xen_array_name(array),
                       "XEN_FASTABI_HANDLE_TYPE", true);
}

/* Is one of the fields a part of another one? */
static bool has_part(const struct c_fields *fields, const char *whole)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (c_is_part(fields->paths[i], whole))
            return true;
    }
    return false;
}

/* The fields that are not the stub's: constants, what xen and classic name, parts of packs. */
static bool add_fields(const struct c_carry *carry, struct c_fields *fields)
{
    const struct fastabi_op *op = carry->stub.op;
    const struct c_run *run = carry->bridge->run;
    const char *linear = fastabi_op_classic_linear(op, NULL, NULL, NULL);
    bool ok = !linear || c_add_field(run, fields, linear, "void *", true);

    for (size_t i = 0; i < fastabi_op_fixed_count(op); i++)
        ok = ok && c_add_field(run, fields, fastabi_op_fixed(op, i, NULL), "int64_t", true);
    for (size_t i = 0; i < fastabi_op_xen_field_count(op); i++)
        ok = ok &&
             c_add_field(run, fields, fastabi_op_xen_field(op, i, NULL, NULL), "int64_t", true);
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++)
        ok = ok && add_array_field(carry, fields, i);
    for (size_t i = 0; i < fastabi_op_classic_success_count(op); i++)
        ok = ok &&
             c_add_field(run, fields, fastabi_op_classic_success(op, i, NULL), "int64_t", true);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        for (size_t j = 0; j < fastabi_param_part_count(param); j++)
            ok = ok && c_add_field(run, fields, fastabi_param_part(param, j, NULL, NULL, NULL),
                                   "int64_t", true);
    }
    for (size_t i = 0; i < fastabi_op_omit_count(op); i++) {
        const char *field = fastabi_op_omit(op, i, NULL);

        if (!c_is_accounted_for(op, field) && !has_part(fields, field))
            ok = ok && c_add_field(run, fields, field, "int64_t", true);
    }
    return ok;
}

bool c_collect_fields(const struct c_carry *carry, struct c_fields *fields)
{
    c_start_fields(fields);
    if (carry->stub.structure)
        c_add_param_fields(carry->bridge->run, &carry->stub, fields);
    return !carry->structure || add_fields(carry, fields);
}
