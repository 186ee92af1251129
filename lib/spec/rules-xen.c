/* SPDX-License-Identifier: MIT */
/*
 * What must hold of the section xen of an operation: that all of it reaches the handler, and comes
 * back.
 */
#include "spec/rules.h"

#include <string.h>

#include "spec/build.h"

static const char *xen_struct(const struct fastabi_op *op)
{
    return op->xen && op->xen->c_struct ? op->xen->c_struct : op->c_struct;
}

static bool is_passed(const struct fastabi_op *op, enum fastabi_xen_kind kind,
                      const struct fastabi_param *param)
{
    for (size_t i = 0; i < op->xen_args->count; i++) {
        if (op->xen_args->items[i].kind == kind && op->xen_args->items[i].param == param)
            return true;
    }
    return false;
}

/* As many as a classic hypercall has, and none twice but constants. */
static int check_xen_args(struct fastabi_form *form, const struct fastabi_op *op)
{
    const struct fastabi_xen_args *args = op->xen_args;

    if (args->count > FASTABI_XEN_ARGS_MAX)
        return fastabi_complain(form, FASTABI_DIAG_XEN_ARGS, args->mark,
                                "a handler has %d arguments at most, and that of '%.100s' would "
                                "have %zu; shorten 'args'",
                                FASTABI_XEN_ARGS_MAX, op->name ? op->name : "direct", args->count);
    for (size_t i = 0; i < args->count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct fastabi_xen_arg *a = &args->items[j];
            const struct fastabi_xen_arg *b = &args->items[i];

            if (a->kind == b->kind && a->param == b->param && a->array == b->array &&
                a->kind != FASTABI_XEN_NUMBER)
                return fastabi_complain(form, FASTABI_DIAG_XEN_ARGS, b->mark,
                                        "'args' already has this argument, at %s; remove one",
                                        fastabi_form_at(form, a->mark));
        }
    }
    return 0;
}

/* What is said of a struct needs one, and its handle among the arguments. */
static int check_xen_struct(struct fastabi_form *form, const struct fastabi_op *op)
{
    bool fills = op->xen && (op->xen->field_count || op->xen->frame || op->xen->status);

    for (size_t i = 0; op->xen && i < op->xen->array_count; i++)
        fills |= !op->xen->arrays[i].is_argument;
    for (size_t i = 0; i < op->param_count; i++)
        fills |= op->params[i].field != NULL || op->params[i].rare->part_count;
    if (fills && !xen_struct(op))
        return fastabi_complain(
            form, FASTABI_DIAG_XEN_STRUCT, op->mark,
            "'xen' needs a struct here, and neither it nor 'c_lang' names one; add 'struct'");
    if (fills && !is_passed(op, FASTABI_XEN_STRUCT, NULL))
        return fastabi_complain(
            form, FASTABI_DIAG_XEN_UNREACHED, op->xen_args->mark,
            "the struct's fields are not passed to the handler of '%.100s'; add 'struct' to 'args'",
            op->name ? op->name : "direct");
    return 0;
}

static bool is_returned(const struct fastabi_xen *xen, const struct fastabi_param *param)
{
    for (size_t i = 0; xen && i < xen->field_count; i++) {
        if (xen->fields[i].param == param)
            return true;
    }
    for (size_t i = 0; xen && i < xen->array_count; i++) {
        const struct fastabi_xen_array *array = &xen->arrays[i];

        for (size_t j = 0; array->direction == FASTABI_XEN_VALUE && j < array->param_count; j++) {
            if (array->params[j] == param)
                return true;
        }
    }
    return xen && xen->progress.param == param;
}

static int check_xen_params(struct fastabi_form *form, const struct fastabi_op *op)
{
    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];
        int status = 0;

        if (param->field)
            continue;
        if (param->in != FASTABI_NO_REGISTER && !fastabi_xen_stores(op->xen, param) &&
            !is_passed(op, FASTABI_XEN_PARAM, param))
            status = fastabi_complain(form, FASTABI_DIAG_XEN_UNREACHED, param->name_mark,
                                      "input '%.100s' is not passed to the handler; add it to "
                                      "'args' or 'fields' under 'xen'",
                                      param->name);
        else if (param->out != FASTABI_NO_REGISTER && !is_returned(op->xen, param))
            status = fastabi_complain(
                form, FASTABI_DIAG_XEN_UNREACHED, param->name_mark,
                "output '%.100s' is taken from no field; add it to 'fields' under 'xen'",
                param->name);
        if (status)
            return status;
    }
    return 0;
}

