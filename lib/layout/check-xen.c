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

bool fastabi_check_compares_handler(const struct fastabi_op *op)
{
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
    const struct fastabi_xen *xen = op->xen;
    const char *name = xen->c_struct ? xen->c_struct : op->c_struct;
    const struct fastabi_struct *structure = name ? fastabi_check_struct(check, name) : NULL;

    if (!fastabi_check_compares_handler(op) || !fastabi_check_sees_handler(check))
        return;
    if (xen->c_struct && (!structure || structure->is_union) &&
        !report_lacking(check, op, xen->struct_mark, "struct", xen->c_struct))
        fastabi_check_no_struct(check, op, xen->struct_mark, xen->c_struct);
    if (!structure || structure->is_union)
        return;
    for (size_t i = 0; i < xen->field_count; i++)
        check_field(check, op, &xen->fields[i], structure);
    for (size_t i = 0; i < op->param_count && xen->c_struct; i++) {
        for (size_t j = 0; j < op->params[i].rare->part_count; j++)
            fastabi_check_part(check, op, &op->params[i].rare->parts[j], structure);
    }
}
