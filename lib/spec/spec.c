/* SPDX-License-Identifier: MIT */
/* What include/fastabi/spec.h lets a caller ask of a specification.  Knows only the IR. */
#include <stdlib.h>
#include <string.h>

#include <fastabi/layout.h>

#include "spec/ir.h"

void fastabi_spec_free(struct fastabi_spec *spec)
{
    if (!spec)
        return;
    fastabi_arena_free(&spec->arena);
    free(spec);
}

/* ---- a specification ---- */

const char *fastabi_spec_name(const struct fastabi_spec *spec)
{
    return spec->name;
}

const char *fastabi_spec_path(const struct fastabi_spec *spec)
{
    return spec->path;
}

const char *fastabi_spec_types_path(const struct fastabi_spec *spec)
{
    return spec->types_path;
}

uint64_t fastabi_spec_fingerprint(const struct fastabi_spec *spec)
{
    return spec->fingerprint;
}

uint32_t fastabi_spec_hypercall_index(const struct fastabi_spec *spec)
{
    return spec->hypercall_index;
}

const char *fastabi_spec_hypercall_macro(const struct fastabi_spec *spec)
{
    return spec->hypercall_macro;
}

const char *fastabi_spec_doc(const struct fastabi_spec *spec)
{
    return spec->doc;
}

const char *fastabi_spec_since(const struct fastabi_spec *spec)
{
    return spec->since;
}

size_t fastabi_spec_header_count(const struct fastabi_spec *spec)
{
    return spec->headers.count;
}

const char *fastabi_spec_header(const struct fastabi_spec *spec, size_t i)
{
    return i < spec->headers.count ? spec->headers.items[i] : NULL;
}

size_t fastabi_spec_op_count(const struct fastabi_spec *spec)
{
    return spec->op_count;
}

const struct fastabi_op *fastabi_spec_op(const struct fastabi_spec *spec, size_t i)
{
    return i < spec->op_count ? spec->ops[i] : NULL;
}

const struct fastabi_op *fastabi_spec_op_by_name(const struct fastabi_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->op_count; i++) {
        if (spec->ops[i]->name && !strcmp(spec->ops[i]->name, name))
            return spec->ops[i];
    }
    return NULL;
}

const struct fastabi_op *fastabi_spec_op_by_index(const struct fastabi_spec *spec, uint64_t index)
{
    for (size_t i = 0; i < spec->op_count; i++) {
        if (spec->ops[i]->name && spec->ops[i]->index == index)
            return spec->ops[i];
    }
    return NULL;
}

size_t fastabi_spec_type_count(const struct fastabi_spec *spec)
{
    return spec->type_count;
}

const struct fastabi_type *fastabi_spec_type(const struct fastabi_spec *spec, size_t i)
{
    return i < spec->type_count ? spec->types[i] : NULL;
}

/* ---- an operation ---- */

const char *fastabi_op_name(const struct fastabi_op *op)
{
    return op->name;
}

bool fastabi_op_is_direct(const struct fastabi_op *op)
{
    return !op->name;
}

uint32_t fastabi_op_index(const struct fastabi_op *op)
{
    return op->index;
}

const char *fastabi_op_index_macro(const struct fastabi_op *op)
{
    return op->index_macro;
}

const char *fastabi_op_doc(const struct fastabi_op *op)
{
    return op->doc;
}

const char *fastabi_op_safety(const struct fastabi_op *op)
{
    return op->safety;
}

const char *fastabi_op_since(const struct fastabi_op *op)
{
    return op->since ? op->since : op->spec->since;
}

bool fastabi_op_is_extension(const struct fastabi_op *op)
{
    return op->extension || op->spec->extension;
}

unsigned int fastabi_op_line(const struct fastabi_op *op)
{
    return op->mark.line;
}

const char *fastabi_op_c_struct(const struct fastabi_op *op)
{
    return op->c_struct;
}

size_t fastabi_op_c_struct_compat_count(const struct fastabi_op *op)
{
    return op->compat.count;
}

