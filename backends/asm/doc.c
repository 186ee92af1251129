/* SPDX-License-Identifier: MIT */
/* The comment above a macro: the manual of the operation.  Knows nothing of code. */
#include "asm.h"

#define WIDTH 100

/* Prose after the comment's sign and that many blanks. */
static void write_prose(const struct asm_file *file, int indent, const char *text)
{
    const char *prefix = fastabi_emission_printf(file->emission, "%s%*s", file->syntax->comment,
                                                 indent, "");

    fastabi_write_wrapped(file->writer, prefix, WIDTH, text);
}

static void write_param(const struct asm_file *file, const struct fastabi_op *op,
                        const struct fastabi_param *param, int reg, bool is_output)
{
    char note[FASTABI_NOTE_SIZE];
    const char *doc = fastabi_param_doc(param);
    const char *condition = is_output ? fastabi_param_valid_when(param) : NULL;

    fastabi_write(file->writer, "%s%s %-3s %s (%s)", file->syntax->comment,
                  is_output ? "out" : "in ",
                  is_output ? asm_register_part(reg, fastabi_param_width(param))
                            : fastabi_register_name(reg),
                  fastabi_param_name(param), fastabi_param_repr(param));
    if (condition)
        fastabi_write(file->writer, ", valid when %s, else 0", condition);
    if (!is_output && fastabi_param_is_shared(param))
        fastabi_write(file->writer, ", memory shared with the hypervisor");
    if (is_output && fastabi_param_in(param) != FASTABI_NO_REGISTER)
        doc = NULL; /* told at its input */
    fastabi_write(file->writer, doc ? ":\n" : "\n");
    if (doc)
        write_prose(file, 8, doc);
    for (size_t i = 0; !is_output && fastabi_param_note(op, param, i, note, sizeof(note)); i++)
        write_prose(file, 8, note);
}

static void write_params(const struct asm_file *file, const struct fastabi_op *op)
{
    if (fastabi_op_param_count(op) || fastabi_op_clobber_mask(op))
        fastabi_write(file->writer, "%s", file->syntax->comment_gap);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (fastabi_param_in(param) != FASTABI_NO_REGISTER)
            write_param(file, op, param, fastabi_param_in(param), false);
    }
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        const struct fastabi_param *param = fastabi_op_output(op, reg);

        if (param)
            write_param(file, op, param, reg, true);
        else if (fastabi_op_clobber_mask(op) & 1u << reg)
            fastabi_write(file->writer, "%sclobbered: %s\n", file->syntax->comment,
                          fastabi_register_name(reg));
    }
}

static void write_return(const struct asm_file *file, const struct fastabi_op *op)
{
    fastabi_write(file->writer, "%s", file->syntax->comment_gap);
    fastabi_write(file->writer,
                  "%srax: 0 or above; or a negative errno, and no output means anything%s\n",
                  file->syntax->comment, fastabi_op_error_count(op) ? ":" : ".");
    for (size_t i = 0; i < fastabi_op_error_count(op); i++) {
        const char *doc;
        const char *name = fastabi_op_error(op, i, &doc);

        fastabi_write(file->writer, "%s -%s:\n", file->syntax->comment, name);
        write_prose(file, 8, doc);
    }
}

void asm_write_doc(const struct asm_file *file, const struct fastabi_op *op)
{
    char note[FASTABI_NOTE_SIZE];

    fastabi_write(file->writer, "%s%sxen_hypercall_%s", file->syntax->comment_start,
                  file->syntax->comment, fastabi_op_flat_name(op));
    asm_write_input_names(file, op, "=");
    fastabi_write(file->writer, "\n");
    fastabi_write(file->writer, "%s", file->syntax->comment_gap);
    if (fastabi_op_doc(op)) {
        write_prose(file, 0, fastabi_op_doc(op));
    } else {
        fastabi_write(file->writer, "%sHypercall %u", file->syntax->comment,
                      fastabi_spec_hypercall_index(file->spec));
        if (!fastabi_op_is_direct(op))
            fastabi_write(file->writer, ", sub-operation %u", fastabi_op_index(op));
        fastabi_write(file->writer, ".\n");
    }
    for (size_t i = 0; fastabi_op_note(op, i, note, sizeof(note)); i++) {
        fastabi_write(file->writer, "%s", i ? "" : file->syntax->comment_gap);
        write_prose(file, 0, note);
    }
    if (fastabi_op_safety(op)) {
        fastabi_write(file->writer, "%s", file->syntax->comment_gap);
        fastabi_write(file->writer, "%sSafety:\n", file->syntax->comment);
        write_prose(file, 4, fastabi_op_safety(op));
    }
    write_params(file, op);
    write_return(file, op);
    fastabi_write(file->writer, "%s", file->syntax->comment_end);
}
