/* SPDX-License-Identifier: MIT */
/*
 * The accessors of include/fastabi/xen.h, and of what packs and classes say.  Reads the IR, and
 * changes nothing.
 */
#include <fastabi/xen.h>

#include "spec/ir.h"

size_t fastabi_op_xen_array_count(const struct fastabi_op *op)
{
    return op && op->xen ? op->xen->array_count : 0;
}

const struct fastabi_xen_array *fastabi_op_xen_array(const struct fastabi_op *op, size_t i)
{
    return i < fastabi_op_xen_array_count(op) ? &op->xen->arrays[i] : NULL;
}

const struct fastabi_xen_array *fastabi_op_xen_arg_array(const struct fastabi_op *op, size_t i)
{
    return op && i < op->xen_args->count ? op->xen_args->items[i].array : NULL;
}

const char *fastabi_xen_array_name(const struct fastabi_xen_array *array)
{
    return array ? array->name : NULL;
}

bool fastabi_xen_array_is_argument(const struct fastabi_xen_array *array)
{
    return array && array->is_argument;
}

enum fastabi_xen_direction fastabi_xen_array_direction(const struct fastabi_xen_array *array)
{
    return array ? array->direction : FASTABI_XEN_VALUE;
}

size_t fastabi_xen_array_param_count(const struct fastabi_xen_array *array)
{
    return array ? array->param_count : 0;
}

const struct fastabi_param *fastabi_xen_array_param(const struct fastabi_xen_array *array, size_t i)
{
    return array && i < array->param_count ? array->params[i] : NULL;
}

const struct fastabi_param *fastabi_xen_array_order(const struct fastabi_xen_array *array)
{
    return array ? array->order : NULL;
}

const char *fastabi_xen_array_count_field(const struct fastabi_xen_array *array)
{
    return array ? array->count_field : NULL;
}

const struct fastabi_param *fastabi_xen_array_count_param(const struct fastabi_xen_array *array)
{
    return array ? array->count_param : NULL;
}

uint32_t fastabi_xen_array_count(const struct fastabi_xen_array *array)
{
    return array ? array->count : 0;
}

const char *fastabi_xen_array_struct(const struct fastabi_xen_array *array)
{
    return array ? array->c_struct : NULL;
}

uint32_t fastabi_xen_array_size(const struct fastabi_xen_array *array)
{
    return array ? array->size : 0;
}

bool fastabi_xen_array_is_optional(const struct fastabi_xen_array *array)
{
    return array && array->is_optional;
}

bool fastabi_xen_array_stores_result(const struct fastabi_xen_array *array)
{
    return array && array->stores_result;
}

bool fastabi_op_xen_progress(const struct fastabi_op *op, unsigned int *arg, unsigned int *shift,
                             bool *left)
{
    const struct fastabi_xen_progress *progress = op && op->xen && op->xen->progress.mark.line
                                                      ? &op->xen->progress
                                                      : NULL;

    if (arg)
        *arg = progress ? progress->arg : 0;
    if (shift)
        *shift = progress ? progress->shift : 0;
    if (left)
        *left = progress && progress->is_left;
    return progress != NULL;
}

const struct fastabi_param *fastabi_op_xen_progress_param(const struct fastabi_op *op)
{
    return op && op->xen ? op->xen->progress.param : NULL;
}

/* ---- who may call ---- */

const char *fastabi_op_hvm_since(const struct fastabi_op *op)
{
    return !op ? NULL : op->rare->hvm_since ? op->rare->hvm_since : fastabi_op_since(op);
}

enum fastabi_caller fastabi_op_caller(const struct fastabi_op *op)
{
    return op ? (enum fastabi_caller)op->caller : FASTABI_CALLER_UNKNOWN;
}

const char *fastabi_caller_name(enum fastabi_caller caller)
{
    switch (caller) {
    case FASTABI_CALLER_ANY:
        return "any";
    case FASTABI_CALLER_DEVICE_MODEL:
        return "device_model";
    case FASTABI_CALLER_CONTROL:
        return "control";
    case FASTABI_CALLER_HARDWARE:
        return "hardware";
    default:
        return NULL;
    }
}

bool fastabi_op_is_foreign(const struct fastabi_op *op)
{
    return op && op->is_foreign;
}

bool fastabi_op_has_own_index(const struct fastabi_op *op)
{
    return op && op->own_index;
}

bool fastabi_type_is_memory(const struct fastabi_type *type)
{
    return type && type->names_memory;
}

/* ---- memory ---- */

static bool is_written(const struct fastabi_xen_array *array)
{
    return array->direction == FASTABI_XEN_TO || array->direction == FASTABI_XEN_BOTH;
}

/* Is a parameter the address of an array that is only read? */
static bool is_only_read(const struct fastabi_op *op, const struct fastabi_param *param)
{
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        const struct fastabi_xen_array *array = &op->xen->arrays[i];

        if (array->direction == FASTABI_XEN_FROM && array->params[0] == param)
            return true;
    }
    return false;
}

bool fastabi_op_is_unsafe(const struct fastabi_op *op)
{
    if (!op)
        return false;
    if (op->rare->safety)
        return true;
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++) {
        if (is_written(&op->xen->arrays[i]))
            return true;
    }
    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];

        if (param->in != FASTABI_NO_REGISTER && param->rare->is_shared && !is_only_read(op, param))
            return true;
    }
    return false;
}

/* ---- packed inputs ---- */

size_t fastabi_param_part_count(const struct fastabi_param *param)
{
    return param ? param->rare->part_count : 0;
}

const char *fastabi_param_part(const struct fastabi_param *param, size_t i, unsigned int *shift,
                               unsigned int *width, bool *is_signed)
{
    const struct fastabi_part *part = param && i < param->rare->part_count ? &param->rare->parts[i]
                                                                           : NULL;

    if (shift)
        *shift = part ? part->shift : 0;
    if (width)
        *width = part ? part->width : 0;
    if (is_signed)
        *is_signed = part && part->is_signed;
    return part ? part->field : NULL;
}

const char *fastabi_param_part_flat_name(const struct fastabi_param *param, size_t i)
{
    return param && i < param->rare->part_count ? param->rare->parts[i].flat_name : NULL;
}
