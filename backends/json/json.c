/* SPDX-License-Identifier: MIT */
/*
 * The JSON backend: all that the public API says of specifications, for generators in other
 * languages. fastabi.schema.json describes the document; whoever changes one changes the other, and
 * the version.
 */
#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of the document's format.  Raised when a reader of the last one would misunderstand the new. */
#define FORMAT_VERSION 1u

/* ---- registers ---- */

/* A register by number and name, or null. */
static void write_register(struct json *json, const char *key, int reg)
{
    if (reg == FASTABI_NO_REGISTER) {
        json_null(json, key);
        return;
    }
    json_open(json, key, '{');
    json_unsigned(json, "number", (unsigned int)reg);
    json_text(json, "name", fastabi_register_name(reg));
    json_close(json, '}');
}

/* The registers of a mask. */
static void write_registers(struct json *json, uint32_t mask)
{
    json_open(json, "registers", '[');
    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        if (mask & 1u << reg)
            write_register(json, NULL, reg);
    }
    json_close(json, ']');
}

/* The same with the mask itself. */
static void write_mask(struct json *json, const char *key, uint32_t mask)
{
    json_open(json, key, '{');
    json_unsigned(json, "mask", mask);
    write_registers(json, mask);
    json_close(json, '}');
}

/* ---- types and parameters ---- */

static void write_type(struct json *json, const struct fastabi_type *type)
{
    json_open(json, NULL, '{');
    json_text(json, "name", fastabi_type_name(type));
    json_text(json, "repr", fastabi_type_repr(type));
    json_unsigned(json, "width", fastabi_type_width(type));
    json_bool(json, "signed", fastabi_type_is_signed(type));
    json_bool(json, "memory", fastabi_type_is_memory(type));
    json_text(json, "c_type", fastabi_type_c_type(type));
    json_text(json, "doc", fastabi_type_doc(type));
    json_close(json, '}');
}

/* Which argument of a C stub the parameter is, or null: it is a field of the struct. */
static void write_argument_number(struct json *json, const struct fastabi_op *op,
                                  const struct fastabi_param *param)
{
    for (size_t i = 0; i < fastabi_op_c_param_count(op); i++) {
        if (fastabi_op_c_param(op, i) == param) {
            json_unsigned(json, "c_argument", (unsigned int)i);
            return;
        }
    }
    json_null(json, "c_argument");
}