/* A field has one source. */
static int check_xen_fields(struct fastabi_form *form, const struct fastabi_op *op)
{
    for (size_t i = 0; op->xen && i < op->xen->field_count; i++) {
        const struct fastabi_xen_field *field = &op->xen->fields[i];
        struct fastabi_mark other = { 0, 0 };

        for (size_t j = 0; j < op->param_count; j++) {
            if (op->params[j].field && !strcmp(op->params[j].field, field->path))
                other = op->params[j].name_mark;
        }
        for (size_t j = 0; j < op->rare->fixed.count; j++) {
            if (!strcmp(op->rare->fixed.items[j].name, field->path))
                other = op->rare->fixed.items[j].mark;
        }
        for (size_t j = 0; j < op->xen->array_count; j++) {
            if (!strcmp(op->xen->arrays[j].name, field->path))
                other = op->xen->arrays[j].mark;
        }
        if (other.line)
            return fastabi_complain(
                form, FASTABI_DIAG_FIELD_TAKEN, field->mark,
                "field '%.100s' already has a source at %s; remove it here or there", field->path,
                fastabi_form_at(form, other));
    }
    return 0;
}

/*
 * The count of elements in which a handler's progress is given, if arrays and arguments leave no
 * doubt. Without arrays the elements are not the dispatcher's, and what is done can be told, not
 * what is left.
 */
static int check_xen_progress(struct fastabi_form *form, const struct fastabi_op *op)
{
    const struct fastabi_xen_progress *progress = op->xen ? &op->xen->progress : NULL;
    const struct fastabi_xen_array *first = NULL;
    bool equal = true;

    if (!progress || !progress->mark.line)
        return 0;
    for (size_t i = 0; i < op->xen->array_count; i++) {
        const struct fastabi_xen_array *array = &op->xen->arrays[i];

        if (!array->has_count)
            continue;
        if (!first)
            first = array;
        equal &= first->count_param == array->count_param && first->count == array->count &&
                 (first->count_field && array->count_field
                      ? !strcmp(first->count_field, array->count_field)
                      : first->count_field == array->count_field);
    }
    if (!equal || (!first && (op->xen->array_count || progress->is_left)))
        return fastabi_complain(
            form, FASTABI_DIAG_XEN_PROGRESS, progress->mark,
            "'progress' needs an array with a 'count', and arrays that have the "
            "same one; give them one count");
    if (progress->arg >= op->xen_args->count)
        return fastabi_complain(form, FASTABI_DIAG_XEN_PROGRESS, progress->mark,
                                "the handler has no argument %u; 'args' has %zu, counted from 0",
                                progress->arg, op->xen_args->count);
    if (op->xen->continue_count)
        return fastabi_complain(form, FASTABI_DIAG_XEN_PROGRESS, progress->mark,
                                "'progress' and 'continue' exclude each other; use one of them");
    return 0;
}

/* Where nothing was said the backend tells what it cannot reach: other backends can do without. */
/*
 * A handler takes a guest handle, a linear address, where the classic ABI has memory.  Given a
 * guest-physical address or a frame instead, it would read or write elsewhere.
 */
static int check_xen_memory(struct fastabi_form *form, const struct fastabi_op *op)
{
    for (size_t i = 0; i < op->xen_args->count; i++) {
        const struct fastabi_param *param = op->xen_args->items[i].param;
        int status;

        if (!param || !(param->rare->is_shared || (param->type && param->type->names_memory)))
            continue;
        status =
            fastabi_complain(form, FASTABI_DIAG_XEN_MEMORY, param->name_mark,
                             "input '%.100s' says where guest memory is, and the handler of "
                             "'%.100s' would take it for a linear address; reach the memory by "
                             "'arrays' or 'frame' under 'xen'",
                             param->name, op->name ? op->name : "direct");
        if (status)
            return status;
    }
    return 0;
}

int fastabi_check_xen(struct fastabi_form *form, const struct fastabi_op *op)
{
    static int (*const rules[])(struct fastabi_form *, const struct fastabi_op *) = {
        check_xen_args,   check_xen_struct,   check_xen_params,
        check_xen_fields, check_xen_progress, check_xen_memory,
    };
    int status = 0;

    if (!op->xen && !op->spec->xen_args.count)
        return 0;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && !status; i++)
        status = rules[i](form, op);
    return status;
}
