/* SPDX-License-Identifier: MIT */
/* A packed input from its fields: the argument that a function takes is one integer. */
#include <string.h>

#include "rust.h"

static bool is_packed(const struct fastabi_op *op)
{
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        if (fastabi_param_part_count(fastabi_op_param(op, i)))
            return true;
    }
    return false;
}

static const char *part_name(const struct rust_run *run, const struct fastabi_param *param,
                             size_t i)
{
    return rust_argument_name(run, fastabi_param_part_flat_name(param, i));
}

/* pub const fn place(source_domid: u16, ...) -> u64 */
static void write_pack(const struct rust_run *run, const struct fastabi_param *param)
{
    struct fastabi_writer *writer = run->writer;
    const char *type = fastabi_param_repr(param);
    const bool is_narrow = strcmp(type, "u64");
    size_t count = fastabi_param_part_count(param);

    fastabi_write(writer,
                  "/// The input `%s`.\n"
                  "#[inline(always)]\n"
                  "#[must_use]\n"
                  "pub const fn %s(\n",
                  rust_without_prefix(rust_param_name(run, param)), rust_param_name(run, param));
    for (size_t i = 0; i < count; i++) {
        unsigned int width;
        bool is_signed;

        (void)fastabi_param_part(param, i, NULL, &width, &is_signed);
        fastabi_write(writer, "    %s: %c%u,\n", part_name(run, param, i), is_signed ? 'i' : 'u',
                      width);
    }
    fastabi_write(writer, ") -> %s {\n    %s", type, is_narrow ? "(" : "");
    for (size_t i = 0; i < count; i++) {
        unsigned int shift, width;
        bool is_signed;

        (void)fastabi_param_part(param, i, &shift, &width, &is_signed);
        fastabi_write(writer, "%s%s(%s", i ? "\n        | " : "", count > 1 ? "(" : "",
                      part_name(run, param, i));
        if (is_signed) /* without its sign */
            fastabi_write(writer, " as u%u", width);
        fastabi_write(writer, " as u64) << %u%s", shift, count > 1 ? ")" : "");
    }
    if (is_narrow)
        fastabi_write(writer, ") as %s", type);
    fastabi_write(writer, "\n}\n");
}

static void write_module(const struct rust_run *run, const struct rust_op *op)
{
    bool first = true;

    fastabi_write(run->writer, "/// Inputs of `%s`.\npub mod %s {\n", rust_without_prefix(op->name),
                  op->name);
    fastabi_writer_indent(run->writer, 1);
    for (size_t i = 0; i < op->input_count; i++) {
        if (!fastabi_param_part_count(op->inputs[i]))
            continue;
        fastabi_write(run->writer, first ? "" : "\n");
        write_pack(run, op->inputs[i]);
        first = false;
    }
    fastabi_writer_indent(run->writer, -1);
    fastabi_write(run->writer, "}\n");
}

void rust_write_packs(const struct rust_run *run, const struct fastabi_spec *spec)
{
    bool any = false;

    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        struct rust_op op;

        if (!is_packed(fastabi_spec_op(spec, i)))
            continue;
        rust_prepare(run, spec, fastabi_spec_op(spec, i), &op);
        if (!any) {
            fastabi_write(run->writer,
                          "\n/// Packed inputs, made of the fields that share a register.\n"
                          "#[allow(clippy::unnecessary_cast, clippy::identity_op, "
                          "clippy::cast_lossless, clippy::double_parens)]\n"
                          "pub mod pack {\n");
            fastabi_writer_indent(run->writer, 1);
        } else {
            fastabi_write(run->writer, "\n");
        }
        write_module(run, &op);
        any = true;
    }
    if (!any)
        return;
    fastabi_writer_indent(run->writer, -1);
    fastabi_write(run->writer, "}\n");
}