/* The fields of a packed input; an empty list for others. */
static void write_parts(struct json *json, const struct fastabi_param *param)
{
    json_open(json, "pack", '[');
    for (size_t i = 0; i < fastabi_param_part_count(param); i++) {
        unsigned int shift, width;
        bool is_signed;
        const char *field = fastabi_param_part(param, i, &shift, &width, &is_signed);

        json_open(json, NULL, '{');
        json_text(json, "field", field);
        json_unsigned(json, "shift", shift);
        json_unsigned(json, "width", width);
        json_bool(json, "signed", is_signed);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* The comparisons that valid_when consists of, for generators that write them down; or null. */
static void write_condition(struct json *json, const struct fastabi_param *param)
{
    if (!fastabi_param_condition_count(param)) {
        json_null(json, "condition");
        return;
    }
    json_open(json, "condition", '{');
    json_bool(json, "any", fastabi_param_condition_is_any(param));
    json_open(json, "comparisons", '[');
    for (size_t i = 0; i < fastabi_param_condition_count(param); i++) {
        enum fastabi_comparison comparison;
        int64_t number;
        const struct fastabi_param *named = fastabi_param_condition(param, i, &comparison, &number);

        json_open(json, NULL, '{');
        json_text(json, "param", fastabi_param_name(named));
        json_text(json, "comparison", fastabi_comparison_text(comparison));
        json_decimal(json, "value", number);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void write_param(struct json *json, const struct fastabi_op *op,
                        const struct fastabi_param *param)
{
    const struct fastabi_type *type = fastabi_param_type(param);

    json_open(json, NULL, '{');
    json_text(json, "name", fastabi_param_name(param));
    write_register(json, "in", fastabi_param_in(param));
    write_register(json, "out", fastabi_param_out(param));
    json_bool(json, "typed", fastabi_param_is_typed(param));
    json_text(json, "type", type ? fastabi_type_name(type) : NULL);
    json_text(json, "repr", fastabi_param_repr(param));
    json_unsigned(json, "width", fastabi_param_width(param));
    json_bool(json, "signed", fastabi_param_is_signed(param));
    json_text(json, "field", fastabi_param_field(param));
    json_text(json, "c_type", fastabi_param_c_type(param));
    write_argument_number(json, op, param);
    json_text(json, "doc", fastabi_param_doc(param));
    json_text(json, "valid_when", fastabi_param_valid_when(param));
    write_condition(json, param);
    json_bool(json, "shared", fastabi_param_is_shared(param));
    write_parts(json, param);
    json_close(json, '}');
}

/* ---- operations ---- */

static void write_struct_compat(struct json *json, const struct fastabi_op *op)
{
    json_open(json, "struct_compat", '[');
    for (size_t i = 0; i < fastabi_op_c_struct_compat_count(op); i++)
        json_text(json, NULL, fastabi_op_c_struct_compat(op, i));
    json_close(json, ']');
}

/* Outputs with a condition, in the order in which the conditions are looked at. */
static void write_conditional(struct json *json, const struct fastabi_op *op)
{
    json_open(json, "conditional", '[');
    for (size_t i = 0; i < fastabi_op_conditional_count(op); i++)
        json_text(json, NULL, fastabi_param_name(fastabi_op_conditional(op, i)));
    json_close(json, ']');
}

static void write_c_arguments(struct json *json, const struct fastabi_op *op)
{
    json_open(json, "c_arguments", '[');
    for (size_t i = 0; i < fastabi_op_c_param_count(op); i++)
        json_text(json, NULL, fastabi_param_name(fastabi_op_c_param(op, i)));
    json_close(json, ']');
}

/* A list of names, each with a text: get tells the i-th. */
static void
write_pairs(struct json *json, const char *key, const struct fastabi_op *op, size_t count,
            const char *(*get)(const struct fastabi_op *op, size_t i, const char **text),
            const char *name_key, const char *text_key)
{
    json_open(json, key, '[');
    for (size_t i = 0; i < count; i++) {
        const char *text;
        const char *name = get(op, i, &text);

        json_open(json, NULL, '{');
        json_text(json, name_key, name);
        json_text(json, text_key, text);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_other_fields(struct json *json, const struct fastabi_op *op)
{
    json_open(json, "fixed", '[');
    for (size_t i = 0; i < fastabi_op_fixed_count(op); i++) {
        int64_t value;
        const char *field = fastabi_op_fixed(op, i, &value);

        json_open(json, NULL, '{');
        json_text(json, "field", field);
        json_decimal(json, "value", value);
        json_close(json, '}');
    }
    json_close(json, ']');
    write_pairs(json, "omit", op, fastabi_op_omit_count(op), fastabi_op_omit, "field", "why");
}

/* ---- the hypervisor side ---- */

static const char *param_name(const struct fastabi_param *param)
{
    return param ? fastabi_param_name(param) : NULL;
}

static void write_xen_args(struct json *json, const struct fastabi_op *op)
{
    json_open(json, "args", '[');
    for (size_t i = 0; i < fastabi_op_xen_arg_count(op); i++) {
        const struct fastabi_param *param;
        int64_t number;
        enum fastabi_xen_kind kind = fastabi_op_xen_arg(op, i, &param, &number);

        json_open(json, NULL, '{');
        json_text(json, "kind",
                  kind == FASTABI_XEN_OP       ? "op"
                  : kind == FASTABI_XEN_STRUCT ? "struct"
                  : kind == FASTABI_XEN_PARAM  ? "input"
                  : kind == FASTABI_XEN_ARRAY  ? "array"
                                               : "number");
        json_text(json, "input", param_name(param));
        json_text(json, "array", fastabi_xen_array_name(fastabi_op_xen_arg_array(op, i)));
        if (kind == FASTABI_XEN_NUMBER)
            json_decimal(json, "value", number);
        else
            json_null(json, "value");
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_xen_fields(struct json *json, const struct fastabi_op *op)
{
    json_open(json, "fields", '[');
    for (size_t i = 0; i < fastabi_op_xen_field_count(op); i++) {
        const struct fastabi_param *param;
        int64_t number;
        const char *field = fastabi_op_xen_field(op, i, &param, &number);

        json_open(json, NULL, '{');
        json_text(json, "field", field);
        json_text(json, "param", param_name(param));
        if (param)
            json_null(json, "value");
        else
            json_decimal(json, "value", number);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_number(struct json *json, const char *name, uint32_t number)
{
    if (number)
        json_unsigned(json, name, number);
    else
        json_null(json, name);
}

static void write_xen_array(struct json *json, const struct fastabi_xen_array *array)
{
    static const char *const directions[] = { "value", "sequence", "from", "to", "both" };

    json_open(json, NULL, '{');
    json_text(json, "field", fastabi_xen_array_name(array));
    json_bool(json, "argument", fastabi_xen_array_is_argument(array));
    json_text(json, "direction", directions[fastabi_xen_array_direction(array)]);
    json_text(json, "input", param_name(fastabi_xen_array_param(array, 0)));
    json_open(json, "params", '[');
    for (size_t i = 0; i < fastabi_xen_array_param_count(array); i++)
        json_text(json, NULL, param_name(fastabi_xen_array_param(array, i)));
    json_close(json, ']');
    json_text(json, "order", param_name(fastabi_xen_array_order(array)));
    json_text(json, "count", fastabi_xen_array_count_field(array));
    json_text(json, "count_input", param_name(fastabi_xen_array_count_param(array)));
    write_number(json, "count_value", fastabi_xen_array_count(array));
    json_text(json, "struct", fastabi_xen_array_struct(array));
    write_number(json, "size", fastabi_xen_array_size(array));
    json_bool(json, "optional", fastabi_xen_array_is_optional(array));
    json_bool(json, "stores_result", fastabi_xen_array_stores_result(array));
    json_close(json, '}');
}

static void write_xen_arrays(struct json *json, const struct fastabi_op *op)
{
    json_open(json, "arrays", '[');
    for (size_t i = 0; i < fastabi_op_xen_array_count(op); i++)
        write_xen_array(json, fastabi_op_xen_array(op, i));
    json_close(json, ']');
}

static void write_xen_progress(struct json *json, const struct fastabi_op *op)
{
    unsigned int arg, shift;
    bool left;

    if (!fastabi_op_xen_progress(op, &arg, &shift, &left)) {
        json_null(json, "progress");
        return;
    }
    json_open(json, "progress", '{');
    json_unsigned(json, "arg", arg);
    json_unsigned(json, "shift", shift);
    json_bool(json, "left", left);
    json_text(json, "param", param_name(fastabi_op_xen_progress_param(op)));
    json_close(json, '}');
}

static void write_xen(struct json *json, const struct fastabi_op *op)
{
    json_open(json, "xen", '{');
    json_text(json, "struct", fastabi_op_xen_struct(op));
    write_xen_args(json, op);
    write_xen_fields(json, op);
    write_xen_arrays(json, op);
    write_xen_progress(json, op);
    json_text(json, "frame", param_name(fastabi_op_xen_frame(op)));
    json_text(json, "status", fastabi_op_xen_status(op));
    json_open(json, "continue", '[');
    for (size_t i = 0; i < fastabi_op_xen_continue_count(op); i++) {
        const char *macro;
        uint32_t index;

        fastabi_op_xen_continue(op, i, &macro, &index);
        json_open(json, NULL, '{');
        json_text(json, "macro", macro);
        if (macro)
            json_null(json, "index");
        else
            json_unsigned(json, "index", index);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

/* ---- the classic call ---- */

static void write_classic_linear(struct json *json, const struct fastabi_op *op)
{
    const struct fastabi_param *param;
    uint32_t index, size;
    const char *field = fastabi_op_classic_linear(op, &param, &index, &size);
    int64_t none;

    if (!field) {
        json_null(json, "linear");
        return;
    }
    json_open(json, "linear", '{');
    json_unsigned(json, "index", index);
    json_text(json, "index_macro", fastabi_op_classic_linear_macro(op));
    json_text(json, "field", field);
    json_text(json, "param", param_name(param));
    json_unsigned(json, "size", size);
    if (fastabi_op_classic_linear_none(op, &none))
        json_decimal(json, "none", none);
    else
        json_null(json, "none");
    json_close(json, '}');
}

static void write_classic_range(struct json *json, const struct fastabi_op *op)
{
    if (!fastabi_op_classic_range(op)) {
        json_null(json, "range");
        return;
    }
    json_open(json, "range", '{');
    json_text(json, "count", param_name(fastabi_op_classic_range(op)));
    json_open(json, "next", '[');
    for (size_t i = 0; i < fastabi_op_classic_next_count(op); i++)
        json_text(json, NULL, param_name(fastabi_op_classic_next(op, i)));
    json_close(json, ']');
    json_close(json, '}');
}

static void write_classic(struct json *json, const struct fastabi_op *op)
{
    unsigned int elements;

    json_open(json, "classic", '{');
    json_open(json, "success", '[');
    for (size_t i = 0; i < fastabi_op_classic_success_count(op); i++) {
        int64_t value;
        const char *field = fastabi_op_classic_success(op, i, &value);

        json_open(json, NULL, '{');
        json_text(json, "field", field);
        json_decimal(json, "value", value);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_open(json, "ignore", '[');
    for (size_t i = 0; i < fastabi_op_classic_ignore_count(op); i++)
        json_text(json, NULL, fastabi_op_classic_ignore(op, i));
    json_close(json, ']');
    json_open(json, "fallback", '[');
    for (size_t i = 0; i < fastabi_op_classic_fallback_count(op); i++)
        json_text(json, NULL, fastabi_op_classic_fallback(op, i, NULL));
    json_close(json, ']');
    if (fastabi_op_classic_elements(op, &elements))
        json_unsigned(json, "elements", elements);
    else
        json_null(json, "elements");
    if (fastabi_op_classic_interface_version(op))
        json_unsigned(json, "interface_version", fastabi_op_classic_interface_version(op));
    else
        json_null(json, "interface_version");
    write_classic_linear(json, op);
    write_classic_range(json, op);
    json_close(json, '}');
}

static int write_op(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                    const struct fastabi_op *op)
{
    struct json *json = fastabi_emission_state(emission);

    json_open(json, NULL, '{');
    json_text(json, "name", fastabi_op_name(op));
    json_bool(json, "direct", fastabi_op_is_direct(op));
    json_unsigned(json, "index", fastabi_op_index(op));
    json_text(json, "index_macro", fastabi_op_index_macro(op));
    json_unsigned(json, "reg0", fastabi_spec_hypercall_index(spec) | FASTABI_MASK);
    json_text(json, "doc", fastabi_op_doc(op));
    json_text(json, "safety", fastabi_op_safety(op));
    json_text(json, "since", fastabi_op_since(op));
    json_text(json, "hvm_since", fastabi_op_hvm_since(op));
    json_text(json, "class", fastabi_caller_name(fastabi_op_caller(op)));
    json_bool(json, "foreign", fastabi_op_is_foreign(op));
    json_bool(json, "own_index", fastabi_op_has_own_index(op));
    json_bool(json, "extension", fastabi_op_is_extension(op));
    json_unsigned(json, "line", fastabi_op_line(op));
    write_mask(json, "inputs", fastabi_op_input_mask(op));
    write_mask(json, "outputs", fastabi_op_output_mask(op));
    write_mask(json, "clobbers", fastabi_op_clobber_mask(op));
    json_open(json, "params", '[');
    for (size_t i = 0; i < fastabi_op_param_count(op); i++)
        write_param(json, op, fastabi_op_param(op, i));
    json_close(json, ']');
    write_conditional(json, op);
    json_text(json, "struct", fastabi_op_c_struct(op));
    write_struct_compat(json, op);
    write_c_arguments(json, op);
    write_pairs(json, "errors", op, fastabi_op_error_count(op), fastabi_op_error, "name", "doc");
    write_other_fields(json, op);
    write_xen(json, op);
    write_classic(json, op);
    json_close(json, '}');
    return 0;
}

/* ---- specifications and the document ---- */

static int spec_begin(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    struct json *json = fastabi_emission_state(emission);

    json_open(json, NULL, '{');
    json_text(json, "name", fastabi_spec_name(spec));
    json_hexadecimal(json, "fingerprint", fastabi_spec_fingerprint(spec));
    json_unsigned(json, "hypercall_index", fastabi_spec_hypercall_index(spec));
    json_text(json, "hypercall_macro", fastabi_spec_hypercall_macro(spec));
    json_text(json, "doc", fastabi_spec_doc(spec));
    json_text(json, "since", fastabi_spec_since(spec));
    json_open(json, "headers", '[');
    for (size_t i = 0; i < fastabi_spec_header_count(spec); i++)
        json_text(json, NULL, fastabi_spec_header(spec, i));
    json_close(json, ']');
    json_open(json, "types", '[');
    for (size_t i = 0; i < fastabi_spec_type_count(spec); i++)
        write_type(json, fastabi_spec_type(spec, i));
    json_close(json, ']');
    json_open(json, "operations", '[');
    return 0;
}

static int spec_end(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    struct json *json = fastabi_emission_state(emission);

    (void)spec;
    json_close(json, ']');
    json_close(json, '}');
    return 0;
}

static void write_head(struct fastabi_emission *emission, struct json *json)
{
    json_text(json, "format", "fastabi-ir");
    json_unsigned(json, "version", FORMAT_VERSION);
    json_open(json, "generator", '{');
    json_text(json, "name", "fastabi-gen");
    json_text(json, "version", fastabi_version());
    json_text(json, "command", fastabi_emission_command(emission, NULL));
    json_close(json, '}');
    json_open(json, "abi", '{');
    json_text(json, "architecture", "x86-64");
    json_unsigned(json, "mask", FASTABI_MASK);
    write_registers(json, (1u << FASTABI_REGISTERS) - 1);
    json_close(json, '}');
    json_open(json, "specifications", '[');
}

static int begin(struct fastabi_emission *emission)
{
    struct json *json = calloc(1, sizeof(*json));
    int error;

    if (!json)
        return -ENOMEM;
    fastabi_emission_set_state(emission, json);
    error = fastabi_emission_open(emission, NULL, FASTABI_FILE_SPEC, &json->writer);
    if (error)
        return error;
    fastabi_writer_indent_with(json->writer, "  ");
    json_open(json, NULL, '{');
    write_head(emission, json);
    return 0;
}

static int end(struct fastabi_emission *emission)
{
    struct json *json = fastabi_emission_state(emission);

    json_close(json, ']');
    json_close(json, '}');
    fastabi_write(json->writer, "\n");
    return 0;
}

static void cleanup(struct fastabi_emission *emission)
{
    free(fastabi_emission_state(emission));
}

const struct fastabi_backend fastabi_backend_json = {
    .abi_version = FASTABI_BACKEND_ABI_VERSION,
    .size = sizeof(struct fastabi_backend),
    .name = "json",
    .description =
        "all that is known of the specifications, as JSON for generators in other languages",
    .flags = FASTABI_BACKEND_ONE_FILE,
    .begin = begin,
    .spec_begin = spec_begin,
    .op = write_op,
    .spec_end = spec_end,
    .end = end,
    .cleanup = cleanup,
};
