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
    return spec ? spec->name : NULL;
}

const char *fastabi_spec_path(const struct fastabi_spec *spec)
{
    return spec ? spec->path : NULL;
}

const char *fastabi_spec_types_path(const struct fastabi_spec *spec)
{
    return spec ? spec->types_path : NULL;
}

uint64_t fastabi_spec_fingerprint(const struct fastabi_spec *spec)
{
    return spec ? spec->fingerprint : 0;
}

uint32_t fastabi_spec_hypercall_index(const struct fastabi_spec *spec)
{
    return spec ? spec->hypercall_index : 0;
}

const char *fastabi_spec_hypercall_macro(const struct fastabi_spec *spec)
{
    return spec ? spec->hypercall_macro : NULL;
}

const char *fastabi_spec_doc(const struct fastabi_spec *spec)
{
    return spec ? spec->doc : NULL;
}

const char *fastabi_spec_since(const struct fastabi_spec *spec)
{
    return spec ? spec->since : NULL;
}

size_t fastabi_spec_header_count(const struct fastabi_spec *spec)
{
    return spec ? spec->headers.count : 0;
}

const char *fastabi_spec_header(const struct fastabi_spec *spec, size_t i)
{
    return spec && i < spec->headers.count ? spec->headers.items[i] : NULL;
}

size_t fastabi_spec_op_count(const struct fastabi_spec *spec)
{
    return spec ? spec->op_count : 0;
}

const struct fastabi_op *fastabi_spec_op(const struct fastabi_spec *spec, size_t i)
{
    return spec && i < spec->op_count ? spec->ops[i] : NULL;
}

const struct fastabi_op *fastabi_spec_op_by_name(const struct fastabi_spec *spec, const char *name)
{
    for (size_t i = 0; spec && name && i < spec->op_count; i++) {
        if (spec->ops[i]->name && !strcmp(spec->ops[i]->name, name))
            return spec->ops[i];
    }
    return NULL;
}

const struct fastabi_op *fastabi_spec_op_by_index(const struct fastabi_spec *spec, uint64_t index)
{
    for (size_t i = 0; spec && i < spec->op_count; i++) {
        if (spec->ops[i]->name && spec->ops[i]->index == index)
            return spec->ops[i];
    }
    return NULL;
}

size_t fastabi_spec_type_count(const struct fastabi_spec *spec)
{
    return spec ? spec->type_count : 0;
}

const struct fastabi_type *fastabi_spec_type(const struct fastabi_spec *spec, size_t i)
{
    return spec && i < spec->type_count ? spec->types[i] : NULL;
}

/* ---- an operation ---- */

const char *fastabi_op_name(const struct fastabi_op *op)
{
    return op ? op->name : NULL;
}

const char *fastabi_op_flat_name(const struct fastabi_op *op)
{
    return op ? op->flat_name : NULL;
}

bool fastabi_op_is_direct(const struct fastabi_op *op)
{
    return op && !op->name;
}

uint32_t fastabi_op_index(const struct fastabi_op *op)
{
    return op ? op->index : 0;
}

const char *fastabi_op_index_macro(const struct fastabi_op *op)
{
    return op ? op->index_macro : NULL;
}

const char *fastabi_op_doc(const struct fastabi_op *op)
{
    return op ? op->doc : NULL;
}

const char *fastabi_op_safety(const struct fastabi_op *op)
{
    return op ? op->rare->safety : NULL;
}

const char *fastabi_op_since(const struct fastabi_op *op)
{
    if (!op)
        return NULL;
    return op->rare->since ? op->rare->since : op->spec->since;
}

bool fastabi_op_is_extension(const struct fastabi_op *op)
{
    return op && (op->extension || op->spec->extension);
}

unsigned int fastabi_op_line(const struct fastabi_op *op)
{
    return op ? op->mark.line : 0;
}

const char *fastabi_op_c_struct(const struct fastabi_op *op)
{
    return op ? op->c_struct : NULL;
}

size_t fastabi_op_c_struct_compat_count(const struct fastabi_op *op)
{
    return op ? op->rare->compat.count : 0;
}

const char *fastabi_op_c_struct_compat(const struct fastabi_op *op, size_t i)
{
    return op && i < op->rare->compat.count ? op->rare->compat.items[i] : NULL;
}

uint32_t fastabi_op_input_mask(const struct fastabi_op *op)
{
    uint32_t mask;

    if (!op)
        return 0;
    mask = op->name ? 3u : 1u;
    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].in != FASTABI_NO_REGISTER)
            mask |= 1u << op->params[i].in;
    }
    return mask;
}

uint32_t fastabi_op_output_mask(const struct fastabi_op *op)
{
    uint32_t mask = 1u;

    if (!op)
        return 0;
    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].out != FASTABI_NO_REGISTER)
            mask |= 1u << op->params[i].out;
    }
    return mask;
}

