/* SPDX-License-Identifier: MIT */
/* What must hold of the section classic of an operation: that it is about what the others leave. */
#include "spec/rules.h"

#include <string.h>

#include "spec/build.h"

static bool has_pair(const struct fastabi_pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++) {
        if (!strcmp(pairs->items[i].name, name))
            return true;
    }
    return false;
}

/* Does a register, or a constant of the hypervisor's, fill the field? */
static bool is_carried(const struct fastabi_op *op, const char *field)
{
    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];

        if (param->field && !strcmp(param->field, field))
            return true;
        for (size_t j = 0; j < param->rare->part_count; j++) {
            if (!strcmp(param->rare->parts[j].field, field))
                return true;
        }
    }
    for (size_t i = 0; op->xen && i < op->xen->field_count; i++) {
        if (!strcmp(op->xen->fields[i].path, field))
            return true;
    }
    return has_pair(&op->rare->fixed, field);
}

static int check_success(struct fastabi_form *form, const struct fastabi_op *op)
{
    const struct fastabi_pairs *success = &op->classic->success;

    if (success->count && !fastabi_op_xen_struct(op))
        return fastabi_complain(form, FASTABI_DIAG_CLASSIC, success->items[0].mark,
                                "'success' is about fields, and neither 'c_lang' nor 'xen' names "
                                "a struct; remove it");
    for (size_t i = 0; i < success->count; i++) {
        int status = 0;

        if (is_carried(op, success->items[i].name))
            status = fastabi_complain(form, FASTABI_DIAG_CLASSIC, success->items[i].mark,
                                      "'%.100s' is filled by a register or a constant; 'success' "
                                      "is for fields that nothing fills",
                                      success->items[i].name);
        if (status)
            return status;
    }
    return 0;
}

static int check_ignore(struct fastabi_form *form, const struct fastabi_op *op)
{
    const struct fastabi_strings *ignore = &op->classic->ignore;

    for (size_t i = 0; i < ignore->count; i++) {
        const char *name = ignore->items[i];
        int status = 0;

        if (!has_pair(&op->rare->omit, name))
            status = fastabi_complain(form, FASTABI_DIAG_CLASSIC, ignore->marks[i],
                                      "'%.100s' is not a field under 'omit'; only those can be "
                                      "ignored",
                                      name);
        else if (has_pair(&op->classic->success, name))
            status = fastabi_complain(form, FASTABI_DIAG_CLASSIC, ignore->marks[i],
                                      "'%.100s' is under 'success' too; remove one", name);
        if (status)
            return status;
    }
    return 0;
}

/* The argument is 1, the number of structs that the handler is given. */
static int check_elements(struct fastabi_form *form, const struct fastabi_op *op)
{
    const struct fastabi_classic *classic = op->classic;
    bool has_struct = false;

    if (!classic->elements_mark.line)
        return 0;
    for (size_t i = 0; i < op->xen_args->count; i++)
        has_struct |= op->xen_args->items[i].kind == FASTABI_XEN_STRUCT;
    if (has_struct && classic->elements < op->xen_args->count &&
        op->xen_args->items[classic->elements].kind == FASTABI_XEN_NUMBER &&
        op->xen_args->items[classic->elements].number == 1)
        return 0;
    return fastabi_complain(
        form, FASTABI_DIAG_CLASSIC, classic->elements_mark,
        "this is not the number of structs; name the argument that is 1 in 'args' "
        "under 'xen', counted from 0, beside the struct");
}

static int check_linear(struct fastabi_form *form, const struct fastabi_op *op)
{
    const struct fastabi_linear *linear = &op->classic->linear;

    if (!linear->mark.line)
        return 0;
    if (!op->c_struct || !op->name || op->own_index)
        return fastabi_complain(
            form, FASTABI_DIAG_CLASSIC, linear->mark,
            "'linear' is for a sub-operation with a struct under 'c_lang' and an "
            "index of the classic ABI; remove it");
    if (!linear->param->field || linear->param->width != 64)
        return fastabi_complain(
            form, FASTABI_DIAG_CLASSIC, linear->mark,
            "'%.100s' is not a field of 64 bits; name one, as it takes an address",
            linear->param->name);
    if (fastabi_op_output_mask(op) != 1u)
        return fastabi_complain(form, FASTABI_DIAG_CLASSIC, linear->mark,
                                "'linear' is for operations without outputs; remove it");
    if (linear->index == op->index)
        return fastabi_complain(form, FASTABI_DIAG_CLASSIC, linear->mark,
                                "%u is the operation's own index; 'linear' is about another "
                                "sub-operation, which takes a linear address",
                                linear->index);
    return 0;
}

static int check_range(struct fastabi_form *form, const struct fastabi_op *op)
{
    const struct fastabi_range *range = &op->classic->range;

    if (!range->mark.line)
        return 0;
    if (!op->xen || !op->xen->progress.mark.line)
        return fastabi_complain(
            form, FASTABI_DIAG_CLASSIC, range->mark,
            "'range' is for an operation with 'progress' under 'xen'; remove it");
    if (op->xen->progress.param && op->xen->progress.param != range->count)
        return fastabi_complain(form, FASTABI_DIAG_CLASSIC, range->mark,
                                "'%.100s' tells the progress, and 'range' counts '%.100s'; both "
                                "must be one parameter",
                                op->xen->progress.param->name, range->count->name);
    return 0;
}

int fastabi_check_classic(struct fastabi_form *form, const struct fastabi_op *op)
{
    int status;

    if (!op->classic)
        return 0;
    status = check_success(form, op);
    if (!status)
        status = check_ignore(form, op);
    if (!status)
        status = check_elements(form, op);
    if (!status)
        status = check_linear(form, op);
    if (!status)
        status = check_range(form, op);
    return status;
}
