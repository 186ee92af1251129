/* SPDX-License-Identifier: MIT */
/*
 * Specifications against a layout: the order of the checks, and C types.  Each message has the
 * specification's place, and a note with the same id has the header's.
 */
#include "layout/check.h"
#include "spec/specs.h"

#include <errno.h>

#include "base/context.h"

/* ---- C types ---- */

static void check_c_type(struct fastabi_check *check, const struct fastabi_op *op,
                         const struct fastabi_param *param)
{
    const struct fastabi_spec *spec = op->spec;
    const struct fastabi_layout_type *type = fastabi_check_type(check, param->rare->c_type);
    char hint[FASTABI_HINT_SIZE];

    if (!type && check->is_partial)
        return;
    if (!type && fastabi_check_is_newer(check, op)) {
        fastabi_check_lacks(check, spec, param->rare->c_mark, "type", param->rare->c_type,
                            "operation", fastabi_op_since(op));
        return;
    }
    if (!type) {
        fastabi_check_report(check, FASTABI_DIAG_NO_C_TYPE, spec, param->rare->c_mark,
                             "%s no type '%.100s'; %s", fastabi_check_source(check),
                             param->rare->c_type,
                             fastabi_check_near(check, FASTABI_NEAR_TYPE, param->rare->c_type,
                                                hint));
        return;
    }
    if ((type->kind != FASTABI_FIELD_INTEGER && type->kind != FASTABI_FIELD_POINTER) ||
        type->size > 8) {
        fastabi_check_report(
            check, FASTABI_DIAG_FIELD_NOT_SCALAR, spec, param->rare->c_mark,
            "'%.100s' is not an integer that fits a register; pass a pointer to it, or its fields",
            param->rare->c_type);
        return;
    }
    if (!param->is_typed || type->kind == FASTABI_FIELD_POINTER)
        return;
    if (param->width != 8 * type->size)
        fastabi_check_report(
            check, FASTABI_DIAG_FIELD_WIDTH, spec, param->rare->c_mark,
            "'%.100s' has %u bits here, and its C type '%.100s' has %u; give it one type",
            param->name, param->width, param->rare->c_type, 8 * (unsigned int)type->size);
    else if (param->is_signed != type->is_signed)
        fastabi_check_report(
            check, FASTABI_DIAG_FIELD_SIGN, spec, param->rare->c_mark,
            "'%.100s' is %s here, and its C type '%.100s' is not; give it one type", param->name,
            param->is_signed ? "signed" : "unsigned", param->rare->c_type);
}

static void check_c_types(struct fastabi_check *check, const struct fastabi_op *op)
{
    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].rare->c_type)
            check_c_type(check, op, &op->params[i]);
    }
}

/* ---- all of it ---- */

static void check_headers(struct fastabi_check *check, const struct fastabi_spec *spec)
{
    const char *since = fastabi_check_newer_hypercall(check, spec);
    char hint[FASTABI_HINT_SIZE];

    for (size_t i = 0; i < spec->headers.count; i++) {
        const char *header = spec->headers.items[i];

        if (check->is_partial || !fastabi_names_find(&check->layout->missing, header))
            continue;
        if (since) {
            fastabi_check_lacks(check, spec, spec->headers.marks[i], "header", header, "hypercall",
                                since);
            continue;
        }
        fastabi_check_report(check, FASTABI_DIAG_NO_HEADER, spec, spec->headers.marks[i],
                             "there is no header '%.100s'; %s", header,
                             fastabi_check_near(check, FASTABI_NEAR_HEADER, header, hint));
        fastabi_check_also(check, FASTABI_DIAG_NO_HEADER, NULL, 0, "it was looked for here");
    }
}

static void check_spec(struct fastabi_check *check, const struct fastabi_spec *spec)
{
    check_headers(check, spec);
    fastabi_check_numbers(check, spec);
    for (size_t i = 0; i < spec->op_count; i++) {
        const struct fastabi_op *op = spec->ops[i];

        check_c_types(check, op);
        if (op->c_struct)
            fastabi_check_fields(check, op);
        if (op->xen || op->classic)
            fastabi_check_handler(check, op);
    }
}

int fastabi_check_run(struct fastabi_check *check)
{
    check->release = fastabi_check_release(check);
    fastabi_check_constants(check);
    for (size_t i = 0; i < check->count; i++) {
        if (check->specs[i]->op_count)
            check_spec(check, check->specs[i]);
    }
    return check->errors ? -EINVAL : 0;
}

int fastabi_layout_check(struct fastabi_context *context, const struct fastabi_layout *layout,
                         fastabi_specs specs, size_t count, uint32_t flags)
{
    struct fastabi_check check = {
        .context = context,
        .layout = layout,
        .specs = specs,
        .count = count,
        .is_partial = flags & FASTABI_CHECK_PARTIAL,
    };
    int status;

    if (!context || !layout)
        return fastabi_refuse_argument(context, __func__, "it needs a layout");
    if (flags & ~(FASTABI_CHECK_STRICT | FASTABI_CHECK_PARTIAL)) {
        return fastabi_refuse_argument(context, __func__,
                                       "unknown flags; use FASTABI_CHECK_* of these headers");
    }
    status = fastabi_specs_check(context, __func__, specs, count);
    if (status)
        return status;
    if (layout->provider == &fastabi_layout_none) /* it knows nothing, so nothing can be wrong */
        return 0;
    status = fastabi_check_run(&check);
    if (!status && flags & FASTABI_CHECK_STRICT && check.warnings)
        status = -EINVAL;
    return status;
}
