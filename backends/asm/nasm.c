/* SPDX-License-Identifier: MIT */
/* NASM: what surrounds macros, and a macro.  How operands get into registers is fastabi.inc's. */
#include "functions.h"

static void write_head(struct fastabi_writer *writer, const char *name)
{
    fastabi_write(writer,
                  "%%ifndef XEN_FASTABI_INC_%s\n"
                  "%%define XEN_FASTABI_INC_%s\n\n"
                  "%%include \"fastabi.inc\"\n\n",
                  name, name);
}

static void write_foot(struct fastabi_writer *writer, const char *name)
{
    fastabi_write(writer, "%%endif ; XEN_FASTABI_INC_%s\n", name);
}

static unsigned int count_inputs(const struct fastabi_op *op)
{
    unsigned int count = 0;

    for (size_t i = 0; i < fastabi_op_param_count(op); i++)
        count += fastabi_param_in(fastabi_op_param(op, i)) != FASTABI_NO_REGISTER;
    return count;
}

/* The parameters, in the specification's order, and what the caller wrote. */
static void write_operands(const struct asm_file *file, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = file->writer;

    fastabi_write(writer, "    xen_fastabi__begin %u\n", fastabi_op_is_direct(op) ? 0u : 1u);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (fastabi_param_in(param) == FASTABI_NO_REGISTER)
            continue;
        fastabi_write(writer, "    xen_fastabi__parameter \"%s\", %d, %s\n",
                      asm_param_name(file, param), fastabi_param_in(param),
                      fastabi_param_repr(param));
    }
    fastabi_write(writer, "    %%rep %%0\n"
                          "        xen_fastabi__operand %%1\n"
                          "        %%rotate 1\n"
                          "    %%endrep\n"
                          "    xen_fastabi__load\n");
}

static void write_macro(const struct asm_file *file, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = file->writer;
    const char *id = fastabi_op_flat_name(op);
    unsigned int inputs = count_inputs(op);

    fastabi_write(writer,
                  inputs ? "xen_fastabi__new xen_hypercall_%s\n%%macro xen_hypercall_%s 0-%u\n"
                         : "xen_fastabi__new xen_hypercall_%s\n%%macro xen_hypercall_%s %u\n",
                  id, id, inputs);
    if (inputs)
        write_operands(file, op);
    asm_write_saves(file, op);
    if (!fastabi_op_is_direct(op))
        fastabi_write(writer, "    mov edi, %u\n", fastabi_op_index(op));
    fastabi_write(writer,
                  "    mov eax, XEN_FASTABI_MASK | %u\n"
                  "    xen_fastabi__transfer\n",
                  fastabi_spec_hypercall_index(file->spec));
    asm_write_conditions(file, op);
    fastabi_write(writer, "%%endmacro\n\n");
}

/*
 * A line that ends in a backslash goes on with the next one, even in a comment: so a comment ends
 * with an empty one.
 */
const struct asm_syntax asm_nasm = {
    .name = "nasm",
    .extension = "inc",
    .support = asm_nasm_lines,
    .comment_start = "",
    .comment = "; ",
    .comment_gap = ";\n",
    .comment_end = ";\n",
    .define = "%define",
    .register_prefix = "",
    .write_head = write_head,
    .write_foot = write_foot,
    .write_macro = write_macro,
    .function_extension = "nasm",
    .function_support = asm_nasm_function_lines,
    .spelling = &asm_spelling_nasm,
};
