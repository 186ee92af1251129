/* SPDX-License-Identifier: MIT */
/* The comment above a macro: the manual of the operation.  Knows nothing of code. */
#include <string.h>

#include "asm.h"

#define WIDTH 100

/* Prose after the comment's sign and so many blanks. */
static void write_prose(const struct asm_syntax *syntax, struct fastabi_writer *writer, int indent,
                        const char *text)
{
    char prefix[32];
    size_t length = strlen(syntax->comment);

    memcpy(prefix, syntax->comment, length);
    memset(prefix + length, ' ', (size_t)indent);
    prefix[length + (size_t)indent] = '\0';
    fastabi_write_wrapped(writer, prefix, WIDTH, text);
}

static void write_param(const struct asm_syntax *syntax, struct fastabi_writer *writer,
                        const struct fastabi_param *param, int reg, bool is_output)
{
    const char *doc = fastabi_param_doc(param);
    const char *condition = is_output ? fastabi_param_valid_when(param) : NULL;

    fastabi_write(writer, "%s%s %-3s %s (%s)", syntax->comment, is_output ? "out" : "in ",
                  is_output ? asm_register_part(reg, fastabi_param_width(param))
                            : fastabi_register_name(reg),
                  fastabi_param_name(param), fastabi_param_repr(param));
    if (condition)
        fastabi_write(writer, ", valid when %s", condition);
    if (!is_output && fastabi_param_is_shared(param))
        fastabi_write(writer, ", memory shared with the hypervisor");
    if (is_output && fastabi_param_in(param) != FASTABI_NO_REGISTER)
        doc = NULL; /* told at its input */
    fastabi_write(writer, doc ? ":\n" : "\n");
    if (doc)
        write_prose(syntax, writer, 8, doc);
}

static void write_params(const struct asm_syntax *syntax, struct fastabi_writer *writer,
                         const struct fastabi_op *op)
{
    if (fastabi_op_param_count(op) || fastabi_op_clobber_mask(op))
        fastabi_write(writer, "%s", syntax->comment_gap);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (fastabi_param_in(param) != FASTABI_NO_REGISTER)
            write_param(syntax, writer, param, fastabi_param_in(param), false);
    }
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        const struct fastabi_param *param = fastabi_op_output(op, reg);

        if (param)
            write_param(syntax, writer, param, reg, true);
        else if (fastabi_op_clobber_mask(op) & 1u << reg)
            fastabi_write(writer, "%sclobbered: %s\n", syntax->comment, fastabi_register_name(reg));
    }
}

static void write_return(const struct asm_syntax *syntax, struct fastabi_writer *writer,
                         const struct fastabi_op *op)
{
    fastabi_write(writer, "%s", syntax->comment_gap);
    fastabi_write(writer,
                  "%srax: 0 or above; or a negative errno, and no output means anything%s\n",
                  syntax->comment, fastabi_op_error_count(op) ? ":" : ".");
    for (size_t i = 0; i < fastabi_op_error_count(op); i++) {
        const char *doc;
        const char *name = fastabi_op_error(op, i, &doc);

        fastabi_write(writer, "%s -%s:\n", syntax->comment, name);
        write_prose(syntax, writer, 8, doc);
    }
}

void asm_write_doc(const struct asm_syntax *syntax, struct fastabi_writer *writer,
                   const struct fastabi_spec *spec, const struct fastabi_op *op, const char *id)
{
    const char *separator = " ";

    fastabi_write(writer, "%s%sxen_hypercall_%s", syntax->comment_start, syntax->comment, id);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        char name[ASM_NAME_MAX];

        if (fastabi_param_in(param) == FASTABI_NO_REGISTER)
            continue;
        asm_param_name(param, name);
        fastabi_write(writer, "%s%s=", separator, name);
        separator = ", ";
    }
    fastabi_write(writer, "\n");
    fastabi_write(writer, "%s", syntax->comment_gap);
    if (fastabi_op_doc(op)) {
        write_prose(syntax, writer, 0, fastabi_op_doc(op));
    } else {
        fastabi_write(writer, "%sHypercall %u", syntax->comment,
                      fastabi_spec_hypercall_index(spec));
        if (!fastabi_op_is_direct(op))
            fastabi_write(writer, ", sub-operation %u", fastabi_op_index(op));
        fastabi_write(writer, ".\n");
    }
    if (fastabi_op_safety(op)) {
        fastabi_write(writer, "%s", syntax->comment_gap);
        fastabi_write(writer, "%sSafety:\n", syntax->comment);
        write_prose(syntax, writer, 4, fastabi_op_safety(op));
    }
    write_params(syntax, writer, op);
    write_return(syntax, writer, op);
    fastabi_write(writer, "%s", syntax->comment_end);
}