uint32_t fastabi_op_clobber_mask(const struct fastabi_op *op)
{
    return op ? op->clobbers : 0;
}

size_t fastabi_op_param_count(const struct fastabi_op *op)
{
    return op ? op->param_count : 0;
}

const struct fastabi_param *fastabi_op_param(const struct fastabi_op *op, size_t i)
{
    return op && i < op->param_count ? &op->params[i] : NULL;
}

const struct fastabi_param *fastabi_op_input(const struct fastabi_op *op, int reg)
{
    for (size_t i = 0; op && reg != FASTABI_NO_REGISTER && i < op->param_count; i++) {
        if (op->params[i].in == reg)
            return &op->params[i];
    }
    return NULL;
}

const struct fastabi_param *fastabi_op_output(const struct fastabi_op *op, int reg)
{
    for (size_t i = 0; op && reg != FASTABI_NO_REGISTER && i < op->param_count; i++) {
        if (op->params[i].out == reg)
            return &op->params[i];
    }
    return NULL;
}

size_t fastabi_op_c_param_count(const struct fastabi_op *op)
{
    return op ? op->c_param_count : 0;
}

const struct fastabi_param *fastabi_op_c_param(const struct fastabi_op *op, size_t i)
{
    return op && i < op->c_param_count ? op->c_params[i] : NULL;
}

/* The i-th pair of a list; NULL: there is none. */
static const struct fastabi_pair *find_pair(const struct fastabi_pairs *pairs, size_t i)
{
    return pairs && i < pairs->count ? &pairs->items[i] : NULL;
}

size_t fastabi_op_error_count(const struct fastabi_op *op)
{
    return op ? op->errors.count : 0;
}

const char *fastabi_op_error(const struct fastabi_op *op, size_t i, const char **doc)
{
    const struct fastabi_pair *pair = find_pair(op ? &op->errors : NULL, i);

    if (doc)
        *doc = pair ? pair->text : NULL;
    return pair ? pair->name : NULL;
}

size_t fastabi_op_fixed_count(const struct fastabi_op *op)
{
    return op ? op->rare->fixed.count : 0;
}

const char *fastabi_op_fixed(const struct fastabi_op *op, size_t i, int64_t *value)
{
    const struct fastabi_pair *pair = find_pair(op ? &op->rare->fixed : NULL, i);

    if (value)
        *value = pair ? pair->number : 0;
    return pair ? pair->name : NULL;
}

size_t fastabi_op_omit_count(const struct fastabi_op *op)
{
    return op ? op->rare->omit.count : 0;
}

const char *fastabi_op_omit(const struct fastabi_op *op, size_t i, const char **why)
{
    const struct fastabi_pair *pair = find_pair(op ? &op->rare->omit : NULL, i);

    if (why)
        *why = pair ? pair->text : NULL;
    return pair ? pair->name : NULL;
}

/* ---- the hypervisor side ---- */

/* The section xen; NULL: there is none. */
static const struct fastabi_xen *xen_of(const struct fastabi_op *op)
{
    return op ? op->xen : NULL;
}

const char *fastabi_op_xen_struct(const struct fastabi_op *op)
{
    const struct fastabi_xen *xen = xen_of(op);

    return xen && xen->c_struct ? xen->c_struct : fastabi_op_c_struct(op);
}

size_t fastabi_op_xen_arg_count(const struct fastabi_op *op)
{
    return op ? op->xen_args->count : 0;
}

enum fastabi_xen_kind fastabi_op_xen_arg(const struct fastabi_op *op, size_t i,
                                         const struct fastabi_param **param, int64_t *number)
{
    const struct fastabi_xen_arg *arg = i < fastabi_op_xen_arg_count(op) ? &op->xen_args->items[i]
                                                                         : NULL;

    if (param)
        *param = arg ? arg->param : NULL;
    if (number)
        *number = arg ? arg->number : 0;
    return arg ? arg->kind : FASTABI_XEN_NONE;
}

size_t fastabi_op_xen_field_count(const struct fastabi_op *op)
{
    const struct fastabi_xen *xen = xen_of(op);

    return xen ? xen->field_count : 0;
}

const char *fastabi_op_xen_field(const struct fastabi_op *op, size_t i,
                                 const struct fastabi_param **param, int64_t *number)
{
    const struct fastabi_xen_field *field = i < fastabi_op_xen_field_count(op) ? &op->xen->fields[i]
                                                                               : NULL;

    if (param)
        *param = field ? field->param : NULL;
    if (number)
        *number = field ? field->number : 0;
    return field ? field->path : NULL;
}

const struct fastabi_param *fastabi_op_xen_frame(const struct fastabi_op *op)
{
    const struct fastabi_xen *xen = xen_of(op);

    return xen ? xen->frame : NULL;
}

