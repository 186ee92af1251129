/* SPDX-License-Identifier: MIT */
/*
 * The struct of the hypervisor's handler, which a stub does not see: that the headers have it, and
 * that what the dispatcher stores in its fields, or takes from them, is an integer of that width
 * and sign.
 */
#include "layout/check.h"

#include <string.h>

#define HYPERVISOR_SIDE "4.17" /* the oldest release that it is for */

/* Headers that may be older than the hypervisor's side, or than the operation: a note.  Was it? */
static bool report_lacking(struct fastabi_check *check, const struct fastabi_op *op,
                           struct fastabi_mark mark, const char *what, const char *name)
{
    if (fastabi_check_is_newer(check, op))
        fastabi_check_lacks(check, op->spec, mark, what, name, "operation", fastabi_op_since(op));
    else if (fastabi_check_may_predate(check, HYPERVISOR_SIDE))
        fastabi_check_lacks(check, op->spec, mark, what, name, "hypervisor's side",
                            HYPERVISOR_SIDE);
    else
        return false;
    return true;
}

/* The handler's field has the type of the parameter whose register it is. */
static void check_field(struct fastabi_check *check, const struct fastabi_op *op,
                        const struct fastabi_xen_field *said,
                        const struct fastabi_struct *structure)
{
    const struct fastabi_param *param = said->param;
    const struct fastabi_field *field;
    struct fastabi_resolved found;
    enum fastabi_path_fault fault = fastabi_layout_resolve(structure, said->path, &found);

    /* The argument area goes on after the struct, but the type of an element is not known. */
    if (fault == FASTABI_PATH_FLEXIBLE ||
        (fault && report_lacking(check, op, said->mark, "field", said->path)))
        return;
    field = fastabi_check_scalar(check, op, said->mark, structure, said->path);
    if (!field)
        return;
    if (!param) {
        fastabi_check_number(check, op, said->mark, structure, said->path, said->number);
        return;
    }
    fastabi_check_field_type(check, op, param, structure, field, said->path);
}

bool fastabi_check_named(const struct fastabi_op *op, size_t i, struct fastabi_named *named)
{
    const struct fastabi_xen *xen = op->xen;

    for (size_t j = 0; xen && j < xen->array_count; j++) {
        const struct fastabi_xen_array *array = &xen->arrays[j];

        *named = (struct fastabi_named){ array->name, array->mark, true };
        if (!array->is_argument && !i--)
            return true;
        *named = (struct fastabi_named){ array->count_field, array->mark, false };
        if (array->count_field && !i--)
            return true;
    }
    if (!xen || !xen->status || i)
        return false;
    *named = (struct fastabi_named){ xen->status, op->mark, false };
    return true;
}

static void check_named(struct fastabi_check *check, const struct fastabi_op *op,
                        const struct fastabi_struct *structure, const struct fastabi_named *named)
{
    struct fastabi_resolved found;
    const struct fastabi_field *field;

    /* that of the classic call is as old as the operation */
    if (op->xen->c_struct && fastabi_layout_resolve(structure, named->path, &found) &&
        report_lacking(check, op, named->mark, "field", named->path))
        return;
    if (!named->is_handle) {
        (void)fastabi_check_scalar(check, op, named->mark, structure, named->path);
        return;
    }
    field = fastabi_check_path(check, op, named->mark, structure, named->path);
    if (!field || field->kind == FASTABI_FIELD_HANDLE || field->kind == FASTABI_FIELD_POINTER)
        return;
    fastabi_check_report(check, FASTABI_DIAG_NOT_A_HANDLE, op->spec, named->mark,
                         "field '%.100s' of struct '%.100s' is not a guest handle; correct the "
                         "array's name, or list it under 'args' if it is an argument",
                         named->path, structure->name);
    fastabi_check_also(check, FASTABI_DIAG_NOT_A_HANDLE, structure->file,
                       field->line ? field->line : structure->line, "it is here");
}

/* Elements, whose size the dispatcher takes from the headers. */
static void check_elements(struct fastabi_check *check, const struct fastabi_op *op)
{
    for (size_t i = 0; op->xen && i < op->xen->array_count; i++) {
        const struct fastabi_xen_array *array = &op->xen->arrays[i];
        const struct fastabi_struct *structure = array->c_struct
                                                     ? fastabi_check_struct(check, array->c_struct)
                                                     : NULL;

        if (array->c_struct && (!structure || structure->is_union) &&
            !report_lacking(check, op, array->mark, "struct", array->c_struct))
            fastabi_check_no_struct(check, op, array->mark, array->c_struct);
    }
}

/* What the classic call has in its struct, which is the handler's. */
static void check_classic(struct fastabi_check *check, const struct fastabi_op *op,
                          const struct fastabi_struct *structure)
{
    const struct fastabi_classic *classic = op->classic;

    for (size_t i = 0; classic && i < classic->success.count; i++)
        (void)fastabi_check_path(check, op, classic->success.items[i].mark, structure,
                                 classic->success.items[i].name);
    if (classic && classic->linear.mark.line)
        (void)fastabi_check_path(check, op, classic->linear.mark, structure, classic->linear.field);
}

bool fastabi_check_compares_handler(const struct fastabi_op *op)
{
    struct fastabi_named named;

    if (fastabi_check_named(op, 0, &named))
        return true;
    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].rare->part_count)
            return true;
    }
    return op->xen && op->xen->field_count;
}

/*
 * Is an unsigned long as wide for the target as it is for the hypervisor?  Otherwise the struct
 * that the target sees is not the handler's.
 */
bool fastabi_check_sees_handler(const struct fastabi_check *check)
{
    const char *target = check->layout->target;

    return !target ||
           (!strncmp(target, "x86_64", 6) && !strstr(target, "windows") && !strstr(target, "x32"));
}

void fastabi_check_handler(struct fastabi_check *check, const struct fastabi_op *op)
{
    static const struct fastabi_xen nothing;
    const struct fastabi_xen *xen = op->xen ? op->xen : &nothing;
    const char *name = fastabi_op_xen_struct(op);
    const struct fastabi_struct *structure = name ? fastabi_check_struct(check, name) : NULL;
    struct fastabi_named named;

    if (structure && !structure->is_union)
        check_classic(check, op, structure);
    if (!fastabi_check_sees_handler(check))
        return;
    check_elements(check, op);
    if (!fastabi_check_compares_handler(op))
        return;
    if (xen->c_struct && (!structure || structure->is_union) &&
        !report_lacking(check, op, xen->struct_mark, "struct", xen->c_struct))
        fastabi_check_no_struct(check, op, xen->struct_mark, xen->c_struct);
    if (!structure || structure->is_union)
        return;
    for (size_t i = 0; i < xen->field_count; i++)
        check_field(check, op, &xen->fields[i], structure);
    for (size_t i = 0; fastabi_check_named(op, i, &named); i++)
        check_named(check, op, structure, &named);
    for (size_t i = 0; i < op->param_count && xen->c_struct; i++) {
        for (size_t j = 0; j < op->params[i].rare->part_count; j++)
            fastabi_check_part(check, op, &op->params[i].rare->parts[j], structure);
    }
}
