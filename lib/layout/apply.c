/* SPDX-License-Identifier: MIT */
/*
 * What a layout knows, given to a specification: types of parameters that had none, sizes, offsets.
 * Says nothing: whatever is wrong is the checks' to say.
 */
#include "layout/check.h"

static void apply_field(struct fastabi_param *param, const struct fastabi_struct *structure)
{
    struct fastabi_resolved found;

    if (fastabi_layout_resolve(structure, param->field, &found) || !fastabi_is_scalar(found.field))
        return;
    if (found.offset < FASTABI_NO_OFFSET)
        param->offset = (uint32_t)found.offset;
    if (param->is_typed)
        return;
    param->width = (uint8_t)(8 * found.field->size);
    param->is_signed = found.field->is_signed;
    param->is_typed = true;
}

static void apply_c_type(struct fastabi_param *param, const struct fastabi_layout *layout)
{
    const struct fastabi_layout_type *type = fastabi_layout_find_type(layout, param->rare->c_type);

    if (param->is_typed || !type || type->size > 8 || !type->size ||
        (type->kind != FASTABI_FIELD_INTEGER && type->kind != FASTABI_FIELD_POINTER))
        return;
    param->width = (uint8_t)(8 * type->size);
    param->is_signed = type->is_signed;
    param->is_typed = true;
}

int fastabi_layout_apply(struct fastabi_context *context, const struct fastabi_layout *layout,
                         struct fastabi_spec *spec)
{
    if (!layout || !spec)
        return fastabi_refuse_argument(context, __func__, "it needs a layout and a specification");
    for (size_t i = 0; i < spec->op_count; i++) {
        struct fastabi_op *op = (struct fastabi_op *)(uintptr_t)spec->ops[i];
        const struct fastabi_struct *structure = op->c_struct
                                                     ? fastabi_layout_struct_by_name(layout,
                                                                                     op->c_struct)
                                                     : NULL;

        if (structure) {
            op->struct_size = structure->size;
            op->has_struct_size = true;
        }
        for (size_t j = 0; j < op->param_count; j++) {
            if (op->params[j].field && structure)
                apply_field(&op->params[j], structure);
            else if (op->params[j].rare->c_type)
                apply_c_type(&op->params[j], layout);
        }
    }
    return 0;
}