const char *fastabi_op_c_struct_compat(const struct fastabi_op *op, size_t i)
{
    return i < op->compat.count ? op->compat.items[i] : NULL;
}

uint32_t fastabi_op_input_mask(const struct fastabi_op *op)
{
    uint32_t mask = op->name ? 3u : 1u;

    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].in != FASTABI_NO_REGISTER)
            mask |= 1u << op->params[i].in;
    }
    return mask;
}

uint32_t fastabi_op_output_mask(const struct fastabi_op *op)
{
    uint32_t mask = 1u;

    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].out != FASTABI_NO_REGISTER)
            mask |= 1u << op->params[i].out;
    }
    return mask;
}

uint32_t fastabi_op_clobber_mask(const struct fastabi_op *op)
{
    return op->clobbers;
}

size_t fastabi_op_param_count(const struct fastabi_op *op)
{
    return op->param_count;
}

const struct fastabi_param *fastabi_op_param(const struct fastabi_op *op, size_t i)
{
    return i < op->param_count ? &op->params[i] : NULL;
}

const struct fastabi_param *fastabi_op_input(const struct fastabi_op *op, int reg)
{
    for (size_t i = 0; i < op->param_count && reg != FASTABI_NO_REGISTER; i++) {
        if (op->params[i].in == reg)
            return &op->params[i];
    }
    return NULL;
}

const struct fastabi_param *fastabi_op_output(const struct fastabi_op *op, int reg)
{
    for (size_t i = 0; i < op->param_count && reg != FASTABI_NO_REGISTER; i++) {
        if (op->params[i].out == reg)
            return &op->params[i];
    }
    return NULL;
}

size_t fastabi_op_c_param_count(const struct fastabi_op *op)
{
    return op->c_param_count;
}

const struct fastabi_param *fastabi_op_c_param(const struct fastabi_op *op, size_t i)
{
    return i < op->c_param_count ? op->c_params[i] : NULL;
}

size_t fastabi_op_error_count(const struct fastabi_op *op)
{
    return op->errors.count;
}

const char *fastabi_op_error(const struct fastabi_op *op, size_t i, const char **doc)
{
    if (i >= op->errors.count)
        return NULL;
    if (doc)
        *doc = op->errors.items[i].text;
    return op->errors.items[i].name;
}

size_t fastabi_op_fixed_count(const struct fastabi_op *op)
{
    return op->fixed.count;
}

const char *fastabi_op_fixed(const struct fastabi_op *op, size_t i, int64_t *value)
{
    if (i >= op->fixed.count)
        return NULL;
    if (value)
        *value = op->fixed.items[i].number;
    return op->fixed.items[i].name;
}

size_t fastabi_op_omit_count(const struct fastabi_op *op)
{
    return op->omit.count;
}

const char *fastabi_op_omit(const struct fastabi_op *op, size_t i, const char **why)
{
    if (i >= op->omit.count)
        return NULL;
    if (why)
        *why = op->omit.items[i].text;
    return op->omit.items[i].name;
}

/* ---- the hypervisor side ---- */

const char *fastabi_op_xen_struct(const struct fastabi_op *op)
{
    return op->xen && op->xen->c_struct ? op->xen->c_struct : op->c_struct;
}

size_t fastabi_op_xen_arg_count(const struct fastabi_op *op)
{
    return op->xen_args.count;
}

enum fastabi_xen_kind fastabi_op_xen_arg(const struct fastabi_op *op, size_t i,
                                         const struct fastabi_param **param, int64_t *number)
{
    const struct fastabi_xen_arg *arg = &op->xen_args.items[i];

    if (param)
        *param = arg->param;
    if (number)
        *number = arg->number;
    return arg->kind;
}

size_t fastabi_op_xen_field_count(const struct fastabi_op *op)
{
    return op->xen ? op->xen->field_count : 0;
}

const char *fastabi_op_xen_field(const struct fastabi_op *op, size_t i,
                                 const struct fastabi_param **param, int64_t *number)
{
    const struct fastabi_xen_field *field = &op->xen->fields[i];

    if (param)
        *param = field->param;
    if (number)
        *number = field->number;
    return field->path;
}