const char *fastabi_op_xen_status(const struct fastabi_op *op)
{
    const struct fastabi_xen *xen = xen_of(op);

    return xen ? xen->status : NULL;
}

size_t fastabi_op_xen_continue_count(const struct fastabi_op *op)
{
    const struct fastabi_xen *xen = xen_of(op);

    return xen ? xen->continue_count : 0;
}

bool fastabi_op_xen_continue(const struct fastabi_op *op, size_t i, const char **macro,
                             uint32_t *index)
{
    const struct fastabi_pair *pair = i < fastabi_op_xen_continue_count(op) ? &op->xen->continues[i]
                                                                            : NULL;

    if (macro)
        *macro = pair ? pair->name : NULL;
    if (index)
        *index = pair ? (uint32_t)pair->number : 0;
    return pair;
}

/* ---- a parameter ---- */

const char *fastabi_param_name(const struct fastabi_param *param)
{
    return param ? param->name : NULL;
}

const char *fastabi_param_flat_name(const struct fastabi_param *param)
{
    return param ? fastabi_flat_name(param) : NULL;
}

int fastabi_param_in(const struct fastabi_param *param)
{
    return param ? param->in : FASTABI_NO_REGISTER;
}

int fastabi_param_out(const struct fastabi_param *param)
{
    return param ? param->out : FASTABI_NO_REGISTER;
}

const char *fastabi_param_field(const struct fastabi_param *param)
{
    return param ? param->field : NULL;
}

const char *fastabi_param_c_type(const struct fastabi_param *param)
{
    return param ? param->rare->c_type : NULL;
}

const char *fastabi_param_doc(const struct fastabi_param *param)
{
    return param ? param->doc : NULL;
}

const char *fastabi_param_valid_when(const struct fastabi_param *param)
{
    return param ? param->rare->valid_when : NULL;
}

bool fastabi_param_is_shared(const struct fastabi_param *param)
{
    return param && param->rare->is_shared;
}

bool fastabi_param_is_typed(const struct fastabi_param *param)
{
    return param && param->is_typed;
}

const struct fastabi_type *fastabi_param_type(const struct fastabi_param *param)
{
    return param ? param->type : NULL;
}

unsigned int fastabi_param_width(const struct fastabi_param *param)
{
    return param ? param->width : 0;
}

bool fastabi_param_is_signed(const struct fastabi_param *param)
{
    return param && param->is_signed;
}

/* Names of an integer type: without and with a sign. */
static const struct integer {
    uint8_t width;
    const char *repr[2];
    const char *c[2];
} integers[] = {
    { 8, { "u8", "i8" }, { "uint8_t", "int8_t" } },
    { 16, { "u16", "i16" }, { "uint16_t", "int16_t" } },
    { 32, { "u32", "i32" }, { "uint32_t", "int32_t" } },
    { 64, { "u64", "i64" }, { "uint64_t", "int64_t" } },
};

static const struct integer *integer_of(uint8_t width)
{
    const struct integer *integer = integers;

    while (integer->width != width && integer->width != 64)
        integer++;
    return integer;
}

const char *fastabi_param_repr(const struct fastabi_param *param)
{
    return param ? integer_of(param->width)->repr[param->is_signed] : NULL;
}

const char *fastabi_param_c_integer(const struct fastabi_param *param)
{
    return param ? integer_of(param->width)->c[param->is_signed] : NULL;
}

/* ---- what a layout told ---- */

bool fastabi_op_c_struct_size(const struct fastabi_op *op, uint64_t *size)
{
    bool is_known = op && op->has_struct_size;

    if (size)
        *size = is_known ? op->struct_size : 0;
    return is_known;
}

bool fastabi_param_field_offset(const struct fastabi_param *param, uint64_t *offset)
{
    bool is_known = param && param->offset != FASTABI_NO_OFFSET;

    if (offset)
        *offset = is_known ? param->offset : 0;
    return is_known;
}

/* ---- a named type ---- */

const char *fastabi_type_name(const struct fastabi_type *type)
{
    return type ? type->name : NULL;
}

unsigned int fastabi_type_width(const struct fastabi_type *type)
{
    return type ? type->width : 0;
}

bool fastabi_type_is_signed(const struct fastabi_type *type)
{
    return type && type->is_signed;
}

const char *fastabi_type_repr(const struct fastabi_type *type)
{
    return type ? integer_of(type->width)->repr[type->is_signed] : NULL;
}

const char *fastabi_type_c_integer(const struct fastabi_type *type)
{
    return type ? integer_of(type->width)->c[type->is_signed] : NULL;
}

const char *fastabi_type_c_type(const struct fastabi_type *type)
{
    return type ? type->c_type : NULL;
}

const char *fastabi_type_doc(const struct fastabi_type *type)
{
    return type ? type->doc : NULL;
}