size_t fastabi_op_xen_array_count(const struct fastabi_op *op)
{
    return op->xen ? op->xen->array_count : 0;
}

const char *fastabi_op_xen_array(const struct fastabi_op *op, size_t i,
                                 enum fastabi_xen_direction *direction,
                                 const struct fastabi_param **param, const char **count,
                                 uint32_t *size)
{
    const struct fastabi_xen_array *array = &op->xen->arrays[i];

    *direction = array->direction;
    *param = array->param;
    *count = array->count;
    *size = array->size;
    return array->path;
}

const struct fastabi_param *fastabi_op_xen_frame(const struct fastabi_op *op)
{
    return op->xen ? op->xen->frame : NULL;
}

const char *fastabi_op_xen_status(const struct fastabi_op *op)
{
    return op->xen ? op->xen->status : NULL;
}

size_t fastabi_op_xen_continue_count(const struct fastabi_op *op)
{
    return op->xen ? op->xen->continue_count : 0;
}

void fastabi_op_xen_continue(const struct fastabi_op *op, size_t i, const char **macro,
                             uint32_t *index)
{
    *macro = op->xen->continues[i].name;
    *index = (uint32_t)op->xen->continues[i].number;
}

/* ---- a parameter ---- */

const char *fastabi_param_name(const struct fastabi_param *param)
{
    return param->name;
}

const char *fastabi_param_flat_name(const struct fastabi_param *param)
{
    return param->flat_name;
}

int fastabi_param_in(const struct fastabi_param *param)
{
    return param->in;
}

int fastabi_param_out(const struct fastabi_param *param)
{
    return param->out;
}

const char *fastabi_param_field(const struct fastabi_param *param)
{
    return param->field;
}

const char *fastabi_param_c_type(const struct fastabi_param *param)
{
    return param->c_type;
}

const char *fastabi_param_doc(const struct fastabi_param *param)
{
    return param->doc;
}

const char *fastabi_param_valid_when(const struct fastabi_param *param)
{
    return param->valid_when;
}

bool fastabi_param_is_shared(const struct fastabi_param *param)
{
    return param->is_shared;
}

bool fastabi_param_is_typed(const struct fastabi_param *param)
{
    return param->is_typed;
}

const struct fastabi_type *fastabi_param_type(const struct fastabi_param *param)
{
    return param->type;
}

unsigned int fastabi_param_width(const struct fastabi_param *param)
{
    return param->width;
}

bool fastabi_param_is_signed(const struct fastabi_param *param)
{
    return param->is_signed;
}

static const char *repr_of(uint8_t width, bool is_signed)
{
    switch (width) {
    case 8:
        return is_signed ? "i8" : "u8";
    case 16:
        return is_signed ? "i16" : "u16";
    case 32:
        return is_signed ? "i32" : "u32";
    default:
        return is_signed ? "i64" : "u64";
    }
}

const char *fastabi_param_repr(const struct fastabi_param *param)
{
    return repr_of(param->width, param->is_signed);
}

/* ---- what a layout told ---- */

bool fastabi_op_c_struct_size(const struct fastabi_op *op, uint64_t *size)
{
    if (op->has_struct_size && size)
        *size = op->struct_size;
    return op->has_struct_size;
}

bool fastabi_param_field_offset(const struct fastabi_param *param, uint64_t *offset)
{
    if (param->has_offset && offset)
        *offset = param->offset;
    return param->has_offset;
}

/* ---- a named type ---- */

const char *fastabi_type_name(const struct fastabi_type *type)
{
    return type->name;
}

unsigned int fastabi_type_width(const struct fastabi_type *type)
{
    return type->width;
}

bool fastabi_type_is_signed(const struct fastabi_type *type)
{
    return type->is_signed;
}

const char *fastabi_type_repr(const struct fastabi_type *type)
{
    return repr_of(type->width, type->is_signed);
}

const char *fastabi_type_c_type(const struct fastabi_type *type)
{
    return type->c_type;
}

const char *fastabi_type_doc(const struct fastabi_type *type)
{
    return type->doc;
}
